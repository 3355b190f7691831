//! When the control session of a database is free for what nobody waits for.

use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use crate::connections::lock;

/// How long nobody has asked anything before something is read that nobody waits for.
const CALM: Duration = Duration::from_millis(300);

/// A person's questions to one database, and what has changed in its catalog since somebody looked.
pub(crate) struct Quiet {
    state: Mutex<State>,
    news: Notify,
    closed: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    asking: u32,
    last: Option<Instant>,
    /// Schemas that were read by name; none of them where everything was read.
    touched: Option<BTreeSet<String>>,
}

impl Quiet {
    pub(crate) fn new() -> Self {
        Quiet { state: Mutex::default(), news: Notify::new(), closed: watch::Sender::new(false) }
    }

    /// A person asks, until this is dropped.
    pub(crate) fn asking(&self) -> Asking<'_> {
        lock(&self.state).asking += 1;
        Asking(self)
    }

    /// The catalog was read, or only this schema of it, because something in it was said to have changed.
    pub(super) fn news(&self, schema: Option<&str>) {
        lock(&self.state).touched.get_or_insert_default().extend(schema.map(str::to_owned));
        self.news.notify_one();
    }

    /// Nothing is to be read any more.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(super) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    pub(super) async fn until_closed(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as `self`.
        let _ = closed.wait_for(|closed| *closed).await;
    }

    /// Waits for news: the schemas that were touched. `None` at the end.
    pub(super) async fn next(&self) -> Option<BTreeSet<String>> {
        loop {
            if self.is_closed() {
                return None;
            }
            if let Some(touched) = lock(&self.state).touched.take() {
                return Some(touched);
            }
            tokio::select! {
                () = self.news.notified() => {}
                () = self.until_closed() => {}
            }
        }
    }

    /// Waits until nobody asks anything; false at the end.
    pub(crate) async fn calm(&self) -> bool {
        loop {
            let wait = {
                let state = lock(&self.state);
                let since = state.last.map_or(CALM, |last| last.elapsed());
                if state.asking > 0 { CALM } else { CALM.saturating_sub(since) }
            };
            if self.is_closed() {
                return false;
            }
            if wait.is_zero() {
                return true;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.until_closed() => {}
            }
        }
    }
}

/// A question under way.
pub(crate) struct Asking<'a>(&'a Quiet);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.asking = state.asking.saturating_sub(1);
        state.last = Some(Instant::now());
    }
}
