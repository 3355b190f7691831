//! Rows into tables, by INSERTs of many rows.

use catalog::ObjectKey;
use driver::{
    ColumnKind, Load, LoadChunk, LoadColumn, LoadForm, LoadRows, NewColumn, Statement,
    load::{boolean_digit, bytes_literal, create_table, insert, quoted_columns, quoted_table},
};

use crate::dialect::dialect;

/// SQLite's way of loading.
pub(crate) struct Loading;

impl Load for Loading {
    fn native_type(&self, kind: ColumnKind) -> String {
        match kind {
            ColumnKind::Boolean => "BOOLEAN",
            ColumnKind::Integer | ColumnKind::BigInteger => "INTEGER",
            ColumnKind::Float => "REAL",
            // A column of numbers keeps a float's digits only, so exact decimals are text.
            ColumnKind::Decimal { .. }
            | ColumnKind::Date
            | ColumnKind::Time
            | ColumnKind::Timestamp
            | ColumnKind::TimestampTz
            | ColumnKind::Uuid
            | ColumnKind::Json
            | ColumnKind::Text => "TEXT",
        }
        .to_owned()
    }

    fn create_table(&self, table: &ObjectKey, columns: &[NewColumn], temporary: bool) -> String {
        create_table(dialect(), table, columns, temporary)
    }

    fn drop_table(&self, table: &ObjectKey) -> String {
        format!("DROP TABLE {}", quoted_table(dialect(), table))
    }

    fn chunk(&self) -> LoadChunk {
        LoadChunk { rows: 10_000, bytes: 1 << 20 }
    }

    fn append(&self, table: &ObjectKey, columns: &[LoadColumn], rows: &LoadRows<'_>) -> Statement {
        insert(dialect(), table, columns, rows, |column, value, text| {
            let literal = match column.form {
                LoadForm::Text => None,
                LoadForm::Boolean => boolean_digit(value).map(str::to_owned),
                LoadForm::Bytes => bytes_literal(value),
            };
            match literal {
                Some(literal) => text.push_str(&literal),
                None => push(value, text),
            }
        })
    }

    fn summary(&self, table: &ObjectKey, columns: &[LoadColumn]) -> String {
        let names = quoted_columns(dialect(), columns.iter().map(|column| column.name.as_str()));
        format!("INSERT INTO {} {names} VALUES (…)", quoted_table(dialect(), table))
    }
}

fn push(value: &str, text: &mut String) {
    // A NUL would end the statement.
    if value.contains('\0') {
        text.push_str("CAST(X'");
        for byte in value.as_bytes() {
            text.push_str(&format!("{byte:02x}"));
        }
        text.push_str("' AS TEXT)");
        return;
    }
    text.push('\'');
    for (index, part) in value.split('\'').enumerate() {
        if index > 0 {
            text.push_str("''");
        }
        text.push_str(part);
    }
    text.push('\'');
}
