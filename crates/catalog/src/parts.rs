//! Relations and what belongs to one relation.

use serde::{Deserialize, Serialize};

use crate::{Known, SchemaId};

/// Index into [`crate::Catalog::relations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RelationId(pub u32);

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// An ordinary table.
    Table,
    /// A table whose rows live in partitions.
    PartitionedTable,
    /// A partition of another relation (it may be partitioned itself).
    Partition,
    /// A view.
    View,
    /// A view with stored rows.
    MaterializedView,
    /// A table of another server.
    ForeignTable,
    /// A table implemented by a module (SQLite).
    VirtualTable,
    /// A collection of documents (MongoDB).
    Collection,
    /// A collection of measurements, kept in buckets by time (MongoDB).
    TimeSeries,
}

/// How something was concluded that nobody declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inferred {
    /// Documents looked at.
    pub sampled: u64,
    /// Documents there are, as the server estimates; `None` where it does not say.
    pub of: Option<u64>,
}

/// Whether row security filters a relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSecurity {
    /// Policies apply.
    pub enabled: bool,
    /// They apply to the owner too.
    pub forced: bool,
}

/// A table, view, partition or foreign table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The server's estimate of its rows; `Value(None)` when it has never counted.
    pub estimated_rows: Known<Option<i64>>,
    /// Its size with indexes and long values.
    pub bytes: Known<u64>,
    /// Whether row security filters it.
    pub row_security: Known<RowSecurity>,
    /// The relation it is a partition of: schema and name.
    pub partition_of: Option<(String, String)>,
    /// How a partitioned table is divided, as the server prints it.
    pub partition_key: Option<String>,
    /// Which rows a partition holds, as the server prints it.
    pub partition_bound: Option<String>,
    /// The tables it inherits from, in their order: schema and name. A partition's parent does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<(String, String)>,
    /// Other tables inherit from it, so that reading it reads their rows too and its keys do not hold for all of them.
    /// Partitions do not count: a partitioned table's keys hold for all of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_children: bool,
    /// A rule does something else instead of a change that is asked for (PostgreSQL), so that what was changed is not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rewritten: bool,
    /// Storage options, as the server prints them (`STRICT`, `WITHOUT ROWID`, `fillfactor=70`).
    pub options: Vec<String>,
    /// Whether the login may read its rows.
    pub may_select: Known<bool>,
    /// A view's query, or an SQLite object's own `CREATE` text.
    pub definition: Known<String>,
    /// The server's internal number: a hint that a new name is an old object.
    pub rename_hint: Option<u64>,
}

impl Relation {
    /// A relation of which only the name and kind are known.
    pub fn new(schema: SchemaId, name: &str, kind: RelationKind) -> Self {
        Relation {
            schema,
            name: name.to_owned(),
            kind,
            owner: None,
            comment: None,
            estimated_rows: Known::NotLoaded,
            bytes: Known::NotLoaded,
            row_security: Known::NotLoaded,
            partition_of: None,
            partition_key: None,
            partition_bound: None,
            parents: Vec::new(),
            has_children: false,
            rewritten: false,
            options: Vec::new(),
            may_select: Known::NotLoaded,
            definition: Known::NotLoaded,
            rename_hint: None,
        }
    }
}

/// When an identity column takes a given value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Only the server chooses.
    Always,
    /// A given value wins. Also MySQL's AUTO_INCREMENT and SQLite's rowid alias.
    ByDefault,
}

/// How a computed column is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// Its expression, as the server prints it.
    pub expression: Option<String>,
    /// Stored on disk rather than computed when read.
    pub stored: bool,
}

/// A declared column, or a field that was found ([`Column::inferred`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its relation.
    pub relation: RelationId,
    /// Its place, from 1, as the server numbers it (dropped columns leave gaps).
    pub ordinal: u32,
    /// Its name.
    pub name: String,
    /// Its type exactly as the server prints it, with modifiers.
    pub native_type: String,
    /// Whether it may hold NULL.
    pub nullable: Known<bool>,
    /// Its default expression, as the server prints it.
    pub default: Option<String>,
    /// Whether it is an identity column.
    pub identity: Option<Identity>,
    /// Whether and how it is computed.
    pub generated: Option<Generated>,
    /// Its collation where it is not the default.
    pub collation: Option<String>,
    /// It came from a table that this one inherits from, or is a partition of, and goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Set where nobody declared it: it was found by looking at some documents (MongoDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Inferred>,
    /// Its comment.
    pub comment: Option<String>,
}

