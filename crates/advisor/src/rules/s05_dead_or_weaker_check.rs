use catalog::PolicyCommand;

use crate::{
    Context, Level, Object, ObjectType, policies,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy has no condition and so lets nothing through, or its check is weaker than what it shows.
    ///
    /// **Why.** A permissive policy without a condition reads as if it allowed everything, and allows nothing. One that shows a person's own
    /// rows but lets any row be written lets them give their rows to others, or take others' names.
    ///
    /// **How to fix it.** Write the condition. Where WITH CHECK is left out, the server uses USING for it, which is mostly right: then nothing
    /// is reported.
    ///
    /// **False positives.** Handing rows on may be what is meant.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy add on notes for insert;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = current_user);
    /// ```
    "S-05" "policy_without_condition" Warning "Policy without a condition, or with a weaker check"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, read) in context.policies() {
        let object = || Object::part(relation, ObjectType::Policy, &policy.name);
        if policy.permissive && policy.using.is_none() && policy.with_check.is_none() {
            let command = policies::command(policy.command);
            let message = format!("{} has no condition: it allows no {command} at all.", policy.name);
            found.add(object(), message).level(Level::Info);
            continue;
        }
        let _ = read.readings(policy, found).count();
        let writes = matches!(policy.command, PolicyCommand::All | PolicyCommand::Update);
        let (Some(using), Some(with_check)) = (&read.using, &read.with_check) else { continue };
        let open = with_check.truth.is_always_true() || with_check.truth.is_true_unless_null();
        if writes && policy.permissive && open && using.truth.can_be_false {
            let message = format!(
                "{} shows rows where {}, but lets them be changed into any row: they can be given to others.",
                policy.name, using.text
            );
            found.add(object(), message).evidence(format!("WITH CHECK {}", with_check.text));
        }
    }
    Ok(())
}
