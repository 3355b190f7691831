//! How many sessions a connection has open.

use std::sync::{Arc, Weak, atomic::Ordering};

use super::Connected;
use crate::api::{AppError, ErrorCode};

/// The right to one session; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    of: Weak<Connected>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(connected) = self.of.upgrade() {
            connected.used.fetch_sub(1, Ordering::AcqRel);
            connected.emit();
        }
    }
}

impl Connected {
    /// Takes the right to one more session, where need be from an idle one that holds no state.
    ///
    /// # Errors
    /// `Exhausted` when every session is in use.
    pub(crate) fn permit(self: &Arc<Self>) -> Result<Permit, AppError> {
        let limit = self.session_limit();
        loop {
            let taken =
                self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| (used < limit).then_some(used + 1));
            if taken.is_ok() {
                self.emit();
                return Ok(Permit { of: Arc::downgrade(self) });
            }
            if !self.reclaim() {
                return Err(AppError::new(
                    ErrorCode::Exhausted,
                    format!("All {limit} sessions of “{}” are in use.", self.profile.name),
                )
                .with_hint(
                    "Close the session of a tab that does not need its own, or raise the limit in the settings.",
                ));
            }
        }
    }

    /// Sessions open now.
    pub(crate) fn sessions(&self) -> u32 {
        self.used.load(Ordering::Acquire)
    }
}
