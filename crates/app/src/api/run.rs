use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, PolicyActor, ResultKey, RunConsent, TextOptions, TextRange};

/// A value for one placeholder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ParameterValue {
    /// The placeholder's name without its sigil.
    pub name: String,
    /// Its text; `None` is NULL.
    pub value: Option<String>,
}

/// A script to run in an editor tab's own session.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RunRequest {
    /// The tab whose session runs it.
    pub tab_id: String,
    /// The connection.
    pub profile_id: String,
    /// Another database of that server; `None` is the profile's own.
    pub database: Option<String>,
    /// The text: one statement or several. Every range in the answers counts from its start.
    pub text: String,
    /// Values of its placeholders.
    pub parameters: Vec<ParameterValue>,
    /// Whether later statements still run after an error.
    pub go_on: bool,
    /// Whether the first statement opens a transaction that a person ends, rather than each being kept at once.
    #[serde(default)]
    pub manual_transactions: bool,
    /// The yes to what was asked before.
    #[serde(default)]
    pub confirmed: Option<RunConsent>,
    /// As whom; `None` is the login. It may change between transactions.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StatementMark {
    /// Its place in the script, from 0.
    pub index: u32,
    /// Its text without the terminator.
    pub range: TextRange,
    /// A short title: the comment above it, or its command and target.
    pub title: String,
    /// `read`, `write`, `ddl`, `session`, `transaction` or `unknown`.
    pub class: String,
}

/// What a value is to a person; see [`driver::ValueClass`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ColumnClass {
    Number,
    Boolean,
    Text,
    Json,
    Xml,
    Bytes,
    Temporal,
    Interval,
    Uuid,
    Array,
    Other,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResultColumn {
    /// Its name, as the server sent it; names may repeat.
    pub name: String,
    /// Its type, as the server prints it.
    pub native_type: String,
    /// What its values are to a person.
    pub class: ColumnClass,
    /// Part of its relation's primary key, where that is known.
    pub primary_key: bool,
    /// Where its foreign key leads, in words.
    pub references: Option<String>,
}

/// The head of a held result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ResultHead {
    /// Names the held rows; windows are asked by it. Never reused.
    pub hold_id: String,
    /// A short title.
    pub title: String,
    /// Its columns.
    pub columns: Vec<ResultColumn>,
    /// How the text of true and false looks (`t`, `f`).
    pub booleans: (String, String),
    /// The time zone and styles its texts depend on, in words; empty where none do.
    pub context: String,
    /// The foreign keys its columns belong to, as far as the catalog knows.
    pub foreign_keys: Vec<ResultKey>,
    /// Set where each row is a document and the columns are its fields, inferred from the first documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[specta(optional)]
    pub documents: Option<super::DocumentsHead>,
}

/// Where a hold stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum HoldState {
    /// Rows are coming in.
    Reading,
    /// At the cap, waiting for "load more"; the server holds the rest until `until_ms`.
    Paused {
        /// When the pause ends, in ms since the epoch.
        #[specta(type = Count)]
        until_ms: i64,
        /// Whether the session's open transaction fails when it ends: the statement is cancelled then.
        fails_transaction: bool,
    },
    /// Every row is here.
    Complete,
    /// Not every row is here, and why, as a sentence.
    Truncated {
        /// Why.
        reason: String,
    },
    /// It failed after these rows.
    Failed {
        /// Why.
        error: AppError,
    },
    /// More pages can be asked for (data tabs).
    MorePages,
}

/// A result's statement run once more, into a hold of its own.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct HeldAgain {
    /// The new rows' head.
    pub head: ResultHead,
    /// How many there are, and whether they are all.
    pub progress: HoldProgress,
    /// Their numbers of those that are new or not as they were, by their key; none where rows have no key or are too many.
    pub changed: Vec<u32>,
    /// Where the row is that was asked to be found again; `None` where it is no longer among them, or cannot be known by a key.
    pub kept: Option<u32>,
}

/// How much a hold has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HoldProgress {
    /// The hold.
    pub hold_id: String,
    /// Rows so far.
    #[specta(type = Count)]
    pub rows: u64,
    /// Bytes so far.
    #[specta(type = Count)]
    pub bytes: u64,
    /// Since the statement was sent.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
    /// Where it stands.
    #[serde(flatten)]
    pub state: HoldState,
}

/// Something the server said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NoticeRow {
    /// `debug`, `info`, `notice` or `warning`.
    pub severity: String,
    /// The server's word for it.
    pub label: String,
    /// Its code.
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// More detail.
    pub detail: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Where it happened.
    pub context: Option<String>,
    /// Where in the script.
    pub range: Option<TextRange>,
    /// When, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
}

