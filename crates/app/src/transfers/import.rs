//! A file into a table: in one transaction, or in batches that leave out what is refused.

use std::{ops::Range, path::Path, sync::Arc};

use driver::{Role, Statement};
use tokio::sync::mpsc;
use transfer::{Analysis, FileKind, Problem, Source};

use super::{
    Tally,
    chunks::{self, Chunk, Cutting},
    plan::{Plan, plan},
    reading::{self, Into, analyse, loader, plain_engine_note, table},
    rejects::Rejects,
    writer::Writer,
};
use crate::{
    App,
    api::*,
    connections::{Connected, Opened},
    explorer::{grouped, to_key},
    history::Ending,
};

/// What became of an import.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    pub(crate) notes: Vec<String>,
}

/// Imports a file; what is stopped or fails is undone, but for batches that were committed.
///
/// # Errors
/// `Forbidden` on a read-only connection, and on production without the table's name; `NotFound`, `AlreadyExists` for tables;
/// `InvalidStatement` for a file or a mapping that does not fit; `Cancelled`; the server's own, with the line of the file.
pub(crate) async fn import(
    app: &App,
    connected: &Arc<Connected>,
    opened: &Arc<Opened>,
    request: &FileImport,
    tally: &Arc<Tally>,
) -> Result<Imported, AppError> {
    permitted(connected, request)?;
    let load = loader(opened)?;
    let key = to_key(&request.table)?;
    let into = table(opened, &key).await?;
    let source = reading::source(&request.file).await?;
    // A transaction is undone where a later record turns out to be unreadable: nothing has to be known of it before.
    let undone = request.batch.is_none() && into.as_ref().is_some_and(|into| into.plain_engine.is_none());
    let (columns, refusal) = if undone && !request.create && load.reads_booleans() && source.kind != FileKind::Lines {
        tally.set_total(request.rows.unwrap_or_default());
        (reading::columns(source.clone()).await?, None)
    } else {
        let analysis = analyse(source.clone(), request.create, Some(Arc::clone(tally))).await?;
        tally.set_total(analysis.rows);
        let refusal = if request.batch.is_none() { unreadable(&analysis) } else { None };
        (analysis.columns, refusal)
    };
    let plan = plan(request, key, &columns, into.as_ref(), load)?;
    let notes = undoable(request, into.as_ref())?;
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    let (session, permit) = opened.session(connected, Role::Scratch).await?;
    let job = Job {
        writer: Writer { app, connected, opened, load, session, tally },
        opened,
        plan: Arc::new(plan),
        source,
        names: columns.into_iter().map(|column| column.name).collect(),
        request,
        tally,
        rejects: tokio::sync::Mutex::new(Rejects::new(request)?),
    };
    let done = job.run().await;
    job.writer.session.close().await;
    drop(permit);
    if request.create && !request.dry_run && done.is_ok() {
        opened.shelf.read_in_background(opened, connected);
    }
    let (rows, rejected) = done?;
    let mut notes: Vec<String> = notes;
    if request.dry_run {
        notes.push("It was a trial: nothing was changed.".to_owned());
    }
    if let Some(said) = job.rejects.into_inner().finish()? {
        notes.push(said);
    }
    Ok(Imported { rows, rejected, notes })
}

/// Whether a person says yes to an import before it begins: on production, and where the safety level wants every change confirmed.
pub(crate) fn asks(connected: &Connected) -> bool {
    let profile = &connected.profile;
    profile.environment == Environment::Production || !matches!(profile.safety, Safety::Free | Safety::ReadOnly)
}

/// The guard, in every outlet.
fn permitted(connected: &Connected, request: &FileImport) -> Result<(), AppError> {
    if connected.read_only {
        return Err(AppError::new(ErrorCode::Forbidden, "Nothing was imported: the connection is read-only.")
            .with_hint("Change the connection's safety level to allow writes."));
    }
    let given = request.confirmed.as_deref().map(str::trim);
    if asks(connected) && !request.dry_run && given != Some(request.table.name.as_str()) {
        return Err(AppError::new(
            ErrorCode::Forbidden,
            format!("Nothing was imported into “{}”: nobody has said yes.", connected.profile.name),
        )
        .with_hint(format!("Type {} to go on.", request.table.name)));
    }
    Ok(())
}

