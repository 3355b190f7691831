use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, NoticeRow, PolicyCommand, PolicyOn};

/// Who a statement is tried as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PolicyActor {
    /// The role; `None` is the login itself.
    pub role: Option<String>,
    /// The claims, as the text of a JSON value.
    pub claims: Option<String>,
    /// The setting that the claims are put into; `None` is `request.jwt.claims`.
    pub claims_setting: Option<String>,
    /// Further settings, in order: name and value.
    pub settings: Vec<(String, String)>,
    /// Whether the role's own `ALTER ROLE … SET` values are applied first.
    pub apply_role_settings: bool,
}

/// An actor that was saved with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedPolicyActor {
    /// What it is called.
    pub name: String,
    /// It.
    pub actor: PolicyActor,
}

/// Rows of a table that are looked at one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySample {
    /// The table.
    pub on: PolicyOn,
    /// Most rows that are looked at.
    pub rows: u32,
    /// Count all rows, for totals that are exact: reads the whole table twice.
    pub count: bool,
    /// Judge what is staged for the table beside what there is.
    pub drafted: bool,
}

/// One statement to be tried. Nothing of it stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PolicyAttempt {
    /// As whom.
    pub actor: PolicyActor,
    /// Scripts that the login runs before, in the same transaction.
    pub setup: Vec<String>,
    /// The statement: exactly one.
    pub statement: String,
    /// A statement that the login runs after it, in the same transaction.
    pub then: Option<String>,
    /// A SELECT may write too, by its functions.
    pub may_write: bool,
    /// A table whose rows are looked at one by one.
    pub sample: Option<PolicySample>,
    /// Most rows of an answer; `None` is 1,000.
    pub rows: Option<u32>,
    /// Longest time a lock is waited for; `None` is 1,000.
    pub lock_timeout_ms: Option<u32>,
    /// Longest time of each statement; `None` is 10,000.
    pub statement_timeout_ms: Option<u32>,
}

/// What a statement gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyAnswer {
    /// The names of its columns; empty where it gives no rows.
    pub columns: Vec<String>,
    /// Its rows, every value as the server prints it.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows it gave, those beyond the limits included.
    #[specta(type = Count)]
    pub row_count: u64,
    /// How many rows it added, changed or removed; `None` for a statement that only reads.
    #[specta(type = Option<Count>)]
    pub affected: Option<u64>,
}

/// What came of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum PolicyOutcome {
    /// It ran to its end.
    Done {
        /// What it gave.
        answer: PolicyAnswer,
    },
    /// The server refused it for want of a privilege.
    NoPrivilege {
        /// Which: `SELECT on app.documents`; empty where only the server's words name it.
        missing: Vec<String>,
        /// What the server said.
        error: AppError,
    },
    /// A policy refused a row that would be written, or that the statement met.
    PolicyRefused {
        /// The table, where it is known.
        table: Option<String>,
        /// What the server said.
        error: AppError,
    },
    /// It failed for another reason.
    Failed {
        /// What the server said.
        error: AppError,
    },
    /// It took longer than allowed and was cancelled.
    TimedOut {
        /// After how long.
        #[specta(type = Count)]
        after_ms: u64,
    },
    /// It was not sent.
    NotSent {
        /// Why, and where.
        error: AppError,
    },
}

/// How many there are, or why that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTotal {
    /// How many.
    #[specta(type = Option<Count>)]
    pub rows: Option<u64>,
    /// Why that is not known: not evaluated, or not visible to this login.
    pub reason: Option<String>,
}

/// What an expression is for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyVerdict {
    /// True.
    Pass,
    /// False.
    Fail,
    /// NULL, which counts as false.
    Null,
    /// There is no such expression.
    Absent,
    /// It could not be computed.
    NotEvaluated,
}

/// What policies let an actor do with a row; `None` where that is not known. Privileges are another matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyReach {
    /// See it.
    pub select: Option<bool>,
    /// Add one like it.
    pub insert: Option<bool>,
    /// Change it, so that it is as it is.
    pub update: Option<bool>,
    /// Remove it.
    pub delete: Option<bool>,
}

/// A policy as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JudgedPolicy {
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Any of these has to pass, or all of them have to.
    pub permissive: bool,
    /// Whether it concerns the actor.
    pub applies: bool,
    /// Its USING expression.
    pub using: Option<String>,
    /// Its WITH CHECK expression.
    pub with_check: Option<String>,
    /// Why what is said of it is only about right.
    pub approximate: Option<String>,
    /// Why nothing is said of it.
    pub failed: Option<String>,
}

/// One row as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JudgedRow {
    /// Its values, as the server prints them.
    pub values: Vec<Option<String>>,
    /// Whether the actor really sees it; `None` where that could not be asked.
    pub seen: Option<bool>,
    /// What the policies let the actor do with it.
    pub now: PolicyReach,
    /// What the staged ones would let the actor do.
    pub drafted: Option<PolicyReach>,
    /// What each policy says: USING, WITH CHECK.
    pub verdicts: Vec<(PolicyVerdict, PolicyVerdict)>,
    /// What each staged one says.
    pub draft_verdicts: Vec<(PolicyVerdict, PolicyVerdict)>,
}

