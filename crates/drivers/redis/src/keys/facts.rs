//! What is known of keys, in two round trips for some hundreds.

use driver::{
    Error,
    keys::{KeyFacts, KeyKind},
};

use super::{
    kind,
    list::{each, first},
};
use crate::{cluster::Nodes, control::Words, wire::Value, words};

/// Keys of one round trip.
const AT_ONCE: usize = 200;

pub(super) async fn read(nodes: &Nodes, keys: &[Vec<u8>]) -> Result<Vec<Option<KeyFacts>>, Error> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(AT_ONCE) {
        let chunk: Vec<&[u8]> = chunk.iter().map(Vec::as_slice).collect();
        found.extend(some(nodes, &chunk).await?);
    }
    Ok(found)
}

async fn some(nodes: &Nodes, keys: &[&[u8]]) -> Result<Vec<Option<KeyFacts>>, Error> {
    let key = |place: usize| keys.get(place).copied().unwrap_or_default();
    let about = |place: usize| {
        let key = key(place);
        vec![
            words!["TYPE", key],
            words!["PTTL", key],
            words!["OBJECT", "ENCODING", key],
            // Refused where the server counts uses instead (LFU).
            words!["OBJECT", "IDLETIME", key],
            words!["MEMORY", "USAGE", key],
        ]
    };
    let mut facts = Vec::with_capacity(keys.len());
    for mut answers in each(nodes, keys, about).await? {
        let held = first(&mut answers)?.text().unwrap_or_default();
        let mut next = || if answers.is_empty() { Value::Null } else { answers.remove(0) };
        let (ttl, encoding, idle, bytes) = (next(), next(), next(), next());
        facts.push(kind(&held).map(|kind| KeyFacts {
            kind,
            ttl_ms: ttl.count(),
            length: None,
            bytes: bytes.count(),
            encoding: encoding.text(),
            idle_s: idle.count(),
        }));
    }
    let kinds: Vec<Option<KeyKind>> = facts.iter().map(|one| one.as_ref().map(|one| one.kind.clone())).collect();
    let lengths = each(nodes, keys, |place| {
        let kind = kinds.get(place).and_then(Option::as_ref);
        vec![kind.and_then(|kind| length(kind, key(place))).unwrap_or_else(|| words!["PING"])]
    });
    for (answers, one) in lengths.await?.into_iter().zip(&mut facts) {
        if let Some(one) = one {
            one.length = answers.first().and_then(Value::count);
        }
    }
    Ok(facts)
}

/// The command that tells how long a value is.
pub(super) fn length(kind: &KeyKind, key: &[u8]) -> Option<Words> {
    let command = match kind {
        KeyKind::String => "STRLEN",
        KeyKind::Hash => "HLEN",
        KeyKind::List => "LLEN",
        KeyKind::Set => "SCARD",
        KeyKind::SortedSet => "ZCARD",
        KeyKind::Stream => "XLEN",
        KeyKind::Json | KeyKind::Other(_) => return None,
    };
    Some(words![command, key])
}
