//! Name resolution, TCP and Unix sockets, and what leads there: a proxy, SSH hops.

use std::{
    fmt, io,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

use crate::{
    Envelope, Error, ErrorKind, Hop, Socks5, Ssh, Stream, Tls, Trace,
    stream::{Carrier, Plain},
};

/// The next address is tried beside the one before when that has not answered after this long (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);
/// A quiet connection is probed after this long; two unanswered probes two seconds apart end it.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(4);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(2);
#[cfg(not(windows))]
const KEEPALIVE_PROBES: u32 = 2;
/// Sent bytes unacknowledged for this long mean a dead peer.
pub(crate) const UNACKNOWLEDGED: Duration = Duration::from_secs(8);
const UNACKNOWLEDGED_BY_SSH: Duration = Duration::from_secs(4);
/// When nothing else is said, connecting may take this long, name resolution and TLS each included anew.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A host name or address and a port.
    Tcp {
        /// Host name, IPv4 or (without brackets) IPv6 address.
        host: String,
        /// Port.
        port: u16,
    },
    /// The path of a Unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    /// A TCP endpoint.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Endpoint::Tcp { host: host.into(), port }
    }

    /// Whether the bytes stay on this machine, as far as the name tells.
    pub fn is_local(&self) -> bool {
        match self {
            Endpoint::Unix(_) => true,
            Endpoint::Tcp { host, .. } => {
                host.eq_ignore_ascii_case("localhost")
                    || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Endpoint::Tcp { host, port } => write!(f, "{host}:{port}"),
            Endpoint::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A way to a server, cheap to clone, so that a cancel request takes the same way as its session. It is a recipe: every dial
/// makes all hops anew.
#[derive(Debug, Clone)]
pub struct Route {
    endpoint: Endpoint,
    proxy: Option<Socks5>,
    ssh: Option<Ssh>,
    tls: Option<Tls>,
    tls_name: Option<String>,
    connect_timeout: Duration,
}

impl Route {
    /// A route without TLS and with a connect timeout of ten seconds.
    pub fn new(endpoint: Endpoint) -> Self {
        Route { endpoint, proxy: None, ssh: None, tls: None, tls_name: None, connect_timeout: CONNECT_TIMEOUT }
    }

    /// With TLS as configured, or without. On a Unix socket TLS is not used.
    pub fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
        self
    }

    /// Through a SOCKS5 proxy: to the server, or to the first SSH host where there is one.
    pub fn with_proxy(mut self, proxy: Option<Socks5>) -> Self {
        self.proxy = proxy;
        self
    }

    /// Through SSH: the endpoint, a Unix socket too, is then the one the last SSH server sees.
    pub fn with_ssh(mut self, ssh: Option<Ssh>) -> Self {
        self.ssh = ssh;
        self
    }

    /// Whether the bytes stay on this machine, or in a tunnel as far as the server's machine: what [`Endpoint::is_local`] says,
    /// where no proxy or SSH server gives the name another meaning.
    pub fn is_local(&self) -> bool {
        self.proxy.is_none() && self.ssh.is_none() && self.endpoint.is_local()
    }

    /// With the name the certificate must carry, where it is not the endpoint's host (a tunnel).
    pub fn with_tls_name(mut self, name: Option<String>) -> Self {
        self.tls_name = name;
        self
    }

    /// With a time limit for each hop.
    pub fn with_connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The same way to another place, with the name of that place.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Where this leads.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The TLS configuration to use, `None` where the connection stays plain.
    pub fn tls(&self) -> Option<&Tls> {
        match self.endpoint {
            Endpoint::Tcp { .. } => self.tls.as_ref(),
            Endpoint::Unix(_) => None,
        }
    }

    /// The time limit of each hop.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// Connects without TLS, even where TLS is configured: the protocol's preamble comes first.
    ///
    /// # Errors
    /// An error of any hop but [`Hop::Tls`]; the trace holds the failed hop too.
    pub async fn dial(&self, trace: &mut Trace) -> Result<Stream, Error> {
        if let Some(ssh) = &self.ssh {
            let tunnel = ssh.dial(&self.endpoint, self, self.connect_timeout, trace).await?;
            return Ok(Stream(Carrier::Plain(Plain::Tunnel(Box::new(tunnel)))));
        }
        match &self.endpoint {
            Endpoint::Tcp { .. } => {
                let tcp = self.reach(&self.endpoint, self.connect_timeout, trace).await?;
                Ok(Stream(Carrier::Plain(Plain::Tcp(tcp))))
            }
            Endpoint::Unix(path) => dial_unix(path, self.connect_timeout, trace).await,
        }
    }

    /// Puts TLS on a dialled stream as this route is configured; returns it unchanged where TLS is off.
    ///
    /// # Errors
    /// A [`Hop::Tls`] error.
    pub async fn secure(&self, stream: Stream, trace: &mut Trace) -> Result<Stream, Error> {
        self.secure_within(stream, None, trace).await
    }

    /// As [`Route::secure`], with the handshake inside of a protocol's own packets.
    ///
    /// # Errors
    /// A [`Hop::Tls`] error.
    pub async fn secure_within(
        &self,
        stream: Stream,
        envelope: Option<Arc<dyn Envelope>>,
        trace: &mut Trace,
    ) -> Result<Stream, Error> {
        let Some(tls) = self.tls() else { return Ok(stream) };
        let host = match (&self.tls_name, &self.endpoint) {
            (Some(name), _) => name.as_str(),
            (None, Endpoint::Tcp { host, .. }) => host.as_str(),
            (None, Endpoint::Unix(_)) => return Ok(stream),
        };
        tls.upgrade_within(stream, host, envelope, self.connect_timeout, trace).await
    }

    /// Dials and secures, for protocols that speak TLS from the first byte.
    ///
    /// # Errors
    /// An error of any hop.
    pub async fn open(&self, trace: &mut Trace) -> Result<Stream, Error> {
        let stream = self.dial(trace).await?;
        self.secure(stream, trace).await
    }
}

impl Route {
    /// A TCP connection to the target, through the proxy where there is one.
    async fn reach(&self, target: &Endpoint, limit: Duration, trace: &mut Trace) -> Result<TcpStream, Error> {
        match &self.proxy {
            None => straight(target, limit, trace).await,
            Some(proxy) => {
                let tcp = straight(&proxy.endpoint(), limit, trace).await?;
                proxy.connect(tcp, target, limit, trace).await
            }
        }
    }
}

/// How the first SSH host is reached.
#[async_trait]
pub(crate) trait FirstHop {
    async fn tcp(&self, target: &Endpoint, limit: Duration, trace: &mut Trace) -> Result<TcpStream, Error>;
}

#[async_trait]
impl FirstHop for Route {
    async fn tcp(&self, target: &Endpoint, limit: Duration, trace: &mut Trace) -> Result<TcpStream, Error> {
        let tcp = self.reach(target, limit, trace).await?;
        // An SSH server always reads, whatever the database behind it does.
        limit_unacknowledged(&tcp, Some(UNACKNOWLEDGED_BY_SSH));
        Ok(tcp)
    }
}

async fn straight(target: &Endpoint, limit: Duration, trace: &mut Trace) -> Result<TcpStream, Error> {
    let Endpoint::Tcp { host, port } = target else {
        let name = target.to_string();
        return Err(Error::new(Hop::Tcp, &name, ErrorKind::InvalidAddress, format!("{name} is not a host and port.")));
    };
    let addresses = resolve(host, *port, limit, trace).await?;
    connect(&target.to_string(), addresses, limit, trace).await
}

async fn resolve(host: &str, port: u16, limit: Duration, trace: &mut Trace) -> Result<Vec<SocketAddr>, Error> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let started = Instant::now();
    let found = if host.is_empty() || host.contains(['\0', ' ', '/']) {
        Err(Error::new(Hop::Dns, host, ErrorKind::InvalidAddress, format!("\"{host}\" is not a host name."))
            .hint("Check the host for typing errors."))
    } else {
        match timeout(limit, tokio::net::lookup_host((host, port))).await {
            Ok(Ok(addresses)) => {
                let addresses: Vec<_> = addresses.collect();
                if addresses.is_empty() { Err(unknown_host(host)) } else { Ok(interleave(addresses)) }
            }
            Ok(Err(error)) => Err(unknown_host(host).caused_by(error)),
            Err(_) => Err(Error::new(
                Hop::Dns,
                host,
                ErrorKind::TimedOut,
                format!("The name server did not answer for {host} within {} s.", limit.as_secs_f32()),
            )
            .hint("Check the network connection, and whether a VPN is needed.")),
        }
    };
    match &found {
        Ok(addresses) => {
            let list = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
            trace.passed(Hop::Dns, host, list, started.elapsed());
        }
        Err(error) => trace.failed(error, started.elapsed()),
    }
    found
}

fn unknown_host(host: &str) -> Error {
    Error::new(Hop::Dns, host, ErrorKind::NotFound, format!("No address was found for the host {host}."))
        .hint("Check the host for typing errors, and whether a VPN is needed to see it.")
}

/// Alternates the families, first the resolver's favourite, so that one broken family costs one stagger, not all.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (favoured, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let mut favoured = favoured.into_iter();
    let mut other = other.into_iter();
    let mut mixed = Vec::new();
    loop {
        let (one, two) = (favoured.next(), other.next());
        if one.is_none() && two.is_none() {
            return mixed;
        }
        mixed.extend(one);
        mixed.extend(two);
    }
}

