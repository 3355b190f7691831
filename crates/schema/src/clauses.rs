//! What is written behind a column's name, as clauses: so that one is changed and all others stay as they were written.

use sql::{Dialect, Token, TokenKind, tokenize};

use crate::definition::{Body, Column, Engine, Object, Server};

/// What a clause says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Type,
    Null,
    Default,
    Collate,
    Generated,
    Numbered,
    Comment,
    /// Keys, checks, references and whatever a later version brings.
    Other,
}

/// Words that begin a clause, and what it says.
const BEGINNINGS: [(&str, Kind); 21] = [
    ("NOT", Kind::Null),
    ("NULL", Kind::Null),
    ("DEFAULT", Kind::Default),
    ("COLLATE", Kind::Collate),
    ("CHARACTER", Kind::Collate),
    ("CHARSET", Kind::Collate),
    ("GENERATED", Kind::Generated),
    ("AS", Kind::Generated),
    ("AUTO_INCREMENT", Kind::Numbered),
    ("COMMENT", Kind::Comment),
    ("CONSTRAINT", Kind::Other),
    ("PRIMARY", Kind::Other),
    ("UNIQUE", Kind::Other),
    ("CHECK", Kind::Other),
    ("REFERENCES", Kind::Other),
    ("INVISIBLE", Kind::Other),
    ("VISIBLE", Kind::Other),
    ("SRID", Kind::Other),
    ("COLUMN_FORMAT", Kind::Other),
    ("STORAGE", Kind::Other),
    ("ON", Kind::Other),
];

