//! One connection.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use route::{PeerCertificate, Route, Stream, TlsMode, TlsSession, Trace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Error, Hello, LEAST_WIRE, Login, MOST_WIRE, Report, frame};
use crate::bson::{self, Writer};

/// Read from the network at a time.
const READ_BYTES: usize = 256 << 10;

/// How the connection is protected, for the connection page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secured {
    /// How much of the server's identity was checked.
    pub mode: TlsMode,
    /// What was agreed on.
    pub session: Option<TlsSession>,
    /// Whom the server claimed to be.
    pub certificate: Option<PeerCertificate>,
}

/// One connection. After an error other than [`Error::Server`] and [`Error::TooLong`] it is of no further use.
pub struct Client {
    stream: Stream,
    input: BytesMut,
    request: i32,
    /// Replies that are on their way.
    awaited: usize,
    fresh: bool,
    hello: Hello,
    secured: Option<Secured>,
    took: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("hello", &self.hello).finish_non_exhaustive()
    }
}

impl Client {
    /// Dials and asks the server what it is; signs nobody in.
    ///
    /// # Errors
    /// Those of the route; [`Error::NotMongoDb`], [`Error::TooOld`], [`Error::TimedOut`].
    pub async fn greet(route: &Route, login: &Login, trace: &mut Trace) -> Result<Client, Error> {
        let began = Instant::now();
        let stream = route.open(trace).await?;
        let secured = route.tls().filter(|_| stream.is_tls()).map(|tls| Secured {
            mode: tls.mode(),
            session: stream.tls(),
            certificate: stream.peer_certificate(),
        });
        let mut client = Client {
            stream,
            input: BytesMut::new(),
            request: 0,
            awaited: 0,
            fresh: true,
            hello: Hello::default(),
            secured,
            took: Duration::ZERO,
        };
        let limit = route.connect_timeout();
        let greeted = tokio::time::timeout(limit, client.say_hello(login)).await;
        greeted.map_err(|_| Error::TimedOut(limit))??;
        client.took = began.elapsed();
        Ok(client)
    }

    async fn say_hello(&mut self, login: &Login) -> Result<(), Error> {
        let mut reply = self.command(&Hello::ask("hello", login)).await?;
        // `hello` came with server 4.4.2; older ones have another name for it.
        if Report::of(&reply).is_some_and(|report| report.code == 59) {
            reply = self.command(&Hello::ask("isMaster", login)).await?;
        }
        if let Some(report) = Report::of(&reply) {
            return Err(Error::Server(Box::new(report)));
        }
        self.hello = Hello::read(&reply);
        if self.hello.wire < LEAST_WIRE {
            return Err(Error::TooOld);
        }
        if self.hello.least_wire > MOST_WIRE {
            return Err(Error::TooNew);
        }
        Ok(())
    }

    /// Dials, greets and signs in.
    ///
    /// # Errors
    /// As [`Client::greet`] and [`Client::sign_in`].
    pub async fn connect(route: &Route, login: &Login, trace: &mut Trace) -> Result<Client, Error> {
        let mut client = Client::greet(route, login, trace).await?;
        client.sign_in(login).await?;
        Ok(client)
    }

    /// What the server said of itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// TLS, if any.
    pub fn secured(&self) -> Option<&Secured> {
        self.secured.as_ref()
    }

    /// How long it took from dialling to the first answer.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Whether a reply is on its way.
    pub fn is_busy(&self) -> bool {
        self.awaited > 0
    }

    /// Whether the other side has hung up, as far as it is known without reading.
    pub fn is_hung_up(&self) -> bool {
        self.stream.is_hung_up()
    }

    /// Whether the password may be sent as it is: the server proved who it is.
    pub(super) fn is_private(&self) -> bool {
        self.secured.as_ref().is_some_and(|secured| matches!(secured.mode, TlsMode::VerifyCa | TlsMode::VerifyFull))
    }

    /// Sends a command document, `$db` included.
    ///
    /// # Errors
    /// [`Error::TooLong`], and then nothing was sent; [`Error::Io`].
    pub async fn send(&mut self, command: &[u8]) -> Result<(), Error> {
        self.request = self.request.wrapping_add(1);
        let mut output = Vec::new();
        frame::write(self.request, command, &mut output)?;
        self.stream.write_all(&output).await?;
        self.stream.flush().await?;
        self.awaited += 1;
        Ok(())
    }

    /// The next reply. Cancel-safe. Without a command on its way it only ends when the server hangs up or talks out of turn.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Io`], [`Error::Protocol`].
    pub async fn receive(&mut self) -> Result<Bytes, Error> {
        loop {
            if let Some((answers, document)) = frame::read(&mut self.input, self.fresh)? {
                if self.awaited == 0 || answers != self.request {
                    return Err(Error::Protocol("a reply that nobody asked for"));
                }
                (self.awaited, self.fresh) = (self.awaited - 1, false);
                return Ok(document);
            }
            self.input.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(Error::Closed);
            }
        }
    }

    /// Sends a command and waits for its reply, whatever that says.
    ///
    /// # Errors
    /// Those of [`Client::send`] and [`Client::receive`].
    pub async fn command(&mut self, command: &[u8]) -> Result<Bytes, Error> {
        self.send(command).await?;
        self.receive().await
    }

    /// Runs a command in a database.
    ///
    /// # Errors
    /// [`Error::Server`] where the server refuses; otherwise as [`Client::command`].
    pub async fn run(&mut self, database: &str, command: &[u8]) -> Result<Bytes, Error> {
        let mut writer = Writer::continuing(command);
        writer.string("$db", database);
        // A secondary that we are led to on purpose answers, too.
        if !self.hello.writable && self.hello.part != super::Part::Standalone {
            writer.with("$readPreference", |mode| _ = mode.string("mode", "primaryPreferred"));
        }
        let reply = self.command(&writer.finish()).await?;
        match Report::of(&reply) {
            Some(report) => Err(Error::Server(Box::new(report))),
            None => Ok(reply),
        }
    }

    /// Runs a command with a cursor and gives all of its documents.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::Protocol`] where the reply has no cursor.
    pub async fn all(&mut self, database: &str, command: &[u8]) -> Result<Vec<Bytes>, Error> {
        let mut reply = self.run(database, command).await?;
        let mut documents = Vec::new();
        loop {
            let (id, namespace, batch) = cursor(&reply).ok_or(Error::Protocol("a reply has no cursor"))?;
            documents.extend(batch);
            if id == 0 {
                return Ok(documents);
            }
            let (of, collection) = namespace.split_once('.').unwrap_or((database, &namespace));
            let more = bson::document(|writer| {
                writer.int64("getMore", id).string("collection", collection);
            });
            reply = self.run(of, &more).await?;
        }
    }

    /// Says goodbye, without waiting for long.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.stream.shutdown()).await;
    }
}

/// A reply's cursor: its id, its namespace, and the documents that came with it.
pub(crate) fn cursor(reply: &Bytes) -> Option<(i64, String, Vec<Bytes>)> {
    let cursor = bson::get(reply, "cursor")?.document()?;
    let batch = bson::get(cursor, "firstBatch").or_else(|| bson::get(cursor, "nextBatch"))?.document()?;
    let documents = bson::elements(batch)
        .ok()?
        .map_while(Result::ok)
        .filter_map(|element| Some(reply.slice_ref(element.document()?)));
    let id = bson::get(cursor, "id")?.integer()?;
    let namespace =
        bson::get(cursor, "ns").and_then(|name| name.text().map(|name| name.into_owned())).unwrap_or_default();
    Some((id, namespace, documents.collect()))
}
