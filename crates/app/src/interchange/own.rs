//! Our own form: one JSON document for a repository, the same bytes for the same connections. docs/cli.md describes it.

use std::path::{Path, PathBuf};

use driver::FieldKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    file, folder_of,
    found::{Found, Gathered},
};
use crate::{
    api::{AppError, ConnectionProfile, ErrorCode, PasswordCommand, PasswordPolicy},
    profiles::name_key,
    registry::Registry,
};

/// What tells this document from others.
pub(super) const FORMAT: &str = "rowhouse-connections";
const VERSION: u64 = 1;

/// Members in the order of the alphabet would put `driver` before `name`: this order is for people.
#[derive(Serialize)]
struct Document<'a> {
    format: &'a str,
    version: u64,
    connections: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    driver: &'a str,
    fields: std::collections::BTreeMap<&'a str, String>,
    environment: crate::api::Environment,
    safety: crate::api::Safety,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<&'a str>,
    password: PasswordPolicy,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_command: Option<&'a PasswordCommand>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    schemas: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    favourite: bool,
}

/// Writes connections, sorted by group and name, with a line break at the end.
pub(super) fn write(
    profiles: &[ConnectionProfile],
    registry: &Registry,
    folder: Option<&Path>,
) -> Result<String, AppError> {
    let mut sorted: Vec<&ConnectionProfile> = profiles.iter().collect();
    let key = |profile: &ConnectionProfile| (profile.group.as_deref().map(name_key), name_key(&profile.name));
    sorted.sort_by_key(|profile| key(profile));
    let connections = sorted
        .into_iter()
        .map(|profile| Entry {
            name: &profile.name,
            group: profile.group.as_deref(),
            driver: &profile.driver,
            fields: profile
                .values
                .iter()
                .map(|(name, value)| {
                    let file = is_file(registry, &profile.driver, name);
                    (name.as_str(), if file { portable(value, folder) } else { value.clone() })
                })
                .collect(),
            environment: profile.environment,
            safety: profile.safety,
            colour: profile.colour.as_deref(),
            password: profile.password,
            password_command: profile.password_command.as_ref(),
            schemas: &profile.schemas,
            favourite: profile.favourite,
        })
        .collect();
    let document = Document { format: FORMAT, version: VERSION, connections };
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n").map_err(|_| AppError::internal("the connections could not be written as JSON"))
}

fn is_file(registry: &Registry, driver: &str, name: &str) -> bool {
    registry
        .get(driver)
        .is_ok_and(|driver| driver.fields().iter().any(|field| field.name == name && field.kind == FieldKind::File))
}

/// A path as it means the same on a colleague's computer, where it can: below the document's folder, or below home.
fn portable(path: &str, folder: Option<&Path>) -> String {
    let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let plain = Path::new(path);
    if let Some(inner) = folder.and_then(|folder| plain.strip_prefix(folder).ok()).filter(|_| plain.is_absolute()) {
        return format!("./{}", slashes(inner));
    }
    let home = std::env::home_dir().filter(|home| home.is_absolute());
    match home.and_then(|home| plain.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(inner) => format!("~/{}", slashes(&inner)),
        None => path.to_owned(),
    }
}

/// The path on this computer.
fn local(path: &str, folder: &Path) -> String {
    let found = match path.strip_prefix("./") {
        Some(inner) => folder.join(inner),
        None if path.starts_with("~/") => file::expand(path),
        None => PathBuf::from(path),
    };
    found.to_str().map_or_else(|| path.to_owned(), str::to_owned)
}

