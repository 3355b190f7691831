//! The catalog: databases with how many keys they hold, users, modules. Keys are no part of it; they are browsed.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use catalog::{Catalog, Coverage, Database, Extension, Kind, Known, Role, Scope};
use driver::Error;

use crate::{
    control::{ControlSession, Failure, Words},
    wire::Value,
    words,
};

/// Most databases that are listed one by one.
const DATABASES: u64 = 1024;

/// Kinds that are read; the server has no others.
const READ: [Kind; 3] = [Kind::Databases, Kind::Roles, Kind::Extensions];

/// The name of a database: the server has numbers only.
pub(crate) fn name(number: u32) -> String {
    format!("db{number}")
}

/// Reads the catalog.
pub(crate) async fn read(
    session: &ControlSession,
    current: u32,
    cluster: bool,
    scope: &Scope,
) -> Result<Catalog, Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut catalog = Catalog {
        database: Some(name(current)),
        as_of_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        ..Catalog::default()
    };
    let wanted = |kind: Kind| scope.wants(kind);
    for kind in scope.kinds.iter().filter(|kind| !READ.contains(kind)) {
        catalog.coverage.insert(*kind, Known::Unsupported);
    }
    if wanted(Kind::Databases) {
        let coverage = databases(session, current, cluster, &mut catalog).await?;
        catalog.coverage.insert(Kind::Databases, coverage);
    }
    if wanted(Kind::Roles) {
        let coverage = users(session, &mut catalog).await?;
        catalog.coverage.insert(Kind::Roles, coverage);
    }
    if wanted(Kind::Extensions) {
        let coverage = modules(session, &mut catalog).await?;
        catalog.coverage.insert(Kind::Extensions, coverage);
    }
    catalog.seal();
    Ok(catalog)
}

/// The answer, or why there is none.
async fn ask(session: &ControlSession, words: Words) -> Result<Result<Value, Coverage>, Failure> {
    Ok(match session.ask_all(&[words]).await?.pop() {
        Some(Value::Error(said)) if said.code == "NOPERM" => Err(Known::Denied),
        Some(Value::Error(_)) | None => Err(Known::Unsupported),
        Some(value) => Ok(value),
    })
}

/// As many as the setting says; where that may not be read, those that hold keys and the current one.
async fn databases(
    session: &ControlSession,
    current: u32,
    cluster: bool,
    catalog: &mut Catalog,
) -> Result<Coverage, Error> {
    // A cluster has one database whatever `databases` says, or as many as another setting says (Valkey 9.0).
    let name_of = if cluster { "cluster-databases" } else { "databases" };
    let setting = ask(session, words!["CONFIG", "GET", name_of]).await?;
    let count = match setting {
        Ok(value) => value.at(name_of).and_then(Value::count).or(cluster.then_some(1)),
        Err(_) => None,
    };
    // What one node of a cluster holds is a part: no count is better than that one.
    let keys: Option<BTreeMap<u32, String>> = match cluster {
        true => None,
        false => {
            let info = ask(session, words!["INFO", "keyspace"]).await?;
            info.ok().and_then(|value| Some(keyspace(&value.text()?)))
        }
    };
    let mut numbers: Vec<u32> = match (count, &keys) {
        (Some(count), _) => (0..u32::try_from(count.min(DATABASES)).unwrap_or(0)).collect(),
        (None, Some(keys)) => keys.keys().copied().collect(),
        (None, None) => Vec::new(),
    };
    if !numbers.contains(&current) {
        numbers.push(current);
        numbers.sort_unstable();
    }
    for number in numbers {
        let comment = keys.as_ref().map(|keys| keys.get(&number).cloned().unwrap_or_else(|| "0 keys".to_owned()));
        catalog.databases.push(Database {
            name: name(number),
            current: number == current,
            may_connect: Known::NotLoaded,
            bytes: Known::Unsupported,
            comment,
            ..Database::default()
        });
    }
    // Without the setting an empty database would be missing, and nobody could tell.
    Ok(if count.is_some() { Known::Value(()) } else { Known::Denied })
}

/// `db0:keys=3,expires=1,avg_ttl=9` by number, in words.
fn keyspace(info: &str) -> BTreeMap<u32, String> {
    let line = |line: &str| {
        let (name, facts) = line.strip_prefix("db")?.split_once(':')?;
        let of = |name: &str| facts.split(',').find_map(|fact| fact.strip_prefix(name)?.strip_prefix('='));
        let keys = of("keys")?;
        let expiring = of("expires").filter(|count| *count != "0");
        let plural = if keys == "1" { "key" } else { "keys" };
        let text = match expiring {
            Some(expiring) => format!("{keys} {plural}, {expiring} of them for a time"),
            None => format!("{keys} {plural}"),
        };
        Some((name.parse().ok()?, text))
    };
    info.lines().filter_map(|text| line(text.trim())).collect()
}

/// The users of `ACL LIST` (6.0): `user ada on ~app:* +@read`. Their passwords' hashes are left out.
async fn users(session: &ControlSession, catalog: &mut Catalog) -> Result<Coverage, Error> {
    let list = match ask(session, words!["ACL", "LIST"]).await? {
        Ok(list) => list,
        Err(coverage) => return Ok(coverage),
    };
    for line in list.list().iter().filter_map(Value::text) {
        let mut words = line.split(' ').skip(1);
        let name = words.next().unwrap_or_default().to_owned();
        let rules: Vec<&str> = words.filter(|word| !word.starts_with('#')).collect();
        let has = |rule: &str| rules.contains(&rule);
        catalog.roles.push(Role {
            name,
            superuser: has("~*") && has("+@all"),
            login: has("on"),
            comment: Some(rules.join(" ")),
            ..Role::default()
        });
    }
    Ok(Known::Value(()))
}

async fn modules(session: &ControlSession, catalog: &mut Catalog) -> Result<Coverage, Error> {
    let list = match ask(session, words!["MODULE", "LIST"]).await? {
        Ok(list) => list,
        Err(coverage) => return Ok(coverage),
    };
    for module in list.list() {
        catalog.extensions.push(Extension {
            name: module.at("name").and_then(Value::text).unwrap_or_default(),
            version: module.at("ver").and_then(Value::text),
            schema: None,
            comment: module.at("path").and_then(Value::text).filter(|path| !path.is_empty()),
        });
    }
    Ok(Known::Value(()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_keyspace_is_told_in_words() {
        let found =
            super::keyspace("# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=9\r\ndb15:keys=1,expires=0,avg_ttl=0\r\nx\r\n");
        let found: Vec<_> = found.into_iter().collect();
        assert_eq!(found, [(0, "3 keys, 1 of them for a time".to_owned()), (15, "1 key".to_owned())]);
    }
}
