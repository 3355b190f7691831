//! Writes the rows of a table or a query to a file, as they come.

use std::{path::Path, sync::Arc, time::Duration};

use app::{
    App,
    api::{AppError, ErrorCode, FileFormat, ParameterValue},
    terminal::{Started, Terminal},
};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Event, Summary, ValueContext};
use results::{BytesForm, Format, FormatOptions, SqlTarget, TextForms, WriteError};
use transfer::{ExportFormat, ExportOptions};

use crate::{
    arguments::Export,
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    output::Output,
    query,
    say::{self, ProgressLine, Script},
    target,
};

/// How long a server is given to confirm that it stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Exports what the arguments name.
pub(crate) async fn run(app: &Arc<App>, export: &Export, interrupt: &Interrupt) -> Outcome {
    let format = format(export)?;
    let opening = target::open(app, &export.target, false, export.password);
    let terminal = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        opened = opening => opened?,
    };
    let (name, text) = text(export, &terminal).await?;
    let secrets = terminal.secrets(&text);
    let script = Script { name: &name, text: &text, secrets: &secrets };
    query::told_in(one(&terminal, export, &script, format, interrupt).await, &script)
}

/// By name, or by the file's end.
fn format(export: &Export) -> Outcome<FileFormat> {
    if let Some(format) = export.format {
        return Ok(format);
    }
    let end = export.output.as_deref().and_then(Path::extension).and_then(|end| end.to_str()).unwrap_or_default();
    crate::arguments::file_format(&end.to_ascii_lowercase()).map_err(|known| {
        let message = match end {
            "" => "There is no file whose end would say the format.".to_owned(),
            end => format!("“.{end}” is the end of no format."),
        };
        Failure::usage(message, &format!("Say it with --format: {known}."))
    })
}

/// What runs, and what it is called.
async fn text(export: &Export, terminal: &Terminal) -> Outcome<(String, String)> {
    if let Some(table) = &export.table {
        let (schema, name) = place(table, export.schema.as_deref());
        let dialect = terminal.dialect().map_err(|error| Failure::statement(error, false))?;
        let path: Vec<String> = schema.iter().chain([&name]).map(|part| dialect.quote_identifier(part)).collect();
        return Ok((name, format!("SELECT * FROM {}", path.join("."))));
    }
    query::script_text(export.command.as_deref(), export.file.as_deref()).await
}

fn place(table: &str, schema: Option<&str>) -> (Option<String>, String) {
    match (schema, table.split_once('.')) {
        (Some(schema), _) => (Some(schema.to_owned()), table.to_owned()),
        (None, Some((schema, name))) => (Some(schema.to_owned()), name.to_owned()),
        (None, None) => (None, table.to_owned()),
    }
}

async fn one(
    terminal: &Terminal,
    export: &Export,
    script: &Script<'_>,
    format: FileFormat,
    interrupt: &Interrupt,
) -> Outcome {
    let (pieces, marks) = terminal.split(script.text);
    let [piece] = pieces.as_slice() else {
        return Err(Failure::usage(
            format!("An export runs one statement; the text has {}.", pieces.len()),
            "Run the others with rowhouse query first.",
        ));
    };
    if marks.first().is_none_or(|mark| mark.class != "read") {
        return Err(Failure::usage("An export runs a statement that reads.", "Run this one with rowhouse query."));
    }
    let keys = match (format, &export.table) {
        (FileFormat::SqlUpdate, Some(table)) => keys(terminal, table, export.schema.as_deref()).await?,
        (FileFormat::SqlUpdate, None) => {
            return Err(Failure::usage(
                "UPDATE statements find their rows by the key of a table.",
                "Name the table with --table.",
            ));
        }
        _ => Vec::new(),
    };
    let parameters: Vec<ParameterValue> = export
        .parameters
        .iter()
        .map(|(name, value)| ParameterValue { name: name.clone(), value: value.clone() })
        .collect();
    let session = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        session = terminal.session() => session.map_err(Failure::connecting)?,
    };
    let session = query::act_as(session, export.acting.as_deref()).await?;
    let output = Output::open(export.output.as_deref())?;
    let file = export.output.as_deref().filter(|file| *file != Path::new("-"));
    let session = match file {
        Some(file) => session.writing_to(file),
        None => session,
    };
    let started = session.start(script.text, piece, &parameters, export.timeout).await;
    let mut writing = Writing {
        export,
        format: export_format(format),
        terminal,
        keys,
        title: script.name.to_owned(),
        output: Some(output),
        writer: None,
        progress: ProgressLine::new(export.quiet, file.is_some()),
        rows: 0,
        cut: false,
    };
    let done = match started {
        Ok(started) => writing.read(started, interrupt, terminal.read_only()).await,
        Err(error) => Err(Failure::statement(error, terminal.read_only())),
    };
    session.close().await;
    done?;
    writing.finish()
}

