//! DataGrip and the other JetBrains IDEs: `dataSources.xml`, and `dataSources.local.xml` beside it.
//!
//! Passwords are in the IDE's own key store and cannot be read.

use std::path::Path;

use super::{
    address, file,
    found::{self, Found, Gathered, SshServer},
    xml::{self, Element},
};
use crate::{
    api::{AppError, Safety},
    registry::Registry,
};

/// Reads the sources, with what the local file adds by their ids.
///
/// # Errors
/// `Corrupt` for broken XML.
pub(super) fn read(text: &str, path: &Path, registry: &Registry) -> Result<Gathered, AppError> {
    let shared = xml::parse(text)?;
    let mut gathered = Gathered {
        warnings: vec![
            "Passwords are in the IDE's own key store, which others cannot read: you will be asked.".to_owned(),
        ],
        ..Gathered::default()
    };
    let beside = file::beside(path, "dataSources.local.xml").and_then(|bytes| match bytes {
        Some(bytes) => Ok(Some(xml::parse(&file::text(&bytes, path)?)?)),
        None => Ok(None),
    });
    let local = beside.unwrap_or_else(|error| {
        gathered.warnings.push(format!("The file dataSources.local.xml is left out: {}", error.message));
        None
    });
    let tunnels = ssh_configs(path, &mut gathered.warnings);
    let locals = local.as_ref().map(|local| local.all("data-source")).unwrap_or_default();
    for source in shared.all("data-source") {
        let id = source.attribute("uuid");
        let own = locals.iter().find(|own| id.is_some() && own.attribute("uuid") == id).copied();
        gathered.found.push(one(source, own, &tunnels, path, registry));
    }
    Ok(gathered)
}

/// The IDE's SSH servers: of the project, and of the IDE where the project is one of its own.
fn ssh_configs(path: &Path, warnings: &mut Vec<String>) -> Vec<Element> {
    let mut found = Vec::new();
    for place in ["sshConfigs.xml", "../../../options/sshConfigs.xml"] {
        let read = file::beside(path, place).and_then(|bytes| match bytes {
            Some(bytes) => xml::parse(&file::text(&bytes, path)?).map(Some),
            None => Ok(None),
        });
        match read {
            Ok(read) => found.extend(read),
            Err(error) => warnings.push(format!("The file {place} is left out: {}", error.message)),
        }
    }
    found
}

fn one(source: &Element, local: Option<&Element>, tunnels: &[Element], path: &Path, registry: &Registry) -> Found {
    let said = |name: &str| local.and_then(|local| local.said(name)).or_else(|| source.said(name));
    let url = said("jdbc-url").unwrap_or_default().trim();
    let bare = url.strip_prefix("jdbc:").unwrap_or(url);
    // `postgresql`, `sqlserver`, `aws-wrapper:mysql` …
    let scheme = bare.split(':').next().unwrap_or_default();
    let named = said("driver-ref").unwrap_or_default();
    let engine = if found::driver_for(named).is_some() || scheme.is_empty() { named } else { scheme };
    let mut found = Found::new(source.attribute("name").unwrap_or_default(), engine);
    found.group = source.attribute("group-name").or_else(|| local?.attribute("group-name")).map(str::to_owned);
    if found.driver.as_deref() == Some("sqlite") {
        let place = bare.strip_prefix("sqlite:").unwrap_or(bare).split('?').next().unwrap_or_default();
        found.put("file", project_path(place, path));
    } else if found.driver.is_some() {
        match address(bare, registry) {
            Ok((_, parsed)) => found.take(parsed),
            Err(error) => {
                found.unsupported = registry
                    .get(found.driver.as_deref().unwrap_or_default())
                    .is_ok()
                    .then(|| format!("Its JDBC URL is not understood: {}", error.message));
            }
        }
    }
    found.put("user", said("user-name").unwrap_or_default());
    for property in
        source.all("property").into_iter().chain(local.map(|local| local.all("property")).unwrap_or_default())
    {
        let (name, value) =
            (property.attribute("name").unwrap_or_default(), property.attribute("value").unwrap_or_default());
        match name {
            "sslmode" | "sslMode" => found.encryption(value),
            "ApplicationName" => found.put("application_name", value),
            "channelBinding" => found.put("channel_binding", value),
            "sslNegotiation" => found.put("sslnegotiation", value),
            _ => {}
        }
    }
    let ssl = local.and_then(|local| local.child("ssl-config")).or_else(|| source.child("ssl-config"));
    if let Some(ssl) = ssl.filter(|ssl| ssl.said("enabled") == Some("true")) {
        found.encryption(ssl.said("mode").unwrap_or("require"));
        for (theirs, ours) in [("ca-cert", "sslrootcert"), ("client-cert", "sslcert"), ("client-key", "sslkey")] {
            found.put(ours, project_path(ssl.said(theirs).unwrap_or_default(), path));
        }
    }
    let ssh = local.and_then(|local| local.child("ssh-properties")).or_else(|| source.child("ssh-properties"));
    if let Some(ssh) = ssh.filter(|ssh| ssh.said("enabled") == Some("true")) {
        let id = ssh.said("ssh-config-id").map(str::trim);
        let servers = tunnels.iter().flat_map(|tunnels| tunnels.all("sshConfig"));
        let server = servers.filter(|_| id.is_some()).find(|server| server.attribute("id") == id);
        let get = |name: &str| server.and_then(|server| server.attribute(name)).unwrap_or_default().to_owned();
        found.ssh(SshServer {
            host: get("host"),
            port: get("port"),
            user: get("username"),
            key: project_path(&get("keyPath"), path),
            login: match get("authType").as_str() {
                "KEY_PAIR" => "key",
                "OPEN_SSH" => "auto",
                // A password is its default, which it does not write.
                _ => "password",
            },
            jump: String::new(),
        });
    }
    let flag = |name: &str| {
        [Some(source), local]
            .into_iter()
            .flatten()
            .any(|element| element.attribute(name) == Some("true") || element.said(name) == Some("true"))
    };
    if flag("read-only") {
        found.safety = Some(Safety::ReadOnly);
    }
    if said("auth-provider").is_some_and(|provider| !matches!(provider, "user-pass" | "credentials" | "no-auth")) {
        found.warn("It signs in another way than by name and password, which is left out.");
    }
    found
}

/// `$PROJECT_DIR$` is the folder above `.idea`; other macros stay, and are seen.
fn project_path(place: &str, path: &Path) -> String {
    let folder = super::folder_of(path);
    let project = if folder.ends_with(".idea") { folder.parent().unwrap_or(&folder) } else { &folder };
    let home = std::env::home_dir().unwrap_or_default();
    place.replace("$PROJECT_DIR$", &project.to_string_lossy()).replace("$USER_HOME$", &home.to_string_lossy())
}
