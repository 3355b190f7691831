//! What may stand on the command line, and the help that teaches it.

mod connections;
mod diff;
mod docs;
mod erd;
mod explain;
mod generate;
mod migrate;
mod policy;
mod saved;
mod schema;
mod transfer;
mod types;

use std::{path::PathBuf, time::Duration};

use app::api::AuditKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use time::{Date, macros::format_description};

pub(crate) use connections::{Connections, Details, Environment, ImportSource, PasswordPolicy, Safety};
pub(crate) use diff::{Diff, DiffFormat};
pub(crate) use docs::{Docs, DocsFormat};
pub(crate) use erd::{Erd, ErdColumns, ErdFormat, ErdGroup};
pub(crate) use explain::{Explain, PlanFormat};
pub(crate) use generate::Generate;
pub(crate) use migrate::{
    Migrate, MigrateCheck, MigrateCreate, MigrateFormat, MigrateHistory, MigrateRun, MigrateSettle, MigrateSettled,
    MigrateStatus,
};
pub(crate) use policy::{
    Advise, Policy, PolicyApply, PolicyCheck, PolicyFormat, PolicyLast, PolicyList, PolicyMatrix, PolicyShow,
    PolicyTest, TestFormat,
};
pub(crate) use saved::{Saved, SavedRun};
pub(crate) use schema::{Schema, SchemaFormat};
pub(crate) use transfer::{Export, Import, file_format};
pub(crate) use types::{CheckFormat, TypeLanguage, Types};

const TARGETS: &str = "\
TARGET is the name of a saved connection (rowhouse connections list), a URL, or a file:
  \"Sample shop\"                      the built-in sample database, always there
  postgres://ann@db.example.org/shop  a PostgreSQL server
  sqlite:shop.db, ./shop.db           an SQLite file

A password comes from the keychain, from ROWHOUSE_PASSWORD, from ~/.pgpass or ~/.my.cnf, or from a prompt.

Exit status: 0 done, 2 wrong use, 3 no connection, 4 a statement failed, 5 refused by a safety level,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.";

/// Databases from the terminal: stdout is data, stderr is for people.
#[derive(Parser, Debug)]
#[command(name = "rowhouse", version, after_help = TARGETS, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Open the window, and a connection in it
    Open(Open),
    /// Saved connections: list, add, edit, duplicate, remove, test, export, import, trust
    #[command(subcommand)]
    Connections(Connections),
    /// Run SQL and print what comes back
    Query(Query),
    /// Write the rows of a table or a query to a file, whatever their number
    Export(Export),
    /// Put the rows of a file into a table
    Import(Box<Import>),
    /// Fill tables with made-up rows, the same ones for the same number
    Generate(Box<Generate>),
    /// Print the plan of a statement, or run it and measure it; what it changes is rolled back
    Explain(Explain),
    /// Print what a database contains
    Schema(Schema),
    /// Draw a database: a picture, a diagram as text, or JSON
    Erd(Erd),
    /// Compare two databases, and write the statements that make one into the other
    Diff(Diff),
    /// Write what a database contains as documentation: one HTML file, or a folder of Markdown
    Docs(Docs),
    /// Write a database as types for code, and check in CI whether what was written still holds
    Types(Types),
    /// Migrations: status, up, down, check, create, history, settle
    #[command(subcommand)]
    Migrate(Migrate),
    /// Row security: list, show, matrix, apply, last, check, test
    #[command(subcommand)]
    Policy(Policy),
    /// Run the advisor's rules: what is wrong with a database, or will be
    Advise(Advise),
    /// Saved queries: list, show, run, import, export
    #[command(subcommand)]
    Saved(Saved),
    /// Print the audit trail: what was sent that could change something, and how it ended
    Audit(Audit),
    /// Show what a server is doing, who waits for whom, and sizes; cancel and end sessions
    Activity(Activity),
    /// Forget what was recorded, for good: history, audit trail, kept catalogs, or everything
    Forget(Forget),
    /// Check this computer: store, keychain, drivers, display
    Doctor(Doctor),
}

