//! What the tables are: the input of a plan, as far from any one server's catalog as can be.

use std::collections::BTreeMap;

use crate::calendar::Day;

/// A table that rows are wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name, which also decides what the rows hold: another name gives other rows.
    pub name: String,
    /// How many rows are wanted.
    pub rows: u64,
    /// How many rows are there already. The rows made are numbered on after them, so that texts made in an earlier run
    /// with the same seed do not come again; 0 for an empty table.
    pub existing: u64,
    /// The columns, in the table's order.
    pub columns: Vec<Column>,
    /// The primary key and the unique constraints, as places of columns.
    pub unique: Vec<Vec<usize>>,
    /// The foreign keys.
    pub foreign: Vec<Foreign>,
    /// The CHECK constraints, as the server prints them.
    pub checks: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name; its words tell what the values are about.
    pub name: String,
    /// What the column holds.
    pub kind: Kind,
    /// Whether it may be NULL. Columns of a primary key may not.
    pub nullable: bool,
    /// Whether the server makes the value of every row itself and takes none (a generated column).
    pub skipped: bool,
    /// Whether the server has a value when none is given.
    pub has_default: bool,
    /// Whether the server would number the rows (identity, serial, `AUTO_INCREMENT`, rowid). The rows carry numbers all
    /// the same, so that others can refer to them: one after the other from [`Basis::starts`].
    pub automatic: bool,
}

/// What a column holds, and how the server reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// True or false, in the words the server reads.
    Boolean {
        /// The word for true.
        yes: String,
        /// The word for false.
        no: String,
    },
    /// Whole numbers between two bounds, both included.
    Integer {
        /// The least number the type holds.
        min: i128,
        /// The greatest number the type holds.
        max: i128,
    },
    /// Decimal numbers with a fixed count of digits after the point.
    Decimal {
        /// All digits; `None` when the type sets no limit.
        precision: Option<u32>,
        /// The digits after the point.
        scale: u32,
    },
    /// Binary floating point numbers.
    Float,
    /// Texts.
    Text {
        /// The most characters; `None` when there is no limit.
        max: Option<u32>,
        /// Whether only ASCII can be stored (a column whose character set is small).
        ascii: bool,
    },
    /// One of some words: an enumeration.
    Choice(Vec<String>),
    /// A day: `2024-02-29`.
    Date,
    /// A time of day: `23:59:59`.
    Time,
    /// A day and time: `2024-02-29 23:59:59`.
    Timestamp,
    /// A day and time with its offset from UTC, which is always zero: `2024-02-29 23:59:59+00`.
    TimestampTz,
    /// A span of time: `3 days 04:05:06`.
    Interval,
    /// A UUID of version 4.
    Uuid,
    /// A JSON object.
    Json,
    /// Bytes in hexadecimal.
    Bytes {
        /// What stands before the digits.
        form: BytesForm,
        /// The most bytes; `None` when there is no limit.
        max: Option<u32>,
    },
    /// A list in PostgreSQL's notation: `{1,2}`. A list of lists is given as a list.
    Array(Box<Kind>),
    /// A type this crate does not know: only NULL or the default can be given.
    Other,
}

/// How hexadecimal bytes begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BytesForm {
    /// `\x00ff`, as PostgreSQL reads it.
    Backslash,
    /// `0x00FF`, as MySQL and SQL Server read it.
    Zero,
    /// `00ff`.
    Plain,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The places of its columns.
    pub columns: Vec<usize>,
    /// What it refers to.
    pub to: Referred,
}

/// What a foreign key refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referred {
    /// Rows that are made together with these; the table itself too.
    Table {
        /// The place of the table in the list.
        table: usize,
        /// The places of its columns, one for each column of the foreign key.
        columns: Vec<usize>,
    },
    /// Rows that are there already.
    Existing {
        /// The name of their table, for the words of a preview.
        name: String,
        /// Keys, each with one value for each column of the foreign key. Empty when the table is.
        keys: Vec<Vec<String>>,
    },
}

/// What the rows follow from besides the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The same number gives the same rows.
    pub seed: u64,
    /// The day that counts as today: dates lie in the years before it.
    pub anchor: Day,
    /// The first free number of an automatic column (one more than the greatest in the table), by the places of table
    /// and column; 1 where nothing is said. A number for another unique whole-number column makes it count as well.
    pub starts: BTreeMap<(usize, usize), i128>,
}
