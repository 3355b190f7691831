//! One batch from its start to its last event.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{
    Code, Error, Event, Notice, Outcome, Parameter, RunId, Secret, Severity, Span, Statement, Summary,
    vigil::{self, Awaited, Silence},
};
use tokio::sync::{mpsc, oneshot};

use super::{
    ended,
    task::{End, Task, closing},
};
use crate::{
    error::{notice, refused},
    types,
    wire::{self, Batch, Done},
};

/// How long the server may take to acknowledge a cancel before whoever asked for it is told that it has not.
const ACKNOWLEDGED: Duration = Duration::from_secs(5);
/// How long after a cancel a session that has not acknowledged it is ended from outside.
const KILLED: Duration = Duration::from_secs(8);
/// How long the answer to whoever ended a session may come after its end.
const GRANTED: Duration = Duration::from_secs(2);
/// How long a batch nobody waits for may take to stop before the session is given up.
const ABANDONED: Duration = Duration::from_secs(15);
/// How long the last events of an ended session wait for a reader.
const LAST_EVENTS: Duration = Duration::from_secs(60);
/// Messages that say again what the session's state says: another database, another language.
const TOLD_OTHERWISE: [i32; 2] = [5701, 5703];

/// The end of a session from outside.
enum Kill {
    NotAsked,
    Asked(oneshot::Receiver<Result<(), Error>>),
    Granted,
    Refused,
}

/// A batch in progress.
pub(crate) struct Run {
    pub(super) id: RunId,
    pub(super) text: Arc<str>,
    parameters: Vec<Parameter>,
    timeout: Option<Duration>,
    events: mpsc::Sender<Result<Event, Error>>,
    outbox: VecDeque<Result<Event, Error>>,
    started: Instant,
    schema: Option<SchemaRef>,
    rows: u64,
    affected: Option<u64>,
    /// What procedures and triggers changed: counted where the batch itself counts nothing.
    affected_within: Option<u64>,
    failure: Option<Error>,
    /// Nobody reads the events any more.
    gone: bool,
    /// Somebody asked for the cancel.
    cancelled: bool,
    timed_out: bool,
    /// Rows came after a cancel and were thrown away.
    clipped: bool,
    /// Its last statement has ended by itself.
    completed: bool,
    /// Since when the server is asked to stop.
    stopping: Option<Instant>,
    waiters: Vec<oneshot::Sender<Result<(), Error>>>,
    /// Somebody was asked to end the session.
    kill: Kill,
    silence: Silence,
}

impl Run {
    pub(super) fn new(id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>>) -> Self {
        Run {
            id,
            text: statement.text,
            parameters: statement.parameters,
            timeout: statement.timeout,
            events,
            outbox: VecDeque::new(),
            started: Instant::now(),
            schema: None,
            rows: 0,
            affected: None,
            affected_within: None,
            failure: None,
            gone: false,
            cancelled: false,
            timed_out: false,
            clipped: false,
            completed: false,
            stopping: None,
            waiters: Vec::new(),
            kill: Kill::NotAsked,
            silence: Silence::new(),
        }
    }

    fn put(&mut self, event: Event) {
        if !self.gone {
            self.outbox.push_back(Ok(event));
        }
    }

    fn put_rows(&mut self, batch: RecordBatch) {
        if self.stopping.is_some() {
            self.clipped = true;
            return;
        }
        self.rows += batch.num_rows() as u64;
        self.put(Event::Batch(batch));
    }

    fn statement_ended(&mut self, done: Done) {
        if !done.is_select()
            && let Some(count) = done.count()
        {
            let counter = if done.in_procedure { &mut self.affected_within } else { &mut self.affected };
            *counter = Some(counter.unwrap_or(0).saturating_add(count));
        }
        if !done.is_attention() {
            self.completed = !done.more() && !done.is_error();
        }
    }

    fn answer_waiters(&mut self, result: &Result<(), Error>) {
        for waiter in self.waiters.drain(..) {
            let _ = waiter.send(result.clone());
        }
    }

