//! The pages of one data tab, appended to one hold.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use catalog::ObjectKey;
use driver::{CancelHandle, Code, Event, KeySource, Outcome, Page, PageRequest};
use results::HoldWriter;

use super::{checked, located, paging, relation_scope, sort};
use crate::{
    App,
    api::*,
    connections::{Lent, lock},
    explorer::{Place, Shelved, to_key},
    holds::{Head, Held, Source, documents, head},
    profiles::dial::elapsed_ms,
};

/// What a data tab shows and how it goes on.
pub(crate) struct Pages {
    request: BrowseRequest,
    state: Mutex<HoldState>,
    /// How long statements ran, in ms.
    took_ms: AtomicU64,
    /// How many pages were read.
    count: AtomicU64,
    /// Taken by whoever reads a page.
    reader: tokio::sync::Mutex<Reader>,
    cancel: Mutex<Option<CancelHandle>>,
    /// Positions of the columns that name a row for edits; none where rows cannot be told apart.
    identity: OnceLock<Option<Vec<usize>>>,
}

#[derive(Default)]
struct Reader {
    writer: Option<HoldWriter>,
    /// Positions of the key in the rows.
    key: Vec<usize>,
}

/// A relation's part of a catalog.
pub(crate) enum Found {
    Shelved(Arc<Shelved>),
    Read(Box<catalog::Catalog>),
}

impl Found {
    pub(crate) fn catalog(&self) -> &catalog::Catalog {
        match self {
            Found::Shelved(shelved) => &shelved.catalog,
            Found::Read(catalog) => catalog,
        }
    }
}

impl Place {
    /// The relation with its columns and keys: from the catalog in memory, or read for itself so that nobody waits for
    /// all of it.
    pub(crate) async fn relation_catalog(&self, relation: &ObjectKey) -> Result<Found, AppError> {
        if let Some(shelved) = self.opened.shelf.latest()
            && shelved.relation(relation.schema.as_deref(), &relation.name).is_some()
        {
            return Ok(Found::Shelved(shelved));
        }
        let scope = relation_scope(relation);
        let catalog = self.opened.shelf.ask(self.opened.connection.as_ref(), &scope).await?;
        Ok(Found::Read(Box::new(catalog)))
    }
}

impl Pages {
    pub(crate) fn profile_id(&self) -> &str {
        &self.request.profile_id
    }

    pub(crate) fn object(&self) -> &ObjectRef {
        &self.request.object
    }

    pub(crate) fn identity(&self) -> Option<&[usize]> {
        self.identity.get()?.as_deref()
    }

    pub(crate) fn state(&self) -> HoldState {
        lock(&self.state).clone()
    }

    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.took_ms.load(Ordering::Relaxed)
    }

    fn set(&self, state: HoldState) {
        *lock(&self.state) = state;
    }

    /// Stops the page in progress.
    pub(crate) async fn stop(&self) {
        let cancel = lock(&self.cancel).clone();
        if let Some(cancel) = cancel
            && let Err(error) = cancel.cancel().await
        {
            tracing::warn!(%error, "a page could not be stopped");
        }
    }

    /// What is browsed.
    pub(crate) fn request(&self) -> &BrowseRequest {
        &self.request
    }

    async fn place(&self, app: &App) -> Result<Place, AppError> {
        let BrowseRequest { profile_id, object, actor, .. } = &self.request;
        app.place(profile_id, object).await?.acting_as(actor.as_ref())
    }

    /// The statement that reads every row under the same conditions, in the same order.
    ///
    /// # Errors
    /// As connecting; `NotFound` for a relation or a column that is gone.
    pub(crate) async fn whole(&self, app: &App) -> Result<(Place, driver::Statement), AppError> {
        let place = self.place(app).await?;
        let relation = to_key(&self.request.object)?;
        let found = place.relation_catalog(&relation).await?;
        let asked = PageRequest { limit: u32::MAX, ..self.page_request(app, &place, &relation)? };
        let statement = place.scan()?.page(found.catalog(), &asked)?.statement;
        Ok((place, statement))
    }

    fn page_request(&self, app: &App, place: &Place, relation: &ObjectKey) -> Result<PageRequest, AppError> {
        Ok(PageRequest {
            relation: relation.clone(),
            filters: checked(&self.request.filters, &place.opened.language)?,
            sort: self.request.sort.iter().map(sort).collect(),
            after: None,
            offset: 0,
            limit: app.current_settings().page_rows,
        })
    }
}

