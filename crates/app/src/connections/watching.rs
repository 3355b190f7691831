//! Looks after an open connection: a server that is gone is seen, told and tried again; what is idle is closed.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use driver::Code;
use tokio::time::{sleep, timeout};

use super::{Connected, attention::Attended};
use crate::{
    api::{AppError, ConnectionPhase, ErrorCode, Topic},
    store::now_ms,
};

/// How often the server is asked for a sign of life while somebody is there: with the time a driver gives it to answer, a lost
/// server is told within five seconds.
const LOOK: Duration = Duration::from_millis(1200);
/// How often idle sessions are looked through.
const TIDY: Duration = Duration::from_secs(15);
/// How long a sign of life may take where the driver has no limit of its own.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// Until the connection is closed.
pub(super) async fn watch(connected: Weak<Connected>) {
    let Some(mut attended) = connected.upgrade().and_then(|here| here.attended()) else { return };
    let mut tidied = Instant::now();
    loop {
        let Some(here) = connected.upgrade() else { return };
        let somebody = attended.now();
        let look = tokio::select! {
            () = here.until_ended() => return,
            () = here.look.notified() => true,
            () = attended.again(), if !somebody => true,
            () = sleep(if somebody { LOOK } else { TIDY }) => somebody,
        };
        if tidied.elapsed() >= TIDY {
            here.sweep();
            tidied = Instant::now();
        }
        if !look {
            continue;
        }
        if let Err(error) = here.sign_of_life().await
            && !here.recover(error).await
        {
            return;
        }
    }
}

impl Connected {
    fn attended(&self) -> Option<Attended> {
        self.app.upgrade().map(|app| app.live.attention.watch())
    }

    /// Closes idle sessions without state that have not been used for as long as the settings say.
    fn sweep(&self) {
        let Some(app) = self.app.upgrade() else { return };
        let limit = Duration::from_secs(60 * u64::from(app.current_settings().idle_close_min));
        for opened in self.opens() {
            opened.pool.sweep(limit);
        }
        app.live.tabs.sweep(&app, &self.profile.id, limit);
        let minutes = app.current_settings().idle_transaction_min;
        if minutes > 0 {
            let limit = Duration::from_secs(60 * u64::from(minutes));
            app.live.tabs.roll_back_idle(&app, &self.profile.id, limit);
        }
    }

    /// Closes one session that nobody would miss; false when there is none.
    pub(super) fn reclaim(&self) -> bool {
        self.opens().iter().any(|opened| opened.pool.reclaim())
            || self.app.upgrade().is_some_and(|app| app.live.tabs.reclaim(&app, &self.profile.id))
    }

    /// Somebody has seen a sign that the server may be gone.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    async fn sign_of_life(self: &Arc<Self>) -> Result<(), AppError> {
        let Some(main) = self.main() else { return Ok(()) };
        match timeout(PATIENCE, main.connection.control().ping()).await {
            Ok(Ok(())) => Ok(()),
            // A file that is locked for a moment is no lost server.
            Ok(Err(error)) if matches!(error.code, Code::Conflict | Code::Cancelled | Code::Internal) => Ok(()),
            // The password has run out: the command for it runs again.
            Ok(Err(error)) if error.code == Code::Unauthenticated && error.secret.is_none() && self.is_renewable() => {
                self.renew(&main).await.map(drop)
            }
            Ok(Err(error)) => Err(error.into()),
            // It answers no ping while it answers a long question.
            Err(_) if main.shelf.is_reading() => Ok(()),
            Err(_) => Err(AppError::new(
                ErrorCode::Unreachable,
                format!("{} gave no sign of life for {} s.", self.profile.target, PATIENCE.as_secs()),
            )
            .with_hint("Your text is safe. It is tried again.")),
        }
    }

    /// Tries again until the server answers or the connection is closed, which is false.
    async fn recover(self: &Arc<Self>, mut error: AppError) -> bool {
        let mut wait = FIRST_RETRY;
        loop {
            // A login that is refused is not repeated: servers lock accounts for less.
            let again = error.code != ErrorCode::Unauthenticated;
            let retry_at_ms = again.then(|| now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(0)));
            self.set_phase(ConnectionPhase::Lost { error, retry_at_ms });
            tokio::select! {
                () = self.until_ended() => return false,
                () = self.look.notified() => {}
                () = sleep(wait), if again => {}
            }
            match self.sign_of_life().await {
                Ok(()) => break,
                Err(next) => error = next,
            }
            wait = (wait * 2).min(LAST_RETRY);
        }
        self.set_phase(ConnectionPhase::Open);
        for opened in self.opens() {
            // The others find their servers themselves at their next use.
            opened.shelf.read_in_background(&opened, self);
        }
        if let Ok(app) = self.app() {
            // A way that was made anew may have asked for its secrets.
            self.settle_answers(&app).await;
            app.events.changed(&[Topic::Connections], Some(&self.profile.id));
        }
        true
    }
}
