use catalog::RowSecurity;

use crate::{
    Context, Object, policies,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// A table has policies, and row security is off.
    ///
    /// **Why.** The policies look as if they guarded the table, and do nothing.
    ///
    /// **How to fix it.** Turn row security on.
    ///
    /// **False positives.** Policies that are being prepared.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// create policy few on notes using (id > 0);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// create policy few on notes using (id > 0);
    /// alter table notes enable row level security;
    /// ```
    "S-10" "policy_exists_rls_disabled" Error "Policies of a table with row security off"
    on [Postgres] needs [Schemas, Relations, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations().filter(|table| !table.policies().is_empty()) {
        let security = match told(&table.row().row_security, "states of row security") {
            Ok(security) => *security,
            Err(reason) => {
                found.unseen(reason);
                continue;
            }
        };
        if security.enabled {
            continue;
        }
        let names: Vec<&str> = table.policies().iter().map(|policy| policy.name.as_str()).collect();
        let message = format!(
            "Row security of {} is off: its policies ({}) do nothing.",
            table.row().name,
            crate::names::listed(&names)
        );
        let after = RowSecurity { enabled: true, ..security };
        found.add(Object::of(table), message).fix(policies::secured(table, security, after));
    }
    Ok(())
}
