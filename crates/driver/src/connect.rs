use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ask, Cast, Control, DocumentForm, Error, Field, Language, ParsedUrl, Secret, Session};

/// How a database arranges its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Relations.
    Relational,
    /// Collections of documents.
    Document,
    /// Keys and values.
    KeyValue,
}

/// Limits of the database or its protocol, for tests and for the interface.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Limits {
    /// Most columns of one result set.
    pub columns: Option<usize>,
    /// Largest cell, in bytes.
    pub cell_bytes: Option<u64>,
    /// Longest name, in bytes.
    pub identifier_bytes: Option<usize>,
    /// Longest time a half-read result may wait before it harms others; `None` is the common 20 s.
    pub max_pause: Option<Duration>,
    /// Whether an open transaction fails when a statement in it is cancelled, also one that only reads.
    pub cancel_fails_transaction: bool,
}

/// Saved settings of a connection: everything but secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What people call it; used in messages only.
    pub name: String,
    /// The driver's id.
    pub driver: String,
    /// Values of the driver's [`Field`]s, by field name; an absent one takes the field's default.
    pub values: BTreeMap<String, String>,
}

impl Profile {
    /// A field's value; empty text counts as absent.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// How one hop from here to the database went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HopOutcome {
    /// It worked.
    Done,
    /// It failed; the error says how.
    Failed,
}

/// One hop from here to the database: DNS, TCP, TLS, sign-in …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// What it is, as a person would name it (`Find host`, `TCP`, `TLS`, `Sign in`).
    pub name: String,
    /// What was found (`127.0.0.1:5432`, `TLS 1.3, CN=db`).
    pub detail: String,
    /// How it went.
    pub outcome: HopOutcome,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// What a driver is given to connect with besides the profile.
pub struct ConnectContext {
    /// The stored password, if any. Asked for through `ask` when the server wants one and this is `None`.
    pub password: Option<Secret>,
    /// The other stored secrets by the names of their fields, or by what a [`crate::Question`] called them. One that is missing
    /// or refused is asked for through `ask`.
    pub secrets: BTreeMap<String, Secret>,
    /// Who answers questions.
    pub ask: Arc<dyn Ask>,
    /// Read-only for real: the server enforces it where it can, see the driver's documentation.
    pub read_only: bool,
    /// How we name ourselves to the server.
    pub application_name: String,
    /// Longest time for the whole connect, see [`crate::within_limit`].
    pub timeout: Duration,
    /// Told of each hop as it ends.
    pub hops: Arc<dyn Fn(Hop) + Send + Sync>,
}

impl ConnectContext {
    /// A context with this password that asks nothing: for scripts and tests.
    pub fn unattended(password: Option<Secret>) -> Self {
        ConnectContext {
            password,
            secrets: BTreeMap::new(),
            ask: Arc::new(crate::NeverAsk),
            read_only: false,
            application_name: "rowhouse".to_owned(),
            timeout: Duration::from_secs(15),
            hops: Arc::new(|_| {}),
        }
    }
}

/// Objects of one kind that are in no schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unschemed {
    /// What they are.
    pub kind: catalog::Kind,
    /// What people call them (`Roles`, `Users`).
    pub label: &'static str,
    /// Whether they belong to the whole server and not to one database of it.
    pub of_server: bool,
}

/// The code for one kind of database.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Its id, stored in profiles (`postgres`).
    fn id(&self) -> &'static str;
    /// What people call the database.
    fn label(&self) -> &'static str;
    /// How it arranges data.
    fn model(&self) -> Model;
    /// Its language.
    fn language(&self) -> Language;
    /// Its limits.
    fn limits(&self) -> Limits;
    /// The connect form.
    fn fields(&self) -> &'static [Field];
    /// URL schemes that mean this driver, without `://`.
    fn schemes(&self) -> &'static [&'static str];
    /// How its values are interpreted; needs no connection.
    fn cast(&self) -> &'static dyn Cast;
    /// How its documents are read and written; needs no connection. `None` where it has none.
    fn documents(&self) -> Option<&'static dyn DocumentForm> {
        None
    }
    /// Reads a URL of one of its schemes, or a file path where the driver opens files.
    ///
    /// # Errors
    /// `InvalidStatement` when it is no such URL, saying what is wrong with it and never repeating its password.
    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error>;
    /// One line that says where a profile leads (`db1.internal:5432/shop`), without secrets.
    fn target(&self, profile: &Profile) -> String;
    /// Whether what a profile leads to is still there the next time; a database in memory is not.
    fn lasts(&self, _profile: &Profile) -> bool {
        true
    }
    /// Whether its connections offer [`crate::ActAs`]: for the connect form, which has no connection yet.
    fn acts(&self) -> bool {
        false
    }
    /// What it has that is in no schema: lists that are shown beside the schemas and read when somebody opens them.
    fn unschemed(&self) -> &'static [Unschemed] {
        &[]
    }
    /// Opens the control connection.
    ///
    /// # Errors
    /// `Unreachable`, `Unauthenticated`, `Forbidden`, `NotFound` (database or file), `TimedOut`, `Corrupt`,
    /// `Cancelled` (a question was refused). Dropping the future gives the attempt up.
    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error>;
}

/// What a session is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Stateless short statements: data tabs, counts, look-ups.
    Browse,
    /// An editor tab's own.
    Session,
    /// Fresh, thrown away after use: tests, what-if, save.
    Scratch,
}

/// An open connection to one database of one server.
#[async_trait]
pub trait Connection: Send + Sync {
    /// The control side.
    fn control(&self) -> &dyn Control;
    /// Opens one more session on the same route with the same login.
    ///
    /// # Errors
    /// As [`Driver::connect`].
    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error>;
    /// Closes the control connection; always local and immediate. Sessions close on their own.
    async fn close(&self);
}
