//! The control side of a connection: connections of its own, opened again when they were lost. It never joins the user's
//! transactions.

use std::{
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use async_trait::async_trait;
use catalog::{Catalog, Scope};
use driver::{Code, Error, Language, Server};
use route::Endpoint;
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    activity::Watching,
    catalog::read,
    cluster::Nodes,
    connect::{Opener, Probed},
    error::{PRODUCT, broken, refused},
    keys::Browsing,
    language::RedisCommands,
    live::Happening,
    report::{SlowCommands, Telling},
    session::Own,
    vigil::{ByControl, Vigil},
    wire::{self, Client, Value},
};

/// Longest time the server may keep silent in the middle of a question of ours.
const SILENCE: Duration = Duration::from_secs(60);
/// A greeting that took as long as this may be answered late.
const SLOW: Duration = Duration::from_secs(3);

/// How a question of ours failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection could not be opened.
    Closed(Error),
    /// The connection broke.
    Broken(wire::Error),
    /// Nobody answers, neither here nor over a new connection.
    Lost,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Closed(error) => error,
            Failure::Broken(error) => broken(error),
            Failure::Lost => Error::lost(PRODUCT),
        }
    }
}

/// A command of ours.
pub(crate) type Words = Vec<Vec<u8>>;

/// The words of a command.
#[macro_export]
macro_rules! words {
    ($($word:expr),* $(,)?) => { vec![$(Vec::<u8>::from($word)),*] };
}

/// A connection to one server, for questions: one batch of them at a time, in the order of asking.
pub(crate) struct ControlSession {
    opener: Arc<Opener>,
    /// One server of the place; `None` is wherever the place leads.
    at: Option<Endpoint>,
    client: Mutex<Option<Client>>,
    last: std::sync::Mutex<Endpoint>,
    silent: Notify,
}

impl ControlSession {
    /// A session over a connection that was just opened.
    pub(crate) fn with_client(opener: Arc<Opener>, client: Client) -> Self {
        let last = std::sync::Mutex::new(client.endpoint.clone());
        ControlSession { opener, at: None, client: Mutex::new(Some(client)), last, silent: Notify::new() }
    }

    /// A session of one server, opened with the first question.
    pub(crate) fn at(opener: Arc<Opener>, endpoint: Endpoint) -> Self {
        let last = std::sync::Mutex::new(endpoint.clone());
        ControlSession { opener, at: Some(endpoint), client: Mutex::new(None), last, silent: Notify::new() }
    }

