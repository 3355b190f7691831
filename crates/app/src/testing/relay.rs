//! A way to a server that loses what it is told to.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to the next commit on the wire, of a connection that a word went over before: others commit too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Whole = 0,
    /// It arrives, and its answer does not.
    Answerless = 1,
    /// It does not arrive.
    Cut = 2,
    /// It arrives, its answer does not, and nobody gets through afterwards.
    Silent = 3,
    /// Nobody gets through.
    Down = 4,
}

/// A way to a server that loses what it is told to.
pub(crate) struct Relay {
    pub(crate) port: u16,
    wire: Arc<AtomicU8>,
}

impl Relay {
    /// A way to a server; `word` is in what is committed.
    pub(crate) async fn to(server: String, word: &'static str) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(AtomicU8::new(Wire::Whole as u8));
        let set = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if set.load(Ordering::SeqCst) != Wire::Down as u8 {
                    tokio::spawn(pass(client, server.clone(), word, Arc::clone(&set)));
                }
            }
        });
        Relay { port, wire }
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.wire.store(wire as u8, Ordering::SeqCst);
    }
}

async fn pass(client: TcpStream, server: String, word: &'static str, wire: Arc<AtomicU8>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        (from_server, to_client)
    });
    let has = |part: &[u8], word: &str| part.windows(word.len()).any(|there| there == word.as_bytes());
    let mut said = false;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read) = from_client.read(&mut buffer).await {
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        let lost = wire.load(Ordering::SeqCst);
        let losing = [Wire::Answerless, Wire::Cut, Wire::Silent].iter().any(|wire| *wire as u8 == lost);
        said |= has(part, word);
        if losing && said && has(part, "COMMIT") {
            // No answer goes back any more.
            back.abort();
            if lost != Wire::Cut as u8 {
                to_server.write_all(part).await.unwrap();
            }
            let after = if lost == Wire::Silent as u8 { Wire::Down } else { Wire::Whole };
            wire.store(after as u8, Ordering::SeqCst);
            // What was sent is done before the connection's end is seen.
            let _ = to_server.shutdown().await;
            return;
        }
        if to_server.write_all(part).await.is_err() {
            break;
        }
    }
    let _ = to_server.shutdown().await;
    let _ = back.await;
}
