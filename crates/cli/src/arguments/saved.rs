//! The arguments of `rowhouse saved`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};

use super::{ListFormat, PasswordInput, RowFormat, parameter, row_format, seconds};

#[derive(Subcommand, Debug)]
pub(crate) enum Saved {
    /// List saved queries
    List {
        /// Words that must all occur in name, folder, tags or text
        words: Vec<String>,
        /// Only this folder and those in it
        #[arg(long)]
        folder: Option<String>,
        /// Only those with this tag; may be given several times
        #[arg(long = "tag", value_name = "TAG")]
        tags: Vec<String>,
        /// table or json
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
    },
    /// Print a saved query's text
    Show {
        /// Its path (Sales/By day), or its name where only one has it
        name: String,
        /// table prints the text alone, json everything
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: ListFormat,
    },
    /// Run a saved query and print what comes back
    #[command(after_help = "\
Examples:
  rowhouse saved run \"Sales/By day\" --param day=2026-11-01
  rowhouse saved run \"Sales/By day\" --on staging --format csv -o day.csv

Without --on it runs on the connection it is for. Everything else is as with rowhouse query.")]
    Run(Box<SavedRun>),
    /// Read a folder of .sql files, and the folders in it
    #[command(after_help = "\
What was exported brings its name and tags along; any other .sql file is named after itself. A saved query of the same
folder and name that says something else is kept, and the command exits with 7, unless --replace. Nothing is removed.")]
    Import {
        /// The folder
        folder: PathBuf,
        /// The folder of saved queries everything is put into
        #[arg(long, value_name = "FOLDER")]
        into: Option<String>,
        /// Take the files' texts where a saved query says something else
        #[arg(long)]
        replace: bool,
    },
    /// Write saved queries as .sql files for a team's repository, a folder for each of theirs
    Export {
        /// The folder; made where it is not there
        folder: PathBuf,
        /// Only this folder of saved queries
        #[arg(long, value_name = "FOLDER")]
        from: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct SavedRun {
    /// Its path (Sales/By day), or its name where only one has it
    pub(crate) name: String,
    /// Where to run it: a saved connection, a URL or a file
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) on: Option<String>,
    /// A value for a placeholder of the text: $1 is 1, :id is id; NAME alone is NULL. Others are asked for on a terminal
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, Option<String>)>,
    /// table, csv, json or ndjson
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = row_format)]
    pub(crate) format: RowFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Refuse whatever writes, also where the connection allows it
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Say yes to what would be asked: an UPDATE or DELETE of every row, and on staging and production DROP and TRUNCATE
    #[arg(long)]
    pub(crate) yes: bool,
    /// The most seconds a statement may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Of several result sets, write only the Nth
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) result: Option<u64>,
    /// Print no command tags and no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}
