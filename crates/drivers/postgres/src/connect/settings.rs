//! A profile's values as what is needed to dial and to log in.

use std::{path::PathBuf, time::Duration};

use dial::{
    os_user,
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::{Endpoint, TlsMode};

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
    pub files: Files,
}

impl Settings {
    /// Reads a profile.
    ///
    /// # Errors
    /// `InvalidStatement`, naming the field.
    pub(crate) fn read(profile: &Profile) -> Result<Self, Error> {
        let text = |name: &str| profile.value(name).map(str::to_owned);
        let host = text("host").unwrap_or_else(|| "localhost".to_owned());
        let user = text("user").or_else(os_user).unwrap_or_else(|| "postgres".to_owned());
        let mut settings = Settings {
            database: text("database").unwrap_or_else(|| user.clone()),
            user,
            host,
            port: dial::port(profile, 5432)?,
            encryption: Encryption::IfOffered,
            negotiation: Negotiation::Asked,
            channel_binding: ChannelBinding::Prefer,
            application_name: text("application_name"),
            options: text("options"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel: Tunnel::read(profile)?,
            files: Files::read(profile),
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
        let local = settings.endpoint().is_local() && settings.tunnel.keeps_local();
        settings.encryption = match profile.value("sslmode").unwrap_or("auto") {
            "prefer" | "allow" | "disable" if direct => {
                let message =
                    "TLS from the first byte (sslnegotiation=direct) needs an encryption that does not give way.";
                return Err(wrong(message).with_hint(
                    "Set the encryption to verify-full, verify-ca or require, or the TLS negotiation to postgres.",
                ));
            }
            // Who begins with TLS cannot ask whether there is any.
            "auto" if direct && local && !settings.is_socket() => Encryption::Fixed(TlsMode::Require),
            "allow" => Encryption::IfOffered,
            mode => {
                Encryption::chosen(mode, local).ok_or_else(|| wrong("The encryption must be one of the choices."))?
            }
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

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        match self.endpoint() {
            Endpoint::Unix(_) => format!("{} (port {})/{}", self.host, self.port, self.database),
            tcp => format!("{tcp}/{}", self.database),
        }
    }
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
