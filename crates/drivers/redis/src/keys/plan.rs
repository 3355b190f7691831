//! The commands of a change, for the server and for a person.

use driver::keys::{Element, KeyChange};

use crate::{control::Words, session::quote, words};

/// Longest word that is shown whole, in bytes.
const SHOWN: usize = 200;

/// What was looked up before a change.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The key holds a JSON document.
    pub json: bool,
    /// When the field that is replaced ends, in milliseconds since the epoch.
    pub field_ends: Option<u64>,
    /// What marks an item that goes; it must be like no other.
    pub mark: Vec<u8>,
}

/// The commands, in order; they are run as one.
pub(super) fn commands(key: &[u8], change: &KeyChange, seen: &Seen) -> Vec<Words> {
    match change {
        KeyChange::Create { element, ttl_ms } => {
            let mut commands = add(key, element);
            commands.extend(ttl_ms.map(|ttl| words!["PEXPIRE", key, ttl.to_string()]));
            commands
        }
        KeyChange::Replace { new, .. } if seen.json => vec![words!["JSON.SET", key, "$", new.as_slice()]],
        KeyChange::Replace { new, .. } => vec![words!["SET", key, new.as_slice(), "KEEPTTL"]],
        KeyChange::Put { seen: before, new } => put(key, before, new, seen),
        KeyChange::Add(element) => add(key, element),
        KeyChange::Remove(element) => remove(key, element, seen),
        KeyChange::Rename(name) => vec![words!["RENAMENX", key, name.as_slice()]],
        KeyChange::Expire(Some(ttl)) => vec![words!["PEXPIRE", key, ttl.to_string()]],
        KeyChange::Expire(None) => vec![words!["PERSIST", key]],
        KeyChange::Delete(_) => vec![words!["UNLINK", key]],
    }
}

fn add(key: &[u8], element: &Element) -> Vec<Words> {
    match element {
        Element::Bytes(bytes) => vec![words!["SET", key, bytes.as_slice()]],
        Element::Field { name, value, ttl_ms } => {
            let mut commands = vec![words!["HSET", key, name.as_slice(), value.as_slice()]];
            commands.extend(ttl_ms.map(|ttl| words!["HPEXPIRE", key, ttl.to_string(), "FIELDS", "1", name.as_slice()]));
            commands
        }
        Element::Item(0, value) => vec![words!["LPUSH", key, value.as_slice()]],
        Element::Item(_, value) => vec![words!["RPUSH", key, value.as_slice()]],
        Element::Member(member) => vec![words!["SADD", key, member.as_slice()]],
        Element::Counted(element) => vec![words!["PFADD", key, element.as_slice()]],
        Element::Scored(member, score) => vec![words!["ZADD", key, score.as_str(), member.as_slice()]],
        Element::Entry(id, fields) => {
            let mut command = words!["XADD", key, id.as_str()];
            fields.iter().for_each(|(name, value)| command.extend([name.clone(), value.clone()]));
            vec![command]
        }
    }
}

fn put(key: &[u8], before: &Element, new: &Element, seen: &Seen) -> Vec<Words> {
    match (before, new) {
        (Element::Field { ttl_ms: was, .. }, Element::Field { name, value, ttl_ms }) => {
            let name = name.as_slice();
            let mut commands = vec![words!["HSET", key, name, value.as_slice()]];
            match (was == ttl_ms, ttl_ms, seen.field_ends) {
                // HSET takes the field's end away.
                (true, _, Some(ends)) => {
                    commands.push(words!["HPEXPIREAT", key, ends.to_string(), "FIELDS", "1", name])
                }
                (false, Some(ttl), _) => commands.push(words!["HPEXPIRE", key, ttl.to_string(), "FIELDS", "1", name]),
                _ => {}
            }
            commands
        }
        (_, Element::Item(place, value)) => vec![words!["LSET", key, place.to_string(), value.as_slice()]],
        (Element::Member(before), Element::Member(after)) => {
            vec![words!["SREM", key, before.as_slice()], words!["SADD", key, after.as_slice()]]
        }
        (Element::Scored(before, _), Element::Scored(after, score)) => {
            let mut commands = Vec::new();
            if before != after {
                commands.push(words!["ZREM", key, before.as_slice()]);
            }
            commands.push(words!["ZADD", key, score.as_str(), after.as_slice()]);
            commands
        }
        _ => Vec::new(),
    }
}

fn remove(key: &[u8], element: &Element, seen: &Seen) -> Vec<Words> {
    match element {
        Element::Bytes(_) | Element::Counted(_) => Vec::new(),
        Element::Field { name, .. } => vec![words!["HDEL", key, name.as_slice()]],
        // An item has no name but its place: it is marked there, and the mark is removed.
        Element::Item(place, _) => vec![
            words!["LSET", key, place.to_string(), seen.mark.as_slice()],
            words!["LREM", key, "1", seen.mark.as_slice()],
        ],
        Element::Member(member) => vec![words!["SREM", key, member.as_slice()]],
        Element::Scored(member, _) => vec![words!["ZREM", key, member.as_slice()]],
        Element::Entry(id, _) => vec![words!["XDEL", key, id.as_str()]],
    }
}

/// A command as `redis-cli` reads it. Long words are cut, and say so.
pub(crate) fn text(words: &[Vec<u8>]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:/$*+@#{}[]".contains(byte);
    let mut out = Vec::new();
    for word in words {
        if !out.is_empty() {
            out.push(b' ');
        }
        if word.len() > SHOWN {
            quote(&mut out, word.get(..SHOWN).unwrap_or(word));
            out.extend_from_slice(format!("…({} bytes)", word.len()).as_bytes());
        } else if !word.is_empty() && word.iter().all(plain) {
            out.extend_from_slice(word);
        } else {
            quote(&mut out, word);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
