//! What drivers say of keys, as faces see it, and back.

use driver::keys::{Element, KeyChange, KeyFacts, KeyKind, KeySample, StreamGroup, ValuePart};

use super::escape::{escaped, meant, shown, unescaped};
use crate::api::*;

/// A value's bytes that are sent to be looked at; longer ones are cut, but for a string's, which is read by window.
const SHOWN: usize = 16 << 10;

pub(super) fn kind_word(kind: &KeyKind) -> String {
    match kind {
        KeyKind::String => "string",
        KeyKind::Hash => "hash",
        KeyKind::List => "list",
        KeyKind::Set => "set",
        KeyKind::SortedSet => "zset",
        KeyKind::Stream => "stream",
        KeyKind::Json => "ReJSON-RL",
        KeyKind::Other(name) => name,
    }
    .to_owned()
}

pub(super) fn kind_of(word: &str) -> KeyKind {
    match word {
        "string" => KeyKind::String,
        "hash" => KeyKind::Hash,
        "list" => KeyKind::List,
        "set" => KeyKind::Set,
        "zset" => KeyKind::SortedSet,
        "stream" => KeyKind::Stream,
        "ReJSON-RL" => KeyKind::Json,
        other => KeyKind::Other(other.to_owned()),
    }
}

pub(super) fn facts(facts: KeyFacts) -> KeyFactsRow {
    KeyFactsRow {
        kind: kind_word(&facts.kind),
        ttl_ms: facts.ttl_ms,
        length: facts.length,
        bytes: facts.bytes,
        encoding: facts.encoding,
        idle_s: facts.idle_s,
    }
}

/// What was read; unless all of it is wanted, long values are cut.
pub(super) fn part(part: ValuePart, whole: bool) -> KeyPart {
    let most = if whole { usize::MAX } else { SHOWN };
    let elements = part.elements.iter().map(|one| element(one, most)).collect();
    KeyPart { elements, total: part.total, next: part.next }
}

fn element(element: &Element, most: usize) -> KeyElement {
    let blank = KeyElement { name: None, place: None, value: None, fields: Vec::new(), ttl_ms: None, cut: None };
    match element {
        Element::Bytes(bytes) => KeyElement { value: Some(shown(bytes)), ..blank },
        Element::Field { name, value, ttl_ms } => {
            KeyElement { name: Some(escaped(name)), ttl_ms: *ttl_ms, ..cut(value, blank, most) }
        }
        Element::Item(place, value) => KeyElement { place: Some(*place), ..cut(value, blank, most) },
        Element::Member(member) | Element::Counted(member) => KeyElement { name: Some(escaped(member)), ..blank },
        Element::Scored(member, score) => {
            KeyElement { name: Some(escaped(member)), value: Some(KeyBytes::Text(score.clone())), ..blank }
        }
        Element::Entry(id, fields) => KeyElement {
            name: Some(id.clone()),
            fields: fields
                .iter()
                .map(|(name, value)| KeyEntryField { name: escaped(name), value: shown(value) })
                .collect(),
            ..blank
        },
    }
}

fn cut(value: &[u8], blank: KeyElement, most: usize) -> KeyElement {
    let Some(head) = value.get(..most).filter(|_| value.len() > most) else {
        return KeyElement { value: Some(shown(value)), ..blank };
    };
    // Not within a character of a text.
    let end = if std::str::from_utf8(value).is_ok() {
        head.utf8_chunks().map(|chunk| chunk.valid().len()).sum()
    } else {
        most
    };
    KeyElement { value: Some(shown(&value[..end])), cut: Some(value.len() as u64), ..blank }
}

fn told(kind: &KeyKind, element: &KeyElement) -> Result<Element, AppError> {
    if element.cut.is_some() {
        return Err(AppError::new(ErrorCode::InvalidStatement, "Only the beginning of the value was read.")
            .with_hint("Open the value whole first."));
    }
    let name = || element.name.as_deref().map_or_else(|| Ok(Vec::new()), unescaped);
    let value = || element.value.as_ref().map_or_else(|| Ok(Vec::new()), meant);
    Ok(match kind {
        // A string has no names in it, unless it counts them.
        KeyKind::String if element.name.is_some() => Element::Counted(name()?),
        KeyKind::String | KeyKind::Json | KeyKind::Other(_) => Element::Bytes(value()?),
        KeyKind::Hash => Element::Field { name: name()?, value: value()?, ttl_ms: element.ttl_ms },
        KeyKind::List => Element::Item(element.place.unwrap_or(u64::MAX), value()?),
        KeyKind::Set => Element::Member(name()?),
        KeyKind::SortedSet => {
            let score = String::from_utf8(value()?).unwrap_or_default();
            Element::Scored(name()?, if score.trim().is_empty() { "0".to_owned() } else { score.trim().to_owned() })
        }
        KeyKind::Stream => {
            let id = element.name.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| "*".to_owned());
            let fields = element.fields.iter().map(|field| Ok((unescaped(&field.name)?, meant(&field.value)?)));
            Element::Entry(id, fields.collect::<Result<_, AppError>>()?)
        }
    })
}

/// What a person wants, as drivers take it.
///
/// # Errors
/// `InvalidStatement` for bytes that cannot be read.
pub(super) fn change(kind: &KeyKind, edit: &KeyEdit) -> Result<KeyChange, AppError> {
    Ok(match edit {
        KeyEdit::Create { element, ttl_ms } => KeyChange::Create { element: told(kind, element)?, ttl_ms: *ttl_ms },
        KeyEdit::Replace { seen, new } => KeyChange::Replace { seen: meant(seen)?, new: meant(new)? },
        KeyEdit::Put { seen, new } => KeyChange::Put { seen: told(kind, seen)?, new: told(kind, new)? },
        KeyEdit::Add { element } => KeyChange::Add(told(kind, element)?),
        KeyEdit::Remove { element } => KeyChange::Remove(told(kind, element)?),
        KeyEdit::Rename { to } => KeyChange::Rename(unescaped(to)?),
        KeyEdit::Expire { ttl_ms } => KeyChange::Expire(*ttl_ms),
        KeyEdit::Delete => KeyChange::Delete(kind.clone()),
    })
}

pub(super) fn sampled(sample: KeySample) -> KeysSampled {
    let share = |name, keys, bytes| KeysShare { name, keys, bytes };
    KeysSampled {
        sampled: sample.sampled,
        of: sample.of,
        kinds: sample.kinds.iter().map(|(kind, keys, bytes)| share(kind_word(kind), *keys, *bytes)).collect(),
        namespaces: sample
            .namespaces
            .iter()
            .map(|(namespace, bytes)| share(escaped(&namespace.prefix), namespace.keys, *bytes))
            .collect(),
        largest: sample.largest.iter().map(|(key, bytes)| share(escaped(key), 1, *bytes)).collect(),
    }
}

pub(super) fn group(group: StreamGroup) -> KeyGroup {
    KeyGroup {
        name: escaped(&group.name),
        last_delivered: group.last_delivered,
        lag: group.lag,
        pending: group.pending,
        consumers: group
            .consumers
            .iter()
            .map(|(name, pending, idle_ms)| KeyConsumer { name: escaped(name), pending: *pending, idle_ms: *idle_ms })
            .collect(),
        oldest: group
            .oldest
            .iter()
            .map(|(id, consumer, idle_ms, deliveries)| KeyPending {
                id: id.clone(),
                consumer: escaped(consumer),
                idle_ms: *idle_ms,
                deliveries: *deliveries,
            })
            .collect(),
    }
}