/// What is said of sampled rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyJudgement {
    /// The columns of the rows.
    pub columns: Vec<String>,
    /// Which of them are the primary key's, as indexes.
    pub key: Vec<u32>,
    /// The table's policies.
    pub policies: Vec<JudgedPolicy>,
    /// What they are to be; empty where nothing is staged.
    pub drafts: Vec<JudgedPolicy>,
    /// Why no policy is asked.
    pub unfiltered: Option<String>,
    /// The same of what is staged.
    pub unfiltered_by_drafts: Option<String>,
    /// The rows.
    pub rows: Vec<JudgedRow>,
    /// Rows that the actor sees.
    pub visible: PolicyTotal,
    /// Rows that the actor does not see.
    pub hidden: PolicyTotal,
    /// Whether every row was counted; otherwise the totals are of the sample.
    pub exact: bool,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyAttempted {
    /// What came of the statement.
    pub outcome: PolicyOutcome,
    /// What came of the one after it.
    pub then: Option<PolicyOutcome>,
    /// What the server said meanwhile.
    pub notices: Vec<NoticeRow>,
    /// What no rollback undoes, as sentences.
    pub lasting: Vec<String>,
    /// What a real login of that role would meet otherwise, as sentences.
    pub differs: Vec<String>,
    /// The rows that were looked at.
    pub sample: Option<PolicyJudgement>,
    /// Why none were.
    pub no_sample: Option<String>,
    /// How long the statement itself took, in microseconds.
    #[specta(type = Count)]
    pub statement_us: u64,
    /// How long all of it took, in microseconds.
    #[specta(type = Count)]
    pub total_us: u64,
}

/// One statement tried as two actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCompared {
    /// As the first.
    pub first: PolicyAttempted,
    /// As the second.
    pub second: PolicyAttempted,
    /// Rows that only the first sees, as indexes into its rows.
    pub only_first: Vec<u32>,
    /// Rows that only the second sees, as indexes into its rows.
    pub only_second: Vec<u32>,
    /// Rows that both see, as indexes into both.
    pub both: Vec<(u32, u32)>,
    /// Whether all rows of both were compared.
    pub complete: bool,
}

/// Which of a policy's expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolicyExpression {
    /// Which rows are seen.
    Using,
    /// Which rows may be written.
    WithCheck,
}

/// What is said of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyCheck {
    /// Why the server would refuse it, and where in the text; `None` where it would take it.
    pub problem: Option<AppError>,
    /// Why it could not be asked.
    pub not_checked: Option<String>,
    /// What is worth knowing: `always true`, a recursion, a call for every row.
    pub notes: Vec<String>,
}

/// What the server says of everything that is staged, tried in a transaction that is rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "checked")]
pub enum PolicyTrial {
    /// It would be applied.
    Fine,
    /// A lock was not to be had in time.
    Locked {
        /// What the server said.
        error: AppError,
        /// Who was in the way.
        blockers: Vec<super::PolicyBlocker>,
    },
    /// The server refuses a statement.
    Refused {
        /// What it said.
        error: AppError,
        /// The statement, counted from 0 through all steps.
        statement: u32,
    },
}

/// What came of one case of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySuiteCase {
    /// Its name.
    pub name: String,
    /// Everything came as it was to come.
    pub ok: bool,
    /// What came, as JSON.
    pub got: String,
    /// What was to come instead, in words.
    pub why: Option<String>,
}

/// What came of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySuiteReport {
    /// Cases that came as they were to come.
    pub passed: u32,
    /// Cases that did not.
    pub failed: u32,
    /// Each, in order.
    pub cases: Vec<PolicySuiteCase>,
}

/// Somebody who owns rows, for the cases of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySuiteUser {
    /// What the cases call them.
    pub name: String,
    /// What the column that names the owner holds for them, as the server prints it.
    pub id: String,
    /// How their statements are sent.
    pub actor: PolicyActor,
}

/// Who tries what in a suite that is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySuiteActors {
    /// The column that names who owns a row; `None` is the likeliest.
    pub owner: Option<String>,
    /// Who tries.
    pub one: PolicySuiteUser,
    /// Whose rows are out of reach.
    pub other: PolicySuiteUser,
    /// Who has not signed in; `None` leaves those cases out.
    pub anonymous: Option<PolicyActor>,
}

/// A suite as files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicySuiteText {
    /// As `rowhouse policy test --suite` takes it.
    pub json: String,
    /// As a pgTAP script.
    pub pgtap: String,
    /// What has to be looked at before it can run.
    pub notes: Vec<String>,
}
