use catalog::Told;

use crate::{
    Context, Object, indexes,
    rule::{Found, Reason},
};

/// Searches that cost less, in the planner's unit, are fast as they are.
const DEAR: f64 = 100.0;
/// So many times cheaper.
const CHEAPER: f64 = 2.0;

crate::rule::rule! {
    /// The planner would find rows at less than half the cost with an index that is not there.
    ///
    /// **Why.** Columns that policies compare, foreign keys refer by and the statements that take longest search by were tried with an index each,
    /// as the role that searches: the extension `hypopg` tells the planner of an index without building one. The evidence has both costs.
    ///
    /// **How to fix it.** Build the index.
    ///
    /// **False positives.** Statements that are seldom enough, or a table that is written so often that one more index costs more than it brings.
    /// Costs are the planner's reckoning for a value that it does not know. Where `hypopg` is not installed the rule is not evaluated, and where
    /// statements are not counted, not in full. Tables of less than 1,000 rows are left alone, and so are policies that call functions of
    /// somebody else than the table's owner, which planning might run.
    ///
    /// ```sql,fires
    /// -- fact: statements=[]
    /// -- fact: index_costs=[{"trial": {"schema": "public", "table": "notes", "columns": ["owner"], "role": "web_user", "compared": []}, "before": 1834.0, "after": 8.3}]
    /// create table notes (id int primary key, owner name);
    /// ```
    "I-15" "proved_index" Info "Index that the planner would use"
    on [Postgres] needs [Schemas, Relations, Columns, ForeignKeys, Indexes, Policies, Routines, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let costs = match &context.facts.index_costs {
        Told::Known(costs) => costs,
        Told::NotEvaluated(reason) => return Err(Reason::Unready(reason.clone())),
    };
    if let Told::NotEvaluated(reason) = &context.facts.statements {
        found.unseen(Reason::Unready(reason.clone()));
    }
    let mut told = std::collections::HashSet::new();
    for cost in costs.iter().filter(|cost| cost.before >= DEAR && cost.after * CHEAPER <= cost.before) {
        let trial = &cost.trial;
        let Some(table) = context.find(&trial.schema, &trial.table) else { continue };
        // A policy and a foreign key may want the same.
        if !told.insert((table.id(), &trial.columns)) {
            continue;
        }
        let columns = trial.columns.join(", ");
        let message = format!(
            "An index of {} over {columns} makes a search {:.0} times cheaper.",
            table.row().name,
            cost.before / cost.after.max(0.01)
        );
        let finding = found.add(Object::of(table), message);
        finding.told_apart_by(&columns);
        finding
            .evidence(format!("planned as {}: {:.2} without it, {:.2} with it", trial.role, cost.before, cost.after));
        finding.fix(indexes::create(context, table, &trial.columns));
    }
    Ok(())
}