async fn connect(
    host: &str,
    addresses: Vec<SocketAddr>,
    limit: Duration,
    trace: &mut Trace,
) -> Result<TcpStream, Error> {
    let started = Instant::now();
    let result = match timeout(limit, race(addresses)).await {
        Ok(Ok(tcp)) => Ok(tcp),
        Ok(Err(error)) => Err(Error::io(Hop::Tcp, host, error)),
        Err(_) => Err(Error::new(
            Hop::Tcp,
            host,
            ErrorKind::TimedOut,
            format!("{host} did not answer within {} s.", limit.as_secs_f32()),
        )
        .hint("A firewall may be dropping the packets, or the server is down.")),
    };
    match &result {
        Ok(tcp) => {
            tune(tcp);
            let detail = tcp.peer_addr().map(|peer| peer.to_string()).unwrap_or_default();
            trace.passed(Hop::Tcp, host, detail, started.elapsed());
        }
        Err(error) => trace.failed(error, started.elapsed()),
    }
    result
}

/// Tries every address, the next one as soon as the last failed or kept silent for [`STAGGER`]; the first to answer
/// wins and the others are dropped. The error reported is the first one, that of the favoured address.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut first_error = None;
    if let Some(address) = waiting.next() {
        attempts.spawn(TcpStream::connect(address));
    }
    loop {
        match timeout(STAGGER, attempts.join_next()).await {
            Ok(Some(Ok(Ok(tcp)))) => return Ok(tcp),
            Ok(Some(Ok(Err(error)))) => {
                first_error.get_or_insert(error);
            }
            Ok(Some(Err(stopped))) => {
                first_error.get_or_insert(io::Error::other(stopped));
            }
            Ok(None) => {
                if waiting.len() == 0 {
                    return Err(first_error.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
                }
            }
            Err(_) => {}
        }
        if let Some(address) = waiting.next() {
            attempts.spawn(TcpStream::connect(address));
        }
    }
}