/// A trial of what cannot be undone is none.
fn undoable(request: &FileImport, into: Option<&Into>) -> Result<Vec<String>, AppError> {
    let Some(engine) = into.and_then(|into| into.plain_engine.as_deref()) else { return Ok(Vec::new()) };
    let note = plain_engine_note(engine);
    if request.dry_run {
        return Err(AppError::new(ErrorCode::Unsupported, format!("A trial is not possible here. {note}"))
            .with_hint("Try it with a new table."));
    }
    Ok(vec![note])
}

/// Why a file is not imported at once, where it has records that cannot be read.
fn unreadable(analysis: &Analysis) -> Option<AppError> {
    analysis.problems.first().map(|problem| refused(problem, analysis.bad))
}

/// The same for the first of so many of them.
fn refused(problem: &Problem, bad: u64) -> AppError {
    let more = if bad > 1 { format!(" So do {} more.", grouped(bad - 1)) } else { String::new() };
    at_line(problem.line, AppError::new(ErrorCode::InvalidStatement, format!("{}{more}", problem.reason)))
        .with_hint("Import in batches: records that cannot be read are left out and written to a file.")
}

/// An error of one line of the file.
fn at_line(line: u64, error: AppError) -> AppError {
    AppError { message: format!("Line {}: {}", grouped(line), error.message), range: None, ..error }
}

/// What ends an import before its file does.
enum Halt {
    /// A record that cannot be read.
    Unreadable(Problem),
    Error(Box<AppError>),
}

impl<E: std::convert::Into<AppError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Halt::Error(Box::new(error.into()))
    }
}

struct Job<'a> {
    writer: Writer<'a>,
    opened: &'a Arc<Opened>,
    plan: Arc<Plan>,
    source: Source,
    /// The file's columns.
    names: Vec<String>,
    request: &'a FileImport,
    tally: &'a Arc<Tally>,
    rejects: tokio::sync::Mutex<Rejects>,
}

