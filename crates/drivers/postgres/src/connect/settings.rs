//! A profile's values as what is needed to dial and to log in.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use driver::{Code, Error, Profile, tunnel::Tunnel};
use route::{Endpoint, TlsMode, TlsSettings};

use crate::wire::{ChannelBinding, Negotiation};

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub encryption: Encryption,
    pub negotiation: Negotiation,
    pub channel_binding: ChannelBinding,
    pub application_name: Option<String>,
    pub options: Option<String>,
    pub step_timeout: Duration,
    pub tunnel: Tunnel,
    ca_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_key: Option<PathBuf>,
}

/// How the connection is to be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// As this mode says, or not at all.
    Fixed(TlsMode),
    /// Encrypted where the server can, plain where it cannot: nothing that stands up to an attacker.
    IfOffered,
}

impl Settings {
    /// Reads a profile.
    ///
    /// # Errors
    /// `InvalidStatement`, naming the field.
    pub(crate) fn read(profile: &Profile) -> Result<Self, Error> {
        let text = |name: &str| profile.value(name).map(str::to_owned);
        let host = text("host").unwrap_or_else(|| "localhost".to_owned());
        let port = match profile.value("port") {
            None => 5432,
            Some(port) => match port.trim().parse() {
                Ok(0) | Err(_) => return Err(wrong("The port must be a number between 1 and 65535.")),
                Ok(port) => port,
            },
        };
        let step_timeout = match profile.value("connect_timeout") {
            None => Duration::from_secs(10),
            Some(limit) => match limit.trim().parse::<u32>() {
                // libpq too takes 0 for "no limit"; a quarter of an hour is as good.
                Ok(0) => Duration::from_secs(900),
                Ok(seconds) => Duration::from_secs(u64::from(seconds)),
                Err(_) => return Err(wrong("The connect timeout must be a number of seconds.")),
            },
        };
        let user = text("user").or_else(os_user).unwrap_or_else(|| "postgres".to_owned());
        let mut settings = Settings {
            database: text("database").unwrap_or_else(|| user.clone()),
            user,
            host,
            port,
            encryption: Encryption::IfOffered,
            negotiation: Negotiation::Asked,
            channel_binding: ChannelBinding::Prefer,
            application_name: text("application_name"),
            options: text("options"),
            step_timeout,
            tunnel: Tunnel::read(profile)?,
            ca_file: text("sslrootcert").map(PathBuf::from),
            client_certificate: text("sslcert").map(PathBuf::from),
            client_key: text("sslkey").map(PathBuf::from),
        };
        settings.negotiation = match profile.value("sslnegotiation").unwrap_or("postgres") {
            "postgres" => Negotiation::Asked,
            "direct" => Negotiation::Direct,
            _ => return Err(wrong("The TLS negotiation must be postgres or direct.")),
        };
        settings.channel_binding = match profile.value("channel_binding").unwrap_or("prefer") {
            "disable" => ChannelBinding::Disable,
            "prefer" => ChannelBinding::Prefer,
            "require" => ChannelBinding::Require,
            _ => return Err(wrong("The channel binding must be disable, prefer or require.")),
        };
        let direct = settings.negotiation == Negotiation::Direct;
        settings.encryption = match profile.value("sslmode").unwrap_or("auto") {
            "require" => Encryption::Fixed(TlsMode::Require),
            "verify-ca" => Encryption::Fixed(TlsMode::VerifyCa),
            "verify-full" => Encryption::Fixed(TlsMode::VerifyFull),
            "prefer" | "allow" | "disable" if direct => {
                let message =
                    "TLS from the first byte (sslnegotiation=direct) needs an encryption that does not give way.";
                return Err(wrong(message).with_hint(
                    "Set the encryption to verify-full, verify-ca or require, or the TLS negotiation to postgres.",
                ));
            }
            "disable" => Encryption::Fixed(TlsMode::Disable),
            "prefer" | "allow" => Encryption::IfOffered,
            // Who begins with TLS cannot ask whether there is any.
            "auto"
                if direct
                    && settings.endpoint().is_local()
                    && !settings.is_socket()
                    && settings.tunnel.keeps_local() =>
            {
                Encryption::Fixed(TlsMode::Require)
            }
            "auto" if settings.endpoint().is_local() && settings.tunnel.keeps_local() => Encryption::IfOffered,
            "auto" => Encryption::Fixed(TlsMode::VerifyFull),
            _ => return Err(wrong("The encryption must be one of the choices.")),
        };
        Ok(settings)
    }

