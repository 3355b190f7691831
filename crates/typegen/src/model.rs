//! What every language needs to know of a database.

use std::collections::BTreeMap;

use catalog::{
    Action, Catalog, Column as CatalogColumn, ConstraintKind, Identity, Known, RelationKind, RelationWalker, TypeKind,
    facts::Engine,
};
use serde::{Deserialize, Serialize};

use crate::native::{self, Types};

/// What of a catalog is read, and how.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Whose types the catalog's are.
    pub engine: Engine,
    /// Only these schemas.
    pub schemas: Option<Vec<String>>,
}

/// A schema and what is called so in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// The schema.
    pub schema: String,
    /// The name, unquoted.
    pub name: String,
}

impl Name {
    pub(crate) fn new(schema: &str, name: &str) -> Self {
        Name { schema: schema.to_owned(), name: name.to_owned() }
    }
}

/// The relations of a database and the types they use, ordered by schema and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Whose types they are.
    pub engine: Engine,
    /// The schema whose objects need not be told apart by it.
    pub default_schema: Option<String>,
    /// Enumerations; those of MySQL are of one column each.
    pub enumerations: Vec<Enumeration>,
    /// Row types of their own.
    pub composites: Vec<Composite>,
    /// Tables and views; partitions go with their tables.
    pub relations: Vec<Relation>,
}

/// A type with labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// What it is called; of a column without a type of its own, `table_column`.
    pub name: Name,
    /// Whether it is an object of the database.
    pub declared: bool,
    /// Its labels in order.
    pub labels: Vec<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A row type of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// What it is called.
    pub name: Name,
    /// Its attributes in order: name and type. Each may be NULL.
    pub attributes: Vec<(String, Type)>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What it is called.
    pub name: Name,
    /// What it is.
    pub kind: RelationKind,
    /// Its comment.
    pub comment: Option<String>,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<Key>,
    /// What else tells its rows apart, by name; columns only.
    pub unique: Vec<Key>,
    /// What its foreign keys refer to, by name.
    pub references: Vec<Reference>,
}

impl Relation {
    /// Whether rows are put in under its name. What a view takes is not known.
    pub fn is_writable(&self) -> bool {
        !matches!(self.kind, RelationKind::View | RelationKind::MaterializedView)
    }
}

/// Columns that tell rows apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The constraint's or index's name.
    pub name: Option<String>,
    /// The columns in order.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: Option<String>,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// What they refer to.
    pub to: Name,
    /// The columns referred to, pairwise.
    pub to_columns: Vec<String>,
    /// When a referred row goes.
    pub on_delete: Action,
    /// When a referred key changes.
    pub on_update: Action,
}

/// Whether a value is given for a new row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// It must be.
    Required,
    /// The column has a default, numbers itself or may be NULL.
    Optional,
    /// The server refuses any.
    Never,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// Its type as the server prints it.
    pub native: String,
    /// Its type.
    pub r#type: Type,
    /// Whether it may be NULL; where that is not known, it may.
    pub nullable: bool,
    /// Whether a value is given for a new row.
    pub given: Given,
    /// Its default, as the server prints it.
    pub default: Option<String>,
    /// When it numbers itself.
    pub identity: Option<Identity>,
    /// The expression it is computed by and whether that is stored; an expression that is not told is empty.
    pub generated: Option<(String, bool)>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A type, without domains: those stand for what they are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// One value.
    Scalar(Scalar),
    /// One of some labels.
    Enumeration(Name),
    /// A row of a type of its own.
    Composite(Name),
    /// Any number of these, each of which may be NULL.
    Array(Box<Type>),
    /// The same by a domain's name, which clients do not see through within an array.
    Domain(Box<Type>),
}

/// A value without parts, as clients tell them apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it; fields have their own words")]
pub enum Scalar {
    Boolean,
    Integer {
        /// 8, 16, 24, 32 or 64.
        bits: u8,
        signed: bool,
    },
    Float {
        /// 32 or 64.
        bits: u8,
    },
    Decimal {
        /// Digits; without any limit where none is told.
        precision: Option<u32>,
        /// Of those behind the point.
        scale: Option<i32>,
    },
    Text {
        /// Most characters.
        most: Option<u32>,
    },
    Bytes {
        /// Most bytes.
        most: Option<u32>,
    },
    Uuid,
    Json,
    Date,
    Time,
    ZonedTime,
    Timestamp,
    ZonedTimestamp,
    Interval,
    Bits,
    /// Whatever an SQLite column of this affinity may hold: numbers or texts, and bytes too.
    Loose {
        bytes: bool,
    },
    /// Another type, by its name without modifiers.
    Other(String),
}

impl Model {
    /// Reads a catalog; which wants its relations, columns, constraints, foreign keys, indexes and types.
    pub fn of(catalog: &Catalog, choice: &Choice) -> Self {
        let chosen = |schema: &str| choice.schemas.as_ref().is_none_or(|some| some.iter().any(|one| one == schema));
        let mut types = Types::of(catalog, choice.engine);
        let mut relations: Vec<Relation> = catalog
            .walk_relations()
            .filter(|one| one.row().kind != RelationKind::Partition && chosen(one.schema()))
            .filter(|one| !catalog.schemas.get(one.row().schema.0 as usize).is_some_and(|schema| schema.system))
            .map(|one| relation(one, choice.engine, &mut types))
            .collect();
        relations.sort_by(|a, b| a.name.cmp(&b.name));
        let (enumerations, composites) = types.used(catalog, &relations, &chosen);
        Model {
            engine: choice.engine,
            default_schema: default_schema(catalog, choice),
            enumerations,
            composites,
            relations,
        }
    }

