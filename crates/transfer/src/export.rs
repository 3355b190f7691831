//! Rows of one result set in one format, to anything that takes bytes.

mod excel;
mod parquet;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Cast, Error, ValueContext};
use results::{Format, FormatOptions, RowWriter, WriteError};

pub use excel::{SHEET_CELL, SHEET_COLUMNS, SHEET_ROWS};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// As text.
    Text(Format),
    /// Apache Parquet: integers, booleans and bytes typed, everything else as the server's text.
    Parquet,
    /// An Excel workbook: text cells, numbers where all of their digits survive.
    Excel,
}

impl ExportFormat {
    /// The usual end of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            ExportFormat::Text(Format::Csv) => "csv",
            ExportFormat::Text(Format::Tsv) => "tsv",
            ExportFormat::Text(Format::Json) => "json",
            ExportFormat::Text(Format::Ndjson) => "ndjson",
            ExportFormat::Text(Format::Markdown) => "md",
            ExportFormat::Text(Format::Html) => "html",
            ExportFormat::Text(Format::SqlInsert | Format::SqlUpdate) => "sql",
            ExportFormat::Text(Format::InList | Format::Table) => "txt",
            ExportFormat::Parquet => "parquet",
            ExportFormat::Excel => "xlsx",
        }
    }

    /// Whether it says of itself that rows are missing ([`FormatOptions::note`]).
    pub fn has_place_for_note(self) -> bool {
        match self {
            ExportFormat::Text(format) => {
                matches!(format, Format::Markdown | Format::Html | Format::SqlInsert | Format::SqlUpdate)
            }
            ExportFormat::Parquet | ExportFormat::Excel => true,
        }
    }
}

/// How to write.
pub struct ExportOptions<'a> {
    /// Columns, header, note and how values print.
    pub format: FormatOptions<'a>,
    /// How the values are interpreted.
    pub cast: &'static dyn Cast,
    /// What the values' texts depend on.
    pub context: &'a ValueContext,
    /// What the rows are called: names an Excel sheet.
    pub title: &'a str,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Rows that the format has no place for: NULL in an IN list.
    pub left_out: u64,
}

/// Writes batches of one result set.
pub struct Export<W: Write + Send> {
    kind: Kind<W>,
    rows: u64,
}

enum Kind<W: Write + Send> {
    Text(Box<RowWriter>, W),
    Parquet(Box<parquet::Parquet<Remembering<W>>>, Arc<Mutex<Option<io::Error>>>),
    Excel(Box<excel::Excel<Remembering<W>>>, Arc<Mutex<Option<io::Error>>>),
}

impl<W: Write + Send> Export<W> {
    /// A writer for results with these columns.
    ///
    /// # Errors
    /// As [`RowWriter::new`]; `Unsupported` for more columns than the format has, or for none where it needs one;
    /// [`WriteError::Output`] where the head cannot be written.
    pub fn new(
        format: ExportFormat,
        schema: &SchemaRef,
        options: &ExportOptions<'_>,
        out: W,
    ) -> Result<Self, WriteError> {
        let kind = match format {
            ExportFormat::Text(format) => Kind::Text(Box::new(RowWriter::new(format, schema, &options.format)?), out),
            ExportFormat::Parquet => {
                let (out, why) = Remembering::new(out);
                let writer = parquet::Parquet::new(schema, options, out).map_err(|error| told(&why, error))?;
                Kind::Parquet(Box::new(writer), why)
            }
            ExportFormat::Excel => {
                let (out, why) = Remembering::new(out);
                let writer = excel::Excel::new(schema, options, out).map_err(|error| told(&why, error))?;
                Kind::Excel(Box::new(writer), why)
            }
        };
        Ok(Export { kind, rows: 0 })
    }

    /// Writes the rows of a batch.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        match &mut self.kind {
            Kind::Text(writer, out) => writer.batch(batch, out)?,
            Kind::Parquet(writer, why) => writer.batch(batch).map_err(|error| told(why, error))?,
            Kind::Excel(writer, why) => writer.batch(batch).map_err(|error| told(why, error))?,
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Hands over what is gathered, so that a slow result is seen as it comes; of formats that can only be read whole, nothing.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn flush(&mut self) -> Result<(), WriteError> {
        match &mut self.kind {
            Kind::Text(writer, out) => writer.flush(out),
            Kind::Parquet(..) | Kind::Excel(..) => Ok(()),
        }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what stands behind the last row and gives the output back.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn finish(self) -> Result<(W, Written), WriteError> {
        let (out, left_out) = match self.kind {
            Kind::Text(mut writer, mut out) => {
                let left_out = writer.left_out();
                writer.flush(&mut out)?;
                writer.finish(&mut out)?;
                (out, left_out)
            }
            Kind::Parquet(writer, why) => (writer.finish().map_err(|error| told(&why, error))?.inner, 0),
            Kind::Excel(writer, why) => (writer.finish().map_err(|error| told(&why, error))?.inner, 0),
        };
        Ok((out, Written { rows: self.rows, left_out }))
    }
}

/// The columns written, as positions in the schema.
fn chosen(schema: &SchemaRef, options: &FormatOptions<'_>) -> Vec<usize> {
    let all = || (0..driver::arrow::visible_columns(schema)).collect();
    options.columns.clone().unwrap_or_else(all)
}

fn unsupported(message: impl Into<String>, hint: &str) -> WriteError {
    Error::new(driver::Code::Unsupported, message).with_hint(hint).into()
}

/// Remembers why the output took no more: libraries between it and us tell that in words of their own, or not at all. From then on
/// it takes everything and keeps nothing: what a library still writes while it is given up is no second failure.
struct Remembering<W> {
    inner: W,
    why: Arc<Mutex<Option<io::Error>>>,
    failed: bool,
}

impl<W: Write> Remembering<W> {
    fn new(inner: W) -> (Self, Arc<Mutex<Option<io::Error>>>) {
        let why = Arc::default();
        (Remembering { inner, why: Arc::clone(&why), failed: false }, why)
    }

    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            let same = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.failed = true;
            self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(same);
        }
        done
    }
}

impl<W: Write> Write for Remembering<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(bytes.len());
        }
        let done = self.inner.write(bytes);
        self.noted(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed {
            return Ok(());
        }
        let done = self.inner.flush();
        self.noted(done)
    }
}

/// The output's own words, where it was the output.
fn told(why: &Mutex<Option<io::Error>>, error: WriteError) -> WriteError {
    match why.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => WriteError::Output(error),
        None => error,
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> WriteError {
    WriteError::Output(io::Error::other(error))
}
