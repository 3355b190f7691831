//! What `rowhouse policy` and `rowhouse advise` take.

use std::path::PathBuf;

use app::api::{AdvisorFormat, AdvisorLevel, PolicyMatrixFormat};
use clap::{Args, Subcommand};

use super::PasswordInput;

#[derive(Subcommand, Debug)]
pub(crate) enum Policy {
    /// Print tables with row security and their policies, as a table or as what apply takes
    List(PolicyList),
    /// Print one table: its policies, what reads it, what leads around them
    Show(PolicyShow),
    /// Print who gets how far: tables, roles and commands, and the ways around
    Matrix(PolicyMatrix),
    /// Make the policies of tables those of a list, in one transaction
    Apply(PolicyApply),
    /// Say what became of changes whose answer was lost, with what was sent
    Last(PolicyLast),
    /// Try a list on the server and roll it back; without a list, look for what is wrong with the policies there are
    Check(PolicyCheck),
    /// Run a suite: statements of actors with what is to come of them; nothing of it stays
    Test(PolicyTest),
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse policy list production
  rowhouse policy list production --schema app --format json > policies.json
  rowhouse policy list production --format sql > policies.sql

json and sql are what rowhouse policy apply takes; docs/policies.md says what is in them. Tables without row security
and without a policy are left out.")]
pub(crate) struct PolicyList {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "NAME")]
    pub(crate) schemas: Vec<String>,
    /// table, json or sql
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = list_format)]
    pub(crate) format: PolicyFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
pub(crate) struct PolicyShow {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The table: SCHEMA.TABLE, or a name that only one schema has
    pub(crate) table: String,
    /// table, json or sql
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = list_format)]
    pub(crate) format: PolicyFormat,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse policy matrix production --schema app --role authenticated
  rowhouse policy matrix production --format html -o coverage.html

A cell is none, filtered (by policies), all or bypass (row security does not apply to the role). around names views,
functions and partitions that reach the rows otherwise.")]
pub(crate) struct PolicyMatrix {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "NAME")]
    pub(crate) schemas: Vec<String>,
    /// Only this role; may be given several times; PUBLIC is everyone
    #[arg(long = "role", value_name = "NAME")]
    pub(crate) roles: Vec<String>,
    /// table, csv, json or html
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = matrix_format)]
    pub(crate) format: MatrixFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse policy apply staging policies.json --dry-run
  rowhouse policy apply staging policies.sql --yes
  rowhouse policy list production --format json | rowhouse policy apply staging - --acknowledge reporting

FILE is what rowhouse policy list --format json or sql prints. Of the tables it names, policies it does not name go;
tables it does not name stay as they are. Its statements run in one transaction that waits for each lock at most
--lock-timeout; where that is not enough, nothing is changed and who holds the lock is named. A role that would lose
all access by a command has to be acknowledged by its name.

Exit status: 0 done or nothing to do, 2 wrong use, 3 no connection, 4 the server refused it or a lock was not to be had,
5 refused by a safety level, not confirmed or not acknowledged, 7 a local problem, 130 interrupted.")]
pub(crate) struct PolicyApply {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The list; - reads standard input
    pub(crate) file: PathBuf,
    /// Print what would be done, exactly, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// A role that may lose what it has; may be given several times
    #[arg(long = "acknowledge", value_name = "ROLE")]
    pub(crate) acknowledged: Vec<String>,
    /// The most milliseconds a lock is waited for
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) lock_timeout: Option<u32>,
    /// Say yes to what would be asked
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Where the connection broke or the program ended while row security was changed, the server is asked whether it
committed. policy list, apply and check say so too, until --forget. Of connections that are not saved nothing is kept.

