//! What `rowhouse explain` takes.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{PasswordInput, parameter, seconds};

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse explain production -c 'select * from orders where customer_id = $1' --param 1=42
  rowhouse explain shop -f report.sql --analyze
  rowhouse explain shop -c 'delete from orders where id < 100' --analyze --yes --format json

Without --analyze nothing is run. With it the statement is run and measured; one that writes wants a yes, is run in
a transaction that is rolled back, and is refused where it could not be: on a read-only connection, for tables without
transactions. text is one step a line pair, what is far off marked with !!; json is one object with every number
as the server printed it: docs/plan-json.md says what is in it.

Exit status: 0 done, 2 wrong use or nothing to explain, 3 no connection, 4 the server refused the statement,
5 refused by a safety level or not confirmed, 6 timed out or cancelled, 7 a local problem, 130 interrupted.")]
pub(crate) struct Explain {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The one statement to explain
    #[arg(short = 'c', long = "command", value_name = "SQL", conflicts_with = "file", allow_hyphen_values = true)]
    pub(crate) command: Option<String>,
    /// A file with the one statement; - or neither -c nor -f reads standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Run the statement and measure it; what it changes is rolled back
    #[arg(long)]
    pub(crate) analyze: bool,
    /// Say yes to running a statement that writes
    #[arg(long)]
    pub(crate) yes: bool,
    /// text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = plan_format)]
    pub(crate) format: PlanFormat,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Refuse to run whatever writes, also where the connection allows it
    #[arg(long)]
    pub(crate) read_only: bool,
    /// The most seconds it may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// A value for a placeholder of the text: $1 is 1, :id is id; NAME alone is NULL. Others are asked for on a terminal
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, Option<String>)>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanFormat {
    Text,
    Json,
}

fn plan_format(text: &str) -> Result<PlanFormat, String> {
    match text {
        "text" => Ok(PlanFormat::Text),
        "json" => Ok(PlanFormat::Json),
        _ => Err("known are text and json".to_owned()),
    }
}
