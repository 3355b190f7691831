//! From a run's events to holds: reads on to a cap, then waits to be told.

use std::time::Duration;

use arrow_array::RecordBatch;
use driver::{Code, Error, Event, Notice, Outcome, Run, RunId, Summary};
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};

use crate::{Hold, HoldState, HoldWriter, Store, Truncation};

/// How far a run reads on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPolicy {
    /// Rows of one result set before it pauses.
    pub rows: u64,
    /// Bytes of values of one result set before it pauses.
    pub bytes: u64,
    /// How long the server may be kept waiting; then the run is cancelled.
    pub max_pause: Duration,
}

impl Default for ReadPolicy {
    fn default() -> Self {
        ReadPolicy { rows: 100_000, bytes: 512 << 20, max_pause: Duration::from_secs(20) }
    }
}

impl ReadPolicy {
    /// Reads everything.
    pub fn unlimited() -> Self {
        ReadPolicy { rows: u64::MAX, bytes: u64::MAX, ..ReadPolicy::default() }
    }
}

/// What comes of a run: heads and notices, then `Done` or `Failed` and nothing more.
#[derive(Debug)]
pub enum RunEvent {
    /// A result set begins; rows arrive in the hold.
    ResultSet(Hold),
    /// The server said something.
    Notice(Notice),
    /// It ended, to its end or cancelled.
    Done(Summary),
    /// It failed, or could not be kept.
    Failed(Error),
}

enum Command {
    More(u64),
    All,
    Stop,
}

/// Steers a run that is being read. Dropping it cancels the run.
#[derive(Debug)]
pub struct Controller {
    run: RunId,
    commands: mpsc::UnboundedSender<Command>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Command::More(_) => "More",
            Command::All => "All",
            Command::Stop => "Stop",
        })
    }
}

impl Controller {
    /// The run it steers.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Reads this many rows beyond what is held, then pauses again.
    pub fn more(&self, rows: u64) {
        self.send(Command::More(rows));
    }

    /// Reads to the end.
    pub fn all(&self) {
        self.send(Command::All);
    }

    /// Cancels the run and keeps what is held.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    fn send(&self, command: Command) {
        // A reader that is gone has ended the run already.
        drop(self.commands.send(command));
    }
}

/// Most notices of a run that are passed on.
const NOTICES: usize = 10_000;
/// Most result sets of a run that are kept.
const RESULT_SETS: usize = 1_000;
/// How long the server has to confirm a cancel.
const GRACE: Duration = Duration::from_secs(5);

/// Reads a run into holds of the store, on a task of its own.
///
/// The channel of events is not bounded but what goes through it is: no rows, at most 10,000 notices.
pub fn drive(run: Run, store: &Store, policy: ReadPolicy) -> (Controller, mpsc::UnboundedReceiver<RunEvent>) {
    let (commands, inbox) = mpsc::unbounded_channel();
    let (events, outbox) = mpsc::unbounded_channel();
    let controller = Controller { run: run.id, commands };
    let reader = Reader {
        run,
        store: store.clone(),
        policy,
        inbox,
        events,
        writer: None,
        held: Held { cap: policy.rows, byte_cap: policy.bytes, ..Held::default() },
        result_sets: 0,
        notices: 0,
        lost_rows: false,
    };
    tokio::spawn(reader.serve());
    (controller, outbox)
}

/// How much of the current result set is held, and how much may be.
#[derive(Default)]
struct Held {
    rows: u64,
    bytes: u64,
    cap: u64,
    byte_cap: u64,
}

impl Held {
    fn is_full(&self) -> bool {
        self.rows >= self.cap || self.bytes >= self.byte_cap
    }
}

/// Why the reader stops before the run ends.
enum Halt {
    Stopped,
    PauseEnded,
    Abandoned,
    Exhausted(Error),
}