#[derive(Args, Debug)]
#[command(after_help = "\
The window is the program rowhouse-desktop, beside this one or on PATH; it goes on when the terminal closes.
Where Rowhouse already runs, the same process opens one more window.")]
pub(crate) struct Open {
    /// A saved connection, a URL or a file
    pub(crate) target: Option<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse query \"Sample shop\" -c 'select * from customers limit 5'
  rowhouse query production -f report.sql --format csv -o report.csv
  echo 'select 1' | rowhouse query postgres://localhost/shop --format json
  rowhouse query shop.db -c 'select * from orders where id = :id' --param id=42

Several statements run in order, in one session; the first that fails ends the run. A transaction left open is
rolled back. csv is byte for byte what PostgreSQL's COPY … TO STDOUT CSV HEADER writes: NULL is nothing, empty
text is \"\". Numbers in json are the server's own digits.

Exit status: 0 done, 2 wrong use, 3 no connection, 4 a statement failed, 5 refused by a safety level,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.")]
pub(crate) struct Query {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The SQL to run
    #[arg(short = 'c', long = "command", value_name = "TEXT", conflicts_with = "file", allow_hyphen_values = true)]
    pub(crate) command: Option<String>,
    /// A file of SQL to run; - or neither -c nor -f reads standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
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
    /// A value for a placeholder of the text: $1 is 1, :id is id; NAME alone is NULL. Others are asked for on a terminal
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, Option<String>)>,
    /// Send it as somebody else: a role, an actor kept with the connection, or {"role", "claims", "settings"}
    #[arg(long = "as", value_name = "ACTOR")]
    pub(crate) acting: Option<String>,
    /// Print no command tags and no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug, Clone, Copy, Default)]
pub(crate) struct PasswordInput {
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Exit status: 0 when everything works, 7 when something does not.")]
pub(crate) struct Doctor {
    /// table or json
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ListFormat,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse audit --connection production --since 2026-11-01
  rowhouse audit update orders --kind write
  rowhouse audit --format csv -o audit.csv

Newest first. A statement is judged by its text: a query that calls a function that writes is not listed.")]
pub(crate) struct Audit {
    /// Words that must all occur in the statement, in what it changes or in the connection's name
    pub(crate) words: Vec<String>,
    /// Only this saved connection
    #[arg(long, value_name = "NAME")]
    pub(crate) connection: Option<String>,
    /// write, schema, access, export or unknown
    #[arg(long, value_name = "KIND", value_parser = audit_kind)]
    pub(crate) kind: Option<AuditKind>,
    /// Only from this day on, in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) since: Option<i64>,
    /// Only before this day, in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) until: Option<i64>,
    /// At most so many lines
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// table, csv, json or ndjson
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = row_format)]
    pub(crate) format: RowFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse activity production
  rowhouse activity production --locks
  rowhouse activity production --indexes --format csv -o indexes.csv
  rowhouse activity production --kill 4711 --yes

PostgreSQL, MySQL and MariaDB. What the login may not see is said on stderr. Cancelling and ending are refused on
read-only connections, and are in the audit trail; ending a session, and anything on production, wants --yes.")]
pub(crate) struct Activity {
    /// A saved connection, a URL
    pub(crate) target: String,
    /// Who waits for whom
    #[arg(long, conflicts_with_all = ["sizes", "indexes"])]
    pub(crate) locks: bool,
    /// Tables with their sizes and use
    #[arg(long, conflicts_with = "indexes")]
    pub(crate) sizes: bool,
    /// Indexes with their sizes and use
    #[arg(long)]
    pub(crate) indexes: bool,
    /// Cancel the statement of this session
    #[arg(long, value_name = "ID", conflicts_with_all = ["kill", "locks", "sizes", "indexes", "output"])]
    pub(crate) cancel: Option<String>,
    /// End this session
    #[arg(long, value_name = "ID", conflicts_with_all = ["locks", "sizes", "indexes", "output"])]
    pub(crate) kill: Option<String>,
    /// Say yes to what would be asked
    #[arg(long)]
    pub(crate) yes: bool,
    /// table, csv, json or ndjson
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = row_format)]
    pub(crate) format: RowFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "\
Examples:
  rowhouse forget --history --connection production
  rowhouse forget --history --audit --catalogs --yes
  rowhouse forget --everything --connections --yes

What is forgotten is overwritten in Rowhouse's own files and cannot be brought back. Whether a connection is recorded
at all is a switch in its form, and rowhouse connections edit NAME --record false.")]
pub(crate) struct Forget {
    /// Statements of the history
    #[arg(long)]
    pub(crate) history: bool,
    /// Lines of the audit trail
    #[arg(long)]
    pub(crate) audit: bool,
    /// Catalogs kept on disk
    #[arg(long)]
    pub(crate) catalogs: bool,
    /// Back to the first start: also tabs and their texts, settings and the sample; no window may be open
    #[arg(long, conflicts_with_all = ["history", "audit", "catalogs", "connection"])]
    pub(crate) everything: bool,
    /// With --everything: the saved connections and their secrets in the keychain too
    #[arg(long, requires = "everything")]
    pub(crate) connections: bool,
    /// Only what belongs to this saved connection
    #[arg(long, value_name = "NAME")]
    pub(crate) connection: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListFormat {
    Table,
    Json,
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowFormat {
    Table,
    Csv,
    Json,
    Ndjson,
}

impl RowFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            RowFormat::Table => "table",
            RowFormat::Csv => "csv",
            RowFormat::Json => "json",
            RowFormat::Ndjson => "ndjson",
        }
    }
}

