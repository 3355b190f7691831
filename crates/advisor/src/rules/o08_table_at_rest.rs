use crate::{
    Context, Object,
    rule::{Found, Reason, told},
};

/// Younger counts say nothing.
const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Fewer rows are not worth the question.
const ROWS: i64 = 10_000;

crate::rule::rule! {
    /// Nothing was written to a large table for a month or more, while others of the database were.
    ///
    /// **Why.** Either what should fill it stopped, and nobody noticed, or it is not needed any more: it takes room, and time of every backup.
    ///
    /// **How to fix it.** Look why. What is kept to be read only can go to a partition or a database of its own.
    ///
    /// **False positives.** A list that does not change, such as countries or postcodes. Counted is since the statistics were last reset; while that
    /// is less than a month the rule is not evaluated.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// ```
    "O-08" "table_at_rest" Info "Large table that is not written any more"
    on [Postgres] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    told(&context.facts.tables, "statistics of tables")?;
    let counted = *told(&context.facts.counted_since_ms, "the time since which uses are counted")?;
    let (mut still, mut written) = (Vec::new(), false);
    for table in context.relations() {
        let Some(statistics) = context.table_statistics(table) else { continue };
        match statistics.written_rows {
            Some(0) if statistics.live_rows >= ROWS => still.push((table, statistics)),
            Some(rows) => written |= rows > 0,
            None => {}
        }
    }
    if still.is_empty() {
        return Ok(());
    }
    if context.facts.settings.value().and_then(|all| all.get("track_counts")).is_some_and(|value| value == "off") {
        return Err(Reason::Unready("track_counts is off: writes are not counted".to_owned()));
    }
    let days = match counted.map(|since| (context.catalog.as_of_ms - since) / DAY_MS) {
        Some(days) if days >= DAYS => days,
        Some(days) => {
            return Err(Reason::Unready(format!("writes are counted for {days} days only, and {DAYS} are needed")));
        }
        None => return Err(Reason::Unready("the server does not say since when writes are counted".to_owned())),
    };
    // A database that is only read is as it should be.
    if !written {
        return Ok(());
    }
    for (table, statistics) in still {
        let read = statistics.sequential_scans + statistics.index_scans > 0;
        let also = if read { "" } else { ", nor read from it" };
        let message = format!("Nothing was written to {} in {days} days{also}.", table.row().name);
        found.add(Object::of(table), message).evidence(format!("about {} rows", statistics.live_rows));
    }
    Ok(())
}
