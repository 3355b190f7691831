//! Staged edits and the rows of one hold: which row is which.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use arrow_array::RecordBatch;
use driver::{CellValue, ColumnEdit, KeyForm, RowKey};
use results::{Cell, Cells, Hold};

use super::{
    model::{EditSet, Fate, Problem, StagedRow, Trouble},
    target::{Editable, Shown, Target},
    values::Form,
};
use crate::{
    api::*,
    holds::{Held, Source},
};

/// One hold's rows, as edits see them.
pub(super) struct Bound {
    pub(super) held: Arc<Held>,
    pub(super) target: Arc<Target>,
    /// Positions of the columns that name a row, and how each part of its name is told from what they print.
    identity: Vec<(usize, KeyForm)>,
    /// What stands behind each column of the head.
    shown: Vec<Shown>,
    /// For each column of the head, its number in the edit set; none for one that edits do not know.
    pub(super) columns: Vec<Option<u32>>,
    /// For each column of the head, what may be done to it.
    abouts: Vec<Option<ColumnEdit>>,
    /// Every column of the relation, in its order: the target's.
    own: Vec<Own>,
    /// For each column of the head, what its values are made of.
    pub(super) forms: Vec<Form>,
    /// Rows that were read again.
    pub(super) again: Option<ReadAgain>,
    pub(super) placing: Placing,
}

/// A column of the relation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// Its number in the edit set.
    pub(super) number: u32,
    /// Where it stands in the head first; none where it is not shown.
    pub(super) position: Option<usize>,
    /// Whether a new row is numbered by it.
    pub(super) numbered: bool,
}

/// Rows that were read again, which have all of the relation's columns, seen by those of a hold.
pub(super) struct ReadAgain {
    whole: Arc<Held>,
    /// The same rows with the head's columns, by its names and in its order.
    pub(super) seen: Arc<Held>,
}

/// Where staged rows stand in the hold, as far as is known.
#[derive(Default)]
pub(super) struct Placing {
    /// Keys that were looked for; none for one that is not among the rows so far.
    known: HashMap<RowKey, Option<u64>>,
    /// Rows that were looked at.
    seen: u64,
    at: HashMap<u32, u64>,
    by_row: HashMap<u64, u32>,
    /// The revision of the edit set that this covers.
    synced: u32,
    /// The revision that was told last; none before the first answer.
    pub(super) told: Option<u32>,
    /// Rows to tell though they did not change: where they stand did.
    pub(super) dirty: BTreeSet<u32>,
    /// Rows to look at for what somebody else has made of them.
    unchecked: BTreeSet<u32>,
}

impl Placing {
    pub(super) fn at(&self, id: u32) -> Option<u64> {
        self.at.get(&id).copied()
    }

    /// The row a new one stands below.
    pub(super) fn anchor(&self, key: &RowKey) -> Option<u64> {
        self.known.get(key).copied().flatten()
    }

    /// The staged row at a row of the hold.
    pub(super) fn staged(&self, row: u64) -> Option<u32> {
        self.by_row.get(&row).copied()
    }

    /// Notes where a key stands, as told by who reads it there.
    pub(super) fn note(&mut self, key: &RowKey, row: u64) {
        self.known.entry(key.clone()).or_default().get_or_insert(row);
    }
}

impl Bound {
    /// `numbers` are those of the relation's columns in the edit set, in the target's order.
    pub(super) fn new(held: Arc<Held>, editable: Editable, numbers: &[u32]) -> Self {
        let Editable { target, identity, shown } = editable;
        let forms = Form::of(held.hold.schema(), held.visible, held.driver.cast());
        let own: Vec<Own> = target
            .about
            .columns
            .iter()
            .zip(numbers)
            .map(|(about, number)| Own {
                number: *number,
                position: shown.iter().position(|shown| matches!(shown, Shown::Column(name) if *name == about.name)),
                numbered: target.is_numbered(&about.name),
            })
            .collect();
        let behind = |shown: &Shown| match shown {
            Shown::Column(name) => target.about.columns.iter().zip(&own).find(|(about, _)| about.name == *name),
            Shown::Key(_) => None,
        };
        let columns = shown.iter().map(|shown| behind(shown).map(|(_, own)| own.number)).collect();
        let about = |(position, shown): (usize, &Shown)| {
            let (about, own) = behind(shown)?;
            let first = own.position.filter(|first| *first < position);
            Some(first.map_or_else(|| about.clone(), |first| shown_again(about, first)))
        };
        let abouts = shown.iter().enumerate().map(about).collect();
        Bound { held, target, identity, shown, columns, abouts, own, forms, again: None, placing: Placing::default() }
    }

