//! WHERE: what a person filters by.

use catalog::Column;
use driver::{Code, Comparison, Condition, Error, Filter};

use super::{Form, bit, cast, column_of, number, reference};
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
        Condition::All(each) => joined(each, " AND ", "1 = 1"),
        Condition::Any(each) => joined(each, " OR ", "1 = 0"),
        Condition::Text(text) => Ok(Condition::own_lines(text)),
    }
}

/// The text of a column of any type, as it is shown.
pub(super) fn text_of(column: &Column) -> String {
    let reference = reference(&column.name);
    match Form::of(column) {
        Form::Cast | Form::OldMoment => format!("CONVERT(nvarchar(max), {reference}, 121)"),
        Form::Bytes => format!("CONVERT(nvarchar(max), CAST({reference} AS varbinary(max)), 1)"),
        Form::Other if matches!(column.native_type.as_str(), "geography" | "geometry") => {
            format!("{reference}.ToString()")
        }
        _ => format!("CAST({reference} AS nvarchar(max))"),
    }
}

/// One comparison.
pub(super) fn condition(column: &Column, filter: &Filter) -> Result<String, Error> {
    let key = reference(&column.name);
    let first = || {
        let missing = || Error::new(Code::InvalidStatement, format!("The filter on {} has no value.", column.name));
        filter.values.first().ok_or_else(missing)
    };
    // What cannot be compared by itself is compared by its text.
    let plain = if Form::of(column) == Form::Other { text_of(column) } else { key.clone() };
    let compared = |operator: &str| first().map(|value| format!("{plain} {operator} {}", typed(column, value)));
    let like = |pattern: String| format!("LOWER({}) LIKE LOWER({}) ESCAPE '|'", text_of(column), quote::text(&pattern));
    Ok(match filter.comparison {
        Comparison::Equal => compared("=")?,
        Comparison::NotEqual => format!("({} OR {key} IS NULL)", compared("<>")?),
        Comparison::In | Comparison::NotIn => {
            first()?;
            let all: Vec<String> = filter.values.iter().map(|value| typed(column, value)).collect();
            match filter.comparison {
                Comparison::In => format!("{plain} IN ({})", all.join(", ")),
                _ => format!("({plain} NOT IN ({}) OR {key} IS NULL)", all.join(", ")),
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
        Comparison::Contains => like(format!("%{}%", literally(first()?))),
        Comparison::NotContains => {
            format!("(NOT {} OR {key} IS NULL)", like(format!("%{}%", literally(first()?))))
        }
        Comparison::EndsWith => like(format!("%{}", literally(first()?))),
        Comparison::StartsWith => like(format!("{}%", literally(first()?))),
        Comparison::Like => format!("{} LIKE {}", text_of(column), quote::text(first()?)),
        Comparison::IsEmpty => format!("DATALENGTH({key}) = 0"),
        Comparison::IsNotEmpty => format!("DATALENGTH({key}) > 0"),
        Comparison::IsNull => format!("{key} IS NULL"),
        Comparison::IsNotNull => format!("{key} IS NOT NULL"),
    })
}

/// A value a person typed. What is no value of the column's type is the server's to refuse.
fn typed(column: &Column, value: &str) -> String {
    let form = Form::of(column);
    let exact = match form {
        Form::Exact => number(value.trim()),
        Form::Bit => bit(value.trim()).map(str::to_owned),
        Form::Bytes => {
            let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
            let hexadecimal = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
            hexadecimal.map(|digits| cast(&format!("0x{digits}"), &column.native_type))
        }
        Form::Other => Some(quote::text(value)),
        Form::Narrow | Form::Wide | Form::Cast | Form::OldMoment => form.literal(&column.native_type, value).ok(),
    };
    exact.unwrap_or_else(|| quote::text(value))
}

/// A text as a LIKE pattern that matches only itself, where `|` takes a sign's meaning away.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '[' | '|') {
            pattern.push('|');
        }
        pattern.push(sign);
    }
    pattern
}
