//! DBeaver: `data-sources.json`, and `credentials-config.json` beside it.
//!
//! The second file holds user names and passwords under a key that is in DBeaver's public sources: it protects nothing.
//! It is opened only when a person asks for passwords.

use std::{collections::HashMap, path::Path};

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use driver::{
    Secret,
    tunnel::{PROXY_PASSWORD, SSH_PASSPHRASE, SSH_PASSWORD},
};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    address, file,
    found::{self, Found, Gathered, SshServer},
};
use crate::{
    api::{AppError, Environment, ErrorCode, Safety},
    registry::Registry,
};

/// As published in DBeaver's sources.
const KEY: [u8; 16] = [0xba, 0xbb, 0x4a, 0x9f, 0x77, 0x4a, 0xb8, 0x53, 0xc9, 0x6c, 0x2d, 0x65, 0x3d, 0xfe, 0x54, 0x4a];

#[derive(Deserialize, Default)]
struct Kept {
    #[serde(default, rename = "#connection")]
    connection: Login,
    #[serde(default, rename = "network/ssh_tunnel")]
    ssh: Login,
    #[serde(default, rename = "network/socks_proxy")]
    socks: Login,
}

#[derive(Deserialize, Default)]
struct Login {
    user: Option<String>,
    password: Option<Secret>,
}

/// Reads the list, and the logins beside it where they are asked for.
///
/// # Errors
/// `Corrupt` for what is no such file.
pub(super) fn read(text: &str, path: &Path, with_passwords: bool, registry: &Registry) -> Result<Gathered, AppError> {
    let document: Value = serde_json::from_str(text).map_err(|error| file::broken_json(&error))?;
    let Some(connections) = document.get("connections").and_then(Value::as_object) else {
        return Err(AppError::new(
            ErrorCode::Corrupt,
            "This is no data-sources.json of DBeaver: it lists no connections.",
        ));
    };
    let mut gathered = Gathered::default();
    let mut logins = HashMap::new();
    let mut there = false;
    match (with_passwords, file::beside(path, "credentials-config.json")) {
        (false, kept) => there = kept.is_ok_and(|kept| kept.is_some()),
        (true, Ok(Some(kept))) => match open(&kept) {
            Some(found) => logins = found,
            None => gathered.warnings.push(
                "The file credentials-config.json is not under DBeaver's usual key (a project or master password?): user \
                 names and passwords are left out."
                    .to_owned(),
            ),
        },
        (true, Ok(None)) => {
            gathered.warnings.push("There is no credentials-config.json beside it, so no passwords are read.".to_owned());
        }
        (true, Err(error)) => gathered.warnings.push(format!("Passwords are left out: {}", error.message)),
    }
    for (id, entry) in connections {
        let mut found = one(entry, &document, registry);
        if let Some(Kept { connection, ssh, socks }) = logins.remove(id) {
            if let Some(login) = found.values.get("ssh").cloned() {
                found.put("ssh_user", ssh.user.unwrap_or_default());
                // The same place holds the key's passphrase.
                let field = if login == "password" { SSH_PASSWORD } else { SSH_PASSPHRASE };
                found.keep(field, ssh.password);
            }
            if found.values.contains_key("proxy") {
                found.put("proxy_user", socks.user.unwrap_or_default());
                found.keep(PROXY_PASSWORD, socks.password);
            }
            found.put("user", connection.user.unwrap_or_default());
            found.secret = connection.password.filter(|secret| !secret.is_empty()).or(found.secret.take());
        }
        if there && !found.values.contains_key("user") && found.driver.as_deref() != Some("sqlite") {
            found.warn("Its user name is in DBeaver's encrypted file: import with passwords to take it too.");
        }
        gathered.found.push(found);
    }
    Ok(gathered)
}

/// The logins by connection; `None` where the key does not fit.
fn open(sealed: &[u8]) -> Option<HashMap<String, Kept>> {
    let (nonce, sealed) = sealed.split_at_checked(16)?;
    let opener = cbc::Decryptor::<aes::Aes128>::new_from_slices(&KEY, nonce).ok()?;
    let plain = Zeroizing::new(opener.decrypt_padded_vec::<Pkcs7>(sealed).ok()?);
    serde_json::from_slice(&plain).ok()
}

