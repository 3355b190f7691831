//! What kind of server it is, and what its commands do.

use std::collections::BTreeMap;

use driver::{Error, Server};

use crate::{
    error::{PRODUCT, broken},
    language::{Known, RedisCommands, questions},
    wire::{Client, Started, Value},
};

/// What was found out.
pub(crate) struct Probed {
    pub server: Server,
    pub language: RedisCommands,
}

/// Settings that are facts, where the login may read them.
const SETTINGS: [&str; 3] = ["databases", "maxmemory", "maxmemory-policy"];
/// Lines of INFO that are facts: its name and ours.
const FACTS: [(&str, &str); 9] = [
    ("redis_mode", "mode"),
    ("server_mode", "mode"),
    ("role", "role"),
    ("maxmemory", "maxmemory"),
    ("maxmemory_policy", "maxmemory_policy"),
    ("loading", "loading"),
    ("aof_enabled", "aof_enabled"),
    ("rdb_last_bgsave_status", "rdb_last_bgsave_status"),
    ("os", "os"),
];

/// The lines of INFO, by name.
pub(crate) fn info(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':')).collect()
}

/// Asks the server what it is. `guarded` where sessions are read-only.
pub(super) async fn server(client: &mut Client, started: &Started, guarded: bool) -> Result<Probed, Error> {
    let mut asked: Vec<Vec<&str>> = vec![vec!["INFO"], vec!["ACL", "WHOAMI"]];
    asked.extend(SETTINGS.map(|name| vec!["CONFIG", "GET", name]));
    asked.extend(questions());
    let mut answers = client.ask_all(&asked).await.map_err(broken)?.into_iter();
    let mut next = || answers.next().unwrap_or(Value::Null);
    let (told, user) = (next().text().unwrap_or_default(), next().text());
    let settings = SETTINGS.map(|name| next().at(name).and_then(Value::text));
    let (commands, docs) = (next(), next());
    let language = RedisCommands::probed(Known::read(&commands, &docs));

    let lines = info(&told);
    let line = |name: &str| lines.get(name).map(|value| (*value).trim().to_owned());
    let hello = |name: &str| started.hello.as_ref().and_then(|hello| hello.at(name)).and_then(Value::text);
    let mut facts = BTreeMap::new();
    for (theirs, ours) in FACTS {
        if let Some(value) = line(theirs) {
            facts.insert(ours.to_owned(), value);
        }
    }
    for name in ["mode", "role"] {
        if let (false, Some(value)) = (facts.contains_key(name), hello(name)) {
            facts.insert(name.to_owned(), value);
        }
    }
    for (name, value) in SETTINGS.iter().zip(settings) {
        if let Some(value) = value {
            facts.insert(name.replace('-', "_"), value);
        }
    }
    let named = line("server_name").or_else(|| hello("server")).unwrap_or_default().to_ascii_lowercase();
    let executable = line("executable").unwrap_or_default().to_ascii_lowercase();
    let (product, version) = if let Some(version) = line("dragonfly_version") {
        ("Dragonfly", Some(version.trim_start_matches("df-").trim_start_matches('v').to_owned()))
    } else if named == "valkey" {
        ("Valkey", line("valkey_version"))
    } else if named == "keydb" || executable.contains("keydb") {
        ("KeyDB", line("redis_version"))
    } else {
        (PRODUCT, line("redis_version"))
    };
    let version = version.or_else(|| hello("version")).unwrap_or_else(|| "unknown".to_owned());
    let version_number = number(&version);
    if let Some(tls) = client.tls() {
        facts.insert("tls".to_owned(), format!("{} {}", tls.version, tls.cipher));
    }
    if let Some(user) = user {
        facts.insert("user".to_owned(), user);
    }
    let replica = facts.get("role").is_some_and(|role| role == "slave" || role == "replica");
    let read_only = match (guarded, replica) {
        (true, _) => "guarded",
        (false, true) => "replica",
        (false, false) => "no",
    };
    facts.insert("read_only".to_owned(), read_only.to_owned());
    facts.insert("protocol".to_owned(), format!("RESP{}", client.protocol()));
    let server = Server { product: product.to_owned(), version, version_number, facts };
    Ok(Probed { server, language })
}

/// `7.0.15` is 70015. A version nobody told counts as the oldest.
fn number(version: &str) -> u32 {
    let mut parts = version.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or(0).min(99));
    let mut next = || parts.next().unwrap_or(0);
    (next() * 10_000 + next() * 100 + next()).max(1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_become_numbers_that_order() {
        for (version, number) in [("7.0.15", 70_015), ("9.1.2", 90_102), ("6.2.0-rc1", 60_200), ("unknown", 1)] {
            assert_eq!(super::number(version), number);
        }
    }
}
