//! What a save sends: staged rows as statements, in order.

use driver::{Change, NewValue, Original, RowDelete, RowInsert, RowKey, RowUpdate};

use super::{
    journal::SetHead,
    model::{EditSet, Fate},
    target::Target,
};
use crate::api::AppError;

/// What is done to one row.
#[derive(Clone, Debug)]
pub(super) enum Doing {
    Delete(RowDelete),
    Update(RowUpdate),
    Insert(RowInsert),
}

/// One row of a save.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) id: u32,
    pub(super) doing: Doing,
}

impl Piece {
    pub(super) fn key(&self) -> Option<&RowKey> {
        match &self.doing {
            Doing::Delete(delete) => Some(&delete.key),
            Doing::Update(update) => Some(&update.key),
            Doing::Insert(_) => None,
        }
    }

    pub(super) fn originals(&self) -> &[Original] {
        match &self.doing {
            Doing::Delete(delete) => &delete.originals,
            Doing::Update(update) => &update.originals,
            Doing::Insert(_) => &[],
        }
    }

    pub(super) fn is_insert(&self) -> bool {
        matches!(self.doing, Doing::Insert(_))
    }
}

/// Every row of a save: what goes, what changes, what is new, each in the order it was staged in.
pub(super) fn pieces(set: &EditSet, head: &SetHead) -> Vec<Piece> {
    let name = |number: u32| head.columns.get(number as usize).cloned().unwrap_or_default();
    let mut pieces = Vec::new();
    for (id, entry) in set.pending() {
        let row = &entry.row;
        let originals = || {
            let held = row.originals.iter();
            held.map(|(number, value)| Original { column: name(*number), value: value.clone() }).collect()
        };
        let values = || -> Vec<(String, NewValue)> {
            row.set.iter().map(|(number, value)| (name(*number), value.clone())).collect()
        };
        let doing = match (row.fate, row.key.clone()) {
            (Fate::Delete, Some(key)) => Doing::Delete(RowDelete { key, originals: originals() }),
            (Fate::Update, Some(key)) => Doing::Update(RowUpdate { key, originals: originals(), set: values() }),
            (Fate::Insert, _) => Doing::Insert(RowInsert { values: values() }),
            _ => continue,
        };
        pieces.push(Piece { id, doing });
    }
    pieces.sort_by_key(|piece| match piece.doing {
        Doing::Delete(_) => 0,
        Doing::Update(_) => 1,
        Doing::Insert(_) => 2,
    });
    pieces
}

/// One statement and how many of the rows it is for, counted from where it stands.
pub(super) struct Planned {
    pub(super) change: Change,
    pub(super) rows: usize,
}

/// The statement for the first of these rows, and for as many of the following as it covers.
///
/// # Errors
/// As the driver says, about the first row.
pub(super) fn next(target: &Target, pieces: &[Piece], single: bool) -> Result<Option<Planned>, AppError> {
    let Some(first) = pieces.first() else { return Ok(None) };
    let (edit, catalog, relation) = (target.edit()?, &target.catalog, &target.relation);
    let change = match &first.doing {
        Doing::Delete(delete) => edit.delete(catalog, relation, delete)?,
        Doing::Update(update) => edit.update(catalog, relation, update)?,
        Doing::Insert(_) => {
            let most = if single { 1 } else { MOST_INSERTED };
            let rows: Vec<RowInsert> = pieces
                .iter()
                .take(most)
                .map_while(|piece| match &piece.doing {
                    Doing::Insert(row) => Some(row.clone()),
                    _ => None,
                })
                .collect();
            edit.insert(catalog, relation, &rows)?
        }
    };
    let rows = change.rows.clamp(1, pieces.len());
    Ok(Some(Planned { change, rows }))
}

/// Rows that are offered to one INSERT; a driver takes as many as it likes.
const MOST_INSERTED: usize = 1000;

/// Every statement of a save.
///
/// # Errors
/// The row whose values cannot be written, and why.
pub(super) fn plan(target: &Target, pieces: &[Piece], single: bool) -> Result<Vec<Planned>, (u32, AppError)> {
    let (mut planned, mut at) = (Vec::new(), 0);
    while let Some(rest) = pieces.get(at..).filter(|rest| !rest.is_empty()) {
        let id = rest.first().map_or(0, |piece| piece.id);
        match next(target, rest, single).map_err(|error| (id, error))? {
            Some(one) => {
                at += one.rows;
                planned.push(one);
            }
            None => break,
        }
    }
    Ok(planned)
}
