use std::collections::HashSet;

use catalog::{RelationId, Told, facts::Bloat};

use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// Fewer dead rows are not worth the question.
const LEAST: i64 = 10_000;
/// Nor is less room.
const WASTED: u64 = 10 << 20;

crate::rule::rule! {
    /// A table holds many rows that are gone and were not cleaned up, more than a third of all; or more than half of a table or an index is
    /// empty, and that is 10 MB or more.
    ///
    /// **Why.** Every read passes over them. It says that autovacuum does not keep up, is off for the table, or is held back by a transaction
    /// that was never ended. Room that was once needed stays with the table after the cleaning up, and reading it whole reads that too.
    ///
    /// **How to fix it.** Clean it up, and look why that did not happen by itself. An index that is half empty (`index_bloat`) is built anew beside
    /// writers; a table gives its room back with `VACUUM FULL`, which locks it while it runs, or with the extension `pg_repack`, which does not.
    ///
    /// **False positives.** A table much of which was deleted a minute ago, and one that will be filled again. What is empty is an estimate from
    /// statistics of columns: at worst some parts of a hundred off.
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
    let mut counted = HashSet::new();
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
        counted.insert(table.id());
    }
    match &context.facts.bloat {
        Told::Known(bloat) => {
            bloat.iter().filter(|one| is_empty(one)).for_each(|one| empty(context, one, &counted, found))
        }
        Told::NotEvaluated(reason) => found.unseen(Reason::Unready(reason.clone())),
    }
    Ok(())
}

fn is_empty(bloat: &Bloat) -> bool {
    bloat.wasted_bytes.is_some_and(|wasted| wasted >= WASTED && wasted > bloat.bytes / 2)
}

/// Room that nothing fills, of a table whose dead rows were not reported.
fn empty(context: &Context<'_>, bloat: &Bloat, counted: &HashSet<RelationId>, found: &mut Found) {
    let Some(table) = context.find(&bloat.schema, &bloat.table).filter(|table| context.is_own(*table)) else { return };
    let (all, wasted) = (bloat.bytes >> 20, bloat.wasted_bytes.unwrap_or(0) >> 20);
    match &bloat.index {
        Some(index) => {
            let message = format!("About {wasted} of the {all} MB of {index} are empty.");
            let anew = format!("REINDEX INDEX CONCURRENTLY {};", context.path(table.schema(), index));
            let fix = Fix::new(anew).lock(Lock::ShareUpdateExclusive).outside_transactions();
            found.add(Object::part(table, ObjectType::Index, index), message).named("index_bloat").fix(fix);
        }
        None if !counted.contains(&table.id()) => {
            found.add(Object::of(table), format!("About {wasted} of the {all} MB of {} are empty.", bloat.table));
        }
        None => {}
    }
}
