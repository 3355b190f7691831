//! Rows to files and from files, on tasks of their own that can be watched and stopped.

mod chunks;
mod export;
mod import;
mod plan;
mod reading;
mod rejects;
mod tally;
#[cfg(test)]
mod tests;
mod whole;
mod writer;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::mpsc, time::MissedTickBehavior};
use uuid::Uuid;

use crate::{
    App,
    api::{AppError, TransferEvent},
    connections::lock,
};

pub(crate) use export::delimiter;
pub(crate) use import::{asks, import_told};
pub(crate) use reading::{loader, meant, plain_engine_note, preview, primary_key};
pub(crate) use tally::Tally;
pub(crate) use writer::Writer;

/// What is on its way in this process.
#[derive(Default)]
pub(crate) struct Transfers {
    running: Mutex<HashMap<String, Arc<Tally>>>,
}

impl Transfers {
    pub(crate) fn begin(&self) -> (String, Arc<Tally>) {
        let (id, tally) = (Uuid::new_v4().to_string(), Arc::new(Tally::default()));
        lock(&self.running).insert(id.clone(), Arc::clone(&tally));
        (id, tally)
    }

    pub(crate) fn end(&self, id: &str) {
        lock(&self.running).remove(id);
    }
}

/// Least time between two reports.
const BEAT: Duration = Duration::from_millis(100);

/// Does the work and tells meanwhile how far it is.
pub(crate) async fn watched<T>(
    work: impl Future<Output = Result<T, AppError>>,
    tally: &Tally,
    events: &mpsc::UnboundedSender<TransferEvent>,
) -> Result<T, AppError> {
    let beat = async {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beat.tick().await;
            drop(events.send(tally.progress()));
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        () = beat => Err(AppError::internal("a clock ended")),
    }
}

impl App {
    /// Stops an export or an import; what it has done is undone.
    ///
    /// # Errors
    /// None: what has ended needs no stopping.
    pub async fn stop_transfer(&self, transfer_id: &str) -> Result<(), AppError> {
        let tally = lock(&self.transfers.running).get(transfer_id).cloned();
        if let Some(tally) = tally {
            tally.stop();
        }
        Ok(())
    }
}
