//! From a target to a byte stream: name resolution, TCP, Unix sockets, a SOCKS5 proxy, SSH hops and TLS. Every error names the hop that failed
//! and the host it was talking to, and every dial leaves a [`Trace`] a person can read.
//!
//! This crate must not know any database protocol, profile or secret store. A protocol that negotiates TLS inside its
//! own conversation (PostgreSQL's `SSLRequest`) dials plainly, talks, and then upgrades:
//!
//! ```no_run
//! # async fn example() -> Result<(), route::Error> {
//! use route::{Endpoint, Route, Tls, TlsMode, TlsSettings, Trace};
//!
//! let tls = Tls::load(&TlsSettings::new(TlsMode::VerifyFull)).await?;
//! let route = Route::new(Endpoint::tcp("db.example.org", 5432)).with_tls(Some(tls));
//! let mut trace = Trace::default();
//! let plain = route.dial(&mut trace).await?;
//! // ... the protocol's own preamble on `plain` ...
//! let stream = route.secure(plain, &mut trace).await?;
//! assert!(stream.is_tls());
//! # Ok(()) }
//! ```

mod ask;
mod dial;
mod entrance;
mod envelope;
mod error;
mod proxy;
mod ssh;
mod stream;
mod tls;
mod trace;

pub use ask::{Answer, Ask, NeverAsk, Question};
pub use dial::{Endpoint, Route};
pub use entrance::Entrance;
pub use envelope::Envelope;
pub use error::{Error, ErrorKind, Hop};
pub use proxy::Socks5;
pub use ssh::{Ssh, SshLogin, SshSettings};
pub use stream::Stream;
pub use tls::certificate::PeerCertificate;
pub use tls::{Tls, TlsMode, TlsSession, TlsSettings};
pub use trace::{Step, Trace};

/// Makes `ring` the process's one rustls provider. Idempotent; the first caller wins, and a provider somebody
/// installed earlier is kept.
pub fn install_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // The only failure is that another thread was faster, which is what was wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