    /// Every column of the relation and what may be done to it.
    pub(super) fn relation(&self) -> impl Iterator<Item = (&ColumnEdit, Own)> {
        self.target.about.columns.iter().zip(self.own.iter().copied())
    }

    /// What may be done to a column of the head.
    pub(super) fn about(&self, column: u32) -> Option<&ColumnEdit> {
        self.abouts.get(column as usize)?.as_ref()
    }

    /// Where a column of the edit set stands in the head first.
    pub(super) fn position(&self, column: u32) -> Option<usize> {
        self.positions(column).next()
    }

    /// Every position of the head where a column of the edit set is shown.
    pub(super) fn positions(&self, column: u32) -> impl Iterator<Item = usize> {
        let all = self.columns.iter().enumerate();
        all.filter(move |(_, own)| **own == Some(column)).map(|(position, _)| position)
    }

    /// Whether these are the rows that were read again.
    pub(super) fn has_read(&self, whole: Option<&Arc<Held>>) -> bool {
        match (&self.again, whole) {
            (Some(again), Some(whole)) => Arc::ptr_eq(&again.whole, whole),
            (None, None) => true,
            _ => false,
        }
    }

    /// Rows that were read again, as the head shows rows; none where the relation has lost one of its columns meanwhile.
    ///
    /// # Errors
    /// None in practice: the columns are there.
    pub(super) fn read_again(&self, whole: &Arc<Held>) -> Result<Option<ReadAgain>, AppError> {
        let place = |shown: &Shown| match shown {
            Shown::Column(name) => position_in(whole, name),
            Shown::Key(part) => Some(whole.visible + part),
        };
        let Some(places) = self.shown.iter().map(place).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let names = self.held.hold.schema().fields().iter().map(|field| field.name().as_str());
        let columns: Vec<(usize, &str)> = places.into_iter().zip(names).collect();
        let hold = whole.hold.project(&columns)?;
        let source = Source::Run { controller: std::sync::Weak::new(), reads: true, fails_transaction: false };
        let seen = Held::new(hold, &whole.driver, &whole.language, columns.len(), source);
        Ok(Some(ReadAgain { whole: Arc::clone(whole), seen }))
    }

    /// A cell of a row that was read again, by its column in the head; none where those rows are not here.
    ///
    /// # Errors
    /// As [`Bound::key`].
    pub(super) fn fresh_cell(&self, row: u64, column: usize) -> Result<Option<CellValue>, AppError> {
        self.again.as_ref().map(|again| whole_cell(&again.seen.hold, row, column)).transpose()
    }

