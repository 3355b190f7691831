//! Held rows, or all rows of their statement, into a file.

use std::{ops::Range, path::PathBuf, sync::Arc};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Cast, ValueContext};
use results::{BytesForm, Format, FormatOptions, TextForms, WriteError};
use tokio::sync::mpsc;
use transfer::{Export, ExportFormat, ExportOptions, Target, Written};

use super::{Tally, tally::Counted, whole};
use crate::{
    App,
    acting::words,
    api::*,
    audit::{Deed, End},
    holds::{Held, Source, targets},
};

/// What a writer is given.
pub(super) enum Coming {
    /// The columns of the rows that follow.
    Head(SchemaRef, ValueContext),
    /// Rows.
    Batch(RecordBatch),
    /// There are no more. A channel that ends without it was cut off.
    End,
}

/// A file on its way.
struct Plan {
    format: ExportFormat,
    options: FormatOptions<'static>,
    cast: &'static dyn Cast,
    title: String,
    target: Target,
    path: PathBuf,
    tally: Arc<Tally>,
}

fn export_format(format: FileFormat) -> ExportFormat {
    ExportFormat::Text(match format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Tsv => Format::Tsv,
        FileFormat::Json => Format::Json,
        FileFormat::Ndjson => Format::Ndjson,
        FileFormat::Markdown => Format::Markdown,
        FileFormat::Html => Format::Html,
        FileFormat::SqlInsert => Format::SqlInsert,
        FileFormat::SqlUpdate => Format::SqlUpdate,
        FileFormat::InList => Format::InList,
        FileFormat::Parquet => return ExportFormat::Parquet,
        FileFormat::Excel => return ExportFormat::Excel,
    })
}

/// One ASCII character that is no part of how values are quoted.
pub(crate) fn delimiter(text: Option<&str>) -> Result<u8, AppError> {
    let Some(text) = text else { return Ok(b',') };
    match text.as_bytes() {
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r' | 0) => Ok(*one),
        _ => Err(AppError::new(ErrorCode::InvalidStatement, "The delimiter is one ASCII character and no quote.")
            .with_hint("Usual are the comma, the semicolon, the tab and the bar.")),
    }
}

impl App {
    /// What can be exported from held rows.
    ///
    /// # Errors
    /// `NotFound` for rows that were released.
    pub async fn export_offer(&self, hold_id: &str) -> Result<ExportOffer, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let again = held.again.get();
        let no_whole = match (&held.source, again) {
            (Source::Pages(_), _) => None,
            (Source::Run { .. }, Some(again)) => {
                again.refused.map(|why| format!("The statement does not run again: {why}."))
            }
            (Source::View(_), _) => Some("These rows are filtered or sorted here, not by the server.".to_owned()),
            (Source::Run { .. }, None) => Some("The statement is not known any more.".to_owned()),
        };
        Ok(ExportOffer {
            title: held.title.get().cloned().unwrap_or_default(),
            rows: held.rows(),
            partial: held.partial(),
            table: targets::table_of(&held),
            no_update: targets::no_update(&held).map(|why| format!("UPDATE statements cannot be written: {why}.")),
            no_whole,
            statement: again.map(|again| again.statement.text.to_string()),
        })
    }

    /// Writes rows to a file, which has its name once it is whole, and returns the transfer's id; what happens comes by
    /// `events`, with `Done`, `Stopped` or `Failed` last.
    ///
    /// # Errors
    /// `NotFound` for released rows, columns that are not there and a missing folder; `Forbidden` for a file that may not be
    /// written; `Unsupported` for a format these rows do not have or a statement that may not run again; `InvalidStatement`
    /// for a delimiter that is none.
    pub async fn export(
        &self,
        request: ExportRequest,
        events: mpsc::UnboundedSender<TransferEvent>,
    ) -> Result<String, AppError> {
        let held = self.live.holds.get(&request.hold_id)?;
        let (id, tally) = self.transfers.begin();
        let begun = self.begin_export(&held, request, &tally, &events).await;
        let (me, done) = (self.shared()?, id.clone());
        match begun {
            Ok(work) => {
                tokio::spawn(async move {
                    let ended = work.await;
                    me.transfers.end(&done);
                    // Whoever listened may have closed its window.
                    drop(events.send(match ended {
                        Ok(event) => event,
                        Err(_) if tally.is_stopped() => TransferEvent::Stopped,
                        Err(error) => TransferEvent::Failed { error },
                    }));
                });
                Ok(id)
            }
            Err(error) => {
                self.transfers.end(&id);
                Err(error)
            }
        }
    }

    /// Checks everything that can be checked before the first row; the rest is the future.
    async fn begin_export(
        &self,
        held: &Arc<Held>,
        request: ExportRequest,
        tally: &Arc<Tally>,
        events: &mpsc::UnboundedSender<TransferEvent>,
    ) -> Result<impl Future<Output = Result<TransferEvent, AppError>> + Send + 'static, AppError> {
        let columns: Vec<usize> = request.columns.iter().map(|column| *column as usize).collect();
        if columns.is_empty() {
            return Err(AppError::new(ErrorCode::InvalidStatement, "No column is chosen."));
        }
        let format = export_format(request.format);
        let target = match format {
            ExportFormat::Text(Format::SqlInsert | Format::InList) => {
                Some(targets::target(held, &columns, request.options.table.as_deref(), false)?)
            }
            ExportFormat::Text(Format::SqlUpdate) => {
                Some(targets::target(held, &columns, request.options.table.as_deref(), true)?)
            }
            _ => None,
        };
        let range = match request.rows {
            ExportRows::Selection { first_row, rows } => Some(first_row..first_row.saturating_add(rows)),
            ExportRows::Loaded => Some(0..held.rows()),
            ExportRows::Whole => None,
        };
        let everything = range.as_ref().is_some_and(|range| range.start == 0 && range.end >= held.rows());
        let partial = held.partial().filter(|_| everything);
        let cast = held.driver.cast();
        let options = FormatOptions {
            forms: TextForms { bytes: BytesForm::Hex, ..TextForms::of(cast) },
            header: request.header,
            columns: Some(columns),
            target,
            delimiter: delimiter(request.options.delimiter.as_deref())?,
            quote_all: request.options.quote_all,
            null_text: request.options.null_text,
            note: partial.clone(),
            ..FormatOptions::new(cast)
        };
        let path = std::path::absolute(&request.path)
            .map_err(|error| AppError::file(&error, request.path.as_ref(), "found"))?;
        // Another writer on the same schema: what it has to refuse is told before anything is written.
        drop(writer(format, held.hold.schema(), &options, cast, held.hold.context(), "", std::io::sink())?);
        let opening = path.clone();
        let target = tokio::task::spawn_blocking(move || Target::create(&opening))
            .await
            .map_err(|_| AppError::internal("work on a file was interrupted"))?
            .map_err(|error| AppError::file(&error, &path, "written"))?;
        let title = held.title.get().cloned().unwrap_or_default();
        let plan = Plan { format, options, cast, title, target, path, tally: Arc::clone(tally) };
        let notes = partial.map(|partial| format!("These are the {partial}.")).into_iter().collect();
        let (app, held, events) = (self.shared()?, Arc::clone(held), events.clone());
        let reading = match range {
            Some(range) => Reading::Held(range),
            None => Reading::Again(Box::new(whole::prepare(self, &held).await?)),
        };
        Ok(work(app, held, plan, reading, notes, events))
    }
}

