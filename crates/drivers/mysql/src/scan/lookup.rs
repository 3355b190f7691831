//! Statements around foreign keys: how many rows refer, up to a cap, and rows to choose one from.

use catalog::{Catalog, ObjectKey};
use driver::{Error, Filter, Lookup, Statement};

use super::{Form, column_of, condition, conditions, find, from, push_where, reference};

pub(super) fn count_up_to(
    catalog: &Catalog,
    relation: &ObjectKey,
    filters: &[Filter],
    cap: u32,
) -> Result<Statement, Error> {
    let relation = find(catalog, relation)?;
    let mut inner = format!("SELECT 1 FROM {}", from(relation));
    push_where(&mut inner, &conditions(relation.columns(), filters)?);
    Ok(Statement::new(format!("SELECT COUNT(*)\nFROM ({inner}\nLIMIT {cap}) AS counted")))
}

pub(super) fn lookup(catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
    let relation = find(catalog, &request.relation)?;
    let columns = relation.columns();
    let mut wanted = Vec::new();
    for word in &request.words {
        let part = |filter: Filter| condition(column_of(columns, &filter.column)?, &filter);
        let either = request.filters_of(word).map(part).collect::<Result<Vec<String>, Error>>()?;
        if !either.is_empty() {
            wanted.push(format!("({})", either.join(" OR ")));
        }
    }
    let mut outputs = Vec::new();
    let mut order = Vec::new();
    for name in &request.key {
        let column = column_of(columns, name)?;
        let reference = reference(&column.name);
        // Bytes as the literal that a filter takes.
        outputs.push(match Form::of(column) {
            Form::Bytes => format!("CONCAT('0x', HEX({reference}))"),
            Form::Numbered if column.native_type.starts_with("bit") => format!("{reference} + 0"),
            _ => reference.clone(),
        });
        order.push(reference);
    }
    for name in &request.labels {
        let reference = reference(&column_of(columns, name)?.name);
        outputs.push(format!("LEFT(CONVERT({reference} USING utf8mb4), {})", Lookup::LABEL_CHARACTERS));
    }
    let mut text = format!("SELECT {}\nFROM {}", outputs.join(", "), from(relation));
    push_where(&mut text, &wanted);
    if !order.is_empty() {
        text.push_str(&format!("\nORDER BY {}", order.join(", ")));
    }
    text.push_str(&format!("\nLIMIT {}", request.limit));
    Ok(Statement::new(text))
}

/// A held value as a filter takes it: bytes in hexadecimal, bits as their number.
pub(super) fn value(native_type: &str, value: &[u8]) -> Option<String> {
    use std::fmt::Write;
    match Form::of_type(native_type) {
        Form::Bytes => {
            let mut text = String::with_capacity(value.len() * 2 + 2);
            text.push_str("0x");
            for byte in value {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02X}");
            }
            Some(text)
        }
        Form::Numbered if native_type.starts_with("bit") && value.len() <= 8 => {
            Some(value.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)).to_string())
        }
        _ => None,
    }
}
