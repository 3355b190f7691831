//! What `rowhouse docs` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse docs \"Sample shop\" --format html -o shop.html
  rowhouse docs production --format markdown --schema billing -o docs/database

html is one file that needs no network. markdown is a folder with a file for each object and README.md first; files of an earlier
time in it are written anew or removed, a folder with anything else in README.md's place is refused. docs/dictionary.md says more.

Exit status: 0 done, 2 wrong use, 3 no connection, 4 a statement failed or a name is not there,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.")]
pub(crate) struct Docs {
    /// A saved connection, a URL, a file, or a catalog file
    pub(crate) target: String,
    /// html or markdown
    #[arg(long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) format: DocsFormat,
    /// The file of html, or the folder of markdown
    #[arg(short = 'o', long = "output", value_name = "PATH")]
    pub(crate) output: PathBuf,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
    /// What it is called; without it, as the database is
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Without the diagram
    #[arg(long)]
    pub(crate) no_diagram: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// As what a dictionary is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocsFormat {
    Html,
    Markdown,
}
