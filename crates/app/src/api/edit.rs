use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, ObjectRef, SweepQuestion};

/// A value a person gives a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum EditValue {
    /// NULL.
    Null,
    /// The column's default.
    Default,
    /// Text in the notation the server reads; the empty text is a value.
    Text {
        /// The text.
        text: String,
    },
    /// A number's digits, where a column holds values of several kinds.
    Number {
        /// The digits.
        text: String,
    },
    /// Bytes.
    Bytes {
        /// In base64.
        base64: String,
    },
    /// A file's bytes, read when they are staged.
    File {
        /// Its path.
        path: String,
    },
}

/// A row of a grid: one that is held, or one that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RowPlace {
    /// A row of the hold, by number.
    Held {
        /// Its number, from 0.
        #[specta(type = Count)]
        row: u64,
    },
    /// A staged row, by its id.
    Staged {
        /// Its id within the edit set.
        id: u32,
    },
}

/// One cell and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellEdit {
    /// Its row.
    pub row: RowPlace,
    /// Its column, by position in the head.
    pub column: u32,
    /// What it becomes.
    pub value: EditValue,
}

/// One row to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RowAddition {
    /// The row it stands below; `None` is above all.
    pub after: Option<RowPlace>,
    /// Columns, by position in the head, and their values; the others take their defaults.
    pub cells: Vec<(u32, EditValue)>,
}

/// Held rows that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RowSpan {
    /// First row.
    #[specta(type = Count)]
    pub first: u64,
    /// How many.
    #[specta(type = Count)]
    pub rows: u64,
}

/// What a person does at once, and undoes at once. The parts happen in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct EditStep {
    /// In words, for undo ("Paste 12 × 3").
    pub label: String,
    /// Cells to change. A value the cell holds already takes its edit back.
    pub set: Vec<CellEdit>,
    /// Rows to add, in order.
    pub add: Vec<RowAddition>,
    /// Rows to add with the values of others; generated columns and identities take their defaults.
    pub duplicate: Vec<RowPlace>,
    /// Held rows to delete.
    pub delete: Vec<RowSpan>,
    /// Staged rows to delete, by id: saved ones, and new ones, which are dropped.
    pub delete_staged: Vec<u32>,
    /// Added rows to drop, and rows whose deletion or changes to take back.
    pub revert: Vec<RowPlace>,
    /// Single cells to take back.
    pub revert_cells: Vec<(RowPlace, u32)>,
}

/// How a value shows. Cells are cut at 4 KiB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ShownValue {
    /// NULL.
    Null,
    /// The column's default.
    Default,
    /// Text.
    Text {
        /// As much of it as a cell shows.
        text: String,
        /// Its whole length in bytes, where it was cut.
        #[specta(type = Option<Count>)]
        whole: Option<u64>,
    },
    /// Bytes that are no text.
    Bytes {
        /// In hexadecimal digits, as much as a cell shows.
        text: String,
        /// How many there are.
        #[specta(type = Count)]
        bytes: u64,
    },
}

/// What a staged row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// Cells of it change.
    Update,
    /// It is new.
    Insert,
    /// It goes.
    Delete,
    /// It was saved: `fresh` says what it is now.
    Saved,
    /// It was saved as deleted.
    Gone,
}

/// One staged cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditedCell {
    /// Its column, by position in the head.
    pub column: u32,
    /// What it becomes.
    pub value: ShownValue,
    /// Why the server refuses it.
    pub problem: Option<CellProblem>,
}

/// Why a cell's value was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellProblem {
    /// In plain words ("There is no customers.id 99.").
    pub message: String,
    /// The constraint's name.
    pub constraint: Option<String>,
    /// What the server said, whole.
    pub error: AppError,
}

/// Why a row could not be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RowProblem {
    /// Somebody else changed it meanwhile.
    Changed {
        /// The columns concerned.
        cells: Vec<ConflictCell>,
        /// More of them that the hold does not show: their names.
        hidden: Vec<String>,
    },
    /// Somebody else deleted it, or gave it another key.
    Gone,
    /// It is there and holds what it held; the server changes nothing: row security does not permit it.
    NotPermitted {
        /// In plain words.
        message: String,
    },
    /// The statement would have changed another number of rows.
    Several {
        /// How many.
        #[specta(type = Count)]
        rows: u64,
    },
    /// The server refuses it. What is about single cells stands there too.
    Refused {
        /// Why.
        error: AppError,
    },
}

/// One column of a row that somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConflictCell {
    /// The column, by position in the head.
    pub column: u32,
    /// What it held when it was read.
    pub original: ShownValue,
    /// What it holds now.
    pub theirs: ShownValue,
    /// What it is to become; none for a column of a row to delete.
    pub yours: Option<ShownValue>,
}

