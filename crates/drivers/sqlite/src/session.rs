//! A session: one connection on one thread, and what is known of it.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Instant,
};

use async_trait::async_trait;
use driver::{
    CancelHandle, EVENT_ROOM, Error, Link, Message, Notice, Run, RunId, Session, SessionState, Setting, Severity,
    Statement, Transaction, ValueContext,
};
use rusqlite::{Connection, config::DbConfig};
use tokio::sync::{broadcast, mpsc, watch};

use crate::{
    cancel::Mark,
    error,
    open::{self, Source},
    statement::{Job, execute},
    worker::Worker,
};

/// Room for messages nobody has read yet.
const MESSAGE_ROOM: usize = 64;

/// A session.
pub(crate) struct SqliteSession {
    worker: Worker,
    state: Arc<watch::Sender<SessionState>>,
    messages: broadcast::Sender<Message>,
    /// Holds what was said while opening, for the first who listens.
    first: Mutex<Option<broadcast::Receiver<Message>>>,
    context: ValueContext,
}

impl SqliteSession {
    /// Opens a session of its own.
    pub(crate) async fn open(source: Source, database: String) -> Result<Self, Error> {
        let (worker, (opened, mut state, context)) = Worker::start("sqlite session", move || {
            let (connection, opened) = open::open(&source)?;
            let encoding = connection
                .query_row("PRAGMA encoding", [], |row| row.get(0))
                .map_err(|error| error::translate(error, ""))?;
            let mut state = SessionState { read_only: opened.read_only, ..SessionState::default() };
            observe(&connection, &mut state);
            Ok((connection, (opened, state, ValueContext { encoding, ..ValueContext::default() })))
        })
        .await?;
        state.database = Some(database);
        let (messages, first) = broadcast::channel(MESSAGE_ROOM);
        if let Some(text) = opened.notice {
            let _ = messages.send(Message::Notice(notice(Severity::Notice, text)));
        }
        let state = Arc::new(watch::Sender::new(state));
        Ok(SqliteSession { worker, state, messages, first: Mutex::new(Some(first)), context })
    }

    fn is_closed(&self) -> bool {
        self.worker.closing().load(Ordering::Acquire)
    }
}

/// A notice of the driver's own.
pub(crate) fn notice(severity: Severity, message: String) -> Notice {
    let label = match severity {
        Severity::Warning => "WARNING",
        _ => "NOTICE",
    };
    Notice {
        severity,
        label: label.to_owned(),
        code: None,
        message,
        detail: None,
        hint: None,
        context: None,
        span: None,
    }
}

/// Reads what the state shows off the connection; runs no statement.
pub(crate) fn observe(connection: &Connection, state: &mut SessionState) {
    state.transaction = transaction(connection);
    let enforced = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY).unwrap_or(false);
    let (now, other) = if enforced { ("on", "off") } else { ("off", "on") };
    state.settings = vec![Setting {
        name: "foreign_keys".to_owned(),
        value: now.to_owned(),
        choices: vec![(other.to_owned(), format!("PRAGMA foreign_keys = {}", other.to_uppercase()))],
    }];
}

/// SQLite knows no failed transaction: after an error it is open still, or was rolled back.
pub(crate) fn transaction(connection: &Connection) -> Transaction {
    if connection.is_autocommit() { Transaction::Idle } else { Transaction::Open }
}

#[async_trait]
impl Session for SqliteSession {
    fn run(&self, statement: Statement) -> Run {
        let id = RunId::new();
        let (events, receiver) = mpsc::channel(EVENT_ROOM);
        let mark = Mark::new(id, self.worker.thread().clone());
        let cancel = CancelHandle::new(id, Arc::clone(&mark) as Arc<dyn driver::Cancel>);
        let refused = events.clone();
        let job = Job {
            id,
            deadline: statement.timeout.and_then(|limit| Instant::now().checked_add(limit)),
            statement,
            mark,
            events,
            closing: self.worker.closing(),
            state: Arc::clone(&self.state),
            context: self.context.clone(),
        };
        if self.is_closed() || !self.worker.queue(move |connection| execute(connection, job)) {
            // The channel is new, so there is room.
            let _ = refused.try_send(Err(Error::lost("SQLite")));
        }
        Run { id, events: receiver, cancel }
    }

    fn state(&self) -> watch::Receiver<SessionState> {
        let mut state = self.state.subscribe();
        state.mark_changed();
        state
    }

    fn messages(&self) -> broadcast::Receiver<Message> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or_else(|| self.messages.subscribe())
    }

    async fn ping(&self) -> Result<(), Error> {
        self.worker
            .ask(|connection| {
                let sign = connection.query_row("SELECT 1", [], |_| Ok(()));
                sign.map_err(|error| error::translate(error, ""))
            })
            .await
    }

    async fn close(&self) {
        self.worker.close();
        self.state.send_modify(|state| {
            state.link = Link::Closed;
            state.running = None;
        });
    }
}
