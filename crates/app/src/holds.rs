//! Held rows by id: what windows look at.

mod copying;
pub(crate) mod documents;
mod head;
mod rows;
mod saving;
pub(crate) mod targets;
#[cfg(test)]
mod tests;
mod views;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, Weak},
    time::Instant,
};

use driver::{Driver, Language};
use results::{Controller, Hold};
use uuid::Uuid;

use crate::{
    App,
    api::{AppError, ErrorCode, HoldProgress, HoldState},
    browse::Pages,
    connections::lock,
    profiles::dial::elapsed_ms,
    references::Leads,
};

pub(crate) use head::{Head, head, leads_to};
pub(crate) use views::not_wrapped;

/// Cells of a window are cut at this many bytes.
const CELL_BYTES: usize = 4 << 10;
/// Bytes of one cell that are handed out at once.
const CELL_PART: u64 = 16 << 20;

/// Every hold of this process by its id. An id is never used twice.
#[derive(Default)]
pub(crate) struct Holds {
    held: Mutex<HashMap<String, Arc<Held>>>,
    /// Filters, sorts and searches in progress.
    work: views::InProgress,
}

/// A result a window looks at.
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) hold: Hold,
    pub(crate) driver: Arc<dyn Driver>,
    pub(crate) language: Language,
    /// How many columns a person sees; hidden key columns and classes follow.
    pub(crate) visible: usize,
    pub(crate) begun: Instant,
    /// How long its statement took, once it ended.
    took_ms: OnceLock<u64>,
    pub(crate) source: Source,
    /// Where its rows come from and lead to, once its head was made.
    leads: OnceLock<Leads>,
    /// Columns that tell one row of a table from another, by position and name; none where they are not known.
    pub(crate) keys: OnceLock<Vec<(usize, String)>>,
    /// Schema and name of the relation whose rows these are, where they are a relation's.
    pub(crate) relation: OnceLock<Vec<String>>,
    /// What the rows are called.
    pub(crate) title: OnceLock<String>,
    /// The statement that gave them, where it may run again.
    pub(crate) again: OnceLock<Again>,
    /// Set where the columns are fields of documents.
    documents: Option<documents::Documents>,
}

/// A statement of a tab that may run again.
#[derive(Clone)]
pub(crate) struct Again {
    pub(crate) tab_id: String,
    pub(crate) profile_id: String,
    pub(crate) database: Option<String>,
    pub(crate) statement: driver::Statement,
    /// Why it may not; `None` for one that only reads.
    pub(crate) refused: Option<&'static str>,
    /// Which of its result sets gave these rows, from 1.
    pub(crate) set: usize,
}

/// Where more rows come from.
pub(crate) enum Source {
    /// A statement of a person's.
    Run {
        controller: Weak<Controller>,
        /// Whether stopping it can undo nothing.
        reads: bool,
        /// Whether stopping it fails the transaction it runs in.
        fails_transaction: bool,
    },
    /// Pages of our own statements.
    Pages(Arc<Pages>),
    /// Other held rows, of which these are some in some order.
    View(Box<views::Viewed>),
}

impl Held {
    pub(crate) fn new(
        hold: Hold,
        driver: &Arc<dyn Driver>,
        language: &Language,
        visible: usize,
        source: Source,
    ) -> Arc<Self> {
        Arc::new(Held::parts(hold, driver, language, visible, source))
    }

    fn parts(hold: Hold, driver: &Arc<dyn Driver>, language: &Language, visible: usize, source: Source) -> Held {
        Held {
            id: Uuid::new_v4().to_string(),
            visible: visible.min(hold.visible_columns()),
            hold,
            driver: Arc::clone(driver),
            language: language.clone(),
            begun: Instant::now(),
            took_ms: OnceLock::new(),
            source,
            leads: OnceLock::new(),
            keys: OnceLock::new(),
            relation: OnceLock::new(),
            title: OnceLock::new(),
            again: OnceLock::new(),
            documents: None,
        }
    }