/// One staged row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditedRow {
    /// Names it within its edit set; never reused.
    pub id: u32,
    /// What it is.
    pub kind: EditKind,
    /// Its number in the hold; none for an added one, and for one the hold does not have (yet).
    #[specta(type = Option<Count>)]
    pub at: Option<u64>,
    /// For an added row: the hold's row it stands below; none is above all. Rows below the same one stand by their ids.
    #[specta(type = Option<Count>)]
    pub after: Option<u64>,
    /// Its number in the hold of re-read rows: what it is now.
    #[specta(type = Option<Count>)]
    pub fresh: Option<u64>,
    /// Its key in words (`id 17`).
    pub name: String,
    /// Its staged cells.
    pub cells: Vec<EditedCell>,
    /// Staged columns that the hold does not show: their names.
    pub hidden: Vec<String>,
    /// Why it could not be saved.
    pub problem: Option<RowProblem>,
}

/// What may be done to one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditColumn {
    /// Why existing rows' values cannot be changed.
    pub read_only: Option<String>,
    /// Why it takes no value in a new row.
    pub not_inserted: Option<String>,
    /// Whether it takes NULL, as far as known.
    pub nullable: bool,
    /// What it becomes when nothing is said, as the server prints it.
    pub default: Option<String>,
    /// Every value it can have, in order.
    pub choices: Vec<String>,
    /// Whether a value is any number of the choices, joined by commas.
    pub several_choices: bool,
    /// Whether its values differ in kind.
    pub mixed: bool,
}

/// How much is staged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditCounts {
    /// Rows that change.
    pub updates: u32,
    /// Rows that are new.
    pub inserts: u32,
    /// Rows that go.
    pub deletes: u32,
    /// Of those, rows with a problem.
    pub problems: u32,
    /// Of those, rows the hold does not show.
    pub unseen: u32,
}

/// The staged edits of a relation, as one hold shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditsView {
    /// Grows with every change.
    pub revision: u32,
    /// The relation edits go to.
    pub object: Option<ObjectRef>,
    /// Why nothing can be edited, with what to do about it.
    pub refused: Option<AppError>,
    /// The head's columns, in order.
    pub columns: Vec<EditColumn>,
    /// What a person should know before.
    pub warnings: Vec<String>,
    /// Whether `rows` are all there are, and not only those that changed since the last answer for this hold.
    pub whole: bool,
    /// Staged and saved rows.
    pub rows: Vec<EditedRow>,
    /// Ids of rows that are no longer staged.
    pub removed: Vec<u32>,
    /// How much is staged.
    pub counts: EditCounts,
    /// What undo would take back, in words.
    pub undo: Option<String>,
    /// What redo would do again, in words.
    pub redo: Option<String>,
    /// The hold of re-read rows; windows and cells of it are asked for as of any other.
    pub fresh_hold: Option<String>,
    /// As whom a save from here runs, in words; `None` is the login.
    pub acting: Option<String>,
    /// As whom else than that something of it was staged, in words. A save asks first then.
    pub staged_as: Vec<String>,
}

/// One statement of a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReviewedStatement {
    /// The staged rows it is for; none for what stands around them.
    pub rows: Vec<u32>,
    /// Its text as it will be sent; cut where it is very long.
    pub text: String,
    /// Whether `text` was cut.
    pub cut: bool,
}

/// What a save will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditsReview {
    /// The first statements, in order.
    pub statements: Vec<ReviewedStatement>,
    /// How many there are.
    #[specta(type = Count)]
    pub total: u64,
    /// As whom they run, in words; `None` is the login.
    pub acting: Option<String>,
    /// How much changes.
    pub counts: EditCounts,
    /// What else it touches: cascades and triggers, by name, each a sentence.
    pub consequences: Vec<String>,
    /// What a person should know before: tables that cannot be rolled back, rows without a key.
    pub warnings: Vec<String>,
}

/// How a save ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum SaveOutcome {
    /// All of it is committed.
    Saved {
        /// What was saved.
        counts: EditCounts,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// Nothing was changed, and the rows say why.
    Refused {
        /// The first reason, as a sentence.
        message: String,
    },
    /// Nothing is known of the commit: the server went while it was on its way. The edits are still there.
    Unknown {
        /// Why.
        error: AppError,
    },
    /// Part of it was written, in a table that cannot undo it; what was not is still staged.
    Partly {
        /// What was written.
        counts: EditCounts,
        /// The first reason for the rest.
        message: String,
    },
}

/// A save's end, and the edits after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EditsSaved {
    /// How it ended.
    pub outcome: SaveOutcome,
    /// The edits now.
    pub edits: EditsView,
}

/// What to keep of a row two people changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The edit, upon what is there now.
    Yours,
    /// What is there now: the edit is dropped.
    Theirs,
}

/// Staged edits that wait somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PendingEdits {
    /// The connection.
    pub profile_id: String,
    /// The relation.
    pub object: ObjectRef,
    /// How much is staged.
    pub counts: EditCounts,
}

/// What became of a request to save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum EditsAnswer {
    /// It was done, or tried.
    Done {
        /// How it ended.
        saved: Box<EditsSaved>,
    },
    /// Nothing of it was sent: a person says yes first.
    Confirm {
        /// To what.
        question: SweepQuestion,
    },
}
