//! What `rowhouse erd` takes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse erd \"Sample shop\" -o shop.svg
  rowhouse erd production --schema billing --group cluster --dark -o billing.png
  rowhouse erd shop.db --table orders --neighbours 1 --columns keys --format mermaid
  rowhouse erd postgres://localhost/shop --inferred -o shop.dbml

The format is that of the file's name: .svg, .png, .pdf, .mmd or .mermaid, .dbml, .puml or .plantuml, .sql, .json. Texts go to
standard output without -o; png and pdf only where that is no terminal. docs/diagrams.md says what is in json.

Exit status: 0 done, 2 wrong use, 3 no connection, 4 a statement failed or a name is not there,
6 timed out or cancelled, 7 a local problem (disk, store, keychain), 130 interrupted.")]
pub(crate) struct Erd {
    /// A saved connection, a URL, a file, or a catalog file
    pub(crate) target: String,
    /// svg, png, pdf, mermaid, dbml, plantuml, sql or json; of the file's name without it, and mermaid without both
    #[arg(long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) format: Option<ErdFormat>,
    /// Only this schema; may be given several times
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub(crate) schemas: Vec<String>,
    /// Only this table or view, as NAME or SCHEMA.NAME; with --schema as it is named. May be given several times
    #[arg(long = "table", value_name = "NAME")]
    pub(crate) tables: Vec<String>,
    /// With --table: also what is at most so many relationships away
    #[arg(long, value_name = "N", requires = "tables", default_value_t = 0, hide_default_value = true)]
    pub(crate) neighbours: u16,
    /// Views too
    #[arg(long)]
    pub(crate) views: bool,
    /// Partitions too, beside their parents
    #[arg(long)]
    pub(crate) partitions: bool,
    /// all, keys or none
    #[arg(long, value_name = "WHICH", default_value = "all", value_enum, hide_possible_values = true)]
    pub(crate) columns: ErdColumns,
    /// Relationships too that no foreign key declares, but names and types speak for
    #[arg(long)]
    pub(crate) inferred: bool,
    /// Draw a frame around each schema, or around each cluster of what is related: none, schema or cluster
    #[arg(long, value_name = "BY", default_value = "none", value_enum, hide_possible_values = true)]
    pub(crate) group: ErdGroup,
    /// Light on dark, of pictures
    #[arg(long)]
    pub(crate) dark: bool,
    /// Write to a file: it is replaced only once everything ended well
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

/// As what a diagram is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErdFormat {
    Svg,
    Png,
    Pdf,
    Mermaid,
    Dbml,
    Plantuml,
    Sql,
    Json,
}

impl ErdFormat {
    /// The format that a file of this name has.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "svg" => ErdFormat::Svg,
            "png" => ErdFormat::Png,
            "pdf" => ErdFormat::Pdf,
            "mmd" | "mermaid" => ErdFormat::Mermaid,
            "dbml" => ErdFormat::Dbml,
            "puml" | "plantuml" => ErdFormat::Plantuml,
            "sql" => ErdFormat::Sql,
            "json" => ErdFormat::Json,
            _ => return None,
        })
    }

    /// Whether a terminal shows it as text.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, ErdFormat::Png | ErdFormat::Pdf)
    }
}

/// Which columns tables show.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErdColumns {
    All,
    Keys,
    None,
}

/// By what tables are grouped.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErdGroup {
    None,
    Schema,
    Cluster,
}
