//! The groups that read a stream.

use driver::{Error, keys::StreamGroup};

use super::{gone, kind, list::first};
use crate::{
    cluster::{Nodes, checked},
    wire::Value,
    words,
};

/// Entries not acknowledged that are told.
const OLDEST: &str = "100";

pub(super) async fn read(nodes: &Nodes, key: &[u8]) -> Result<Vec<StreamGroup>, Error> {
    let mut answers = nodes.ask(key, &[words!["TYPE", key], words!["XINFO", "GROUPS", key]]).await?;
    if kind(&first(&mut answers)?.text().unwrap_or_default()).is_none() {
        return Err(gone());
    }
    let mut found = Vec::new();
    for group in first(&mut answers)?.list() {
        let name = group.at("name").cloned().and_then(Value::into_bytes).unwrap_or_default();
        let asked = [
            words!["XINFO", "CONSUMERS", key, name.as_slice()],
            words!["XPENDING", key, name.as_slice(), "-", "+", OLDEST],
        ];
        let mut parts = nodes.ask(key, &asked).await?.into_iter();
        let consumers = checked(parts.next().unwrap_or(Value::Null))?;
        let pending = checked(parts.next().unwrap_or(Value::Null))?;
        let count = |value: &Value, name: &str| value.at(name).and_then(Value::count);
        let consumer = |one: &Value| {
            let name = one.at("name").cloned().and_then(Value::into_bytes).unwrap_or_default();
            (name, count(one, "pending").unwrap_or(0), count(one, "idle").unwrap_or(0))
        };
        let entry = |one: &Value| {
            let parts = one.list();
            let number = |place: usize| parts.get(place).and_then(Value::count).unwrap_or(0);
            Some((parts.first()?.text()?, parts.get(1).cloned()?.into_bytes()?, number(2), number(3)))
        };
        found.push(StreamGroup {
            name,
            last_delivered: group.at("last-delivered-id").and_then(Value::text).unwrap_or_default(),
            lag: count(group, "lag"),
            pending: count(group, "pending").unwrap_or(0),
            consumers: consumers.list().iter().map(consumer).collect(),
            oldest: pending.list().iter().filter_map(entry).collect(),
        });
    }
    Ok(found)
}
