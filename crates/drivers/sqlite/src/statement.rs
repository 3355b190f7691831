//! One statement on the session's thread: compile, bind, step, send; and every way it can end.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use driver::{
    Code, Error, Event, Link, Outcome, RunId, SessionState, Severity, Span, Statement, Summary, ValueContext,
    arrow::BATCH_MS,
};
use rusqlite::{Connection, types::ToSqlOutput};
use tokio::sync::{mpsc, watch};

use crate::{
    batch::{Rows, schema_of},
    cancel::{self, Mark},
    error, lexer, restrict,
    session::{notice, observe, transaction},
    types, worker,
};

type Events = mpsc::Sender<Result<Event, Error>>;

/// A statement waiting for its turn.
pub(crate) struct Job {
    pub(crate) id: RunId,
    pub(crate) statement: Statement,
    pub(crate) mark: Arc<Mark>,
    pub(crate) events: Events,
    pub(crate) closing: Arc<AtomicBool>,
    pub(crate) state: Arc<watch::Sender<SessionState>>,
    pub(crate) context: ValueContext,
    pub(crate) deadline: Option<Instant>,
}

/// Why a statement is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Cancelled,
    TimedOut,
    /// Nobody reads it any more.
    Dropped,
    Closed,
}

/// How a statement ended.
enum End {
    Done { rows: u64, affected: Option<u64> },
    Stopped(Stop),
    Failed(Error),
}

/// What may stop a run; looked at between rows, by the handlers and while waiting.
#[derive(Clone)]
struct Stops {
    mark: Arc<Mark>,
    events: Events,
    closing: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl Stops {
    fn reason(&self) -> Option<Stop> {
        if self.closing.load(Ordering::Acquire) {
            Some(Stop::Closed)
        } else if self.events.is_closed() {
            Some(Stop::Dropped)
        } else if self.mark.is_set() {
            Some(Stop::Cancelled)
        } else if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Some(Stop::TimedOut)
        } else {
            None
        }
    }

    /// Hands an event over, waiting for the reader.
    fn send(&self, event: Event) -> Result<(), Stop> {
        let waited = worker::wait(self.events.reserve(), || self.reason().is_some(), self.deadline);
        match waited {
            Some(Ok(permit)) => {
                permit.send(Ok(event));
                Ok(())
            }
            Some(Err(_)) => Err(Stop::Dropped),
            None => Err(self.reason().unwrap_or(Stop::TimedOut)),
        }
    }

    /// Hands over what must not get lost: waits for the reader whatever happened to the run.
    fn tell(&self, event: Result<Event, Error>) {
        let closed = || self.closing.load(Ordering::Acquire) || self.events.is_closed();
        let grace = self.closing.load(Ordering::Acquire).then(Instant::now);
        if let Some(Ok(permit)) = worker::wait(self.events.reserve(), closed, grace) {
            permit.send(event);
        }
    }
}

/// Rows on their way to the reader.
struct Stream {
    rows: Rows,
    /// When the oldest row waiting came.
    since: Option<Instant>,
    sent: bool,
    broken: Option<Error>,
}

/// Runs the job and tells how it ended.
pub(crate) fn execute(connection: &Connection, job: Job) {
    let begun = Instant::now();
    let stops = Stops { mark: job.mark, events: job.events, closing: job.closing, deadline: job.deadline };
    if let Some(Stop::Dropped) = stops.reason() {
        return;
    }
    job.state.send_modify(|state| state.running = (state.link == Link::Up).then_some(job.id));
    let was_open = !connection.is_autocommit();
    let text = Arc::clone(&job.statement.text);
    let end = match stops.reason() {
        Some(stop) => End::Stopped(stop),
        None => {
            worker::guarded(|| Ok(perform(connection, &job.statement, &stops, job.context))).unwrap_or_else(End::Failed)
        }
    };
    job.state.send_modify(|state| {
        state.running = None;
        observe(connection, state);
    });
    let ends_transaction = ["commit", "end", "rollback"].contains(&lexer::first_word(&text).as_str());
    if was_open && connection.is_autocommit() && !(ends_transaction && matches!(end, End::Done { .. })) {
        let message = "SQLite rolled the open transaction back.".to_owned();
        stops.tell(Ok(Event::Notice(notice(Severity::Warning, message))));
    }
    let summary = |outcome, rows, affected_rows| {
        Ok(Event::Done(Summary {
            outcome,
            tag: None,
            affected_rows,
            rows,
            elapsed: begun.elapsed(),
            transaction: transaction(connection),
            left: None,
        }))
    };
    stops.tell(match end {
        End::Done { rows, affected } => summary(Outcome::Completed, rows, affected),
        End::Stopped(Stop::Cancelled) => summary(Outcome::Cancelled, 0, None),
        End::Stopped(Stop::TimedOut) => {
            let limit = job.statement.timeout.unwrap_or_default();
            Err(Error::new(Code::TimedOut, format!("Stopped after {} s, the time limit.", limit.as_secs_f32()))
                .with_hint("Raise the limit, or make the statement do less."))
        }
        End::Stopped(Stop::Dropped) => return,
        End::Stopped(Stop::Closed) => Err(Error::new(Code::Cancelled, "The session was closed.")),
        End::Failed(error) => Err(error),
    });
}

