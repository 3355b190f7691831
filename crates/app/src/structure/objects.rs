//! What is no part of a table: schemas, types, sequences, extensions, and what is defined by a text as a whole.

use std::collections::BTreeMap;

use catalog::{ObjectKey, ObjectKind};
use schema::{Body, Domain, Engine, Object, Sequence, TypeBody};

use super::{
    editing::{Editing, capital, gone, new},
    naming::{kind_word, words},
};
use crate::api::*;

pub(super) fn make(editing: &mut Editing<'_>, edit: &StructureEdit) -> Result<(), AppError> {
    if let StructureEdit::Text { object, schema, text } = edit {
        return written(editing, object.as_ref(), schema.as_deref(), text);
    }
    let sequence = matches!(edit, StructureEdit::Sequence { .. });
    if editing.engine() != Engine::Postgres && !(sequence && editing.engine() == Engine::MariaDb) {
        let message = format!("This is staged for PostgreSQL only: {}.", what(edit));
        return Err(AppError::new(ErrorCode::Unsupported, message));
    }
    match edit {
        StructureEdit::CreateSchema { name } => {
            let key = editing.named(ObjectKind::Schema, None, name);
            editing.fresh(&key, "The schema")?;
            editing.put_body(&key, Body::Schema);
            editing.label(format!("Create schema {name}"), &key);
            Ok(())
        }
        StructureEdit::Enum { object, schema, name, labels } => {
            if let Some(label) = labels
                .iter()
                .enumerate()
                .find_map(|(place, label)| labels.iter().take(place).any(|other| other == label).then_some(label))
            {
                return Err(wrong(format!("The label “{label}” is there twice.")));
            }
            if let Some(label) = labels.iter().find(|label| label.is_empty() || label.len() > 63) {
                return Err(wrong(format!("“{label}” cannot be a label: it has 1 to 63 bytes.")));
            }
            let body = Body::Type(TypeBody::Enum { labels: labels.clone() });
            whole(editing, (object.as_ref(), schema.as_deref(), name), ObjectKind::Type, body, "enum")
        }
        StructureEdit::Domain { object, schema, name, base, default, not_null, checks } => {
            if base.trim().is_empty() {
                return Err(wrong(format!("“{name}” needs a type that it narrows.")));
            }
            let mut named = BTreeMap::new();
            for (place, check) in checks.iter().enumerate() {
                let usual = format!("{name}_check{}", if place == 0 { String::new() } else { place.to_string() });
                let own = check.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or(usual);
                let Body::Constraint(body) = editing.server().check(&check.expression) else { continue };
                if named.insert(own.clone(), body.text).is_some() {
                    return Err(wrong(format!("Two checks are called “{own}”.")));
                }
            }
            let default = default.clone().filter(|text| !text.trim().is_empty());
            let domain = Domain { base: base.trim().to_owned(), default, not_null: *not_null, checks: named };
            let body = Body::Type(TypeBody::Domain(domain));
            whole(editing, (object.as_ref(), schema.as_deref(), name), ObjectKind::Type, body, "domain")
        }
        StructureEdit::Sequence { object, schema, name, start, increment, minimum, maximum, cycle } => {
            let before = match object {
                Some(object) => match editing.get(&editing.key(object)?)?.body.clone() {
                    Body::Sequence(one) => Some(one),
                    _ => None,
                },
                None => None,
            };
            let mut one = before.unwrap_or(Sequence {
                data_type: None,
                start: None,
                minimum: None,
                maximum: None,
                increment: None,
                cache: None,
                cycle: false,
                owned_by: None,
            });
            one.start = number(start.as_deref(), "first value")?;
            one.increment = number(increment.as_deref(), "step")?;
            one.minimum = number(minimum.as_deref(), "least value")?;
            one.maximum = number(maximum.as_deref(), "greatest value")?;
            one.cycle = *cycle;
            if one.increment == Some(0) {
                return Err(wrong("A sequence cannot step by 0."));
            }
            let body = Body::Sequence(one);
            whole(editing, (object.as_ref(), schema.as_deref(), name), ObjectKind::Sequence, body, "sequence")
        }
        StructureEdit::CreateExtension { name, schema } => {
            let key = editing.named(ObjectKind::Extension, None, name);
            editing.fresh(&key, "The extension")?;
            let schema = schema.clone().filter(|schema| !schema.is_empty());
            editing.put_body(&key, Body::Extension { version: None, schema });
            editing.label(format!("Create extension {name}"), &key);
            Ok(())
        }
        _ => Err(AppError::new(ErrorCode::Unsupported, format!("This is staged otherwise: {}.", what(edit)))),
    }
}

