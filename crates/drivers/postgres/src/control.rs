//! The control side of a connection: one session of its own per database, opened when first needed and again when it was
//! lost. It never joins the user's transactions, never writes, and takes no lock beyond ACCESS SHARE.
//!
//! Its settings come with the start-up, so that nothing printed here depends on the login's own: with only `pg_catalog` on
//! the search path the server qualifies every name outside of it, which is what makes a definition text mean the same in any
//! session. Statements that users see run elsewhere, with the login's settings.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use catalog::{Catalog, Scope};
use driver::{ActAs, Activity, Alter, Ddl, Edit, Error, Explain, RowSecurity, Scan, Scratch, Server};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    activity::Watching,
    advice::Advising,
    alter::Altering,
    catalog::{read, rows::Rows},
    ddl::Definitions,
    edit::Edits,
    error::{PRODUCT, broken, refused},
    explain::Explaining,
    policies::Policies,
    scan::Pages,
    scratch::Scratching,
    vigil::{ByControl, Vigil},
    wire::{self, Client, Event, Report},
};

/// Start-up settings of the control session.
pub const CONTROL_SETTINGS: [(&str, &str); 8] = [
    ("search_path", "pg_catalog"),
    ("default_transaction_read_only", "on"),
    // Compiling a catalog query takes longer than running it.
    ("jit", "off"),
    // Somebody may hold a table exclusively for hours; what cannot be read meanwhile is reported as not loaded.
    ("lock_timeout", "1000"),
    ("DateStyle", "ISO"),
    ("IntervalStyle", "postgres"),
    ("quote_all_identifiers", "off"),
    ("standard_conforming_strings", "on"),
];

/// Opens connections for [`ControlSession`]: the route, the login and its secrets stay with whoever implements it.
#[async_trait]
pub trait OpenControl: Send + Sync {
    /// Opens a connection to the control session's database with these start-up settings.
    ///
    /// # Errors
    /// As [`driver::Driver::connect`].
    async fn open(&self, settings: &[(&str, &str)]) -> Result<Client, Error>;
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
    /// The SQLSTATE, where the server spoke.
    pub(crate) fn state(&self) -> &str {
        match self {
            Failure::Refused(report) => &report.code,
            _ => "",
        }
    }

    /// Whether the connection is of no further use.
    pub(crate) fn ended(&self) -> bool {
        match self {
            Failure::Refused(report) => report.is_fatal(),
            Failure::Closed(_) | Failure::Broken(_) | Failure::Lost => true,
        }
    }

    /// Whether it may be the end of an old connection only, so that a new one is worth trying.
    pub(crate) fn may_be_old(&self) -> bool {
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
pub struct ControlSession {
    open: Arc<dyn OpenControl>,
    client: Mutex<Option<Client>>,
    silent: Notify,
}

impl ControlSession {
    /// A session over a connection that was just opened with [`CONTROL_SETTINGS`].
    pub fn with_client(open: Arc<dyn OpenControl>, client: Client) -> Self {
        ControlSession { open, client: Mutex::new(Some(client)), silent: Notify::new() }
    }

    /// A session that is opened when it is first needed.
    pub(crate) fn unopened(open: Arc<dyn OpenControl>) -> Self {
        ControlSession { open, client: Mutex::new(None), silent: Notify::new() }
    }

    /// Runs one query of ours. All that runs here only reads, so it may be run again on a new connection.
    pub(crate) async fn query(&self, text: &str, values: &[Option<&str>]) -> Result<Rows, Failure> {
        loop {
            let mut lent = self.lend().await?;
            match self.unless_silent(query(lent.client(), text, values)).await {
                Err(failure) if lent.reused && failure.may_be_old() => {}
                result => return lent.give_back(result),
            }
        }
    }

    /// Lends the connection out, opening one where there is none.
    ///
    /// It is taken out of its place meanwhile, so that a dropped future drops it with whatever was half read.
    pub(crate) async fn lend(&self) -> Result<Lent<'_>, Failure> {
        let mut place = self.client.lock().await;
        if let Some(client) = place.take().filter(|client| !client.is_hung_up()) {
            return Ok(Lent { place, client, reused: true });
        }
        let client = self.open.open(&CONTROL_SETTINGS).await.map_err(Failure::Closed)?;
        Ok(Lent { place, client, reused: false })
    }

    /// Lends the connection out where there is one that nobody uses.
    pub(crate) fn lend_idle(&self) -> Option<Lent<'_>> {
        let mut place = self.client.try_lock().ok()?;
        let client = place.take().filter(|client| !client.is_hung_up())?;
        Some(Lent { place, client, reused: true })
    }

