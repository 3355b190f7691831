//! Row security tried out on real servers: suites of statements against a plain session, statements that try to escape, what
//! is said of rows, expressions as they are typed, and changes that wait for locks. Nothing may be left behind.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code)]

#[path = "row_security/applying.rs"]
mod applying;
#[path = "row_security/checking.rs"]
mod checking;
#[path = "policies/desk.rs"]
mod desk;
#[path = "row_security/escaping.rs"]
mod escaping;
#[path = "row_security/rows.rs"]
mod rows;
#[path = "catalog/server.rs"]
mod server;
#[path = "row_security/stage.rs"]
mod stage;
#[path = "row_security/suites.rs"]
mod suites;
