//! How often faces hear that the history changed: a script of a thousand statements is told a few times a second, not
//! two thousand times.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{App, api::Topic};

/// The least time between two tellings.
pub(super) const PACE: Duration = Duration::from_millis(400);

/// When it was told last, and whether one more is on its way.
#[derive(Debug, Default)]
pub(crate) struct Telling(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    waiting: bool,
}

/// What a change leads to.
enum Turn {
    Now,
    After(Duration),
    /// One is on its way and will cover it.
    Covered,
}

impl Telling {
    fn turn(&self) -> Turn {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting {
            return Turn::Covered;
        }
        let rest = state.last.and_then(|last| PACE.checked_sub(last.elapsed()));
        match rest.filter(|rest| !rest.is_zero()) {
            Some(rest) => {
                state.waiting = true;
                Turn::After(rest)
            }
            None => {
                state.last = Some(Instant::now());
                Turn::Now
            }
        }
    }

    fn told(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { last: Some(Instant::now()), waiting: false };
    }
}

impl App {
    /// Tells that the history changed: at once when it was quiet, or else as soon as the pace allows.
    pub(super) fn history_changed(&self) {
        match self.telling.turn() {
            Turn::Now => self.events.changed(&[Topic::History], None),
            Turn::Covered => {}
            Turn::After(rest) => {
                let Ok(app) = self.shared() else { return };
                let app = std::sync::Arc::downgrade(&app);
                tokio::spawn(async move {
                    tokio::time::sleep(rest).await;
                    if let Some(app) = app.upgrade() {
                        // Before the telling: a change from here on asks for one of its own.
                        app.telling.told();
                        app.events.changed(&[Topic::History], None);
                    }
                });
            }
        }
    }
}
