//! Search over the names of a catalog.

use std::sync::Arc;

use catalog::{Catalog, Known, ObjectKey, ObjectKind, RoutineKind, SchemaId};

use super::{Shelved, icon, to_ref};
use crate::api::{ObjectIcon, SearchHit, TextRange};

/// Every name of a catalog, ready to be compared.
#[derive(Default)]
pub(crate) struct Names {
    all: Vec<Name>,
}

struct Name {
    folded: Box<str>,
    what: What,
}

/// What a name names, by its place in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Relation(u32),
    Routine(u32),
    Sequence(u32),
    Event(u32),
    Type(u32),
    Schema(u32),
    Column(u32),
}

/// Lower case, one character for each: positions stay comparable.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(fold_one).collect()
}

fn fold_one(character: char) -> char {
    if character.is_ascii() {
        character.to_ascii_lowercase()
    } else {
        character.to_lowercase().next().unwrap_or(character)
    }
}

impl Names {
    pub(super) fn of(catalog: &Catalog) -> Self {
        fn add<'a>(all: &mut Vec<Name>, names: impl Iterator<Item = &'a String>, what: impl Fn(u32) -> What) {
            let numbered = (0u32..).zip(names);
            all.extend(numbered.map(|(at, name)| Name { folded: fold(name).into_boxed_str(), what: what(at) }));
        }
        let mut all = Vec::with_capacity(catalog.relations.len() + catalog.columns.len() + catalog.routines.len());
        add(&mut all, catalog.schemas.iter().map(|schema| &schema.name), What::Schema);
        add(&mut all, catalog.relations.iter().map(|relation| &relation.name), What::Relation);
        add(&mut all, catalog.columns.iter().map(|column| &column.name), What::Column);
        add(&mut all, catalog.routines.iter().map(|routine| &routine.name), What::Routine);
        add(&mut all, catalog.types.iter().map(|object| &object.name), What::Type);
        add(&mut all, catalog.sequences.iter().map(|sequence| &sequence.name), What::Sequence);
        add(&mut all, catalog.events.iter().map(|event| &event.name), What::Event);
        Names { all }
    }
}

/// How well a name fits, better ones less; `None` when it does not.
fn rank(name: &str, wanted: &str) -> Option<u8> {
    if let Some(at) = name.find(wanted) {
        if at == 0 {
            return Some(u8::from(name.len() != wanted.len()));
        }
        let starts_word = |at: usize| {
            name.get(..at).and_then(|before| before.chars().next_back()).is_some_and(|before| !before.is_alphanumeric())
        };
        let word = name.match_indices(wanted).any(|(at, _)| starts_word(at));
        return Some(if word { 2 } else { 3 });
    }
    // One letter is no pattern.
    let mut rest = name.chars();
    (wanted.len() > 1 && wanted.chars().all(|wanted| rest.any(|character| character == wanted))).then_some(4)
}

/// The parts of the name that matched, counted in UTF-16 units.
fn matched(name: &str, wanted: &str) -> Vec<TextRange> {
    let folded: Vec<char> = name.chars().map(fold_one).collect();
    let wanted: Vec<char> = wanted.chars().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let whole = folded.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted.as_slice());
    // The beginning of a word is what a person meant.
    let best = whole.min_by_key(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| folded.get(before));
        before.is_some_and(|before| before.is_alphanumeric())
    });
    let places: Vec<usize> = match best {
        Some((at, _)) => (at..at + wanted.len()).collect(),
        None => {
            let mut rest = folded.iter().enumerate();
            wanted.iter().map_while(|one| rest.find(|(_, character)| *character == one).map(|(at, _)| at)).collect()
        }
    };
    let mut ranges: Vec<TextRange> = Vec::new();
    let mut unit = 0;
    for (at, character) in name.chars().enumerate() {
        let next = unit + u32::try_from(character.len_utf16()).unwrap_or(1);
        if places.contains(&at) {
            match ranges.last_mut() {
                Some(last) if last.to == unit => last.to = next,
                _ => ranges.push(TextRange { from: unit, to: next }),
            }
        }
        unit = next;
    }
    ranges
}

/// Searches catalogs; `orders.cust` finds columns of orders and what is called so in a schema orders.
pub(crate) fn search(shelves: &[(String, Arc<Shelved>)], text: &str, limit: usize) -> Vec<SearchHit> {
    let folded = fold(text.trim());
    let (qualifier, wanted) = match folded.rsplit_once('.') {
        Some((qualifier, wanted)) => (Some(qualifier.rsplit('.').next().unwrap_or(qualifier)), wanted),
        None => (None, folded.as_str()),
    };
    if wanted.is_empty() && qualifier.is_none() || limit == 0 {
        return Vec::new();
    }
    let mut found: Vec<(u8, usize, What, usize)> = Vec::new();
    for (number, (_, shelved)) in shelves.iter().enumerate() {
        for name in &shelved.names.all {
            let Some(rank) = rank(&name.folded, wanted) else { continue };
            if qualifier.is_some_and(|qualifier| !within(&shelved.catalog, name.what, qualifier)) {
                continue;
            }
            found.push((rank, name.folded.len(), name.what, number));
        }
    }
    // Relations before what is in them, short names before long ones.
    let key = |(rank, length, what, number): &(u8, usize, What, usize)| {
        (*rank, matches!(what, What::Column(_)), *length, *what, *number)
    };
    if found.len() > limit {
        found.select_nth_unstable_by_key(limit - 1, key);
        found.truncate(limit);
    }
    found.sort_by_key(key);
    let hit = |(.., what, number): (u8, usize, What, usize)| {
        let (profile_id, shelved) = shelves.get(number)?;
        hit(profile_id, &shelved.catalog, what, wanted)
    };
    found.into_iter().filter_map(hit).collect()
}