/// How one statement ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum StatementOutcome {
    /// To its end.
    Completed {
        /// The server's command tag.
        tag: Option<String>,
        /// Rows changed.
        #[specta(type = Option<Count>)]
        affected_rows: Option<u64>,
        /// Rows sent.
        #[specta(type = Count)]
        rows: u64,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// It failed.
    Failed {
        /// Why; its range counts from the script's start.
        error: AppError,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// It was stopped, and the server confirmed it.
    Cancelled {
        /// How long it ran.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// Not run, because an earlier one failed or was stopped.
    Skipped,
}

/// What a running script tells, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum RunEvent {
    /// It was split and begins.
    Started {
        /// The run, for stopping it.
        run_id: String,
        /// Its statements.
        statements: Vec<StatementMark>,
    },
    /// A statement was sent.
    StatementStarted {
        /// Which.
        index: u32,
    },
    /// A result set begins.
    ResultSet {
        /// Whose.
        index: u32,
        /// Its head.
        head: ResultHead,
    },
    /// A hold has more rows or another state. The last one before `finished` is final, unless it paused.
    Progress {
        /// How much.
        progress: HoldProgress,
    },
    /// The server said something.
    Notice {
        /// During which statement.
        index: u32,
        /// What.
        notice: NoticeRow,
    },
    /// After a statement the session was no longer who the run was to be (`RESET ROLE`, other claims).
    LeftActor {
        /// Which.
        index: u32,
        /// Whose rights it had then; `None` where that did not change.
        user: Option<String>,
        /// Which of the actor's settings were changed.
        settings: Vec<String>,
        /// It was taken back: the next statement is the actor's again. Otherwise what follows in the same transaction is not.
        undone: bool,
    },
    /// A statement ended.
    StatementDone {
        /// Which.
        index: u32,
        /// How.
        outcome: StatementOutcome,
    },
    /// The script ended.
    Finished {
        /// The whole time.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
}

/// An editor tab's session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TabSession {
    /// The tab.
    pub tab_id: String,
    /// The connection.
    pub profile_id: String,
    /// `none`, `up`, `lost` or `closed`.
    pub link: String,
    /// Why the link was lost.
    pub reason: Option<String>,
    /// `idle`, `open` or `failed`.
    pub transaction: String,
    /// The current database.
    pub database: Option<String>,
    /// The current search path.
    pub search_path: Option<String>,
    /// The current user.
    pub user: Option<String>,
    /// The server's number for the session.
    pub server_id: Option<String>,
    /// Whether a run is in progress.
    pub running: bool,
    /// Since when an open transaction has not been used, in ms since the epoch; none while something runs in it.
    #[specta(type = Option<Count>)]
    pub unused_since_ms: Option<i64>,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether a pooler may give each transaction another session of the server.
    pub pooled: bool,
    /// Settings worth seeing, and the statements that switch them.
    pub settings: Vec<SessionSetting>,
}

/// A setting of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SessionSetting {
    /// Its name.
    pub name: String,
    /// Its value now.
    pub value: String,
    /// Other values and the statement that switches to each.
    pub choices: Vec<SettingChoice>,
}

/// One other value of a session's setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingChoice {
    /// What is shown.
    pub label: String,
    /// The statement that switches to it.
    pub statement: String,
}

/// How copied cells are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CopyFormat {
    /// Tab-separated, for spreadsheets.
    Tsv,
    /// As `COPY … CSV` writes it.
    Csv,
    /// An array of objects.
    Json,
    /// One object per line.
    Ndjson,
    /// A Markdown table.
    Markdown,
    /// An HTML table.
    Html,
    /// INSERT statements.
    SqlInsert,
    /// UPDATE statements, where the rows' key is known.
    SqlUpdate,
    /// The values of one column as they stand behind IN.
    InList,
}

/// What to copy from a hold: full values of these columns, in this order.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CopyRequest {
    /// The hold.
    pub hold_id: String,
    /// First row.
    #[specta(type = Count)]
    pub first_row: u64,
    /// How many rows.
    #[specta(type = Count)]
    pub rows: u64,
    /// Columns by position in the head, in visible order.
    pub columns: Vec<u32>,
    /// How they are written.
    pub format: CopyFormat,
    /// Whether column names come first, where the format leaves it open.
    pub header: bool,
    /// What else the format leaves open.
    #[serde(default)]
    pub options: Option<TextOptions>,
}

/// Copied text.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Rows in it.
    #[specta(type = Count)]
    pub rows: u64,
    /// What is missing in it, as a sentence: what does not fit the clipboard sensibly or has no place in the format.
    pub cut: Option<String>,
}

/// A value that goes into a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SavedCell {
    /// A held cell: the bytes of binary columns, the server's text of all others.
    Held {
        /// The hold.
        hold_id: String,
        /// Its row.
        #[specta(type = Count)]
        row: u64,
        /// Its column, by position in the head.
        column: u32,
    },
    /// Bytes that are not saved yet.
    Bytes {
        /// In base64.
        base64: String,
    },
}