/// The clauses of a text, in their order.
fn clauses(text: &str, dialect: &Dialect) -> Vec<(Kind, String)> {
    let tokens: Vec<Token> = tokenize(text, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let word = |place: usize| -> &str {
        let token = tokens.get(place).filter(|token| token.kind == TokenKind::Word);
        token.and_then(|token| text.get(token.span.start..token.span.end)).unwrap_or_default()
    };
    let is = |place: usize, other: &str| word(place).eq_ignore_ascii_case(other);
    let mut starts: Vec<(usize, Kind)> = Vec::new();
    let mut depth = 0_usize;
    let mut within = "";
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || token.kind != TokenKind::Word {
            continue;
        }
        let Some((name, kind)) = BEGINNINGS.iter().find(|(name, _)| is(place, name)) else { continue };
        // A reference has words of its own: ON DELETE SET NULL, NOT DEFERRABLE; so have a key (ON CONFLICT) and a default (NULL, and
        // MySQL's ON UPDATE).
        let before = place.checked_sub(1);
        let after = |other: &str| before.is_some_and(|before| is(before, other));
        let own = match *name {
            "NULL" => after("NOT") || after("SET") || after("DEFAULT"),
            "DEFAULT" => after("SET"),
            "NOT" => within == "REFERENCES" && is(place + 1, "DEFERRABLE"),
            "ON" => true,
            "AS" => after("ALWAYS"),
            // So has a constraint its name.
            _ => within == "CONSTRAINT" && place.checked_sub(2) == starts.last().map(|(start, _)| *start),
        };
        if !own {
            starts.push((place, *kind));
        }
        if !own || *name == "REFERENCES" {
            within = name;
        }
    }
    // A text may begin without a type.
    if !tokens.is_empty() && starts.first().is_none_or(|(start, _)| *start > 0) {
        starts.insert(0, (0, Kind::Type));
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([tokens.len()]).collect::<Vec<_>>();
    let mut found = Vec::new();
    for ((start, kind), end) in starts.into_iter().zip(ends) {
        let (Some(first), Some(last)) = (tokens.get(start), end.checked_sub(1).and_then(|last| tokens.get(last)))
        else {
            continue;
        };
        if start < end {
            found.push((kind, text.get(first.span.start..last.span.end).unwrap_or_default().to_owned()));
        }
    }
    found
}

/// The text of a column: what it says by its fields, and for the rest what stood there before.
pub fn column_text(server: Server, before: Option<&Column>, column: &Column) -> String {
    let dialect = server.dialect();
    let old = before.and_then(|before| before.text.as_deref()).map(|text| clauses(text, dialect)).unwrap_or_default();
    let kept = |kind: Kind| old.iter().filter(move |(own, _)| *own == kind).map(|(_, text)| text.clone());
    // What did not change stays as it was written.
    let either = |kind: Kind, same: bool, new: Option<String>| -> Vec<String> {
        if before.is_some() && same { kept(kind).collect() } else { new.into_iter().collect() }
    };
    let same = |field: fn(&Column) -> Option<String>| before.is_some_and(|before| field(before) == field(column));
    let mut parts = Vec::new();
    let native_type = Some(column.native_type.clone()).filter(|text| !text.is_empty());
    parts.extend(either(Kind::Type, same(|one| Some(one.native_type.clone())), native_type));
    let collation =
        column.collation.as_ref().map(|name| format!("COLLATE {}", dialect.quote_identifier_if_needed(name)));
    parts.extend(either(Kind::Collate, same(|one| one.collation.clone()), collation));
    let generated = column.generated.as_ref().map(|one| {
        let kept = if one.stored { "STORED" } else { "VIRTUAL" };
        format!("GENERATED ALWAYS AS ({}) {kept}", one.expression.as_deref().unwrap_or_default())
    });
    parts.extend(either(Kind::Generated, same(|one| one.generated.as_ref().map(|one| format!("{one:?}"))), generated));
    // SQLite's numbered column says so by its key.
    let is_key = server.engine == Engine::Sqlite && column.identity.is_some();
    let null = match (column.nullable, is_key) {
        (_, true) => None,
        (false, _) => Some("NOT NULL".to_owned()),
        // A MySQL timestamp without it would refuse NULL.
        (true, _) => (server.engine != Engine::Sqlite).then(|| "NULL".to_owned()),
    };
    parts.extend(either(Kind::Null, same(|one| Some(one.nullable.to_string())), null));
    let default = column.default.as_ref().filter(|_| column.generated.is_none()).map(|text| match server.engine {
        Engine::Sqlite if needs_parentheses(text) => format!("DEFAULT ({text})"),
        _ => format!("DEFAULT {text}"),
    });
    parts.extend(either(Kind::Default, same(|one| one.default.clone()), default));
    let numbered =
        column.identity.as_ref().filter(|_| server.engine != Engine::Sqlite).map(|_| "AUTO_INCREMENT".to_owned());
    parts.extend(either(Kind::Numbered, same(|one| one.identity.as_ref().map(|one| format!("{one:?}"))), numbered));
    parts.extend(kept(Kind::Comment));
    parts.extend(kept(Kind::Other));
    parts.join(" ")
}

impl Server {
    /// What is said of an object, wherever this engine keeps it: MySQL and MariaDB have it in the text of a column and among the options
    /// of a table.
    pub fn comment_of(self, object: &Object) -> Option<String> {
        let literal = match (self.engine, &object.body) {
            (Engine::MySql | Engine::MariaDb, Body::Column(column)) => {
                let all = clauses(column.text.as_deref().unwrap_or_default(), self.dialect());
                let own = all.into_iter().find(|(kind, _)| *kind == Kind::Comment)?.1;
                own.get(own.find('\'')?..)?.to_owned()
            }
            (Engine::MySql | Engine::MariaDb, Body::Table(table)) => {
                table.options.iter().find_map(|option| option.strip_prefix("COMMENT="))?.to_owned()
            }
            _ => return object.comment.clone(),
        };
        Some(unescaped(&literal))
    }

    /// The same object with another comment, or none.
    pub fn commented(self, mut object: Object, comment: Option<&str>) -> Object {
        match (self.engine, &mut object.body) {
            (Engine::MySql | Engine::MariaDb, Body::Column(column)) => {
                let mut all = clauses(column.text.as_deref().unwrap_or_default(), self.dialect());
                all.retain(|(kind, _)| *kind != Kind::Comment);
                if let Some(comment) = comment {
                    let place = all.iter().position(|(kind, _)| *kind == Kind::Other).unwrap_or(all.len());
                    all.insert(place, (Kind::Comment, format!("COMMENT {}", escaped(comment))));
                }
                let parts: Vec<String> = all.into_iter().map(|(_, text)| text).collect();
                column.text = Some(parts.join(" "));
            }
            (Engine::MySql | Engine::MariaDb, Body::Table(table)) => {
                table.options.retain(|option| !option.starts_with("COMMENT="));
                table.options.extend(comment.map(|comment| format!("COMMENT={}", escaped(comment))));
            }
            _ => object.comment = comment.map(str::to_owned),
        }
        object
    }
}

/// A literal as `SHOW CREATE TABLE` prints it.
fn escaped(text: &str) -> String {
    let mut out = String::from("'");
    for sign in text.chars() {
        match sign {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            sign => out.push(sign),
        }
    }
    out.push('\'');
    out
}

/// What such a literal says.
fn unescaped(literal: &str) -> String {
    let inside = literal.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(literal);
    let mut out = String::new();
    let mut signs = inside.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\'' => {
                signs.next();
                out.push('\'');
            }
            '\\' => match signs.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('0') => out.push('\0'),
                other => out.extend(other),
            },
            sign => out.push(sign),
        }
    }
    out
}

