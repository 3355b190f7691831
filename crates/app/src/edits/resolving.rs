//! Settling a row that two people changed: keep either.

use std::{collections::BTreeMap, sync::Arc};

use driver::NewValue;

use super::{
    binding::Bound,
    model::{Fate, StagedRow, Step, Trouble},
    results::lacking,
    shared::State,
};
use crate::{App, api::*, holds::blocking};

impl App {
    /// Settles a row that somebody else changed or deleted meanwhile.
    ///
    /// # Errors
    /// `NotFound` for a row that has no such problem; as [`App::edits_stage`]; as the server says.
    pub async fn edits_resolve(&self, hold_id: &str, id: u32, keep: Keep) -> Result<EditsView, AppError> {
        let (staged, mut state) = self.changeable(hold_id).await?;
        let (trouble, target) = state.with(hold_id, |state, bound| {
            let problem = state.set.entry(id).and_then(|entry| entry.problem.clone());
            let trouble = problem.and_then(|problem| problem.row.clone());
            Ok((trouble.ok_or_else(settled)?, Arc::clone(&bound.target)))
        })?;
        let now = match keep {
            // What is there now is shown from then on.
            Keep::Theirs if !matches!(trouble, Trouble::Gone) => {
                let key = state.set.row(id).and_then(|row| row.key.clone()).ok_or_else(settled)?;
                self.read_now(&target, &mut state, key).await?
            }
            _ => None,
        };
        let id_of_hold = hold_id.to_owned();
        let (mut state, step) = blocking(move || {
            let step = state.with(&id_of_hold, |state, bound| match keep {
                Keep::Theirs => Ok(theirs(state, id, now)),
                Keep::Yours => yours(state, bound, id, &trouble),
            })?;
            Ok((state, step))
        })
        .await?;
        match step {
            Some(step) => self.do_step(&staged, state, hold_id, step, false).await,
            None => {
                state.set.trouble(id, None);
                self.edits_told(state, hold_id, false).await
            }
        }
    }
}

fn settled() -> AppError {
    AppError::new(ErrorCode::NotFound, "There is nothing to settle about that row any more.")
}

/// The edit is dropped; what is there now is shown.
fn theirs(state: &State, id: u32, now: Option<u64>) -> Option<Step> {
    let mut draft = state.set.draft();
    let shown = draft.row(id).cloned().and_then(|row| {
        let fresh = now?;
        let place = row.place.clone().or_else(|| row.key.clone());
        Some(StagedRow {
            fate: Fate::Saved,
            place,
            fresh: Some(fresh),
            originals: BTreeMap::new(),
            set: BTreeMap::new(),
            ..row
        })
    });
    draft.put(id, shown);
    draft.step("Keep theirs")
}

/// The edit stays, upon what is there now. A row that is gone is inserted again.
fn yours(state: &State, bound: &Bound, id: u32, trouble: &Trouble) -> Result<Option<Step>, AppError> {
    let mut draft = state.set.draft();
    let Some(mut row) = draft.row(id).cloned() else { return Err(settled()) };
    match (trouble, row.fate) {
        (Trouble::Changed(theirs), _) => {
            row.originals.extend(theirs.iter().map(|(column, value)| (*column, value.clone())));
            draft.put(id, Some(row));
        }
        // Both wanted it gone.
        (Trouble::Gone, Fate::Delete) => draft.put(id, None),
        (Trouble::Gone, Fate::Update) => {
            let mut again = StagedRow::new(Fate::Insert, None);
            again.after = row.after.clone().or_else(|| row.place.clone()).or_else(|| row.key.clone());
            let at = bound.placing.at(id);
            if row.fresh.is_none() && at.is_none() {
                return Err(AppError::new(
                    ErrorCode::NotFound,
                    "The row is gone, and what it held is not among the rows that were read.",
                ));
            }
            let mut missing = Vec::new();
            for (about, own) in bound.relation().filter(|(about, _)| about.not_inserted.is_none()) {
                let value = match row.set.get(&own.number) {
                    Some(value) => Some(value.clone()),
                    None => bound.value(row.fresh, at, (about, own))?.map(NewValue::Held),
                };
                match value {
                    Some(value) => drop(again.set.insert(own.number, value)),
                    None => missing.push(about.name.clone()),
                }
            }
            if !missing.is_empty() {
                return Err(lacking("The row is gone, and cannot be inserted again as it was", &missing));
            }
            draft.put(id, Some(again));
        }
        _ => {
            return Err(AppError::new(ErrorCode::Unsupported, "Keeping the edit does not settle this.")
                .with_hint("Save again, or take the edit back."));
        }
    }
    Ok(draft.step("Keep yours"))
}
