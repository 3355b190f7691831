//! What is staged, drawn: a catalog in which what would be stands beside what goes.

use std::collections::BTreeMap;

use catalog::{
    Catalog, Constraint as Key, ConstraintKind, Known, ObjectKey, ObjectKind, RelationId, RelationKind, Schema,
};
use serde::{Deserialize, Serialize};

use crate::{
    compare::{aligned, facets},
    definition::*,
    elements,
    plan::Refusal,
    rename::Rename,
};

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is new.
    Added,
    /// It becomes another, or gets another name.
    Changed,
    /// It goes.
    Removed,
}

/// A catalog with what is staged in it, for drawing. Relations have the names that they have now, so that what is kept of them by
/// name is found; columns have their new ones. What goes is there still.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// The catalog.
    pub catalog: Catalog,
    /// What is another than now, by the identity it has in the catalog, without a database.
    pub marks: BTreeMap<ObjectKey, Mark>,
    /// Relations that get another name, by their identity in the catalog.
    pub names: BTreeMap<ObjectKey, String>,
}

/// Draws a wanted definition into the catalog of the one that is there.
///
/// # Errors
/// [`Refusal::Rename`] for renames that are not of the one that is there.
pub fn sketch(
    catalog: &Catalog,
    there: &Definition,
    wanted: &Definition,
    renames: &[Rename],
) -> Result<Sketch, Refusal> {
    let renamed = there.renamed(renames)?;
    let mut drawn = Drawing {
        sketch: Sketch { catalog: catalog.clone(), ..Sketch::default() },
        server: there.server,
        old: BTreeMap::new(),
    };
    for one in renames {
        drawn.rename(one);
    }
    for (key, before, after) in aligned(&renamed, wanted) {
        let mark = match (before, after) {
            (Some(before), Some(after)) if facets(before, after).is_empty() => continue,
            (None, _) => Mark::Added,
            (_, None) => Mark::Removed,
            _ => Mark::Changed,
        };
        let own = drawn.now(key);
        drawn.sketch.marks.insert(own, mark);
    }
    // Tables come before what is in them.
    for relations in [true, false] {
        for (key, before, after) in aligned(&renamed, wanted) {
            let Some(after) = after else { continue };
            if matches!(after.body, Body::Table(_) | Body::View(_)) == relations
                && before.is_none_or(|before| !facets(before, after).is_empty())
            {
                drawn.draw(key, after);
            }
        }
    }
    drawn.sketch.catalog.seal();
    Ok(drawn.sketch)
}

struct Drawing {
    sketch: Sketch,
    server: Server,
    /// Names that relations have now, by those they are to have.
    old: BTreeMap<(Option<String>, String), String>,
}

impl Drawing {
    fn rename(&mut self, one: &Rename) {
        let from = self.now(&one.from);
        match from.kind {
            ObjectKind::Relation => {
                self.old.insert((one.to.schema.clone(), one.to.name.clone()), from.name.clone());
                self.sketch.names.insert(from.clone(), one.to.name.clone());
                self.sketch.marks.insert(from, Mark::Changed);
            }
            ObjectKind::Column => {
                let to = self.now(&one.to);
                let table = relation_of(&from).and_then(|table| self.find(&table));
                let columns = self.sketch.catalog.columns.iter_mut();
                for column in columns.filter(|column| Some(column.relation) == table && column.name == from.name) {
                    column.name.clone_from(&to.name);
                }
                let swap = |names: &mut Vec<String>| {
                    for name in names.iter_mut().filter(|name| **name == from.name) {
                        name.clone_from(&to.name);
                    }
                };
                for key in self.sketch.catalog.constraints.iter_mut().filter(|key| Some(key.relation) == table) {
                    swap(&mut key.columns);
                }
                for key in &mut self.sketch.catalog.foreign_keys {
                    if Some(key.relation) == table {
                        swap(&mut key.columns);
                    }
                    if key.referenced == table && table.is_some() {
                        swap(&mut key.referenced_columns);
                    }
                }
                self.sketch.marks.insert(to, Mark::Changed);
            }
            _ => {
                let to = self.now(&one.to);
                self.sketch.marks.insert(to, Mark::Changed);
            }
        }
    }

