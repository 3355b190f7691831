//! The driver against real files.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "sqlite/altering.rs"]
mod altering;
#[path = "sqlite/catalog.rs"]
mod catalog;
#[path = "sqlite/editing.rs"]
mod editing;
#[path = "sqlite/errors.rs"]
mod errors;
#[path = "sqlite/opening.rs"]
mod opening;
#[path = "sqlite/read_only.rs"]
mod read_only;
#[path = "sqlite/scanning.rs"]
mod scanning;
#[path = "sqlite/shapes.rs"]
mod shapes;
#[path = "sqlite/statements.rs"]
mod statements;
#[path = "sqlite/support.rs"]
mod support;
#[path = "sqlite/values.rs"]
mod values;
