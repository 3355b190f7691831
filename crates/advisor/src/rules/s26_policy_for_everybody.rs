use crate::{
    Context, Object, ObjectType,
    context::PUBLIC,
    policies,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A permissive policy of a table that clients reach names no role, and so is for everybody.
    ///
    /// **Why.** Leaving `TO` out means `PUBLIC`: roles that are made later too, and clients that have not signed in. Its condition is then asked
    /// for them as well, with whatever settings they have.
    ///
    /// **How to fix it.** `ALTER POLICY … TO` the roles that are meant. Which, cannot be guessed.
    ///
    /// **False positives.** A policy that is for everybody, whose condition says who; restrictive policies mostly are, and are left alone, and so
    /// is reading with `using (true)`, which says so.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// grant select on notes to web_user;
    /// create policy own on notes using (owner = current_user);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// grant select on notes to web_user;
    /// create policy own on notes to web_user using (owner = current_user);
    /// ```
    "S-26" "policy_for_everybody" Info "Policy without a role"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    use policy::rights::Privileges;
    const ANY: [Privileges; 4] = [Privileges::SELECT, Privileges::INSERT, Privileges::UPDATE, Privileges::DELETE];
    context.exposed()?;
    for (relation, policy, read) in context.policies() {
        let everybody = policy.permissive && policy.roles.iter().any(|role| role == PUBLIC);
        let open = policy.command == catalog::PolicyCommand::Select
            && read.using.as_ref().is_some_and(|expression| expression.truth.is_always_true());
        if !everybody || open || context.reaching(relation, &ANY)?.is_empty() {
            continue;
        }
        let command = policies::command(policy.command);
        let message =
            format!("{} names no role: it is asked for everybody's {command} of {}.", policy.name, relation.row().name);
        found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
    }
    Ok(())
}
