//! The arguments of `rowhouse export` and `rowhouse import`.

use std::{path::PathBuf, time::Duration};

use app::api::{FileFormat, SourceKind};
use clap::{ArgGroup, Args};

use super::{PasswordInput, parameter, seconds};

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("rows").required(true).args(["table", "command", "file"]), after_help = "\
Examples:
  rowhouse export production --table orders -o orders.parquet
  rowhouse export production --table shop.orders --format sql-insert -o orders.sql
  rowhouse export \"Sample shop\" -c 'select * from customers' -o customers.xlsx
  rowhouse export shop.db --table orders --format csv --delimiter ';' --null NULL > orders.csv

csv, tsv, json, ndjson, markdown, html, sql-insert, sql-update, in-list, parquet and xlsx; without --format the file's
end decides. Values are the server's own text. parquet has integers, booleans and bytes typed, everything else as text
with the native type beside it; a cell of xlsx is a number only where all of its digits survive. Bytes are \\x and
hexadecimal digits. Rows go by as they come, whatever their number; a file has its name once it is whole.")]
pub(crate) struct Export {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// A table or view, as NAME or SCHEMA.NAME; with --schema as it is named
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The table's schema
    #[arg(long, value_name = "SCHEMA", requires = "table")]
    pub(crate) schema: Option<String>,
    /// One statement that reads
    #[arg(short = 'c', long = "command", value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) command: Option<String>,
    /// A file with one statement that reads; - reads standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// How the rows are written
    #[arg(long, value_name = "FORMAT", value_parser = file_format)]
    pub(crate) format: Option<FileFormat>,
    /// The file: it is replaced only once everything ended well; without it, standard output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Leave out the column names (csv, tsv, xlsx)
    #[arg(long)]
    pub(crate) no_header: bool,
    /// What stands for NULL (csv, tsv, markdown, html, xlsx)
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) null: Option<String>,
    /// Between the values of csv: one ASCII character
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Quote every value of csv
    #[arg(long)]
    pub(crate) quote_all: bool,
    /// The table that sql-insert and sql-update name, as it is to be written
    #[arg(long, value_name = "TABLE")]
    pub(crate) into: Option<String>,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// A value for a placeholder of the text: $1 is 1, :id is id; NAME alone is NULL
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, Option<String>)>,
    /// The most seconds the statement may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Read them as somebody else: a role, an actor kept with the connection, or {"role", "claims", "settings"}
    #[arg(long = "as", value_name = "ACTOR")]
    pub(crate) acting: Option<String>,
    /// Print no progress and no count
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse import staging customers.csv --into customers
  rowhouse import staging customers.csv --into customers --dry-run
  rowhouse import shop.db orders.xlsx --into orders --create --sheet 2026
  rowhouse import staging people.csv --into shop.people --map Name=full_name --map Mail=email --null NULL
  rowhouse import staging big.csv --into events --batch 10000 --rejects refused.csv

csv, tsv, ndjson, and sheets of Excel and OpenDocument. The whole file is read first: encoding, delimiter and what the
columns are come from all of it. Without quotes, the text of --null is NULL (nothing, unless told); everything else is a
value, the empty text too. Everything goes in, in one transaction, or nothing: the error names the line. With --batch what the
database takes is committed batch by batch, and what it refuses is written to --rejects with its line and the reason.")]
pub(crate) struct Import {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// The file
    pub(crate) path: PathBuf,
    /// The table, as NAME or SCHEMA.NAME; with --schema as it is named
    #[arg(long, value_name = "TABLE")]
    pub(crate) into: String,
    /// The table's schema
    #[arg(long, value_name = "SCHEMA")]
    pub(crate) schema: Option<String>,
    /// Make the table, with the types that all of the file's values are
    #[arg(long)]
    pub(crate) create: bool,
    /// A column of the file, and the table's it goes into; may be given several times, and then no other goes in
    #[arg(long = "map", value_name = "FROM=TO", value_parser = mapping)]
    pub(crate) mapping: Vec<(String, String)>,
    /// csv, ndjson or excel; without it the file's end decides
    #[arg(long, value_name = "FORMAT", value_parser = import_kind)]
    pub(crate) format: Option<SourceKind>,
    /// The file's encoding: utf-8, utf-16le, windows-1252 …; without it, it is found
    #[arg(long, value_name = "ENCODING")]
    pub(crate) encoding: Option<String>,
    /// Between the values: one ASCII character; without it, it is found
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// What stands for NULL where it is not in quotes
    #[arg(long, value_name = "TEXT", default_value = "", allow_hyphen_values = true)]
    pub(crate) null: String,
    /// The first record is no head: columns are column_1, column_2 …
    #[arg(long)]
    pub(crate) no_header: bool,
    /// The sheet of a workbook; the first one unless told
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Print what the file holds and where it would go, and change nothing
    #[arg(long, conflicts_with_all = ["dry_run", "batch"])]
    pub(crate) preview: bool,
    /// Do everything and undo it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Commit after so many rows, and leave out what the database refuses
    #[arg(long, value_name = "ROWS", requires = "rejects", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch: Option<u32>,
    /// Where refused rows are written, with their lines and reasons
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub(crate) rejects: Option<PathBuf>,
    /// Say yes to what would be asked: an import into production
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print no progress and no count
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

fn mapping(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.to_owned(), to.to_owned())),
        _ => Err("write FROM=TO: a column of the file and one of the table".to_owned()),
    }
}

fn import_kind(text: &str) -> Result<SourceKind, String> {
    match text {
        "csv" | "tsv" => Ok(SourceKind::Delimited),
        "ndjson" | "jsonl" => Ok(SourceKind::Lines),
        "excel" | "xlsx" => Ok(SourceKind::Sheet),
        _ => Err("known are csv, ndjson and excel".to_owned()),
    }
}

pub(crate) fn file_format(text: &str) -> Result<FileFormat, String> {
    Ok(match text {
        "csv" => FileFormat::Csv,
        "tsv" => FileFormat::Tsv,
        "json" => FileFormat::Json,
        "ndjson" | "jsonl" => FileFormat::Ndjson,
        "markdown" | "md" => FileFormat::Markdown,
        "html" => FileFormat::Html,
        "sql-insert" | "sql" => FileFormat::SqlInsert,
        "sql-update" => FileFormat::SqlUpdate,
        "in-list" => FileFormat::InList,
        "parquet" => FileFormat::Parquet,
        "xlsx" | "excel" => FileFormat::Excel,
        _ => {
            let known = "csv, tsv, json, ndjson, markdown, html, sql-insert, sql-update, in-list, parquet and xlsx";
            return Err(format!("known are {known}"));
        }
    })
}

/// `\t` and the word stand for the tab, which shells make hard to write.
pub(crate) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r' | 0) => Ok(*one),
        _ => Err("one ASCII character and no quote, such as ; or \\t".to_owned()),
    }
}