impl Job<'_> {
    async fn run(&self) -> Result<(u64, u64), AppError> {
        let summary = self.writer.load.summary(&self.plan.table, &self.plan.columns);
        let work = async {
            match self.request.batch.filter(|_| !self.request.dry_run) {
                Some(rows) => self.in_batches(rows as usize).await,
                None => self.at_once().await,
            }
        };
        self.writer.recorded(&summary, work, |(rows, _)| *rows).await
    }

    async fn append(&self, chunk: &Chunk, range: Range<usize>) -> Result<(), driver::Error> {
        self.writer.send(chunk.append(self.writer.load, &self.plan, range)).await
    }

    /// Whether the table that is made for a trial is one that goes by itself.
    fn is_temporary(&self) -> bool {
        self.request.dry_run && !self.writer.load.transactional_tables()
    }

    async fn create(&self) -> Result<(), driver::Error> {
        let Some(columns) = &self.plan.create else { return Ok(()) };
        let text = self.writer.load.create_table(&self.plan.table, columns, self.is_temporary());
        let recorded = if self.request.dry_run { None } else { self.writer.record(&text).await };
        let made = self.writer.send(Statement::new(text)).await;
        if let Some(recorded) = recorded {
            let ending = match &made {
                Ok(()) => Ending::Completed { rows: None },
                Err(error) => Ending::Failed { message: &error.message, code: None },
            };
            drop(self.writer.app.history_finish(recorded, ending, 0).await);
        }
        made
    }

    /// Drops the table this import has made where no ROLLBACK does.
    async fn unmake(&self) {
        if self.plan.create.is_some() && (self.is_temporary() || !self.writer.load.transactional_tables()) {
            let text = self.writer.load.drop_table(&self.plan.table);
            let mut run = self.writer.session.run(Statement::new(text));
            while let Some(event) = run.next().await {
                if let Err(error) = event {
                    tracing::warn!(%error, "a table that an import made is still there");
                }
            }
        }
    }

    /// Starts reading the file, in portions of at most so many rows, where there are batches.
    fn chunks(&self, batch: Option<usize>) -> (mpsc::Receiver<Chunk>, tokio::task::JoinHandle<Result<(), AppError>>) {
        let (sender, inbox) = chunks::channel();
        let mut size = self.writer.load.chunk();
        size.rows = size.rows.min(batch.map_or(usize::MAX, |rows| rows.max(1)));
        let (plan, tally) = (Arc::clone(&self.plan), Arc::clone(self.tally));
        let (source, names) = (self.source.clone(), self.names.clone());
        let opened = Arc::clone(self.opened);
        let reading = tokio::task::spawn_blocking(move || {
            let cutting = Cutting { load: loader(&opened)?, plan: &plan, size, keep: batch.is_some() };
            cutting.read(&source, &names, &sender, &tally)
        });
        (inbox, reading)
    }

    async fn at_once(&self) -> Result<(u64, u64), AppError> {
        let words = self.writer.opened.sql()?.transactions;
        let early = self.plan.create.is_some() && !self.writer.load.transactional_tables();
        if early {
            self.create().await?;
        }
        self.writer.word(words.begin).await?;
        let done = self.everything(!early).await;
        let keep = done.is_ok() && !self.request.dry_run;
        let ended = self.writer.word(if keep { words.commit } else { words.rollback }).await;
        // A commit may refuse too: constraints that wait for it.
        let done = match done {
            Ok(rows) => ended.map(|()| rows).map_err(AppError::from),
            Err(Halt::Error(error)) => Err(*error),
            Err(Halt::Unreadable(problem)) => {
                let counted = analyse(self.source.clone(), false, Some(Arc::clone(self.tally))).await;
                counted.and_then(|counted| Err(unreadable(&counted).unwrap_or_else(|| refused(&problem, 1))))
            }
        };
        if done.is_err() || self.request.dry_run {
            self.unmake().await;
        }
        done.map(|rows| (rows, 0))
    }

    async fn everything(&self, create: bool) -> Result<u64, Halt> {
        if create {
            self.create().await?;
        }
        let (mut inbox, reading) = self.chunks(None);
        let mut rows = 0;
        while let Some(chunk) = inbox.recv().await {
            if let Some(problem) = chunk.problems.first() {
                return Err(Halt::Unreadable(problem.clone()));
            }
            if let Err(error) = self.append(&chunk, 0..chunk.len()).await {
                return Err(self.told(&chunk, 0..chunk.len(), error).into());
            }
            rows += chunk.len() as u64;
            self.tally.set_rows(rows);
        }
        reading.await.map_err(|_| AppError::internal("reading a file was interrupted"))??;
        Ok(rows)
    }

    /// An error with the line it is about, or the lines among which it is.
    fn told(&self, chunk: &Chunk, range: Range<usize>, error: driver::Error) -> AppError {
        if matches!(error.code, driver::Code::Cancelled | driver::Code::Unreachable) {
            return error.into();
        }
        let row = self.writer.load.row_of(&error).map(|row| range.start + row).filter(|row| *row < range.end);
        match (row, range.len()) {
            (Some(row), _) => at_line(chunk.line(row), error.into()),
            (None, 1) => at_line(chunk.line(range.start), error.into()),
            (None, _) => {
                let (first, last) = (chunk.line(range.start), chunk.line(range.end.saturating_sub(1)));
                let error = AppError::from(error);
                AppError {
                    message: format!("Among lines {} to {}: {}", grouped(first), grouped(last), error.message),
                    range: None,
                    ..error
                }
            }
        }
    }

    async fn in_batches(&self, size: usize) -> Result<(u64, u64), AppError> {
        self.create().await?;
        let (mut inbox, reading) = self.chunks(Some(size));
        let (mut rows, mut rejected) = (0u64, 0u64);
        while let Some(chunk) = inbox.recv().await {
            for Problem { line, reason } in &chunk.problems {
                rejected += 1;
                self.rejects.lock().await.add(*line, reason, &[])?;
            }
            let left_out = self.batch(&chunk).await?;
            rejected += left_out;
            rows += chunk.len() as u64 - left_out;
            self.tally.set_rows(rows + rejected);
        }
        reading.await.map_err(|_| AppError::internal("reading a file was interrupted"))??;
        Ok((rows, rejected))
    }

    /// Commits what of a batch the database takes; how many rows it refused.
    async fn batch(&self, chunk: &Chunk) -> Result<u64, AppError> {
        let words = self.writer.opened.sql()?.transactions;
        let mut waiting: Vec<Range<usize>> = std::iter::once(0..chunk.len()).collect();
        let mut rejected = 0;
        while let Some(range) = waiting.pop() {
            if range.is_empty() {
                continue;
            }
            self.writer.word(words.begin).await?;
            let sent = match self.append(chunk, range.clone()).await {
                Ok(()) => self.writer.word(words.commit).await,
                Err(error) => Err(error),
            };
            let Err(error) = sent else { continue };
            if matches!(error.code, driver::Code::Unreachable) {
                return Err(error.into());
            }
            self.writer.word(words.rollback).await?;
            if matches!(error.code, driver::Code::Cancelled | driver::Code::Forbidden | driver::Code::NotFound) {
                return Err(error.into());
            }
            let row = self.writer.load.row_of(&error).map(|row| range.start + row).filter(|row| *row < range.end);
            match (row, range.len()) {
                (Some(row), _) => {
                    self.reject(chunk, row, &error).await?;
                    rejected += 1;
                    waiting.push(row + 1..range.end);
                    waiting.push(range.start..row);
                }
                (None, 1) => {
                    self.reject(chunk, range.start, &error).await?;
                    rejected += 1;
                }
                (None, length) => {
                    let middle = range.start + length / 2;
                    waiting.push(middle..range.end);
                    waiting.push(range.start..middle);
                }
            }
        }
        Ok(rejected)
    }

    async fn reject(&self, chunk: &Chunk, row: usize, error: &driver::Error) -> Result<(), AppError> {
        let values = chunk.values(row..row + 1);
        self.rejects.lock().await.add(chunk.line(row), &error.message, &values)
    }
}

