use std::collections::BTreeMap;

use catalog::{PolicyCommand, RelationId};
use policy::expression::Reading;

use crate::{
    Context, Object,
    context::PUBLIC,
    policies,
    rule::{Found, Reason},
};

/// What tells whether somebody signed in without saying who they are: the claim, and the column of Supabase's table of users.
const CLAIM: &str = "is_anonymous";

crate::rule::rule! {
    /// Policies for who has signed in let in who signed in anonymously.
    ///
    /// **Why.** Supabase gives a user to whoever asks for an anonymous one, with the same role as everybody who has signed in. A policy for that
    /// role holds for them, and anybody can become one.
    ///
    /// **How to fix it.** Add a restrictive policy that asks the claim, `((select current_setting('request.jwt.claims', true)::jsonb ->>
    /// 'is_anonymous')::boolean is not true)`, or ask it in the policy.
    ///
    /// **False positives.** Tables that are for them too, and projects that do not allow anonymous sign-ins, which the database does not know. Where
    /// there is no table `auth.users` with a column `is_anonymous`, nobody signs in that way, and there is nothing to find.
    ///
    /// ```sql,fires
    /// create schema auth;
    /// create table auth.users (id uuid primary key, is_anonymous boolean not null default false);
    /// create table notes (id int primary key, owner uuid);
    /// alter table notes enable row level security;
    /// create policy own on notes to web_user using (owner = (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy own on notes to web_user using (owner = current_user);
    /// ```
    "S-19" "auth_allow_anonymous_sign_ins" Info "Policies that let in who signed in anonymously"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let users = context.find("auth", "users");
    if !users.is_some_and(|users| users.columns().iter().any(|column| column.name == CLAIM)) {
        return Ok(());
    }
    let exposure = context.exposed()?;
    let lets_in = |roles: &[String]| {
        roles.is_empty() || roles.iter().any(|role| role == PUBLIC || exposure.signed_in.contains(role))
    };
    let asks = |reading: &Reading| {
        let keys = reading.json_keys.iter().flat_map(|keys| &keys.keys);
        keys.chain(reading.columns.iter().map(|column| &column.name)).any(|name| name == CLAIM)
    };
    // By table: policies that let them in, and commands for which a restrictive one asks.
    let mut open: BTreeMap<RelationId, Vec<(PolicyCommand, &str)>> = BTreeMap::new();
    let mut guarded: BTreeMap<RelationId, Vec<PolicyCommand>> = BTreeMap::new();
    for (relation, policy, read) in context.policies() {
        let asked = read.readings(policy, found).any(asks);
        if !lets_in(&policy.roles) || !exposure.has_schema(relation.schema()) {
            continue;
        }
        if !policy.permissive && asked {
            guarded.entry(relation.id()).or_default().push(policy.command);
        } else if policy.permissive && !asked {
            open.entry(relation.id()).or_default().push((policy.command, &policy.name));
        }
    }
    for (id, mut policies) in open {
        let guards = guarded.get(&id).map(Vec::as_slice).unwrap_or_default();
        policies.retain(|(command, _)| !guards.contains(command) && !guards.contains(&PolicyCommand::All));
        let Some(table) = context.catalog.relation(id).filter(|_| !policies.is_empty()) else { continue };
        let message = format!("Who signed in anonymously counts as signed in to {}.", table.row().name);
        let finding = found.add(Object::of(table), message);
        for (command, name) in policies {
            finding.evidence(format!("{name}, for {}", policies::command(command)));
        }
    }
    Ok(())
}
