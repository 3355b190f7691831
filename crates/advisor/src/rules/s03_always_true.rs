use catalog::PolicyCommand;
use policy::expression::Expression;

use crate::{
    Context, Object, ObjectType, policies,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy lets every row be written.
    ///
    /// **Why.** Its condition is always true, whatever the row holds: whoever it names may add, change or delete every row, other people's too.
    ///
    /// **How to fix it.** Say whose rows: compare a column with who is asking.
    ///
    /// **False positives.** A log that everybody may add to. A policy for reading is left alone; so is one for roles that row security does not
    /// apply to, one beside which a restrictive policy narrows the same command, and one without any condition, which lets nothing
    /// through. `id = id`, `not false` and `x or true` count as what they are.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy add on notes for insert with check (id is not null or id is null);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy see on notes for select using (true);
    /// create policy add on notes for insert with check (owner = current_user);
    /// ```
    "S-03" "rls_policy_always_true" Error "Policy that lets every row be written"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, read) in context.policies() {
        if !policy.permissive || policy.command == PolicyCommand::Select || for_bypassing_only(context, &policy.roles) {
            continue;
        }
        // Reading it says whether something could not be read.
        let _ = read.readings(policy, found).count();
        let open =
            |expression: &Expression| expression.truth.is_always_true() || expression.truth.is_true_unless_null();
        // What is shown to be changed may be changed; a check that lets anything through beside a condition on what is shown is
        // another rule's matter, unless new rows may be added.
        let decides = match policy.command {
            PolicyCommand::Update | PolicyCommand::Delete => [read.using.as_ref(), None],
            _ => [read.check(), read.using.as_ref()],
        };
        let Some(expression) = decides.into_iter().flatten().find(|expression| open(expression)) else { continue };
        let narrowed = relation.policies().iter().any(|other| {
            !other.permissive
                && (other.command == PolicyCommand::All || other.command == policy.command)
                && (other.roles.iter().any(|role| role == crate::context::PUBLIC)
                    || policy.roles.iter().all(|role| other.roles.contains(role)))
        });
        if narrowed {
            continue;
        }
        let command = policies::command(policy.command);
        let message =
            format!("{} lets {} {command} every row of {}.", policy.name, policy.roles.join(", "), relation.row().name);
        let finding = found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        finding.evidence(format!("always true: {}", expression.text));
    }
    Ok(())
}

/// Whether row security applies to none of them anyway.
pub(crate) fn for_bypassing_only(context: &Context<'_>, roles: &[String]) -> bool {
    roles.iter().all(|name| context.role(name).is_some_and(|role| role.bypass_row_security || role.superuser))
}
