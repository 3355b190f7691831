//! The task behind a session: its life between statements.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use arrow_array::{Array, cast::AsArray};
use driver::{
    Error, Event, Link, Message, RunId, SessionState, Setting, Statement, Transaction, ValueContext,
    vigil::{self, Awaited, Silence},
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::{Parts, Waiting, acting::Standing, ended, running::Run};
use crate::{
    cancel::Interrupt,
    connect::Pooling,
    error::{broken, notice, refused},
    types::Types,
    vigil::{Backend, Vigil},
    wire::{self, Client, Report, TransactionStatus},
};

/// A statement of our own that takes longer than this means a server that does not answer.
const OWN_STATEMENT: Duration = Duration::from_secs(20);
/// How long the server may take to stop what a closed session left behind.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is worth seeing of a session and is not reported by every server.
const SETTINGS: &str = "select pg_catalog.current_setting('search_path', true), \
     pg_catalog.current_setting('lc_monetary', true), pg_catalog.current_setting('bytea_output', true), \
     pg_catalog.current_setting('lc_collate', true), current_user::text, current_database()::text, \
     pg_catalog.pg_backend_pid()::text, \
     (select d.datcollate::text from pg_catalog.pg_database d where d.datname = current_database()), \
     pg_catalog.current_setting('extra_float_digits', true), \
     pg_catalog.current_setting('application_name', true), \
     pg_catalog.current_setting('DateStyle', true), pg_catalog.current_setting('IntervalStyle', true)";

/// What a session is asked to do, in order.
pub(crate) enum Command {
    Run { id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>> },
    Ping(oneshot::Sender<Result<(), Error>>),
}

pub(crate) struct Inboxes {
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub closed: watch::Receiver<bool>,
}

/// Why a session's task ends.
pub(crate) enum End {
    /// Somebody closed it.
    Closed,
    /// The server is gone or of no further use.
    Lost(Box<Error>),
}

impl From<wire::Error> for End {
    fn from(error: wire::Error) -> Self {
        End::Lost(Box::new(broken(error)))
    }
}

pub(crate) struct Task {
    pub(super) client: Client,
    pub(super) types: std::sync::Arc<Types>,
    pub(super) dialect: sql::Dialect,
    pub(super) read_only: bool,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub(super) closed: watch::Receiver<bool>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) messages: broadcast::Sender<Message>,
    pub(super) waiting: Waiting,
    /// Runs cancelled before they began.
    pub(super) doomed: HashSet<RunId>,
    pub(super) context: ValueContext,
    pub(super) status: TransactionStatus,
    /// A setting was changed in the open transaction, so its end changes it again.
    pub(super) settings_touched: bool,
    /// The server's last words, which say why it hung up.
    pub(super) last_words: Option<Report>,
    pub(super) vigil: std::sync::Arc<Vigil>,
    /// By what the server knows this session.
    pub(super) backend: Backend,
    name: Option<String>,
    /// Of dates and intervals, where settings travel with statements.
    styles: Option<(String, String)>,
    pub(super) pooling: Pooling,
    /// Who the open transaction is, where a person began it as an actor.
    pub(super) standing: Option<Standing>,
    /// The server's session as it was seen last.
    met: Option<String>,
    database: String,
}

/// Completes when the session is to be closed.
pub(super) async fn closing(closed: &mut watch::Receiver<bool>) {
    // An error means that the session was dropped, which is the same.
    let _ = closed.wait_for(|closed| *closed).await;
}

impl Task {
    pub(super) fn new(
        parts: Parts,
        inboxes: Inboxes,
        state: watch::Sender<SessionState>,
        messages: broadcast::Sender<Message>,
        waiting: Waiting,
    ) -> Self {
        Task {
            client: parts.client,
            types: parts.types,
            dialect: parts.dialect,
            read_only: parts.read_only,
            database: parts.database,
            pooling: parts.pooling,
            met: None,
            standing: None,
            commands: inboxes.commands,
            interrupts: inboxes.interrupts,
            closed: inboxes.closed,
            state,
            messages,
            waiting,
            doomed: HashSet::new(),
            context: ValueContext::default(),
            status: TransactionStatus::Idle,
            settings_touched: false,
            last_words: None,
            vigil: parts.vigil,
            backend: Backend::Unknown,
            name: parts.name,
            styles: None,
        }
    }

