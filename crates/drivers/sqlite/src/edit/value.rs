//! Values as literals that are read back exactly, and conditions that hold for exactly one value.

use std::cell::RefCell;

use catalog::Column;
use driver::{CellValue, Code, Error, arrow::CellClass};
use rusqlite::Connection;

use super::Part;
use crate::{quote, real::real_text, types::Affinity};

/// How values are written for one file.
#[derive(Clone, Copy)]
pub(crate) struct Spelling {
    /// Whether the file keeps its texts in UTF-8.
    pub(crate) utf8: bool,
}

impl Spelling {
    /// A text.
    pub(crate) fn text(self, text: &str) -> String {
        if !text.contains('\0') {
            return quote::text(text);
        }
        // A statement ends at a NUL, and bytes cast to text are read in the file's encoding, whatever that is.
        let parts: Vec<String> = text.split('\0').map(quote::text).collect();
        format!("({})", parts.join(" || char(0) || "))
    }

    /// Bytes that are declared text and are none.
    fn invalid_text(self, bytes: &[u8]) -> Result<String, Error> {
        if self.utf8 {
            // Without the plus the cast would lend its affinity to what it is compared with.
            Ok(format!("+CAST({} AS TEXT)", quote::bytes(bytes)))
        } else {
            Err(Error::new(Code::Unsupported, "The text is no valid UTF-16, so that it cannot be written as it is."))
        }
    }

    /// A held value, so that it reads back as the same class and bytes.
    pub(crate) fn value(self, held: &CellValue, affinity: Affinity) -> Result<String, Error> {
        let Some(bytes) = held.bytes.as_deref() else { return Ok("NULL".to_owned()) };
        match held.class() {
            Some(CellClass::Null | CellClass::Missing) => Ok("NULL".to_owned()),
            Some(CellClass::Bytes) => Ok(quote::bytes(bytes)),
            Some(CellClass::Integer | CellClass::Real) => number(&digits(bytes)?, affinity),
            Some(CellClass::Text | CellClass::InvalidText) | None => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(self.text(text)),
                Err(_) => self.invalid_text(bytes),
            },
        }
    }

    /// The condition that this column holds exactly this.
    pub(crate) fn holds(
        self,
        reference: &str,
        column: &Column,
        affinity: Affinity,
        value: &CellValue,
    ) -> Result<String, Error> {
        let literal = self.value(value, Affinity::Blob)?;
        let class = if value.bytes.is_none() { CellClass::Null } else { value.class().unwrap_or(CellClass::Text) };
        Ok(exactly(reference, &literal, class, affinity, column.collation.is_some(), "IS"))
    }

    /// The condition that a part of the key is exactly this.
    pub(crate) fn is(self, part: &Part, text: &str) -> Result<String, Error> {
        let reference = part.reference("t");
        if part.rowid {
            return Ok(format!("{reference} = {}", row_number(text)?));
        }
        let (literal, class) = key_value(text, self)?;
        let exactly = exactly(&reference, &literal, class, part.affinity, part.collated, "=");
        let plain = format!("{reference} = {literal}");
        // What no index can answer is said a second time in a way that one can.
        Ok(if exactly.starts_with(&plain) && !part.collated { exactly } else { format!("{plain} AND {exactly}") })
    }
}

/// Compares by class and bytes.
///
/// A column's affinity would turn a literal of another class into its own, so the column's is taken away by a plus where that
/// could make two different values alike; a number is told from an equal one of the other kind by its class.
fn exactly(
    reference: &str,
    literal: &str,
    class: CellClass,
    affinity: Affinity,
    collated: bool,
    operator: &str,
) -> String {
    let numeric = matches!(affinity, Affinity::Integer | Affinity::Real | Affinity::Numeric);
    match class {
        CellClass::Null | CellClass::Missing => format!("{reference} IS NULL"),
        CellClass::Bytes => format!("{reference} {operator} {literal}"),
        CellClass::Integer | CellClass::Real => {
            let name = if class == CellClass::Integer { "integer" } else { "real" };
            let bare = if affinity == Affinity::Text { "+" } else { "" };
            format!("{bare}{reference} {operator} {literal} AND typeof({reference}) = '{name}'")
        }
        CellClass::Text | CellClass::InvalidText => {
            let bare = if numeric { "+" } else { "" };
            let binary = if collated { " COLLATE BINARY" } else { "" };
            format!("{bare}{reference} {operator} {literal}{binary}")
        }
    }
}

fn wrong_key() -> Error {
    Error::new(Code::InvalidStatement, "The row's key is not one of this table.")
}

fn digits(bytes: &[u8]) -> Result<String, Error> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| not_a_number("bytes"))
}

fn not_a_number(text: &str) -> Error {
    let shown: String = text.chars().take(40).collect();
    Error::new(Code::InvalidStatement, format!("“{shown}” is not a number."))
}

/// A number's digits as a literal. A column of text would print a real with fewer digits than it has, so it is given the digits.
pub(crate) fn number(digits: &str, affinity: Affinity) -> Result<String, Error> {
    let digits = digits.trim();
    match digits {
        "Inf" | "+Inf" => return Ok("9e999".to_owned()),
        "-Inf" => return Ok("-9e999".to_owned()),
        _ => {}
    }
    let whole = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        let value: i64 = digits.parse().map_err(|_| {
            Error::new(Code::InvalidStatement, format!("{digits} is more than an integer of SQLite holds."))
                .with_hint("Write it with a decimal point for the nearest real, or as text to keep its digits.")
        })?;
        if affinity == Affinity::Text {
            return Ok(quote::text(digits));
        }
        return Ok(integer(value));
    }
    if !is_real(digits) {
        return Err(not_a_number(digits));
    }
    if affinity == Affinity::Text {
        return Ok(quote::text(digits));
    }
    digits.parse().map(real).map_err(|_| not_a_number(digits))
}

