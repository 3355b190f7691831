use serde::{Deserialize, Serialize};

use crate::Known;

/// A kind of catalog content that is read with one query and reported as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Databases of the server.
    Databases,
    /// Schemas of the connected database.
    Schemas,
    /// Relations, with sizes and estimates.
    Relations,
    /// Columns.
    Columns,
    /// Primary keys, unique, check and exclusion constraints.
    Constraints,
    /// Foreign keys.
    ForeignKeys,
    /// Indexes.
    Indexes,
    /// Triggers.
    Triggers,
    /// Row-security policies.
    Policies,
    /// Enums, domains, composite and range types.
    Types,
    /// Functions, procedures, aggregates.
    Routines,
    /// Sequences.
    Sequences,
    /// Roles and memberships.
    Roles,
    /// Privileges.
    Grants,
    /// Extensions.
    Extensions,
    /// Statements that the server runs by a clock.
    Events,
    /// What is published to subscribers.
    Publications,
    /// Triggers on statements that change the schema.
    EventTriggers,
    /// What is told by its name only.
    Others,
}

impl Kind {
    /// Every kind, in reading order.
    pub const ALL: [Kind; 19] = [
        Kind::Databases,
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
        Kind::Roles,
        Kind::Grants,
        Kind::Extensions,
        Kind::Events,
        Kind::Publications,
        Kind::EventTriggers,
        Kind::Others,
    ];

    /// What people call it, in the plural.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Databases => "databases",
            Kind::Schemas => "schemas",
            Kind::Relations => "relations",
            Kind::Columns => "columns",
            Kind::Constraints => "constraints",
            Kind::ForeignKeys => "foreign keys",
            Kind::Indexes => "indexes",
            Kind::Triggers => "triggers",
            Kind::Policies => "policies",
            Kind::Types => "types",
            Kind::Routines => "functions",
            Kind::Sequences => "sequences",
            Kind::Roles => "roles",
            Kind::Grants => "privileges",
            Kind::Extensions => "extensions",
            Kind::Events => "events",
            Kind::Publications => "publications",
            Kind::EventTriggers => "event triggers",
            Kind::Others => "other objects",
        }
    }

    /// What the explorer, completion and search need at once. Definition texts are not part of it.
    pub const LEAN: [Kind; 11] = [
        Kind::Databases,
        Kind::Schemas,
        Kind::Relations,
        Kind::Columns,
        Kind::Constraints,
        Kind::ForeignKeys,
        Kind::Indexes,
        Kind::Types,
        Kind::Routines,
        Kind::Sequences,
        Kind::Events,
    ];
}

/// How completely one kind was read: `Value(())` means every object the server has.
pub type Coverage = Known<()>;

/// What to read. The default is the lean catalog of the connected database without system schemas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The kinds to read; each is one query.
    pub kinds: Vec<Kind>,
    /// Only these schemas; `None` is all of them.
    pub schemas: Option<Vec<String>>,
    /// Only this relation (or sequence) and its parts, within `schemas`. Of privileges also those over what it is in, where
    /// the server hands them down.
    pub relation: Option<String>,
    /// Also the server's own schemas.
    pub include_system: bool,
    /// Also definition texts (views, routines, triggers, indexes, constraints).
    pub definitions: bool,
    /// Also the sizes of relations where those are found only by reading what they hold (SQLite).
    pub sizes: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Scope {
            kinds: Kind::LEAN.to_vec(),
            schemas: None,
            relation: None,
            include_system: false,
            definitions: false,
            sizes: true,
        }
    }
}

impl Scope {
    /// Everything, with definition texts.
    pub fn complete() -> Self {
        Scope { kinds: Kind::ALL.to_vec(), definitions: true, ..Scope::default() }
    }

    /// One relation with all its parts and definition texts.
    pub fn relation(schema: Option<&str>, name: &str) -> Self {
        Scope {
            kinds: vec![
                Kind::Schemas,
                Kind::Relations,
                Kind::Columns,
                Kind::Constraints,
                Kind::ForeignKeys,
                Kind::Indexes,
                Kind::Triggers,
                Kind::Policies,
            ],
            schemas: schema.map(|schema| vec![schema.to_owned()]),
            relation: Some(name.to_owned()),
            include_system: true,
            definitions: true,
            sizes: true,
        }
    }

    /// Whether this kind is to be read.
    pub fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }
}
