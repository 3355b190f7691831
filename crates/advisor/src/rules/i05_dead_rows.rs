use crate::{
    Context, Fix, Lock, Object,
    rule::{Found, Reason, told},
};

/// Fewer dead rows are not worth the question.
const LEAST: i64 = 10_000;

crate::rule::rule! {
    /// A table holds many rows that are gone and were not cleaned up: more than a third of all.
    ///
    /// **Why.** Every read passes over them. It says that autovacuum does not keep up, is off for the table, or is held back by a transaction
    /// that was never ended.
    ///
    /// **How to fix it.** Clean it up, and look why that did not happen by itself.
    ///
    /// **False positives.** A table much of which was deleted a minute ago.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// insert into orders select generate_series(1, 100);
    /// delete from orders;
    /// ```
    "I-05" "table_bloat" Info "Table with many dead rows"
    on [Postgres] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    told(&context.facts.tables, "statistics of tables")?;
    if context.facts.settings.value().and_then(|all| all.get("track_counts")).is_some_and(|value| value == "off") {
        return Err(Reason::Unready("track_counts is off: dead rows are not counted".to_owned()));
    }
    for table in context.relations() {
        let Some(statistics) = context.table_statistics(table) else { continue };
        let (live, dead) = (statistics.live_rows, statistics.dead_rows);
        if dead < LEAST || dead * 2 <= live {
            continue;
        }
        let message =
            format!("{dead} rows of {} are gone but not cleaned up, beside {live} that are there.", table.row().name);
        let fix = Fix::new(format!("VACUUM (ANALYZE) {};", context.path_of(table))).lock(Lock::ShareUpdateExclusive);
        found.add(Object::of(table), message).fix(fix.outside_transactions());
    }
    Ok(())
}
