//! What a face is told of what is staged.

use catalog::ObjectKey;
use schema::{Comparison, Conflict, Definition, Draft, Edit, Rename, What};

use super::{
    forms,
    keeping::{self, Kept},
    naming::{kind_word, words},
    reading::Defined,
};
use crate::api::*;

/// What is staged, and what it would make of a database.
pub(super) struct Wanted {
    pub(super) definition: Definition,
    pub(super) renames: Vec<Rename>,
}

impl Wanted {
    pub(super) fn of(kept: &Kept, defined: &Defined) -> Self {
        let (definition, renames) = kept.draft().on(&defined.definition);
        Wanted { definition, renames }
    }

    /// An object as it is called now.
    pub(super) fn origin(&self, key: &ObjectKey) -> ObjectKey {
        let mut own = key.clone();
        for one in self.renames.iter().rev() {
            keeping::follow(&mut own, &one.to, &one.from);
        }
        own
    }

    /// The name that an object has now, where that is another.
    pub(super) fn was(&self, key: &ObjectKey) -> Option<String> {
        let own = self.origin(key);
        (own.name != key.name).then_some(own.name)
    }
}

/// Why each group does not fit what is there, in the order of the groups.
pub(super) fn conflicts(kept: &Kept, there: &Definition) -> Vec<Vec<String>> {
    let mut now = there.clone();
    let mut found = Vec::new();
    for group in kept.groups() {
        let one = Draft { groups: vec![group.group.clone()] };
        let mut told: Vec<String> = one.conflicts(&now).iter().map(sentence).collect();
        now = one.on(&now).0;
        // A part that is left without its table.
        for edit in &group.group.edits {
            if let Edit::Put { key, after, .. } = edit
                && let Some(table) = after.relation(key)
                && now.objects.contains_key(key)
                && !now.objects.contains_key(&table)
            {
                let text = format!("There is no table “{}” any more.", table.name);
                if !told.contains(&text) {
                    told.push(text);
                }
            }
        }
        found.push(told);
    }
    found
}

/// Takes a group out of what is staged.
///
/// # Errors
/// `NotFound`; `Conflict` where others rest on it.
pub(super) fn discard(kept: &mut Kept, defined: &Defined, group: u32) -> Result<(), AppError> {
    let told = |kept: &Kept| -> Vec<(u32, bool)> {
        let all = conflicts(kept, &defined.definition);
        kept.groups().zip(all).map(|(group, told)| (group.id, told.is_empty())).collect()
    };
    let before = told(kept);
    let mut without = kept.clone();
    without.discard(group)?;
    let fits = |id: u32| before.iter().any(|(own, fits)| *own == id && *fits);
    let resting = told(&without).into_iter().find(|(id, fits_now)| !fits_now && fits(*id)).map(|(id, _)| id);
    // What an index, a key or a check names has to be there still.
    let (full, less) = (Wanted::of(kept, defined).definition, Wanted::of(&without, defined).definition);
    let missing: Vec<&ObjectKey> = full.objects.keys().filter(|key| !less.objects.contains_key(*key)).collect();
    let named = |edit: &Edit| match edit {
        Edit::Put { key, after, .. } => missing.iter().any(|gone| forms::names(less.server, key, after, gone)),
        Edit::Remove { .. } | Edit::Rename(_) => false,
    };
    let naming = || without.groups().find(|own| own.group.edits.iter().any(named)).map(|own| own.id);
    if let Some(id) = resting.or_else(naming) {
        let label = without.groups().find(|own| own.id == id).map(|own| own.group.label.clone());
        let message = format!("“{}” rests on this change.", label.unwrap_or_default());
        return Err(AppError::new(ErrorCode::Conflict, message).with_hint("Discard that first."));
    }
    *kept = without;
    Ok(())
}

