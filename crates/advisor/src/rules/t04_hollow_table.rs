use crate::{
    Context, Object,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A table has no column, or only such as may all be NULL.
    ///
    /// **Why.** A row of which nothing is known can be inserted, and as often as one likes.
    ///
    /// **How to fix it.** Declare NOT NULL what every row must have.
    ///
    /// **False positives.** A table that rows are first loaded into, to be looked at.
    ///
    /// ```sql,fires
    /// create table imports (name text, amount numeric);
    /// ```
    ///
    /// ```sql,silent
    /// create table imports (name text not null, amount numeric);
    /// ```
    "T-04" "hollow_table" Info "Table whose rows may be all NULL"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let columns = table.columns();
        let hollow = columns.iter().all(|column| column.nullable.value() == Some(&true));
        if !hollow {
            continue;
        }
        let message = match columns.len() {
            0 => format!("{} has no column.", table.row().name),
            1 => format!("The only column of {} may be NULL.", table.row().name),
            count => format!("All {count} columns of {} may be NULL.", table.row().name),
        };
        found.add(Object::of(table), message);
    }
    Ok(())
}
