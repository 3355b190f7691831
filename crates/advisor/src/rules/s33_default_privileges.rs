use std::collections::BTreeMap;

use catalog::facts::DefaultPrivilege;

use crate::{
    Context, Fix, Object, ObjectType,
    context::PUBLIC,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// Tables and functions that somebody makes later will be open to untrusted clients.
    ///
    /// **Why.** The next table is exposed from its first moment, before anybody has thought of row security.
    ///
    /// **How to fix it.** Take the default away, and grant what each table needs. What is there already stays as it is.
    ///
    /// **False positives.** Where every table gets row security when it is made, by an event trigger for instance. What the server itself gives
    /// everybody, such as running functions, is left alone.
    ///
    /// ```sql,fires
    /// alter default privileges in schema public grant select on tables to web_anon;
    /// ```
    ///
    /// ```sql,silent
    /// alter default privileges in schema public grant select on tables to app_owner;
    /// ```
    "S-33" "default_privileges_exposed" Warning "Privileges on whatever is made later"
    on [Postgres] needs [Schemas, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let defaults = told(&context.facts.default_privileges, "default privileges")?;
    let exposure = match context.exposed() {
        Ok(exposure) => Some(exposure),
        Err(reason) => {
            found.unseen(reason);
            None
        }
    };
    let mut groups: BTreeMap<(&str, Option<&str>, &str, &str), Vec<&str>> = BTreeMap::new();
    for one in defaults.iter().filter(|one| !is_the_server_s(one)) {
        let exposed = exposure.is_some_and(|exposure| {
            exposure.roles().any(|role| role == one.grantee)
                && one.schema.as_deref().is_none_or(|schema| exposure.has_schema(schema))
        });
        if exposed || one.grantee == PUBLIC {
            let key = (one.owner.as_str(), one.schema.as_deref(), one.objects.as_str(), one.grantee.as_str());
            groups.entry(key).or_default().push(&one.privilege);
        }
    }
    for ((owner, schema, objects, grantee), privileges) in groups {
        let privileges = privileges.join(", ");
        let place = schema.map(|schema| format!(" in {schema}")).unwrap_or_default();
        let message =
            format!("{grantee} will have {privileges} on {} that {owner} makes{place}.", objects.to_lowercase());
        let within = schema.map(|schema| format!(" IN SCHEMA {}", context.quote(schema))).unwrap_or_default();
        let alter = |what: &str, to: &str| {
            format!(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {}{within} {what} {privileges} ON {objects} {to} {};",
                context.quote(owner),
                context.role_name(grantee)
            )
        };
        let fix = Fix::new(alter("REVOKE", "FROM")).undo(alter("GRANT", "TO"));
        let object = match schema {
            Some(schema) => Object::alone(ObjectType::Schema, schema),
            None => Object::alone(ObjectType::Role, owner),
        };
        let finding = found.add(object, message).fix(fix);
        for part in [owner, objects, grantee] {
            finding.told_apart_by(part);
        }
    }
    Ok(())
}

/// What everybody has of new objects anyway; a list that says anything else for all schemas repeats it.
fn is_the_server_s(one: &DefaultPrivilege) -> bool {
    one.grantee == PUBLIC
        && one.schema.is_none()
        && matches!((one.objects.as_str(), one.privilege.as_str()), ("FUNCTIONS", "EXECUTE") | ("TYPES", "USAGE"))
}