struct Reader {
    run: Run,
    store: Store,
    policy: ReadPolicy,
    inbox: mpsc::UnboundedReceiver<Command>,
    events: mpsc::UnboundedSender<RunEvent>,
    writer: Option<HoldWriter>,
    held: Held,
    result_sets: usize,
    notices: usize,
    lost_rows: bool,
}

impl Reader {
    async fn serve(mut self) {
        let end = loop {
            let event = tokio::select! {
                biased;
                command = self.inbox.recv() => match self.obey(command) {
                    Ok(()) => continue,
                    Err(halt) => break self.halt(halt).await,
                },
                event = self.run.next() => event,
            };
            match event {
                Some(Ok(Event::ResultSet(schema, context))) => {
                    self.finish(HoldState::Complete);
                    self.result_sets += 1;
                    if self.result_sets > RESULT_SETS {
                        let error = Error::new(Code::Exhausted, format!("More than {RESULT_SETS} result sets."));
                        break self.halt(Halt::Exhausted(error)).await;
                    }
                    match self.store.hold(schema, context) {
                        Ok((writer, hold)) => {
                            self.writer = Some(writer);
                            self.held = Held { cap: self.policy.rows, byte_cap: self.policy.bytes, ..Held::default() };
                            self.emit(RunEvent::ResultSet(hold));
                        }
                        Err(error) => break self.halt(Halt::Exhausted(error)).await,
                    }
                }
                Some(Ok(Event::Batch(batch))) => {
                    if let Err(halt) = self.keep(batch).await {
                        break self.halt(halt).await;
                    }
                }
                Some(Ok(Event::Notice(notice))) => self.notice(notice),
                Some(Ok(Event::Done(summary))) => {
                    let whole = summary.outcome == Outcome::Completed;
                    self.finish(if whole { HoldState::Complete } else { HoldState::Cancelled });
                    break RunEvent::Done(summary);
                }
                Some(Err(error)) => {
                    self.finish(HoldState::Failed(error.clone()));
                    break RunEvent::Failed(error);
                }
                None => {
                    let error = Error::lost("the server");
                    self.finish(HoldState::Failed(error.clone()));
                    break RunEvent::Failed(error);
                }
            }
        };
        self.emit(end);
    }

    fn emit(&self, event: RunEvent) {
        // Whoever listened may be gone; the hold's progress still tells how it went.
        drop(self.events.send(event));
    }

    fn notice(&mut self, notice: Notice) {
        self.notices += 1;
        if self.notices <= NOTICES {
            self.emit(RunEvent::Notice(notice));
        } else if self.notices == NOTICES + 1 {
            let message = format!("The server said more than {NOTICES} things; the rest is left out.");
            self.emit(RunEvent::Notice(Notice { message, detail: None, hint: None, context: None, ..notice }));
        }
    }

    fn finish(&mut self, state: HoldState) {
        if let Some(writer) = self.writer.take() {
            writer.finish(state);
        }
    }

    fn obey(&mut self, command: Option<Command>) -> Result<(), Halt> {
        match command {
            Some(Command::More(rows)) => {
                self.held.cap = self.held.rows.saturating_add(rows);
                self.held.byte_cap = self.held.bytes.saturating_add(self.policy.bytes);
                Ok(())
            }
            Some(Command::All) => {
                (self.held.cap, self.held.byte_cap) = (u64::MAX, u64::MAX);
                // Later result sets of the same run are wanted whole as well.
                (self.policy.rows, self.policy.bytes) = (u64::MAX, u64::MAX);
                Ok(())
            }
            Some(Command::Stop) => Err(Halt::Stopped),
            None => Err(Halt::Abandoned),
        }
    }

