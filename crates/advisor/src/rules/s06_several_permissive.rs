use std::collections::BTreeMap;

use catalog::{Policy, PolicyCommand, RelationWalker};
use policy::{change::Change, listing::Draft};

use crate::{
    Context, Fix, Object, policies,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Several permissive policies of a table are for the same role and command.
    ///
    /// **Why.** They are joined with OR: a row passes where any of them lets it, which readers of one do not see; and a slow one makes an index
    /// useless that another would have used.
    ///
    /// **How to fix it.** Make one of them, joined with OR. The fix does so where both are for the very same command and roles; it changes nothing
    /// of what passes.
    ///
    /// **False positives.** Policies that are kept apart to be read one by one. Only roles that policies name are compared, not every role of the
    /// server.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name, shared bool);
    /// alter table notes enable row level security;
    /// create policy own on notes for select to web_user using (owner = current_user);
    /// create policy shared on notes for select to web_user using (shared);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name, shared bool);
    /// alter table notes enable row level security;
    /// create policy own on notes for select to web_user using (owner = current_user);
    /// create policy shared on notes for select to web_anon using (shared);
    /// create policy never on notes as restrictive using (id > 0);
    /// ```
    "S-06" "multiple_permissive_policies" Warning "Several permissive policies for one role and command"
    on [Postgres] needs [Schemas, Relations, Policies, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    const COMMANDS: [PolicyCommand; 4] =
        [PolicyCommand::Select, PolicyCommand::Insert, PolicyCommand::Update, PolicyCommand::Delete];
    let rights = context.effects().rights();
    for table in context.relations().filter(|table| table.policies().len() > 1) {
        let permissive: Vec<&Policy> = table.policies().iter().filter(|policy| policy.permissive).collect();
        let mut roles: Vec<&str> = permissive.iter().flat_map(|policy| &policy.roles).map(String::as_str).collect();
        roles.sort_unstable();
        roles.dedup();
        // What is said once for all roles and commands that the same policies meet.
        let mut met: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
        for role in roles {
            let powers = rights.powers(role);
            if powers.superuser || powers.bypass_row_security {
                continue;
            }
            for command in COMMANDS {
                let applying: Vec<&str> = permissive
                    .iter()
                    .filter(|policy| policy.command == PolicyCommand::All || policy.command == command)
                    .filter(|policy| policy.roles.iter().any(|name| rights.is_or_has(&powers, name)))
                    .map(|policy| policy.name.as_str())
                    .collect();
                if applying.len() > 1 {
                    met.entry(applying).or_default().push(format!("{} of {role}", policies::command(command)));
                }
            }
        }
        for (names, what) in met {
            let message = format!(
                "{} policies of {} are joined with OR: {}.",
                names.len(),
                table.row().name,
                crate::names::listed(&names)
            );
            let same: Vec<&Policy> = names
                .iter()
                .filter_map(|name| permissive.iter().find(|policy| policy.name == **name).copied())
                .collect();
            let finding = found.add(Object::of(table), message);
            for name in &names {
                finding.told_apart_by(name);
            }
            finding.evidence(format!("for {}", what.join("; "))).fix(joined(table, &same));
        }
    }
    Ok(())
}

/// One policy instead of several that are for the same command and roles.
fn joined(table: RelationWalker<'_>, policies: &[&Policy]) -> Option<Fix> {
    let (first, others) = policies.split_first()?;
    if others.iter().any(|other| other.command != first.command || other.roles != first.roles) {
        return None;
    }
    // One without a condition lets nothing through and adds nothing to the others.
    let any = |of: fn(&Policy) -> Option<&String>| {
        let texts: Vec<String> =
            policies.iter().filter_map(|policy| of(policy)).map(|text| format!("({text})")).collect();
        (!texts.is_empty()).then(|| texts.join(" OR "))
    };
    let checked = policies.iter().any(|policy| policy.with_check.is_some());
    let with_check = match first.command {
        PolicyCommand::Insert => any(|policy| policy.with_check.as_ref()),
        PolicyCommand::All | PolicyCommand::Update if checked => {
            any(|policy| policy.with_check.as_ref().or(policy.using.as_ref()))
        }
        _ => None,
    };
    let before = Draft::of(first);
    let after = Draft { using: any(|policy| policy.using.as_ref()), with_check, ..before.clone() };
    let on = crate::policies::table(table);
    let mut changes = vec![Change::Alter { on: on.clone(), before, after }];
    changes.extend(others.iter().map(|other| Change::Drop { on: on.clone(), policy: Draft::of(other) }));
    crate::policies::changed(changes)
}
