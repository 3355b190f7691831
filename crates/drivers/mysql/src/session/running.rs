//! One statement from its start to its last event.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{
    Code, CopyFeed, Error, Event, Outcome, Parameter, RunId, Span, Statement, Summary,
    vigil::{self, Awaited, Silence},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};
use zeroize::Zeroizing;

use super::{
    ended,
    file::{self, Feed, Step},
    task::{End, Task, closing},
};
use crate::{
    error::{broken, information, refused, warning},
    wire::{self, Client, Done},
};

/// One delivery of a cancel may take this long.
const DELIVERY: Duration = Duration::from_secs(5);
/// A cancel is delivered again until the statement ends: one that overtakes its statement may hit nothing.
const AGAIN: Duration = Duration::from_millis(500);
/// How long a statement nobody waits for may take to stop before the session is given up.
const ABANDONED: Duration = Duration::from_secs(15);
/// How long the last events of an ended session wait for a reader.
const LAST_EVENTS: Duration = Duration::from_secs(60);
/// Swallows a cancel that arrived after its statement's end, so that it does not hit the next one.
const SWALLOW: &str = "DO 0";

type Delivery = (Result<(), Error>, Option<oneshot::Sender<Result<(), Error>>>);

/// A statement in progress.
pub(crate) struct Run {
    pub(super) id: RunId,
    pub(super) text: Arc<str>,
    parameters: Vec<Parameter>,
    pub(super) feed: CopyFeed,
    timeout: Option<Duration>,
    pub(super) events: mpsc::Sender<Result<Event, Error>>,
    pub(super) outbox: VecDeque<Result<Event, Error>>,
    started: Instant,
    schema: Option<SchemaRef>,
    rows: u64,
    affected: Option<u64>,
    warnings: u16,
    pub(super) failure: Option<Error>,
    file: Option<Feed>,
    /// The file that a person let the statement hand over, as the statement names it.
    pub(super) agreed: Option<String>,
    /// Nobody reads the events any more.
    pub(super) gone: bool,
    /// Somebody asked for the cancel.
    pub(super) cancelled: bool,
    timed_out: bool,
    /// Rows came after a cancel and were thrown away.
    clipped: bool,
    /// Since when the server is asked to stop.
    stopping: Option<Instant>,
    deliveries: JoinSet<Delivery>,
    delivered: bool,
    silence: Silence,
}

impl Run {
    pub(super) fn new(id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>>) -> Self {
        Run {
            id,
            text: statement.text,
            parameters: statement.parameters,
            feed: statement.copy,
            timeout: statement.timeout,
            events,
            outbox: VecDeque::new(),
            started: Instant::now(),
            schema: None,
            rows: 0,
            affected: None,
            warnings: 0,
            failure: None,
            file: None,
            agreed: None,
            gone: false,
            cancelled: false,
            timed_out: false,
            clipped: false,
            stopping: None,
            deliveries: JoinSet::new(),
            delivered: false,
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

    fn delivery_ended(&mut self, delivery: Result<Delivery, tokio::task::JoinError>) {
        let Ok((result, waiter)) = delivery else { return };
        self.delivered |= result.is_ok();
        if let Some(waiter) = waiter {
            let _ = waiter.send(result);
        }
    }

    /// The last event.
    fn outcome(&mut self, transaction: driver::Transaction) -> Result<Event, Error> {
        let stopped = self.failure.as_ref().is_some_and(|error| error.code == Code::Cancelled);
        let outcome = match self.failure.take() {
            failure if self.timed_out && (stopped || failure.is_none() && self.clipped) => {
                let limit = self.timeout.unwrap_or_default().as_secs_f32();
                return Err(Error::new(Code::TimedOut, format!("Stopped after {limit} s, the limit for this run.")));
            }
            Some(_) if stopped && self.cancelled => Outcome::Cancelled,
            Some(error) => return Err(error),
            None if self.clipped => Outcome::Cancelled,
            None => Outcome::Completed,
        };
        Ok(Event::Done(Summary {
            outcome,
            // This server has no command tags; what it says of a statement comes as a notice.
            tag: None,
            affected_rows: self.affected,
            rows: self.rows,
            elapsed: self.started.elapsed(),
            transaction,
            left: None,
        }))
    }
}

impl Task {
    /// Runs a statement to its last event.
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
                run.failure = Some(Error::cancelled());
                run.cancelled = true;
                Ok(())
            }
            false => self.statement(&mut run).await,
        };
        let result = match result {
            Ok(()) => {
                let last = run.outcome(self.transaction());
                run.outbox.push_back(last);
                self.hand_over(&mut run).await
            }
            Err(end) => Err(end),
        };
        if let Err(end) = &result {
            run.outbox.push_back(Err(match end {
                End::Closed => ended(&driver::Link::Closed),
                End::Lost(error) => (**error).clone(),
            }));
            // Nobody hears how a cancel on its way ends, so whoever waits for one is let go.
            run.deliveries.shutdown().await;
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

    async fn statement(&mut self, run: &mut Run) -> Result<(), End> {
        if self.read_only
            && let Err(refusal) = sql::read_only_verdict(&run.text, &self.dialect)
        {
            let span = Span { start: refusal.span.start, end: refusal.span.end };
            run.failure = Some(Error::new(Code::Forbidden, format!("Refused: {refusal}.")).with_span(span));
            return Ok(());
        }
        if !self.may_hand_over(run).await? {
            return Ok(());
        }
        let sent = match run.parameters.is_empty() {
            true => self.client.query(&run.text).await,
            false => match values(&run.parameters) {
                Ok(values) => self.client.query_with(&run.text, values).await,
                Err(error) => {
                    run.failure = Some(error);
                    return Ok(());
                }
            },
        };
        match sent {
            Ok(()) => self.drive(run).await?,
            Err(error) if error.is_fatal() => return Err(self.lost(error)),
            Err(error) => {
                run.failure = Some(broken(error));
                return Ok(());
            }
        }
        // Nothing is started before every cancel on its way has arrived, and missed.
        loop {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                delivery = run.deliveries.join_next() => match delivery {
                    Some(delivery) => run.delivery_ended(delivery),
                    None => break,
                },
            }
        }
        if run.delivered {
            drop(self.own(SWALLOW).await?);
        } else if run.failure.is_none() {
            // An INSERT or DELETE that answers with rows counts nothing, but answers with one for each row.
            let [first, _] = first_words(&run.text, &self.dialect);
            if run.schema.is_some() && matches!(first.as_str(), "INSERT" | "REPLACE" | "DELETE") {
                run.affected = Some(run.rows);
            }
            self.warnings(run).await?;
        } else if self.client.status().in_transaction() {
            // An error does not say whether the server gave the transaction up, as it does after a deadlock.
            self.sync().await?;
        }
        self.settings(run).await
    }

