use crate::{
    Context, Object,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Other tables inherit from a table, which are not its partitions.
    ///
    /// **Why.** Keys, unique constraints and foreign keys of the parent do not hold for the rows of its children, and reading the parent reads
    /// those rows too.
    ///
    /// **How to fix it.** Partitions, where the children are parts of one table; else tables of their own.
    ///
    /// **False positives.** Where that is just what is wanted, and everybody writes `ONLY`.
    ///
    /// ```sql,fires
    /// create table places (id int primary key);
    /// create table cities (mayor text) inherits (places);
    /// ```
    ///
    /// ```sql,silent
    /// create table places (id int primary key) partition by range (id);
    /// create table few partition of places for values from (0) to (100);
    /// ```
    "T-11" "inheritance" Info "Table that others inherit from"
    on [Postgres] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables().filter(|table| table.row().has_children) {
        let message = format!("Other tables inherit from {}: its keys do not hold for their rows.", table.row().name);
        found.add(Object::of(table), message);
    }
    Ok(())
}
