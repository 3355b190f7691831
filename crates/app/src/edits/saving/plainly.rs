//! A save into a table that cannot be rolled back: it is locked, each row is counted, and only then written.

use std::{collections::BTreeMap, sync::Arc};

use driver::Error;
use results::{Cell, Cells};

use super::{
    Ended, Inverse, Job, before,
    diagnosis::{Diagnosis, internal},
    first_reason,
    runner::{Failure, Ran, Runner},
    transaction::{is_fatal, matched},
};
use crate::edits::{model::Problem, plan::Piece, shared::State, target::Target};

/// Writes every row that is as it was seen; the others keep their edits and say why.
///
/// # Errors
/// What is not about one row, before anything was written.
pub(super) async fn run(job: &Arc<Job>, state: &State, runner: &mut Runner) -> Result<Ended, Error> {
    let target = &job.target;
    let mut diagnosis = Diagnosis::new(state.head.clone());
    let (mut written, mut problems): (Vec<_>, BTreeMap<u32, Problem>) = (Vec::new(), BTreeMap::new());
    if let Err(error) = runner.run_all(&job.frame.begin).await {
        runner.roll_back(&job.frame.rollback).await;
        return Err(error);
    }
    let before = match before::read(job, runner).await {
        Ok(before) => before,
        Err(error) => {
            runner.roll_back(&job.frame.rollback).await;
            return Err(error);
        }
    };
    for (piece, planned) in job.pieces.iter().zip(&job.planned) {
        let failure = match matching(target, runner, piece).await {
            Ok(1) => match runner.change(&planned.change).await {
                Ok(keys) => {
                    written.extend(matched(std::slice::from_ref(piece), keys));
                    continue;
                }
                Err(failure) => failure,
            },
            Ok(rows) => Failure::Count(rows),
            Err(error) => Failure::Server(error),
        };
        if let Failure::Server(error) = &failure
            && is_fatal(error)
        {
            if written.is_empty() {
                let error = error.clone();
                runner.roll_back(&job.frame.rollback).await;
                return Err(error);
            }
            problems.insert(piece.id, diagnosis.refused(error.clone().into()));
            break;
        }
        let problem = diagnosis.problem(runner, target, piece, failure).await?;
        problems.insert(piece.id, problem);
    }
    for text in &job.frame.commit {
        if let Err(error) = runner.run_to_end(text).await {
            tracing::warn!(%error, "a table may stay locked until its session ends");
        }
    }
    if written.is_empty() {
        let message = first_reason(&problems);
        return Ok(Ended::Refused { problems, message });
    }
    Ok(Ended::Written { problems, inverse: Inverse::of(job, written, state, before) })
}

/// How many rows are as they were seen; one for a new row.
async fn matching(target: &Target, runner: &mut Runner, piece: &Piece) -> Result<u64, Error> {
    let Some(key) = piece.key() else { return Ok(1) };
    let edit = target.edit().map_err(internal)?;
    let text = edit.matching(&target.catalog, &target.relation, key, piece.originals())?;
    let ran = runner.run(&text).await?;
    count(&ran).ok_or_else(|| Error::new(driver::Code::Internal, "A count gave no number."))
}

fn count(ran: &Ran) -> Option<u64> {
    let batch = ran.batches.first()?;
    match Cells::of(batch, 0).ok()?.get(0) {
        Cell::Integer(rows) => u64::try_from(rows).ok(),
        Cell::Unsigned(rows) => Some(rows),
        Cell::Bytes(digits, _) => std::str::from_utf8(digits).ok()?.parse().ok(),
        Cell::Null | Cell::Boolean(_) => None,
    }
}