enum Reading {
    Held(Range<u64>),
    Again(Box<whole::Whole>),
}

/// Writes and tells how far it is.
async fn work(
    app: Arc<App>,
    held: Arc<Held>,
    plan: Plan,
    reading: Reading,
    mut notes: Vec<String>,
    events: mpsc::UnboundedSender<TransferEvent>,
) -> Result<TransferEvent, AppError> {
    let (tally, path) = (Arc::clone(&plan.tally), plan.path.clone());
    let writing = async {
        match reading {
            Reading::Held(range) => {
                tally.set_total(range.end.min(held.rows()).saturating_sub(range.start));
                let line = deed(&app, &held, &path).await;
                let reading = Arc::clone(&held);
                let written = blocking(move || from_held(plan, &reading, range)).await;
                end_deed(&app, line, &written, &tally).await;
                written
            }
            Reading::Again(whole) => {
                let (rows, inbox) = mpsc::channel(2);
                let writing = blocking(move || from_channel(plan, inbox));
                let shown = path.to_string_lossy();
                let (read, written) = tokio::join!(whole.read(&app, rows, &tally, &shown), writing);
                // Where both failed, the disk is why the statement was stopped.
                match (read, written) {
                    (Ok(()), written) => written,
                    (Err(error), Ok(_)) => Err(error),
                    (Err(read), Err(error)) => Err(if error.code == ErrorCode::Cancelled { read } else { error }),
                }
            }
        }
    };
    let written = super::watched(writing, &tally, &events).await?;
    if written.left_out > 0 {
        notes.push(format!("NULL was left out ({} rows): IN never finds it.", written.left_out));
    }
    let (bytes, elapsed_ms) = (tally.bytes(), tally.elapsed_ms());
    Ok(TransferEvent::Done { rows: written.rows, bytes, elapsed_ms, notes })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("an export was interrupted"))?
}

fn writer<W: std::io::Write + Send>(
    format: ExportFormat,
    schema: &SchemaRef,
    options: &FormatOptions<'static>,
    cast: &'static dyn Cast,
    context: &ValueContext,
    title: &str,
    out: W,
) -> Result<Export<W>, AppError> {
    let format_options = FormatOptions {
        bare: false,
        cast,
        forms: options.forms.clone(),
        header: options.header,
        columns: options.columns.clone(),
        target: options.target.clone(),
        delimiter: options.delimiter,
        quote_all: options.quote_all,
        null_text: options.null_text.clone(),
        note: options.note.clone(),
    };
    let options = ExportOptions { format: format_options, cast, context, title };
    Export::new(format, schema, &options, out).map_err(|error| match error {
        WriteError::Source(error) => error.into(),
        WriteError::Output(error) => AppError::file(&error, "the file".as_ref(), "written"),
    })
}

