//! TLS: what to trust, what to show, and the handshake.

pub(crate) mod certificate;
mod key;
mod verify;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{
    CertificateDer, ServerName,
    pem::{self, PemObject},
};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::{
    Envelope, Error, ErrorKind, Hop, Stream, Trace,
    envelope::Enveloped,
    stream::Carrier,
    tls::verify::{Trust, Verifier},
};

/// How much of the server's identity is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TlsMode {
    /// No encryption.
    Disable,
    /// Encrypted, but with whoever answers: no certificate is checked.
    Require,
    /// The certificate's chain ends at a trusted authority; its name is not checked.
    VerifyCa,
    /// Chain and name.
    #[default]
    VerifyFull,
}

/// TLS as a profile states it: paths, no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TlsSettings {
    /// How much is checked.
    pub mode: TlsMode,
    /// PEM file of trusted authorities; the system's own where absent.
    pub ca_file: Option<PathBuf>,
    /// PEM file of our certificate and its intermediates.
    pub client_certificate: Option<PathBuf>,
    /// PEM file of our private key (PKCS#8, PKCS#1 or SEC1; PKCS#8 may be encrypted).
    pub client_key: Option<PathBuf>,
}

impl TlsSettings {
    /// Settings with the system's authorities and no client certificate.
    pub fn new(mode: TlsMode) -> Self {
        TlsSettings { mode, ..TlsSettings::default() }
    }
}

/// Loaded TLS settings, cheap to clone.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
    mode: TlsMode,
}

/// What a handshake agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSession {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: &'static str,
    /// The cipher suite's name, as `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
}

impl TlsSession {
    pub(crate) fn of(connection: &rustls::ClientConnection) -> Self {
        TlsSession {
            version: match connection.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
                Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
                _ => "TLS",
            },
            cipher: connection
                .negotiated_cipher_suite()
                .map(|suite| format!("{:?}", suite.suite()))
                .unwrap_or_default(),
        }
    }
}

impl Tls {
    /// As [`Tls::load_with_passphrase`] where our private key, if any, has none.
    ///
    /// # Errors
    /// As [`Tls::load_with_passphrase`].
    pub async fn load(settings: &TlsSettings) -> Result<Tls, Error> {
        Tls::load_with_passphrase(settings, None).await
    }

    /// Reads the files named and builds the configuration, off the async threads. The passphrase is that of our private
    /// key; one that has none does not need it.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] where a file cannot be read or used: missing, not PEM, encrypted in a way that is not
    /// supported, a key that does not belong to the certificate, no authority to trust. Also for [`TlsMode::Disable`],
    /// which needs no `Tls`. [`ErrorKind::PassphraseWanted`], [`ErrorKind::PassphraseWrong`].
    pub async fn load_with_passphrase(
        settings: &TlsSettings,
        passphrase: Option<Zeroizing<String>>,
    ) -> Result<Tls, Error> {
        let settings = settings.clone();
        let load = move || Tls::load_blocking(&settings, passphrase.as_ref().map(|text| text.as_str()));
        match tokio::task::spawn_blocking(load).await {
            Ok(loaded) => loaded,
            Err(stopped) => {
                Err(unusable(Path::new(""), "The TLS settings could not be read.").caused_by(io::Error::other(stopped)))
            }
        }
    }

    fn load_blocking(settings: &TlsSettings, passphrase: Option<&str>) -> Result<Tls, Error> {
        let provider = Arc::new(ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let trust = match settings.mode {
            TlsMode::Disable => return Err(unusable(Path::new(""), "TLS is switched off in these settings.")),
            TlsMode::Require => Trust::Anyone,
            TlsMode::VerifyCa => authorities(settings.ca_file.as_deref(), false)?,
            TlsMode::VerifyFull => authorities(settings.ca_file.as_deref(), true)?,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(Path::new(""), "No TLS version is available.").caused_by(error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(trust, algorithms)));
        let config = match (&settings.client_certificate, &settings.client_key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let chain = read_certificates(certificate)?;
                let secret = key::read(key, passphrase)?;
                builder.with_client_auth_cert(chain, secret).map_err(|error| key_refused(key, error))?
            }
            (Some(certificate), None) => {
                return Err(unusable(certificate, "A client certificate is set, but no private key for it.")
                    .hint("Set the file of the private key too."));
            }
            (None, Some(key)) => {
                return Err(unusable(key, "A private key is set, but no client certificate for it.")
                    .hint("Set the file of the client certificate too."));
            }
        };
        Ok(Tls { config: Arc::new(config), mode: settings.mode })
    }

