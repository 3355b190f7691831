//! Scripts that run in tabs' own sessions.

mod asking;
mod claiming;
mod client_copy;
mod explaining;
mod prepare;
mod reading;
mod rereading;
mod script;
mod seat;
mod tabs;
#[cfg(test)]
pub(crate) mod tests;
mod transactions;

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{App, api::*, connections::Connected};

pub(crate) use asking::{Asked, Standing};
pub(crate) use claiming::{Claimed, claim};
pub(crate) use prepare::{Sent, guard, parameter_name, prepare};
pub(crate) use script::{marks, notice_row};
pub(crate) use seat::Seat;
pub(crate) use tabs::Tabs;

impl App {
    /// Starts a script in its tab's session and returns the run's id; what happens comes by `events`, `Started` first
    /// and `Finished` last. Also that no session could be opened is told there, as the first statement's outcome.
    /// A script that changes the whole of something is not started before a person has said yes.
    ///
    /// # Errors
    /// `NotFound` for a profile that is gone; `Conflict` while another script runs in the tab; `Forbidden` for a yes
    /// without the name it was to be given with.
    pub async fn run(
        &self,
        request: RunRequest,
        events: mpsc::UnboundedSender<RunEvent>,
    ) -> Result<RunAnswer, AppError> {
        let connected = self.connected(&request.profile_id).await?;
        let tab = self.live.tabs.tab(&request.tab_id);
        if let Some(question) = self.question(&connected, &tab, &request).await? {
            return Ok(RunAnswer::Confirm { question });
        }
        let running = tab.begin().await?;
        self.live.tabs.started(&running);
        let id = running.id.clone();
        tokio::spawn(script::play(script::Play {
            app: self.shared()?,
            connected,
            tab,
            running,
            request,
            events,
            nameless: Default::default(),
        }));
        Ok(RunAnswer::Started { run_id: id })
    }

    /// What a person is asked before this runs.
    async fn question(
        &self,
        connected: &Arc<Connected>,
        tab: &tabs::Tab,
        request: &RunRequest,
    ) -> Result<Option<SweepQuestion>, AppError> {
        let database = request.database.as_deref();
        let seat = tab.seat().filter(|seat| seat.is_up() && seat.connected.profile.id == connected.profile.id);
        let asked = Asked {
            connected,
            opened: connected.opened(database),
            language: connected.language_of(database),
            database,
            text: &request.text,
            parameters: &request.parameters,
            settings: self.current_settings(),
            session: seat.map(|seat| Standing::of(seat.session.as_ref())),
            acting: request.actor.as_ref().map(|actor| Arc::new(actor.meant())),
        };
        asked.question(request.confirmed.as_ref()).await
    }

    /// Asks the server to stop the statement in progress and skips the rest.
    ///
    /// # Errors
    /// None: a run that has ended needs no stopping.
    pub async fn cancel_run(&self, run_id: &str) -> Result<(), AppError> {
        if let Some(running) = self.live.tabs.running(run_id) {
            running.cancel();
        }
        Ok(())
    }

    /// Closes a tab's session, whatever it does; the next run opens a new one. Rows that were read stay.
    ///
    /// # Errors
    /// None: what is not open is closed already.
    pub async fn close_session(&self, tab_id: &str) -> Result<(), AppError> {
        if let Some(tab) = self.live.tabs.find(tab_id) {
            tab.end(self);
        }
        Ok(())
    }

    /// A tab's session, if it has one.
    pub fn tab_session(&self, tab_id: &str) -> Option<TabSession> {
        let tab = self.live.tabs.find(tab_id)?;
        let seat = tab.seat()?;
        Some(tab.shown(&seat))
    }
}

/// A tab's session was lost or changed: tells the windows.
pub(crate) fn tell(app: &App, tab: &Arc<tabs::Tab>, seat: &Seat) {
    app.events.emit(AppEvent::Session { session: tab.shown(seat) });
}
