//! Less of a catalog, as reading less from the server gives it.

use catalog::{Catalog, Kind, ObjectKey, ObjectKind, RelationId, SchemaId, Scope};

/// Whether every number of a catalog leads to something.
///
/// # Errors
/// What does not, as the end of a sentence.
pub(super) fn check(catalog: &Catalog) -> Result<(), String> {
    let schema = |id: SchemaId| (id.0 as usize) < catalog.schemas.len();
    let relation = |id: RelationId| (id.0 as usize) < catalog.relations.len();
    let schemas = (catalog.relations.iter().map(|one| one.schema))
        .chain(catalog.types.iter().map(|one| one.schema))
        .chain(catalog.routines.iter().map(|one| one.schema))
        .chain(catalog.sequences.iter().map(|one| one.schema))
        .chain(catalog.events.iter().map(|one| one.schema));
    let relations = (catalog.columns.iter().map(|one| one.relation))
        .chain(catalog.constraints.iter().map(|one| one.relation))
        .chain(catalog.foreign_keys.iter().flat_map(|one| std::iter::once(one.relation).chain(one.referenced)))
        .chain(catalog.indexes.iter().map(|one| one.relation))
        .chain(catalog.triggers.iter().map(|one| one.relation))
        .chain(catalog.policies.iter().map(|one| one.relation));
    for id in schemas {
        if !schema(id) {
            return Err(format!("there is no schema of number {}", id.0));
        }
    }
    for id in relations {
        if !relation(id) {
            return Err(format!("there is no relation of number {}", id.0));
        }
    }
    Ok(())
}

/// The kinds of a scope, of its schemas and its relation.
pub(super) fn narrowed(catalog: &Catalog, scope: &Scope) -> Catalog {
    let mut some = catalog.clone();
    some.coverage.retain(|kind, _| scope.wants(*kind));
    macro_rules! kinds {
        ($($kind:ident: $($list:ident),+;)+) => {$(if !scope.wants(Kind::$kind) { $(some.$list.clear();)+ })+};
    }
    kinds! {
        Databases: databases;
        Columns: columns;
        Constraints: constraints;
        ForeignKeys: foreign_keys;
        Indexes: indexes;
        Triggers: triggers;
        Policies: policies;
        Types: types;
        Routines: routines;
        Sequences: sequences;
        Roles: roles;
        Grants: grants;
        Extensions: extensions, extension_members;
        Events: events;
        Publications: publications;
        EventTriggers: event_triggers;
        Others: others;
    }
    if scope.schemas.is_some() || scope.relation.is_some() {
        only(&mut some, scope);
    }
    some
}

/// Takes away what is in other schemas, or belongs to other relations.
fn only(catalog: &mut Catalog, scope: &Scope) {
    let wanted = |name: &str| scope.schemas.as_ref().is_none_or(|schemas| schemas.iter().any(|one| one == name));
    let named = |name: &str| scope.relation.as_ref().is_none_or(|one| one == name);
    let schemas = kept(&mut catalog.schemas, |one| wanted(&one.name));
    let schema = |id: SchemaId| schemas.get(id.0 as usize).copied().flatten().map(SchemaId);
    let relations = kept(&mut catalog.relations, |one| named(&one.name) && schema(one.schema).is_some());
    let relation = |id: RelationId| relations.get(id.0 as usize).copied().flatten().map(RelationId);
    macro_rules! moved {
        ($id:ident, $place:ident: $($list:ident),+) => {$(
            catalog.$list.retain_mut(|one| $id(one.$place).map(|id| one.$place = id).is_some());
        )+};
    }
    moved!(schema, schema: relations, types, routines, sequences, events);
    moved!(relation, relation: columns, constraints, foreign_keys, indexes, triggers, policies);
    for key in &mut catalog.foreign_keys {
        key.referenced = key.referenced.and_then(relation);
    }
    if scope.relation.is_some() {
        catalog.sequences.retain(|one| named(&one.name));
    }
    // What belongs to no schema is read with all of them.
    catalog.publications.clear();
    catalog.event_triggers.clear();
    let of = |key: &ObjectKey| match (&key.schema, key.kind) {
        (Some(schema), _) => wanted(schema) && named(&key.name),
        (None, ObjectKind::Schema) => wanted(&key.name) && scope.relation.is_none(),
        (None, _) => false,
    };
    catalog.grants.retain(|one| of(&one.object));
}

/// Retains some rows of a list and tells each one's new place by its old one.
fn kept<T>(list: &mut Vec<T>, wanted: impl Fn(&T) -> bool) -> Vec<Option<u32>> {
    let mut places = Vec::with_capacity(list.len());
    let mut next = 0;
    list.retain(|one| {
        let stays = wanted(one);
        places.push(stays.then_some(next));
        next += u32::from(stays);
        stays
    });
    places
}
