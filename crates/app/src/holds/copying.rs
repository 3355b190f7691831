//! Held rows as text, for the clipboard.

use std::io;

use driver::arrow;
use results::{BytesForm, Format, FormatOptions, InsertTarget, RowWriter, TextForms, WriteError};

use super::{Held, blocking};
use crate::{
    App,
    api::{AppError, Copied, CopyFormat, CopyRequest, ErrorCode},
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
    let insert = (request.format == CopyFormat::SqlInsert).then(|| target(held, &columns));
    let format = match request.format {
        CopyFormat::Tsv => Format::Tsv,
        CopyFormat::Csv => Format::Csv,
        CopyFormat::Json => Format::Json,
        CopyFormat::Markdown => Format::Markdown,
        CopyFormat::SqlInsert => Format::SqlInsert,
    };
    let options = FormatOptions {
        cast: held.driver.cast(),
        forms: TextForms { bytes: BytesForm::Hex, ..TextForms::of(held.driver.cast()) },
        header: request.header,
        columns: Some(columns),
        insert,
    };
    let mut writer = RowWriter::new(format, held.hold.schema(), &options)?;
    let mut out = Text(Vec::new());
    let end = request.first_row.saturating_add(request.rows);
    let (mut rows, mut cut) = (0, None);
    for batch in held.hold.batches(request.first_row..end) {
        let batch = batch?;
        writer.batch(&batch, &mut out).map_err(failed)?;
        rows += batch.num_rows() as u64;
        if out.0.len() > MOST_BYTES && rows < request.rows {
            cut =
                Some(format!("Only the first {rows} rows were copied: the text would exceed {} MB.", MOST_BYTES >> 20));
            break;
        }
    }
    writer.finish(&mut out).map_err(failed)?;
    // Values that are no text are the only bytes that are not UTF-8.
    let text = String::from_utf8(out.0).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(Copied { text, rows, cut })
}

/// Where INSERT statements lead: the relation all columns come from, if there is one.
fn target(held: &Held, columns: &[usize]) -> InsertTarget {
    let fields = held.hold.schema().fields();
    let chosen: Vec<_> = columns.iter().filter_map(|column| fields.get(*column)).collect();
    let origins: Vec<Option<Vec<&str>>> =
        chosen.iter().map(|field| Some(field.metadata().get(arrow::ORIGIN)?.split('\u{1f}').collect())).collect();
    let whole = |origin: &Option<Vec<&str>>| match origin.as_deref() {
        Some([schema, relation, ..]) => Some((schema.to_string(), relation.to_string())),
        _ => None,
    };
    let first = origins.first().and_then(whole);
    let table = match first.filter(|first| origins.iter().all(|origin| whole(origin).as_ref() == Some(first))) {
        Some((schema, relation)) => {
            held.dialect.quote_path([schema.as_str(), relation.as_str()].into_iter().filter(|part| !part.is_empty()))
        }
        None => "result".to_owned(),
    };
    let name = |(field, origin): (&&std::sync::Arc<arrow_schema::Field>, &Option<Vec<&str>>)| {
        let own = origin.as_ref().and_then(|parts| parts.get(2)).copied();
        held.dialect.quote_identifier_if_needed(own.unwrap_or(field.name()))
    };
    InsertTarget {
        table,
        columns: chosen.iter().zip(&origins).map(name).collect(),
        booleans: ("true", "false"),
        backslash_escapes: held.dialect.backslash_escapes,
    }
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
