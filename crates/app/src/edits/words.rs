//! Rules that refused a row, in plain words.

use catalog::{Column, RelationWalker};
use driver::{NewValue, Violation, ViolationKind};

use super::{
    plan::{Doing, Piece},
    target::Target,
};
use crate::api::AppError;

/// Characters of a value that are quoted.
const QUOTED: usize = 60;

/// What a rule says to a person.
pub(super) fn violated(target: &Target, piece: &Piece, violation: &Violation, error: &AppError) -> String {
    let walker = walker(target);
    let columns = &violation.columns;
    let names = columns.join(", ");
    let one = match columns.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    let value = one.and_then(|column| value(piece, column));
    let about = one.and_then(|name| walker?.columns().iter().find(|column| column.name == name));
    match violation.kind {
        ViolationKind::NotNull if !columns.is_empty() => format!("{names} needs a value: it takes no NULL."),
        ViolationKind::NotNull => "A value is missing: a column takes no NULL.".to_owned(),
        ViolationKind::Unique => match (one, value) {
            (Some(column), Some(value)) => format!("{column} {value} is already used by another row."),
            (Some(column), None) => format!("{column} is already used by another row."),
            (None, _) if columns.is_empty() => "Another row has the same key already.".to_owned(),
            (None, _) => format!("Another row has the same {} already.", and(columns)),
        },
        ViolationKind::Reference => reference(target, piece, violation),
        ViolationKind::Referenced => match referring(target, violation) {
            Some(table) => format!("Rows of {table} still refer to this one."),
            None => "Rows of another table still refer to this one.".to_owned(),
        },
        ViolationKind::Check => {
            let constraints = walker.map_or(&[][..], |walker| walker.constraints());
            let found = constraints.iter().find(|own| own.name.is_some() && own.name == violation.constraint);
            let text = found.and_then(|own| own.definition.value().cloned());
            match (text, &violation.constraint) {
                (Some(text), _) => format!("A check of the table does not hold: {text}."),
                (None, Some(name)) => format!("The check {name} of the table does not hold."),
                (None, None) => "A check of the table does not hold.".to_owned(),
            }
        }
        ViolationKind::TooLong => match (one, about.and_then(length)) {
            (Some(column), Some(length)) => {
                format!("{} is longer than the {length} characters {column} takes.", said(value))
            }
            (Some(column), None) => format!("{} is longer than {column} takes.", said(value)),
            (None, _) => "A value is longer than its column takes.".to_owned(),
        },
        ViolationKind::OutOfRange => match (one, about) {
            (Some(column), Some(about)) => {
                format!("{} is outside of what {column} ({}) holds.", said(value), about.native_type)
            }
            _ => "A value is outside of what its column's type holds.".to_owned(),
        },
        ViolationKind::NotOfType => match (one, about) {
            (Some(column), Some(about)) => {
                format!("{} is no value of {column} ({}).", said(value), about.native_type)
            }
            _ => error.message.clone(),
        },
        ViolationKind::RowSecurity => "Row security does not permit this row.".to_owned(),
        ViolationKind::Exclusion if columns.is_empty() => "Another row excludes this one.".to_owned(),
        ViolationKind::Exclusion => format!("Another row excludes this one, by {}.", and(columns)),
    }
}

/// Why a row that holds what it held was not changed all the same.
pub(super) fn not_permitted(target: &Target) -> String {
    let filtered = walker(target)
        .and_then(|walker| walker.row().row_security.value().copied())
        .is_some_and(|security| security.enabled);
    match filtered {
        true => "The row is there, but row security does not let this login change it.",
        false => "The row is there as it was, but the server changed nothing: a trigger or a rule of the table holds it back.",
    }
    .to_owned()
}

pub(super) fn walker(target: &Target) -> Option<RelationWalker<'_>> {
    let found = target.catalog.find_relation(target.relation.schema.as_deref(), &target.relation.name)?;
    target.catalog.relation(found)
}

fn reference(target: &Target, piece: &Piece, violation: &Violation) -> String {
    let keys = walker(target).map_or(&[][..], |walker| walker.foreign_keys());
    let named = keys.iter().find(|key| key.name.is_some() && key.name == violation.constraint);
    let Some(key) = named.or_else(|| keys.iter().find(|key| key.columns == violation.columns)) else {
        return "The row it refers to is not there.".to_owned();
    };
    let table = &key.references.1;
    match (key.columns.as_slice(), key.referenced_columns.as_slice()) {
        ([own], [other]) => match value(piece, own) {
            Some(value) => format!("There is no {table}.{other} {value}."),
            None => format!("The row of {table} that {own} refers to is not there."),
        },
        (own, _) => {
            let values: Vec<String> =
                own.iter().filter_map(|own| Some(format!("{own} {}", value(piece, own)?))).collect();
            format!("There is no row of {table} for {}.", values.join(", "))
        }
    }
}

/// The table whose rows refer to a row that was to go.
fn referring(target: &Target, violation: &Violation) -> Option<String> {
    let name = violation.constraint.as_ref()?;
    let key = target.catalog.foreign_keys.iter().find(|key| key.name.as_ref() == Some(name))?;
    Some(target.catalog.relation(key.relation)?.row().name.clone())
}

/// What a column was to become, as it is quoted; or what it holds.
fn value(piece: &Piece, column: &str) -> Option<String> {
    let set: &[(String, NewValue)] = match &piece.doing {
        Doing::Update(update) => &update.set,
        Doing::Insert(insert) => &insert.values,
        Doing::Delete(_) => &[],
    };
    let new = set.iter().find(|(name, _)| name == column).map(|(_, value)| value);
    let text = match new {
        Some(NewValue::Text(text) | NewValue::Number(text)) => text.as_str(),
        Some(NewValue::Held(held)) => held.text()?,
        Some(_) => return None,
        None => piece.originals().iter().find(|original| original.column == column).and_then(|own| own.value.text())?,
    };
    let plain = !text.is_empty() && text.chars().all(|one| one.is_ascii_alphanumeric() || "-_.@:+".contains(one));
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    Some(if plain { short } else { format!("“{short}”") })
}

fn said(value: Option<String>) -> String {
    value.unwrap_or_else(|| "The value".to_owned())
}

/// The length in a type's name: `character varying(20)`.
fn length(column: &Column) -> Option<u64> {
    let (_, rest) = column.native_type.split_once('(')?;
    let (digits, _) = rest.split_once(')')?;
    digits.trim().parse().ok()
}

/// Columns that are named one by one where some are missing.
const MOST_NAMED: usize = 5;

/// Says which columns a query does not show.
pub(super) fn not_shown(columns: &[String]) -> String {
    match columns.len().checked_sub(MOST_NAMED) {
        Some(more @ 1..) => {
            let named = columns.get(..MOST_NAMED).unwrap_or_default();
            format!("the query does not show {} and {more} more columns", named.join(", "))
        }
        _ => format!("the query does not show {}", and(columns)),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