impl Plan {
    fn failed(path: &std::path::Path, tally: &Tally, error: WriteError) -> AppError {
        match error {
            _ if tally.is_stopped() => AppError::new(ErrorCode::Cancelled, "Stopped."),
            WriteError::Source(error) => error.into(),
            WriteError::Output(error) => AppError::file(&error, path, "written"),
        }
    }
}

fn from_held(plan: Plan, held: &Held, range: Range<u64>) -> Result<Written, AppError> {
    let Plan { format, options, cast, title, target, path, tally } = plan;
    let failed = |error: WriteError| Plan::failed(&path, &tally, error);
    let out = Counted { inner: target, tally: Arc::clone(&tally) };
    let mut export = writer(format, held.hold.schema(), &options, cast, held.hold.context(), &title, out)?;
    for batch in held.batches(range) {
        if tally.is_stopped() {
            return Err(AppError::new(ErrorCode::Cancelled, "Stopped."));
        }
        export.batch(&batch?).map_err(failed)?;
        tally.set_rows(export.rows());
    }
    let (out, written) = export.finish().map_err(failed)?;
    out.inner.finish().map_err(|error| failed(error.into()))?;
    Ok(written)
}

fn from_channel(plan: Plan, mut inbox: mpsc::Receiver<Coming>) -> Result<Written, AppError> {
    let Plan { format, options, cast, title, target, path, tally } = plan;
    let failed = |error: WriteError| Plan::failed(&path, &tally, error);
    let cut_off = || AppError::new(ErrorCode::Cancelled, "The rows were cut off.");
    let Some(Coming::Head(schema, context)) = inbox.blocking_recv() else { return Err(cut_off()) };
    let out = Counted { inner: target, tally: Arc::clone(&tally) };
    let mut export = writer(format, &schema, &options, cast, &context, &title, out)?;
    loop {
        match inbox.blocking_recv() {
            Some(Coming::Batch(batch)) => {
                export.batch(&batch).map_err(failed)?;
                tally.set_rows(export.rows());
            }
            Some(Coming::Head(..)) => {}
            Some(Coming::End) => break,
            None => return Err(cut_off()),
        }
    }
    let (out, written) = export.finish().map_err(failed)?;
    out.inner.finish().map_err(|error| failed(error.into()))?;
    Ok(written)
}

/// Held rows were read before: what leaves now is a line of the audit trail of its own.
async fn deed(app: &App, held: &Held, path: &std::path::Path) -> Option<i64> {
    let held = held.base();
    let (profile_id, database, text) = match (&held.source, held.again.get()) {
        (Source::Pages(pages), _) => {
            let request = pages.request();
            (&request.profile_id, request.object.database.as_deref(), targets::table_of(held))
        }
        (_, again) => {
            let again = again?;
            let text = held.language.redact(&again.statement.text);
            (&again.profile_id, again.database.as_deref(), text)
        }
    };
    if !app.is_recorded(profile_id).await.unwrap_or(true) {
        return None;
    }
    let connected = app.connected(profile_id).await.ok()?;
    let shown = path.to_string_lossy();
    let acting = match (&held.source, held.again.get()) {
        (Source::Pages(pages), _) => pages.request().actor.as_ref().map(|actor| words(&actor.meant())),
        (_, again) => again.and_then(|again| again.statement.actor.as_deref().map(words)),
    };
    let deed = Deed {
        profile_id: Some(profile_id.as_ref()),
        profile_name: &connected.profile.name,
        database,
        kind: AuditKind::Export,
        command: "EXPORT",
        target: &shown,
        acting: acting.as_deref(),
        text: &text,
    };
    match app.audit_deed(&deed).await {
        Ok(line) => Some(line),
        Err(error) => {
            tracing::warn!(%error, "an export is missing in the audit trail");
            None
        }
    }
}

async fn end_deed(app: &App, line: Option<i64>, written: &Result<Written, AppError>, tally: &Tally) {
    let Some(line) = line else { return };
    let (outcome, error) = match written {
        Ok(_) => ("completed", None),
        Err(_) if tally.is_stopped() => ("cancelled", None),
        Err(error) => ("failed", Some(error.message.as_str())),
    };
    let rows = written.as_ref().ok().and_then(|written| i64::try_from(written.rows).ok());
    let elapsed_ms = i64::try_from(tally.elapsed_ms()).unwrap_or(i64::MAX);
    if let Err(error) = app.audit_deed_end(line, &End { outcome, rows, elapsed_ms, error }).await {
        tracing::warn!(%error, "the audit trail does not say how an export ended");
    }
}
