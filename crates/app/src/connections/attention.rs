//! Whether a person is at a window: only then are servers that nobody uses asked for signs of life. One that sleeps when it is
//! left alone, and costs when it is not, is left alone.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// A person who has done nothing for this long may have gone.
const LASTS: Duration = Duration::from_secs(5 * 60);

/// When a person did something last; `None` where nobody is there.
pub(crate) struct Attention(watch::Sender<Option<Instant>>);

impl Default for Attention {
    /// Who opens the program is there.
    fn default() -> Self {
        Attention(watch::Sender::new(Some(Instant::now())))
    }
}

impl Attention {
    /// Somebody did something just now.
    pub(crate) fn note(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    /// Everybody has gone.
    #[cfg(test)]
    pub(crate) fn leave(&self) {
        self.0.send_replace(None);
    }

    /// For who depends on it.
    pub(crate) fn watch(&self) -> Attended {
        Attended(self.0.subscribe())
    }
}

/// One who depends on somebody being there.
pub(crate) struct Attended(watch::Receiver<Option<Instant>>);

impl Attended {
    /// Whether somebody is there.
    pub(crate) fn now(&mut self) -> bool {
        self.0.borrow_and_update().is_some_and(|last| last.elapsed() < LASTS)
    }

    /// Completes when somebody does something, since [`Attended::now`] was asked.
    pub(crate) async fn again(&mut self) {
        if self.0.changed().await.is_err() {
            // The core is closing, and tells so otherwise.
            std::future::pending().await
        }
    }
}
