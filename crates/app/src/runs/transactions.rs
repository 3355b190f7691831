//! Transactions that are opened, divided and ended for a person.
//!
//! In a tab with manual transactions the first statement opens one, and a person ends it. Where a statement that fails would
//! take the whole transaction with it, each runs behind a savepoint: what was done before stays. What a person typed is sent
//! as it is; our own statements stand around it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{Event, Outcome, Severity, Statement, Transaction, row_security::Actor};
use sql::{Class, TransactionWords};

use super::{
    Seat, Sent,
    script::{Play, own_notice},
    tabs::{Tab, Tabs},
    tell,
};
use crate::{
    App,
    api::*,
    history::{Ending, Sending},
    profiles::dial::elapsed_ms,
};

/// What stands around one statement of a tab with manual transactions.
pub(super) struct Around {
    words: TransactionWords,
    /// Whether a savepoint was set for it.
    marked: bool,
    /// Whether a transaction was open when it was sent.
    inside: bool,
}

impl Around {
    /// Opens the transaction where there is none, and marks the place to come back to.
    ///
    /// # Errors
    /// As the server refuses it, or is lost.
    pub(super) async fn before(play: &Play, seat: &Seat, sent: &Sent, text: &str) -> Result<Option<Self>, AppError> {
        if !play.request.manual_transactions || seat.connected.read_only {
            return Ok(None);
        }
        let language = &seat.opened.language;
        let Some(dialect) = language.sql() else { return Ok(None) };
        let words = dialect.transactions;
        let controls = sent.answer.class == Class::Transaction;
        if seat.transaction() == Transaction::Idle && !controls && !sql::stays_outside_transactions(text, dialect) {
            begin(seat, words.begin, sent.statement.actor.clone()).await?;
        }
        let inside = seat.transaction() == Transaction::Open;
        let mut marked = false;
        if let Some(savepoint) = words.savepoint.filter(|_| inside && !controls) {
            send(seat, savepoint.set).await?;
            marked = true;
        }
        Ok(Some(Around { words, marked, inside }))
    }

    /// Forgets the mark, or goes back to it; says what became of the transaction where that is a surprise.
    pub(super) async fn after(self, play: &Play, seat: &Seat, index: u32, sent: &Sent, outcome: &StatementOutcome) {
        let say = |severity, words: &str| play.emit(RunEvent::Notice { index, notice: own_notice(severity, words) });
        let failed = !matches!(outcome, StatementOutcome::Completed { .. });
        match (seat.transaction(), self.words.savepoint.filter(|_| self.marked)) {
            (Transaction::Open, Some(savepoint)) if !failed => {
                if let Err(error) = send(seat, savepoint.release).await {
                    tracing::debug!(%error, "a savepoint was not released");
                }
            }
            (Transaction::Failed | Transaction::Open, Some(savepoint)) => {
                let mut gone_back = true;
                for text in savepoint.back {
                    gone_back &= send(seat, text).await.is_ok();
                }
                if gone_back {
                    say(Severity::Info, "Only this statement was undone. The transaction is still open.");
                }
            }
            (Transaction::Idle, _) if self.inside && sent.answer.class != Class::Transaction && seat.is_up() => {
                let words = if failed {
                    "The server rolled the whole transaction back with this error."
                } else {
                    "The server committed the transaction with this statement."
                };
                say(Severity::Warning, words);
            }
            _ => {}
        }
    }
}

/// Begins a transaction for who acts in it.
async fn begin(seat: &Seat, text: &'static str, actor: Option<Arc<Actor>>) -> Result<Option<String>, driver::Error> {
    finish(seat, Statement { actor, ..Statement::new(text) }).await
}

/// Sends a short statement of ours and gives the server's tag.
async fn send(seat: &Seat, text: &'static str) -> Result<Option<String>, driver::Error> {
    finish(seat, Statement::new(text)).await
}

async fn finish(seat: &Seat, statement: Statement) -> Result<Option<String>, driver::Error> {
    let mut run = seat.session.run(statement);
    while let Some(event) = run.next().await {
        match event? {
            Event::Done(summary) if summary.outcome == Outcome::Cancelled => return Err(driver::Error::cancelled()),
            Event::Done(summary) => return Ok(summary.tag),
            _ => {}
        }
    }
    Err(driver::Error::lost(seat.connected.driver.label()))
}