    /// How much of the server's identity is checked.
    pub fn mode(&self) -> TlsMode {
        self.mode
    }

    /// The same settings, with the name of the protocol that is to be spoken inside (ALPN, RFC 7301). What the server agreed
    /// to is [`Stream::protocol`]; one that knows no such names agrees to none.
    #[must_use]
    pub fn with_protocol(&self, name: &str) -> Tls {
        let mut config = ClientConfig::clone(&self.config);
        config.alpn_protocols = vec![name.as_bytes().to_vec()];
        Tls { config: Arc::new(config), mode: self.mode }
    }

    /// Puts TLS on a plain stream. `host` is the name the certificate must carry (and is sent as SNI where it is a
    /// name).
    ///
    /// # Errors
    /// A [`Hop::Tls`] error; the trace holds the failed hop too.
    pub async fn upgrade(
        &self,
        stream: Stream,
        host: &str,
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<Stream, Error> {
        self.upgrade_within(stream, host, None, limit, trace).await
    }

    /// As [`Tls::upgrade`], with the handshake inside of a protocol's own packets.
    ///
    /// # Errors
    /// As [`Tls::upgrade`].
    pub async fn upgrade_within(
        &self,
        stream: Stream,
        host: &str,
        envelope: Option<Arc<dyn Envelope>>,
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<Stream, Error> {
        let started = Instant::now();
        let result = self.handshake(stream, host, envelope, limit).await;
        match &result {
            Ok(stream) => {
                let detail = stream.tls().map(|tls| format!("{}, {}", tls.version, tls.cipher)).unwrap_or_default();
                trace.passed(Hop::Tls, host, detail, started.elapsed());
            }
            Err(error) => trace.failed(error, started.elapsed()),
        }
        result
    }

    async fn handshake(
        &self,
        stream: Stream,
        host: &str,
        envelope: Option<Arc<dyn Envelope>>,
        limit: Duration,
    ) -> Result<Stream, Error> {
        let enveloped = |plain| Enveloped::new(plain, envelope);
        let Carrier::Plain(plain) = stream.0 else {
            return Err(Error::new(Hop::Tls, host, ErrorKind::Handshake, "The stream is encrypted already."));
        };
        let name = ServerName::try_from(host.to_owned()).map_err(|error| {
            Error::new(
                Hop::Tls,
                host,
                ErrorKind::InvalidAddress,
                format!("\"{host}\" cannot be the name of a certificate."),
            )
            .caused_by(error)
        })?;
        match timeout(limit, TlsConnector::from(self.config.clone()).connect(name, enveloped(plain))).await {
            Ok(Ok(mut tls)) => {
                tls.get_mut().0.bare();
                Ok(Stream(Carrier::Tls(Box::new(tls))))
            }
            Ok(Err(error)) => Err(handshake_failed(host, error)),
            Err(_) => Err(Error::new(
                Hop::Tls,
                host,
                ErrorKind::TimedOut,
                format!("{host} did not finish the TLS handshake within {} s.", limit.as_secs_f32()),
            )
            .hint("Is this the database's port, and does it speak TLS?")),
        }
    }
}

fn authorities(ca_file: Option<&Path>, check_name: bool) -> Result<Trust, Error> {
    let mut roots = RootCertStore::empty();
    let mut pinned = Vec::new();
    match ca_file {
        Some(path) => {
            for certificate in read_certificates(path)? {
                // A self-signed server certificate of an old format is no authority, but may still be trusted as is.
                if let Err(error) = roots.add(certificate.clone()) {
                    tracing::debug!(%error, path = %path.display(), "not usable as an authority");
                }
                pinned.push(certificate);
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::debug!(%error, "a system certificate was skipped");
            }
            let (added, _) = roots.add_parsable_certificates(found.certs);
            if added == 0 {
                return Err(unusable(Path::new(""), "This system has no trusted certificate authorities.")
                    .hint("Install its package of CA certificates, or set a CA file."));
            }
        }
    }
    Ok(Trust::Authorities { roots, pinned, check_name })
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(path)?;
    let certificates = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| not_pem(path, "certificate", error))?;
    if certificates.is_empty() {
        return Err(unusable(path, format!("{} holds no certificate.", path.display()))
            .hint("A PEM file with BEGIN CERTIFICATE is expected."));
    }
    Ok(certificates)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        unusable(path, format!("{} cannot be read: {why}.", path.display())).caused_by(error)
    })
}

