//! Sessions for short statements of our own: at most two per database, none of which holds any state.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use driver::{Acting, Link, Role, Session, row_security::Actor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Connected, Opened, Permit, lock};
use crate::api::{AppError, ErrorCode};

/// Sessions of one database for browsing.
const BROWSERS: usize = 2;

pub(crate) struct Pool {
    room: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    session: Arc<dyn Session>,
    permit: Permit,
    since: Instant,
    acted: bool,
}

impl Default for Pool {
    fn default() -> Self {
        Pool { room: Arc::new(Semaphore::new(BROWSERS)), idle: Mutex::default() }
    }
}

/// A browse session lent out; it goes back when dropped, unless it is lost.
pub(crate) struct Lent {
    of: Arc<Opened>,
    session: Arc<dyn Session>,
    /// The same, for whom it is lent.
    lent: Arc<dyn Session>,
    /// Somebody acted in it: settings that were made up for that are empty texts from then on, and not absent.
    acted: bool,
    permit: Option<Permit>,
    /// Whether it was there before: it may have died unnoticed.
    pub(crate) used_before: bool,
    _room: OwnedSemaphorePermit,
}

impl Lent {
    pub(crate) fn session(&self) -> &dyn Session {
        self.lent.as_ref()
    }

    /// The session, for as long as it is lent.
    pub(crate) fn shared(&self) -> Arc<dyn Session> {
        Arc::clone(&self.lent)
    }

    /// Ends the session instead of giving it back.
    pub(crate) fn discard(mut self) {
        close(&self.session);
        self.permit = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        if is_up(self.session.as_ref()) && !self.of.pool.room.is_closed() {
            lock(&self.of.pool.idle).push(Idle {
                session: Arc::clone(&self.session),
                permit,
                since: Instant::now(),
                acted: self.acted,
            });
        }
    }
}

fn is_up(session: &dyn Session) -> bool {
    session.state().borrow().link == Link::Up
}

fn close(session: &Arc<dyn Session>) {
    let session = Arc::clone(session);
    tokio::spawn(async move { session.close().await });
}

impl Opened {
    /// Lends a browse session that runs everything as `acting`, or as the login; waits while both are in use.
    ///
    /// # Errors
    /// `Exhausted` at the session limit; otherwise as connecting.
    pub(crate) async fn browser(
        self: &Arc<Self>,
        connected: &Arc<Connected>,
        acting: Option<&Arc<Actor>>,
    ) -> Result<Lent, AppError> {
        let closed = || AppError::new(ErrorCode::Cancelled, "The connection was closed meanwhile.");
        let room = Arc::clone(&self.pool.room).acquire_owned().await.map_err(|_| closed())?;
        let lend = |session: Arc<dyn Session>, permit, acted: bool, used_before| {
            let lent = Acting::over(Arc::clone(&session), acting.cloned());
            let acted = acted || acting.is_some();
            Lent { of: Arc::clone(self), session, lent, acted, permit: Some(permit), used_before, _room: room }
        };
        while let Some(idle) = self.pool.take(acting.is_some()) {
            if is_up(idle.session.as_ref()) {
                return Ok(lend(idle.session, idle.permit, idle.acted, true));
            }
        }
        let (session, permit) = self.session(connected, Role::Browse).await?;
        Ok(lend(session, permit, false, false))
    }
}

impl Pool {
    /// An idle session: for the login only one in which nobody acted, in place of which one that is not is closed.
    fn take(&self, acting: bool) -> Option<Idle> {
        let mut idle = lock(&self.idle);
        let wanted = idle.iter().rposition(|one| one.acted == acting);
        if let Some(at) = wanted {
            return Some(idle.swap_remove(at));
        }
        let other = idle.pop()?;
        if acting {
            return Some(other);
        }
        close(&other.session);
        None
    }

    /// Closes one idle session; false when there is none.
    pub(super) fn reclaim(&self) -> bool {
        let idle = lock(&self.idle).pop();
        if let Some(idle) = &idle {
            close(&idle.session);
        }
        idle.is_some()
    }

    /// Closes what has been idle this long.
    pub(super) fn sweep(&self, limit: Duration) {
        let gone: Vec<Idle> = {
            let mut idle = lock(&self.idle);
            let (stay, gone) = std::mem::take(&mut *idle)
                .into_iter()
                .partition(|one| one.since.elapsed() < limit && is_up(one.session.as_ref()));
            *idle = stay;
            gone
        };
        gone.iter().for_each(|one| close(&one.session));
    }

    pub(super) fn close(&self) {
        self.room.close();
        let idle = std::mem::take(&mut *lock(&self.idle));
        idle.iter().for_each(|one| close(&one.session));
    }
}
