//! Saving: everything that is staged in one transaction, in which each statement changes exactly the rows it names.

mod before;
mod diagnosis;
mod ending;
mod fresh;
mod plainly;
mod runner;
mod seal;
mod transaction;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use driver::{Error, Frame, Role, Session};
use results::Hold;

use super::{
    journal::SetKey,
    keeping,
    model::{Problem, Trouble},
    plan::{self, Piece, Planned},
    shared::{Locked, Staged, State},
    target::Target,
};
use crate::{
    App,
    api::*,
    connections::{Permit, lock},
    profiles::dial::elapsed_ms,
};

pub(super) use before::{Before, unseen};
use diagnosis::Diagnosis;
use runner::Runner;
pub(super) use runner::Saving;
pub(super) use seal::{Seal, Testimony};
pub(super) use transaction::Written;
use transaction::{Came, Careful};

/// Orders of its rows that a save is tried in.
const MOST_PASSES: u32 = 6;

/// How the statements of a save ended on the server.
enum Ended {
    /// Committed, but for rows with problems in a table that cannot be rolled back.
    Written { problems: BTreeMap<u32, Problem>, inverse: Inverse },
    /// Nothing was changed.
    Refused { problems: BTreeMap<u32, Problem>, message: String },
    /// Nobody knows.
    Unknown { error: Error },
}

/// What a save is made of.
struct Job {
    key: SetKey,
    target: Arc<Target>,
    /// The relation as faces open it.
    object: ObjectRef,
    frame: Frame,
    pieces: Vec<Piece>,
    planned: Vec<Planned>,
    /// Its place in the history, once it is there; nothing stays of a save before.
    recorded: tokio::sync::OnceCell<Option<keeping::Recorded>>,
}

/// What was written, and what the statements that would take it back are made from: that takes longer than the save itself, and
/// nobody waits for it.
struct Inverse {
    job: Arc<Job>,
    written: Vec<Written>,
    before: Before,
    fresh: Option<Hold>,
}

impl Inverse {
    fn of(job: &Arc<Job>, written: Vec<Written>, state: &State, before: Before) -> Self {
        let fresh = state.fresh.as_ref().map(|fresh| fresh.held.hold.clone());
        Inverse { job: Arc::clone(job), written, before, fresh }
    }

    async fn text(self) -> Option<String> {
        let Inverse { job, written, before, fresh } = self;
        let write = move || keeping::inverse(&job.target, &job.frame, &job.pieces, &written, &before, fresh.as_ref());
        tokio::task::spawn_blocking(write).await.ok()
    }
}

/// Takes the mark of a running save away, however it ends.
struct Marked<'a>(&'a Staged);

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        lock(&self.0.saving).take();
    }
}

