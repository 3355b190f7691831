//! One statement from its start to its last event.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use driver::{
    Code, Error, Event, Notice, Outcome, RunId, Severity, Span, Statement, Summary, ValueContext,
    vigil::{self, Awaited, Silence},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    batch::Batches,
    ended,
    task::{End, Extras, Task, closing},
    written::Written,
};
use crate::{
    bson::{self, kind},
    error::{codes, refused},
    language::{self, Plan, Shape},
    types,
    wire::{self, Report},
};

/// One delivery of a cancel may take this long.
const DELIVERY: Duration = Duration::from_secs(5);
/// A cancel is delivered again until the statement ends: one that overtakes its statement may hit nothing.
const AGAIN: Duration = Duration::from_millis(500);
/// How long a statement may take to stop before the session is given up: there is no other way left to be rid of it.
const STUBBORN: Duration = Duration::from_secs(10);
/// How long the last events of an ended session wait for a reader.
const LAST_EVENTS: Duration = Duration::from_secs(60);
/// How long the server waits for something new before it answers with nothing.
const AWAIT: Duration = Duration::from_millis(500);
/// Bytes of documents wanted in one reply.
const REPLY_BYTES: usize = 4 << 20;
/// Documents wanted in one reply at most.
const REPLY_COUNT: usize = 16_384;

type Delivery = (Result<(), Error>, Option<oneshot::Sender<Result<(), Error>>>);

/// A statement in progress.
pub(crate) struct Run {
    id: RunId,
    text: Arc<str>,
    parameters: usize,
    timeout: Option<Duration>,
    events: mpsc::Sender<Result<Event, Error>>,
    outbox: VecDeque<Result<Event, Error>>,
    started: Instant,
    deadline: Option<tokio::time::Instant>,
    comment: String,
    rows: u64,
    tag: Option<String>,
    affected: Option<u64>,
    failure: Option<Error>,
    batches: Batches,
    /// Nobody reads the events any more.
    gone: bool,
    /// Somebody asked for the cancel.
    cancelled: bool,
    timed_out: bool,
    /// The statement was given up before its end, and the server confirmed it.
    clipped: bool,
    /// Since when the server is asked to stop.
    stopping: Option<Instant>,
    tries: u32,
    deliveries: JoinSet<Delivery>,
    silence: Silence,
}

impl Run {
    pub(super) fn new(id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>>) -> Self {
        Run {
            id,
            text: statement.text,
            parameters: statement.parameters.len(),
            timeout: statement.timeout,
            events,
            outbox: VecDeque::new(),
            started: Instant::now(),
            deadline: None,
            comment: format!("rowhouse {}", id.0),
            rows: 0,
            tag: None,
            affected: None,
            failure: None,
            batches: Batches::default(),
            gone: false,
            cancelled: false,
            timed_out: false,
            clipped: false,
            stopping: None,
            tries: 0,
            deliveries: JoinSet::new(),
            silence: Silence::new(),
        }
    }

    fn put(&mut self, event: Event) {
        if !self.gone {
            self.outbox.push_back(Ok(event));
        }
    }

    fn head(&mut self) {
        self.put(Event::ResultSet(types::schema(), ValueContext::default()));
    }

    /// A document as a row. Rows that come after a cancel nobody wants.
    fn row(&mut self, document: &[u8]) {
        if self.stopping.is_some() {
            return;
        }
        self.rows += 1;
        if let Some(batch) = self.batches.push(document) {
            self.put(Event::Batch(batch));
        }
    }

    fn flush(&mut self) {
        if let Some(batch) = self.batches.take() {
            self.put(Event::Batch(batch));
        }
    }

    /// One document as the whole result.
    fn only(&mut self, document: &[u8]) {
        self.head();
        self.row(document);
        self.flush();
    }

    fn delivery_ended(delivery: Result<Delivery, tokio::task::JoinError>) {
        if let Ok((result, Some(waiter))) = delivery {
            let _ = waiter.send(result);
        }
    }

    /// The time that is left for the server.
    fn left(&self) -> Option<Duration> {
        let limit = self.timeout?;
        Some(limit.saturating_sub(self.started.elapsed()).max(Duration::from_millis(1)))
    }

