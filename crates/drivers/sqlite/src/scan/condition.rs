//! WHERE: what a person filters by.

use catalog::Column;
use driver::{Code, Comparison, Condition, Error, Filter};

use super::{column_of, reference};
use crate::{
    quote,
    types::{self, Affinity, Number},
};

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
    let compared = |operator: &str| first().map(|value| format!("{key} {operator} {}", literal(column, value)));
    Ok(match filter.comparison {
        Comparison::Equal => format!("{key} IN ({})", literals(column, std::slice::from_ref(first()?))),
        Comparison::NotEqual => {
            format!("({key} NOT IN ({}) OR {key} IS NULL)", literals(column, std::slice::from_ref(first()?)))
        }
        Comparison::In => format!("{key} IN ({})", literals(column, &filter.values)),
        Comparison::NotIn => format!("({key} NOT IN ({}) OR {key} IS NULL)", literals(column, &filter.values)),
        Comparison::Between => {
            let last = || Error::new(Code::InvalidStatement, format!("The filter on {} has one value.", column.name));
            let (from, to) = (first()?, filter.values.get(1).ok_or_else(last)?);
            format!("{key} BETWEEN {} AND {}", literal(column, from), literal(column, to))
        }
        Comparison::Less => compared("<")?,
        Comparison::LessOrEqual => compared("<=")?,
        Comparison::Greater => compared(">")?,
        Comparison::GreaterOrEqual => compared(">=")?,
        Comparison::Contains => format!("instr(lower({key}), lower({})) > 0", quote::text(first()?)),
        Comparison::NotContains => {
            format!("coalesce(instr(lower({key}), lower({})), 0) = 0", quote::text(first()?))
        }
        Comparison::EndsWith if first()?.is_empty() => format!("{key} IS NOT NULL"),
        Comparison::EndsWith => {
            let value = first()?;
            format!("substr(lower({key}), -{}) = lower({})", value.chars().count(), quote::text(value))
        }
        Comparison::StartsWith => {
            let value = first()?;
            format!("substr(lower({key}), 1, {}) = lower({})", value.chars().count(), quote::text(value))
        }
        Comparison::Like => format!("{key} LIKE {}", quote::text(first()?)),
        Comparison::IsEmpty => format!("length(CAST({key} AS BLOB)) = 0"),
        Comparison::IsNotEmpty => format!("length(CAST({key} AS BLOB)) > 0"),
        Comparison::IsNull => format!("{key} IS NULL"),
        Comparison::IsNotNull => format!("{key} IS NOT NULL"),
    })
}

/// A value to order by: a column that keeps values as they are compares numbers with numbers.
fn literal(column: &Column, value: &str) -> String {
    match Affinity::of(&column.native_type) {
        Affinity::Blob => spelled(value).unwrap_or_else(|| quote::text(value)),
        // The column's affinity turns the text into a number where it is one.
        _ => quote::text(value),
    }
}

/// Values to be equal to: in a column that keeps values as they are, both the number and the text.
fn literals(column: &Column, values: &[String]) -> String {
    let free = Affinity::of(&column.native_type) == Affinity::Blob;
    let all: Vec<String> = values
        .iter()
        .flat_map(|value| {
            let other = if free { spelled(value) } else { None };
            other.into_iter().chain([quote::text(value)])
        })
        .collect();
    all.join(", ")
}

/// The number or the blob literal a text spells.
fn spelled(value: &str) -> Option<String> {
    match types::number(value) {
        Some(Number::Integer(i64::MIN)) => Some("(-9223372036854775807 - 1)".to_owned()),
        Some(Number::Integer(_) | Number::Real(_)) => Some(value.to_owned()),
        None => {
            let digits = value.strip_prefix(['x', 'X'])?.strip_prefix('\'')?.strip_suffix('\'')?;
            let whole = digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            whole.then(|| format!("x'{digits}'"))
        }
    }
}
