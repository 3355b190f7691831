//! Partitions as a person fills them in, written as the server would and read back out of its texts
//! (<https://www.postgresql.org/docs/current/ddl-partitioning.html>,
//! <https://dev.mysql.com/doc/refman/8.4/en/partitioning.html>).

use std::collections::BTreeSet;

use catalog::{ConstraintKind, ObjectKey};
use serde::{Deserialize, Serialize};
use sql::{TokenKind, tokenize};

use crate::definition::{Body, Definition, Engine, Object, Server, Table, TableKind};

/// How rows are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartitionWay {
    /// From one value up to another.
    Range,
    /// By single values.
    List,
    /// By what is left of a hash.
    Hash,
}

/// A column or an expression that rows are divided by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionKey {
    /// The column, or the expression.
    pub text: String,
    /// Whether it is an expression.
    pub expression: bool,
}

/// How a table is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partitioning {
    /// The way.
    pub way: PartitionWay,
    /// By what, in order.
    pub keys: Vec<PartitionKey>,
}

/// Which rows are in a partition. Values are expressions; what is neither a number nor a word of the language nor in quotes is meant as
/// text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "bound")]
pub enum Bound {
    /// From these values up to those, which are not in it. MySQL and MariaDB have no `from`.
    Range {
        /// The first values, one for each key.
        from: Vec<String>,
        /// The values that end it.
        to: Vec<String>,
    },
    /// Rows of one of these values.
    List {
        /// The values.
        values: Vec<String>,
    },
    /// Rows whose hash leaves this when it is divided.
    Hash {
        /// By how much it is divided.
        modulus: u32,
        /// What is left.
        remainder: u32,
    },
    /// What is in no other.
    Default,
}

/// Why a table cannot become a partition of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The other is not divided, or not there.
    NotDivided,
    /// It is divided in another way than the bound.
    OtherWay,
    /// As many values as keys are wanted.
    Values {
        /// How many.
        wanted: usize,
    },
    /// It lacks a column of the other.
    Column(String),
    /// It has a column that the other lacks.
    More(String),
    /// A column has another type there.
    Type(String),
    /// A column takes NULL that does not there.
    Null(String),
    /// It is itself, or a part of itself.
    Itself,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Misfit::NotDivided => f.write_str("The table that it is to be a part of is not partitioned."),
            Misfit::OtherWay => f.write_str("The table is partitioned in another way than the bound says."),
            Misfit::Values { wanted } => write!(f, "The bound needs {wanted} values, one for each key."),
            Misfit::Column(name) => write!(f, "It has no column “{name}”."),
            Misfit::More(name) => write!(f, "It has a column “{name}” that the partitioned table has not."),
            Misfit::Type(name) => write!(f, "“{name}” is of another type in the partitioned table."),
            Misfit::Null(name) => write!(f, "“{name}” may be NULL, and may not in the partitioned table."),
            Misfit::Itself => f.write_str("A table cannot be a partition of itself."),
        }
    }
}

impl std::error::Error for Misfit {}

impl Partitioning {
    /// How a table is divided, out of the server's text (`RANGE (at)`); `None` where the text says more than there are fields for.
    pub fn of(server: Server, text: &str) -> Option<Self> {
        let open = text.find('(')?;
        let way = match text.get(..open)?.trim().to_ascii_uppercase().as_str() {
            "RANGE" => PartitionWay::Range,
            "LIST" => PartitionWay::List,
            "HASH" => PartitionWay::Hash,
            _ => return None,
        };
        let inside = text.get(open + 1..)?.trim_end().strip_suffix(')')?;
        let keys = items(server, inside).into_iter().map(|item| {
            let solid: Vec<_> =
                tokenize(item, server.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
            match solid.as_slice() {
                [only] if only.kind == TokenKind::Word => {
                    Some(PartitionKey { text: item.to_owned(), expression: false })
                }
                [only] if only.kind == TokenKind::QuotedName => {
                    let name = crate::elements::name(item);
                    Some(PartitionKey { text: name, expression: false })
                }
                [first, .., last] if last.kind == TokenKind::CloseParen => {
                    let text = match first.kind {
                        TokenKind::OpenParen => item.get(1..item.len() - 1).unwrap_or(item),
                        _ => item,
                    };
                    Some(PartitionKey { text: text.trim().to_owned(), expression: true })
                }
                // Operator classes and collations have no field.
                _ => None,
            }
        });
        keys.collect::<Option<Vec<_>>>().filter(|keys| !keys.is_empty()).map(|keys| Partitioning { way, keys })
    }
}

/// What stands between the commas of a list.
fn items(server: Server, list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_usize, 0_usize, Vec::new());
    for token in tokenize(list, server.dialect()) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                found.push(list.get(from..token.span.start).unwrap_or_default().trim());
                from = token.span.end;
            }
            _ => {}
        }
    }
    found.push(list.get(from..).unwrap_or_default().trim());
    found
}