    /// Whether an object is told apart by its schema.
    pub(crate) fn is_elsewhere(&self, name: &Name) -> bool {
        self.default_schema.as_ref() != Some(&name.schema)
    }
}

/// The one schema that was asked for, or the one new objects are made in.
fn default_schema(catalog: &Catalog, choice: &Choice) -> Option<String> {
    if let Some([only]) = choice.schemas.as_deref() {
        return Some(only.clone());
    }
    match choice.engine {
        Engine::Postgres => Some("public".to_owned()),
        Engine::MySql => catalog.database.clone(),
        Engine::Sqlite => Some("main".to_owned()),
    }
}

fn relation(walker: RelationWalker<'_>, engine: Engine, types: &mut Types) -> Relation {
    let row = walker.row();
    let name = Name::new(walker.schema(), &row.name);
    let columns = walker.columns().iter().map(|one| column(one, &name, engine, types)).collect();
    let key = |one: &catalog::Constraint| Key { name: one.name.clone(), columns: one.columns.clone() };
    let mut unique: BTreeMap<(Vec<String>, Option<String>), Key> = BTreeMap::new();
    for one in walker.constraints().iter().filter(|one| one.kind == ConstraintKind::Unique) {
        unique.insert((one.columns.clone(), one.name.clone()), key(one));
    }
    for one in walker.indexes().iter().filter(|one| one.unique && !one.primary) {
        let whole = one.predicate.is_none() && one.keys.iter().all(|part| !part.expression);
        let columns: Vec<String> = one.keys.iter().map(|part| part.text.clone()).collect();
        if whole && one.valid != Known::Value(false) && !unique.keys().any(|(known, _)| *known == columns) {
            unique.insert((columns.clone(), Some(one.name.clone())), Key { name: Some(one.name.clone()), columns });
        }
    }
    let references = walker.foreign_keys().iter().map(|one| Reference {
        name: one.name.clone(),
        columns: one.columns.clone(),
        to: Name::new(&one.references.0, &one.references.1),
        to_columns: one.referenced_columns.clone(),
        on_delete: one.on_delete,
        on_update: one.on_update,
    });
    let mut references: Vec<Reference> = references.collect();
    references.sort_by(|a, b| (&a.columns, &a.name, &a.to).cmp(&(&b.columns, &b.name, &b.to)));
    Relation {
        name,
        kind: row.kind,
        comment: row.comment.clone(),
        columns,
        primary_key: walker.primary_key().map(key),
        unique: unique.into_values().collect(),
        references,
    }
}

fn column(column: &CatalogColumn, relation: &Name, engine: Engine, types: &mut Types) -> Column {
    let r#type = match engine {
        Engine::Postgres => types.postgres(&column.native_type),
        Engine::MySql => types.mysql(&column.native_type, relation, &column.name),
        Engine::Sqlite => native::sqlite(&column.native_type),
    };
    // SQLite's rowid is never NULL, whatever its column says.
    let nullable = column.nullable != Known::Value(false) && column.identity.is_none();
    let given = match (&column.generated, column.identity) {
        (Some(_), _) | (None, Some(Identity::Always)) => Given::Never,
        (None, Some(Identity::ByDefault)) => Given::Optional,
        (None, None) if nullable || column.default.is_some() => Given::Optional,
        (None, None) => Given::Required,
    };
    let generated = column.generated.as_ref().map(|one| (one.expression.clone().unwrap_or_default(), one.stored));
    Column {
        name: column.name.clone(),
        native: column.native_type.clone(),
        r#type,
        nullable,
        given,
        default: column.default.clone().filter(|_| column.generated.is_none()),
        identity: column.identity,
        generated,
        comment: column.comment.clone(),
    }
}

/// Enumerations and composites that something uses, in order.
impl Types {
    fn used(
        self,
        catalog: &Catalog,
        relations: &[Relation],
        chosen: &impl Fn(&str) -> bool,
    ) -> (Vec<Enumeration>, Vec<Composite>) {
        let mut wanted: Vec<Name> = Vec::new();
        for column in relations.iter().flat_map(|one| &one.columns) {
            self.names_in(&column.r#type, &mut wanted);
        }
        // What nothing uses yet is there for something.
        let own = catalog.types.iter().filter(|one| matches!(one.kind, TypeKind::Enum | TypeKind::Composite));
        for one in own {
            let schema = catalog.schemas.get(one.schema.0 as usize);
            if schema.is_some_and(|schema| !schema.system && chosen(&schema.name)) {
                self.names_in_named(&Name::new(catalog.schema_name(one.schema), &one.name), &mut wanted);
            }
        }
        wanted.sort();
        wanted.dedup();
        let enumerations = wanted.iter().filter_map(|name| self.enumerations.get(name).cloned()).collect();
        let composites = wanted.iter().filter_map(|name| self.composites.get(name).cloned()).collect();
        (enumerations, composites)
    }
}
