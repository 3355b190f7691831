//! A comparison as the window is told it.

use std::collections::HashMap;

use catalog::{ObjectKey, ObjectKind};
use schema::{Definition, Object, Rename, Step, What};

use super::{Compared, ReadSide, dotted, is_part, kind_words};
use crate::{
    advisor::number,
    api::*,
    explorer::{to_key, to_ref},
};

/// A new name as a face sent it.
///
/// # Errors
/// `InvalidStatement` for a kind nobody knows.
pub(super) fn rename(asked: &CompareRename) -> Result<Rename, AppError> {
    let from = ObjectKey { database: None, ..to_key(&asked.object)? };
    Ok(Rename { to: ObjectKey { name: asked.to.clone(), ..from.clone() }, from })
}

/// The renames whose objects are there: what was read anew may have lost some.
pub(super) fn known(renames: Vec<Rename>, from: &Definition) -> Vec<Rename> {
    renames.into_iter().filter(|one| from.objects.contains_key(&one.from)).collect()
}

pub(super) fn told(sides: &[ReadSide; 2], compared: &Compared) -> CompareResult {
    let [from, to] = sides;
    let steps = &compared.plan.steps;
    let mut about: HashMap<&ObjectKey, Vec<u32>> = HashMap::new();
    for (place, step) in steps.iter().enumerate() {
        about.entry(&step.about).or_default().push(number(place));
    }
    let object = |key: &ObjectKey| -> Option<&Object> {
        to.definition.objects.get(key).or_else(|| from.definition.objects.get(key))
    };
    let differences = compared.comparison.differences.iter().map(|one| {
        let key = &one.key;
        let (change, facets) = match &one.what {
            What::Added => (StructureChange::Added, Vec::new()),
            What::Removed => (StructureChange::Removed, Vec::new()),
            What::Changed { facets } => (StructureChange::Changed, facets.iter().map(facet).collect()),
        };
        // What comes or goes with its table has no statement of its own.
        let table = object(key).and_then(|object| object.relation(key));
        let own = about.get(key).or_else(|| table.as_ref().and_then(|table| about.get(table)));
        CompareDifference {
            object: to_ref(key.clone()),
            kind: kind_words(key, object(key).map(|object| &object.body)).to_owned(),
            change,
            facets,
            statements: own.cloned().unwrap_or_default(),
        }
    });
    let mut differences: Vec<CompareDifference> = differences.collect();
    differences.sort_by_cached_key(order);
    let notes = sides.iter().flat_map(|side| side.notes.iter().cloned());
    let aside = compared.left_out.iter().map(|one| format!("{}: {}.", dotted(&one.key), one.why));
    CompareResult {
        titles: [from.title.clone(), to.title.clone()],
        differences,
        statements: steps.iter().map(statement).collect(),
        script: compared.plan.script(),
        proposed: compared.proposed.iter().map(proposal).collect(),
        left_out: notes.chain(aside).collect(),
    }
}

fn facet(facet: &schema::Facet) -> CompareFacet {
    CompareFacet { name: facet.name.to_owned(), before: facet.before.clone(), after: facet.after.clone() }
}

fn statement(step: &Step) -> CompareStatement {
    CompareStatement { sql: step.sql.clone(), loses: step.loses.map(|loss| loss.words().to_owned()) }
}

fn proposal(one: &Rename) -> CompareRename {
    CompareRename { object: to_ref(one.from.clone()), to: one.to.name.clone() }
}

/// By schema, tables before their parts.
fn order(one: &CompareDifference) -> (Option<String>, String, bool, String) {
    let object = &one.object;
    let key = to_key(object).ok();
    let part = key.as_ref().is_some_and(is_part);
    let whole = match (&object.signature, part) {
        (Some(table), true) => table.clone(),
        _ => object.name.clone(),
    };
    let schema = match key.map(|key| key.kind) {
        Some(ObjectKind::Schema) => Some(object.name.clone()),
        _ => object.schema.clone(),
    };
    (schema, whole, part, object.name.clone())
}
