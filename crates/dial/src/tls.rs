//! The encryption of a connection to a server: its fields, its files, and the passphrase of a client key.

use std::path::{Path, PathBuf};

use driver::{Answer, Choice, ConnectContext, Field, FieldKind, Profile, Question, Secret, Visible};
use route::{ErrorKind, Tls, TlsMode, TlsSettings};
use zeroize::Zeroizing;

use crate::PASSWORD_ATTEMPTS;

/// The secret field of the client key's passphrase.
pub const KEY_PASSPHRASE: &str = "sslpassword";

/// The choices of `sslmode`.
pub const MODES: &[Choice] = &[
    Choice {
        value: "auto",
        label: "Automatic",
        help: Some("Verifies certificate and name, but on this computer it encrypts only if the server can."),
    },
    Choice {
        value: "verify-full",
        label: "Verify certificate and name",
        help: Some(
            "The server's certificate must be signed by a trusted authority and name this host: nobody in between can read or pretend.",
        ),
    },
    Choice {
        value: "verify-ca",
        label: "Verify certificate only",
        help: Some("The certificate must be signed by a trusted authority, but may name another host."),
    },
    Choice {
        value: "require",
        label: "Encrypt without verifying",
        help: Some("Nobody can listen, but nothing proves that the server is the one you mean."),
    },
    Choice {
        value: "prefer",
        label: "Encrypt if the server can",
        help: Some("Encrypted only if the server offers it; somebody in between can prevent it."),
    },
    Choice {
        value: "disable",
        label: "No encryption",
        help: Some("Everything goes over the network unencrypted: anybody on the way can read it."),
    },
];

const ENCRYPTED: Option<Visible> =
    Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca", "require", "prefer"] });

/// The fields of the connect form, in order.
pub const FIELDS: &[Field] = &[
    Field {
        kind: FieldKind::Choice { choices: MODES },
        default: Some("auto"),
        ..Field::text("sslmode", "Encryption", "TLS")
    },
    Field {
        kind: FieldKind::File,
        placeholder: Some("this computer's own"),
        help: Some("PEM file of the authorities to trust."),
        visible: Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca"] }),
        ..Field::text("sslrootcert", "CA certificate", "TLS")
    },
    Field { kind: FieldKind::File, visible: ENCRYPTED, ..Field::text("sslcert", "Client certificate", "TLS") },
    Field {
        kind: FieldKind::File,
        help: Some("PEM file; with a passphrase it must be PKCS#8."),
        visible: ENCRYPTED,
        ..Field::text("sslkey", "Client key", "TLS")
    },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, you are asked if the client key has one."),
        visible: ENCRYPTED,
        ..Field::text(KEY_PASSPHRASE, "Key passphrase", "TLS")
    },
];

/// How the connection is to be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// As this mode says, or not at all.
    Fixed(TlsMode),
    /// Encrypted where the server can, plain where it cannot: nothing that stands up to an attacker.
    IfOffered,
}

impl Encryption {
    /// What a choice of [`MODES`] means for a server on this computer (`local`) or elsewhere; `None` for no such choice.
    pub fn chosen(mode: &str, local: bool) -> Option<Encryption> {
        Some(match mode {
            "disable" => Encryption::Fixed(TlsMode::Disable),
            "require" => Encryption::Fixed(TlsMode::Require),
            "verify-ca" => Encryption::Fixed(TlsMode::VerifyCa),
            "verify-full" => Encryption::Fixed(TlsMode::VerifyFull),
            "prefer" => Encryption::IfOffered,
            "auto" if local => Encryption::IfOffered,
            "auto" => Encryption::Fixed(TlsMode::VerifyFull),
            _ => return None,
        })
    }
}

/// The files a profile names.
#[derive(Debug, Clone, Default)]
pub struct Files {
    ca: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Files {
    /// Reads a profile.
    pub fn read(profile: &Profile) -> Self {
        let file = |name: &str| profile.value(name).map(PathBuf::from);
        Files { ca: file("sslrootcert"), certificate: file("sslcert"), key: file("sslkey") }
    }

    /// The file of the client key.
    pub fn key(&self) -> Option<&Path> {
        self.key.as_deref()
    }

    /// Loads them for a mode; `None` where it encrypts nothing.
    ///
    /// # Errors
    /// Of the hop TLS, naming the file that cannot be used.
    pub async fn load(&self, mode: TlsMode, passphrase: Option<&Secret>) -> Result<Option<Tls>, route::Error> {
        if mode == TlsMode::Disable {
            return Ok(None);
        }
        let settings = TlsSettings {
            mode,
            ca_file: self.ca.clone(),
            client_certificate: self.certificate.clone(),
            client_key: self.key.clone(),
        };
        let passphrase = passphrase.map(|passphrase| Zeroizing::new(passphrase.expose().to_owned()));
        Tls::load_with_passphrase(&settings, passphrase).await.map(Some)
    }

    /// The passphrase of the client key: the stored one, or asked for where the key has one. Anything else that is wrong with
    /// the files is told by the attempt that uses them.
    ///
    /// # Errors
    /// Of the hop TLS where nobody knows the passphrase.
    pub async fn unlock(&self, context: &ConnectContext) -> Result<Option<Secret>, route::Error> {
        let mut passphrase = context.secrets.get(KEY_PASSPHRASE).cloned().filter(|passphrase| !passphrase.is_empty());
        let Some(path) = self.key() else { return Ok(passphrase) };
        for asked in 0..=PASSWORD_ATTEMPTS {
            let error = match self.load(TlsMode::Require, passphrase.as_ref()).await {
                Err(error) => error,
                Ok(_) => return Ok(passphrase),
            };
            let wanted = error.kind == ErrorKind::PassphraseWanted;
            let mistyped = error.kind == ErrorKind::PassphraseWrong;
            if !wanted && !mistyped {
                return Ok(passphrase);
            }
            if asked == PASSWORD_ATTEMPTS {
                return Err(error);
            }
            let (secret, path) = (KEY_PASSPHRASE.to_owned(), path.display().to_string());
            match context.ask.ask(Question::Passphrase { secret, path, retry: mistyped }).await {
                Answer::Secret(secret) => passphrase = Some(secret),
                Answer::Yes | Answer::Refused => return Err(error),
            }
        }
        Ok(passphrase)
    }
}
