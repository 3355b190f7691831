use catalog::RelationKind;
use policy::rights::Privileges;

use crate::{
    Context, Object, privileges,
    rule::{Found, Reason},
    rules::s13_view_as_owner as views,
};

crate::rule::rule! {
    /// Untrusted clients may read a materialized view of a table with row security, or a foreign table.
    ///
    /// **Why.** Neither can have row security: whoever may read one reads all of it.
    ///
    /// **How to fix it.** Take the privilege away, and show the rows through a view or a function that says whose.
    ///
    /// **False positives.** A summary that is meant for everybody. A materialized view that reads no table with row security is left alone.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create materialized view all_notes as select * from notes;
    /// grant select on all_notes to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table days (id int primary key);
    /// create materialized view all_days as select * from days;
    /// grant select on all_days to web_user;
    /// ```
    "S-14" "materialized_view_in_api" Warning "Rows that no policy can guard"
    on [Postgres] needs [Schemas, Relations, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    context.exposed()?;
    let sources = views::sources(context)?;
    for relation in context.relations() {
        let (name, why) = match relation.row().kind {
            RelationKind::MaterializedView => match views::secured_below(context, &sources, relation.id()) {
                Some(table) => {
                    ("materialized_view_in_api", format!("rows of {}, which has row security", table.row().name))
                }
                None => continue,
            },
            RelationKind::ForeignTable => ("foreign_table_in_api", "rows of another server".to_owned()),
            _ => continue,
        };
        let powers = context.reaching(relation, &[Privileges::SELECT])?;
        let grants = context.grants_to(relation, &powers, &["SELECT"]);
        if grants.is_empty() {
            continue;
        }
        let message = format!("{} may read all of {}: {why}.", privileges::grantees(&grants), relation.row().name);
        let fix = privileges::revoked(context, &format!("TABLE {}", context.path_of(relation)), grants);
        found.add(Object::of(relation), message).named(name).fix(fix);
    }
    Ok(())
}