    /// Reads the warnings of a statement, unless it was about warnings itself.
    async fn warnings(&mut self, run: &mut Run) -> Result<(), End> {
        if run.warnings == 0 || run.gone || about_warnings(&run.text, &self.dialect) {
            return Ok(());
        }
        let Ok(rows) = self.own("SHOW WARNINGS").await? else { return Ok(()) };
        for row in rows {
            let mut cells = row.into_iter().map(Option::unwrap_or_default);
            let (level, number, message) = (cells.next(), cells.next(), cells.next());
            let of = Option::unwrap_or_default;
            run.put(Event::Notice(warning(&of(level), &of(number), &of(message))));
        }
        Ok(())
    }

    /// Reads the settings anew after a statement that may have changed them.
    async fn settings(&mut self, run: &Run) -> Result<(), End> {
        let [first, _] = first_words(&run.text, &self.dialect);
        if matches!(first.as_str(), "SET" | "USE") {
            self.refresh().await?;
        }
        Ok(())
    }

    /// Asks the server to stop, at once and then again until it has.
    fn stop(&mut self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        if run.stopping.is_none() {
            run.stopping = Some(Instant::now());
            // The rows that wait were sent before; those that come now nobody wants.
            if run.file.take().is_some() {
                self.client.put_file_end();
            }
        }
        self.deliver(run, waiter);
    }

    fn deliver(&self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        let (beside, connection) = (Arc::clone(&self.beside), self.connection);
        run.deliveries.spawn(async move {
            let result = match tokio::time::timeout(DELIVERY, beside.kill(connection)).await {
                Ok(result) => result,
                Err(_) => Err(Error::new(Code::Unreachable, "The server did not take the cancel in time.")),
            };
            (result, waiter)
        });
    }

