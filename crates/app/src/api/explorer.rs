use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, GrantRow, ListState};

/// The only identity of a database object that crosses; see [`catalog::ObjectKey`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct ObjectRef {
    /// The database.
    pub database: Option<String>,
    /// The schema.
    pub schema: Option<String>,
    /// What it is (`relation`, `routine` …).
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What tells namesakes apart.
    pub signature: Option<String>,
}

/// Which icon an object or folder shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ObjectIcon {
    Connection,
    Database,
    Schema,
    Folder,
    Table,
    PartitionedTable,
    Partition,
    View,
    MaterializedView,
    ForeignTable,
    VirtualTable,
    Collection,
    Column,
    PrimaryKey,
    ForeignKey,
    Index,
    Constraint,
    Trigger,
    Policy,
    Function,
    Procedure,
    Type,
    Sequence,
    Role,
    Extension,
    Event,
    Publication,
    EventTrigger,
}

/// How a tree node's content stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// There.
    Ready,
    /// The login may not read it.
    Denied,
    /// Another database of the server, not opened yet.
    NotOpened,
}

/// One node of the explorer's tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TreeNode {
    /// Names the node among all of its connection; opaque.
    pub id: String,
    /// What is shown.
    pub label: String,
    /// A short remark at the right (`1.2 M ~`, `bigint`).
    pub detail: Option<String>,
    /// The exact or long form of `detail`, for hovering.
    pub detail_title: Option<String>,
    /// Its icon.
    pub icon: ObjectIcon,
    /// Whether it may have children.
    pub expandable: bool,
    /// The object it stands for; folders have none.
    pub object: Option<ObjectRef>,
    /// Whether a Data tab can be opened for it.
    pub browsable: bool,
    /// How its content stands.
    pub state: NodeState,
    /// Made by the server for itself.
    pub system: bool,
    /// On the way to where work is: unfolded when its connection is opened for the first time.
    pub unfold: bool,
}

/// Some children of a node.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TreePage {
    /// The nodes from the asked offset.
    pub nodes: Vec<TreeNode>,
    /// How many children there are in all.
    pub total: u32,
    /// When the catalog they come from was read, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub as_of_ms: Option<i64>,
}

/// One hit of the catalog search.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SearchHit {
    /// The connection it is in.
    pub profile_id: String,
    /// The object.
    pub object: ObjectRef,
    /// What is shown.
    pub label: String,
    /// Where it is (`public`, `public.orders`).
    pub place: String,
    /// Its icon.
    pub icon: ObjectIcon,
    /// A short remark (a column's type).
    pub detail: Option<String>,
    /// Whether a Data tab can be opened for it (a column opens its relation's).
    pub browsable: bool,
    /// The login may not read it.
    pub denied: bool,
    /// UTF-16 ranges of `label` that matched.
    pub matched: Vec<super::TextRange>,
}

/// A column of a relation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ColumnRow {
    /// Its place.
    pub ordinal: u32,
    /// Its name.
    pub name: String,
    /// Its type, as the server prints it.
    pub native_type: String,
    /// Whether it may hold NULL; `None` when not known.
    pub nullable: Option<bool>,
    /// Its default.
    pub default: Option<String>,
    /// `always` or `by default` for identity columns.
    pub identity: Option<String>,
    /// The expression of a computed column.
    pub generated: Option<String>,
    /// Its collation.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Where its foreign key leads (`customers.id`, `on delete restrict`).
    pub references: Option<ReferenceRow>,
}

/// Where a foreign key leads.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReferenceRow {
    /// The referred relation.
    pub object: ObjectRef,
    /// The referred columns.
    pub columns: Vec<String>,
    /// What happens on delete and update, in words.
    pub actions: String,
}

/// A row of the Indexes, Constraints or Triggers view.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PartRow {
    /// Its name; SQLite's constraints may have none.
    pub name: Option<String>,
    /// What it is (`primary key`, `unique`, `btree`, `before update`).
    pub kind: String,
    /// Columns or expressions concerned.
    pub columns: Vec<String>,
    /// Its text, as the server prints it, when loaded.
    pub definition: Option<String>,
    /// Short remarks: `unique`, `partial`, `invalid`, `deferrable`, `not validated`, `8.4 MB`.
    pub remarks: Vec<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The referred relation, for foreign keys.
    pub references: Option<ReferenceRow>,
    /// How often an index was used since the server began to count, where it counts.
    #[specta(type = Option<Count>)]
    pub scans: Option<i64>,
}

/// A row-security policy.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PolicyRow {
    /// Its name.
    pub name: String,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// Permissive ones are joined with OR; restrictive ones narrow the result.
    pub permissive: bool,
    /// Whom it applies to; `PUBLIC` for everyone.
    pub roles: Vec<String>,
    /// Which rows are seen.
    pub using: Option<String>,
    /// Which rows may be written.
    pub check: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A foreign key of another relation that refers to this one.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReferencedByRow {
    /// The referring relation.
    pub object: ObjectRef,
    /// Its columns.
    pub columns: Vec<String>,
    /// Our columns.
    pub referenced_columns: Vec<String>,
    /// The constraint's name.
    pub name: Option<String>,
    /// What happens on delete and update, in words.
    pub actions: String,
}

/// Everything about one relation but its rows.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RelationPage {
    /// The relation.
    pub object: ObjectRef,
    /// Its icon.
    pub icon: ObjectIcon,
    /// What it is, in words (`table`, `materialized view`).
    pub kind: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// The server's estimate of its rows.
    #[specta(type = Option<Count>)]
    pub estimated_rows: Option<i64>,
    /// Its size.
    #[specta(type = Option<Count>)]
    pub bytes: Option<u64>,
    /// Row security in words (`off`, `on`, `forced`); `None` where there is no such thing or it is not known.
    pub row_security: Option<String>,
    /// Storage options and partition facts.
    pub options: Vec<String>,
    /// Its columns.
    pub columns: Vec<ColumnRow>,
    /// Its indexes.
    pub indexes: Vec<PartRow>,
    /// Its constraints, foreign keys included.
    pub constraints: Vec<PartRow>,
    /// Foreign keys that refer to it.
    pub referenced_by: Vec<ReferencedByRow>,
    /// Its triggers.
    pub triggers: Vec<PartRow>,
    /// Its policies.
    pub policies: Vec<PolicyRow>,
    /// Who may do what with it, its columns too.
    pub grants: Vec<GrantRow>,
    /// How `grants` stands.
    pub grants_state: ListState,
    /// When this was read, in ms since the epoch.
    #[specta(type = Count)]
    pub as_of_ms: i64,
    /// Whether it comes from disk: the server was not asked, because it cannot be reached.
    pub kept: bool,
    /// Kinds that could not be read, as sentences.
    pub denied: Vec<String>,
    /// What was not asked of the server, as a sentence: it is missing here, and may be there.
    pub unread: Option<String>,
}

/// The statements that would make an object again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Definition {
    /// The statements.
    pub text: String,
    /// When they were read, in ms since the epoch, where they come from disk because the server cannot be reached; `None`
    /// where it was asked.
    #[specta(type = Option<Count>)]
    pub as_of_ms: Option<i64>,
}
