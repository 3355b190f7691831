use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, PolicyBlocker, SweepQuestion};

/// The tool whose folder or history it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MigrationTool {
    /// sqlx, which is what this program writes.
    Sqlx,
    /// Flyway.
    Flyway,
    /// Liquibase.
    Liquibase,
    /// Prisma.
    Prisma,
    /// Drizzle.
    Drizzle,
    /// Rails.
    Rails,
    /// Django.
    Django,
    /// Supabase.
    Supabase,
}

/// How it stands with a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum MigrationState {
    /// Not applied.
    Pending,
    /// Not applied, though a later one is.
    Late,
    /// Applied, and its file is what was applied.
    Applied,
    /// Applied, and its file is another now.
    Drifted {
        /// Checksum in the history, as its tool writes it.
        applied: String,
        /// Checksum of the file.
        file: String,
    },
    /// Applied, and there is no file of it.
    Missing,
    /// Begun, and never brought to its end: some of its statements may be kept.
    Failed {
        /// How many of its statements are kept for sure, where that was written down here.
        kept: Option<u32>,
        /// How many it has.
        of: Option<u32>,
        /// Whether the one after those may be kept as well.
        uncertain: bool,
    },
}

/// A migration: of the folder, of the history, or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationRow {
    /// What orders it and names it in commands, as its tool writes it (`20261122093000`, `1.2`, `0001_init`).
    pub version: String,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub state: MigrationState,
    /// When it was applied, in ms since the epoch, where the history says so.
    #[specta(type = Option<Count>)]
    pub applied_at_ms: Option<i64>,
    /// How long it took, where the history says so.
    #[specta(type = Option<Count>)]
    pub took_ms: Option<i64>,
    /// Its file, within the folder.
    pub file: Option<String>,
    /// The file that takes it back.
    pub down: Option<String>,
    /// Whether it runs in one transaction.
    pub transaction: bool,
    /// How many statements it has.
    pub statements: Option<u32>,
}

/// A history that is kept in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationHistory {
    /// Whose it is.
    pub tool: MigrationTool,
    /// Its table, as written in SQL.
    pub table: String,
    /// How many migrations it says were applied.
    pub applied: u32,
    /// The last of them.
    pub last: Option<String>,
}

/// How it stands with the migrations of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationStatus {
    /// The folder; `None` where only the history was read.
    pub folder: Option<String>,
    /// Whose folder, or whose history, the rows are of; `None` where there is neither.
    pub tool: Option<MigrationTool>,
    /// The migrations, in order.
    pub rows: Vec<MigrationRow>,
    /// Every history that is there.
    pub histories: Vec<MigrationHistory>,
    /// What of the folder cannot be used, each a sentence.
    pub problems: Vec<String>,
    /// Why nothing can be applied from here, as a sentence (`Flyway's migrations are applied by Flyway.`).
    pub refusal: Option<String>,
    /// How many would be applied.
    pub pending: u32,
    /// Whether each is kept as a whole or not at all.
    pub transactional: bool,
    /// Stands for the folder's files and the history: what is applied is what was looked at.
    pub digest: String,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MigrationDirection {
    /// Apply what is pending.
    Up,
    /// Take applied ones back, the last first.
    Down,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationRequest {
    /// The folder.
    pub folder: String,
    /// Which way.
    pub direction: MigrationDirection,
    /// Up: up to this version and with it, all where it is `None`. Down: down to this version, which stays; only the last one where it
    /// is `None`.
    pub to: Option<String>,
    /// Longest time a lock is waited for.
    pub lock_timeout_ms: u32,
    /// [`MigrationStatus::digest`].
    pub digest: String,
}

/// A statement of a migration, and what it does to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationStatement {
    /// Its text.
    pub sql: String,
    /// The locks it takes, each a sentence; none where it takes none that others wait for, or is not known.
    pub locks: Vec<String>,
    /// What the advisor says of it: rule, level and title.
    pub findings: Vec<String>,
}

/// A migration that will run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationStep {
    /// Its version.
    pub version: String,
    /// What it is called.
    pub name: String,
    /// Its file, within the folder.
    pub file: String,
    /// Whether it runs in one transaction.
    pub transaction: bool,
    /// Its statements.
    pub statements: Vec<MigrationStatement>,
}

/// What will be done, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationReview {
    /// The migrations, in the order in which they run.
    pub steps: Vec<MigrationStep>,
    /// Whether it can be tried in a transaction that is rolled back; otherwise why not, as a sentence.
    pub untriable: Option<String>,
    /// What is worth knowing beside, each a sentence.
    pub warnings: Vec<String>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum MigrationRan {
    /// Nothing was sent: a person says yes first.
    Confirm {
        /// To what.
        question: SweepQuestion,
    },
    /// Nothing was sent: folder or history are not what was looked at.
    Stale,
    /// All of it is kept; of a trial, all of it ran and nothing is kept.
    Done {
        /// Versions, in the order in which they ran.
        versions: Vec<String>,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// One did not come to its end.
    Stopped {
        /// Versions that are kept as a whole.
        kept: Vec<String>,
        /// The one that did not.
        version: String,
        /// Its file, within the folder.
        file: String,
        /// The statement that failed, counted from 0.
        statement: u32,
        /// Its text.
        sql: String,
        /// How many statements of it are kept.
        statements_kept: u32,
        /// What the server said; its range is within the statement.
        error: AppError,
        /// Who was in the way of a lock.
        blockers: Vec<PolicyBlocker>,
    },
}

/// How a failed migration was settled by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MigrationSettled {
    /// All it does is there now.
    Applied,
    /// Nothing of it is there any more.
    Reverted,
}

/// A migration to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NewMigration {
    /// The folder.
    pub folder: String,
    /// What it is to be called, in words.
    pub name: String,
    /// Its statements; `None` for what is staged of the database.
    pub up: Option<String>,
    /// The statements that take it back; `None` as staged, or none.
    pub down: Option<String>,
}

/// What came of a migration that was tried on a scratch database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum MigrationCheckOutcome {
    /// It ran, its down brought back what was there before, and it ran again.
    Fine,
    /// It ran; nothing takes it back.
    NoDown,
    /// It ran, and what its down left is not what was there before.
    Differs {
        /// What differs, each a line.
        differences: Vec<String>,
    },
    /// A statement failed; what comes after it was not tried.
    Failed {
        /// Which way.
        direction: MigrationDirection,
        /// The statement, counted from 0.
        statement: u32,
        /// Its text.
        sql: String,
        /// What the server said.
        error: AppError,
    },
}

/// A migration that was tried on a scratch database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationChecked {
    /// Its version.
    pub version: String,
    /// Its file, within the folder.
    pub file: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: MigrationCheckOutcome,
}

/// A folder of migrations that was tried on a scratch database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MigrationCheck {
    /// The migrations, in the order in which they ran.
    pub versions: Vec<MigrationChecked>,
}
