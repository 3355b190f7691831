//! Local work on held rows: views of them (a filter, a sort), and finding a text in them.
//!
//! Nothing here asks the server. What is made says of how many rows it speaks, and whether those are all. Values are compared as
//! they are held: what is staged over them changes no row's place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use results::{Column, Condition, Hit, Order, RowFilter, Search, Stop, View};
use sql::{NoWrap, Wrapping};

use super::{Held, Source, blocking};
use crate::{App, api::*, browse::filter};

/// Cells that are counted when a text is looked for.
const HITS: u64 = 10_000;

/// A view and what it is of.
pub(crate) struct Viewed {
    pub(crate) of: Arc<Held>,
    pub(crate) view: View,
    /// Whether the rows it was made of were all there are.
    pub(crate) complete: bool,
}

/// What is done on one hold at a time: what is asked for later stops what was asked for before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Work {
    View,
    Find,
}

/// Work in progress.
#[derive(Default)]
pub(crate) struct InProgress(Mutex<HashMap<(String, Work), Stop>>);

impl InProgress {
    fn begin(&self, hold_id: &str, work: Work) -> Stop {
        let stop = Stop::default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(older) = all.insert((hold_id.to_owned(), work), stop.clone()) {
            older.stop();
        }
        stop
    }

    /// Stops what is done on a hold.
    fn stop(&self, hold_id: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for work in [Work::View, Work::Find] {
            if let Some(stop) = all.remove(&(hold_id.to_owned(), work)) {
                stop.stop();
            }
        }
    }
}

fn columns(given: Option<Vec<u32>>, held: &Held) -> Vec<usize> {
    given.map_or_else(
        // Key columns that are read along are not looked at: nobody sees them.
        || (0..held.visible).collect(),
        |given| given.into_iter().map(|column| column as usize).collect(),
    )
}

/// Whether all rows of a hold are there, and how many that are: asked in this order, so that neither is of a later time.
fn completeness(held: &Held) -> bool {
    held.progress().state == HoldState::Complete
}

impl App {
    /// Filters and sorts held rows without asking the server. Of a view, the rows it was made of are taken. A newer request for
    /// the same rows stops the older one, which then fails as `Cancelled`.
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `Exhausted` for more rows than can be sorted here;
    /// `InvalidStatement` for a value that cannot be one of its column; `Cancelled`; `Corrupt` for a damaged disk.
    pub async fn hold_view(&self, hold_id: &str, request: ViewRequest) -> Result<HoldView, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let of = match &held.source {
            Source::View(viewed) => Arc::clone(&viewed.of),
            Source::Run { .. } | Source::Pages(_) => held,
        };
        let stop = self.live.holds.work.begin(&of.id, Work::View);
        let base = Arc::clone(&of);
        let made = blocking(move || {
            let complete = completeness(&base);
            let view = made(&base, request, &stop)?;
            // Rows that came meanwhile belong to the next one.
            let complete = complete && view.of == base.hold.rows();
            stop.check()?;
            Ok((view, complete))
        });
        let (view, complete) = made.await?;
        let (rows, all) = (view.len(), view.of);
        let viewed = Viewed { of: Arc::clone(&of), view, complete };
        let held = of.viewed(viewed);
        let hold_id = held.id.clone();
        self.live.holds.keep_view(&held)?;
        Ok(HoldView { hold_id, rows, of: all, complete })
    }

    /// For every row of a view, the number of the held row it is: 32 bits each, least byte first.
    ///
    /// # Errors
    /// `NotFound` for a view that was released; `Unsupported` for rows that are no view.
    pub async fn hold_view_rows(&self, hold_id: &str) -> Result<Vec<u8>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let view = held.view().ok_or_else(|| AppError::new(ErrorCode::Unsupported, "These rows are no view."))?;
        Ok(view.rows().iter().flat_map(|row| row.to_le_bytes()).collect())
    }

    /// Looks for a text in held rows, round the end. A newer request for the same rows stops the older one.
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `Cancelled`; `Corrupt` for a damaged disk.
    pub async fn hold_find(&self, request: FindRequest) -> Result<Found, AppError> {
        let held = self.live.holds.get(&request.hold_id)?;
        let stop = self.live.holds.work.begin(&held.id, Work::Find);
        blocking(move || found(&held, request, &stop)).await
    }

    /// The statement of held rows with a filter and a sort put around it, for the server to do.
    ///
    /// # Errors
    /// `NotFound` for released rows.
    pub fn hold_on_server(&self, hold_id: &str, request: ViewRequest) -> Result<ServerQuery, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let made = on_server(held.base(), &request);
        Ok(match made {
            Ok(text) => ServerQuery { text: Some(text), refused: None },
            Err(why) => ServerQuery { text: None, refused: Some(why) },
        })
    }

    /// Stops filtering, sorting and finding on a hold.
    pub(super) fn stop_local_work(&self, hold_id: &str) {
        self.live.holds.work.stop(hold_id);
    }
}

