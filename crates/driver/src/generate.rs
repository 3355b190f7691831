//! What made-up rows need to know of a database.
//!
//! The rows themselves are made without any server, by types and names; here a database says what its types hold, how its numbering
//! goes on, and how what is there is asked for.

use catalog::{Catalog, Column, ObjectKey};
use generate::Kind;
use sql::Dialect;

use crate::{LoadForm, load::quoted_table};

/// What a column takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takes {
    /// What it holds.
    pub kind: Kind,
    /// How its values are sent.
    pub form: LoadForm,
    /// What its type demands beyond the table's own constraints (a domain's), said of the column by its name.
    pub checks: Vec<String>,
    /// Whether its type takes no NULL, whatever the column says.
    pub required: bool,
}

impl Takes {
    /// Values sent as they are written, and nothing demanded.
    pub fn of(kind: Kind) -> Self {
        Takes { kind, form: LoadForm::Text, checks: Vec::new(), required: false }
    }
}

/// What made-up rows need to know of a database. Values asked for come back as texts that [`crate::Load`] sends again.
pub trait Generate: Send + Sync {
    /// The catalog's dialect.
    fn dialect(&self) -> &Dialect;

    /// What a column takes. The catalog holds the relation with columns and constraints, and the types.
    fn takes(&self, catalog: &Catalog, column: &Column) -> Takes;

    /// What the session is told before any rows, so that they mean the same everywhere.
    fn settings(&self) -> &'static [&'static str] {
        &[]
    }

    /// The statement that counts a table's rows.
    fn count(&self, table: &ObjectKey) -> String {
        format!("SELECT count(*) FROM {}", quoted_table(self.dialect(), table))
    }

    /// The statement that asks for the greatest value of each of these columns, in one row.
    fn greatest(&self, table: &ObjectKey, columns: &[&str]) -> String {
        let greatest = columns.iter().map(|column| format!("max({})", self.dialect().quote_identifier(column)));
        let greatest: Vec<String> = greatest.collect();
        format!("SELECT {} FROM {}", greatest.join(", "), quoted_table(self.dialect(), table))
    }

    /// The statement that asks for the greatest value of a column of numbers that is at most this.
    fn greatest_up_to(&self, table: &ObjectKey, column: &str, most: i128) -> String {
        let name = self.dialect().quote_identifier(column);
        format!("SELECT max({name}) FROM {} WHERE {name} <= {most}", quoted_table(self.dialect(), table))
    }

    /// The statement that asks for the first so many different keys without NULL, in their order. Bytes come as hexadecimal digits
    /// where that is how they are sent.
    fn keys(&self, table: &ObjectKey, columns: &[(&str, LoadForm)], most: u32) -> String {
        let names: Vec<String> = columns.iter().map(|(name, _)| self.dialect().quote_identifier(name)).collect();
        let shown: Vec<String> = columns
            .iter()
            .zip(&names)
            .map(|((_, form), name)| if *form == LoadForm::Bytes { format!("hex({name})") } else { name.clone() })
            .collect();
        let there: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        format!(
            "SELECT {} FROM {} WHERE {} GROUP BY {names} ORDER BY {names} LIMIT {most}",
            shown.join(", "),
            quoted_table(self.dialect(), table),
            there.join(" AND "),
            names = names.join(", "),
        )
    }

    /// The statement after which the server numbers this column on from its greatest value; `None` where it does so by itself.
    fn go_on(&self, _table: &ObjectKey, _column: &Column) -> Option<String> {
        None
    }
}
