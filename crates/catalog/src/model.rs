use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Column, Constraint, Coverage, Enabled, EventTrigger, Extension, ExtensionMember, ForeignKey, Index, Kind, Known,
    Others, Policy, Publication, Relation, RelationId, Role, Trigger,
    identity::{ObjectKey, ObjectKind},
};

/// Index into [`Catalog::databases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatabaseId(pub u32);

/// Index into [`Catalog::schemas`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SchemaId(pub u32);

/// One server's objects at one moment, as flat vectors.
///
/// Parts of relations (columns, constraints …) are kept sorted by relation, so that a walker finds
/// them by binary search; [`Catalog::seal`] establishes that order and must be called once after filling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The connected database's name, as the server prints it.
    pub database: Option<String>,
    /// Schemas whose objects a new session finds without naming them, in order; empty where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_path: Vec<String>,
    /// Milliseconds since the Unix epoch at which it was read.
    pub as_of_ms: i64,
    /// How completely each kind was read; a kind that is missing here was not asked for.
    pub coverage: BTreeMap<Kind, Coverage>,
    /// Databases of the server; only the connected one has schemas here.
    pub databases: Vec<Database>,
    /// Schemas.
    pub schemas: Vec<Schema>,
    /// Relations of every kind, partitions included.
    pub relations: Vec<Relation>,
    /// Columns, by relation and ordinal.
    pub columns: Vec<Column>,
    /// Primary keys, unique, check and exclusion constraints.
    pub constraints: Vec<Constraint>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Triggers, without the server's internal ones.
    pub triggers: Vec<Trigger>,
    /// Row-security policies.
    pub policies: Vec<Policy>,
    /// Enums, domains, composite and range types.
    pub types: Vec<TypeObject>,
    /// Functions, procedures, aggregates.
    pub routines: Vec<Routine>,
    /// Sequences.
    pub sequences: Vec<Sequence>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Privileges on objects.
    pub grants: Vec<Grant>,
    /// Installed extensions.
    pub extensions: Vec<Extension>,
    /// What came with an extension and goes with it (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extension_members: Vec<ExtensionMember>,
    /// Statements that the server runs by a clock (MySQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// What the database publishes to subscribers (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    /// Triggers on statements that change the schema (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_triggers: Vec<EventTrigger>,
    /// What is there beside all this, by name only (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Others>,
}

impl Catalog {
    /// Adds a schema and returns its id.
    pub fn push_schema(&mut self, schema: Schema) -> SchemaId {
        self.schemas.push(schema);
        SchemaId(last_index(self.schemas.len()))
    }

    /// Adds a relation and returns its id.
    pub fn push_relation(&mut self, relation: Relation) -> RelationId {
        self.relations.push(relation);
        RelationId(last_index(self.relations.len()))
    }

    /// Sorts the parts of relations into the order the walkers rely on.
    pub fn seal(&mut self) {
        self.columns.sort_by_key(|column| (column.relation, column.ordinal));
        self.constraints.sort_by(|a, b| (a.relation, a.kind, &a.name).cmp(&(b.relation, b.kind, &b.name)));
        self.foreign_keys.sort_by(|a, b| (a.relation, &a.name).cmp(&(b.relation, &b.name)));
        self.indexes.sort_by(|a, b| (a.relation, &a.name).cmp(&(b.relation, &b.name)));
        self.triggers.sort_by(|a, b| (a.relation, &a.name).cmp(&(b.relation, &b.name)));
        self.policies.sort_by(|a, b| (a.relation, &a.name).cmp(&(b.relation, &b.name)));
    }

    /// Whether every one of these kinds was read in full: what exports, diffs and snapshots ask first.
    ///
    /// # Errors
    /// The first kind that was not, with why.
    pub fn complete(&self, kinds: &[Kind]) -> Result<(), (Kind, Coverage)> {
        for kind in kinds {
            match self.coverage.get(kind) {
                Some(Known::Value(()) | Known::Unsupported) => {}
                Some(other) => return Err((*kind, other.clone())),
                None => return Err((*kind, Known::NotLoaded)),
            }
        }
        Ok(())
    }

    /// The schema's name; empty for an id of another catalog.
    pub fn schema_name(&self, id: SchemaId) -> &str {
        self.schemas.get(id.0 as usize).map_or("", |schema| schema.name.as_str())
    }

    /// Looks a relation up by names; `schema` `None` takes the first of that name in schema order.
    pub fn find_relation(&self, schema: Option<&str>, name: &str) -> Option<RelationId> {
        self.relations
            .iter()
            .position(|relation| {
                relation.name == name && schema.is_none_or(|schema| self.schema_name(relation.schema) == schema)
            })
            .map(|index| RelationId(index as u32))
    }

