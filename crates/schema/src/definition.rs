//! A definition: objects by identity, each with what is said of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::{ConstraintKind, Enabled, Generated, Identity, ObjectKey, ObjectKind, RoutineKind, RowSecurity};
use policy::listing::Draft;
use serde::{Deserialize, Serialize};

use crate::role::Role;

/// The product whose statements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// SQLite.
    Sqlite,
}

/// A product and its version, as a number that orders (`180004`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The product.
    pub engine: Engine,
    /// Its version.
    pub version: u32,
}

impl Server {
    /// A PostgreSQL server of this version (`180004`).
    pub fn postgres(version: u32) -> Self {
        Server { engine: Engine::Postgres, version }
    }

    /// A MariaDB server of this version (`101100`).
    pub fn mariadb(version: u32) -> Self {
        Server { engine: Engine::MariaDb, version }
    }

    /// An SQLite library of this version (`3050004`).
    pub fn sqlite(version: u32) -> Self {
        Server { engine: Engine::Sqlite, version }
    }

    /// The dialect its statements are written in.
    pub fn dialect(self) -> &'static sql::Dialect {
        match self.engine {
            Engine::Postgres => sql::dialect::postgres(),
            Engine::MySql | Engine::MariaDb => sql::dialect::mysql(),
            Engine::Sqlite => sql::dialect::sqlite(),
        }
    }
}

/// What a database is made of. Keys name no database, so that those of two databases meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Whose it is.
    pub server: Server,
    /// Schemas in which names without one are looked for, in order.
    pub search_path: Vec<String>,
    /// The objects.
    #[serde(with = "pairs")]
    pub objects: BTreeMap<ObjectKey, Object>,
    /// What is there and neither compared nor written.
    pub left_out: Vec<LeftOut>,
}

/// Maps with keys that JSON has no room for, as lists of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use catalog::ObjectKey;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Object;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<ObjectKey, Object>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<ObjectKey, Object>, D::Error> {
        Ok(Vec::<(ObjectKey, Object)>::deserialize(from)?.into_iter().collect())
    }
}

/// An object that is not compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which.
    pub key: ObjectKey,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

/// An object: what every kind may have, and its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// What only its kind has.
    pub body: Body,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who may do what with it, without what its owner may.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub privileges: BTreeSet<Privilege>,
}

/// A right on an object or on a column of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Privilege {
    /// Who has it; `PUBLIC` for everyone.
    pub grantee: String,
    /// Whether they may pass it on.
    pub grantable: bool,
    /// What it allows, as the server names it.
    pub privilege: String,
    /// Only this column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// What only one kind of object has. Texts are the server's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A namespace.
    Schema,
    /// An extension.
    Extension {
        /// Its version.
        version: Option<String>,
        /// The schema its objects are in.
        schema: Option<String>,
    },
    /// A type.
    Type(TypeBody),
    /// A sequence that is no identity column's.
    Sequence(Sequence),
    /// A table, partitioned or not, or a partition.
    Table(Table),
    /// A column of a table.
    Column(Column),
    /// A primary key, unique, check, exclusion or named NOT NULL constraint.
    Constraint(Constraint),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// An index that is no constraint's.
    Index(Index),
    /// A view, materialized or not.
    View(View),
    /// A function or procedure.
    Routine(Routine),
    /// A trigger.
    Trigger(Trigger),
    /// A row-security policy.
    Policy(Draft),
    /// A statement that the server runs by a clock: its whole text.
    Event(String),
    /// A role of the cluster.
    Role(Role),
}

/// A type that users made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum TypeBody {
    /// An enumeration.
    Enum {
        /// Its labels, in their order.
        labels: Vec<String>,
    },
    /// A constrained base type.
    Domain(Domain),
    /// A row type of its own.
    Composite {
        /// Names and types.
        attributes: Vec<(String, String)>,
    },
    /// A range.
    Range {
        /// What it is a range of.
        subtype: String,
    },
}

