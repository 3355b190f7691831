//! One connection after its login.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Poll, ready},
};

use bytes::{Buf, BytesMut};
use route::{Endpoint, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroize;

use super::{Error, Parser, Token, Value, value::Assembly};

/// Read from the network at a time.
const READ_BYTES: usize = 128 << 10;
/// A buffer that grew beyond this for one large string is given back after it.
const KEPT_BYTES: usize = 2 << 20;

/// One connection. After an error it is of no further use.
pub struct Client {
    stream: Stream,
    input: BytesMut,
    output: BytesMut,
    unflushed: bool,
    parser: Parser,
    pushes: VecDeque<Value>,
    chunk: Box<[u8]>,
    /// The version of the protocol: 2 or 3.
    pub(crate) protocol: u8,
    /// The server's number for this connection, where it tells.
    pub(crate) id: Option<u64>,
    /// Where the server listens.
    pub(crate) endpoint: Endpoint,
}

impl Client {
    pub(crate) fn new(stream: Stream, endpoint: Endpoint) -> Self {
        Client {
            stream,
            input: BytesMut::new(),
            output: BytesMut::new(),
            unflushed: false,
            parser: Parser::default(),
            pushes: VecDeque::new(),
            chunk: vec![0; READ_BYTES].into_boxed_slice(),
            protocol: 2,
            id: None,
            endpoint,
        }
    }

    /// The version of the protocol that was agreed on: 2 or 3.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// The server's number for this connection (5.0), where the login may ask.
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// Puts a command up; it goes out with the next read.
    pub fn put<A: AsRef<[u8]>>(&mut self, words: &[A]) {
        let length = |buffer: &mut BytesMut, sign: u8, length: usize| {
            buffer.extend_from_slice(&[sign]);
            buffer.extend_from_slice(length.to_string().as_bytes());
            buffer.extend_from_slice(b"\r\n");
        };
        length(&mut self.output, b'*', words.len());
        for word in words {
            let word = word.as_ref();
            length(&mut self.output, b'$', word.len());
            self.output.extend_from_slice(word);
            self.output.extend_from_slice(b"\r\n");
        }
    }

    /// Puts raw bytes up, for the probe of a server that may speak TLS.
    pub(crate) fn put_raw(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }

    /// The next piece of a reply or push; writes meanwhile what was put up. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Io`], [`Error::Protocol`].
    pub async fn next(&mut self) -> Result<Token, Error> {
        loop {
            if let Some(token) = self.parser.next(&mut self.input)? {
                return Ok(token);
            }
            if self.input.is_empty() && self.input.capacity() > KEPT_BYTES {
                self.input = BytesMut::new();
            }
            self.exchange().await?;
        }
    }

    /// One read, with as much writing as the network takes meanwhile.
    async fn exchange(&mut self) -> Result<(), Error> {
        let Client { stream, input, output, unflushed, chunk, .. } = self;
        let read = poll_fn(|context| {
            while !output.is_empty() {
                match Pin::new(&mut *stream).poll_write(context, output) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(Error::Closed)),
                    Poll::Ready(Ok(written)) => {
                        // What was sent may have been a password.
                        if let Some(sent) = output.get_mut(..written) {
                            sent.zeroize();
                        }
                        output.advance(written);
                        *unflushed = true;
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(Error::Io(error))),
                    Poll::Pending => break,
                }
            }
            if *unflushed && let Poll::Ready(flushed) = Pin::new(&mut *stream).poll_flush(context) {
                flushed.map_err(Error::Io)?;
                *unflushed = false;
            }
            let mut buffer = ReadBuf::new(chunk);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer)).map_err(Error::Io)?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(Error::Closed));
            }
            input.extend_from_slice(buffer.filled());
            Poll::Ready(Ok(()))
        });
        read.await
    }

    /// The next piece of what has arrived already, without waiting.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub(crate) fn buffered(&mut self) -> Result<Option<Token>, Error> {
        Ok(self.parser.next(&mut self.input)?)
    }

    /// The next whole reply. What is pushed meanwhile waits for [`Client::pushed`].
    ///
    /// # Errors
    /// As [`Client::next`].
    pub async fn reply(&mut self) -> Result<Value, Error> {
        let (mut reply, mut push) = (Assembly::default(), Assembly::default());
        loop {
            let token = self.next().await?;
            if token.push {
                if let Some(pushed) = push.take(token) {
                    self.pushes.push_back(pushed);
                }
                continue;
            }
            if let Some(value) = reply.take(token) {
                return Ok(value);
            }
        }
    }

    /// What was pushed while a reply was awaited, the oldest first.
    pub fn pushed(&mut self) -> Option<Value> {
        self.pushes.pop_front()
    }

    /// Sends a command and awaits its reply.
    ///
    /// # Errors
    /// As [`Client::next`]; a refusal of the server is a [`Value::Error`].
    pub async fn ask<A: AsRef<[u8]>>(&mut self, words: &[A]) -> Result<Value, Error> {
        self.put(words);
        self.reply().await
    }

    /// Sends commands at once and awaits their replies in order.
    ///
    /// # Errors
    /// As [`Client::next`].
    pub async fn ask_all<A: AsRef<[u8]>>(&mut self, commands: &[Vec<A>]) -> Result<Vec<Value>, Error> {
        for command in commands {
            self.put(command);
        }
        let mut replies = Vec::with_capacity(commands.len().min(1024));
        for _ in commands {
            replies.push(self.reply().await?);
        }
        Ok(replies)
    }

    /// Sends a command that must succeed.
    ///
    /// # Errors
    /// [`Error::Server`] where it is refused; as [`Client::next`].
    pub(crate) async fn must<A: AsRef<[u8]>>(&mut self, words: &[A]) -> Result<Value, Error> {
        match self.ask(words).await? {
            Value::Error(said) => Err(Error::Server(Box::new(said))),
            value => Ok(value),
        }
    }

    /// Whether the connection is known to be broken or closed by the server, without reading.
    pub fn is_hung_up(&self) -> bool {
        self.stream.is_hung_up()
    }

    /// The protocol and cipher of TLS, where it is spoken.
    pub(crate) fn tls(&self) -> Option<route::TlsSession> {
        self.stream.tls()
    }

    /// Says goodbye; local and immediate.
    pub async fn close(mut self) {
        use tokio::io::AsyncWriteExt;
        let goodbye = async {
            let _ = self.stream.shutdown().await;
        };
        let _ = tokio::time::timeout(std::time::Duration::from_millis(200), goodbye).await;
    }
}
