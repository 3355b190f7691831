//! One command from its start to its last event.

mod command;
mod outcome;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{
    Code, Error, Event, RunId, Statement, Transaction,
    vigil::{self, Awaited, Silence},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    answer::{self, MONITORED, Rows, monitored},
    ended,
    shape::{Made, Shaper},
    task::{End, Task, closing},
};
use crate::{
    cancel::{self, Stopped},
    error::refused,
    language::Word,
    types::Cell,
    wire::{self, Item, Said, Token},
};

/// A cancel is delivered again until the command ends: one that overtakes its command hits nothing.
const AGAIN: Duration = Duration::from_millis(500);
/// How long a command nobody waits for may take to stop before the session is given up.
const ABANDONED: Duration = Duration::from_secs(15);
/// How long the last events of an ended session wait for a reader.
const LAST_EVENTS: Duration = Duration::from_secs(60);
/// How long MONITOR runs where the statement has no limit.
const MONITOR: Duration = Duration::from_secs(30);
/// Most redirections of one command, as the server's own client has it.
const REDIRECTIONS: u32 = 16;

type Delivery = (Result<Stopped, Error>, Option<oneshot::Sender<Result<(), Error>>>);

/// How the end of a run is known.
#[derive(Debug, PartialEq, Eq)]
enum Awaiting {
    /// By its reply.
    Reply,
    /// By this many confirmations.
    Confirmations(usize),
    /// Never: it tells what happens until it is stopped.
    Monitor,
}

/// A command in progress.
pub(crate) struct Run {
    pub(super) id: RunId,
    text: Arc<str>,
    has_parameters: bool,
    timeout: Option<Duration>,
    events: mpsc::Sender<Result<Event, Error>>,
    outbox: VecDeque<Result<Event, Error>>,
    started: Instant,
    words: Vec<Word>,
    /// Its name, with its subcommand.
    command: String,
    awaiting: Awaiting,
    shaper: Option<Shaper>,
    rows: Rows,
    failure: Option<Error>,
    said: Option<Said>,
    redirections: u32,
    /// Replies to commands of ours that come first.
    skip: usize,
    /// Nobody reads the events any more.
    gone: bool,
    /// Somebody asked for the cancel.
    cancelled: bool,
    timed_out: bool,
    /// Rows came after a cancel and were thrown away.
    clipped: bool,
    /// Since when it is to stop.
    stopping: Option<Instant>,
    deliveries: JoinSet<Delivery>,
    /// The server has confirmed that it stopped the command.
    delivered: bool,
    silence: Silence,
}

