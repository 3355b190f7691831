//! `.env` files: addresses, and the variables of servers' clients and images.

use std::{collections::BTreeMap, path::Path};

use driver::Secret;

use super::{
    address,
    found::{Found, Gathered},
};
use crate::{api::AppError, registry::Registry};

/// Whether a line sets a variable.
pub(super) fn is_assignment(line: &str) -> bool {
    assignment(line).is_some()
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let letters = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let begins = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    (begins && name.chars().all(letters)).then_some((name, value))
}

/// Reads the variables and the connections they stand for.
///
/// # Errors
/// None at present: what is not understood is left aside, as such files hold much else.
pub(super) fn read(text: &str, path: &Path, registry: &Registry) -> Result<Gathered, AppError> {
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if let Some((name, value)) = assignment(line) {
            let value = value_of(value, &variables);
            variables.insert(name.to_owned(), value);
        }
    }
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let project = folder.unwrap_or_default();
    let named = |what: &str| format!("{project} {what}").trim().to_owned();
    let mut gathered = Gathered::default();
    for (name, value) in &variables {
        let Some((scheme, _)) = value.split_once("://") else { continue };
        let bare = value.strip_prefix("jdbc:").unwrap_or(value);
        let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
        let engine = scheme.split('+').next().unwrap_or(scheme);
        let lower = name.to_ascii_lowercase();
        let about_database =
            ["database", "db", "postgres", "pg", "mysql", "mariadb", "sqlite", "mongo", "redis", "dsn"];
        let known = super::found::driver_for(engine).is_some();
        if !known && (matches!(engine, "http" | "https") || !about_database.iter().any(|word| lower.contains(word))) {
            continue;
        }
        let mut found = Found::new(named(name), engine);
        // `postgresql+psycopg2://` is how Python names a driver of its own.
        let plain = bare.split_once("://").map(|(_, rest)| format!("{engine}://{rest}"));
        match address(plain.as_deref().unwrap_or(bare), registry) {
            Ok((driver, parsed)) => {
                found.driver = Some(driver);
                found.take(parsed);
            }
            Err(error) if known && registry.get(found.driver.as_deref().unwrap_or_default()).is_ok() => {
                found.unsupported = Some(format!("Its address is not understood: {}", error.message));
            }
            Err(_) => {}
        }
        if value.contains("${") || value.contains("$(") {
            found.warn("It names variables that this file does not set.");
        }
        gathered.found.push(found);
    }
    let get = |names: &[&str]| names.iter().find_map(|name| variables.get(*name).filter(|value| !value.is_empty()));
    for set in SETS {
        let engine = match set.engine {
            Some(engine) => engine.to_owned(),
            None => match get(&["DB_CONNECTION", "DB_DRIVER", "DB_ENGINE", "DB_TYPE", "DB_DIALECT"]) {
                // Django: `django.db.backends.postgresql`.
                Some(engine) => engine.rsplit('.').next().unwrap_or(engine).to_owned(),
                None => continue,
            },
        };
        if get(set.host).or(get(set.database)).or(get(set.user)).is_none() {
            continue;
        }
        let mut found = Found::new(named(set.name), engine);
        if found.driver.as_deref() == Some("sqlite") {
            let file = get(set.database).cloned().unwrap_or_default();
            let file = if Path::new(&file).is_absolute() { file.into() } else { super::folder_of(path).join(file) };
            found.put("file", file.to_string_lossy());
        } else {
            for (field, names) in
                [("host", set.host), ("port", set.port), ("database", set.database), ("user", set.user)]
            {
                found.put(field, get(names).cloned().unwrap_or_default());
            }
            found.encryption(get(set.encryption).map_or("", String::as_str));
            found.secret = get(set.password).cloned().map(Secret::new);
        }
        gathered.found.push(found);
    }
    if gathered.found.is_empty() {
        gathered.warnings.push("None of its variables says how to reach a database.".to_owned());
    }
    Ok(gathered)
}

