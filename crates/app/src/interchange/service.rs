//! `pg_service.conf`, as libpq reads it: for an import, and for `service=` in an address.

use std::{
    env,
    path::{Path, PathBuf},
};

use driver::{Driver, ParsedUrl, Secret};

use super::{
    file,
    found::{Found, Gathered},
};
use crate::api::{AppError, ErrorCode};

/// The files in the order they are searched.
pub(super) fn places() -> Vec<PathBuf> {
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = from("PGSERVICEFILE").or_else(|| match cfg!(windows) {
        true => from("APPDATA").map(|data| data.join("postgresql").join(".pg_service.conf")),
        false => env::home_dir().map(|home| home.join(".pg_service.conf")),
    });
    let mut found: Vec<PathBuf> = own.into_iter().collect();
    match from("PGSYSCONFDIR") {
        Some(folder) => found.push(folder.join("pg_service.conf")),
        // As distributions build libpq.
        None if cfg!(unix) => found.extend(
            ["/etc/postgresql-common", "/etc", "/usr/local/etc/postgresql", "/opt/homebrew/etc/postgresql"]
                .map(|folder| Path::new(folder).join("pg_service.conf")),
        ),
        None => {}
    }
    found
}

/// Reads every service.
///
/// # Errors
/// `Corrupt` for a line that is none.
pub(super) fn read(text: &str) -> Result<Gathered, AppError> {
    let mut gathered = Gathered::default();
    for (name, parsed) in sections(text)? {
        let mut found = Found::new(name, "postgresql");
        found.take(parsed);
        if gathered.found.iter().any(|other| other.name == found.name) {
            found.warn("A service of this name stands before it, and libpq takes that one.");
        }
        gathered.found.push(found);
    }
    Ok(gathered)
}

fn sections(text: &str) -> Result<Vec<(String, ParsedUrl)>, AppError> {
    let mut sections: Vec<(String, ParsedUrl)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = || {
            AppError::new(ErrorCode::Corrupt, format!("Line {} of the service file is not understood.", index + 1))
                .with_hint("A line is [name] or keyword=value.")
        };
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest.strip_suffix(']').ok_or_else(wrong)?;
            sections.push((name.to_owned(), ParsedUrl::default()));
            continue;
        }
        let Some((_, parsed)) = sections.last_mut() else { return Err(wrong()) };
        if line.starts_with("ldap") && line.contains("://") {
            parsed.warnings.push("Settings from LDAP are left out.".to_owned());
            continue;
        }
        // As libpq: no spaces around the sign, everything behind it counts.
        let (keyword, value) = line.split_once('=').ok_or_else(wrong)?;
        set(parsed, keyword.trim(), value);
    }
    Ok(sections)
}

fn set(parsed: &mut ParsedUrl, keyword: &str, value: &str) {
    let field = match keyword {
        "password" => {
            parsed.secret = Some(Secret::new(value.to_owned())).filter(|secret| !secret.is_empty());
            return;
        }
        "dbname" => "database",
        "hostaddr" if !parsed.values.contains_key("host") => "host",
        "sslmode" if value == "allow" => {
            parsed.warnings.push("sslmode=allow is read as prefer: encrypt if the server can.".to_owned());
            parsed.values.insert("sslmode".to_owned(), "prefer".to_owned());
            return;
        }
        known @ ("host" | "port" | "user" | "sslmode" | "sslrootcert" | "sslcert" | "sslkey" | "application_name"
        | "options" | "connect_timeout" | "channel_binding" | "sslnegotiation") => known,
        other => {
            let other = crate::profiles::one_line(other);
            parsed.warnings.push(format!("The setting “{other}” is left out: it is not known here."));
            return;
        }
    };
    if field == "host" && value.contains(',') {
        parsed.warnings.push("Only the first of several hosts is used.".to_owned());
    }
    let value = if matches!(field, "host" | "port") { value.split(',').next().unwrap_or_default() } else { value };
    if field == "sslrootcert" && value == "system" {
        return;
    }
    if !value.is_empty() {
        parsed.values.insert(field.to_owned(), value.to_owned());
    }
}

