use serde::{Deserialize, Serialize};

/// What kind of object an [`ObjectKey`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// A database of the server, or an SQLite file.
    Database,
    /// A namespace (MySQL: database; SQLite: attached database).
    Schema,
    /// Any relation: table, view, partition, foreign table. Its exact kind may change; its name does not tell it apart.
    Relation,
    /// A column of a relation; `name` is `relation.column` in [`ObjectKey::column`].
    Column,
    /// An index.
    Index,
    /// A constraint; `signature` holds the relation's name.
    Constraint,
    /// A trigger; `signature` holds the relation's name.
    Trigger,
    /// A row-security policy; `signature` holds the relation's name.
    Policy,
    /// A function, procedure or aggregate; `signature` holds its identity arguments.
    Routine,
    /// An enum, domain, composite or range type.
    Type,
    /// A sequence.
    Sequence,
    /// A role or user.
    Role,
    /// An installed extension.
    Extension,
    /// A statement that the server runs by a clock.
    Event,
    /// What a database publishes to subscribers.
    Publication,
    /// A trigger on statements that change the schema.
    EventTrigger,
}

/// The only identity of an object that is stored or sent. Server oids are rename hints, never identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectKey {
    /// The database that holds it; `None` for objects of the whole server.
    pub database: Option<String>,
    /// Its schema; `None` where the engine has none or the object is above schemas.
    pub schema: Option<String>,
    /// What it is.
    pub kind: ObjectKind,
    /// Its name exactly as the server keeps it, unquoted.
    pub name: String,
    /// What tells namesakes apart: a routine's arguments, the relation of a constraint, trigger or policy.
    pub signature: Option<String>,
}

impl ObjectKey {
    /// The key of a relation.
    pub fn relation(database: Option<&str>, schema: Option<&str>, name: &str) -> Self {
        ObjectKey {
            database: database.map(str::to_owned),
            schema: schema.map(str::to_owned),
            kind: ObjectKind::Relation,
            name: name.to_owned(),
            signature: None,
        }
    }

    /// The key of a relation's column: `name` is the column, `signature` the relation.
    pub fn column(relation: &ObjectKey, column: &str) -> Self {
        ObjectKey {
            kind: ObjectKind::Column,
            name: column.to_owned(),
            signature: Some(relation.name.clone()),
            ..relation.clone()
        }
    }
}
