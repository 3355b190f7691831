//! A scripted driver: a small server in memory that answers each statement with the events it was told.
//!
//! Consumers are tested against it without a server, and [`crate::conformance`] proves with it that the
//! suite can fail: each [`Sabotage`] breaks one law.

mod activity;
mod control;
mod happening;
mod session;
mod steps;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use catalog::{Catalog, ObjectKey};
use tokio::sync::{broadcast, mpsc, watch};

use crate::{
    Answer, Cast, CastTarget, Code, ConnectContext, Connection, Driver, Error, Explain, Field, Hop, HopOutcome,
    Language, Limits, Message, Model, ParsedUrl, Profile, Question, RunId, Scalar, Secret, Server, Statement,
    ValueClass, ValueContext, live::LiveEvent,
};

pub use session::{FakeConnection, FakeSession};
pub use steps::{Batches, Cells, Memory, Step, binary_batch, integer_batch, repeat};

/// A law the fake can be told to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sabotage {
    /// Claims another version.
    WrongVersion,
    /// Accepts any password.
    AcceptsAnyPassword,
    /// Repeats the password in the error.
    LeaksSecret,
    /// Gives no head for a result without rows.
    DropsHeaders,
    /// Sends a batch without rows.
    EmptyBatches,
    /// Sends more rows at once than the contract allows.
    HugeBatches,
    /// Sends values without their last byte.
    ClipsValues,
    /// Shows NULL as empty text.
    NullIsEmpty,
    /// Sends no notices.
    SwallowsNotices,
    /// Leaves spans out of errors.
    ForgetsSpans,
    /// Never reports a transaction.
    HidesTransactions,
    /// The rest of a dropped run shows up in the next one.
    LeaksBytes,
    /// Does not listen to cancels.
    IgnoresCancel,
    /// A late cancel stops whatever runs next.
    CancelHitsNextRun,
    /// A cancel ends the session.
    CancelEndsSession,
    /// A dead server is not seen while idle.
    MissesLoss,
    /// Sessions share their memory.
    SharesMemory,
    /// Writes are let through on a read-only connection.
    WritesAnyway,
    /// Closing waits for the run.
    ClosesLate,
    /// Says something after `Done`.
    TalksAfterDone,
    /// Reads ahead without limit.
    ReadsAhead,
    /// Rows wait for the end of the run.
    HoldsRowsBack,
}

/// Answers a statement. It may look at the session's memory and change it.
pub type Reply = dyn Fn(&Statement, &mut Memory) -> Vec<Step> + Send + Sync;

/// What every part of one fake server shares.
pub(crate) struct Shared {
    pub(crate) server: Server,
    pub(crate) password: Option<String>,
    pub(crate) replies: HashMap<String, Arc<Reply>>,
    pub(crate) fallback: Option<Arc<Reply>>,
    pub(crate) sabotage: BTreeSet<Sabotage>,
    pub(crate) context: ValueContext,
    pub(crate) catalog: Catalog,
    pub(crate) pages: Option<(ObjectKey, u64)>,
    pub(crate) definition: Option<(ObjectKey, Arc<str>)>,
    pub(crate) activity: bool,
    pub(crate) tells: bool,
    pub(crate) explain: Option<Arc<dyn Explain>>,
    pub(crate) listeners: Mutex<Vec<mpsc::Sender<LiveEvent>>>,
    pub(crate) published: Mutex<Vec<String>>,
    pub(crate) dialect: &'static sql::Dialect,
    pub(crate) next: AtomicU64,
    pub(crate) live: Mutex<HashMap<String, Live>>,
    pub(crate) cancels: Mutex<HashMap<RunId, watch::Sender<bool>>>,
    pub(crate) stray_cancel: Mutex<bool>,
    pub(crate) common: Mutex<BTreeMap<String, String>>,
}

/// One session as the server sees it.
pub(crate) struct Live {
    pub(crate) kill: watch::Sender<Option<String>>,
    pub(crate) messages: broadcast::Sender<Message>,
    pub(crate) running: Option<(RunId, Arc<str>)>,
    pub(crate) listens: HashSet<String>,
}

/// A lock whose poison does not matter: the fake's maps are valid after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn broken(&self, law: Sabotage) -> bool {
        self.sabotage.contains(&law)
    }
}

/// A scripted driver and its server. Clones are the same server.
#[derive(Clone)]
pub struct FakeDriver {
    shared: Arc<Shared>,
}

