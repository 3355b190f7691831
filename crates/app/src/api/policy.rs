use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AdvisorExposure, AdvisorFinding, AdvisorScore, Count, ObjectIcon, StagedPolicyChange};

/// A table by its names, as the server keeps them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
pub struct PolicyOn {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table: String,
}

/// Which commands a policy speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum PolicyCommand {
    All,
    Select,
    Insert,
    Update,
    Delete,
}

/// A policy as it is or is to be, without its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyDraft {
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Permissive policies are joined with OR; restrictive ones narrow the result with AND.
    pub permissive: bool,
    /// Whom it applies to; `PUBLIC`, or none at all, is everyone.
    pub roles: Vec<String>,
    /// Which rows are seen. Not for INSERT.
    pub using: Option<String>,
    /// Which rows may be written. Not for SELECT and DELETE.
    pub with_check: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// How a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    /// Row security is off, and an exposed role reaches it.
    Exposed,
    /// Row security is off; no role that is known to be exposed reaches it.
    Off,
    /// Row security is on without a policy: nobody it applies to gets a row.
    NoPolicy,
    /// Row security is on, and an exposed role gets every row all the same.
    Open,
    /// Row security is on, with policies.
    On,
    /// The same, on the owner too.
    Forced,
    /// Whether row security is on was not read.
    NotKnown,
}

/// How far a role gets with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyLevel {
    /// No row: a privilege is missing, or no policy lets one through.
    None,
    /// The rows that policies let through.
    Filtered,
    /// Every row.
    All,
    /// Every row, since row security does not apply to the role.
    Bypass,
    /// It was not read.
    NotKnown,
}

/// How far a role gets with each command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyAccess {
    /// Reading rows.
    pub select: PolicyLevel,
    /// Adding rows.
    pub insert: PolicyLevel,
    /// Changing rows.
    pub update: PolicyLevel,
    /// Removing rows.
    pub delete: PolicyLevel,
}

/// A table in lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTableRow {
    /// The table.
    pub on: PolicyOn,
    /// Its icon.
    pub icon: ObjectIcon,
    /// Who owns it.
    pub owner: Option<String>,
    /// Whether policies apply; `None` where that was not read.
    pub enabled: Option<bool>,
    /// Whether they apply to the owner too.
    pub forced: Option<bool>,
    /// How it stands.
    pub state: PolicyState,
    /// The same in words: `Off, exposed`.
    pub words: String,
    /// How many policies it has.
    pub policies: u32,
    /// Commands that a permissive policy is for.
    pub commands: Vec<PolicyCommand>,
    /// Findings of the advisor about it that are errors.
    pub errors: u32,
    /// Findings that are warnings.
    pub warnings: u32,
    /// Findings to know.
    pub infos: u32,
    /// The worst finding in a sentence.
    pub finding: Option<String>,
    /// Changes of it that are staged.
    pub staged: u32,
    /// The table it is a partition of.
    pub partition_of: Option<PolicyOn>,
    /// How far the role gets that the list was asked for.
    pub access: Option<PolicyAccess>,
}

/// Which tables to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PolicyTablesFilter {
    /// Only names that contain this text, whatever its case.
    pub text: String,
    /// Only these schemas; none is all.
    pub schemas: Vec<String>,
    /// Only tables that this role reaches by some command; the rows then say how far.
    pub role: Option<String>,
    /// Only tables that stand in one of these ways; none is all.
    pub states: Vec<PolicyState>,
    /// Only tables with errors or warnings.
    pub needs_work: bool,
    /// Only tables with staged changes.
    pub staged: bool,
    /// The worst first, instead of by name.
    pub worst_first: bool,
}

/// Some of a database's tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTablePage {
    /// The tables from the asked place.
    pub rows: Vec<PolicyTableRow>,
    /// Whether their findings are counted: false while the rules are asked.
    pub judged: bool,
    /// How many pass the filter.
    pub total: u32,
}

/// A role of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyRole {
    /// Its name; `PUBLIC` is everyone.
    pub name: String,
    /// Whether it can log in.
    pub login: bool,
    /// Whether checks do not apply to it.
    pub superuser: bool,
    /// Whether row security does not apply to it.
    pub bypass: bool,
    /// Whether statements of clients that nobody trusts run with its rights.
    pub exposed: bool,
}

/// Whether row security applies to the login at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyLogin {
    /// Whose rights count; `None` where that was not read.
    pub name: Option<String>,
    /// It is a superuser.
    pub superuser: bool,
    /// It has BYPASSRLS.
    pub bypass: bool,
    /// Tables with row security that it owns and that are not forced on the owner.
    pub owned: u32,
    /// What to tell, where row security does not apply to it, or not everywhere.
    pub words: Option<String>,
}

/// How many tables stand in which way, before any filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[allow(missing_docs, reason = "the states are those of PolicyState")]
pub struct PolicyCounts {
    /// All of them.
    pub tables: u32,
    pub exposed: u32,
    pub off: u32,
    pub no_policy: u32,
    pub open: u32,
    pub on: u32,
    pub forced: u32,
    pub not_known: u32,
    /// With errors or warnings.
    pub needs_work: u32,
    /// With staged changes.
    pub staged: u32,
    /// Policies of all of them.
    pub policies: u32,
}