fn perform(connection: &Connection, statement: &Statement, stops: &Stops, context: ValueContext) -> End {
    let text = &*statement.text;
    if let Err(error) = acceptable(text) {
        return End::Failed(error);
    }
    if lexer::solid(text).all(|token| token.is_mark(text, ";")) {
        return End::Done { rows: 0, affected: None };
    }
    let _ = restrict::take_refused();
    let _explains = restrict::OnlyExplains::begin(lexer::first_word(text) == "explain");
    let stream: Rc<RefCell<Option<Stream>>> = Rc::default();
    let _watch = cancel::watch({
        let (stops, stream) = (stops.clone(), Rc::clone(&stream));
        move || {
            if let Ok(mut stream) = stream.try_borrow_mut() {
                hand_over_waiting(stream.as_mut(), &stops);
            }
            stops.reason().is_some()
        }
    });
    let changes = connection.total_changes();
    let mut compiled = match connection.prepare(text) {
        Ok(compiled) => compiled,
        Err(error) => return ended_by(error, text, stops),
    };
    if let Err(error) = bind(&mut compiled, statement) {
        return End::Failed(error);
    }
    if compiled.column_count() > 0 {
        let schema = schema_of(&compiled);
        if let Err(stop) = stops.send(Event::ResultSet(Arc::clone(&schema), context)) {
            return End::Stopped(stop);
        }
        *stream.borrow_mut() = Some(Stream { rows: Rows::new(schema), since: None, sent: false, broken: None });
    }
    let writes = !compiled.readonly();
    let mut count = 0;
    let mut found = compiled.raw_query();
    loop {
        let due = match found.next() {
            Ok(None) => break,
            Ok(Some(row)) => match stream.borrow_mut().as_mut().map(|stream| stream.rows.push(row)) {
                Some(Ok(due)) => due,
                Some(Err(error)) => return ended_by(error, text, stops),
                None => false,
            },
            Err(error) => return ended_by(error, text, stops),
        };
        count += 1;
        if due && let Err(end) = flush(&stream, stops) {
            if !writes {
                return end;
            }
            // The changes are made by now and only rows are left to give: undo them, or learn that they stand.
            connection.get_interrupt_handle().interrupt();
            loop {
                match found.next() {
                    Ok(None) => break,
                    Ok(Some(_)) => {}
                    Err(_) => return end,
                }
            }
            break;
        }
    }
    drop(found);
    let counted = matches!(lexer::first_word(text).as_str(), "insert" | "update" | "delete" | "replace" | "with");
    let affected =
        (writes && counted).then(|| if connection.total_changes() == changes { 0 } else { connection.changes() });
    drop(compiled);
    match flush(&stream, stops) {
        // It ran to its end: that nobody wants the last rows does not undo it.
        Err(end) if !writes => end,
        _ => End::Done { rows: count, affected },
    }
}

/// Whether SQLite would read all of this text, and as one statement.
fn acceptable(text: &str) -> Result<(), Error> {
    if let Some(at) = text.find('\0') {
        return Err(Error::new(
            Code::InvalidStatement,
            "The statement holds a NUL character; SQLite reads no further.",
        )
        .with_hint("Remove it, or write char(0).")
        .with_span(Span { start: at, end: at + 1 }));
    }
    if let Some(second) = lexer::second_statement(text) {
        return Err(Error::new(Code::InvalidStatement, "Only one statement can be run at a time.")
            .with_hint("Run the statements one after the other.")
            .with_span(Span { start: second.start, end: second.end }));
    }
    Ok(())
}

