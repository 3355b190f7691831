//! Staged edits: rows a person adds, changes and deletes before any of it is sent.
//!
//! One edit set for each relation of a connection. It names rows by their keys, so that it outlives the rows that were read, a
//! crash and the window; each step is on disk before its answer. A save sends everything in one transaction in which each
//! statement must change exactly the rows it names.

mod actors;
mod asking;
mod binding;
mod journal;
mod keeping;
mod model;
mod plan;
mod record;
mod resolving;
mod results;
mod review;
mod saving;
mod shared;
mod staging;
mod target;
#[cfg(test)]
mod tests;
mod unsealing;
mod values;
mod view;
mod words;

use crate::{App, api::*, holds::blocking};

use model::Fate;
pub(crate) use shared::Edits;
use shared::Locked;

impl App {
    /// Binds the staged edits of a relation to these rows; again after more rows have come.
    ///
    /// # Errors
    /// `NotFound` for released rows; as connecting. Rows that cannot be edited are no error: the answer says why.
    pub async fn edits_open(&self, hold_id: &str) -> Result<EditsView, AppError> {
        self.live.holds.get(hold_id)?;
        let staged = match self.staged(hold_id).await {
            Ok(staged) => staged,
            Err(error) if target::refuses(&error) => return Ok(refused(error)),
            Err(error) if self.stuck_edits(hold_id).await?.is_some() => return Ok(refused(error)),
            Err(error) => return Err(error),
        };
        let mut state = staged.lock().await;
        if !staged.is_saving()
            && let Err(error) = self.unseal(&staged, &mut state, hold_id).await
        {
            tracing::info!(%error, "what became of the last save is asked for later");
        }
        self.edits_told(state, hold_id, true).await
    }

    /// What a hold's grid is told of the edits.
    async fn edits_told(&self, state: Locked, hold_id: &str, whole: bool) -> Result<EditsView, AppError> {
        self.edits_telling(state, hold_id, whole).await?.1
    }

    /// What a hold's grid is told of the edits, which stay locked.
    ///
    /// # Errors
    /// `Internal` at the end of the program. Whatever else goes wrong is the answer.
    async fn edits_telling(
        &self,
        mut state: Locked,
        hold_id: &str,
        whole: bool,
    ) -> Result<(Locked, Result<EditsView, AppError>), AppError> {
        if let Err(error) = self.show_fresh(&mut state, hold_id) {
            return Ok((state, Err(error)));
        }
        let hold_id = hold_id.to_owned();
        blocking(move || {
            let view = state.with(&hold_id, |state, bound| {
                state.sync(bound)?;
                Ok(state.view(bound, whole))
            });
            Ok((state, view))
        })
        .await
    }

    /// Stages what a person did at once; on disk before the answer.
    ///
    /// # Errors
    /// `NotFound` for released rows and rows that are not there; `Unsupported`, `Forbidden` for what cannot be edited;
    /// `Conflict` while a save runs; `Exhausted` for more than can be staged; as the store says.
    pub async fn edits_stage(&self, hold_id: &str, step: EditStep) -> Result<EditsView, AppError> {
        let (staged, mut state) = self.changeable(hold_id).await?;
        let id = hold_id.to_owned();
        let (state, step) = blocking(move || {
            let step = state.with(&id, |state, bound| {
                state.sync(bound)?;
                state.admit(bound)?;
                let step = staging::step(bound, &state.set, step)?;
                if step.is_some() {
                    state.staged_as(&bound.target);
                }
                Ok(step)
            })?;
            Ok((state, step))
        })
        .await?;
        match step {
            Some(step) => self.do_step(&staged, state, hold_id, step, false).await,
            None => self.edits_told(state, hold_id, false).await,
        }
    }

    /// Takes the last step back.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_undo(&self, hold_id: &str) -> Result<EditsView, AppError> {
        let (staged, mut state) = self.changeable(hold_id).await?;
        if state.set.undo()
            && let Err(error) = self.keep_position(&staged, &state).await
        {
            state.set.redo();
            return Err(error);
        }
        self.edits_told(state, hold_id, false).await
    }

    /// Does again what was taken back.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_redo(&self, hold_id: &str) -> Result<EditsView, AppError> {
        let (staged, mut state) = self.changeable(hold_id).await?;
        if state.set.redo()
            && let Err(error) = self.keep_position(&staged, &state).await
        {
            state.set.undo();
            return Err(error);
        }
        self.edits_told(state, hold_id, false).await
    }

    /// Takes everything back that is not saved; itself a step that can be taken back. Edits that no longer fit their relation,
    /// or cannot be read, are forgotten.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_discard(&self, hold_id: &str) -> Result<EditsView, AppError> {
        let staged = match self.staged(hold_id).await {
            Ok(staged) => staged,
            Err(error) => match self.stuck_edits(hold_id).await? {
                Some(key) => {
                    self.abandon_edits(key).await?;
                    return Box::pin(self.edits_open(hold_id)).await;
                }
                None => return Err(error),
            },
        };
        let mut state = staged.lock_to_change().await?;
        self.unsealed(&staged, &mut state).await;
        state.arrived = false;
        let mut draft = state.set.draft();
        for (id, entry) in state.set.pending() {
            let saved = entry.row.fresh.map(|_| {
                let mut row = model::StagedRow::clone(&entry.row);
                row.fate = Fate::Saved;
                row.set.clear();
                row.originals.clear();
                row
            });
            draft.put(id, saved);
        }
        match draft.step("Discard") {
            Some(step) => self.do_step(&staged, state, hold_id, step, true).await,
            None => self.edits_told(state, hold_id, true).await,
        }
    }

    /// The whole staged value of a cell.
    ///
    /// # Errors
    /// `NotFound` for a cell that is not staged.
    pub async fn edits_cell(&self, hold_id: &str, id: u32, column: u32) -> Result<EditValue, AppError> {
        let staged = self.staged(hold_id).await?;
        let mut state = staged.lock().await;
        state.with(hold_id, |state, bound| {
            let number = bound.columns.get(column as usize).copied().flatten();
            let row = state.set.row(id);
            let value = number.and_then(|number| row?.set.get(&number));
            let form = bound.forms.get(column as usize).copied().unwrap_or_default();
            value
                .map(|value| form.given(value))
                .ok_or_else(|| AppError::new(ErrorCode::NotFound, "That cell is not staged any more."))
        })
    }

    /// Staged edits that wait anywhere.
    ///
    /// # Errors
    /// As the store says.
    pub async fn edits_pending(&self) -> Result<Vec<PendingEdits>, AppError> {
        journal::pending(&self.store).await
    }

    /// The statements that would take an entry of the history back; none where it has none.
    ///
    /// # Errors
    /// As the store says.
    pub async fn history_inverse(&self, id: i64) -> Result<Option<String>, AppError> {
        self.edits.behind.told().await;
        let found: Option<Option<String>> = sqlx::query_scalar("SELECT inverse FROM history WHERE id = ?")
            .bind(id)
            .fetch_optional(self.store.read())
            .await?;
        Ok(found.flatten())
    }
}

/// What is said of rows that cannot be edited.
fn refused(error: AppError) -> EditsView {
    EditsView {
        revision: 0,
        object: None,
        refused: Some(error),
        columns: Vec::new(),
        warnings: Vec::new(),
        whole: true,
        rows: Vec::new(),
        removed: Vec::new(),
        counts: EditCounts::default(),
        undo: None,
        redo: None,
        fresh_hold: None,
        acting: None,
        staged_as: Vec::new(),
    }
}
