//! A session of its own on which rows are put into tables, with its line in the history.

use std::{sync::Arc, time::Instant};

use driver::{Event, Load, Outcome, Session, Severity, Statement};

use super::Tally;
use crate::{
    App,
    api::{AppError, ErrorCode},
    connections::{Connected, Opened},
    history::{Ending, Recorded, Sending},
};

/// Sends what puts rows into tables; a person may stop it.
pub(crate) struct Writer<'a> {
    pub(crate) app: &'a App,
    pub(crate) connected: &'a Connected,
    pub(crate) opened: &'a Opened,
    pub(crate) load: &'a dyn Load,
    pub(crate) session: Arc<dyn Session>,
    pub(crate) tally: &'a Tally,
}

impl Writer<'_> {
    /// Runs one statement to its end, unless a person stops it.
    ///
    /// # Errors
    /// As the server says; `Cancelled`; `ConstraintViolated` where a value was changed on its way in.
    pub(crate) async fn send(&self, statement: Statement) -> Result<(), driver::Error> {
        let watch = self.load.warnings_change_values();
        let mut warned = None;
        let mut run = self.session.run(statement);
        let mut stopping = false;
        loop {
            let event = tokio::select! {
                biased;
                () = self.tally.until_stopped(), if !stopping => {
                    stopping = true;
                    drop(run.cancel.cancel().await);
                    continue;
                }
                event = run.next() => event,
            };
            match event {
                Some(Ok(Event::Notice(notice))) if watch && notice.severity == Severity::Warning => {
                    warned.get_or_insert(notice);
                }
                Some(Ok(Event::Done(summary))) => {
                    if stopping || summary.outcome == Outcome::Cancelled {
                        return Err(driver::Error::cancelled());
                    }
                    return match warned {
                        // The value that arrived is not the one that was sent.
                        Some(notice) => Err(driver::Error::new(driver::Code::ConstraintViolated, notice.message)),
                        None => Ok(()),
                    };
                }
                Some(Ok(_)) => {}
                Some(Err(_)) if stopping => return Err(driver::Error::cancelled()),
                Some(Err(error)) => return Err(error),
                None => return Err(driver::Error::lost("the server")),
            }
        }
    }

    /// Sends a word that ends or opens a transaction, also when a person has stopped the rest.
    ///
    /// # Errors
    /// As the server says.
    pub(crate) async fn word(&self, text: &'static str) -> Result<(), driver::Error> {
        let mut run = self.session.run(Statement::new(text));
        while let Some(event) = run.next().await {
            if let Event::Done(_) = event? {
                return Ok(());
            }
        }
        Err(driver::Error::lost("the server"))
    }

    /// Does work that is one line of the history: its text, what became of it and how long it took. `rows` says of work that
    /// is done how many there were.
    ///
    /// # Errors
    /// The work's own.
    pub(crate) async fn recorded<T>(
        &self,
        text: &str,
        work: impl Future<Output = Result<T, AppError>>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T, AppError> {
        let recorded = self.record(text).await;
        let begun = Instant::now();
        let done = work.await;
        let ending = match &done {
            Ok(done) => Ending::Completed { rows: Some(rows(done)) },
            Err(error) if error.code == ErrorCode::Cancelled => Ending::Cancelled,
            Err(error) if error.code == ErrorCode::Unreachable => Ending::Lost,
            Err(error) => Ending::Failed {
                message: &error.message,
                code: error.native.as_ref().map(|native| native.code.as_str()),
            },
        };
        if let Some(recorded) = recorded {
            let elapsed = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            if let Err(error) = self.app.history_finish(recorded, ending, elapsed).await {
                tracing::warn!(%error, "the history does not say how rows were put into a table");
            }
        }
        done
    }

    /// Begins a line of the history.
    pub(crate) async fn record(&self, text: &str) -> Option<Recorded> {
        let profile = &self.connected.profile;
        let database = self.session.state().borrow().database.clone();
        let sending = Sending {
            profile_id: Some(profile.id.as_str()).filter(|id| !id.is_empty()),
            profile_name: &profile.name,
            database: database.as_deref(),
            text,
            language: &self.opened.language,
            acting: None,
            file: None,
        };
        match self.app.history_begin(sending).await {
            Ok(recorded) => Some(recorded),
            Err(error) => {
                tracing::warn!(%error, "rows put into a table are missing in the history");
                None
            }
        }
    }
}