    /// The identity of a relation.
    pub fn relation_key(&self, id: RelationId) -> Option<ObjectKey> {
        let relation = self.relations.get(id.0 as usize)?;
        Some(ObjectKey {
            database: self.database.clone(),
            schema: Some(self.schema_name(relation.schema).to_owned()),
            kind: ObjectKind::Relation,
            name: relation.name.clone(),
            signature: None,
        })
    }
}

fn last_index(len: usize) -> u32 {
    u32::try_from(len.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// A database of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Its name; for an SQLite file, the file's name.
    pub name: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its encoding, as the server names it.
    pub encoding: Option<String>,
    /// Its default collation.
    pub collation: Option<String>,
    /// Whether this catalog was read from it.
    pub current: bool,
    /// Whether the login may connect to it.
    pub may_connect: Known<bool>,
    /// Its size.
    pub bytes: Known<u64>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The encoding of what is made in it, where it has one of its own, as the server names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The collation of what is made in it, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Whether the server made it for itself.
    pub system: bool,
    /// Whether the login may use it; its objects are listed either way.
    pub may_use: Known<bool>,
}

impl Schema {
    /// A schema of which only the name is known.
    pub fn named(name: &str) -> Self {
        Schema { name: name.to_owned(), ..Schema::default() }
    }
}

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// An enumeration; its labels are in order.
    Enum,
    /// A constrained base type.
    Domain,
    /// A row type of its own.
    Composite,
    /// A range or multirange.
    Range,
    /// A base type added by an extension or user.
    Base,
}

/// A type that users or extensions made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeObject {
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TypeKind,
    /// An enum's labels, in sort order.
    pub labels: Vec<String>,
    /// A domain's base type or a range's subtype, as the server prints it.
    pub base_type: Option<String>,
    /// A composite's attributes: name and type.
    pub attributes: Vec<(String, String)>,
    /// A domain's NOT NULL and CHECK texts.
    pub constraints: Vec<String>,
    /// The names of its CHECKs, in the order of their texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check_names: Vec<String>,
    /// A domain's default, as the server prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// What a routine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate function.
    Aggregate,
    /// A window function.
    Window,
}

/// What a function promises about its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// Same arguments, same result, forever.
    Immutable,
    /// Same within one statement.
    Stable,
    /// Anything.
    Volatile,
}

/// A function, procedure or aggregate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RoutineKind,
    /// Its arguments with names and defaults, as the server prints them.
    pub arguments: Option<String>,
    /// The arguments that identify it among namesakes.
    pub identity_arguments: Option<String>,
    /// What it returns, as the server prints it.
    pub returns: Option<String>,
    /// The language it is written in.
    pub language: Option<String>,
    /// What it promises.
    pub volatility: Option<Volatility>,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// Settings fixed for its run, such as `search_path=public`.
    pub settings: Vec<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its full definition.
    pub definition: Known<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: String,
    /// Its integer type, as the server prints it.
    pub data_type: Option<String>,
    /// First value.
    pub start: Option<i64>,
    /// Least value.
    pub minimum: Option<i64>,
    /// Greatest value.
    pub maximum: Option<i64>,
    /// Step.
    pub increment: Option<i64>,
    /// How many values a session takes at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
    /// Whether it starts over at its end.
    pub cycle: bool,
    /// The last value handed out; `Value(None)` before the first use.
    pub last_value: Known<Option<i64>>,
    /// The column that owns it: schema, relation, column.
    pub owned_by: Option<(String, String, String)>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A privilege on an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What it is on.
    pub object: ObjectKey,
    /// Only this column.
    pub column: Option<String>,
    /// Who has it; `PUBLIC` for everyone.
    pub grantee: String,
    /// Who gave it.
    pub grantor: Option<String>,
    /// What it allows, as the server names it (`SELECT` …).
    pub privilege: String,
    /// Whether the grantee may pass it on.
    pub grantable: bool,
}

/// A statement that the server runs by a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: String,
    /// When it runs, as the server reads it (`EVERY 1 DAY STARTS '…'`, `AT '…'`).
    pub schedule: String,
    /// The time zone of the schedule.
    pub time_zone: Option<String>,
    /// Whether it runs.
    pub enabled: Enabled,
    /// Whether it stays after its last run.
    pub preserved: bool,
    /// When it last ran, as the server prints it; `Value(None)` before the first time.
    pub last_run: Known<Option<String>>,
    /// With whose rights it runs.
    pub owner: Option<String>,
    /// What it runs.
    pub definition: Known<String>,
    /// Its comment.
    pub comment: Option<String>,
}
