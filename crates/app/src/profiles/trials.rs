//! Tests of connections that are under way, so that they can be stopped.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// The tests under way, by the names their faces gave them.
#[derive(Debug, Default)]
pub(crate) struct Trials(Mutex<HashMap<String, oneshot::Sender<()>>>);

impl Trials {
    fn all(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a test; one of the same name is stopped. It ends when the trial is dropped.
    pub(super) fn begin(&self, id: &str) -> Trial<'_> {
        let (stop, stopped) = oneshot::channel();
        self.all().insert(id.to_owned(), stop);
        Trial { all: self, id: id.to_owned(), stopped }
    }

    /// Stops a test; nothing where it has ended.
    pub(super) fn stop(&self, id: &str) {
        if let Some(stop) = self.all().remove(id) {
            // It may be ending right now.
            let _ = stop.send(());
        }
    }
}

/// A test under way.
pub(super) struct Trial<'a> {
    all: &'a Trials,
    id: String,
    stopped: oneshot::Receiver<()>,
}

impl Trial<'_> {
    /// Ends when somebody stops the test.
    pub(super) async fn stopped(&mut self) {
        // A sender that is gone was replaced by a test of the same name.
        let _ = (&mut self.stopped).await;
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.stopped.close();
        let mut all = self.all.all();
        if all.get(&self.id).is_some_and(oneshot::Sender::is_closed) {
            all.remove(&self.id);
        }
    }
}
