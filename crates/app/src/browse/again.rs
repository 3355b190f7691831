//! The rows of a data tab once more: what of them is new, and where a row went.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::pages;
use crate::{
    App,
    api::*,
    holds::{Held, Source, blocking},
};

/// Most rows that are read at once: someone who scrolled further goes on by pages.
const MOST: u64 = 20_000;
/// Most rows that are compared with what they were.
const COMPARED: u64 = 5_000;
/// Most cells that are compared.
const CELLS: u64 = 250_000;

pub(super) async fn read(app: &App, hold_id: &str, keep: Option<u64>) -> Result<BrowsedAgain, AppError> {
    let held = app.live.holds.get(hold_id)?;
    let Source::Pages(pages) = &held.source else {
        return Err(AppError::new(ErrorCode::Unsupported, "These rows do not come in pages."));
    };
    let rows = u32::try_from(held.hold.rows().min(MOST)).unwrap_or(u32::MAX);
    let browsed = pages::open_with(app, pages.request().clone(), rows).await?;
    let identity = pages.identity().map(<[usize]>::to_vec);
    let now = app.live.holds.get(&browsed.head.hold_id)?;
    let compared = blocking(move || compare(&held, &now, identity, keep)).await;
    // Rows that cannot be compared are rows all the same.
    let (changed, kept) = compared.unwrap_or_else(|error: AppError| {
        tracing::warn!(%error, "rows could not be compared with what they were");
        (Vec::new(), None)
    });
    Ok(BrowsedAgain { browsed, changed, kept })
}

type Key = Vec<Option<Vec<u8>>>;

/// Which rows are new or not as they were, by their key, and where a row went; blocks on the disk.
///
/// # Errors
/// As reading held rows.
pub(crate) fn compare(
    was: &Arc<Held>,
    now: &Arc<Held>,
    identity: Option<Vec<usize>>,
    keep: Option<u64>,
) -> Result<(Vec<u32>, Option<u32>), AppError> {
    let Some(identity) = identity.filter(|columns| !columns.is_empty()) else { return Ok((Vec::new(), None)) };
    let same_columns = was.hold.schema() == now.hold.schema();
    let (before, after) = (was.hold.rows(), now.hold.rows());
    let columns: Vec<usize> = (0..now.visible).collect();
    let whole = |held: &Held, row: u64| -> Result<u64, AppError> {
        let mut hasher = DefaultHasher::new();
        held.hold.texts(row, &columns)?.hash(&mut hasher);
        Ok(hasher.finish())
    };
    let wanted = keep.filter(|row| *row < before).map(|row| was.hold.texts(row, &identity)).transpose()?;
    let few = before.max(after) <= COMPARED && after.saturating_mul(columns.len() as u64) <= CELLS;
    let known: HashMap<Key, u64> = match same_columns && few {
        true => (0..before)
            .map(|row| Ok((was.hold.texts(row, &identity)?, whole(was, row)?)))
            .collect::<Result<_, AppError>>()?,
        false => HashMap::new(),
    };
    let (mut changed, mut kept) = (Vec::new(), None);
    for row in 0..after {
        if !few && (kept.is_some() || wanted.is_none()) {
            break;
        }
        let key = now.hold.texts(row, &identity)?;
        let number = u32::try_from(row).unwrap_or(u32::MAX);
        if wanted.as_ref() == Some(&key) {
            kept = Some(number);
        }
        if same_columns && few && known.get(&key) != Some(&whole(now, row)?) {
            changed.push(number);
        }
    }
    Ok((changed, kept))
}
