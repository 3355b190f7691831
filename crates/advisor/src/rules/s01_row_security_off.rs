use catalog::{RelationKind, RowSecurity};
use policy::rights::Privileges;

use crate::{
    Context, Object, policies,
    rule::{Found, Reason, told},
};

/// What reads or changes rows.
const ROWS: [Privileges; 4] = [Privileges::SELECT, Privileges::INSERT, Privileges::UPDATE, Privileges::DELETE];

crate::rule::rule! {
    /// A table that untrusted clients reach has row security off.
    ///
    /// **Why.** Whoever holds the privilege sees and changes every row of it.
    ///
    /// **How to fix it.** Turn row security on; then nothing is visible until a policy lets something through, so add the policies in the same
    /// transaction. Or take the privilege away.
    ///
    /// **False positives.** A table that is public on purpose: say so with a policy `using (true)` for reading. A table without any privilege
    /// for the exposed roles is left alone, and so is a schema that they may not use. A partition is its parent's matter here.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// grant select on notes to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// create table tags (id int primary key);
    /// alter table tags enable row level security;
    /// grant select on tags to web_user;
    /// ```
    "S-01" "rls_disabled_in_public" Error "Exposed table with row security off"
    on [Postgres] needs [Schemas, Relations, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    context.exposed()?;
    for table in context.relations().filter(|relation| {
        matches!(relation.row().kind, RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition)
    }) {
        let security = match told(&table.row().row_security, "states of row security") {
            Ok(security) => *security,
            Err(reason) => {
                found.unseen(reason);
                continue;
            }
        };
        let powers = context.reaching(table, &ROWS)?;
        if security.enabled || powers.is_empty() {
            continue;
        }
        let parent = table.row().partition_of.as_ref().and_then(|(schema, name)| context.find(schema, name));
        if let Some(parent) = parent {
            // Reported with its parent, or as a partition that is open beside it.
            let reached = !context.reaching(parent, &ROWS)?.is_empty();
            if reached || parent.row().row_security.value().is_some_and(|security| security.enabled) {
                continue;
            }
        }
        let grants = context.grants_to(table, &powers, &["SELECT", "INSERT", "UPDATE", "DELETE"]);
        let roles: Vec<&str> = powers.iter().map(|powers| powers.role.as_str()).collect();
        let message = format!(
            "Row security of {} is off, and {} may {} all of it.",
            table.row().name,
            roles.join(", "),
            crate::privileges::privileges(&grants)
        );
        let after = RowSecurity { enabled: true, ..security };
        found.add(Object::of(table), message).fix(policies::secured(table, security, after));
    }
    Ok(())
}