fn audit_kind(text: &str) -> Result<AuditKind, String> {
    match text {
        "write" => Ok(AuditKind::Write),
        "schema" => Ok(AuditKind::Schema),
        "access" => Ok(AuditKind::Access),
        "export" => Ok(AuditKind::Export),
        "unknown" => Ok(AuditKind::Unknown),
        _ => Err("known are write, schema, access, export and unknown".to_owned()),
    }
}

/// The beginning of a day in UTC, in ms since the epoch.
fn day(text: &str) -> Result<i64, String> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]"));
    let date = date.map_err(|_| "a day looks like 2026-11-01".to_owned())?;
    Ok(date.midnight().assume_utc().unix_timestamp() * 1000)
}

fn row_format(text: &str) -> Result<RowFormat, String> {
    match text {
        "table" => Ok(RowFormat::Table),
        "csv" => Ok(RowFormat::Csv),
        "json" => Ok(RowFormat::Json),
        "ndjson" => Ok(RowFormat::Ndjson),
        "parquet" | "arrow" => Err(format!("{text} is not there yet; use csv, json or ndjson")),
        _ => Err("known are table, csv, json and ndjson".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || "a number of seconds greater than 0, such as 30 or 0.5".to_owned();
    let number: f64 = text.parse().map_err(|_| wrong())?;
    match Duration::try_from_secs_f64(number) {
        Ok(limit) if !limit.is_zero() && limit <= Duration::from_secs(31_536_000) => Ok(limit),
        _ => Err(wrong()),
    }
}

/// `$1=…`, `:id=…`, `@id=…` and the bare names are the same.
fn parameter(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let name = name.trim().trim_start_matches([':', '@', '$', '?']);
    if name.is_empty() {
        return Err("write NAME=VALUE, for example 1=42 or id=42".to_owned());
    }
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn seconds_are_positive_and_finite() {
        assert_eq!(seconds("0.5").unwrap(), Duration::from_millis(500));
        for wrong in ["0", "-1", "NaN", "inf", "1e30", "soon", ""] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_parameter_is_named_with_or_without_its_sigil() {
        assert_eq!(parameter("$1=a=b").unwrap(), ("1".into(), Some("a=b".into())));
        assert_eq!(parameter(":id=").unwrap(), ("id".into(), Some(String::new())));
        assert_eq!(parameter("id").unwrap(), ("id".into(), None));
        assert!(parameter("=1").is_err());
    }
}
