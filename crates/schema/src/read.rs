//! A definition out of a catalog.

mod mysql;
mod sqlite;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    sync::Arc,
};

use catalog::{
    Catalog, ConstraintKind, Coverage, Kind, Known, ObjectKey, ObjectKind, RelationKind, RelationWalker, RoutineKind,
    TypeKind,
};
use policy::listing::Draft;
use sql::tokenize;

use crate::definition::*;

/// What must have been read in full.
const KINDS: [Kind; 13] = [
    Kind::Schemas,
    Kind::Relations,
    Kind::Columns,
    Kind::Constraints,
    Kind::ForeignKeys,
    Kind::Indexes,
    Kind::Triggers,
    Kind::Policies,
    Kind::Types,
    Kind::Routines,
    Kind::Sequences,
    Kind::Grants,
    Kind::Extensions,
];

/// A catalog that does not hold everything; compared, what is missing would look dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// A kind was not read in full.
    Kind(Kind, Coverage),
    /// The text of an object was not read.
    Text(ObjectKey),
    /// Databases are compared one by one, and none was chosen.
    NoDatabase,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incomplete::Kind(kind, Known::Denied) => write!(f, "The login may not read the {}.", kind.words()),
            Incomplete::Kind(kind, _) => write!(f, "Not all {} could be read.", kind.words()),
            Incomplete::NoDatabase => f.write_str("The connection names no database: one is compared at a time."),
            Incomplete::Text(key) => write!(f, "The definition of “{}” could not be read.", key.name),
        }
    }
}

impl std::error::Error for Incomplete {}

/// The identity of an object whatever its database is called.
pub(crate) fn homeless(key: &ObjectKey) -> ObjectKey {
    ObjectKey { database: None, ..key.clone() }
}

pub(crate) fn named(kind: ObjectKind, schema: &str, name: &str) -> ObjectKey {
    ObjectKey { database: None, schema: Some(schema.to_owned()), kind, name: name.to_owned(), signature: None }
}

fn part(kind: ObjectKind, relation: &ObjectKey, name: &str) -> ObjectKey {
    ObjectKey { kind, name: name.to_owned(), signature: Some(relation.name.clone()), ..relation.clone() }
}

/// The text of an index without the ONLY that keeps it from the partitions of its table.
fn on_all(text: String, dialect: &sql::Dialect) -> String {
    let only =
        tokenize(&text, dialect).into_iter().find(|token| text.get(token.span.start..token.span.end) == Some("ONLY"));
    match only.and_then(|only| Some((text.get(..only.span.start)?, text.get(only.span.end..)?))) {
        Some((before, behind)) => format!("{before}{}", behind.trim_start()),
        None => text,
    }
}

fn text(known: &Known<String>, key: &ObjectKey) -> Result<String, Incomplete> {
    known.value().map(|text| text.trim_end_matches(';').to_owned()).ok_or_else(|| Incomplete::Text(key.clone()))
}

impl Definition {
    /// What a catalog that was read with its definition texts says.
    ///
    /// # Errors
    /// [`Incomplete`] where it does not hold everything that this server has.
    pub fn of(catalog: &Catalog, server: Server) -> Result<Self, Incomplete> {
        Definition::of_texts(catalog, server, &HashMap::new())
    }

    /// The objects whose definition texts [`Definition::of_texts`] wants beside the catalog; none where those are in it.
    pub fn wanted_texts(catalog: &Catalog, server: Server) -> Vec<ObjectKey> {
        match server.engine {
            Engine::MySql | Engine::MariaDb => mysql::wanted(catalog),
            Engine::Postgres | Engine::Sqlite => Vec::new(),
        }
    }

