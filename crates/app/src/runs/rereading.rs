//! A result's statement once more, for a result that is kept live: in its tab's own session, and only where that can change nothing.

use std::sync::Arc;

use driver::{Outcome, Transaction};
use results::{HoldState, ReadPolicy};

use super::{
    Seat,
    tabs::{Running, Tab},
    tell,
};
use crate::{
    App,
    api::*,
    browse::compare,
    explorer::kept,
    holds::{Head, Held, Source, blocking, head},
};

/// Most rows that are read at once.
const MOST: u64 = 20_000;

impl App {
    /// Runs the statement of a result once more, into a hold of its own; the result stays as it is. `keep` is a row of it to be
    /// found again by its key. It gives way to whatever else is begun in the tab, and is not recorded: the history has the
    /// statement from when a person ran it.
    ///
    /// # Errors
    /// `NotFound` for released rows and a session that is gone; `Unsupported` for a statement that does more than read; `Conflict`
    /// while a transaction is open or something else runs in the tab; `Cancelled`; the statement's own.
    pub async fn hold_again(&self, hold_id: &str, keep: Option<u64>) -> Result<HeldAgain, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let again = held.again.get().ok_or_else(|| refused("it is no statement of a tab"))?;
        if let Some(why) = again.refused {
            return Err(refused(why));
        }
        if let Err(verdict) = held.language.read_only_verdict(&again.statement.text) {
            return Err(refused(&verdict.reason.to_string()));
        }
        let tab = self.live.tabs.find(&again.tab_id).ok_or_else(gone)?;
        let fits = |seat: &Arc<Seat>| seat.is_up() && seat.connected.profile.id == again.profile_id;
        let seat = tab.seat().filter(fits).ok_or_else(gone)?;
        // Also one that only waits for somebody to read on: it is not for this to end it.
        if tab.is_running() {
            return Err(AppError::new(ErrorCode::Conflict, "A statement is running in this tab."));
        }
        if seat.transaction() != Transaction::Idle {
            return Err(AppError::new(ErrorCode::Conflict, "A transaction is open in this tab."));
        }
        let running = tab.begin().await?;
        running.give_way();
        let app = self.shared()?;
        let (was, now_tab) = (Arc::clone(&held), Arc::clone(&tab));
        // A window that goes away must not leave the tab claimed.
        let task = tokio::spawn(async move {
            let read = read(&app, &was, &seat, &running).await;
            now_tab.finish(&app, &running);
            seat.touch();
            after(&app, &now_tab, &seat);
            read
        });
        let (now, head) = task.await.map_err(|_| AppError::internal("reading a result again broke off"))??;
        let keys = held.keys.get().map(|keys| keys.iter().map(|(at, _)| *at).collect());
        let compared = {
            let (held, now) = (Arc::clone(&held), Arc::clone(&now));
            blocking(move || compare(&held, &now, keys, keep)).await
        };
        // Rows that cannot be compared are rows all the same.
        let (changed, kept) = compared.unwrap_or_else(|error: AppError| {
            tracing::warn!(%error, "rows could not be compared with what they were");
            (Vec::new(), None)
        });
        Ok(HeldAgain { head, progress: now.progress(), changed, kept })
    }
}

/// Tells the windows what they do not know yet: that a transaction came about, or that the session went.
fn after(app: &App, tab: &Arc<Tab>, seat: &Arc<Seat>) {
    if seat.transaction() != Transaction::Idle || !seat.is_up() {
        tell(app, tab, seat);
    }
}

/// Reads the result set into a hold.
async fn read(
    app: &App,
    was: &Held,
    seat: &Arc<Seat>,
    running: &Arc<Running>,
) -> Result<(Arc<Held>, ResultHead), AppError> {
    let again = was.again.get().ok_or_else(gone)?;
    let settings = app.current_settings();
    let policy = ReadPolicy {
        rows: MOST.min(settings.row_cap.into()),
        bytes: u64::from(settings.byte_cap_mb) << 20,
        ..ReadPolicy::default()
    };
    let run = seat.session.run(again.statement.clone());
    let (controller, mut events) = results::drive(run, &app.live.results, policy);
    let controller = Arc::new(controller);
    running.steer(Some(Arc::clone(&controller)));
    let mut found = None;
    let mut sets = 0;
    let ended = loop {
        let event = match events.recv().await {
            Some(event) => event,
            None => break Err(driver::Error::lost(seat.connected.driver.label())),
        };
        match event {
            results::RunEvent::ResultSet(hold) => {
                sets += 1;
                let mut watched = hold.progress();
                let controller = Arc::downgrade(&controller);
                // At the cap it would wait for somebody to read on.
                tokio::spawn(async move {
                    let full = |progress: &results::Progress| matches!(progress.state, HoldState::Paused { .. });
                    if watched.wait_for(full).await.is_ok()
                        && let Some(controller) = controller.upgrade()
                    {
                        controller.stop();
                    }
                });
                if sets == again.set {
                    found = Some(hold);
                }
            }
            results::RunEvent::Notice(_) => {}
            results::RunEvent::Done(summary) => break Ok(summary),
            results::RunEvent::Failed(error) => break Err(error),
        }
    };
    running.steer(None);
    let summary = ended?;
    if running.is_cancelled() && summary.outcome != Outcome::Completed {
        return Err(driver::Error::cancelled().into());
    }
    let hold = found.ok_or_else(|| AppError::new(ErrorCode::Conflict, "The statement gave no rows this time."))?;
    let source = Source::Run { controller: Arc::downgrade(&controller), reads: true, fails_transaction: false };
    let visible = hold.visible_columns();
    let now = Held::new(hold, &seat.connected.driver, &seat.opened.language, visible, source);
    now.again.get_or_init(|| again.clone());
    now.ended();
    app.live.holds.keep(&now);
    let shelved = match seat.opened.shelf.latest() {
        Some(latest) => Some(latest),
        None => kept::of(&seat.connected, seat.opened.database().as_deref()).await,
    };
    let about = Head {
        title: was.title.get().cloned().unwrap_or_default(),
        shelved: shelved.as_ref(),
        relation: None,
        profile_id: &seat.connected.profile.id,
        database: shelved.as_ref().and_then(|shelved| shelved.catalog.database.as_deref()),
        statement: Some(&again.statement.text),
    };
    let told = head(&now, &about);
    Ok((now, told))
}

fn refused(why: &str) -> AppError {
    AppError::new(ErrorCode::Unsupported, format!("The statement does not run again by itself: {why}."))
}

fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "The session of this result is gone.").with_hint("Run the statement again.")
}
