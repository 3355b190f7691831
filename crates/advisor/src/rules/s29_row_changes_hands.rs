use catalog::PolicyCommand;

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy lets rows be changed that a column says are the user's, and its check on the changed row says nothing of that column.
    ///
    /// **Why.** Such a row can be given to somebody else, or put into another tenant: the column is free to be set to anything.
    ///
    /// **How to fix it.** Say the same of the column in WITH CHECK. Leaving WITH CHECK out does so too: the server then uses USING for it.
    ///
    /// **False positives.** Handing rows on may be what is meant; a privilege to change only some columns, or a trigger, may keep it from
    /// happening. A check that is always true is another rule's, S-05.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name, kind text);
    /// alter table notes enable row level security;
    /// create policy own on notes for update using (owner = current_user) with check (kind <> 'secret');
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name, kind text);
    /// alter table notes enable row level security;
    /// create policy own on notes for update using (owner = current_user) with check (owner = current_user and kind <> 'secret');
    /// ```
    "S-29" "row_can_change_hands" Warning "Changed rows may be given to others"
    on [Postgres] needs [Schemas, Relations, Columns, Policies]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (relation, policy, read) in context.policies() {
        let _ = read.readings(policy, found).count();
        let writes = matches!(policy.command, PolicyCommand::All | PolicyCommand::Update);
        let (Some(using), Some(with_check)) = (&read.using, &read.with_check) else { continue };
        let (open, shut) = (with_check.truth, with_check.truth.is_never_true());
        if !writes || !policy.permissive || open.is_always_true() || open.is_true_unless_null() || shut {
            continue;
        }
        let checked = |name: &str| {
            with_check.reading.columns.iter().any(|column| column.own != Some(false) && column.name == name)
        };
        let mut free: Vec<&str> = using
            .reading
            .comparisons
            .iter()
            .filter(|comparison| comparison.operator == "=" && comparison.session)
            .filter_map(|comparison| using.reading.columns.get(comparison.column))
            .filter(|column| column.own == Some(true) && !checked(&column.name))
            .map(|column| column.name.as_str())
            .collect();
        free.sort_unstable();
        free.dedup();
        if free.is_empty() {
            continue;
        }
        let message = format!(
            "{} lets rows be changed by their {}, but not what it becomes: they can be given to others.",
            policy.name,
            free.join(", ")
        );
        let finding = found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        finding.evidence(format!("USING {}", using.text)).evidence(format!("WITH CHECK {}", with_check.text));
    }
    Ok(())
}
