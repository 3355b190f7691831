//! What is staged for one relation, as plain data: rows, the steps that made them, and what came of a save.
//!
//! A step is what its rows were before and are after it, so that doing, undoing and reading it back from the disk are one and
//! the same: putting rows in place.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Instant,
};

use driver::{CellValue, NewValue, RowKey};
use serde::{Deserialize, Serialize};

use crate::api::{AppError, CellProblem, EditCounts};

/// What is to become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    Update,
    Insert,
    Delete,
    /// It was saved.
    Saved,
    /// It was deleted by a save.
    Gone,
}

impl Fate {
    /// Whether a save would do something.
    pub(super) fn is_pending(self) -> bool {
        matches!(self, Fate::Update | Fate::Insert | Fate::Delete)
    }
}

/// One staged row. Columns are counted as in the set's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StagedRow {
    pub(super) fate: Fate,
    /// What names it on the server; none for a new one.
    pub(super) key: Option<RowKey>,
    /// What names it in rows that were read before it was saved.
    pub(super) place: Option<RowKey>,
    /// The row a new one stands below; none is above all.
    pub(super) after: Option<RowKey>,
    /// What columns held when a person saw them.
    pub(super) originals: BTreeMap<u32, CellValue>,
    /// What columns become.
    pub(super) set: BTreeMap<u32, NewValue>,
    /// Where it stands among the rows that were read again.
    pub(super) fresh: Option<u64>,
}

impl StagedRow {
    pub(super) fn new(fate: Fate, key: Option<RowKey>) -> Self {
        StagedRow { fate, key, place: None, after: None, originals: BTreeMap::new(), set: BTreeMap::new(), fresh: None }
    }
}

/// Why a row was not saved.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// Somebody else changed it: what its columns hold now.
    Changed(BTreeMap<u32, CellValue>),
    Gone,
    NotPermitted(String),
    Several(u64),
    Refused(AppError),
}

/// What is wrong with a row and its cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Problem {
    pub(super) row: Option<Trouble>,
    pub(super) cells: Vec<(u32, CellProblem)>,
    /// Where the row stands, as it is now, among the rows that were read again.
    pub(super) fresh: Option<u64>,
}

/// One row of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) id: u32,
    pub(super) before: Option<Arc<StagedRow>>,
    pub(super) after: Option<Arc<StagedRow>>,
}

/// What a person did at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) label: String,
    pub(super) changes: Vec<Change>,
}

/// A step as it is read back: its label, and what its rows are after it.
pub(super) type Replayed = (String, Vec<(u32, Option<StagedRow>)>);

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: Arc<StagedRow>,
    /// The revision that changed it last.
    changed: u32,
    /// When it was staged: rows read later say how it is now. None for what an earlier process staged.
    pub(super) since: Option<Instant>,
    /// When it was saved: rows read before show it as it was.
    pub(super) saved: Option<Instant>,
    pub(super) problem: Option<Arc<Problem>>,
}

/// The staged edits of one relation.
#[derive(Clone, Debug, Default)]
pub(super) struct EditSet {
    rows: BTreeMap<u32, Entry>,
    /// Rows that went, and the revision that took them.
    removed: HashMap<u32, u32>,
    steps: Vec<Step>,
    position: usize,
    next: u32,
    revision: u32,
}

impl EditSet {
    pub(super) fn revision(&self) -> u32 {
        self.revision
    }

    pub(super) fn row(&self, id: u32) -> Option<&Arc<StagedRow>> {
        self.rows.get(&id).map(|entry| &entry.row)
    }

    pub(super) fn entry(&self, id: u32) -> Option<&Entry> {
        self.rows.get(&id)
    }

