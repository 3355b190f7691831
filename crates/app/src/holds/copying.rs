//! Held rows as text, for the clipboard.

use std::io;

use results::{BytesForm, Format, FormatOptions, RowWriter, TextForms, WriteError};

use super::{Held, blocking, targets};
use crate::{
    App,
    api::{AppError, Copied, CopyFormat, CopyRequest, ErrorCode},
    transfers::delimiter,
};

/// Where a copy ends: more than this no clipboard takes gladly.
const MOST_BYTES: usize = 64 << 20;

impl App {
    /// Full values of a range as text.
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `Corrupt` for a damaged disk; `Unsupported` for
    /// columns that have no such form.
    pub async fn copy(&self, request: CopyRequest) -> Result<Copied, AppError> {
        let held = self.live.holds.get(&request.hold_id)?;
        blocking(move || copy(&held, &request)).await
    }
}

fn copy(held: &Held, request: &CopyRequest) -> Result<Copied, AppError> {
    let columns: Vec<usize> = request.columns.iter().map(|column| *column as usize).collect();
    let format = match request.format {
        CopyFormat::Tsv => Format::Tsv,
        CopyFormat::Csv => Format::Csv,
        CopyFormat::Json => Format::Json,
        CopyFormat::Ndjson => Format::Ndjson,
        CopyFormat::Markdown => Format::Markdown,
        CopyFormat::Html => Format::Html,
        CopyFormat::SqlInsert => Format::SqlInsert,
        CopyFormat::SqlUpdate => Format::SqlUpdate,
        CopyFormat::InList => Format::InList,
    };
    let open = request.options.clone().unwrap_or_default();
    let table = open.table.as_deref();
    let target = match format {
        Format::SqlInsert | Format::InList => Some(targets::target(held, &columns, table, false)?),
        Format::SqlUpdate => Some(targets::target(held, &columns, table, true)?),
        _ => None,
    };
    // Part of what is held is what was chosen; all of it may still not be all there is.
    let partial = held.partial().filter(|_| request.first_row == 0 && request.rows >= held.rows());
    let options = FormatOptions {
        forms: TextForms { bytes: BytesForm::Hex, ..TextForms::of(held.driver.cast()) },
        header: request.header,
        columns: Some(columns),
        target,
        note: partial.clone(),
        delimiter: delimiter(open.delimiter.as_deref())?,
        quote_all: open.quote_all,
        null_text: open.null_text,
        ..FormatOptions::new(held.driver.cast())
    };
    let mut writer = RowWriter::new(format, held.hold.schema(), &options)?;
    let mut out = Text(Vec::new());
    let end = request.first_row.saturating_add(request.rows);
    let (mut rows, mut cut) = (0, None);
    for batch in held.batches(request.first_row..end) {
        let batch = batch?;
        writer.batch(&batch, &mut out).map_err(failed)?;
        rows += batch.num_rows() as u64;
        if out.0.len() > MOST_BYTES && rows < request.rows {
            cut =
                Some(format!("Only the first {rows} rows were copied: the text would exceed {} MB.", MOST_BYTES >> 20));
            break;
        }
    }
    let left_out = writer.left_out();
    writer.finish(&mut out).map_err(failed)?;
    let cut = cut
        .or_else(|| (left_out > 0).then(|| format!("NULL was left out ({left_out} rows): IN never finds it.")))
        .or_else(|| partial.map(|partial| format!("These are the {partial}.")));
    // Values that are no text are the only bytes that are not UTF-8.
    let text = String::from_utf8(out.0).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(Copied { text, rows, cut })
}

fn failed(error: WriteError) -> AppError {
    match error {
        WriteError::Source(error) => error.into(),
        WriteError::Output(error) => {
            AppError::new(ErrorCode::Exhausted, format!("The rows could not be copied: {error}."))
        }
    }
}

struct Text(Vec<u8>);

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
