//! TablePlus: `Connections.plist`, and `ConnectionGroups.plist` beside it. Passwords are in the system's keychain under
//! TablePlus's own name, which only TablePlus may read.

use std::{collections::HashMap, io::Cursor, path::Path};

use plist::{Dictionary, Value};

use super::{
    file,
    found::{self, Found, Gathered},
};
use crate::api::{AppError, ErrorCode};

/// Reads a property list, as text or binary.
///
/// # Errors
/// `Corrupt` for what is none.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Gathered, AppError> {
    let broken = || AppError::new(ErrorCode::Corrupt, format!("“{}” is a broken property list.", path.display()));
    let list = parse(bytes).ok_or_else(broken)?;
    let entries = list
        .as_array()
        .or_else(|| list.as_dictionary().and_then(|whole| whole.get("Connections")).and_then(Value::as_array))
        .ok_or_else(|| AppError::new(ErrorCode::Corrupt, "This is no list of connections of TablePlus."))?;
    let groups = groups(path);
    let found = entries.iter().filter_map(Value::as_dictionary).map(|entry| one(entry, &groups)).collect();
    let warning = "TablePlus keeps passwords in the system's keychain for itself alone: you will be asked.";
    Ok(Gathered { found, warnings: vec![warning.to_owned()] })
}

/// Text is checked first: the reader of property lists trusts how deeply it is nested.
fn parse(bytes: &[u8]) -> Option<Value> {
    if !bytes.starts_with(b"bplist00") {
        let text = std::str::from_utf8(bytes).ok()?;
        // Apple writes a document type here; an inner one, with entities, nobody does.
        let head = text.get(..text.find("<plist")?)?;
        if head.contains('[') || head.contains("<!ENTITY") || depth(text) > 64 {
            return None;
        }
    }
    Value::from_reader(Cursor::new(bytes)).ok()
}

/// How deeply lists and dictionaries stand in each other at most.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0usize);
    for tag in text.split('<').skip(1) {
        if tag.starts_with("/array") || tag.starts_with("/dict") {
            now = now.saturating_sub(1);
        } else if tag.starts_with("array>") || tag.starts_with("dict>") {
            now += 1;
            most = most.max(now);
        }
    }
    most
}

fn groups(path: &Path) -> HashMap<String, String> {
    let list = file::beside(path, "ConnectionGroups.plist").ok().flatten().and_then(|bytes| parse(&bytes));
    let entries = list.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .filter_map(Value::as_dictionary)
        .map(|group| (text(group, "ID"), text(group, "Name")))
        .filter(|(id, name)| !id.is_empty() && !name.is_empty())
        .collect()
}

fn text(entry: &Dictionary, name: &str) -> String {
    match entry.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Integer(number)) => number.to_string(),
        Some(Value::Boolean(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

fn is_set(entry: &Dictionary, name: &str) -> bool {
    matches!(text(entry, name).as_str(), "true" | "1")
}

fn one(entry: &Dictionary, groups: &HashMap<String, String>) -> Found {
    let mut found = Found::new(text(entry, "ConnectionName"), text(entry, "Driver"));
    found.group = groups.get(&text(entry, "GroupID")).cloned();
    if found.driver.as_deref() == Some("sqlite") {
        found.put("file", text(entry, "DatabasePath"));
    } else {
        found.put("host", text(entry, "DatabaseHost"));
        found.put("port", text(entry, "DatabasePort"));
        found.put("database", text(entry, "DatabaseName"));
        found.put("user", text(entry, "DatabaseUser"));
        if is_set(entry, "isUseSocket") {
            found.put("host", text(entry, "DatabaseSocket"));
        }
    }
    match text(entry, "tLSMode").as_str() {
        "" | "0" => {}
        "1" => found.encryption("prefer"),
        "2" => found.encryption("require"),
        "3" => found.encryption("verify-ca"),
        "4" => found.encryption("verify-full"),
        _ => found.warn("Its TLS mode is not known and left out."),
    }
    if is_set(entry, "isOverSSH") {
        let key = is_set(entry, "isUsePrivateKey");
        if key {
            found.warn("It names no file for its SSH key, so that ssh's usual keys are tried: choose it in the form.");
        }
        found.ssh(super::found::SshServer {
            host: text(entry, "ServerAddress"),
            port: text(entry, "ServerPort"),
            user: text(entry, "ServerUser"),
            key: String::new(),
            login: if key { "auto" } else { "password" },
            jump: String::new(),
        });
    }
    // Spelled so by TablePlus.
    let environment = text(entry, "Enviroment");
    let environment = if environment.is_empty() { text(entry, "Environment") } else { environment };
    found.environment = found::environment(&environment);
    found.colour = found::colour(&text(entry, "statusColor"));
    found
}
