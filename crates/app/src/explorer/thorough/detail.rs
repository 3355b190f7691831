//! What a thorough reading tells of one relation, and by what it is seen that a catalog has changed.

use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use catalog::{
    Catalog, Column, Constraint, Coverage, Event, ForeignKey, Grant, Index, Kind, Known, ObjectKind, Policy, Relation,
    RelationId, RelationWalker, SchemaId, Sequence, Trigger,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A relation's parts with their texts. Its columns are those of the lean catalog.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Detail {
    /// Of the relation it was read of: one of another shape is another.
    shape: String,
    coverage: BTreeMap<Kind, Coverage>,
    constraints: Vec<Constraint>,
    foreign_keys: Vec<ForeignKey>,
    indexes: Vec<Index>,
    triggers: Vec<Trigger>,
    policies: Vec<Policy>,
    grants: Vec<Grant>,
}

const FIRST: RelationId = RelationId(0);
const OWN: SchemaId = SchemaId(0);

/// What one schema's relations have beyond the lean catalog, in its order.
pub(super) fn details(lean: &Catalog, schema: &str, slices: &[Catalog]) -> Vec<(String, Detail)> {
    let mut coverage = BTreeMap::new();
    for slice in slices {
        coverage.extend(slice.coverage.clone());
    }
    let places: Vec<(&Catalog, HashMap<&str, RelationWalker<'_>>)> = slices
        .iter()
        .map(|slice| {
            let own = slice.walk_relations().filter(|relation| relation.schema() == schema);
            (slice, own.map(|relation| (relation.row().name.as_str(), relation)).collect())
        })
        .collect();
    let mut grants: HashMap<&str, Vec<&Grant>> = HashMap::new();
    for grant in slices.iter().flat_map(|slice| &slice.grants) {
        if let Some(relation) = relation_of(grant, schema) {
            grants.entry(relation).or_default().push(grant);
        }
    }
    let of = |relation: RelationWalker<'_>| {
        let name = relation.row().name.as_str();
        let mut detail = Detail { shape: shape(relation), coverage: coverage.clone(), ..Detail::default() };
        for (slice, walker) in places.iter().filter_map(|(slice, place)| Some((slice, place.get(name)?))) {
            // A driver may come by one kind while it reads another.
            let asked = |kind| slice.coverage.contains_key(&kind);
            if asked(Kind::Constraints) {
                detail.constraints.extend(walker.constraints().iter().cloned());
            }
            if asked(Kind::ForeignKeys) {
                detail.foreign_keys.extend(walker.foreign_keys().iter().cloned());
            }
            if asked(Kind::Indexes) {
                detail.indexes.extend(walker.indexes().iter().cloned());
            }
            if asked(Kind::Triggers) {
                detail.triggers.extend(walker.triggers().iter().cloned());
            }
            if asked(Kind::Policies) {
                detail.policies.extend(walker.policies().iter().cloned());
            }
        }
        detail.grants.extend(grants.get(name).into_iter().flatten().map(|grant| (*grant).clone()));
        detail.move_home();
        (name.to_owned(), detail)
    };
    lean.walk_relations().filter(|relation| relation.schema() == schema).map(of).collect()
}

/// The relation of a schema that a privilege is on, or on a column of.
fn relation_of<'a>(grant: &'a Grant, schema: &str) -> Option<&'a str> {
    let object = &grant.object;
    match object.kind {
        _ if object.schema.as_deref() != Some(schema) => None,
        ObjectKind::Relation => Some(&object.name),
        ObjectKind::Column => object.signature.as_deref(),
        _ => None,
    }
}

/// Privileges on what is above relations: some servers hand them down.
pub(super) fn above(slices: &[Catalog]) -> Vec<Grant> {
    let all = slices.iter().flat_map(|slice| &slice.grants);
    let high = |grant: &&Grant| matches!(grant.object.kind, ObjectKind::Schema | ObjectKind::Database);
    all.filter(high).cloned().collect()
}

impl Detail {
    /// With what is above it.
    pub(super) fn under(mut self, above: Vec<Grant>) -> Detail {
        self.grants.extend(above);
        self
    }

    /// A catalog of its own has one relation.
    fn move_home(&mut self) {
        self.constraints.iter_mut().for_each(|row| row.relation = FIRST);
        self.foreign_keys.iter_mut().for_each(|row| {
            row.relation = FIRST;
            row.referenced = None;
        });
        self.indexes.iter_mut().for_each(|row| row.relation = FIRST);
        self.triggers.iter_mut().for_each(|row| row.relation = FIRST);
        self.policies.iter_mut().for_each(|row| row.relation = FIRST);
    }

