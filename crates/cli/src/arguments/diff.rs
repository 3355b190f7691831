//! What `rowhouse diff` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse diff staging production
  rowhouse diff production staging --format sql -o to-staging.sql
  rowhouse diff postgres://localhost/shop postgres://localhost/shop_next --rename app.orders.note=remark --format sql
  rowhouse diff production staging --no-access --check
  rowhouse diff released.catalog.json staging --format tree
  rowhouse diff production migrations/ --scratch postgres://localhost/postgres --no-access --format sql

The statements of --format sql make FROM into TO; each that loses something says so above it. The other way around they are the
way back. Neither side is ever changed by this command.

A catalog file is what `rowhouse schema TARGET --format catalog` wrote; no server is needed for it. A folder is what its migrations
make: they are applied to a scratch database, which is removed again, on the server that --scratch names. For SQLite that is a
temporary file, and nothing has to be named. The tables in which migration tools write down what they applied are left aside.

A rename is not guessed: without --rename, a column with another name is dropped and made anew. What looks like one is proposed.

Exit status: 0 done, 1 with --check where something differs, 2 wrong use, 3 no connection, 4 a statement failed,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.")]
pub(crate) struct Diff {
    /// A saved connection, a URL, a file, a catalog file or a folder of migrations: the database as it is
    pub(crate) from: String,
    /// The database as it is to be
    pub(crate) to: String,
    /// text, tree, sql or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum, hide_possible_values = true)]
    pub(crate) format: DiffFormat,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
    /// SCHEMA.TABLE=NAME or SCHEMA.TABLE.COLUMN=NAME: what has another name, and is the same
    #[arg(long = "rename", value_name = "OLD=NEW")]
    pub(crate) renames: Vec<String>,
    /// Where a folder's migrations may be applied to a scratch database: a server's target, or sqlite
    #[arg(long, value_name = "TARGET")]
    pub(crate) scratch: Option<String>,
    /// Leave owners and privileges aside: they mean little where roles are others
    #[arg(long)]
    pub(crate) no_access: bool,
    /// Exit with 1 where something differs
    #[arg(long)]
    pub(crate) check: bool,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// As what differences are written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiffFormat {
    Text,
    Tree,
    Sql,
    Json,
}
