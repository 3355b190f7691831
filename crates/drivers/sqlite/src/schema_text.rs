//! What SQLite's pragmas do not tell, read from the stored `CREATE` texts: names of constraints, checks, generated
//! expressions, collations, keys and conditions of indexes, events of triggers.
//!
//! Conservative: a text that is not plainly understood gives `None` rather than a guess.

use crate::lexer::{Kind, Token, solid, unquote};

/// A table's text.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct TableText {
    pub(crate) columns: Vec<ColumnText>,
    pub(crate) primary_key: Option<String>,
    pub(crate) uniques: Vec<(Option<String>, Vec<String>)>,
    pub(crate) checks: Vec<CheckText>,
    pub(crate) foreign_keys: Vec<ForeignKeyText>,
}

/// A column's clauses.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ColumnText {
    pub(crate) name: String,
    pub(crate) collation: Option<String>,
    pub(crate) generated: Option<String>,
}

/// A CHECK.
#[derive(Debug, PartialEq)]
pub(crate) struct CheckText {
    pub(crate) name: Option<String>,
    /// The column it stands behind.
    pub(crate) column: Option<String>,
    /// The expression without its parentheses.
    pub(crate) expression: String,
}

/// A REFERENCES clause.
#[derive(Debug, PartialEq)]
pub(crate) struct ForeignKeyText {
    pub(crate) name: Option<String>,
    pub(crate) table: String,
    pub(crate) deferrable: bool,
    pub(crate) initially_deferred: bool,
}

/// An index's text.
#[derive(Debug, PartialEq)]
pub(crate) struct IndexText {
    /// Its keys as written, without ASC and DESC.
    pub(crate) keys: Vec<String>,
    pub(crate) predicate: Option<String>,
}

/// A trigger's head.
#[derive(Debug, PartialEq)]
pub(crate) struct TriggerText {
    pub(crate) timing: &'static str,
    pub(crate) event: &'static str,
}

/// Reads a `CREATE TABLE`.
pub(crate) fn table(text: &str) -> Option<TableText> {
    let tokens: Vec<Token> = solid(text).collect();
    let open = tokens.iter().position(|token| token.is_mark(text, "("))?;
    let (items, _) = items(text, tokens.get(open..)?)?;
    let mut parsed = TableText::default();
    for item in items {
        read_item(text, item, &mut parsed)?;
    }
    (!parsed.columns.is_empty()).then_some(parsed)
}

/// The module of a `CREATE VIRTUAL TABLE`.
pub(crate) fn module(text: &str) -> Option<String> {
    let tokens: Vec<Token> = solid(text).collect();
    let using = tokens.iter().position(|token| token.is_word(text, "USING"))?;
    name_of(text, tokens.get(using + 1))
}

/// Splits the group that begins at the first token by its own commas; also gives what follows it.
fn items<'a>(text: &str, tokens: &'a [Token]) -> Option<(Vec<&'a [Token]>, &'a [Token])> {
    let end = group_end(text, tokens)?;
    let inside = tokens.get(1..end - 1)?;
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (index, token) in inside.iter().enumerate() {
        match token.of(text) {
            "(" if token.kind == Kind::Mark => depth += 1,
            ")" if token.kind == Kind::Mark => depth -= 1,
            "," if token.kind == Kind::Mark && depth == 0 => {
                parts.push(inside.get(from..index)?);
                from = index + 1;
            }
            _ => {}
        }
    }
    parts.push(inside.get(from..)?);
    Some((parts, tokens.get(end..)?))
}

/// The position behind the parenthesis that closes the one at the start; 1 for any other token.
fn group_end(text: &str, tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        if token.is_mark(text, "(") {
            depth += 1;
        } else if token.is_mark(text, ")") {
            depth = depth.checked_sub(1)?;
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Quoted) || token.kind == Kind::Literal
}

fn name_of(text: &str, token: Option<&Token>) -> Option<String> {
    token.filter(|token| is_name(token)).map(|token| unquote(token.of(text)))
}

/// The text between the parentheses of a group of tokens.
fn inside(text: &str, group: &[Token]) -> Option<String> {
    let (first, last) = (group.first()?, group.last()?);
    Some(text.get(first.end..last.start)?.trim().to_owned())
}

const TABLE_CLAUSES: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

