use std::{path::PathBuf, sync::Arc, time::Duration};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{Error, LeftActor, Secret, Span, Transaction, ValueContext, row_security::Actor};

/// One execution of one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub Uuid);

impl RunId {
    /// A fresh id.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        RunId(Uuid::new_v4())
    }
}

/// A value for one of the server's own placeholders, as text the server reads. `None` is NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The placeholder's name without its sigil (`1`, `customer`); positional ones count from 1.
    pub name: String,
    /// Its text; the server decides the type.
    pub value: Option<Secret>,
}

/// Where the rows of `COPY … FROM STDIN` come from, and where those of `COPY … TO STDOUT` go.
#[derive(Clone, Debug, Default)]
pub enum CopyFeed {
    /// FROM STDIN fails with a clear error; TO STDOUT arrives as a result set of one column of raw chunks.
    #[default]
    None,
    /// FROM STDIN reads these bytes (data written in the script).
    Bytes(Arc<[u8]>),
    /// FROM STDIN reads this file.
    FromFile(PathBuf),
    /// TO STDOUT writes this file, which is created or replaced only once the copy ended well.
    ToFile(PathBuf),
}

/// One statement in the database's own language.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The text, sent byte for byte.
    pub text: Arc<str>,
    /// Values for its placeholders; empty sends the text by the plain protocol.
    pub parameters: Vec<Parameter>,
    /// Where copied rows come from or go.
    pub copy: CopyFeed,
    /// Cancelled when it takes longer. Ours: never a SET.
    pub timeout: Option<Duration>,
    /// As whom it runs; `None` is the login. Only for sessions of a connection with [`crate::ActAs`].
    pub actor: Option<Arc<Actor>>,
}

impl Statement {
    /// A statement without parameters.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Statement { text: text.into(), parameters: Vec::new(), copy: CopyFeed::None, timeout: None, actor: None }
    }

    /// Adds positional parameters `1`, `2` …
    #[must_use]
    pub fn with_values<'a>(mut self, values: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        self.parameters = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| Parameter {
                name: (index + 1).to_string(),
                value: value.map(|text| Secret::new(text.to_owned())),
            })
            .collect();
        self
    }

    /// Sets the time limit.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// How bad a notice is, in our words; the server's own stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For developers of the server.
    Debug,
    /// For whoever asked.
    Info,
    /// Worth knowing.
    Notice,
    /// Likely a mistake.
    Warning,
}

/// Something the server says without ending the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How bad.
    pub severity: Severity,
    /// The server's word for it, as sent (`NOTICE`).
    pub label: String,
    /// Its code (SQLSTATE).
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// More detail.
    pub detail: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Where it happened.
    pub context: Option<String>,
    /// Where in the text as sent.
    pub span: Option<Span>,
}

/// Something a session says of itself, also while idle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "message")]
pub enum Message {
    /// A notice outside of any run.
    Notice(Notice),
    /// Another session's NOTIFY.
    Notification {
        /// The channel.
        channel: String,
        /// The text.
        payload: String,
        /// Who sent it.
        sender: Option<String>,
    },
    /// A reported parameter changed.
    Parameter {
        /// Its name.
        name: String,
        /// Its value now.
        value: String,
    },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// To its end.
    Completed,
    /// The server confirmed the cancel.
    Cancelled,
}

/// What a finished run says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How it ended.
    pub outcome: Outcome,
    /// The server's command tag (`INSERT 0 5`), where it has one.
    pub tag: Option<String>,
    /// Rows changed, where the server counts them.
    pub affected_rows: Option<u64>,
    /// Rows sent.
    pub rows: u64,
    /// From sending to the server's last word.
    pub elapsed: Duration,
    /// The transaction after it.
    pub transaction: Transaction,
    /// It left the actor it ran as.
    pub left: Option<LeftActor>,
}

/// What a run yields, in order: for each result set its head and batches, notices anywhere, then `Done` and nothing more.
///
/// Batches follow [`crate::arrow`]: integers and booleans typed, all else `Binary` with the server's own bytes.
#[derive(Clone, Debug)]
pub enum Event {
    /// A result set begins; it may have no columns and no rows.
    ResultSet(SchemaRef, ValueContext),
    /// Rows of it: at most 4 MiB, 8,192 rows or 50 ms worth; never empty.
    Batch(RecordBatch),
    /// The server said something.
    Notice(Notice),
    /// It ended.
    Done(Summary),
}

/// Stops one run. Best effort and racy by nature: the run's end says what happened.
#[async_trait]
pub trait Cancel: Send + Sync {
    /// Asks the server to stop this run, and only this one: a run that has ended is left alone.
    ///
    /// # Errors
    /// `Unreachable` when the request could not be delivered; `Unsupported` where the server has no cancel.
    async fn cancel(&self, run: RunId) -> Result<(), Error>;
}

/// The cancel of one run; clone it freely.
#[derive(Clone)]
pub struct CancelHandle {
    run: RunId,
    by: Arc<dyn Cancel>,
}

impl CancelHandle {
    /// For drivers.
    pub fn new(run: RunId, by: Arc<dyn Cancel>) -> Self {
        CancelHandle { run, by }
    }

    /// The run it stops.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Asks the server to stop the run.
    ///
    /// # Errors
    /// As [`Cancel::cancel`].
    pub async fn cancel(&self) -> Result<(), Error> {
        self.by.cancel(self.run).await
    }
}

/// A statement in progress.
///
/// Events are bounded: a reader that stops reading stops the server. Dropping it cancels and drains
/// the statement, or closes the session; the next run never sees its bytes.
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its events. An `Err` is the last one, as `Done` is; the channel then closes.
    pub events: mpsc::Receiver<Result<Event, Error>>,
    /// Its cancel.
    pub cancel: CancelHandle,
}

/// Room of [`Run::events`], in events.
pub const EVENT_ROOM: usize = 2;

impl Run {
    /// The next event; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        self.events.recv().await
    }
}
