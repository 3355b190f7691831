use std::collections::BTreeMap;

use catalog::RelationWalker;

use crate::{Context, Object, rule::Found, rule::Reason};

/// Of fewer tables nothing can be said.
const FEWEST: usize = 3;

crate::rule::rule! {
    /// A table has no comment, in a schema most of whose tables have one.
    ///
    /// **Why.** Where the others say what they are for, who reads the schema takes this one for forgotten or unused.
    ///
    /// **How to fix it.** Say what a row of it is: `comment on table … is '…'`.
    ///
    /// **False positives.** A table whose name says it all. Schemas in which half of the tables or more have no comment are left alone: comments are
    /// no custom there.
    ///
    /// ```sql,fires
    /// create table users (id int primary key);
    /// create table notes (id int primary key);
    /// create table x (id int primary key);
    /// comment on table users is 'Who may sign in';
    /// comment on table notes is 'What they wrote down';
    /// ```
    ///
    /// ```sql,silent
    /// create table users (id int primary key);
    /// create table notes (id int primary key);
    /// create table x (id int primary key);
    /// comment on table users is 'Who may sign in';
    /// ```
    "T-08" "missing_comment" Info "Table without a comment among tables that have one"
    on [Postgres, MySql] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut schemas: BTreeMap<&str, Vec<RelationWalker<'_>>> = BTreeMap::new();
    for table in context.tables() {
        schemas.entry(table.schema()).or_default().push(table);
    }
    for (schema, tables) in schemas {
        let says =
            |table: &&RelationWalker<'_>| table.row().comment.as_deref().is_some_and(|text| !text.trim().is_empty());
        let commented = tables.iter().filter(says).count();
        if tables.len() < FEWEST || commented * 2 <= tables.len() {
            continue;
        }
        for table in tables.iter().filter(|table| !says(table)) {
            let message = format!(
                "{} has no comment, as {commented} of {} tables in {schema} have.",
                table.row().name,
                tables.len()
            );
            found.add(Object::of(*table), message);
        }
    }
    Ok(())
}
