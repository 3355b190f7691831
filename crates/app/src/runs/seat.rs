//! A tab's own session.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use driver::{Link, Message, Role, Session, Transaction};
use sql::{Class, Classification};

use super::{
    script::notice_row,
    tabs::{Tab, follow},
    tell,
};
use crate::{
    App,
    api::{AppError, AppEvent, NoticeRow},
    connections::{Connected, Opened, Permit, lock},
    store::now_ms,
};

/// One session of one tab.
pub(crate) struct Seat {
    pub(crate) session: Arc<dyn Session>,
    pub(crate) connected: Arc<Connected>,
    pub(crate) opened: Arc<Opened>,
    /// The database it was opened for; `None` is the profile's own.
    database: Option<String>,
    /// Given back when the session is over, whoever still looks at it.
    permit: Mutex<Option<Permit>>,
    used: Mutex<Instant>,
    /// Whether anything but reading was done: temporary tables, settings, listeners cannot be seen from here.
    touched: AtomicBool,
    /// Whether a catalog change waits for its transaction's end.
    pub(super) stale_catalog: AtomicBool,
}

impl Seat {
    /// Opens a session for a tab.
    ///
    /// # Errors
    /// As connecting; `Exhausted` at the session limit.
    pub(super) async fn open(
        app: &Arc<App>,
        connected: &Arc<Connected>,
        tab: &Arc<Tab>,
        database: Option<&str>,
    ) -> Result<Arc<Seat>, AppError> {
        let opened = connected.open(database).await?;
        let (session, permit) = opened.session(connected, Role::Session).await?;
        let seat = Arc::new(Seat {
            session,
            connected: Arc::clone(connected),
            opened,
            database: database.map(str::to_owned),
            permit: Mutex::new(Some(permit)),
            used: Mutex::new(Instant::now()),
            touched: AtomicBool::new(false),
            stale_catalog: AtomicBool::new(false),
        });
        tab.sit(&seat);
        tokio::spawn(follow(Arc::downgrade(app), Arc::downgrade(tab), Arc::downgrade(&seat)));
        tell(app, tab, &seat);
        Ok(seat)
    }

    /// Whether this session serves this connection and database, and answers.
    pub(super) fn serves(&self, connected: &Arc<Connected>, database: Option<&str>) -> bool {
        Arc::ptr_eq(&self.connected, connected) && self.database.as_deref() == database && self.is_up()
    }

    pub(super) fn is_up(&self) -> bool {
        self.session.state().borrow().link == Link::Up
    }

    pub(super) fn is_lost(&self) -> bool {
        matches!(self.session.state().borrow().link, Link::Lost(_))
    }

    pub(super) fn transaction(&self) -> Transaction {
        self.session.state().borrow().transaction
    }

    /// Notes what was run.
    pub(super) fn note(&self, statement: &Classification) {
        *lock(&self.used) = Instant::now();
        if statement.class != Class::Read || statement.effect.locks_rows.is_some() {
            self.touched.store(true, Ordering::Release);
        }
    }

    pub(super) fn touch(&self) {
        *lock(&self.used) = Instant::now();
    }

    pub(super) fn used(&self) -> Instant {
        *lock(&self.used)
    }

    /// Whether closing it would lose nothing.
    pub(super) fn holds_nothing(&self) -> bool {
        !self.touched.load(Ordering::Acquire) && self.transaction() == Transaction::Idle
    }

    /// The session is over; another may have its place.
    pub(super) fn give_back(&self) {
        let permit = lock(&self.permit).take();
        drop(permit);
    }

    /// Closes it, local and immediate.
    pub(super) fn close(&self) {
        let session = Arc::clone(&self.session);
        tokio::spawn(async move { session.close().await });
        self.give_back();
    }
}

/// Tells what a session says while idle.
pub(super) fn tell_message(app: &App, tab: &Tab, message: Message) {
    let notice = match message {
        Message::Notice(notice) => notice_row(notice, None),
        Message::Notification { channel, payload, sender } => NoticeRow {
            severity: "info".to_owned(),
            label: "NOTIFY".to_owned(),
            code: None,
            message: if payload.is_empty() { channel } else { format!("{channel}: {payload}") },
            detail: sender.map(|sender| format!("Sent by session {sender}.")),
            hint: None,
            context: None,
            range: None,
            at_ms: now_ms(),
        },
        // The session's state shows those that matter.
        Message::Parameter { .. } => return,
    };
    app.events.emit(AppEvent::Message { tab_id: tab.id.clone(), notice });
}
