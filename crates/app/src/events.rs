//! What the core tells its faces: every listener hears everything, in order.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::api::{AppEvent, Topic};

/// The listeners of one core.
#[derive(Debug, Default)]
pub(crate) struct Events {
    listeners: Mutex<Vec<mpsc::UnboundedSender<AppEvent>>>,
}

impl Events {
    pub(crate) fn listen(&self) -> mpsc::UnboundedReceiver<AppEvent> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Tells everyone; whoever stopped listening is forgotten.
    pub(crate) fn emit(&self, event: AppEvent) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(event.clone()).is_ok());
    }

    /// Caches of these topics are stale; only of this connection, where one is given.
    pub(crate) fn changed(&self, topics: &[Topic], profile_id: Option<&str>) {
        self.emit(AppEvent::Changed { topics: topics.to_vec(), profile_id: profile_id.map(str::to_owned) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listener_hears_everything_and_those_gone_are_forgotten() {
        let events = Events::default();
        let mut one = events.listen();
        drop(events.listen());
        events.changed(&[Topic::History], Some("p"));
        let expected = AppEvent::Changed { topics: vec![Topic::History], profile_id: Some("p".to_owned()) };
        assert_eq!(one.try_recv(), Ok(expected));
        assert_eq!(events.listeners.lock().map(|listeners| listeners.len()).unwrap_or(0), 1);
    }
}
