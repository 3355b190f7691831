//! Rows into tables, by INSERTs of many rows: `LOAD DATA LOCAL` would change what does not fit and go on.

use std::sync::Arc;

use catalog::ObjectKey;
use driver::{
    ColumnKind, Error, Load, LoadChunk, LoadColumn, LoadForm, LoadRows, NewColumn, Statement,
    load::{boolean_digit, bytes_literal, create_table, insert, quoted_columns, quoted_table},
};
use sql::Dialect;

/// Digits a decimal may have, and those of them behind the point.
const DIGITS: u32 = 65;
const DECIMALS: u32 = 30;

/// MySQL's and MariaDB's way of loading.
pub(crate) struct Loading {
    pub(crate) dialect: Arc<Dialect>,
}

impl Load for Loading {
    fn native_type(&self, kind: ColumnKind) -> String {
        match kind {
            ColumnKind::Boolean => "tinyint(1)".to_owned(),
            ColumnKind::Integer => "int".to_owned(),
            ColumnKind::BigInteger => "bigint".to_owned(),
            ColumnKind::Decimal { precision, scale } if precision <= DIGITS && scale <= DECIMALS => {
                format!("decimal({precision},{scale})")
            }
            ColumnKind::Float => "double".to_owned(),
            ColumnKind::Date => "date".to_owned(),
            ColumnKind::Time => "time(6)".to_owned(),
            ColumnKind::Timestamp => "datetime(6)".to_owned(),
            ColumnKind::Uuid => "char(36)".to_owned(),
            // A JSON column would be written anew by the server, and no type keeps an offset.
            ColumnKind::Decimal { .. } | ColumnKind::TimestampTz | ColumnKind::Json | ColumnKind::Text => {
                "longtext".to_owned()
            }
        }
    }

    fn transactional_tables(&self) -> bool {
        false
    }

    fn create_table(&self, table: &ObjectKey, columns: &[NewColumn], temporary: bool) -> String {
        format!("{} DEFAULT CHARACTER SET utf8mb4", create_table(&self.dialect, table, columns, temporary))
    }

    fn drop_table(&self, table: &ObjectKey) -> String {
        format!("DROP TABLE {}", quoted_table(&self.dialect, table))
    }

    fn chunk(&self) -> LoadChunk {
        // The least packet servers are set to take is 1 MB, and some of it are quotes.
        LoadChunk { rows: 10_000, bytes: 400 << 10 }
    }

    fn append(&self, table: &ObjectKey, columns: &[LoadColumn], rows: &LoadRows<'_>) -> Statement {
        insert(&self.dialect, table, columns, rows, |column, value, text| {
            let literal = match column.form {
                LoadForm::Text => None,
                LoadForm::Boolean => boolean_digit(value).map(str::to_owned),
                LoadForm::Bytes => bytes_literal(value),
            };
            match literal {
                Some(literal) => text.push_str(&literal),
                None => push(value, self.dialect.backslash_escapes, text),
            }
        })
    }

    fn summary(&self, table: &ObjectKey, columns: &[LoadColumn]) -> String {
        let names = quoted_columns(&self.dialect, columns.iter().map(|column| column.name.as_str()));
        format!("INSERT INTO {} {names} VALUES (…)", quoted_table(&self.dialect, table))
    }

    fn row_of(&self, error: &Error) -> Option<usize> {
        // `… for column 'n' at row 3`, in every language a server has messages in but for the words around.
        let message = error.native.as_ref().map_or(error.message.as_str(), |native| native.message.as_str());
        let (_, number) = message.rsplit_once(" at row ")?;
        number.trim_end_matches('.').parse::<usize>().ok()?.checked_sub(1)
    }

    /// Without strict mode a value that does not fit is changed and a warning says so.
    fn warnings_change_values(&self) -> bool {
        true
    }
}

fn push(value: &str, backslash_escapes: bool, text: &mut String) {
    text.push('\'');
    let mut rest = value;
    while let Some(at) = rest.find(|sign| sign == '\'' || sign == '\\' && backslash_escapes) {
        let (plain, behind) = rest.split_at(at);
        text.push_str(plain);
        let sign = behind.get(..1).unwrap_or_default();
        text.push_str(sign);
        text.push_str(sign);
        rest = behind.get(1..).unwrap_or_default();
    }
    text.push_str(rest);
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_row() {
        let loading = Loading { dialect: Arc::new(sql::dialect::mysql().clone()) };
        let row = |message: &str| loading.row_of(&Error::new(driver::Code::ConstraintViolated, message));
        assert_eq!(row("Out of range value for column 'n' at row 3"), Some(2));
        assert_eq!(row("Duplicate entry '1' for key 'PRIMARY'"), None);
    }

    #[test]
    fn literals_read_back_as_the_session_escapes() {
        let of = |backslashes| {
            let mut text = String::new();
            push("it's C:\\x", backslashes, &mut text);
            text
        };
        assert_eq!(of(true), "'it''s C:\\\\x'");
        assert_eq!(of(false), "'it''s C:\\x'");
    }
}
