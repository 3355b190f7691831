use crate::{
    Context, Object,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Row security of a table is on, and no policy lets anything through.
    ///
    /// **Why.** Everybody but the owner and those it does not apply to sees an empty table, and is refused every new row.
    ///
    /// **How to fix it.** Add a policy, from a template for instance. What it should say cannot be guessed, so there is no fix here.
    ///
    /// **False positives.** A table that only its owner is to use, for which that is the safest state. A partition that is reached through its
    /// parent needs no policy of its own and is left alone.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy everything on notes for select using (true);
    /// ```
    "S-02" "rls_enabled_no_policy" Warning "Row security without a policy"
    on [Postgres] needs [Schemas, Relations, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let enabled = table.row().row_security.value().is_some_and(|security| security.enabled);
        if enabled && table.policies().is_empty() {
            let message = format!(
                "Row security of {} is on without a policy: nobody but its owner sees a row.",
                table.row().name
            );
            found.add(Object::of(table), message);
        }
    }
    Ok(())
}