/// SQLite takes literals and names of times as they are, and expressions in parentheses.
fn needs_parentheses(text: &str) -> bool {
    let solid: Vec<Token> =
        tokenize(text, sql::dialect::sqlite()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let signed = solid.first().is_some_and(|token| token.kind == TokenKind::Operator);
    let one = solid.len() == 1 || signed && solid.len() == 2;
    let wrapped = text.starts_with('(') && text.ends_with(')');
    !one && !wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_stand_where_the_engine_keeps_them() {
        let maria = Server { engine: Engine::MariaDb, version: 110_800 };
        let of = |body| Object { body, owner: None, comment: None, privileges: Default::default() };
        let column = of(Body::Column(Column {
            text: Some("int(11) NOT NULL DEFAULT 5 COMMENT 'it''s \\\\ old' CHECK (`a` > 0)".to_owned()),
            ..Column::new("int")
        }));
        assert_eq!(maria.comment_of(&column).as_deref(), Some("it's \\ old"));
        let said = "two\nlines; 'quoted' \\ and more";
        let other = maria.commented(column, Some(said));
        assert_eq!(maria.comment_of(&other).as_deref(), Some(said));
        let Body::Column(one) = &maria.commented(other, None).body else { panic!() };
        assert_eq!(one.text.as_deref(), Some("int(11) NOT NULL DEFAULT 5 CHECK (`a` > 0)"));
        let options = vec!["ENGINE=InnoDB".to_owned(), "COMMENT='all'".to_owned()];
        let table = of(Body::Table(crate::Table { options, ..crate::Table::default() }));
        assert_eq!(maria.comment_of(&table).as_deref(), Some("all"));
        assert_eq!(maria.comment_of(&maria.commented(table.clone(), Some(said))).as_deref(), Some(said));
        assert_eq!(maria.comment_of(&maria.commented(table.clone(), None)), None);
        let postgres = Server::postgres(180_000);
        assert_eq!(postgres.commented(table, Some("x")).comment.as_deref(), Some("x"));
    }

    fn kinds(text: &str, dialect: &Dialect) -> Vec<(Kind, String)> {
        clauses(text, dialect)
    }

    #[test]
    fn clauses_are_told_apart() {
        let text = "integer NOT NULL DEFAULT (1 + 2) COLLATE nocase CONSTRAINT up REFERENCES other (id) ON DELETE SET NULL NOT DEFERRABLE CHECK (a NOT NULL) UNIQUE ON CONFLICT IGNORE";
        let found = kinds(text, sql::dialect::sqlite());
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "integer",
                "NOT NULL",
                "DEFAULT (1 + 2)",
                "COLLATE nocase",
                "CONSTRAINT up REFERENCES other (id) ON DELETE SET NULL NOT DEFERRABLE",
                "CHECK (a NOT NULL)",
                "UNIQUE ON CONFLICT IGNORE"
            ]
        );
        let found = kinds(
            "timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp() COMMENT 'not null'",
            sql::dialect::mysql(),
        );
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            ["timestamp", "NULL", "DEFAULT current_timestamp() ON UPDATE current_timestamp()", "COMMENT 'not null'"]
        );
        assert_eq!(kinds("", sql::dialect::sqlite()), []);
        assert_eq!(kinds("PRIMARY KEY", sql::dialect::sqlite()), [(Kind::Other, "PRIMARY KEY".to_owned())]);
    }

    #[test]
    fn only_what_changes_is_written_anew() {
        let server = Server::sqlite(3_050_000);
        let before = Column {
            nullable: false,
            default: Some("1 + 2".to_owned()),
            text: Some("integer not null default (1 + 2) check (a > 0) references other (id)".to_owned()),
            ..Column::new("integer")
        };
        assert_eq!(column_text(server, Some(&before), &before), before.text.clone().unwrap());
        let retyped = Column { native_type: "text".to_owned(), ..before.clone() };
        assert_eq!(
            column_text(server, Some(&before), &retyped),
            "text not null default (1 + 2) check (a > 0) references other (id)"
        );
        let loose = Column { nullable: true, default: None, ..before.clone() };
        assert_eq!(column_text(server, Some(&before), &loose), "integer check (a > 0) references other (id)");
        let new = Column { nullable: false, default: Some("'x'".to_owned()), ..Column::new("text") };
        assert_eq!(column_text(server, None, &new), "text NOT NULL DEFAULT 'x'");
        let counted = Column { default: Some("-1".to_owned()), ..Column::new("int") };
        assert_eq!(column_text(server, None, &counted), "int DEFAULT -1");
        let maria = Server::mariadb(101_100);
        let before = Column {
            text: Some("varchar(80) CHARACTER SET latin1 DEFAULT 'a' COMMENT 'it''s' INVISIBLE".to_owned()),
            default: Some("'a'".to_owned()),
            ..Column::new("varchar(80)")
        };
        let other = Column { default: Some("'b'".to_owned()), ..before.clone() };
        assert_eq!(
            column_text(maria, Some(&before), &other),
            "varchar(80) CHARACTER SET latin1 DEFAULT 'b' COMMENT 'it''s' INVISIBLE"
        );
    }
}
