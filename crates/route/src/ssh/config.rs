//! `~/.ssh/config`: which of its lines hold for a host, and what they say.
//!
//! Read by code of our own, because the first value of a keyword wins across `Host`, `Match` and `Include`, which a file parsed
//! into blocks no longer tells. `Match exec` never holds: opening a connection runs no program that a file names. Such a line is
//! reported as a note, so that a person sees why it does nothing.

mod lines;
mod matching;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub(crate) use lines::Place;
use lines::{Line, wrong};

use crate::{Error, ErrorKind, Hop};

/// What decides which lines hold, beside the files.
#[derive(Debug, Clone)]
pub(super) struct Given<'a> {
    /// The host as the person named it.
    pub(super) name: &'a str,
    /// The user the person named.
    pub(super) user: Option<&'a str>,
    pub(super) home: &'a Path,
    pub(super) local_user: &'a str,
}

/// Whether an unknown host key is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Strictness {
    /// Unknown keys are refused.
    Strict,
    /// Unknown keys are asked about.
    #[default]
    Ask,
    /// Unknown keys are stored unasked. A changed key is refused here too.
    AcceptNew,
}

/// What the files say about one host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HostConfig {
    pub(super) hostname: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) user: Option<String>,
    /// As written, in their order.
    pub(super) identity_files: Vec<String>,
    pub(super) identities_only: bool,
    /// As written; `none` for no agent.
    pub(super) identity_agent: Option<String>,
    /// As written; `none` for no jump.
    pub(super) proxy_jump: Option<String>,
    /// A command to reach the host with, and where it stands: not supported.
    pub(super) proxy_command: Option<Place>,
    pub(super) user_known_hosts: Option<Vec<String>>,
    pub(super) global_known_hosts: Option<Vec<String>>,
    pub(super) strictness: Strictness,
    pub(super) host_key_alias: Option<String>,
    pub(super) hash_known_hosts: bool,
    /// Seconds.
    pub(super) alive_interval: Option<u64>,
    /// Whether keys, passwords and questions may be used at all.
    pub(super) methods: Methods,
    /// What was left out, as sentences.
    pub(super) notes: Vec<String>,
}

/// What may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Methods {
    pub(super) key: bool,
    pub(super) password: bool,
    pub(super) keyboard: bool,
}

impl Default for Methods {
    fn default() -> Self {
        Methods { key: true, password: true, keyboard: true }
    }
}

/// The first value of each keyword, and all of those that add up.
#[derive(Debug, Default)]
struct Found {
    first: BTreeMap<String, (Place, Vec<String>)>,
    identity_files: Vec<String>,
    notes: Vec<String>,
    /// Whether a `Match final` was met, so that the files are read once more.
    wants_final: bool,
}

impl Found {
    fn word(&self, keyword: &str) -> Option<&str> {
        self.first.get(keyword).and_then(|(_, arguments)| arguments.first()).map(String::as_str)
    }

    fn list(&self, keyword: &str) -> Option<Vec<String>> {
        self.first.get(keyword).map(|(_, arguments)| arguments.clone())
    }

    fn yes(&self, keyword: &str) -> Option<bool> {
        self.word(keyword).map(|word| word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("true"))
    }

    fn number<T: std::str::FromStr>(&self, keyword: &str) -> Result<Option<T>, Error> {
        let Some((place, arguments)) = self.first.get(keyword) else { return Ok(None) };
        let number = arguments.first().and_then(|word| word.parse().ok());
        number.map(Some).ok_or_else(|| wrong(place, "a number is expected"))
    }
}

/// Reads the files, the user's first, and says what holds for the host.
///
/// # Errors
/// [`ErrorKind::Settings`] with the file and line that is not understood or cannot be read.
pub(super) fn look_up(files: &[PathBuf], given: &Given<'_>) -> Result<HostConfig, Error> {
    let mut all = Vec::new();
    for file in files {
        all.push(lines::read(file, given.home, 0)?);
    }
    let mut found = Found::default();
    for lines in &all {
        walk(lines, given, &mut found, &mut true, false)?;
    }
    if found.wants_final {
        for lines in &all {
            walk(lines, given, &mut found, &mut true, true)?;
        }
    }
    settle(found, given)
}

