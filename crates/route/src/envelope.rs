//! TLS whose handshake travels inside the packets of the protocol it protects.

use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Plain;

/// The packets in which a protocol carries a TLS handshake (TDS 7 does). Once the handshake is done the stream is bare TLS.
pub trait Envelope: fmt::Debug + Send + Sync {
    /// Bytes before each packet's content.
    fn header_bytes(&self) -> usize;
    /// The most content of one packet.
    fn most(&self) -> usize;
    /// The header of a packet with this much content, which is at most [`Envelope::most`].
    fn header(&self, content: usize) -> Vec<u8>;
    /// How much content follows this header of [`Envelope::header_bytes`] bytes; `None` where it is none of the protocol's.
    fn content(&self, header: &[u8]) -> Option<usize>;
}

/// A stream below TLS, in packets for as long as the handshake lasts.
pub(crate) struct Enveloped {
    pub(crate) plain: Plain,
    packets: Option<Packets>,
}

struct Packets {
    envelope: Arc<dyn Envelope>,
    /// Bytes of the header read so far.
    header: Vec<u8>,
    /// Content of the packet that is still to be read.
    left: usize,
    /// Content to be sent with the next flush.
    outgoing: Vec<u8>,
    /// Packets on their way, and how much of them is sent.
    sealed: Vec<u8>,
    sent: usize,
}

impl Enveloped {
    pub(crate) fn new(plain: Plain, envelope: Option<Arc<dyn Envelope>>) -> Self {
        let packets = envelope.map(|envelope| Packets {
            envelope,
            header: Vec::new(),
            left: 0,
            outgoing: Vec::new(),
            sealed: Vec::new(),
            sent: 0,
        });
        Enveloped { plain, packets }
    }

    /// The handshake is done: from here on the bytes are TLS's own.
    pub(crate) fn bare(&mut self) {
        self.packets = None;
    }
}

impl Packets {
    /// Seals what waits and sends it.
    fn poll_send(&mut self, plain: &mut Plain, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.sealed.is_empty() {
            let most = self.envelope.most().max(1);
            for content in self.outgoing.chunks(most) {
                self.sealed.extend(self.envelope.header(content.len()));
                self.sealed.extend_from_slice(content);
            }
            self.outgoing.clear();
        }
        while let Some(rest) = self.sealed.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut *plain).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sent += sent,
            }
        }
        self.sealed.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }

    /// Reads on to the next content; false at the end of the stream.
    fn poll_header(&mut self, plain: &mut Plain, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        while self.left == 0 {
            let mut byte = [0];
            let mut one = ReadBuf::new(&mut byte);
            ready!(Pin::new(&mut *plain).poll_read(cx, &mut one))?;
            let Some(byte) = one.filled().first() else { return Poll::Ready(Ok(false)) };
            self.header.push(*byte);
            if self.header.len() >= self.envelope.header_bytes() {
                let content = self.envelope.content(&self.header).ok_or(io::ErrorKind::InvalidData)?;
                self.left = content;
                self.header.clear();
            }
        }
        Poll::Ready(Ok(true))
    }
}

impl AsyncRead for Enveloped {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(packets) = &mut this.packets else { return Pin::new(&mut this.plain).poll_read(cx, buf) };
        // Whoever waits for an answer has said all there is to say.
        ready!(packets.poll_send(&mut this.plain, cx))?;
        if !ready!(packets.poll_header(&mut this.plain, cx))? {
            return Poll::Ready(Ok(()));
        }
        let room = packets.left.min(buf.remaining());
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        ready!(Pin::new(&mut this.plain).poll_read(cx, &mut part))?;
        let filled = part.filled().len();
        packets.left -= filled;
        buf.advance(filled);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Enveloped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match &mut this.packets {
            None => Pin::new(&mut this.plain).poll_write(cx, buf),
            Some(packets) => {
                packets.outgoing.extend_from_slice(buf);
                Poll::Ready(Ok(buf.len()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(packets) = &mut this.packets {
            ready!(packets.poll_send(&mut this.plain, cx))?;
        }
        Pin::new(&mut this.plain).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().plain).poll_shutdown(cx)
    }
}
