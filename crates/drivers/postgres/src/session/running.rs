//! One statement from its start to its last event.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::SchemaRef;
use driver::{
    Code, CopyFeed, Error, Event, LeftActor, Outcome, Parameter, RunId, Span, Statement, Summary,
    row_security::Actor,
    vigil::{self, Awaited, Silence},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    acting::{self, Way},
    copying::{CopyIn, CopyOut, Step},
    ended, promises,
    task::{End, Task, closing},
};
use crate::{
    connect::Pooling,
    error::{broken, notice, refused},
    types::classes,
    wire::{self, Client},
};

/// One delivery of a cancel may take this long.
const DELIVERY: Duration = Duration::from_secs(5);
/// A cancel is delivered again until the statement ends: one that overtakes its statement hits nothing.
const AGAIN: Duration = Duration::from_millis(500);
/// How long a statement nobody waits for may take to stop before the session is given up.
const ABANDONED: Duration = Duration::from_secs(15);
/// How long the last events of an ended session wait for a reader.
const LAST_EVENTS: Duration = Duration::from_secs(60);

type Delivery = (Result<(), wire::Error>, Option<oneshot::Sender<Result<(), Error>>>);

/// A statement in progress.
pub(crate) struct Run {
    pub(super) id: RunId,
    pub(super) text: Arc<str>,
    /// As whom it runs.
    pub(super) actor: Option<Arc<Actor>>,
    parameters: Vec<Parameter>,
    pub(super) feed: CopyFeed,
    timeout: Option<Duration>,
    events: mpsc::Sender<Result<Event, Error>>,
    outbox: VecDeque<Result<Event, Error>>,
    started: Instant,
    schema: Option<SchemaRef>,
    rows: u64,
    pub(super) tag: Option<String>,
    /// What the answers that come together are to.
    pub(super) parts: acting::Parts,
    /// It left the actor.
    pub(super) left: Option<LeftActor>,
    pub(super) failure: Option<Error>,
    pub(super) copy_in: Option<CopyIn>,
    pub(super) copy_out: Option<CopyOut>,
    copied_out: bool,
    /// Nobody reads the events any more.
    gone: bool,
    /// Somebody asked for the cancel.
    cancelled: bool,
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
            actor: statement.actor,
            parameters: statement.parameters,
            feed: statement.copy,
            timeout: statement.timeout,
            events,
            outbox: VecDeque::new(),
            started: Instant::now(),
            schema: None,
            rows: 0,
            tag: None,
            parts: acting::Parts::default(),
            left: None,
            failure: None,
            copy_in: None,
            copy_out: None,
            copied_out: false,
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

    pub(super) fn put(&mut self, event: Event) {
        if !self.gone {
            self.outbox.push_back(Ok(event));
        }
    }

    pub(super) fn put_rows(&mut self, batch: RecordBatch) {
        if self.stopping.is_some() {
            self.clipped = true;
            return;
        }
        self.rows += batch.num_rows() as u64;
        self.put(Event::Batch(batch));
    }

    /// Asks the server to stop, at once and then again until it has.
    fn stop(&mut self, client: &mut Client, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        if self.stopping.is_none() {
            self.stopping = Some(Instant::now());
            // The rows that wait were sent before; those that come now nobody wants.
            if self.copy_in.take().is_some() {
                client.put_copy_fail("stopped");
            }
        }
        self.deliver(client, waiter);
    }

    fn deliver(&mut self, client: &Client, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        match client.cancel_key().cloned() {
            Some(key) => {
                self.deliveries.spawn(async move { (key.send(DELIVERY).await, waiter) });
            }
            None => {
                if let Some(waiter) = waiter {
                    let error = Error::new(Code::Unsupported, "This server gave no key to cancel with.")
                        .with_hint("Close the session to stop the statement.");
                    let _ = waiter.send(Err(error));
                }
            }
        }
    }

    fn delivery_ended(&mut self, delivery: Result<Delivery, tokio::task::JoinError>) {
        let Ok((result, waiter)) = delivery else { return };
        self.delivered |= result.is_ok();
        if let Some(waiter) = waiter {
            let _ = waiter.send(result.map_err(broken));
        }
    }