/// A value as it is written: text is put in quotes.
fn value(server: Server, text: &str) -> String {
    let text = text.trim();
    let solid: Vec<_> = tokenize(text, server.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let word = ["MINVALUE", "MAXVALUE", "NULL", "TRUE", "FALSE"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let number = text.parse::<f64>().is_ok() && text.bytes().any(|byte| byte.is_ascii_digit());
    let quoted = |token: &sql::Token| match token.kind {
        TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString | TokenKind::BitString => {
            // One that does not end is an apostrophe in a text.
            let written = text.get(token.span.start..token.span.end).unwrap_or_default();
            written.find(['\'', '$']).is_some_and(|open| written.len() > open + 1) && written.ends_with(['\'', '$'])
        }
        kind => kind == TokenKind::OpenParen,
    };
    let expression = solid.iter().any(quoted);
    if word || number || expression { text.to_owned() } else { policy::name::literal(text) }
}

impl Server {
    /// How a table is divided, as it is written behind `PARTITION BY`.
    pub fn partitioned_by(self, form: &Partitioning) -> String {
        let way = match form.way {
            PartitionWay::Range => "RANGE",
            PartitionWay::List => "LIST",
            PartitionWay::Hash => "HASH",
        };
        let keys: Vec<String> = form
            .keys
            .iter()
            .map(|key| match key.expression {
                true if is_call(self, &key.text) => key.text.trim().to_owned(),
                true => format!("({})", key.text.trim()),
                false => self.quote(&key.text),
            })
            .collect();
        format!("{way} ({})", keys.join(", "))
    }

    /// Which rows are in a partition, as PostgreSQL writes it: `FOR VALUES …` or `DEFAULT`.
    pub fn bound(self, bound: &Bound) -> String {
        let list = |values: &[String]| values.iter().map(|text| value(self, text)).collect::<Vec<_>>().join(", ");
        match bound {
            Bound::Range { from, to } => format!("FOR VALUES FROM ({}) TO ({})", list(from), list(to)),
            Bound::List { values } => format!("FOR VALUES IN ({})", list(values)),
            Bound::Hash { modulus, remainder } => {
                format!("FOR VALUES WITH (modulus {modulus}, remainder {remainder})")
            }
            Bound::Default => "DEFAULT".to_owned(),
        }
    }

    /// What follows a partition's name in MySQL and MariaDB; nothing where it has no such bound.
    pub fn values_of(self, bound: &Bound) -> Option<String> {
        let list = |values: &[String]| values.iter().map(|text| value(self, text)).collect::<Vec<_>>().join(", ");
        match bound {
            Bound::Range { to, .. } => match to.as_slice() {
                [only] if only.trim().eq_ignore_ascii_case("MAXVALUE") => Some("VALUES LESS THAN MAXVALUE".to_owned()),
                all => Some(format!("VALUES LESS THAN ({})", list(all))),
            },
            Bound::List { values } => Some(format!("VALUES IN ({})", list(values))),
            // https://mariadb.com/kb/en/partitioning-types-list/
            Bound::Default if self.engine == Engine::MariaDb => Some("DEFAULT".to_owned()),
            Bound::Default | Bound::Hash { .. } => None,
        }
    }
}

/// Whether an expression is one call, which needs no parentheses of its own.
fn is_call(server: Server, text: &str) -> bool {
    let solid: Vec<_> = tokenize(text, server.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let named = matches!(solid.first().map(|token| token.kind), Some(TokenKind::Word | TokenKind::QuotedName));
    let mut depth = 0_usize;
    named
        && solid.get(1).is_some_and(|token| token.kind == TokenKind::OpenParen)
        && solid.iter().enumerate().skip(1).all(|(place, token)| {
            match token.kind {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 || place + 1 == solid.len()
        })
}

impl Definition {
    /// How a table is divided, where its text says so in fields.
    pub fn partitioning(&self, table: &ObjectKey) -> Option<Partitioning> {
        match &self.objects.get(table)?.body {
            Body::Table(Table { kind: TableKind::Partitioned { by }, .. }) => match self.server.engine {
                Engine::MySql | Engine::MariaDb => self.server.clause_partitioning(by),
                Engine::Postgres | Engine::Sqlite => Partitioning::of(self.server, by),
            },
            _ => None,
        }
    }

    /// The partitions of a table with their bounds, by name.
    pub fn partitions<'d>(&'d self, table: &'d ObjectKey) -> impl Iterator<Item = (&'d ObjectKey, &'d str)> + 'd {
        self.objects.iter().filter_map(move |(key, object)| match &object.body {
            Body::Table(Table { partition: Some((parent, bound)), .. }) if parent == table => {
                Some((key, bound.as_str()))
            }
            _ => None,
        })
    }

    /// Whether a bound is one that a table's partitions have.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn takes_bound(&self, table: &ObjectKey, bound: &Bound) -> Result<(), Misfit> {
        let Some(Body::Table(Table { kind: TableKind::Partitioned { .. }, .. })) =
            self.objects.get(table).map(|object| &object.body)
        else {
            return Err(Misfit::NotDivided);
        };
        let Some(form) = self.partitioning(table) else { return Ok(()) };
        let count = |values: &[String], wanted: usize| match values.len() == wanted {
            true => Ok(()),
            false => Err(Misfit::Values { wanted }),
        };
        match (form.way, bound) {
            (PartitionWay::Range, Bound::Range { from, to }) => {
                count(from, form.keys.len()).and_then(|()| count(to, form.keys.len()))
            }
            (PartitionWay::List, Bound::List { values }) if values.is_empty() => Err(Misfit::Values { wanted: 1 }),
            (PartitionWay::List, Bound::List { .. })
            | (PartitionWay::Hash, Bound::Hash { .. })
            | (PartitionWay::Range | PartitionWay::List, Bound::Default) => Ok(()),
            _ => Err(Misfit::OtherWay),
        }
    }

    /// What a table is and has once it is a partition of another: its columns, and the keys and indexes like the other's, are then the
    /// other's.
    ///
    /// # Errors
    /// [`Misfit`] where the server would refuse it.
    pub fn attached(
        &self,
        table: &ObjectKey,
        parent: &ObjectKey,
        bound: &Bound,
    ) -> Result<(Table, Vec<ObjectKey>), Misfit> {
        self.takes_bound(parent, bound)?;
        let mut above = Some(parent);
        while let Some(key) = above {
            if key == table {
                return Err(Misfit::Itself);
            }
            above = match self.objects.get(key).map(|object| &object.body) {
                Some(Body::Table(one)) => one.partition.as_ref().map(|(parent, _)| parent),
                _ => None,
            };
        }
        let Some(Body::Table(own)) = self.objects.get(table).map(|object| &object.body) else {
            return Err(Misfit::NotDivided);
        };
        let root = self.root(parent);
        let parts = self.parts();
        let of = |key: &ObjectKey| parts.get(key).map(Vec::as_slice).unwrap_or_default();
        let columns = |key: &ObjectKey| {
            of(key).iter().filter_map(|(key, object)| match &object.body {
                Body::Column(column) => Some((*key, column)),
                _ => None,
            })
        };
        for (key, wanted) in columns(&root) {
            let Some((_, column)) = columns(table).find(|(own, _)| own.name == key.name) else {
                return Err(Misfit::Column(key.name.clone()));
            };
            if column.native_type != wanted.native_type || column.collation != wanted.collation {
                return Err(Misfit::Type(key.name.clone()));
            }
            if column.nullable && !wanted.nullable {
                return Err(Misfit::Null(key.name.clone()));
            }
        }
        if let Some((key, _)) = columns(table).find(|(own, _)| columns(&root).all(|(key, _)| key.name != own.name)) {
            return Err(Misfit::More(key.name.clone()));
        }
        let above: Vec<&Object> = of(&root).iter().chain(of(parent)).map(|(_, object)| *object).collect();
        let goes = |object: &Object| {
            matches!(object.body, Body::Column(_)) || above.iter().any(|other| alike(&object.body, &other.body))
        };
        let gone = of(table).iter().filter(|(_, object)| goes(object)).map(|(key, _)| (*key).clone()).collect();
        let attached = Table { partition: Some((parent.clone(), self.server.bound(bound))), ..own.clone() };
        Ok((attached, gone))
    }

    /// The table that a partition is a part of in the end.
    pub fn root(&self, table: &ObjectKey) -> ObjectKey {
        let mut seen = BTreeSet::from([table]);
        let mut own = table;
        while let Some(Body::Table(Table { partition: Some((parent, _)), .. })) =
            self.objects.get(own).map(|object| &object.body)
        {
            if !seen.insert(parent) {
                break;
            }
            own = parent;
        }
        own.clone()
    }
}

/// Whether a part of a table becomes that of the table it is attached to
/// (<https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ATTACH-PARTITION>).
pub(crate) fn alike(one: &Body, other: &Body) -> bool {
    match (one, other) {
        (Body::Constraint(one), Body::Constraint(other)) => {
            let key = matches!(one.demands, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
            one.demands == other.demands && (one.text == other.text || key && one.columns == other.columns)
        }
        (Body::ForeignKey(one), Body::ForeignKey(other)) => {
            one.columns == other.columns
                && one.references == other.references
                && one.referenced_columns == other.referenced_columns
        }
        (Body::Index(one), Body::Index(other)) => {
            let tail = |text: &str| text.split_once(" USING ").map(|(_, tail)| tail.to_owned());
            one.unique == other.unique && one.keys == other.keys && tail(&one.text) == tail(&other.text)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
