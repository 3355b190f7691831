//! The task behind a session: its life between statements.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use arrow_array::{Array, RecordBatch, cast::AsArray};
use driver::{
    Code, Error, Event, Link, Message, RunId, SessionState, Setting, Statement, Transaction, ValueContext,
    vigil::{self, Awaited, Silence},
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::{Parts, Waiting, ended, running::Run};
use crate::{
    cancel::{Beside, Interrupt},
    dialect,
    error::{broken, information, refused},
    types,
    vigil::Vigil,
    wire::{self, Client, Report, Status},
};

/// A statement of our own that takes longer than this means a server that does not answer.
const OWN_STATEMENT: Duration = Duration::from_secs(20);
/// How long the server may take to stop what a closed session left behind.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is worth knowing of a session and is not told with every answer.
const SETTINGS: &str = "SELECT CONNECTION_ID(), CURRENT_USER(), DATABASE(), @@session.sql_mode, @@session.time_zone, \
     @@system_time_zone, @@session.character_set_results, @@session.collation_connection, @@session.max_allowed_packet";

/// Makes every transaction of the session read-only, those that no statement opens too.
const READ_ONLY: &str = "SET SESSION TRANSACTION READ ONLY";
/// Statements of ours mean the same whatever the login's `sql_mode` is. Sessions in which a person writes are left alone.
const BROWSE: &str = "SET SESSION sql_mode = ''";

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

/// The rows of a statement of ours, as texts.
pub(super) type Texts = Vec<Vec<Option<String>>>;

pub(crate) struct Task {
    pub(super) client: Client,
    pub(super) beside: Arc<dyn Beside>,
    pub(super) vigil: Arc<Vigil>,
    pub(super) dialect: sql::Dialect,
    facts: dialect::Facts,
    pub(super) read_only: bool,
    browse: bool,
    pub(super) ask: Arc<dyn driver::Ask>,
    pub(super) target: String,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub(super) closed: watch::Receiver<bool>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) messages: broadcast::Sender<Message>,
    pub(super) waiting: Waiting,
    /// Runs cancelled before they began.
    pub(super) doomed: HashSet<RunId>,
    pub(super) context: ValueContext,
    sql_mode: String,
    /// The server's last words, which say why it hung up.
    last_words: Option<Report>,
    /// The server's number for this connection.
    pub(super) connection: u64,
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
            beside: parts.beside,
            vigil: parts.vigil,
            dialect: dialect::probed(parts.facts, ""),
            facts: parts.facts,
            read_only: parts.read_only,
            browse: parts.browse,
            ask: parts.ask,
            target: parts.target,
            commands: inboxes.commands,
            interrupts: inboxes.interrupts,
            closed: inboxes.closed,
            state,
            messages,
            waiting,
            doomed: HashSet::new(),
            context: ValueContext::default(),
            sql_mode: String::new(),
            last_words: None,
            connection: 0,
        }
    }

    /// Makes the session what it is to be and reads its settings.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        let prepared = async {
            if self.browse {
                self.must(BROWSE).await?;
            }
            if self.read_only {
                self.must(READ_ONLY).await?;
            }
            self.refresh().await
        };
        match prepared.await {
            Ok(()) => {
                // Met once, it is missed when it is gone.
                let (vigil, backend) = (Arc::clone(&self.vigil), self.backend());
                tokio::spawn(async move { vigil.glance(&backend).await });
                let read_only = self.read_only;
                self.state.send_modify(|state| state.read_only = read_only);
                self.set_status();
                Ok(())
            }
            Err(End::Lost(error)) => Err(*error),
            Err(End::Closed) => Err(ended(&Link::Closed)),
        }
    }

    async fn must(&mut self, text: &str) -> Result<(), End> {
        match self.own(text).await? {
            Ok(_) => Ok(()),
            Err(report) => Err(End::Lost(Box::new(refused(&report, "")))),
        }
    }

    pub(super) async fn work(mut self) {
        let mut silence = Silence::new();
        let end = loop {
            let backend = self.backend();
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
                lost = silence.lost(&backend, Awaited::Nothing) => if lost {
                    break self.silent();
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    // Only while somebody besides the session itself looks at the state: else the next statement finds out.
                    if self.state.receiver_count() > 1 {
                        silence.look(&self.vigil, &backend, Awaited::Nothing);
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
            if was_running {
                let _ = tokio::time::timeout(FAREWELL, self.beside.kill(self.connection)).await;
            }
            self.client.close().await;
        }
    }

    /// The reason the connection is gone: the server's last words, where it had some.
    pub(super) fn lost(&mut self, error: wire::Error) -> End {
        match self.last_words.take() {
            Some(report) => End::Lost(Box::new(Error { code: Code::Unreachable, ..refused(&report, "") })),
            None => End::from(error),
        }
    }

    /// The end of a session whose server gives no sign of life.
    pub(super) fn silent(&self) -> End {
        End::Lost(Box::new(self.vigil.lost()))
    }

    /// By what the server knows this session.
    pub(super) fn backend(&self) -> Option<u64> {
        Some(self.connection).filter(|connection| *connection > 0)
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
            wire::Event::Parameter { name, value } => self.parameter(name, value),
            wire::Event::Database(name) => self.state.send_modify(|state| {
                state.database = Some(name).filter(|name| !name.is_empty());
                state.search_path = state.database.clone();
            }),
            wire::Event::Failed(report) => {
                let _ = self.messages.send(Message::Notice(information(report.message.clone())));
                self.last_words = Some(*report);
            }
            // Nothing else may come now: whoever talks like this would mix up our runs.
            _ => return Err(End::from(wire::Error::Protocol(wire::Violation::OutOfTurn))),
        }
        Ok(())
    }

    fn parameter(&mut self, name: String, value: String) {
        match name.as_str() {
            "sql_mode" => self.set_mode(value.clone()),
            "time_zone" => self.context.time_zone = value.clone(),
            "character_set_results" => self.context.encoding = value.clone(),
            "collation_connection" => self.context.collation = value.clone(),
            _ => {}
        }
        let _ = self.messages.send(Message::Parameter { name, value });
    }

    fn set_mode(&mut self, sql_mode: String) {
        self.dialect = dialect::probed(self.facts, &sql_mode);
        self.sql_mode = sql_mode;
    }

    /// Takes over what the status flags of the last answer say.
    pub(super) fn set_status(&mut self) {
        let status = self.client.status();
        let transaction = transaction(status);
        // The one setting of the way text is read that every answer tells.
        if status.no_backslash_escapes() == self.dialect.backslash_escapes {
            self.dialect = self.dialect.with_backslash_escapes(!status.no_backslash_escapes());
        }
        let settings = vec![Setting {
            name: "autocommit".to_owned(),
            value: if status.autocommit() { "ON" } else { "OFF" }.to_owned(),
            choices: [("ON", "SET autocommit = 1"), ("OFF", "SET autocommit = 0")]
                .map(|(shown, text)| (shown.to_owned(), text.to_owned()))
                .to_vec(),
        }];
        self.state.send_if_modified(|state| {
            let changed = state.transaction != transaction || state.settings != settings;
            state.transaction = transaction;
            state.settings = settings;
            changed
        });
    }

    pub(super) fn transaction(&self) -> Transaction {
        transaction(self.client.status())
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
        self.client.ping().await?;
        self.own_answer().await.map(drop)
    }

    /// Runs a statement of our own and gives its rows' texts, or the server's refusal.
    pub(super) async fn own(&mut self, text: &str) -> Result<Result<Texts, Box<Report>>, End> {
        self.client.query(text).await?;
        self.own_answer().await
    }

    async fn own_answer(&mut self) -> Result<Result<Texts, Box<Report>>, End> {
        let mut rows = Vec::new();
        let until = tokio::time::Instant::now() + OWN_STATEMENT;
        let mut silence = Silence::new();
        let (backend, awaited) = (self.backend(), Awaited::Answer(0));
        loop {
            let event = tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                lost = silence.lost(&backend, awaited) => match lost {
                    true => return Err(self.silent()),
                    false => continue,
                },
                event = self.client.next() => match event {
                    Ok(event) => event,
                    Err(error) => return Err(self.lost(error)),
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    silence.look(&self.vigil, &backend, awaited);
                    if tokio::time::Instant::now() > until {
                        return Err(wire::Error::TimedOut(OWN_STATEMENT).into());
                    }
                    continue;
                }
            };
            silence.broken();
            match event {
                wire::Event::Columns(_) => {}
                wire::Event::Batch(batch) => rows.extend((0..batch.rows).map(|row| texts(&batch.columns, row))),
                wire::Event::Done(done) if done.status.more() => {}
                wire::Event::Done(_) => {
                    self.set_status();
                    return Ok(Ok(rows));
                }
                wire::Event::Failed(report) if report.is_fatal() => {
                    self.last_words = Some(*report);
                    return Err(self.lost(wire::Error::Closed));
                }
                wire::Event::Failed(report) => return Ok(Err(report)),
                other => self.overheard(other)?,
            }
        }
    }

    /// The server's last words, kept for the state.
    pub(super) fn fatal(&mut self, report: Report) -> End {
        self.last_words = Some(report);
        self.lost(wire::Error::Closed)
    }

    /// Reads the settings that the server does not tell by itself.
    pub(super) async fn refresh(&mut self) -> Result<(), End> {
        let Ok(mut rows) = self.own(SETTINGS).await? else {
            // A server that imitates MySQL may not have them all: then they are not known.
            return Ok(());
        };
        let mut values: VecDeque<Option<String>> = rows.pop().unwrap_or_default().into();
        let mut next = || values.pop_front().flatten();
        let (connection, user, database, sql_mode) = (next(), next(), next(), next());
        let (time_zone, system_zone, encoding, collation) = (next(), next(), next(), next());
        if let Some(limit) = next().and_then(|limit| limit.parse().ok()) {
            self.client.limit_statements(limit);
        }
        self.connection = connection.as_ref().and_then(|id| id.parse().ok()).unwrap_or(self.connection);
        self.context.time_zone = match time_zone {
            Some(zone) if zone == "SYSTEM" => system_zone.unwrap_or(zone),
            zone => zone.unwrap_or_default(),
        };
        self.context.encoding = encoding.unwrap_or_default();
        self.context.collation = collation.unwrap_or_default();
        let sql_mode = sql_mode.unwrap_or_default();
        if sql_mode != self.sql_mode {
            self.set_mode(sql_mode);
        }
        self.state.send_if_modified(|state| {
            let before = state.clone();
            state.user = user;
            // Names without a database are looked up in the current one.
            state.search_path = database.clone();
            state.database = database;
            state.server_id = connection.or(state.server_id.take());
            *state != before
        });
        Ok(())
    }

    /// The rows of a batch under their schema.
    pub(super) fn batch(schema: &arrow_schema::SchemaRef, batch: wire::Batch) -> Result<RecordBatch, End> {
        RecordBatch::try_new(Arc::clone(schema), batch.columns).map_err(|error| {
            End::Lost(Box::new(Error::new(Code::Internal, "The rows do not fit their columns.").with_source(error)))
        })
    }

    pub(super) fn schema(columns: &[wire::Column]) -> arrow_schema::SchemaRef {
        types::schema(columns)
    }
}

fn transaction(status: Status) -> Transaction {
    // No statement fails a transaction here: the server rolls back what failed and goes on.
    if status.in_transaction() { Transaction::Open } else { Transaction::Idle }
}

/// The texts of a row.
pub(crate) fn texts(columns: &[arrow_array::ArrayRef], row: usize) -> Vec<Option<String>> {
    use arrow_array::types::{Int16Type, Int32Type, Int64Type, UInt16Type, UInt32Type, UInt64Type};
    use arrow_schema::DataType;
    let text = |column: &arrow_array::ArrayRef| {
        if column.is_null(row) {
            return None;
        }
        Some(match column.data_type() {
            DataType::Int16 => column.as_primitive::<Int16Type>().value(row).to_string(),
            DataType::UInt16 => column.as_primitive::<UInt16Type>().value(row).to_string(),
            DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
            DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).to_string(),
            DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
            DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).to_string(),
            _ => String::from_utf8_lossy(column.as_binary_opt::<i32>()?.value(row)).into_owned(),
        })
    };
    columns.iter().map(text).collect()
}
