//! `my.cnf`: the option files of MySQL's and MariaDB's clients.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use driver::Secret;

use super::{
    file, folder_of,
    found::{Found, Gathered},
};
use crate::api::AppError;

/// How deeply files include files, and how many are read in all.
const DEEPEST: usize = 10;
const MOST: usize = 200;

/// Groups that MySQL's and MariaDB's clients read, in the order in which a later one wins.
const CLIENTS: [&str; 6] = ["client", "client-server", "client-mariadb", "mysql", "mariadb-client", "mariadb"];

/// Whether a client reads a group of this name, with or without a suffix (`--defaults-group-suffix`).
pub(super) fn is_client(group: &str) -> bool {
    suffix(group).is_some()
}

/// The suffix of a client's group; empty for the group itself.
fn suffix(group: &str) -> Option<&str> {
    if CLIENTS.contains(&group) {
        return Some("");
    }
    let rest = group.strip_prefix("client").or_else(|| group.strip_prefix("mysql"))?;
    // Programs of the same family: `mysqld`, `mysqldump`, `mysqladmin` …
    let program =
        ["d", "_safe", "admin", "check", "import", "show", "slap", "pump", "binlog", "test", "_upgrade", "hotcopy"];
    let other = program.iter().any(|name| rest.starts_with(name));
    (!other && (rest.starts_with(['_', '-', '.']) || group.starts_with("client"))).then_some(rest)
}

type Groups = BTreeMap<String, Vec<(String, Option<String>)>>;

/// Reads the clients' groups: one connection for the plain ones, and one for each suffix.
///
/// # Errors
/// None at present: what is not understood is said.
pub(super) fn read(text: &str, path: &Path) -> Result<Gathered, AppError> {
    let mut reading = Reading { groups: Groups::new(), warnings: Vec::new(), read: 1 };
    reading.file(text, path, 0);
    let mut gathered = Gathered { warnings: reading.warnings, ..Gathered::default() };
    let suffixes: std::collections::BTreeSet<&str> = reading.groups.keys().filter_map(|group| suffix(group)).collect();
    for suffix in suffixes {
        let mut found =
            Found::new(if suffix.is_empty() { "my.cnf" } else { suffix.trim_start_matches(['_', '-', '.']) }, "mysql");
        let groups = CLIENTS.iter().map(|group| (*group).to_owned());
        let suffixed = CLIENTS.iter().filter(|_| !suffix.is_empty()).map(|group| format!("{group}{suffix}"));
        for group in groups.chain(suffixed) {
            for (option, value) in reading.groups.get(&group).into_iter().flatten() {
                set(&mut found, option, value.as_deref());
            }
        }
        gathered.found.push(found);
    }
    if gathered.found.is_empty() {
        gathered.warnings.push("It has no [client] group, so there is nothing to connect with.".to_owned());
    }
    Ok(gathered)
}

struct Reading {
    groups: Groups,
    warnings: Vec<String>,
    read: usize,
}

impl Reading {
    fn file(&mut self, text: &str, path: &Path, depth: usize) {
        let mut group = String::new();
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(folder) = line.strip_prefix("!includedir") {
                self.folder(&resolve(folder, path), depth);
            } else if let Some(other) = line.strip_prefix("!include") {
                self.include(&resolve(other, path), depth);
            } else if let Some(rest) = line.strip_prefix('[') {
                group = rest.split(']').next().unwrap_or_default().trim().to_ascii_lowercase();
            } else if is_client(&group) {
                let (option, value) = match line.split_once('=') {
                    Some((option, value)) => (option, Some(unquote(value))),
                    None => (line.split('#').next().unwrap_or_default(), None),
                };
                let option = option.trim().to_ascii_lowercase().replace('_', "-");
                let option = option.strip_prefix("loose-").unwrap_or(&option).to_owned();
                self.groups.entry(group.clone()).or_default().push((option, value));
            }
        }
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = fs::read_dir(folder) else {
            self.warnings.push(format!("The folder “{}” cannot be read.", folder.display()));
            return;
        };
        let ending = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "cnf" || ending == "ini");
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(ending).take(MOST).collect();
        files.sort();
        for path in files {
            self.include(&path, depth);
        }
    }

    fn include(&mut self, path: &Path, depth: usize) {
        self.read += 1;
        if depth >= DEEPEST || self.read > MOST {
            if self.read == MOST + 1 || depth == DEEPEST {
                self.warnings.push(format!("“{}” is left out: files include each other too deeply.", path.display()));
            }
            return;
        }
        match file::read(path).and_then(|bytes| file::text(&bytes, path)) {
            Ok(text) => self.file(&text, path, depth + 1),
            Err(error) => self.warnings.push(format!("An included file is left out: {}", error.message)),
        }
    }
}

fn resolve(place: &str, path: &Path) -> PathBuf {
    let place = file::expand(place.trim());
    if place.is_absolute() { place } else { folder_of(path).join(place) }
}

/// A value without its quotes and escapes; a comment behind it is none of it.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''));
    let inner = match quote.and_then(|quote| value.get(1..)?.rfind(quote)) {
        Some(end) => value.get(1..=end).unwrap_or_default(),
        // The server's own rule: a comment begins at a # anywhere, unless it is quoted.
        None => value.split('#').next().unwrap_or_default().trim_end(),
    };
    let mut plain = String::with_capacity(inner.len());
    let mut signs = inner.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            plain.push(sign);
            continue;
        }
        match signs.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('b') => plain.push('\u{8}'),
            Some('s') => plain.push(' '),
            Some(other @ ('\\' | '"' | '\'')) => plain.push(other),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

fn set(found: &mut Found, option: &str, value: Option<&str>) {
    let text = value.unwrap_or_default();
    match option {
        "host" => found.put("host", text),
        "port" => found.put("port", text),
        "user" => found.put("user", text),
        "database" => found.put("database", text),
        // Without a host it is the socket that is dialled.
        "socket" if !found.values.contains_key("host") => found.put("host", text),
        "socket" => {}
        "password" => found.secret = Some(Secret::new(text.to_owned())).filter(|secret| !secret.is_empty()),
        "ssl-mode" => found.encryption(text),
        "ssl-ca" => found.put("sslrootcert", text),
        "ssl-cert" => found.put("sslcert", text),
        "ssl-key" => found.put("sslkey", text),
        "skip-ssl" => found.encryption("disable"),
        "ssl" => found.encryption(if matches!(text, "0" | "off" | "false") { "disable" } else { "require" }),
        "ssl-verify-server-cert" if !matches!(text, "0" | "off" | "false") => found.encryption("verify-full"),
        "connect-timeout" => found.put("connect_timeout", text),
        "login-path" => found.warn("A login path is scrambled by MySQL and not read."),
        // Of the terminal's client, not of the connection.
        "default-character-set"
        | "prompt"
        | "pager"
        | "auto-rehash"
        | "no-auto-rehash"
        | "skip-auto-rehash"
        | "silent"
        | "safe-updates"
        | "show-warnings"
        | "protocol"
        | "no-beep"
        | "reconnect"
        | "max-allowed-packet" => {}
        other => found.warn(format!("The option “{}” is left out.", crate::profiles::one_line(other))),
    }
}
