//! What a save touches besides its own rows: other tables by their foreign keys, triggers, by name.

use std::collections::{HashSet, VecDeque};

use catalog::{Action, Catalog, Enabled, RelationId, RelationWalker};

use crate::edits::{
    plan::{Doing, Piece},
    target::Target,
    words,
};

/// Sentences about other tables.
const MOST: usize = 40;

/// What is done, of which others hear.
#[derive(Default)]
struct Deeds<'a> {
    deletes: bool,
    inserts: bool,
    updates: bool,
    /// Columns that rows change.
    changed: HashSet<&'a str>,
}

/// What else a save touches, each a sentence. `whole` is the catalog of all relations, where there is one.
pub(super) fn of(target: &Target, whole: Option<&Catalog>, pieces: &[Piece]) -> Vec<String> {
    let mut deeds = Deeds::default();
    for piece in pieces {
        match &piece.doing {
            Doing::Delete(_) => deeds.deletes = true,
            Doing::Insert(_) => deeds.inserts = true,
            Doing::Update(update) => {
                deeds.updates = true;
                deeds.changed.extend(update.set.iter().map(|(column, _)| column.as_str()));
            }
        }
    }
    let mut told = Vec::new();
    if let Some(walker) = words::walker(target) {
        triggers(walker, &deeds, &mut told);
    }
    let catalog = whole.unwrap_or(&target.catalog);
    let start = catalog.find_relation(target.relation.schema.as_deref(), &target.relation.name);
    if let Some(start) = start {
        cascades(catalog, start, &deeds, &mut told);
    }
    told.dedup();
    told
}

fn triggers(walker: RelationWalker<'_>, deeds: &Deeds<'_>, told: &mut Vec<String>) {
    for trigger in walker.triggers() {
        if matches!(trigger.enabled, Enabled::Disabled | Enabled::Replica) {
            continue;
        }
        let hears = |event: &&String| match event.to_ascii_uppercase().as_str() {
            "DELETE" => deeds.deletes,
            "INSERT" => deeds.inserts,
            event => event.starts_with("UPDATE") && deeds.updates,
        };
        let events: Vec<&str> = trigger.events.iter().filter(hears).map(String::as_str).collect();
        if events.is_empty() {
            continue;
        }
        let timing = trigger.timing.as_deref().unwrap_or("on").to_lowercase();
        let calls = trigger.function.as_ref().map_or_else(String::new, |function| format!(" and calls {function}"));
        told.push(format!("The trigger {} runs {timing} {}{calls}.", trigger.name, events.join(" and ")));
    }
}

/// Follows foreign keys from table to table.
fn cascades(catalog: &Catalog, start: RelationId, deeds: &Deeds<'_>, told: &mut Vec<String>) {
    let mut seen = HashSet::new();
    let mut waiting: VecDeque<(RelationId, bool, Option<HashSet<String>>)> = VecDeque::new();
    if deeds.deletes {
        waiting.push_back((start, true, None));
    }
    if !deeds.changed.is_empty() {
        let changed = deeds.changed.iter().map(|column| (*column).to_owned()).collect();
        waiting.push_back((start, false, Some(changed)));
    }
    while let Some((relation, deleted, changed)) = waiting.pop_front() {
        let Some(walker) = catalog.relation(relation) else { continue };
        let from = &walker.row().name;
        for key in walker.referenced_by() {
            let Some(referring) = catalog.relation(key.relation) else { continue };
            let touched = changed
                .as_ref()
                .is_none_or(|changed| key.referenced_columns.iter().any(|column| changed.contains(column)));
            let name = key.name.clone().unwrap_or_else(|| key.columns.join(", "));
            if !touched || told.len() >= MOST || !seen.insert((key.relation, name.clone(), deleted)) {
                continue;
            }
            let table = &referring.row().name;
            let columns = key.columns.join(", ");
            let (action, clause) = match deleted {
                true => (key.on_delete, "ON DELETE"),
                false => (key.on_update, "ON UPDATE"),
            };
            let what = if deleted { "are deleted" } else { "change" };
            match action {
                Action::NoAction | Action::Restrict => continue,
                Action::Cascade if deleted => {
                    told.push(format!(
                        "Rows of {table} that refer to deleted rows of {from} are deleted too ({name}, {clause} CASCADE)."
                    ));
                    waiting.push_back((key.relation, true, None));
                }
                Action::Cascade => {
                    told.push(format!(
                        "{columns} of rows of {table} that refer to changed rows of {from} changes too ({name}, {clause} CASCADE)."
                    ));
                    waiting.push_back((key.relation, false, Some(key.columns.iter().cloned().collect())));
                }
                Action::SetNull => {
                    told.push(format!(
                        "{columns} of {table} becomes NULL where rows of {from} {what} ({name}, {clause} SET NULL)."
                    ));
                    waiting.push_back((key.relation, false, Some(key.columns.iter().cloned().collect())));
                }
                Action::SetDefault => {
                    told.push(format!(
                        "{columns} of {table} takes its default where rows of {from} {what} ({name}, {clause} SET DEFAULT)."
                    ));
                    waiting.push_back((key.relation, false, Some(key.columns.iter().cloned().collect())));
                }
            }
        }
    }
}
