//! The part of the connect form that every database on a network shares: an SSH tunnel and a SOCKS5 proxy.
//!
//! A driver adds [`FIELDS`] to its own and reads a profile's values with [`Tunnel::read`]; how a tunnel is dialled is not known
//! here. Passwords and passphrases that are not stored are asked for when they are wanted.

use std::path::PathBuf;

use crate::{Choice, Code, Error, Field, FieldKind, Profile, Visible};

/// The section of the SSH fields.
const SSH: &str = "SSH";
/// The section of the proxy's fields.
const PROXY: &str = "Proxy";

/// The secret field of the SSH server's password. That of a host on the way has the login and host behind a space.
pub const SSH_PASSWORD: &str = "ssh_password";
/// The secret field of the private key's passphrase. That of another key has the file's path behind a space.
pub const SSH_PASSPHRASE: &str = "ssh_key_passphrase";
/// The secret field of the proxy's password.
pub const PROXY_PASSWORD: &str = "proxy_password";

const LOGINS: &[Choice] = &[
    Choice { value: "off", label: "No tunnel", help: None },
    Choice { value: "auto", label: "As ssh does", help: None },
    Choice { value: "key", label: "Key file", help: None },
    Choice { value: "agent", label: "Agent", help: None },
    Choice { value: "password", label: "Password", help: None },
];
const PROXIES: &[Choice] =
    &[Choice { value: "off", label: "None", help: None }, Choice { value: "socks5", label: "SOCKS5", help: None }];

const WITH_SSH: Option<Visible> = Some(Visible { field: "ssh", values: &["auto", "key", "agent", "password"] });
const WITH_KEY: Option<Visible> = Some(Visible { field: "ssh", values: &["auto", "key"] });
const WITH_PROXY: Option<Visible> = Some(Visible { field: "proxy", values: &["socks5"] });

/// The fields, in order.
pub const FIELDS: &[Field] = &[
    Field {
        kind: FieldKind::Choice { choices: LOGINS },
        default: Some("off"),
        help: Some(
            "Through an SSH server, which sees the host and port above. What is not given here is asked when connecting.",
        ),
        ..Field::text("ssh", "Tunnel", SSH)
    },
    Field {
        placeholder: Some("bastion.example.org"),
        help: Some("A name, an address, or a Host of ~/.ssh/config."),
        visible: WITH_SSH,
        ..Field::text("ssh_host", "SSH host", SSH)
    },
    Field {
        kind: FieldKind::Number,
        placeholder: Some("22"),
        joined: true,
        visible: WITH_SSH,
        ..Field::text("ssh_port", "SSH port", SSH)
    },
    Field { placeholder: Some("as ~/.ssh/config says"), visible: WITH_SSH, ..Field::text("ssh_user", "SSH user", SSH) },
    Field {
        kind: FieldKind::Secret,
        placeholder: Some("asked for if wanted"),
        visible: Some(Visible { field: "ssh", values: &["auto", "password"] }),
        ..Field::text(SSH_PASSWORD, "SSH password", SSH)
    },
    Field {
        kind: FieldKind::File,
        placeholder: Some("as ssh finds it"),
        help: Some("OpenSSH, PKCS#8, PEM or PuTTY."),
        visible: WITH_KEY,
        ..Field::text("ssh_key", "Private key", SSH)
    },
    Field {
        kind: FieldKind::Secret,
        placeholder: Some("asked for if it has one"),
        visible: WITH_KEY,
        ..Field::text(SSH_PASSPHRASE, "Key passphrase", SSH)
    },
    Field {
        placeholder: Some("user@host:port, …"),
        help: Some("Hosts to go through first. Left empty, ~/.ssh/config says; none stands for none."),
        visible: WITH_SSH,
        ..Field::text("ssh_jump", "Jump hosts", SSH)
    },
    Field {
        kind: FieldKind::Switch,
        default: Some("true"),
        visible: WITH_SSH,
        ..Field::text("ssh_config", "Read ~/.ssh/config", SSH)
    },
    Field {
        kind: FieldKind::File,
        placeholder: Some("~/.ssh/known_hosts"),
        visible: WITH_SSH,
        ..Field::text("ssh_known_hosts", "Known hosts", SSH)
    },
    Field {
        kind: FieldKind::Choice { choices: PROXIES },
        default: Some("off"),
        help: Some("To the server, or to the first SSH host. The proxy looks up the name."),
        ..Field::text("proxy", "Proxy", PROXY)
    },
    Field { visible: WITH_PROXY, ..Field::text("proxy_host", "Proxy host", PROXY) },
    Field {
        kind: FieldKind::Number,
        placeholder: Some("1080"),
        joined: true,
        visible: WITH_PROXY,
        ..Field::text("proxy_port", "Proxy port", PROXY)
    },
    Field {
        help: Some("Left empty, the proxy wants no login."),
        visible: WITH_PROXY,
        ..Field::text("proxy_user", "Proxy user", PROXY)
    },
    Field {
        kind: FieldKind::Secret,
        placeholder: Some("asked for if there is a user"),
        visible: WITH_PROXY,
        ..Field::text(PROXY_PASSWORD, "Proxy password", PROXY)
    },
];

/// How to log in on the SSH server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Whatever ssh would try.
    Automatic,
    /// The key file.
    Key,
    /// The agent's keys.
    Agent,
    /// A password.
    Password,
}