fn walk(lines: &[Line], given: &Given<'_>, found: &mut Found, active: &mut bool, last_pass: bool) -> Result<(), Error> {
    for line in lines {
        let (place, keyword, arguments) = match line {
            Line::Included(files) => {
                for file in files {
                    // Under a `Host` that does not hold, nothing of the file holds.
                    if *active {
                        walk(file, given, found, &mut true, last_pass)?;
                    }
                }
                continue;
            }
            Line::Words { place, keyword, arguments } => (place, keyword.as_str(), arguments),
        };
        match keyword {
            "host" => *active = super::pattern::any(arguments.iter().map(String::as_str), given.name),
            "match" => *active = matching::holds(place, arguments, given, found, last_pass)?,
            _ if !*active => {}
            "identityfile" => {
                let file = arguments.first().ok_or_else(|| wrong(place, "the file is missing"))?;
                if !found.identity_files.contains(file) {
                    found.identity_files.push(file.clone());
                }
            }
            // Whichever of the two comes first holds.
            "proxycommand" | "proxyjump"
                if found.first.contains_key("proxycommand") || found.first.contains_key("proxyjump") => {}
            _ => {
                if arguments.is_empty() && known(keyword) {
                    return Err(wrong(place, "the value is missing"));
                }
                found.first.entry(keyword.to_owned()).or_insert_with(|| (place.clone(), arguments.clone()));
            }
        }
    }
    Ok(())
}

/// Whether a keyword is one that is read here.
fn known(keyword: &str) -> bool {
    matches!(
        keyword,
        "hostname"
            | "port"
            | "user"
            | "identitiesonly"
            | "identityagent"
            | "proxyjump"
            | "proxycommand"
            | "userknownhostsfile"
            | "globalknownhostsfile"
            | "stricthostkeychecking"
            | "hostkeyalias"
            | "hashknownhosts"
            | "serveraliveinterval"
            | "pubkeyauthentication"
            | "passwordauthentication"
            | "kbdinteractiveauthentication"
    )
}

fn settle(found: Found, given: &Given<'_>) -> Result<HostConfig, Error> {
    let strictness = match found.word("stricthostkeychecking").map(str::to_ascii_lowercase).as_deref() {
        None | Some("ask") => Strictness::Ask,
        Some("yes" | "true") => Strictness::Strict,
        Some("accept-new" | "no" | "off" | "false") => Strictness::AcceptNew,
        Some(_) => {
            let place = found.first.get("stricthostkeychecking").map(|(place, _)| place.clone());
            return Err(place.map_or_else(
                || Error::new(Hop::SshConfig, given.name, ErrorKind::Settings, "StrictHostKeyChecking is unknown."),
                |place| wrong(&place, "StrictHostKeyChecking is yes, no, ask or accept-new"),
            ));
        }
    };
    let hostname = match found.first.get("hostname") {
        None => None,
        Some((place, arguments)) => {
            let text = arguments.first().map(String::as_str).unwrap_or_default();
            Some(tokens(text, &[('h', given.name), ('n', given.name)]).map_err(|why| wrong(place, &why))?)
        }
    };
    let proxy_command = found
        .first
        .get("proxycommand")
        .filter(|(_, arguments)| !arguments.first().is_some_and(|word| word.eq_ignore_ascii_case("none")))
        .map(|(place, _)| place.clone());
    Ok(HostConfig {
        hostname,
        port: found.number("port")?,
        user: found.word("user").map(str::to_owned),
        identities_only: found.yes("identitiesonly").unwrap_or(false),
        identity_agent: found.word("identityagent").map(str::to_owned),
        proxy_jump: found.list("proxyjump").map(|words| words.join(",")),
        proxy_command,
        user_known_hosts: found.list("userknownhostsfile"),
        global_known_hosts: found.list("globalknownhostsfile"),
        strictness,
        host_key_alias: found.word("hostkeyalias").map(str::to_owned),
        hash_known_hosts: found.yes("hashknownhosts").unwrap_or(false),
        alive_interval: found.number("serveraliveinterval")?,
        methods: Methods {
            key: found.yes("pubkeyauthentication").unwrap_or(true),
            password: found.yes("passwordauthentication").unwrap_or(true),
            keyboard: found.yes("kbdinteractiveauthentication").unwrap_or(true),
        },
        identity_files: found.identity_files,
        notes: found.notes,
    })
}

/// Replaces `%` tokens and `${VARIABLES}`.
///
/// # Errors
/// A phrase that names the token that is not known, or the variable that is not set.
pub(super) fn tokens(text: &str, values: &[(char, &str)]) -> Result<String, String> {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '%' => match characters.next() {
                Some('%') => out.push('%'),
                Some(token) => match values.iter().find(|(name, _)| *name == token) {
                    Some((_, value)) => out.push_str(value),
                    None => return Err(format!("%{token} is not supported here")),
                },
                None => return Err("a single % stands at the end".to_owned()),
            },
            '$' if characters.next_if_eq(&'{').is_some() => {
                let name: String = characters.by_ref().take_while(|c| *c != '}').collect();
                out.push_str(&std::env::var(&name).map_err(|_| format!("the variable {name} is not set"))?);
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
