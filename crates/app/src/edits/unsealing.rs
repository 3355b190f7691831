//! What became of a save whose answer nobody got: found out before anything of it is sent again.

use super::{
    journal,
    saving::{Seal, Testimony},
    shared::{Locked, Staged, State},
};
use crate::{App, api::*};

impl State {
    /// What a person should know of the last save.
    pub(super) fn said_of_the_last_save(&self) -> Option<String> {
        let text = match (&self.seal, self.arrived) {
            (Some(seal), _) if seal.can_tell() => {
                "It is not known yet whether the last save of these rows arrived; the server is asked before they are changed or saved."
            }
            (Some(_), _) => {
                "It could not be found out whether the last save of these rows arrived: look at the rows before you save again."
            }
            (None, true) => {
                "The last save of these rows had arrived although its answer had not: nothing of it is left to save."
            }
            (None, false) => return None,
        };
        Some(text.to_owned())
    }
}

impl App {
    /// Finds out what became of a sealed save, and notes it. What did arrive is staged no more.
    ///
    /// # Errors
    /// `Conflict` while the server cannot be asked.
    pub(super) async fn unseal(
        &self,
        staged: &Staged,
        state: &mut Locked,
        hold_id: &str,
    ) -> Result<Testimony, AppError> {
        state.arrived = false;
        let Some(seal) = state.seal.clone().filter(Seal::can_tell) else { return Ok(Testimony::Nothing) };
        let target = state.with(hold_id, |_, bound| Ok(std::sync::Arc::clone(&bound.target)))?;
        let context = state.head.context.clone().unwrap_or_default();
        let frame = target.edit()?.frame(&target.catalog, &target.relation, &context, false)?;
        let told = self.testimony(&target, &frame, &seal).await.map_err(|error| {
            AppError::new(
                ErrorCode::Conflict,
                format!(
                    "It is not known yet whether the last save arrived, and it cannot be asked now: {}",
                    error.message
                ),
            )
            .with_hint("Try again when the server answers, or discard these edits.")
        })?;
        match told {
            Testimony::Committed => {
                journal::forget(&self.store, &staged.key).await?;
                state.set.arrived();
                state.seal = None;
                state.arrived = true;
            }
            Testimony::NotCommitted => {
                journal::seal(&self.store, &staged.key, None).await?;
                state.seal = None;
            }
            Testimony::Nothing => {
                let doubt = Seal::default();
                journal::seal(&self.store, &staged.key, Some(&doubt)).await?;
                state.seal = Some(doubt);
            }
        }
        self.edits_changed(&staged.key.profile_id);
        Ok(told)
    }

    /// Notes that nothing is under way.
    pub(super) async fn unsealed(&self, staged: &Staged, state: &mut State) {
        if state.seal.take().is_some()
            && let Err(error) = journal::seal(&self.store, &staged.key, None).await
        {
            tracing::warn!(%error, "a save that was refused is asked for again at the next start");
        }
    }
}
