use std::collections::{HashMap, HashSet};

use catalog::RelationId;

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy reads its own table, or one whose policies read it.
    ///
    /// **Why.** The policy of the table that is read has to be asked too, and so on: the server refuses every statement with "infinite recursion"
    /// (42P17), for everybody to whom the policies apply. The owner does not notice.
    ///
    /// **How to fix it.** Ask in a function with its owner's rights (`SECURITY DEFINER`, with a search path of its own), to which the policies do
    /// not apply.
    ///
    /// **False positives.** Policies for roles of which nobody has both. Reading through a view or a function is not followed.
    ///
    /// ```sql,fires
    /// create table members (team int, person name);
    /// alter table members enable row level security;
    /// create policy mates on members using (team in (select team from members where person = current_user));
    /// ```
    ///
    /// ```sql,silent
    /// create table members (team int, person name);
    /// create table notes (team int);
    /// alter table members enable row level security;
    /// alter table notes enable row level security;
    /// create policy own on members using (person = current_user);
    /// create policy mates on notes using (team in (select team from members));
    /// ```
    "S-25" "policy_recursion" Error "Policies that ask each other for ever"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let names = context.effects().rights().names();
    let secured = |id: &RelationId| {
        let relation = context.catalog.relation(*id);
        relation.is_some_and(|relation| relation.row().row_security.value().is_some_and(|security| security.enabled))
    };
    let mut reads: HashMap<RelationId, Vec<RelationId>> = HashMap::new();
    let mut own: Vec<(usize, Vec<RelationId>)> = Vec::new();
    for (place, (relation, policy, read)) in context.policies().enumerate() {
        let targets: Vec<RelationId> = read
            .readings(policy, found)
            .flat_map(|reading| &reading.relations)
            .filter_map(|used| names.relation(used.schema.as_deref(), &used.name))
            .filter(secured)
            .collect();
        if secured(&relation.id()) {
            reads.entry(relation.id()).or_default().extend(&targets);
            own.push((place, targets));
        }
    }
    let policies: Vec<_> = context.policies().collect();
    for (place, targets) in own {
        let Some((relation, policy, _)) = policies.get(place) else { continue };
        let (mut seen, mut next): (HashSet<RelationId>, Vec<RelationId>) = (HashSet::new(), targets);
        let mut back = false;
        while let Some(id) = next.pop() {
            if id == relation.id() {
                back = true;
                break;
            }
            if seen.insert(id) {
                next.extend(reads.get(&id).into_iter().flatten());
            }
        }
        if back {
            let message = format!(
                "{} reads {} again, whose policies then have to be asked again: statements are refused (42P17).",
                policy.name,
                relation.row().name
            );
            found.add(Object::part(*relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