/// A domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// What it narrows.
    pub base: String,
    /// Its default.
    pub default: Option<String>,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// Its checks: names and texts (`CHECK (…)`).
    pub checks: BTreeMap<String, String>,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its integer type.
    pub data_type: Option<String>,
    /// First value.
    pub start: Option<i64>,
    /// Least value.
    pub minimum: Option<i64>,
    /// Greatest value.
    pub maximum: Option<i64>,
    /// Step.
    pub increment: Option<i64>,
    /// Values that a session takes at a time.
    pub cache: Option<i64>,
    /// Whether it starts over at its end.
    pub cycle: bool,
    /// The column that it goes with.
    pub owned_by: Option<ObjectKey>,
}

/// What a table is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum TableKind {
    /// One that holds its rows.
    #[default]
    Ordinary,
    /// One whose rows are in partitions.
    Partitioned {
        /// How they are divided (`RANGE (at)`).
        by: String,
    },
}

/// A table, without what has an identity of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it is.
    pub kind: TableKind,
    /// The table it is a partition of, and which rows are in it (`FOR VALUES …`).
    pub partition: Option<(ObjectKey, String)>,
    /// The tables it inherits from.
    pub parents: Vec<ObjectKey>,
    /// Whether a crash empties it.
    pub unlogged: bool,
    /// Storage options (`fillfactor=70`).
    pub options: Vec<String>,
    /// Row security.
    pub row_security: RowSecurity,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its place among its table's, from 1. Only new ones are made by it: no server moves a column without a rewrite.
    pub ordinal: u32,
    /// Its type as the server prints it, with modifiers.
    pub native_type: String,
    /// Its collation where it is not the type's.
    pub collation: Option<String>,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Its default expression.
    pub default: Option<String>,
    /// Whether the server numbers it.
    pub identity: Option<IdentityColumn>,
    /// Whether it is computed.
    pub generated: Option<Generated>,
    /// All that is written behind its name, where definitions are texts (SQLite); the other fields are then what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Column {
    /// A column of a type that takes NULL.
    pub fn new(native_type: &str) -> Self {
        Column {
            ordinal: 0,
            native_type: native_type.to_owned(),
            collation: None,
            nullable: true,
            default: None,
            identity: None,
            generated: None,
            text: None,
        }
    }
}

/// How the server numbers a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityColumn {
    /// When it takes a given value.
    pub when: Identity,
    /// First value.
    pub start: i64,
    /// Step.
    pub increment: i64,
    /// Least and greatest value, where they are not those of the type.
    pub bounds: Option<(i64, i64)>,
    /// Values that a session takes at a time.
    pub cache: i64,
    /// Whether it starts over at its end.
    pub cycle: bool,
}

impl IdentityColumn {
    /// Numbers from 1, by 1.
    pub fn new(when: Identity) -> Self {
        IdentityColumn { when, start: 1, increment: 1, bounds: None, cache: 1, cycle: false }
    }
}

/// A constraint other than a foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// What it demands.
    pub demands: ConstraintKind,
    /// Its columns, in a key's order.
    pub columns: Vec<String>,
    /// Its text without its name (`CHECK (…)`).
    pub text: String,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that it refers to.
    pub references: ObjectKey,
    /// Columns there.
    pub referenced_columns: Vec<String>,
    /// Its text without its name (`FOREIGN KEY (…) REFERENCES …`).
    pub text: String,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its table or materialized view.
    pub relation: ObjectKey,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Columns and expressions, in their order.
    pub keys: Vec<String>,
    /// Its `CREATE INDEX` text.
    pub text: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Whether its rows are kept.
    pub materialized: bool,
    /// Its columns: names and types.
    pub columns: Vec<(String, String)>,
    /// The comments of its columns.
    pub column_comments: BTreeMap<String, String>,
    /// Options (`security_invoker=true`).
    pub options: Vec<String>,
    /// Its query.
    pub query: String,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    /// What it is.
    pub routine: RoutineKind,
    /// Its arguments with names and defaults.
    pub arguments: String,
    /// What it returns.
    pub returns: Option<String>,
    /// Its whole text.
    pub text: String,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Whether it fires.
    pub enabled: Enabled,
    /// Its whole text.
    pub text: String,
}

