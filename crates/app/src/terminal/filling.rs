//! Rows put into tables, for a face without windows.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{
    App,
    api::{FileImport, Generate, TransferEvent},
    connections::{Connected, Opened},
    explorer::Place,
    generate::generate_told,
    transfers::{Tally, import_told},
};

/// Rows on their way into tables: a file's, or made-up ones.
pub struct Filling {
    events: mpsc::UnboundedReceiver<TransferEvent>,
    tally: Arc<Tally>,
}

impl Filling {
    pub(super) fn import(
        app: Arc<App>,
        connected: Arc<Connected>,
        opened: Arc<Opened>,
        request: FileImport,
    ) -> Filling {
        let (sender, events) = mpsc::unbounded_channel();
        let tally = Arc::new(Tally::default());
        let counted = Arc::clone(&tally);
        tokio::spawn(async move {
            import_told(&app, &connected, &opened, &request, &counted, &sender).await;
        });
        Filling { events, tally }
    }

    pub(super) fn generate(app: Arc<App>, place: Place, request: Generate) -> Filling {
        let (sender, events) = mpsc::unbounded_channel();
        let tally = Arc::new(Tally::default());
        let counted = Arc::clone(&tally);
        tokio::spawn(async move { generate_told(&app, &place, &request, &counted, &sender).await });
        Filling { events, tally }
    }

    /// What happens next; `Done`, `Stopped` or `Failed` is the last.
    pub async fn next(&mut self) -> Option<TransferEvent> {
        self.events.recv().await
    }

    /// Stops it; what was sent is undone.
    pub fn stop(&self) {
        self.tally.stop();
    }
}