    /// An identity with the name that its relation has now.
    fn now(&self, key: &ObjectKey) -> ObjectKey {
        let old = |name: &str| self.old.get(&(key.schema.clone(), name.to_owned())).cloned();
        let mut found = ObjectKey { database: None, ..key.clone() };
        if key.kind == ObjectKind::Relation {
            found.name = old(&key.name).unwrap_or(found.name);
        } else if relation_of(key).is_some() {
            found.signature = found.signature.map(|table| old(&table).unwrap_or(table));
        }
        found
    }

    /// A relation of the catalog; of MySQL's there is the one database only.
    fn find(&self, key: &ObjectKey) -> Option<RelationId> {
        let catalog = &self.sketch.catalog;
        let schema = key.schema.as_deref().or_else(|| catalog.search_path.first().map(String::as_str));
        catalog.find_relation(schema, &key.name)
    }

    fn draw(&mut self, key: &ObjectKey, object: &Object) {
        let own = self.now(key);
        match &object.body {
            Body::Table(_) | Body::View(_) => self.relation(&own, object),
            Body::Column(one) => self.column(&own, one, object.comment.as_ref()),
            Body::Constraint(one) => {
                let columns = match one.columns.is_empty() {
                    true => elements::listed(&one.text, self.server.dialect()),
                    false => one.columns.clone(),
                };
                self.key(&own, one.demands, columns);
            }
            Body::Index(one) if one.unique => {
                // MySQL's keys are indexes.
                let demands = if own.name == "PRIMARY" { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique };
                if self.server.engine != Engine::Postgres && self.server.engine != Engine::Sqlite {
                    let part = ObjectKey {
                        kind: ObjectKind::Constraint,
                        signature: Some(self.now(&one.relation).name),
                        ..own
                    };
                    self.key(&part, demands, one.keys.clone());
                }
            }
            Body::ForeignKey(one) => self.foreign_key(&own, Some(own.name.clone()), one),
            _ => {}
        }
    }

    fn relation(&mut self, own: &ObjectKey, object: &Object) {
        let kind = match &object.body {
            Body::View(view) if view.materialized => RelationKind::MaterializedView,
            Body::View(_) => RelationKind::View,
            Body::Table(table) if table.partition.is_some() => RelationKind::Partition,
            Body::Table(table) if table.kind != TableKind::Ordinary => RelationKind::PartitionedTable,
            _ => RelationKind::Table,
        };
        if let Some(there) = self.find(own) {
            if let Some(row) = self.sketch.catalog.relations.get_mut(there.0 as usize) {
                row.comment.clone_from(&object.comment);
            }
            return;
        }
        let catalog = &mut self.sketch.catalog;
        let name = own.schema.clone().or_else(|| catalog.search_path.first().cloned()).unwrap_or_default();
        let schema = catalog.schemas.iter().position(|schema| schema.name == name);
        let schema = match schema {
            Some(place) => catalog::SchemaId(u32::try_from(place).unwrap_or(u32::MAX)),
            None => catalog.push_schema(Schema::named(&name)),
        };
        let mut row = catalog::Relation::new(schema, &own.name, kind);
        row.comment.clone_from(&object.comment);
        if let Body::Table(table) = &object.body {
            row.partition_of = table
                .partition
                .as_ref()
                .map(|(parent, _)| (parent.schema.clone().unwrap_or_default(), parent.name.clone()));
        }
        let relation = self.sketch.catalog.push_relation(row);
        if let Body::View(view) = &object.body {
            for (place, (name, of)) in view.columns.iter().enumerate() {
                let ordinal = u32::try_from(place + 1).unwrap_or(u32::MAX);
                self.sketch.catalog.columns.push(catalog::Column::new(relation, ordinal, name, of));
            }
        }
    }

