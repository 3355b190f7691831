use catalog::Volatility;
use policy::expression::Evaluated;

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy calls a function for each row that would give the same answer once.
    ///
    /// **Why.** Without an index that the comparison can use, the call is made for every row of the table: on 100,000 rows that is a second and
    /// more for a function in PL/pgSQL.
    ///
    /// **How to fix it.** Put the call into a sub-select of its own, `(select f())`: the server then makes it once for the statement. A call with
    /// a column of the row among its arguments cannot be helped that way; use `column = any (array(select f()))` there.
    ///
    /// **False positives.** An index on the compared column makes it harmless. Calls inside `(select …)` are left alone, whatever stands around
    /// them there, and so are those in a sub-select of another table, which are made for its rows only.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = current_setting('app.user', true));
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = (select coalesce(current_setting('app.user', true), '')));
    /// ```
    "S-11" "auth_rls_initplan" Warning "Call in a policy that is made for each row"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let own: std::collections::HashMap<&str, bool> = context
        .catalog
        .routines
        .iter()
        .map(|routine| (routine.name.as_str(), routine.volatility != Some(Volatility::Volatile)))
        .collect();
    for (relation, policy, read) in context.policies() {
        let mut calls: Vec<String> = Vec::new();
        for reading in read.readings(policy, found) {
            for call in &reading.calls {
                // Reading a setting is the one call of the server's own that costs something and stays the same.
                let known = match own.get(call.name.as_str()) {
                    Some(stays) if call.schema.is_some() => *stays,
                    _ => call.is("pg_catalog", "current_setting"),
                };
                if known && !call.takes_row && reading.evaluated(call.select) == Evaluated::PerRow {
                    let schema = call.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
                    let name = format!("{schema}{}()", call.name);
                    if !calls.contains(&name) {
                        calls.push(name);
                    }
                }
            }
        }
        if !calls.is_empty() {
            let message = format!(
                "{} calls {} for each row of {}: write (select …) around it.",
                policy.name,
                calls.join(", "),
                relation.row().name
            );
            found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
