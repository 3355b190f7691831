//! The edit set as plain data, without any server.

use std::{collections::BTreeMap, sync::Arc};

use driver::{CellValue, NewValue, RowKey};

use crate::{
    edits::{
        model::{EditSet, Fate, StagedRow, Step},
        record,
    },
    testing::Dice,
};

fn key(number: usize) -> RowKey {
    RowKey(vec![number.to_string()])
}

fn held(text: &str) -> CellValue {
    CellValue { bytes: Some(text.as_bytes().to_vec()), class: None }
}

fn state(set: &EditSet) -> BTreeMap<u32, StagedRow> {
    set.entries().map(|(id, entry)| (id, StagedRow::clone(&entry.row))).collect()
}

/// A step of some rows at random.
fn step(set: &EditSet, dice: &mut Dice, number: usize) -> Option<Step> {
    let mut draft = set.draft();
    let ids: Vec<u32> = set.entries().map(|(id, _)| id).collect();
    for _ in 0..=dice.below(4) {
        match dice.below(4) {
            0 => {
                let id = draft.new_id();
                let mut row = StagedRow::new(Fate::Insert, None);
                row.after = (dice.below(2) == 0).then(|| key(dice.below(9)));
                row.set.insert(0, NewValue::Text(format!("n{number}")));
                draft.put(id, Some(row));
            }
            1 => {
                let id = draft.new_id();
                let mut row = StagedRow::new(Fate::Update, Some(key(dice.below(50))));
                row.originals.insert(1, held("ä"));
                row.originals.insert(2, CellValue { bytes: Some(vec![0, 255]), class: Some(2) });
                row.originals.insert(3, CellValue { bytes: None, class: None });
                row.set.insert(1, NewValue::Null);
                row.set.insert(2, NewValue::Bytes(vec![1, 2, 255]));
                row.set.insert(3, NewValue::Held(held("")));
                draft.put(id, Some(row));
            }
            2 if !ids.is_empty() => {
                if let Some(row) = draft.row_mut(ids[dice.below(ids.len())]) {
                    row.set.insert(5, NewValue::Number(number.to_string()));
                }
            }
            _ if !ids.is_empty() => draft.put(ids[dice.below(ids.len())], None),
            _ => {}
        }
    }
    draft.step(&format!("step {number}"))
}

#[test]
fn doing_undoing_redoing_and_reading_the_journal_back_give_the_same_state() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut set = EditSet::default();
        let mut states = vec![state(&set)];
        for number in 0..30 {
            match dice.below(5) {
                0 if set.undo() => {
                    let at = set.steps().1;
                    assert_eq!(state(&set), states[at], "undone, seed {seed}");
                }
                1 if set.redo() => {
                    let at = set.steps().1;
                    assert_eq!(state(&set), states[at], "done again, seed {seed}");
                }
                _ => {
                    let Some(step) = step(&set, &mut dice, number) else { continue };
                    set.apply(step);
                    states.truncate(set.steps().1);
                    states.push(state(&set));
                }
            }
            let (steps, position) = set.steps();
            let kept = steps.iter().map(|step| record::read(&record::write(step).unwrap()).unwrap()).collect();
            let mut back = EditSet::replay(kept, position);
            assert_eq!(state(&back), state(&set), "read back, seed {seed}");
            assert_eq!((back.undo_label(), back.redo_label()), (set.undo_label(), set.redo_label()));
            if back.undo() {
                assert_eq!(state(&back), states[position - 1], "undone after reading back, seed {seed}");
            }
        }
    }
}

#[test]
fn what_was_taken_back_is_gone_when_something_else_is_done() {
    let mut set = EditSet::default();
    for number in 0..3 {
        let mut draft = set.draft();
        let id = draft.new_id();
        draft.put(id, Some(StagedRow::new(Fate::Update, Some(key(number)))));
        let step = draft.step(&format!("{number}")).unwrap();
        set.apply(step);
    }
    assert!(set.undo() && set.undo());
    assert_eq!((set.undo_label(), set.redo_label()), (Some("0"), Some("1")));
    let mut draft = set.draft();
    let id = draft.new_id();
    assert_eq!(id, 3, "an id is never used twice");
    draft.put(id, Some(StagedRow::new(Fate::Delete, Some(key(9)))));
    let step = draft.step("other").unwrap();
    set.apply(step);
    assert_eq!((set.redo_label(), set.counts().updates, set.counts().deletes), (None, 1, 1));
}

#[test]
fn ten_thousand_pasted_rows_and_a_hundred_thousand_deletions_are_one_step_each() {
    let mut set = EditSet::default();
    let mut draft = set.draft();
    for number in 0..10_000 {
        let id = draft.new_id();
        let mut row = StagedRow::new(Fate::Insert, None);
        row.set.insert(0, NewValue::Text(number.to_string()));
        draft.put(id, Some(row));
    }
    let paste = draft.step("Paste").unwrap();
    set.apply(paste);
    let mut draft = set.draft();
    for number in 0..100_000 {
        let id = draft.new_id();
        let mut row = StagedRow::new(Fate::Delete, Some(key(number)));
        row.originals.insert(0, held("x"));
        draft.put(id, Some(row));
    }
    let deletion = draft.step("Delete").unwrap();
    set.apply(deletion);
    assert_eq!((set.counts().inserts, set.counts().deletes), (10_000, 100_000));
    assert!(set.undo());
    assert_eq!(set.counts().deletes, 0);
    assert!(set.redo());
    let (steps, position) = set.steps();
    let kept = steps.iter().map(|step| record::read(&record::write(step).unwrap()).unwrap()).collect();
    assert_eq!(EditSet::replay(kept, position).counts(), set.counts());
}

#[test]
fn a_step_that_changes_nothing_is_no_step() {
    let mut set = EditSet::default();
    let mut draft = set.draft();
    let id = draft.new_id();
    draft.put(id, Some(StagedRow::new(Fate::Update, Some(key(1)))));
    let step = draft.step("one").unwrap();
    set.apply(step);
    let row = Arc::clone(set.row(id).unwrap());
    let mut draft = set.draft();
    draft.put(id, Some(StagedRow::clone(&row)));
    assert_eq!(draft.step("same"), None);
}