    fn column(&mut self, own: &ObjectKey, one: &Column, comment: Option<&String>) {
        let Some(relation) = relation_of(own).and_then(|table| self.find(&table)) else { return };
        let columns = &mut self.sketch.catalog.columns;
        let there = columns.iter().position(|column| column.relation == relation && column.name == own.name);
        let place = there.unwrap_or_else(|| {
            let last = columns.iter().filter(|column| column.relation == relation).map(|column| column.ordinal).max();
            let ordinal = one.ordinal.max(last.unwrap_or(0).saturating_add(1));
            columns.push(catalog::Column::new(relation, ordinal, &own.name, &one.native_type));
            columns.len() - 1
        });
        if let Some(column) = columns.get_mut(place) {
            column.native_type.clone_from(&one.native_type);
            column.nullable = Known::Value(one.nullable);
            column.default.clone_from(&one.default);
            column.generated.clone_from(&one.generated);
            column.collation.clone_from(&one.collation);
            column.comment = comment.cloned();
        }
        // What SQLite's columns say of keys stands behind their types.
        let Some(text) = one.text.as_deref().filter(|_| self.server.engine == Engine::Sqlite) else { return };
        let words = text.to_ascii_uppercase();
        for (word, demands) in [("PRIMARY KEY", ConstraintKind::PrimaryKey), ("UNIQUE", ConstraintKind::Unique)] {
            let known = self.sketch.catalog.constraints.iter();
            let mut known = known.filter(|key| key.relation == relation && key.kind == demands);
            if words.contains(word) && !known.any(|key| key.columns == [own.name.clone()]) {
                let key = ObjectKey { kind: ObjectKind::Constraint, ..own.clone() };
                self.key(&key, demands, vec![own.name.clone()]);
            }
        }
        if let Some((_, table, referenced_columns)) = elements::reference(text, self.server.dialect()) {
            let references = ObjectKey::relation(None, own.schema.as_deref(), &table);
            let columns = vec![own.name.clone()];
            let made = ForeignKey { columns, references, referenced_columns, text: text.to_owned() };
            self.foreign_key(own, None, &made);
        }
    }

