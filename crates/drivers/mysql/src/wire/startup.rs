//! From a route to a client that is ready for its first statement.

use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use route::{Endpoint, PeerCertificate, Route, Stream, TlsMode, TlsSession, Trace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::{
    Client, Error, Report, Violation,
    answer::read_status,
    authentication::{Authentication, Cover, Method, Reply},
    frame::{HEADER_BYTES, Header, Reader, lossy, put, put_bytes},
};

/// Longest message accepted before the login: nothing honest is longer.
const EARLY_MESSAGE_BYTES: usize = 64 << 10;
/// Messages of one sign-in; a server that wants more plays games.
const EARLY_MESSAGES: usize = 16;

/// What each side can do, by the protocol's own names.
pub(crate) mod capability {
    pub(crate) const LONG_PASSWORD: u64 = 1;
    pub(crate) const FOUND_ROWS: u64 = 1 << 1;
    pub(crate) const LONG_FLAG: u64 = 1 << 2;
    pub(crate) const CONNECT_WITH_DB: u64 = 1 << 3;
    pub(crate) const LOCAL_FILES: u64 = 1 << 7;
    pub(crate) const PROTOCOL_41: u64 = 1 << 9;
    pub(crate) const SSL: u64 = 1 << 11;
    pub(crate) const TRANSACTIONS: u64 = 1 << 13;
    pub(crate) const SECURE_CONNECTION: u64 = 1 << 15;
    pub(crate) const MULTI_RESULTS: u64 = 1 << 17;
    pub(crate) const PS_MULTI_RESULTS: u64 = 1 << 18;
    pub(crate) const PLUGIN_AUTH: u64 = 1 << 19;
    pub(crate) const CONNECT_ATTRS: u64 = 1 << 20;
    pub(crate) const PLUGIN_AUTH_LENENC: u64 = 1 << 21;
    pub(crate) const SESSION_TRACK: u64 = 1 << 23;
    pub(crate) const DEPRECATE_EOF: u64 = 1 << 24;
    /// MariaDB: names of types that have no number.
    pub(crate) const EXTENDED_METADATA: u64 = 1 << 35;
}
use capability as can;

/// All we know to do; what the server does not know is left out.
const OURS: u64 = can::LONG_PASSWORD
    | can::LONG_FLAG
    | can::LOCAL_FILES
    | can::PROTOCOL_41
    | can::TRANSACTIONS
    | can::SECURE_CONNECTION
    | can::MULTI_RESULTS
    | can::PS_MULTI_RESULTS
    | can::PLUGIN_AUTH
    | can::CONNECT_ATTRS
    | can::PLUGIN_AUTH_LENENC
    | can::SESSION_TRACK
    | can::DEPRECATE_EOF
    | can::EXTENDED_METADATA;

/// `utf8mb4_general_ci`, which every server knows.
const UTF8MB4: u8 = 45;

/// What to log in with.
#[derive(Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The database, if one is to be the current one.
    pub database: Option<String>,
    /// The password; `None` is the same as an empty one.
    pub password: Option<Zeroizing<String>>,
    /// How we name ourselves, by attribute (`program_name`).
    pub attributes: Vec<(String, String)>,
    /// Whether to believe the key a server shows for the password over a connection that is not encrypted.
    pub believe_key: bool,
    /// Whether an UPDATE counts the rows it found, and not only those that became others by it.
    pub found_rows: bool,
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
    /// The server's version as it printed it, without the prefix MariaDB puts before it for old replicas.
    pub version: String,
    /// Whether it is MariaDB.
    pub mariadb: bool,
    /// The server's number for this connection.
    pub connection: u32,
    /// How long it took from dialling to ready.
    pub took: Duration,
    /// The method that signed us in.
    pub authentication: &'static str,
    /// TLS, if any.
    pub secured: Option<Secured>,
}

/// The server's first words.
struct Greeting {
    version: String,
    connection: u32,
    nonce: Vec<u8>,
    capabilities: u64,
    collation: u8,
    plugin: String,
}

impl Greeting {
    fn read(payload: &[u8]) -> Result<Self, Error> {
        match payload.first() {
            Some(10) => {}
            Some(0xff) => return Err(Error::Server(Box::new(Report::read(payload)?))),
            Some(9) => return Err(Error::TooOld),
            _ => return Err(Error::NotMySql),
        }
        Self::read_v10(payload).map_err(|_| Error::NotMySql)
    }

