//! How a database is defined, what tells two definitions apart, and the statements that make one into the other.
//!
//! A [`Definition`] holds every object by its identity, each with what the server says of it. [`Comparison`] says what differs
//! between two of them, and [`plan`] writes the statements from one to the other, in the order in which they can run. One way
//! serves all: changes that a person stages, the way back from them, and the difference of two databases.
//!
//! ```
//! use catalog::ObjectKey;
//! use schema::{Body, Column, Definition, Object, Options, Server, Table, plan};
//!
//! let empty = Definition::new(Server::postgres(180_000));
//! let mut wanted = empty.clone();
//! let notes = ObjectKey::relation(None, Some("public"), "notes");
//! wanted.insert(notes.clone(), Body::Table(Table::default()));
//! wanted.insert(ObjectKey::column(&notes, "body"), Body::Column(Column::new("text")));
//!
//! let there = plan(&empty, &wanted, &Options::default()).expect("PostgreSQL's statements are known");
//! assert_eq!(there.steps[0].sql, "CREATE TABLE public.notes (\n    body text\n)");
//! let back = plan(&wanted, &empty, &Options::default()).expect("the same");
//! assert_eq!(back.steps[0].sql, "DROP TABLE public.notes");
//! assert!(back.steps[0].loses.is_some());
//! ```
//!
//! It must not know: any driver, any connection, the window. What the server alone can say (whether a cast exists, what a
//! function's body does) it does not guess.
#![deny(missing_docs)]

mod clauses;
mod compare;
mod definition;
mod edit;
mod elements;
mod forms;
mod mysql;
mod needs;
mod order;
mod partitions;
mod plan;
mod postgres;
mod read;
mod rename;
mod role;
mod signature;
mod sketch;
mod sqlite;
mod widening;
mod written;

pub use clauses::column_text;
pub use compare::{Comparison, Difference, Facet, What};
pub use definition::{
    Body, Column, Constraint, Definition, Domain, Engine, ForeignKey, IdentityColumn, Index, LeftOut, Object,
    Privilege, Routine, Sequence, Server, Table, TableKind, Trigger, TypeBody, View,
};
pub use edit::{Conflict, Draft, Edit, Group};
pub use forms::{ForeignKeyForm, IndexForm, KeyForm};
pub use partitions::{Bound, Misfit, PartitionKey, PartitionWay, Partitioning};
pub use plan::{Batch, Loss, Options, Plan, Refusal, Stage, Step, Verb, plan};
pub use read::Incomplete;
pub use rename::{Rename, proposed};
pub use role::{Membership, Role};
pub use sketch::{Mark, Sketch, sketch};
pub use written::WrittenError;