fn read_item(text: &str, item: &[Token], parsed: &mut TableText) -> Option<()> {
    let first = item.first()?;
    let of_table = first.kind == Kind::Word && TABLE_CLAUSES.iter().any(|word| first.is_word(text, word));
    let mut rest = item;
    let mut column = None;
    if !of_table {
        column = Some(name_of(text, item.first())?);
        parsed.columns.push(ColumnText { name: column.clone()?, ..ColumnText::default() });
        rest = item.get(1..)?;
    }
    let mut name = None;
    while let Some(token) = rest.first() {
        let mut used = group_end(text, rest)?;
        if token.kind == Kind::Word {
            let group = |from: usize| -> Option<&[Token]> {
                let tail = rest.get(from..)?;
                if !tail.first()?.is_mark(text, "(") {
                    return None;
                }
                tail.get(..group_end(text, tail)?)
            };
            match token.of(text).to_ascii_lowercase().as_str() {
                "constraint" => {
                    name = Some(name_of(text, rest.get(1))?);
                    rest = rest.get(2..)?;
                    continue;
                }
                "primary" => {
                    parsed.primary_key = name.take().or(parsed.primary_key.take());
                    used = 2;
                }
                "unique" => {
                    let columns = match &column {
                        Some(column) => vec![column.clone()],
                        None => columns_of(text, group(1)?)?,
                    };
                    parsed.uniques.push((name.take(), columns));
                }
                "check" => {
                    let group = group(1)?;
                    let expression = inside(text, group)?;
                    parsed.checks.push(CheckText { name: name.take(), column: column.clone(), expression });
                    used = 1 + group.len();
                }
                "default" => {
                    let sign = rest.get(1).is_some_and(|token| token.is_mark(text, "-") || token.is_mark(text, "+"));
                    used = if sign { 3 } else { 1 + group_end(text, rest.get(1..)?)? };
                }
                "collate" => {
                    let collation = name_of(text, rest.get(1))?;
                    parsed.columns.last_mut()?.collation = Some(collation);
                    used = 2;
                }
                "as" if column.is_some() => {
                    let group = group(1)?;
                    parsed.columns.last_mut()?.generated = inside(text, group);
                    used = 1 + group.len();
                }
                "references" => {
                    let table = name_of(text, rest.get(1))?;
                    let key = ForeignKeyText { name: name.take(), table, deferrable: false, initially_deferred: false };
                    parsed.foreign_keys.push(key);
                    used = 2;
                }
                // SET NULL and SET DEFAULT are actions of a foreign key.
                "set" => used = 2,
                "deferrable" => parsed.foreign_keys.last_mut()?.deferrable = true,
                "not" if rest.get(1).is_some_and(|token| token.is_word(text, "deferrable")) => used = 2,
                "initially" if rest.get(1).is_some_and(|token| token.is_word(text, "deferred")) => {
                    let key = parsed.foreign_keys.last_mut()?;
                    key.initially_deferred = key.deferrable;
                    used = 2;
                }
                "not" | "null" => {
                    // A name given to NOT NULL belongs to nothing else.
                    name = None;
                }
                _ => {}
            }
        }
        rest = rest.get(used..)?;
    }
    Some(())
}

/// The column names of a key; `None` when one is no plain name.
fn columns_of(text: &str, group: &[Token]) -> Option<Vec<String>> {
    let (items, _) = items(text, group)?;
    items.into_iter().map(|item| name_of(text, item.first())).collect()
}

/// Reads a `CREATE INDEX`.
pub(crate) fn index(text: &str) -> Option<IndexText> {
    let tokens: Vec<Token> = solid(text).collect();
    let on = tokens.iter().position(|token| token.is_word(text, "on"))?;
    let open = on + tokens.get(on..)?.iter().position(|token| token.is_mark(text, "("))?;
    let (items, rest) = items(text, tokens.get(open..)?)?;
    let keys = items
        .into_iter()
        .map(|item| {
            let item = match item.split_last() {
                Some((last, head)) if last.is_word(text, "asc") || last.is_word(text, "desc") => head,
                _ => item,
            };
            text.get(item.first()?.start..item.last()?.end).map(str::to_owned)
        })
        .collect::<Option<Vec<_>>>()?;
    let predicate = match rest.first() {
        Some(token) if token.is_word(text, "where") => {
            Some(text.get(token.end..)?.trim().trim_end_matches(';').to_owned())
        }
        Some(_) => return None,
        None => None,
    };
    Some(IndexText { keys, predicate })
}