    /// Every row, by its id.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        self.rows.iter().map(|(id, entry)| (*id, entry))
    }

    /// Rows that changed after a revision.
    pub(super) fn changed_since(&self, revision: u32) -> impl Iterator<Item = (u32, &Entry)> {
        self.entries().filter(move |(_, entry)| entry.changed > revision)
    }

    /// Rows that went after a revision.
    pub(super) fn removed_since(&self, revision: u32) -> Vec<u32> {
        let gone = self.removed.iter().filter(|(_, at)| **at > revision).map(|(id, _)| *id);
        let mut gone: Vec<u32> = gone.collect();
        gone.sort_unstable();
        gone
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = (u32, &Entry)> {
        self.entries().filter(|(_, entry)| entry.row.fate.is_pending())
    }

    pub(super) fn is_clean(&self) -> bool {
        self.pending().next().is_none()
    }

    /// How much is staged; what a hold does not show is its own to count.
    pub(super) fn counts(&self) -> EditCounts {
        let mut counts = EditCounts::default();
        for (_, entry) in self.pending() {
            match entry.row.fate {
                Fate::Update => counts.updates += 1,
                Fate::Insert => counts.inserts += 1,
                Fate::Delete => counts.deletes += 1,
                Fate::Saved | Fate::Gone => {}
            }
            counts.problems += u32::from(entry.problem.is_some());
        }
        counts
    }

    /// Steps that were done and those that were taken back, and how many are done.
    pub(super) fn steps(&self) -> (&[Step], usize) {
        (&self.steps, self.position)
    }

    pub(super) fn undo_label(&self) -> Option<&str> {
        let last = self.position.checked_sub(1)?;
        self.steps.get(last).map(|step| step.label.as_str())
    }

    pub(super) fn redo_label(&self) -> Option<&str> {
        self.steps.get(self.position).map(|step| step.label.as_str())
    }

    /// Does a step; what was taken back before it cannot be done again.
    pub(super) fn apply(&mut self, step: Step) {
        self.steps.truncate(self.position);
        self.revision += 1;
        for change in &step.changes {
            self.next = self.next.max(change.id.saturating_add(1));
            self.put(change.id, change.after.clone());
        }
        self.steps.push(step);
        self.position = self.steps.len();
    }

    /// Takes back a step that could not be kept, as if it had never been done.
    pub(super) fn forget_last(&mut self) {
        if self.undo() {
            self.steps.truncate(self.position);
        }
    }

    /// Takes the last step back; false where there is none.
    pub(super) fn undo(&mut self) -> bool {
        let Some(last) = self.position.checked_sub(1) else { return false };
        let Some(step) = self.steps.get(last) else { return false };
        let back: Vec<_> = step.changes.iter().rev().map(|change| (change.id, change.before.clone())).collect();
        self.position = last;
        self.revision += 1;
        for (id, row) in back {
            self.put(id, row);
        }
        true
    }

    /// Does the next step again; false where there is none.
    pub(super) fn redo(&mut self) -> bool {
        let Some(step) = self.steps.get(self.position) else { return false };
        let again: Vec<_> = step.changes.iter().map(|change| (change.id, change.after.clone())).collect();
        self.position += 1;
        self.revision += 1;
        for (id, row) in again {
            self.put(id, row);
        }
        true
    }

    fn put(&mut self, id: u32, row: Option<Arc<StagedRow>>) {
        let changed = self.revision;
        match row {
            Some(row) => {
                self.removed.remove(&id);
                let saved = self.rows.get(&id).and_then(|entry| entry.saved);
                self.rows.insert(id, Entry { row, changed, since: Some(Instant::now()), saved, problem: None });
            }
            None => {
                if self.rows.remove(&id).is_some() {
                    self.removed.insert(id, changed);
                }
            }
        }
    }

    /// Begins what is told anew.
    pub(super) fn touch(&mut self) {
        self.revision += 1;
    }

    /// Notes what is wrong with a row, or that nothing is.
    pub(super) fn trouble(&mut self, id: u32, problem: Option<Problem>) {
        let changed = self.revision;
        if let Some(entry) = self.rows.get_mut(&id) {
            entry.problem = problem.map(Arc::new);
            entry.changed = changed;
        }
    }

    /// Notes that nothing is known to be wrong any more.
    pub(super) fn untroubled(&mut self) {
        self.revision += 1;
        let changed = self.revision;
        for entry in self.rows.values_mut().filter(|entry| entry.problem.is_some()) {
            entry.problem = None;
            entry.changed = changed;
        }
    }

    /// Notes what a save has done: each row as it is now. What is left is the new beginning, and steps end with it: those are
    /// given back, as there may be so much in them that somebody else should drop them.
    pub(super) fn saved(&mut self, rows: Vec<(u32, StagedRow)>) -> Vec<Step> {
        let now = Instant::now();
        self.revision += 1;
        for (id, row) in rows {
            self.put(id, Some(Arc::new(row)));
            if let Some(entry) = self.rows.get_mut(&id) {
                entry.saved = Some(now);
            }
        }
        self.begin_anew()
    }

    /// Notes that what is pending was saved, by whom nobody was told: it is staged no more.
    pub(super) fn arrived(&mut self) {
        self.revision += 1;
        let pending: Vec<u32> = self.pending().map(|(id, _)| id).collect();
        for id in pending {
            self.put(id, None);
        }
        self.begin_anew();
    }

    /// What was done before a save cannot be taken back by steps any more; what is left of it is one.
    fn begin_anew(&mut self) -> Vec<Step> {
        let former = std::mem::take(&mut self.steps);
        if !self.is_clean() {
            self.steps.push(self.as_step("What could not be saved"));
        }
        self.position = self.steps.len();
        former
    }

    /// Drops what only shows what was saved.
    pub(super) fn drop_saved(&mut self) {
        let saved: Vec<u32> =
            self.entries().filter(|(_, entry)| !entry.row.fate.is_pending()).map(|(id, _)| id).collect();
        self.revision += 1;
        for id in saved {
            self.put(id, None);
        }
    }

    /// What is pending, as a step over nothing.
    fn as_step(&self, label: &str) -> Step {
        let change = |(id, entry): (u32, &Entry)| Change { id, before: None, after: Some(Arc::clone(&entry.row)) };
        Step { label: label.to_owned(), changes: self.pending().map(change).collect() }
    }

    /// A step in the making over what is staged now.
    pub(super) fn draft(&self) -> Draft<'_> {
        Draft { set: self, rows: BTreeMap::new(), next: self.next }
    }

    /// Reads steps back: all of them, then those that were taken back undone.
    pub(super) fn replay(steps: Vec<Replayed>, position: usize) -> EditSet {
        let mut set = EditSet::default();
        let done = position.min(steps.len());
        let all = steps.len();
        for (label, rows) in steps {
            let mut changes = Vec::with_capacity(rows.len());
            for (id, row) in rows {
                changes.push(Change { id, before: set.row(id).cloned(), after: row.map(Arc::new) });
            }
            set.apply(Step { label, changes });
        }
        for _ in done..all {
            set.undo();
        }
        for entry in set.rows.values_mut() {
            entry.since = None;
        }
        set
    }
}

