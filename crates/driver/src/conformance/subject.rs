//! What the suite is told about the server under test.

use std::sync::Arc;

use arrow_schema::DataType;
use async_trait::async_trait;
use catalog::ObjectKey;

use crate::{Driver, Profile, Secret, SessionState, Span};

/// Why something is not offered to the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The server or the driver has no such thing.
    Absent(String),
    /// There is such a thing, but it cannot be looked at here.
    Unverifiable(String),
}

impl Gap {
    /// The server or the driver has no such thing.
    pub fn absent<T>(reason: &str) -> Offer<T> {
        Err(Gap::Absent(reason.to_owned()))
    }

    /// It cannot be looked at here.
    pub fn unverifiable<T>(reason: &str) -> Offer<T> {
        Err(Gap::Unverifiable(reason.to_owned()))
    }
}

/// Something the suite needs, or the reason why it is missing.
pub type Offer<T> = Result<T, Gap>;

/// Saved settings and the password that goes with them.
#[derive(Clone, Debug)]
pub struct Login {
    /// The settings.
    pub profile: Profile,
    /// The password, if any.
    pub password: Option<Secret>,
}

/// A script and what its last statement gives.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// Several statements: a temporary table is made, filled and read. Some `;` stands inside a literal.
    pub text: String,
    /// How many statements it is.
    pub statements: usize,
    /// The text of the first cell of the last one's result.
    pub last: String,
}

/// One value of one type.
#[derive(Clone, Debug)]
pub struct ValueText {
    /// A statement that gives one row of one column.
    pub statement: String,
    /// The native type the column must claim.
    pub native_type: String,
    /// The Arrow type the column must have.
    pub data_type: DataType,
    /// The value as the server's own client prints it (typed values: their digits, `true`, `false`); `None` is NULL.
    pub expected: Option<Vec<u8>>,
}

/// A statement that fails.
#[derive(Clone, Debug)]
pub struct ErrorText {
    /// Statements that make it fail; they must succeed.
    pub setup: Vec<String>,
    /// The statement.
    pub statement: String,
    /// Where the error must point; `None` when the server does not say.
    pub span: Option<Span>,
}

/// How one session hears of another.
#[derive(Clone, Debug)]
pub struct Listening {
    /// Starts listening.
    pub listen: String,
    /// Sends from the other session.
    pub notify: String,
    /// The channel.
    pub channel: String,
    /// The text that must arrive.
    pub payload: String,
}

/// Transaction statements.
#[derive(Clone, Debug)]
pub struct Transactions {
    /// Opens one.
    pub begin: String,
    /// Keeps it.
    pub commit: String,
    /// Gives it up.
    pub rollback: String,
}

/// Something only one session knows: a temporary table, a setting.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Makes it.
    pub setup: Vec<String>,
    /// Reads it: one row, one column.
    pub check: String,
    /// What the check gives after the setup; in another session it must give something else or fail.
    pub expected: String,
}

/// A write, and how to see whether it happened.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Makes it possible; runs on a connection that may write.
    pub setup: Vec<String>,
    /// The write; runs on the read-only connection.
    pub write: String,
    /// One row, one column; runs on a connection that may write.
    pub check: String,
    /// What the check gives when nothing was written.
    pub unchanged: String,
}

/// A relation to page through.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Statements that make it; they may fail when it is there already.
    pub setup: Vec<String>,
    /// The relation.
    pub relation: ObjectKey,
    /// Its exact number of rows.
    pub rows: u64,
    /// A statement that reads it whole.
    pub read: String,
}

/// Statements in the server's language. `Err` says why there is none.
#[derive(Clone, Debug)]
pub struct Texts {
    /// One row of one column that prints as `1`.
    pub one: String,
    /// A script.
    pub script: Offer<ScriptText>,
    /// One statement with several result sets, and how many.
    pub several_results: Offer<(String, usize)>,
    /// A statement without rows and its columns' names.
    pub empty_result: Offer<(String, Vec<String>)>,
    /// A statement whose result has rows but no columns, and how many rows.
    pub no_columns: Offer<(String, u64)>,
    /// One value of every type.
    pub values: Offer<Vec<ValueText>>,
    /// One row whose first cell is NULL and whose second is empty text.
    pub nulls: Offer<String>,
    /// A statement the server comments on, and words of its comment.
    pub notice: Offer<(String, String)>,
    /// Listening and notifying.
    pub listening: Offer<Listening>,
    /// A statement with two text placeholders that gives them back as one row of two columns.
    pub parameters: Offer<String>,
    /// A statement that changes a reported parameter, the parameter's name and its value then.
    pub parameter_status: Offer<(String, String, String)>,
    /// A statement that is not understood.
    pub syntax_error: Offer<ErrorText>,
    /// A statement that names a relation that is not there.
    pub missing_relation: Offer<ErrorText>,
    /// A statement that breaks a unique constraint.
    pub unique_violation: Offer<ErrorText>,
    /// A statement that fails with a hint from the server.
    pub hint: Offer<ErrorText>,
    /// Transactions.
    pub transactions: Offer<Transactions>,
    /// A statement that fails and with it the open transaction.
    pub failed_transaction: Offer<String>,
    /// A statement that works for a minute without giving rows.
    pub sleep: Offer<String>,
    /// A statement that gives rows without end.
    pub endless: Offer<String>,
    /// A statement that gives exactly 1,000,000 rows.
    pub million_rows: Offer<String>,
    /// A statement that gives this many rows, at least 150 ms of work before each.
    pub trickle: Offer<(String, u32)>,
    /// One row of as many columns as the engine can give, and how many.
    pub widest: Offer<(String, usize)>,
    /// One row of one cell of this many bytes.
    pub large_cell: Offer<(String, u64)>,
    /// Something only one session knows.
    pub probe: Offer<Probe>,
    /// A write.
    pub writing: Offer<Writing>,
    /// A relation to page through.
    pub paging: Offer<Paging>,
    /// An object that has a definition text, and words of that text.
    pub definition: Offer<(ObjectKey, String)>,
}

/// One server under test.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The driver.
    fn driver(&self) -> Arc<dyn Driver>;
    /// What the server's version must begin with; the suite fails on any other.
    fn expected_version(&self) -> &str;
    /// A login that works and may write.
    fn login(&self) -> Login;
    /// The same with a password that is wrong and unlike any other text.
    fn wrong_password(&self) -> Offer<Login>;
    /// A host that no name server knows.
    fn unknown_host(&self) -> Offer<Login>;
    /// A port where nothing listens.
    fn refused_port(&self) -> Offer<Login>;
    /// A database, or a file, that is not there.
    fn unknown_database(&self) -> Offer<Login>;
    /// Statements.
    fn texts(&self) -> &Texts;
    /// Splits a script into the texts to send. As the language does it; a subject has no reason to say otherwise.
    fn split(&self, script: &str) -> Vec<String> {
        self.driver().language().split(script).iter().map(|statement| statement.text(script).to_owned()).collect()
    }
    /// A cell as the server's own client prints it, where its bytes are no text (a document).
    fn print(&self, _native_type: &str, cell: Vec<u8>) -> Vec<u8> {
        cell
    }
    /// Asks the server, by other means than the session itself, whether this session runs a statement now.
    async fn is_active(&self, session: &SessionState) -> Offer<bool>;
    /// Ends a session from the server's side, as a dying server would.
    async fn kill(&self, session: &SessionState) -> Offer<()>;
}