    /// Who opens its connections.
    pub(crate) fn opener(&self) -> &dyn OpenControl {
        &*self.open
    }

    /// Whether there is no connection now.
    fn is_gone(&self) -> bool {
        self.client.try_lock().is_ok_and(|place| place.as_ref().is_none_or(Client::is_hung_up))
    }

    /// Lets go whoever waits for an answer: there is none to be had.
    pub(crate) fn give_up(&self) {
        self.silent.notify_waiters();
    }

    /// Waits for an answer over the lent connection, until the server counts as lost.
    ///
    /// # Errors
    /// Those of the answer; [`Failure::Lost`].
    pub(crate) async fn unless_silent<T>(
        &self,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            answer = answer => answer,
            () = self.silent.notified() => Err(Failure::Lost),
        }
    }

    /// Takes a connection over where it has none. Otherwise it is dropped.
    pub(crate) fn keep(&self, client: Client) {
        if let Ok(mut place) = self.client.try_lock() {
            place.get_or_insert(client);
        }
    }

    /// Asks the server for a sign of life at protocol level, on a new connection where the old one is gone.
    async fn ping(&self) -> Result<(), Failure> {
        loop {
            let mut lent = self.lend().await?;
            let answer = match lent.client().sync().await {
                Ok(()) => finish(lent.client()).await.map(drop),
                Err(error) => Err(Failure::Broken(error)),
            };
            match answer {
                Err(failure) if lent.reused && failure.may_be_old() => {}
                result => return lent.give_back(result),
            }
        }
    }

    pub(crate) async fn close(&self) {
        if let Some(client) = self.client.lock().await.take() {
            client.close().await;
        }
    }
}

/// The connection while one piece of work has it.
pub(crate) struct Lent<'a> {
    place: MutexGuard<'a, Option<Client>>,
    client: Client,
    /// Whether it was opened for earlier work: then it may have died since, which a second try on a new one tells.
    pub(crate) reused: bool,
}

impl Lent<'_> {
    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Puts the connection back, unless this result says that it is gone.
    pub(crate) fn give_back<T>(mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        if !matches!(&result, Err(failure) if failure.ended()) {
            *self.place = Some(self.client);
        }
        result
    }
}

/// Runs one query and reads all of its rows.
pub(crate) async fn query(client: &mut Client, text: &str, values: &[Option<&str>]) -> Result<Rows, Failure> {
    send(client, text, values).await?;
    finish(client).await
}

/// Sends one query; [`finish`] reads its rows. Several may be sent before the first is read: each answers for itself.
pub(crate) async fn send(client: &mut Client, text: &str, values: &[Option<&str>]) -> Result<(), Failure> {
    let values: Vec<Option<&[u8]>> = values.iter().map(|value| value.map(str::as_bytes)).collect();
    client.query_with(text, &[], &values).await.map_err(Failure::Broken)
}

/// Reads all rows of the query that was sent first of those not yet read.
pub(crate) async fn finish(client: &mut Client) -> Result<Rows, Failure> {
    let mut rows = Rows::default();
    let mut refused = None;
    loop {
        match client.next().await {
            Ok(Event::Batch(batch)) => rows.push(batch),
            Ok(Event::Failed(report)) if report.is_fatal() => return Err(Failure::Refused(report)),
            Ok(Event::Failed(report)) => refused = Some(report),
            Ok(Event::Ready(_)) => return refused.map_or(Ok(rows), |report| Err(Failure::Refused(report))),
            Ok(_) => {}
            Err(error) => return Err(Failure::Broken(error)),
        }
    }
}

