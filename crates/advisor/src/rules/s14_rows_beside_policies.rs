use std::collections::HashMap;

use catalog::RelationKind;
use policy::rights::Privileges;

use crate::{
    Context, Level, Object, privileges,
    rule::{Found, Reason},
    rules::s13_view_as_owner as views,
};

crate::rule::rule! {
    /// Untrusted clients may read a materialized view of a table with row security, or a foreign table; or such a table is published whole.
    ///
    /// **Why.** Neither of the first two can have row security: whoever may read one reads all of it. A subscriber of a publication gets every
    /// row that changes, whatever the policies say, unless the publication has a row filter; that is information only (`published_past_policies`).
    ///
    /// **How to fix it.** Take the privilege away, and show the rows through a view or a function that says whose. Give the table of a publication
    /// a row filter (`WHERE (…)`, from PostgreSQL 15 on), or leave it out.
    ///
    /// **False positives.** A summary that is meant for everybody. A materialized view that reads no table with row security is left alone. A
    /// publication that only a replica of one's own subscribes to, or a service that asks the policies itself, as Supabase's Realtime does.
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
    on [Postgres] needs [Schemas, Relations, Roles, Grants, Publications]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    published(context, found);
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

/// Tables with row security of which a publication gives every row.
fn published(context: &Context<'_>, found: &mut Found) {
    for publication in &context.catalog.publications {
        let named: HashMap<(&str, &str), bool> = publication
            .tables
            .iter()
            .map(|table| ((table.schema.as_str(), table.name.as_str()), table.filter.is_some()))
            .collect();
        for table in context.tables() {
            let secured = table.row().row_security.value().is_some_and(|security| security.enabled);
            let whole = publication.all_tables || publication.schemas.iter().any(|schema| schema == table.schema());
            let filtered = named.get(&(table.schema(), table.row().name.as_str()));
            if !secured || filtered == Some(&true) || filtered.is_none() && !whole {
                continue;
            }
            let message = format!(
                "{} gives its subscribers every row of {}, past its policies.",
                publication.name,
                table.row().name
            );
            let finding = found.add(Object::of(table), message);
            finding.named("published_past_policies").level(Level::Info).told_apart_by(&publication.name);
        }
    }
}
