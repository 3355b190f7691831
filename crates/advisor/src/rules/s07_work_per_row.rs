use policy::expression::{Evaluated, SelectKind};

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A policy does work for each row that depends on the row: a function with one of its columns, or a sub-select that names one.
    ///
    /// **Why.** `is_member(team_id)` is called, and `(select role from members m where m.team_id = notes.team_id)` is run, for every row that is
    /// looked at: on 100,000 rows that is a second and more, with an index or without. Putting `(select …)` around it changes nothing, since what
    /// stands in it still depends on the row.
    ///
    /// **How to fix it.** Turn it round: ask once which groups are the user's, and compare the column with them,
    /// `team_id = any (array(select team_id from members where user_id = …))` or `= any (array(select my_teams()))`. That is computed once, and an
    /// index on the column serves it.
    ///
    /// **False positives.** A condition that only few rows get to, because another one is asked before it and an index serves that. `exists (…)`
    /// is left alone, which the server can turn into one pass over the other table.
    ///
    /// ```sql,fires
    /// create table members (team_id int, user_name name);
    /// create table notes (id int primary key, team_id int);
    /// alter table notes enable row level security;
    /// create policy team on notes using (current_user in (select m.user_name from members m where m.team_id = notes.team_id));
    /// ```
    ///
    /// ```sql,silent
    /// create table members (team_id int, user_name name);
    /// create table notes (id int primary key, team_id int);
    /// alter table notes enable row level security;
    /// create policy team on notes using (team_id = any (array(select m.team_id from members m where m.user_name = current_user)));
    /// ```
    "S-07" "policy_work_per_row" Info "Policy that searches or calls for each row"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    // Functions of the server's own are cheap; those that people wrote mostly look something up.
    let own: std::collections::HashSet<&str> =
        context.catalog.routines.iter().map(|routine| routine.name.as_str()).collect();
    for (relation, policy, read) in context.policies() {
        let mut work: Vec<String> = Vec::new();
        for reading in read.readings(policy, found) {
            for call in reading.calls.iter().filter(|call| call.takes_row && own.contains(call.name.as_str())) {
                if reading.evaluated(call.select) == Evaluated::PerRow {
                    work.push(format!("calls {}()", call.name));
                }
            }
            for (index, select) in reading.selects.iter().enumerate() {
                let asked =
                    matches!(select.kind, SelectKind::Any | SelectKind::All | SelectKind::Scalar | SelectKind::Array);
                let outermost = select.parent.is_none();
                if !(asked && outermost && select.reads && select.correlated == Some(true)) {
                    continue;
                }
                let reads = reading.relations.iter().find(|relation| relation.select == index);
                work.push(format!("searches {}", reads.map_or("another table", |relation| relation.name.as_str())));
            }
        }
        work.sort();
        work.dedup();
        if !work.is_empty() {
            let message = format!(
                "{} {} for each row of {}: ask once for what the user may see, and compare the column with that.",
                policy.name,
                work.join(" and "),
                relation.row().name
            );
            found.add(Object::part(relation, ObjectType::Policy, &policy.name), message);
        }
    }
    Ok(())
}