/// PostgreSQL's control: the catalog, definition texts, and statements that read page by page.
pub struct PostgresControl {
    server: Server,
    dialect: sql::Dialect,
    session: Arc<ControlSession>,
    vigil: Arc<Vigil>,
    pages: Pages,
    edits: Edits,
    definitions: Definitions,
    watching: Watching,
    advising: Advising,
    explaining: Explaining,
    policies: Policies,
    altering: Altering,
    scratching: Scratching,
}

impl PostgresControl {
    /// The control of a database of this server, to which connecting took this long.
    pub fn new(server: Server, dialect: sql::Dialect, session: ControlSession, took: Duration) -> Self {
        let session = Arc::new(session);
        PostgresControl {
            vigil: Arc::new(Vigil::new(ByControl(session.clone()), took)),
            pages: Pages::new(server.version_number),
            edits: Edits::new(server.facts.get("standby").is_some_and(|standby| standby == "true")),
            definitions: Definitions::new(session.clone(), server.version_number),
            watching: Watching::new(
                session.clone(),
                server.version_number,
                server.facts.get("standby").is_some_and(|standby| standby == "true"),
            ),
            advising: Advising::new(session.clone(), server.version_number),
            explaining: Explaining::new(&server.product, server.version_number),
            policies: Policies::new(session.clone(), server.version_number),
            altering: Altering::new(session.clone()),
            scratching: Scratching::new(session.clone(), server.version_number),
            server,
            dialect,
            session,
        }
    }

    /// The control session itself, for look-ups of ours.
    pub(crate) fn session(&self) -> Arc<ControlSession> {
        Arc::clone(&self.session)
    }

    /// Who asks for signs of life over it.
    pub(crate) fn vigil(&self) -> Arc<Vigil> {
        Arc::clone(&self.vigil)
    }

    /// Whether it is the server itself, and not one that speaks its protocol.
    fn is_postgres(&self) -> bool {
        matches!(self.server.product.as_str(), PRODUCT | "EDB Postgres Advanced Server")
    }

    /// Closes the control connection; a later use opens it again.
    pub async fn close(&self) {
        self.policies.close().await;
        self.session.close().await;
    }
}

#[async_trait]
impl driver::Control for PostgresControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        (&self.dialect).into()
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        read(&self.session, self.server.version_number, scope).await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.vigil.ping().await?;
        // Opened anew where it is gone: that tells what an answer alone does not, a password that has run out.
        if self.session.is_gone() { self.session.ping().await.map_err(Error::from) } else { Ok(()) }
    }

    fn scan(&self) -> Option<&dyn Scan> {
        Some(&self.pages)
    }

    fn edit(&self) -> Option<&dyn Edit> {
        // What only speaks the protocol may store rows elsewhere, print otherwise or not undo.
        self.is_postgres().then_some(&self.edits as &dyn Edit)
    }

    fn load(&self) -> Option<&dyn driver::Load> {
        Some(&crate::load::Loading)
    }

    fn generate(&self) -> Option<&dyn driver::Generate> {
        Some(&crate::generate::Generating)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(&self.definitions)
    }

    fn activity(&self) -> Option<&dyn Activity> {
        // What only speaks the protocol keeps no such views, or fills them with other meanings.
        self.is_postgres().then_some(&self.watching as &dyn Activity)
    }

    fn advice(&self) -> Option<&dyn driver::Advice> {
        // The rules are about the server's own catalogs and how it treats rows.
        self.is_postgres().then_some(&self.advising as &dyn driver::Advice)
    }

    fn explain(&self) -> Option<&dyn Explain> {
        Some(&self.explaining)
    }

    fn act_as(&self) -> Option<&dyn ActAs> {
        self.is_postgres().then_some(&self.policies as &dyn ActAs)
    }

    fn alter(&self) -> Option<&dyn Alter> {
        self.is_postgres().then_some(&self.altering as &dyn Alter)
    }

    fn scratch(&self) -> Option<&dyn Scratch> {
        self.is_postgres().then_some(&self.scratching as &dyn Scratch)
    }

    fn row_security(&self) -> Option<&dyn RowSecurity> {
        self.is_postgres().then_some(&self.policies as &dyn RowSecurity)
    }
}
