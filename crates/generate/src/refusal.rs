//! Why no plan can be made, in words for a person.

use std::fmt;

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The input contradicts itself: a place that is not there, or a foreign key of uneven length.
    Malformed {
        /// The table.
        table: String,
        /// What is wrong, in words.
        what: String,
    },
    /// Tables refer to one another in a ring, and no foreign key of it may be NULL.
    Cycle {
        /// The tables of the ring, each referring to the next and the last to the first.
        tables: Vec<String>,
    },
    /// A unique constraint has fewer values than rows are wanted.
    TooManyRows {
        /// The table.
        table: String,
        /// The columns of the constraint.
        columns: Vec<String>,
        /// The rows wanted.
        rows: u64,
        /// The most rows there can be besides those there are.
        most: u64,
    },
    /// A foreign key that may not be NULL finds no rows to refer to.
    NothingToReferTo {
        /// The table.
        table: String,
        /// The columns of the foreign key.
        columns: Vec<String>,
        /// The table referred to.
        target: String,
    },
    /// A foreign key that may not be NULL refers to values that only the server knows.
    UnforeseenKey {
        /// The table.
        table: String,
        /// The columns of the foreign key.
        columns: Vec<String>,
        /// The table referred to.
        target: String,
    },
    /// Foreign keys or unique constraints share columns in a way that cannot be met together.
    Entangled {
        /// The table.
        table: String,
        /// The columns of the one that cannot be met.
        columns: Vec<String>,
    },
    /// A column that may not be NULL, has no default and is of a type this crate does not know.
    UnknownType {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The column's type and its CHECK constraints leave no value.
    NoValue {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { table, what } => write!(to, "{table}: {what}"),
            Self::Cycle { tables } => {
                let first = tables.first().map(String::as_str).unwrap_or_default();
                write!(
                    to,
                    "{} → {first} refer to one another in a ring, and none of these foreign keys may be NULL",
                    tables.join(" → ")
                )
            }
            Self::TooManyRows { table, columns, rows, most } => write!(
                to,
                "{table}: {rows} rows are wanted, but {} can have only {most} different values",
                listed(columns)
            ),
            Self::NothingToReferTo { table, columns, target } => {
                write!(to, "{table}: {} must refer to a row of {target}, and there is none", listed(columns))
            }
            Self::UnforeseenKey { table, columns, target } => write!(
                to,
                "{table}: {} must refer to {target}, whose key is NULL or known to the server only",
                listed(columns)
            ),
            Self::Entangled { table, columns } => {
                write!(to, "{table}: {} share columns with other keys and cannot be met together", listed(columns))
            }
            Self::UnknownType { table, column } => {
                write!(to, "{table}: {column} may not be NULL and has no default, and no value of its type can be made")
            }
            Self::NoValue { table, column } => {
                write!(to, "{table}: the type and the CHECK constraints of {column} leave no value")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
