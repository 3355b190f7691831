//! What a database contains, as plain data.
//!
//! A [`Catalog`] is an immutable description of one server's objects at one moment: flat vectors of
//! objects, `u32` newtype ids into them, and walkers that navigate between them. It is serialisable,
//! does no I/O and knows no driver: drivers fill it, and everything that reads a schema (explorer,
//! completion, diagram, policies, exporters) works on it with or without a server.
//!
//! It must not know SQL text beyond carrying it, nor connections, nor how a fact was read.
//!
//! ```
//! use catalog::{Catalog, Column, Known, Relation, RelationKind, Schema};
//!
//! let mut catalog = Catalog::default();
//! let schema = catalog.push_schema(Schema::named("public"));
//! let orders = catalog.push_relation(Relation::new(schema, "orders", RelationKind::Table));
//! catalog.columns.push(Column::new(orders, 1, "id", "bigint"));
//! catalog.seal();
//! let walker = catalog.relation(orders).expect("just added");
//! assert_eq!(walker.columns().len(), 1);
//! assert_eq!(walker.row().estimated_rows, Known::NotLoaded);
//! ```
#![deny(missing_docs)]

pub mod facts;
mod identity;
mod known;
mod model;
mod parts;
mod scope;
mod server;
mod walk;

pub use identity::{ObjectKey, ObjectKind};
pub use known::{Known, Told};
pub use model::{
    Catalog, Database, DatabaseId, Event, Grant, Routine, RoutineKind, Schema, SchemaId, Sequence, TypeKind,
    TypeObject, Volatility,
};
pub use parts::{
    Action, Column, Constraint, ConstraintKind, Enabled, ForeignKey, Generated, Identity, Index, IndexKey, Inferred,
    Policy, PolicyCommand, Relation, RelationId, RelationKind, RowSecurity, Trigger,
};
pub use scope::{Coverage, Kind, Scope};
pub use server::{
    EventTrigger, Extension, ExtensionMember, Membership, Others, Publication, PublishedTable, Role, RoleSetting,
};
pub use walk::RelationWalker;
