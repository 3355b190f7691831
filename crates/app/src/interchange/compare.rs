//! What a found connection would become, beside those that are saved.

use std::collections::{HashMap, HashSet};

use driver::{FieldKind, Profile};

use super::found::{self, Found};
use crate::{
    api::{
        ConnectionProfile, Environment, FoundConnection, FoundStatus, ImportDifference, ImportKind, PasswordPolicy,
        Safety,
    },
    profiles::{name_key, one_line},
    registry::Registry,
};

/// What is known while a file is gone through: what is saved, and what stood in the file before.
pub(super) struct Known<'a> {
    kind: ImportKind,
    registry: &'a Registry,
    saved: HashMap<Place, &'a ConnectionProfile>,
    listed: HashMap<Place, String>,
    names: HashSet<String>,
    /// Names by identity.
    twins: HashMap<Vec<String>, String>,
    count: u32,
}

/// A name and a group, without regard to case.
type Place = (String, Option<String>);

fn place(name: &str, group: Option<&str>) -> Place {
    (name_key(name), group.map(name_key))
}

impl<'a> Known<'a> {
    pub(super) fn new(kind: ImportKind, registry: &'a Registry, saved: &'a [ConnectionProfile]) -> Self {
        let own = || saved.iter().filter(|profile| !profile.sample);
        let mut twins = HashMap::new();
        for profile in own() {
            twins.entry(identity(&profile.driver, &profile.values)).or_insert_with(|| profile.name.clone());
        }
        Known {
            kind,
            registry,
            saved: own().map(|profile| (place(&profile.name, profile.group.as_deref()), profile)).collect(),
            listed: HashMap::new(),
            names: saved.iter().map(|profile| name_key(&profile.name)).collect(),
            twins,
            count: 0,
        }
    }

    /// Completes a found connection and says what saving it would do.
    pub(super) fn judge(&mut self, found: Found) -> (FoundConnection, Found) {
        let (shown, found) = judge(found, self);
        self.count = self.count.saturating_add(1);
        self.names.insert(name_key(&shown.name));
        if !matches!(shown.status, FoundStatus::Unsupported { .. }) {
            self.listed.entry(place(&shown.name, shown.group.as_deref())).or_insert_with(|| shown.name.clone());
            if self.kind != ImportKind::Rowhouse {
                self.twins.entry(own_identity(&shown)).or_insert_with(|| shown.name.clone());
            }
        }
        (shown, found)
    }
}

fn judge(mut found: Found, known: &Known<'_>) -> (FoundConnection, Found) {
    let (index, registry) = (known.count, known.registry);
    let driver = found.driver.as_deref().and_then(|id| registry.get(id).ok());
    let mut unsupported = found.unsupported.take();
    if driver.is_none() && unsupported.is_none() {
        let engine = if found.engine.is_empty() { "this database" } else { &found.engine };
        unsupported = Some(format!("Rowhouse has no driver for {engine} yet."));
    }
    let mut target = String::new();
    let mut wants_password = false;
    if let Some(driver) = driver {
        translate(&mut found, driver.as_ref());
        fit(&mut found, driver.as_ref());
        let profile = Profile { name: String::new(), driver: driver.id().to_owned(), values: found.values.clone() };
        target = driver.target(&profile);
        wants_password = driver.fields().iter().any(|field| field.kind == FieldKind::Secret);
        let missing = driver.fields().iter().find(|field| field.required && !found.values.contains_key(field.name));
        if let Some(field) = missing.filter(|_| unsupported.is_none()) {
            unsupported = Some(format!("It says nothing for “{}”.", field.label));
        }
    }
    let name = one_line(&found.name);
    let name = if name.is_empty() { one_line(&target) } else { name };
    let environment = found.environment.unwrap_or_else(|| guess(&mut found.warnings, &name, &found.values));
    let policy = found.password.unwrap_or(match (wants_password, found.secret.is_some()) {
        (false, _) => PasswordPolicy::None,
        (true, true) => PasswordPolicy::Keychain,
        // Without one in the keychain it is asked for, and can be kept then.
        (true, false) => PasswordPolicy::Keychain,
    });
    let mut shown = FoundConnection {
        index,
        name,
        group: found.group.as_deref().map(one_line).filter(|group| !group.is_empty()),
        engine: found.engine.clone(),
        driver: driver.map(|driver| driver.id().to_owned()),
        values: found.values.clone(),
        target,
        environment,
        safety: found.safety.unwrap_or_else(|| environment.default_safety()),
        colour: found.colour.clone(),
        password: policy,
        password_command: found.command.clone().filter(|_| policy == PasswordPolicy::Command),
        has_password: found.secret.is_some() || !found.secrets.is_empty(),
        warnings: Vec::new(),
        status: FoundStatus::New,
    };
    shown.status = match unsupported {
        Some(reason) => FoundStatus::Unsupported { reason },
        None => status(&mut shown, &found, known),
    };
    shown.warnings.clone_from(&found.warnings);
    (shown, found)
}

/// Says in the driver's own fields what tools say as host, port and database.
fn translate(found: &mut Found, driver: &dyn driver::Driver) {
    let has = |name: &str| driver.fields().iter().any(|field| field.name == name);
    if has("schema")
        && !has("database")
        && let Some(database) = found.values.remove("database")
    {
        found.values.entry("schema".to_owned()).or_insert(database);
    }
    if has("hosts") && !has("host") {
        let port = found.values.remove("port");
        if let Some(host) = found.values.remove("host") {
            let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
            let address = port.map_or(host.clone(), |port| format!("{host}:{port}"));
            found.values.entry("hosts".to_owned()).or_insert(address);
        }
    }
}

