//! Part of a value.

use driver::{
    Code, Error,
    keys::{Element, KeyKind, ValuePart, ValueWindow},
};

use super::{facts::length, gone, kind as kind_of, list::first};
use crate::{
    cluster::{Nodes, checked},
    control::Words,
    language::RedisCommands,
    wire::Value,
    words,
};

pub(super) async fn part(
    nodes: &Nodes,
    language: &RedisCommands,
    key: &[u8],
    kind: &KeyKind,
    window: &ValueWindow,
) -> Result<ValuePart, Error> {
    let last = window.first.saturating_add(window.most.max(1) - 1).to_string();
    let (begin, most) = (window.first.to_string(), window.most.max(1).to_string());
    if let Some(name) = &window.only {
        return one(nodes, language, key, kind, name).await;
    }
    let command: Words = match kind {
        KeyKind::String => words!["GETRANGE", key, begin.as_str(), last.as_str()],
        KeyKind::Hash => scan("HSCAN", key, window)?,
        KeyKind::Set => scan("SSCAN", key, window)?,
        KeyKind::List => words!["LRANGE", key, begin.as_str(), last.as_str()],
        KeyKind::SortedSet if window.backwards => words!["ZREVRANGE", key, begin.as_str(), last.as_str(), "WITHSCORES"],
        KeyKind::SortedSet => words!["ZRANGE", key, begin.as_str(), last.as_str(), "WITHSCORES"],
        KeyKind::Stream => {
            let from =
                window.from.as_deref().map(|id| beyond(id, window.backwards).ok_or_else(no_place)).transpose()?;
            match window.backwards {
                false => words!["XRANGE", key, from.as_deref().unwrap_or("-"), "+", "COUNT", most.as_str()],
                true => words!["XREVRANGE", key, from.as_deref().unwrap_or("+"), "-", "COUNT", most.as_str()],
            }
        }
        KeyKind::Json => words!["JSON.GET", key],
        KeyKind::Other(name) => {
            let text = format!("What a module holds as {name} cannot be read here.");
            return Err(Error::new(Code::Unsupported, text).with_hint("Use the module's own commands."));
        }
    };
    let mut asked = vec![words!["TYPE", key], command];
    asked.extend(length(kind, key));
    let mut answers = nodes.ask(key, &asked).await?;
    let held = kind_of(&first(&mut answers)?.text().unwrap_or_default()).ok_or_else(gone)?;
    if held != *kind {
        return Err(
            Error::new(Code::Conflict, "The key holds something of another type now.").with_hint("Read it anew.")
        );
    }
    let value = first(&mut answers)?;
    let total = answers.first().and_then(Value::count).unwrap_or(0);
    let mut part = ValuePart { total, ..ValuePart::default() };
    match kind {
        KeyKind::String | KeyKind::Json => {
            let bytes = value.into_bytes().unwrap_or_default();
            part.total = if *kind == KeyKind::Json { bytes.len() as u64 } else { total };
            let end = window.first + bytes.len() as u64;
            part.next = (*kind == KeyKind::String && end < total).then(|| end.to_string());
            part.elements.push(Element::Bytes(bytes));
        }
        KeyKind::List => {
            let items = value.into_list().into_iter().filter_map(Value::into_bytes).zip(window.first..);
            part.elements = items.map(|(item, place)| Element::Item(place, item)).collect();
            part.next = after(window, part.elements.len(), total);
        }
        KeyKind::SortedSet => {
            let score = |score: Value| score.text().unwrap_or_default();
            let members = pairs(value).into_iter();
            part.elements =
                members.filter_map(|(member, of)| Some(Element::Scored(member.into_bytes()?, score(of)))).collect();
            part.next = after(window, part.elements.len(), total);
        }
        KeyKind::Stream => {
            part.elements = value.into_list().into_iter().filter_map(entry).collect();
            if part.elements.len() as u64 >= window.most.max(1)
                && let Some(Element::Entry(id, _)) = part.elements.last()
            {
                part.next = Some(id.clone());
            }
        }
        KeyKind::Hash | KeyKind::Set => {
            let mut parts = value.into_list().into_iter();
            let cursor = parts.next().and_then(|cursor| cursor.text()).unwrap_or_default();
            part.next = (cursor != "0").then_some(cursor);
            let list = parts.next().unwrap_or(Value::Null);
            if *kind == KeyKind::Set {
                let members = list.into_list().into_iter().filter_map(Value::into_bytes);
                part.elements = members.map(Element::Member).collect();
            } else {
                let fields = pairs(list).into_iter();
                let fields: Vec<_> =
                    fields.filter_map(|(name, value)| Some((name.into_bytes()?, value.into_bytes()?))).collect();
                let ttls = field_ttls(nodes, language, key, &fields).await?;
                let field = |((name, value), ttl_ms)| Element::Field { name, value, ttl_ms };
                part.elements = fields.into_iter().zip(ttls).map(field).collect();
            }
        }
        KeyKind::Other(_) => {}
    }
    Ok(part)
}

