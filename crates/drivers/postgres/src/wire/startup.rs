//! From a route to a client that is ready for its first statement.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use route::{ErrorKind, PeerCertificate, Route, Stream, TlsMode, TlsSession, Trace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::{
    CancelKey, Client, Error, Event, Report, TransactionStatus, Violation,
    authentication::{Authentication, Channel},
    client::Input,
    frame::{Header, Reader, lossy},
};

/// Longest message accepted before the login: nothing honest is longer.
const EARLY_MESSAGE_BYTES: usize = 64 << 10;

/// The name of this protocol inside TLS.
const PROTOCOL: &str = "postgresql";

/// How TLS is begun, where there is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Negotiation {
    /// After asking in the clear whether the server has it.
    #[default]
    Asked,
    /// With the first byte, which servers take since PostgreSQL 17.
    Direct,
}

/// Whether the proof of the password is bound to the TLS channel it goes over, so that nobody can stand in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where the server offers it.
    #[default]
    Prefer,
    /// Always: whoever does not prove itself so gets no password.
    Require,
}

/// What to log in with.
#[derive(Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The database.
    pub database: String,
    /// The password, if there is one. [`Error::PasswordWanted`] says when one is needed.
    pub password: Option<Zeroizing<String>>,
    /// Further start-up parameters: `application_name`, `options`, any setting.
    pub parameters: Vec<(String, String)>,
    /// How TLS is begun.
    pub negotiation: Negotiation,
    /// Whether the login is bound to the TLS channel.
    pub channel_binding: ChannelBinding,
    /// The limit for everything from dialling to ready.
    pub timeout: Duration,
}

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

/// What the start-up found out.
#[derive(Debug, Clone, Default)]
pub struct Started {
    /// `trust`, `password`, `md5`, `SCRAM-SHA-256` or `SCRAM-SHA-256-PLUS`; `trust` also stands for a client certificate
    /// or an operating system user that sufficed.
    pub authentication: &'static str,
    /// How long it took from dialling to ready.
    pub took: Duration,
    /// TLS, if any.
    pub secured: Option<Secured>,
    /// What the server reported, by name.
    pub parameters: BTreeMap<String, String>,
    /// What it had to say on the way in.
    pub notices: Vec<Report>,
}

impl Client {
    /// Dials, secures and logs in. Texts are asked for in UTF-8, but from a database that does not know its encoding
    /// (`SQL_ASCII`) as they are: asked for UTF-8, such a server refuses every text that happens not to be.
    ///
    /// # Errors
    /// [`Error::Route`] names the hop; [`Error::Server`] is the server's refusal; [`Error::PasswordWanted`];
    /// [`Error::TlsNotOffered`]; [`Error::DirectTlsRefused`]; [`Error::Unbound`]; [`Error::Unproven`] for an impostor;
    /// [`Error::TimedOut`].
    pub async fn connect(route: &Route, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Error> {
        let attempts = async {
            let (client, started) = start(route, login, "UTF8", trace).await?;
            if started.parameters.get("server_encoding").is_none_or(|encoding| encoding != "SQL_ASCII") {
                return Ok((client, started));
            }
            // As a start-up parameter rather than by SET, so that a RESET keeps it.
            client.close().await;
            start(route, login, "SQL_ASCII", &mut Trace::default()).await
        };
        let began = Instant::now();
        match tokio::time::timeout(login.timeout, attempts).await {
            Ok(result) => result.map(|(client, started)| (client, Started { took: began.elapsed(), ..started })),
            Err(_) => Err(Error::TimedOut(login.timeout)),
        }
    }
}

/// Dials and, where the route wants TLS, asks for it or begins with it.
pub(crate) async fn open(route: &Route, negotiation: Negotiation, trace: &mut Trace) -> Result<Stream, Error> {
    let mut stream = route.dial(trace).await?;
    let Some(tls) = route.tls() else { return Ok(stream) };
    if negotiation == Negotiation::Direct {
        let route = route.clone().with_tls(Some(tls.with_protocol(PROTOCOL)));
        return match route.secure(stream, trace).await {
            // Without an agreement it may be another service of the same name, which takes what we say for its own.
            Ok(stream) if stream.protocol() != Some(PROTOCOL.as_bytes()) => Err(Error::DirectTlsRefused(None)),
            Err(error) if matches!(error.kind, ErrorKind::Closed | ErrorKind::Handshake) => {
                Err(Error::DirectTlsRefused(Some(Box::new(error))))
            }
            result => Ok(result?),
        };
    }
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request).await.map_err(Error::Io)?;
    stream.flush().await.map_err(Error::Io)?;
    // Exactly one byte: whatever an attacker may have put behind it goes to the TLS handshake and fails there.
    let answer = match tokio::time::timeout(route.connect_timeout(), stream.read_u8()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err(Error::Closed),
        Ok(Err(error)) => return Err(Error::Io(error)),
        Err(_) => return Err(Error::TimedOut(route.connect_timeout())),
    };
    match answer {
        b'S' => Ok(route.secure(stream, trace).await?),
        // An error text in place of TLS is unauthenticated: it is not shown.
        b'N' | b'E' => Err(Error::TlsNotOffered),
        _ => Err(Error::NotPostgres),
    }
}