/// Imports and tells how far it is, and at last how it ended.
pub(crate) async fn import_told(
    app: &App,
    connected: &Arc<Connected>,
    opened: &Arc<Opened>,
    request: &FileImport,
    tally: &Arc<Tally>,
    events: &mpsc::UnboundedSender<TransferEvent>,
) {
    let work = import(app, connected, opened, request, tally);
    let ended = super::watched(work, tally, events).await;
    // Whoever listened may be gone.
    drop(events.send(match ended {
        Ok(Imported { rows, rejected, mut notes }) => {
            if rejected > 0 {
                notes.insert(0, format!("{} rows were refused.", grouped(rejected)));
            }
            TransferEvent::Done { rows, bytes: tally.bytes(), elapsed_ms: tally.elapsed_ms(), notes }
        }
        Err(_) if tally.is_stopped() => TransferEvent::Stopped,
        Err(error) => TransferEvent::Failed { error },
    }));
}

impl App {
    /// Imports a file and returns the transfer's id; what happens comes by `events`, with `Done`, `Stopped` or `Failed` last.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and on production without the table's name; as connecting.
    pub async fn import(
        &self,
        request: FileImport,
        events: mpsc::UnboundedSender<TransferEvent>,
    ) -> Result<String, AppError> {
        let place = self.place(&request.profile_id, &request.table).await?;
        permitted(&place.connected, &request)?;
        let (id, tally) = self.transfers.begin();
        let (me, done) = (self.shared()?, id.clone());
        tokio::spawn(async move {
            import_told(&me, &place.connected, &place.opened, &request, &tally, &events).await;
            me.transfers.end(&done);
        });
        Ok(id)
    }
}

/// The file rejects go to, as faces say it.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
