//! What SQLite's columns are declared to hold, for rows that are made up. The declaration only suggests: what a column really
//! takes is anything, but for CHECK constraints and STRICT tables.

use catalog::{Catalog, Column};
use driver::{Generate, LoadForm, Takes};
use generate::{BytesForm, Kind};
use sql::Dialect;

use crate::{dialect::dialect, types::Affinity};

/// Digits after the point where a declaration says none.
const SCALE: u32 = 2;

/// SQLite's types, for rows that are made up.
pub(crate) struct Generating;

impl Generate for Generating {
    fn dialect(&self) -> &Dialect {
        dialect()
    }

    fn takes(&self, _catalog: &Catalog, column: &Column) -> Takes {
        let kind = kind(&column.native_type);
        let form = if matches!(kind, Kind::Bytes { .. }) { LoadForm::Bytes } else { LoadForm::Text };
        Takes { form, ..Takes::of(kind) }
    }
}

fn kind(declared: &str) -> Kind {
    let upper = declared.to_ascii_uppercase();
    let (name, inner) = upper.split_once('(').map_or((upper.as_str(), ""), |(name, inner)| (name, inner));
    let mut numbers = inner.trim_end_matches(')').split(',').filter_map(|number| number.trim().parse::<u32>().ok());
    let (first, second) = (numbers.next(), numbers.next());
    let text = Kind::Text { max: first, ascii: false };
    let has = |part: &str| name.contains(part);
    // What people call things comes before what SQLite makes of the name: a DATETIME is NUMERIC to it.
    match Affinity::of(&upper) {
        _ if has("BOOL") => Kind::Boolean { yes: "1".to_owned(), no: "0".to_owned() },
        _ if has("DATETIME") || has("TIMESTAMP") => Kind::Timestamp,
        _ if has("INTERVAL") => text,
        _ if has("DATE") => Kind::Date,
        _ if has("TIME") => Kind::Time,
        _ if has("UUID") || has("GUID") => Kind::Uuid,
        _ if has("JSON") => Kind::Json,
        Affinity::Integer => Kind::Integer { min: i64::MIN.into(), max: i64::MAX.into() },
        Affinity::Text => text,
        Affinity::Real => Kind::Float,
        Affinity::Blob if has("BLOB") => Kind::Bytes { form: BytesForm::Plain, max: first },
        Affinity::Blob => Kind::Text { max: None, ascii: false },
        Affinity::Numeric => {
            let scale = second.unwrap_or(if first.is_some() { 0 } else { SCALE });
            // More digits than a double keeps would come back as others.
            Kind::Decimal { precision: Some(first.unwrap_or(12).min(15)), scale }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_suggest_what_a_column_holds() {
        let text = |max| Kind::Text { max, ascii: false };
        for (declared, expected) in [
            ("INTEGER", Kind::Integer { min: i64::MIN.into(), max: i64::MAX.into() }),
            ("varchar(20)", text(Some(20))),
            ("", text(None)),
            ("boolean", Kind::Boolean { yes: "1".into(), no: "0".into() }),
            ("DATETIME", Kind::Timestamp),
            ("date", Kind::Date),
            ("DECIMAL(10,2)", Kind::Decimal { precision: Some(10), scale: 2 }),
            ("numeric", Kind::Decimal { precision: Some(12), scale: 2 }),
            ("BLOB", Kind::Bytes { form: BytesForm::Plain, max: None }),
        ] {
            assert_eq!(kind(declared), expected, "{declared}");
        }
    }
}