    /// Appends a batch up to the cap, and waits there when something of it is left.
    async fn keep(&mut self, batch: RecordBatch) -> Result<(), Halt> {
        let mut rest = batch;
        loop {
            if self.held.is_full() {
                self.pause().await?;
                continue;
            }
            let room = usize::try_from(self.held.cap - self.held.rows).unwrap_or(usize::MAX);
            let count = rest.num_rows().min(room);
            let part = rest.slice(0, count);
            rest = rest.slice(count, rest.num_rows() - count);
            self.append(part).await?;
            if rest.num_rows() == 0 {
                return Ok(());
            }
        }
    }

    async fn append(&mut self, batch: RecordBatch) -> Result<(), Halt> {
        let Some(mut writer) = self.writer.take() else {
            return Err(Halt::Exhausted(Error::new(Code::Internal, "Rows came before their columns.")));
        };
        let rows = batch.num_rows() as u64;
        let written = spawn_blocking(move || {
            let outcome = writer.append(&batch);
            (writer, outcome)
        });
        match written.await {
            Ok((writer, outcome)) => {
                self.held.rows += rows;
                self.held.bytes = writer.hold().progress().borrow().bytes;
                self.writer = Some(writer);
                outcome.map_err(Halt::Exhausted)
            }
            Err(error) => {
                Err(Halt::Exhausted(Error::new(Code::Internal, "Writing the result broke off.").with_source(error)))
            }
        }
    }

    /// Stops reading, and with it the server, until told what to do or until it has waited long enough.
    async fn pause(&mut self) -> Result<(), Halt> {
        if let Some(writer) = &self.writer {
            writer.pause(self.policy.max_pause);
        }
        match timeout(self.policy.max_pause, self.inbox.recv()).await {
            Ok(command) => self.obey(command)?,
            Err(_) => return Err(Halt::PauseEnded),
        }
        if let Some(writer) = &self.writer {
            writer.resume();
        }
        Ok(())
    }

    /// Cancels the run and says what came of it.
    async fn halt(&mut self, halt: Halt) -> RunEvent {
        // Rows that were not appended are lost unless the whole batch was kept.
        self.lost_rows = !matches!(halt, Halt::Stopped) || self.held.is_full();
        let cancel = self.run.cancel.clone();
        let abandoned = matches!(halt, Halt::Abandoned);
        let ask = async move {
            if let Ok(Err(error)) = timeout(GRACE, cancel.cancel()).await {
                tracing::warn!(%error, "a cancel could not be delivered");
            }
        };
        if abandoned {
            // Nobody waits for the answer; dropping the run drains it.
            tokio::spawn(ask);
            self.finish(HoldState::Cancelled);
            return RunEvent::Failed(Error::cancelled());
        }
        tokio::spawn(ask);
        let end = timeout(GRACE, self.drain()).await.ok();
        let completed = matches!(&end, Some(Ok(summary)) if summary.outcome == Outcome::Completed);
        match halt {
            Halt::Exhausted(error) => {
                self.finish(HoldState::Truncated(Truncation::Exhausted(error.clone())));
                return RunEvent::Failed(error);
            }
            Halt::PauseEnded => self.finish(HoldState::Truncated(Truncation::PauseEnded)),
            Halt::Stopped | Halt::Abandoned => {
                let whole = completed && !self.lost_rows;
                self.finish(if whole { HoldState::Complete } else { HoldState::Cancelled });
            }
        }
        match end {
            Some(Ok(summary)) => RunEvent::Done(summary),
            Some(Err(error)) => RunEvent::Failed(error),
            None => RunEvent::Failed(Error::cancelled().with_hint("The server has not confirmed it yet.")),
        }
    }

    /// Reads the events of a cancelled run to their end without keeping rows.
    async fn drain(&mut self) -> Result<Summary, Error> {
        while let Some(event) = self.run.next().await {
            match event {
                Ok(Event::Batch(_) | Event::ResultSet(..)) => self.lost_rows = true,
                Ok(Event::Notice(notice)) => self.notice(notice),
                Ok(Event::Done(summary)) => return Ok(summary),
                Err(error) => return Err(error),
            }
        }
        Err(Error::lost("the server"))
    }
}
