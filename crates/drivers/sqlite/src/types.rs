//! SQLite's types: the affinity of a declaration and the number a text is.

use rusqlite::types::Value;

use crate::real::real_text;

/// What a column tries to turn its values into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    /// None at all: values stay what they are.
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    /// SQLite's own rules, in its own order.
    pub(crate) fn of(declared: &str) -> Self {
        let upper = declared.to_ascii_uppercase();
        let has = |part: &str| upper.contains(part);
        if has("INT") {
            Affinity::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Affinity::Text
        } else if has("BLOB") || upper.trim().is_empty() || upper == "ANY" {
            Affinity::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Affinity::Real
        } else {
            Affinity::Numeric
        }
    }
}

/// A text as the value it is bound as: see the crate's documentation.
pub(crate) fn literal(text: &str) -> Value {
    match number(text) {
        Some(Number::Integer(value)) => Value::Integer(value),
        Some(Number::Real(value)) => Value::Real(value),
        None => Value::Text(text.to_owned()),
    }
}

/// The number a text is the canonical form of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Real(f64),
}

/// Only texts that come back unchanged from the number count, so that a column of text keeps `007`, `1.50` and `+1`.
pub(crate) fn number(text: &str) -> Option<Number> {
    if text.len() > 24 || !text.bytes().next_back().is_some_and(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Ok(value) = text.parse::<i64>() {
        return (value.to_string() == text).then_some(Number::Integer(value));
    }
    // SQLite turns a real into text with 15 digits, so longer ones stay the text they are.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let value: f64 = text.parse().ok()?;
    (digits <= 15 && !text.contains('e') && real_text(value) == text).then_some(Number::Real(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_numbers_are_numbers() {
        assert_eq!(number("5"), Some(Number::Integer(5)));
        assert_eq!(number("-9223372036854775808"), Some(Number::Integer(i64::MIN)));
        assert_eq!(number("1.5"), Some(Number::Real(1.5)));
        for text in
            ["007", "+5", "-0", "1.50", "1e5", "", " 5", "5 ", "9223372036854775808", "0.30000000000000004", "Inf", "x"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn affinities_follow_sqlites_rules() {
        for (declared, affinity) in [
            ("INTEGER", Affinity::Integer),
            ("FLOATING POINT", Affinity::Integer),
            ("VARCHAR(10)", Affinity::Text),
            ("", Affinity::Blob),
            ("ANY", Affinity::Blob),
            ("double precision", Affinity::Real),
            ("DECIMAL(10,2)", Affinity::Numeric),
            ("DATE", Affinity::Numeric),
        ] {
            assert_eq!(Affinity::of(declared), affinity, "{declared}");
        }
    }
}
