//! A profile's values as what is needed to dial and to log in.

use std::time::Duration;

use dial::{
    os_user,
    tls::{Encryption, Files},
    wrong,
};
use driver::{Error, Profile, tunnel::Tunnel};
use route::{Endpoint, TlsMode};

use crate::wire::Strictness;

/// Where a server listens unless told otherwise.
pub(crate) const PORT: u16 = 1433;

/// What a profile says.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub host: String,
    /// `None` where the instance has to be looked up.
    pub port: Option<u16>,
    pub instance: Option<String>,
    pub database: Option<String>,
    pub user: String,
    pub encryption: Encryption,
    pub strictness: Strictness,
    pub tls_name: Option<String>,
    pub read_intent: bool,
    pub application_name: Option<String>,
    pub step_timeout: Duration,
    pub tunnel: Tunnel,
    pub files: Files,
}

/// The parts of `tcp:host\instance,port`.
pub(crate) fn place(text: &str) -> Result<(String, Option<String>, Option<String>), Error> {
    let text = text.trim();
    let (way, rest) = match text.split_once(':') {
        Some((way, rest)) if matches!(way.to_ascii_lowercase().as_str(), "tcp" | "np" | "lpc" | "admin") => (way, rest),
        _ => ("tcp", text),
    };
    if !way.eq_ignore_ascii_case("tcp") {
        return Err(wrong("Only TCP leads to a server from here: no named pipes, no shared memory."));
    }
    let (rest, port) = match rest.split_once(',') {
        Some((rest, port)) => (rest, Some(port.trim().to_owned())),
        None => (rest, None),
    };
    let (host, instance) = match rest.split_once('\\') {
        Some((host, instance)) => (host, Some(instance.trim().to_owned())),
        None => (rest, None),
    };
    let host = match host.trim() {
        "" | "." | "(local)" => "localhost",
        host => host,
    };
    if host.to_ascii_lowercase().starts_with("(localdb)") {
        return Err(wrong("LocalDB listens on named pipes only, which are not supported."));
    }
    // The default instance has a name too.
    let named = |name: &String| !name.is_empty() && !name.eq_ignore_ascii_case("MSSQLSERVER");
    Ok((host.to_owned(), instance.filter(named), port))
}

impl Settings {
    /// Reads a profile.
    ///
    /// # Errors
    /// `InvalidStatement`, naming the field.
    pub(crate) fn read(profile: &Profile) -> Result<Self, Error> {
        let text = |name: &str| profile.value(name).map(str::to_owned);
        let on = |name: &str| profile.value(name) == Some("true");
        let (host, within, with) = place(profile.value("host").unwrap_or("localhost"))?;
        let port = match (profile.value("port"), with) {
            (Some(_), _) => Some(dial::port(profile, PORT)?),
            (None, Some(port)) => match port.parse() {
                Ok(0) | Err(_) => return Err(wrong("The port after the host must be a number between 1 and 65535.")),
                Ok(port) => Some(port),
            },
            (None, None) => None,
        };
        let instance = text("instance").or(within).filter(|name| !name.eq_ignore_ascii_case("MSSQLSERVER"));
        let tunnel = Tunnel::read(profile)?;
        if instance.is_some() && port.is_none() && !tunnel.keeps_local() {
            return Err(wrong("A named instance cannot be looked up through a tunnel or proxy.")
                .with_hint("Set the port on which the instance listens."));
        }
        let local = Endpoint::tcp(host.clone(), PORT).is_local() && tunnel.keeps_local();
        let encryption = Encryption::chosen(profile.value("sslmode").unwrap_or("auto"), local)
            .ok_or_else(|| wrong("The encryption must be one of the choices."))?;
        let strict = on("strict");
        let encryption = match encryption {
            Encryption::Fixed(TlsMode::VerifyCa) => encryption,
            _ if strict => Encryption::Fixed(TlsMode::VerifyFull),
            _ => encryption,
        };
        Ok(Settings {
            port: if instance.is_some() { port } else { Some(port.unwrap_or(PORT)) },
            host,
            instance,
            database: text("database"),
            user: text("user").or_else(os_user).unwrap_or_else(|| "sa".to_owned()),
            encryption,
            strictness: if strict { Strictness::Strict } else { Strictness::Negotiated },
            tls_name: text("tls_name"),
            read_intent: on("read_intent"),
            application_name: text("application_name"),
            step_timeout: dial::step_timeout(profile)?,
            tunnel,
            files: Files::read(profile),
        })
    }

    /// Where this leads, for a person.
    pub(crate) fn target(&self) -> String {
        let place = match (&self.instance, self.port) {
            (Some(instance), None) => format!("{}\\{instance}", self.host),
            (_, port) => Endpoint::tcp(self.host.clone(), port.unwrap_or(PORT)).to_string(),
        };
        match &self.database {
            Some(database) => format!("{place}/{database}"),
            None => place,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&Profile { name: "p".into(), driver: "mssql".into(), values })
    }

    #[test]
    fn other_machines_are_verified_in_full_unless_told_otherwise() {
        for (host, mode, strict, wanted) in [
            ("localhost", "", "", Encryption::IfOffered),
            (".\\SQLEXPRESS", "auto", "", Encryption::IfOffered),
            ("db.example.org", "", "", Encryption::Fixed(TlsMode::VerifyFull)),
            ("db.example.org", "require", "", Encryption::Fixed(TlsMode::Require)),
            ("db.example.org", "disable", "", Encryption::Fixed(TlsMode::Disable)),
            ("db.example.org", "disable", "true", Encryption::Fixed(TlsMode::VerifyFull)),
            ("localhost", "require", "true", Encryption::Fixed(TlsMode::VerifyFull)),
            ("localhost", "verify-ca", "true", Encryption::Fixed(TlsMode::VerifyCa)),
        ] {
            let settings = read(&[("host", host), ("sslmode", mode), ("strict", strict)]).unwrap();
            assert_eq!(settings.encryption, wanted, "{host} {mode} {strict}");
        }
    }

    #[test]
    fn hosts_instances_and_ports_are_read_as_the_servers_own_tools_write_them() {
        for (host, target) in [
            ("db1", "db1:1433"),
            ("tcp:db1,1450", "db1:1450"),
            ("db1\\EXPRESS", "db1\\EXPRESS"),
            ("db1\\EXPRESS,1450", "db1:1450"),
            ("db1\\MSSQLSERVER", "db1:1433"),
            ("(local)", "localhost:1433"),
            ("fe80::1", "[fe80::1]:1433"),
        ] {
            assert_eq!(read(&[("host", host)]).unwrap().target(), target, "{host}");
        }
        for wrong in [
            [("host", "np:db1"), ("port", "")],
            [("host", "(localdb)\\MSSQLLocalDB"), ("port", "")],
            [("host", "db1,0"), ("port", "")],
            [("host", "db1"), ("port", "many")],
            [("host", "db1"), ("sslmode", "sometimes")],
        ] {
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
    }
}
