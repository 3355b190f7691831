//! WHERE: what a person filters by.

use catalog::Column;
use driver::{Code, Comparison, Condition, Error, Filter};

use super::{Form, column_of, number, reference};
use crate::quote;

/// Conditions, all of which must hold. A text comes first: so its place in the statement is known.
pub(super) fn every(columns: &[Column], all: &[Condition]) -> Result<Vec<String>, Error> {
    let is_text = |one: &&Condition| matches!(one, Condition::Text(_));
    let in_order = all.iter().filter(is_text).chain(all.iter().filter(|one| !is_text(one)));
    in_order.map(|one| tree(columns, one)).collect()
}

fn tree(columns: &[Column], one: &Condition) -> Result<String, Error> {
    let joined = |each: &[Condition], word: &str, none: &str| -> Result<String, Error> {
        let parts = each.iter().map(|one| tree(columns, one)).collect::<Result<Vec<String>, Error>>()?;
        Ok(if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(word)) })
    };
    match one {
        Condition::One(filter) => condition(column_of(columns, &filter.column)?, filter),
        Condition::All(each) => joined(each, " AND ", "1"),
        Condition::Any(each) => joined(each, " OR ", "0"),
        Condition::Text(text) => Ok(Condition::own_lines(text)),
    }
}

pub(super) fn conditions(columns: &[Column], filters: &[Filter]) -> Result<Vec<String>, Error> {
    filters.iter().map(|filter| condition(column_of(columns, &filter.column)?, filter)).collect()
}

/// One comparison.
pub(super) fn condition(column: &Column, filter: &Filter) -> Result<String, Error> {
    let key = reference(&column.name);
    let first = || {
        let missing = || Error::new(Code::InvalidStatement, format!("The filter on {} has no value.", column.name));
        filter.values.first().ok_or_else(missing)
    };
    let plain = key.clone();
    let compared = |operator: &str| first().map(|value| format!("{plain} {operator} {}", typed(column, value)));
    // A FLOAT holds more digits than it prints, and nobody types those.
    let (key, typed_equal): (String, fn(&Column, &str) -> String) = match Form::of(column) {
        Form::Float => (format!("CONCAT({key})"), |_, value| quote::text(value.trim())),
        _ => (key.clone(), typed),
    };
    // A text of any column, compared without regard to case.
    let text = || format!("CONVERT({plain} USING utf8mb4)");
    let folded = |value: &str| format!("{} COLLATE utf8mb4_general_ci", quote::text(value));
    Ok(match filter.comparison {
        Comparison::Equal => format!("{key} = {}", typed_equal(column, first()?)),
        Comparison::NotEqual => format!("NOT ({key} <=> {})", typed_equal(column, first()?)),
        Comparison::In | Comparison::NotIn => {
            first()?;
            let all: Vec<String> = filter.values.iter().map(|value| typed_equal(column, value)).collect();
            match filter.comparison {
                Comparison::In => format!("{key} IN ({})", all.join(", ")),
                _ => format!("({key} IN ({})) IS NOT TRUE", all.join(", ")),
            }
        }
        Comparison::Between => {
            let last = || Error::new(Code::InvalidStatement, format!("The filter on {} has one value.", column.name));
            let (from, to) = (first()?, filter.values.get(1).ok_or_else(last)?);
            format!("{plain} BETWEEN {} AND {}", typed(column, from), typed(column, to))
        }
        Comparison::Less => compared("<")?,
        Comparison::LessOrEqual => compared("<=")?,
        Comparison::Greater => compared(">")?,
        Comparison::GreaterOrEqual => compared(">=")?,
        Comparison::Contains => format!("LOCATE({}, {}) > 0", folded(first()?), text()),
        Comparison::NotContains => format!("(LOCATE({}, {}) > 0) IS NOT TRUE", folded(first()?), text()),
        // By its pattern: two texts are compared as if spaces followed the shorter one.
        Comparison::EndsWith => format!("{} LIKE {} ESCAPE '|'", text(), folded(&format!("%{}", literally(first()?)))),
        Comparison::StartsWith => format!("LOCATE({}, {}) = 1", folded(first()?), text()),
        Comparison::Like => format!("{} LIKE {}", text(), quote::text(first()?)),
        Comparison::IsEmpty => format!("LENGTH({plain}) = 0"),
        Comparison::IsNotEmpty => format!("LENGTH({plain}) > 0"),
        Comparison::IsNull => format!("{key} IS NULL"),
        Comparison::IsNotNull => format!("{key} IS NOT NULL"),
    })
}

/// A value a person typed.
fn typed(column: &Column, value: &str) -> String {
    match Form::of(column) {
        Form::Exact | Form::Float => number(value.trim()).unwrap_or_else(|| quote::text(value)),
        Form::Numbered if column.native_type.starts_with("bit") => {
            number(value.trim()).unwrap_or_else(|| quote::text(value))
        }
        Form::Bytes => {
            let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")).unwrap_or_default();
            let hexadecimal = !digits.is_empty()
                && digits.len().is_multiple_of(2)
                && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if hexadecimal { format!("X'{digits}'") } else { quote::text(value) }
        }
        Form::Numbered | Form::Text => quote::text(value),
    }
}

/// A text as a LIKE pattern that matches only itself, where `|` takes a sign's meaning away.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '|') {
            pattern.push('|');
        }
        pattern.push(sign);
    }
    pattern
}