    /// Some of these rows, held under an id of their own.
    fn viewed(&self, viewed: views::Viewed) -> Arc<Held> {
        let source = Source::View(Box::new(viewed));
        let view = Held {
            begun: self.begun,
            documents: self.documents.clone(),
            ..Held::parts(self.hold.clone(), &self.driver, &self.language, self.visible, source)
        };
        if let Some(keys) = self.keys.get() {
            view.keys.get_or_init(|| keys.clone());
        }
        if let Some(relation) = self.relation.get() {
            view.relation.get_or_init(|| relation.clone());
        }
        if let Some(title) = self.title.get() {
            view.title.get_or_init(|| title.clone());
        }
        Arc::new(view)
    }

    /// Notes where its rows lead; the first time counts.
    pub(crate) fn lead(&self, leads: Leads) -> &Leads {
        self.leads.get_or_init(|| leads)
    }

    pub(crate) fn leads(&self) -> Option<&Leads> {
        self.base().leads.get()
    }

    fn fails_transaction(&self) -> bool {
        matches!(self.source, Source::Run { fails_transaction: true, .. })
    }

    /// What is said where the rows are not all: `first 100,000 rows, not all`.
    pub(crate) fn partial(&self) -> Option<String> {
        if let Source::View(viewed) = &self.source {
            let rows = crate::explorer::grouped(viewed.view.of);
            return match viewed.complete {
                true => None,
                false if viewed.view.len() == viewed.view.of => Some(format!("first {rows} rows, not all")),
                false => {
                    let found = crate::explorer::grouped(viewed.view.len());
                    Some(format!("{found} rows found among the first {rows}, not all"))
                }
            };
        }
        let progress = self.progress();
        let rows = crate::explorer::grouped(progress.rows);
        (progress.state != HoldState::Complete).then(|| format!("first {rows} rows, not all"))
    }

    /// Notes that nothing more will come.
    pub(crate) fn ended(&self) {
        self.took_ms.get_or_init(|| elapsed_ms(self.begun));
    }

    pub(crate) fn progress(&self) -> HoldProgress {
        let (rows, bytes, state) = {
            let watched = self.hold.progress();
            let progress = watched.borrow();
            (progress.rows, progress.bytes, shown(&progress.state, self.fails_transaction()))
        };
        let (state, elapsed) = match &self.source {
            Source::Run { .. } => (state, self.took_ms.get().copied().unwrap_or_else(|| elapsed_ms(self.begun))),
            Source::Pages(pages) => (pages.state(), pages.elapsed_ms()),
            Source::View(viewed) => {
                let state = match self.partial() {
                    None => HoldState::Complete,
                    Some(partial) => HoldState::Truncated { reason: format!("These are the {partial}.") },
                };
                let progress =
                    HoldProgress { hold_id: self.id.clone(), rows: viewed.view.len(), ..viewed.of.progress() };
                return HoldProgress { state, ..progress };
            }
        };
        HoldProgress { hold_id: self.id.clone(), rows, bytes, elapsed_ms: elapsed, state }
    }
}

fn shown(state: &results::HoldState, fails_transaction: bool) -> HoldState {
    use results::{HoldState as Inner, Truncation};
    let truncated = |reason: &str| HoldState::Truncated { reason: reason.to_owned() };
    match state {
        Inner::Reading => HoldState::Reading,
        Inner::Paused { since_ms, limit_ms } => {
            let until_ms = i64::try_from(since_ms.saturating_add(*limit_ms)).unwrap_or(i64::MAX);
            HoldState::Paused { until_ms, fails_transaction }
        }
        Inner::Complete => HoldState::Complete,
        Inner::Truncated(Truncation::PauseEnded) => {
            truncated("Nobody asked for more rows in time; the server was let go.")
        }
        Inner::Truncated(Truncation::Exhausted(error)) => truncated(&error.message),
        Inner::Truncated(Truncation::Abandoned) | Inner::Cancelled => truncated("It was stopped."),
        Inner::Failed(error) => HoldState::Failed { error: error.clone().into() },
    }
}

impl Holds {
    pub(crate) fn keep(&self, held: &Arc<Held>) {
        lock(&self.held).insert(held.id.clone(), Arc::clone(held));
    }

    /// Keeps a view for as long as the rows it is of.
    ///
    /// # Errors
    /// `NotFound` where those were released meanwhile.
    fn keep_view(&self, view: &Arc<Held>) -> Result<(), AppError> {
        let mut held = lock(&self.held);
        if !held.contains_key(&view.base().id) {
            drop(held);
            return self.get(&view.base().id).map(|_| ());
        }
        held.insert(view.id.clone(), Arc::clone(view));
        Ok(())
    }

