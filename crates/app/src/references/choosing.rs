//! Rows of a referred relation to choose one from.

use std::time::{Duration, Instant};

use driver::{Lookup, ValueClass};

use super::{asks, labels};
use crate::{App, api::*, explorer::to_key, profiles::dial::elapsed_ms};

/// Rows that are shown at once.
const ROWS: u32 = 50;
/// How long one search may take.
const LIMIT: Duration = Duration::from_secs(20);
/// Most words that are searched, and most characters of one.
const WORDS: usize = 8;
const WORD_CHARACTERS: usize = 200;

impl App {
    /// Rows of a relation that a text leads to, searched by the server: every word is the beginning of a key or stands in a
    /// label. Stopped by [`App::stop_asking`].
    ///
    /// # Errors
    /// `NotFound` for a relation or column that is gone; `Forbidden` where the login may not read them; `TimedOut`;
    /// `Cancelled`; otherwise as browsing.
    pub async fn lookup(&self, request: LookupRequest) -> Result<LookupPage, AppError> {
        let begun = Instant::now();
        let asking = self.live.asks.begin(&request.ask_id);
        let work = async {
            let place = self.place(&request.profile_id, &request.object).await?;
            let place = place.acting_as(request.actor.as_ref())?;
            let relation = to_key(&request.object)?;
            let found = place.relation_catalog(&relation).await?;
            let walker = found
                .catalog()
                .find_relation(relation.schema.as_deref(), &relation.name)
                .and_then(|id| found.catalog().relation(id))
                .ok_or_else(|| {
                    AppError::new(ErrorCode::NotFound, format!("There is no relation {}.", relation.name))
                        .with_hint("Refresh the explorer.")
                })?;
            let cast = place.connected.driver.cast();
            let is_text = |native_type: &str| cast.class(native_type) == ValueClass::Text;
            let known = |name: &String| walker.columns().iter().any(|column| column.name == *name);
            let chosen = self.chosen_labels(&request.profile_id, &request.object).await?;
            let mut chosen = match chosen {
                Some(chosen) if chosen.iter().any(known) => chosen,
                _ => labels::likely(walker.columns(), &request.key_columns, is_text),
            };
            chosen.retain(known);
            chosen.truncate(labels::MOST);
            let asked = Lookup {
                relation: relation.clone(),
                key: request.key_columns.clone(),
                labels: chosen.clone(),
                words: words(&request.text),
                limit: ROWS + 1,
            };
            let statement = place.scan()?.lookup(found.catalog(), &asked)?;
            let keys = request.key_columns.len();
            let answer = asks::run(&place, statement.with_timeout(LIMIT), keys + chosen.len()).await?;
            let row = |mut key: asks::Texts| {
                let labels = key.split_off(keys.min(key.len()));
                LookupRow { key, labels }
            };
            let mut rows: Vec<LookupRow> = answer.into_iter().map(row).collect();
            let more = rows.len() > ROWS as usize;
            rows.truncate(ROWS as usize);
            // What has no whole key cannot be referred to.
            rows.retain(|row| row.key.iter().all(Option::is_some));
            let columns = walker
                .columns()
                .iter()
                .map(|column| LookupColumn { name: column.name.clone(), native_type: column.native_type.clone() });
            Ok(LookupPage { labels: chosen, columns: columns.collect(), rows, more, elapsed_ms: elapsed_ms(begun) })
        };
        asking.unless_stopped(work).await
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split_whitespace().take(WORDS);
    words.map(|word| word.chars().take(WORD_CHARACTERS).collect()).collect()
}
