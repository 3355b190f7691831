//! One schema of a catalog read anew, the others as they were.

use std::collections::HashMap;

use catalog::{Catalog, RelationId, SchemaId};

/// The catalog with `schema` as `part` has it. `None` where either does not know the schema: then only reading
/// everything tells what happened. What belongs to no schema, and when the rest was read, stays.
pub(super) fn spliced(old: &Catalog, part: Catalog, schema: &str) -> Option<Catalog> {
    let place = |catalog: &Catalog| catalog.schemas.iter().position(|own| own.name == schema);
    let (kept, read) = (place(old)?, place(&part)?);
    let (kept_id, read_id) = (schema_id(kept), schema_id(read));
    let mut next = Catalog {
        schemas: old.schemas.clone(),
        database: old.database.clone(),
        search_path: part.search_path.clone(),
        as_of_ms: old.as_of_ms,
        coverage: old.coverage.clone(),
        databases: old.databases.clone(),
        roles: old.roles.clone(),
        grants: old.grants.clone(),
        extensions: old.extensions.clone(),
        extension_members: old.extension_members.clone(),
        ..Catalog::default()
    };
    if let (Some(slot), Some(row)) = (next.schemas.get_mut(kept), part.schemas.get(read)) {
        *slot = row.clone();
    }
    let stays = |id: SchemaId| id != kept_id;
    let comes = |id: SchemaId| id == read_id;
    let from_old = relations(&mut next, old, stays, None);
    let from_part = relations(&mut next, &part, comes, Some(kept_id));

    macro_rules! parts {
        ($($list:ident),+) => {$(
            next.$list = moved(&old.$list, &from_old, |row| row.relation, |row, id| row.relation = id);
            next.$list.extend(moved(&part.$list, &from_part, |row| row.relation, |row, id| row.relation = id));
        )+};
    }
    parts!(columns, constraints, foreign_keys, indexes, triggers, policies);

    macro_rules! objects {
        ($($list:ident),+) => {$(
            next.$list = old.$list.iter().filter(|row| stays(row.schema)).cloned().collect();
            let new = part.$list.iter().filter(|row| comes(row.schema)).cloned();
            next.$list.extend(new.map(|mut row| {
                row.schema = kept_id;
                row
            }));
        )+};
    }
    objects!(types, routines, sequences, events);

    // A key may lead from one schema to another, and what it led to may be another row now, or gone.
    let mut by_name: HashMap<(String, String), RelationId> = HashMap::with_capacity(next.relations.len());
    for (index, relation) in next.relations.iter().enumerate() {
        let name = (next.schema_name(relation.schema).to_owned(), relation.name.clone());
        by_name.insert(name, relation_id(index));
    }
    for key in &mut next.foreign_keys {
        key.referenced = by_name.get(&key.references).copied();
    }
    next.seal();
    Some(next)
}

fn schema_id(index: usize) -> SchemaId {
    SchemaId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn relation_id(index: usize) -> RelationId {
    RelationId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// Takes over the relations of the wanted schemas, and tells their new ids by their old ones.
fn relations(
    next: &mut Catalog,
    from: &Catalog,
    wanted: impl Fn(SchemaId) -> bool,
    schema: Option<SchemaId>,
) -> HashMap<RelationId, RelationId> {
    let mut ids = HashMap::new();
    for (index, relation) in from.relations.iter().enumerate().filter(|(_, relation)| wanted(relation.schema)) {
        let mut relation = relation.clone();
        relation.schema = schema.unwrap_or(relation.schema);
        ids.insert(relation_id(index), next.push_relation(relation));
    }
    ids
}

/// Parts of the relations that were taken over.
fn moved<T: Clone>(
    rows: &[T],
    ids: &HashMap<RelationId, RelationId>,
    relation: impl Fn(&T) -> RelationId,
    set: impl Fn(&mut T, RelationId),
) -> Vec<T> {
    let moved = rows.iter().filter_map(|row| {
        let id = ids.get(&relation(row))?;
        let mut row = row.clone();
        set(&mut row, *id);
        Some(row)
    });
    moved.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use catalog::{Column, ForeignKey, Known, Relation, RelationKind, Schema};

    use super::*;

    /// A schema's name and its tables: each a name and its columns.
    type Drawn<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])]);

    fn catalog(schemas: &[Drawn<'_>]) -> Catalog {
        let mut catalog = Catalog::default();
        for (schema, tables) in schemas {
            let id = catalog.push_schema(Schema::named(schema));
            for (table, columns) in *tables {
                let relation = catalog.push_relation(Relation::new(id, table, RelationKind::Table));
                for (ordinal, column) in (1..).zip(*columns) {
                    catalog.columns.push(Column::new(relation, ordinal, column, "text"));
                }
            }
        }
        catalog.seal();
        catalog
    }

    fn key(from: RelationId, to: (&str, &str), referenced: Option<RelationId>) -> ForeignKey {
        ForeignKey {
            relation: from,
            name: None,
            columns: vec!["id".to_owned()],
            references: (to.0.to_owned(), to.1.to_owned()),
            referenced,
            referenced_columns: vec!["id".to_owned()],
            on_delete: catalog::Action::NoAction,
            on_update: catalog::Action::NoAction,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: Known::NotLoaded,
            comment: None,
        }
    }

    #[test]
    fn only_the_schema_that_was_read_changes_and_keys_between_schemas_still_lead_somewhere() {
        let mut old =
            catalog(&[("a", &[("one", &["id"]), ("gone", &["id"])]), ("b", &[("two", &["id"]), ("three", &["id"])])]);
        // b.two leads to a.one and b.three to a.gone.
        old.foreign_keys = vec![
            key(RelationId(2), ("a", "one"), Some(RelationId(0))),
            key(RelationId(3), ("a", "gone"), Some(RelationId(1))),
        ];
        old.seal();
        let part = catalog(&[("a", &[("fresh", &["id", "more"]), ("one", &["id", "name"])])]);
        let next = spliced(&old, part, "a").unwrap();
        let table = |schema: &str, name: &str| {
            let relation = next.relation(next.find_relation(Some(schema), name)?)?;
            Some(relation.columns().iter().map(|column| column.name.as_str()).collect::<Vec<_>>())
        };
        assert_eq!(table("a", "one"), Some(vec!["id", "name"]));
        assert_eq!(table("a", "fresh"), Some(vec!["id", "more"]));
        assert_eq!(table("a", "gone"), None);
        assert_eq!(table("b", "two"), Some(vec!["id"]));
        let leads = |name: &str| {
            let relation = next.relation(next.find_relation(Some("b"), name).unwrap()).unwrap();
            relation.foreign_keys()[0].referenced
        };
        assert_eq!(leads("two"), next.find_relation(Some("a"), "one"));
        assert_eq!(leads("three"), None, "what is gone is led to by nothing");
        assert!(spliced(&old, catalog(&[]), "a").is_none(), "a schema that is gone needs a whole reading");
    }
}
