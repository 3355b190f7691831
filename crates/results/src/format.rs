//! Rows as text: for the clipboard, files and terminals. Writes to any [`io::Write`] from reused buffers.

mod delimited;
mod json;
mod layout;
mod script;
mod table;

use std::{io, ops::Range};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Cast, Error};

use crate::{Cells, Hold, View};

use layout::Layout;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Byte for byte what PostgreSQL's `COPY … (FORMAT csv, HEADER)` writes.
    Csv,
    /// Tabs, quoted as spreadsheets read them: for the clipboard.
    Tsv,
    /// An array of objects; an object of `columns` and `rows` where two columns have one name.
    Json,
    /// One object, or array where two columns have one name, per line.
    Ndjson,
    /// A Markdown table.
    Markdown,
    /// One INSERT statement per row.
    SqlInsert,
    /// An aligned table for terminals; widths are those of the first 500 rows.
    Table,
}

/// How bytes that are no text are written: cells of class [`driver::arrow::CellClass::Bytes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BytesForm {
    /// As they are; JSON and tables write hexadecimal digits all the same.
    #[default]
    AsSent,
    /// As `\x` and hexadecimal digits.
    Hex,
}

/// How a database's own client prints typed values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextForms {
    /// True.
    pub true_text: &'static str,
    /// False.
    pub false_text: &'static str,
    /// Bytes.
    pub bytes: BytesForm,
}

impl TextForms {
    /// Those of a database; bytes as they are.
    pub fn of(cast: &dyn Cast) -> Self {
        let (true_text, false_text) = cast.forms().booleans;
        TextForms { true_text, false_text, bytes: BytesForm::AsSent }
    }
}

impl Default for TextForms {
    fn default() -> Self {
        TextForms { true_text: "t", false_text: "f", bytes: BytesForm::AsSent }
    }
}

/// Where INSERT statements lead, as the dialect writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsertTarget {
    /// The table's name, quoted where it must be.
    pub table: String,
    /// The names of the columns written, quoted where they must be.
    pub columns: Vec<String>,
    /// How the dialect writes true and false.
    pub booleans: (&'static str, &'static str),
    /// Whether a backslash in a literal is written twice.
    pub backslash_escapes: bool,
}

/// How to write.
pub struct FormatOptions<'a> {
    /// Says which columns hold numbers and JSON.
    pub cast: &'a dyn Cast,
    /// How typed values print.
    pub forms: TextForms,
    /// Whether column names come first (CSV, TSV).
    pub header: bool,
    /// Which visible columns, in which order; `None` is all.
    pub columns: Option<Vec<usize>>,
    /// For [`Format::SqlInsert`].
    pub insert: Option<InsertTarget>,
}

impl<'a> FormatOptions<'a> {
    /// Every column with its header, in the database's text forms.
    pub fn new(cast: &'a dyn Cast) -> Self {
        FormatOptions { cast, forms: TextForms::of(cast), header: true, columns: None, insert: None }
    }
}

/// Why rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output does not take them; a closed pipe is `BrokenPipe`.
    #[error("could not write: {0}")]
    Output(#[from] io::Error),
    /// The rows could not be read or have no such form.
    #[error(transparent)]
    Source(#[from] Error),
}

/// What one format does.
trait RowFormat: Send {
    fn begin(&mut self, layout: &Layout, out: &mut Vec<u8>);
    fn rows(&mut self, layout: &Layout, cells: &[Cells<'_>], rows: Range<usize>, out: &mut Vec<u8>);
    fn end(&mut self, layout: &Layout, out: &mut Vec<u8>);
}

/// Writes batches of one result set in one format.
///
/// Memory: one buffer of about 64 KiB and one cell. Nothing is allocated per cell.
pub struct RowWriter {
    layout: Layout,
    format: Box<dyn RowFormat>,
    buffer: Vec<u8>,
    begun: bool,
}

/// The buffer is handed over when it is this full, in bytes.
const FLUSH: usize = 64 << 10;
/// Rows between looks at the buffer.
const STRIDE: usize = 64;

impl RowWriter {
    /// A writer for results with these columns.
    ///
    /// # Errors
    /// `NotFound` for a column that is not there, `Unsupported` for a column type the contract does not have,
    /// `InvalidStatement` for INSERT statements without a target of as many columns.
    pub fn new(format: Format, schema: &SchemaRef, options: &FormatOptions<'_>) -> Result<Self, Error> {
        let layout = Layout::new(schema, options)?;
        let format: Box<dyn RowFormat> = match format {
            Format::Csv => Box::new(delimited::Csv { header: options.header }),
            Format::Tsv => Box::new(delimited::Tsv { header: options.header }),
            Format::Json => Box::new(json::Json::array(&layout)),
            Format::Ndjson => Box::new(json::Json::lines(&layout)),
            Format::Markdown => Box::new(script::Markdown),
            Format::SqlInsert => Box::new(script::Insert::new(&layout, options.insert.as_ref())?),
            Format::Table => Box::new(table::Table::default()),
        };
        Ok(RowWriter { layout, format, buffer: Vec::with_capacity(FLUSH * 2), begun: false })
    }

    /// Writes the rows of a batch.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn batch(&mut self, batch: &RecordBatch, out: &mut dyn io::Write) -> Result<(), WriteError> {
        self.begin();
        let cells = self.layout.cells(batch)?;
        let rows = batch.num_rows();
        for first in (0..rows).step_by(STRIDE) {
            self.format.rows(&self.layout, &cells, first..rows.min(first + STRIDE), &mut self.buffer);
            if self.buffer.len() >= FLUSH {
                hand_over(&mut self.buffer, out)?;
            }
        }
        Ok(())
    }

    /// Hands over what is still in the buffer, so that a slow result is seen as it comes.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn flush(&mut self, out: &mut dyn io::Write) -> Result<(), WriteError> {
        hand_over(&mut self.buffer, out)?;
        Ok(out.flush()?)
    }

    /// Writes what stands behind the last row, and the head where there were none.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn finish(mut self, out: &mut dyn io::Write) -> Result<(), WriteError> {
        self.begin();
        self.format.end(&self.layout, &mut self.buffer);
        self.flush(out)
    }

    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            self.format.begin(&self.layout, &mut self.buffer);
        }
    }
}

fn hand_over(buffer: &mut Vec<u8>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(buffer)?;
    buffer.clear();
    // One huge cell must not keep its room for ever.
    buffer.shrink_to(FLUSH * 4);
    Ok(())
}

/// Writes held rows, or those of a view of them, whole: values are never cut.
///
/// # Errors
/// See [`WriteError`].
pub fn write_hold(
    hold: &Hold,
    over: Option<&View>,
    rows: Range<u64>,
    format: Format,
    options: &FormatOptions<'_>,
    out: &mut dyn io::Write,
) -> Result<(), WriteError> {
    let mut writer = RowWriter::new(format, hold.schema(), options)?;
    match over {
        Some(view) => {
            for batch in view.batches(rows) {
                writer.batch(&batch?, out)?;
            }
        }
        None => {
            for batch in hold.batches(rows) {
                writer.batch(&batch?, out)?;
            }
        }
    }
    writer.finish(out)
}