/// Leaves out what the driver would not take, and says so.
fn fit(found: &mut Found, driver: &dyn driver::Driver) {
    for (name, value) in std::mem::take(&mut found.values) {
        let Some(field) = driver.fields().iter().find(|field| field.name == name) else {
            found.warn(format!("“{}” is left out: {} has no such field.", one_line(&name), driver.label()));
            continue;
        };
        if field.kind == FieldKind::Secret {
            found.warn(format!("“{}” is a secret and left out: type it in the form.", field.label));
        } else if let Err(error) = crate::profiles::valid(field, &value) {
            found.warn(format!("{} It is left out.", error.message));
        } else if !value.is_empty() {
            found.values.insert(name, value);
        }
    }
}

fn status(shown: &mut FoundConnection, found: &Found, known: &Known<'_>) -> FoundStatus {
    if known.kind == ImportKind::Rowhouse {
        let place = place(&shown.name, shown.group.as_deref());
        if let Some(other) = known.listed.get(&place) {
            return FoundStatus::Duplicate { of: other.clone() };
        }
        if let Some(other) = known.saved.get(&place) {
            let differences = differences(other, shown, found);
            return match differences.is_empty() {
                true => FoundStatus::Same { profile_id: other.id.clone() },
                false => FoundStatus::Update { profile_id: other.id.clone(), differences },
            };
        }
    }
    let taken = |name: &str| known.names.contains(&name_key(name));
    if taken(&shown.name) {
        let first = shown.group.as_ref().map(|group| format!("{} ({group})", shown.name));
        let numbered = (2..200).map(|number| format!("{} {number}", shown.name));
        if let Some(free) = first.into_iter().chain(numbered).find(|name| !taken(name)) {
            shown.name = one_line(&free);
        }
    }
    known.twins.get(&own_identity(shown)).map_or(FoundStatus::New, |of| FoundStatus::Duplicate { of: of.clone() })
}

/// What makes two connections the same: the place and the login.
fn identity(driver: &str, values: &std::collections::BTreeMap<String, String>) -> Vec<String> {
    let value = |field: &str| values.get(field).map_or("", String::as_str).trim();
    let (host, members) = (value("host").to_lowercase(), value("hosts").to_lowercase());
    let host = match if members.is_empty() { host.as_str() } else { members.as_str() } {
        "" | "127.0.0.1" | "::1" => "localhost".to_owned(),
        other => other.to_owned(),
    };
    let port = match (value("port"), driver) {
        ("", "postgres") => "5432",
        ("", "mysql") => "3306",
        ("", "redis") => "6379",
        (port, _) => port,
    };
    // What is called localhost behind one SSH server is another place than behind the next.
    let through = if matches!(value("ssh"), "" | "off") { ["", ""] } else { [value("ssh_host"), value("ssh_port")] };
    let [ssh_host, ssh_port] = through;
    let database = if value("database").is_empty() { value("schema") } else { value("database") };
    [driver, &host, port, database, value("user"), value("file"), ssh_host, ssh_port].map(str::to_owned).into()
}

fn own_identity(shown: &FoundConnection) -> Vec<String> {
    identity(shown.driver.as_deref().unwrap_or_default(), &shown.values)
}

fn differences(saved: &ConnectionProfile, shown: &FoundConnection, found: &Found) -> Vec<ImportDifference> {
    let mut list = Vec::new();
    let mut compare = |field: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            list.push(ImportDifference { field: field.to_owned(), before, after });
        }
    };
    compare("name", Some(saved.name.clone()), Some(shown.name.clone()));
    compare("driver", Some(saved.driver.clone()), shown.driver.clone());
    let fields: std::collections::BTreeSet<&String> = saved.values.keys().chain(shown.values.keys()).collect();
    for field in fields {
        compare(field, saved.values.get(field).cloned(), shown.values.get(field).cloned());
    }
    compare("environment", Some(word(&saved.environment)), Some(word(&shown.environment)));
    compare("safety", Some(word(&saved.safety)), Some(word(&shown.safety)));
    compare("colour", saved.colour.clone(), shown.colour.clone());
    compare("password", Some(word(&saved.password)), Some(word(&shown.password)));
    let command = |command: &Option<crate::api::PasswordCommand>| {
        command
            .as_ref()
            .map(|command| format!("{} (at most {} s)", crate::passwords::shown(command), command.timeout_s))
    };
    compare("password command", command(&saved.password_command), command(&shown.password_command));
    if let Some(favourite) = found.favourite {
        compare("favourite", Some(saved.favourite.to_string()), Some(favourite.to_string()));
    }
    if let Some(schemas) = &found.schemas {
        compare("schemas", Some(saved.schemas.join(", ")), Some(schemas.join(", ")));
    }
    list
}

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A name that says production is believed; otherwise a server of this computer is local, and of another nothing is known.
fn guess(warnings: &mut Vec<String>, name: &str, values: &std::collections::BTreeMap<String, String>) -> Environment {
    let words =
        |text: &str| -> Vec<String> { text.split(|sign: char| !sign.is_alphanumeric()).map(str::to_owned).collect() };
    let host = values.get("host").map_or("", String::as_str);
    for place in [name, host] {
        if words(place).iter().any(|word| found::environment(word) == Some(Environment::Production)) {
            let safety = match Environment::Production.default_safety() {
                Safety::ReadOnly => ", and so read-only",
                Safety::ConfirmWrites => ", and so confirms every change",
                Safety::Free => "",
            };
            warnings.push(format!("It is marked as production{safety}, because of its name."));
            return Environment::Production;
        }
    }
    match host.is_empty() || host.starts_with('/') || ["localhost", "127.0.0.1", "::1"].contains(&host) {
        true => Environment::Local,
        false => Environment::Development,
    }
}