fn not_pem(path: &Path, what: &str, error: pem::Error) -> Error {
    unusable(path, format!("The {what} in {} is not valid PEM.", path.display()))
        .hint("Was the file cut off, or converted from another format?")
        .caused_by(error)
}

fn key_refused(path: &Path, error: rustls::Error) -> Error {
    let message = match &error {
        rustls::Error::InconsistentKeys(_) => {
            format!("The private key in {} does not belong to the client certificate.", path.display())
        }
        _ => format!("The private key in {} cannot be used: {error}.", path.display()),
    };
    unusable(path, message).caused_by(error)
}

fn unusable(path: &Path, message: impl Into<String>) -> Error {
    Error::new(Hop::Tls, &path.display().to_string(), ErrorKind::Settings, message)
}

impl Error {
    /// Explains an I/O error of a [`Stream`] that is a TLS failure: with TLS 1.3 a server refuses a client certificate
    /// only after the handshake, as an alert in the place of its first bytes. `None` for any other I/O error.
    pub fn from_tls_alert(host: &str, error: &io::Error) -> Option<Error> {
        let tls = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        Some(refused_by(host, tls).caused_by(tls.clone()))
    }
}

fn handshake_failed(host: &str, error: io::Error) -> Error {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                Error::new(Hop::Tls, host, ErrorKind::Closed, format!("{host} hung up during the TLS handshake."))
                    .hint("It may want a client certificate, or speak no TLS on this port.")
                    .caused_by(error)
            }
            _ => Error::new(Hop::Tls, host, ErrorKind::Io, format!("The TLS handshake with {host} failed: {error}."))
                .caused_by(error),
        };
    };
    refused_by(host, tls).caused_by(tls.clone())
}

fn refused_by(host: &str, error: &rustls::Error) -> Error {
    use rustls::{AlertDescription as Alert, CertificateError as Bad, Error as E};
    let (kind, message, hint): (ErrorKind, String, &str) = match error {
        E::InvalidCertificate(Bad::UnknownIssuer) => (
            ErrorKind::CertificateUntrusted,
            format!("The certificate of {host} is not signed by a trusted authority."),
            "Set the CA file this server's certificate was issued with.",
        ),
        E::InvalidCertificate(Bad::BadSignature) => (
            ErrorKind::CertificateUntrusted,
            format!("The certificate of {host} has a signature that does not match."),
            "The CA file may hold an older authority of the same name.",
        ),
        E::InvalidCertificate(Bad::NotValidForName) => (
            ErrorKind::CertificateName,
            format!("The certificate is not for {host}."),
            "Connect with a name the certificate carries, or check the chain only (verify-ca).",
        ),
        E::InvalidCertificate(Bad::NotValidForNameContext { presented, .. }) => (
            ErrorKind::CertificateName,
            match presented.is_empty() {
                true => format!("The certificate is not for {host}: it names no host at all."),
                false => format!("The certificate is not for {host} but for {}.", presented.join(", ")),
            },
            "Connect with a name the certificate carries, or check the chain only (verify-ca).",
        ),
        E::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => (
            ErrorKind::CertificateExpired,
            format!("The certificate of {host} has expired."),
            "The server needs a new one. Check this machine's clock too.",
        ),
        E::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => (
            ErrorKind::CertificateExpired,
            format!("The certificate of {host} is not valid yet."),
            "Check the clocks of both machines.",
        ),
        E::InvalidCertificate(bad) => (
            ErrorKind::CertificateInvalid,
            format!("The certificate of {host} cannot be used: {bad}."),
            "A version 1 certificate or one without subject alternative names must be issued anew; `require` encrypts \
             without checking it.",
        ),
        E::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnknownCA
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::UnsupportedCertificate
            | Alert::AccessDenied,
        ) => (
            ErrorKind::ClientCertificateRefused,
            format!("{host} does not accept our client certificate, or wants one: {error}."),
            "Set a client certificate this server's authority has issued.",
        ),
        E::InvalidMessage(_) => (
            ErrorKind::Handshake,
            format!("{host} does not answer in TLS."),
            "Is this the database's port, and is TLS switched on there?",
        ),
        _ => (
            ErrorKind::Handshake,
            format!("The TLS handshake with {host} failed: {error}."),
            "The server may only offer outdated TLS versions or ciphers.",
        ),
    };
    Error::new(Hop::Tls, host, kind, message).hint(hint)
}
