//! The catalog, definition texts and page statements against real servers (`tests/servers/README.md` says which).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "catalog/access.rs"]
mod access;
#[path = "catalog/definitions.rs"]
mod definitions;
#[path = "catalog/golden.rs"]
mod golden;
#[path = "catalog/inherited.rs"]
mod inherited;
#[path = "catalog/pages.rs"]
mod pages;
#[path = "catalog/roles.rs"]
mod roles;
#[path = "catalog/round_trip.rs"]
mod round_trip;
#[path = "catalog/server.rs"]
mod server;
#[path = "catalog/shapes.rs"]
mod shapes;