    /// What a column of the relation holds in a row, by where the row stands among those that were read again and in the hold;
    /// none where it is not shown and was not read again.
    ///
    /// # Errors
    /// As [`Bound::key`].
    pub(super) fn value(
        &self,
        fresh: Option<u64>,
        at: Option<u64>,
        (about, own): (&ColumnEdit, Own),
    ) -> Result<Option<CellValue>, AppError> {
        if let (Some(row), Some(again)) = (fresh, &self.again)
            && let Some(position) = position_in(&again.whole, &about.name)
        {
            return whole_cell(&again.whole.hold, row, position).map(Some);
        }
        match (at, own.position) {
            (Some(row), Some(position)) => self.cell(row, position).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn form(&self, column: u32) -> Form {
        self.position(column).and_then(|at| self.forms.get(at)).copied().unwrap_or_default()
    }

    /// What names a row of the hold, for edits.
    ///
    /// # Errors
    /// `NotFound` for a row that is not there; `Unsupported` for a key that is no text; `Corrupt` for a damaged disk.
    pub(super) fn key(&self, row: u64) -> Result<RowKey, AppError> {
        let part = |(at, form): &(usize, KeyForm)| {
            let cell = self.cell(row, *at)?;
            key_part(form.part(cell.bytes.as_deref(), cell.class()))
        };
        self.identity.iter().map(part).collect::<Result<_, _>>().map(RowKey)
    }

    /// A whole cell of the hold.
    ///
    /// # Errors
    /// As [`Bound::key`].
    pub(super) fn cell(&self, row: u64, column: usize) -> Result<CellValue, AppError> {
        whole_cell(&self.held.hold, row, column)
    }

    /// Rows that follow one another: for each its number, key and visible cells.
    ///
    /// # Errors
    /// As [`Bound::key`].
    pub(super) fn rows(
        &self,
        span: std::ops::Range<u64>,
        mut each: impl FnMut(u64, RowKey, Vec<CellValue>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut number = span.start;
        for batch in self.held.hold.batches(span) {
            let batch = batch?;
            let visible = (0..self.held.visible).map(|at| Cells::of(&batch, at)).collect::<Result<Vec<_>, _>>()?;
            let identity = self.identity_of(&batch)?;
            for row in 0..batch.num_rows() {
                let parts = identity.iter().map(|(cells, form)| key_part(part(cells.get(row), *form)));
                let key = parts.collect::<Result<_, _>>()?;
                let cells = visible.iter().map(|cells| value(cells.get(row))).collect();
                each(number, RowKey(key), cells)?;
                number += 1;
            }
        }
        Ok(())
    }

    fn identity_of<'a>(&self, batch: &'a RecordBatch) -> Result<Vec<(Cells<'a>, KeyForm)>, AppError> {
        self.identity.iter().map(|(at, form)| Ok((Cells::of(batch, *at)?, *form))).collect()
    }

    /// Brings up to date where the staged rows stand, and looks at what others have made of them meanwhile. Blocks on the disk.
    ///
    /// # Errors
    /// As [`Bound::key`].
    pub(super) fn sync(&mut self, set: &mut EditSet, comparable: bool) -> Result<(), AppError> {
        let begun = self.held.begun;
        let (mut fresh, mut moved) = (Vec::new(), Vec::new());
        for (id, entry) in set.changed_since(self.placing.synced) {
            let row = &entry.row;
            // Rows that were read after a save show what it made: nothing lies over them.
            let old = entry.saved.is_some_and(|saved| saved >= begun);
            let key = match row.fate {
                Fate::Insert => None,
                Fate::Saved | Fate::Gone if !old => None,
                _ if old => row.place.as_ref().or(row.key.as_ref()),
                _ => row.key.as_ref(),
            };
            for wanted in [key, row.after.as_ref()].into_iter().flatten() {
                if !self.placing.known.contains_key(wanted) {
                    fresh.push(wanted.clone());
                }
            }
            moved.push((id, key.cloned()));
            if entry.since.is_none_or(|since| begun > since)
                && matches!(row.fate, Fate::Update | Fate::Delete)
                && entry.saved.is_none()
            {
                self.placing.unchecked.insert(id);
            }
        }
        for id in set.removed_since(self.placing.synced) {
            if let Some(row) = self.placing.at.remove(&id) {
                self.placing.by_row.remove(&row);
            }
        }
        self.look_for(fresh)?;
        for (id, key) in moved {
            let row = key.and_then(|key| self.placing.anchor(&key));
            self.place(id, row);
        }
        self.placing.synced = set.revision();
        // What came with later pages.
        let rows = self.held.hold.rows();
        if self.placing.seen < rows {
            let seen = self.placing.seen;
            let wanted: Vec<RowKey> =
                self.placing.known.iter().filter(|(_, row)| row.is_none()).map(|(key, _)| key.clone()).collect();
            let found = self.scan(seen..rows, &wanted)?;
            self.placing.seen = rows;
            if !found.is_empty() {
                self.placing.known.extend(found.iter().map(|(key, row)| (key.clone(), Some(*row))));
                self.place_found(set, &found);
            }
        }
        if comparable {
            self.compare(set)?;
        }
        Ok(())
    }

    fn place_found(&mut self, set: &EditSet, found: &HashMap<RowKey, u64>) {
        let begun = self.held.begun;
        let mut placed = Vec::new();
        for (id, entry) in set.entries() {
            let row = &entry.row;
            let old = entry.saved.is_some_and(|saved| saved >= begun);
            let key = if old { row.place.as_ref().or(row.key.as_ref()) } else { row.key.as_ref() };
            if row.after.as_ref().is_some_and(|after| found.contains_key(after)) {
                self.placing.dirty.insert(id);
            }
            if row.fate == Fate::Insert || (!old && !row.fate.is_pending()) {
                continue;
            }
            if let Some(row) = key.and_then(|key| found.get(key)) {
                placed.push((id, *row));
            }
        }
        for (id, row) in placed {
            self.place(id, Some(row));
        }
    }

    fn place(&mut self, id: u32, row: Option<u64>) {
        let before = match row {
            Some(row) => self.placing.at.insert(id, row),
            None => self.placing.at.remove(&id),
        };
        if before == row {
            return;
        }
        if let Some(before) = before {
            self.placing.by_row.remove(&before);
        }
        if let Some(row) = row {
            self.placing.by_row.insert(row, id);
        }
        self.placing.dirty.insert(id);
    }

    /// Looks for keys that nobody has asked for among the rows that were looked at.
    fn look_for(&mut self, keys: Vec<RowKey>) -> Result<(), AppError> {
        if keys.is_empty() {
            return Ok(());
        }
        let found = self.scan(0..self.placing.seen, &keys)?;
        for key in keys {
            let row = found.get(&key).copied();
            self.placing.known.insert(key, row);
        }
        Ok(())
    }

    /// The first row of each of these keys.
    fn scan(&self, rows: std::ops::Range<u64>, keys: &[RowKey]) -> Result<HashMap<RowKey, u64>, AppError> {
        let mut found = HashMap::new();
        if keys.is_empty() || rows.is_empty() {
            return Ok(found);
        }
        let mut wanted: HashSet<&RowKey> = keys.iter().collect();
        let mut number = rows.start;
        for batch in self.held.hold.batches(rows) {
            let batch = batch?;
            let identity = self.identity_of(&batch)?;
            for row in 0..batch.num_rows() {
                let parts = identity.iter().map(|(cells, form)| part(cells.get(row), *form));
                if let Some(key) = parts.collect::<Option<_>>().map(RowKey)
                    && wanted.remove(&key)
                {
                    found.insert(key, number);
                }
                number += 1;
            }
            if wanted.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// Compares what rows held when they were edited with what they hold here, where they were read again since.
    fn compare(&mut self, set: &mut EditSet) -> Result<(), AppError> {
        let unchecked: Vec<u32> = self.placing.unchecked.iter().copied().collect();
        let mut changed = Vec::new();
        for id in unchecked {
            let Some(at) = self.placing.at(id) else { continue };
            self.placing.unchecked.remove(&id);
            let Some(row) = set.row(id).cloned() else { continue };
            let mut theirs = self.theirs(at, &row)?;
            let known = set.entry(id).and_then(|entry| entry.problem.as_deref());
            // Of what is not shown here these rows tell nothing new.
            if let Some(Problem { row: Some(Trouble::Changed(former)), .. }) = known {
                let hidden = former.iter().filter(|(column, _)| self.position(**column).is_none());
                theirs.extend(hidden.map(|(column, value)| (*column, value.clone())));
            }
            match known {
                Some(Problem { row: Some(Trouble::Changed(_)), .. }) | None if !theirs.is_empty() => {
                    changed.push((id, Some(Problem { row: Some(Trouble::Changed(theirs)), ..Problem::default() })));
                }
                // It is again what it was.
                Some(Problem { row: Some(Trouble::Changed(_)), .. }) => changed.push((id, None)),
                _ => {}
            }
        }
        if !changed.is_empty() {
            set.touch();
            for (id, problem) in changed {
                set.trouble(id, problem);
            }
        }
        Ok(())
    }

    fn theirs(&self, at: u64, row: &StagedRow) -> Result<std::collections::BTreeMap<u32, CellValue>, AppError> {
        let mut theirs = std::collections::BTreeMap::new();
        for (column, original) in &row.originals {
            let Some(position) = self.position(*column) else { continue };
            let now = self.cell(at, position)?;
            if now != *original {
                theirs.insert(*column, now);
            }
        }
        Ok(theirs)
    }
}

/// A whole cell of held rows.
///
/// # Errors
/// As [`results::Hold::cell`].
pub(super) fn whole_cell(hold: &Hold, row: u64, column: usize) -> Result<CellValue, AppError> {
    let cell = hold.cell(row, column, 0..u64::MAX)?;
    Ok(CellValue { bytes: cell.bytes, class: cell.class.map(|class| class as u8) })
}

/// Where a column of the relation stands among rows that were read again.
fn position_in(whole: &Held, name: &str) -> Option<usize> {
    whole.hold.schema().fields().iter().take(whole.visible).position(|field| field.name() == name)
}

/// A column that is shown again is edited where it is shown first; what is staged shows in both places.
fn shown_again(about: &ColumnEdit, first: usize) -> ColumnEdit {
    let why = Some(format!("It is column {} again: edit it there.", first + 1));
    ColumnEdit { read_only: why.clone(), not_inserted: why, ..about.clone() }
}

/// One part of a row's key; none for what tells nothing.
fn part(cell: Cell<'_>, form: KeyForm) -> Option<String> {
    let class = match cell {
        Cell::Bytes(_, class) => class,
        _ => None,
    };
    form.part(cell.text(&mut itoa::Buffer::new()), class)
}

fn text(cell: Cell<'_>) -> Option<Vec<u8>> {
    cell.text(&mut itoa::Buffer::new()).map(<[u8]>::to_vec)
}

pub(super) fn value(cell: Cell<'_>) -> CellValue {
    let class = match cell {
        Cell::Bytes(_, class) => class.map(|class| class as u8),
        _ => None,
    };
    CellValue { bytes: text(cell), class }
}

/// One part of a row's key.
///
/// # Errors
/// `Unsupported` for NULL and for what does not tell a row.
fn key_part(part: Option<String>) -> Result<String, AppError> {
    part.ok_or_else(|| {
        AppError::new(
            ErrorCode::Unsupported,
            "This row's key is empty or does not print exactly, so the row cannot be told from others.",
        )
        .with_hint("Write the statement yourself.")
    })
}