/// Puts a [`FakeDriver`] together.
pub struct FakeBuilder {
    shared: Shared,
}

impl FakeBuilder {
    /// A server of this version that answers nothing yet.
    pub fn new(version: &str) -> Self {
        let server = Server {
            product: "Fake".to_owned(),
            version: version.to_owned(),
            version_number: 1,
            facts: BTreeMap::new(),
        };
        FakeBuilder {
            shared: Shared {
                server,
                password: None,
                replies: HashMap::new(),
                fallback: None,
                sabotage: BTreeSet::new(),
                context: ValueContext { encoding: "UTF8".to_owned(), ..ValueContext::default() },
                catalog: Catalog::default(),
                pages: None,
                definition: None,
                activity: false,
                tells: false,
                explain: None,
                listeners: Mutex::default(),
                published: Mutex::default(),
                dialect: sql::dialect::sqlite(),
                next: AtomicU64::new(1),
                live: Mutex::default(),
                cancels: Mutex::default(),
                stray_cancel: Mutex::new(false),
                common: Mutex::default(),
            },
        }
    }

    /// Speaks this dialect; SQLite's unless told otherwise.
    #[must_use]
    pub fn dialect(mut self, dialect: &'static sql::Dialect) -> Self {
        self.shared.dialect = dialect;
        self
    }

    /// Wants this password.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.shared.password = Some(password.to_owned());
        self
    }

    /// Answers this exact text.
    #[must_use]
    pub fn on(
        mut self,
        text: &str,
        reply: impl Fn(&Statement, &mut Memory) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        self.shared.replies.insert(text.to_owned(), Arc::new(reply));
        self
    }

    /// Answers every other text. Without it such a text is an `InvalidStatement`.
    #[must_use]
    pub fn otherwise(mut self, reply: impl Fn(&Statement, &mut Memory) -> Vec<Step> + Send + Sync + 'static) -> Self {
        self.shared.fallback = Some(Arc::new(reply));
        self
    }

    /// Offers this catalog.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.shared.catalog = catalog;
        self
    }

    /// Offers the scan facet for this relation of `rows` rows, numbered from 1.
    #[must_use]
    pub fn pages(mut self, relation: ObjectKey, rows: u64) -> Self {
        self.shared.pages = Some((relation, rows));
        self
    }

    /// Offers the definition facet for this object.
    #[must_use]
    pub fn definition(mut self, key: ObjectKey, text: &str) -> Self {
        self.shared.definition = Some((key, text.into()));
        self
    }

    /// Offers the activity facet: its own sessions.
    #[must_use]
    pub fn activity(mut self) -> Self {
        self.shared.activity = true;
        self
    }

    /// Tells of itself and of what happens: what [`FakeDriver::happens`] is given.
    #[must_use]
    pub fn tells(mut self) -> Self {
        self.shared.tells = true;
        self
    }

    /// Offers plans, asked for and read by this.
    #[must_use]
    pub fn explains(mut self, explain: Arc<dyn Explain>) -> Self {
        self.shared.explain = Some(explain);
        self
    }

    /// Breaks a law.
    #[must_use]
    pub fn sabotage(mut self, law: Sabotage) -> Self {
        self.shared.sabotage.insert(law);
        if law == Sabotage::WrongVersion {
            self.shared.server.version = "0.0-broken".to_owned();
        }
        self
    }

    /// The driver.
    pub fn build(self) -> FakeDriver {
        FakeDriver { shared: Arc::new(self.shared) }
    }
}

impl FakeDriver {
    /// Starts one; see [`FakeBuilder`].
    pub fn builder(version: &str) -> FakeBuilder {
        FakeBuilder::new(version)
    }

    /// A session that needs no connection: for tests that only want a [`crate::Run`].
    pub fn session(&self) -> FakeSession {
        session::open(&self.shared, false)
    }

    /// Kills a session from outside, as a server that dies would.
    pub fn kill(&self, server_id: &str, reason: &str) -> bool {
        match lock(&self.shared.live).get(server_id) {
            Some(live) => live.kill.send(Some(reason.to_owned())).is_ok(),
            None => false,
        }
    }

    /// Whether this session runs a statement right now, as the server sees it.
    pub fn is_active(&self, server_id: &str) -> bool {
        lock(&self.shared.live).get(server_id).is_some_and(|live| live.running.is_some())
    }

    /// How many sessions there are, as the server sees it.
    pub fn sessions(&self) -> usize {
        lock(&self.shared.live).len()
    }
}

