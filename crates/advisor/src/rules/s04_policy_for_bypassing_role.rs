use policy::{change::Change, listing::Draft};

use crate::{
    Context, Object, ObjectType, policies,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy names a role that row security does not apply to.
    ///
    /// **Why.** A superuser and a role with `BYPASSRLS` see every row whatever policies say: the policy does nothing, and makes readers believe
    /// that it does.
    ///
    /// **How to fix it.** Drop the policy, or take the role out of it.
    ///
    /// **False positives.** A policy kept for the day when the role loses the attribute.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy admins on notes to app_admin using (true);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// create policy users on notes for select to web_user using (true);
    /// ```
    "S-04" "policy_for_bypassing_role" Warning "Policy for a role it does not apply to"
    on [Postgres] needs [Schemas, Relations, Policies, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, _) in context.policies() {
        let (bypassing, others): (Vec<&String>, Vec<&String>) = policy
            .roles
            .iter()
            .partition(|name| context.role(name).is_some_and(|role| role.bypass_row_security || role.superuser));
        if bypassing.is_empty() {
            continue;
        }
        let names = bypassing.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let message = format!("{} is for {names}, to whom row security does not apply.", policy.name);
        let (on, before) = (policies::table(relation), Draft::of(policy));
        let change = if others.is_empty() {
            Change::Drop { on, policy: before }
        } else {
            let after = Draft { roles: others.into_iter().cloned().collect(), ..before.clone() };
            Change::Alter { on, before, after }
        };
        let object = Object::part(relation, ObjectType::Policy, &policy.name);
        found.add(object, message).fix(policies::changed(vec![change]));
    }
    Ok(())
}