/// A step in the making.
pub(super) struct Draft<'a> {
    set: &'a EditSet,
    rows: BTreeMap<u32, Option<StagedRow>>,
    next: u32,
}

impl Draft<'_> {
    /// A row as the step leaves it.
    pub(super) fn row(&self, id: u32) -> Option<&StagedRow> {
        match self.rows.get(&id) {
            Some(row) => row.as_ref(),
            None => self.set.row(id).map(Arc::as_ref),
        }
    }

    /// An id for a new row.
    pub(super) fn new_id(&mut self) -> u32 {
        let id = self.next;
        self.next = self.next.saturating_add(1);
        id
    }

    pub(super) fn put(&mut self, id: u32, row: Option<StagedRow>) {
        self.rows.insert(id, row);
    }

    /// A row to change in place; taken from what is staged where the step has not touched it.
    pub(super) fn row_mut(&mut self, id: u32) -> Option<&mut StagedRow> {
        let staged = self.set.row(id);
        self.rows.entry(id).or_insert_with(|| staged.map(|row| StagedRow::clone(row))).as_mut()
    }

    /// The step; none where nothing changes.
    pub(super) fn step(self, label: &str) -> Option<Step> {
        let mut changes = Vec::with_capacity(self.rows.len());
        for (id, after) in self.rows {
            let before = self.set.row(id).cloned();
            if before.as_deref() != after.as_ref() {
                changes.push(Change { id, before, after: after.map(Arc::new) });
            }
        }
        (!changes.is_empty()).then(|| Step { label: label.to_owned(), changes })
    }
}