/// Small packets at once, and a dead peer noticed in seconds. A system that refuses an option still connects.
fn tune(tcp: &TcpStream) {
    let socket = socket2::SockRef::from(tcp);
    let keepalive = socket2::TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY);
    #[cfg(not(windows))]
    let keepalive = keepalive.with_retries(KEEPALIVE_PROBES);
    for refused in [tcp.set_nodelay(true), socket.set_tcp_keepalive(&keepalive)].into_iter().filter_map(Result::err) {
        tracing::debug!(%refused, "a socket option is not available");
    }
    limit_unacknowledged(tcp, Some(UNACKNOWLEDGED));
}

/// See [`Stream::limit_unacknowledged`].
pub(crate) fn limit_unacknowledged(tcp: &TcpStream, limit: Option<Duration>) {
    #[cfg(target_os = "linux")]
    if let Err(refused) = socket2::SockRef::from(tcp).set_tcp_user_timeout(limit) {
        tracing::debug!(%refused, "TCP_USER_TIMEOUT is not available");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (tcp, limit);
}

#[cfg(unix)]
async fn dial_unix(path: &std::path::Path, limit: Duration, trace: &mut Trace) -> Result<Stream, Error> {
    let started = Instant::now();
    let host = path.display().to_string();
    let result = match timeout(limit, tokio::net::UnixStream::connect(path)).await {
        Ok(Ok(unix)) => Ok(Stream(Carrier::Plain(Plain::Unix(unix)))),
        Ok(Err(error)) => Err(Error::io(Hop::Socket, &host, error)),
        Err(_) => Err(Error::io(Hop::Socket, &host, io::ErrorKind::TimedOut.into())),
    };
    match &result {
        Ok(_) => trace.passed(Hop::Socket, &host, String::new(), started.elapsed()),
        Err(error) => trace.failed(error, started.elapsed()),
    }
    result
}

#[cfg(not(unix))]
async fn dial_unix(path: &std::path::Path, _limit: Duration, trace: &mut Trace) -> Result<Stream, Error> {
    let host = path.display().to_string();
    let error = Error::new(Hop::Socket, &host, ErrorKind::InvalidAddress, "This system has no Unix sockets.")
        .hint("Use a host name and a port.");
    trace.failed(&error, Duration::ZERO);
    Err(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn families_alternate_and_the_favoured_comes_first() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let mixed = interleave(vec![address("[::1]:1"), address("[::2]:1"), address("1.1.1.1:1"), address("[::3]:1")]);
        assert_eq!(mixed, [address("[::1]:1"), address("1.1.1.1:1"), address("[::2]:1"), address("[::3]:1")]);
    }

    #[test]
    fn an_ipv6_endpoint_is_printed_with_brackets() {
        assert_eq!(Endpoint::tcp("::1", 5432).to_string(), "[::1]:5432");
        assert!(Endpoint::tcp("::1", 5432).is_local());
        assert!(!Endpoint::tcp("db.example.org", 5432).is_local());
    }
}
