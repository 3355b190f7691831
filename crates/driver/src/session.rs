use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use crate::{Error, Message, Run, RunId, Statement};

/// Whether the server is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "link", content = "reason")]
pub enum Link {
    /// It answers.
    #[default]
    Up,
    /// It is gone; why, as a sentence.
    Lost(String),
    /// We closed it.
    Closed,
}

/// The transaction's state, as the server reports it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// None.
    #[default]
    Idle,
    /// Open.
    Open,
    /// Open and failed: only a rollback is accepted.
    Failed,
}

/// A setting of the session worth seeing all the time, and how to switch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name as the server spells it (`foreign_keys`).
    pub name: String,
    /// Its value now.
    pub value: String,
    /// Other values: what is shown, and the statement that switches to it.
    pub choices: Vec<(String, String)>,
}

/// What is known of a session at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionState {
    /// Whether the server is there.
    pub link: Link,
    /// The transaction's state.
    pub transaction: Transaction,
    /// The current database.
    pub database: Option<String>,
    /// The current search path or schema.
    pub search_path: Option<String>,
    /// The current user.
    pub user: Option<String>,
    /// The server's number for this session (a backend's pid).
    pub server_id: Option<String>,
    /// The run in progress.
    pub running: Option<RunId>,
    /// Whether writes are refused, and by whom: see [`crate::ConnectContext::read_only`].
    pub read_only: bool,
    /// A pooler may give each transaction another server session: nothing a session keeps can be counted on.
    #[serde(default)]
    pub pooled: bool,
    /// Settings worth seeing.
    pub settings: Vec<Setting>,
}

/// One session on the server, owned by a task of its own. Dropping it closes it.
#[async_trait]
pub trait Session: Send + Sync {
    /// Starts a statement. One run at a time: a second one waits for the first to end.
    ///
    /// Failures, also of a lost session, come as the run's only event.
    fn run(&self, statement: Statement) -> Run;
    /// The state now and its changes; what changed since the session began counts as one.
    fn state(&self) -> watch::Receiver<SessionState>;
    /// Notices outside of runs, notifications, parameter changes. Lagging readers lose the oldest.
    fn messages(&self) -> broadcast::Receiver<Message>;
    /// Asks the server for a sign of life at protocol level; waits its turn behind a run.
    ///
    /// # Errors
    /// `Unreachable` when the link is lost.
    async fn ping(&self) -> Result<(), Error>;
    /// Closes it: always local and immediate, also when the server does not answer.
    async fn close(&self);
}