    /// What a catalog says, with the texts of [`Definition::wanted_texts`] as the server prints them.
    ///
    /// # Errors
    /// [`Incomplete`] where it does not hold everything that this server has, or a text is missing.
    pub fn of_texts(
        catalog: &Catalog,
        server: Server,
        texts: &HashMap<ObjectKey, Arc<str>>,
    ) -> Result<Self, Incomplete> {
        match server.engine {
            Engine::Postgres => {}
            Engine::Sqlite => return sqlite::read(catalog, server),
            Engine::MySql | Engine::MariaDb => return mysql::read(catalog, server, texts),
        }
        catalog.complete(&KINDS).map_err(|(kind, coverage)| Incomplete::Kind(kind, coverage))?;
        let members: HashSet<ObjectKey> = catalog.extension_members.iter().map(|one| homeless(&one.object)).collect();
        let mut behind = HashMap::new();
        for one in &catalog.sequences {
            if let Some((schema, table, column)) = &one.owned_by {
                behind.insert((schema.as_str(), table.as_str(), column.as_str()), one);
            }
        }
        let mut reading = Reading {
            catalog,
            behind,
            members,
            made: Vec::new(),
            inherited: false,
            found: Definition { search_path: catalog.search_path.clone(), ..Definition::new(server) },
        };
        reading.schemas();
        reading.types();
        reading.sequences();
        reading.routines()?;
        for relation in catalog.walk_relations() {
            if reading.is_own(relation.row().schema) {
                reading.relation(relation)?;
            }
        }
        // Sorted first, a map of very many is made in one go.
        reading.found.objects = std::mem::take(&mut reading.made).into_iter().collect();
        reading.privileges();
        reading.others();
        Ok(reading.found)
    }
}

impl Definition {
    /// What a partition of PostgreSQL has of its parent and keeps when it is detached: columns, constraints and indexes. Triggers of the
    /// parent go.
    ///
    /// # Errors
    /// [`Incomplete`] where a text is missing.
    pub fn kept_by(&self, partition: &ObjectKey, catalog: &Catalog) -> Result<Vec<(ObjectKey, Object)>, Incomplete> {
        let mut reading = Reading {
            catalog,
            behind: HashMap::new(),
            members: HashSet::new(),
            made: Vec::new(),
            found: Definition::new(self.server),
            inherited: true,
        };
        let own = |relation: &RelationWalker<'_>| {
            relation.row().name == partition.name && Some(relation.schema()) == partition.schema.as_deref()
        };
        let Some(relation) = catalog.walk_relations().find(own) else { return Ok(Vec::new()) };
        reading.columns(partition, relation);
        reading.constraints(partition, relation)?;
        reading.indexes(partition, relation)?;
        reading.made.retain(|(key, _)| !self.objects.contains_key(key));
        // Foreign keys are read of the table that they were made for.
        let mut above = partition;
        while let Some(Body::Table(Table { partition: Some((parent, _)), .. })) =
            self.objects.get(above).map(|object| &object.body)
        {
            let keys = self.objects.iter().filter(|(key, object)| {
                matches!(object.body, Body::ForeignKey(_)) && relation_of(key).as_ref() == Some(parent)
            });
            reading.made.extend(keys.map(|(key, object)| {
                (ObjectKey { signature: Some(partition.name.clone()), ..key.clone() }, object.clone())
            }));
            above = parent;
        }
        Ok(reading.made)
    }
}

struct Reading<'a> {
    catalog: &'a Catalog,
    /// Whether what came from a parent is read as the table's own.
    inherited: bool,
    /// Sequences by the columns they go with.
    behind: HashMap<(&'a str, &'a str, &'a str), &'a catalog::Sequence>,
    members: HashSet<ObjectKey>,
    made: Vec<(ObjectKey, Object)>,
    found: Definition,
}

