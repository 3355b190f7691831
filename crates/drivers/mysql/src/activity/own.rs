//! Which of the server's sessions are this connection's: the server keeps no name of a client where performance_schema is off.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use driver::{Link, Session};

/// The sessions a connection has opened, as long as they are there.
#[derive(Default)]
pub(crate) struct Own(Mutex<Vec<Weak<dyn Session>>>);

impl Own {
    /// One more.
    pub(crate) fn note(&self, session: &Arc<dyn Session>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.strong_count() > 0);
        all.push(Arc::downgrade(session));
    }

    /// The server's ids of those that are open.
    pub(super) fn now(&self) -> HashSet<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = |session: Arc<dyn Session>| {
            let state = session.state();
            let state = state.borrow();
            state.server_id.clone().filter(|_| state.link == Link::Up)
        };
        all.iter().filter_map(Weak::upgrade).filter_map(id).collect()
    }
}
