//! A connection as it stands in a file.

use std::collections::BTreeMap;

use driver::Secret;

use crate::api::{Environment, PasswordCommand, PasswordPolicy, Safety};

/// Most connections of one file.
pub(super) const MOST: usize = 10_000;

/// An SSH server on the way, as a tool writes it; empty is what the tool does not say.
#[derive(Debug, Default)]
pub(super) struct SshServer {
    pub(super) host: String,
    pub(super) port: String,
    pub(super) user: String,
    pub(super) key: String,
    /// `password`, `key`, `agent` or `auto`.
    pub(super) login: &'static str,
    /// Hosts to go through first, as `ssh -J` takes them.
    pub(super) jump: String,
}

/// What a file held.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) found: Vec<Found>,
    pub(super) warnings: Vec<String>,
}

/// One connection; what a file does not say is `None`.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) group: Option<String>,
    /// The database as the file calls it.
    pub(super) engine: String,
    /// Our driver's id.
    pub(super) driver: Option<String>,
    pub(super) values: BTreeMap<String, String>,
    pub(super) secret: Option<Secret>,
    /// Secrets of the way, by their fields' names.
    pub(super) secrets: BTreeMap<String, Secret>,
    pub(super) environment: Option<Environment>,
    pub(super) safety: Option<Safety>,
    pub(super) colour: Option<String>,
    pub(super) favourite: Option<bool>,
    pub(super) schemas: Option<Vec<String>>,
    pub(super) password: Option<PasswordPolicy>,
    pub(super) command: Option<PasswordCommand>,
    pub(super) warnings: Vec<String>,
    /// Why it cannot be taken.
    pub(super) unsupported: Option<String>,
}

impl Found {
    /// One of this name for the database that a tool calls `engine`.
    pub(super) fn new(name: impl Into<String>, engine: impl Into<String>) -> Self {
        let engine = engine.into();
        Found { name: name.into(), driver: driver_for(&engine).map(str::to_owned), engine, ..Found::default() }
    }

    /// Sets a field, unless there is nothing to set.
    pub(super) fn put(&mut self, field: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() {
            self.values.insert(field.to_owned(), value);
        }
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Takes what a driver read of an address; what is set already stays.
    pub(super) fn take(&mut self, parsed: driver::ParsedUrl) {
        let mut values = parsed.values;
        let password = values.remove(crate::registry::PASSWORD).map(Secret::new).or(parsed.secret);
        for (field, value) in values {
            self.values.entry(field).or_insert(value);
        }
        self.secret = self.secret.take().or(password).filter(|secret| !secret.is_empty());
        self.warnings.extend(parsed.warnings);
    }

    /// Sets how it encrypts, in the words of libpq or of MySQL.
    pub(super) fn encryption(&mut self, mode: &str) {
        let mode = mode.trim().to_ascii_lowercase().replace('_', "-");
        let known = match mode.as_str() {
            "" => return,
            "disable" | "disabled" | "false" | "none" => "disable",
            "prefer" | "preferred" => "prefer",
            "allow" => {
                self.warn("The encryption “allow” is read as “prefer”: encrypt if the server can.");
                "prefer"
            }
            "require" | "required" | "true" => "require",
            "verify-ca" => "verify-ca",
            "verify-full" | "verify-identity" => "verify-full",
            other => {
                let other: String = other.chars().take(40).collect();
                self.warn(format!("The encryption “{other}” is not known and left out."));
                return;
            }
        };
        self.put("sslmode", known);
    }

    /// Sets the way over SSH.
    pub(super) fn ssh(&mut self, server: SshServer) {
        if server.host.trim().is_empty() {
            self.warn("It goes through an SSH server that the file does not name: set it up in the connection's form.");
            return;
        }
        // A key that is not named cannot be used as the only one.
        let login = if server.login == "key" && server.key.trim().is_empty() { "auto" } else { server.login };
        self.put("ssh", login);
        self.put("ssh_host", server.host.trim());
        self.put("ssh_port", Some(server.port).filter(|port| port.trim() != "22").unwrap_or_default());
        self.put("ssh_user", server.user);
        self.put("ssh_jump", server.jump);
        if matches!(login, "key" | "auto") {
            self.put("ssh_key", server.key);
        }
    }

    /// Keeps a secret of the way under its field's name.
    pub(super) fn keep(&mut self, field: &str, secret: Option<Secret>) {
        if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
            self.secrets.insert(field.to_owned(), secret);
        }
    }
}

/// The driver for what tools call a database.
pub(super) fn driver_for(engine: &str) -> Option<&'static str> {
    let engine = engine.to_ascii_lowercase();
    let known = |names: &[&str]| names.iter().any(|name| engine == *name || engine.starts_with(&format!("{name}-")));
    if known(&["postgresql", "postgres", "pgsql", "postgis", "timescaledb", "timescale", "cockroachdb"]) {
        Some("postgres")
    } else if known(&["mysql", "mysql8", "mysql5", "mariadb", "mysql_8", "mysql2"]) {
        Some("mysql")
    } else if known(&["sqlite", "sqlite3", "sqlite_jdbc", "sqlite.xerial"]) {
        Some("sqlite")
    } else if known(&[
        "sqlserver",
        "mssql",
        "mssql_jdbc_ms_new",
        "mssql_jdbc_jtds",
        "microsoft",
        "sqlsrv",
        "jtds",
        "azure",
    ]) {
        Some("mssql")
    } else if known(&["redis", "rediss", "redis_jedis", "valkey", "valkeys"]) {
        Some("redis")
    } else if known(&["mongodb", "mongo", "mongodb+srv", "mongo.4"]) {
        Some("mongodb")
    } else {
        None
    }
}

/// The colour of `#rrggbb`, `#rgb` or `r,g,b`; anything else is none.
pub(super) fn colour(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('#').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    {
        return match digits.len() {
            6 => Some(text.to_ascii_lowercase()),
            8 => digits.get(..6).map(|digits| format!("#{}", digits.to_ascii_lowercase())),
            3 => Some(format!(
                "#{}",
                digits.chars().flat_map(|digit| [digit, digit]).collect::<String>().to_ascii_lowercase()
            )),
            _ => None,
        };
    }
    let parts: Option<Vec<u8>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match parts?.as_slice() {
        [red, green, blue] => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        _ => None,
    }
}

/// What a tool's word says of how much depends on a database.
pub(super) fn environment(word: &str) -> Option<Environment> {
    match word.trim().to_ascii_lowercase().as_str() {
        "prod" | "production" | "prd" | "live" => Some(Environment::Production),
        "stage" | "staging" | "stg" | "test" | "testing" | "qa" | "uat" => Some(Environment::Staging),
        "dev" | "development" => Some(Environment::Development),
        "local" | "localhost" => Some(Environment::Local),
        _ => None,
    }
}
