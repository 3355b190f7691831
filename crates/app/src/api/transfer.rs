use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, CopyFormat, Count, ObjectRef};

/// How rows are written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// As `COPY … CSV` writes it.
    Csv,
    /// Tab-separated.
    Tsv,
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
    /// UPDATE statements, found by the key.
    SqlUpdate,
    /// The values of one column as they stand behind IN.
    InList,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook.
    Excel,
}

impl From<CopyFormat> for FileFormat {
    fn from(format: CopyFormat) -> Self {
        match format {
            CopyFormat::Tsv => FileFormat::Tsv,
            CopyFormat::Csv => FileFormat::Csv,
            CopyFormat::Json => FileFormat::Json,
            CopyFormat::Ndjson => FileFormat::Ndjson,
            CopyFormat::Markdown => FileFormat::Markdown,
            CopyFormat::Html => FileFormat::Html,
            CopyFormat::SqlInsert => FileFormat::SqlInsert,
            CopyFormat::SqlUpdate => FileFormat::SqlUpdate,
            CopyFormat::InList => FileFormat::InList,
        }
    }
}

/// Which rows are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum ExportRows {
    /// These of the held rows.
    Selection {
        /// First row.
        #[specta(type = Count)]
        first_row: u64,
        /// How many.
        #[specta(type = Count)]
        rows: u64,
    },
    /// All rows that are held.
    Loaded,
    /// Every row: the statement runs again.
    Whole,
}

/// What formats leave open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TextOptions {
    /// What stands for NULL (CSV, TSV, Markdown, HTML, Excel); `None` is the format's own.
    pub null_text: Option<String>,
    /// Between the values of CSV: one ASCII character.
    pub delimiter: Option<String>,
    /// Whether CSV quotes every value.
    pub quote_all: bool,
    /// The table of INSERT and UPDATE statements as it is to be written; `None` is where the rows come from.
    pub table: Option<String>,
}

/// Rows of a hold on their way to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExportRequest {
    /// The hold.
    pub hold_id: String,
    /// Which rows.
    pub rows: ExportRows,
    /// Columns by position in the head, in visible order.
    pub columns: Vec<u32>,
    /// How they are written.
    pub format: FileFormat,
    /// Whether column names come first, where the format leaves it open.
    pub header: bool,
    /// What the format leaves open.
    pub options: TextOptions,
    /// The file.
    pub path: String,
}

/// What can be exported from a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExportOffer {
    /// What the rows are called.
    pub title: String,
    /// Rows that are held.
    #[specta(type = Count)]
    pub rows: u64,
    /// Set where those are not all, as a sentence's part: `first 100,000 rows, not all`.
    pub partial: Option<String>,
    /// The table of INSERT and UPDATE statements, as it would be written.
    pub table: String,
    /// Why UPDATE statements cannot be written; `None` where they can.
    pub no_update: Option<String>,
    /// Why the statement cannot run again; `None` where it can.
    pub no_whole: Option<String>,
    /// The statement that would run again.
    pub statement: Option<String>,
}

/// What happens to rows on their way to or from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum TransferEvent {
    /// So far.
    Progress {
        /// Rows.
        #[specta(type = Count)]
        rows: u64,
        /// Bytes of the file.
        #[specta(type = Count)]
        bytes: u64,
        /// How many there will be, in what `of` counts; `None` while nobody knows.
        #[specta(type = Option<Count>)]
        total: Option<u64>,
        /// Since it began.
        #[specta(type = Count)]
        elapsed_ms: u64,
    },
    /// It is done.
    Done {
        /// Rows written.
        #[specta(type = Count)]
        rows: u64,
        /// Bytes of the file.
        #[specta(type = Count)]
        bytes: u64,
        /// How long it took.
        #[specta(type = Count)]
        elapsed_ms: u64,
        /// What is to be said of it, as sentences.
        notes: Vec<String>,
    },
    /// It was stopped; nothing was changed.
    Stopped,
    /// It failed; nothing was changed.
    Failed {
        /// Why.
        error: AppError,
    },
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Values with a delimiter between them.
    Delimited,
    /// A JSON object per line.
    Lines,
    /// A sheet of Excel or OpenDocument.
    Sheet,
}

/// A file and how it is read; what is left out is found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SourceFile {
    /// The file.
    pub path: String,
    /// What it is.
    pub kind: Option<SourceKind>,
    /// Its encoding.
    pub encoding: Option<String>,
    /// What stands between values: one ASCII character.
    pub delimiter: Option<String>,
    /// Whether the first record names the columns.
    pub header: bool,
    /// What stands for NULL where it is not in quotes; everything else, the empty text too, is a value.
    pub null_text: String,
    /// The sheet.
    pub sheet: Option<String>,
}

/// A file that may be imported, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileLook {
    /// The connection.
    pub profile_id: String,
    /// The table, or the one that would be made.
    pub table: ObjectRef,
    /// The file.
    pub file: SourceFile,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// What all of its values are, in words.
    pub words: String,
    /// The type of the database that holds every one of them as it is.
    pub native_type: String,
    /// Rows in which it is NULL.
    #[specta(type = Count)]
    pub nulls: u64,
    /// Rows in which it is an empty text.
    #[specta(type = Count)]
    pub empty: u64,
    /// Characters of its longest value.
    #[specta(type = Count)]
    pub longest: u64,
    /// The first value that made it text, and its line; `None` where it is something else.
    pub odd: Option<String>,
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TargetColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub native_type: String,
    /// Whether a row needs a value for it.
    pub required: bool,
    /// Whether the database computes it, so that nothing can be put into it.
    pub generated: bool,
}

/// A record that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileProblem {
    /// The line it begins in, from 1.
    #[specta(type = Count)]
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileContents {
    /// The file, and how it is read.
    pub file: SourceFile,
    /// Its sheets.
    pub sheets: Vec<String>,
    /// Its columns.
    pub columns: Vec<SourceColumn>,
    /// Rows.
    #[specta(type = Count)]
    pub rows: u64,
    /// Records that cannot be read.
    #[specta(type = Count)]
    pub bad: u64,
    /// The first of them.
    pub problems: Vec<FileProblem>,
    /// The first rows; long values are cut.
    pub preview: Vec<Vec<Option<String>>>,
    /// The table's columns; `None` where there is no such table.
    pub into: Option<Vec<TargetColumn>>,
    /// What is to be known of the table, as sentences.
    pub notes: Vec<String>,
    /// Whether the table's name is typed before anything begins: on production, and where every change is confirmed.
    pub asks: bool,
}

/// Which column of the file goes into which of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnMapping {
    /// The file's column, by its place from 0.
    pub source: u32,
    /// The table's column.
    pub column: String,
    /// Its type, where the table is made; `None` is the one that was found.
    pub native_type: Option<String>,
}

/// A file on its way into a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileImport {
    /// The connection.
    pub profile_id: String,
    /// The table.
    pub table: ObjectRef,
    /// Whether the table is made first.
    pub create: bool,
    /// The file.
    pub file: SourceFile,
    /// What goes where; empty maps columns of one name, whatever its case, and of a new table all.
    pub columns: Vec<ColumnMapping>,
    /// Everything is done and then undone.
    pub dry_run: bool,
    /// Rows of one transaction: those that are refused are left out. `None` is one transaction for everything.
    pub batch: Option<u32>,
    /// Where refused rows are written, with their lines and reasons.
    pub rejects: Option<String>,
    /// The table's name as a person has typed it, which production wants.
    pub confirmed: Option<String>,
    /// Rows of the file, where they were counted before: what progress is told against.
    #[specta(type = Option<Count>)]
    pub rows: Option<u64>,
}
