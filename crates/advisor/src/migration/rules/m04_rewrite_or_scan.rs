use policy::name;

use crate::{
    Level,
    migration::{
        Work,
        action::{Filling, What},
        rule::Found,
        scene::Scene,
    },
};

crate::migration::rule::rule! {
    /// A column is added or changed so that the table is written anew, or read from end to end, while nobody can use it.
    ///
    /// **Why.** A default that differs for each row (`gen_random_uuid()`, `clock_timestamp()`), `serial`, an identity or a stored
    /// generated column write the whole table and all its indexes anew. `SET NOT NULL` reads it. A required column without a
    /// default is refused where there are rows.
    ///
    /// **How to fix it.** Add the column without, set the default for new rows, fill old rows some thousand at a time, and make it `NOT
    /// NULL` by a check that was validated before (PostgreSQL 12; since 18 `NOT NULL` itself can be `NOT VALID`). One value for all
    /// rows costs nothing since PostgreSQL 11.
    ///
    /// **False positives.** A small table. One that is made in the same script is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// alter table orders add column token uuid default gen_random_uuid();
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// -- migration
    /// alter table orders add column state text not null default 'new';
    /// ```
    "M-04" "rewrite_or_scan" Warning "Table written anew or read through while nobody can use it"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    for (index, statement, action) in scene.actions().filter(|(_, _, action)| action.work != Work::Nothing) {
        let table = format!("{}{}", action.place(), scene.about_rows(action.on.as_ref()));
        let mut level = Level::Warning;
        let message = match &action.what {
            What::AddColumn(column) => {
                let own = name::quote(&column.name);
                let why = match &column.filling {
                    _ if column.numbered => "every row gets a number".to_owned(),
                    _ if column.stored == Some(true) => "it is computed and stored for every row".to_owned(),
                    Filling::Each(function) => format!("{function}() gives every row a value of its own"),
                    Filling::Unknown(function) => format!("{function}() may give every row a value of its own"),
                    Filling::Same if action.work == Work::Rewrite && !column.constrained_domain => {
                        "before PostgreSQL 11 a default is written into every row".to_owned()
                    }
                    _ if column.constrained_domain => "its type is a domain with constraints".to_owned(),
                    Filling::Nothing if column.not_null => {
                        level = Level::Error;
                        let message = format!(
                            "{own} is required and has no default: the server refuses it as soon as {table} has a row. Give it a \
                             default, or make it NOT NULL after it was filled."
                        );
                        found.add(index, statement, message).level(level);
                        continue;
                    }
                    _ => continue,
                };
                format!("Adding {own} writes {table} anew while nobody can use it: {why}.")
            }
            What::SetNotNull { column, .. } => format!(
                "SET NOT NULL of {} reads {table} while nobody can use it. Validate a constraint that says so first.",
                name::quote(column)
            ),
            What::Alter { cost: Work::Rewrite, .. } => {
                format!("{} writes {table} anew while nobody can use it.", action.words)
            }
            _ => continue,
        };
        found.add(index, statement, message).level(level).done_online(action);
    }
}
