use crate::{
    Context, Object, ObjectType,
    context::PUBLIC,
    privileges,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Everybody, or an untrusted client, may make objects in a schema.
    ///
    /// **Why.** A function of the right name in a schema on the search path is called in place of another, with the rights of who calls it. Up to
    /// PostgreSQL 14 that is how `public` is made.
    ///
    /// **How to fix it.** Take CREATE away.
    ///
    /// **False positives.** A schema to try things out in, which is on nobody's search path.
    ///
    /// ```sql,fires
    /// grant create on schema public to public;
    /// ```
    ///
    /// ```sql,silent
    /// create schema workshop;
    /// grant create on schema workshop to app_owner;
    /// grant usage on schema workshop to public;
    /// ```
    "S-35" "schema_open_to_create" Warning "Schema that everybody may add to"
    on [Postgres] needs [Schemas, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for schema in context.catalog.schemas.iter().filter(|schema| !schema.system) {
        let open: Vec<_> = context
            .grants_on_schema(&schema.name)
            .iter()
            .filter(|grant| grant.privilege == "CREATE")
            .filter(|grant| {
                let exposed =
                    |role: &str| context.exposure.is_some_and(|exposure| exposure.roles().any(|one| one == role));
                grant.grantee == PUBLIC || exposed(&grant.grantee)
            })
            .copied()
            .collect();
        if open.is_empty() {
            continue;
        }
        let message = format!("{} may make objects in {}.", privileges::grantees(&open), schema.name);
        let fix = privileges::revoked(context, &format!("SCHEMA {}", context.quote(&schema.name)), open);
        found.add(Object::alone(ObjectType::Schema, &schema.name), message).fix(fix);
    }
    if context.exposure.is_none() {
        found.unseen(Reason::Exposure);
    }
    Ok(())
}
