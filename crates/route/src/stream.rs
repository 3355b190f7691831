//! The byte stream at the end of a route, whatever it runs over.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use crate::{
    envelope::Enveloped,
    tls::{
        TlsSession,
        certificate::{self, PeerCertificate},
    },
};

/// A connected byte stream: plain TCP, a Unix socket, a tunnel through SSH, or TLS over one of them.
pub struct Stream(pub(crate) Carrier);

pub(crate) enum Carrier {
    Plain(Plain),
    Tls(Box<TlsStream<Enveloped>>),
}

pub(crate) enum Plain {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
    Tunnel(Box<crate::ssh::link::Tunnel>),
}

impl Stream {
    /// What [`Stream::limit_unacknowledged`] is set to when a route has been dialled.
    pub const DEAD_PEER_AFTER: Option<Duration> = Some(crate::dial::UNACKNOWLEDGED);

    /// Whether the bytes are encrypted by us.
    pub fn is_tls(&self) -> bool {
        matches!(self.0, Carrier::Tls(_))
    }

    /// Channel binding data `tls-server-end-point` (RFC 5929): the hash of the server's certificate. `None` without
    /// TLS, or where the certificate's signature names no hash (Ed25519).
    pub fn tls_server_end_point(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Carrier::Tls(tls) => certificate::end_point(tls.get_ref().1.peer_certificates()?.first()?),
            Carrier::Plain(_) => None,
        }
    }

    /// Facts about the certificate the server showed; `None` without TLS.
    pub fn peer_certificate(&self) -> Option<PeerCertificate> {
        match &self.0 {
            Carrier::Tls(tls) => PeerCertificate::read(tls.get_ref().1.peer_certificates()?.first()?),
            Carrier::Plain(_) => None,
        }
    }

    /// The protocol and cipher agreed on; `None` without TLS.
    pub fn tls(&self) -> Option<TlsSession> {
        match &self.0 {
            Carrier::Tls(tls) => Some(TlsSession::of(tls.get_ref().1)),
            Carrier::Plain(_) => None,
        }
    }

    /// The protocol agreed on in the TLS handshake ([`crate::Tls::with_protocol`]); `None` where none was.
    pub fn protocol(&self) -> Option<&[u8]> {
        match &self.0 {
            Carrier::Tls(tls) => tls.get_ref().1.alpn_protocol(),
            Carrier::Plain(_) => None,
        }
    }

    /// How long sent bytes may stay unacknowledged before the peer counts as dead (Linux; elsewhere only keepalive
    /// watches). `None` lifts the limit: a peer that is alive but does not read (a COPY that waits for a lock) would
    /// otherwise be taken for dead. Does nothing on a Unix socket, whose peer cannot vanish unnoticed,
    /// nor in a tunnel, whose SSH server always reads and is asked for a sign of life.
    pub fn limit_unacknowledged(&self, limit: Option<Duration>) {
        if let Plain::Tcp(tcp) = self.plain() {
            crate::dial::limit_unacknowledged(tcp, limit);
        }
    }

    /// Whether the connection is known to be broken or closed by the peer, without reading: bytes it sent before may
    /// still be waiting.
    pub fn is_hung_up(&self) -> bool {
        let ready = match self.plain() {
            // The connection that carries it all is seen to end even while nobody reads.
            Plain::Tunnel(tunnel) if tunnel.is_hung_up() => return true,
            Plain::Tunnel(tunnel) => match tunnel.link.tcp() {
                Some(tcp) => now(tcp.ready(Interest::READABLE | Interest::WRITABLE)),
                None => None,
            },
            Plain::Tcp(tcp) => now(tcp.ready(Interest::READABLE | Interest::WRITABLE)),
            #[cfg(unix)]
            Plain::Unix(unix) => now(unix.ready(Interest::READABLE | Interest::WRITABLE)),
        };
        match ready {
            Some(Ok(ready)) => ready.is_read_closed() || ready.is_write_closed(),
            Some(Err(_)) => true,
            None => false,
        }
    }

    fn plain(&self) -> &Plain {
        match &self.0 {
            Carrier::Plain(plain) => plain,
            Carrier::Tls(tls) => &tls.get_ref().0.plain,
        }
    }
}

/// The future's result if it has one already.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let carrier = match self.plain() {
            Plain::Tcp(_) => "tcp",
            #[cfg(unix)]
            Plain::Unix(_) => "unix",
            Plain::Tunnel(_) => "ssh",
        };
        write!(f, "Stream({carrier}{})", if self.is_tls() { "+tls" } else { "" })
    }
}

/// Calls one method on whatever the stream runs over.
macro_rules! forward {
    ($self:ident, $stream:ident => $call:expr) => {
        match &mut $self.get_mut().0 {
            Carrier::Plain(Plain::Tcp($stream)) => $call,
            #[cfg(unix)]
            Carrier::Plain(Plain::Unix($stream)) => $call,
            Carrier::Plain(Plain::Tunnel($stream)) => $call,
            Carrier::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        forward!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        forward!(self, stream => Pin::new(stream).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}

/// Calls one method on the carrier below TLS.
macro_rules! forward_plain {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Plain::Tcp($stream) => $call,
            #[cfg(unix)]
            Plain::Unix($stream) => $call,
            Plain::Tunnel($stream) => $call,
        }
    };
}

impl AsyncRead for Plain {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        forward_plain!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Plain {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        forward_plain!(self, stream => Pin::new(stream).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward_plain!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward_plain!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
