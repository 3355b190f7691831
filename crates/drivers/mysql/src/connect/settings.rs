//! A profile's values as what is needed to dial and to log in.

use std::{path::PathBuf, time::Duration};

use dial::{
    os_user,
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::Endpoint;

use super::fields::DATABASE;

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub host: String,
    pub port: u16,
    pub database: Option<String>,
    pub user: String,
    pub encryption: Encryption,
    pub application_name: Option<String>,
    pub believe_key: bool,
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
        let mut settings = Settings {
            database: text(DATABASE),
            user: text("user").or_else(os_user).unwrap_or_else(|| "root".to_owned()),
            host,
            port: dial::port(profile, 3306)?,
            encryption: Encryption::IfOffered,
            application_name: text("application_name"),
            believe_key: profile.value("believe_key") == Some("true"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel: Tunnel::read(profile)?,
            files: Files::read(profile),
        };
        let local = settings.endpoint().is_local() && settings.tunnel.keeps_local();
        settings.encryption = Encryption::chosen(profile.value("sslmode").unwrap_or("auto"), local)
            .ok_or_else(|| wrong("The encryption must be one of the choices."))?;
        Ok(settings)
    }

    /// Where the server listens.
    pub(crate) fn endpoint(&self) -> Endpoint {
        match self.is_socket() {
            true => Endpoint::Unix(PathBuf::from(&self.host)),
            false => Endpoint::tcp(self.host.clone(), self.port),
        }
    }

    /// Whether the host is the path of a Unix socket.
    pub(crate) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        let separator = if database.is_empty() { "" } else { "/" };
        format!("{}{separator}{database}", self.endpoint())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use route::TlsMode;

    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "mysql".into(), values })
    }

    #[test]
    fn other_machines_are_verified_in_full_unless_told_otherwise() {
        for (host, mode, wanted) in [
            ("localhost", "", Encryption::IfOffered),
            ("127.0.0.1", "auto", Encryption::IfOffered),
            ("/run/mysqld/mysqld.sock", "", Encryption::IfOffered),
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
        assert_eq!((plain.database.as_deref(), plain.target().as_str()), (None, "localhost:3306"));
        let socket = read(&[("host", "/tmp/my.sock"), (DATABASE, "shop")]).unwrap();
        assert_eq!(socket.endpoint(), Endpoint::Unix("/tmp/my.sock".into()));
        assert!(socket.target().ends_with("/tmp/my.sock/shop"));
        for wrong in [("port", "0"), ("port", "many"), ("connect_timeout", "-1"), ("sslmode", "sometimes")] {
            assert!(read(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