    /// Reads the settings for the first time.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        let (database, read_only) = (self.database.clone(), self.read_only);
        let pooled = self.pooling == Pooling::Transaction;
        let pid = self.client.cancel_key().map(|key| key.process_id().to_string());
        self.state.send_modify(|state| {
            state.database = Some(database);
            state.read_only = read_only;
            state.server_id = pid;
            state.pooled = pooled;
        });
        match self.refresh().await {
            Ok(()) => Ok(()),
            Err(End::Lost(error)) => Err(*error),
            Err(End::Closed) => Err(ended(&Link::Closed)),
        }
    }

    pub(super) async fn work(mut self) {
        let mut silence = Silence::new();
        let end = loop {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => break End::Closed,
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                command = self.commands.recv() => {
                    let done = match command {
                        None => break End::Closed,
                        Some(Command::Run { id, statement, events }) => {
                            self.waiting.remove(id);
                            let run = Run::new(id, statement, events);
                            self.execute(run).await
                        }
                        Some(Command::Ping(answered)) => self.ping(answered).await,
                    };
                    if let Err(end) = done {
                        break end;
                    }
                    silence = Silence::new();
                }
                lost = silence.lost(&self.backend, Awaited::Nothing) => if lost {
                    break self.silent();
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    // Only while somebody besides the session itself looks at the state: else the next statement finds out.
                    // Asked each time, because who looks may come and go while nothing else happens.
                    if self.state.receiver_count() > 1 {
                        silence.look(&self.vigil, &self.backend, Awaited::Nothing);
                    }
                }
                event = self.client.next() => {
                    silence.broken();
                    let heard = match event {
                        Ok(event) => self.overheard(event),
                        Err(error) => Err(self.lost(error)),
                    };
                    if let Err(end) = heard {
                        break end;
                    }
                }
            }
        };
        self.end(end).await;
    }

    async fn end(mut self, end: End) {
        let link = match end {
            End::Closed => Link::Closed,
            End::Lost(error) => Link::Lost(error.message),
        };
        let was_running = self.state.borrow().running.is_some();
        self.state.send_modify(|state| {
            state.link = link.clone();
            state.running = None;
        });
        // Every run ends with the session: a cancel that has not been looked at is done.
        self.interrupts.close();
        while let Ok(interrupt) = self.interrupts.try_recv() {
            let _ = interrupt.delivered.send(Ok(()));
        }
        self.commands.close();
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Run { id, events, .. } => {
                    self.waiting.remove(id);
                    let _ = events.try_send(Err(ended(&link)));
                }
                Command::Ping(answered) => {
                    let _ = answered.send(Err(ended(&link)));
                }
            }
        }
        if link == Link::Closed {
            // A server that works or waits would not notice that we are gone.
            if was_running && let Some(key) = self.client.cancel_key() {
                let _ = key.send(FAREWELL).await;
            }
            self.client.close().await;
        }
    }

    /// The reason the connection is gone: the server's last words, where it had some.
    pub(super) fn lost(&mut self, error: wire::Error) -> End {
        match self.last_words.take() {
            Some(report) => End::Lost(Box::new(refused(&report, ""))),
            None => End::from(error),
        }
    }

    /// The end of a session whose server gives no sign of life.
    pub(super) fn silent(&mut self) -> End {
        End::Lost(Box::new(self.vigil.lost()))
    }

    /// Handles a cancel of a run that is not the current one.
    pub(super) fn interrupt_waiting(&mut self, interrupt: Interrupt) {
        if self.waiting.contains(interrupt.run) {
            self.doomed.insert(interrupt.run);
        }
        let _ = interrupt.delivered.send(Ok(()));
    }

    /// Handles what the server says outside of a statement's own answer.
    pub(super) fn overheard(&mut self, event: wire::Event) -> Result<(), End> {
        match event {
            wire::Event::Notice(report) => {
                let _ = self.messages.send(Message::Notice(notice(&report, "")));
            }
            wire::Event::Notification { process_id, channel, payload } => {
                let sender = Some(process_id.to_string());
                let _ = self.messages.send(Message::Notification { channel, payload, sender });
            }
            wire::Event::Parameter { name, value } => self.parameter(name, value),
            wire::Event::Failed(report) => {
                let _ = self.messages.send(Message::Notice(notice(&report, "")));
                if report.is_fatal() {
                    self.last_words = Some(*report);
                }
            }
            wire::Event::Ready(status) => self.set_status(status),
            // Nothing else may come now: whoever talks like this would mix up our runs.
            _ => {
                let error = wire::Error::Protocol(wire::Violation::OutOfTurn(b'?'));
                return Err(End::from(error));
            }
        }
        Ok(())
    }

    fn parameter(&mut self, name: String, value: String) {
        match name.as_str() {
            "search_path" => self.state.send_modify(|state| state.search_path = Some(value.clone())),
            "standard_conforming_strings" => self.dialect = self.dialect.with_backslash_escapes(value == "off"),
            _ => {}
        }
        self.read_context();
        let _ = self.messages.send(Message::Parameter { name, value });
    }

    fn read_context(&mut self) {
        let reported = self.client.parameters();
        let value = |name: &str| reported.get(name).cloned().unwrap_or_default();
        self.context.date_style = value("DateStyle");
        self.context.interval_style = value("IntervalStyle");
        if let Some((dates, intervals)) = self.styles.clone() {
            (self.context.date_style, self.context.interval_style) = (dates, intervals);
        }
        self.context.time_zone = value("TimeZone");
        self.context.encoding = value("server_encoding");
    }

    pub(super) fn set_status(&mut self, status: TransactionStatus) {
        self.status = status;
        let transaction = self.transaction();
        self.state.send_if_modified(|state| {
            let changed = state.transaction != transaction;
            state.transaction = transaction;
            changed
        });
    }

    pub(super) fn transaction(&self) -> Transaction {
        match self.status {
            TransactionStatus::Idle => Transaction::Idle,
            TransactionStatus::Open => Transaction::Open,
            TransactionStatus::Failed => Transaction::Failed,
        }
    }

    async fn ping(&mut self, answered: oneshot::Sender<Result<(), Error>>) -> Result<(), End> {
        let result = self.sync().await;
        let _ = answered.send(match &result {
            Ok(()) => Ok(()),
            Err(End::Closed) => Err(ended(&Link::Closed)),
            Err(End::Lost(error)) => Err((**error).clone()),
        });
        result
    }

    /// One round trip without a statement.
    pub(super) async fn sync(&mut self) -> Result<(), End> {
        self.client.sync().await?;
        self.own_answer().await.map(drop)
    }

    /// Runs a statement of our own and gives the first row's texts, or the server's refusal.
    pub(super) async fn own(&mut self, text: &str) -> Result<Result<Vec<Option<String>>, Box<Report>>, End> {
        self.client.query(text).await?;
        self.own_answer().await
    }

    pub(super) async fn own_answer(&mut self) -> Result<Result<Vec<Option<String>>, Box<Report>>, End> {
        let mut row = Vec::new();
        let mut refused = None;
        let until = tokio::time::Instant::now() + OWN_STATEMENT;
        let mut silence = Silence::new();
        let awaited = Awaited::Answer(0);
        loop {
            let event = tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                lost = silence.lost(&self.backend, awaited) => match lost {
                    true => return Err(self.silent()),
                    false => continue,
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    silence.look(&self.vigil, &self.backend, awaited);
                    if tokio::time::Instant::now() > until {
                        return Err(wire::Error::TimedOut(OWN_STATEMENT).into());
                    }
                    continue;
                }
                event = self.client.next() => match event {
                    Ok(event) => event,
                    Err(error) => return Err(self.lost(error)),
                },
            };
            silence.broken();
            match event {
                wire::Event::Batch(batch) if row.is_empty() => {
                    row = batch.columns.iter().map(|column| first_text(column)).collect();
                }
                wire::Event::Batch(_)
                | wire::Event::Columns(_)
                | wire::Event::Complete(_)
                | wire::Event::NoColumns
                | wire::Event::Empty => {}
                wire::Event::Failed(report) if !report.is_fatal() => refused = Some(report),
                wire::Event::Ready(status) => {
                    self.set_status(status);
                    return Ok(refused.map_or(Ok(row), Err));
                }
                other => self.overheard(other)?,
            }
        }
    }

    /// Reads the settings that not every server reports.
    pub(super) async fn refresh(&mut self) -> Result<(), End> {
        self.read_context();
        // Where settings travel with statements, those that they travel with are meant.
        if self.client.has_prelude() {
            self.client.query_with(SETTINGS, &[], &[]).await?;
        } else {
            self.client.query(SETTINGS).await?;
        }
        let Ok(row) = self.own_answer().await? else {
            // A server that imitates PostgreSQL may not have them all: then they are not known.
            return Ok(());
        };
        let mut values: VecDeque<Option<String>> = row.into();
        let mut next = || values.pop_front().flatten();
        let (search_path, lc_monetary, bytea_output, lc_collate) = (next(), next(), next(), next());
        let (user, database, pid, collation) = (next(), next(), next(), next());
        let settings = rounded_floats(next().as_deref());
        let application = next();
        let application = application.as_ref();
        // The server reports what holds after a statement, not the settings that travel with it.
        self.styles = next().zip(next()).filter(|_| self.client.has_prelude());
        self.read_context();
        let key = self.client.cancel_key().map(wire::CancelKey::process_id);
        let backend = pid.as_ref().and_then(|pid| pid.parse().ok());
        if self.met.is_some() && pid != self.met && backend != key {
            // It was taken for one that keeps a server's session for us.
            self.pooling = Pooling::Transaction;
        }
        self.met.clone_from(&pid);
        let shared = self.pooling == Pooling::Transaction;
        self.backend = match backend {
            Some(pid) if self.pooling == Pooling::Session || !shared && key == Some(pid) => Backend::Process(pid),
            // A pooler that does not pass the name on leaves nothing to know a session by.
            _ => self.name.clone().filter(|name| application == Some(name)).map_or(Backend::Unknown, Backend::Named),
        };
        let pid = pid.filter(|_| !shared);
        self.context.lc_monetary = lc_monetary.unwrap_or_default();
        self.context.bytea_output = bytea_output.unwrap_or_default();
        self.context.collation = collation.or(lc_collate).unwrap_or_default();
        self.state.send_if_modified(|state| {
            let before = state.clone();
            state.settings = settings;
            state.search_path = search_path;
            state.user = user;
            state.database = database.or(state.database.take());
            state.server_id = pid.or(state.server_id.take().filter(|_| !shared));
            state.pooled = shared;
            *state != before
        });
        Ok(())
    }
}

/// The setting to show where floats print with fewer digits than they have, which nothing else tells.
fn rounded_floats(extra_digits: Option<&str>) -> Vec<Setting> {
    match extra_digits.map(str::parse::<i32>) {
        Some(Ok(digits)) if digits < 1 => vec![Setting {
            name: "extra_float_digits".to_owned(),
            value: format!("{digits} (floats are rounded)"),
            choices: vec![("1 (exact)".to_owned(), "SET extra_float_digits = 1".to_owned())],
        }],
        _ => Vec::new(),
    }
}

pub(super) fn first_text(column: &dyn Array) -> Option<String> {
    let bytes = column.as_binary_opt::<i32>().filter(|column| !column.is_empty() && column.is_valid(0))?;
    Some(String::from_utf8_lossy(bytes.value(0)).into_owned())
}
