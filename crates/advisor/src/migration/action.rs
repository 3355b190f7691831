//! What statements do, without the trees they were read from.

use policy::statement::Named;

use super::{Locked, Online, TableLock, Work};
use crate::Lock;

/// What a column is filled with when it is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filling {
    /// NULL.
    Nothing,
    /// One value for all rows.
    Same,
    /// Another value for each row: what makes it so.
    Each(String),
    /// Whether that function gives one value or many is not known.
    Unknown(String),
}

/// A kind of constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConstraintKind {
    NotNull,
    Check,
    Primary,
    Unique,
    Exclusion,
    Foreign,
}

impl ConstraintKind {
    /// Where only its column is named, it says that this one is never NULL.
    pub(crate) fn says_not_null(self) -> bool {
        matches!(self, ConstraintKind::Check | ConstraintKind::NotNull)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            ConstraintKind::NotNull => "NOT NULL constraint",
            ConstraintKind::Check => "check",
            ConstraintKind::Primary => "primary key",
            ConstraintKind::Unique => "unique constraint",
            ConstraintKind::Exclusion => "exclusion constraint",
            ConstraintKind::Foreign => "foreign key",
        }
    }
}

/// A constraint that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) kind: ConstraintKind,
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    /// Rows that are there are not checked: NOT VALID, or NOT ENFORCED.
    pub(crate) unchecked: bool,
    /// Of an index that is there.
    pub(crate) using_index: bool,
    pub(crate) references: Option<Named>,
}

/// A column that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewColumn {
    pub(crate) name: String,
    pub(crate) if_not_exists: bool,
    pub(crate) filling: Filling,
    pub(crate) not_null: bool,
    /// `serial` and its kin, and identity columns.
    pub(crate) numbered: bool,
    /// The server computes it; `Some(true)` where it stores what it computes.
    pub(crate) stored: Option<bool>,
    /// Its type is a domain with constraints, by the catalog.
    pub(crate) constrained_domain: bool,
    pub(crate) constraints: Vec<Constraint>,
}

/// Kinds of objects that are made, renamed and dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    View,
    MaterializedView,
    ForeignTable,
    Index,
    Sequence,
    Schema,
    Database,
    Trigger,
    Policy,
    Rule,
    Type,
    Function,
    Column,
    Constraint,
    Other,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Table => "table",
            Kind::View => "view",
            Kind::MaterializedView => "materialized view",
            Kind::ForeignTable => "foreign table",
            Kind::Index => "index",
            Kind::Sequence => "sequence",
            Kind::Schema => "schema",
            Kind::Database => "database",
            Kind::Trigger => "trigger",
            Kind::Policy => "policy",
            Kind::Rule => "rule",
            Kind::Type => "type",
            Kind::Function => "function",
            Kind::Column => "column",
            Kind::Constraint => "constraint",
            Kind::Other => "object",
        }
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Begin,
    Commit,
    Rollback,
    /// SET of a setting; `off` where it is set to no limit.
    Set {
        name: String,
        off: bool,
    },
    CreateTable {
        if_not_exists: bool,
        references: Vec<Named>,
        partition_of: Option<Named>,
        inherits: Vec<Named>,
    },
    AddColumn(NewColumn),
    DropColumn {
        column: String,
        cascade: bool,
        if_exists: bool,
    },
    /// `cost` is what the old and the new type make of the rows.
    SetType {
        column: String,
        cost: Work,
        unless: Option<String>,
    },
    /// `proven` where a constraint or the definition already says so.
    SetNotNull {
        column: String,
        proven: bool,
    },
    DropNotNull {
        column: String,
    },
    AddConstraint(Constraint),
    Validate {
        name: String,
        references: Option<Named>,
    },
    DropConstraint {
        name: String,
        references: Option<Named>,
        cascade: bool,
        if_exists: bool,
    },
    Rename {
        kind: Kind,
        from: String,
        to: String,
    },
    /// The default partition is read to see that nothing in it belongs to the new one.
    Attach {
        partition: Named,
        default: Option<Named>,
    },
    Detach {
        partition: Named,
        concurrently: bool,
    },
    /// ENABLE or DISABLE of a trigger; without a name of all of them.
    SwitchTrigger {
        on: bool,
        name: Option<String>,
    },
    /// Other parts of ALTER TABLE.
    Alter {
        lock: Lock,
        cost: Work,
    },
    CreateIndex {
        name: Option<String>,
        unique: bool,
        concurrently: bool,
        if_not_exists: bool,
    },
    /// `one` index or table rather than many.
    Reindex {
        concurrently: bool,
        one: bool,
    },
    Refresh {
        concurrently: bool,
        with_data: bool,
    },
    /// `names` are in SQL.
    Drop {
        kind: Kind,
        names: Vec<String>,
        cascade: bool,
        if_exists: bool,
        concurrently: bool,
    },
    Truncate {
        cascade: bool,
    },
    Update {
        every_row: bool,
    },
    Delete {
        every_row: bool,
    },
    /// INSERT, COPY FROM, MERGE.
    Write,
    AddEnumValue {
        name: String,
        placed: bool,
        if_not_exists: bool,
    },
    CreateEnum {
        name: String,
    },
    /// ALTER DOMAIN … VALIDATE CONSTRAINT.
    ValidateDomain {
        domain: String,
    },
    /// CREATE DOMAIN or ALTER DOMAIN with a constraint.
    DomainConstraint {
        domain: String,
        added: bool,
        unchecked: bool,
    },
    VacuumFull,
    Cluster,
    /// Anything else that makes an object.
    Create {
        kind: Kind,
        name: String,
        may_exist: bool,
    },
    /// Of MySQL, MariaDB or SQLite: a change of a table as their server makes it.
    Change(super::tokens::Change),
    /// It is of no concern here.
    Other,
}

/// One thing that a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) what: What,
    /// In words, for people.
    pub(crate) words: String,
    /// The relation it is about.
    pub(crate) on: Option<Named>,
    pub(crate) locks: Vec<Locked>,
    pub(crate) work: Work,
    pub(crate) unless: Option<String>,
    pub(crate) online: Option<Online>,
    /// The server refuses it inside a transaction.
    pub(crate) alone: bool,
    /// The relation was made earlier in the same script: nobody else uses it yet.
    pub(crate) fresh: bool,
}

impl Action {
    pub(crate) fn new(what: What, on: Option<Named>, words: impl Into<String>) -> Self {
        Action {
            what,
            words: words.into(),
            on,
            locks: Vec::new(),
            work: Work::Nothing,
            unless: None,
            online: None,
            alone: false,
            fresh: false,
        }
    }

    /// The relation in SQL, for messages.
    pub(crate) fn place(&self) -> String {
        self.on.as_ref().map_or_else(|| "the table".to_owned(), Named::sql)
    }

    /// Whether it takes that PostgreSQL lock or a stronger one on a relation that was there before.
    pub(crate) fn locks_as_strong_as(&self, least: Lock) -> bool {
        self.locks.iter().any(|held| matches!(held.lock, TableLock::Postgres { lock } if lock >= least))
    }
}
