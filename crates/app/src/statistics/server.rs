//! Statistics by the server: it reads the whole relation.

use std::time::Instant;

use driver::ColumnFacts;

use crate::{
    App,
    api::*,
    browse::checked,
    explorer::to_key,
    profiles::dial::elapsed_ms,
    references::asks::{self, Texts},
};

impl App {
    /// Asks the server to look at every value of a relation's column, under the conditions of its rows. It reads the whole
    /// relation. Stopped by [`App::stop_asking`].
    ///
    /// # Errors
    /// `NotFound` for a relation or column that is gone; `Unsupported` where the server is not asked for such; `Forbidden`;
    /// `InvalidStatement` for a filter's value the server cannot read; as connecting; `Cancelled`.
    pub async fn column_statistics_on_server(
        &self,
        ask_id: &str,
        request: BrowseRequest,
        column: &str,
    ) -> Result<ColumnStatistics, AppError> {
        let begun = Instant::now();
        let asking = self.live.asks.begin(ask_id);
        let work = async {
            let place = self.place(&request.profile_id, &request.object).await?;
            let place = place.acting_as(request.actor.as_ref())?;
            let relation = to_key(&request.object)?;
            let catalog = place.relation_catalog(&relation).await?;
            let filters = checked(&request.filters, &place.opened.language)?;
            let statement = place.scan()?.statistics(catalog.catalog(), &relation, column, &filters)?;
            let rows = asks::run(&place, statement, ColumnFacts::COLUMNS).await?;
            told(rows, elapsed_ms(begun)).ok_or_else(|| AppError::internal("statistics were not what was asked for"))
        };
        asking.unless_stopped(work).await
    }
}

/// A row as an array, NULL where it is shorter.
fn parts(row: Texts) -> [Option<String>; ColumnFacts::COLUMNS] {
    let mut cells = row.into_iter();
    std::array::from_fn(|_| cells.next().flatten())
}

fn told(rows: Vec<Texts>, elapsed_ms: u64) -> Option<ColumnStatistics> {
    let mut facts = None;
    let mut top = Vec::new();
    for row in rows {
        let [part, count, filled, different, value, greatest, mean] = parts(row);
        let count: u64 = count?.parse().ok()?;
        match part.as_deref() {
            Some(ColumnFacts::FACTS) => {
                let (filled, different): (u64, u64) = (filled?.parse().ok()?, different?.parse().ok()?);
                facts = Some((count, filled, different, value, greatest, mean));
            }
            Some(ColumnFacts::VALUE) => {
                let (text, whole) = shown(value?);
                top.push(FrequentValue { text, count, whole });
            }
            _ => return None,
        }
    }
    // The order of what stands in one answer from two questions is chance.
    top.sort_by_key(|value| std::cmp::Reverse(value.count));
    let (rows, filled, distinct, least, greatest, mean) = facts?;
    Some(ColumnStatistics {
        rows,
        partial: None,
        on_server: true,
        elapsed_ms,
        nulls: rows.saturating_sub(filled),
        empty: None,
        distinct,
        distinct_exact: true,
        unique: rows > 0 && filled == rows && distinct == rows,
        least: least.map(|text| shown(text).0),
        greatest: greatest.map(|text| shown(text).0),
        sum: None,
        mean_exact: false,
        scale: if mean.is_some() { QuantityScale::Numbers } else { QuantityScale::None },
        mean,
        not_finite: 0,
        too_many: false,
        longest: None,
        top,
        quartiles: None,
        histogram: None,
        outliers: None,
    })
}

/// What is shown of a value, and whether that is all of it.
fn shown(text: String) -> (String, bool) {
    match text.char_indices().nth(ColumnFacts::CHARACTERS) {
        Some((end, _)) => (text.get(..end).unwrap_or_default().to_owned(), false),
        None => {
            let bytes = text.starts_with("0x");
            (text, !bytes)
        }
    }
}
