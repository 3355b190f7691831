//! Rows into files and out of them.
//!
//! ```text
//! batches --Export--> CSV, TSV, JSON, NDJSON, Markdown, HTML, SQL (by `results`), Parquet, Excel --> Target, a file or nothing
//! file --Source--> records --> what each column can be --> what a database is given
//! ```
//!
//! * A value leaves as the server's text. A format with types of its own takes it typed only where that says the same.
//! * Memory is bounded by a batch and a buffer, never by the file.
//! * A file has its name once it is whole.
//!
//! This crate must not know any particular database, nor a connection, nor the user interface: batches come in laid out as
//! [`driver::arrow`] says, bytes come out.
#![deny(missing_docs)]

mod export;
mod import;
mod target;

pub use export::{Export, ExportFormat, ExportOptions, SHEET_CELL, SHEET_COLUMNS, SHEET_ROWS, Written};
pub use import::{
    Analysis, Cells, ColumnProfile, FileKind, Problem, ReadError, ReadOptions, Record, Source, analyse, columns,
    kind_words, look, read, survey,
};
pub use target::Target;
#[cfg(test)]
mod tests;
