use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy reads a setting without saying that it may be missing.
    ///
    /// **Why.** Where the setting was never set, the statement fails (42704) instead of finding nothing: whoever forgets it gets an error in
    /// words of the server, and a dump or a report stops.
    ///
    /// **How to fix it.** `current_setting('app.user', true)`, which is NULL then, and NULL lets nothing through.
    ///
    /// **False positives.** Where an error is what is wanted. Settings of the server itself are always there and are left alone: only names with a
    /// dot can be missing.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = (select current_setting('app.user')));
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = (select current_setting('app.user', true)));
    /// ```
    "S-27" "setting_may_be_missing" Warning "Setting whose absence is an error"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, read) in context.policies() {
        let mut missing: Vec<&str> = Vec::new();
        for setting in read.readings(policy, found).flat_map(|reading| &reading.settings) {
            if let Some(name) = setting.name.as_deref().filter(|name| name.contains('.'))
                && setting.missing_ok == Some(false)
                && !missing.contains(&name)
            {
                missing.push(name);
            }
        }
        if !missing.is_empty() {
            let message = format!(
                "{} fails where {} was never set: add true as second argument.",
                policy.name,
                crate::names::listed(&missing)
            );
            found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
