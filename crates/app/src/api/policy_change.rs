use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    AppError, Count, PolicyCommand, PolicyDraft, PolicyExpression, PolicyLevel, PolicyOn, SweepQuestion, TextRange,
};

/// What a person does to the staged changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "edit")]
pub enum PolicyEdit {
    /// A new policy; with an id, another text of a new policy that is staged.
    Create {
        /// The staged change that it takes the place of.
        id: Option<u32>,
        /// Its table.
        on: PolicyOn,
        /// The policy.
        policy: PolicyDraft,
    },
    /// A policy of the catalog becomes another; what was staged for it goes. As it is, nothing is staged.
    Alter {
        /// Its table.
        on: PolicyOn,
        /// Its name in the catalog.
        name: String,
        /// As it is to be.
        policy: PolicyDraft,
    },
    /// A policy of the catalog goes.
    Drop {
        /// Its table.
        on: PolicyOn,
        /// Its name in the catalog.
        name: String,
    },
    /// Row security is turned on or off, forced or not.
    RowSecurity {
        /// The table.
        on: PolicyOn,
        /// Policies apply.
        enabled: bool,
        /// They apply to the owner too.
        forced: bool,
    },
    /// A staged change is taken back.
    Discard {
        /// Which.
        id: u32,
    },
    /// All staged changes are taken back.
    DiscardAll,
    /// What takes a set that was applied back is staged.
    Undo {
        /// [`PolicyApplied::id`].
        #[specta(type = Count)]
        applied: i64,
    },
}

/// Whether row security filters a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyFlags {
    /// Policies apply.
    pub enabled: bool,
    /// They apply to the owner too.
    pub forced: bool,
}

/// One change of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum PolicyChange {
    /// A new policy.
    Create {
        /// Its table.
        on: PolicyOn,
        /// The policy.
        policy: PolicyDraft,
    },
    /// A policy goes.
    Drop {
        /// Its table.
        on: PolicyOn,
        /// The policy as it is.
        policy: PolicyDraft,
    },
    /// A policy becomes another.
    Alter {
        /// Its table.
        on: PolicyOn,
        /// As it is.
        before: PolicyDraft,
        /// As it is to be.
        after: PolicyDraft,
    },
    /// Row security itself.
    RowSecurity {
        /// The table.
        on: PolicyOn,
        /// As it is.
        before: PolicyFlags,
        /// As it is to be.
        after: PolicyFlags,
    },
}

/// A staged change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StagedPolicyChange {
    /// Names it within its database's set.
    pub id: u32,
    /// What.
    pub change: PolicyChange,
    /// Why it does not fit any more: the policy is gone, or somebody else has changed it.
    pub conflict: Option<String>,
}

/// Everything that is staged for a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyDrafts {
    /// The changes, in order.
    pub changes: Vec<StagedPolicyChange>,
    /// What became of the last set that was sent and whose answer nobody got; `None` where there is none, or a person has read it.
    pub last: Option<PolicyLastApply>,
}

/// What became of a set of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyFate {
    /// It is in the database; nothing of it is staged any more.
    Applied,
    /// Nothing of it was changed; it is staged still.
    NotApplied,
    /// Nobody knows, or not yet; it is staged still.
    Unknown,
}

/// A set of changes whose answer nobody got: the program ended, or the connection was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyLastApply {
    /// Names it.
    #[specta(type = Count)]
    pub id: i64,
    /// When it was sent, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// What became of it.
    pub state: PolicyFate,
    /// The same in a sentence or two.
    pub words: String,
    /// Its statements.
    pub statements: Vec<String>,
}

/// One change as it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyStep {
    /// The table.
    pub on: PolicyOn,
    /// What it does, in words.
    pub what: String,
    /// The statements, in order, without semicolons.
    pub sql: Vec<String>,
    /// The strongest lock on the table: `ACCESS EXCLUSIVE`.
    pub lock: String,
    /// What waits for it, in words.
    pub waits: String,
    /// The statements that take it back.
    pub undo: Vec<String>,
}

/// A cell of the matrix before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCellChange {
    /// The table.
    pub on: PolicyOn,
    /// The role.
    pub role: String,
    /// The command.
    pub command: PolicyCommand,
    /// How far the role got.
    pub before: PolicyLevel,
    /// How far it gets; the same as before where other policies filter.
    pub after: PolicyLevel,
    /// It got somewhere and gets nowhere now: its role is to be acknowledged by name.
    pub loses: bool,
}

/// What applying the staged changes will do, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyPlan {
    /// The steps, in order.
    pub steps: Vec<PolicyStep>,
    /// Why it cannot be applied: what the server would refuse. Its steps are there where it is a name that is missing.
    pub refusal: Option<String>,
    /// All of it in one transaction, as it is sent.
    pub sql: String,
    /// What takes it back, in one transaction.
    pub undo: String,
    /// For a migration, without BEGIN and COMMIT.
    pub up: String,
    /// The migration's way back.
    pub down: String,
    /// How long a lock is waited for.
    pub lock_timeout_ms: u32,
    /// What changes for whom.
    pub coverage: Vec<PolicyCellChange>,
    /// Roles that lose something entirely: each is acknowledged by its name before it is applied.
    pub losing: Vec<String>,
    /// What is worth knowing before it is applied: a recursion, rights that were not read.
    pub warnings: Vec<String>,
    /// Names in it that are not there.
    pub missing: Vec<PolicyMissing>,
}

/// What a name that is missing was to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyMissingKind {
    /// A column of the policy's table.
    Column,
    /// A table or view that a sub-select reads.
    Relation,
    /// A function that is called.
    Function,
    /// A type that something is cast to.
    Type,
    /// A role that the policy is for.
    Role,
}