/// An SSH server on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssh {
    /// Name, address or a `Host` of the SSH configuration.
    pub host: String,
    /// Port, where it is stated.
    pub port: Option<u16>,
    /// User, where stated.
    pub user: Option<String>,
    /// How to log in.
    pub login: Login,
    /// The private key's file, where stated.
    pub key: Option<PathBuf>,
    /// Hosts to go through first, as ssh's `-J` takes them.
    pub jump: Option<String>,
    /// Whether the SSH configuration is read.
    pub config: bool,
    /// The known_hosts file, where it is not the usual one.
    pub known_hosts: Option<PathBuf>,
}

/// A SOCKS5 proxy on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User, where the proxy wants a login.
    pub user: Option<String>,
}

/// What is on the way to the server: first the proxy, then the SSH server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tunnel {
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// The SSH server.
    pub ssh: Option<Ssh>,
}

impl Tunnel {
    /// Reads a profile's values. Those of a part that is switched off are passed over.
    ///
    /// # Errors
    /// `InvalidStatement`, naming the field.
    pub fn read(profile: &Profile) -> Result<Self, Error> {
        let text =
            |name: &str| profile.value(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let required = |name: &str, what: &str| {
            text(name)
                .ok_or_else(|| wrong(format!("The {what} is missing.")).with_hint("Fill it in, or switch it off."))
        };
        let port = |name: &str, what: &str| match text(name).map(|value| value.parse()) {
            None => Ok(None),
            Some(Ok(port)) if port != 0 => Ok(Some(port)),
            Some(_) => Err(wrong(format!("The {what} must be a number between 1 and 65535."))),
        };
        let login = match profile.value("ssh").unwrap_or("off") {
            "off" => None,
            "auto" => Some(Login::Automatic),
            "key" => Some(Login::Key),
            "agent" => Some(Login::Agent),
            "password" => Some(Login::Password),
            _ => return Err(wrong("The SSH tunnel must be one of the choices.".to_owned())),
        };
        let ssh = match login {
            None => None,
            Some(login) => {
                if login == Login::Key {
                    required("ssh_key", "SSH private key")?;
                }
                Some(Ssh {
                    host: required("ssh_host", "SSH host")?,
                    port: port("ssh_port", "SSH port")?,
                    user: text("ssh_user"),
                    key: text("ssh_key").map(PathBuf::from).filter(|_| matches!(login, Login::Automatic | Login::Key)),
                    login,
                    jump: text("ssh_jump"),
                    config: profile.value("ssh_config") != Some("false"),
                    known_hosts: text("ssh_known_hosts").map(PathBuf::from),
                })
            }
        };
        let proxy = match profile.value("proxy").unwrap_or("off") {
            "off" => None,
            "socks5" => Some(Proxy {
                host: required("proxy_host", "proxy's host")?,
                port: port("proxy_port", "proxy's port")?.unwrap_or(1080),
                user: text("proxy_user"),
            }),
            _ => return Err(wrong("The proxy must be one of the choices.".to_owned())),
        };
        Ok(Tunnel { proxy, ssh })
    }

    /// Whether bytes to a host of this computer's own name stay where nobody can listen: not where a proxy carries them in
    /// clear to another machine.
    pub fn keeps_local(&self) -> bool {
        self.proxy.is_none() || self.ssh.is_some()
    }
}

fn wrong(message: String) -> Error {
    Error::new(Code::InvalidStatement, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Tunnel, Error> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Tunnel::read(&Profile { name: "p".into(), driver: "d".into(), values })
    }

    #[test]
    fn nothing_is_on_the_way_unless_it_is_switched_on() {
        assert_eq!(read(&[]).unwrap(), Tunnel::default());
        assert_eq!(read(&[("ssh_host", "h"), ("ssh", "off"), ("proxy_port", "x")]).unwrap(), Tunnel::default());
    }

    #[test]
    fn what_is_switched_on_is_read() {
        let ssh = read(&[
            ("ssh", "key"),
            ("ssh_host", " bastion "),
            ("ssh_port", "2222"),
            ("ssh_key", "/k"),
            ("ssh_config", "false"),
        ]);
        let ssh = ssh.unwrap().ssh.unwrap();
        assert_eq!((ssh.host.as_str(), ssh.port, ssh.login, ssh.config), ("bastion", Some(2222), Login::Key, false));
        let proxy = read(&[("proxy", "socks5"), ("proxy_host", "p")]).unwrap();
        assert_eq!(proxy.proxy, Some(Proxy { host: "p".to_owned(), port: 1080, user: None }));
        assert!(!proxy.keeps_local());
    }

    #[test]
    fn what_is_missing_or_no_number_is_named() {
        for (values, part) in [
            (&[("ssh", "auto")][..], "SSH host is missing"),
            (&[("ssh", "key"), ("ssh_host", "h")], "SSH private key is missing"),
            (&[("ssh", "auto"), ("ssh_host", "h"), ("ssh_port", "0")], "SSH port must be"),
            (&[("ssh", "maybe")], "one of the choices"),
            (&[("proxy", "socks5")], "proxy's host is missing"),
            (&[("proxy", "http")], "one of the choices"),
        ] {
            let error = read(values).unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement);
            assert!(error.message.contains(part), "{error}");
        }
    }

    #[test]
    fn every_field_is_shown_by_a_field_that_exists() {
        for field in FIELDS {
            if let Some(visible) = &field.visible {
                let other = FIELDS.iter().find(|other| other.name == visible.field).unwrap();
                let FieldKind::Choice { choices } = &other.kind else { panic!("{}", other.name) };
                assert!(visible.values.iter().all(|value| choices.iter().any(|choice| choice.value == *value)));
            }
        }
    }
}
