//! What `rowhouse schema` takes.

use std::path::PathBuf;

use clap::Args;

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
json is one object, the same for every database and stable: docs/schema-json.md says what is in it.
sql is the definitions of the objects, as the server prints them.
catalog is a file that diff, erd, types, docs and this command take in place of the database: docs/catalog-files.md.
text is for reading: columns, indexes with their use, constraints, policies, privileges, and what is worth a warning.")]
pub(crate) struct Schema {
    /// A saved connection, a URL, a file, or a catalog file
    pub(crate) target: String,
    /// json, sql, text or catalog
    #[arg(long, value_name = "FORMAT", default_value = "json", value_parser = schema_format)]
    pub(crate) format: SchemaFormat,
    /// Only this table or view, as NAME or SCHEMA.NAME; with --schema as it is named
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// Also the server's own schemas
    #[arg(long)]
    pub(crate) system: bool,
    /// Leave out definition texts, triggers, policies, roles, grants and extensions: quicker
    #[arg(long)]
    pub(crate) lean: bool,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// How a schema is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaFormat {
    Json,
    Sql,
    Text,
    Catalog,
}

fn schema_format(text: &str) -> Result<SchemaFormat, String> {
    match text {
        "json" => Ok(SchemaFormat::Json),
        "sql" => Ok(SchemaFormat::Sql),
        "text" => Ok(SchemaFormat::Text),
        "catalog" => Ok(SchemaFormat::Catalog),
        "markdown" | "html" => Err(format!("{text} is not there yet; use json, sql, text or catalog")),
        _ => Err("known are json, sql, text and catalog".to_owned()),
    }
}
