use catalog::RowSecurity;

use crate::{
    Context, Object, policies,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// The connected login owns a table with row security, which is not forced on owners.
    ///
    /// **Why.** An application that connects as the owner of its tables is not held by their policies at all.
    ///
    /// **How to fix it.** Force row security on the owner, or let the application connect as another role.
    ///
    /// **False positives.** A login for migrations, which has to see everything. Superusers and roles with `BYPASSRLS` are held by nothing,
    /// forced or not, and are another finding.
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// ```
    "S-23" "row_security_not_forced" Warning "Owner that policies do not hold"
    on [Postgres] needs [Schemas, Relations, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let login = told(&context.facts.login, "what it may do itself")?;
    if login.superuser || login.bypass_row_security {
        return Ok(());
    }
    let rights = context.effects().rights();
    let powers = rights.powers(&login.name);
    for table in context.relations() {
        let Some(security) = table.row().row_security.value().copied() else { continue };
        if security.enabled && !security.forced && rights.owns(&powers, table.id()) {
            let message = format!(
                "{} owns {}: its policies do not hold for what runs over this connection.",
                login.name,
                table.row().name
            );
            let after = RowSecurity { forced: true, ..security };
            found.add(Object::of(table), message).fix(policies::secured(table, security, after));
        }
    }
    Ok(())
}
