//! Rows of a relation in pages of our own short statements.

mod again;
mod conditions;
mod facts;
mod listening;
mod pages;
#[cfg(test)]
pub(crate) mod tests;

use std::{collections::HashMap, sync::Mutex, time::Instant};

use catalog::{Kind, Scope};
use driver::{Event, KeySource, Page, Sort};
use results::{Cell, Cells};

use crate::{
    App,
    api::*,
    connections::lock,
    explorer::{Place, to_key},
    profiles::dial::elapsed_ms,
    runs::guard,
    text::Positions,
};

pub(crate) use again::compare;
use conditions::located;
pub(crate) use conditions::{checked, filter};
pub(crate) use listening::Listening;
pub(crate) use pages::Pages;

/// What runs for relations right now, so that it can be stopped.
#[derive(Default)]
pub(crate) struct InProgress {
    runs: Mutex<HashMap<u64, (String, ObjectRef, driver::CancelHandle)>>,
    next: std::sync::atomic::AtomicU64,
}

/// Takes the entry out when what runs has ended.
pub(crate) struct Entry<'a> {
    of: &'a InProgress,
    number: u64,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        lock(&self.of.runs).remove(&self.number);
    }
}

impl InProgress {
    fn enter(&self, profile_id: &str, object: &ObjectRef, cancel: driver::CancelHandle) -> Entry<'_> {
        let number = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        lock(&self.runs).insert(number, (profile_id.to_owned(), object.clone(), cancel));
        Entry { of: self, number }
    }

    fn of(&self, profile_id: &str, object: &ObjectRef) -> Vec<driver::CancelHandle> {
        let runs = lock(&self.runs);
        let here = runs.values().filter(|(profile, relation, _)| profile == profile_id && relation == object);
        here.map(|(.., cancel)| cancel.clone()).collect()
    }
}

impl App {
    /// Opens a relation's rows: the first page at once, no count first.
    ///
    /// # Errors
    /// `NotFound` for a relation or column that is gone; `Unsupported` where rows cannot be browsed; `Forbidden`;
    /// `InvalidStatement` for a filter's value the server cannot read; as connecting; `Cancelled`.
    pub async fn browse(&self, request: BrowseRequest) -> Result<Browsed, AppError> {
        pages::open(self, request).await
    }

    /// Appends the next page. Calls that come together share one page. An error is the hold's state: what is there
    /// stays, and asking again tries again.
    ///
    /// # Errors
    /// `NotFound` for released rows.
    pub async fn browse_more(&self, hold_id: &str) -> Result<HoldProgress, AppError> {
        pages::more(self, hold_id).await
    }

    /// Reads the rows of a hold once more, under the same conditions and in the same order: as many as it has, up to a limit.
    /// The hold stays as it is. `keep` is a row of it to be found again by its key.
    ///
    /// # Errors
    /// As [`App::browse`]; `NotFound` for released rows.
    pub async fn browse_again(&self, hold_id: &str, keep: Option<u64>) -> Result<BrowsedAgain, AppError> {
        again::read(self, hold_id, keep).await
    }

    /// Counts the rows exactly under the same conditions; stopped by `browse_cancel`.
    ///
    /// # Errors
    /// As [`App::browse`].
    pub async fn browse_count(&self, request: BrowseRequest) -> Result<Counted, AppError> {
        let begun = Instant::now();
        let place = self.place(&request.profile_id, &request.object).await?.acting_as(request.actor.as_ref())?;
        let relation = to_key(&request.object)?;
        let catalog = place.relation_catalog(&relation).await?;
        let scan = place.scan()?;
        let filters = checked(&request.filters, &place.opened.language)?;
        let statement = scan.count(catalog.catalog(), &relation, &filters)?;
        place.guard(&statement.text)?;
        let text = std::sync::Arc::clone(&statement.text);
        let lent = place.browser().await?;
        let mut run = lent.session().run(statement);
        let _entry = self.live.browsing.enter(&request.profile_id, &request.object, run.cancel.clone());
        let mut rows = None;
        while let Some(event) = run.next().await {
            match event.map_err(|error| located(error, &request.filters, &text))? {
                Event::Batch(batch) if rows.is_none() => {
                    if let Some(form) = place.connected.driver.documents()
                        && results::documents::holds_documents(&batch.schema())
                    {
                        rows = crate::holds::documents::number(form, &batch);
                        continue;
                    }
                    let cell = Cells::of(&batch, 0)?.get(0);
                    rows = match cell {
                        Cell::Integer(count) => u64::try_from(count).ok(),
                        Cell::Unsigned(count) => Some(count),
                        Cell::Bytes(digits, _) => std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()),
                        Cell::Null | Cell::Boolean(_) => None,
                    };
                }
                Event::Done(summary) if summary.outcome == driver::Outcome::Cancelled => {
                    return Err(driver::Error::cancelled().into());
                }
                _ => {}
            }
        }
        let rows = rows.ok_or_else(|| AppError::internal("a count gave no number"))?;
        Ok(Counted { rows, elapsed_ms: elapsed_ms(begun) })
    }

    /// Stops a page or count in progress for this relation.
    ///
    /// # Errors
    /// As the driver says when the request cannot be delivered.
    pub async fn browse_cancel(&self, profile_id: &str, object: &ObjectRef) -> Result<(), AppError> {
        for cancel in self.live.browsing.of(profile_id, object) {
            cancel.cancel().await?;
        }
        Ok(())
    }
}

impl Place {
    /// Refuses what a read-only connection must not send; pages only read, so this is the second lock.
    pub(crate) fn guard(&self, text: &str) -> Result<(), AppError> {
        if self.connected.read_only {
            guard(text, &self.opened.language, &Positions::new(text), 0)?;
        }
        Ok(())
    }

    pub(crate) fn scan(&self) -> Result<&dyn driver::Scan, AppError> {
        self.opened.connection.control().scan().ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "Rows cannot be browsed on this server.")
                .with_hint("Write a query instead.")
        })
    }
}

/// What of a catalog a page needs.
fn relation_scope(relation: &catalog::ObjectKey) -> Scope {
    Scope {
        kinds: vec![Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes],
        definitions: false,
        sizes: false,
        ..Scope::relation(relation.schema.as_deref(), &relation.name)
    }
}

fn sort(sort: &BrowseSort) -> Sort {
    Sort { column: sort.column.clone(), descending: sort.descending }
}

/// How pages are told apart, in words, and whether that is a warning.
fn paging(page: &Page, names: &[String]) -> (String, bool) {
    let names = names.join(", ");
    match page.source {
        KeySource::UniqueIndex if names.is_empty() => ("by a unique key".to_owned(), false),
        KeySource::PrimaryKey => (format!("by primary key {names}"), false),
        KeySource::UniqueIndex => (format!("by unique key {names}"), false),
        KeySource::RowId => (
            "by the engine's own row numbers: rows that others move meanwhile may be seen twice or not at all"
                .to_owned(),
            true,
        ),
        KeySource::Offset => {
            ("by counting rows, as it has no key: rows may repeat or be missed while others write".to_owned(), true)
        }
    }
}