impl Column {
    /// A column of which only place, name and type are known.
    pub fn new(relation: RelationId, ordinal: u32, name: &str, native_type: &str) -> Self {
        Column {
            relation,
            ordinal,
            name: name.to_owned(),
            native_type: native_type.to_owned(),
            nullable: Known::NotLoaded,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            inherited: false,
            inferred: None,
            comment: None,
        }
    }
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// Identifies each row.
    PrimaryKey,
    /// No two rows alike.
    Unique,
    /// An expression holds.
    Check,
    /// No two rows conflict by given operators.
    Exclusion,
    /// A named NOT NULL (PostgreSQL 18).
    NotNull,
}

/// A constraint other than a foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Its relation.
    pub relation: RelationId,
    /// Its name; SQLite constraints may have none.
    pub name: Option<String>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Its columns in key order; empty for expressions.
    pub columns: Vec<String>,
    /// Its text, as the server prints it.
    pub definition: Known<String>,
    /// Whether it may be checked at commit.
    pub deferrable: bool,
    /// Whether it is checked at commit unless told otherwise.
    pub initially_deferred: bool,
    /// Whether existing rows were checked.
    pub validated: bool,
    /// It came with a parent's and goes with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// What happens to referring rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The change is refused at the end of the statement or transaction.
    #[default]
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// Referring rows follow.
    Cascade,
    /// Referring columns become NULL.
    SetNull,
    /// Referring columns take their default.
    SetDefault,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The referring relation.
    pub relation: RelationId,
    /// Its name; SQLite's may have none.
    pub name: Option<String>,
    /// Referring columns.
    pub columns: Vec<String>,
    /// The referred relation's schema and name; it need not be loaded or (SQLite) even exist.
    pub references: (String, String),
    /// The same as an id, where that relation is in this catalog.
    pub referenced: Option<RelationId>,
    /// Referred columns, pairwise with `columns`; resolved to the primary key where the text left them out.
    pub referenced_columns: Vec<String>,
    /// On delete of a referred row.
    pub on_delete: Action,
    /// On update of a referred key.
    pub on_update: Action,
    /// Whether it may be checked at commit.
    pub deferrable: bool,
    /// Whether it is checked at commit unless told otherwise.
    pub initially_deferred: bool,
    /// Whether existing rows were checked.
    pub validated: bool,
    /// Its text, as the server prints it.
    pub definition: Known<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// One key of an index: a column or an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column, or the expression's text.
    pub text: String,
    /// Whether `text` is an expression.
    pub expression: bool,
    /// Sorted from greatest to least.
    pub descending: bool,
    /// Where NULLs stand, when it is not the default for the direction.
    pub nulls_first: Option<bool>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its relation.
    pub relation: RelationId,
    /// Its name.
    pub name: String,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Whether it stands behind the primary key.
    pub primary: bool,
    /// Its access method (`btree`, `gin` …).
    pub method: Option<String>,
    /// Its keys in order.
    pub keys: Vec<IndexKey>,
    /// Columns carried along without being keys.
    pub included: Vec<String>,
    /// The condition of a partial index.
    pub predicate: Option<String>,
    /// Whether queries may use it; a failed concurrent build leaves it false.
    pub valid: Known<bool>,
    /// How often it was used since statistics began.
    pub scans: Known<i64>,
    /// Its size.
    pub bytes: Known<u64>,
    /// Its `CREATE INDEX` text.
    pub definition: Known<String>,
    /// It is a partition's part of its parent's index and goes with that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// Whether a trigger fires or an event runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    /// In ordinary sessions.
    #[default]
    Origin,
    /// Always, replicas too.
    Always,
    /// Only on replicas.
    Replica,
    /// Never.
    Disabled,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its relation.
    pub relation: RelationId,
    /// Its name.
    pub name: String,
    /// `BEFORE`, `AFTER` or `INSTEAD OF`.
    pub timing: Option<String>,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`.
    pub events: Vec<String>,
    /// Fires for each row rather than each statement.
    pub for_each_row: bool,
    /// Whether it fires.
    pub enabled: Enabled,
    /// The function it calls, with its schema.
    pub function: Option<String>,
    /// Its full text.
    pub definition: Known<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// Which commands a policy speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    /// Every command.
    All,
    /// Reading.
    Select,
    /// Adding.
    Insert,
    /// Changing.
    Update,
    /// Removing.
    Delete,
}

/// A row-security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its relation.
    pub relation: RelationId,
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Permissive policies are joined with OR; restrictive ones narrow the result with AND.
    pub permissive: bool,
    /// Whom it applies to; `PUBLIC` for everyone.
    pub roles: Vec<String>,
    /// The USING expression, as the server prints it.
    pub using: Option<String>,
    /// The WITH CHECK expression, as the server prints it.
    pub with_check: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}
