//! Walking along foreign keys: from a held row to the row it refers to and to the rows that refer to it, counting those up
//! to a cap, and choosing a row by what a person knows it by.
//!
//! What finds the rows comes from the hold, never from a window's shortened text. Nothing is counted before it is asked for.

pub(crate) mod asks;
mod choosing;
mod keys;
mod labels;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use catalog::{ForeignKey, ObjectKey};

use crate::{
    App,
    api::*,
    browse::filter,
    explorer::{Place, Shelved, kept, to_key, to_ref},
    holds::{Held, blocking},
    profiles::dial::elapsed_ms,
};

pub(crate) use asks::Asks;
pub(crate) use keys::{Columns, Leads, leads};

/// Referring rows are counted up to this many.
const COUNTED: u32 = 1_000;
/// How long one count may take.
const COUNT_LIMIT: Duration = Duration::from_secs(10);
/// Characters of a value in a title.
const TITLE_CHARACTERS: usize = 40;

impl App {
    /// Where a row's foreign key leads; `key` is its place among the head's.
    ///
    /// # Errors
    /// `NotFound` for released rows and keys the result does not have; `Unsupported` for a key that cannot be followed from
    /// this result and for values no filter can say; as connecting.
    pub async fn follow_reference(&self, hold_id: &str, row: u64, key: u32) -> Result<Followed, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let no_key = || AppError::new(ErrorCode::NotFound, "The result has no such foreign key.");
        let leads = held.leads().ok_or_else(no_key)?;
        let key = leads.keys.get(key as usize).ok_or_else(no_key)?;
        if let Some(obstacle) = &key.obstacle {
            return Err(AppError::new(ErrorCode::Unsupported, obstacle.clone()));
        }
        let place = self.place(&leads.profile_id, &key.object).await?;
        let values = values(&place, &held, row, &key.values_at).await?;
        let pairs = key.columns.iter().zip(&key.referenced_columns);
        Ok(followed(&leads.profile_id, key.object.clone(), pairs, &values, "refers to no row"))
    }

    /// The foreign keys of every relation that lead to a row, with what finds the referring rows. Nothing is counted.
    ///
    /// # Errors
    /// `NotFound` for released rows; `Unsupported` for values no filter can say; as connecting.
    pub async fn referenced_by(&self, hold_id: &str, row: u64) -> Result<Vec<ReferredRow>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let Some(leads) = held.leads() else { return Ok(Vec::new()) };
        let anywhere = ObjectRef {
            database: leads.database.clone(),
            schema: None,
            kind: "relation".to_owned(),
            name: String::new(),
            signature: None,
        };
        let place = self.place(&leads.profile_id, &anywhere).await?;
        let shelved = whole(&place, leads.database.as_deref()).await?;
        let mut rows = Vec::new();
        for origin in &leads.origins {
            let walker = shelved.relation(Some(&origin.schema), &origin.relation);
            let Some(walker) = walker.and_then(|id| shelved.catalog.relation(id)) else { continue };
            let mut found: Vec<&ForeignKey> = walker.referenced_by().collect();
            let schema_of = |key: &ForeignKey| shelved.catalog.relation(key.relation).map(|other| other.schema());
            found.sort_by_key(|key| schema_of(key) != Some(walker.schema()));
            let mut keys = Vec::new();
            for key in found {
                let Some(relation) = shelved.catalog.relation_key(key.relation) else { continue };
                let rows = match origin.at(&key.referenced_columns) {
                    Ok(at) => {
                        let values = values(&place, &held, row, &at).await?;
                        let pairs = key.referenced_columns.iter().zip(&key.columns);
                        followed(&leads.profile_id, to_ref(relation.clone()), pairs, &values, "no row refers to it")
                    }
                    Err(obstacle) => Followed {
                        profile_id: leads.profile_id.clone(),
                        object: to_ref(relation.clone()),
                        filters: Vec::new(),
                        nothing: Some(obstacle),
                    },
                };
                keys.push(ReferringKey {
                    name: key.name.clone(),
                    columns: key.columns.clone(),
                    label: referring(walker.schema(), &relation, &key.columns),
                    actions: keys::actions(key),
                    rows,
                });
            }
            let named = walker.primary_key().and_then(|key| origin.at(&key.columns).ok()).unwrap_or_default();
            let title = title(&held, row, &named).await?;
            rows.push(ReferredRow { object: to_ref(walker.key()), title, keys });
        }
        Ok(rows)
    }

    /// Counts rows under filters, up to a cap: the server stops there. Stopped by [`App::stop_asking`].
    ///
    /// # Errors
    /// `Forbidden` where the login may not read them, `TimedOut`, `Cancelled`; otherwise as browsing.
    pub async fn count_references(
        &self,
        ask_id: &str,
        profile_id: &str,
        object: &ObjectRef,
        filters: &[BrowseFilter],
        actor: Option<&PolicyActor>,
    ) -> Result<CappedCount, AppError> {
        let begun = std::time::Instant::now();
        let asking = self.live.asks.begin(ask_id);
        let work = async {
            let place = self.place(profile_id, object).await?.acting_as(actor)?;
            let relation = to_key(object)?;
            let found = place.relation_catalog(&relation).await?;
            let filters: Vec<driver::Filter> = filters.iter().map(filter).collect();
            let statement = place.scan()?.count_up_to(found.catalog(), &relation, &filters, COUNTED + 1)?;
            let counted = asks::run(&place, statement.with_timeout(COUNT_LIMIT), 1).await?;
            let first = counted.into_iter().flatten().flatten().next();
            let rows: Option<u32> = first.and_then(|digits| digits.parse().ok());
            let rows = rows.ok_or_else(|| AppError::internal("a count gave no number"))?;
            Ok(CappedCount { rows: rows.min(COUNTED), more: rows > COUNTED, elapsed_ms: elapsed_ms(begun) })
        };
        asking.unless_stopped(work).await
    }

    /// Stops a count or a lookup; one that has ended is left alone.
    pub fn stop_asking(&self, ask_id: &str) {
        self.live.asks.stop(ask_id);
    }
}