    /// Why the connection is gone, where somebody was asked to end it.
    async fn ended_from_outside(&mut self, end: End) -> End {
        let granted = match &mut self.kill {
            Kill::Granted => true,
            // Its end came before the answer to who asked for it.
            Kill::Asked(answer) => {
                matches!(tokio::time::timeout(GRANTED, answer).await, Ok(Ok(Ok(()))))
            }
            Kill::NotAsked | Kill::Refused => false,
        };
        if !granted || !matches!(end, End::Lost(_)) {
            return end;
        }
        let error = Error::new(
            Code::Unreachable,
            "The server did not acknowledge the cancel, so its session was ended (KILL).",
        );
        End::Lost(Box::new(error.with_hint("What it had not committed is rolled back. Open a new session.")))
    }

    /// The last event.
    fn outcome(&mut self, transaction: driver::Transaction) -> Result<Event, Error> {
        // Acknowledged by the server: it stopped unless it had just ended by itself, all of it handed over.
        let stopped = self.stopping.is_some() && (self.clipped || !self.completed);
        let outcome = match self.failure.take() {
            _ if stopped && self.timed_out && !self.cancelled => {
                let limit = self.timeout.unwrap_or_default().as_secs_f32();
                return Err(Error::new(Code::TimedOut, format!("Stopped after {limit} s, the limit for this run.")));
            }
            _ if stopped => Outcome::Cancelled,
            Some(error) => return Err(error),
            None => Outcome::Completed,
        };
        Ok(Event::Done(Summary {
            outcome,
            // This server has no command tags.
            tag: None,
            affected_rows: self.affected.or(self.affected_within),
            rows: self.rows,
            elapsed: self.started.elapsed(),
            transaction,
            left: None,
        }))
    }
}

impl Task {
    /// Runs a batch to its last event.
    pub(super) async fn execute(&mut self, mut run: Run) -> Result<(), End> {
        if run.events.is_closed() {
            self.doomed.remove(&run.id);
            return Ok(());
        }
        let id = run.id;
        self.state.send_modify(|state| state.running = Some(id));
        run.started = Instant::now();
        run.silence = Silence::new();
        let result = match self.doomed.remove(&id) {
            true => {
                run.stopping = Some(Instant::now());
                run.cancelled = true;
                Ok(())
            }
            false => self.batch(&mut run).await,
        };
        let result = match result {
            Ok(()) => {
                let last = run.outcome(self.transaction());
                run.outbox.push_back(last);
                self.hand_over(&mut run).await
            }
            Err(end) => Err(end),
        };
        // Whoever waits for a cancel is let go: the run's end says what happened.
        run.answer_waiters(&Ok(()));
        if let Err(end) = &result {
            run.outbox.push_back(Err(match end {
                End::Closed => ended(&driver::Link::Closed),
                End::Lost(error) => (**error).clone(),
            }));
            // The state must tell at once; the reader gets the rest when it reads on.
            tokio::spawn(async move {
                let hand_over = async {
                    while let Some(event) = run.outbox.pop_front() {
                        if run.events.send(event).await.is_err() {
                            return;
                        }
                    }
                };
                let _ = tokio::time::timeout(LAST_EVENTS, hand_over).await;
            });
        } else {
            self.state.send_modify(|state| state.running = None);
        }
        result
    }

    async fn batch(&mut self, run: &mut Run) -> Result<(), End> {
        if self.read_only
            && let Err(refusal) = sql::read_only_verdict(&run.text, sql::dialect::tsql())
        {
            let span = Span { start: refusal.span.start, end: refusal.span.end };
            run.failure = Some(Error::new(Code::Forbidden, format!("Refused: {refusal}.")).with_span(span));
            return Ok(());
        }
        let text = Arc::clone(&run.text);
        if run.parameters.is_empty() {
            self.client.batch(&text);
        } else {
            match values(&run.parameters) {
                Ok(values) => {
                    let values: Vec<_> =
                        values.iter().map(|(name, value)| (name.clone(), value.map(Secret::expose))).collect();
                    self.client.batch_with(&text, &values);
                }
                Err(error) => {
                    run.failure = Some(error);
                    return Ok(());
                }
            }
        }
        if let Err(end) = self.drive(run).await {
            return Err(run.ended_from_outside(end).await);
        }
        // Who the session is may be another after these, and no answer says so.
        if acts_as_another(&text) {
            self.refresh().await?;
        }
        Ok(())
    }

