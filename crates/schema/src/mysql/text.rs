//! A table as `SHOW CREATE TABLE` prints it, read.

use sql::{Dialect, TokenKind};

use crate::{definition::Sequence, elements};

/// A table of MariaDB that keeps what its rows were
/// (<https://mariadb.com/docs/server/reference/sql-structure/temporal-tables/system-versioned-tables>).
pub(crate) const VERSIONED: &str = "WITH SYSTEM VERSIONING";
/// What a period's name stands behind.
pub(crate) const PERIOD: &str = "PERIOD FOR ";

/// The options of a sequence of MariaDB, only those that differ from another's where there is one
/// (<https://mariadb.com/docs/server/reference/sql-structure/sequences/create-sequence>, least version 10.3).
pub(crate) fn sequence(one: &Sequence, before: Option<&Sequence>) -> String {
    let mut text = String::new();
    let mut number = |words: &str, of: fn(&Sequence) -> Option<i64>| {
        if let Some(value) = of(one).filter(|_| before.and_then(of) != of(one)) {
            text.push_str(&format!(" {words} {value}"));
        }
    };
    number("START WITH", |one| one.start);
    number("MINVALUE", |one| one.minimum);
    number("MAXVALUE", |one| one.maximum);
    number("INCREMENT BY", |one| one.increment);
    number("CACHE", |one| one.cache);
    if before.map_or(one.cycle, |before| before.cycle != one.cycle) {
        text.push_str(if one.cycle { " CYCLE" } else { " NOCYCLE" });
    }
    text
}

/// A table's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableText {
    /// Its columns: names, and what is written behind them.
    pub(crate) columns: Vec<(String, String)>,
    /// Its indexes, the primary key as `PRIMARY`: names and whole elements.
    pub(crate) indexes: Vec<(String, String)>,
    /// Its foreign keys: names, and what is written behind those.
    pub(crate) foreign_keys: Vec<(String, String)>,
    /// Its checks: names, and what is written behind those.
    pub(crate) checks: Vec<(String, String)>,
    /// `NAME=VALUE`, without where its numbers stand.
    pub(crate) options: Vec<String>,
    /// How it is divided, from `PARTITION BY` on.
    pub(crate) partition: Option<String>,
}

/// Reads a text; `None` where it is no table's.
pub(crate) fn table(text: &str, dialect: &Dialect) -> Option<TableText> {
    let (items, tail) = elements::of_table(text, dialect)?;
    let mut found = TableText::default();
    for item in items {
        let words = elements::words(&item, dialect, 4);
        let word = |place: usize| words.get(place).map(|(_, word)| *word).unwrap_or_default();
        let is = |place: usize, other: &str| word(place).eq_ignore_ascii_case(other);
        if words.first()?.0 == TokenKind::QuotedName {
            found.columns.push((elements::name(word(0)), elements::behind(&item, dialect, 1).to_owned()));
        } else if is(0, "PRIMARY") {
            found.indexes.push(("PRIMARY".to_owned(), item));
        } else if is(0, "PERIOD") {
            // `PERIOD FOR name (…)`: what it is called stands for what it is.
            let name = format!("{PERIOD}{}", elements::name(word(2)));
            found.checks.push((name, elements::behind(&item, dialect, 3).to_owned()));
        } else if is(0, "CONSTRAINT") {
            let (name, rest) = (elements::name(word(1)), elements::behind(&item, dialect, 2).to_owned());
            let list = if is(2, "FOREIGN") { &mut found.foreign_keys } else { &mut found.checks };
            list.push((name, rest));
        } else {
            // `KEY name (…)`, or a word before it.
            let place = if is(0, "KEY") { 1 } else { 2 };
            found.indexes.push((elements::name(word(place)), item));
        }
    }
    let (options, partition) = match tail.find("PARTITION BY") {
        Some(at) => (&tail[..at], Some(divided(&tail[at..]))),
        None => (tail.as_str(), None),
    };
    found.options = listed(options.trim_end_matches(';'), dialect);
    found.partition = partition;
    (!found.columns.is_empty()).then_some(found)
}

/// How a table is divided, out of the comment that MySQL puts it in.
fn divided(text: &str) -> String {
    let text = text.trim_end_matches(';').trim_end();
    text.strip_suffix("*/").unwrap_or(text).trim().to_owned()
}

/// `A=1 DEFAULT B=2` as `A=1` and `DEFAULT B=2`.
fn listed(text: &str, dialect: &Dialect) -> Vec<String> {
    let words = elements::words(text, dialect, usize::MAX);
    let mut found: Vec<String> = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    let mut value = false;
    for (kind, word) in words {
        if kind == TokenKind::Operator && word == "=" {
            value = true;
        } else if value {
            found.push(format!("{}={word}", name.join(" ")));
            name.clear();
            value = false;
        } else {
            name.push(word);
        }
    }
    if name.join(" ").eq_ignore_ascii_case(VERSIONED) {
        found.push(VERSIONED.to_owned());
    }
    // Where numbers stand is no part of what a table is.
    found.retain(|option| !option.to_ascii_uppercase().starts_with("AUTO_INCREMENT="));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_prints_is_read() {
        let text = "CREATE TABLE `orders` (\n  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'a, (b',\n  `a``b` enum('x','y''z') DEFAULT 'x',\n  \
            PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`a``b`(3) DESC),\n  KEY `k` (`id`,`a``b`),\n  FULLTEXT KEY `f` (`a``b`),\n  \
            CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `x` (`id`) ON DELETE CASCADE,\n  CONSTRAINT `c` CHECK (`id` > 0)\n\
            ) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='it''s'\n\
            /*!50100 PARTITION BY RANGE (`id`)\n(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */;";
        let found = table(text, sql::dialect::mysql()).unwrap();
        assert_eq!(found.columns[0], ("id".into(), "int(11) NOT NULL AUTO_INCREMENT COMMENT 'a, (b'".into()));
        assert_eq!(found.columns[1], ("a`b".into(), "enum('x','y''z') DEFAULT 'x'".into()));
        let names: Vec<&str> = found.indexes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["PRIMARY", "u", "k", "f"]);
        assert_eq!(found.indexes[3].1, "FULLTEXT KEY `f` (`a``b`)");
        assert_eq!(
            found.foreign_keys,
            [("fk".to_owned(), "FOREIGN KEY (`id`) REFERENCES `x` (`id`) ON DELETE CASCADE".to_owned())]
        );
        assert_eq!(found.checks, [("c".to_owned(), "CHECK (`id` > 0)".to_owned())]);
        assert_eq!(
            found.options,
            ["ENGINE=InnoDB", "DEFAULT CHARSET=utf8mb4", "COLLATE=utf8mb4_general_ci", "COMMENT='it''s'"]
        );
        assert_eq!(
            found.partition.as_deref(),
            Some("PARTITION BY RANGE (`id`) (PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB)")
        );
    }
}
