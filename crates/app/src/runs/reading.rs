//! One statement: its rows into holds, its progress to the window.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use driver::{LeftActor, Outcome, Summary, Transaction};
use results::{Progress, ReadPolicy, Truncation};
use sql::Class;
use tokio::{sync::watch, time::sleep_until};

use super::{Seat, Sent, notice_row, script::Play};
use crate::{
    api::{RunEvent, StatementOutcome},
    explorer::kept,
    holds::{Again, Head, Held, Source, documents, head},
    profiles::dial::elapsed_ms,
    text::Positions,
};

/// How a statement ended.
pub(super) struct Ended {
    pub(super) outcome: StatementOutcome,
}

/// Least time between two reports of one hold.
const BEAT: Duration = Duration::from_millis(50);
/// How long a half-read result may keep its server waiting.
const PAUSE: Duration = Duration::from_secs(20);

/// The hold that is being filled, and what was told of it.
struct Filling {
    held: Arc<Held>,
    watched: watch::Receiver<Progress>,
    told_at: Option<Instant>,
    told_rows: u64,
    /// Changed since.
    behind: bool,
}

impl Filling {
    fn due(&self) -> Option<Instant> {
        self.told_at.filter(|_| self.behind).map(|at| at + BEAT)
    }

    /// Notes a change; true when it is to be told now.
    fn changed(&mut self, play: &Play) -> bool {
        let progress = self.watched.borrow_and_update();
        let paused = matches!(progress.state, results::HoldState::Paused { .. });
        let turned = play.running.paused.swap(paused, Ordering::AcqRel) != paused;
        let first = self.told_rows == 0 && progress.rows > 0;
        self.behind = true;
        first || turned || self.told_at.is_none_or(|at| at.elapsed() >= BEAT)
    }

    fn tell(&mut self, play: &Play) {
        let progress = self.held.progress();
        self.told_rows = progress.rows;
        self.told_at = Some(Instant::now());
        self.behind = false;
        play.emit(RunEvent::Progress { progress });
    }

    /// The last report.
    fn end(mut self, play: &Play) {
        self.held.ended();
        play.running.paused.store(false, Ordering::Release);
        self.tell(play);
    }
}

/// What a statement's results are called.
pub(super) struct ResultTitle {
    /// What it reads from, or the comment above it.
    pub(super) name: Option<String>,
}

