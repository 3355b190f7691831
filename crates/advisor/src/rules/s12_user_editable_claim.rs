use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

/// Names under which tokens and tables keep what users may change themselves.
const EDITABLE: [&str; 2] = ["user_metadata", "raw_user_meta_data"];

crate::rule::rule! {
    /// A policy trusts what users can change themselves.
    ///
    /// **Why.** Whoever edits their own profile can write a role into it.
    ///
    /// **How to fix it.** Keep rights in what only the server writes, such as `app_metadata`, or in a table.
    ///
    /// **False positives.** None where the value decides over rows. A text that happens to hold the name is no key and is left alone.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy admins on notes using
    ///   ((current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'role') = 'admin');
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, kind text);
    /// alter table notes enable row level security;
    /// create policy admins on notes using (kind = 'user_metadata'
    ///   or (current_setting('request.jwt.claims', true)::jsonb -> 'app_metadata' ->> 'role') = 'admin');
    /// ```
    "S-12" "rls_references_user_metadata" Error "Policy that trusts what users can change"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, read) in context.policies() {
        let trusts = read.readings(policy, found).any(|reading| {
            let keys = reading.json_keys.iter().flat_map(|keys| keys.keys.iter().chain([&keys.of]));
            let columns = reading.columns.iter().map(|column| &column.name);
            keys.chain(columns).any(|name| EDITABLE.contains(&name.as_str()))
        });
        if trusts {
            let message = format!("{} decides by what users can change of themselves.", policy.name);
            found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
