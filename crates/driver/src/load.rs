//! Rows from a file into a table.
//!
//! The algorithm that reads files and steers transactions asks three things of a database: what a column of some kind is called,
//! how a table is made, and how some rows are sent. Values are text the server reads for the column's type.

use catalog::ObjectKey;
use serde::{Deserialize, Serialize};

use crate::Statement;

/// What all values of a file's column are. Each database has a type that holds every one of them exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ColumnKind {
    /// `true` and `false`, or `t` and `f`, in any case.
    Boolean,
    /// Whole numbers of 32 bits.
    Integer,
    /// Whole numbers of 64 bits.
    BigInteger,
    /// Digits with a point, at most so many.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits behind the point.
        scale: u32,
    },
    /// Numbers with an exponent, that a double keeps.
    Float,
    /// `2026-11-21`.
    Date,
    /// `23:59:59.5`.
    Time,
    /// A date and a time.
    Timestamp,
    /// A date and a time with an offset.
    TimestampTz,
    /// A UUID.
    Uuid,
    /// JSON objects and arrays.
    Json,
    /// Anything else.
    Text,
}

/// A column of a new table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewColumn {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it ([`Load::native_type`], or what a person wrote instead).
    pub native_type: String,
}

/// What the text of a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadForm {
    /// What the server reads for the column's type.
    #[default]
    Text,
    /// `true` and `false` in words, for databases without such a type.
    Boolean,
    /// Hexadecimal digits of bytes, for databases that read no notation of them from a text.
    Bytes,
}

/// A column that rows are sent for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadColumn {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub form: LoadForm,
}

/// How many rows go into one statement at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadChunk {
    /// Rows.
    pub rows: usize,
    /// Bytes of their values; one row may be longer.
    pub bytes: usize,
}

/// Rows of a chunk: every value of every row, one after the other; `None` is NULL.
pub struct LoadRows<'a> {
    /// The values, as many per row as there are columns.
    pub values: &'a [Option<&'a str>],
    /// How many columns.
    pub columns: usize,
}

impl<'a> LoadRows<'a> {
    /// The rows.
    pub fn iter(&self) -> impl Iterator<Item = &'a [Option<&'a str>]> {
        self.values.chunks(self.columns.max(1))
    }
}

/// Rows into tables.
pub trait Load: Send + Sync {
    /// The type that holds every value of this kind as it is.
    fn native_type(&self, kind: ColumnKind) -> String;

    /// Whether making a table can be rolled back. Where not, a trial uses [`Load::create_table`] with `temporary`.
    fn transactional_tables(&self) -> bool {
        true
    }

    /// The statement that makes a table; `temporary` for one that only this session sees.
    fn create_table(&self, table: &ObjectKey, columns: &[NewColumn], temporary: bool) -> String;

    /// The statement that drops a table which this import has made.
    fn drop_table(&self, table: &ObjectKey) -> String;

    /// How much goes into one statement.
    fn chunk(&self) -> LoadChunk;

    /// The statement that appends these rows. Its count of affected rows is theirs.
    fn append(&self, table: &ObjectKey, columns: &[LoadColumn], rows: &LoadRows<'_>) -> Statement;

    /// Whether every value of [`LoadForm::Boolean`] may as well be sent as [`LoadForm::Text`]: then rows can be sent to a table
    /// that is there before all of them were looked at.
    fn reads_booleans(&self) -> bool {
        false
    }

    /// What is recorded of it: the statement without its rows.
    fn summary(&self, table: &ObjectKey, columns: &[LoadColumn]) -> String;

    /// Whether a warning of the server means that a value was changed on its way in.
    fn warnings_change_values(&self) -> bool {
        false
    }

    /// The row of the chunk, from 0, that an error's own words point at.
    fn row_of(&self, _error: &crate::Error) -> Option<usize> {
        None
    }
}

/// A table's name as this dialect writes it, its parts always in quotes.
pub fn quoted_table(dialect: &sql::Dialect, table: &ObjectKey) -> String {
    let parts = table.schema.iter().chain([&table.name]).map(|part| dialect.quote_identifier(part));
    parts.collect::<Vec<_>>().join(".")
}

/// Names of columns between parentheses.
pub fn quoted_columns<'a>(dialect: &sql::Dialect, columns: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = columns.into_iter().map(|name| dialect.quote_identifier(name)).collect();
    format!("({})", names.join(", "))
}

/// `CREATE TABLE` in the words all of them have.
pub fn create_table(dialect: &sql::Dialect, table: &ObjectKey, columns: &[NewColumn], temporary: bool) -> String {
    let lines: Vec<String> = columns
        .iter()
        .map(|column| format!("  {} {}", dialect.quote_identifier(&column.name), column.native_type))
        .collect();
    let kind = if temporary { "TEMPORARY TABLE" } else { "TABLE" };
    format!("CREATE {kind} {} (\n{}\n)", quoted_table(dialect, table), lines.join(",\n"))
}

/// `INSERT` of several rows, each value written by `literal`.
pub fn insert(
    dialect: &sql::Dialect,
    table: &ObjectKey,
    columns: &[LoadColumn],
    rows: &LoadRows<'_>,
    literal: impl Fn(&LoadColumn, &str, &mut String),
) -> Statement {
    let names = quoted_columns(dialect, columns.iter().map(|column| column.name.as_str()));
    let mut text = format!("INSERT INTO {} {names} VALUES ", quoted_table(dialect, table));
    for (index, row) in rows.iter().enumerate() {
        text.push_str(if index == 0 { "(" } else { ", (" });
        for (at, (column, value)) in columns.iter().zip(row).enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            match value {
                None => text.push_str("NULL"),
                Some(value) => literal(column, value, &mut text),
            }
        }
        text.push(')');
    }
    Statement::new(text)
}

/// The literal of bytes in the words most of them have; `None` for what are no digits of bytes.
pub fn bytes_literal(digits: &str) -> Option<String> {
    let whole = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    whole.then(|| format!("X'{digits}'"))
}

/// `1` or `0` for a boolean in words.
pub fn boolean_digit(value: &str) -> Option<&'static str> {
    match value.as_bytes().first() {
        Some(b't' | b'T') => Some("1"),
        Some(b'f' | b'F') => Some("0"),
        _ => None,
    }
}
