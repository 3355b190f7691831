//! The control side of a connection: one session of its own, opened again when it was lost. It never joins the user's
//! transactions, and what it runs only reads. Batches that users see run elsewhere, with the login's settings.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use catalog::{Catalog, Scope};
use driver::{Activity, Ddl, Edit, Error, Scan, Server};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    activity::Watching,
    cancel::Killer,
    ddl::Definitions,
    edit::Editing,
    error::{PRODUCT, broken, refused},
    rows::{Rows, read_batch},
    scan::Pages,
    vigil::{ByControl, Vigil},
    wire::{self, Client, Event, Report},
};

/// Nothing read here waits long for what others lock, nor locks what others want; nothing depends on the login's own settings.
const SETTINGS: &str = "SET LOCK_TIMEOUT 5000; SET NOCOUNT ON; SET TEXTSIZE 2147483647; SET LANGUAGE us_english; \
     SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET DEADLOCK_PRIORITY LOW;";
/// Longest time the server may keep silent in the middle of a query of ours.
const SILENCE: Duration = Duration::from_secs(60);

/// Opens connections: the route, the login and its secrets stay with whoever implements it.
#[async_trait]
pub(crate) trait OpenClient: Send + Sync {
    /// Opens one more connection of the same login; `role` names it to the server.
    ///
    /// # Errors
    /// As [`driver::Driver::connect`].
    async fn open(&self, role: &str) -> Result<Client, Error>;
}

/// How a query of ours failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused it; the connection is usable.
    Refused(Box<Report>),
    /// The connection could not be opened.
    Closed(Error),
    /// The connection broke.
    Broken(wire::Error),
    /// Nobody answers, neither here nor over a new connection.
    Lost,
}

impl Failure {
    /// The server's number of the error, 0 where it was not the server who failed.
    pub(crate) fn number(&self) -> i32 {
        match self {
            Failure::Refused(report) => report.number,
            _ => 0,
        }
    }

    fn ended(&self) -> bool {
        match self {
            Failure::Refused(report) => report.is_fatal(),
            Failure::Closed(_) | Failure::Broken(_) | Failure::Lost => true,
        }
    }

    /// Whether it may be the end of an old connection only, so that a new one is worth trying.
    fn may_be_old(&self) -> bool {
        self.ended() && !matches!(self, Failure::Lost)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            // The place is in a query of ours, which nobody typed.
            Failure::Refused(report) => Error { span: None, ..refused(&report, "") },
            Failure::Closed(error) => error,
            Failure::Broken(error) => broken(error),
            Failure::Lost => Error::lost(PRODUCT),
        }
    }
}

/// The control session: one statement at a time, in the order of asking.
pub(crate) struct ControlSession {
    open: Arc<dyn OpenClient>,
    client: Mutex<Option<Client>>,
    silent: Notify,
}

impl ControlSession {
    /// A session over a connection that was just opened.
    pub(crate) fn with_client(open: Arc<dyn OpenClient>, client: Client) -> Self {
        ControlSession { open, client: Mutex::new(Some(client)), silent: Notify::new() }
    }

    /// Runs one query of ours. All that runs here only reads, so it may be run again on a new connection.
    pub(crate) async fn query(&self, text: &str) -> Result<Rows, Failure> {
        self.work(Some(text)).await
    }

    /// Without a text: a sign of life at protocol level.
    async fn work(&self, text: Option<&str>) -> Result<Rows, Failure> {
        let mut place = self.client.lock().await;
        loop {
            // It is taken out of its place meanwhile, so that a dropped future drops it with whatever was half read.
            let (mut client, reused) = match place.take().filter(|client| !client.is_hung_up()) {
                Some(client) => (client, true),
                None => (self.fresh().await?, false),
            };
            let answer = async {
                match text {
                    Some(text) => query(&mut client, text).await,
                    None => ping(&mut client).await.map(|()| Rows::new()),
                }
            };
            let result = tokio::select! {
                biased;
                answer = answer => answer,
                () = self.silent.notified() => Err(Failure::Lost),
            };
            match result {
                Err(failure) if reused && failure.may_be_old() => {}
                Err(failure) if failure.ended() => return Err(failure),
                result => {
                    *place = Some(client);
                    return result;
                }
            }
        }
    }

    /// A new connection of the control session's kind.
    pub(crate) async fn fresh(&self) -> Result<Client, Failure> {
        let mut client = self.open.open("control").await.map_err(Failure::Closed)?;
        settle(&mut client).await?;
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

    async fn close(&self) {
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

/// Makes a new connection the control session's.
pub(crate) async fn settle(client: &mut Client) -> Result<(), Failure> {
    match query(client, SETTINGS).await {
        // A server that imitates this one may not have them all.
        Ok(_) | Err(Failure::Refused(_)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Runs one batch and reads all of its rows.
pub(crate) async fn query(client: &mut Client, text: &str) -> Result<Rows, Failure> {
    client.batch(text);
    answer(client).await
}

/// One round trip without a batch.
pub(crate) async fn ping(client: &mut Client) -> Result<(), Failure> {
    client.ping();
    answer(client).await.map(drop)
}

async fn answer(client: &mut Client) -> Result<Rows, Failure> {
    let mut rows = Rows::new();
    let mut failed = None;
    loop {
        let event = match tokio::time::timeout(SILENCE, client.next()).await {
            Ok(event) => event.map_err(Failure::Broken)?,
            Err(_) => return Err(Failure::Broken(wire::Error::TimedOut(SILENCE))),
        };
        match event {
            Event::Batch(batch) => read_batch(&mut rows, &batch),
            Event::Failed(report) => failed = failed.or(Some(report)),
            Event::Ended => return failed.map_or(Ok(rows), |report| Err(Failure::Refused(report))),
            _ => {}
        }
    }
}

/// What a connection knows of its server.
pub(crate) struct SqlServerControl {
    session: Arc<ControlSession>,
    vigil: Arc<Vigil>,
    server: Server,
    definitions: Definitions,
    watching: Watching,
}

impl SqlServerControl {
    /// The control of a server to which connecting took this long.
    pub(crate) fn new(session: Arc<ControlSession>, server: Server, took: Duration) -> Self {
        let vigil = Arc::new(Vigil::new(ByControl::new(Arc::clone(&session)), took));
        let definitions = Definitions::new(Arc::clone(&session));
        let watching = Watching::new(Arc::clone(&session));
        SqlServerControl { session, vigil, server, definitions, watching }
    }

    /// Who asks for signs of life over it.
    pub(crate) fn vigil(&self) -> Arc<Vigil> {
        Arc::clone(&self.vigil)
    }

    /// Who ends sessions over it.
    pub(crate) fn killer(&self) -> Killer {
        Killer::new(Arc::clone(&self.session))
    }

    pub(crate) async fn close(&self) {
        self.session.close().await;
    }
}

#[async_trait]
impl driver::Control for SqlServerControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        sql::dialect::tsql().into()
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        crate::catalog::read(&self.session, scope).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.vigil.ping().await?;
        // Opened anew where it is gone: that tells what an answer alone does not, a password that has run out.
        if self.session.is_gone() { Ok(self.session.work(None).await.map(drop)?) } else { Ok(()) }
    }

    fn scan(&self) -> Option<&dyn Scan> {
        Some(&Pages)
    }

    fn edit(&self) -> Option<&dyn Edit> {
        Some(&Editing)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(&self.definitions)
    }

    fn explain(&self) -> Option<&dyn driver::Explain> {
        Some(&crate::explain::Explaining)
    }

    fn activity(&self) -> Option<&dyn Activity> {
        Some(&self.watching)
    }
}
