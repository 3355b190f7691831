use catalog::Volatility;

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

/// Functions of the server that give another answer each time, of those that one could meet in a policy.
const CHANGING: [&str; 8] =
    ["random", "random_normal", "clock_timestamp", "timeofday", "nextval", "gen_random_uuid", "pg_sleep", "set_config"];

crate::rule::rule! {
    /// A policy calls a function that is declared VOLATILE, as functions are where nothing else is said.
    ///
    /// **Why.** The server may not keep the answer of such a function from one row to the next, nor find rows by an index with it: it is called
    /// for every row. And what it gives may differ from row to row, so that nobody can say which rows a user sees.
    ///
    /// **How to fix it.** Declare a function that only reads STABLE: `alter function … stable`. One that writes does not belong into a policy.
    /// Whether it writes is not known here.
    ///
    /// **False positives.** A policy that is meant to let a share of the rows through at random. A call of its own in `(select f())` is made
    /// once, and is left alone.
    ///
    /// ```sql,fires
    /// create function me() returns text language sql as $$ select current_setting('app.user', true) $$;
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = me());
    /// ```
    ///
    /// ```sql,silent
    /// create function me() returns text stable language sql as $$ select current_setting('app.user', true) $$;
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = me());
    /// ```
    "S-28" "volatile_call_in_policy" Warning "Volatile function in a policy"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    use policy::expression::Evaluated;
    // A name stands for a volatile function where all functions of that name are: which of them is called is not known.
    let mut volatile: std::collections::HashMap<&str, bool> = std::collections::HashMap::new();
    for routine in &context.catalog.routines {
        let is = routine.volatility == Some(Volatility::Volatile);
        volatile.entry(&routine.name).and_modify(|all| *all &= is).or_insert(is);
    }
    for (relation, policy, read) in context.policies() {
        let mut calls: Vec<String> = Vec::new();
        for reading in read.readings(policy, found) {
            for call in &reading.calls {
                let own = volatile.get(call.name.as_str()).copied();
                let is = own.unwrap_or_else(|| CHANGING.iter().any(|name| call.is("pg_catalog", name)));
                let name = format!("{}()", call.name);
                if is && reading.evaluated(call.select) != Evaluated::Once && !calls.contains(&name) {
                    calls.push(name);
                }
            }
        }
        if !calls.is_empty() {
            let message = format!(
                "{} calls {}, which may give another answer for each row of {} and is called for each.",
                policy.name,
                calls.join(", "),
                relation.row().name
            );
            found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