async fn start(route: &Route, login: &Login, encoding: &str, trace: &mut Trace) -> Result<(Client, Started), Error> {
    let stream = open(route, login.negotiation, trace).await?;
    let secured = route.tls().map(|tls| Secured {
        mode: tls.mode(),
        session: stream.tls(),
        certificate: stream.peer_certificate(),
    });
    let channel = Channel {
        encrypted: stream.is_tls(),
        end_point: stream.tls_server_end_point(),
        binding: login.channel_binding,
    };
    let mut output = BytesMut::new();
    let fixed = [("user", login.user.as_str()), ("database", login.database.as_str()), ("client_encoding", encoding)];
    let further = login.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    frontend::startup_message(fixed.into_iter().chain(further), &mut output)
        .map_err(|_| Error::Unsendable("A connection setting contains a NUL character."))?;
    let mut client = Client::new(stream, output, route.endpoint().to_string(), EARLY_MESSAGE_BYTES);
    client.flush().await?;

    let password = login.password.as_ref().map(|password| password.as_str());
    let mut authentication = Authentication::new(&login.user, password, channel);
    let mut started = Started { authentication: "trust", secured, ..Started::default() };
    let mut key = None;
    let mut first = true;
    loop {
        let message = match client.receive().await {
            Ok(message) => message,
            // What a server too busy to speak the protocol says: a bare text behind an E.
            Err(Error::Protocol(Violation::Length { tag: b'E', .. })) if first => {
                return Err(Error::Server(Box::new(client.bare_text())));
            }
            Err(Error::Protocol(Violation::UnknownMessage(_) | Violation::Length { .. })) if first => {
                return Err(Error::NotPostgres);
            }
            Err(error) => return Err(error),
        };
        first = false;
        let tag = message.tag;
        match tag {
            b'R' if !authentication.is_done() => {
                if let Some(method) = authentication.handle(tag, &message.body, client.output())? {
                    started.authentication = method;
                }
                client.flush().await?;
            }
            b'E' => return Err(Error::Server(Box::new(Report::read(tag, &message.body)?))),
            b'N' => started.notices.push(Report::read(tag, &message.body)?),
            // NegotiateProtocolVersion: some parameters were not understood, which is theirs to say.
            b'v' => {}
            _ if !authentication.is_done() => return Err(Violation::OutOfTurn(tag).into()),
            b'K' => {
                let mut reader = Reader::new(tag, &message.body);
                let (process_id, secret) = (reader.i32()?, reader.i32()?);
                reader.end()?;
                key = Some(CancelKey::new(route.clone(), login.negotiation, process_id, secret));
            }
            b'S' => {
                let mut reader = Reader::new(tag, &message.body);
                let (name, value) = (lossy(reader.cstr()?), lossy(reader.cstr()?));
                reader.end()?;
                started.parameters.insert(name, value);
            }
            b'Z' => {
                let mut reader = Reader::new(tag, &message.body);
                TransactionStatus::read(reader.u8()?)?;
                reader.end()?;
                client.ready(key, started.parameters.clone());
                return Ok((client, started));
            }
            _ => return Err(Violation::OutOfTurn(tag).into()),
        }
    }
}

/// A message during start-up, taken out of the buffer.
pub(crate) struct Message {
    pub tag: u8,
    pub body: Zeroizing<Vec<u8>>,
}

impl Client {
    async fn receive(&mut self) -> Result<Message, Error> {
        loop {
            if let Some(Header { tag, total_bytes }) = self.peek()?
                && let Some(body) = self.take(total_bytes)
            {
                return Ok(Message { tag, body: Zeroizing::new(body.to_vec()) });
            }
            match self.fill().await? {
                Input::Some => {}
                Input::End => return Err(Error::Closed),
            }
        }
    }

    /// What is in the buffer as an error of a server that cannot even fork.
    fn bare_text(&mut self) -> Report {
        let text = self.buffered();
        let text = text.get(1..).unwrap_or_default();
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        Report {
            severity: "FATAL".to_owned(),
            code: "08006".to_owned(),
            message: lossy(text).trim().to_owned(),
            ..Report::default()
        }
    }

    /// Waits for the end of what runs, whatever it yields: for tests and one-off statements.
    ///
    /// # Errors
    /// As [`Client::next`].
    pub async fn collect(&mut self) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        loop {
            let event = self.next().await?;
            let ready = matches!(event, Event::Ready(_));
            events.push(event);
            if ready {
                return Ok(events);
            }
        }
    }
}
