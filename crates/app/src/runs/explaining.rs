//! Plans in a tab's own session: the same settings, temporary tables and transaction as its runs.

use std::{sync::Arc, time::Duration};

use driver::Acting;

use super::{
    Seat,
    tabs::{Running, Tab},
    tell,
};
use crate::{
    App,
    acting::acting,
    api::*,
    connections::Connected,
    plans::{Place, Wanted},
};

impl App {
    /// Asks for the plan of a statement in its tab's session. One that writes is run to be measured only after a yes, and
    /// what it did is rolled back.
    ///
    /// # Errors
    /// `Conflict` while a script runs in the tab, and in a failed transaction; `Forbidden` on a read-only connection for
    /// what would write; `Unsupported` for what has no plan or could not be undone; the server's own, placed in the text.
    pub async fn explain(&self, request: PlanRequest) -> Result<PlanAnswer, AppError> {
        let connected = self.connected(&request.profile_id).await?;
        let tab = self.live.tabs.tab(&request.tab_id);
        let running = tab.begin().await?;
        self.live.tabs.started(&running);
        let app = self.shared()?;
        // A window that goes away must not leave it half done.
        let task = tokio::spawn(async move {
            let answer = in_tab(&app, &connected, &tab, &running, &request).await;
            tab.finish(&app, &running);
            if let Some(seat) = tab.seat() {
                seat.touch();
                tell(&app, &tab, &seat);
            }
            answer
        });
        task.await.unwrap_or_else(|_| Err(AppError::new(ErrorCode::Internal, "The plan could not be asked for.")))
    }

    /// Stops what explains, or runs, in a tab.
    ///
    /// # Errors
    /// None: what has ended needs no stopping.
    pub async fn cancel_plan(&self, tab_id: &str) -> Result<(), AppError> {
        if let Some(running) = self.live.tabs.find(tab_id).and_then(|tab| tab.in_progress()) {
            running.cancel();
        }
        Ok(())
    }
}

async fn in_tab(
    app: &Arc<App>,
    connected: &Arc<Connected>,
    tab: &Arc<Tab>,
    running: &Running,
    request: &PlanRequest,
) -> Result<PlanAnswer, AppError> {
    let database = request.database.as_deref();
    let mut lost = false;
    let seat = match tab.seat() {
        Some(seat) if seat.serves(connected, database) => seat,
        former => {
            if let Some(former) = former {
                lost = former.is_lost();
                tab.stand();
                former.close();
            }
            tokio::select! {
                () = running.until_cancelled() => return Err(driver::Error::cancelled().into()),
                seat = Seat::open(app, connected, tab, database) => seat?,
            }
        }
    };
    tell(app, tab, &seat);
    let seconds = app.current_settings().statement_timeout_s;
    let wanted = Wanted {
        text: &request.text,
        parameters: &request.parameters,
        analyze: request.analyze,
        confirmed: request.confirmed.as_deref(),
        timeout: (seconds > 0).then(|| Duration::from_secs(seconds.into())),
    };
    let acting = acting(connected, &seat.opened, request.actor.as_ref())?;
    let session = Acting::over(Arc::clone(&seat.session), acting.clone());
    let place = Place { app, connected, opened: &seat.opened, session: session.as_ref(), acting };
    let mut answer = place.explain(&wanted, running.until_cancelled()).await?;
    if let (true, PlanAnswer::Explained { plan }) = (lost, &mut answer) {
        let words = "The tab's former session was lost, and with it its transaction, temporary tables and settings. This is \
                     the plan in a new session.";
        plan.warnings.push(words.to_owned());
    }
    Ok(answer)
}