    /// Asks the server to stop.
    fn stop(&mut self, run: &mut Run) {
        run.stopping.get_or_insert_with(Instant::now);
        self.client.attention();
    }

    /// Reads the server's answer to its end, as fast as the reader takes it.
    async fn drive(&mut self, run: &mut Run) -> Result<(), End> {
        let deadline = run.timeout.map(|limit| tokio::time::Instant::now() + limit);
        loop {
            let reading = run.outbox.is_empty() || run.stopping.is_some();
            let awaited = if reading { Awaited::Answer(run.text.len()) } else { Awaited::Reader };
            let backend = self.backend();
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => {
                    if interrupt.run == run.id {
                        run.cancelled = true;
                        run.waiters.push(interrupt.delivered);
                        self.stop(run);
                    } else {
                        self.interrupt_waiting(interrupt);
                    }
                }
                () = run.events.closed(), if !run.gone => {
                    run.gone = true;
                    run.outbox.clear();
                    self.stop(run);
                }
                // A reader that has gone is noticed by the branch before.
                _ = send_one(&run.events, &mut run.outbox), if !run.gone && !run.outbox.is_empty() => {}
                () = until(deadline), if !run.timed_out => {
                    run.timed_out = true;
                    self.stop(run);
                }
                event = self.client.next(), if reading => {
                    run.silence.broken();
                    match event {
                        Ok(event) => {
                            if self.step(run, event)? {
                                return Ok(());
                            }
                        }
                        Err(error) => return Err(self.lost(error)),
                    }
                }
                lost = run.silence.lost(&backend, awaited) => if lost {
                    return Err(self.silent());
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    if !reading && self.client.is_hung_up() {
                        return Err(self.lost(wire::Error::Closed));
                    }
                    self.unacknowledged(run)?;
                    run.silence.look(&self.vigil, &backend, awaited);
                }
            }
        }
    }

    /// Looks after a cancel that the server has not acknowledged.
    fn unacknowledged(&self, run: &mut Run) -> Result<(), End> {
        let Some(waited) = run.stopping.map(|since| since.elapsed()) else { return Ok(()) };
        if waited > ACKNOWLEDGED {
            let late = Error::new(Code::Unreachable, "The server has not acknowledged the cancel.")
                .with_hint("It may be rolling back. Closing the session leaves it to that.");
            run.answer_waiters(&Err(late));
        }
        match &mut run.kill {
            Kill::NotAsked if run.cancelled && waited > KILLED => {
                if let Some(session) = self.backend() {
                    run.kill = Kill::Asked(self.killer.kill(session));
                }
            }
            Kill::Asked(answer) => match answer.try_recv() {
                Ok(Ok(())) => run.kill = Kill::Granted,
                Ok(Err(error)) => {
                    run.kill = Kill::Refused;
                    run.put(Event::Notice(Notice {
                        severity: Severity::Warning,
                        label: "KILL".to_owned(),
                        code: error.native.map(|native| native.code),
                        message: format!("The session could not be ended either: {}", error.message),
                        detail: None,
                        hint: Some("Close the session here; the server ends it when it may.".to_owned()),
                        context: None,
                        span: None,
                    }));
                }
                Err(oneshot::error::TryRecvError::Empty) => {}
                Err(oneshot::error::TryRecvError::Closed) => run.kill = Kill::Refused,
            },
            Kill::NotAsked | Kill::Granted | Kill::Refused => {}
        }
        if run.gone && waited > ABANDONED {
            let error = Error::new(Code::Unreachable, "A batch nobody waits for could not be stopped.")
                .with_hint("The session was closed. Open a new one.");
            return Err(End::Lost(Box::new(error)));
        }
        Ok(())
    }

    /// Handles one event of the answer; whether it was the last.
    fn step(&mut self, run: &mut Run, event: wire::Event) -> Result<bool, End> {
        match event {
            wire::Event::Columns(columns) => {
                let schema = types::schema(&columns);
                run.schema = Some(Arc::clone(&schema));
                if run.stopping.is_none() {
                    run.put(Event::ResultSet(schema, self.context.clone()));
                }
            }
            wire::Event::Batch(batch) => {
                if let Some(schema) = &run.schema {
                    let batch = record(schema, batch)?;
                    run.put_rows(batch);
                }
            }
            wire::Event::Done(done) => run.statement_ended(done),
            wire::Event::Ended => return Ok(true),
            wire::Event::Failed(report) if report.is_fatal() => return Err(self.fatal(*report)),
            // The server goes on after many an error. The first says most; the others are told beside it.
            wire::Event::Failed(report) if run.failure.is_none() => run.failure = Some(refused(&report, &run.text)),
            wire::Event::Failed(report) => run.put(Event::Notice(notice(&report))),
            wire::Event::Message(report) if TOLD_OTHERWISE.contains(&report.number) => {}
            wire::Event::Message(report) => run.put(Event::Notice(notice(&report))),
            wire::Event::Changed(change) => self.changed(change),
            wire::Event::Welcome { .. } => {
                return Err(End::from(wire::Error::Protocol(wire::Violation::OutOfTurn)));
            }
        }
        Ok(false)
    }

    /// Waits until the reader has taken the rest, still listening to the server.
    async fn hand_over(&mut self, run: &mut Run) -> Result<(), End> {
        while !run.outbox.is_empty() && !run.gone {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                sent = send_one(&run.events, &mut run.outbox) => run.gone = !sent,
                event = self.client.next() => match event {
                    Ok(event) => self.overheard(event)?,
                    Err(error) => return Err(self.lost(error)),
                },
            }
        }
        Ok(())
    }
}