    fn key(&mut self, own: &ObjectKey, kind: ConstraintKind, columns: Vec<String>) {
        let Some(relation) = relation_of(own).and_then(|table| self.find(&table)) else { return };
        let known = self.sketch.catalog.constraints.iter();
        if known.clone().any(|key| key.relation == relation && key.kind == kind && key.columns == columns) {
            return;
        }
        self.sketch.catalog.constraints.push(Key {
            relation,
            name: Some(own.name.clone()),
            kind,
            columns,
            definition: Known::NotLoaded,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
    }

    fn foreign_key(&mut self, own: &ObjectKey, name: Option<String>, one: &ForeignKey) {
        let Some(relation) = relation_of(own).and_then(|table| self.find(&table)) else { return };
        let there = self.now(&one.references);
        let referenced = self.find(&there);
        let catalog = &mut self.sketch.catalog;
        let known = |key: &catalog::ForeignKey| {
            key.relation == relation && key.columns == one.columns && key.referenced == referenced && key.name == name
        };
        if catalog.foreign_keys.iter().any(known) {
            return;
        }
        let schema = there.schema.or_else(|| catalog.search_path.first().cloned()).unwrap_or_default();
        catalog.foreign_keys.push(catalog::ForeignKey {
            relation,
            name,
            columns: one.columns.clone(),
            references: (schema, there.name),
            referenced,
            referenced_columns: one.referenced_columns.clone(),
            on_delete: catalog::Action::default(),
            on_update: catalog::Action::default(),
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: Known::NotLoaded,
            comment: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{Draft, Edit, Group};

    #[test]
    fn a_namesake_in_another_database_is_another_table() {
        let mut catalog = Catalog { search_path: vec!["shop".to_owned()], ..Catalog::default() };
        catalog.push_schema(Schema::named("shop"));
        let other = catalog.push_schema(Schema::named("archive"));
        catalog.push_relation(catalog::Relation::new(other, "notes", RelationKind::Table));
        let there = Definition::new(Server { engine: Engine::MariaDb, version: 110_800 });
        let mut wanted = there.clone();
        wanted.insert(ObjectKey::relation(None, None, "notes"), Body::Table(Table::default()));
        let found = sketch(&catalog, &there, &wanted, &[]).unwrap().catalog;
        let drawn: Vec<&str> = found.relations.iter().map(|one| found.schema_name(one.schema)).collect();
        assert_eq!(drawn, ["archive", "shop"]);
    }

    #[test]
    fn what_is_staged_stands_beside_what_goes() {
        let mut catalog = Catalog::default();
        let public = catalog.push_schema(Schema::named("public"));
        let orders = catalog.push_relation(catalog::Relation::new(public, "orders", RelationKind::Table));
        for (place, name) in ["id", "note"].into_iter().enumerate() {
            catalog.columns.push(catalog::Column::new(orders, place as u32 + 1, name, "bigint"));
        }
        let mut there = Definition::new(Server::postgres(180_000));
        let key = ObjectKey::relation(None, Some("public"), "orders");
        there.insert(key.clone(), Body::Table(Table::default()));
        let (id, note) = (ObjectKey::column(&key, "id"), ObjectKey::column(&key, "note"));
        there.insert(id.clone(), Body::Column(Column::new("bigint")));
        there.insert(note.clone(), Body::Column(Column::new("bigint")));
        let sales = ObjectKey { name: "sales".to_owned(), ..key.clone() };
        let lines = ObjectKey::relation(None, Some("public"), "lines");
        let put = |key: &ObjectKey, body: Body| {
            let mut scratch = Definition::new(there.server);
            scratch.insert(key.clone(), body);
            Edit::Put { key: key.clone(), before: None, after: Box::new(scratch.objects[key].clone()) }
        };
        let link = ObjectKey {
            kind: ObjectKind::Constraint,
            name: "lines_order".to_owned(),
            signature: Some("lines".to_owned()),
            ..lines.clone()
        };
        let number = ObjectKey::column(&sales, "number");
        let edits = vec![
            Edit::Rename(Rename { from: key.clone(), to: sales.clone() }),
            Edit::Rename(Rename { from: ObjectKey::column(&sales, "id"), to: number.clone() }),
            Edit::Remove { key: ObjectKey::column(&sales, "note"), before: Box::new(there.objects[&note].clone()) },
            put(&lines, Body::Table(Table::default())),
            put(&ObjectKey::column(&lines, "order_id"), Body::Column(Column::new("bigint"))),
            put(
                &link,
                Body::ForeignKey(ForeignKey {
                    columns: vec!["order_id".to_owned()],
                    references: sales.clone(),
                    referenced_columns: vec!["number".to_owned()],
                    text: String::new(),
                }),
            ),
        ];
        let draft = Draft { groups: vec![Group { label: String::new(), edits }] };
        let (wanted, renames) = draft.on(&there);
        let found = sketch(&catalog, &there, &wanted, &renames).unwrap();
        assert_eq!(found.names, BTreeMap::from([(key.clone(), "sales".to_owned())]));
        let marks: HashMap<&str, Mark> = found.marks.iter().map(|(key, mark)| (key.name.as_str(), *mark)).collect();
        let expected = [
            ("orders", Mark::Changed),
            ("number", Mark::Changed),
            ("note", Mark::Removed),
            ("lines", Mark::Added),
            ("order_id", Mark::Added),
            ("lines_order", Mark::Added),
        ];
        assert_eq!(marks, HashMap::from(expected));
        assert!(found.marks.contains_key(&ObjectKey::column(&key, "number")), "{:?}", found.marks);
        let names: Vec<&str> = found.catalog.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["number", "note", "order_id"]);
        let [line] = found.catalog.foreign_keys.as_slice() else { panic!() };
        assert_eq!(line.referenced, Some(orders));
        assert_eq!(line.references, ("public".to_owned(), "orders".to_owned()));
    }
}