/// Reads a `CREATE TRIGGER`'s head.
pub(crate) fn trigger(text: &str) -> Option<TriggerText> {
    let mut tokens = solid(text);
    tokens.find(|token| token.is_word(text, "trigger"))?;
    let mut tokens = tokens.peekable();
    if tokens.peek()?.is_word(text, "if") {
        tokens.nth(2)?;
    }
    tokens.next().filter(is_name)?;
    while tokens.peek()?.is_mark(text, ".") {
        tokens.nth(1).filter(is_name)?;
    }
    let mut timing = "BEFORE";
    let token = tokens.peek()?;
    for word in ["BEFORE", "AFTER", "INSTEAD"] {
        if token.is_word(text, word) {
            timing = if word == "INSTEAD" { "INSTEAD OF" } else { word };
        }
    }
    if ["before", "after"].iter().any(|word| token.is_word(text, word)) {
        tokens.next();
    } else if timing == "INSTEAD OF" {
        tokens.nth(1)?;
    }
    let event = tokens.next()?;
    let event = ["INSERT", "UPDATE", "DELETE"].into_iter().find(|word| event.is_word(text, word))?;
    Some(TriggerText { timing, event })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tables_clauses_are_read_with_their_names() {
        let parsed = table(
            r#"CREATE TABLE "we""ird"(
                id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, -- ( a comment
                [first name] TEXT COLLATE NOCASE NOT NULL DEFAULT ('a,b)' || 'c') CONSTRAINT short CHECK (length("first name") < 9),
                total AS (price * (1 + tax)) STORED, price NUMERIC(10, 2) DEFAULT -1.5 CHECK(price > 0), tax REAL,
                parent INT CONSTRAINT up REFERENCES "we""ird"(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
                code TEXT UNIQUE,
                CONSTRAINT both UNIQUE (price, "first name" COLLATE BINARY DESC),
                CONSTRAINT far FOREIGN KEY (price, tax) REFERENCES other NOT DEFERRABLE
                CHECK (tax IN (1, 2))
            ) STRICT"#,
        )
        .unwrap();
        assert_eq!(parsed.primary_key.as_deref(), Some("pk"));
        let names: Vec<_> = parsed.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "first name", "total", "price", "tax", "parent", "code"]);
        assert_eq!(parsed.columns[1].collation.as_deref(), Some("NOCASE"));
        assert_eq!(parsed.columns[2].generated.as_deref(), Some("price * (1 + tax)"));
        let checks: Vec<_> = parsed.checks.iter().map(|c| (c.name.as_deref(), c.expression.as_str())).collect();
        assert_eq!(
            checks,
            [(Some("short"), "length(\"first name\") < 9"), (None, "price > 0"), (None, "tax IN (1, 2)")]
        );
        assert_eq!(
            parsed.uniques,
            [
                (None, vec!["code".to_owned()]),
                (Some("both".to_owned()), vec!["price".to_owned(), "first name".to_owned()])
            ]
        );
        assert_eq!(
            parsed.foreign_keys,
            [
                ForeignKeyText {
                    name: Some("up".into()),
                    table: "we\"ird".into(),
                    deferrable: true,
                    initially_deferred: true
                },
                ForeignKeyText {
                    name: Some("far".into()),
                    table: "other".into(),
                    deferrable: false,
                    initially_deferred: false
                },
            ]
        );
    }

    #[test]
    fn indexes_and_triggers_are_read() {
        let parsed =
            index("CREATE UNIQUE INDEX i ON t(lower(a) DESC, b COLLATE NOCASE, (c + 1)) WHERE a IS NOT NULL").unwrap();
        assert_eq!(parsed.keys, ["lower(a)", "b COLLATE NOCASE", "(c + 1)"]);
        assert_eq!(parsed.predicate.as_deref(), Some("a IS NOT NULL"));
        let head = |text| trigger(text).map(|head| (head.timing, head.event));
        assert_eq!(
            head("CREATE TRIGGER IF NOT EXISTS main.x INSTEAD OF DELETE ON v BEGIN SELECT 1; END"),
            Some(("INSTEAD OF", "DELETE"))
        );
        assert_eq!(
            head("CREATE TEMP TRIGGER \"after\" UPDATE OF a, b ON t BEGIN SELECT 1; END"),
            Some(("BEFORE", "UPDATE"))
        );
        assert_eq!(head("CREATE TRIGGER t AFTER INSERT ON t BEGIN SELECT 1; END"), Some(("AFTER", "INSERT")));
    }

    #[test]
    fn a_virtual_tables_module_is_read_and_not_mistaken() {
        assert_eq!(module("CREATE VIRTUAL TABLE \"a USING b\" USING fts5(body)").as_deref(), Some("fts5"));
        assert_eq!(module("create virtual table t using 'rtree' (id, x0, x1)").as_deref(), Some("rtree"));
        assert_eq!(module("CREATE VIRTUAL TABLE t USING"), None);
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text = "CREATE TABLE t(a CHECK (b), CONSTRAINT c UNIQUE (a), FOREIGN KEY (a) REFERENCES x DEFERRABLE, b AS (1)) WHERE";
        for end in 0..text.len() {
            let (part, rest) = text.split_at(end);
            let _ = (table(part), index(part), trigger(part), table(rest), index(rest), trigger(rest));
        }
        assert_eq!(table("CREATE TABLE t(a"), None);
        assert_eq!(table(")("), None);
    }
}
