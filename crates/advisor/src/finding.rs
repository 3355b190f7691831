use std::fmt;

use catalog::{RelationKind, RelationWalker};
use policy::change::Change;
use serde::{Deserialize, Serialize};

use crate::{Level, Rule};

/// What kind of object a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum ObjectType {
    Table,
    View,
    MaterializedView,
    ForeignTable,
    Column,
    Index,
    Constraint,
    ForeignKey,
    Policy,
    Function,
    Sequence,
    Schema,
    Role,
    Extension,
    Publication,
    Setting,
    Database,
}

impl ObjectType {
    /// What a relation is here: of tables no kinds are told apart.
    pub fn of(relation: RelationKind) -> Self {
        match relation {
            RelationKind::View => ObjectType::View,
            RelationKind::MaterializedView => ObjectType::MaterializedView,
            RelationKind::ForeignTable => ObjectType::ForeignTable,
            RelationKind::Table
            | RelationKind::PartitionedTable
            | RelationKind::Partition
            | RelationKind::VirtualTable
            | RelationKind::Collection
            | RelationKind::TimeSeries => ObjectType::Table,
        }
    }

    /// As a person says it.
    pub fn name(self) -> &'static str {
        match self {
            ObjectType::Table => "table",
            ObjectType::View => "view",
            ObjectType::MaterializedView => "materialized view",
            ObjectType::ForeignTable => "foreign table",
            ObjectType::Column => "column",
            ObjectType::Index => "index",
            ObjectType::Constraint => "constraint",
            ObjectType::ForeignKey => "foreign key",
            ObjectType::Policy => "policy",
            ObjectType::Function => "function",
            ObjectType::Sequence => "sequence",
            ObjectType::Schema => "schema",
            ObjectType::Role => "role",
            ObjectType::Extension => "extension",
            ObjectType::Publication => "publication",
            ObjectType::Setting => "setting",
            ObjectType::Database => "database",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Object {
    /// Its schema; `None` where it is in none.
    pub schema: Option<String>,
    /// Its name exactly as the server keeps it; a function's with its identity arguments.
    pub name: String,
    /// What it is.
    pub kind: ObjectType,
    /// The relation it belongs to, of a column, index, constraint or policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

impl Object {
    /// A relation.
    pub(crate) fn of(relation: RelationWalker<'_>) -> Self {
        let kind = ObjectType::of(relation.row().kind);
        Object { schema: Some(relation.schema().to_owned()), name: relation.row().name.clone(), kind, relation: None }
    }

    /// A part of a relation.
    pub(crate) fn part(relation: RelationWalker<'_>, kind: ObjectType, name: &str) -> Self {
        Object { kind, name: name.to_owned(), relation: Some(relation.row().name.clone()), ..Object::of(relation) }
    }

    /// Something in a schema.
    pub(crate) fn within(schema: &str, kind: ObjectType, name: &str) -> Self {
        Object { schema: Some(schema.to_owned()), kind, name: name.to_owned(), relation: None }
    }

    /// Something in no schema.
    pub(crate) fn alone(kind: ObjectType, name: &str) -> Self {
        Object { schema: None, kind, name: name.to_owned(), relation: None }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.schema, &self.relation].into_iter().flatten() {
            write!(formatter, "{part}.")?;
        }
        formatter.write_str(&self.name)
    }
}

/// The strongest lock on a table that a statement takes, as PostgreSQL names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "https://www.postgresql.org/docs/current/explicit-locking.html")]
pub enum Lock {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl Lock {
    /// As the server's manual writes it.
    pub fn name(self) -> &'static str {
        match self {
            Lock::AccessShare => "ACCESS SHARE",
            Lock::RowShare => "ROW SHARE",
            Lock::RowExclusive => "ROW EXCLUSIVE",
            Lock::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Lock::Share => "SHARE",
            Lock::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Lock::Exclusive => "EXCLUSIVE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

/// Statements that mend what was found. Nothing runs them but a person who has read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The statements, each ended with `;`.
    pub sql: String,
    /// The statements that take it back; `None` where there is nothing to take back, or no way.
    pub undo: Option<String>,
    /// The strongest lock on a table that they take; `None` where they lock no table.
    pub lock: Option<Lock>,
    /// Whether they may run inside a transaction, and be taken back with it.
    pub transaction_safe: bool,
    /// The same as changes of row security, where it is nothing else: these can be drafted. Empty otherwise.
    pub changes: Vec<Change>,
}

impl Fix {
    /// Statements without a lock on a table.
    pub(crate) fn new(sql: impl Into<String>) -> Self {
        Fix { sql: sql.into(), undo: None, lock: None, transaction_safe: true, changes: Vec::new() }
    }

    pub(crate) fn undo(self, sql: impl Into<String>) -> Self {
        Fix { undo: Some(sql.into()), ..self }
    }

    pub(crate) fn lock(self, lock: Lock) -> Self {
        Fix { lock: Some(lock), ..self }
    }

    pub(crate) fn outside_transactions(self) -> Self {
        Fix { transaction_safe: false, ..self }
    }
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// The rule's name, or that of the part of it which splinter has under a name of its own.
    pub name: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub object: Object,
    /// What was seen, a line each.
    pub evidence: Vec<String>,
    /// What is wrong, why that matters and what to do, in a sentence or two.
    pub message: String,
    /// What mends it, where statements can.
    pub fix: Option<Fix>,
    /// The same for the same trouble in every run: the rule's id and names, separated by `:`, in which `:` and `\` have a `\`
    /// before them.
    pub key: String,
}

impl Finding {
    pub(crate) fn new(rule: &Rule, object: Object, message: String) -> Self {
        let mut key = rule.id.to_owned();
        for part in [&object.schema, &object.relation, &Some(object.name.clone())].into_iter().flatten() {
            push_part(&mut key, part);
        }
        Finding {
            rule: rule.id,
            name: rule.name,
            level: rule.level,
            object,
            evidence: Vec::new(),
            message,
            fix: None,
            key,
        }
    }

    /// Adds a name to the key, where the object's names do not tell two troubles apart.
    pub(crate) fn told_apart_by(&mut self, part: &str) -> &mut Self {
        push_part(&mut self.key, part);
        self
    }

    pub(crate) fn evidence(&mut self, line: impl Into<String>) -> &mut Self {
        self.evidence.push(line.into());
        self
    }

    pub(crate) fn level(&mut self, level: Level) -> &mut Self {
        self.level = level;
        self
    }

    pub(crate) fn named(&mut self, name: &'static str) -> &mut Self {
        self.name = name;
        self
    }

    pub(crate) fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into();
        self
    }
}

fn push_part(key: &mut String, part: &str) {
    key.push(':');
    for sign in part.chars() {
        if matches!(sign, ':' | '\\') {
            key.push('\\');
        }
        key.push(sign);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_odd_names_apart() {
        let rule = crate::rules()[0];
        let key = |schema: &str, name: &str| {
            Finding::new(rule, Object::within(schema, ObjectType::Table, name), String::new()).key
        };
        assert_ne!(key("a:b", "c"), key("a", "b:c"));
        assert_ne!(key("a\\", "b"), key("a", "\\b"));
    }
}
