//! How a save ends: the commit, what is known of one whose answer was lost, and what is staged afterwards.

use std::{collections::BTreeMap, sync::Arc};

use driver::{Code, Error, Link};

use super::{
    Ended, Inverse, Job,
    before::Before,
    diagnosis::Diagnosis,
    first_reason,
    runner::Runner,
    seal::{Seal, Testimony},
    transaction::Written,
};
use crate::{
    App,
    api::*,
    edits::{
        journal::{self, SetKey, Writing},
        keeping,
        model::{Fate, Problem, StagedRow, Step},
        plan::{Doing, Piece},
        shared::{Locked, Staged, State},
    },
};

impl App {
    /// Commits what was written; `before` is what deleted rows were.
    ///
    /// # Errors
    /// None: whatever goes wrong is how the save ended.
    pub(super) async fn commit(
        &self,
        job: &Arc<Job>,
        state: &mut State,
        runner: &mut Runner,
        reread: Vec<Written>,
        before: Before,
    ) -> Result<Ended, Error> {
        if runner.saving.is_cancelled() {
            runner.roll_back(&job.frame.rollback).await;
            return Err(Error::cancelled());
        }
        // From here on there is no stopping: half a commit is no answer.
        runner.timeout = None;
        let last = job.frame.commit.len().saturating_sub(1);
        self.recorded(job).await;
        let inverse = Inverse::of(job, reread, state, before);
        if let Err(error) = self.sealed(job, state, &inverse.written).await {
            runner.roll_back(&job.frame.rollback).await;
            let message = format!("Nothing was saved, as it could not be noted first: {}", error.message);
            return Ok(Ended::Refused { problems: BTreeMap::new(), message });
        }
        for (number, text) in job.frame.commit.iter().enumerate() {
            let Err(error) = runner.run_to_end(text).await else { continue };
            let lost = error.code == Code::Unreachable || runner.session.state().borrow().link != Link::Up;
            if number == last && lost {
                return Ok(self.after_silence(job, state, inverse, error).await);
            }
            runner.roll_back(&job.frame.rollback).await;
            if lost {
                return Err(error);
            }
            let problems = late(job, state, &error);
            let message = match problems.is_empty() {
                true => format!("Nothing was saved: {}", error.message),
                false => first_reason(&problems),
            };
            return Ok(Ended::Refused { problems, message });
        }
        Ok(Ended::Written { problems: BTreeMap::new(), inverse })
    }

    /// Notes on disk, before the commit is sent, what will tell whether it arrived.
    async fn sealed(&self, job: &Job, state: &mut State, reread: &[Written]) -> Result<(), AppError> {
        let seal = Seal::of(job, state, reread)?;
        journal::seal(&self.store, &job.key, Some(&seal)).await?;
        state.seal = Some(seal);
        Ok(())
    }

    /// The answer to a commit was lost: what the rows hold tells whether it arrived.
    async fn after_silence(&self, job: &Job, state: &State, inverse: Inverse, error: Error) -> Ended {
        job.target.place.connected.look_now();
        let told = match &state.seal {
            Some(seal) => self.testimony(&job.target, &job.frame, seal).await,
            None => Ok(Testimony::Nothing),
        };
        match told {
            Ok(Testimony::Committed) => Ended::Written { problems: BTreeMap::new(), inverse },
            Ok(Testimony::NotCommitted) => {
                Ended::Refused { problems: BTreeMap::new(), message: format!("Nothing was saved: {}", error.message) }
            }
            Ok(Testimony::Nothing) => Ended::Unknown { error },
            Err(other) => {
                tracing::info!(error = %other, "it could not be found out whether a save was committed");
                Ended::Unknown { error }
            }
        }
    }

    /// Has the history told how a save ended once it is known what takes it back: whoever reads the history waits for that,
    /// whoever saves does not. The audit trail is told at once.
    async fn finish_behind(&self, recorded: Option<keeping::Recorded>, rows: u64, elapsed_ms: u64, inverse: Inverse) {
        let Some(recorded) = recorded else { return };
        let end = keeping::End::Done(rows);
        keeping::finish_audit(self, recorded, &end, elapsed_ms).await;
        let Ok(app) = self.shared() else {
            return keeping::finish_history(self, recorded, &end, elapsed_ms, inverse.text().await).await;
        };
        let behind = self.edits.behind.begin().await;
        tokio::spawn(async move {
            keeping::finish_history(&app, recorded, &end, elapsed_ms, inverse.text().await).await;
            drop(behind);
        });
    }