fn made(held: &Held, request: ViewRequest, stop: &Stop) -> Result<View, AppError> {
    let cast = held.driver.cast();
    let condition = |given: LocalCondition| {
        let comparison =
            filter(&BrowseFilter { column: String::new(), operator: given.operator, values: Vec::new() }).comparison;
        Condition { column: given.column as usize, comparison, values: given.values }
    };
    let conditions: Vec<Condition> = request.conditions.into_iter().map(condition).collect();
    let contains = request.contains.filter(|text| !text.is_empty());
    let filtered = if conditions.is_empty() && contains.is_none() && !request.sort.is_empty() {
        None
    } else {
        let wanted = RowFilter { conditions, contains, columns: Some(columns(request.columns, held)) };
        Some(held.hold.filter(None, &wanted, cast, stop)?)
    };
    let order = |descending| if descending { Order::Descending } else { Order::Ascending };
    let keys: Vec<(Column<'_>, Order)> =
        request.sort.iter().map(|key| (Column { index: key.column as usize, cast }, order(key.descending))).collect();
    match filtered {
        Some(view) if keys.is_empty() => Ok(view),
        filtered => Ok(held.hold.sort(filtered.as_ref(), &keys, stop)?),
    }
}

/// # Errors
/// Why it cannot be made, as part of a sentence.
fn on_server(held: &Held, request: &ViewRequest) -> Result<String, String> {
    let again = held.again.get().ok_or("the rows are not those of a statement")?;
    if again.set > 1 {
        return Err("the statement gave several results".to_owned());
    }
    if !request.conditions.is_empty() {
        return Err("the rows are chosen by more than a text".to_owned());
    }
    let fields = held.hold.schema().fields();
    let contains = request.contains.as_deref().filter(|text| !text.is_empty());
    let wanted = Wrapping {
        columns: fields.iter().take(held.visible).map(|field| field.name().as_str()).collect(),
        contains: contains.map(|text| (text, columns(request.columns.clone(), held))),
        sort: request.sort.iter().map(|key| (key.column as usize, key.descending)).collect(),
    };
    let dialect = held.language.sql().ok_or("this database is not asked in SQL")?;
    sql::wrapped(&again.statement.text, dialect, &wanted).map_err(not_wrapped)
}

/// Why a statement cannot stand within another one, as part of a sentence.
pub(crate) fn not_wrapped(refused: NoWrap) -> String {
    match refused {
        NoWrap::NoQuery => "the statement is not one query that only reads".to_owned(),
        NoWrap::Locks => "the statement locks the rows it reads".to_owned(),
        NoWrap::SameName(name) => format!("two of its columns are called {name}: give each a name of its own"),
        NoWrap::NoName => "a column has no name: give it one with AS".to_owned(),
    }
}

fn found(held: &Held, request: FindRequest, stop: &Stop) -> Result<Found, AppError> {
    if request.text.is_empty() {
        return Ok(Found { hit: None, wrapped: false, hits: None });
    }
    let (hold, over) = (&held.hold, held.view());
    let columns = columns(request.columns, held);
    let backward = request.backward;
    let end = if backward { held.rows().saturating_sub(1) } else { 0 };
    let from = |row: u64, past: Option<usize>| Search {
        text: request.text.clone(),
        columns: Some(columns.clone()),
        from: row,
        past,
        backward,
    };
    let mut begin = from(request.from.map_or(end, |cell| cell.row), request.from.map(|cell| cell.column as usize));
    if request.inclusive
        && let Some(past) = begin.past.take()
    {
        // The cell itself counts: what is past is the one before it in the direction.
        let at = columns.iter().position(|column| *column == past);
        let before = at.and_then(|at| if backward { Some(at + 1) } else { at.checked_sub(1) });
        begin.past = before.and_then(|before| columns.get(before).copied());
    }
    let first = hold.search(over, &begin, stop)?;
    let wrapped = first.is_none() && request.from.is_some();
    let hit = if wrapped { hold.search(over, &from(end, None), stop)? } else { first };
    let hits = if request.count && hit.is_some() {
        let counted = hold.count_hits(over, &request.text, Some(&columns), hit, HITS, stop)?;
        Some(FoundHits { cells: counted.cells, all: counted.all, nth: counted.nth })
    } else if request.count {
        Some(FoundHits { cells: 0, all: true, nth: None })
    } else {
        None
    };
    let cell = |hit: Hit| HeldCell { row: hit.row, column: u32::try_from(hit.column).unwrap_or(u32::MAX) };
    Ok(Found { hit: hit.map(cell), wrapped: wrapped && hit.is_some(), hits })
}
