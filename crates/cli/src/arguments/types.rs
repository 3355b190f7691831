//! What `rowhouse types` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse types \"Sample shop\" --for typescript -o src/database.ts
  rowhouse types production --for kysely --schema public --schema billing
  rowhouse types production --for kysely --check src/database.ts

With --check the file is compared with what the database says now: nothing is written, breaking changes are told apart from
additions, and the exit status is 1 when the file is out of date. docs/types.md says which type becomes what.

Exit status: 0 done, 1 the file is out of date, 2 wrong use, 3 no connection, 4 a statement failed or a name is not there,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.")]
pub(crate) struct Types {
    /// A saved connection, a URL, a file, or a catalog file
    pub(crate) target: String,
    /// typescript, kysely, drizzle, prisma, zod or rust
    #[arg(long = "for", value_name = "LANGUAGE", value_enum, hide_possible_values = true)]
    pub(crate) language: TypeLanguage,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
    /// Say whether this file, written before, still holds
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
    /// With --check: text or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        value_enum,
        hide_possible_values = true,
        requires = "check"
    )]
    pub(crate) format: CheckFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// What types are written for.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeLanguage {
    Typescript,
    Kysely,
    Drizzle,
    Prisma,
    Zod,
    Rust,
}

/// How a check is told.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckFormat {
    Text,
    Json,
}
