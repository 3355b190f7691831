//! Staged edits and the rows of one hold: which row is which.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use driver::{CellValue, ColumnEdit, RowKey};
use results::{Cell, Cells, Hold};

use super::{
    model::{EditSet, Fate, Problem, StagedRow, Trouble},
    target::Target,
    values::Form,
};
use crate::{api::*, holds::Held};

/// One hold's rows, as edits see them.
pub(super) struct Bound {
    pub(super) held: Arc<Held>,
    pub(super) target: Arc<Target>,
    /// Positions of the columns that name a row.
    identity: Vec<usize>,
    /// For each column of the head, its number in the edit set; none for one that edits do not know.
    pub(super) columns: Vec<Option<u32>>,
    /// For each column of the head, what may be done to it.
    abouts: Vec<Option<ColumnEdit>>,
    /// For each column of the head, whether a new row is numbered by it.
    numbered: Vec<bool>,
    /// For each column of the head, what its values are made of.
    pub(super) forms: Vec<Form>,
    pub(super) placing: Placing,
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
    /// `names` are the relation's columns behind the head's; `columns` their numbers in the edit set.
    pub(super) fn new(
        held: Arc<Held>,
        target: Arc<Target>,
        identity: Vec<usize>,
        names: &[Option<String>],
        columns: Vec<Option<u32>>,
    ) -> Self {
        let forms = Form::of(held.hold.schema(), held.visible, held.driver.cast());
        let about = |name: &Option<String>| {
            target.about.columns.iter().find(|column| Some(&column.name) == name.as_ref()).cloned()
        };
        let abouts = names.iter().map(about).collect();
        let numbered = names.iter().map(|name| name.as_deref().is_some_and(|name| target.is_numbered(name))).collect();
        Bound { held, target, identity, columns, abouts, numbered, forms, placing: Placing::default() }
    }

    /// What may be done to a column of the head.
    pub(super) fn about(&self, column: u32) -> Option<&ColumnEdit> {
        self.abouts.get(column as usize)?.as_ref()
    }

    pub(super) fn is_numbered(&self, column: u32) -> bool {
        self.numbered.get(column as usize).copied().unwrap_or(false)
    }

    pub(super) fn position(&self, column: u32) -> Option<usize> {
        self.columns.iter().position(|own| *own == Some(column))
    }

    pub(super) fn form(&self, column: u32) -> Form {
        self.position(column).and_then(|at| self.forms.get(at)).copied().unwrap_or_default()
    }

    /// What names a row of the hold, for edits.
    ///
    /// # Errors
    /// `NotFound` for a row that is not there; `Unsupported` for a key that is no text; `Corrupt` for a damaged disk.
    pub(super) fn key(&self, row: u64) -> Result<RowKey, AppError> {
        let texts = self.held.hold.texts(row, &self.identity)?;
        texts.into_iter().map(key_part).collect::<Result<_, _>>().map(RowKey)
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
            let identity = self.identity.iter().map(|at| Cells::of(&batch, *at)).collect::<Result<Vec<_>, _>>()?;
            for row in 0..batch.num_rows() {
                let key = identity.iter().map(|cells| key_part(text(cells.get(row)))).collect::<Result<_, _>>()?;
                let cells = visible.iter().map(|cells| value(cells.get(row))).collect();
                each(number, RowKey(key), cells)?;
                number += 1;
            }
        }
        Ok(())
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
            let cells = self.identity.iter().map(|at| Cells::of(&batch, *at)).collect::<Result<Vec<_>, _>>()?;
            for row in 0..batch.num_rows() {
                let part = |cells: &Cells<'_>| text(cells.get(row)).and_then(|text| String::from_utf8(text).ok());
                if let Some(key) = cells.iter().map(part).collect::<Option<_>>().map(RowKey)
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
            let theirs = self.theirs(at, &row)?;
            match set.entry(id).and_then(|entry| entry.problem.as_deref()) {
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
/// `Unsupported` for NULL and for what is no text.
pub(super) fn key_part(bytes: Option<Vec<u8>>) -> Result<String, AppError> {
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        AppError::new(
            ErrorCode::Unsupported,
            "This row's key is empty or no text, so the row cannot be told from others.",
        )
        .with_hint("Write the statement yourself.")
    })
}
