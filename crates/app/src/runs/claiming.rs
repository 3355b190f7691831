//! A tab's session, for work that is no script of the tab.

use std::sync::Arc;

use driver::Session;

use super::{
    Seat,
    tabs::{Running, Tab},
    tell,
};
use crate::{
    App,
    api::AppError,
    connections::{Connected, Opened},
    holds::Again,
};

/// A tab's session while something else than its script uses it: for the tab, a script runs.
pub(crate) struct Claimed {
    tab: Arc<Tab>,
    seat: Arc<Seat>,
    running: Arc<Running>,
}

/// Claims the session a statement ran in; `None` where that session is gone.
///
/// # Errors
/// `Conflict` while the tab runs a script; one that only waits at its cap gives way.
pub(crate) async fn claim(app: &App, again: &Again) -> Result<Option<Claimed>, AppError> {
    let Some(tab) = app.live.tabs.find(&again.tab_id) else { return Ok(None) };
    let fits = |seat: &Arc<Seat>| seat.is_up() && seat.connected.profile.id == again.profile_id;
    let Some(seat) = tab.seat().filter(fits) else { return Ok(None) };
    let running = tab.begin().await?;
    tell(app, &tab, &seat);
    Ok(Some(Claimed { tab, seat, running }))
}

impl Claimed {
    pub(crate) fn parts(&self) -> (&Connected, &Opened, &dyn Session) {
        (&self.seat.connected, &self.seat.opened, self.seat.session.as_ref())
    }

    /// Gives the session back to its tab.
    pub(crate) fn release(self, app: &App) {
        self.seat.touch();
        self.tab.finish(app, &self.running);
        tell(app, &self.tab, &self.seat);
    }
}
