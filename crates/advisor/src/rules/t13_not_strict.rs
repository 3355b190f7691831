use catalog::RelationKind;

use crate::{
    Context, Object,
    rule::{Found, Reason},
};

/// The first version that knows `STRICT`: https://www.sqlite.org/stricttables.html.
const STRICT_SINCE: u32 = 3_037_000;

crate::rule::rule! {
    /// A table is not `STRICT`.
    ///
    /// **Why.** Its columns take values of any kind, whatever type they are declared with: a text in a column of numbers is found when something
    /// adds it up.
    ///
    /// **How to fix it.** Make the table again with `STRICT`, which wants one of six types for each column.
    ///
    /// **False positives.** A file that versions before 3.37 must read, or columns that hold anything on purpose.
    ///
    /// ```sql,fires,sqlite
    /// create table readings (id integer primary key, celsius real);
    /// ```
    ///
    /// ```sql,silent,sqlite
    /// create table readings (id integer primary key, celsius real) strict;
    /// ```
    "T-13" "not_strict" Info "Table whose columns take anything"
    on [Sqlite] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    if context.facts.version < STRICT_SINCE {
        return Ok(());
    }
    for table in context.tables().filter(|table| table.row().kind == RelationKind::Table) {
        if !table.row().options.iter().any(|option| option == "STRICT") {
            let message = format!("Columns of {} take values of any kind.", table.row().name);
            found.add(Object::of(table), message);
        }
    }
    Ok(())
}