fn sentence(conflict: &Conflict) -> String {
    let named = |key: &ObjectKey| {
        let kind = kind_word(key.kind).split_once(' ').map_or("object", |(_, word)| word);
        format!("The {kind} “{}”", words(key))
    };
    match conflict {
        Conflict::Gone { key } => format!("{} is not there any more.", named(key)),
        Conflict::Taken { key } => format!("{} is there already.", named(key)),
        Conflict::Changed { key, .. } => format!("{} was changed by somebody else.", named(key)),
    }
}

/// Objects that differ from what is there, by their new names.
pub(super) fn differing(defined: &Defined, wanted: &Wanted) -> Vec<ObjectKey> {
    let Ok(there) = defined.definition.renamed(&wanted.renames) else { return Vec::new() };
    let differences = Comparison::between(&there, &wanted.definition).differences.into_iter().map(|one| one.key);
    differences.chain(wanted.renames.iter().map(|one| one.to.clone())).collect()
}

/// What differs from what is there, by object; parts of what comes or goes as a whole come with it.
pub(super) fn objects(defined: &Defined, wanted: &Wanted) -> Vec<StructureObject> {
    let Ok(there) = defined.definition.renamed(&wanted.renames) else { return Vec::new() };
    let mut found: Vec<StructureObject> = Comparison::between(&there, &wanted.definition)
        .differences
        .into_iter()
        .map(|one| StructureObject {
            was: wanted.was(&one.key),
            object: defined.reference(&one.key),
            change: match one.what {
                What::Added => StructureChange::Added,
                What::Removed => StructureChange::Removed,
                What::Changed { .. } => StructureChange::Changed,
            },
        })
        .collect();
    for (place, one) in wanted.renames.iter().enumerate() {
        let mut to = one.to.clone();
        for later in wanted.renames.iter().skip(place + 1) {
            keeping::follow(&mut to, &later.from, &later.to);
        }
        let (object, was) = (defined.reference(&to), wanted.was(&to));
        if wanted.definition.objects.contains_key(&to) && found.iter().all(|other| other.object != object) {
            found.push(StructureObject { object, change: StructureChange::Changed, was });
        }
    }
    found
}

/// All of it.
pub(super) fn draft(kept: &Kept, defined: &Defined, last: Option<StructureLastApply>) -> StructureDraft {
    let wanted = Wanted::of(kept, defined);
    let conflicts = conflicts(kept, &defined.definition);
    let groups = kept.groups().zip(conflicts).map(|(kept, conflicts)| StructureGroup {
        id: kept.id,
        label: kept.group.label.clone(),
        objects: kept.about.iter().map(|key| defined.reference(key)).collect(),
        conflicts,
    });
    StructureDraft {
        groups: groups.collect(),
        objects: if kept.is_empty() { Vec::new() } else { objects(defined, &wanted) },
        undo: kept.undoes().map(str::to_owned),
        redo: kept.redoes().map(str::to_owned),
        last,
    }
}

/// What becomes of one object, and what it was called.
pub(super) fn change(
    there: &Definition,
    wanted: &Wanted,
    key: &ObjectKey,
) -> (Option<StructureChange>, Option<String>) {
    let was = wanted.was(key);
    let change = match (there.objects.get(key), wanted.definition.objects.get(key)) {
        (None, Some(_)) => Some(StructureChange::Added),
        (Some(_), None) => Some(StructureChange::Removed),
        (Some(before), Some(after)) if !same(key, before, after) => Some(StructureChange::Changed),
        _ => was.as_ref().map(|_| StructureChange::Changed),
    };
    (change, was)
}

/// Whether nothing is said differently of an object.
fn same(key: &ObjectKey, before: &schema::Object, after: &schema::Object) -> bool {
    if before == after {
        return true;
    }
    let of = |object: &schema::Object| {
        let mut one = Definition::new(schema::Server::postgres(0));
        one.objects.insert(key.clone(), object.clone());
        one
    };
    Comparison::between(&of(before), &of(after)).is_empty()
}
