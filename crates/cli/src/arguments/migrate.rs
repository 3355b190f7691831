//! What `rowhouse migrate` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::PasswordInput;

#[derive(Subcommand, Debug)]
pub(crate) enum Migrate {
    /// Print the migrations of a folder, and how each stands in a database
    Status(MigrateStatus),
    /// Apply what is pending
    Up(MigrateRun),
    /// Take applied migrations back, the last first
    Down(MigrateRun),
    /// Try a folder on a scratch database: all of it up, and whether each down brings back what was there
    Check(MigrateCheck),
    /// Write a migration: from what is staged of a connection, or from statements
    Create(MigrateCreate),
    /// Print what a database says was applied to it, by whatever tool
    History(MigrateHistory),
    /// Say what became of a migration that failed, once it was put right by hand
    Settle(MigrateSettle),
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate status migrations production
  rowhouse migrate status migrations production --format json
  rowhouse migrate status migrations staging --check

The folder is one of sqlx's: VERSION_name.up.sql and VERSION_name.down.sql, or VERSION_name.sql. Folders of Flyway, Prisma, Drizzle and
Supabase are read too, and applied by their own tools.

Exit status: 0 done, 1 with --check where anything is not applied as it stands in the folder, 2 wrong use, 3 no connection,
4 a statement failed, 7 a local problem, 130 interrupted.")]
pub(crate) struct MigrateStatus {
    /// The folder
    pub(crate) folder: String,
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum, hide_possible_values = true)]
    pub(crate) format: MigrateFormat,
    /// Exit with 1 where anything is pending, late, missing, failed, or not what was applied
    #[arg(long)]
    pub(crate) check: bool,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate up migrations staging --dry-run
  rowhouse migrate up migrations staging --yes
  rowhouse migrate down migrations staging --to 20261101120000

What would run is printed on stderr first, with the locks it takes. PostgreSQL and SQLite keep a migration as a whole or not at all; one
that begins with -- no-transaction, and every one on MySQL and MariaDB, is kept statement by statement, and how far it came is known.

--dry-run prints the statements and tries them: in a transaction that is rolled back where the engine can, else on a scratch database.

Exit status: 0 done or nothing to do, 2 wrong use, 3 no connection, 4 the server refused a statement or a lock was not to be had,
5 refused by a safety level or not confirmed, 7 a local problem, 130 interrupted.")]
pub(crate) struct MigrateRun {
    /// The folder
    pub(crate) folder: String,
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// up: to this version and with it. down: to this version, which stays; without it only the last one is taken back
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Print what would run and try it; nothing of it stays
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The most milliseconds a lock is waited for
    #[arg(long, value_name = "MS", default_value = "5000", value_parser = clap::value_parser!(u32).range(1..=600_000))]
    pub(crate) lock_timeout: u32,
    /// Say yes to what would be asked
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate check migrations --scratch postgres://localhost/postgres
  rowhouse migrate check migrations --scratch shop.db

A database that is made for it and goes again, on the server of --scratch; for SQLite a file beside nothing. Nothing of --scratch
itself is read or changed.

Exit status: 0 all is well, 1 a migration failed, or a down does not bring back what was there, 2 wrong use, 3 no connection,
5 refused by a safety level, 7 a local problem, 130 interrupted.")]
pub(crate) struct MigrateCheck {
    /// The folder
    pub(crate) folder: String,
    /// A saved connection, a URL or a file: on whose server the scratch database is made
    #[arg(long, value_name = "TARGET")]
    pub(crate) scratch: String,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum, hide_possible_values = true)]
    pub(crate) format: MigrateFormat,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate create migrations \"orders have remarks\" --staged production
  rowhouse migrate create migrations \"orders have remarks\" --up up.sql --down down.sql
  rowhouse diff production staging --format sql | rowhouse migrate create migrations \"as on staging\" --up -

The names of the files that were written are printed. What a down does not bring back stands above it as a comment.")]
pub(crate) struct MigrateCreate {
    /// The folder; it is made where it is missing
    pub(crate) folder: String,
    /// What it is called, in words
    pub(crate) name: String,
    /// A saved connection: what is staged of it, with its way back
    #[arg(long, value_name = "TARGET", required_unless_present = "up", conflicts_with_all = ["up", "down"])]
    pub(crate) staged: Option<String>,
    /// The statements; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) up: Option<PathBuf>,
    /// The statements that take them back
    #[arg(long, value_name = "FILE", requires = "up")]
    pub(crate) down: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate history production
  rowhouse migrate history production --format json

Read are the histories of sqlx, Flyway, Liquibase, Prisma, Drizzle, Rails, Django and Supabase.")]
pub(crate) struct MigrateHistory {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum, hide_possible_values = true)]
    pub(crate) format: MigrateFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse migrate settle migrations shop 20261122093000 --as applied
  rowhouse migrate settle migrations shop 20261122093000 --as reverted

Only the history is changed. Until a failed migration is settled, nothing else is applied.")]
pub(crate) struct MigrateSettle {
    /// The folder
    pub(crate) folder: String,
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The migration that failed
    pub(crate) version: String,
    /// applied: all it does is there now. reverted: nothing of it is there any more
    #[arg(long = "as", value_name = "STATE", value_enum, hide_possible_values = true)]
    pub(crate) settled: MigrateSettled,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// As what a status is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MigrateFormat {
    Text,
    Json,
}

/// How a failed migration was put right.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MigrateSettled {
    Applied,
    Reverted,
}
