//! A profile's values as what is needed to dial and to log in.

use std::time::Duration;

use dial::{
    os_user,
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::{Endpoint, TlsMode};

/// Where a listener listens unless told otherwise.
pub(crate) const PORT: u16 = 1521;

/// What of a server is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Within {
    /// A service, as every server since version 8 registers with its listener.
    Service(String),
    /// An instance by its system identifier.
    Sid(String),
}

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub host: String,
    pub port: u16,
    pub within: Within,
    pub user: String,
    /// With the rights of SYSDBA.
    pub sysdba: bool,
    /// A listener speaks either way on a port: nothing is tried after the other.
    pub tls: TlsMode,
    pub tls_name: Option<String>,
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
        let port = dial::port(profile, PORT)?;
        let within = match (text("service"), text("sid")) {
            (Some(_), Some(_)) => return Err(wrong("Either a service or a SID, not both.")),
            (Some(service), None) => Within::Service(named(service)?),
            (None, Some(sid)) => Within::Sid(named(sid)?),
            (None, None) => return Err(wrong("The service is missing.").with_hint("As FREEPDB1 or shop.example.org.")),
        };
        let tunnel = Tunnel::read(profile)?;
        let local = Endpoint::tcp(host.clone(), port).is_local() && tunnel.keeps_local();
        let encryption = Encryption::chosen(profile.value("sslmode").unwrap_or("auto"), local)
            .ok_or_else(|| wrong("The encryption must be one of the choices."))?;
        Ok(Settings {
            host,
            port,
            within,
            user: text("user").or_else(os_user).unwrap_or_else(|| "system".to_owned()),
            sysdba: profile.value("role") == Some("sysdba"),
            tls: match encryption {
                Encryption::Fixed(mode) => mode,
                Encryption::IfOffered => TlsMode::Disable,
            },
            tls_name: text("tls_name"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel,
            files: Files::read(profile),
        })
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        let place = Endpoint::tcp(self.host.clone(), self.port);
        match &self.within {
            Within::Service(service) => format!("{place}/{service}"),
            Within::Sid(sid) => format!("{place}:{sid}"),
        }
    }

    /// What the client library is told: the way there is ours, so the address is that of a door on this machine.
    #[cfg(any(test, feature = "client"))]
    pub(crate) fn descriptor(&self, door: std::net::SocketAddr) -> String {
        let within = match &self.within {
            Within::Service(service) => format!("(SERVICE_NAME={service})"),
            Within::Sid(sid) => format!("(SID={sid})"),
        };
        format!(
            "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST={})(PORT={}))(CONNECT_DATA={within}))",
            door.ip(),
            door.port()
        )
    }
}

/// A name that can stand in a descriptor, of whose language it must say nothing.
fn named(name: String) -> Result<String, Error> {
    let plain = |sign: char| sign.is_alphanumeric() || "._-$#".contains(sign);
    if name.chars().all(plain) {
        Ok(name)
    } else {
        Err(wrong("A service or SID has letters, digits and . _ - $ # only."))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "oracle".into(), values })
    }

    #[test]
    fn a_service_or_a_sid_is_wanted_and_other_machines_are_verified() {
        let local = read(&[("service", "FREEPDB1")]).unwrap();
        assert_eq!((local.target().as_str(), local.tls), ("localhost:1521/FREEPDB1", TlsMode::Disable));
        let sid = read(&[("sid", "ORCL"), ("host", "db.example.org"), ("port", "1522")]).unwrap();
        assert_eq!((sid.target().as_str(), sid.tls), ("db.example.org:1522:ORCL", TlsMode::VerifyFull));
        let door = "127.0.0.1:4000".parse().unwrap();
        assert_eq!(
            sid.descriptor(door),
            "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=4000))(CONNECT_DATA=(SID=ORCL)))"
        );
        assert!(local.descriptor(door).contains("(SERVICE_NAME=FREEPDB1)"));
        for wrong in [
            &[][..],
            &[("service", "a"), ("sid", "b")],
            &[("service", "a)(SERVER=x")],
            &[("service", "a"), ("sslmode", "sometimes")],
            &[("service", "a"), ("port", "0")],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
