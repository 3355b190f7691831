use crate::{
    Context, Object, ObjectType, indexes,
    rule::{Found, Reason, told},
};

/// Younger counts say nothing: reports are made once a month.
const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Bytes of an index that is not worth the question.
const SMALL: u64 = 128 * 1024;

crate::rule::rule! {
    /// An index was not used since uses are counted, which is a month or more.
    ///
    /// **Why.** It costs room and slows every write.
    ///
    /// **How to fix it.** Drop it; what takes that back builds it again. Look at the replicas first where there are any: their uses are counted
    /// there.
    ///
    /// **False positives.** An index for a report once a year, or one that a foreign key needs when rows are deleted. Unique indexes, those of
    /// constraints, of logical replication and of less than 128 kB are left alone, and while the counts are younger than a month the
    /// rule is not evaluated.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, code int unique);
    /// ```
    "I-03" "unused_index" Info "Index that was not used"
    on [Postgres] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    told(&context.facts.indexes, "states of indexes")?;
    let counted = *told(&context.facts.counted_since_ms, "the time since which uses are counted")?;
    let replicas = context.facts.has_replicas.value() == Some(&true);
    let mut candidates = Vec::new();
    for table in context.relations() {
        for index in table.indexes().iter().filter(|index| !index.unique && index.valid.value() == Some(&true)) {
            let Some(state) = context.index_state(table, index) else { continue };
            let large = state.bytes.is_none_or(|bytes| bytes >= SMALL);
            if state.scans == Some(0) && large && !state.partitioned && !indexes::is_needed(context, table, index) {
                candidates.push((table, index, state));
            }
        }
    }
    if candidates.is_empty() {
        return Ok(());
    }
    if context.facts.settings.value().and_then(|all| all.get("track_counts")).is_some_and(|value| value == "off") {
        return Err(Reason::Unready("track_counts is off: uses are not counted".to_owned()));
    }
    let days = counted.map(|since| (context.catalog.as_of_ms - since) / DAY_MS);
    match days {
        Some(days) if days >= DAYS => {}
        Some(days) => {
            return Err(Reason::Unready(format!("uses are counted for {days} days only, and {DAYS} are needed")));
        }
        None => return Err(Reason::Unready("the server does not say since when uses are counted".to_owned())),
    }
    for (table, index, state) in candidates {
        let message = format!("{} was not used in {} days.", index.name, days.unwrap_or(DAYS));
        let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
        if let Some(bytes) = state.bytes {
            finding.evidence(format!("{} kB", bytes / 1024));
        }
        if replicas {
            finding.evidence("this server has replicas, whose uses are counted there");
        }
        if table.foreign_keys().iter().any(|key| key.columns.first() == index.keys.first().map(|key| &key.text)) {
            finding.evidence(
                "a foreign key begins with its first column: deleting referred rows would read the whole table",
            );
        }
        finding.fix(indexes::drop(context, table, index));
    }
    Ok(())
}