/// Opens a relation and reads its first page.
pub(super) async fn open(app: &App, request: BrowseRequest) -> Result<Browsed, AppError> {
    open_with(app, request, 0).await
}

/// Opens a relation and reads its first page, of at least so many rows.
pub(super) async fn open_with(app: &App, request: BrowseRequest, rows: u32) -> Result<Browsed, AppError> {
    let place = app.place(&request.profile_id, &request.object).await?.acting_as(request.actor.as_ref())?;
    let relation = to_key(&request.object)?;
    let found = place.relation_catalog(&relation).await?;
    let pages = Arc::new(Pages {
        request,
        state: Mutex::new(HoldState::Reading),
        took_ms: AtomicU64::new(0),
        count: AtomicU64::new(0),
        reader: tokio::sync::Mutex::default(),
        cancel: Mutex::default(),
        identity: OnceLock::new(),
    });
    let mut asked = pages.page_request(app, &place, &relation)?;
    asked.limit = asked.limit.max(rows);
    let page = place.scan()?.page(found.catalog(), &asked)?;
    let statement = page.statement.text.to_string();
    let mut reader = pages.reader.lock().await;
    let read = read_page(app, &place, &pages, &mut reader, &page).await?;
    let Some(writer) = &reader.writer else {
        return Err(AppError::internal("a page came without its columns"));
    };
    let hold = writer.hold().clone();
    reader.key.clone_from(&page.key);
    let connected = &place.connected;
    let source = Source::Pages(Arc::clone(&pages));
    let held = match results::documents::holds_documents(hold.schema()) {
        true => documents::seen(hold, &connected.driver, &place.opened.language, source).await?,
        false => Held::new(hold, &connected.driver, &place.opened.language, page.visible_columns, source),
    };
    let identity = held.document_key().map_or_else(|| page.identity.clone(), |id| Some(vec![id]));
    pages.identity.get_or_init(|| identity);
    pages.count.store(1, Ordering::Release);
    pages.set(after(read, asked.limit));
    drop(reader);
    app.live.holds.keep(&held);
    let walker = found.catalog().find_relation(relation.schema.as_deref(), &relation.name);
    let walker = walker.and_then(|id| found.catalog().relation(id));
    let fields = held.hold.schema().fields();
    let visible = page.key.iter().filter(|at| **at < held.visible).filter_map(|at| fields.get(*at));
    let key: Vec<String> = match walker.and_then(|relation| relation.primary_key()) {
        Some(primary) if page.source == KeySource::PrimaryKey => primary.columns.clone(),
        _ => visible.map(|field| field.name().clone()).collect(),
    };
    let (paging, paging_warns) = paging(&page, &key);
    let about = Head {
        title: relation.name.clone(),
        shelved: None,
        relation: walker,
        profile_id: &connected.profile.id,
        database: found.catalog().database.as_deref(),
        statement: None,
    };
    Ok(Browsed { head: head(&held, &about), progress: held.progress(), statement, paging, paging_warns })
}

/// Reads the next page, unless somebody else does so right now.
pub(super) async fn more(app: &App, hold_id: &str) -> Result<HoldProgress, AppError> {
    let held = app.live.holds.get(hold_id)?;
    let Source::Pages(pages) = &held.source else {
        return Err(AppError::new(ErrorCode::Unsupported, "These rows do not come in pages."));
    };
    let seen = pages.count.load(Ordering::Acquire);
    let mut reader = pages.reader.lock().await;
    let others = pages.count.load(Ordering::Acquire) != seen;
    if others || matches!(pages.state(), HoldState::Complete | HoldState::Truncated { .. }) {
        return Ok(held.progress());
    }
    pages.set(HoldState::Reading);
    match next(app, &held, pages, &mut reader).await {
        Ok(state) => {
            pages.count.fetch_add(1, Ordering::AcqRel);
            pages.set(state);
        }
        // What is there can still be continued.
        Err(error) if error.code == ErrorCode::Cancelled => pages.set(HoldState::MorePages),
        Err(error) => pages.set(HoldState::Failed { error }),
    }
    drop(reader);
    let progress = held.progress();
    app.events.emit(AppEvent::Hold { progress: progress.clone() });
    Ok(progress)
}

