use serde::Serialize;

/// A server as far as it decides which conditional comments are code.
///
/// `/*!80000 … */` is code on a MySQL of that version and a comment on an older one; `/*M!100100 … */` is code on MariaDB
/// only. What is a comment for one server can hold a quote that changes how another reads everything after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ConditionalServer {
    /// Its version the way such comments write it: 80036 is 8.0.36, 101106 is 10.11.6.
    pub version: u32,
    /// How it reads the version in a comment.
    pub rule: ConditionalRule,
}

/// How a server reads the version in a conditional comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum ConditionalRule {
    /// Five digits: MySQL up to 8.0.33.
    FiveDigits,
    /// Five digits, or six with white space after them: later MySQL.
    SixBeforeSpace,
    /// Five or six digits, `/*M!` too, and nothing that MySQL 5.7 added: MariaDB.
    MariaDb,
}

/// The oldest servers worth reading a text for: what any of them takes for code is code.
const OLDEST_MYSQL: u32 = 50_500;
const OLDEST_MARIADB: u32 = 100_000;

/// A text with more different versions than this is no text a person wrote.
const MOST_VERSIONS: usize = 8;

/// The comment that begins with `bytes`, when it is a conditional one: where its content begins after `/*!` or `/*M!`, and
/// whether it is of the second kind.
pub(crate) fn opening(bytes: &[u8]) -> Option<(usize, bool)> {
    match bytes {
        [b'/', b'*', b'!', ..] => Some((3, false)),
        [b'/', b'*', b'M', b'!', ..] => Some((4, true)),
        _ => None,
    }
}

/// How many digits `content` begins with, up to six; fewer than five are no version.
fn digits(content: &[u8]) -> usize {
    let count = content.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    if count < 5 { 0 } else { count }
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')))
}

/// How many bytes of `content` are the version, and whether what follows is code for `server`; None when the whole is an
/// ordinary comment for it.
pub(crate) fn reading(content: &[u8], mariadb: bool, server: Option<ConditionalServer>) -> Option<(usize, bool)> {
    let most = digits(content);
    let Some(server) = server else { return Some((most, true)) };
    let maria_server = server.rule == ConditionalRule::MariaDb;
    if mariadb && !maria_server {
        return None;
    }
    let spaced = content.get(6).is_none_or(|byte| byte.is_ascii_whitespace());
    let length = match server.rule {
        ConditionalRule::FiveDigits => most.min(5),
        ConditionalRule::SixBeforeSpace if !spaced => most.min(5),
        _ => most,
    };
    let version = number(content.get(..length).unwrap_or(&[]));
    let of_mysql = maria_server && !mariadb && (50_700..=50_999).contains(&version);
    Some((length, version <= server.version && !of_mysql))
}

/// The servers that may read `text` differently from each other; none when all read it alike. None when there are too many.
pub(crate) fn servers(text: &str) -> Option<Vec<ConditionalServer>> {
    let bytes = text.as_bytes();
    let mut versions: Vec<u32> = Vec::new();
    let mut differs = false;
    for (at, _) in text.match_indices("/*") {
        let Some((start, mariadb)) = bytes.get(at..).and_then(opening) else { continue };
        differs |= mariadb;
        let content = bytes.get(at + start..).unwrap_or(&[]);
        for length in [5, digits(content)].into_iter().take(digits(content).min(2)) {
            let version = number(content.get(..length).unwrap_or(&[]));
            if version >= OLDEST_MYSQL && !versions.contains(&version) {
                versions.push(version);
                if versions.len() > MOST_VERSIONS {
                    return None;
                }
            }
        }
    }
    if versions.is_empty() && !differs {
        return Some(Vec::new());
    }
    let mut servers = Vec::new();
    for rule in [ConditionalRule::FiveDigits, ConditionalRule::SixBeforeSpace, ConditionalRule::MariaDb] {
        let oldest = if rule == ConditionalRule::MariaDb { OLDEST_MARIADB } else { OLDEST_MYSQL };
        servers.push(ConditionalServer { version: oldest, rule });
        let newer = versions.iter().filter(|version| **version > oldest);
        servers.extend(newer.map(|version| ConditionalServer { version: *version, rule }));
    }
    Some(servers)
}