/// Reads an address; where it names a service, what the service file says fills in what the address leaves open.
///
/// # Errors
/// As the driver; `NotFound` for a service that no file has.
pub(crate) async fn with_service(driver: &dyn Driver, text: &str) -> Result<ParsedUrl, AppError> {
    if !crate::registry::reads_service_files(driver) {
        return Ok(driver.parse_url(text)?);
    }
    let Some((bare, name)) = split(text) else { return Ok(driver.parse_url(text)?) };
    let mut parsed = driver.parse_url(&bare)?;
    let places = tokio::task::spawn_blocking(move || look_up(&name, &places()))
        .await
        .map_err(|_| AppError::internal("reading the service file was interrupted"))?;
    let service = places?;
    for (field, value) in service.values {
        parsed.values.entry(field).or_insert(value);
    }
    parsed.secret = parsed.secret.or(service.secret);
    parsed.warnings.extend(service.warnings);
    Ok(parsed)
}

/// The address without its service, and the service's name.
fn split(text: &str) -> Option<(String, String)> {
    let (address, query) = text.split_once('?')?;
    let (mut name, mut rest) = (None, Vec::new());
    for pair in query.split('&') {
        match pair.strip_prefix("service=") {
            Some(value) => name = Some(value),
            None => rest.push(pair),
        }
    }
    let name = url::form_urlencoded::parse(format!("s={}", name?).as_bytes()).next()?.1.into_owned();
    // A service may say it all: the address then is postgres:// and nothing more.
    Some((if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) }, name))
}

fn look_up(name: &str, places: &[PathBuf]) -> Result<ParsedUrl, AppError> {
    for path in places.iter().filter(|path| path.is_file()) {
        let text = file::text(&file::read(path)?, path)?;
        if let Some((_, parsed)) = sections(&text)?.into_iter().find(|(own, _)| own == name) {
            return Ok(parsed);
        }
    }
    let looked: Vec<String> = places.iter().map(|path| path.display().to_string()).collect();
    Err(AppError::new(
        ErrorCode::NotFound,
        format!("There is no service called “{}”.", crate::profiles::one_line(name)),
    )
    .with_hint(format!("Looked for it in {}.", looked.join(", "))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_service_is_split_from_its_address() {
        assert_eq!(split("postgres://?service=shop"), Some(("postgres://".into(), "shop".into())));
        assert_eq!(
            split("postgres://ann@/x?sslmode=require&service=my%20shop"),
            Some(("postgres://ann@/x?sslmode=require".into(), "my shop".into()))
        );
        assert_eq!(split("postgres://h/x?application_name=service"), None);
    }

    #[test]
    fn the_first_file_that_has_the_service_counts_and_the_address_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let (own, system) = (folder.path().join("own"), folder.path().join("system"));
        std::fs::write(
            &own,
            "# mine\n[shop]\nhost=db1\nport=5433\ndbname=shop\nuser=ann\npassword=p=w\n\
                    sslnegotiation=direct\nchannel_binding=require\n",
        )
        .unwrap();
        std::fs::write(&system, "[shop]\nhost=no\n[other]\nhost=db2\nldap://x/y\nkrbsrvname=q\n").unwrap();
        let places = [folder.path().join("missing"), own, system];
        let shop = look_up("shop", &places).unwrap();
        assert_eq!(shop.values["host"], "db1");
        assert_eq!((&*shop.values["sslnegotiation"], &*shop.values["channel_binding"]), ("direct", "require"));
        assert_eq!(shop.secret.unwrap().expose(), "p=w");
        assert_eq!(look_up("other", &places).unwrap().warnings.len(), 2);
        assert_eq!(look_up("none", &places).unwrap_err().code, ErrorCode::NotFound);
        assert!(sections("host=x").is_err(), "a setting before any service");
        assert!(sections("[open\nhost=x").is_err());
    }
}