fn one(entry: &Value, document: &Value, registry: &Registry) -> Found {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (provider, driver) = (text(entry, "provider"), text(entry, "driver"));
    let engine = match found::driver_for(&driver).is_some() || provider.is_empty() || provider == "generic" {
        true if !driver.is_empty() => driver,
        _ => provider,
    };
    let mut found = Found::new(text(entry, "name"), engine);
    found.group = Some(text(entry, "folder")).filter(|folder| !folder.is_empty());
    let nothing = Value::Null;
    let configuration = entry.get("configuration").unwrap_or(&nothing);
    let sqlite = found.driver.as_deref() == Some("sqlite");
    if sqlite {
        found.put("file", text(configuration, "database"));
    } else {
        found.put("host", text(configuration, "host"));
        found.put("port", scalar(configuration.get("port")));
        found.put("database", text(configuration, "database"));
        found.put("user", text(configuration, "user"));
    }
    let url = text(configuration, "url");
    if let Some(url) = url.strip_prefix("jdbc:").filter(|_| found.driver.is_some()) {
        // Where it was entered as a URL the other members are missing.
        match address(url, registry) {
            Ok((driver, parsed)) if Some(&driver) == found.driver.as_ref() => found.take(parsed),
            Ok(_) | Err(_) if !found.values.contains_key(if sqlite { "file" } else { "host" }) => {
                found.warn("Its JDBC URL is not understood.");
            }
            Ok(_) | Err(_) => {}
        }
    }
    for (name, value) in configuration.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let value = scalar(Some(value));
        match name.as_str() {
            "sslmode" | "sslMode" => found.encryption(&value),
            "sslrootcert" | "sslcert" | "sslkey" | "options" => found.put(name, value),
            "ApplicationName" => found.put("application_name", value),
            "channelBinding" => found.put("channel_binding", value),
            "sslNegotiation" => found.put("sslnegotiation", value),
            "connectTimeout" | "loginTimeout" => {}
            _ => found.warn(format!("The driver property “{}” is left out.", crate::profiles::one_line(name))),
        }
    }
    let handlers = configuration.get("handlers").and_then(Value::as_object);
    for (name, handler) in handlers.into_iter().flatten() {
        if !handler.get("enabled").and_then(Value::as_bool).unwrap_or(false) {
            continue;
        }
        let properties = handler.get("properties").unwrap_or(&nothing);
        match name.as_str() {
            "ssh_tunnel" => found.ssh(SshServer {
                host: text(properties, "host"),
                port: scalar(properties.get("port")),
                user: text(properties, "user"),
                key: text(properties, "keyPath"),
                login: match text(properties, "authType").as_str() {
                    "PUBLIC_KEY" => "key",
                    "AGENT" => "agent",
                    _ => "password",
                },
                jump: jumps(properties),
            }),
            "socks_proxy" => {
                found.put("proxy", "socks5");
                found.put("proxy_host", text(properties, "socks-host"));
                found.put("proxy_port", scalar(properties.get("socks-port")));
            }
            ssl if ssl.ends_with("_ssl") || ssl == "ssl" => {
                found.encryption(&text(properties, "sslMode"));
                for (theirs, ours) in
                    [("ssl.ca.cert", "sslrootcert"), ("ssl.client.cert", "sslcert"), ("ssl.client.key", "sslkey")]
                {
                    found.put(ours, text(properties, theirs));
                }
                if !found.values.contains_key("sslmode") {
                    found.encryption("require");
                }
            }
            other => found.warn(format!("The handler “{}” is left out.", crate::profiles::one_line(other))),
        }
    }
    let types = document.get("connection-types").and_then(Value::as_object);
    let kind = text(configuration, "type");
    found.environment = found::environment(&kind).or_else(|| {
        let named = types.and_then(|types| types.get(&kind)).map(|kind| text(kind, "name"))?;
        found::environment(&named)
    });
    if kind == "dev" && matches!(found.values.get("host").map(String::as_str), Some("localhost" | "127.0.0.1") | None) {
        // Its default for everything.
        found.environment = Some(Environment::Local);
    }
    if entry.get("read-only").and_then(Value::as_bool) == Some(true) {
        found.safety = Some(Safety::ReadOnly);
    }
    found.colour = found::colour(&text(configuration, "color"));
    found
}

/// Its jump servers, in the order they are gone through, as `ssh -J` takes them.
fn jumps(properties: &Value) -> String {
    const MOST: usize = 8;
    let get = |number: usize, name: &str| scalar(properties.get(format!("jumpServer{number}.{name}")));
    let one = |number| {
        let host = get(number, "host");
        if get(number, "enabled") != "true" || host.is_empty() {
            return None;
        }
        let user = get(number, "name");
        let user = if user.is_empty() { user } else { format!("{user}@") };
        let port = get(number, "port");
        let port = if port.is_empty() || port == "22" { String::new() } else { format!(":{port}") };
        Some(format!("{user}{host}{port}"))
    };
    (0..MOST).filter_map(one).collect::<Vec<_>>().join(",")
}

fn scalar(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}
