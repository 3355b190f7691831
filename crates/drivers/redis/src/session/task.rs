//! The task behind a session: its life between commands.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use driver::{
    Error, Event, Link, Message, RunId, SessionState, Statement, Transaction,
    vigil::{self, Awaited, Silence},
};
use route::Endpoint;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::{Parts, Waiting, ended, pushes::Subscribed, running::Run};
use crate::{
    cancel::{self, Interrupt},
    catalog,
    connect::Opener,
    error::{PRODUCT, broken},
    language::RedisCommands,
    vigil::{Backend, Vigil},
    wire::{self, Assembly, Client, Item, Said, Value},
};

/// A command of our own that takes longer than this means a server that does not answer.
const OWN_COMMAND: Duration = Duration::from_secs(20);
/// How long the server may take to stop what a closed session left behind.
const FAREWELL: Duration = Duration::from_secs(5);

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
    /// Connections to other nodes of a cluster, as they were last used.
    pub(super) nodes: HashMap<Endpoint, Client>,
    pub(super) opener: Arc<Opener>,
    pub(super) vigil: Arc<Vigil>,
    awaiting: Arc<AtomicUsize>,
    pub(super) language: Arc<RedisCommands>,
    pub(super) read_only: bool,
    name: &'static str,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub(super) closed: watch::Receiver<bool>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) messages: broadcast::Sender<Message>,
    pub(super) waiting: Waiting,
    /// Runs cancelled before they began.
    pub(super) doomed: HashSet<RunId>,
    pub(super) transaction: Transaction,
    pub(super) database: u32,
    /// The database that a queued SELECT would choose.
    pub(super) queued_database: Option<u32>,
    pub(super) subscribed: Subscribed,
    /// The push that is being read.
    push: Assembly,
}

/// Completes when the session is to be closed.
pub(super) async fn closing(closed: &mut watch::Receiver<bool>) {
    // An error means that the session was dropped, which is the same.
    let _ = closed.wait_for(|closed| *closed).await;
}

/// A session that awaits a reply, as long as this is there.
pub(super) struct Awaits(Arc<AtomicUsize>);

