//! One statement on the session's thread: sent, its rows handed over as they are taken, and every way it can end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, builder::BinaryBuilder};
use arrow_schema::{DataType, Schema, SchemaRef};
use driver::{
    Code, Error, Event, Link, Outcome, RunId, SessionState, Statement, Summary, Transaction, ValueContext,
    arrow::{BATCH_BYTES, BATCH_MS, BATCH_ROWS, field},
};
use oracledb::{Connection, Metadata, ToDbValue};
use tokio::sync::{mpsc, watch};

use super::{
    Door, render,
    session::{Marks, observe},
    shut, translated,
};

/// Rows of the first batch: a person waits for it.
const FIRST_ROWS: usize = 1024;

type Events = mpsc::Sender<Result<Event, Error>>;

/// A statement waiting for its turn.
pub(super) struct Job {
    pub(super) id: RunId,
    pub(super) statement: Statement,
    pub(super) events: Events,
    pub(super) marks: Arc<Marks>,
    pub(super) state: Arc<watch::Sender<SessionState>>,
    pub(super) door: Door,
    pub(super) closed: Arc<AtomicBool>,
}

/// How a statement ended.
enum End {
    Done {
        rows: u64,
        affected: Option<u64>,
    },
    Cancelled,
    /// Nobody reads it any more.
    Dropped,
    Failed(Error),
}

/// Runs the job and tells how it ended.
pub(super) fn execute(connection: &Connection, job: Job) {
    let begun = Instant::now();
    let goes = job.marks.begin(job.id);
    if job.closed.load(Ordering::Acquire) || job.events.is_closed() {
        job.marks.end(job.id);
        return;
    }
    job.state.send_modify(|state| state.running = Some(job.id));
    let end = if goes { perform(connection, &job) } else { End::Cancelled };
    let stopped = job.marks.end(job.id);
    let end = match end {
        // What the door did.
        End::Failed(error) if stopped && error.code == Code::Unreachable => End::Failed(
            Error::new(
                Code::Unreachable,
                "The server could not be told to stop the statement, so the session was closed.",
            )
            .with_hint("It takes version 18c and the right ALTER SYSTEM to stop only the statement."),
        ),
        End::Failed(error) if stopped && error.code == Code::Cancelled => End::Cancelled,
        end => end,
    };
    let lost = matches!(&end, End::Failed(error) if error.code == Code::Unreachable);
    if lost {
        shut(&job.door);
    } else if let Err(error) = observe(connection, &job.state) {
        job.state.send_modify(|state| state.link = Link::Lost(error.message.clone()));
    }
    job.state.send_modify(|state| {
        state.running = None;
        if let End::Failed(error) = &end
            && lost
            && state.link == Link::Up
        {
            state.link = Link::Lost(error.message.clone());
        }
    });
    let transaction = job.state.borrow().transaction;
    let last = match end {
        End::Dropped => return,
        End::Failed(error) => Err(error),
        End::Cancelled => Ok(Event::Done(summary(Outcome::Cancelled, begun, 0, None, transaction))),
        End::Done { rows, affected } => {
            Ok(Event::Done(summary(Outcome::Completed, begun, rows, affected, transaction)))
        }
    };
    let _ = job.events.blocking_send(last);
}

fn summary(
    outcome: Outcome,
    begun: Instant,
    rows: u64,
    affected_rows: Option<u64>,
    transaction: Transaction,
) -> Summary {
    Summary { outcome, tag: None, affected_rows, rows, elapsed: begun.elapsed(), transaction, left: None }
}

