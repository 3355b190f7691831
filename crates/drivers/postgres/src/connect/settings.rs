//! A profile's values as what is needed to dial and to log in.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use driver::{Code, Error, Profile, tunnel::Tunnel};
use route::{Endpoint, TlsMode, TlsSettings};

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub encryption: Encryption,
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
            application_name: text("application_name"),
            options: text("options"),
            step_timeout,
            tunnel: Tunnel::read(profile)?,
            ca_file: text("sslrootcert").map(PathBuf::from),
            client_certificate: text("sslcert").map(PathBuf::from),
            client_key: text("sslkey").map(PathBuf::from),
        };
        settings.encryption = match profile.value("sslmode").unwrap_or("auto") {
            "disable" => Encryption::Fixed(TlsMode::Disable),
            "require" => Encryption::Fixed(TlsMode::Require),
            "verify-ca" => Encryption::Fixed(TlsMode::VerifyCa),
            "verify-full" => Encryption::Fixed(TlsMode::VerifyFull),
            "prefer" | "allow" => Encryption::IfOffered,
            "auto" if settings.endpoint().is_local() && settings.tunnel.keeps_local() => Encryption::IfOffered,
            "auto" => Encryption::Fixed(TlsMode::VerifyFull),
            _ => return Err(wrong("The encryption must be one of the choices.")),
        };
        Ok(settings)
    }

    /// Where the server listens.
    pub(crate) fn endpoint(&self) -> Endpoint {
        match self.host.starts_with('/') {
            true => Endpoint::Unix(PathBuf::from(&self.host).join(format!(".s.PGSQL.{}", self.port))),
            false => Endpoint::tcp(self.host.clone(), self.port),
        }
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
    fn defaults_and_mistakes_are_told_apart() {
        let plain = read(&[("user", "ann")]).unwrap();
        assert_eq!((plain.database.as_str(), plain.target().as_str()), ("ann", "localhost:5432/ann"));
        let socket = read(&[("host", "/tmp"), ("user", "ann"), ("port", "5433")]).unwrap();
        assert_eq!(socket.endpoint(), Endpoint::Unix("/tmp/.s.PGSQL.5433".into()));
        for wrong in [("port", "0"), ("port", "many"), ("connect_timeout", "-1"), ("sslmode", "sometimes")] {
            assert!(read(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
