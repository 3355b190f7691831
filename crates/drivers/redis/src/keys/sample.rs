//! A look at many keys: what they hold, what they take, how they are named.

use std::collections::HashMap;

use driver::{
    Error,
    keys::{KeyKind, KeySample, Namespace},
};

use super::{
    kind,
    list::{Scan, each},
};
use crate::{cluster::Nodes, wire::Value, words};

/// Keys of one round trip.
const AT_ONCE: u64 = 500;
/// Namespaces that are told.
const NAMESPACES: usize = 500;
/// Namespaces that are counted; beyond it they are no namespaces.
const COUNTED: usize = 100_000;
/// Large keys that are told.
const LARGEST: usize = 50;

pub(super) async fn take(nodes: &Nodes, separator: &[u8], budget: u64) -> Result<KeySample, Error> {
    let of = nodes.sum(words!["DBSIZE"]).await?;
    let mut sample = KeySample { of, ..KeySample::default() };
    let mut kinds: HashMap<KeyKind, (u64, u64)> = HashMap::new();
    let mut namespaces: HashMap<Vec<u8>, (u64, u64)> = HashMap::new();
    let mut scan = Scan::all(nodes);
    let mut looked = 0;
    while looked < budget.max(1) {
        let count = (budget.max(1) - looked).clamp(1, AT_ONCE);
        let Some(keys) = scan.next(count).await? else { break };
        looked += count.max(keys.len() as u64);
        let names: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        let about = |place: usize| {
            let key = names.get(place).copied().unwrap_or_default();
            vec![words!["TYPE", key], words!["MEMORY", "USAGE", key, "SAMPLES", "5"]]
        };
        for (key, answers) in keys.iter().zip(each(nodes, &names, about).await?) {
            let Some(kind) = answers.first().and_then(Value::text).and_then(|name| kind(&name)) else { continue };
            let bytes = answers.get(1).and_then(Value::count).unwrap_or(0);
            sample.sampled += 1;
            let of_kind = kinds.entry(kind).or_default();
            *of_kind = (of_kind.0 + 1, of_kind.1 + bytes);
            if let Some(prefix) = prefix(key, separator)
                && (namespaces.len() < COUNTED || namespaces.contains_key(prefix))
            {
                let of_name = namespaces.entry(prefix.to_vec()).or_default();
                *of_name = (of_name.0 + 1, of_name.1 + bytes);
            }
            largest(&mut sample.largest, key, bytes);
        }
    }
    sample.kinds = kinds.into_iter().map(|(kind, (keys, bytes))| (kind, keys, bytes)).collect();
    sample.kinds.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut namespaces: Vec<_> = namespaces.into_iter().collect();
    namespaces.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    namespaces.truncate(NAMESPACES);
    sample.namespaces =
        namespaces.into_iter().map(|(prefix, (keys, bytes))| (Namespace { prefix, keys }, bytes)).collect();
    Ok(sample)
}

/// A key's beginning up to its first separator, with it.
fn prefix<'a>(key: &'a [u8], separator: &[u8]) -> Option<&'a [u8]> {
    if separator.is_empty() {
        return None;
    }
    let place = key.windows(separator.len()).position(|part| part == separator)?;
    key.get(..place + separator.len())
}

fn largest(known: &mut Vec<(Vec<u8>, u64)>, key: &[u8], bytes: u64) {
    // A scan may tell a key twice.
    if known.iter().any(|(name, _)| name == key) {
        return;
    }
    let place = known.partition_point(|(_, size)| *size >= bytes);
    if place < LARGEST {
        known.insert(place, (key.to_vec(), bytes));
        known.truncate(LARGEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_ends_with_its_separator() {
        assert_eq!(prefix(b"app:user:1", b":"), Some(&b"app:"[..]));
        assert_eq!(prefix(b"app::1", b"::"), Some(&b"app::"[..]));
        assert_eq!(prefix(b"app", b":"), None);
        assert_eq!(prefix(b"app", b""), None);
    }

    #[test]
    fn the_largest_are_kept_in_order_and_once() {
        let mut known = Vec::new();
        for (name, bytes) in [("a", 1), ("b", 9), ("c", 5), ("b", 9)] {
            largest(&mut known, name.as_bytes(), bytes);
        }
        assert_eq!(known.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>(), [9, 5, 1]);
    }
}
