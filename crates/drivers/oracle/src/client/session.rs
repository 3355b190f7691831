//! A session: one connection on one thread, and what is known of it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use driver::{
    Cancel, CancelHandle, Code, EVENT_ROOM, Error, Link, Message, Run, RunId, Session, SessionState, Statement,
    Transaction,
};
use oracledb::Connection;
use tokio::sync::{broadcast, mpsc, watch};

use super::{
    Door, Opened,
    control::{OracleControl, query},
    run::{Job, execute},
    shut, translated,
    worker::Worker,
};
use crate::error::PRODUCT;

/// Room for messages nobody has read yet.
const MESSAGE_ROOM: usize = 64;

/// A session on the server.
pub(super) struct OracleSession {
    worker: Worker,
    door: Door,
    state: Arc<watch::Sender<SessionState>>,
    messages: broadcast::Sender<Message>,
    marks: Arc<Marks>,
    closed: Arc<AtomicBool>,
    cancel: Arc<Canceller>,
    read_only: bool,
}

/// Runs in progress and runs that are to stop.
#[derive(Default)]
pub(super) struct Marks {
    state: Mutex<Marked>,
}

#[derive(Default)]
struct Marked {
    running: Option<RunId>,
    waiting: Vec<RunId>,
    stopped: Vec<RunId>,
}

impl Marks {
    fn with<T>(&self, work: impl FnOnce(&mut Marked) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn wait(&self, run: RunId) {
        self.with(|marked| marked.waiting.push(run));
    }

    /// Begins a run; false for one that was stopped before.
    pub(super) fn begin(&self, run: RunId) -> bool {
        self.with(|marked| {
            marked.waiting.retain(|other| *other != run);
            marked.running = Some(run);
            !marked.stopped.contains(&run)
        })
    }

    /// Ends a run; whether it was to stop.
    pub(super) fn end(&self, run: RunId) -> bool {
        self.with(|marked| {
            marked.running = None;
            let stopped = marked.stopped.contains(&run);
            marked.stopped.retain(|other| *other != run);
            stopped
        })
    }

    pub(super) fn is_stopped(&self, run: RunId) -> bool {
        self.with(|marked| marked.stopped.contains(&run))
    }

    /// Marks a run that has not ended; whether it runs now.
    fn stop(&self, run: RunId) -> bool {
        self.with(|marked| {
            let runs = marked.running == Some(run);
            if runs || marked.waiting.contains(&run) {
                marked.stopped.push(run);
            }
            runs
        })
    }
}

/// Stops runs: by the server where the login may, else by closing the door.
struct Canceller {
    marks: Arc<Marks>,
    control: Arc<OracleControl>,
    session: (usize, usize),
    door: Door,
}

#[async_trait]
impl Cancel for Canceller {
    async fn cancel(&self, run: RunId) -> Result<(), Error> {
        if !self.marks.stop(run) {
            return Ok(());
        }
        if self.control.cancel(self.session).await.is_err() && self.marks.is_stopped(run) {
            // Not allowed, or an older server: nothing else ends a call.
            shut(&self.door);
        }
        Ok(())
    }
}

/// What the server says of a session.
pub(super) fn observe(connection: &Connection, state: &watch::Sender<SessionState>) -> Result<(), Error> {
    let asked = "SELECT SYS_CONTEXT('USERENV', 'SERVICE_NAME'), SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'), \
                 SYS_CONTEXT('USERENV', 'CURRENT_USER'), SYS_CONTEXT('USERENV', 'SID'), \
                 DBMS_TRANSACTION.LOCAL_TRANSACTION_ID FROM dual";
    let rows = query(connection, asked).map_err(Error::from)?;
    let mut cells = rows.into_iter().next().unwrap_or_default().into_iter();
    let mut next = || cells.next().flatten();
    let (database, schema, user, id, transaction) = (next(), next(), next(), next(), next());
    state.send_modify(|state| {
        (state.database, state.search_path, state.user, state.server_id) = (database, schema, user, id);
        state.transaction = if transaction.is_some() { Transaction::Open } else { Transaction::Idle };
    });
    Ok(())
}

impl OracleSession {
    pub(super) async fn start(opened: Opened, control: Arc<OracleControl>, read_only: bool) -> Result<Self, Error> {
        let Opened { worker, door, session, .. } = opened;
        let state = Arc::new(watch::Sender::new(SessionState { read_only, ..SessionState::default() }));
        let seen = Arc::clone(&state);
        worker.ask(move |connection| observe(connection, &seen)).await?;
        let marks = Arc::<Marks>::default();
        let cancel = Canceller { marks: Arc::clone(&marks), control, session, door: Arc::clone(&door) };
        Ok(OracleSession {
            worker,
            door,
            state,
            messages: broadcast::channel(MESSAGE_ROOM).0,
            marks,
            closed: Arc::default(),
            cancel: Arc::new(cancel),
            read_only,
        })
    }
}

#[async_trait]
impl Session for OracleSession {
    fn run(&self, statement: Statement) -> Run {
        let id = RunId::new();
        let (events, receiver) = mpsc::channel(EVENT_ROOM);
        let cancel = CancelHandle::new(id, Arc::clone(&self.cancel) as Arc<dyn Cancel>);
        let run = Run { id, events: receiver, cancel };
        // The channel is new, so there is room.
        let refuse = |error: Error| drop(events.try_send(Err(error)));
        if self.read_only
            && let Err(refusal) = sql::read_only_verdict(&statement.text, sql::dialect::oracle())
        {
            let what = if refusal.command.is_empty() { "The statement".to_owned() } else { refusal.command };
            let span = driver::Span { start: refusal.span.start, end: refusal.span.end };
            refuse(Error::new(Code::Forbidden, format!("{what} was not sent: {}.", refusal.reason)).with_span(span));
            return run;
        }
        if self.closed.load(Ordering::Acquire) {
            refuse(Error::lost(PRODUCT));
            return run;
        }
        self.marks.wait(id);
        let job = Job {
            id,
            statement,
            events: events.clone(),
            marks: Arc::clone(&self.marks),
            state: Arc::clone(&self.state),
            door: Arc::clone(&self.door),
            closed: Arc::clone(&self.closed),
        };
        if !self.worker.queue(move |connection| execute(connection, job)) {
            refuse(Error::lost(PRODUCT));
        }
        run
    }

    fn state(&self) -> watch::Receiver<SessionState> {
        let mut state = self.state.subscribe();
        state.mark_changed();
        state
    }

    fn messages(&self) -> broadcast::Receiver<Message> {
        self.messages.subscribe()
    }

    async fn ping(&self) -> Result<(), Error> {
        self.worker.ask(|connection| connection.ping().map_err(|error| translated(error, ""))).await
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        shut(&self.door);
        self.state.send_modify(|state| {
            state.link = Link::Closed;
            state.running = None;
        });
    }
}

impl Drop for OracleSession {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        shut(&self.door);
    }
}
