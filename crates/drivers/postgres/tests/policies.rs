//! What `policy` says of row security, against real servers: statements that make and unmake policies, the locks they take, that
//! policies made again are the same, which rows a role really reaches, by MERGE too, what expressions really are, which policies
//! lead back to themselves, which ways lead around them, that templates keep what they promise and that suites find holes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "policies/changes.rs"]
mod changes;
#[path = "policies/desk.rs"]
mod desk;
#[path = "policies/effects.rs"]
mod effects;
#[path = "policies/merge.rs"]
mod merge;
#[path = "policies/recreating.rs"]
mod recreating;
#[path = "policies/recursion.rs"]
mod recursion;
#[path = "catalog/server.rs"]
mod server;
#[path = "policies/suites.rs"]
mod suites;
#[path = "policies/templates.rs"]
mod templates;
#[path = "policies/truth.rs"]
mod truth;
#[path = "policies/ways.rs"]
mod ways;
