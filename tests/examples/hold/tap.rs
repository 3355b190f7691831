//! A tap between a PostgreSQL client and its server: passes everything on and notes when rows pass.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};

/// A message's tag and length.
const HEADER_BYTES: usize = 5;
/// What the server calls a row.
const DATA_ROW: u8 = b'D';

type Noted = Arc<Mutex<Option<Instant>>>;

/// Listens on a port of its own, one thread per direction, so that it never waits for the client's runtime.
pub struct Tap {
    port: u16,
    /// Per connection, in the order they were opened.
    connections: Arc<Mutex<Vec<Noted>>>,
}

impl Tap {
    /// Passes on to `server`, which must be spoken to without TLS.
    pub fn open(server: String) -> io::Result<Tap> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let connections: Arc<Mutex<Vec<Noted>>> = Arc::default();
        let opened = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let noted = Noted::default();
                opened.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&noted));
                if let Err(error) = pass(client, &server, noted) {
                    eprintln!("the tap could not reach {server}: {error}");
                }
            }
        });
        Ok(Tap { port, connections })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Forgets what was noted.
    pub fn arm(&self) {
        for noted in self.connections.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            *noted.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// When the first row passed on the session's connection: the second one, after the control connection.
    pub fn first_row(&self) -> Option<Instant> {
        let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        *connections.get(1)?.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pass(mut client: TcpStream, server: &str, noted: Noted) -> io::Result<()> {
    let mut server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let (mut bytes, mut frames) = (vec![0; 64 << 10], Frames::default());
        while let Ok(count @ 1..) = server.read(&mut bytes) {
            let read = bytes.get(..count).unwrap_or_default();
            if frames.has_row(read) {
                noted.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
            }
            if client.write_all(read).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
    });
    Ok(())
}

/// Follows the server's messages over the edges of what is read at a time.
#[derive(Default)]
struct Frames {
    header: Vec<u8>,
    /// Bytes of the present message that are still to come.
    left: usize,
}

impl Frames {
    /// Whether a row ends or begins in these bytes.
    fn has_row(&mut self, mut bytes: &[u8]) -> bool {
        let mut row = self.left > 0 && self.header.first() == Some(&DATA_ROW);
        while !bytes.is_empty() {
            if self.left > 0 {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            if self.header.len() == HEADER_BYTES {
                self.header.clear();
            }
            let wanted = (HEADER_BYTES - self.header.len()).min(bytes.len());
            self.header.extend_from_slice(bytes.get(..wanted).unwrap_or_default());
            bytes = bytes.get(wanted..).unwrap_or_default();
            if let [tag, length @ ..] = self.header.as_slice()
                && let Ok(length) = <[u8; 4]>::try_from(length)
            {
                self.left = (u32::from_be_bytes(length) as usize).saturating_sub(4);
                row |= *tag == DATA_ROW;
            }
        }
        row
    }
}
