//! From a run's events to the output, at the reader's pace.

use std::{io::Write, sync::Arc};

use app::{
    api::{AppError, ErrorCode},
    terminal::{Started, Terminal},
};
use arrow_array::{Array, BinaryArray, RecordBatch};
use arrow_schema::SchemaRef;
use driver::{Driver, Event, LeftActor, Summary, arrow::RAW_COPY, documents::TextStyle};
use results::{
    Format, FormatOptions, Lens, RowWriter, WriteError,
    documents::{DocumentTexts, holds_documents},
};

use super::{PATIENCE, second_result};
use crate::{
    arguments::{Query, RowFormat},
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    output::Output,
    say::{self, ProgressLine, Script},
};

/// What becomes of the rows that come.
enum Sink {
    /// No result set is open.
    None,
    Rows(Box<RowWriter>),
    /// Bytes of a COPY, as they are.
    Raw,
    /// Of a result set that was not asked for.
    Skip,
}

/// The output of one command, over all its statements.
pub(super) struct Stream {
    format: RowFormat,
    wanted: Option<u64>,
    quiet: bool,
    driver: Arc<dyn Driver>,
    output: Output,
    progress: ProgressLine,
    sink: Sink,
    /// Result sets so far.
    sets: u64,
    /// Rows written or skipped.
    rows: u64,
    /// The role that statements run as.
    role: Option<String>,
    /// How the documents of the result set are written.
    documents: Option<DocumentTexts>,
}

impl Stream {
    pub(super) fn new(query: &Query, terminal: &Terminal, output: Output) -> Self {
        Stream {
            format: query.format,
            wanted: query.result,
            quiet: query.quiet,
            driver: Arc::clone(terminal.driver()),
            progress: ProgressLine::new(query.quiet, output.is_file()),
            output,
            sink: Sink::None,
            sets: 0,
            rows: 0,
            role: None,
            documents: None,
        }
    }

    /// The role that statements run as.
    pub(super) fn acting_as(self, role: Option<String>) -> Self {
        Stream { role, ..self }
    }

