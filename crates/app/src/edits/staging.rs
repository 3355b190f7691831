//! From what a person did in a grid to a step of the edit set.

use std::collections::BTreeMap;

use driver::{CellValue, NewValue, RowKey};

use super::{
    binding::Bound,
    model::{Draft, EditSet, Fate, StagedRow, Step},
    results::lacking,
    values::staged,
};
use crate::api::*;

/// Rows that may be staged at once for a relation.
const MOST_ROWS: usize = 250_000;

/// A step in the making.
struct Staging<'a> {
    bound: &'a mut Bound,
    draft: Draft<'a>,
    /// Staged rows by the hold's rows, of this step.
    here: BTreeMap<u64, u32>,
    rows: usize,
}

/// The step that does what a person did; none where it changes nothing. Blocks on the disk.
///
/// # Errors
/// `NotFound` for rows and columns that are not there; `Unsupported` for columns that take no value; `Exhausted` for more than
/// can be staged; as files say.
pub(super) fn step(bound: &mut Bound, set: &EditSet, step: EditStep) -> Result<Option<Step>, AppError> {
    let rows = set.entries().count();
    let mut staging = Staging { bound, draft: set.draft(), here: BTreeMap::new(), rows };
    for edit in step.set {
        let value = staged(edit.value)?;
        staging.set(edit.row, edit.column, value)?;
    }
    for addition in step.add {
        staging.add(addition)?;
    }
    for row in step.duplicate {
        staging.duplicate(row)?;
    }
    for span in step.delete {
        staging.delete(span)?;
    }
    for id in step.delete_staged {
        staging.delete_staged(id)?;
    }
    for row in step.revert {
        staging.revert(row);
    }
    for (row, column) in step.revert_cells {
        staging.revert_cell(row, column)?;
    }
    Ok(staging.draft.step(&step.label))
}