/// Ends the transaction of a claimed session, and keeps it in the history.
async fn end(app: &App, seat: &Seat, commit: bool) -> Result<(), AppError> {
    match seat.transaction() {
        Transaction::Idle => return Ok(()),
        Transaction::Failed if commit => {
            return Err(AppError::new(ErrorCode::Conflict, "The transaction has failed: it can only be rolled back.")
                .with_hint("Roll it back; what it did is undone."));
        }
        Transaction::Open | Transaction::Failed => {}
    }
    let words = seat.opened.language.transactions().ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, "This database has no transactions that Rowhouse ends for a person.")
    })?;
    let text = if commit { words.commit } else { words.rollback };
    let database = seat.session.state().borrow().database.clone();
    let recorded = app
        .history_begin(Sending {
            profile_id: Some(&seat.connected.profile.id),
            profile_name: &seat.connected.profile.name,
            database: database.as_deref(),
            text,
            language: &seat.opened.language,
            acting: None,
            file: None,
        })
        .await;
    let began = Instant::now();
    let sent = send(seat, text).await;
    seat.touch();
    // A server that answers a commit with another tag has undone what it was to keep.
    let undone = |tag: &Option<String>| commit && tag.as_deref().is_some_and(|tag| tag == words.rollback);
    let ended = match sent {
        Ok(tag) if undone(&tag) => {
            Err(AppError::new(ErrorCode::Conflict, "The server rolled the transaction back instead of committing it."))
        }
        Ok(_) => Ok(()),
        Err(error) if seat.is_lost() && commit => {
            let error = AppError::from(error);
            Err(error.with_hint("Nothing is known of the commit: look whether what was done is there."))
        }
        Err(error) => Err(error.into()),
    };
    match recorded {
        Ok(recorded) => {
            let ending = match &ended {
                Ok(()) => Ending::Completed { rows: None },
                Err(_) if seat.is_lost() => Ending::Lost,
                Err(error) => Ending::Failed {
                    message: &error.message,
                    code: error.native.as_ref().map(|native| native.code.as_str()),
                },
            };
            if let Err(error) = app.history_finish(recorded, ending, elapsed_ms(began)).await {
                tracing::warn!(%error, "the history does not say how a transaction ended");
            }
        }
        Err(error) => tracing::warn!(%error, "the end of a transaction is missing in the history"),
    }
    if ended.is_ok() && seat.stale_catalog.swap(false, std::sync::atomic::Ordering::AcqRel) {
        seat.opened.shelf.read_in_background(&seat.opened, &seat.connected);
    }
    ended
}

impl Tabs {
    /// Rolls back transactions nobody has used for this long, and says so.
    pub(crate) fn roll_back_idle(&self, app: &Arc<App>, profile_id: &str, limit: Duration) {
        for (tab, seat) in self.of(profile_id) {
            let forgotten = seat.transaction() != Transaction::Idle && seat.used().elapsed() >= limit;
            if !forgotten || tab.is_running() {
                continue;
            }
            let app = Arc::clone(app);
            tokio::spawn(async move {
                match app.end_claimed(&tab, false).await {
                    Ok(()) => {
                        let words = "The transaction was open and unused for as long as the settings allow, and was rolled \
                                     back, so that its locks hold nobody up.";
                        let notice = own_notice(Severity::Warning, words);
                        app.events.emit(AppEvent::Message { tab_id: tab.id.clone(), notice });
                    }
                    // Somebody came back to it just now.
                    Err(error) if error.code == ErrorCode::Conflict => {}
                    Err(error) => tracing::warn!(%error, "an idle transaction could not be rolled back"),
                }
            });
        }
    }
}

impl App {
    /// Commits a tab's transaction, or rolls it back. Without one nothing happens.
    ///
    /// # Errors
    /// `NotFound` for a tab without a session; `Conflict` while a statement runs, for a commit of a transaction that has
    /// failed, and where the server rolled back what was to be committed; as the server refuses it (deferred constraints);
    /// `Unreachable` when it went meanwhile: nothing is known of the commit then.
    pub async fn end_transaction(&self, tab_id: &str, commit: bool) -> Result<(), AppError> {
        let tab = self.live.tabs.find(tab_id).ok_or_else(no_session)?;
        self.end_claimed(&tab, commit).await
    }

    async fn end_claimed(&self, tab: &Arc<Tab>, commit: bool) -> Result<(), AppError> {
        let running = tab.begin().await?;
        let ended = match tab.seat().filter(|seat| seat.is_up()) {
            Some(seat) => end(self, &seat, commit).await,
            None => Err(no_session()),
        };
        tab.finish(self, &running);
        if let Some(seat) = tab.seat() {
            tell(self, tab, &seat);
        }
        ended
    }

    /// Notes that a person still wants a tab's open transaction: the time after which it is rolled back begins anew.
    ///
    /// # Errors
    /// None: without a transaction there is nothing to keep.
    pub async fn keep_transaction(&self, tab_id: &str) -> Result<(), AppError> {
        if let Some(tab) = self.live.tabs.find(tab_id)
            && let Some(seat) = tab.seat()
        {
            seat.touch();
            tell(self, &tab, &seat);
        }
        Ok(())
    }
}

fn no_session() -> AppError {
    AppError::new(ErrorCode::NotFound, "This tab has no session.").with_hint("Its transaction is gone with it.")
}