    fn read_v10(payload: &[u8]) -> Result<Self, Violation> {
        let mut reader = Reader::new(payload);
        reader.u8()?;
        let version = lossy(reader.cstr()?);
        let connection = reader.u32()?;
        let mut nonce = reader.bytes(8)?.to_vec();
        reader.u8()?;
        let low = reader.u16()?;
        let collation = reader.u8()?;
        reader.u16()?;
        let high = reader.u16()?;
        let mut capabilities = u64::from(low) | u64::from(high) << 16;
        let nonce_bytes = usize::from(reader.u8()?);
        reader.bytes(6)?;
        let extended = reader.u32()?;
        // MariaDB says that it is not MySQL by leaving the first capability out, and has more of its own.
        if capabilities & can::LONG_PASSWORD == 0 {
            capabilities |= u64::from(extended) << 32;
        }
        let rest = reader.bytes(nonce_bytes.saturating_sub(8).max(13))?;
        nonce.extend_from_slice(rest);
        let plugin = match capabilities & can::PLUGIN_AUTH {
            0 => "mysql_native_password".to_owned(),
            // Some versions end the name with the packet.
            _ => lossy(reader.rest().split(|&byte| byte == 0).next().unwrap_or_default()),
        };
        Ok(Greeting { version, connection, nonce, capabilities, collation, plugin })
    }
}

impl Client {
    /// Dials, secures and logs in. Texts are exchanged in UTF-8.
    ///
    /// # Errors
    /// [`Error::Route`] names the hop; [`Error::Server`] is the server's refusal; [`Error::TlsNotOffered`];
    /// [`Error::NotMySql`]; [`Error::UnsupportedAuthentication`]; [`Error::PasswordExposed`]; [`Error::TimedOut`].
    pub async fn connect(route: &Route, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Error> {
        let began = Instant::now();
        match tokio::time::timeout(login.timeout, start(route, login, trace)).await {
            Ok(result) => result.map(|(client, started)| (client, Started { took: began.elapsed(), ..started })),
            Err(_) => Err(Error::TimedOut(login.timeout)),
        }
    }
}

/// The conversation before a client is ready.
struct Talk {
    stream: Stream,
    input: BytesMut,
    sequence: u8,
    messages: usize,
}

impl Talk {
    async fn receive(&mut self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.messages += 1;
        if self.messages > EARLY_MESSAGES {
            return Err(Violation::OutOfTurn.into());
        }
        loop {
            if let Some(header) = Header::peek(&self.input) {
                let first = self.messages == 1;
                if header.payload_bytes > EARLY_MESSAGE_BYTES || first && header.sequence != 0 {
                    return Err(if first { Error::NotMySql } else { Violation::TooLong(EARLY_MESSAGE_BYTES).into() });
                }
                let total = HEADER_BYTES + header.payload_bytes;
                if self.input.len() >= total {
                    let mut message = self.input.split_to(total);
                    message.advance(HEADER_BYTES);
                    self.sequence = header.sequence.wrapping_add(1);
                    return Ok(Zeroizing::new(message.to_vec()));
                }
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) => return Err(Error::Closed),
                Ok(_) => {}
                Err(error) => return Err(Error::Io(error)),
            }
        }
    }

    async fn send(&mut self, payload: &[u8]) -> Result<(), Error> {
        let mut output = BytesMut::new();
        self.sequence = put(&mut output, self.sequence, payload);
        self.stream.write_all(&output).await.map_err(Error::Io)?;
        self.stream.flush().await.map_err(Error::Io)
    }
}

