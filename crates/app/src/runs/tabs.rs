//! Tabs, what runs in them, and which of their sessions may be closed.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use driver::{Link, Transaction};
use results::Controller;
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

use super::{Seat, tell};
use crate::{
    App,
    api::{AppError, ErrorCode, SessionSetting, SettingChoice, TabSession},
    connections::lock,
    store::now_ms,
};

/// Every tab that has run something in this process.
#[derive(Default)]
pub(crate) struct Tabs {
    tabs: Mutex<HashMap<String, Arc<Tab>>>,
    runs: Mutex<HashMap<String, Arc<Running>>>,
}

/// An editor tab.
pub(crate) struct Tab {
    pub(crate) id: String,
    seat: Mutex<Option<Arc<Seat>>>,
    running: Mutex<Option<Arc<Running>>>,
}

/// A script in progress.
pub(crate) struct Running {
    pub(crate) id: String,
    cancelled: watch::Sender<bool>,
    controller: Mutex<Option<Arc<Controller>>>,
    /// Whether it waits at the cap for a person.
    pub(super) paused: AtomicBool,
    ended: watch::Sender<bool>,
}

/// How long a script that only waits for "load more" has to end when another one is started.
const HAND_OVER: Duration = Duration::from_secs(6);

impl Running {
    /// Stops the statement in progress and skips the rest.
    pub(crate) fn cancel(&self) {
        self.cancelled.send_replace(true);
        if let Some(controller) = lock(&self.controller).as_ref() {
            controller.stop();
        }
    }

