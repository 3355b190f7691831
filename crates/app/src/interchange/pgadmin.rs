//! pgAdmin: the export `servers.json`, and its own store `pgadmin4.db`, which is only read.
//!
//! Passwords in the store are under a key of the person's own and are not read.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::{Map, Value};

use super::{
    file,
    found::{self, Found, Gathered, SshServer},
};
use crate::api::{AppError, ErrorCode};

const PASSWORDS: &str = "pgAdmin keeps passwords under a key of its own, or exports none: you will be asked.";

/// Reads `servers.json`.
///
/// # Errors
/// `Corrupt` for what is no such file.
pub(super) fn read(text: &str) -> Result<Gathered, AppError> {
    let document: Value = serde_json::from_str(text).map_err(|error| file::broken_json(&error))?;
    let Some(servers) = document.get("Servers").and_then(Value::as_object) else {
        return Err(AppError::new(ErrorCode::Corrupt, "This is no servers.json of pgAdmin: it has no “Servers”."));
    };
    // By number, not by the letters of the number.
    let mut sorted: Vec<(&String, &Value)> = servers.iter().collect();
    sorted.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
    let found = sorted.into_iter().filter_map(|(_, server)| server.as_object()).map(from_export).collect();
    Ok(Gathered { found, warnings: vec![PASSWORDS.to_owned()] })
}

fn from_export(server: &Map<String, Value>) -> Found {
    let get = |name: &str| said(server.get(name));
    let mut found = Found::new(get("Name"), "postgresql");
    found.group = Some(get("Group")).filter(|group| !group.is_empty());
    found.put("host", if get("Host").is_empty() { get("HostAddr") } else { get("Host") });
    found.put("port", get("Port"));
    found.put("database", get("MaintenanceDB"));
    found.put("user", get("Username"));
    found.encryption(&get("SSLMode"));
    for (theirs, ours) in [("SSLRootCert", "sslrootcert"), ("SSLCert", "sslcert"), ("SSLKey", "sslkey")] {
        found.put(ours, local(&get(theirs)));
    }
    parameters(&mut found, server.get("ConnectionParameters").and_then(Value::as_object));
    if is_set(&get("UseSSHTunnel")) {
        found.ssh(SshServer {
            host: get("TunnelHost"),
            port: get("TunnelPort"),
            user: get("TunnelUsername"),
            key: local(&get("TunnelIdentityFile")),
            login: if is_set(&get("TunnelAuthentication")) { "key" } else { "password" },
            jump: String::new(),
        });
    }
    finish(&mut found, &get("Service"), &get("Role"));
    found.colour = found::colour(&get("BGColor"));
    found
}

fn parameters(found: &mut Found, parameters: Option<&Map<String, Value>>) {
    for (name, value) in parameters.into_iter().flatten() {
        let value = said(Some(value));
        match name.as_str() {
            "sslmode" => found.encryption(&value),
            "sslrootcert" | "sslcert" | "sslkey" => found.put(name, local(&value)),
            "application_name" | "options" | "connect_timeout" | "channel_binding" | "sslnegotiation" => {
                found.put(name, value);
            }
            "passfile" if !value.is_empty() => {
                found.warn("Its own password file is left out; ~/.pgpass is read.");
            }
            "hostaddr" | "service" | "passfile" => {}
            other => found.warn(format!("The parameter “{}” is left out.", crate::profiles::one_line(other))),
        }
    }
}

fn is_set(flag: &str) -> bool {
    matches!(flag, "1" | "true")
}

fn finish(found: &mut Found, service: &str, role: &str) {
    if !service.is_empty() {
        found
            .warn(format!("Its service “{}” is left out: import pg_service.conf.", crate::profiles::one_line(service)));
    }
    if !role.is_empty() {
        found.warn(format!("Its role is left out: SET ROLE {} after connecting.", crate::profiles::one_line(role)));
    }
}

/// pgAdmin writes `<STORAGE_DIR>/…` for files of its own folder.
fn local(path: &str) -> String {
    if path.contains("<STORAGE_DIR>") { String::new() } else { path.to_owned() }
}

fn said(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

/// Reads `pgadmin4.db` without changing a byte of it.
///
/// # Errors
/// `Corrupt` for another database, `Conflict` while pgAdmin writes.
pub(super) fn read_store(path: &Path) -> Result<Gathered, AppError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    rows(path, flags).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            AppError::new(ErrorCode::Conflict, "pgAdmin is writing its store.")
                .with_hint("Close pgAdmin and try again.")
        }
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::PermissionDenied) => {
            AppError::new(ErrorCode::Forbidden, format!("“{}” cannot be opened.", path.display()))
        }
        _ => {
            AppError::new(ErrorCode::Corrupt, format!("“{}” is no store of pgAdmin, or a damaged one.", path.display()))
                .with_hint("Export the servers in pgAdmin (Tools, Import/Export Servers) and import that file.")
        }
    })
}

fn rows(path: &Path, flags: OpenFlags) -> Result<Gathered, rusqlite::Error> {
    let store = Connection::open_with_flags(path, flags)?;
    store.busy_timeout(std::time::Duration::from_secs(2))?;
    // A file from elsewhere must not run functions through its schema.
    store.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")?;
    let plain: i64 = store.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('server', 'servergroup')",
        [],
        |row| row.get(0),
    )?;
    if plain != 2 {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    let mut statement = store.prepare(
        "SELECT s.*, g.name AS group_name FROM server s LEFT JOIN servergroup g ON g.id = s.servergroup_id \
         ORDER BY g.name, s.name LIMIT 10001",
    )?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut gathered = Gathered { warnings: vec![PASSWORDS.to_owned()], ..Gathered::default() };
    while let Some(row) = rows.next()? {
        let get = |name: &str| {
            let index = columns.iter().position(|column| column == name);
            match index.and_then(|index| row.get_ref(index).ok()) {
                Some(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
                Some(ValueRef::Integer(number)) => number.to_string(),
                _ => String::new(),
            }
        };
        let mut found = Found::new(get("name"), "postgresql");
        found.group = Some(get("group_name")).filter(|group| !group.is_empty());
        found.put("host", if get("host").is_empty() { get("hostaddr") } else { get("host") });
        found.put("port", get("port"));
        found.put("database", get("maintenance_db"));
        found.put("user", get("username"));
        // A column of older versions, a JSON object of newer ones.
        found.encryption(&get("ssl_mode"));
        for name in ["sslrootcert", "sslcert", "sslkey"] {
            found.put(name, local(&get(name)));
        }
        let newer: Option<Map<String, Value>> = serde_json::from_str(&get("connection_params")).ok();
        parameters(&mut found, newer.as_ref());
        if is_set(&get("use_ssh_tunnel")) {
            found.ssh(SshServer {
                host: get("tunnel_host"),
                port: get("tunnel_port"),
                user: get("tunnel_username"),
                key: local(&get("tunnel_identity_file")),
                login: if is_set(&get("tunnel_authentication")) { "key" } else { "password" },
                jump: String::new(),
            });
        }
        finish(&mut found, &get("service"), &get("role"));
        found.colour = found::colour(&get("bgcolor"));
        gathered.found.push(found);
    }
    Ok(gathered)
}