impl Run {
    pub(super) fn new(id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>>) -> Self {
        Run {
            id,
            text: statement.text,
            has_parameters: !statement.parameters.is_empty(),
            timeout: statement.timeout,
            events,
            outbox: VecDeque::new(),
            started: Instant::now(),
            words: Vec::new(),
            command: String::new(),
            awaiting: Awaiting::Reply,
            shaper: None,
            rows: Rows::default(),
            failure: None,
            said: None,
            redirections: 0,
            skip: 0,
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

    /// One row more, which is dropped where nobody wants it.
    fn put_row(&mut self, row: Vec<Cell>) -> Result<(), End> {
        if self.stopping.is_some() {
            self.clipped = true;
            return Ok(());
        }
        if self.rows.put(row) { self.flush(true) } else { Ok(()) }
    }

    fn flush(&mut self, more: bool) -> Result<(), End> {
        let events = self.rows.flush(more).map_err(|error| {
            End::Lost(Box::new(Error::new(Code::Internal, "The rows do not fit their columns.").with_source(error)))
        })?;
        events.into_iter().for_each(|event| self.put(event));
        Ok(())
    }

    fn delivery_ended(&mut self, delivery: Result<Delivery, tokio::task::JoinError>) {
        let Ok((result, waiter)) = delivery else { return };
        self.delivered |= matches!(result, Ok(Stopped::Done));
        if let Some(waiter) = waiter {
            let _ = waiter.send(result.map(drop));
        }
    }
}

impl Task {
    /// Runs a command to its last event.
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
                let last = run.outcome(self.transaction);
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
        if let Err(error) = self.prepare(run) {
            run.failure = Some(error);
            return Ok(());
        }
        loop {
            let words: Vec<&[u8]> = run.words.iter().map(|word| word.bytes.as_slice()).collect();
            self.client.put(&words);
            let awaits = self.awaits();
            self.drive(run).await?;
            drop(awaits);
            match self.redirection(run) {
                Some((endpoint, asking)) => {
                    run.redirections += 1;
                    (run.said, run.failure, run.shaper) = (None, None, None);
                    self.turn_to(endpoint).await?;
                    if asking {
                        self.client.put(&["ASKING"]);
                        run.skip = 1;
                    }
                }
                None => break,
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
        if run.awaiting == Awaiting::Monitor && run.failure.is_none() {
            // What it still sends is nobody's: the session goes on over a new connection.
            self.renew().await?;
            return Ok(());
        }
        self.follow(run).await
    }

    /// Where a node of a cluster says that the command belongs, and whether it only does so for now.
    fn redirection(&self, run: &Run) -> Option<(route::Endpoint, bool)> {
        let said = run.said.as_ref()?;
        let asking = said.code == "ASK";
        if !(asking || said.code == "MOVED")
            || !self.opener.is_cluster()
            || self.transaction != Transaction::Idle
            || run.redirections >= REDIRECTIONS
            || run.stopping.is_some()
        {
            return None;
        }
        Some((self.opener.redirected(&said.message, &self.client.endpoint)?, asking))
    }

    /// Asks for the command to stop, at once and then again until it has.
    fn stop(&mut self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        if run.stopping.is_none() {
            run.stopping = Some(Instant::now());
            run.silence = Silence::new();
        }
        match run.awaiting {
            Awaiting::Reply => self.deliver(run, waiter),
            // Nothing is to be delivered: what it tells is not listened to any more.
            Awaiting::Monitor | Awaiting::Confirmations(_) => {
                if let Some(waiter) = waiter {
                    let _ = waiter.send(Ok(()));
                }
            }
        }
    }

    fn deliver(&self, run: &mut Run, waiter: Option<oneshot::Sender<Result<(), Error>>>) {
        let Some((endpoint, id)) = self.backend() else {
            if let Some(waiter) = waiter {
                let text = "The server does not tell by what number it knows this session, so nothing can be stopped.";
                let _ = waiter.send(Err(Error::new(Code::Unsupported, text)));
            }
            return;
        };
        let opener = Arc::clone(&self.opener);
        // A reply that is on its way is dropped as it comes, which is all that can be done.
        let streaming = run.shaper.is_some();
        run.deliveries.spawn(async move {
            let result = if streaming { Ok(Stopped::Idle) } else { cancel::stop(opener, endpoint, id).await };
            (result, waiter)
        });
    }

    /// Reads the reply to its end, as fast as the reader takes it.
    async fn drive(&mut self, run: &mut Run) -> Result<(), End> {
        let limit = match run.awaiting {
            Awaiting::Monitor => Some(run.timeout.unwrap_or(MONITOR)),
            _ => run.timeout,
        };
        let deadline = limit.map(|limit| tokio::time::Instant::now() + limit);
        let mut again = tokio::time::interval(AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if run.awaiting == Awaiting::Monitor && run.stopping.is_some() {
                return run.flush(false);
            }
            let reading = run.outbox.is_empty() || run.stopping.is_some();
            let awaited = if reading { Awaited::Answer(run.text.len()) } else { Awaited::Reader };
            let backend = self.backend();
            let due = run.rows.due();
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
                    run.rows.clear();
                    self.stop(run, None);
                }
                // A reader that has gone is noticed by the branch before.
                _ = send_one(&run.events, &mut run.outbox), if !run.gone && !run.outbox.is_empty() => {}
                () = until(deadline), if !run.timed_out => {
                    run.timed_out = true;
                    self.stop(run, None);
                }
                () = until(due), if due.is_some() => run.flush(true)?,
                Some(delivery) = run.deliveries.join_next() => run.delivery_ended(delivery),
                token = self.client.next(), if reading => {
                    run.silence.broken();
                    let mut token = Some(token?);
                    while let Some(next) = token {
                        if self.step(run, next)? {
                            return Ok(());
                        }
                        token = match run.outbox.is_empty() || run.stopping.is_some() {
                            true => self.client.buffered()?,
                            false => None,
                        };
                    }
                }
                _ = again.tick() => {
                    let since = run.stopping.map(|since| since.elapsed());
                    if since.is_some_and(|since| since > AGAIN) && run.deliveries.is_empty() && run.awaiting == Awaiting::Reply {
                        self.deliver(run, None);
                    }
                    if run.gone && since.is_some_and(|since| since > ABANDONED) {
                        let error = Error::new(Code::Unreachable, "A command nobody waits for could not be stopped.")
                            .with_hint("The session was closed. Open a new one.");
                        return Err(End::Lost(Box::new(error)));
                    }
                }
                lost = run.silence.lost(&backend, awaited) => if lost {
                    return Err(self.silent());
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    if !reading && self.client.is_hung_up() {
                        return Err(wire::Error::Closed.into());
                    }
                    run.silence.look(&self.vigil, &backend, awaited);
                }
            }
        }
    }

    /// Handles one piece of what the server says; whether it was the last.
    fn step(&mut self, run: &mut Run, token: Token) -> Result<bool, End> {
        if token.push {
            let Some(confirmed) = self.pushed(token) else { return Ok(false) };
            if let Awaiting::Confirmations(left) = &mut run.awaiting {
                *left = left.saturating_sub(1);
                let done = *left == 0;
                let channel = confirmed.channel.map_or(Cell::Null, answer::text);
                run.put_row(vec![answer::text(confirmed.kind), channel, Cell::Integer(confirmed.left)])?;
                if done {
                    run.flush(false)?;
                }
                return Ok(done);
            }
            return Ok(false);
        }
        if run.skip > 0 {
            run.skip -= usize::from(token.ends);
            return Ok(false);
        }
        if let (Awaiting::Monitor, Item::Status(line)) = (&run.awaiting, &token.item) {
            // The first says that it begins.
            if line.as_ref() != b"OK" {
                run.put_row(monitored(line))?;
            }
            return Ok(false);
        }
        let ends = token.ends;
        let shape = run.shape();
        let made = run.shaper.get_or_insert_with(|| Shaper::new(shape)).take(token);
        match made {
            Made::Nothing => {}
            Made::Head(names) => run.rows.head(names),
            Made::Row(row) => run.put_row(row)?,
            // One value is there or it is not: it is not dropped because somebody wanted to stop.
            Made::Only(name, cell) => {
                run.rows.head(vec![name]);
                run.rows.put(vec![cell]);
            }
            Made::Failed(said) => {
                run.rows.head(Vec::new());
                run.failure = Some(refused(&said, &run.words));
                run.said = Some(said);
            }
        }
        if ends {
            if let Some(row) = run.shaper.as_mut().and_then(Shaper::rest) {
                run.put_row(row)?;
            }
            run.flush(false)?;
        }
        Ok(ends)
    }

    /// Waits until the reader has taken the rest, still listening to the server.
    async fn hand_over(&mut self, run: &mut Run) -> Result<(), End> {
        while !run.outbox.is_empty() && !run.gone {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                sent = send_one(&run.events, &mut run.outbox) => run.gone = !sent,
                token = self.client.next() => {
                    let token = token?;
                    if token.push {
                        self.pushed(token);
                    } else {
                        return Err(wire::Error::Protocol(wire::Violation::OutOfTurn).into());
                    }
                }
            }
        }
        Ok(())
    }
}

/// The head of what MONITOR tells.
fn monitor_head() -> Vec<&'static str> {
    MONITORED.to_vec()
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