/// Adds what a text defines, or puts it in the place of what is there; under another name that one goes.
fn written(
    editing: &mut Editing<'_>,
    object: Option<&ObjectRef>,
    schema: Option<&str>,
    text: &str,
) -> Result<(), AppError> {
    let old = object.map(|object| editing.key(object)).transpose()?;
    let before = match &old {
        Some(old) => Some((old.clone(), editing.get(old)?.clone())),
        None => None,
    };
    let schema = editing.defined.schema(schema, ObjectKind::Relation);
    let (key, body) = editing
        .server()
        .written(text, schema.as_deref(), before.as_ref().map(|(key, object)| (key, object)))
        .map_err(|why| wrong(why.to_string()))?;
    let Some((old, before)) = before else {
        editing.fresh(&key, &capital(kind_word(key.kind)))?;
        editing.in_schema(&key)?;
        if let Some(table) = new(body.clone()).relation(&key) {
            editing.get(&table)?;
        }
        editing.put(&key, new(body));
        editing.label(format!("Create {}", words(&key)), &key);
        return Ok(());
    };
    if std::mem::discriminant(&before.body) != std::mem::discriminant(&body) {
        return Err(wrong(format!("The text defines something else than “{}”.", words(&old))));
    }
    if old != key {
        // Whose arguments are others is another.
        editing.remove(&old);
        editing.fresh(&key, &capital(kind_word(key.kind)))?;
    }
    editing.put(&key, Object { body, ..before });
    editing.label(format!("Change {}", words(&key)), &key);
    Ok(())
}

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

fn what(edit: &StructureEdit) -> &'static str {
    match edit {
        StructureEdit::CreateSchema { .. } => "a schema",
        StructureEdit::Enum { .. } => "an enum",
        StructureEdit::Domain { .. } => "a domain",
        StructureEdit::Sequence { .. } => "a sequence",
        StructureEdit::CreateExtension { .. } => "an extension",
        _ => "this object",
    }
}

/// Adds an object as a whole, or makes it another, under another name where it says so.
fn whole(
    editing: &mut Editing<'_>,
    (object, schema, name): (Option<&ObjectRef>, Option<&str>, &str),
    kind: ObjectKind,
    body: Body,
    word: &str,
) -> Result<(), AppError> {
    let (key, label): (ObjectKey, String) = match object {
        Some(object) => {
            let old = editing.key(object)?;
            let same = std::mem::discriminant(&editing.get(&old)?.body) == std::mem::discriminant(&body);
            if !same {
                return Err(gone(&old));
            }
            (editing.rename(&old, name)?, format!("Change {word} {}", words(&old)))
        }
        None => {
            let key = editing.named(kind, schema, name);
            editing.fresh(&key, &format!("The {word}"))?;
            editing.in_schema(&key)?;
            (key, format!("Create {word} {name}"))
        }
    };
    editing.put_body(&key, body);
    editing.label(label, &key);
    Ok(())
}

fn number(text: Option<&str>, what: &str) -> Result<Option<i64>, AppError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let number = text.parse().map_err(|_| wrong(format!("The {what} has to be a whole number: {text}.")))?;
    Ok(Some(number))
}