    fn affected_rows(&self) -> Option<u64> {
        let mut words = self.tag.as_deref()?.split(' ');
        match words.next()? {
            "INSERT" | "UPDATE" | "DELETE" | "MERGE" => {}
            "COPY" if !self.copied_out => {}
            _ => return None,
        }
        words.next_back()?.parse().ok()
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
            tag: self.tag.clone(),
            affected_rows: self.affected_rows(),
            rows: self.rows,
            elapsed: self.started.elapsed(),
            transaction,
            left: self.left.take(),
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
        let mut wrapped = match self.enter(run).await? {
            Some(wrapped) => wrapped,
            None => return Ok(()),
        };
        let way = match self.way(run, wrapped) {
            Ok(way) => way,
            Err(error) => {
                run.failure = Some(error);
                return self.leave(wrapped, run).await;
            }
        };
        if self.pooling == Pooling::Transaction
            && let Some(notice) = promises::warning(&run.text, &self.dialect)
        {
            run.put(Event::Notice(notice));
        }
        let plain = run.parameters.is_empty() && !self.read_only && !self.client.has_prelude() && run.actor.is_none();
        let sent = match plain {
            true => {
                tokio::select! {
                    biased;
                    sent = self.client.query(&run.text) => sent,
                    () = closing(&mut self.closed) => return Err(End::Closed),
                }
            }
            // The extended protocol takes exactly one statement: nothing slips out of a transaction of ours. Where settings
            // travel with it, they last for its own transaction.
            false => match values(&std::mem::take(&mut run.parameters)) {
                Ok(values) => {
                    wrapped |= matches!(&way, Way::Together(together) if together.begins());
                    let mut closed = self.closed.clone();
                    let send = async {
                        match &way {
                            Way::Together(together) => self.send_together(run, together, &values).await,
                            Way::Plain => self.client.query_with(&run.text, &[], &values).await,
                        }
                    };
                    tokio::select! {
                        biased;
                        sent = send => sent,
                        () = closing(&mut closed) => return Err(End::Closed),
                    }
                }
                Err(error) => {
                    run.failure = Some(error);
                    return self.leave(wrapped, run).await;
                }
            },
        };
        match sent {
            Ok(()) => self.drive(run).await?,
            Err(error) if error.is_fatal() => return Err(self.lost(error)),
            Err(error) => run.failure = Some(broken(error)),
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
            self.sync().await?;
        }
        self.leave(wrapped, run).await
    }

    /// What comes before the user's statement. Gives whether it is wrapped, `None` where it is refused.
    async fn enter(&mut self, run: &mut Run) -> Result<Option<bool>, End> {
        if !self.read_only {
            return Ok(Some(false));
        }
        if let Err(refusal) = sql::read_only_verdict(&run.text, &self.dialect) {
            let span = Span { start: refusal.span.start, end: refusal.span.end };
            run.failure = Some(Error::new(Code::Forbidden, format!("Refused: {refusal}.")).with_span(span));
            return Ok(None);
        }
        let begins = sql::classify(&run.text, &self.dialect).effect.transaction == Some(sql::TransactionKind::Begin);
        if self.status != wire::TransactionStatus::Idle || begins {
            return Ok(Some(false));
        }
        // With a snapshot taken, the server lets nobody make the transaction read-write any more.
        match self.own("begin transaction read only; select").await? {
            Ok(_) => Ok(Some(true)),
            Err(report) => {
                run.failure = Some(refused(&report, ""));
                Ok(None)
            }
        }
    }

    /// Makes a transaction somebody else opened read-only for good; one that cannot be is ended.
    async fn lock(&mut self) -> Result<(), End> {
        if self.own("set transaction read only; select").await?.is_err() {
            drop(self.own("rollback").await?);
        }
        Ok(())
    }

