//! What `policy` says of row security, against real servers: statements that make and unmake policies, the locks they take,
//! which rows a role really reaches, what expressions really are, and
//! which policies lead back to themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "policies/changes.rs"]
mod changes;
#[path = "policies/desk.rs"]
mod desk;
#[path = "policies/effects.rs"]
mod effects;
#[path = "policies/recursion.rs"]
mod recursion;
#[path = "catalog/server.rs"]
mod server;
#[path = "policies/truth.rs"]
mod truth;
