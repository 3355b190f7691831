//! What the rows are like, from outside.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic)]

#[path = "generate/columns.rs"]
mod columns;
#[path = "generate/declare.rs"]
mod declare;
#[path = "generate/golden.rs"]
mod golden;
#[path = "generate/keys.rs"]
mod keys;
#[path = "generate/refusals.rs"]
mod refusals;
#[path = "generate/whatever.rs"]
mod whatever;
