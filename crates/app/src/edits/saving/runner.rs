//! The session of one save: statements one after the other, each stoppable.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Again, CancelHandle, Change, Code, Error, Event, Outcome, RowKey, Session, Statement, ValueContext};
use results::Cells;
use tokio::sync::watch;

use crate::connections::lock;

/// A save in progress, for whoever wants to stop it.
pub(in crate::edits) struct Saving {
    cancelled: watch::Sender<bool>,
    current: Mutex<Option<CancelHandle>>,
}

impl Saving {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Saving { cancelled: watch::Sender::new(false), current: Mutex::default() })
    }

    /// Stops what runs; nothing more is sent but what takes it back.
    ///
    /// # Errors
    /// As the driver says when the request cannot be delivered.
    pub(in crate::edits) async fn cancel(&self) -> Result<(), Error> {
        self.cancelled.send_replace(true);
        let current = lock(&self.current).clone();
        match current {
            Some(current) => current.cancel().await,
            None => Ok(()),
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }
}

/// What came of a statement.
pub(super) struct Ran {
    pub(super) affected: Option<u64>,
    pub(super) shape: Option<(SchemaRef, ValueContext)>,
    pub(super) batches: Vec<RecordBatch>,
}

impl Ran {
    /// The texts of the columns from `first` on, `count` of them, of every row.
    ///
    /// # Errors
    /// `Internal` for a row whose key is no text or NULL.
    pub(super) fn keys(&self, first: usize, count: usize) -> Result<Vec<RowKey>, Error> {
        let mut keys = Vec::new();
        for batch in &self.batches {
            let columns = (first..first + count).map(|at| Cells::of(batch, at)).collect::<Result<Vec<_>, Error>>()?;
            for row in 0..batch.num_rows() {
                let part = |cells: &Cells<'_>| {
                    let text = cells.get(row).text(&mut itoa::Buffer::new()).map(<[u8]>::to_vec);
                    text.and_then(|text| String::from_utf8(text).ok())
                };
                let key: Option<Vec<String>> = columns.iter().map(part).collect();
                keys.push(RowKey(key.ok_or_else(|| {
                    Error::new(Code::Unsupported, "The server answered with a key that is no text.")
                })?));
            }
        }
        Ok(keys)
    }
}

/// Why a statement did not do what it was for.
#[derive(Debug)]
pub(super) enum Failure {
    /// It changed another number of rows.
    Count(u64),
    /// The server refused it.
    Server(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Server(error)
    }
}

/// Sends the statements of a save.
pub(super) struct Runner {
    pub(super) session: Arc<dyn Session>,
    pub(super) saving: Arc<Saving>,
    pub(super) timeout: Option<Duration>,
    /// How many columns name a row.
    pub(super) key_columns: usize,
    /// Statements that were sent.
    pub(super) sent: u64,
}

impl Runner {
    /// Runs one statement, unless the save was stopped.
    ///
    /// # Errors
    /// As the driver says; `Cancelled`.
    pub(super) async fn run(&mut self, text: &str) -> Result<Ran, Error> {
        if self.saving.is_cancelled() {
            return Err(Error::cancelled());
        }
        self.send(text, true).await
    }

    /// Runs one statement that is not stopped any more: what ends a save.
    ///
    /// # Errors
    /// As the driver says.
    pub(super) async fn run_to_end(&mut self, text: &str) -> Result<Ran, Error> {
        self.send(text, false).await
    }

    async fn send(&mut self, text: &str, stoppable: bool) -> Result<Ran, Error> {
        let mut statement = Statement::new(text);
        statement.timeout = self.timeout;
        self.sent += 1;
        let mut run = self.session.run(statement);
        if stoppable {
            *lock(&self.saving.current) = Some(run.cancel.clone());
            // It may have been stopped just before.
            if self.saving.is_cancelled() {
                run.cancel.cancel().await?;
            }
        }
        let mut ran = Ran { affected: None, shape: None, batches: Vec::new() };
        let ended = loop {
            match run.next().await {
                Some(Ok(Event::ResultSet(schema, context))) => {
                    ran.shape = Some((schema, context));
                    ran.batches.clear();
                }
                Some(Ok(Event::Batch(batch))) => ran.batches.push(batch),
                Some(Ok(Event::Notice(_))) => {}
                Some(Ok(Event::Done(summary))) if summary.outcome == Outcome::Cancelled => {
                    break Err(Error::cancelled());
                }
                Some(Ok(Event::Done(summary))) => {
                    ran.affected = summary.affected_rows;
                    break match summary.left {
                        // The save's own settings (`lock_timeout`) are no claims.
                        Some(left) if left.user.is_some() || left.settings.iter().any(|name| name.contains('.')) => {
                            Err(Error::new(Code::Forbidden, "A statement left the actor it ran as.")
                                .with_hint("Look at the table's triggers, or edit its rows as the login."))
                        }
                        _ => Ok(()),
                    };
                }
                Some(Err(error)) => break Err(error),
                None => break Err(Error::lost("the server")),
            }
        };
        lock(&self.saving.current).take();
        ended.map(|()| ran)
    }

    /// Runs statements that stand around others.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub(super) async fn run_all(&mut self, texts: &[String]) -> Result<(), Error> {
        for text in texts {
            self.run(text).await?;
        }
        Ok(())
    }

    /// Takes back what was done; what cannot be taken back goes with the session.
    pub(super) async fn roll_back(&mut self, texts: &[String]) {
        for text in texts {
            if let Err(error) = self.run_to_end(text).await {
                tracing::debug!(%error, "a save is taken back with its session");
                return;
            }
        }
    }

    /// Changes exactly the rows a statement is for, and says what names them now; nothing for rows that went.
    ///
    /// # Errors
    /// [`Failure::Count`] when it changed another number of rows: the caller takes it back.
    pub(super) async fn change(&mut self, change: &Change) -> Result<Vec<RowKey>, Failure> {
        let ran = self.run(&change.text).await?;
        let wanted = change.rows as u64;
        let returned = ran.batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let affected = match (&change.again, ran.affected) {
            (_, Some(affected)) => affected,
            (Again::Returned, None) => returned,
            (_, None) => {
                return Err(Failure::Server(Error::new(
                    Code::Unsupported,
                    "The server does not say how many rows it changed, so they cannot be changed one by one.",
                )));
            }
        };
        if affected != wanted {
            return Err(Failure::Count(affected));
        }
        match &change.again {
            Again::Returned if returned != wanted => Err(Failure::Count(returned)),
            Again::Returned => Ok(ran.keys(0, self.key_columns)?),
            Again::By(keys) => Ok(keys.clone()),
            Again::Ask(text) => {
                let asked = self.run(text).await?;
                Ok(asked.keys(0, self.key_columns)?)
            }
        }
    }
}
