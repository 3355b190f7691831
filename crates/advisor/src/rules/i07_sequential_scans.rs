use crate::{
    Context, Object,
    rule::{Found, Reason, told},
};

/// Fewer rows are read whole anyway.
const ROWS: i64 = 10_000;
/// So often read whole.
const SCANS: i64 = 1_000;

crate::rule::rule! {
    /// A large table is read from end to end again and again, and hardly ever by an index.
    ///
    /// **Why.** Some statement has a condition that no index helps.
    ///
    /// **How to fix it.** Find the statement, in `pg_stat_statements` for instance, and index what its condition compares. Which column that is
    /// cannot be told from here.
    ///
    /// **False positives.** A table that is meant to be read whole, by a report.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// insert into orders select generate_series(1, 100);
    /// ```
    "I-07" "sequential_scans" Warning "Large table that is read whole again and again"
    on [Postgres] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    told(&context.facts.tables, "statistics of tables")?;
    if context.facts.settings.value().and_then(|all| all.get("track_counts")).is_some_and(|value| value == "off") {
        return Err(Reason::Unready("track_counts is off: scans are not counted".to_owned()));
    }
    for table in context.relations() {
        let Some(statistics) = context.table_statistics(table) else { continue };
        let (whole, by_index) = (statistics.sequential_scans, statistics.index_scans);
        if statistics.live_rows < ROWS || whole < SCANS || by_index > whole || statistics.sequential_rows / whole < ROWS
        {
            continue;
        }
        let message = format!(
            "{} has about {} rows and was read from end to end {whole} times, by an index {by_index} times.",
            table.row().name,
            statistics.live_rows
        );
        found.add(Object::of(table), message);
    }
    Ok(())
}
