use catalog::RowSecurity;

use crate::{
    Context, Object, policies, privileges,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A partition can be read by its own name, past the row security of its parent.
    ///
    /// **Why.** The parent's policies hold for statements that name the parent. Whoever has a privilege on the partition itself reads all of it.
    ///
    /// **How to fix it.** Turn row security on for the partition too: without a policy of its own it shows nothing by its own name, and through the
    /// parent what the parent's policies let through. Or take the privilege away.
    ///
    /// **False positives.** A role for maintenance that is to read partitions. A partition that only its owner has privileges on is left alone.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key) partition by range (id);
    /// create table few partition of notes for values from (0) to (100);
    /// alter table notes enable row level security;
    /// grant select on notes, few to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key) partition by range (id);
    /// create table few partition of notes for values from (0) to (100);
    /// alter table notes enable row level security;
    /// grant select on notes to web_user;
    /// ```
    "S-30" "open_partition" Error "Partition beside its parent's row security"
    on [Postgres] needs [Schemas, Relations, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for leaf in context.relations() {
        let Some((schema, name)) = &leaf.row().partition_of else { continue };
        let Some(security) = leaf.row().row_security.value().copied().filter(|security| !security.enabled) else {
            continue;
        };
        let mut above = context.find(schema, name);
        // Levels are few; the bound is against a loop that no honest server has.
        for _ in 0..64 {
            let Some(parent) = above else { break };
            if parent.row().row_security.value().is_some_and(|security| security.enabled) {
                let owner = leaf.row().owner.as_deref();
                let read = |grant: &&&catalog::Grant| {
                    Some(grant.grantee.as_str()) != owner
                        && ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(&grant.privilege.as_str())
                };
                let grants: Vec<_> = context.grants_on(leaf).iter().filter(read).copied().collect();
                if !grants.is_empty() {
                    let message = format!(
                        "{} may {} all of {} by its own name, past the policies of {}.",
                        privileges::grantees(&grants),
                        privileges::privileges(&grants),
                        leaf.row().name,
                        parent.row().name
                    );
                    let after = RowSecurity { enabled: true, ..security };
                    found.add(Object::of(leaf), message).fix(policies::secured(leaf, security, after));
                }
                break;
            }
            above = parent.row().partition_of.as_ref().and_then(|(schema, name)| context.find(schema, name));
        }
    }
    Ok(())
}
