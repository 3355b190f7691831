//! All rows of a statement: it runs again, and they go by without being held.

use std::sync::Arc;

use driver::{Event, Outcome, Session, Statement};
use tokio::sync::mpsc;

use super::{Tally, export::Coming};
use crate::{
    App,
    acting::words,
    api::{AppError, ErrorCode},
    connections::{Connected, Opened, Permit},
    explorer,
    history::{Ending, Sending},
    holds::{Held, Source},
    profiles::dial::elapsed_ms,
    runs::{Claimed, claim, guard},
    text::Positions,
};

/// A statement that is about to run again.
pub(super) struct Whole {
    statement: Statement,
    /// Which of its result sets is wanted, from 1.
    set: usize,
    place: Place,
}

/// Where it runs.
enum Place {
    /// In the session of its tab.
    Tab(Claimed),
    /// In one of its own.
    Own { connected: Arc<Connected>, opened: Arc<Opened>, session: Arc<dyn Session>, _permit: Permit },
}

impl Place {
    fn parts(&self) -> (&Connected, &Opened, &dyn Session) {
        match self {
            Place::Tab(claimed) => claimed.parts(),
            Place::Own { connected, opened, session, .. } => (connected, opened, session.as_ref()),
        }
    }
}

/// Finds a session for it and checks that it may run.
///
/// # Errors
/// `Unsupported` for a statement that does more than read; `Conflict` while its tab runs another; as connecting.
pub(super) async fn prepare(app: &App, held: &Held) -> Result<Whole, AppError> {
    let whole = match &held.source {
        Source::Run { .. } => {
            let again = held.again.get().ok_or_else(|| AppError::internal("a statement is not known any more"))?;
            if let Some(why) = again.refused {
                let message = format!("The statement does not run again: {why}.");
                return Err(AppError::new(ErrorCode::Unsupported, message)
                    .with_hint("Load all rows, then export the loaded rows."));
            }
            let place = match claim(app, again).await? {
                Some(claimed) => Place::Tab(claimed),
                None => {
                    let connected = app.connected(&again.profile_id).await?;
                    own(&connected, again.database.as_deref()).await?
                }
            };
            Whole { statement: again.statement.clone(), set: again.set, place }
        }
        Source::View(_) => {
            return Err(AppError::new(
                ErrorCode::Unsupported,
                "These rows are filtered or sorted here, not by the server.",
            )
            .with_hint("Export the loaded rows, or run the filter and the sort on the server."));
        }
        Source::Pages(pages) => {
            let (place, statement) = pages.whole(app).await?;
            let (session, permit) = place.session(driver::Role::Scratch).await?;
            let statement = Statement { actor: place.acting.clone(), ..statement };
            let explorer::Place { connected, opened, .. } = place;
            Whole { statement, set: 1, place: Place::Own { connected, opened, session, _permit: permit } }
        }
    };
    let (connected, opened, _) = whole.place.parts();
    if connected.read_only {
        let text = &whole.statement.text;
        guard(text, &opened.language, &Positions::new(text), 0)?;
    }
    Ok(whole)
}

async fn own(connected: &Arc<Connected>, database: Option<&str>) -> Result<Place, AppError> {
    let opened = connected.open(database).await?;
    let (session, permit) = opened.session(connected, driver::Role::Scratch).await?;
    Ok(Place::Own { connected: Arc::clone(connected), opened, session, _permit: permit })
}

impl Whole {
    /// Runs it and passes its rows on. It is recorded as any statement, with the file its rows go to.
    ///
    /// # Errors
    /// The statement's own; `Cancelled` when it was stopped, by a person or because nobody takes its rows any more.
    pub(super) async fn read(
        self,
        app: &App,
        rows: mpsc::Sender<Coming>,
        tally: &Tally,
        file: &str,
    ) -> Result<(), AppError> {
        let begun = std::time::Instant::now();
        let (connected, opened, session) = self.place.parts();
        let database = session.state().borrow().database.clone();
        let recorded = app
            .history_begin(Sending {
                profile_id: Some(connected.profile.id.as_str()),
                profile_name: &connected.profile.name,
                database: database.as_deref(),
                text: &self.statement.text,
                language: &opened.language,
                acting: self.statement.actor.as_deref().map(words).as_deref(),
                file: Some(file),
            })
            .await;
        let read = self.pass(session, rows, tally).await;
        let ending = match &read {
            Ok(rows) => Ending::Completed { rows: Some(*rows) },
            Err(error) if error.code == ErrorCode::Cancelled => Ending::Cancelled,
            Err(error) if error.code == ErrorCode::Unreachable => Ending::Lost,
            Err(error) => Ending::Failed {
                message: &error.message,
                code: error.native.as_ref().map(|native| native.code.as_str()),
            },
        };
        match recorded {
            Ok(recorded) => {
                if let Err(error) = app.history_finish(recorded, ending, elapsed_ms(begun)).await {
                    tracing::warn!(%error, "the history does not say how an export ended");
                }
            }
            Err(error) => tracing::warn!(%error, "an export is missing in the history"),
        }
        match self.place {
            Place::Tab(claimed) => claimed.release(app),
            Place::Own { session, .. } => session.close().await,
        }
        read.map(drop)
    }

    async fn pass(&self, session: &dyn Session, rows: mpsc::Sender<Coming>, tally: &Tally) -> Result<u64, AppError> {
        let stopped = || AppError::new(ErrorCode::Cancelled, "Stopped.");
        let mut run = session.run(self.statement.clone());
        let (mut sets, mut count, mut stopping) = (0, 0, false);
        loop {
            let event = tokio::select! {
                biased;
                () = tally.until_stopped(), if !stopping => {
                    stopping = true;
                    // The run's end says what came of it.
                    drop(run.cancel.cancel().await);
                    continue;
                }
                event = run.next() => event,
            };
            let coming = match event {
                Some(Ok(Event::ResultSet(schema, context))) => {
                    sets += 1;
                    if sets != self.set {
                        continue;
                    }
                    Coming::Head(schema, context)
                }
                Some(Ok(Event::Batch(batch))) => {
                    if sets != self.set || stopping {
                        continue;
                    }
                    count += batch.num_rows() as u64;
                    Coming::Batch(batch)
                }
                Some(Ok(Event::Notice(_))) => continue,
                Some(Ok(Event::Done(summary))) => {
                    if stopping || summary.outcome == Outcome::Cancelled {
                        return Err(stopped());
                    }
                    // A writer that is gone has said why.
                    drop(rows.send(Coming::End).await);
                    return Ok(count);
                }
                Some(Err(_)) if stopping => return Err(stopped()),
                Some(Err(error)) => return Err(error.into()),
                None => return Err(driver::Error::lost("the server").into()),
            };
            if rows.send(coming).await.is_err() && !stopping {
                stopping = true;
                // Nothing may go on running on the server that nobody reads.
                drop(run.cancel.cancel().await);
            }
        }
    }
}
