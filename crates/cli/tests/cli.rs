//! The built binary, driven as a script would drive it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "cli/acting.rs"]
mod acting;
#[path = "cli/activity.rs"]
mod activity;
#[path = "cli/advise.rs"]
mod advise;
#[path = "cli/audit.rs"]
mod audit;
#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/catalog_files.rs"]
mod catalog_files;
#[path = "cli/connections.rs"]
mod connections;
#[path = "cli/consent.rs"]
mod consent;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/diff_folders.rs"]
mod diff_folders;
#[path = "cli/docs.rs"]
mod docs;
#[path = "cli/erd.rs"]
mod erd;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/export.rs"]
mod export;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/generate.rs"]
mod generate;
#[path = "cli/harness.rs"]
mod harness;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/interchange.rs"]
mod interchange;
#[path = "cli/interrupting.rs"]
mod interrupting;
#[path = "cli/killed.rs"]
mod killed;
#[path = "cli/migrate.rs"]
mod migrate;
#[path = "cli/policy.rs"]
mod policy;
#[path = "cli/pseudo_terminal.rs"]
mod pseudo_terminal;
#[path = "cli/read_only.rs"]
mod read_only;
#[path = "cli/relay.rs"]
mod relay;
#[path = "cli/sample.rs"]
mod sample;
#[path = "cli/saved.rs"]
mod saved;
#[path = "cli/schema.rs"]
mod schema;
#[path = "cli/schema_text.rs"]
mod schema_text;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/store.rs"]
mod store;

#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/types.rs"]
mod types;