/// Whether SQLite reads all of this as one real.
fn is_real(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|part| {
        let part = part.strip_prefix(['-', '+']).unwrap_or(part);
        !part.is_empty() && all_digits(part)
    });
    !(before.is_empty() && behind.is_empty()) && all_digits(before) && all_digits(behind) && exponent
}

fn integer(value: i64) -> String {
    // The least integer has no literal: its digits would be read as a real.
    if value == i64::MIN { "(-9223372036854775807 - 1)".to_owned() } else { value.to_string() }
}

thread_local! {
    /// Reads digits as SQLite reads them: seventeen of them are not always enough for it.
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// A real as a literal that SQLite reads as exactly this number.
fn real(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "9e999" } else { "-9e999" }.to_owned();
    }
    if value.is_nan() {
        return "NULL".to_owned();
    }
    let shortest = real_text(value);
    let plain = shortest.len() <= 15 && !shortest.contains('e');
    if plain || read_back(&shortest).is_some_and(|read| read.to_bits() == value.to_bits()) {
        return shortest;
    }
    // From here on by digits that are read exactly: a whole number, and powers of two.
    const STEP: i32 = 62;
    let bits = value.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, mut power) = if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let mut text = format!("({sign}CAST({mantissa} AS REAL)");
    while power != 0 {
        let step = power.clamp(-STEP, STEP);
        let operator = if step > 0 { '*' } else { '/' };
        text.push_str(&format!(" {operator} CAST({} AS REAL)", 1_u64 << step.unsigned_abs()));
        power -= step;
    }
    text.push(')');
    text
}

fn read_back(digits: &str) -> Option<f64> {
    READER.with(|reader| {
        let mut reader = reader.try_borrow_mut().ok()?;
        if reader.is_none() {
            *reader = Connection::open_in_memory().ok();
        }
        let connection = reader.as_ref()?;
        let mut statement = connection.prepare_cached("SELECT CAST(?1 AS REAL)").ok()?;
        statement.query_row([digits], |row| row.get(0)).ok()
    })
}

/// A part of a key, in the form [`crate::scan::encoded`] gives it, as a literal without affinity, and its class.
fn key_value(text: &str, spelling: Spelling) -> Result<(String, CellClass), Error> {
    if let Some(digits) = text.strip_prefix('T') {
        let bytes = bytes_of(digits).ok_or_else(wrong_key)?;
        return match std::str::from_utf8(&bytes) {
            Ok(text) if spelling.utf8 => Ok((spelling.text(text), CellClass::Text)),
            // The bytes are the file's own, whatever its encoding. Without the plus the cast would lend its affinity.
            _ => Ok((format!("+CAST({} AS TEXT)", quote::bytes(&bytes)), CellClass::Text)),
        };
    }
    if let Some(digits) = text.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\'')) {
        let bytes = bytes_of(digits).ok_or_else(wrong_key)?;
        return Ok((quote::bytes(&bytes), CellClass::Bytes));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Ok((integer(value), CellClass::Integer));
    }
    if !is_real(text) {
        return Err(wrong_key());
    }
    let value: f64 = text.parse().map_err(|_| wrong_key())?;
    Ok((real(value), CellClass::Real))
}

/// A row's number as a literal.
///
/// # Errors
/// `InvalidStatement` for what is none.
pub(crate) fn row_number(text: &str) -> Result<String, Error> {
    text.parse().map(integer).map_err(|_| wrong_key())
}

/// A part of a page's position as a literal without affinity, so that comparing converts nothing.
///
/// # Errors
/// `InvalidStatement` for what is none.
pub(crate) fn key_literal(text: &str) -> Result<String, Error> {
    key_value(text, Spelling { utf8: false }).map(|(literal, _)| literal)
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_real_has_a_literal_that_reads_back_as_the_same_bits() {
        let connection = Connection::open_in_memory().unwrap();
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut values = vec![
            0.0,
            -0.0,
            0.1,
            0.1 + 0.2,
            1.0 / 3.0,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            2.225073858507201e-308,
            9007199254740993.0,
            9223372036854775808.0,
            1e23,
            8.5e22,
            123456789012345680.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for _ in 0..20_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            values.push(f64::from_bits(seed));
        }
        for value in values.into_iter().filter(|value| !value.is_nan()) {
            let literal = real(value);
            let read: f64 = connection.query_row(&format!("SELECT {literal}"), [], |row| row.get(0)).unwrap();
            assert_eq!(read.to_bits(), value.to_bits(), "{literal}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "e5", "1e", "1e+", "0x10", "1 2", "1;", "NaN", "12a", "9223372036854775808"] {
            assert!(number(text, Affinity::Blob).is_err(), "{text}");
        }
        for (text, literal) in [("+5", "5"), ("007", "7"), ("1.", "1.0"), (".5", "0.5"), ("-Inf", "-9e999")] {
            assert_eq!(number(text, Affinity::Blob).unwrap(), literal);
        }
        assert_eq!(number("1.50", Affinity::Text).unwrap(), "'1.50'", "text keeps its digits");
    }
}
