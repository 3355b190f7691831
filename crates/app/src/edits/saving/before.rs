//! Rows as they are just before a save deletes them. A query may have shown some of their columns; the way back needs all.

use std::collections::{BTreeMap, HashMap};

use driver::{CellValue, Error, RowDelete, RowKey};

use super::{
    Job,
    diagnosis::{internal, rows_of},
    runner::{Ran, Runner},
    transaction::is_fatal,
};
use crate::edits::{
    keeping::MOST_INVERSE,
    plan::{Doing, Piece},
    target::Target,
};

/// Rows read at once.
const AT_ONCE: usize = 200;

/// The columns of rows that are deleted, by the row's piece. Rows of which everything was seen are not among them.
pub(in crate::edits) type Before = HashMap<u32, BTreeMap<String, CellValue>>;

/// Reads rows that are deleted and were not seen whole, and keeps others from changing them. Rows that cannot be read are left
/// out, as are those beyond what the history keeps: it says so of them.
///
/// # Errors
/// What is not about these rows.
pub(super) async fn read(job: &Job, runner: &mut Runner) -> Result<Before, Error> {
    let mut before = Before::new();
    let partly: Vec<(u32, RowKey)> = job.pieces.iter().rev().filter_map(|piece| partly(&job.target, piece)).collect();
    let mut bytes = 0;
    for some in partly.chunks(AT_ONCE) {
        let keys: Vec<RowKey> = some.iter().map(|(_, key)| key.clone()).collect();
        let text = job.target.edit().map_err(internal)?.lock(&job.target.catalog, &job.target.relation, &keys)?;
        let Some(ran) = tried(job, runner, &text).await? else { break };
        let mut rows = rows_of(&ran, &job.target)?;
        for (id, key) in some {
            let Some(row) = rows.remove(key) else { continue };
            bytes += row.values().filter_map(|cell| cell.bytes.as_ref()).map(Vec::len).sum::<usize>();
            before.insert(*id, row);
        }
        if bytes > MOST_INVERSE {
            break;
        }
    }
    Ok(before)
}

/// A deletion of a row of which some columns that a row is inserted with were not seen.
fn partly(target: &Target, piece: &Piece) -> Option<(u32, RowKey)> {
    let Doing::Delete(delete) = &piece.doing else { return None };
    let unseen = unseen(target, delete).next().is_some();
    unseen.then(|| (piece.id, delete.key.clone()))
}

/// Columns that a row is inserted with and that were not seen of a deleted one.
pub(in crate::edits) fn unseen<'a>(target: &'a Target, delete: &'a RowDelete) -> impl Iterator<Item = &'a str> {
    let columns = target.about.columns.iter().filter(|about| about.not_inserted.is_none());
    let seen = |name: &str| delete.originals.iter().any(|original| original.column == name);
    columns.map(|about| about.name.as_str()).filter(move |name| !seen(name))
}

/// Runs what may be refused without harm to the save: to lock rows can need more rights than to delete them.
async fn tried(job: &Job, runner: &mut Runner, text: &str) -> Result<Option<Ran>, Error> {
    let Some([set, forget, back]) = &job.frame.savepoint else {
        return kept(runner.run(text).await);
    };
    runner.run(set).await?;
    let ran = kept(runner.run(text).await)?;
    if ran.is_none() {
        runner.run(back).await?;
    }
    runner.run(forget).await?;
    Ok(ran)
}

fn kept(ran: Result<Ran, Error>) -> Result<Option<Ran>, Error> {
    match ran {
        Ok(ran) => Ok(Some(ran)),
        Err(error) if is_fatal(&error) => Err(error),
        Err(error) => {
            tracing::info!(%error, "rows are deleted without being read whole before");
            Ok(None)
        }
    }
}