    /// What comes after the user's statement.
    async fn leave(&mut self, wrapped: bool, run: &mut Run) -> Result<(), End> {
        use wire::TransactionStatus as Status;
        let tag = run.tag.as_deref().unwrap_or_default();
        let changes_settings = matches!(tag, "SET" | "RESET" | "DISCARD ALL");
        let ends = matches!(tag, "COMMIT" | "ROLLBACK");
        let tag = tag.to_owned();
        self.settle_actor(wrapped, run).await?;
        if self.read_only {
            match (wrapped, self.status) {
                (true, Status::Open) => drop(self.own("commit").await?),
                (true, Status::Failed) => drop(self.own("rollback").await?),
                (false, Status::Open) if ends || matches!(tag.as_str(), "BEGIN" | "START TRANSACTION") => {
                    self.lock().await?
                }
                _ => {}
            }
            if let Some(error) = &mut run.failure
                && error.native.as_ref().is_some_and(|native| matches!(native.code.as_str(), "25006" | "25001"))
            {
                error.code = Code::Forbidden;
                error.hint = Some("This connection is read-only: the server refuses to write.".to_owned());
            }
        }
        let verb = tag.split(' ').next().unwrap_or_default();
        if matches!(verb, "ALTER" | "CREATE" | "DROP" | "COMMIT" | "ROLLBACK") {
            self.types.forget_origins();
        }
        self.settings_touched |= changes_settings;
        if self.status != Status::Failed && (changes_settings || ends && self.settings_touched) {
            self.settings_touched = self.status == Status::Open;
            self.refresh().await?;
        }
        Ok(())
    }

    /// Reads the server's answer to its end, as fast as the reader takes it.
    async fn drive(&mut self, run: &mut Run) -> Result<(), End> {
        let deadline = run.timeout.map(|limit| tokio::time::Instant::now() + limit);
        let mut again = tokio::time::interval(AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let reading = run.outbox.is_empty() || run.stopping.is_some();
            let awaited = if reading { Awaited::Answer(run.text.len()) } else { Awaited::Reader };
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => {
                    if interrupt.run == run.id {
                        run.cancelled = true;
                        run.stop(&mut self.client, Some(interrupt.delivered));
                    } else {
                        self.interrupt_waiting(interrupt);
                    }
                }
                () = run.events.closed(), if !run.gone => {
                    run.gone = true;
                    run.outbox.clear();
                    run.stop(&mut self.client, None);
                }
                // A reader that has gone is noticed by the branch before.
                _ = send_one(&run.events, &mut run.outbox), if !run.gone && !run.outbox.is_empty() => {}
                () = until(deadline), if !run.timed_out => {
                    run.timed_out = true;
                    run.stop(&mut self.client, None);
                }
                Some(delivery) = run.deliveries.join_next() => run.delivery_ended(delivery),
                step = next(&mut self.client, &mut run.copy_in, &mut run.copy_out), if reading => {
                    run.silence.broken();
                    match step {
                        Ok(Step::Event(wire::Event::Ready(status))) => {
                            self.set_status(status);
                            return Ok(());
                        }
                        Ok(step) => self.step(run, step).await?,
                        Err(error) => return Err(self.lost(error)),
                    }
                }
                _ = again.tick() => {
                    if run.stopping.is_some_and(|since| since.elapsed() > AGAIN) && run.deliveries.is_empty() {
                        run.deliver(&self.client, None);
                    }
                    if run.gone && run.stopping.is_some_and(|since| since.elapsed() > ABANDONED) {
                        let error = Error::new(Code::Unreachable, "A statement nobody waits for could not be stopped.")
                            .with_hint("The session was closed. Open a new one.");
                        return Err(End::Lost(Box::new(error)));
                    }
                }
                lost = run.silence.lost(&self.backend, awaited) => if lost {
                    return Err(self.silent());
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    if !reading && self.client.is_hung_up() {
                        return Err(self.lost(wire::Error::Closed));
                    }
                    run.silence.look(&self.vigil, &self.backend, awaited);
                }
            }
        }
    }

    async fn step(&mut self, run: &mut Run, step: Step) -> Result<(), End> {
        let event = match step {
            Step::Event(event) => match run.parts.hear(event) {
                Some(event) => event,
                None => return Ok(()),
            },
            Step::Fed => return Ok(()),
            Step::Unfed(error) => {
                run.failure = Some(error);
                return Ok(());
            }
            Step::Chunks(batch) => {
                run.put_rows(batch);
                return Ok(());
            }
        };
        match event {
            wire::Event::Columns(columns) => {
                let encoding = self.client.parameters().get("client_encoding").map(String::as_str);
                let schema = tokio::select! {
                    biased;
                    schema = self.types.schema(&columns, classes::is_utf8(encoding)) => schema,
                    () = closing(&mut self.closed) => return Err(End::Closed),
                };
                run.schema = Some(Arc::clone(&schema));
                run.put(Event::ResultSet(schema, self.context.clone()));
            }
            wire::Event::Batch(batch) => {
                let Some(schema) = &run.schema else { return Ok(()) };
                let options = RecordBatchOptions::new().with_row_count(Some(batch.rows));
                let columns = classes::complete(schema, batch.columns);
                match RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options) {
                    Ok(batch) => run.put_rows(batch),
                    Err(error) => {
                        let error = Error::new(Code::Internal, "The rows do not fit their columns.").with_source(error);
                        return Err(End::Lost(Box::new(error)));
                    }
                }
            }
            wire::Event::Complete(tag) => run.tag = Some(tag),
            wire::Event::Empty | wire::Event::NoColumns => {}
            wire::Event::Notice(report) => run.put(Event::Notice(notice(&report, &run.text))),
            wire::Event::Failed(report) => {
                if run.copy_in.take().is_some() {
                    self.client.put_copy_given_up();
                }
                // A reason of our own (a file that cannot be read) says more than the server's echo of it.
                if run.failure.is_none() {
                    run.failure = Some(match run.parts.is_theirs() {
                        true => refused(&report, &run.text),
                        false => self.not_become(run, &report),
                    });
                }
                if report.is_fatal() {
                    self.last_words = Some(*report);
                }
            }
            wire::Event::CopyIn => self.copy_in(run).await,
            wire::Event::CopyOut => {
                run.copied_out = true;
                self.copy_out(run).await;
            }
            wire::Event::CopyChunk(bytes) => self.copy_chunk(run, &bytes).await,
            wire::Event::CopyOutDone => self.copy_out_done(run).await,
            other => self.overheard(other)?,
        }
        Ok(())
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