/// Variables that belong together.
struct Set {
    name: &'static str,
    /// `None` where another variable names it.
    engine: Option<&'static str>,
    host: &'static [&'static str],
    port: &'static [&'static str],
    database: &'static [&'static str],
    user: &'static [&'static str],
    password: &'static [&'static str],
    encryption: &'static [&'static str],
}

const SETS: &[Set] = &[
    Set {
        name: "PG",
        engine: Some("postgresql"),
        host: &["PGHOST", "PGHOSTADDR"],
        port: &["PGPORT"],
        database: &["PGDATABASE"],
        user: &["PGUSER"],
        password: &["PGPASSWORD"],
        encryption: &["PGSSLMODE"],
    },
    Set {
        name: "POSTGRES",
        engine: Some("postgresql"),
        host: &["POSTGRES_HOST", "POSTGRES_SERVER", "POSTGRESQL_HOST"],
        port: &["POSTGRES_PORT", "POSTGRESQL_PORT"],
        database: &["POSTGRES_DB", "POSTGRES_DATABASE", "POSTGRESQL_DATABASE"],
        user: &["POSTGRES_USER", "POSTGRES_USERNAME", "POSTGRESQL_USERNAME"],
        password: &["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
        encryption: &["POSTGRES_SSLMODE"],
    },
    Set {
        name: "MYSQL",
        engine: Some("mysql"),
        host: &["MYSQL_HOST"],
        port: &["MYSQL_PORT", "MYSQL_TCP_PORT"],
        database: &["MYSQL_DATABASE", "MYSQL_DB"],
        user: &["MYSQL_USER", "MYSQL_USERNAME"],
        password: &["MYSQL_PASSWORD", "MYSQL_PWD"],
        encryption: &["MYSQL_SSL_MODE"],
    },
    Set {
        name: "MARIADB",
        engine: Some("mariadb"),
        host: &["MARIADB_HOST"],
        port: &["MARIADB_PORT"],
        database: &["MARIADB_DATABASE"],
        user: &["MARIADB_USER"],
        password: &["MARIADB_PASSWORD"],
        encryption: &["MARIADB_SSL_MODE"],
    },
    Set {
        name: "DB",
        engine: None,
        host: &["DB_HOST"],
        port: &["DB_PORT"],
        database: &["DB_DATABASE", "DB_NAME"],
        user: &["DB_USERNAME", "DB_USER"],
        password: &["DB_PASSWORD", "DB_PASS"],
        encryption: &["DB_SSLMODE"],
    },
];

/// Most signs a value may grow to by the variables in it: each may name one that names others.
const LONGEST: usize = 64 << 10;

/// A value without its quotes, with variables of the same file put in. Nothing is run, and the environment of this process
/// is not looked at.
fn value_of(text: &str, variables: &BTreeMap<String, String>) -> String {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.split('\'').next()) {
        return inner.to_owned();
    }
    let (inner, quoted) = match text.strip_prefix('"') {
        Some(rest) => (closed(rest), true),
        None => (text.split(" #").next().unwrap_or_default().trim_end(), false),
    };
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find(['$', '\\']) {
        let (before, marked) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = marked.strip_prefix('\\') {
            let next = after.chars().next();
            match next.filter(|_| quoted) {
                Some('n') => out.push('\n'),
                Some(sign) => out.push(sign),
                None => out.push('\\'),
            }
            let taken = if quoted { next.map_or(0, char::len_utf8) } else { 0 };
            rest = after.get(taken..).unwrap_or_default();
            continue;
        }
        let named = marked.strip_prefix("${").and_then(|after| after.split_once('}'));
        match named.and_then(|(name, after)| Some((variables.get(name)?, after))) {
            Some((value, after)) if out.len() + value.len() <= LONGEST => {
                out.push_str(value);
                rest = after;
            }
            _ => {
                out.push('$');
                rest = marked.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// Up to the quote that is not escaped.
fn closed(text: &str) -> &str {
    let mut escaped = false;
    let end = text.char_indices().find_map(|(at, sign)| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends.then_some(at)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
