use clap::Args;

use super::PasswordInput;

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  rowhouse generate staging customers=200 orders=1000 order_lines=3000
  rowhouse generate staging orders --rows 500 --referenced --preview
  rowhouse generate shop.db --all --rows 50 --seed 7
  rowhouse generate staging --schema shop --rows 100 --dry-run

Values follow from types, names of columns, CHECK constraints, unique and foreign keys: every key leads to a row that is there.
The same --seed makes the same rows of the same tables, on any computer, next year too. Tables are filled in the order their
foreign keys ask for, in one transaction: everything goes in, or nothing. A table that is referred to and not named is not
filled: keys lead to the rows it has, unless --referenced fills it too.")]
pub(crate) struct Generate {
    /// A saved connection, a URL or a file
    pub(crate) target: String,
    /// A table as NAME or SCHEMA.NAME, and how many rows it gets
    #[arg(value_name = "TABLE[=ROWS]", value_parser = table)]
    pub(crate) tables: Vec<(String, Option<u64>)>,
    /// Rows of every table that is named without a number
    #[arg(long, value_name = "ROWS", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rows: u64,
    /// The tables' schema; without tables, all tables of it
    #[arg(long, value_name = "SCHEMA")]
    pub(crate) schema: Option<String>,
    /// All tables of the database
    #[arg(long, conflicts_with_all = ["tables", "schema"])]
    pub(crate) all: bool,
    /// Also the tables that these refer to, however far
    #[arg(long)]
    pub(crate) referenced: bool,
    /// The number that the rows follow from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u32,
    /// Print what would be made up, and the first rows; change nothing
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) preview: bool,
    /// Do everything and undo it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Say yes to what would be asked: rows for production
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print no progress and no count
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) password: PasswordInput,
}

fn table(text: &str) -> Result<(String, Option<u64>), String> {
    let (name, rows) = match text.rsplit_once('=') {
        None => (text, None),
        Some((name, rows)) => match rows.replace(['_', ','], "").parse() {
            Ok(rows) if rows > 0 => (name, Some(rows)),
            _ => return Err("write TABLE=ROWS: a table and how many rows it gets".to_owned()),
        },
    };
    match name.is_empty() {
        true => Err("a table has a name".to_owned()),
        false => Ok((name.to_owned(), rows)),
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_table_may_say_how_many_rows_it_gets() {
        assert_eq!(table("orders"), Ok(("orders".to_owned(), None)));
        assert_eq!(table("shop.orders=1_000"), Ok(("shop.orders".to_owned(), Some(1000))));
        for wrong in ["orders=0", "orders=many", "orders=", "=5", ""] {
            assert!(table(wrong).is_err(), "{wrong}");
        }
    }
}