    /// Reads the server's answer to its end, as fast as the reader takes it.
    async fn drive(&mut self, run: &mut Run) -> Result<(), End> {
        let deadline = run.timeout.map(|limit| tokio::time::Instant::now() + limit);
        let mut again = tokio::time::interval(AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
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
                        self.stop(run, Some(interrupt.delivered));
                    } else {
                        self.interrupt_waiting(interrupt);
                    }
                }
                () = run.events.closed(), if !run.gone => {
                    run.gone = true;
                    run.outbox.clear();
                    self.stop(run, None);
                }
                // A reader that has gone is noticed by the branch before.
                _ = send_one(&run.events, &mut run.outbox), if !run.gone && !run.outbox.is_empty() => {}
                () = until(deadline), if !run.timed_out => {
                    run.timed_out = true;
                    self.stop(run, None);
                }
                Some(delivery) = run.deliveries.join_next() => run.delivery_ended(delivery),
                step = next(&mut self.client, &mut run.file), if reading => {
                    run.silence.broken();
                    match step {
                        Ok(Step::Event(event)) => {
                            if self.step(run, event).await? {
                                return Ok(());
                            }
                        }
                        Ok(Step::Fed) => {}
                        Ok(Step::Unfed(error)) => run.failure = Some(error),
                        Err(error) => return Err(self.lost(error)),
                    }
                }
                _ = again.tick() => {
                    if run.stopping.is_some_and(|since| since.elapsed() > AGAIN) && run.deliveries.is_empty() {
                        self.deliver(run, None);
                    }
                    if run.gone && run.stopping.is_some_and(|since| since.elapsed() > ABANDONED) {
                        let error = Error::new(Code::Unreachable, "A statement nobody waits for could not be stopped.")
                            .with_hint("The session was closed. Open a new one.");
                        return Err(End::Lost(Box::new(error)));
                    }
                }
                lost = run.silence.lost(&backend, awaited) => if lost {
                    return Err(self.silent());
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    if !reading && self.client.is_hung_up() {
                        return Err(self.lost(wire::Error::Closed));
                    }
                    run.silence.look(&self.vigil, &backend, awaited);
                }
            }
        }
    }

    /// Handles one event of the statement; whether it was the last.
    async fn step(&mut self, run: &mut Run, event: wire::Event) -> Result<bool, End> {
        match event {
            wire::Event::Columns(columns) => {
                let schema = Task::schema(&columns);
                run.schema = Some(Arc::clone(&schema));
                run.put(Event::ResultSet(schema, self.context.clone()));
            }
            wire::Event::Batch(batch) => {
                if let Some(schema) = &run.schema {
                    let batch = Task::batch(schema, batch)?;
                    run.put_rows(batch);
                }
            }
            wire::Event::Done(done) => {
                self.set_status();
                return Ok(finished(run, done));
            }
            wire::Event::Failed(report) if report.is_fatal() => return Err(self.fatal(*report)),
            wire::Event::Failed(report) => {
                run.file = None;
                // A reason of our own (a file that cannot be read) says more than the server's echo of it.
                if run.failure.is_none() {
                    run.failure = Some(refused(&report, &run.text));
                }
                return Ok(true);
            }
            wire::Event::Placeholders { wanted } => {
                let given = run.parameters.len();
                let plural = if wanted == 1 { "" } else { "s" };
                run.failure = Some(Error::new(
                    Code::InvalidStatement,
                    format!("The statement has {wanted} placeholder{plural} (?), and {given} values were given."),
                ));
                return Ok(true);
            }
            wire::Event::File(wanted) => match file::open(run, &wanted).await {
                Ok(feed) if run.stopping.is_none() => run.file = Some(feed),
                Ok(_) => self.client.put_file_end(),
                Err(error) => {
                    run.failure = Some(error);
                    self.client.put_file_end();
                }
            },
            other => self.overheard(other)?,
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

/// Takes over the end of one result; whether it was the last.
fn finished(run: &mut Run, done: Done) -> bool {
    let more = done.status.more();
    // The end of a CALL is an OK of its own, which counts nothing.
    if let Some(affected) = done.affected
        && (run.schema.is_none() || affected > 0)
    {
        run.affected = Some(run.affected.unwrap_or(0) + affected);
    }
    run.warnings = done.warnings;
    if run.stopping.is_none() {
        if !done.info.is_empty() {
            run.put(Event::Notice(information(done.info)));
        }
        if done.insert_id > 0 {
            run.put(Event::Notice(information(format!("Last insert id: {}", done.insert_id))));
        }
    }
    !more
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

/// The next thing to do for a statement: send a part of the file, or hear what the server says. Cancel-safe.
async fn next(client: &mut Client, file: &mut Option<Feed>) -> Result<Step, wire::Error> {
    if let Some(feed) = file {
        let step = feed.step(client).await?;
        if matches!(step, Step::Unfed(_)) || feed.is_at_end() {
            *file = None;
        }
        return Ok(step);
    }
    client.next().await.map(Step::Event)
}

/// The values of the placeholders in order.
fn values(parameters: &[Parameter]) -> Result<Vec<Option<Zeroizing<Vec<u8>>>>, Error> {
    let mut values = vec![None; parameters.len()];
    let mut given = vec![false; parameters.len()];
    for parameter in parameters {
        let index = parameter.name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some((value, given)) = index.and_then(|index| Some((values.get_mut(index)?, given.get_mut(index)?))) else {
            return Err(Error::new(Code::InvalidStatement, format!("There is no placeholder {}.", parameter.name))
                .with_hint("Placeholders are ?, and count from 1."));
        };
        *value = parameter.value.as_ref().map(|text| Zeroizing::new(text.expose().as_bytes().to_vec()));
        if std::mem::replace(given, true) {
            return Err(Error::new(Code::InvalidStatement, format!("Placeholder {} was given twice.", parameter.name)));
        }
    }
    Ok(values)
}

/// The first two words of a statement, in upper case.
fn first_words(text: &str, dialect: &sql::Dialect) -> [String; 2] {
    let mut words = sql::Lexer::new(text, dialect)
        .filter(|token| !token.kind.is_trivia())
        .map(|token| token.span.of(text).to_ascii_uppercase());
    [words.next().unwrap_or_default(), words.next().unwrap_or_default()]
}

/// Whether a statement reads the list of warnings, or leaves that of the statement before alone.
fn about_warnings(text: &str, dialect: &sql::Dialect) -> bool {
    let [first, second] = first_words(text, dialect);
    matches!((first.as_str(), second.as_str()), ("SHOW", "WARNINGS" | "ERRORS" | "COUNT") | ("GET", _))
}