    /// The server that was asked last.
    pub(crate) fn endpoint(&self) -> Endpoint {
        self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Asks one question.
    ///
    /// # Errors
    /// A broken connection, or the server's refusal.
    pub(crate) async fn ask(&self, words: Words) -> Result<Value, Error> {
        match self.ask_all(&[words]).await?.pop() {
            Some(Value::Error(said)) => Err(refused(&said, &[])),
            Some(value) => Ok(value),
            None => Err(Error::lost(PRODUCT)),
        }
    }

    /// Asks questions at once; a refusal is among the answers. All that is asked here only reads, so it may be asked again over
    /// a new connection.
    ///
    /// # Errors
    /// A broken connection.
    pub(crate) async fn ask_all(&self, commands: &[Words]) -> Result<Vec<Value>, Failure> {
        let mut place = self.client.lock().await;
        loop {
            // It is taken out of its place meanwhile, so that a dropped future drops it with whatever was half read.
            let (mut client, reused) = match place.take().filter(|client| !client.is_hung_up()) {
                Some(client) => (client, true),
                None => (self.fresh().await.map_err(Failure::Closed)?, false),
            };
            let answer = async {
                match tokio::time::timeout(SILENCE, client.ask_all(commands)).await {
                    Ok(answers) => answers.map_err(Failure::Broken),
                    Err(_) => Err(Failure::Broken(wire::Error::TimedOut(SILENCE))),
                }
            };
            let result = tokio::select! {
                biased;
                answer = answer => answer,
                () = self.silent.notified() => Err(Failure::Lost),
            };
            match result {
                Ok(answers) => {
                    *place = Some(client);
                    return Ok(answers);
                }
                Err(Failure::Broken(wire::Error::Closed | wire::Error::Io(_))) if reused => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// A new connection of this session's kind.
    pub(crate) async fn fresh(&self) -> Result<Client, Error> {
        let database = self.opener.database();
        let mut client = match &self.at {
            Some(endpoint) => self.opener.open_at(endpoint, "control", database).await?,
            None => self.opener.open("control", database).await?,
        };
        *self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = client.endpoint.clone();
        untouching(&mut client).await?;
        Ok(client)
    }

    /// Lends the connection out where there is one that nobody uses.
    pub(crate) fn lend_idle(&self) -> Option<Lent<'_>> {
        let mut place = self.client.try_lock().ok()?;
        let client = place.take().filter(|client| !client.is_hung_up())?;
        Some(Lent { place, client })
    }

    /// Takes a connection over where it has none. Otherwise it is dropped.
    pub(crate) fn keep(&self, client: Client) {
        if let Ok(mut place) = self.client.try_lock() {
            place.get_or_insert(client);
        }
    }

    /// Whether there is no connection now.
    fn is_gone(&self) -> bool {
        self.client.try_lock().is_ok_and(|place| place.as_ref().is_none_or(Client::is_hung_up))
    }

    /// Lets go whoever waits for an answer: there is none to be had.
    pub(crate) fn give_up(&self) {
        self.silent.notify_waiters();
    }

    pub(crate) async fn close(&self) {
        if let Some(client) = self.client.lock().await.take() {
            client.close().await;
        }
    }
}

/// The connection while one piece of work has it; dropped with it unless it is given back.
pub(crate) struct Lent<'a> {
    place: MutexGuard<'a, Option<Client>>,
    client: Client,
}

impl Lent<'_> {
    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    pub(crate) fn give_back(mut self) {
        *self.place = Some(self.client);
    }
}

/// Looking at a key is no use of it (7.2): otherwise whoever browses would make every key seem used just now.
pub(crate) async fn untouching(client: &mut Client) -> Result<(), Error> {
    // An older server refuses, and counts us.
    client.ask(&["CLIENT", "NO-TOUCH", "ON"]).await.map(drop).map_err(broken)
}

/// What a connection knows of its server.
pub(crate) struct RedisControl {
    opener: Arc<Opener>,
    session: Arc<ControlSession>,
    vigil: Arc<Vigil>,
    server: Server,
    language: Arc<RedisCommands>,
    own: Arc<Own>,
    awaiting: Arc<AtomicUsize>,
    browsing: Browsing,
    watching: Watching,
    telling: Telling,
    slow: SlowCommands,
    happening: Happening,
}

impl RedisControl {
    /// The control of a server to which connecting took this long.
    pub(crate) fn new(opener: Arc<Opener>, client: Client, probed: Probed, took: Duration, read_only: bool) -> Self {
        let session = Arc::new(ControlSession::with_client(Arc::clone(&opener), client));
        let awaiting = Arc::new(AtomicUsize::new(0));
        let witness = ByControl::new(Arc::clone(&session), Arc::clone(&opener), Arc::clone(&awaiting));
        // A busy server answers late: it is given the most time there is.
        let vigil = Arc::new(Vigil::new(witness, took.max(SLOW)));
        let (language, own) = (Arc::new(probed.language), Arc::new(Own::default()));
        let nodes = Arc::new(Nodes::new(Arc::clone(&opener), Arc::clone(&session)));
        let (telling, slow) = (Telling::new(Arc::clone(&nodes)), SlowCommands::new(Arc::clone(&nodes), read_only));
        let version = probed.server.version_number;
        let happening = Happening::new(Arc::clone(&nodes), Arc::clone(&opener), version, read_only);
        let browsing = Browsing::new(nodes, Arc::clone(&opener), Arc::clone(&language), read_only);
        let watching = Watching::new(Arc::clone(&session), Arc::clone(&own), opener.is_cluster());
        RedisControl {
            opener,
            session,
            vigil,
            server: probed.server,
            language,
            own,
            awaiting,
            browsing,
            watching,
            telling,
            slow,
            happening,
        }
    }

    /// Who asks for signs of life over it.
    pub(crate) fn vigil(&self) -> Arc<Vigil> {
        Arc::clone(&self.vigil)
    }

    /// The language with what the server told of it.
    pub(crate) fn commands(&self) -> Arc<RedisCommands> {
        Arc::clone(&self.language)
    }

    /// How many sessions await a reply.
    pub(crate) fn awaiting(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.awaiting)
    }

    /// The sessions this connection has opened.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    pub(crate) async fn close(&self) {
        self.session.close().await;
    }
}

#[async_trait]
impl driver::Control for RedisControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> Language {
        Language::Commands(Arc::clone(&self.language) as Arc<dyn driver::Commands>)
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        read(&self.session, self.opener.database(), self.opener.is_cluster(), scope).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.vigil.ping().await?;
        // Opened anew where it is gone: that tells what an answer alone does not, a password that was changed.
        if !self.session.is_gone() {
            return Ok(());
        }
        match self.session.ask(words!["PING"]).await {
            // It answers, and that was the question.
            Err(error) if error.native.is_some() && error.code != Code::Unauthenticated => Ok(()),
            answer => answer.map(drop),
        }
    }

    fn activity(&self) -> Option<&dyn driver::Activity> {
        Some(&self.watching)
    }

    fn report(&self) -> Option<&dyn driver::Report> {
        Some(&self.telling)
    }

    fn slow_log(&self) -> Option<&dyn driver::SlowLog> {
        Some(&self.slow)
    }

    fn live(&self) -> Option<&dyn driver::Live> {
        Some(&self.happening)
    }

    fn keys(&self) -> Option<&dyn driver::Keys> {
        Some(&self.browsing)
    }
}