    /// Notes how a save ended in what is staged; on disk too where nothing was written.
    pub(super) async fn settle(
        &self,
        job: &Job,
        staged: &Staged,
        state: &mut Locked,
        ended: Ended,
        recorded: Option<keeping::Recorded>,
        elapsed_ms: u64,
    ) -> (SaveOutcome, Option<Closing>) {
        match ended {
            Ended::Refused { problems, message } => {
                self.unsealed(staged, state).await;
                state.set.untroubled();
                for (id, problem) in problems {
                    state.set.trouble(id, Some(problem));
                }
                keeping::finish(self, recorded, &keeping::End::Refused(&message), elapsed_ms).await;
                (SaveOutcome::Refused { message }, None)
            }
            Ended::Unknown { error } => {
                keeping::finish(self, recorded, &keeping::End::Lost, elapsed_ms).await;
                (SaveOutcome::Unknown { error: error.into() }, None)
            }
            Ended::Written { problems, inverse } => {
                let written = &inverse.written;
                let counts = counts(&job.pieces, written);
                let rows = written.iter().filter_map(|written| Some((written.id, saved(state, written)?))).collect();
                state.set.untroubled();
                let former = state.set.saved(rows);
                drop(tokio::task::spawn_blocking(move || drop(former)));
                state.seal = None;
                let message = first_reason(&problems);
                let partly = !problems.is_empty();
                for (id, problem) in problems {
                    state.set.trouble(id, Some(problem));
                }
                let left = match (state.set.is_clean(), state.set.steps().0.first()) {
                    (false, Some(step)) => Some((state.writing(&staged.key), step.clone())),
                    _ => None,
                };
                let rows = u64::from(counts.updates) + u64::from(counts.inserts) + u64::from(counts.deletes);
                let closing = Closing { key: staged.key.clone(), left, recorded, rows, elapsed_ms, inverse };
                let outcome = match partly {
                    true => SaveOutcome::Partly {
                        counts,
                        message: message.replacen("Nothing was saved", "Not all was saved", 1),
                    },
                    false => SaveOutcome::Saved { counts, elapsed_ms },
                };
                (outcome, Some(closing))
            }
        }
    }

    /// Notes on disk and in the history that rows were written. What is saved is saved, whatever the disk says.
    pub(super) async fn close_save(&self, closing: Closing) {
        let Closing { key, left, recorded, rows, elapsed_ms, inverse } = closing;
        let kept = match &left {
            Some((writing, step)) => journal::rewrite(&self.store, writing, step).await,
            None => journal::forget(&self.store, &key).await,
        };
        if let Err(error) = kept {
            tracing::error!(%error, "edits that were saved are still in the journal");
        }
        self.finish_behind(recorded, rows, elapsed_ms, inverse).await;
    }
}

/// What is still to be noted on disk of a save that wrote rows.
pub(super) struct Closing {
    key: SetKey,
    /// What could not be saved; none where everything was.
    left: Option<(Writing, Step)>,
    recorded: Option<keeping::Recorded>,
    rows: u64,
    elapsed_ms: u64,
    inverse: Inverse,
}

/// What a rule that is checked at the end of a transaction says of rows: those that gave its columns, where only one did.
fn late(job: &Job, state: &State, error: &Error) -> BTreeMap<u32, Problem> {
    let mut problems = BTreeMap::new();
    let Ok(edit) = job.target.edit() else { return problems };
    let Some(violation) = edit.violation(&job.target.catalog, &job.target.relation, error) else { return problems };
    let concerned = |piece: &&Piece| match &piece.doing {
        Doing::Update(update) => update.set.iter().any(|(column, _)| violation.columns.contains(column)),
        Doing::Insert(insert) => insert.values.iter().any(|(column, _)| violation.columns.contains(column)),
        Doing::Delete(_) => violation.kind == driver::ViolationKind::Referenced,
    };
    let mut concerned = job.pieces.iter().filter(concerned);
    if let (Some(piece), None) = (concerned.next(), concerned.next()) {
        let mut diagnosis = Diagnosis::new(state.head.clone());
        problems.insert(piece.id, diagnosis.violated(&job.target, piece, error.clone()));
    }
    problems
}

fn counts(pieces: &[Piece], written: &[Written]) -> EditCounts {
    let done: std::collections::HashSet<u32> = written.iter().map(|written| written.id).collect();
    let mut counts = EditCounts::default();
    for piece in pieces.iter().filter(|piece| done.contains(&piece.id)) {
        match piece.doing {
            Doing::Delete(_) => counts.deletes += 1,
            Doing::Update(_) => counts.updates += 1,
            Doing::Insert(_) => counts.inserts += 1,
        }
    }
    counts
}

/// A staged row after it was saved.
fn saved(state: &State, written: &Written) -> Option<StagedRow> {
    let row = state.set.row(written.id)?;
    let (fate, key) = match row.fate {
        Fate::Delete => (Fate::Gone, &row.key),
        _ => (Fate::Saved, &written.key),
    };
    Some(StagedRow {
        place: row.place.clone().or_else(|| row.key.clone()),
        after: row.after.clone(),
        fresh: written.fresh,
        ..StagedRow::new(fate, key.clone())
    })
}
