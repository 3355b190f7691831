//! Staged edits as a hold's grid shows them.

use driver::KeyForm;

use super::{
    binding::Bound,
    journal::SetHead,
    model::{EditSet, Entry, Fate, Problem, StagedRow, Trouble},
};
use crate::api::*;

/// What is shown of the edits of this hold's relation: everything, or what changed since it was told last.
pub(super) fn view(
    bound: &mut Bound,
    set: &EditSet,
    head: &SetHead,
    object: &ObjectRef,
    fresh_hold: Option<String>,
    whole: bool,
) -> EditsView {
    let told = bound.placing.told.filter(|_| !whole);
    let dirty = std::mem::take(&mut bound.placing.dirty);
    let shown = match told {
        Some(told) => {
            let mut ids: std::collections::BTreeSet<u32> = set.changed_since(told).map(|(id, _)| id).collect();
            ids.extend(dirty);
            ids.into_iter().filter_map(|id| Some((id, set.entry(id)?))).collect::<Vec<_>>()
        }
        None => set.entries().collect(),
    };
    let begun = bound.held.begun;
    // Rows that were read after a save show what it made.
    let later = |entry: &Entry| {
        matches!(entry.row.fate, Fate::Saved | Fate::Gone) && entry.saved.is_some_and(|saved| saved < begun)
    };
    let rows = shown.into_iter().filter(|(_, entry)| !later(entry)).map(|(id, entry)| row(bound, head, id, entry));
    let rows = rows.collect();
    let mut counts = set.counts();
    let hidden = set.pending().filter(|(id, entry)| entry.row.key.is_some() && bound.placing.at(*id).is_none());
    counts.unseen = count(hidden.filter(|(_, entry)| entry.row.fresh.is_none()).count());
    let removed = told.map_or_else(Vec::new, |told| set.removed_since(told));
    bound.placing.told = Some(set.revision());
    EditsView {
        revision: set.revision(),
        object: Some(object.clone()),
        refused: None,
        columns: columns(bound),
        warnings: bound.target.about.warnings.clone(),
        whole: told.is_none(),
        rows,
        removed,
        counts,
        undo: set.undo_label().map(str::to_owned),
        redo: set.redo_label().map(str::to_owned),
        fresh_hold,
        acting: None,
        staged_as: Vec::new(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn columns(bound: &Bound) -> Vec<EditColumn> {
    let elsewhere = "It is no column of the table's.";
    let column = |position: usize| match bound.about(count(position)) {
        Some(about) => EditColumn {
            read_only: about.read_only.clone(),
            not_inserted: about.not_inserted.clone(),
            nullable: about.nullable,
            default: about.default.clone(),
            choices: about.choices.clone(),
            several_choices: about.several_choices,
            mixed: about.mixed,
        },
        None => EditColumn {
            read_only: Some(elsewhere.to_owned()),
            not_inserted: Some(elsewhere.to_owned()),
            nullable: false,
            default: None,
            choices: Vec::new(),
            several_choices: false,
            mixed: false,
        },
    };
    (0..bound.held.visible).map(column).collect()
}

fn row(bound: &Bound, head: &SetHead, id: u32, entry: &Entry) -> EditedRow {
    let row = &entry.row;
    let problem = entry.problem.as_deref();
    let told = |number: u32| {
        let cells = problem.map_or(&[][..], |problem| &problem.cells);
        cells.iter().find(|(column, _)| *column == number).map(|(_, problem)| problem.clone())
    };
    let mut cells: Vec<EditedCell> = Vec::with_capacity(row.set.len());
    for (number, value) in &row.set {
        // A column that is shown twice shows what is staged for it in both places.
        cells.extend(bound.positions(*number).map(|position| EditedCell {
            column: count(position),
            value: bound.form(*number).shown(value),
            problem: told(*number),
        }));
    }
    cells.sort_by_key(|cell| cell.column);
    EditedRow {
        id,
        kind: match row.fate {
            Fate::Update => EditKind::Update,
            Fate::Insert => EditKind::Insert,
            Fate::Delete => EditKind::Delete,
            Fate::Saved => EditKind::Saved,
            Fate::Gone => EditKind::Gone,
        },
        at: bound.placing.at(id),
        after: row.after.as_ref().and_then(|after| bound.placing.anchor(after)),
        fresh: row.fresh,
        name: name(bound, head, row),
        cells,
        hidden: hidden(bound, head, row.set.keys()),
        problem: problem.and_then(|problem| row_problem(bound, head, row, problem)),
    }
}

/// The names of those columns that the hold does not show.
fn hidden<'a>(bound: &Bound, head: &SetHead, columns: impl Iterator<Item = &'a u32>) -> Vec<String> {
    let hidden = columns.filter(|number| bound.position(**number).is_none());
    hidden.filter_map(|number| head.columns.get(*number as usize).cloned()).collect()
}

/// A row's key in words.
fn name(bound: &Bound, head: &SetHead, row: &StagedRow) -> String {
    let Some(key) = &row.key else { return "new row".to_owned() };
    let forms = &bound.target.about.key_forms;
    let parts = head.key.iter().zip(&key.0).enumerate().map(|(at, (name, value))| {
        let form = forms.get(at).copied().flatten().unwrap_or(KeyForm::Text);
        let value = form.read(value);
        let mut short: String = value.chars().take(60).collect();
        if short.len() < value.len() {
            short.push('…');
        }
        format!("{name} {short}")
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn row_problem(bound: &Bound, head: &SetHead, row: &StagedRow, problem: &Problem) -> Option<RowProblem> {
    Some(match problem.row.as_ref()? {
        Trouble::Changed(theirs) => {
            let cell = |(number, theirs): (&u32, &driver::CellValue)| {
                let position = bound.position(*number)?;
                let form = bound.form(*number);
                Some(ConflictCell {
                    column: count(position),
                    original: row.originals.get(number).map_or(ShownValue::Null, |value| form.shown_held(value)),
                    theirs: form.shown_held(theirs),
                    yours: row.set.get(number).map(|value| form.shown(value)),
                })
            };
            RowProblem::Changed {
                cells: theirs.iter().filter_map(cell).collect(),
                hidden: hidden(bound, head, theirs.keys()),
            }
        }
        Trouble::Gone => RowProblem::Gone,
        Trouble::NotPermitted(message) => RowProblem::NotPermitted { message: message.clone() },
        Trouble::Several(rows) => RowProblem::Several { rows: *rows },
        Trouble::Refused(error) => RowProblem::Refused { error: error.clone() },
    })
}