impl Definition {
    /// Nothing, of a server.
    pub fn new(server: Server) -> Self {
        Definition { server, search_path: Vec::new(), objects: BTreeMap::new(), left_out: Vec::new() }
    }

    /// Adds or replaces an object that nobody in particular owns or has rights on.
    pub fn insert(&mut self, key: ObjectKey, body: Body) {
        self.objects.insert(key, Object { body, owner: None, comment: None, privileges: BTreeSet::new() });
    }

    /// Whether it has a schema of this name, or is of a product without schemas.
    pub fn has_schema(&self, name: &str) -> bool {
        let of_name = |key: &ObjectKey| key.kind == ObjectKind::Schema && key.name == name;
        self.server.engine != Engine::Postgres || self.objects.keys().any(of_name)
    }

    /// The same without owners and privileges, which mean little on a server with other roles.
    #[must_use]
    pub fn without_access(mut self) -> Self {
        for object in self.objects.values_mut() {
            object.owner = None;
            object.privileges.clear();
        }
        self
    }

    /// What belongs to each relation and goes with it: columns, constraints, foreign keys, indexes, triggers, policies.
    pub fn parts(&self) -> HashMap<ObjectKey, Vec<(&ObjectKey, &Object)>> {
        let mut parts: HashMap<ObjectKey, Vec<(&ObjectKey, &Object)>> = HashMap::new();
        for (key, object) in &self.objects {
            if let Some(relation) = object.relation(key) {
                parts.entry(relation).or_default().push((key, object));
            }
        }
        parts
    }
}

impl Object {
    /// The relation that the object of this key is a part of.
    pub fn relation(&self, key: &ObjectKey) -> Option<ObjectKey> {
        match &self.body {
            Body::Index(index) => Some(index.relation.clone()),
            _ => relation_of(key),
        }
    }
}

impl Body {
    /// Everything in which other objects may be named.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        match self {
            Body::Schema | Body::Sequence(_) | Body::Role(_) | Body::Type(TypeBody::Enum { .. }) => {}
            Body::Extension { schema, .. } => texts.extend(schema.as_deref()),
            Body::Type(TypeBody::Domain(domain)) => {
                texts.push(&domain.base);
                texts.extend(domain.default.iter().chain(domain.checks.values()).map(String::as_str));
            }
            Body::Type(TypeBody::Composite { attributes }) => {
                texts.extend(attributes.iter().map(|(_, of)| of.as_str()));
            }
            Body::Type(TypeBody::Range { subtype }) => texts.push(subtype),
            Body::Table(table) => {
                let parents = table.partition.iter().map(|(parent, _)| parent).chain(&table.parents);
                texts.extend(parents.map(|parent| parent.name.as_str()));
            }
            Body::Column(column) => {
                texts.push(&column.native_type);
                texts.extend(column.default.as_deref());
                texts.extend(column.generated.as_ref().and_then(|one| one.expression.as_deref()));
            }
            Body::Constraint(one) => texts.push(&one.text),
            Body::ForeignKey(one) => texts.push(&one.text),
            Body::Index(one) => texts.push(&one.text),
            Body::View(view) => texts.push(&view.query),
            Body::Routine(one) => texts.push(&one.text),
            Body::Trigger(one) => texts.push(&one.text),
            Body::Event(text) => texts.push(text),
            Body::Policy(draft) => texts.extend(draft.using.iter().chain(&draft.with_check).map(String::as_str)),
        }
        texts
    }
}

/// The relation that a key names its owner.
pub(crate) fn relation_of(key: &ObjectKey) -> Option<ObjectKey> {
    matches!(key.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy)
        .then(|| ObjectKey::relation(None, key.schema.as_deref(), key.signature.as_deref().unwrap_or_default()))
}