async fn start(route: &Route, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Error> {
    let stream = route.dial(trace).await?;
    let mut talk = Talk { stream, input: BytesMut::new(), sequence: 0, messages: 0 };
    // A server that waits for us to speak first is none of ours: no need to wait for the whole limit.
    let greeting = match tokio::time::timeout(route.connect_timeout(), talk.receive()).await {
        Ok(greeting) => greeting?,
        Err(_) => return Err(Error::TimedOut(route.connect_timeout())),
    };
    let greeting = Greeting::read(&greeting)?;
    let mariadb = greeting.version.contains("MariaDB") || greeting.capabilities & can::LONG_PASSWORD == 0;
    let needed = can::PROTOCOL_41 | can::SECURE_CONNECTION;
    if greeting.capabilities & needed != needed {
        return Err(Error::TooOld);
    }
    // Whoever claims the first capability to MariaDB says that it knows none of MariaDB's own.
    let mut capabilities = greeting.capabilities & OURS;
    if login.database.is_some() {
        capabilities |= can::CONNECT_WITH_DB;
    }
    if login.found_rows {
        capabilities |= greeting.capabilities & can::FOUND_ROWS;
    }
    let mut secured = None;
    if let Some(tls) = route.tls() {
        if greeting.capabilities & can::SSL == 0 {
            return Err(Error::TlsNotOffered);
        }
        capabilities |= can::SSL;
        talk.send(&head(capabilities, greeting.collation)).await?;
        // Whatever an attacker may have put behind the greeting goes to nobody.
        talk.input.clear();
        talk.stream = route.secure(talk.stream, trace).await?;
        secured =
            Some(Secured { mode: tls.mode(), session: talk.stream.tls(), certificate: talk.stream.peer_certificate() });
    }
    let cover = match (&secured, route.endpoint()) {
        (_, Endpoint::Unix(_)) => Cover::Trusted,
        (Some(secured), _) if secured.mode == TlsMode::Require => Cover::Encrypted,
        (Some(_), _) => Cover::Trusted,
        (None, endpoint) => Cover::Open { believe_key: login.believe_key || endpoint.is_local() },
    };
    let password = login.password.as_ref().map_or("", |password| password.as_str());
    // A default method of the server that is not ours need not be the user's.
    let method = Method::named(&greeting.plugin).unwrap_or(Method::Native);
    let mut authentication = Authentication::new(method, &greeting.nonce, password, cover);
    let first = match authentication.first() {
        // The user's own method may be another one: begin with one that shows nothing.
        Err(Error::PasswordExposed(_)) => Zeroizing::new(Vec::new()),
        first => first?,
    };
    talk.send(&response(capabilities, &greeting, login, method, &first)).await?;
    let status = loop {
        let message = talk.receive().await?;
        match message.first() {
            Some(0) => break read_status(&message)?,
            Some(0xff) => return Err(Error::Server(Box::new(Report::read(&message)?))),
            Some(0xfe) if message.len() == 1 => {
                return Err(Error::UnsupportedAuthentication("mysql_old_password".to_owned()));
            }
            Some(0xfe) => {
                let mut reader = Reader::new(&message);
                reader.u8()?;
                let method = Method::named(&lossy(reader.cstr()?))?;
                authentication = Authentication::new(method, reader.rest(), password, cover);
                let first = authentication.first()?;
                talk.send(&first).await?;
            }
            Some(1) => match authentication.more(message.get(1..).unwrap_or_default())? {
                Reply::Send(bytes) => talk.send(&bytes).await?,
                Reply::Wait => {}
            },
            _ => return Err(Violation::OutOfTurn.into()),
        }
    };
    let version = greeting.version.strip_prefix("5.5.5-").unwrap_or(&greeting.version).to_owned();
    let started = Started {
        version,
        mariadb,
        connection: greeting.connection,
        took: Duration::ZERO,
        authentication: authentication.method().name(),
        secured,
    };
    Ok((Client::new(talk.stream, talk.input, capabilities, status), started))
}

/// Asks for UTF-8 with the server's own default collation where that is one of it.
fn collation(server: u8) -> u8 {
    match server {
        45 | 46 | 224..=247 | 255 => server,
        _ => UTF8MB4,
    }
}

/// What the request for TLS and the response begin with.
fn head(capabilities: u64, server_collation: u8) -> Vec<u8> {
    let mut head = Vec::with_capacity(32);
    head.extend_from_slice(&(capabilities as u32).to_le_bytes());
    head.extend_from_slice(&(1u32 << 30).to_le_bytes());
    head.push(collation(server_collation));
    head.extend_from_slice(&[0; 19]);
    head.extend_from_slice(&((capabilities >> 32) as u32).to_le_bytes());
    head
}

fn response(capabilities: u64, greeting: &Greeting, login: &Login, method: Method, proof: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut response = Zeroizing::new(head(capabilities, greeting.collation));
    let nul = |text: &str| text.bytes().filter(|byte| *byte != 0).chain([0]).collect::<Vec<u8>>();
    response.extend(nul(&login.user));
    match capabilities & can::PLUGIN_AUTH_LENENC {
        0 => {
            response.push(u8::try_from(proof.len()).unwrap_or_default());
            response.extend_from_slice(proof.get(..usize::from(u8::MAX)).unwrap_or(proof));
        }
        _ => put_bytes(&mut response, proof),
    }
    if let Some(database) = &login.database {
        response.extend(nul(database));
    }
    if capabilities & can::PLUGIN_AUTH != 0 {
        response.extend(nul(method.name()));
    }
    if capabilities & can::CONNECT_ATTRS != 0 {
        let mut attributes = Vec::new();
        for (name, value) in &login.attributes {
            put_bytes(&mut attributes, name.as_bytes());
            put_bytes(&mut attributes, value.as_bytes());
        }
        put_bytes(&mut response, &attributes);
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn first_words_of_other_programs_are_told_apart() {
        for other in [&b"SSH-2.0-OpenSSH_9.2"[..], b"220 mail ESMTP", b"", b"\x0a", b"\x0a8.0\0"] {
            assert!(matches!(Greeting::read(other), Err(Error::NotMySql)), "{other:?}");
        }
        let Err(Error::Server(report)) = Greeting::read(b"\xff\x10\x04Too many connections") else {
            panic!("no report")
        };
        assert_eq!(report.number, 1040);
        assert!(matches!(Greeting::read(b"\x09"), Err(Error::TooOld)));
    }
}