/// The whole catalog of a database: the latest, or the one that was kept until that is there, or read now.
async fn whole(place: &Place, database: Option<&str>) -> Result<Arc<Shelved>, AppError> {
    if let Some(latest) = place.opened.shelf.latest() {
        return Ok(latest);
    }
    match kept::of(&place.connected, database).await {
        Some(kept) => Ok(kept),
        None => place.opened.shelf.get(&place.opened, &place.connected).await,
    }
}

/// The whole values of some cells of a row, as filters take them.
pub(crate) async fn values(
    place: &Place,
    held: &Arc<Held>,
    row: u64,
    at: &[u32],
) -> Result<Vec<Option<String>>, AppError> {
    let (reading, columns) = (Arc::clone(held), at.to_vec());
    let cells = blocking(move || {
        let cell = |column: &u32| Ok(reading.cell(row, *column as usize, 0..u64::MAX)?);
        columns.iter().map(cell).collect::<Result<Vec<_>, AppError>>()
    });
    let fields = held.hold.schema().fields();
    let scan = place.scan()?;
    let value = |(cell, column): (results::CellText, &u32)| {
        let Some(bytes) = cell.bytes else { return Ok(None) };
        let native_type = fields.get(*column as usize).map_or("", |field| driver::arrow::native_type(field));
        Ok(Some(scan.filter_value(native_type, &bytes, cell.class)?))
    };
    cells.await?.into_iter().zip(at).map(value).collect()
}

/// The texts of some cells, shortened, for people.
async fn title(held: &Arc<Held>, row: u64, at: &[u32]) -> Result<String, AppError> {
    let columns: Vec<usize> = at.iter().map(|column| *column as usize).collect();
    let held = Arc::clone(held);
    let texts = blocking(move || Ok(held.texts(row, &columns)?)).await?;
    let short = |text: Option<Vec<u8>>| match text {
        None => "NULL".to_owned(),
        Some(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            match text.char_indices().nth(TITLE_CHARACTERS) {
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
                None => text.into_owned(),
            }
        }
    };
    Ok(texts.into_iter().map(short).collect::<Vec<_>>().join(", "))
}

/// What finds the rows whose second column of each pair has the value of the first; a NULL among them leads nowhere.
fn followed<'a>(
    profile_id: &str,
    object: ObjectRef,
    pairs: impl Iterator<Item = (&'a String, &'a String)>,
    values: &[Option<String>],
    consequence: &str,
) -> Followed {
    let mut filters = Vec::new();
    let mut nothing = None;
    for ((own, other), value) in pairs.zip(values) {
        match value {
            Some(value) => filters.push(BrowseFilter {
                column: other.clone(),
                operator: FilterOperator::Equal,
                values: vec![value.clone()],
            }),
            None => nothing = nothing.or_else(|| Some(format!("{own} is NULL: it {consequence}."))),
        }
    }
    if nothing.is_some() || filters.is_empty() {
        filters.clear();
        nothing = nothing.or_else(|| Some("What the key refers to is not known.".to_owned()));
    }
    Followed { profile_id: profile_id.to_owned(), object, filters, nothing }
}

/// `orders.user_id`, `billing.lines (order_id, line)`.
fn referring(near: &str, relation: &ObjectKey, columns: &[String]) -> String {
    let schema = relation.schema.as_deref().filter(|schema| *schema != near);
    let prefix = schema.map(|schema| format!("{schema}.")).unwrap_or_default();
    match columns {
        [column] => format!("{prefix}{}.{column}", relation.name),
        columns => format!("{prefix}{} ({})", relation.name, columns.join(", ")),
    }
}
