use crate::{Context, Object, rule::Found, rule::Reason};

/// More columns than these.
const MOST: usize = 60;

crate::rule::rule! {
    /// A table has more than 60 columns.
    ///
    /// **Why.** Each change of a row writes all of it anew, and few of its readers want all of it. Mostly several things are kept in one table, or
    /// a list has become columns.
    ///
    /// **How to fix it.** Move what is mostly empty, or read for itself, to a table of its own with the same key.
    ///
    /// **False positives.** A table that is loaded as it comes and only read, such as one of measurements.
    ///
    /// ```sql,fires
    /// do $$ begin
    ///   execute 'create table wide (' || (select string_agg('c' || n || ' int', ', ') from generate_series(1, 61) n) || ')';
    /// end $$;
    /// ```
    ///
    /// ```sql,silent
    /// do $$ begin
    ///   execute 'create table wide (' || (select string_agg('c' || n || ' int', ', ') from generate_series(1, 60) n) || ')';
    /// end $$;
    /// ```
    "T-09" "wide_table" Info "Table of very many columns"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let count = table.columns().len();
        if count > MOST {
            found.add(Object::of(table), format!("{} has {count} columns.", table.row().name));
        }
    }
    Ok(())
}
