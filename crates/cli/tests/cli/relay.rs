//! A way to a server that holds what is on it when a change is committed.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Where the next COMMIT of a connection that a word went over before ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// It arrives, and its answer goes nowhere.
    Arrives,
    /// It goes nowhere.
    IsLost,
}

/// Passes everything on but one COMMIT. The connection stays open, so that whoever sent it waits.
pub(crate) struct Relay {
    pub(crate) port: u16,
    next: Arc<Mutex<Option<Commit>>>,
    held: Receiver<()>,
}

impl Relay {
    /// A way to `host:port`; `word` is in what is committed.
    pub(crate) fn to(server: String, word: &'static str) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (next, (tell, held)) = (Arc::new(Mutex::new(None)), channel());
        let set = Arc::clone(&next);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, set, tell) = (server.clone(), Arc::clone(&set), tell.clone());
                thread::spawn(move || pass(client, TcpStream::connect(server).unwrap(), word, &set, &tell));
            }
        });
        Relay { port, next, held }
    }

    pub(crate) fn hold(&self, commit: Commit) {
        *self.next.lock().unwrap() = Some(commit);
    }

    /// Waits until a COMMIT is held.
    pub(crate) fn holds(&self) {
        self.held.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    }
}

fn pass(mut client: TcpStream, mut server: TcpStream, word: &str, next: &Mutex<Option<Commit>>, tell: &Sender<()>) {
    let muted = Arc::new(Mutex::new(false));
    let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let mute = Arc::clone(&muted);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from_server.read(&mut buffer) {
            let muted = mute.lock().unwrap();
            if !*muted && to_client.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        // Who waits for an answer that was held goes on waiting.
        if !*mute.lock().unwrap() {
            let _ = to_client.shutdown(Shutdown::Both);
        }
    });
    let has = |part: &[u8], word: &str| part.windows(word.len()).any(|there| there == word.as_bytes());
    let (mut said, mut held) = (false, false);
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = client.read(&mut buffer) {
        let part = &buffer[..read];
        said |= has(part, word);
        let commit = if said && has(part, "COMMIT") { next.lock().unwrap().take() } else { None };
        if commit.is_some() {
            *muted.lock().unwrap() = true;
            held = true;
        }
        if held && commit != Some(Commit::Arrives) {
            // Nothing else goes over it.
        } else if server.write_all(part).is_err() {
            break;
        }
        if commit.is_some() {
            tell.send(()).unwrap();
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}