/// How a database's tables stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyOverview {
    /// Whether row security applies to the login.
    pub login: PolicyLogin,
    /// How safe rows are; `None` while the rules are asked: `changed` says when they have answered.
    pub score: Option<AdvisorScore>,
    /// What untrusted clients reach; `None` where nobody said so and nothing hints at it.
    pub exposure: Option<AdvisorExposure>,
    /// All tables counted.
    pub counts: PolicyCounts,
    /// Schemas that have tables.
    pub schemas: Vec<String>,
    /// Roles, `PUBLIC` first, without the server's own.
    pub roles: Vec<PolicyRole>,
    /// What could not be read in full, in words.
    pub unread: Vec<String>,
    /// When it was read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
}

/// An expression that could not be read: it is shown raw, and nothing is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyUnreadable {
    /// `USING` or `WITH CHECK`.
    pub part: String,
    /// Why.
    pub message: String,
}

/// A policy of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCard {
    /// As the catalog has it.
    pub policy: PolicyDraft,
    /// The text of USING as it was typed here, while it means the same as the catalog's.
    pub own_using: Option<String>,
    /// The text of WITH CHECK as it was typed here, while it means the same as the catalog's.
    pub own_check: Option<String>,
    /// What of it could not be read.
    pub unreadable: Vec<PolicyUnreadable>,
    /// Remarks: `always true`, `reads session_user: differs from a real login` …
    pub remarks: Vec<String>,
}

/// A view that reads the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyView {
    /// The view.
    pub view: PolicyOn,
    /// It stores its rows, which no policy filters.
    pub materialized: bool,
    /// It reads with the rights of who asks.
    pub invoker: bool,
    /// Who owns it: with whose rights it reads otherwise.
    pub owner: Option<String>,
    /// The statement that makes it read with the rights of who asks, where it does not.
    pub fix: Option<String>,
}

/// A column, for expressions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the server prints it.
    pub native_type: String,
}

/// Everything about one table's row security.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTable {
    /// The table.
    pub row: PolicyTableRow,
    /// Its comment.
    pub comment: Option<String>,
    /// Its columns.
    pub columns: Vec<PolicyColumn>,
    /// Its policies by name.
    pub policies: Vec<PolicyCard>,
    /// Roles that have any privilege on it, and those that its policies name.
    pub roles: Vec<PolicyRole>,
    /// Views that read it.
    pub views: Vec<PolicyView>,
    /// Its partitions, theirs too.
    pub partitions: Vec<PolicyTableRow>,
    /// What the advisor found.
    pub findings: Vec<AdvisorFinding>,
    /// Its staged changes.
    pub staged: Vec<StagedPolicyChange>,
    /// When it was read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
}

/// A policy's part in a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyPart {
    /// The policy.
    pub policy: String,
    /// Its expression; a permissive policy without one adds nothing, a restrictive one asks nothing.
    pub expression: Option<String>,
    /// It is the USING expression although rows are written: WITH CHECK is missing.
    pub using_as_check: bool,
    /// `always true`, `never true`, or nothing where it depends.
    pub truth: Option<String>,
}

/// Policies of one command, combined as the server does it: any permissive one, and all restrictive ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCondition {
    /// What it is asked of, in words: `rows that are there`, `rows as written`.
    pub asked: String,
    /// The command whose policies these are.
    pub command: PolicyCommand,
    /// Any of these has to be true.
    pub permissive: Vec<PolicyPart>,
    /// And all of these.
    pub restrictive: Vec<PolicyPart>,
    /// The whole, as SQL for people: `(a OR b) AND (c)`.
    pub text: String,
}

/// What row security does to a role's command on a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyEffect {
    /// How far the role gets.
    pub level: PolicyLevel,
    /// Why, in words.
    pub because: String,
    /// The privilege is on some columns only.
    pub some_columns: bool,
    /// All of these have to hold; empty where no policy is asked.
    pub conditions: Vec<PolicyCondition>,
    /// Policies of the table that are not asked.
    pub unused: Vec<String>,
    /// Ways around the policies that are open to the role.
    pub around: Vec<PolicyWay>,
    /// The tables of a recursion that the server would refuse (42P17).
    pub recursion: Option<Vec<PolicyOn>>,
}

/// A way around the policies of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyWay {
    /// What it is: `view with its owner's rights`, `TRUNCATE` …
    pub kind: String,
    /// The object it leads through.
    pub through: PolicyOn,
    /// With whose rights, where these are not the role's own.
    pub rights_of: Option<String>,
    /// How far those rights reach by reading.
    pub reaches: PolicyLevel,
}

/// Which part of the matrix to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PolicyMatrixFilter {
    /// Which tables.
    pub tables: PolicyTablesFilter,
    /// Which roles; none is all that are not the server's own.
    pub roles: Vec<String>,
    /// With the staged changes as if they were applied.
    pub drafted: bool,
}

/// What one role can do to one table by one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCell {
    /// How far it gets.
    pub level: PolicyLevel,
    /// The privilege is there and no policy lets a row through.
    pub no_policy: bool,
    /// The privilege is on some columns only.
    pub some_columns: bool,
}

/// One table of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyMatrixRow {
    /// The table.
    pub on: PolicyOn,
    /// How it stands.
    pub state: PolicyState,
    /// By role, in the order of [`PolicyMatrixPage::roles`], and for each SELECT, INSERT, UPDATE and DELETE.
    pub cells: Vec<PolicyCell>,
}

/// Some tables of the matrix with all its roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyMatrixPage {
    /// The roles.
    pub roles: Vec<PolicyRole>,
    /// The tables from the asked place.
    pub rows: Vec<PolicyMatrixRow>,
    /// How many tables pass the filter.
    pub total: u32,
    /// What could not be read in full, so that cells may be too low or too high, in words.
    pub unread: Vec<String>,
    /// When it was read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
}

/// In which form the matrix is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum PolicyMatrixFormat {
    Csv,
    Json,
    Html,
}
