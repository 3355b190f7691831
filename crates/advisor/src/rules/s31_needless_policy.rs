use catalog::{Policy, PolicyCommand};
use policy::{change::Change, listing::Draft};

use crate::{
    Context, Object, ObjectType,
    context::PUBLIC,
    policies::{self, ReadPolicy},
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy adds nothing to another: whatever it lets through the other lets through as well, or whatever it forbids the other forbids.
    ///
    /// **Why.** Each policy is asked for each row, and who reads them looks for a difference that is not there. One that was meant to be narrower
    /// is not.
    ///
    /// **How to fix it.** Drop it. Where the other one was made by mistake, it is that which has to go.
    ///
    /// **False positives.** Two that say the same today and are meant to part. Conditions that differ in their text are taken to differ.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = current_user);
    /// create policy see_own on notes for select using (owner = current_user);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy own on notes to web_user using (owner = current_user);
    /// create policy see_own on notes for select to web_anon using (owner = current_user);
    /// ```
    "S-31" "needless_policy" Info "Policy that adds nothing to another"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let all: Vec<_> = context.policies().collect();
    for table in all.chunk_by(|(one, ..), (other, ..)| one.id() == other.id()) {
        for (place, (relation, policy, read)) in table.iter().enumerate() {
            let _ = read.readings(policy, found).count();
            let other = table.iter().enumerate().find(|(at, (_, other, other_read))| {
                // Of two that are alike the later one is the needless one.
                *at != place
                    && adds_nothing(policy, read, other, other_read)
                    && (*at < place || !adds_nothing(other, other_read, policy, read))
            });
            let Some((_, (_, other, _))) = other else { continue };
            let message = if policy.permissive {
                format!("{} lets nothing through that {} does not.", policy.name, other.name)
            } else {
                format!("{} forbids nothing that {} does not.", policy.name, other.name)
            };
            let on = policies::table(*relation);
            let fix = policies::changed(vec![Change::Drop { on, policy: Draft::of(policy) }]);
            let finding = found.add(Object::part(*relation, ObjectType::Policy, &policy.name), message);
            finding.told_apart_by(&other.name).fix(fix);
        }
    }
    Ok(())
}

/// Whether nothing changes without the policy as long as there is the other.
fn adds_nothing(policy: &Policy, read: &ReadPolicy, other: &Policy, other_read: &ReadPolicy) -> bool {
    let roles =
        other.roles.iter().any(|role| role == PUBLIC) || policy.roles.iter().all(|role| other.roles.contains(role));
    let command = other.command == PolicyCommand::All || other.command == policy.command;
    // Without a condition it is of no effect at all, which is another rule's.
    let says = policy.using.is_some() || policy.with_check.is_some();
    if policy.permissive != other.permissive || !roles || !command || !says {
        return false;
    }
    let shows = policy.command != PolicyCommand::Insert;
    let writes = matches!(policy.command, PolicyCommand::All | PolicyCommand::Insert | PolicyCommand::Update);
    // What takes in everything takes in this too; what forbids everything forbids this too.
    let covers = |expression: Option<&policy::expression::Expression>| {
        expression.is_some_and(
            |read| if policy.permissive { read.truth.is_always_true() } else { read.truth.is_never_true() },
        )
    };
    let check = |policy: &Policy| policy.with_check.clone().or_else(|| policy.using.clone());
    let using = !shows || policy.using == other.using || covers(other_read.using.as_ref());
    let checked = !writes || check(policy) == check(other) || covers(other_read.check());
    let known = read.using.is_some() == policy.using.is_some();
    using && checked && known
}