/// The next thing to do for a statement: feed a copy, or hear what the server says. Cancel-safe.
async fn next(
    client: &mut Client,
    copy_in: &mut Option<CopyIn>,
    copy_out: &mut Option<CopyOut>,
) -> Result<Step, wire::Error> {
    if let Some(feed) = copy_in {
        let step = feed.step(client).await?;
        if matches!(step, Step::Unfed(_)) || feed.is_at_end() {
            *copy_in = None;
        }
        return Ok(step);
    }
    if let Some(out) = copy_out
        && let Some(until) = out.due()
    {
        return match tokio::time::timeout_at(until, client.next()).await {
            Ok(event) => event.map(Step::Event),
            Err(_) => Ok(out.take().map_or(Step::Fed, Step::Chunks)),
        };
    }
    client.next().await.map(Step::Event)
}

/// The values of `$1`, `$2` … in order.
fn values(parameters: &[Parameter]) -> Result<Vec<Option<&[u8]>>, Error> {
    let mut values = vec![None; parameters.len()];
    let mut given = vec![false; parameters.len()];
    for parameter in parameters {
        let index = parameter.name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some((value, given)) = index.and_then(|index| Some((values.get_mut(index)?, given.get_mut(index)?))) else {
            return Err(Error::new(Code::InvalidStatement, format!("There is no placeholder ${}.", parameter.name))
                .with_hint("PostgreSQL's placeholders are $1, $2 and so on, without a gap."));
        };
        *value = parameter.value.as_ref().map(|text| text.expose().as_bytes());
        if std::mem::replace(given, true) {
            return Err(Error::new(Code::InvalidStatement, format!("${} was given twice.", parameter.name)));
        }
    }
    Ok(values)
}