    /// The last event.
    fn outcome(&mut self) -> Result<Event, Error> {
        let failure = self.failure.take();
        let stopped = failure.as_ref().is_some_and(|error| matches!(error.code, Code::Cancelled | Code::TimedOut));
        let late = self.timeout.is_some() && failure.as_ref().is_some_and(|error| error.code == Code::TimedOut);
        let outcome = match failure {
            failure if (self.timed_out || late) && (stopped || failure.is_none() && self.clipped) => {
                let limit = self.timeout.unwrap_or_default().as_secs_f32();
                let error = Error::new(Code::TimedOut, format!("Stopped after {limit} s, the limit for this run."));
                return Err(Error { native: failure.and_then(|error| error.native), ..error });
            }
            Some(_) if stopped && self.cancelled => Outcome::Cancelled,
            Some(error) => return Err(error),
            None if self.clipped => Outcome::Cancelled,
            None => Outcome::Completed,
        };
        Ok(Event::Done(Summary {
            outcome,
            tag: self.tag.take(),
            affected_rows: self.affected,
            rows: self.rows,
            elapsed: self.started.elapsed(),
            transaction: Task::transaction(),
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
        run.deadline = run.timeout.map(|limit| tokio::time::Instant::now() + limit);
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
                run.flush();
                // Whoever waits for a cancel on its way hears that it is over.
                run.deliveries.shutdown().await;
                let last = run.outcome();
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

    /// The plan of a statement that may be run.
    fn planned(&self, run: &Run) -> Result<Plan, Error> {
        let plan = language::plan(&run.text, &self.database)?;
        if self.read_only {
            // The text is judged as it is sent, and what cannot be told counts as a write.
            driver::Commands::read_only_verdict(&language::Shell, &run.text).map_err(|refusal| {
                let span = Span { start: refusal.span.start, end: refusal.span.end };
                Error::new(Code::Forbidden, format!("Refused: {refusal}.")).with_span(span)
            })?;
            if language::classified(&plan).class.is_write() {
                return Err(Error::new(Code::Forbidden, "Refused: this connection only reads.").with_span(plan.at));
            }
        }
        match run.parameters {
            0 => Ok(plan),
            _ => Err(Error::new(Code::InvalidStatement, "The statements of the shell have no placeholders.")),
        }
    }

    async fn statement(&mut self, run: &mut Run) -> Result<(), End> {
        let plan = match self.planned(run) {
            Ok(plan) => plan,
            Err(error) => {
                run.failure = Some(error);
                return Ok(());
            }
        };
        if let Shape::Use(name) = &plan.shape {
            run.tag = Some(format!("switched to db {name}"));
            self.set_database(name.clone());
            return Ok(());
        }
        for (name, _) in plan.scripts() {
            run.put(Event::Notice(notice(format!("{name} runs JavaScript on the server, which may take long."))));
        }
        let database = plan.database.clone().unwrap_or_else(|| self.database.clone());
        let mut written = Written::default();
        for request in &plan.requests {
            if run.stopping.is_some() {
                run.clipped = true;
                break;
            }
            let command = language::document(&request.fields);
            let name = request.fields.first().map_or("", |first| first.name.as_str());
            let watching = plan.shape == Shape::Watch;
            let limited = !watching && !matches!(name, "getMore" | "killCursors" | "killOp" | "hello" | "isMaster");
            let preference = plan.read_preference.as_deref();
            let extras = Extras { comment: Some(&run.comment), limit: run.left().filter(|_| limited), preference };
            let complete = self.complete(&database, &command, &extras);
            drop(command);
            let Some(reply) = self.exchange(run, complete).await? else { return Ok(()) };
            if let Some(report) = Report::of(&reply) {
                run.failure = Some(self.failed(&report, &plan));
                return Ok(());
            }
            match &plan.shape {
                Shape::Written(_) => {
                    if !written.take(&reply, name, &request.ids, plan.ordered) {
                        break;
                    }
                }
                Shape::Cursor | Shape::Watch if bson::get(&reply, "cursor").is_some() => {
                    return self.stream(run, reply, &database, request.batch_size(), watching).await;
                }
                shape => shaped(run, shape, &reply),
            }
        }
        if let Shape::Written(ack) = plan.shape {
            run.affected = Some(written.affected());
            run.tag = Some(format!("{} {}", plan.method, written.words()));
            match written.error() {
                Some(error) => run.failure = Some(error),
                None => run.only(&written.document(ack)),
            }
        }
        Ok(())
    }

    fn failed(&self, report: &Report, plan: &Plan) -> Error {
        let mut error = refused(report);
        // The command is ours, but its name is what somebody typed.
        if error.code == Code::Unsupported && report.code == 59 {
            error.span = Some(plan.at);
        }
        if codes::is_elsewhere(report) && plan.requests.len() > 1 {
            error.message.push_str(" What was written before stays.");
        }
        error
    }

    /// The documents of a cursor, as fast as the reader takes them.
    async fn stream(
        &mut self,
        run: &mut Run,
        mut reply: Bytes,
        database: &str,
        batch_size: Option<i64>,
        watching: bool,
    ) -> Result<(), End> {
        run.head();
        loop {
            let Some(cursor) = Cursor::read(&reply) else {
                return Err(wire::Error::Protocol("a cursor that is none").into());
            };
            let (mut count, mut bytes) = (0, 0);
            for document in bson::elements(cursor.batch).into_iter().flatten() {
                let document = match document.map(|element| element.document()) {
                    Ok(Some(document)) => document,
                    Ok(None) => continue,
                    Err(_) => return Err(wire::Error::Protocol("a batch that is damaged").into()),
                };
                (count, bytes) = (count + 1, bytes + document.len());
                run.row(document);
            }
            run.flush();
            if cursor.id == 0 {
                return Ok(());
            }
            let (of, collection) = cursor.namespace.split_once('.').unwrap_or((database, &cursor.namespace));
            let (of, collection, id) = (of.to_owned(), collection.to_owned(), cursor.id);
            drop(reply);
            if run.stopping.is_none() {
                // As many as fit a reply that is neither a hurry nor a burden.
                let fit = REPLY_BYTES.checked_div(bytes.checked_div(count).unwrap_or(0)).unwrap_or(REPLY_COUNT);
                let wanted = batch_size.unwrap_or_else(|| i64::try_from(fit.clamp(1, REPLY_COUNT)).unwrap_or(1));
                let more = bson::document(|writer| {
                    writer.int64("getMore", id).string("collection", &collection).int64("batchSize", wanted);
                    if watching {
                        writer.int64("maxTimeMS", i64::try_from(AWAIT.as_millis()).unwrap_or(500));
                    }
                });
                // The comment is the cursor's already, since 4.4; before, no command but those that read takes one.
                let more = self.complete(&of, &more, &Extras::default());
                let Some(next) = self.exchange(run, more).await? else { return Ok(()) };
                if let Some(report) = Report::of(&next) {
                    // A cursor that is gone is what a cancel wanted.
                    match run.stopping.is_some() && matches!(report.code, 43 | 237 | 11_601) {
                        true => run.clipped = true,
                        false => run.failure = Some(refused(&report)),
                    }
                    return Ok(());
                }
                reply = next;
                if run.stopping.is_none() || Cursor::read(&reply).is_some_and(|cursor| cursor.id == 0) {
                    continue;
                }
            }
            let kill = bson::document(|writer| {
                writer.string("killCursors", &collection).open(kind::ARRAY, b"cursors").int64("0", id).close();
            });
            let kill = self.complete(&of, &kill, &Extras::default());
            // Whatever it says: the cursor is gone, or was so before.
            self.own(&kill).await?;
            run.clipped = true;
            return Ok(());
        }
    }

    /// Asks the server to stop, at once and then again until it has.
    fn stop(&mut self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        run.stopping.get_or_insert_with(Instant::now);
        // Between two replies there is nothing to kill: the cursor is closed next.
        match self.client.is_busy() {
            true => self.deliver(run, waiter),
            false => {
                if let Some(waiter) = waiter {
                    let _ = waiter.send(Ok(()));
                }
            }
        }
    }

    fn deliver(&self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        let Some(session) = self.session else {
            // Without a session nothing of ours is told apart from others' on the server.
            if let Some(waiter) = waiter {
                let _ = waiter.send(Err(Error::new(Code::Unsupported, "This server knows no sessions to stop.")));
            }
            return;
        };
        run.tries += 1;
        let (beside, hard) = (Arc::clone(&self.beside), run.tries > 2);
        run.deliveries.spawn(async move {
            let result = match tokio::time::timeout(DELIVERY, beside.kill(session, hard)).await {
                Ok(result) => result,
                Err(_) => Err(Error::new(Code::Unreachable, "The server did not take the cancel in time.")),
            };
            (result, waiter)
        });
    }

    /// Sends a command and waits for its reply while the reader takes what is there. `None` where it could not be sent; the
    /// failure says why.
    async fn exchange(&mut self, run: &mut Run, command: Vec<u8>) -> Result<Option<Bytes>, End> {
        let length = command.len();
        match self.client.send(&command).await {
            Ok(()) => {}
            Err(error @ wire::Error::TooLong) => {
                run.failure = Some(crate::error::broken(error));
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
        drop(command);
        let mut again = tokio::time::interval(AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        if run.stopping.is_some() {
            self.deliver(run, None);
        }
        loop {
            // The reply is not read before the reader has taken what came before it.
            let reading = run.outbox.is_empty() || run.stopping.is_some();
            let awaited = if reading { Awaited::Answer(length) } else { Awaited::Reader };
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
                () = until(run.deadline), if !run.timed_out => {
                    run.timed_out = true;
                    self.stop(run, None);
                }
                Some(delivery) = run.deliveries.join_next() => Run::delivery_ended(delivery),
                reply = self.client.receive(), if reading => {
                    run.silence.broken();
                    return Ok(Some(reply?));
                }
                _ = again.tick() => {
                    let since = run.stopping.map(|since| since.elapsed()).unwrap_or_default();
                    if since > AGAIN && run.deliveries.is_empty() {
                        self.deliver(run, None);
                    }
                    if since > STUBBORN {
                        let error = Error::new(Code::Unreachable, "The server did not stop the statement, so the session was closed.")
                            .with_hint("The statement may still run on the server. Open a new session.");
                        return Err(End::Lost(Box::new(error)));
                    }
                }
                lost = run.silence.lost(&(), awaited) => if lost {
                    return Err(self.silent());
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    if !reading && self.client.is_hung_up() {
                        return Err(wire::Error::Closed.into());
                    }
                    run.silence.look(&self.vigil, &(), awaited);
                }
            }
        }
    }

    /// Waits until the reader has taken the rest, still listening to the server.
    async fn hand_over(&mut self, run: &mut Run) -> Result<(), End> {
        while !run.outbox.is_empty() && !run.gone {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                sent = send_one(&run.events, &mut run.outbox) => run.gone = !sent,
                heard = self.client.receive() => match heard {
                    Ok(_) => return Err(wire::Error::Protocol("a reply that nobody asked for").into()),
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(())
    }
}

/// A cursor in a reply.
struct Cursor<'a> {
    id: i64,
    namespace: String,
    batch: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn read(reply: &'a [u8]) -> Option<Self> {
        let cursor = bson::get(reply, "cursor")?.document()?;
        let batch = bson::get(cursor, "firstBatch").or_else(|| bson::get(cursor, "nextBatch"))?.document()?;
        let namespace = bson::get(cursor, "ns").and_then(|name| Some(name.text()?.into_owned())).unwrap_or_default();
        Some(Cursor { id: bson::get(cursor, "id")?.integer()?, namespace, batch })
    }
}

/// Puts an answer that is no cursor into rows.
fn shaped(run: &mut Run, shape: &Shape, reply: &[u8]) {
    let number = |value: Option<i64>| bson::document(|writer| _ = writer.integer("n", value.unwrap_or_default()));
    match shape {
        Shape::Count => run.only(&number(bson::get(reply, "n").and_then(|n| n.integer()))),
        Shape::Counted => {
            let first =
                Cursor::read(reply).and_then(|cursor| bson::elements(cursor.batch).ok()?.next()?.ok()?.document());
            run.only(&number(first.and_then(|first| bson::get(first, "n")?.integer())));
        }
        Shape::Found => {
            run.head();
            let value = bson::get(reply, "value");
            if let Some(document) = value.as_ref().and_then(bson::Element::document) {
                run.row(document);
            }
            run.flush();
            let changed = bson::get_path(reply, &["lastErrorObject", "n"]).and_then(|n| n.integer());
            run.affected = changed.and_then(|n| u64::try_from(n).ok());
        }
        Shape::Each(name) => {
            run.head();
            let list = bson::get(reply, name);
            let elements = list.as_ref().and_then(bson::Element::document).and_then(|list| bson::elements(list).ok());
            for element in elements.into_iter().flatten().map_while(Result::ok) {
                match element.kind {
                    kind::DOCUMENT if *name != "values" => run.row(element.raw),
                    kind => run.row(&bson::document(|writer| _ = writer.raw(kind, b"value", element.raw))),
                }
            }
            run.flush();
        }
        _ => run.only(reply),
    }
}

fn notice(message: String) -> Notice {
    Notice {
        severity: Severity::Notice,
        label: "Note".to_owned(),
        code: None,
        message,
        detail: None,
        hint: None,
        context: None,
        span: None,
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