/// An error of SQLite: ours when we stopped it.
fn ended_by(error: rusqlite::Error, text: &str, stops: &Stops) -> End {
    let interrupted = error::failure(&error).is_some_and(|failure| {
        matches!(failure.primary(), rusqlite::ffi::SQLITE_INTERRUPT | rusqlite::ffi::SQLITE_BUSY)
    });
    if interrupted && let Some(stop) = stops.reason() {
        return End::Stopped(stop);
    }
    let mut translated = error::translate(error, text);
    if translated.code == Code::Forbidden
        && let Some(refused) = restrict::take_refused()
    {
        translated.hint = Some(refused);
    }
    End::Failed(translated)
}

/// From the progress handler: sends rows that have waited long enough, if the reader has room for them.
fn hand_over_waiting(stream: Option<&mut Stream>, stops: &Stops) {
    let Some(stream) = stream.filter(|stream| !stream.rows.is_empty()) else { return };
    let now = Instant::now();
    let since = *stream.since.get_or_insert(now);
    if stream.sent && now.duration_since(since) < Duration::from_millis(BATCH_MS) {
        return;
    }
    if let Ok(permit) = stops.events.try_reserve()
        && let Some(event) = taken(stream)
    {
        permit.send(Ok(event));
    }
}

fn taken(stream: &mut Stream) -> Option<Event> {
    stream.since = None;
    stream.sent = true;
    match stream.rows.take() {
        Ok(batch) => Some(Event::Batch(batch)),
        Err(error) => {
            let broken = Error::new(Code::Internal, "A batch could not be made.").with_source(error);
            stream.broken = Some(broken);
            None
        }
    }
}

/// Sends what waits, waiting for the reader.
fn flush(stream: &RefCell<Option<Stream>>, stops: &Stops) -> Result<(), End> {
    let mut stream = stream.borrow_mut();
    let Some(stream) = stream.as_mut() else { return Ok(()) };
    while !stream.rows.is_empty() && stream.broken.is_none() {
        if let Some(event) = taken(stream) {
            stops.send(event).map_err(End::Stopped)?;
        }
    }
    stream.broken.take().map_or(Ok(()), |error| Err(End::Failed(error)))
}

/// Binds every placeholder. One without a value, or a value without a placeholder, is an error: SQLite would read NULL.
fn bind(compiled: &mut rusqlite::Statement<'_>, statement: &Statement) -> Result<(), Error> {
    let parameters = &statement.parameters;
    let mut used = vec![false; parameters.len()];
    let written = lone_marks(&statement.text);
    let named: Vec<(String, bool)> = (1..=compiled.parameter_count())
        .map(|index| match compiled.parameter_name(index) {
            Some(name) => (name.to_owned(), false),
            // A lone `?`; or one of the numbers 1 to 4 that `?5` leaves out.
            None => (format!("?{index}"), !written.contains(&index)),
        })
        .collect();
    for (position, (name, gap)) in named.into_iter().enumerate() {
        let bare = name.get(1..).unwrap_or("");
        let found = parameters
            .iter()
            .position(|parameter| parameter.name == name)
            .or_else(|| parameters.iter().position(|parameter| parameter.name == bare));
        let Some(found) = found else {
            if gap {
                continue;
            }
            return Err(Error::new(Code::InvalidStatement, format!("The placeholder {name} has no value.")));
        };
        let Some(parameter) = parameters.get(found) else { continue };
        if let Some(used) = used.get_mut(found) {
            *used = true;
        }
        let value = parameter.value.as_ref().map(|secret| types::literal(secret.expose()));
        compiled
            .raw_bind_parameter(
                position + 1,
                value.map_or(ToSqlOutput::Owned(rusqlite::types::Value::Null), ToSqlOutput::Owned),
            )
            .map_err(|error| error::translate(error, &statement.text))?;
    }
    match used.iter().position(|used| !used).and_then(|unused| parameters.get(unused)) {
        Some(unused) => Err(Error::new(
            Code::InvalidStatement,
            format!("A value was given for “{}”, which is no placeholder of the statement.", unused.name),
        )),
        None => Ok(()),
    }
}

/// The numbers SQLite gives to the lone `?` of a text.
fn lone_marks(text: &str) -> Vec<usize> {
    let (mut names, mut lone, mut last) = (Vec::new(), Vec::new(), 0_usize);
    for token in lexer::solid(text).filter(|token| token.kind == lexer::Kind::Placeholder) {
        match token.of(text).strip_prefix('?') {
            Some("") => {
                last += 1;
                lone.push(last);
            }
            Some(digits) => last = last.max(digits.parse().unwrap_or(0)),
            None if names.contains(&token.of(text)) => {}
            None => {
                names.push(token.of(text));
                last += 1;
            }
        }
    }
    lone
}
