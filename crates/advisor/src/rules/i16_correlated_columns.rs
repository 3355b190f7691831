use std::collections::{HashMap, HashSet};

use catalog::facts::ColumnStatistics;

use crate::{
    Context, Fix, Lock, Object, indexes,
    rule::{Found, Reason, told},
};

/// Fewer rows are not worth the question.
const ROWS: i64 = 10_000;
/// How well the place of the rows has to follow both columns.
const FOLLOWS: f64 = 0.95;
/// Different values: fewer tell nothing of the place, and what differs in nearly every row is found by itself.
const FEW: f64 = 10.0;
const NEARLY_ALL: f64 = 0.5;

crate::rule::rule! {
    /// Two columns of one index go together, and the planner does not know.
    ///
    /// **Why.** The rows lie in the order of both columns, so that one nearly follows from the other. The planner takes columns to have nothing to
    /// do with each other unless it is told: of a condition on both it expects far fewer rows than there are, and may choose a nested loop that
    /// takes hours.
    ///
    /// **How to fix it.** Statistics of both together, and ANALYZE.
    ///
    /// **False positives.** Columns that no statement compares together. Only pairs of columns of one index are looked at, by the statistics of
    /// each: what goes together without lying in one order is not found.
    ///
    /// ```sql,fires
    /// create table readings (id bigint primary key, day date, batch int);
    /// insert into readings select n, date '2026-01-01' + n / 200, n / 300 from generate_series(1, 20000) n;
    /// create index on readings (day, batch);
    /// analyze readings;
    /// ```
    ///
    /// ```sql,silent
    /// create table readings (id bigint primary key, day date, batch int);
    /// insert into readings select n, date '2026-01-01' + n / 200, n / 300 from generate_series(1, 20000) n;
    /// create index on readings (day, batch);
    /// create statistics together on day, batch from readings;
    /// analyze readings;
    /// ```
    "I-16" "correlated_columns" Info "Columns that go together without statistics"
    on [Postgres] needs [Schemas, Relations, Columns, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let columns = told(&context.facts.columns, "statistics of columns")?;
    let kept = told(&context.facts.extended_statistics, "statistics of several columns")?;
    let known: HashMap<(&str, &str, &str), &ColumnStatistics> = columns
        .iter()
        .map(|column| ((column.schema.as_str(), column.table.as_str(), column.column.as_str()), column))
        .collect();
    let mut together: HashMap<(&str, &str), Vec<&[String]>> = HashMap::new();
    for statistics in kept {
        together.entry((&statistics.schema, &statistics.table)).or_default().push(&statistics.columns);
    }
    for table in context.relations().filter(|table| indexes::has_rows(*table, ROWS)) {
        let rows = table.row().estimated_rows.value().copied().flatten().unwrap_or(0);
        let (schema, name) = (table.schema(), table.row().name.as_str());
        let mut seen = HashSet::new();
        for index in table.indexes().iter().filter(|index| index.valid.value() != Some(&false)) {
            let mut keys = index.keys.iter().filter(|key| !key.expression);
            let (Some(first), Some(second)) = (keys.next(), keys.next()) else { continue };
            let (mut one, mut other) = (first.text.as_str(), second.text.as_str());
            if one > other {
                (one, other) = (other, one);
            }
            if !seen.insert((one, other)) {
                continue;
            }
            let of = |column| known.get(&(schema, name, column)).copied();
            let (Some(a), Some(b)) = (of(one), of(other)) else {
                found.unseen(indexes::no_statistics(table));
                continue;
            };
            let has = |columns: &&&[String]| [one, other].iter().all(|name| columns.iter().any(|have| have == name));
            let told = together.get(&(schema, name)).is_some_and(|all| all.iter().any(|columns| has(&columns)));
            if told || !follows(a, rows) || !follows(b, rows) {
                continue;
            }
            let message = format!(
                "{one} and {other} of {name} go together, and the planner takes them to have nothing to do with each other."
            );
            let object = Object::of(table);
            let finding = found.add(object, message);
            finding.told_apart_by(one).told_apart_by(other);
            finding.evidence(format!(
                "the place of the rows follows {one} to {:.2} and {other} to {:.2}",
                a.order.unwrap_or(0.0),
                b.order.unwrap_or(0.0)
            ));
            let statistics =
                crate::names::free(&[name, one, other], "stat", |taken| context.find(schema, taken).is_some());
            let path = context.path(schema, &statistics);
            let on = context.path_of(table);
            finding.fix(
                Fix::new(format!(
                    "CREATE STATISTICS {path} ON {}, {} FROM {on};\nANALYZE {on};",
                    context.quote(one),
                    context.quote(other)
                ))
                .undo(format!("DROP STATISTICS {path};"))
                .lock(Lock::ShareUpdateExclusive),
            );
        }
    }
    Ok(())
}

fn follows(column: &ColumnStatistics, rows: i64) -> bool {
    let rows = rows as f64;
    let different = if column.different < 0.0 { -column.different * rows } else { column.different };
    column.order.is_some_and(|order| order.abs() >= FOLLOWS) && different >= FEW && different <= rows * NEARLY_ALL
}
