//! One SSH connection and the byte streams in it.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use russh::{
    ChannelStream, Disconnect,
    client::{self, DisconnectReason, Msg},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
};

use super::host_key::HostKeyCheck;

/// How long a connection nobody uses any more may take to say what it has left to say.
const FAREWELL: Duration = Duration::from_secs(2);

/// An authenticated SSH connection. It lives as long as a stream in it does.
pub(crate) struct Link {
    pub(super) handle: client::Handle<Client>,
    /// `host` or `host:port`, for messages.
    pub(super) host: String,
    pub(super) tcp: Option<Arc<TcpStream>>,
    pub(super) death: Death,
    /// Ends the transport when dropped.
    pub(super) cord: Option<oneshot::Sender<()>>,
    /// The connection this one runs through. Dropped after this one.
    pub(super) below: Option<Arc<Link>>,
}

/// Why a connection ended, once it has.
pub(super) type Death = Arc<OnceLock<String>>;

impl Link {
    pub(super) fn is_dead(&self) -> bool {
        self.death.get().is_some() || self.handle.is_closed() || self.below.as_ref().is_some_and(|link| link.is_dead())
    }

    /// The TCP connection that carries all.
    pub(crate) fn tcp(&self) -> Option<&TcpStream> {
        match &self.below {
            Some(below) => below.tcp(),
            None => self.tcp.as_deref(),
        }
    }

    fn lost(&self) -> io::Error {
        let why = self.death.get().map(String::as_str).unwrap_or("it was closed");
        io::Error::new(io::ErrorKind::ConnectionReset, format!("the SSH connection to {} was lost: {why}", self.host))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Cut at once, a protocol's last words would be lost; never cut, a stuck connection would stay.
        let Some(cord) = self.cord.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let below = self.below.take();
            runtime.spawn(async move {
                tokio::time::sleep(FAREWELL).await;
                drop(cord);
                drop(below);
            });
        }
    }
}

/// A byte stream inside an SSH connection.
pub(crate) struct Tunnel {
    stream: ChannelStream<Msg>,
    pub(crate) link: Arc<Link>,
    ended: bool,
}

impl Tunnel {
    pub(super) fn new(stream: ChannelStream<Msg>, link: Arc<Link>) -> Self {
        Tunnel { stream, link, ended: false }
    }

    /// Whether its end was read, or the connection it runs in is gone.
    pub(crate) fn is_hung_up(&self) -> bool {
        self.ended || self.link.is_dead()
    }
}

impl AsyncRead for Tunnel {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        if buf.filled().len() == before && buf.remaining() > 0 {
            this.ended = true;
            // A dead connection ends its streams as if the other side had hung up in good order.
            if this.link.is_dead() {
                return Poll::Ready(Err(this.link.lost()));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.link.is_dead() {
            return Poll::Ready(Err(this.link.lost()));
        }
        Pin::new(&mut this.stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// What carries an SSH connection.
pub(super) enum Carrier {
    /// Shared, so that its end is seen while the connection does not read.
    Tcp(Arc<TcpStream>),
    /// A stream inside another SSH connection.
    Tunnel(Box<Tunnel>),
}

/// A carrier that ends when its cord is cut.
pub(super) struct Transport {
    carrier: Carrier,
    cord: oneshot::Receiver<()>,
}

impl Transport {
    pub(super) fn new(carrier: Carrier) -> (Self, oneshot::Sender<()>) {
        let (sender, cord) = oneshot::channel();
        (Transport { carrier, cord }, sender)
    }

    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match Pin::new(&mut self.cord).poll(cx) {
            Poll::Ready(_) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check(cx)?;
        match &mut this.carrier {
            Carrier::Tunnel(tunnel) => Pin::new(tunnel.as_mut()).poll_read(cx, buf),
            Carrier::Tcp(tcp) => loop {
                ready!(tcp.poll_read_ready(cx))?;
                match tcp.try_read(buf.initialize_unfilled()) {
                    Ok(read) => {
                        buf.advance(read);
                        return Poll::Ready(Ok(()));
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Poll::Ready(Err(error)),
                }
            },
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().carrier {
            Carrier::Tunnel(tunnel) => Pin::new(tunnel.as_mut()).poll_write(cx, buf),
            Carrier::Tcp(tcp) => loop {
                ready!(tcp.poll_write_ready(cx))?;
                match tcp.try_write(buf) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    done => return Poll::Ready(done),
                }
            },
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().carrier {
            Carrier::Tunnel(tunnel) => Pin::new(tunnel.as_mut()).poll_flush(cx),
            Carrier::Tcp(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().carrier {
            Carrier::Tunnel(tunnel) => Pin::new(tunnel.as_mut()).poll_shutdown(cx),
            Carrier::Tcp(tcp) => Poll::Ready(socket2::SockRef::from(&**tcp).shutdown(std::net::Shutdown::Write)),
        }
    }
}

/// What the SSH library asks of us during a connection.
pub(crate) struct Client {
    pub(super) check: HostKeyCheck,
    pub(super) seen: Arc<Mutex<Seen>>,
    pub(super) death: Death,
}

/// What a key exchange told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The key exchange and cipher agreed on.
    pub(super) agreed: Option<String>,
    /// What the server says before a login.
    pub(super) banner: Option<String>,
}

/// The value behind a lock, whoever panicked with it.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &russh::keys::PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(self.check.accepts(shown).await)
    }

    async fn kex_done(
        &mut self,
        _secret: Option<&[u8]>,
        names: &russh::Names,
        _session: &mut client::Session,
    ) -> Result<(), Self::Error> {
        locked(&self.seen).agreed = Some(format!("{}, {}", names.kex.as_ref(), names.cipher.as_ref()));
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _session: &mut client::Session) -> Result<(), Self::Error> {
        locked(&self.seen).banner = Some(super::readable(banner));
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Self::Error>) -> Result<(), Self::Error> {
        let why = match &reason {
            DisconnectReason::ReceivedDisconnect(told) if told.message.is_empty() => match told.reason_code {
                Disconnect::TooManyConnections => "the server has too many connections".to_owned(),
                _ => "the server ended it".to_owned(),
            },
            DisconnectReason::ReceivedDisconnect(told) => {
                format!("the server said: {}", super::readable(&told.message))
            }
            DisconnectReason::Error(russh::Error::KeepaliveTimeout) => "the server does not answer any more".to_owned(),
            DisconnectReason::Error(russh::Error::Disconnect | russh::Error::HUP) => "the server closed it".to_owned(),
            DisconnectReason::Error(error) => error.to_string(),
        };
        tracing::debug!(why, "an SSH connection ended");
        // The first reason is the one that counts.
        let _ = self.death.set(why);
        Ok(())
    }
}