impl Staging<'_> {
    /// The staged row a place means, if it is staged.
    fn find(&self, place: RowPlace) -> Option<u32> {
        let id = match place {
            RowPlace::Staged { id } => id,
            RowPlace::Held { row } => self.here.get(&row).copied().or_else(|| self.bound.placing.staged(row))?,
        };
        self.draft.row(id).map(|_| id)
    }

    /// The staged row a place means, made where there is none.
    fn found_or_made(&mut self, place: RowPlace) -> Result<u32, AppError> {
        if let Some(id) = self.find(place) {
            return Ok(id);
        }
        let RowPlace::Held { row } = place else { return Err(gone()) };
        let key = self.bound.key(row)?;
        self.make(row, key)
    }

    fn make(&mut self, row: u64, key: RowKey) -> Result<u32, AppError> {
        self.count()?;
        self.bound.placing.note(&key, row);
        let id = self.draft.new_id();
        self.draft.put(id, Some(StagedRow::new(Fate::Update, Some(key))));
        self.here.insert(row, id);
        Ok(id)
    }

    fn count(&mut self) -> Result<(), AppError> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(AppError::new(
                ErrorCode::Exhausted,
                format!("More than {} rows cannot be staged at once.", crate::explorer::grouped(MOST_ROWS as u64)),
            )
            .with_hint("Save what is staged, or write one statement for all of them."));
        }
        Ok(())
    }

    /// The edit set's number of a column of the head, and what may be done to it.
    fn column(&self, column: u32) -> Result<u32, AppError> {
        let known = self.bound.columns.get(column as usize).copied().flatten();
        known.ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, format!("The rows have no column {} that can be edited.", column + 1))
        })
    }

    fn read_only(&self, column: u32, new: bool) -> Option<&str> {
        let about = self.bound.about(column)?;
        if new { about.not_inserted.as_deref() } else { about.read_only.as_deref() }
    }

    /// What a cell of a row that is there holds.
    fn held(&self, id: u32, place: RowPlace, position: usize) -> Result<CellValue, AppError> {
        let fresh = self.draft.row(id).and_then(|row| row.fresh);
        if let Some(row) = fresh
            && let Some(cell) = self.bound.fresh_cell(row, position)?
        {
            return Ok(cell);
        }
        self.bound.cell(self.row_at(place).ok_or_else(unseen)?, position)
    }

    /// Where a row stands in the hold, as far as is known.
    fn row_at(&self, place: RowPlace) -> Option<u64> {
        match place {
            RowPlace::Held { row } => Some(row),
            RowPlace::Staged { id } => self.bound.placing.at(id),
        }
    }

    fn set(&mut self, place: RowPlace, column: u32, value: NewValue) -> Result<(), AppError> {
        let number = self.column(column)?;
        let id = self.found_or_made(place)?;
        let Some(fate) = self.draft.row(id).map(|row| row.fate) else { return Err(gone()) };
        let refused = self.read_only(column, fate == Fate::Insert);
        // To leave it to the server is always possible.
        if let (Some(why), false) = (refused, fate == Fate::Insert && value == NewValue::Default) {
            return Err(AppError::new(ErrorCode::Unsupported, format!("This column takes no value: {why}")));
        }
        match fate {
            Fate::Gone | Fate::Delete => {
                return Err(AppError::new(ErrorCode::Conflict, "A row that is to be deleted cannot be edited.")
                    .with_hint("Take the deletion back first."));
            }
            Fate::Insert => {
                if let Some(row) = self.draft.row_mut(id) {
                    match value {
                        // A column that is not named takes it too.
                        NewValue::Default => drop(row.set.remove(&number)),
                        value => drop(row.set.insert(number, value)),
                    }
                }
                return Ok(());
            }
            Fate::Update | Fate::Saved => {}
        }
        let known = self.draft.row(id).and_then(|row| row.originals.get(&number)).cloned();
        let original = match known {
            Some(original) if fate == Fate::Update => original,
            _ => self.held(id, place, column as usize)?,
        };
        let form = self.bound.forms.get(column as usize).copied().unwrap_or_default();
        let same = form.holds(&original, &value);
        let whole = if self.bound.target.needs_whole_rows() && !same { Some(self.all(id, place)?) } else { None };
        if let Some(row) = self.draft.row_mut(id) {
            row.fate = Fate::Update;
            if same {
                row.set.remove(&number);
                row.originals.remove(&number);
            } else {
                row.set.insert(number, value);
                row.originals.entry(number).or_insert(original);
                for (number, original) in whole.unwrap_or_default() {
                    row.originals.entry(number).or_insert(original);
                }
            }
        }
        self.tidy(id);
        Ok(())
    }

    /// A row without edits is not staged: it is what it was before.
    fn tidy(&mut self, id: u32) {
        let Some(row) = self.draft.row_mut(id) else { return };
        if row.fate == Fate::Update && row.set.is_empty() {
            row.originals.clear();
            match row.fresh {
                Some(_) => row.fate = Fate::Saved,
                None => self.draft.put(id, None),
            }
        }
    }

    /// Every visible cell of a row that is there.
    fn all(&self, id: u32, place: RowPlace) -> Result<BTreeMap<u32, CellValue>, AppError> {
        let mut all = BTreeMap::new();
        for (position, number) in self.bound.columns.iter().enumerate() {
            if let Some(number) = number {
                all.insert(*number, self.held(id, place, position)?);
            }
        }
        Ok(all)
    }

    fn anchor(&mut self, after: Option<RowPlace>) -> Result<Option<RowKey>, AppError> {
        let Some(after) = after else { return Ok(None) };
        if let Some(id) = self.find(after)
            && let Some(row) = self.draft.row(id)
        {
            let place = row.place.clone().or_else(|| row.key.clone());
            return Ok(if row.fate == Fate::Insert { row.after.clone() } else { place });
        }
        let RowPlace::Held { row } = after else { return Err(gone()) };
        let key = self.bound.key(row)?;
        self.bound.placing.note(&key, row);
        Ok(Some(key))
    }

    fn add(&mut self, addition: RowAddition) -> Result<(), AppError> {
        self.count()?;
        let mut row = StagedRow::new(Fate::Insert, None);
        row.after = self.anchor(addition.after)?;
        for (column, value) in addition.cells {
            let number = self.column(column)?;
            let value = staged(value)?;
            if value == NewValue::Default {
                continue;
            }
            if let Some(why) = self.read_only(column, true) {
                return Err(AppError::new(ErrorCode::Unsupported, format!("A column takes no value: {why}")));
            }
            row.set.insert(number, value);
        }
        let id = self.draft.new_id();
        self.draft.put(id, Some(row));
        Ok(())
    }

    fn duplicate(&mut self, place: RowPlace) -> Result<(), AppError> {
        self.count()?;
        let source = self.find(place).and_then(|id| self.draft.row(id).map(|row| (id, row.clone())));
        let mut row = StagedRow::new(Fate::Insert, None);
        row.after = self.anchor(Some(place))?;
        let is_new = source.as_ref().is_some_and(|(_, source)| source.fate == Fate::Insert);
        let fresh = source.as_ref().and_then(|(_, source)| source.fresh);
        let at = source
            .as_ref()
            .map_or_else(|| self.row_at(place), |(id, _)| self.row_at(place).or_else(|| self.bound.placing.at(*id)));
        if !is_new && fresh.is_none() && at.is_none() {
            return Err(if source.is_none() { gone() } else { unseen() });
        }
        let mut missing = Vec::new();
        for (about, own) in self.bound.relation() {
            if about.not_inserted.is_some() || own.numbered {
                continue;
            }
            let staged = source.as_ref().and_then(|(_, source)| source.set.get(&own.number));
            if let Some(value) = staged {
                row.set.insert(own.number, value.clone());
            } else if !is_new {
                match self.bound.value(fresh, at, (about, own))? {
                    Some(value) => drop(row.set.insert(own.number, NewValue::Held(value))),
                    None => missing.push(about.name.clone()),
                }
            }
        }
        if !missing.is_empty() {
            return Err(lacking("A row cannot be duplicated in part", &missing));
        }
        let id = self.draft.new_id();
        self.draft.put(id, Some(row));
        Ok(())
    }

    fn delete(&mut self, span: RowSpan) -> Result<(), AppError> {
        let end = span.first.saturating_add(span.rows).min(self.bound.held.hold.rows());
        let mut read: Vec<(u64, RowKey, Vec<CellValue>)> = Vec::new();
        if span.first >= end {
            return Err(unseen());
        }
        let limit = MOST_ROWS.saturating_sub(self.rows) as u64;
        if end - span.first > limit {
            self.rows = MOST_ROWS;
            return self.count();
        }
        self.bound.rows(span.first..end, |row, key, cells| {
            read.push((row, key, cells));
            Ok(())
        })?;
        for (number, key, cells) in read {
            let place = RowPlace::Held { row: number };
            let id = match self.find(place) {
                Some(id) => id,
                None => self.make(number, key)?,
            };
            let saved = self.draft.row(id).is_some_and(|row| row.fresh.is_some());
            let originals = match saved {
                true => self.all(id, place)?,
                false => {
                    let numbers = self.bound.columns.iter().zip(cells);
                    numbers.filter_map(|(number, cell)| Some(((*number)?, cell))).collect()
                }
            };
            let Some(row) = self.draft.row_mut(id) else { continue };
            if row.fate == Fate::Gone {
                continue;
            }
            row.fate = Fate::Delete;
            row.set.clear();
            // What was seen when it was edited first stays what must still be there.
            let seen = std::mem::take(&mut row.originals);
            row.originals = originals;
            row.originals.extend(seen);
        }
        Ok(())
    }

    fn delete_staged(&mut self, id: u32) -> Result<(), AppError> {
        let Some(row) = self.draft.row(id) else { return Err(gone()) };
        match row.fate {
            Fate::Insert => self.draft.put(id, None),
            Fate::Delete | Fate::Gone => {}
            Fate::Update | Fate::Saved => {
                let originals = self.all(id, RowPlace::Staged { id })?;
                if let Some(row) = self.draft.row_mut(id) {
                    row.fate = Fate::Delete;
                    row.set.clear();
                    let seen = std::mem::take(&mut row.originals);
                    row.originals = originals;
                    row.originals.extend(seen);
                }
            }
        }
        Ok(())
    }

    fn revert(&mut self, place: RowPlace) {
        let Some(id) = self.find(place) else { return };
        let Some(row) = self.draft.row_mut(id) else { return };
        match (row.fate, row.fresh) {
            (Fate::Saved | Fate::Gone, _) => {}
            (Fate::Update | Fate::Delete, Some(_)) => {
                row.fate = Fate::Saved;
                row.set.clear();
                row.originals.clear();
            }
            _ => self.draft.put(id, None),
        }
    }

    fn revert_cell(&mut self, place: RowPlace, column: u32) -> Result<(), AppError> {
        let number = self.column(column)?;
        let Some(id) = self.find(place) else { return Ok(()) };
        let Some(row) = self.draft.row_mut(id) else { return Ok(()) };
        row.set.remove(&number);
        if row.fate == Fate::Update {
            row.originals.remove(&number);
            self.tidy(id);
        }
        Ok(())
    }
}

fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "That row is not staged any more.")
}

fn unseen() -> AppError {
    AppError::new(ErrorCode::NotFound, "That row is not among the rows that were read.")
        .with_hint("Load more rows, or read them again.")
}
