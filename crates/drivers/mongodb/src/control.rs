//! The control side of a connection: one session of its own, opened again when it was lost. It reads, and writes only what the
//! documents facet is told to.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use catalog::{Catalog, Scope};
use driver::{Code, Error, Server};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    activity::{Own, Watching},
    bson::{self, kind},
    cancel::Beside,
    ddl::Definitions,
    documents::{BsonForm, Collections},
    error::{PRODUCT, broken, codes},
    explain::Explaining,
    language::Shell,
    live::Happening,
    report::Telling,
    scan::Scanning,
    vigil::{ByControl, Vigil},
    wire::{self, Client},
};

/// Longest time the server may take for a command of ours.
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

/// The control session: one command at a time, in the order of asking.
pub(crate) struct ControlSession {
    open: Arc<dyn OpenClient>,
    client: Mutex<Option<Client>>,
    silent: Notify,
}

/// How a command of ours is run again on a new connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It only reads: after any loss.
    Reads,
    /// It writes: never once it may have arrived.
    Writes,
}

impl ControlSession {
    /// A session over a connection that was just opened.
    pub(crate) fn with_client(open: Arc<dyn OpenClient>, client: Client) -> Self {
        ControlSession { open, client: Mutex::new(Some(client)), silent: Notify::new() }
    }

    /// Runs a command that only reads.
    ///
    /// # Errors
    /// What the server refuses it for; `Unreachable`, `TimedOut`.
    pub(crate) async fn run(&self, database: &str, command: &[u8]) -> Result<Bytes, Error> {
        let mut all = self.work(database, command, Again::Reads, false).await?;
        all.pop().ok_or_else(|| Error::lost(PRODUCT))
    }

    /// Runs a command that writes; it is never sent twice.
    pub(crate) async fn write(&self, database: &str, command: &[u8]) -> Result<Bytes, Error> {
        let mut all = self.work(database, command, Again::Writes, false).await?;
        all.pop().ok_or_else(|| Error::lost(PRODUCT))
    }

    /// Runs a command with a cursor and reads all of its documents.
    pub(crate) async fn all(&self, database: &str, command: &[u8]) -> Result<Vec<Bytes>, Error> {
        self.work(database, command, Again::Reads, true).await
    }