/// One element by its name, whole.
async fn one(
    nodes: &Nodes,
    language: &RedisCommands,
    key: &[u8],
    kind: &KeyKind,
    name: &[u8],
) -> Result<ValuePart, Error> {
    let command: Words = match kind {
        KeyKind::Hash => words!["HGET", key, name],
        KeyKind::Set => words!["SISMEMBER", key, name],
        KeyKind::SortedSet => words!["ZSCORE", key, name],
        KeyKind::Stream => words!["XRANGE", key, name, name],
        _ => return Err(no_place()),
    };
    let mut answers = nodes.ask(key, &[command]).await?;
    let value = first(&mut answers)?;
    let owned = name.to_vec();
    let element = match kind {
        KeyKind::Hash => match value.into_bytes() {
            Some(value) => {
                let fields = [(owned.clone(), Vec::new())];
                let ttl_ms = field_ttls(nodes, language, key, &fields).await?.into_iter().next().flatten();
                Some(Element::Field { name: owned, value, ttl_ms })
            }
            None => None,
        },
        KeyKind::Set => (value.count() == Some(1)).then_some(Element::Member(owned)),
        KeyKind::SortedSet => value.text().map(|score| Element::Scored(owned, score)),
        _ => value.into_list().into_iter().find_map(entry),
    };
    match element {
        Some(element) => Ok(ValuePart { elements: vec![element], total: 1, next: None }),
        None => Err(Error::new(Code::NotFound, "It is not there any more.").with_hint("Read the key again.")),
    }
}

fn no_place() -> Error {
    Error::new(Code::InvalidStatement, "This is no place in a value.").with_hint("Begin anew.")
}

fn scan(command: &str, key: &[u8], window: &ValueWindow) -> Result<Words, Error> {
    let cursor = window.from.as_deref().unwrap_or("0");
    if cursor.parse::<u64>().is_err() {
        return Err(no_place());
    }
    let mut words = words![command, key, cursor, "COUNT", window.most.max(1).to_string()];
    if let Some(pattern) = &window.pattern {
        words.extend(words!["MATCH", pattern.as_slice()]);
    }
    Ok(words)
}

fn after(window: &ValueWindow, found: usize, total: u64) -> Option<String> {
    let end = window.first.saturating_add(found as u64);
    (found > 0 && end < total).then(|| end.to_string())
}

/// The id right behind another, or right before it.
fn beyond(id: &str, backwards: bool) -> Option<String> {
    let (ms, seq) = id.split_once('-')?;
    let (ms, seq) = (ms.parse::<u64>().ok()?, seq.parse::<u64>().ok()?);
    let (ms, seq) = match (backwards, seq) {
        (false, u64::MAX) => (ms.checked_add(1)?, 0),
        (false, seq) => (ms, seq + 1),
        (true, 0) => (ms.checked_sub(1)?, u64::MAX),
        (true, seq) => (ms, seq - 1),
    };
    Some(format!("{ms}-{seq}"))
}

/// Names and values: in turn, as older servers and RESP2 have it, or each pair by itself.
pub(super) fn pairs(value: Value) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    let mut list = value.into_list().into_iter();
    while let Some(one) = list.next() {
        match one {
            Value::List(pair) => {
                let mut pair = pair.into_iter();
                if let (Some(name), Some(value)) = (pair.next(), pair.next()) {
                    found.push((name, value));
                }
            }
            name => {
                if let Some(value) = list.next() {
                    found.push((name, value));
                }
            }
        }
    }
    found
}

/// An entry of a stream: its id, its fields in turn.
pub(super) fn entry(value: Value) -> Option<Element> {
    let mut parts = value.into_list().into_iter();
    let id = parts.next()?.text()?;
    let mut fields = parts.next()?.into_list().into_iter().filter_map(Value::into_bytes);
    let mut found = Vec::new();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        found.push((name, value));
    }
    Some(Element::Entry(id, found))
}

/// For how long fields live yet, where the server lets them expire (Redis 7.4, Valkey 9.0).
async fn field_ttls(
    nodes: &Nodes,
    language: &RedisCommands,
    key: &[u8],
    fields: &[(Vec<u8>, Vec<u8>)],
) -> Result<Vec<Option<u64>>, Error> {
    if fields.is_empty() || !language.has("HPTTL") {
        return Ok(vec![None; fields.len()]);
    }
    let mut command = words!["HPTTL", key, "FIELDS", fields.len().to_string()];
    command.extend(fields.iter().map(|(name, _)| name.clone()));
    let answer = nodes.ask(key, &[command]).await?.pop().map(checked).transpose();
    // A login that may read may still not ask this.
    let ttls = answer.ok().flatten().unwrap_or(Value::Null);
    let ttls: Vec<Option<u64>> = ttls.list().iter().map(Value::count).collect();
    Ok((0..fields.len()).map(|place| ttls.get(place).copied().flatten()).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_follow_each_other_across_milliseconds() {
        let beyond = |id: &str, backwards| super::beyond(id, backwards);
        assert_eq!(beyond("5-1", false).as_deref(), Some("5-2"));
        assert_eq!(beyond("5-18446744073709551615", false).as_deref(), Some("6-0"));
        assert_eq!(beyond("5-0", true).as_deref(), Some("4-18446744073709551615"));
        assert_eq!(beyond("0-0", true), None);
        assert_eq!(beyond("x", true), None);
    }
}
