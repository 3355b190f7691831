//! Keeping edits in order, each on disk before the answer.

use std::collections::{HashMap, HashSet};

use super::edits;
use crate::{
    api::{AppError, JournalEntry, Journaled},
    store::Store,
};

/// Edits kept before they are folded into a new base.
const MOST_EDITS: usize = 400;
/// Bytes of edits kept beside a small text; beside a large one, as many as it has.
const MOST_BYTES: usize = 256 << 10;

/// Where the texts of this process stand.
#[derive(Debug, Default)]
pub(super) struct Journals {
    texts: HashMap<String, Standing>,
    /// Every tab somebody has typed in since the start.
    typed: HashSet<String>,
}

/// Where one text stands on disk.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    sequence: u32,
    units: usize,
    edits: usize,
    bytes: usize,
}

impl Journals {
    /// Tabs of this process, whether or not a window has named them yet.
    pub(super) fn tabs(&self) -> HashSet<String> {
        self.typed.clone()
    }

    /// The length of a text of this process, in UTF-16 units.
    #[cfg(test)]
    pub(super) fn units(&self, tab: &str) -> u32 {
        self.texts.get(tab).map_or(0, |standing| u32::try_from(standing.units).unwrap_or(u32::MAX))
    }

    pub(super) fn forget(&mut self, tabs: &[String]) {
        for tab in tabs {
            self.texts.remove(tab);
        }
    }

    pub(super) async fn keep(&mut self, store: &Store, entry: JournalEntry) -> Result<Journaled, AppError> {
        let tab = entry.tab_id.clone();
        self.typed.insert(tab.clone());
        // Taken out while it is at work: whatever fails or is given up half-way, the disk is asked anew.
        let known = self.texts.remove(&tab);
        let (standing, answer) = match &entry.text {
            Some(text) => (begin(store, &entry, text).await?, Journaled::Kept),
            None => {
                let standing = match known {
                    Some(standing) => Some(standing),
                    None => load(store, &tab).await?,
                };
                append(store, &entry, standing).await?
            }
        };
        let standing = if standing.edits > MOST_EDITS || standing.bytes > MOST_BYTES.max(standing.units) {
            fold(store, &tab).await.unwrap_or_else(|error| {
                tracing::warn!(%error, tab, "edits were kept, but not folded into their text");
                standing
            })
        } else {
            standing
        };
        self.texts.insert(tab, standing);
        Ok(answer)
    }
}

/// The whole text, whatever was there.
async fn begin(store: &Store, entry: &JournalEntry, text: &str) -> Result<Standing, AppError> {
    let mut change = store.write().await?;
    sqlx::query("INSERT INTO texts VALUES (?, ?, ?) ON CONFLICT (tab_id) DO UPDATE SET base = excluded.base, sequence = excluded.sequence")
        .bind(&entry.tab_id)
        .bind(text)
        .bind(entry.sequence)
        .execute(&mut *change)
        .await?;
    sqlx::query("DELETE FROM text_edits WHERE tab_id = ?").bind(&entry.tab_id).execute(&mut *change).await?;
    change.commit().await?;
    Ok(Standing { sequence: entry.sequence, units: text.encode_utf16().count(), ..Standing::default() })
}

async fn append(
    store: &Store,
    entry: &JournalEntry,
    standing: Option<Standing>,
) -> Result<(Standing, Journaled), AppError> {
    // A tab that never had a text is empty, and its first edit has the number 1.
    let fresh = standing.is_none();
    let standing = standing.unwrap_or_default();
    let stored = edits::write(&entry.edits).map_err(AppError::internal)?;
    if entry.sequence <= standing.sequence && !fresh {
        let same = again(store, entry, &stored).await?;
        return Ok((standing, if same { Journaled::Kept } else { Journaled::Resend }));
    }
    if standing.sequence.checked_add(1) != Some(entry.sequence) || !edits::fit(&entry.edits, standing.units) {
        return Ok((standing, Journaled::Resend));
    }
    let mut change = store.write().await?;
    if fresh {
        sqlx::query("INSERT INTO texts VALUES (?, '', 0)").bind(&entry.tab_id).execute(&mut *change).await?;
    }
    sqlx::query("INSERT INTO text_edits VALUES (?, ?, ?)")
        .bind(&entry.tab_id)
        .bind(entry.sequence)
        .bind(&stored)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    let kept = Standing {
        sequence: entry.sequence,
        units: edits::length_after(&entry.edits, standing.units),
        edits: standing.edits + 1,
        bytes: standing.bytes + stored.len(),
    };
    Ok((kept, Journaled::Kept))
}

/// Whether an entry is one that is kept already, sent again because its answer got lost.
async fn again(store: &Store, entry: &JournalEntry, stored: &str) -> Result<bool, AppError> {
    let kept: Option<String> = sqlx::query_scalar("SELECT edits FROM text_edits WHERE tab_id = ? AND sequence = ?")
        .bind(&entry.tab_id)
        .bind(entry.sequence)
        .fetch_optional(store.read())
        .await?;
    Ok(kept.is_some_and(|kept| kept == stored))
}

/// Where a text stands on disk; `None` when there is none.
async fn load(store: &Store, tab: &str) -> Result<Option<Standing>, AppError> {
    let mut moment = store.read().begin().await?;
    let text = super::text(&mut moment, tab).await?;
    let (edits, bytes): (i64, i64) =
        sqlx::query_as("SELECT count(*), coalesce(sum(length(edits)), 0) FROM text_edits WHERE tab_id = ?")
            .bind(tab)
            .fetch_one(&mut *moment)
            .await?;
    moment.rollback().await?;
    let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(text.map(|(buffer, sequence)| Standing {
        sequence,
        units: buffer.units(),
        edits: count(edits),
        bytes: count(bytes),
    }))
}

/// Makes the text of this moment the new base.
async fn fold(store: &Store, tab: &str) -> Result<Standing, AppError> {
    let mut change = store.write().await?;
    let Some((buffer, sequence)) = super::text(&mut change, tab).await? else {
        return Err(AppError::internal("a text that was just typed in is gone"));
    };
    let units = buffer.units();
    let text = tokio::task::spawn_blocking(move || buffer.into_exact_text())
        .await
        .map_err(|_| AppError::internal("folding a text was interrupted"))?;
    // Half a character may be made whole by a later edit, and UTF-8 cannot hold it: tried again after as many edits.
    let Some(text) = text else { return Ok(Standing { sequence, units, ..Standing::default() }) };
    sqlx::query("UPDATE texts SET base = ?, sequence = ? WHERE tab_id = ?")
        .bind(text)
        .bind(sequence)
        .bind(tab)
        .execute(&mut *change)
        .await?;
    sqlx::query("DELETE FROM text_edits WHERE tab_id = ?").bind(tab).execute(&mut *change).await?;
    change.commit().await?;
    Ok(Standing { sequence, units, ..Standing::default() })
}