/// The rows of a batch under their schema.
fn record(schema: &SchemaRef, batch: Batch) -> Result<RecordBatch, End> {
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(batch.rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns, &options).map_err(|error| {
        End::Lost(Box::new(Error::new(Code::Internal, "The rows do not fit their columns.").with_source(error)))
    })
}

/// Sends the first event as soon as there is room; whether there still was a reader. Cancel-safe.
async fn send_one(events: &mpsc::Sender<Result<Event, Error>>, outbox: &mut VecDeque<Result<Event, Error>>) -> bool {
    let Ok(room) = events.reserve().await else { return false };
    if let Some(event) = outbox.pop_front() {
        room.send(event);
    }
    true
}

async fn until(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// The values of the variables by their names, which only have signs that a variable's name may have.
fn values(parameters: &[Parameter]) -> Result<Vec<(String, Option<&Secret>)>, Error> {
    let mut values: Vec<(String, Option<&Secret>)> = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        let name = parameter.name.trim_start_matches('@');
        let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '#' | '$' | '@');
        if name.is_empty() || name.chars().count() > 127 || !name.chars().all(plain) {
            return Err(Error::new(Code::InvalidStatement, "The name of a variable has signs that it cannot have."));
        }
        if values.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(Error::new(Code::InvalidStatement, format!("The variable @{name} was given twice.")));
        }
        values.push((name.to_owned(), parameter.value.as_ref()));
    }
    Ok(values)
}

/// Whether a batch may change as whom its session acts.
fn acts_as_another(text: &str) -> bool {
    let mut executes = false;
    sql::Lexer::new(text, sql::dialect::tsql()).filter(|token| token.kind == sql::TokenKind::Word).any(|token| {
        let word = token.span.of(text);
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let acts = is("REVERT") || is("SETUSER") || (executes && is("AS"));
        executes = is("EXEC") || is("EXECUTE");
        acts
    })
}