Exit status: 0 it is known or there is none, 1 nobody knows, 2 wrong use, 3 no connection, 4 the server failed,
7 a local problem, 130 interrupted.")]
pub(crate) struct PolicyLast {
    /// A saved connection
    pub(crate) target: String,
    /// It was read: say it no more
    #[arg(long)]
    pub(crate) forget: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
With a list: its statements run in a transaction that is rolled back, so that the server says what no catalog tells.
That takes the locks of the changes for a moment. Without one: the advisor's rules on row security and exposure.

Exit status: 0 nothing wrong, 1 something is, 2 wrong use, 3 no connection, 4 a lock was not to be had or the server
failed, 5 refused by a safety level, 7 a local problem, 130 interrupted.")]
pub(crate) struct PolicyCheck {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The list to try; - reads standard input
    pub(crate) file: Option<PathBuf>,
    /// The most milliseconds a lock is waited for
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) lock_timeout: Option<u32>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse policy test staging --suite tests/documents.json
  rowhouse policy test staging --suite tests/documents.json --format json > result.json

Each case runs in a transaction of its own that is rolled back; docs/policies.md says what a suite holds. json is
{\"passed\", \"failed\", \"cases\": [{\"name\", \"ok\", \"got\"}]}.

Exit status: 0 all passed, 1 a case failed, 2 wrong use, 3 no connection, 4 the server failed, 7 a local problem,
130 interrupted.")]
pub(crate) struct PolicyTest {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The suite; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) suite: PathBuf,
    /// table or json
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = test_format)]
    pub(crate) format: TestFormat,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse advise production
  rowhouse advise production --format sarif -o advice.sarif --fail-on error
  rowhouse advise production --format baseline > advice.json      # then: --baseline advice.json

Rules that could not be evaluated say why; they never count as passed. What untrusted clients reach is what was said
of a saved connection in the window, or a guess, and then said to be one. docs/advisor.md describes formats and score.

Exit status: 0 nothing at or above --fail-on, 1 something is, 2 wrong use, 3 no connection, 4 the server failed,
7 a local problem, 130 interrupted.")]
pub(crate) struct Advise {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// table, json, sarif or baseline
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = advice_format)]
    pub(crate) format: AdvisorFormat,
    /// End with 1 where there is a finding at or above this level: error, warning, info or none
    #[arg(long, value_name = "LEVEL", default_value = "none", value_parser = fail_on)]
    pub(crate) fail_on: FailOn,
    /// Leave out what this file accepts
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyFormat {
    Table,
    Json,
    Sql,
}

/// How the outcome of a suite is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestFormat {
    Table,
    Json,
}

/// How the matrix is printed; `None` is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatrixFormat(pub(crate) Option<PolicyMatrixFormat>);

/// From which level on the advisor fails; `None` is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FailOn(pub(crate) Option<AdvisorLevel>);

fn list_format(text: &str) -> Result<PolicyFormat, String> {
    match text {
        "table" => Ok(PolicyFormat::Table),
        "json" => Ok(PolicyFormat::Json),
        "sql" => Ok(PolicyFormat::Sql),
        _ => Err("known are table, json and sql".to_owned()),
    }
}

fn test_format(text: &str) -> Result<TestFormat, String> {
    match text {
        "table" => Ok(TestFormat::Table),
        "json" => Ok(TestFormat::Json),
        _ => Err("known are table and json".to_owned()),
    }
}

fn matrix_format(text: &str) -> Result<MatrixFormat, String> {
    match text {
        "table" => Ok(MatrixFormat(None)),
        "csv" => Ok(MatrixFormat(Some(PolicyMatrixFormat::Csv))),
        "json" => Ok(MatrixFormat(Some(PolicyMatrixFormat::Json))),
        "html" => Ok(MatrixFormat(Some(PolicyMatrixFormat::Html))),
        _ => Err("known are table, csv, json and html".to_owned()),
    }
}

fn advice_format(text: &str) -> Result<AdvisorFormat, String> {
    match text {
        "table" => Ok(AdvisorFormat::Table),
        "json" => Ok(AdvisorFormat::Json),
        "sarif" => Ok(AdvisorFormat::Sarif),
        "baseline" => Ok(AdvisorFormat::Baseline),
        _ => Err("known are table, json, sarif and baseline".to_owned()),
    }
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "error" => Ok(FailOn(Some(AdvisorLevel::Error))),
        "warning" => Ok(FailOn(Some(AdvisorLevel::Warning))),
        "info" => Ok(FailOn(Some(AdvisorLevel::Info))),
        "none" => Ok(FailOn(None)),
        _ => Err("known are error, warning, info and none".to_owned()),
    }
}
