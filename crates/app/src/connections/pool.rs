//! Sessions for short statements of our own: at most two per database, none of which holds any state.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use driver::{Link, Role, Session};
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
    permit: Option<Permit>,
    /// Whether it was there before: it may have died unnoticed.
    pub(crate) used_before: bool,
    _room: OwnedSemaphorePermit,
}

impl Lent {
    pub(crate) fn session(&self) -> &dyn Session {
        self.session.as_ref()
    }

    /// The session, for as long as it is lent.
    pub(crate) fn shared(&self) -> Arc<dyn Session> {
        Arc::clone(&self.session)
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
            lock(&self.of.pool.idle).push(Idle { session: Arc::clone(&self.session), permit, since: Instant::now() });
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
    /// Lends a browse session; waits while both are in use.
    ///
    /// # Errors
    /// `Exhausted` at the session limit; otherwise as connecting.
    pub(crate) async fn browser(self: &Arc<Self>, connected: &Arc<Connected>) -> Result<Lent, AppError> {
        let closed = || AppError::new(ErrorCode::Cancelled, "The connection was closed meanwhile.");
        let room = Arc::clone(&self.pool.room).acquire_owned().await.map_err(|_| closed())?;
        loop {
            let Some(idle) = lock(&self.pool.idle).pop() else { break };
            if is_up(idle.session.as_ref()) {
                let (session, permit) = (idle.session, Some(idle.permit));
                return Ok(Lent { of: Arc::clone(self), session, permit, used_before: true, _room: room });
            }
        }
        let (session, permit) = self.session(connected, Role::Browse).await?;
        Ok(Lent { of: Arc::clone(self), session, permit: Some(permit), used_before: false, _room: room })
    }
}

impl Pool {
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
