//! SOCKS5 (RFC 1928) with user and password (RFC 1929). Names are sent as names: the proxy resolves them.

use std::{
    fmt, io,
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use zeroize::Zeroizing;

use crate::{Endpoint, Error, ErrorKind, Hop, Trace};

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NOTHING_SUITS: u8 = 0xff;

/// A SOCKS5 proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Socks5 {
    host: String,
    port: u16,
    login: Option<(String, Zeroizing<String>)>,
}

impl fmt::Debug for Socks5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socks5({}, login: {})", self.endpoint(), if self.login.is_some() { "***" } else { "none" })
    }
}

impl Socks5 {
    /// A proxy that wants no login.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Socks5 { host: host.into(), port, login: None }
    }

    /// With a user and password.
    pub fn with_login(mut self, user: impl Into<String>, password: Zeroizing<String>) -> Self {
        self.login = Some((user.into(), password));
        self
    }

    /// Where the proxy listens.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::tcp(self.host.clone(), self.port)
    }

    /// Asks the proxy for a connection to a target.
    pub(crate) async fn connect(
        &self,
        mut tcp: TcpStream,
        target: &Endpoint,
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<TcpStream, Error> {
        let started = Instant::now();
        let result = match timeout(limit, self.talk(&mut tcp, target)).await {
            Ok(result) => result,
            Err(_) => Err(self
                .error(
                    ErrorKind::TimedOut,
                    format!("the proxy did not connect to {target} in {} s", limit.as_secs_f32()),
                )
                .hint("Is this the port of a SOCKS5 proxy? What is behind it may keep silent too.")),
        };
        match result {
            Ok(()) => {
                trace.passed(Hop::Socks, &self.endpoint().to_string(), format!("to {target}"), started.elapsed());
                Ok(tcp)
            }
            Err(error) => {
                trace.failed(&error, started.elapsed());
                Err(error)
            }
        }
    }

    fn error(&self, kind: ErrorKind, what: impl fmt::Display) -> Error {
        let proxy = self.endpoint().to_string();
        Error::new(Hop::Socks, &proxy, kind, format!("SOCKS5 proxy {proxy}: {what}."))
    }

    fn broken(&self, error: io::Error) -> Error {
        self.error(ErrorKind::Closed, "the connection broke before it answered")
            .hint("Is this the port of a SOCKS5 proxy?")
            .caused_by(error)
    }

    async fn talk(&self, tcp: &mut TcpStream, target: &Endpoint) -> Result<(), Error> {
        let Endpoint::Tcp { host, port } = target else {
            return Err(self.error(ErrorKind::InvalidAddress, "a Unix socket cannot be reached through it"));
        };
        let greeting: &[u8] = match self.login {
            Some(_) => &[VERSION, 2, NO_LOGIN, USER_AND_PASSWORD],
            None => &[VERSION, 1, NO_LOGIN],
        };
        tcp.write_all(greeting).await.map_err(|error| self.broken(error))?;
        let [version, method] = self.read(tcp).await?;
        if version != VERSION {
            return Err(self
                .error(ErrorKind::Handshake, "it does not speak SOCKS5")
                .hint("Is this the port of a SOCKS5 proxy? SOCKS4 and HTTP proxies are not supported."));
        }
        match (method, &self.login) {
            (NO_LOGIN, _) => {}
            (USER_AND_PASSWORD, Some((user, password))) => self.log_in(tcp, user, password).await?,
            (NOTHING_SUITS, None) => {
                return Err(self
                    .error(ErrorKind::AuthenticationRefused, "it wants a user and password")
                    .hint("Fill in the proxy's user and password."));
            }
            _ => {
                return Err(self
                    .error(ErrorKind::AuthenticationRefused, "it wants a kind of login that is not supported")
                    .hint("None, and user with password, are supported."));
            }
        }
        self.request(tcp, host, *port, target).await
    }

    async fn log_in(&self, tcp: &mut TcpStream, user: &str, password: &str) -> Result<(), Error> {
        let (Ok(user_length), Ok(password_length)) = (u8::try_from(user.len()), u8::try_from(password.len())) else {
            return Err(self.error(ErrorKind::Settings, "its user or password is longer than 255 bytes"));
        };
        let mut message = Zeroizing::new(Vec::with_capacity(3 + user.len() + password.len()));
        message.extend([1, user_length]);
        message.extend(user.as_bytes());
        message.push(password_length);
        message.extend(password.as_bytes());
        tcp.write_all(&message).await.map_err(|error| self.broken(error))?;
        let [_, status] = self.read(tcp).await?;
        if status == 0 {
            return Ok(());
        }
        Err(self
            .error(ErrorKind::AuthenticationRefused, format!("it refused the login of {user}"))
            .hint("Check the proxy's user and password."))
    }

    async fn request(&self, tcp: &mut TcpStream, host: &str, port: u16, target: &Endpoint) -> Result<(), Error> {
        let mut message = vec![VERSION, 1, 0];
        match host.parse() {
            Ok(IpAddr::V4(address)) => {
                message.push(1);
                message.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                message.push(4);
                message.extend(address.octets());
            }
            Err(_) => {
                let length = u8::try_from(host.len()).ok().filter(|length| *length > 0).ok_or_else(|| {
                    self.error(ErrorKind::InvalidAddress, format!("\"{}\" is no host name", crate::ssh::readable(host)))
                })?;
                message.extend([3, length]);
                message.extend(host.as_bytes());
            }
        }
        message.extend(port.to_be_bytes());
        tcp.write_all(&message).await.map_err(|error| self.broken(error))?;
        let [version, status, _, kind] = self.read(tcp).await?;
        if version != VERSION {
            return Err(self.error(ErrorKind::Handshake, "its answer is no SOCKS5"));
        }
        if status != 0 {
            let (kind, what) = match status {
                2 => (ErrorKind::Forbidden, "its rules do not allow"),
                3 => (ErrorKind::Unreachable, "it knows no way to the network of"),
                4 => (ErrorKind::NotFound, "it cannot find or reach"),
                5 => (ErrorKind::Refused, "the host behind it refused the connection to"),
                6 => (ErrorKind::TimedOut, "it got no answer in time from"),
                _ => (ErrorKind::Refused, "it could not connect to"),
            };
            return Err(self
                .error(kind, format!("{what} {target}"))
                .hint("Host and port are seen from the proxy. Is the server running there?"));
        }
        // The address it connects from, which nobody needs.
        match kind {
            1 => self.read::<6>(tcp).await.map(drop),
            4 => self.read::<18>(tcp).await.map(drop),
            3 => {
                let [length] = self.read(tcp).await?;
                let mut rest = vec![0; usize::from(length) + 2];
                tcp.read_exact(&mut rest).await.map(drop).map_err(|error| self.broken(error))
            }
            _ => Err(self.error(ErrorKind::Handshake, "its answer is no SOCKS5")),
        }
    }

    async fn read<const N: usize>(&self, tcp: &mut TcpStream) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        tcp.read_exact(&mut bytes).await.map_err(|error| self.broken(error))?;
        Ok(bytes)
    }
}