impl Reading<'_> {
    fn is_own(&self, schema: catalog::SchemaId) -> bool {
        self.catalog.schemas.get(schema.0 as usize).is_some_and(|schema| !schema.system)
    }

    fn add(&mut self, key: ObjectKey, body: Body, owner: Option<&String>, comment: Option<&String>) {
        if !self.members.contains(&key) {
            let object = Object { body, owner: owner.cloned(), comment: comment.cloned(), privileges: BTreeSet::new() };
            self.made.push((key, object));
        }
    }

    fn leave_out(&mut self, key: ObjectKey, why: &str) {
        if !self.members.contains(&key) {
            self.found.left_out.push(LeftOut { key, why: why.to_owned() });
        }
    }

    fn schemas(&mut self) {
        for schema in self.catalog.schemas.iter().filter(|schema| !schema.system) {
            let key = ObjectKey { schema: None, ..named(ObjectKind::Schema, "", &schema.name) };
            self.add(key, Body::Schema, schema.owner.as_ref(), schema.comment.as_ref());
        }
        for extension in &self.catalog.extensions {
            let key = ObjectKey { schema: None, ..named(ObjectKind::Extension, "", &extension.name) };
            let body = Body::Extension { version: extension.version.clone(), schema: extension.schema.clone() };
            // Its comment is its own file's.
            self.add(key, body, None, None);
        }
    }

    /// What is there and neither compared nor written, by what holds it. Files of catalogs may be older than the kind is.
    fn others(&mut self) {
        for one in &self.catalog.others {
            let key = match (&one.relation, &one.schema) {
                (Some(relation), Some(schema)) => named(ObjectKind::Relation, schema, relation),
                (_, Some(schema)) => ObjectKey { schema: None, ..named(ObjectKind::Schema, "", schema) },
                _ => {
                    let database = self.catalog.database.as_deref().unwrap_or_default();
                    ObjectKey { schema: None, ..named(ObjectKind::Database, "", database) }
                }
            };
            self.leave_out(key, &format!("Its {} are not compared: {}", one.what, one.names.join(", ")));
        }
        if self.catalog.coverage.get(&Kind::Others) == Some(&Known::Denied) {
            let database = self.catalog.database.as_deref().unwrap_or_default();
            let key = ObjectKey { schema: None, ..named(ObjectKind::Database, "", database) };
            self.leave_out(key, "The login may not read what is there beside what is compared");
        }
    }

    fn types(&mut self) {
        for one in self.catalog.types.iter().filter(|one| self.is_own(one.schema)).collect::<Vec<_>>() {
            let key = named(ObjectKind::Type, self.catalog.schema_name(one.schema), &one.name);
            let base = || one.base_type.clone().unwrap_or_default();
            let body = match one.kind {
                TypeKind::Enum => TypeBody::Enum { labels: one.labels.clone() },
                TypeKind::Composite => TypeBody::Composite { attributes: one.attributes.clone() },
                TypeKind::Range => TypeBody::Range { subtype: base() },
                TypeKind::Base => {
                    self.leave_out(key, "Base types are made by functions in C");
                    continue;
                }
                TypeKind::Domain => {
                    let checks = one.constraints.iter().filter(|text| *text != "NOT NULL").cloned();
                    TypeBody::Domain(Domain {
                        base: base(),
                        default: one.default.clone(),
                        not_null: one.constraints.iter().any(|text| text == "NOT NULL"),
                        checks: one.check_names.iter().cloned().zip(checks).collect(),
                    })
                }
            };
            self.add(key, Body::Type(body), one.owner.as_ref(), one.comment.as_ref());
        }
    }

    fn sequences(&mut self) {
        let identities: HashSet<(&str, &str, &str)> = self
            .catalog
            .walk_relations()
            .flat_map(|relation| relation.columns().iter().map(move |column| (relation, column)))
            .filter(|(_, column)| column.identity.is_some())
            .map(|(relation, column)| (relation.schema(), relation.row().name.as_str(), column.name.as_str()))
            .collect();
        for one in self.catalog.sequences.iter().filter(|one| self.is_own(one.schema)).collect::<Vec<_>>() {
            let owner = one.owned_by.as_ref();
            if owner.is_some_and(|(schema, table, column)| identities.contains(&(schema, table, column))) {
                continue;
            }
            let key = named(ObjectKind::Sequence, self.catalog.schema_name(one.schema), &one.name);
            let owned_by = owner.map(|(schema, table, column)| {
                ObjectKey::column(&ObjectKey::relation(None, Some(schema), table), column)
            });
            let body = Sequence {
                data_type: one.data_type.clone(),
                start: one.start,
                minimum: one.minimum,
                maximum: one.maximum,
                increment: one.increment,
                cache: one.cache,
                cycle: one.cycle,
                owned_by,
            };
            // Who owns the table owns what goes with it.
            let role = one.owner.as_ref().filter(|_| body.owned_by.is_none());
            self.add(key, Body::Sequence(body), role, one.comment.as_ref());
        }
    }

    fn routines(&mut self) -> Result<(), Incomplete> {
        for one in self.catalog.routines.iter().filter(|one| self.is_own(one.schema)).collect::<Vec<_>>() {
            let mut key = named(ObjectKind::Routine, self.catalog.schema_name(one.schema), &one.name);
            key.signature = Some(one.identity_arguments.clone().unwrap_or_default());
            if one.kind == RoutineKind::Aggregate {
                self.leave_out(key, "The server prints no text of an aggregate");
                continue;
            }
            if self.members.contains(&key) {
                continue;
            }
            let body = Routine {
                routine: one.kind,
                arguments: one.arguments.clone().unwrap_or_default(),
                returns: one.returns.clone(),
                text: text(&one.definition, &key)?.trim_end().to_owned(),
            };
            self.add(key, Body::Routine(body), one.owner.as_ref(), one.comment.as_ref());
        }
        Ok(())
    }

    fn relation(&mut self, relation: RelationWalker<'_>) -> Result<(), Incomplete> {
        let row = relation.row();
        let key = named(ObjectKind::Relation, relation.schema(), &row.name);
        if self.members.contains(&key) {
            return Ok(());
        }
        let body = match row.kind {
            RelationKind::ForeignTable => {
                self.leave_out(key, "Tables of other servers are not compared");
                return Ok(());
            }
            RelationKind::VirtualTable => {
                self.leave_out(key, "Virtual tables are not compared");
                return Ok(());
            }
            RelationKind::Collection | RelationKind::TimeSeries => {
                self.leave_out(key, "Collections are not compared");
                return Ok(());
            }
            RelationKind::View | RelationKind::MaterializedView => {
                let columns = relation.columns();
                let commented = columns.iter().filter_map(|one| Some((one.name.clone(), one.comment.clone()?)));
                Body::View(View {
                    materialized: row.kind == RelationKind::MaterializedView,
                    columns: columns.iter().map(|one| (one.name.clone(), one.native_type.clone())).collect(),
                    column_comments: commented.collect(),
                    options: row.options.clone(),
                    query: text(&row.definition, &key)?.trim().to_owned(),
                })
            }
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition => {
                let table = |(schema, name): &(String, String)| named(ObjectKind::Relation, schema, name);
                let bound = row.partition_bound.clone().unwrap_or_default();
                Body::Table(Table {
                    kind: match &row.partition_key {
                        Some(by) => TableKind::Partitioned { by: by.clone() },
                        None => TableKind::Ordinary,
                    },
                    partition: row.partition_of.as_ref().map(|parent| (table(parent), bound)),
                    parents: row.parents.iter().map(table).collect(),
                    unlogged: row.options.iter().any(|option| option == "UNLOGGED"),
                    options: row.options.iter().filter(|option| *option != "UNLOGGED").cloned().collect(),
                    row_security: row.row_security.value().copied().unwrap_or_default(),
                })
            }
        };
        let is_view = matches!(body, Body::View(_));
        self.add(key.clone(), body, row.owner.as_ref(), row.comment.as_ref());
        if !is_view {
            self.columns(&key, relation);
            self.constraints(&key, relation)?;
        }
        self.indexes(&key, relation)?;
        for one in relation.triggers() {
            let key = part(ObjectKind::Trigger, &key, &one.name);
            let body = Trigger { enabled: one.enabled, text: text(&one.definition, &key)? };
            self.add(key, Body::Trigger(body), None, one.comment.as_ref());
        }
        for one in relation.policies() {
            let mut draft = Draft::of(one);
            draft.roles.sort();
            draft.comment = None;
            self.add(part(ObjectKind::Policy, &key, &one.name), Body::Policy(draft), None, one.comment.as_ref());
        }
        Ok(())
    }

    fn columns(&mut self, table: &ObjectKey, relation: RelationWalker<'_>) {
        // What is inherited goes with the parent's.
        let all = self.inherited;
        for one in relation.columns().iter().filter(|one| all || !one.inherited) {
            let key = ObjectKey::column(table, &one.name);
            let body = Column {
                ordinal: one.ordinal,
                native_type: one.native_type.clone(),
                collation: one.collation.clone(),
                nullable: one.nullable.value().copied().unwrap_or(true),
                default: one.default.clone(),
                identity: one.identity.map(|when| self.identity(when, relation, one)),
                generated: one.generated.clone(),
                text: None,
            };
            self.add(key, Body::Column(body), None, one.comment.as_ref());
        }
    }

    /// An identity column's numbers are those of the sequence behind it.
    fn identity(
        &self,
        when: catalog::Identity,
        relation: RelationWalker<'_>,
        column: &catalog::Column,
    ) -> IdentityColumn {
        let plain = IdentityColumn::new(when);
        let owner = (relation.schema(), relation.row().name.as_str(), column.name.as_str());
        let Some(one) = self.behind.get(&owner) else { return plain };
        let greatest = match column.native_type.as_str() {
            "smallint" => i64::from(i16::MAX),
            "integer" => i64::from(i32::MAX),
            _ => i64::MAX,
        };
        let bounds = (one.minimum.unwrap_or(1), one.maximum.unwrap_or(greatest));
        IdentityColumn {
            when,
            start: one.start.unwrap_or(1),
            increment: one.increment.unwrap_or(1),
            bounds: (bounds != (1, greatest)).then_some(bounds),
            cache: one.cache.unwrap_or(1),
            cycle: one.cycle,
        }
    }

    fn constraints(&mut self, table: &ObjectKey, relation: RelationWalker<'_>) -> Result<(), Incomplete> {
        let all = self.inherited;
        for one in relation.constraints().iter().filter(|one| all || !one.inherited) {
            let Some(name) = &one.name else { continue };
            // One that the column's own NOT NULL makes is named after its table, which may be called otherwise by now.
            let plain = !one.definition.value().is_some_and(|text| text.ends_with("NO INHERIT")) && one.validated;
            if one.kind == ConstraintKind::NotNull && plain && name.ends_with("_not_null") {
                continue;
            }
            let key = part(ObjectKind::Constraint, table, name);
            let body =
                Constraint { demands: one.kind, columns: one.columns.clone(), text: text(&one.definition, &key)? };
            self.add(key, Body::Constraint(body), None, one.comment.as_ref());
        }
        for one in relation.foreign_keys() {
            let Some(name) = &one.name else { continue };
            let key = part(ObjectKind::Constraint, table, name);
            let body = ForeignKey {
                columns: one.columns.clone(),
                references: named(ObjectKind::Relation, &one.references.0, &one.references.1),
                referenced_columns: one.referenced_columns.clone(),
                text: text(&one.definition, &key)?,
            };
            self.add(key, Body::ForeignKey(body), None, one.comment.as_ref());
        }
        Ok(())
    }

    fn indexes(&mut self, relation: &ObjectKey, walker: RelationWalker<'_>) -> Result<(), Incomplete> {
        let behind: HashSet<&str> = walker
            .constraints()
            .iter()
            .filter(|one| {
                matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclusion)
            })
            .filter_map(|one| one.name.as_deref())
            .collect();
        let all = self.inherited;
        for one in walker.indexes().iter().filter(|one| (all || !one.inherited) && !behind.contains(one.name.as_str()))
        {
            let key = named(ObjectKind::Index, walker.schema(), &one.name);
            // One of a partitioned table is not valid either, until all partitions have theirs.
            let divided = walker.row().kind == RelationKind::PartitionedTable;
            if one.valid == Known::Value(false) && !divided {
                self.leave_out(key, "its building has not come to its end, so that nobody uses it: drop it, or wait");
                continue;
            }
            let body = Index {
                relation: relation.clone(),
                unique: one.unique,
                keys: one.keys.iter().map(|key| key.text.clone()).chain(one.included.iter().cloned()).collect(),
                text: match (divided, &one.valid) {
                    (true, Known::Value(false)) | (false, _) => text(&one.definition, &key)?,
                    // Those of its partitions go with it: they are told by it, and are to be made with it.
                    (true, _) => on_all(text(&one.definition, &key)?, self.found.server.dialect()),
                },
            };
            self.add(key, Body::Index(body), None, one.comment.as_ref());
        }
        Ok(())
    }

    fn privileges(&mut self) {
        // A sequence that goes with a column has its table's owner here.
        let sequences: HashMap<ObjectKey, Option<&str>> = self
            .catalog
            .sequences
            .iter()
            .map(|one| {
                (named(ObjectKind::Sequence, self.catalog.schema_name(one.schema), &one.name), one.owner.as_deref())
            })
            .collect();
        for one in &self.catalog.grants {
            let key = homeless(&one.object);
            let Some(object) = self.found.objects.get_mut(&key) else { continue };
            let owner = object.owner.as_deref().or_else(|| sequences.get(&key).copied().flatten());
            // What an owner may is theirs anyway.
            if owner == Some(one.grantee.as_str()) {
                continue;
            }
            object.privileges.insert(Privilege {
                grantee: one.grantee.clone(),
                grantable: one.grantable,
                privilege: one.privilege.clone(),
                column: one.column.clone(),
            });
        }
    }
}
