//! Data tabs that are told of changes: a session of the tab's own, which listens on one channel.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
};

use driver::{Event, Message, Role, Session};
use tokio::sync::{Notify, broadcast::error::RecvError};

use crate::{
    App,
    api::*,
    connections::{Connected, Permit, lock},
    store::now_ms,
};

/// Who listens, by tab.
#[derive(Default)]
pub(crate) struct Listening {
    tabs: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Listening {
    /// Whoever listened for this tab stops.
    fn begin(&self, tab_id: &str) -> Arc<Notify> {
        let stop = Arc::new(Notify::new());
        if let Some(former) = lock(&self.tabs).insert(tab_id.to_owned(), Arc::clone(&stop)) {
            former.notify_one();
        }
        stop
    }

    fn stop(&self, tab_id: &str) {
        if let Some(stop) = lock(&self.tabs).remove(tab_id) {
            stop.notify_one();
        }
    }

    fn is(&self, tab_id: &str, stop: &Arc<Notify>) -> bool {
        lock(&self.tabs).get(tab_id).is_some_and(|current| Arc::ptr_eq(current, stop))
    }
}

impl App {
    /// Listens on a channel for a data tab, which hears of what arrives by [`AppEvent::Message`]: a notification has the label
    /// `NOTIFY`; `LISTEN` says that listening ended by itself. A tab listens on one channel: the latest call wins.
    ///
    /// # Errors
    /// `Unsupported` where the server announces nothing; `Exhausted` at the limit of sessions; as connecting.
    pub async fn browse_listen(
        self: &Arc<Self>,
        tab_id: &str,
        profile_id: &str,
        object: &ObjectRef,
        channel: &str,
    ) -> Result<(), AppError> {
        let place = self.place(profile_id, object).await?;
        let statement = place.scan()?.listen(channel).ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "This server does not announce changes.")
                .with_hint("Read the rows again at an interval instead.")
        })?;
        let stop = self.live.listening.begin(tab_id);
        let (session, permit) = match place.opened.session(&place.connected, Role::Session).await {
            Ok(opened) => opened,
            Err(error) => {
                self.live.listening.stop(tab_id);
                return Err(error);
            }
        };
        let pooled = session.state().borrow().pooled;
        if pooled {
            self.live.listening.stop(tab_id);
            session.close().await;
            let message =
                "A pooler stands between: it gives every transaction another session, and none goes on listening.";
            return Err(AppError::new(ErrorCode::Unsupported, message)
                .with_hint("Connect to the server itself, or read the rows again at an interval."));
        }
        let mut run = session.run(statement);
        while let Some(event) = run.next().await {
            match event {
                Ok(Event::Done(_)) => break,
                Ok(_) => {}
                Err(error) => {
                    self.live.listening.stop(tab_id);
                    session.close().await;
                    return Err(error.into());
                }
            }
        }
        let listener = Listener { session, permit, connected: place.connected, stop };
        tokio::spawn(follow(Arc::downgrade(self), tab_id.to_owned(), listener));
        Ok(())
    }

    /// Stops listening for a tab; one that does not is left alone.
    pub fn browse_unlisten(&self, tab_id: &str) {
        self.live.listening.stop(tab_id);
    }
}

/// A session that listens, and what ends it.
struct Listener {
    session: Arc<dyn Session>,
    permit: Permit,
    connected: Arc<Connected>,
    stop: Arc<Notify>,
}

/// Tells what arrives, until it is stopped or the session or its connection ends.
async fn follow(app: Weak<App>, tab_id: String, listener: Listener) {
    let Listener { session, permit, connected, stop } = listener;
    let mut messages = session.messages();
    let mut state = session.state();
    let ended = loop {
        let said = tokio::select! {
            biased;
            () = stop.notified() => break false,
            () = connected.until_ended() => break true,
            message = messages.recv() => match message {
                Ok(message) => message,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => break true,
            },
            changed = state.changed() => {
                if changed.is_err() || state.borrow_and_update().link != driver::Link::Up {
                    break true;
                }
                continue;
            }
        };
        let Some(app) = app.upgrade() else { break false };
        if let Message::Notification { channel, payload, sender } = said {
            let message = if payload.is_empty() { channel } else { format!("{channel}: {payload}") };
            let detail = sender.map(|sender| format!("Sent by session {sender}."));
            app.events
                .emit(AppEvent::Message { tab_id: tab_id.clone(), notice: notice("info", "NOTIFY", message, detail) });
        }
    };
    session.close().await;
    drop(permit);
    let Some(app) = app.upgrade() else { return };
    if ended && app.live.listening.is(&tab_id, &stop) {
        app.live.listening.stop(&tab_id);
        let message = "The session that listened has ended.".to_owned();
        app.events.emit(AppEvent::Message { tab_id, notice: notice("warning", "LISTEN", message, None) });
    }
}

fn notice(severity: &str, label: &str, message: String, detail: Option<String>) -> NoticeRow {
    NoticeRow {
        severity: severity.to_owned(),
        label: label.to_owned(),
        code: None,
        message,
        detail,
        hint: None,
        context: None,
        range: None,
        at_ms: now_ms(),
    }
}