impl Drop for Awaits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
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
            database: parts.opener.database(),
            client: parts.client,
            nodes: HashMap::new(),
            opener: parts.opener,
            vigil: parts.vigil,
            awaiting: parts.awaiting,
            language: parts.language,
            read_only: parts.read_only,
            name: parts.name,
            commands: inboxes.commands,
            interrupts: inboxes.interrupts,
            closed: inboxes.closed,
            state,
            messages,
            waiting,
            doomed: HashSet::new(),
            transaction: Transaction::Idle,
            queued_database: None,
            subscribed: Subscribed::default(),
            push: Assembly::default(),
        }
    }

    /// Reads who the session is.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        match self.refresh_user().await {
            Ok(()) => {
                // Met once, it is missed when it is gone.
                let (vigil, backend) = (Arc::clone(&self.vigil), self.backend());
                tokio::spawn(async move { vigil.glance(&backend).await });
                let read_only = self.read_only;
                self.state.send_modify(|state| state.read_only = read_only);
                self.tell();
                Ok(())
            }
            Err(End::Lost(error)) => Err(*error),
            Err(End::Closed) => Err(ended(&Link::Closed)),
        }
    }

    /// Asks as whom the session is signed in (6.0). Where that may not be asked, nobody knows.
    pub(super) async fn refresh_user(&mut self) -> Result<(), End> {
        let user = self.own(&["ACL", "WHOAMI"]).await?;
        let user = user.bytes().map(|name| String::from_utf8_lossy(name).into_owned());
        self.state.send_if_modified(|state| {
            let changed = state.user != user;
            state.user = user;
            changed
        });
        Ok(())
    }

    /// Tells what is known of the session.
    pub(super) fn tell(&self) {
        let (transaction, database) = (self.transaction, catalog::name(self.database));
        let id = self.client.id.map(|id| id.to_string());
        self.state.send_if_modified(|state| {
            let changed = state.transaction != transaction
                || state.server_id != id
                || state.database.as_deref() != Some(database.as_str());
            state.transaction = transaction;
            state.server_id = id;
            state.database = Some(database);
            changed
        });
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
                    // Only while somebody besides the session itself looks at the state: else the next command finds out.
                    if self.state.receiver_count() > 1 {
                        silence.look(&self.vigil, &backend, Awaited::Nothing);
                    }
                }
                token = self.client.next() => {
                    silence.broken();
                    let heard = match token {
                        Ok(token) if token.push => { self.pushed(token); Ok(()) }
                        Ok(token) => Err(out_of_turn(token.item)),
                        Err(error) => Err(End::from(error)),
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
            // A script that keeps the server busy would not notice that we are gone.
            if let (true, Some((endpoint, id))) = (was_running, self.backend()) {
                let stop = cancel::stop(Arc::clone(&self.opener), endpoint, id);
                let _ = tokio::time::timeout(FAREWELL, stop).await;
            }
            self.client.close().await;
        }
    }

    /// The end of a session whose server gives no sign of life.
    pub(super) fn silent(&self) -> End {
        End::Lost(Box::new(self.vigil.lost()))
    }

    /// By what the server knows this session.
    pub(super) fn backend(&self) -> Backend {
        self.client.id.map(|id| (self.client.endpoint.clone(), id))
    }

    /// Counts the session among those that await a reply.
    pub(super) fn awaits(&self) -> Awaits {
        self.awaiting.fetch_add(1, Ordering::Relaxed);
        Awaits(Arc::clone(&self.awaiting))
    }

    /// Handles a cancel of a run that is not the current one.
    pub(super) fn interrupt_waiting(&mut self, interrupt: Interrupt) {
        if self.waiting.contains(interrupt.run) {
            self.doomed.insert(interrupt.run);
        }
        let _ = interrupt.delivered.send(Ok(()));
    }

    /// Takes a piece of a push; the push, once it is whole and confirms a subscription.
    pub(super) fn pushed(&mut self, token: wire::Token) -> Option<super::pushes::Confirmed> {
        let push = self.push.take(token)?;
        self.subscribed.hear(push, &self.messages)
    }

    async fn ping(&mut self, answered: oneshot::Sender<Result<(), Error>>) -> Result<(), End> {
        let result = match self.transaction {
            Transaction::Idle => self.own(&["PING"]).await.map(drop),
            // Whatever is sent now would be queued for the transaction.
            _ if self.client.is_hung_up() => Err(wire::Error::Closed.into()),
            _ => Ok(()),
        };
        let _ = answered.send(match &result {
            Ok(()) => Ok(()),
            Err(End::Closed) => Err(ended(&Link::Closed)),
            Err(End::Lost(error)) => Err((**error).clone()),
        });
        result
    }

    /// Sends a command of our own and gives its reply. Not in a transaction, where it would be queued.
    pub(super) async fn own(&mut self, words: &[&str]) -> Result<Value, End> {
        self.client.put(words);
        let until = tokio::time::Instant::now() + OWN_COMMAND;
        let (mut silence, mut reply) = (Silence::new(), Assembly::default());
        let (backend, awaited) = (self.backend(), Awaited::Answer(0));
        let _awaits = self.awaits();
        loop {
            let token = tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                lost = silence.lost(&backend, awaited) => match lost {
                    true => return Err(self.silent()),
                    false => continue,
                },
                token = self.client.next() => token?,
                () = tokio::time::sleep(vigil::LOOK) => {
                    silence.look(&self.vigil, &backend, awaited);
                    if tokio::time::Instant::now() > until {
                        return Err(wire::Error::TimedOut(OWN_COMMAND).into());
                    }
                    continue;
                }
            };
            silence.broken();
            if token.push {
                self.pushed(token);
            } else if let Some(value) = reply.take(token) {
                return Ok(value);
            }
        }
    }

    /// Goes on over a new connection to the same server: whatever the old one still sends is never seen.
    pub(super) async fn renew(&mut self) -> Result<(), End> {
        let endpoint = self.client.endpoint.clone();
        let opened = self.opener.open_at(&endpoint, self.name, self.database).await;
        self.client = opened.map_err(|error| End::Lost(Box::new(error)))?;
        self.nodes.clear();
        self.transaction = Transaction::Idle;
        self.subscribed = Subscribed::default();
        self.refresh_user().await?;
        self.tell();
        Ok(())
    }

    /// Goes on with another node of the cluster.
    pub(super) async fn turn_to(&mut self, endpoint: Endpoint) -> Result<(), End> {
        if endpoint == self.client.endpoint {
            return Ok(());
        }
        let client = match self.nodes.remove(&endpoint).filter(|client| !client.is_hung_up()) {
            Some(client) => client,
            None => {
                let opened = self.opener.open_at(&endpoint, self.name, self.database).await;
                opened.map_err(|error| End::Lost(Box::new(error)))?
            }
        };
        let before = std::mem::replace(&mut self.client, client);
        self.nodes.insert(before.endpoint.clone(), before);
        self.tell();
        Ok(())
    }
}

/// A reply nobody asked for: the server's last words, or a fault after which nothing can be believed.
fn out_of_turn(item: Item) -> End {
    match item {
        Item::Error(bytes) => {
            let said = Said::read(&bytes);
            let error = crate::error::refused(&said, &[]);
            End::Lost(Box::new(Error { code: driver::Code::Unreachable, ..error }))
        }
        _ => {
            let mut error = Error::lost(PRODUCT);
            error.message = "The server sent a reply that nobody asked for, so the connection was closed.".to_owned();
            End::Lost(Box::new(error))
        }
    }
}
