//! Short questions of ours to a server, each with a name by which it is stopped.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex},
};

use driver::{Code, Event, Outcome, Statement};
use results::Cells;
use tokio::sync::Notify;

use crate::{
    api::AppError,
    connections::{Lent, lock},
    explorer::Place,
};

/// What is being asked, by name.
#[derive(Default)]
pub(crate) struct Asks {
    asked: Mutex<HashMap<String, Arc<Notify>>>,
}

/// One question; it is forgotten when this is dropped.
pub(crate) struct Asking<'a> {
    of: &'a Asks,
    id: String,
    stop: Arc<Notify>,
}

impl Asks {
    pub(crate) fn begin(&self, id: &str) -> Asking<'_> {
        let stop = Arc::new(Notify::new());
        lock(&self.asked).insert(id.to_owned(), Arc::clone(&stop));
        Asking { of: self, id: id.to_owned(), stop }
    }

    pub(crate) fn stop(&self, id: &str) {
        let found = lock(&self.asked).get(id).cloned();
        if let Some(stop) = found {
            // Kept for whoever listens next, if nobody does now.
            stop.notify_one();
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut asked = lock(&self.of.asked);
        if asked.get(&self.id).is_some_and(|stop| Arc::ptr_eq(stop, &self.stop)) {
            asked.remove(&self.id);
        }
    }
}

impl Asking<'_> {
    /// The work's answer, unless the question is stopped first: then the work is dropped, and what it runs is cancelled by that.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.stop.notified() => Err(driver::Error::cancelled().into()),
        }
    }
}

/// A row of an answer as texts; `None` is NULL.
pub(crate) type Texts = Vec<Option<String>>;

/// Runs a statement of ours on a browse session and gives the first columns of what it returned. A session that died
/// unnoticed is replaced once.
pub(crate) async fn run(place: &Place, statement: Statement, columns: usize) -> Result<Vec<Texts>, AppError> {
    place.guard(&statement.text)?;
    let mut again = true;
    loop {
        let lent = place.browser().await?;
        let stale = lent.used_before;
        match run_once(&lent, statement.clone(), columns).await {
            Err(error) if error.code == Code::Unreachable => {
                lent.discard();
                place.connected.look_now();
                if !(again && stale) {
                    return Err(error.into());
                }
                again = false;
            }
            done => return Ok(done?),
        }
    }
}

async fn run_once(lent: &Lent, statement: Statement, columns: usize) -> Result<Vec<Texts>, driver::Error> {
    let mut run = lent.session().run(statement);
    let mut rows = Vec::new();
    while let Some(event) = run.next().await {
        match event? {
            Event::Batch(batch) => {
                let cells = (0..columns).map(|at| Cells::of(&batch, at)).collect::<Result<Vec<_>, _>>()?;
                rows.extend((0..batch.num_rows()).map(|row| cells.iter().map(|cells| text(cells, row)).collect()));
            }
            Event::Done(summary) if summary.outcome == Outcome::Cancelled => return Err(driver::Error::cancelled()),
            Event::Done(_) => return Ok(rows),
            Event::ResultSet(..) | Event::Notice(_) => {}
        }
    }
    Err(driver::Error::lost("the server"))
}

fn text(cells: &Cells<'_>, row: usize) -> Option<String> {
    let mut digits = Default::default();
    cells.get(row).text(&mut digits).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}