    /// Reads one statement to its end.
    pub(super) async fn one(
        &mut self,
        mut started: Started<'_, '_>,
        script: &Script<'_>,
        interrupt: &Interrupt,
        read_only: bool,
    ) -> Outcome {
        interrupt.steer(Some(started.run.cancel.clone()));
        let mut stopped: Option<Failure> = None;
        let mut end = Err(driver::Error::lost(self.driver.label()));
        loop {
            let next = tokio::select! {
                biased;
                next = started.run.next() => next,
                // The signal has asked the server to stop; without an answer the session is closed.
                () = overdue(interrupt, stopped.is_some()) => {
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
                Some(Ok(event)) if stopped.is_none() => {
                    if let Err(failure) = self.event(event) {
                        // Nothing may go on running on the server that nobody reads.
                        drop(started.run.cancel.cancel().await);
                        stopped = Some(failure);
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
            Ok(summary) => {
                if let Some(left) = &summary.left {
                    say::line(&left_actor(left, self.role.as_deref()));
                }
                self.done(&summary)
            }
            Err(error) => Err(Failure::statement(without_foreign_place(error, script), read_only)),
        }
    }

    fn event(&mut self, event: Event) -> Outcome {
        match event {
            Event::ResultSet(schema, _) => {
                self.close_set()?;
                self.open_set(&schema)
            }
            Event::Batch(batch) => self.batch(&batch),
            Event::Notice(_) | Event::Done(_) => Ok(()),
        }
    }

    fn open_set(&mut self, schema: &SchemaRef) -> Outcome {
        self.sets += 1;
        let form = self.driver.documents().filter(|_| holds_documents(schema));
        self.documents = form.map(|form| DocumentTexts::new(form, TextStyle::Canonical, schema));
        let schema = self.documents.as_ref().map_or(schema, |documents| documents.schema());
        self.sink = if self.wanted.is_some_and(|wanted| wanted != self.sets) {
            Sink::Skip
        } else if schema.metadata().get(RAW_COPY).is_some_and(|raw| raw == "true") {
            Sink::Raw
        } else {
            let format = match self.format {
                // A document has no columns: one per line.
                RowFormat::Table if self.documents.is_some() => Format::Ndjson,
                RowFormat::Table => Format::Table,
                RowFormat::Csv => Format::Csv,
                RowFormat::Json => Format::Json,
                RowFormat::Ndjson => Format::Ndjson,
            };
            let one = matches!(self.format, RowFormat::Csv | RowFormat::Json);
            if one && self.sets > 1 && self.wanted.is_none() {
                return Err(second_result(self.format));
            }
            if self.format == RowFormat::Table && self.sets > 1 && self.wanted.is_none() {
                self.output.write_all(b"\n").map_err(|error| self.output.failure(&error))?;
            }
            let options = FormatOptions { bare: self.documents.is_some(), ..FormatOptions::new(self.driver.cast()) };
            let writer = RowWriter::new(format, schema, &options).map_err(|error| local(error.into()))?;
            Sink::Rows(Box::new(writer))
        };
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Outcome {
        let texts = self.documents.as_ref().map(|documents| documents.see(batch)).transpose();
        let texts = texts.map_err(|error| local(error.into()))?;
        let batch = texts.as_ref().unwrap_or(batch);
        match &mut self.sink {
            Sink::Rows(writer) => {
                let written = writer.batch(batch, &mut self.output);
                // What has come is shown: the next batch may take a while.
                written.and_then(|()| writer.flush(&mut self.output)).map_err(|error| failed(error, &self.output))?;
            }
            Sink::Raw => {
                let chunks = batch.columns().first().and_then(|column| column.as_any().downcast_ref::<BinaryArray>());
                for chunk in chunks.into_iter().flat_map(|chunks| chunks.iter().flatten()) {
                    self.output.write_all(chunk).map_err(|error| self.output.failure(&error))?;
                }
            }
            Sink::Skip | Sink::None => {}
        }
        self.rows += batch.num_rows() as u64;
        self.progress.rows(self.rows);
        Ok(())
    }

    fn close_set(&mut self) -> Outcome {
        match std::mem::replace(&mut self.sink, Sink::None) {
            Sink::Rows(writer) => writer.finish(&mut self.output).map_err(|error| failed(error, &self.output)),
            Sink::Raw => self.output.flush().map_err(|error| self.output.failure(&error)),
            Sink::Skip | Sink::None => Ok(()),
        }
    }

    /// The statement ended well.
    fn done(&mut self, summary: &Summary) -> Outcome {
        if summary.outcome == driver::Outcome::Cancelled {
            let error = AppError::new(ErrorCode::Cancelled, "The statement was cancelled.");
            return Err(Failure::new(Exit::Stopped, error));
        }
        let told = !matches!(self.sink, Sink::None);
        self.close_set()?;
        if !told && !self.quiet {
            match (&summary.tag, summary.affected_rows) {
                (Some(tag), _) => say::line(&say::clean(tag)),
                (None, Some(1)) => say::line("1 row changed"),
                (None, Some(rows)) => say::line(&format!("{} rows changed", say::grouped(rows))),
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Every statement ended well.
    pub(super) fn finish(self, statements: usize) -> Outcome {
        if let Some(wanted) = self.wanted
            && wanted > self.sets
        {
            let sets = match self.sets {
                0 => "no result set".to_owned(),
                1 => "1 result set".to_owned(),
                sets => format!("{sets} result sets"),
            };
            let message = format!("There is no result set {wanted}: the script gave {sets}.");
            return Err(Failure::usage(message, "Its statements were run all the same."));
        }
        if statements == 0 {
            return Err(Failure::usage("There is no SQL to run.", "The script holds no statement."));
        }
        self.output.finish()
    }
}

/// A statement may leave who it ran as.
fn left_actor(left: &LeftActor, role: Option<&str>) -> String {
    let mut what = Vec::new();
    if let Some(user) = &left.user {
        what.push(match role {
            Some(role) => format!("left the role {} and became {}", say::clean(role), say::clean(user)),
            None => format!("became {}", say::clean(user)),
        });
    }
    if !left.settings.is_empty() {
        what.push(format!("changed {}", say::clean(&left.settings.join(", "))));
    }
    let then = match left.undone {
        true => "that was taken back: each statement begins as the actor",
        false => "what follows in this transaction does not run as the actor",
    };
    format!("warning: the statement {}; {then}", what.join(" and "))
}

/// Ends when a server that was asked to stop has had its time.
async fn overdue(interrupt: &Interrupt, stopped: bool) {
    if !stopped {
        interrupt.asked().await;
    }
    tokio::time::sleep(PATIENCE).await;
}

fn failed(error: WriteError, output: &Output) -> Failure {
    match error {
        WriteError::Output(error) => output.failure(&error),
        WriteError::Source(error) => local(error.into()),
    }
}

fn local(error: AppError) -> Failure {
    Failure::new(Exit::Local, error)
}

/// A place outside of the script says nothing.
fn without_foreign_place(mut error: AppError, script: &Script<'_>) -> AppError {
    if error.range.is_some_and(|range| range.from as usize > script.text.len()) {
        error.range = None;
    }
    error
}
