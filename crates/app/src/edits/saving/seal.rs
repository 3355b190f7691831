//! What tells, after the fact, whether a commit arrived: some of its rows as it leaves them.
//!
//! A seal is on disk from just before a commit is sent until its answer is known. Whoever finds one later, because the answer
//! was lost or the program ended meanwhile, asks the server for those rows before anything of it is sent again: new rows would
//! otherwise be there twice.

use std::collections::BTreeMap;

use driver::{CellValue, Error, Frame, Role, RowKey};
use serde::{Deserialize, Serialize};

use super::{
    Job,
    diagnosis::{columns_of, internal},
    runner::{Runner, Saving},
    transaction::Written,
};
use crate::{
    App,
    api::AppError,
    edits::{
        binding::whole_cell,
        plan::{Doing, Piece},
        record::KeptCell,
        shared::State,
        target::Target,
    },
};

/// Rows that are looked at: all were in the same commit, so that a few tell.
const WITNESSES: usize = 20;
/// Bytes of a value that a witness remembers.
const REMEMBERED: usize = 4 << 10;

/// Rows of a save by which it is known whether it arrived. Without any nothing can be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::edits) struct Seal {
    witnesses: Vec<Witness>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Witness {
    /// What names the row after the commit.
    key: RowKey,
    sign: Sign,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sign {
    /// It goes.
    Gone,
    /// It comes, with these values.
    Made(BTreeMap<String, KeptCell>),
    /// It has another key, or these values in place of others.
    Changed { moved: bool, cells: Vec<ChangedCell> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ChangedCell {
    column: String,
    before: Option<KeptCell>,
    made: KeptCell,
}

/// What is known of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edits) enum Testimony {
    Committed,
    NotCommitted,
    Nothing,
}

impl Seal {
    /// The rows of a save that tell most: what is new and what changed before what goes, as others delete rows too.
    pub(super) fn of(job: &Job, state: &State, reread: &[Written]) -> Result<Seal, AppError> {
        let mut witnesses = Vec::new();
        let written = |piece: &Piece| reread.iter().find(|row| row.id == piece.id);
        let goes = |piece: &&Piece| matches!(piece.doing, Doing::Delete(_));
        let (gone, others): (Vec<_>, Vec<_>) = job.pieces.iter().partition(goes);
        for piece in others.into_iter().chain(gone) {
            if let Some(row) = written(piece)
                && let Some(witness) = witness(job, state, piece, row)?
            {
                witnesses.push(witness);
            }
            if witnesses.len() == WITNESSES {
                break;
            }
        }
        Ok(Seal { witnesses })
    }

    pub(in crate::edits) fn can_tell(&self) -> bool {
        !self.witnesses.is_empty()
    }
}

fn witness(job: &Job, state: &State, piece: &Piece, row: &Written) -> Result<Option<Witness>, AppError> {
    let Some(key) = row.key.as_ref().or_else(|| piece.key()) else { return Ok(None) };
    let made = |column: &str| -> Result<Option<KeptCell>, AppError> {
        let position = job.target.about.columns.iter().position(|about| about.name == column);
        let (Some(position), Some(at), Some(fresh)) = (position, row.fresh, &state.fresh) else { return Ok(None) };
        let value = whole_cell(&fresh.held.hold, at, position)?;
        let short = value.bytes.as_ref().is_none_or(|bytes| bytes.len() <= REMEMBERED);
        Ok(short.then(|| KeptCell::of(&value)))
    };
    let sign = match &piece.doing {
        Doing::Delete(_) => Sign::Gone,
        Doing::Insert(_) => {
            let mut cells = BTreeMap::new();
            for column in &job.target.about.columns {
                if let Some(value) = made(&column.name)? {
                    cells.insert(column.name.clone(), value);
                }
            }
            Sign::Made(cells)
        }
        Doing::Update(update) => {
            let mut cells = Vec::new();
            for (column, _) in &update.set {
                let Some(made) = made(column)? else { continue };
                let original = update.originals.iter().find(|original| original.column == *column);
                let before = original.map(|original| KeptCell::of(&original.value));
                if before.as_ref() != Some(&made) {
                    cells.push(ChangedCell { column: column.clone(), before, made });
                }
            }
            let moved = update.key != *key;
            if cells.is_empty() && !moved {
                return Ok(None);
            }
            Sign::Changed { moved, cells }
        }
    };
    Ok(Some(Witness { key: key.clone(), sign }))
}

impl Witness {
    /// What the row, as it is now, tells.
    fn says(&self, now: Option<&BTreeMap<String, CellValue>>) -> Testimony {
        let holds = |column: &str, value: &KeptCell| {
            now.and_then(|now| now.get(column)).is_some_and(|now| KeptCell::of(now) == *value)
        };
        match (&self.sign, now) {
            (Sign::Gone, None) => Testimony::Committed,
            (Sign::Gone, Some(_)) | (Sign::Made(_), None) => Testimony::NotCommitted,
            // A row of this key that holds something else may be another's.
            (Sign::Made(cells), Some(_)) => match cells.iter().all(|(column, made)| holds(column, made)) {
                true => Testimony::Committed,
                false => Testimony::Nothing,
            },
            // Under its new key it is there only if it was changed; a row of an unchanged key tells by what it holds.
            (Sign::Changed { moved: true, .. }, None) => Testimony::NotCommitted,
            (Sign::Changed { moved: false, .. }, None) => Testimony::Nothing,
            (Sign::Changed { cells, .. }, Some(_)) => {
                if !cells.is_empty() && cells.iter().all(|cell| holds(&cell.column, &cell.made)) {
                    return Testimony::Committed;
                }
                let as_before =
                    |cell: &ChangedCell| cell.before.as_ref().is_some_and(|before| holds(&cell.column, before));
                match cells.iter().any(as_before) {
                    true => Testimony::NotCommitted,
                    false => Testimony::Nothing,
                }
            }
        }
    }
}

/// What several rows tell together: rows that go count only where nothing else tells, as anybody may have deleted them; rows that
/// contradict each other tell nothing.
fn together(told: &[(bool, Testimony)]) -> Testimony {
    let said = |goes: bool, what: Testimony| told.iter().any(|(went, testimony)| *went == goes && *testimony == what);
    for goes in [false, true] {
        match (said(goes, Testimony::Committed), said(goes, Testimony::NotCommitted)) {
            (true, false) => return Testimony::Committed,
            (false, true) => return Testimony::NotCommitted,
            (true, true) => return Testimony::Nothing,
            (false, false) => {}
        }
    }
    Testimony::Nothing
}

impl App {
    /// Asks the server whether a sealed save arrived.
    ///
    /// # Errors
    /// As connecting, and as the server says.
    pub(in crate::edits) async fn testimony(
        &self,
        target: &Target,
        frame: &Frame,
        seal: &Seal,
    ) -> Result<Testimony, AppError> {
        let place = &target.place;
        let (session, permit) = place.session(Role::Scratch).await?;
        let mut runner = Runner {
            session,
            saving: Saving::new(),
            timeout: Some(std::time::Duration::from_secs(30)),
            key_columns: target.about.key.len(),
            sent: 0,
        };
        let told = ask(target, frame, seal, &mut runner).await;
        runner.roll_back(&frame.rollback).await;
        runner.session.close().await;
        drop(permit);
        Ok(together(&told?))
    }
}

async fn ask(
    target: &Target,
    frame: &Frame,
    seal: &Seal,
    runner: &mut Runner,
) -> Result<Vec<(bool, Testimony)>, Error> {
    runner.run_all(&frame.begin).await?;
    let edit = target.edit().map_err(internal)?;
    let mut told = Vec::with_capacity(seal.witnesses.len());
    for witness in &seal.witnesses {
        let key = &witness.key;
        let text = edit.reread(&target.catalog, &target.relation, std::slice::from_ref(key))?;
        let ran = runner.run(&text).await?;
        let now = columns_of(&ran, target, key)?;
        told.push((witness.sign == Sign::Gone, witness.says(now.as_ref())));
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_contradict_each_other_tell_nothing_and_deleted_ones_count_last() {
        use Testimony::{Committed, NotCommitted, Nothing};
        for (told, expected) in [
            (&[][..], Nothing),
            (&[(false, Committed), (false, Nothing)], Committed),
            (&[(false, NotCommitted), (true, Committed)], NotCommitted),
            (&[(false, Committed), (false, NotCommitted)], Nothing),
            (&[(false, Nothing), (true, Committed)], Committed),
            (&[(true, Committed), (true, NotCommitted)], Nothing),
        ] {
            assert_eq!(together(told), expected, "{told:?}");
        }
    }
}
