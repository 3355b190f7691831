//! What columns look like: from held rows, or asked of the server.

mod server;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Instant};

use arrow_schema::DataType;
use results::{Hold, Scale, Statistics, Stop, TextForms};

use crate::{
    App,
    api::*,
    explorer::grouped,
    holds::{Held, blocking},
    profiles::dial::elapsed_ms,
};

/// Most columns that are looked at by one question.
const COLUMNS: usize = 32;
/// Rows times columns that are looked at in one pass: what is remembered of them fits a hundred megabytes or so.
const PASS: u64 = 1_500_000;

/// Stops work on other threads when whoever waits for it is gone.
struct StopWhenLeft(Stop);

impl Drop for StopWhenLeft {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl App {
    /// Looks at every held value of some columns, at most 32 at once. Stopped by [`App::stop_asking`].
    ///
    /// # Errors
    /// `NotFound` for released rows and columns that are not there; `Corrupt`; `Cancelled`.
    pub async fn column_statistics(
        &self,
        ask_id: &str,
        hold_id: &str,
        columns: Vec<u32>,
    ) -> Result<Vec<ColumnStatistics>, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let asking = self.live.asks.begin(ask_id);
        let stop = Stop::default();
        let left = StopWhenLeft(stop.clone());
        let work = blocking(move || look(&held, &columns, &stop));
        let done = asking.unless_stopped(work).await;
        drop(left);
        done
    }

    /// Which pairs among these columns tell the held rows apart, as far as that is cheap to say.
    ///
    /// # Errors
    /// As [`App::column_statistics`].
    pub async fn key_pairs(&self, ask_id: &str, hold_id: &str, columns: Vec<u32>) -> Result<KeyPairs, AppError> {
        let held = self.live.holds.get(hold_id)?;
        let asking = self.live.asks.begin(ask_id);
        let stop = Stop::default();
        let left = StopWhenLeft(stop.clone());
        let work = blocking(move || pairs(&held, &columns, &stop));
        let done = asking.unless_stopped(work).await;
        drop(left);
        done
    }
}

fn look(held: &Arc<Held>, columns: &[u32], stop: &Stop) -> Result<Vec<ColumnStatistics>, AppError> {
    let columns: Vec<usize> = columns.iter().take(COLUMNS).map(|column| *column as usize).collect();
    let together = usize::try_from(PASS / held.rows().max(1)).unwrap_or(COLUMNS).clamp(1, COLUMNS);
    let forms = TextForms::of(held.driver.cast());
    let mut all = Vec::with_capacity(columns.len());
    for pass in columns.chunks(together) {
        let begun = Instant::now();
        let found = held.hold.statistics_of(held.view(), pass, held.driver.cast(), stop)?;
        for (facts, column) in found.into_iter().zip(pass) {
            let data_type = held.hold.schema().fields().get(*column).map(|field| field.data_type());
            let said = |text: String| match (data_type, text.as_str()) {
                (Some(DataType::Boolean), "true") => forms.true_text.to_owned(),
                (Some(DataType::Boolean), "false") => forms.false_text.to_owned(),
                _ => text,
            };
            all.push(told(facts, partial(held), elapsed_ms(begun), said));
        }
    }
    Ok(all)
}

/// What is said of these rows, where they are not all. More may have come since they were looked at.
fn partial(held: &Held) -> impl Fn(&Statistics) -> Option<String> {
    let said = held.partial();
    let view = held.view().is_some();
    move |facts| match view {
        true => said.clone(),
        false => said.as_ref().map(|_| format!("first {} rows, not all", grouped(facts.of))),
    }
}

fn told(
    facts: Statistics,
    partial: impl Fn(&Statistics) -> Option<String>,
    elapsed_ms: u64,
    said: impl Fn(String) -> String,
) -> ColumnStatistics {
    let partial = partial(&facts);
    let frequent = |top: results::TopValue| FrequentValue { text: said(top.text), count: top.count, whole: top.whole };
    let outliers = |found: results::Outliers| ColumnOutliers {
        low: found.low,
        high: found.high,
        below: found.below,
        above: found.above,
        farthest: found.farthest.into_iter().map(|one| OutlierValue { row: one.row, text: one.text }).collect(),
    };
    let bucket = |found: results::Bucket| HistogramBucket { from: found.from, to: found.to, count: found.count };
    ColumnStatistics {
        rows: facts.of,
        partial,
        on_server: false,
        elapsed_ms,
        nulls: facts.nulls,
        empty: Some(facts.empty),
        distinct: facts.distinct,
        distinct_exact: facts.distinct_exact,
        unique: facts.unique,
        least: facts.least.map(&said),
        greatest: facts.greatest.map(&said),
        sum: facts.sum,
        mean: facts.mean,
        mean_exact: facts.mean_exact,
        scale: match facts.scale {
            Scale::None => QuantityScale::None,
            Scale::Numbers => QuantityScale::Numbers,
            Scale::Moments => QuantityScale::Moments,
            Scale::ZonedMoments => QuantityScale::ZonedMoments,
        },
        not_finite: facts.unrepresentable,
        too_many: facts.too_many,
        longest: Some(facts.longest),
        top: facts.top.into_iter().map(frequent).collect(),
        quartiles: facts.quartiles.map(|found| ColumnQuartiles {
            lower: found.lower,
            median: found.median,
            upper: found.upper,
        }),
        histogram: facts.histogram.map(|buckets| buckets.into_iter().map(bucket).collect()),
        outliers: facts.outliers.map(outliers),
    }
}

fn pairs(held: &Arc<Held>, columns: &[u32], stop: &Stop) -> Result<KeyPairs, AppError> {
    let indexes: Vec<usize> = columns.iter().map(|column| *column as usize).collect();
    let found = held.hold.key_pairs(held.view(), &indexes, held.driver.cast(), stop)?;
    let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let bound = match &found {
        None => Some(format!("Pairs are tried among at most {} rows.", grouped(Hold::PAIR_ROWS))),
        Some(_) if columns.len() > Hold::PAIR_COLUMNS => {
            Some(format!("Pairs were tried among {} of {} columns.", Hold::PAIR_COLUMNS, columns.len()))
        }
        Some(_) => None,
    };
    let pairs = found.unwrap_or_default().into_iter().map(|(one, other)| (place(one), place(other))).collect();
    Ok(KeyPairs { pairs, bound })
}
