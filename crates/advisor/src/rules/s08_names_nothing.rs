use std::collections::{BTreeMap, HashMap};

use catalog::{Known, ObjectKind, Routine};

use crate::{
    Context, Object, ObjectType, missing,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy calls a function whose body reads a table that is not there.
    ///
    /// **Why.** What a policy names itself the server keeps: it cannot be dropped or renamed away. Not so what the body of a function names, which
    /// is only a text: since the table went, or was renamed, every statement that the policy is asked for fails with "relation does not exist"
    /// (42P01).
    ///
    /// **How to fix it.** Write the function anew, or a policy that does without it.
    ///
    /// **False positives.** A function that makes the table itself, such as a temporary one. Only names with a schema are looked for, after FROM,
    /// JOIN, INTO and UPDATE; a name without one may mean anything on the caller's search path.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, team int);
    /// create table members (team int, person name);
    /// create function my_teams() returns setof int language sql stable security definer set search_path = '' as
    ///   $$ select team from public.members where person = current_user $$;
    /// alter table notes enable row level security;
    /// create policy team on notes using (team in (select my_teams()));
    /// alter table members rename to member_of;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, team int);
    /// create table members (team int, person name);
    /// create function my_teams() returns setof int language sql stable security definer set search_path = '' as
    ///   $$ select team from public.members where person = current_user $$;
    /// alter table notes enable row level security;
    /// create policy team on notes using (team in (select my_teams()));
    /// ```
    "S-08" "policy_names_nothing" Error "Policy that leads to a table which is not there"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut own: HashMap<&str, Vec<&Routine>> = HashMap::new();
    for routine in &context.catalog.routines {
        own.entry(routine.name.as_str()).or_default().push(routine);
    }
    let schemas = missing::own_schemas(context.catalog);
    // A function that many policies call is read once.
    let mut known: HashMap<(&str, &str), Vec<String>> = HashMap::new();
    for (relation, policy, read) in context.policies() {
        let mut gone: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for call in read.readings(policy, found).flat_map(|reading| &reading.calls).collect::<Vec<_>>() {
            let of_schema = |routine: &&&Routine| {
                call.schema.as_deref().is_none_or(|schema| schema == context.catalog.schema_name(routine.schema))
            };
            for routine in own.get(call.name.as_str()).into_iter().flatten().filter(of_schema) {
                let schema = context.catalog.schema_name(routine.schema);
                let arguments = routine.identity_arguments.as_deref().unwrap_or_default();
                if context.is_member(ObjectKind::Routine, schema, &routine.name, arguments) {
                    continue;
                }
                let Known::Value(definition) = &routine.definition else {
                    found.unseen(Reason::NotLoaded("definitions of functions".to_owned()));
                    continue;
                };
                let named = known.entry((definition.as_str(), schema)).or_insert_with(|| {
                    missing::relations_of_body(definition, context.dialect(), &schemas, |schema, name| {
                        context.find(schema, name).is_some() || own.contains_key(name)
                    })
                });
                for name in named.iter() {
                    gone.entry(routine.name.clone()).or_default().push(name.clone());
                }
            }
        }
        for (function, mut tables) in gone {
            tables.sort();
            tables.dedup();
            let message = format!(
                "{} calls {function}(), which reads {}: there is no such table.",
                policy.name,
                tables.join(", ")
            );
            let finding = found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
            finding.told_apart_by(&function);
        }
    }
    Ok(())
}
