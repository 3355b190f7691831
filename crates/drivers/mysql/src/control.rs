//! The control side of a connection: one session of its own, opened again when it was lost. It never joins the user's
//! transactions and cannot write. Statements that users see run elsewhere, with the login's settings.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use catalog::{Catalog, Scope};
use driver::{Activity, Code, Ddl, Edit, Error, Explain, Scan, Scratch, Server};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    activity::{Own, Watching},
    advice::Advising,
    alter::Altering,
    cancel::Beside,
    catalog::read,
    ddl::Definitions,
    dialect::Facts,
    edit::MySqlEdit,
    error::{PRODUCT, broken, refused},
    explain::Explaining,
    scan::Pages,
    scratch::Scratching,
    session,
    vigil::{ByControl, Vigil},
    wire::{self, Client, Event, Report},
};

/// Nothing printed or read here depends on the login's own settings, and nothing waits long for what others lock.
const SETTINGS: [&str; 3] = [
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION sql_mode = '', sql_quote_show_create = 1, lock_wait_timeout = 5, group_concat_max_len = 1048576",
    "SET NAMES utf8mb4",
];
/// Longest time the server may keep silent in the middle of a query of ours.
const SILENCE: Duration = Duration::from_secs(60);

/// Bytes of a statement that every server takes.
const LEAST_PACKET: usize = 1 << 20;

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
    pub(crate) fn number(&self) -> u16 {
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

/// Rows of a query of ours.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

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
                    None => ping(&mut client).await,
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

    /// Who opens connections of the login.
    pub(crate) fn opener(&self) -> &dyn OpenClient {
        &*self.open
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

#[async_trait]
impl Beside for ControlSession {
    /// By a connection of its own, because the control session may be busy with a long catalog; by the control session where
    /// the server has no room for one more.
    async fn kill(&self, connection: u64) -> Result<(), Error> {
        let text = format!("KILL QUERY {connection}");
        let killed = match self.open.open("cancel").await {
            Ok(mut client) => {
                let killed = query(&mut client, &text).await;
                client.close().await;
                killed
            }
            Err(error) if error.code == Code::Exhausted => self.query(&text).await,
            Err(error) => return Err(error),
        };
        match killed {
            Ok(_) => Ok(()),
            // It is gone, and its statement with it.
            Err(failure) if failure.number() == 1094 => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Makes a new connection the control session's.
pub(crate) async fn settle(client: &mut Client) -> Result<(), Failure> {
    for text in SETTINGS {
        match query(client, text).await {
            // A server that imitates MySQL may not have them all.
            Ok(_) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// Runs one query and reads all of its rows.
pub(crate) async fn query(client: &mut Client, text: &str) -> Result<Rows, Failure> {
    client.query(text).await.map_err(Failure::Broken)?;
    answer(client).await
}

/// One round trip without a statement.
pub(crate) async fn ping(client: &mut Client) -> Result<Rows, Failure> {
    client.ping().await.map_err(Failure::Broken)?;
    answer(client).await
}

async fn answer(client: &mut Client) -> Result<Rows, Failure> {
    let mut rows = Vec::new();
    loop {
        let event = match tokio::time::timeout(SILENCE, client.next()).await {
            Ok(event) => event.map_err(Failure::Broken)?,
            Err(_) => return Err(Failure::Broken(wire::Error::TimedOut(SILENCE))),
        };
        match event {
            Event::Batch(batch) => rows.extend((0..batch.rows).map(|row| session::texts(&batch.columns, row))),
            Event::Done(done) if !done.status.more() => return Ok(rows),
            Event::Failed(report) => return Err(Failure::Refused(report)),
            Event::File(_) => client.put_file_end(),
            _ => {}
        }
    }
}

/// What a connection knows of its server.
pub(crate) struct MySqlControl {
    session: Arc<ControlSession>,
    vigil: Arc<Vigil>,
    server: Server,
    dialect: sql::Dialect,
    facts: Facts,
    database: Option<String>,
    pages: Pages,
    edit: MySqlEdit,
    definitions: Definitions,
    own: Arc<Own>,
    watching: Arc<Watching>,
    advising: Advising,
    explaining: Explaining,
    loading: crate::load::Loading,
    generating: crate::generate::Generating,
    altering: Altering,
    scratching: Scratching,
}

impl MySqlControl {
    /// The control of a server to which connecting took this long.
    pub(crate) fn new(
        session: Arc<ControlSession>,
        server: Server,
        dialect: sql::Dialect,
        facts: Facts,
        database: Option<String>,
        took: Duration,
    ) -> Self {
        let vigil = Arc::new(Vigil::new(ByControl::new(Arc::clone(&session), facts.mariadb), took));
        let definitions = Definitions::new(Arc::clone(&session), facts, database.clone());
        let own = Arc::new(Own::default());
        let watching = Arc::new(Watching::new(Arc::clone(&session), facts, Arc::clone(&own)));
        let altering = Altering::new(Arc::clone(&session), Arc::clone(&watching));
        let scratching = Scratching::new(Arc::clone(&session), facts, server.version_number);
        let advising = Advising::new(Arc::clone(&session), Arc::clone(&watching));
        let explaining = Explaining::new(facts.mariadb, server.version_number);
        let packet = server.facts.get("max_allowed_packet").and_then(|text| text.parse().ok());
        let edit = MySqlEdit {
            mariadb: facts.mariadb,
            packet: packet.unwrap_or(LEAST_PACKET),
            system_time_zone: server.facts.get("system_time_zone").cloned(),
        };
        MySqlControl {
            session,
            vigil,
            server,
            loading: crate::load::Loading { dialect: Arc::new(dialect.clone()) },
            generating: crate::generate::Generating { dialect: Arc::new(dialect.clone()) },
            dialect,
            facts,
            database,
            pages: Pages,
            edit,
            definitions,
            own,
            watching,
            advising,
            explaining,
            altering,
            scratching,
        }
    }

    /// Who asks for signs of life over it.
    pub(crate) fn vigil(&self) -> Arc<Vigil> {
        Arc::clone(&self.vigil)
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
impl driver::Control for MySqlControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        (&self.dialect).into()
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        read(&self.session, self.facts, self.database.as_deref(), scope).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.vigil.ping().await?;
        // Opened anew where it is gone: that tells what an answer alone does not, a password that has run out.
        if self.session.is_gone() { Ok(self.session.work(None).await.map(drop)?) } else { Ok(()) }
    }

    fn scan(&self) -> Option<&dyn Scan> {
        Some(&self.pages)
    }

    fn edit(&self) -> Option<&dyn Edit> {
        Some(&self.edit)
    }

    fn load(&self) -> Option<&dyn driver::Load> {
        Some(&self.loading)
    }

    fn generate(&self) -> Option<&dyn driver::Generate> {
        Some(&self.generating)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(&self.definitions)
    }

    fn activity(&self) -> Option<&dyn Activity> {
        Some(&*self.watching)
    }

    fn advice(&self) -> Option<&dyn driver::Advice> {
        Some(&self.advising)
    }

    fn explain(&self) -> Option<&dyn Explain> {
        Some(&self.explaining)
    }

    fn alter(&self) -> Option<&dyn driver::Alter> {
        Some(&self.altering)
    }

    fn scratch(&self) -> Option<&dyn Scratch> {
        Some(&self.scratching)
    }
}
