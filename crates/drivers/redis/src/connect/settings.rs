//! A profile's values as what is needed to dial and to log in.

use std::{path::PathBuf, time::Duration};

use dial::{
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::Endpoint;

/// What stands behind the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One server.
    Standalone,
    /// Sentinels, which know the master of this name.
    Sentinel(String),
    /// The nodes of a cluster.
    Cluster,
}

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub mode: Mode,
    /// The first is the address of the form.
    pub seeds: Vec<Endpoint>,
    pub database: u32,
    pub user: Option<String>,
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
        let text = |name: &str| profile.value(name).map(str::to_owned);
        let mode = match profile.value("mode").unwrap_or("standalone") {
            "standalone" => Mode::Standalone,
            "cluster" => Mode::Cluster,
            "sentinel" => Mode::Sentinel(
                text("sentinel_master").ok_or_else(|| wrong("Sentinel needs the name it has for the master."))?,
            ),
            _ => return Err(wrong("The kind of server must be one of the choices.")),
        };
        let usual = if matches!(mode, Mode::Sentinel(_)) { 26379 } else { 6379 };
        let port = dial::port(profile, usual)?;
        let host = text("host").unwrap_or_else(|| "localhost".to_owned());
        let first = match host.starts_with('/') {
            true => Endpoint::Unix(PathBuf::from(host)),
            false => Endpoint::tcp(host, port),
        };
        let mut seeds = vec![first];
        if mode != Mode::Standalone {
            for one in profile.value("hosts").unwrap_or_default().split([',', ' ', '\n']).filter(|one| !one.is_empty())
            {
                seeds.push(endpoint(one, usual).ok_or_else(|| wrong("Further nodes are given as host:port."))?);
            }
        }
        let database = match (&mode, profile.value("database").map(|number| number.trim().parse::<u32>())) {
            (Mode::Cluster, _) | (_, None) => 0,
            (_, Some(Ok(number))) => number,
            (_, Some(Err(_))) => return Err(wrong("The database must be a number.")),
        };
        let tunnel = Tunnel::read(profile)?;
        let local = seeds.iter().all(Endpoint::is_local) && tunnel.keeps_local();
        let encryption = Encryption::chosen(profile.value("sslmode").unwrap_or("auto"), local)
            .ok_or_else(|| wrong("The encryption must be one of the choices."))?;
        Ok(Settings {
            mode,
            seeds,
            database,
            user: text("user"),
            encryption,
            application_name: text("application_name"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel,
            files: Files::read(profile),
        })
    }

    /// Where the first server listens.
    pub(crate) fn endpoint(&self) -> Endpoint {
        self.seeds.first().cloned().unwrap_or_else(|| Endpoint::tcp("localhost", 6379))
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        match &self.mode {
            Mode::Sentinel(name) => format!("{name} by Sentinel {}/{}", self.endpoint(), self.database),
            Mode::Cluster => format!("cluster {}", self.endpoint()),
            Mode::Standalone => format!("{}/{}", self.endpoint(), self.database),
        }
    }
}

/// `host:port`, `[::1]:port` or a host alone.
pub(crate) fn endpoint(text: &str, usual: u16) -> Option<Endpoint> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None if text.matches(':').count() > 1 => {
            // An address without brackets, as servers of a cluster tell it: the port is behind the last colon.
            let (host, port) = text.rsplit_once(':')?;
            (host, Some(port))
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(usual), |port| port.parse().ok().filter(|port| *port > 0))?;
    Some(Endpoint::tcp(host, port))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use route::TlsMode;

    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "redis".into(), values })
    }

    #[test]
    fn other_machines_are_verified_in_full_unless_told_otherwise() {
        for (host, mode, wanted) in [
            ("localhost", "", Encryption::IfOffered),
            ("/run/redis.sock", "", Encryption::IfOffered),
            ("db.example.org", "", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "disable", Encryption::Fixed(TlsMode::Disable)),
        ] {
            assert_eq!(read(&[("host", host), ("sslmode", mode)]).unwrap().encryption, wanted, "{host} {mode}");
        }
    }

    #[test]
    fn modes_have_their_own_addresses_and_mistakes_are_told() {
        let plain = read(&[]).unwrap();
        assert_eq!(plain.target(), "localhost:6379/0");
        let sentinel =
            read(&[("mode", "sentinel"), ("sentinel_master", "m"), ("hosts", "a:1, [::1]:2 b"), ("database", "3")]);
        let sentinel = sentinel.unwrap();
        assert_eq!(sentinel.target(), "m by Sentinel localhost:26379/3");
        let others: Vec<_> = sentinel.seeds.iter().skip(1).map(Endpoint::to_string).collect();
        assert_eq!(others, ["a:1", "[::1]:2", "b:26379"]);
        assert_eq!(read(&[("mode", "cluster"), ("database", "5")]).unwrap().database, 0);
        for wrong in [
            ("port", "0"),
            ("database", "x"),
            ("database", "-1"),
            ("mode", "many"),
            ("mode", "sentinel"),
            ("sslmode", "sometimes"),
        ] {
            assert!(read(&[wrong]).is_err(), "{wrong:?}");
        }
        assert!(read(&[("mode", "cluster"), ("hosts", "a:x")]).is_err());
        assert_eq!(endpoint("fe80::1:7000", 1), Some(Endpoint::tcp("fe80::1", 7000)));
    }
}