/// The primary key of a table.
async fn keys(terminal: &Terminal, table: &str, schema: Option<&str>) -> Outcome<Vec<String>> {
    let (schema, name) = place(table, schema);
    let keys =
        terminal.primary_key(schema.as_deref(), &name).await.map_err(|error| Failure::statement(error, false))?;
    if keys.is_empty() {
        let message = format!("“{table}” has no primary key, by which UPDATE would find its rows.");
        let error = AppError::new(ErrorCode::Unsupported, message).with_hint("Use sql-insert.");
        return Err(Failure::new(Exit::Statement, error));
    }
    Ok(keys)
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

/// One result set on its way to the output.
struct Writing<'a> {
    export: &'a Export,
    format: ExportFormat,
    terminal: &'a Terminal,
    keys: Vec<String>,
    title: String,
    output: Option<Output>,
    writer: Option<transfer::Export<Output>>,
    progress: ProgressLine,
    rows: u64,
    /// Whether rows were left behind at the limit.
    cut: bool,
}

impl Writing<'_> {
    async fn read(&mut self, mut started: Started<'_, '_>, interrupt: &Interrupt, read_only: bool) -> Outcome {
        interrupt.steer(Some(started.run.cancel.clone()));
        let mut stopped: Option<Failure> = None;
        let mut end: Result<Summary, driver::Error> = Err(driver::Error::lost(self.terminal.driver().label()));
        loop {
            let stopping = stopped.is_some() || self.cut;
            let next = tokio::select! {
                biased;
                next = started.run.next() => next,
                () = overdue(interrupt, stopping) => {
                    end = Err(driver::Error::cancelled());
                    break;
                }
            };
            match next {
                Some(Ok(Event::Done(summary))) => end = Ok(summary),
                Some(Ok(Event::Notice(notice))) => {
                    self.progress.clear();
                    say::notice(&notice);
                }
                Some(Ok(event)) if !stopping => {
                    stopped = self.event(event).err();
                    if stopped.is_some() || self.cut {
                        // Nothing may go on running on the server that nobody reads.
                        drop(started.run.cancel.cancel().await);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => end = Err(error),
                None => break,
            }
        }
        interrupt.steer(None);
        self.progress.clear();
        let ended = started.finish(end).await;
        if let Some(failure) = stopped {
            return Err(failure);
        }
        if interrupt.is_asked() {
            return Err(Failure::interrupted());
        }
        match ended {
            // At the limit it was stopped because everything wanted had come.
            _ if self.cut => Ok(()),
            Ok(summary) if summary.outcome == driver::Outcome::Cancelled => {
                let error = AppError::new(ErrorCode::Cancelled, "The statement was cancelled.");
                Err(Failure::new(Exit::Stopped, error))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::statement(error, read_only)),
        }
    }

    fn event(&mut self, event: Event) -> Outcome {
        match event {
            Event::ResultSet(schema, context) if self.writer.is_none() => {
                let Some(output) = self.output.take() else { return Ok(()) };
                let writer = self.writer(&schema, &context, output)?;
                self.writer = Some(writer);
                Ok(())
            }
            Event::Batch(batch) => self.batch(batch),
            _ => Ok(()),
        }
    }

    fn writer(&self, schema: &SchemaRef, context: &ValueContext, output: Output) -> Outcome<transfer::Export<Output>> {
        let cast = self.terminal.driver().cast();
        let note = self.export.limit.map(|limit| format!("at most {} rows", say::grouped(limit)));
        let options = FormatOptions {
            forms: TextForms { bytes: BytesForm::Hex, ..TextForms::of(cast) },
            header: !self.export.no_header,
            target: Some(self.target(schema)?),
            delimiter: self.export.delimiter.unwrap_or(b','),
            quote_all: self.export.quote_all,
            null_text: self.export.null.clone(),
            note,
            ..FormatOptions::new(cast)
        };
        let options = ExportOptions { format: options, cast, context, title: &self.title };
        transfer::Export::new(self.format, schema, &options, output).map_err(|error| match error {
            WriteError::Source(error) => Failure::usage(error.message, error.hint.as_deref().unwrap_or_default()),
            WriteError::Output(error) => Failure::file(&error, Path::new("the file"), "written"),
        })
    }

    fn target(&self, schema: &SchemaRef) -> Outcome<SqlTarget> {
        let cast = self.terminal.driver().cast();
        let dialect = self.terminal.dialect().map_err(|error| Failure::statement(error, false))?;
        let table = match (&self.export.into, &self.export.table) {
            (Some(into), _) => into.clone(),
            (None, Some(table)) => {
                let (schema, name) = place(table, self.export.schema.as_deref());
                dialect.quote_path(schema.iter().chain([&name]).map(String::as_str))
            }
            (None, None) => "result".to_owned(),
        };
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .take(driver::arrow::visible_columns(schema))
            .map(|field| field.name().as_str())
            .collect();
        let mut keys = Vec::new();
        for key in &self.keys {
            let at = names.iter().position(|name| name == key).ok_or_else(|| {
                Failure::usage(format!("The key's column “{key}” is not among the rows."), "Use sql-insert.")
            })?;
            keys.push((at, dialect.quote_identifier_if_needed(key)));
        }
        let is_set = |(at, _): &(usize, &&str)| keys.iter().all(|(key, _)| key != at);
        let columns = names.iter().enumerate().filter(is_set);
        let columns = columns.map(|(_, name)| dialect.quote_identifier_if_needed(name)).collect();
        Ok(SqlTarget { table, columns, keys, literals: cast.literals(), backslash_escapes: dialect.backslash_escapes })
    }

    fn batch(&mut self, batch: RecordBatch) -> Outcome {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let room = self.export.limit.map_or(u64::MAX, |limit| limit - self.rows.min(limit));
        let taken = usize::try_from(room).unwrap_or(usize::MAX).min(batch.num_rows());
        self.cut |= taken < batch.num_rows();
        writer.batch(&batch.slice(0, taken)).and_then(|()| writer.flush()).map_err(|error| self.failed(error))?;
        self.rows += taken as u64;
        self.progress.rows(self.rows);
        Ok(())
    }

    fn failed(&self, error: WriteError) -> Failure {
        match error {
            // Whoever read has what they wanted: `| head` is no failure.
            WriteError::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Failure::silent(Exit::Done),
            WriteError::Output(error) => {
                let name = self.export.output.as_deref().unwrap_or(Path::new("standard output"));
                Failure::file(&error, name, "written")
            }
            WriteError::Source(error) => Failure::new(Exit::Local, error.into()),
        }
    }

    fn finish(mut self) -> Outcome {
        let Some(writer) = self.writer.take() else {
            return Err(Failure::usage("The statement gave no rows to export.", "Name a statement that reads."));
        };
        let (output, written) = writer.finish().map_err(|error| self.failed(error))?;
        let is_file = output.is_file();
        output.finish()?;
        if written.left_out > 0 {
            say::line(&format!("NULL was left out ({} rows): IN never finds it", say::grouped(written.left_out)));
        }
        if self.cut {
            say::line(&format!("first {} rows, not all", say::grouped(self.rows)));
        } else if !self.export.quiet && is_file {
            let one = if self.rows == 1 { "row" } else { "rows" };
            say::line(&format!("{} {one} written", say::grouped(self.rows)));
        }
        Ok(())
    }
}

/// Ends when a server that was asked to stop has had its time.
async fn overdue(interrupt: &Interrupt, stopped: bool) {
    if !stopped {
        interrupt.asked().await;
    }
    tokio::time::sleep(PATIENCE).await;
}
