//! What MySQL's and MariaDB's types hold, for rows that are made up.

use std::sync::Arc;

use catalog::{Catalog, Column, ConstraintKind};
use driver::{Generate, LoadForm, Takes};
use generate::{BytesForm, Kind};
use sql::Dialect;

use crate::edit::form::choices;

/// Bytes of the shorter long types.
const TINY: u32 = 255;
const ORDINARY: u32 = 65_535;

/// Bytes of a character of `utf8mb4`.
const WIDEST: u32 = 4;

/// MySQL's and MariaDB's types, for rows that are made up.
pub(crate) struct Generating {
    pub(crate) dialect: Arc<Dialect>,
}

impl Generate for Generating {
    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    fn takes(&self, catalog: &Catalog, column: &Column) -> Takes {
        let kind = kind(&column.native_type, is_narrow(catalog, column));
        // MariaDB's JSON is a text with this check.
        let kind = match kind {
            Kind::Text { .. } if is_json(catalog, column) => Kind::Json,
            kind => kind,
        };
        let form = if matches!(kind, Kind::Bytes { .. }) { LoadForm::Bytes } else { LoadForm::Text };
        Takes { form, ..Takes::of(kind) }
    }

    /// A TIMESTAMP is read in the session's zone, and not every time of day is there on every day of it.
    fn settings(&self) -> &'static [&'static str] {
        &["SET time_zone = '+00:00'"]
    }
}

fn is_narrow(catalog: &Catalog, column: &Column) -> bool {
    let schema = catalog
        .relation(column.relation)
        .and_then(|relation| catalog.schemas.get(relation.row().schema.0 as usize))
        .and_then(|schema| schema.collation.as_deref());
    let collation = column.collation.as_deref().or(schema);
    collation.is_some_and(|collation| !collation.starts_with("utf8"))
}

fn is_json(catalog: &Catalog, column: &Column) -> bool {
    let Some(relation) = catalog.relation(column.relation) else { return false };
    let quoted = format!("json_valid(`{}`)", column.name.replace('`', "``"));
    relation
        .constraints()
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::Check)
        .filter_map(|constraint| constraint.definition.value())
        .any(|definition| definition.to_ascii_lowercase().contains(&quoted.to_ascii_lowercase()))
}

fn kind(native: &str, ascii: bool) -> Kind {
    let (name, rest) = native.split_once(['(', ' ']).map_or((native, ""), |(name, _)| (name, native));
    let name = name.to_ascii_lowercase();
    let inner = rest.split_once('(').and_then(|(_, inner)| inner.split_once(')')).map_or("", |(inner, _)| inner);
    let mut numbers = inner.split(',').filter_map(|number| number.trim().parse::<u32>().ok());
    let (first, second) = (numbers.next(), numbers.next());
    let unsigned = rest.to_ascii_lowercase().contains("unsigned");
    let integer = |bits: u32| match unsigned {
        true => Kind::Integer { min: 0, max: (1i128 << bits) - 1 },
        false => Kind::Integer { min: -(1i128 << (bits - 1)), max: (1i128 << (bits - 1)) - 1 },
    };
    let text = |max| Kind::Text { max, ascii };
    let bytes = |max| Kind::Bytes { form: BytesForm::Plain, max };
    match name.as_str() {
        "tinyint" if first == Some(1) && !unsigned => Kind::Boolean { yes: "1".to_owned(), no: "0".to_owned() },
        "tinyint" => integer(8),
        "smallint" => integer(16),
        "mediumint" => integer(24),
        "int" | "integer" => integer(32),
        "bigint" => integer(64),
        "decimal" | "numeric" => {
            Kind::Decimal { precision: Some(first.unwrap_or(10)), scale: second.unwrap_or_default() }
        }
        "float" | "double" | "real" => Kind::Float,
        "char" => text(Some(first.unwrap_or(1))),
        "varchar" => text(first),
        "tinytext" => text(Some(TINY / WIDEST)),
        "text" => text(Some(ORDINARY / WIDEST)),
        "mediumtext" | "longtext" => text(None),
        "binary" => bytes(Some(first.unwrap_or(1))),
        "varbinary" => bytes(first),
        "tinyblob" => bytes(Some(TINY)),
        "blob" => bytes(Some(ORDINARY)),
        "mediumblob" | "longblob" => bytes(None),
        "enum" | "set" => Kind::Choice(choices(native)),
        "date" => Kind::Date,
        "time" => Kind::Time,
        "datetime" | "timestamp" => Kind::Timestamp,
        "year" => Kind::Integer { min: 1901, max: 2155 },
        "json" => Kind::Json,
        "uuid" => Kind::Uuid,
        // The network set aside for documentation (RFC 5737).
        "inet4" => Kind::Choice((1..255).map(|host| format!("192.0.2.{host}")).collect()),
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_by_their_declarations() {
        let text = |max| Kind::Text { max, ascii: false };
        for (native, expected) in [
            ("tinyint(1)", Kind::Boolean { yes: "1".into(), no: "0".into() }),
            ("tinyint(3) unsigned", Kind::Integer { min: 0, max: 255 }),
            ("int(11)", Kind::Integer { min: i32::MIN.into(), max: i32::MAX.into() }),
            ("bigint unsigned", Kind::Integer { min: 0, max: u64::MAX.into() }),
            ("decimal(12,4) unsigned", Kind::Decimal { precision: Some(12), scale: 4 }),
            ("varchar(40)", text(Some(40))),
            ("longtext", text(None)),
            ("enum('a','it''s')", Kind::Choice(vec!["a".into(), "it's".into()])),
            ("binary(16)", Kind::Bytes { form: BytesForm::Plain, max: Some(16) }),
            ("datetime(6)", Kind::Timestamp),
            ("bit(8)", Kind::Other),
            ("geometry", Kind::Other),
        ] {
            assert_eq!(kind(native, false), expected, "{native}");
        }
    }
}