/// Whether it is in something whose name begins so.
fn within(catalog: &Catalog, what: What, qualifier: &str) -> bool {
    let begins = |name: &str| fold(name).starts_with(qualifier);
    let in_schema = |schema: Option<SchemaId>| schema.is_some_and(|schema| begins(catalog.schema_name(schema)));
    match what {
        What::Schema(_) => false,
        What::Relation(at) => in_schema(catalog.relations.get(at as usize).map(|one| one.schema)),
        What::Routine(at) => in_schema(catalog.routines.get(at as usize).map(|one| one.schema)),
        What::Sequence(at) => in_schema(catalog.sequences.get(at as usize).map(|one| one.schema)),
        What::Event(at) => in_schema(catalog.events.get(at as usize).map(|one| one.schema)),
        What::Type(at) => in_schema(catalog.types.get(at as usize).map(|one| one.schema)),
        What::Column(at) => {
            let relation = catalog.columns.get(at as usize).and_then(|column| catalog.relation(column.relation));
            relation.is_some_and(|relation| begins(&relation.row().name))
        }
    }
}

fn hit(profile_id: &str, catalog: &Catalog, what: What, wanted: &str) -> Option<SearchHit> {
    let key = |schema: SchemaId, kind: ObjectKind, name: &str, signature: Option<String>| ObjectKey {
        database: catalog.database.clone(),
        schema: Some(catalog.schema_name(schema).to_owned()),
        kind,
        name: name.to_owned(),
        signature,
    };
    // What is in a relation is as readable as the relation.
    let denied = match what {
        What::Relation(at) => catalog.relations.get(at as usize).map(|relation| &relation.may_select),
        What::Column(at) => {
            let column = catalog.columns.get(at as usize)?;
            catalog.relations.get(column.relation.0 as usize).map(|relation| &relation.may_select)
        }
        _ => None,
    }
    .is_some_and(|may_select| *may_select == Known::Value(false));
    let in_schema = |schema: SchemaId| catalog.schema_name(schema).to_owned();
    let (object, place, icon, detail, browsable) = match what {
        What::Schema(at) => {
            let name = &catalog.schemas.get(at as usize)?.name;
            let object = ObjectKey {
                kind: ObjectKind::Schema,
                schema: None,
                ..ObjectKey::relation(catalog.database.as_deref(), None, name)
            };
            (object, catalog.database.clone().unwrap_or_default(), ObjectIcon::Schema, None, false)
        }
        What::Relation(at) => {
            let relation = catalog.relations.get(at as usize)?;
            let object = key(relation.schema, ObjectKind::Relation, &relation.name, None);
            (object, in_schema(relation.schema), icon(relation.kind), None, true)
        }
        What::Column(at) => {
            let column = catalog.columns.get(at as usize)?;
            let relation = catalog.relation(column.relation)?;
            let place = format!("{}.{}", relation.schema(), relation.row().name);
            (
                ObjectKey::column(&relation.key(), &column.name),
                place,
                ObjectIcon::Column,
                Some(column.native_type.clone()),
                true,
            )
        }
        What::Routine(at) => {
            let routine = catalog.routines.get(at as usize)?;
            let object = key(routine.schema, ObjectKind::Routine, &routine.name, routine.identity_arguments.clone());
            let icon =
                if routine.kind == RoutineKind::Procedure { ObjectIcon::Procedure } else { ObjectIcon::Function };
            (object, in_schema(routine.schema), icon, routine.arguments.as_ref().map(|list| format!("({list})")), false)
        }
        What::Type(at) => {
            let object = catalog.types.get(at as usize)?;
            (
                key(object.schema, ObjectKind::Type, &object.name, None),
                in_schema(object.schema),
                ObjectIcon::Type,
                None,
                false,
            )
        }
        What::Sequence(at) => {
            let object = catalog.sequences.get(at as usize)?;
            (
                key(object.schema, ObjectKind::Sequence, &object.name, None),
                in_schema(object.schema),
                ObjectIcon::Sequence,
                None,
                false,
            )
        }
        What::Event(at) => {
            let object = catalog.events.get(at as usize)?;
            let key = key(object.schema, ObjectKind::Event, &object.name, None);
            (key, in_schema(object.schema), ObjectIcon::Event, Some(object.schedule.clone()), false)
        }
    };
    Some(SearchHit {
        profile_id: profile_id.to_owned(),
        label: object.name.clone(),
        matched: matched(&object.name, wanted),
        object: to_ref(object),
        place,
        icon,
        detail,
        browsable,
        denied,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_come_before_words_and_those_before_any_part() {
        let ranks: Vec<_> = ["order", "orders", "old_orders", "reorder", "o_r_d_e_r", "rows"]
            .iter()
            .map(|name| rank(name, "order"))
            .collect();
        assert_eq!(ranks, [Some(0), Some(1), Some(2), Some(3), Some(4), None]);
    }

    #[test]
    fn what_matched_is_told_in_utf16_units() {
        let range = |from, to| TextRange { from, to };
        assert_eq!(matched("🚀Orders", "ord"), [range(2, 5)]);
        assert_eq!(matched("reorder_order", "order"), [range(8, 13)]);
        assert_eq!(matched("customer_id", "cid"), [range(0, 1), range(9, 11)]);
        assert_eq!(matched("x", ""), []);
    }
}
