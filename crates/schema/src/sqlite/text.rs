//! A table's text, read.

use sql::TokenKind;

use crate::elements;

/// A table's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableText {
    /// Its columns: names, and what is written behind them.
    pub(crate) columns: Vec<(String, String)>,
    /// Its own constraints: names where they have one, and what is written behind those.
    pub(crate) constraints: Vec<(Option<String>, String)>,
    /// What follows the closing parenthesis (`STRICT`, `WITHOUT ROWID`), in capitals.
    pub(crate) options: Vec<String>,
}

/// Words that begin a constraint of the table; a column of such a name is in quotes
/// (<https://www.sqlite.org/lang_createtable.html>).
const OF_TABLE: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// Reads a text; `None` where it is no list of columns.
pub(crate) fn table(text: &str) -> Option<TableText> {
    let dialect = sql::dialect::sqlite();
    let (items, tail) = elements::of_table(text, dialect)?;
    let mut found = TableText::default();
    for item in &items {
        let words = elements::words(item, dialect, 2);
        let (kind, first) = *words.first()?;
        let is_constraint = kind == TokenKind::Word && OF_TABLE.iter().any(|word| first.eq_ignore_ascii_case(word));
        if !is_constraint {
            found.columns.push((elements::name(first), elements::behind(item, dialect, 1).to_owned()));
        } else if first.eq_ignore_ascii_case("CONSTRAINT") {
            let own = elements::name(words.get(1)?.1);
            found.constraints.push((Some(own), elements::behind(item, dialect, 2).to_owned()));
        } else {
            found.constraints.push((None, item.clone()));
        }
    }
    let options = tail.trim_end_matches(';').split(',').map(str::trim).filter(|option| !option.is_empty());
    found.options = options.map(str::to_ascii_uppercase).collect();
    (!found.columns.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_from_constraints() {
        let text = "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, \"check\" text, as_sum AS (id * 2) STORED,\
            CONSTRAINT \"one price\" UNIQUE (id), FOREIGN KEY (id) REFERENCES other (x) ON DELETE CASCADE) strict, without rowid";
        let found = table(text).unwrap();
        assert_eq!(
            found.columns,
            [("id", "integer PRIMARY KEY AUTOINCREMENT"), ("check", "text"), ("as_sum", "AS (id * 2) STORED")]
                .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        );
        assert_eq!(
            found.constraints,
            [
                (Some("one price".to_owned()), "UNIQUE (id)".to_owned()),
                (None, "FOREIGN KEY (id) REFERENCES other (x) ON DELETE CASCADE".to_owned()),
            ]
        );
        assert_eq!(found.options, ["STRICT", "WITHOUT ROWID"]);
    }
}
