//! A wire before a server that a test may silence or cut. What it swallows it still acknowledges: where packets are dropped for
//! real, see `dropped`.
#![allow(dead_code, reason = "every suite uses a part of it")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Up,
    /// Whatever comes is swallowed, in both directions; new connections too are accepted and never answered.
    Silent,
    /// Every connection is ended, and new ones at once.
    Cut,
}

pub struct Wire {
    pub port: u16,
    mode: watch::Sender<Mode>,
    carried: Arc<AtomicUsize>,
}

struct Carried(Arc<AtomicUsize>);

impl Drop for Carried {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Wire {
    pub async fn before(target: u16) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mode, told) = watch::channel(Mode::Up);
        let carried = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&carried);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::AcqRel);
                let (told, mark) = (told.clone(), Carried(Arc::clone(&count)));
                tokio::spawn(async move {
                    carry(client, target, told).await;
                    drop(mark);
                });
            }
        });
        Wire { port, mode, carried }
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Connections that the program holds open now.
    pub fn carried(&self) -> usize {
        self.carried.load(Ordering::Acquire)
    }
}

async fn carry(client: TcpStream, target: u16, mut mode: watch::Receiver<Mode>) {
    let cut = {
        let mut mode = mode.clone();
        async move {
            let _ = mode.wait_for(|mode| *mode == Mode::Cut).await;
        }
    };
    let carrying = async {
        if *mode.borrow_and_update() == Mode::Silent {
            return swallow(client).await;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
        let (client_in, client_out) = client.into_split();
        let (server_in, server_out) = server.into_split();
        tokio::select! {
            () = forward(client_in, server_out, mode.clone(), false) => {}
            // That the server has gone is not heard on a silent wire.
            () = forward(server_in, client_out, mode.clone(), true) => {}
        }
    };
    tokio::select! {
        () = carrying => {}
        () = cut => {}
    }
}

async fn swallow(mut client: TcpStream) {
    let mut buffer = vec![0; 4096];
    while client.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

async fn forward(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut mode: watch::Receiver<Mode>,
    waits_for_sound: bool,
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = from.read(&mut buffer).await.unwrap_or(0);
        let silent = *mode.borrow_and_update() == Mode::Silent;
        if count == 0 {
            if waits_for_sound {
                let _ = mode.wait_for(|mode| *mode != Mode::Silent).await;
            }
            return;
        }
        if !silent && to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
