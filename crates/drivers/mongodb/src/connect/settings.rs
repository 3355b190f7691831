//! A profile's values as what is needed to dial and to sign in.

use std::{path::PathBuf, time::Duration};

use dial::{
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::Endpoint;

use super::fields::DATABASE;
use crate::wire::Mechanism;

/// The port of a server that nobody gave another.
pub(super) const PORT: u16 = 27_017;
/// Addresses of one profile: no replica set has more members.
const MOST_HOSTS: usize = 50;

/// Which member of a replica set is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preference {
    Primary,
    PrimaryPreferred,
    Secondary,
    SecondaryPreferred,
    Nearest,
}

impl Preference {
    /// The protocol's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Preference::Primary => "primary",
            Preference::PrimaryPreferred => "primaryPreferred",
            Preference::Secondary => "secondary",
            Preference::SecondaryPreferred => "secondaryPreferred",
            Preference::Nearest => "nearest",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Preference> {
        use Preference::{Nearest, Primary, PrimaryPreferred, Secondary, SecondaryPreferred};
        let all = [Primary, PrimaryPreferred, Secondary, SecondaryPreferred, Nearest];
        all.into_iter().find(|one| one.name() == name)
    }
}

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub hosts: Vec<Endpoint>,
    /// The name to look the addresses up by.
    pub srv: Option<String>,
    pub database: Option<String>,
    pub user: Option<String>,
    pub mechanism: Option<Mechanism>,
    pub auth_source: Option<String>,
    pub replica_set: Option<String>,
    pub preference: Preference,
    pub direct: bool,
    pub encryption: Encryption,
    pub application_name: Option<String>,
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
        let text = |name: &str| profile.value(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let truth = |name: &str| profile.value(name) == Some("true");
        let hosts = text("hosts").unwrap_or_else(|| "localhost".to_owned());
        let srv = truth("srv").then(|| hosts.clone());
        if srv.as_ref().is_some_and(|name| name.contains([',', ':', '/']) || !name.contains('.')) {
            return Err(wrong("Addresses are looked up by one full name, without a port."));
        }
        let mechanism = match profile.value("mechanism").unwrap_or("auto") {
            "auto" => None,
            name => {
                Some(Mechanism::named(name).ok_or_else(|| wrong("The way to sign in must be one of the choices."))?)
            }
        };
        let preference = profile.value("read_preference").unwrap_or("primary");
        let mut settings = Settings {
            hosts: if srv.is_some() { Vec::new() } else { addresses(&hosts)? },
            srv,
            database: text(DATABASE),
            user: text("user"),
            mechanism,
            auth_source: text("auth_source"),
            replica_set: text("replica_set"),
            preference: Preference::named(preference)
                .ok_or_else(|| wrong("The member to connect to must be one of the choices."))?,
            direct: truth("direct"),
            encryption: Encryption::IfOffered,
            application_name: text("application_name"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel: Tunnel::read(profile)?,
            files: Files::read(profile),
        };
        if settings.direct && (settings.hosts.len() > 1 || settings.srv.is_some()) {
            return Err(wrong("A direct connection leads to one host."));
        }
        let local =
            settings.srv.is_none() && settings.hosts.iter().all(Endpoint::is_local) && settings.tunnel.keeps_local();
        settings.encryption = Encryption::chosen(profile.value("sslmode").unwrap_or("auto"), local)
            .ok_or_else(|| wrong("The encryption must be one of the choices."))?;
        Ok(settings)
    }

    /// The database that knows the user.
    pub(crate) fn source(&self) -> String {
        match (&self.auth_source, self.mechanism) {
            (_, Some(Mechanism::X509)) => "$external".to_owned(),
            (Some(source), _) => source.clone(),
            (None, Some(Mechanism::Plain)) => "$external".to_owned(),
            (None, _) => "admin".to_owned(),
        }
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        let hosts = match &self.srv {
            Some(name) => name.clone(),
            None => self.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        };
        let database = self.database.as_deref().unwrap_or_default();
        let separator = if database.is_empty() { "" } else { "/" };
        format!("{hosts}{separator}{database}")
    }
}

/// The addresses of a list with commas between.
pub(crate) fn addresses(text: &str) -> Result<Vec<Endpoint>, Error> {
    let all: Result<Vec<Endpoint>, Error> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(address).collect();
    let all = all?;
    match all.len() {
        0 => Ok(vec![Endpoint::tcp("localhost", PORT)]),
        1..=MOST_HOSTS => Ok(all),
        _ => Err(wrong("There are too many hosts.")),
    }
}

/// One address: `host`, `host:port`, `[::1]:port`, a bare IPv6 address, or the path of a socket.
pub(crate) fn address(text: &str) -> Result<Endpoint, Error> {
    if text.starts_with('/') {
        return Ok(Endpoint::Unix(PathBuf::from(text)));
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(|| wrong("An address has no closing bracket."))?;
            (host, after.strip_prefix(':').unwrap_or_default())
        }
        None if text.matches(':').count() > 1 => (text, ""),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = match port {
        "" => PORT,
        port => port
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| wrong("A port must be a number between 1 and 65535."))?,
    };
    match host.is_empty() {
        true => Err(wrong("An address has no host.")),
        false => Ok(Endpoint::tcp(host, port)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use route::TlsMode;

    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "mongodb".into(), values })
    }

    #[test]
    fn addresses_are_read_one_by_one() {
        let all = addresses("a, b:7,[::1]:9,::2,/tmp/mongodb.sock").unwrap();
        let wanted = [
            Endpoint::tcp("a", PORT),
            Endpoint::tcp("b", 7),
            Endpoint::tcp("::1", 9),
            Endpoint::tcp("::2", PORT),
            Endpoint::Unix("/tmp/mongodb.sock".into()),
        ];
        assert_eq!(all, wanted);
        for bad in ["a:b", "a:0", "a:70000", "[::1", ":5"] {
            assert!(addresses(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_machines_are_verified_in_full_unless_told_otherwise() {
        for (hosts, mode, wanted) in [
            ("localhost", "", Encryption::IfOffered),
            ("127.0.0.1,localhost:2", "auto", Encryption::IfOffered),
            ("localhost,db.example.org", "", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "disable", Encryption::Fixed(TlsMode::Disable)),
        ] {
            assert_eq!(read(&[("hosts", hosts), ("sslmode", mode)]).unwrap().encryption, wanted, "{hosts} {mode}");
        }
    }

    #[test]
    fn defaults_and_mistakes_are_told_apart() {
        let plain = read(&[]).unwrap();
        assert_eq!((plain.target().as_str(), plain.source().as_str(), plain.user), ("localhost:27017", "admin", None));
        assert_eq!(read(&[("mechanism", "MONGODB-X509"), ("auth_source", "x")]).unwrap().source(), "$external");
        assert_eq!(read(&[("hosts", "a,b:1"), (DATABASE, "shop")]).unwrap().target(), "a:27017,b:1/shop");
        for wrong in [
            &[("mechanism", "GSSAPI")][..],
            &[("read_preference", "some")],
            &[("sslmode", "sometimes")],
            &[("connect_timeout", "-1")],
            &[("direct", "true"), ("hosts", "a,b")],
            &[("srv", "true"), ("hosts", "a,b.example.org")],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