    fn has(&self, kind: Kind) -> bool {
        self.coverage.get(&kind) == Some(&Known::Value(()))
    }

    /// The relation with these parts as a catalog of its own; `None` where it has another shape by now.
    pub(super) fn catalog(mut self, lean: &Catalog, relation: RelationWalker<'_>, as_of_ms: i64) -> Option<Catalog> {
        if shape(relation) != self.shape {
            return None;
        }
        // Sizes and uses change while nothing else does: the lean catalog's are as good.
        for index in &mut self.indexes {
            if let Some(known) = relation.indexes().iter().find(|known| known.name == index.name) {
                if index.bytes.is_not_loaded() {
                    index.bytes = known.bytes.clone();
                }
                if index.scans.is_not_loaded() {
                    index.scans = known.scans.clone();
                }
            }
        }
        // What could not be read keeps what was known without texts.
        if !self.has(Kind::Constraints) {
            self.constraints = relation.constraints().to_vec();
        }
        if !self.has(Kind::ForeignKeys) {
            self.foreign_keys = relation.foreign_keys().to_vec();
        }
        if !self.has(Kind::Indexes) {
            self.indexes = relation.indexes().to_vec();
        }
        self.move_home();
        let mut coverage = lean.coverage.clone();
        coverage.extend(self.coverage);
        let mut catalog = Catalog {
            database: lean.database.clone(),
            search_path: lean.search_path.clone(),
            as_of_ms,
            coverage,
            schemas: lean.schemas.get(relation.row().schema.0 as usize).cloned().into_iter().collect(),
            relations: vec![Relation { schema: OWN, ..relation.row().clone() }],
            columns: relation.columns().iter().map(at_home).collect(),
            constraints: self.constraints,
            foreign_keys: self.foreign_keys,
            indexes: self.indexes,
            triggers: self.triggers,
            policies: self.policies,
            grants: self.grants,
            ..Catalog::default()
        };
        catalog.seal();
        Some(catalog)
    }
}

fn at_home(column: &Column) -> Column {
    Column { relation: FIRST, ..column.clone() }
}

/// Takes rows in as they come.
#[derive(Default)]
struct Print(Sha256);

impl Print {
    fn add<T: Serialize>(&mut self, row: &T) {
        // Neither plain rows nor a digest can fail.
        let _ = serde_json::to_writer(&mut *self, row);
        self.0.update(b"\n");
    }

    fn text(self) -> String {
        self.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl io::Write for Print {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a relation is and which columns it has.
fn shape(relation: RelationWalker<'_>) -> String {
    let mut print = Print::default();
    print.add(&relation.row().kind);
    relation.columns().iter().for_each(|column| print.add(&at_home(column)));
    print.text()
}

/// A print of each schema: the same while nothing in it changed but sizes, estimates and counters.
pub(super) fn prints(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut all: Vec<Print> = Vec::new();
    for schema in &catalog.schemas {
        let mut print = Print::default();
        print.add(schema);
        all.push(print);
    }
    for relation in catalog.walk_relations() {
        let row = relation.row();
        let Some(print) = all.get_mut(row.schema.0 as usize) else { continue };
        print.add(&Relation { schema: OWN, estimated_rows: Known::NotLoaded, bytes: Known::NotLoaded, ..row.clone() });
        relation.columns().iter().for_each(|column| print.add(&at_home(column)));
        relation.constraints().iter().for_each(|row| print.add(&Constraint { relation: FIRST, ..row.clone() }));
        relation
            .foreign_keys()
            .iter()
            .for_each(|row| print.add(&ForeignKey { relation: FIRST, referenced: None, ..row.clone() }));
        relation.indexes().iter().for_each(|row| {
            print.add(&Index { relation: FIRST, scans: Known::NotLoaded, bytes: Known::NotLoaded, ..row.clone() });
        });
    }
    macro_rules! objects {
        ($($list:ident: $row:ident => $plain:expr),+ $(,)?) => {$(
            for $row in &catalog.$list {
                if let Some(print) = all.get_mut($row.schema.0 as usize) {
                    print.add(&$plain);
                }
            }
        )+};
    }
    objects! {
        types: row => catalog::TypeObject { schema: OWN, ..row.clone() },
        routines: row => catalog::Routine { schema: OWN, ..row.clone() },
        sequences: row => Sequence { schema: OWN, last_value: Known::NotLoaded, ..row.clone() },
        events: row => Event { schema: OWN, last_run: Known::NotLoaded, ..row.clone() },
    }
    let named = catalog.schemas.iter().zip(all).filter(|(schema, _)| !schema.system);
    named.map(|(schema, print)| (schema.name.clone(), print.text())).collect()
}
