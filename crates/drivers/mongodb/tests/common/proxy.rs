//! A way to the server that can be cut, connection by connection: told apart by the number that the server gives each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

type Cuts = Arc<Mutex<HashMap<String, oneshot::Sender<()>>>>;

#[derive(Clone)]
pub struct Proxy {
    pub port: u16,
    cuts: Cuts,
}

impl Proxy {
    pub async fn start(to: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cuts = Cuts::default();
        let all = Arc::clone(&cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&all)));
            }
        });
        Proxy { port, cuts }
    }

    /// Ends the connection of this number.
    pub fn cut(&self, number: &str) -> bool {
        self.cuts.lock().unwrap().remove(number).is_some_and(|cut| cut.send(()).is_ok())
    }
}

async fn pass(client: TcpStream, server: TcpStream, cuts: Cuts) {
    let (cut, mut ended) = oneshot::channel();
    let mut cut = Some(cut);
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = tokio::select! {
            read = from_server.read(&mut buffer) => read.unwrap_or(0),
            _ = &mut ended => 0,
        };
        if read == 0 {
            break;
        }
        // The first reply is that of hello, in one piece; the number is of either width.
        if cut.is_some()
            && let Some(at) = buffer[..read].windows(13).position(|part| part == b"connectionId\0")
        {
            let number = i32::from_le_bytes(buffer[at + 13..at + 17].try_into().unwrap());
            cuts.lock().unwrap().insert(number.to_string(), cut.take().unwrap());
        }
        let written = tokio::select! {
            written = to_client.write_all(&buffer[..read]) => written.is_ok(),
            _ = &mut ended => false,
        };
        if !written {
            break;
        }
    }
    up.abort();
}