    async fn work(&self, database: &str, command: &[u8], again: Again, cursor: bool) -> Result<Vec<Bytes>, Error> {
        let mut place = self.client.lock().await;
        let mut rediscovered = false;
        loop {
            // It is taken out of its place meanwhile, so that a dropped future drops it with whatever was half read.
            let (mut client, reused) = match place.take().filter(|client| !client.is_hung_up()) {
                Some(client) => (client, true),
                None => (self.fresh().await?, false),
            };
            let answer = async {
                match cursor {
                    true => client.all(database, command).await,
                    false => client.run(database, command).await.map(|reply| vec![reply]),
                }
            };
            let result = tokio::select! {
                biased;
                answer = tokio::time::timeout(SILENCE, answer) => answer.unwrap_or(Err(wire::Error::TimedOut(SILENCE))),
                () = self.silent.notified() => return Err(Error::lost(PRODUCT)),
            };
            match result {
                Ok(documents) => {
                    *place = Some(client);
                    return Ok(documents);
                }
                Err(wire::Error::Server(report)) => {
                    // Another member is the primary now: nothing was done here.
                    if codes::is_elsewhere(&report) && !rediscovered && again == Again::Reads {
                        rediscovered = true;
                        continue;
                    }
                    if !codes::is_elsewhere(&report) {
                        *place = Some(client);
                    }
                    return Err(broken(wire::Error::Server(report)));
                }
                Err(wire::Error::TooLong) => {
                    *place = Some(client);
                    return Err(broken(wire::Error::TooLong));
                }
                Err(_) if reused && again == Again::Reads => {}
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// A new connection of the control session's kind.
    pub(crate) async fn fresh(&self) -> Result<Client, Error> {
        self.open.open("control").await
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

    /// The server's number for the connection, where there is one that nobody uses.
    pub(crate) fn number(&self) -> Option<i64> {
        self.client.try_lock().ok()?.as_ref()?.hello().connection
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

/// One round trip.
pub(crate) async fn ping(client: &mut Client) -> Result<(), wire::Error> {
    match client.run("admin", &bson::document(|writer| _ = writer.int32("ping", 1))).await {
        // Who is refused was heard.
        Ok(_) | Err(wire::Error::Server(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Beside for ControlSession {
    /// By a connection of its own, because the control session may be busy with a long catalog.
    async fn kill(&self, session: [u8; 16], hard: bool) -> Result<(), Error> {
        let mut client = self.open.open("cancel").await?;
        let killed = kill(&mut client, session, hard).await;
        client.close().await;
        killed.map_err(broken)
    }
}

/// Kills the operations of a session. A login may always see and kill its own.
async fn kill(client: &mut Client, session: [u8; 16], hard: bool) -> Result<(), wire::Error> {
    let operations = bson::document(|writer| {
        writer.int32("aggregate", 1);
        writer.open(kind::ARRAY, b"pipeline");
        writer.with("0", |stage| {
            stage.with("$currentOp", |_| {});
        });
        writer.with("1", |stage| {
            stage.with("$match", |filter| _ = filter.binary("lsid.id", 4, &session));
        });
        writer.close();
        writer.with("cursor", |_| {});
    });
    let mut found = false;
    if let Ok(operations) = client.all("admin", &operations).await {
        for operation in operations {
            let Some(id) = bson::get(&operation, "opid") else { continue };
            found = true;
            let command = bson::document(|writer| {
                writer.int32("killOp", 1).raw(id.kind, b"op", id.raw);
            });
            client.run("admin", &command).await?;
        }
    }
    if !found && hard {
        let command = bson::document(|writer| {
            writer.documents("killSessions", [bson::document(|one| _ = one.binary("id", 4, &session))]);
        });
        client.run("admin", &command).await?;
    }
    Ok(())
}

/// What a connection knows of its server.
pub(crate) struct MongoControl {
    session: Arc<ControlSession>,
    vigil: Arc<Vigil>,
    server: Server,
    database: String,
    definitions: Definitions,
    scanning: Scanning,
    collections: Collections,
    own: Arc<Own>,
    watching: Watching,
    telling: Telling,
    happening: Happening,
}

impl MongoControl {
    /// The control of a server to which connecting took this long.
    pub(crate) fn new(
        session: Arc<ControlSession>,
        server: Server,
        database: String,
        read_only: bool,
        took: Duration,
    ) -> Self {
        let vigil = Arc::new(Vigil::new(ByControl::new(Arc::clone(&session)), took));
        let own = Arc::new(Own::default());
        let collections = Collections::new(Arc::clone(&session), database.clone(), read_only);
        MongoControl {
            vigil,
            definitions: Definitions::new(Arc::clone(&session), database.clone()),
            scanning: Scanning::new(Arc::new(collections.clone()), &BsonForm),
            collections,
            watching: Watching::new(Arc::clone(&session), Arc::clone(&own), database.clone()),
            telling: Telling::new(Arc::clone(&session)),
            happening: Happening::new(Arc::clone(&session.open), database.clone()),
            own,
            session,
            server,
            database,
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
}

#[async_trait]
impl driver::Control for MongoControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        driver::Language::Commands(Arc::new(Shell))
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        crate::catalog::read(&self.session, &self.database, scope).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.vigil.ping().await?;
        // Opened anew where it is gone: that tells what an answer alone does not, a password that is no longer taken.
        if !self.session.is_gone() {
            return Ok(());
        }
        match self.session.run("admin", &bson::document(|writer| _ = writer.int32("ping", 1))).await {
            Err(error) if error.code != Code::Forbidden => Err(error),
            _ => Ok(()),
        }
    }

    fn scan(&self) -> Option<&dyn driver::Scan> {
        Some(&self.scanning)
    }

    fn ddl(&self) -> Option<&dyn driver::Ddl> {
        Some(&self.definitions)
    }

    fn activity(&self) -> Option<&dyn driver::Activity> {
        Some(&self.watching)
    }

    fn report(&self) -> Option<&dyn driver::Report> {
        Some(&self.telling)
    }

    fn live(&self) -> Option<&dyn driver::Live> {
        Some(&self.happening)
    }

    fn explain(&self) -> Option<&dyn driver::Explain> {
        Some(&Explaining)
    }

    fn documents(&self) -> Option<&dyn driver::Documents> {
        Some(&self.collections)
    }
}
