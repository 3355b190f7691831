//! One error type that names the hop, the host and what to do.

use std::{error::Error as StdError, fmt, io, sync::Arc};

/// A leg of the way to the server. More may come, so match with a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hop {
    /// Resolving the host name.
    Dns,
    /// The TCP connection.
    Tcp,
    /// The Unix socket.
    Socket,
    /// The SOCKS5 proxy, and what it says of the way behind it.
    Socks,
    /// Reading the SSH configuration.
    SshConfig,
    /// The SSH key exchange.
    SshKeyExchange,
    /// Whether the SSH server is the one that is meant.
    SshHostKey,
    /// Logging in on the SSH server.
    SshAuth,
    /// The way from the SSH server to the next host.
    Forward,
    /// The TLS handshake, and reading the files it needs.
    Tls,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hop::Dns => "DNS",
            Hop::Tcp => "TCP",
            Hop::Socket => "socket",
            Hop::Socks => "SOCKS5 proxy",
            Hop::SshConfig => "SSH configuration",
            Hop::SshKeyExchange => "SSH key exchange",
            Hop::SshHostKey => "SSH host key",
            Hop::SshAuth => "SSH auth",
            Hop::Forward => "SSH forward",
            Hop::Tls => "TLS",
        })
    }
}

/// What went wrong, as far as a caller may want to branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No such host name, or no such socket file.
    NotFound,
    /// Somebody is there and said no: nothing listens on that port.
    Refused,
    /// There is no way to that host or network.
    Unreachable,
    /// Nobody answered within the time limit.
    TimedOut,
    /// The operating system forbids it (a socket's permissions, a firewall).
    Forbidden,
    /// The other side hung up in the middle.
    Closed,
    /// The host name, path or TLS name cannot be an address.
    InvalidAddress,
    /// The certificate's chain does not end at a trusted authority.
    CertificateUntrusted,
    /// The certificate is for another name.
    CertificateName,
    /// The certificate is no longer valid, or not yet.
    CertificateExpired,
    /// The certificate cannot be used for another reason (malformed, wrong purpose, outdated format).
    CertificateInvalid,
    /// The server wants a client certificate, or refuses the one it was shown.
    ClientCertificateRefused,
    /// The handshake failed for another reason: no common version or cipher, or not TLS at all.
    Handshake,
    /// A certificate or key file of ours cannot be read or used.
    Settings,
    /// Our private key has a passphrase, and none was given.
    PassphraseWanted,
    /// The passphrase given does not open our private key.
    PassphraseWrong,
    /// The SSH server's key is not known, and was not accepted.
    HostKeyUnknown,
    /// The SSH server shows another key than before.
    HostKeyChanged,
    /// The SSH server shows a key that is marked as revoked.
    HostKeyRevoked,
    /// The SSH server or the proxy does not let us in.
    AuthenticationRefused,
    /// Anything else the operating system reported.
    Io,
}

/// A failed hop.
#[derive(Debug, Clone)]
pub struct Error {
    /// Where on the way.
    pub hop: Hop,
    /// Whom it was about: a host name, `host:port`, a socket path or a file.
    pub host: String,
    /// What kind of failure.
    pub kind: ErrorKind,
    /// One sentence for a person; names the host, never a secret.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The underlying error, for logs.
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl Error {
    pub(crate) fn new(hop: Hop, host: &str, kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { hop, host: host.to_owned(), kind, message: message.into(), hint: None, source: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// An operating system error on the TCP or socket hop.
    pub(crate) fn io(hop: Hop, host: &str, error: io::Error) -> Self {
        use io::ErrorKind as Io;
        let socket = hop == Hop::Socket;
        let (kind, message, hint) = match error.kind() {
            Io::ConnectionRefused if socket => (
                ErrorKind::Refused,
                format!("Nothing is listening on the socket {host}."),
                "Is the server running? A stale socket file may be left over from a crash.",
            ),
            Io::ConnectionRefused => (
                ErrorKind::Refused,
                format!("{host} refused the connection."),
                "Is the server running, is the port right, and does it listen on this address?",
            ),
            Io::NotFound => (
                ErrorKind::NotFound,
                format!("There is no socket at {host}."),
                "Is the server running, and is this its socket folder?",
            ),
            Io::PermissionDenied => (
                ErrorKind::Forbidden,
                format!("The system does not allow connecting to {host}."),
                "Check the socket's permissions, or the firewall of this machine.",
            ),
            Io::TimedOut => (
                ErrorKind::TimedOut,
                format!("{host} did not answer in time."),
                "A firewall may be dropping the packets, or the server is down.",
            ),
            Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown | Io::AddrNotAvailable => (
                ErrorKind::Unreachable,
                format!("There is no way from here to {host}."),
                "Check the network connection, and whether a VPN is needed.",
            ),
            Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof => {
                (ErrorKind::Closed, format!("{host} closed the connection."), "The server's log says why.")
            }
            Io::InvalidInput => {
                (ErrorKind::InvalidAddress, format!("{host} is not an address."), "Check the host for typing errors.")
            }
            _ => {
                let error = Error::new(hop, host, ErrorKind::Io, format!("Connecting to {host} failed: {error}."))
                    .caused_by(error);
                return error;
            }
        };
        Error::new(hop, host, kind, message).hint(hint).caused_by(error)
    }
}