impl ResultTitle {
    /// The title of a statement's `set`th result, from 1. `nameless` counts those of the script without a name.
    fn of(&self, nameless: &AtomicU32, set: usize) -> String {
        match &self.name {
            Some(name) if set > 1 => format!("{name} ({set})"),
            Some(name) => name.clone(),
            None => format!("Result {}", nameless.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}

/// Sends a statement and tells what comes of it.
pub(super) async fn read(
    play: &Play,
    seat: &Arc<Seat>,
    index: u32,
    title: ResultTitle,
    sent: &Sent,
    positions: &Positions<'_>,
) -> Ended {
    let began = Instant::now();
    let settings = play.app.current_settings();
    let in_transaction = seat.transaction() != Transaction::Idle;
    let limits = seat.connected.driver.limits();
    let policy = ReadPolicy {
        rows: settings.row_cap.into(),
        bytes: u64::from(settings.byte_cap_mb) << 20,
        max_pause: limits.max_pause.filter(|_| in_transaction).unwrap_or(PAUSE),
    };
    let run = seat.session.run(sent.statement.clone());
    let (controller, mut events) = results::drive(run, &play.app.live.results, policy);
    let controller = Arc::new(controller);
    play.running.steer(Some(Arc::clone(&controller)));
    let mut filling: Option<Filling> = None;
    let mut pause_ended = false;
    let mut sets = 0usize;
    let end = loop {
        let due = filling.as_ref().and_then(Filling::due);
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(results::RunEvent::ResultSet(hold)) => {
                    if let Some(former) = filling.take() {
                        former.end(play);
                    }
                    sets += 1;
                    let source = Source::Run {
                        controller: Arc::downgrade(&controller),
                        reads: sent.answer.class == Class::Read,
                        fails_transaction: in_transaction && limits.cancel_fails_transaction,
                    };
                    let watched = hold.progress();
                    let held =
                        match documents::seen(hold, &seat.connected.driver, &seat.opened.language, source).await {
                            Ok(held) => held,
                            Err(error) => break Err(driver::Error::new(driver::Code::Corrupt, error.message)),
                        };
                    held.again.get_or_init(|| again(play, sent, sets));
                    play.app.live.holds.keep(&held);
                    // Until the catalog is read, what was kept of it knows the keys.
                    let shelved = match seat.opened.shelf.latest() {
                        Some(latest) => Some(latest),
                        None => kept::of(&seat.connected, seat.opened.database().as_deref()).await,
                    };
                    let title = title.of(&play.nameless, sets);
                    let about = Head {
                        title,
                        shelved: shelved.as_ref(),
                        relation: None,
                        profile_id: &seat.connected.profile.id,
                        database: shelved.as_ref().and_then(|shelved| shelved.catalog.database.as_deref()),
                        statement: Some(&sent.statement.text),
                    };
                    play.emit(RunEvent::ResultSet { index, head: head(&held, &about) });
                    filling = Some(Filling { held, watched, told_at: None, told_rows: 0, behind: false });
                }
                Some(results::RunEvent::Notice(notice)) => {
                    let range = notice.span.map(|span| positions.range(sent.place(span.start), sent.place(span.end)));
                    play.emit(RunEvent::Notice { index, notice: notice_row(notice, range) });
                }
                Some(results::RunEvent::Done(summary)) => break Ok(summary),
                Some(results::RunEvent::Failed(error)) => break Err(error),
                None => break Err(driver::Error::lost(seat.connected.driver.label())),
            },
            () = changed(&mut filling) => if let Some(filling) = &mut filling
                && filling.changed(play)
            {
                filling.tell(play);
            },
            () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {
                if let Some(filling) = &mut filling {
                    filling.tell(play);
                }
            }
        }
    };
    play.running.steer(None);
    let mut rows = None;
    if let Some(filling) = filling.take() {
        let state = filling.held.hold.progress().borrow().state.clone();
        pause_ended = matches!(state, results::HoldState::Truncated(Truncation::PauseEnded));
        rows = Some(filling.held.hold.rows());
        filling.end(play);
    }
    let elapsed_ms = elapsed_ms(began);
    let outcome = match end {
        Ok(mut summary) if summary.outcome == Outcome::Completed => {
            if let Some(left) = summary.left.take() {
                let LeftActor { user, settings, undone } = left;
                play.emit(RunEvent::LeftActor { index, user, settings, undone });
            }
            completed(summary)
        }
        // Reading was stopped, not the script: what was read is shown, and the script goes on.
        Ok(_) if !play.running.is_cancelled() || pause_ended => {
            StatementOutcome::Completed { tag: None, affected_rows: None, rows: rows.unwrap_or(0), elapsed_ms }
        }
        Ok(_) => StatementOutcome::Cancelled { elapsed_ms },
        Err(error) => StatementOutcome::Failed { error: sent.located(error, positions), elapsed_ms },
    };
    Ended { outcome }
}

/// What would run again for all of its rows.
fn again(play: &Play, sent: &Sent, set: usize) -> Again {
    let answer = &sent.answer;
    let refused = match answer.class {
        Class::Read if answer.effect.locks_rows.is_some() => Some("it locks the rows it reads"),
        Class::Read => None,
        _ => Some("it does more than read"),
    };
    let (request, statement) = (&play.request, sent.statement.clone());
    let (tab_id, profile_id) = (request.tab_id.clone(), request.profile_id.clone());
    Again { tab_id, profile_id, database: request.database.clone(), statement, refused, set }
}

fn completed(summary: Summary) -> StatementOutcome {
    StatementOutcome::Completed {
        tag: summary.tag,
        affected_rows: summary.affected_rows,
        rows: summary.rows,
        elapsed_ms: u64::try_from(summary.elapsed.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Waits for a change of the hold.
async fn changed(filling: &mut Option<Filling>) {
    let change = match filling {
        Some(filling) => filling.watched.changed().await,
        None => std::future::pending().await,
    };
    if change.is_err() {
        // A closed channel would be ready for ever.
        std::future::pending().await
    }
}