/// A name in a draft that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyMissing {
    /// The draft's table.
    pub on: PolicyOn,
    /// The policy, by the name it is to have.
    pub policy: String,
    /// What it was to be.
    pub kind: PolicyMissingKind,
    /// As it is written, with its schema.
    pub name: String,
    /// The expression that names it; `None` for a role.
    pub part: Option<PolicyExpression>,
    /// Where in that expression; `None` for a role.
    pub range: Option<TextRange>,
    /// The server does not know it either, and refuses the draft; otherwise it is only the catalog that lacks it.
    pub certain: bool,
    /// All of it in a sentence, with line and column.
    pub words: String,
}

/// A policy of one table as a draft for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCopied {
    /// The draft; columns that were written with the old table's name have the new one's.
    pub policy: PolicyDraft,
    /// Names in it that are not there for the new table.
    pub missing: Vec<PolicyMissing>,
    /// What else does not hold there: a column that would be one of a sub-select, an expression that cannot be read.
    pub notes: Vec<String>,
}

/// A session or prepared transaction that is in the way of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyBlocker {
    /// The server's number for the session; `None` for a prepared transaction.
    pub session: Option<String>,
    /// Whose it is.
    pub user: Option<String>,
    /// How its client names itself.
    pub application: Option<String>,
    /// What it runs or ran last; `None` where this login may not see it.
    pub statement: Option<String>,
    /// How long its transaction has been open.
    #[specta(type = Option<Count>)]
    pub age_ms: Option<u64>,
}

/// What became of a request to apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum PolicyApplied {
    /// Nothing was sent: a person says yes first.
    Confirm {
        /// To what.
        question: SweepQuestion,
    },
    /// It is committed; nothing is staged any more.
    Applied {
        /// Names it, for [`PolicyEdit::Undo`].
        #[specta(type = Count)]
        id: i64,
        /// How many changes.
        changes: u32,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// A lock was not to be had in time; nothing was changed.
    Locked {
        /// What the server said.
        error: AppError,
        /// The statement that waited, counted from 0 through all steps.
        statement: u32,
        /// Who was in the way; empty where they were gone before they could be seen.
        blockers: Vec<PolicyBlocker>,
    },
    /// The server refused a statement; nothing was changed.
    Refused {
        /// What the server said; its range is within the statement.
        error: AppError,
        /// The statement, counted from 0 through all steps.
        statement: u32,
    },
}

/// Who asks, as expressions of the database at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyWho {
    /// The user's id: `auth.uid()`, `current_setting('app.user_id', true)`.
    pub user: String,
    /// The role of those who are signed in.
    pub authenticated: String,
    /// The role of everyone else; `None` is PUBLIC.
    pub anonymous: Option<String>,
}

/// What a table is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "template")]
pub enum PolicyTemplate {
    /// Each user sees and writes their own rows.
    OwnRows {
        /// The column that names the owner.
        owner: String,
    },
    /// Members of a row's group see and write it.
    Membership {
        /// The column that names the group.
        group: String,
        /// The table that says who is a member.
        members: PolicyOn,
        /// Its column that names the group.
        members_group: String,
        /// Its column that names the user.
        members_user: String,
    },
    /// A role may do everything with every row.
    Role {
        /// The role.
        role: String,
    },
    /// Everyone reads every row.
    PublicRead,
    /// Who is signed in reads every row.
    AuthenticatedRead,
    /// Who owns a row writes it.
    OwnerWrites {
        /// The column that names the owner.
        owner: String,
    },
    /// Users with a flag may do everything.
    AdminAll {
        /// A condition of the user, such as `is_admin()`.
        condition: String,
    },
    /// Rows that are marked as deleted are hidden; restrictive.
    SoftDeleted {
        /// The column.
        column: String,
        /// It is a boolean, not a time.
        boolean: bool,
    },
    /// Rows are seen within their time; restrictive.
    TimeLimited {
        /// The column that says from when.
        from: Option<String>,
        /// The column that says until when.
        until: Option<String>,
    },
    /// Nobody gets past a condition of the session; restrictive.
    Guard {
        /// The condition.
        condition: String,
    },
    /// Rows of other tenants are out of reach; restrictive.
    TenantFence {
        /// The column that names the tenant.
        tenant: String,
        /// The session's tenant.
        session: String,
    },
    /// Rows are added and never changed.
    InsertOnly {
        /// The column that has to name the user who adds.
        owner: Option<String>,
    },
}

/// What a template makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyMade {
    /// The policies: drafts.
    pub policies: Vec<PolicyDraft>,
    /// `CREATE INDEX` statements that they want and the catalog does not show.
    pub indexes: Vec<String>,
    /// What has to be known about it.
    pub notes: Vec<String>,
}

/// A template offered for a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTemplateOffer {
    /// With the table's own columns.
    pub template: PolicyTemplate,
    /// `Own rows`.
    pub title: String,
    /// What it does, with the columns, in a few words.
    pub detail: String,
    /// The table has what it needs; otherwise its fields are examples.
    pub fits: bool,
    /// What it makes as it stands.
    pub made: PolicyMade,
}

/// Templates for a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTemplates {
    /// Who asks, as the catalog suggests: a guess.
    pub who: PolicyWho,
    /// The likeliest first.
    pub offers: Vec<PolicyTemplateOffer>,
}

/// A policy as it was read from SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "read")]
pub enum PolicyRead {
    /// It is one `CREATE POLICY`, with or without `COMMENT ON POLICY` after it.
    Policy {
        /// Its table.
        on: PolicyOn,
        /// The policy.
        policy: PolicyDraft,
    },
    /// It is none.
    Problem {
        /// Why, and where in the text.
        error: AppError,
    },
}