fn perform(connection: &Connection, job: &Job) -> End {
    let text = &*job.statement.text;
    let failed = |error: oracledb::Error| End::Failed(translated(error, text));
    if let Err(error) = connection.set_call_timeout(job.statement.timeout) {
        return failed(error);
    }
    let statement = match connection.statement(text).and_then(|builder| builder.build()) {
        Ok(statement) => statement,
        Err(error) => return failed(error),
    };
    // A stored program has `:new` in it, which is no placeholder of the statement.
    let binds = if statement.is_ddl() { Vec::new() } else { statement.bind_names().to_vec() };
    let (is_query, is_program, is_ddl) = (statement.is_query(), statement.is_plsql(), statement.is_ddl());
    drop(statement);
    let values = match values(&binds, &job.statement) {
        Ok(values) => values,
        Err(error) => return End::Failed(error),
    };
    let named: Vec<(&str, &dyn ToDbValue)> =
        values.iter().map(|(name, value)| (name.as_str(), value as &dyn ToDbValue)).collect();
    if !is_query {
        let done = match named.is_empty() {
            true => connection.execute(text, &[]),
            false => connection.execute_named(text, &named),
        };
        return match done {
            Ok(done) => {
                let counted = !is_program && !is_ddl;
                End::Done { rows: 0, affected: counted.then(|| done.rows_affected()) }
            }
            Err(error) => failed(error),
        };
    }
    let cursor = match named.is_empty() {
        true => connection.query(text, &[]),
        false => connection.query_named(text, &named),
    };
    let mut cursor = match cursor {
        Ok(cursor) => cursor,
        Err(error) => return failed(error),
    };
    let columns: Vec<Metadata> = cursor.columns().to_vec();
    let mut rows = Rows::new(&columns);
    if job.events.blocking_send(Ok(Event::ResultSet(Arc::clone(&rows.schema), ValueContext::default()))).is_err() {
        return End::Dropped;
    }
    let mut count = 0;
    loop {
        if job.marks.is_stopped(job.id) {
            return End::Cancelled;
        }
        let row = match cursor.next() {
            None => break,
            Some(Ok(row)) => row,
            Some(Err(error)) => return failed(error),
        };
        count += 1;
        match rows.push(&row, &columns) {
            Ok(false) => {}
            Ok(true) => {
                if let Err(end) = rows.hand_over(&job.events) {
                    return end;
                }
            }
            Err(error) => return End::Failed(error),
        }
    }
    match rows.hand_over(&job.events) {
        Ok(()) => End::Done { rows: count, affected: None },
        Err(end) => end,
    }
}

/// A value for each placeholder. One without a value, or a value without a placeholder, is an error.
fn values(binds: &[String], statement: &Statement) -> Result<Vec<(String, Option<String>)>, Error> {
    let mut values: Vec<(String, Option<String>)> = Vec::new();
    for name in binds {
        if values.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let found = statement.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name));
        let found = found.ok_or_else(|| {
            Error::new(Code::InvalidStatement, format!("The placeholder :{} has no value.", name.to_lowercase()))
        })?;
        values.push((name.clone(), found.value.as_ref().map(|value| value.expose().to_owned())));
    }
    let unused = statement.parameters.iter().find(|one| !binds.iter().any(|name| name.eq_ignore_ascii_case(&one.name)));
    match unused {
        None => Ok(values),
        Some(unused) => Err(Error::new(
            Code::InvalidStatement,
            format!("A value was given for “{}”, which is no placeholder of the statement.", unused.name),
        )),
    }
}

/// Rows on their way into a batch.
struct Rows {
    schema: SchemaRef,
    columns: Vec<BinaryBuilder>,
    count: usize,
    bytes: usize,
    room: usize,
    since: Instant,
}

impl Rows {
    fn new(columns: &[Metadata]) -> Self {
        let fields = columns.iter().map(|column| field(column.name(), DataType::Binary, &column.data_type()));
        Rows {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            columns: columns.iter().map(|_| BinaryBuilder::new()).collect(),
            count: 0,
            bytes: 0,
            room: FIRST_ROWS,
            since: Instant::now(),
        }
    }

    /// Takes a row in. Returns whether a batch is due.
    fn push(&mut self, row: &oracledb::Row, columns: &[Metadata]) -> Result<bool, Error> {
        if self.count == 0 {
            self.since = Instant::now();
        }
        for (at, (builder, column)) in self.columns.iter_mut().zip(columns).enumerate() {
            let cell = render::cell(row, at, column)?;
            self.bytes += cell.as_ref().map_or(0, Vec::len) + 5;
            builder.append_option(cell);
        }
        self.count += 1;
        let waited = self.since.elapsed().as_millis() >= u128::from(BATCH_MS);
        Ok(self.count >= self.room || self.bytes >= BATCH_BYTES || waited)
    }

    fn hand_over(&mut self, events: &Events) -> Result<(), End> {
        if self.count == 0 {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> =
            self.columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.count));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options);
        (self.count, self.bytes, self.room) = (0, 0, BATCH_ROWS);
        let batch = batch.map_err(|error| {
            End::Failed(Error::new(Code::Internal, "A batch could not be made.").with_source(error))
        })?;
        events.blocking_send(Ok(Event::Batch(batch))).map_err(|_| End::Dropped)
    }
}
