//! Rows into tables, by COPY.

use catalog::ObjectKey;
use driver::{
    ColumnKind, CopyFeed, Error, Load, LoadChunk, LoadColumn, LoadRows, NewColumn, Statement,
    load::{create_table, quoted_columns, quoted_table},
};

/// PostgreSQL's way of loading.
pub(crate) struct Loading;

impl Load for Loading {
    fn native_type(&self, kind: ColumnKind) -> String {
        match kind {
            ColumnKind::Boolean => "boolean".to_owned(),
            ColumnKind::Integer => "integer".to_owned(),
            ColumnKind::BigInteger => "bigint".to_owned(),
            // What has more digits than can be declared is declared without.
            ColumnKind::Decimal { precision, .. } if precision > 1000 => "numeric".to_owned(),
            ColumnKind::Decimal { precision, scale } => format!("numeric({precision},{scale})"),
            ColumnKind::Float => "double precision".to_owned(),
            ColumnKind::Date => "date".to_owned(),
            ColumnKind::Time => "time".to_owned(),
            ColumnKind::Timestamp => "timestamp".to_owned(),
            ColumnKind::TimestampTz => "timestamptz".to_owned(),
            ColumnKind::Uuid => "uuid".to_owned(),
            // `jsonb` would drop white space and the order of keys.
            ColumnKind::Json => "json".to_owned(),
            ColumnKind::Text => "text".to_owned(),
        }
    }

    fn create_table(&self, table: &ObjectKey, columns: &[NewColumn], temporary: bool) -> String {
        create_table(sql::dialect::postgres(), table, columns, temporary)
    }

    fn drop_table(&self, table: &ObjectKey) -> String {
        format!("DROP TABLE {}", quoted_table(sql::dialect::postgres(), table))
    }

    fn chunk(&self) -> LoadChunk {
        LoadChunk { rows: 100_000, bytes: 4 << 20 }
    }

    fn append(&self, table: &ObjectKey, columns: &[LoadColumn], rows: &LoadRows<'_>) -> Statement {
        let mut data = Vec::with_capacity(rows.values.iter().map(|value| value.map_or(3, |text| text.len() + 1)).sum());
        for row in rows.iter() {
            for (at, value) in row.iter().enumerate() {
                if at > 0 {
                    data.push(b'\t');
                }
                match value {
                    None => data.extend_from_slice(b"\\N"),
                    Some(text) => push(text.as_bytes(), &mut data),
                }
            }
            data.push(b'\n');
        }
        let mut statement = Statement::new(self.summary(table, columns));
        statement.copy = CopyFeed::Bytes(data.into());
        statement
    }

    fn reads_booleans(&self) -> bool {
        true
    }

    fn summary(&self, table: &ObjectKey, columns: &[LoadColumn]) -> String {
        let dialect = sql::dialect::postgres();
        let names = quoted_columns(dialect, columns.iter().map(|column| column.name.as_str()));
        // The data is UTF-8, whatever the session says.
        format!("COPY {} {names} FROM STDIN (FORMAT text, ENCODING 'UTF8')", quoted_table(dialect, table))
    }

    fn row_of(&self, error: &Error) -> Option<usize> {
        // `COPY t, line 3, column n: "x"`; other words only in other languages.
        let context = error.native.as_ref()?.context.as_deref()?;
        let place = context.lines().find(|line| line.starts_with("COPY "))?;
        // What stands in quotes at the end is a value; a table may be called like a place.
        let place = place.split_once(": \"").map_or(place, |(place, _)| place);
        let (_, rest) = place.split_once(", line ").filter(|(_, rest)| !rest.contains(", line "))?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()?.checked_sub(1)
    }
}

/// Whether nothing of it means anything to COPY, a word at a time; it may be wrong with other control characters.
fn is_plain(text: &[u8]) -> bool {
    const fn word_of(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let (words, rest) = text.as_chunks::<8>();
    let marked = words.iter().fold(0, |marked, word| {
        let word = u64::from_ne_bytes(*word);
        // The high bit of a byte is set where it is below a space, or a backslash, and perhaps of those around it.
        let control = word.wrapping_sub(word_of(b' ')) & !word;
        let backslash = word ^ word_of(b'\\');
        marked | control | backslash.wrapping_sub(word_of(1)) & !backslash
    });
    marked & word_of(0x80) == 0 && rest.iter().all(|byte| *byte >= b' ' && *byte != b'\\')
}

/// As COPY's text format escapes it.
fn push(text: &[u8], data: &mut Vec<u8>) {
    if is_plain(text) {
        data.extend_from_slice(text);
        return;
    }
    let mut plain = 0;
    for (at, byte) in text.iter().enumerate() {
        let escaped = match byte {
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => continue,
        };
        data.extend_from_slice(text.get(plain..at).unwrap_or_default());
        data.extend_from_slice(&[b'\\', escaped]);
        plain = at + 1;
    }
    data.extend_from_slice(text.get(plain..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_errors_context_names_the_row() {
        let error = |context: &str| {
            let native = driver::Native { context: Some(context.to_owned()), ..driver::Native::default() };
            Error::new(driver::Code::InvalidStatement, "no").with_native(native)
        };
        assert_eq!(Loading.row_of(&error("COPY t, line 3, column n: \"x\"")), Some(2));
        assert_eq!(Loading.row_of(&error("PL/pgSQL function f()\nCOPY \"a, line 9\", line 1")), None);
        assert_eq!(Loading.row_of(&error("nothing")), None);
    }

    #[test]
    fn nothing_that_copy_reads_otherwise_passes_for_plain() {
        for around in [b'x', b' ', b'[', b']', 0x7f, 0x80, 0xc3, 0xff] {
            for length in 0..20 {
                let plain = vec![around; length];
                assert!(is_plain(&plain), "{around} {length}");
                for at in 0..length {
                    for sign in *b"\\\n\r\t" {
                        let mut text = plain.clone();
                        *text.get_mut(at).unwrap() = sign;
                        assert!(!is_plain(&text), "{sign} at {at} among {around}");
                    }
                }
            }
        }
    }

    #[test]
    fn values_are_escaped_as_copy_reads_them() {
        let columns = [
            LoadColumn { name: "a\"b".into(), form: driver::LoadForm::Text },
            LoadColumn { name: "c".into(), form: driver::LoadForm::Text },
        ];
        let table = ObjectKey::relation(None, Some("s"), "odd t");
        let values = [Some("a\tb\\N\r\n"), None, Some(""), Some("\\.")];
        let statement = Loading.append(&table, &columns, &LoadRows { values: &values, columns: 2 });
        assert_eq!(
            &*statement.text,
            "COPY \"s\".\"odd t\" (\"a\"\"b\", \"c\") FROM STDIN (FORMAT text, ENCODING 'UTF8')"
        );
        let CopyFeed::Bytes(data) = statement.copy else { unreachable!() };
        assert_eq!(&*data, b"a\\tb\\\\N\\r\\n\t\\N\n\t\\\\.\n");
    }
}
