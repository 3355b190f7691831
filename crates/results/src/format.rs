//! Rows as text: for the clipboard, files and terminals. Writes to any [`io::Write`] from reused buffers.

mod delimited;
mod html;
mod json;
mod layout;
mod markdown;
mod sql;
mod table;

use std::{io, ops::Range};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Cast, Error, Literals};

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
    /// An HTML table.
    Html,
    /// One INSERT statement per row.
    SqlInsert,
    /// One UPDATE statement per row, found by its key.
    SqlUpdate,
    /// The values of one column as they stand behind IN.
    InList,
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

/// Where INSERT and UPDATE statements lead, and how the dialect writes values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqlTarget {
    /// The table's name, quoted where it must be.
    pub table: String,
    /// The names of the columns written, quoted where they must be; of UPDATE statements those that are set.
    pub columns: Vec<String>,
    /// For [`Format::SqlUpdate`]: positions and names of the columns that find a row. They are written besides
    /// [`FormatOptions::columns`].
    pub keys: Vec<(usize, String)>,
    /// How the dialect writes literals.
    pub literals: Literals,
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
    /// For the formats that are SQL.
    pub target: Option<SqlTarget>,
    /// Between the values of CSV.
    pub delimiter: u8,
    /// Whether CSV quotes every value, and not only those that must be.
    pub quote_all: bool,
    /// What stands for NULL (CSV, TSV, Markdown, HTML); `None` is the format's own.
    pub null_text: Option<String>,
    /// What is said of the rows where the format has a place for it: that they are not all.
    pub note: Option<String>,
    /// The one column holds JSON texts, and those of JSON are written with nothing around them.
    pub bare: bool,
}

impl<'a> FormatOptions<'a> {
    /// Every column with its header, in the database's text forms.
    pub fn new(cast: &'a dyn Cast) -> Self {
        FormatOptions {
            cast,
            forms: TextForms::of(cast),
            header: true,
            columns: None,
            target: None,
            delimiter: b',',
            quote_all: false,
            null_text: None,
            note: None,
            bare: false,
        }
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
    /// Rows that have no place in this format.
    fn left_out(&self) -> u64 {
        0
    }
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
    /// `InvalidStatement` for SQL without a target of as many columns, and an IN list of several.
    pub fn new(format: Format, schema: &SchemaRef, options: &FormatOptions<'_>) -> Result<Self, Error> {
        let layout = Layout::new(format, schema, options)?;
        let null = |own: &str| options.null_text.clone().unwrap_or_else(|| own.to_owned());
        let (target, note) = (options.target.as_ref(), options.note.clone());
        let format: Box<dyn RowFormat> = match format {
            Format::Csv => Box::new(delimited::Csv::new(options)),
            Format::Tsv => Box::new(delimited::Tsv { header: options.header, null: null("") }),
            Format::Json => Box::new(json::Json::array(&layout, options.bare)),
            Format::Ndjson => Box::new(json::Json::lines(&layout, options.bare)),
            Format::Markdown => Box::new(markdown::Markdown { null: null("NULL"), note }),
            Format::Html => Box::new(html::Html { null: null("NULL"), note }),
            Format::SqlInsert => Box::new(sql::Insert::new(&layout, target, note)?),
            Format::SqlUpdate => Box::new(sql::Update::new(&layout, target, note)?),
            Format::InList => Box::new(sql::InList::new(&layout, target)?),
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

    /// Rows so far that the format has no place for: NULL in an IN list.
    pub fn left_out(&self) -> u64 {
        self.format.left_out()
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