    /// Where the server listens.
    pub(crate) fn endpoint(&self) -> Endpoint {
        match self.is_socket() {
            true => Endpoint::Unix(PathBuf::from(&self.host).join(format!(".s.PGSQL.{}", self.port))),
            false => Endpoint::tcp(self.host.clone(), self.port),
        }
    }

    /// Whether it listens on a Unix socket, where nothing is encrypted.
    pub(crate) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// The files for this mode.
    pub(crate) fn tls(&self, mode: TlsMode) -> TlsSettings {
        TlsSettings {
            mode,
            ca_file: self.ca_file.clone(),
            client_certificate: self.client_certificate.clone(),
            client_key: self.client_key.clone(),
        }
    }

    /// The file of the client key.
    pub(crate) fn client_key(&self) -> Option<&Path> {
        self.client_key.as_deref()
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        match self.endpoint() {
            Endpoint::Unix(_) => format!("{} (port {})/{}", self.host, self.port, self.database),
            tcp => format!("{tcp}/{}", self.database),
        }
    }
}

fn os_user() -> Option<String> {
    let name = if cfg!(windows) { "USERNAME" } else { "USER" };
    std::env::var(name).ok().filter(|user| !user.is_empty())
}

fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "postgres".into(), values })
    }

    #[test]
    fn other_machines_are_verified_in_full_unless_told_otherwise() {
        for (host, mode, wanted) in [
            ("localhost", "", Encryption::IfOffered),
            ("127.0.0.1", "auto", Encryption::IfOffered),
            ("/tmp", "", Encryption::IfOffered),
            ("db.example.org", "", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "auto", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "prefer", Encryption::IfOffered),
            ("localhost", "verify-full", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "disable", Encryption::Fixed(TlsMode::Disable)),
        ] {
            assert_eq!(read(&[("host", host), ("sslmode", mode)]).unwrap().encryption, wanted, "{host} {mode}");
        }
    }

    #[test]
    fn tls_from_the_first_byte_is_never_given_up_for_none() {
        let direct = |host, mode| read(&[("host", host), ("sslmode", mode), ("sslnegotiation", "direct")]);
        for (host, mode, wanted) in [
            ("db.example.org", "auto", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "require", Encryption::Fixed(TlsMode::Require)),
            ("localhost", "auto", Encryption::Fixed(TlsMode::Require)),
            ("/tmp", "auto", Encryption::IfOffered),
        ] {
            let settings = direct(host, mode).unwrap();
            assert_eq!((settings.encryption, settings.negotiation), (wanted, Negotiation::Direct), "{host} {mode}");
        }
        for mode in ["prefer", "allow", "disable"] {
            let error = direct("localhost", mode).unwrap_err();
            assert!(error.hint.unwrap().contains("require"), "{mode}");
        }
    }

    #[test]
    fn defaults_and_mistakes_are_told_apart() {
        let plain = read(&[("user", "ann")]).unwrap();
        assert_eq!((plain.database.as_str(), plain.target().as_str()), ("ann", "localhost:5432/ann"));
        let socket = read(&[("host", "/tmp"), ("user", "ann"), ("port", "5433")]).unwrap();
        assert_eq!(socket.endpoint(), Endpoint::Unix("/tmp/.s.PGSQL.5433".into()));
        for wrong in [
            ("port", "0"),
            ("port", "many"),
            ("connect_timeout", "-1"),
            ("sslmode", "sometimes"),
            ("channel_binding", "maybe"),
            ("sslnegotiation", "polite"),
        ] {
            assert!(read(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