/// A fake connect form.
static FIELDS: [Field; 2] = [Field::text("host", "Host", "Server"), Field::text("database", "Database", "Server")];

struct PlainCast;

impl Cast for PlainCast {
    fn class(&self, native_type: &str) -> ValueClass {
        match native_type {
            "int" | "bigint" | "numeric" => ValueClass::Number,
            "boolean" => ValueClass::Boolean,
            "json" => ValueClass::Json,
            "text" => ValueClass::Text,
            "bytes" => ValueClass::Bytes,
            "timestamp" => ValueClass::Temporal,
            _ => ValueClass::Other,
        }
    }

    fn cast(&self, _native_type: &str, _context: &ValueContext, bytes: &[u8], target: CastTarget) -> Scalar {
        let Ok(text) = std::str::from_utf8(bytes) else { return Scalar::Unrepresentable };
        match target {
            CastTarget::Decimal if text.parse::<f64>().is_ok_and(f64::is_finite) => Scalar::Decimal(text.to_owned()),
            CastTarget::Float => text.parse().map_or(Scalar::Unrepresentable, Scalar::Float),
            CastTarget::Boolean => text.parse().map_or(Scalar::Unrepresentable, Scalar::Boolean),
            CastTarget::Bytes => Scalar::Bytes(bytes.to_vec()),
            CastTarget::Decimal | CastTarget::Timestamp => Scalar::Unrepresentable,
        }
    }
}

#[async_trait]
impl Driver for FakeDriver {
    fn id(&self) -> &'static str {
        "fake"
    }

    fn label(&self) -> &'static str {
        "Fake"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> Language {
        self.shared.dialect.into()
    }

    fn limits(&self) -> Limits {
        Limits { columns: Some(1600), ..Limits::default() }
    }

    fn fields(&self) -> &'static [Field] {
        &FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["fake"]
    }

    fn cast(&self) -> &'static dyn Cast {
        &PlainCast
    }

    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        let host = text
            .strip_prefix("fake://")
            .filter(|host| !host.is_empty())
            .ok_or_else(|| Error::new(Code::InvalidStatement, "This is not a fake:// URL."))?;
        Ok(ParsedUrl { values: BTreeMap::from([("host".to_owned(), host.to_owned())]), ..ParsedUrl::default() })
    }

    fn target(&self, profile: &Profile) -> String {
        profile.value("host").unwrap_or("fake").to_owned()
    }

    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        let shared = &self.shared;
        let hop = |name: &str, outcome: HopOutcome| {
            (context.hops)(Hop { name: name.to_owned(), detail: self.target(profile), outcome, elapsed_ms: 0 });
        };
        match profile.value("host") {
            Some("unknown") => {
                hop("Find host", HopOutcome::Failed);
                return Err(Error::new(Code::Unreachable, "There is no host named unknown."));
            }
            Some("refused") => {
                hop("TCP", HopOutcome::Failed);
                return Err(Error::new(Code::Unreachable, "Nothing listens there."));
            }
            _ => hop("TCP", HopOutcome::Done),
        }
        if let Some(wanted) = &shared.password {
            let given = match context.password {
                Some(password) => Some(password),
                None => {
                    let question = Question::Password {
                        secret: crate::PASSWORD.to_owned(),
                        user: "fake".to_owned(),
                        target: self.target(profile),
                        retry: false,
                    };
                    match context.ask.ask(question).await {
                        Answer::Secret(secret) => Some(secret),
                        _ => return Err(Error::cancelled()),
                    }
                }
            };
            let given = given.as_ref().map_or("", Secret::expose);
            if given != wanted && !shared.broken(Sabotage::AcceptsAnyPassword) {
                hop("Sign in", HopOutcome::Failed);
                let said = if shared.broken(Sabotage::LeaksSecret) { given } else { "***" };
                return Err(Error::new(Code::Unauthenticated, format!("The password {said} was refused.")));
            }
        }
        hop("Sign in", HopOutcome::Done);
        if profile.value("database").is_some_and(|name| name != "main") {
            return Err(Error::new(Code::NotFound, "There is no such database."));
        }
        Ok(Arc::new(FakeConnection::new(Arc::clone(shared), context.read_only)))
    }
}

/// The number a new session gets.
pub(crate) fn next_id(shared: &Shared) -> String {
    shared.next.fetch_add(1, Ordering::Relaxed).to_string()
}

/// Longest that a sabotaged close takes.
pub(crate) const LATE_CLOSE: Duration = Duration::from_secs(3);
