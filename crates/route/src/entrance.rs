//! A local door to a route, for a client library that wants an address instead of a byte stream.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::TcpListener,
    task::JoinHandle,
    time::timeout,
};

use crate::{Error, Hop, Stream};

/// Whoever asked for the door comes at once, or not at all.
const COME_WITHIN: Duration = Duration::from_secs(10);

/// A listener for one connection, on an ephemeral port or a socket of its own, which closes as soon as somebody came. Dropping it
/// ends the connection too.
#[derive(Debug)]
pub struct Entrance {
    address: Address,
    task: JoinHandle<()>,
}

#[derive(Debug)]
enum Address {
    Loopback(SocketAddr),
    #[cfg(unix)]
    Socket(std::path::PathBuf),
}

impl Entrance {
    /// Opens a port on 127.0.0.1 that leads to the stream. Prefer [`Entrance::socket`] where the client can use one: a port is
    /// open to everybody on this machine until the client has come.
    ///
    /// # Errors
    /// [`Hop::Tcp`]: the system gives no port.
    pub async fn loopback(stream: Stream) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::io(Hop::Tcp, "127.0.0.1", error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let task = tokio::spawn(async move {
            let Ok(Ok((client, _))) = timeout(COME_WITHIN, listener.accept()).await else { return };
            // Nobody else may come in.
            drop(listener);
            if let Err(error) = client.set_nodelay(true) {
                tracing::debug!(%error, "a socket option is not available");
            }
            carry(client, stream).await;
        });
        Ok(Entrance { address: Address::Loopback(address), task })
    }

    /// Opens a Unix socket at the path that leads to the stream. The folder's permissions say who may come; the file is removed
    /// when somebody has.
    ///
    /// # Errors
    /// [`Hop::Socket`]: the path cannot be a socket.
    #[cfg(unix)]
    pub fn socket(stream: Stream, path: &std::path::Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let listener = tokio::net::UnixListener::bind(path).map_err(|error| Error::io(Hop::Socket, &name, error))?;
        let file = path.to_owned();
        let task = tokio::spawn(async move {
            let came = timeout(COME_WITHIN, listener.accept()).await;
            drop(listener);
            if let Err(error) = std::fs::remove_file(&file) {
                tracing::debug!(%error, "a socket file is left over");
            }
            if let Ok(Ok((client, _))) = came {
                carry(client, stream).await;
            }
        });
        Ok(Entrance { address: Address::Socket(path.to_owned()), task })
    }

    /// The address to connect to; `None` for a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.address {
            Address::Loopback(address) => Some(*address),
            #[cfg(unix)]
            Address::Socket(_) => None,
        }
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        self.task.abort();
        #[cfg(unix)]
        if let Address::Socket(path) = &self.address {
            // Gone already where somebody came.
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn carry(mut client: impl AsyncRead + AsyncWrite + Unpin, mut stream: Stream) {
    if let Err(error) = copy_bidirectional(&mut client, &mut stream).await {
        tracing::debug!(%error, "a carried connection ended");
    }
    // Either may be gone by now.
    let _ = stream.shutdown().await;
    let _ = client.shutdown().await;
}
