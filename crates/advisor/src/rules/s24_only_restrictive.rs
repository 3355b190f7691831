use crate::{
    Context, Object,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// All policies of a table are restrictive.
    ///
    /// **Why.** Restrictive policies only take away from what permissive ones let through: without any, nothing passes.
    ///
    /// **How to fix it.** Add a permissive policy, or make one of these permissive. Which, cannot be guessed.
    ///
    /// **False positives.** A table that is closed on purpose.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy few on notes as restrictive using (id > 0);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy few on notes as restrictive using (id > 0);
    /// create policy any_row on notes for select using (true);
    /// ```
    "S-24" "only_restrictive_policies" Warning "Only restrictive policies"
    on [Postgres] needs [Schemas, Relations, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        let enabled = table.row().row_security.value().is_some_and(|security| security.enabled);
        let policies = table.policies();
        if enabled && !policies.is_empty() && policies.iter().all(|policy| !policy.permissive) {
            let message = format!("All policies of {} are restrictive: nothing passes.", table.row().name);
            let finding = found.add(Object::of(table), message);
            for policy in policies {
                finding.evidence(policy.name.as_str());
            }
        }
    }
    Ok(())
}