    /// # Errors
    /// `NotFound` for one that was released.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<Held>, AppError> {
        lock(&self.held).get(id).cloned().ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, "These rows are closed.").with_hint("Run the statement again.")
        })
    }

    /// Gives rows up, and with them what is seen of them in another order.
    pub(crate) fn remove(&self, id: &str) -> Option<Arc<Held>> {
        let mut held = lock(&self.held);
        let removed = held.remove(id);
        held.retain(|_, other| other.view().is_none() || other.base().id != id);
        removed
    }
}

impl App {
    fn steer(&self, hold_id: &str, order: impl FnOnce(&Controller)) -> Result<(), AppError> {
        let held = self.live.holds.get(hold_id)?;
        match &held.source {
            Source::Run { controller, .. } => {
                // An ended run has nothing to steer.
                if let Some(controller) = controller.upgrade()
                    && !held.hold.progress().borrow().state.is_final()
                {
                    order(&controller);
                }
                Ok(())
            }
            Source::Pages(_) => {
                Err(AppError::new(ErrorCode::Unsupported, "These rows come in pages.")
                    .with_hint("Ask for the next page."))
            }
            Source::View(_) => Err(AppError::new(ErrorCode::Unsupported, "These rows are chosen from others.")
                .with_hint("Read on there, then filter or sort again.")),
        }
    }

    /// Reads on to the next cap.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported` for rows that come in pages.
    pub async fn hold_more(&self, hold_id: &str) -> Result<(), AppError> {
        let rows = u64::from(self.current_settings().row_cap);
        self.steer(hold_id, |controller| controller.more(rows))
    }

    /// Reads on to the end.
    ///
    /// # Errors
    /// As [`App::hold_more`].
    pub async fn hold_all(&self, hold_id: &str) -> Result<(), AppError> {
        self.steer(hold_id, Controller::all)
    }

    /// Stops reading; what is there stays.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn hold_stop(&self, hold_id: &str) -> Result<(), AppError> {
        match &self.live.holds.get(hold_id)?.source {
            Source::Pages(pages) => {
                pages.stop().await;
                return Ok(());
            }
            Source::View(_) => return Ok(()),
            Source::Run { .. } => {}
        }
        self.steer(hold_id, Controller::stop)
    }

    /// Gives up a window's lease; the last one frees memory and disk.
    ///
    /// # Errors
    /// None: what is not held is released already.
    pub async fn hold_release(&self, hold_id: &str) -> Result<(), AppError> {
        self.leave_edits(hold_id).await;
        self.stop_local_work(hold_id);
        let Some(held) = self.live.holds.remove(hold_id) else { return Ok(()) };
        match &held.source {
            Source::Run { controller, reads, .. } => {
                let state = held.hold.progress().borrow().state.clone();
                let paused = matches!(state, results::HoldState::Paused { .. });
                // A statement that changes rows goes on: only looking at it ends.
                if let Some(controller) = controller.upgrade()
                    && (paused || *reads && !state.is_final())
                {
                    controller.stop();
                }
            }
            Source::Pages(pages) => pages.stop().await,
            Source::View(_) => {}
        }
        Ok(())
    }

    /// Rows as one Arrow IPC stream; cells over 4 KiB are cut and marked in a `<i>#long` column.
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `Corrupt` for a damaged disk.
    pub async fn hold_window(
        &self,
        hold_id: &str,
        first: u64,
        rows: u32,
        columns: Vec<u32>,
    ) -> Result<Vec<u8>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        blocking(move || {
            let columns: Vec<usize> = columns.into_iter().map(|column| column as usize).collect();
            Ok(held.window(first, rows as usize, &columns, CELL_BYTES)?)
        })
        .await
    }

    /// Bytes of one cell, at most 16 MiB at once; none for NULL.
    ///
    /// # Errors
    /// As [`App::hold_window`].
    pub async fn hold_cell(
        &self,
        hold_id: &str,
        row: u64,
        column: u32,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        blocking(move || {
            let range = offset..offset.saturating_add(length.min(CELL_PART));
            Ok(held.cell(row, column as usize, range)?.bytes.unwrap_or_default())
        })
        .await
    }
}

/// Runs work that blocks on the disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("work on held rows was interrupted"))?
}