    /// Lets whatever is begun in the tab end this first, as if it only waited.
    pub(super) fn give_way(&self) {
        self.paused.store(true, Ordering::Release);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    pub(crate) async fn until_cancelled(&self) {
        // The sender lives as long as `self`.
        let _ = self.cancelled.subscribe().wait_for(|cancelled| *cancelled).await;
    }

    /// The statement in progress, for a cancel that may have come just before.
    pub(super) fn steer(&self, controller: Option<Arc<Controller>>) {
        let stopped = controller.clone();
        *lock(&self.controller) = controller;
        if let Some(controller) = stopped
            && self.is_cancelled()
        {
            controller.stop();
        }
    }
}

impl Tab {
    /// Claims the tab for a script. One that only waits at its cap gives way.
    ///
    /// # Errors
    /// `Conflict` while another script runs.
    pub(super) async fn begin(&self) -> Result<Arc<Running>, AppError> {
        let waiting = lock(&self.running).clone().filter(|running| running.paused.load(Ordering::Acquire));
        if let Some(waiting) = waiting {
            waiting.cancel();
            let _ = timeout(HAND_OVER, waiting.ended.subscribe().wait_for(|ended| *ended)).await;
        }
        let mut running = lock(&self.running);
        if running.is_some() {
            return Err(AppError::new(ErrorCode::Conflict, "A script is still running in this tab.")
                .with_hint("Stop it first, or run this one in another tab."));
        }
        let fresh = Arc::new(Running {
            id: Uuid::new_v4().to_string(),
            cancelled: watch::Sender::new(false),
            controller: Mutex::default(),
            paused: AtomicBool::new(false),
            ended: watch::Sender::new(false),
        });
        *running = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// The script has ended.
    pub(super) fn finish(&self, app: &App, ended: &Running) {
        let mut running = lock(&self.running);
        if running.as_ref().is_some_and(|running| running.id == ended.id) {
            *running = None;
        }
        drop(running);
        app.live.tabs.forget(&ended.id);
        ended.ended.send_replace(true);
    }

    pub(crate) fn seat(&self) -> Option<Arc<Seat>> {
        lock(&self.seat).clone()
    }

    pub(super) fn sit(&self, seat: &Arc<Seat>) {
        let former = lock(&self.seat).replace(Arc::clone(seat));
        drop(former);
    }

    /// Gives the session up without closing it.
    pub(super) fn stand(&self) -> Option<Arc<Seat>> {
        lock(&self.seat).take()
    }

    pub(super) fn is_running(&self) -> bool {
        lock(&self.running).is_some()
    }

    /// What runs.
    pub(super) fn in_progress(&self) -> Option<Arc<Running>> {
        lock(&self.running).clone()
    }

    /// Stops what runs and closes the session.
    pub(crate) fn end(self: &Arc<Self>, app: &App) {
        if let Some(running) = lock(&self.running).clone() {
            running.cancel();
        }
        if let Some(seat) = self.stand() {
            seat.close();
            let closed = TabSession { link: "closed".to_owned(), running: false, ..self.shown(&seat) };
            app.events.emit(crate::api::AppEvent::Session { session: closed });
        }
    }

    /// The session as faces see it.
    pub(crate) fn shown(&self, seat: &Seat) -> TabSession {
        let state = seat.session.state().borrow().clone();
        let (link, reason) = match state.link {
            Link::Up => ("up", None),
            Link::Lost(reason) => ("lost", Some(reason)),
            Link::Closed => ("closed", None),
        };
        let settings = state.settings.into_iter().map(|setting| SessionSetting {
            name: setting.name,
            value: setting.value,
            choices: setting.choices.into_iter().map(|(label, statement)| SettingChoice { label, statement }).collect(),
        });
        TabSession {
            tab_id: self.id.clone(),
            profile_id: seat.connected.profile.id.clone(),
            link: link.to_owned(),
            reason,
            transaction: match state.transaction {
                Transaction::Idle => "idle",
                Transaction::Open => "open",
                Transaction::Failed => "failed",
            }
            .to_owned(),
            database: state.database,
            search_path: state.search_path,
            user: state.user,
            server_id: state.server_id,
            running: self.is_running(),
            unused_since_ms: (state.transaction != Transaction::Idle && !self.is_running())
                .then(|| now_ms() - i64::try_from(seat.used().elapsed().as_millis()).unwrap_or(i64::MAX)),
            read_only: state.read_only || seat.connected.read_only,
            pooled: state.pooled,
            settings: settings.collect(),
        }
    }
}

impl Tabs {
    pub(super) fn tab(&self, id: &str) -> Arc<Tab> {
        let fresh = || Arc::new(Tab { id: id.to_owned(), seat: Mutex::default(), running: Mutex::default() });
        Arc::clone(lock(&self.tabs).entry(id.to_owned()).or_insert_with(fresh))
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Tab>> {
        lock(&self.tabs).get(id).cloned()
    }

    pub(super) fn started(&self, running: &Arc<Running>) {
        lock(&self.runs).insert(running.id.clone(), Arc::clone(running));
    }

    fn forget(&self, run_id: &str) {
        lock(&self.runs).remove(run_id);
    }

    pub(super) fn running(&self, run_id: &str) -> Option<Arc<Running>> {
        lock(&self.runs).get(run_id).cloned()
    }

    pub(super) fn of(&self, profile_id: &str) -> Vec<(Arc<Tab>, Arc<Seat>)> {
        let tabs: Vec<Arc<Tab>> = lock(&self.tabs).values().cloned().collect();
        let seated = tabs.into_iter().filter_map(|tab| tab.seat().map(|seat| (tab, seat)));
        seated.filter(|(_, seat)| seat.connected.profile.id == profile_id).collect()
    }

    /// Sessions nobody would miss, the one longest unused first.
    fn spare(&self, profile_id: &str) -> Vec<(Arc<Tab>, Arc<Seat>, Instant)> {
        let mut spare: Vec<_> = self
            .of(profile_id)
            .into_iter()
            .filter(|(tab, seat)| !tab.is_running() && seat.holds_nothing())
            .map(|(tab, seat)| {
                let used = seat.used();
                (tab, seat, used)
            })
            .collect();
        spare.sort_by_key(|(.., used)| *used);
        spare
    }

    /// Closes sessions without state that have been idle this long.
    pub(crate) fn sweep(&self, app: &App, profile_id: &str, limit: Duration) {
        for (tab, seat, used) in self.spare(profile_id) {
            if used.elapsed() >= limit {
                drop(seat);
                tab.end(app);
            }
        }
    }

    /// Closes one session without state; false when there is none.
    pub(crate) fn reclaim(&self, app: &App, profile_id: &str) -> bool {
        let Some((tab, seat, _)) = self.spare(profile_id).into_iter().next() else { return false };
        drop(seat);
        tab.end(app);
        true
    }

    /// Closes every session of a connection.
    pub(crate) fn end_all_of(&self, app: &App, profile_id: &str) {
        for (tab, seat) in self.of(profile_id) {
            drop(seat);
            tab.end(app);
        }
    }
}

/// Follows a session: tells its state, what it says while idle, and a lost link.
pub(super) async fn follow(app: std::sync::Weak<App>, tab: std::sync::Weak<Tab>, seat: std::sync::Weak<Seat>) {
    let Some((mut state, mut messages)) = seat.upgrade().map(|seat| (seat.session.state(), seat.session.messages()))
    else {
        return;
    };
    loop {
        let said = tokio::select! {
            changed = state.changed() => match changed {
                Ok(()) => None,
                Err(_) => return,
            },
            message = messages.recv() => match message {
                Ok(message) => Some(message),
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => continue,
                Err(tokio::sync::broadcast::error::RecvError::Closed) => {
                    // The state says how it ended.
                    if state.changed().await.is_err() { return };
                    None
                }
            },
        };
        let (Some(app), Some(tab), Some(seat)) = (app.upgrade(), tab.upgrade(), seat.upgrade()) else { return };
        // A session the tab has left is not the tab's any more.
        if !tab.seat().is_some_and(|current| Arc::ptr_eq(&current, &seat)) {
            return;
        }
        match said {
            Some(message) => super::seat::tell_message(&app, &tab, message),
            None => {
                let link = state.borrow_and_update().link.clone();
                tell(&app, &tab, &seat);
                match link {
                    Link::Up => {}
                    Link::Lost(_) => {
                        seat.give_back();
                        seat.connected.look_now();
                        return;
                    }
                    Link::Closed => return,
                }
            }
        }
    }
}