impl App {
    /// Saves everything that is staged in one transaction; may ask first.
    ///
    /// # Errors
    /// As [`App::edits_review`]; `Exhausted` at the session limit; as connecting. How the save itself ends is the answer.
    pub async fn edits_save(&self, hold_id: &str, confirmed: Option<RunConsent>) -> Result<EditsAnswer, AppError> {
        let staged = self.staged(hold_id).await?;
        let (saving, marked, target, object, frame_context, pieces) = {
            let mut state = staged.lock_to_change().await?;
            let waiting = state.set.counts();
            if self.unseal(&staged, &mut state, hold_id).await? == Testimony::Committed {
                let outcome = SaveOutcome::Saved { counts: waiting, elapsed_ms: 0 };
                let edits = self.edits_told(state, hold_id, true).await?;
                return Ok(EditsAnswer::Done { saved: Box::new(EditsSaved { outcome, edits }) });
            }
            let target = state.with(hold_id, |_, bound| Ok(Arc::clone(&bound.target)))?;
            // The relation may have changed since its rows were read.
            let asked =
                Target::at(self, &target.place.connected.profile.id, &target.object, target.place.acting.clone());
            let (target, pieces) = tokio::join!(asked, async { plan::pieces(&state.set, &state.head) });
            let target = Arc::new(target?);
            state.check_key(&target)?;
            if pieces.is_empty() {
                return Err(AppError::new(ErrorCode::NotFound, "There is nothing to save."));
            }
            if let Some(question) =
                super::asking::question(self, &target, &pieces, &state.saver(&target), confirmed.as_ref())?
            {
                return Ok(EditsAnswer::Confirm { question });
            }
            let saving = Saving::new();
            *lock(&staged.saving) = Some(Arc::clone(&saving));
            let marked = Marked(&staged);
            let context = state.head.context.clone().unwrap_or_default();
            (saving, marked, target, state.object.clone(), context, pieces)
        };
        let begun = Instant::now();
        let frame = target.edit()?.frame(&target.catalog, &target.relation, &frame_context, false)?;
        let single = !target.about.can_roll_back;
        let place = &target.place;
        let (opened, planned) = tokio::join!(
            place.session(Role::Scratch),
            // The session is opened meanwhile.
            async { plan::plan(&target, &pieces, single) },
        );
        let mut state = staged.lock().await;
        let (planned, refused) = match planned {
            Ok(planned) => (planned, None),
            Err((id, error)) => (Vec::new(), Some((id, error))),
        };
        if let Some((id, error)) = refused {
            let message = error.message.clone();
            state.set.untroubled();
            state.set.trouble(id, Some(Problem { row: Some(Trouble::Refused(error)), ..Problem::default() }));
            drop(marked);
            let outcome = SaveOutcome::Refused { message };
            let edits = self.edits_told(state, hold_id, false).await?;
            return Ok(EditsAnswer::Done { saved: Box::new(EditsSaved { outcome, edits }) });
        }
        let recorded = tokio::sync::OnceCell::new();
        let job = Arc::new(Job { key: staged.key.clone(), target, object, frame, pieces, planned, recorded });
        let (ended, recorded) = tokio::join!(self.carry_out(&job, &mut state, &saving, opened), self.recorded(&job));
        let elapsed = elapsed_ms(begun);
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                keeping::finish(self, recorded, &keeping::End::Failed(&error), elapsed).await;
                return Err(error);
            }
        };
        let (outcome, closing) = self.settle(&job, &staged, &mut state, ended, recorded, elapsed).await;
        drop(marked);
        self.edits_changed(&staged.key.profile_id);
        // The disk and the grid's answer each take their time; nothing more is staged before both are done.
        let close = async {
            if let Some(closing) = closing {
                self.close_save(closing).await;
            }
        };
        let ((), told) = tokio::join!(close, self.edits_telling(state, hold_id, false));
        let (state, edits) = told?;
        drop(state);
        Ok(EditsAnswer::Done { saved: Box::new(EditsSaved { outcome, edits: edits? }) })
    }

    /// Stops a save in progress: nothing of it stays.
    ///
    /// # Errors
    /// As the driver says when the request cannot be delivered; a save that has ended needs no stopping.
    pub async fn edits_cancel(&self, hold_id: &str) -> Result<(), AppError> {
        let Some(staged) = self.edits.of(hold_id) else { return Ok(()) };
        let saving = lock(&staged.saving).clone();
        match saving {
            Some(saving) => Ok(saving.cancel().await?),
            None => Ok(()),
        }
    }

    /// Records a save, once.
    async fn recorded(&self, job: &Job) -> Option<keeping::Recorded> {
        let begin = || keeping::begin(self, &job.target, &job.object, &job.frame, &job.planned);
        *job.recorded.get_or_init(begin).await
    }

    /// Runs the statements on a session of their own.
    async fn carry_out(
        &self,
        job: &Arc<Job>,
        state: &mut Locked,
        saving: &Arc<Saving>,
        opened: Result<(Arc<dyn Session>, Permit), AppError>,
    ) -> Result<Ended, AppError> {
        let (session, permit) = opened?;
        let seconds = self.current_settings().statement_timeout_s;
        let mut runner = Runner {
            session,
            saving: Arc::clone(saving),
            timeout: (seconds > 0).then(|| std::time::Duration::from_secs(seconds.into())),
            key_columns: job.target.about.key.len(),
            sent: 0,
        };
        let ended = match job.target.about.can_roll_back {
            true => self.in_transaction(job, state, &mut runner).await,
            false => {
                self.recorded(job).await;
                plainly::run(job, state, &mut runner).await
            }
        };
        let session = Arc::clone(&runner.session);
        session.close().await;
        drop(permit);
        match ended {
            Ok(ended) => Ok(ended),
            Err(error) => {
                let message = match error.code {
                    driver::Code::Cancelled => "Stopped. Nothing was saved.".to_owned(),
                    _ => format!("Nothing was saved: {}", error.message),
                };
                tracing::debug!(%error, "a save ended early");
                Ok(Ended::Refused { problems: BTreeMap::new(), message })
            }
        }
    }

    /// One transaction, in which all is written or nothing.
    async fn in_transaction(&self, job: &Arc<Job>, state: &mut State, runner: &mut Runner) -> Result<Ended, Error> {
        let frame = &job.frame;
        runner.run_all(&frame.begin).await?;
        match self.written(job, state, runner).await {
            Ok((Came::Through(written), before)) => self.commit(job, state, runner, written, before).await,
            Ok((Came::Troubled(problems), _)) => {
                runner.roll_back(&frame.rollback).await;
                let message = first_reason(&problems);
                Ok(Ended::Refused { problems, message })
            }
            Err(error) => {
                runner.roll_back(&frame.rollback).await;
                Err(error)
            }
        }
    }

    /// Straight on; row by row where something is wrong; then what it made is read, as what cannot be read again is not
    /// committed unseen. Also what deleted rows were.
    async fn written(&self, job: &Job, state: &mut State, runner: &mut Runner) -> Result<(Came, Before), Error> {
        let before = before::read(job, runner).await?;
        let (came, before) = match transaction::straight(runner, &job.planned, &job.pieces).await? {
            Some(written) => (Came::Through(written), before),
            None => self.row_by_row(job, state, runner).await?,
        };
        match came {
            Came::Through(written) => {
                let written = self.read_again(&job.target, state, runner, written).await?;
                Ok((Came::Through(written), before))
            }
            troubled => Ok((troubled, before)),
        }
    }

    /// From the beginning, between savepoints.
    async fn row_by_row(&self, job: &Job, state: &State, runner: &mut Runner) -> Result<(Came, Before), Error> {
        let (target, frame) = (&job.target, &job.frame);
        let mut pieces = job.pieces.clone();
        let mut passes = 0;
        loop {
            passes += 1;
            for text in &frame.rollback {
                runner.run_to_end(text).await?;
            }
            runner.run_all(&frame.begin).await?;
            let before = before::read(job, runner).await?;
            let Some(savepoint) = transaction::savepoint(frame) else {
                return Err(Error::new(driver::Code::Internal, "A save that can be rolled back has no savepoints."));
            };
            let mut diagnosis = Diagnosis::new(state.head.clone());
            let mut careful = Careful::new(runner, target, savepoint, &mut diagnosis);
            let came = careful.run(&pieces).await?;
            let miscounted = careful.miscounted().clone();
            // A row that another statement of the same save deleted or changed first is done before it.
            match (&came, transaction::reordered(&pieces, &miscounted)) {
                (Came::Troubled(_), Some(other)) if passes < MOST_PASSES && !miscounted.is_empty() => {
                    pieces = other;
                }
                _ => return Ok((came, before)),
            }
        }
    }
}

/// The first reason, as a sentence.
fn first_reason(problems: &BTreeMap<u32, Problem>) -> String {
    let told = problems.values().find_map(|problem| {
        Some(match problem.row.as_ref()? {
            Trouble::Refused(error) => error.message.clone(),
            Trouble::Changed(_) => "Somebody else has changed a row since it was read.".to_owned(),
            Trouble::Gone => "A row is not there any more.".to_owned(),
            Trouble::NotPermitted(message) => message.clone(),
            Trouble::Several(rows) => format!("A statement for one row would have changed {rows}."),
        })
    });
    format!("Nothing was saved. {}", told.unwrap_or_else(|| "Rows were refused.".to_owned()))
}