/// Reads a document.
///
/// # Errors
/// `Corrupt` for what is none, `Unsupported` for one of a later version.
pub(super) fn read(text: &str, path: &Path, registry: &Registry) -> Result<Gathered, AppError> {
    let document: Value = serde_json::from_str(text).map_err(|error| file::broken_json(&error))?;
    let wrong = |what: &str| AppError::new(ErrorCode::Corrupt, format!("This is no list of connections: {what}."));
    if document.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(wrong("“format” is not “rowhouse-connections”"));
    }
    match document.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(later) if later > VERSION => {
            return Err(AppError::new(ErrorCode::Unsupported, "The file was written by a newer Rowhouse.")
                .with_hint("Update Rowhouse to read it."));
        }
        _ => return Err(wrong("“version” is no version")),
    }
    let Some(Value::Array(entries)) = document.get("connections") else {
        return Err(wrong("“connections” is no list"));
    };
    let folder = folder_of(path);
    let mut gathered = Gathered::default();
    for entry in entries.iter().take(super::found::MOST + 1) {
        match entry {
            Value::Object(members) => gathered.found.push(one(members, &folder, registry)),
            _ => gathered.warnings.push("An entry that is no object is left out.".to_owned()),
        }
    }
    Ok(gathered)
}

fn one(members: &Map<String, Value>, folder: &Path, registry: &Registry) -> Found {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let driver = text("driver").unwrap_or_default();
    let mut found = Found {
        name: text("name").unwrap_or_default(),
        group: text("group"),
        engine: driver.clone(),
        driver: Some(driver.clone()).filter(|driver| !driver.is_empty()),
        favourite: Some(members.get("favourite").and_then(Value::as_bool).unwrap_or(false)),
        ..Found::default()
    };
    if found.name.is_empty() {
        found.unsupported = Some("It has no name.".to_owned());
    }
    for (name, value) in members.get("fields").and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::String(value) if is_file(registry, &driver, name) => {
                found.values.insert(name.clone(), local(value, folder));
            }
            Value::String(value) => {
                found.values.insert(name.clone(), value.clone());
            }
            Value::Number(value) => {
                found.values.insert(name.clone(), value.to_string());
            }
            Value::Bool(value) => {
                found.values.insert(name.clone(), value.to_string());
            }
            _ => found.warn(format!("“{name}” is no text and left out.")),
        }
    }
    // What is not understood is taken for the careful choice, and said.
    found.environment = word(members, "environment", &mut found.warnings).or(Some(crate::api::Environment::Production));
    found.safety = word(members, "safety", &mut found.warnings).or(Some(crate::api::Safety::ReadOnly));
    found.password = word(members, "password", &mut found.warnings).or(Some(PasswordPolicy::Ask));
    if let Some(colour) = text("colour") {
        found.colour = super::found::colour(&colour);
        if found.colour.is_none() {
            found.warn("Its colour is not written as #rrggbb and left out.");
        }
    }
    if let Some(command) = members.get("password_command") {
        match PasswordCommand::deserialize(command) {
            Ok(command) => {
                if found.password == Some(PasswordPolicy::Command) {
                    found.warn(format!(
                        "Its password comes from a program, which is not run before you agree: {}",
                        crate::passwords::shown(&command)
                    ));
                }
                found.command = Some(command);
            }
            Err(_) => found.warn("Its password_command is not understood and left out."),
        }
    }
    if found.password == Some(PasswordPolicy::Command) && found.command.is_none() {
        found.warn("It names no command for its password, so you will be asked for one.");
        found.password = Some(PasswordPolicy::Ask);
    }
    found.schemas = Some(match members.get("schemas") {
        Some(Value::Array(schemas)) => schemas.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    });
    const KNOWN: [&str; 11] = [
        "name",
        "group",
        "driver",
        "fields",
        "environment",
        "safety",
        "colour",
        "password",
        "password_command",
        "schemas",
        "favourite",
    ];
    for unknown in members.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        found.warnings.push(format!("“{}” is not known and left out.", crate::profiles::one_line(unknown)));
    }
    found
}

fn word<T: serde::de::DeserializeOwned>(
    members: &Map<String, Value>,
    name: &str,
    warnings: &mut Vec<String>,
) -> Option<T> {
    let found = members.get(name).cloned().and_then(|value| serde_json::from_value(value).ok());
    if found.is_none() {
        warnings.push(format!("“{name}” is missing or not known; the careful choice is taken."));
    }
    found
}