async fn next(app: &App, held: &Arc<Held>, pages: &Pages, reader: &mut Reader) -> Result<HoldState, AppError> {
    let place = pages.place(app).await?;
    let relation = to_key(&pages.request.object)?;
    let found = place.relation_catalog(&relation).await?;
    let rows = held.hold.rows();
    let mut asked = pages.page_request(app, &place, &relation)?;
    asked.offset = rows;
    if let Some(last) = rows.checked_sub(1)
        && !reader.key.is_empty()
    {
        let (held, key) = (Arc::clone(held), reader.key.clone());
        asked.after = Some(crate::holds::blocking(move || last_key(&held, last, &key)).await?);
    }
    let page = place.scan()?.page(found.catalog(), &asked)?;
    if page.key != reader.key {
        return Err(changed());
    }
    let read = read_page(app, &place, pages, reader, &page).await?;
    Ok(after(read, asked.limit))
}

fn after(read: u64, limit: u32) -> HoldState {
    if read < u64::from(limit) { HoldState::Complete } else { HoldState::MorePages }
}

/// What the next page begins after: the key of the last row, or the whole last document.
fn last_key(held: &Held, row: u64, key: &[usize]) -> Result<Vec<Option<String>>, AppError> {
    match held.document_text(row)? {
        Some(document) => Ok(vec![Some(document)]),
        None => held.hold.texts(row, key)?.into_iter().map(text).collect(),
    }
}

fn text(bytes: Option<Vec<u8>>) -> Result<Option<String>, AppError> {
    let not_text = |_| {
        AppError::new(ErrorCode::Unsupported, "The last row's key is not text, so the next page cannot be asked for.")
            .with_hint("Sort or filter by another column.")
    };
    bytes.map(String::from_utf8).transpose().map_err(not_text)
}

fn changed() -> AppError {
    AppError::new(ErrorCode::Conflict, "The relation's columns or keys have changed since its rows were opened.")
        .with_hint("Reload the rows.")
}

/// Reads one page into the hold and says how many rows it had. A session that died unnoticed is replaced once.
async fn read_page(app: &App, place: &Place, pages: &Pages, reader: &mut Reader, page: &Page) -> Result<u64, AppError> {
    place.guard(&page.statement.text)?;
    let begun = Instant::now();
    let mut again = true;
    let read = loop {
        let lent = place.browser().await?;
        let (mut rows, stale) = (0, lent.used_before);
        match run_page(app, pages, reader, page, &lent, &mut rows).await {
            Err(error) if error.code == Code::Unreachable => {
                lent.discard();
                place.connected.look_now();
                if !(again && stale && rows == 0) {
                    break Err(error);
                }
                again = false;
            }
            done => break done.map(|()| rows),
        }
    };
    pages.took_ms.fetch_add(elapsed_ms(begun), Ordering::Relaxed);
    read.map_err(|error| located(error, &pages.request.filters, &page.statement.text))
}

async fn run_page(
    app: &App,
    pages: &Pages,
    reader: &mut Reader,
    page: &Page,
    lent: &Lent,
    rows: &mut u64,
) -> Result<(), driver::Error> {
    let seconds = app.current_settings().statement_timeout_s;
    let mut statement = page.statement.clone();
    statement.timeout = (seconds > 0).then(|| std::time::Duration::from_secs(seconds.into()));
    let mut run = lent.session().run(statement);
    let _entry = app.live.browsing.enter(&pages.request.profile_id, &pages.request.object, run.cancel.clone());
    *lock(&pages.cancel) = Some(run.cancel.clone());
    let _done = Stopped(pages);
    while let Some(event) = run.next().await {
        match event? {
            Event::ResultSet(schema, context) => {
                if reader.writer.is_none() {
                    reader.writer = Some(app.live.results.hold(schema, context)?.0);
                } else if reader.writer.as_ref().is_some_and(|writer| *writer.hold().schema() != schema) {
                    return Err(driver::Error::new(Code::Conflict, changed().message).with_hint("Reload the rows."));
                }
            }
            Event::Batch(batch) => {
                let Some(mut writer) = reader.writer.take() else { continue };
                *rows += batch.num_rows() as u64;
                let appended = tokio::task::spawn_blocking(move || {
                    let appended = writer.append(&batch);
                    (writer, appended)
                });
                let (writer, appended) =
                    appended.await.map_err(|_| driver::Error::new(Code::Internal, "Writing a page broke off."))?;
                reader.writer = Some(writer);
                appended?;
            }
            Event::Notice(_) => {}
            Event::Done(summary) if summary.outcome == Outcome::Cancelled => return Err(driver::Error::cancelled()),
            Event::Done(_) => return Ok(()),
        }
    }
    Err(driver::Error::lost("the server"))
}

/// Nothing is left to stop.
struct Stopped<'a>(&'a Pages);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        lock(&self.0.cancel).take();
    }
}
