use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, ObjectRef, PolicyBlocker, SweepQuestion};

/// A lock that a statement takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureLock {
    /// On which table, as written in SQL.
    pub table: String,
    /// `ACCESS EXCLUSIVE`.
    pub lock: String,
    /// What waits for it, in words.
    pub waits: String,
}

/// What a statement does to stored rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StructureWork {
    /// Definitions only.
    Nothing,
    /// It reads whole tables.
    Scan,
    /// It writes whole tables anew.
    Rewrite,
}

/// How the same is done while others go on working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureOnline {
    /// What it does otherwise and what that costs, in words.
    pub words: String,
    /// Its statements.
    pub sql: String,
    /// It can be chosen here, by the step's object.
    pub offered: bool,
    /// It is chosen.
    pub chosen: bool,
}

/// What the advisor says of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureFinding {
    /// `M-04`.
    pub rule: String,
    /// `error`, `warning`, `info`.
    pub level: String,
    /// What.
    pub title: String,
    /// Why, and what to do.
    pub detail: String,
}

/// One statement of what is staged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureStep {
    /// What it is about.
    pub object: ObjectRef,
    /// What it does, in words: `Add column orders.note`.
    pub what: String,
    /// Its text, without semicolon.
    pub sql: String,
    /// Which transaction it runs in, from 0; `None` by itself, kept at once.
    pub transaction: Option<u32>,
    /// Locks.
    pub locks: Vec<StructureLock>,
    /// What it does to rows.
    pub work: StructureWork,
    /// What makes the above less, or what it rests on, in words.
    pub unless: Option<String>,
    /// Another way.
    pub online: Option<StructureOnline>,
    /// What is said of it.
    pub findings: Vec<StructureFinding>,
    /// What it takes away for good, in words (`the rows of the table`).
    pub loses: Option<String>,
    /// It was not understood: nothing is claimed of it.
    pub unread: bool,
}

/// A statement of the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureBack {
    /// Its text.
    pub sql: String,
    /// What it does not bring back, or itself takes away, in words.
    pub loses: Option<String>,
}

/// What applying will do, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureReview {
    /// Stands for just these statements: what is applied is what was reviewed.
    pub digest: String,
    /// Why it cannot be applied.
    pub refusal: Option<String>,
    /// The statements, in order.
    pub steps: Vec<StructureStep>,
    /// All are kept together or not at all.
    pub together: bool,
    /// All of it as it is sent.
    pub script: String,
    /// The way back, in order.
    pub back: Vec<StructureBack>,
    /// The same as a script.
    pub back_script: String,
    /// What the way back does not bring back: each a sentence.
    pub lossy: Vec<String>,
    /// How long a lock is waited for.
    pub lock_timeout_ms: u32,
    /// What is worth knowing beside.
    pub warnings: Vec<String>,
}

/// What is in danger, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureRisk {
    /// The statement, counted from 0.
    pub step: u32,
    /// What was counted, in words: `1,204 rows have a value in note`.
    pub words: String,
    /// How many; `None` where it took too long or may not be read.
    #[specta(type = Option<Count>)]
    pub rows: Option<u64>,
    /// The statement will fail with these rows.
    pub fails: bool,
}

/// What became of a request to apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum StructureApplied {
    /// Nothing was sent: a person says yes first.
    Confirm {
        /// To what.
        question: SweepQuestion,
    },
    /// Nothing was sent: what is there is not what was reviewed.
    Stale,
    /// All is kept; nothing is staged any more.
    Applied {
        /// Names it, for [`StructureEdit::TakeBack`].
        #[specta(type = Count)]
        id: i64,
        /// How many statements.
        statements: u32,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// A lock was not to be had in time.
    Locked {
        /// What the server said.
        error: AppError,
        /// The statement that waited.
        statement: u32,
        /// How many statements before it are kept: none where all are kept together.
        kept: u32,
        /// Who was in the way.
        blockers: Vec<PolicyBlocker>,
    },
    /// The server refused a statement.
    Refused {
        /// What it said; its range is within the statement.
        error: AppError,
        /// The statement.
        statement: u32,
        /// How many statements before it are kept.
        kept: u32,
        /// What clears away what it left.
        leftover: Option<String>,
    },
}

/// What the server says of all of it, rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "trial")]
pub enum StructureTrial {
    /// It takes it.
    Fine {
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// It does not.
    Refused {
        /// What it said.
        error: AppError,
        /// The statement.
        statement: u32,
    },
    /// The engine, or a statement that is kept at once, cannot be tried.
    Impossible {
        /// Why, as a sentence.
        why: String,
    },
}

/// A set of changes that was applied here and can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureAppliedSet {
    /// Names it, for [`StructureEdit::TakeBack`].
    #[specta(type = Count)]
    pub id: i64,
    /// When it was applied, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// What it did: the labels of its groups.
    pub what: Vec<String>,
    /// How many statements.
    pub statements: u32,
    /// Taking it back does not bring everything back.
    pub lossy: bool,
}
