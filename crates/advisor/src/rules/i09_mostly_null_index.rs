use std::collections::HashMap;

use catalog::{Index, RelationWalker};

use crate::{
    Context, Fix, Lock, Object, ObjectType, indexes,
    rule::{Found, Reason, told},
};

/// Fewer rows are not worth the question.
const ROWS: i64 = 10_000;
/// The part of the rows that have NULL.
const MOSTLY: f64 = 0.5;

crate::rule::rule! {
    /// Most rows have NULL in the column that an index begins with.
    ///
    /// **Why.** A B-tree keeps those rows too. Searches for a value never look at them, but every write keeps them up, and they take the room.
    ///
    /// **How to fix it.** Build the index `WHERE` the column is not NULL: `column = value` is served by that as well. The fix builds it beside
    /// writers and drops the old one.
    ///
    /// **False positives.** Statements that search for NULL itself, or that sort by the column and want those rows too. Unique indexes, those of
    /// constraints and of less than 10,000 rows are left alone.
    ///
    /// ```sql,fires
    /// create table tasks (id int primary key, parent_id int);
    /// insert into tasks select n, case when n % 20 = 0 then n / 20 end from generate_series(1, 20000) n;
    /// create index on tasks (parent_id);
    /// analyze tasks;
    /// ```
    ///
    /// ```sql,silent
    /// create table tasks (id int primary key, parent_id int);
    /// insert into tasks select n, case when n % 20 = 0 then n / 20 end from generate_series(1, 20000) n;
    /// create index on tasks (parent_id) where parent_id is not null;
    /// analyze tasks;
    /// ```
    "I-09" "mostly_null_index" Info "Index most of whose keys are NULL"
    on [Postgres] needs [Schemas, Relations, Columns, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let columns = told(&context.facts.columns, "statistics of columns")?;
    let nulls: HashMap<(&str, &str, &str), f64> = columns
        .iter()
        .map(|column| ((column.schema.as_str(), column.table.as_str(), column.column.as_str()), column.nulls))
        .collect();
    for table in context.relations().filter(|table| indexes::has_rows(*table, ROWS)) {
        for index in table.indexes().iter().filter(|index| could_be_partial(context, table, index)) {
            let Some(first) = index.keys.first().filter(|key| !key.expression) else { continue };
            let column = table.columns().iter().find(|column| column.name == first.text);
            if column.is_none_or(|column| column.nullable.value() == Some(&false)) {
                continue;
            }
            match nulls.get(&(table.schema(), table.row().name.as_str(), first.text.as_str())) {
                Some(part) if *part >= MOSTLY => {
                    let message = format!(
                        "{:.0} of 100 rows of {} have NULL in {}: {} keeps them for nothing.",
                        part * 100.0,
                        table.row().name,
                        first.text,
                        index.name
                    );
                    let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
                    finding.fix(fix(context, table, index, &first.text));
                }
                Some(_) => {}
                None => found.unseen(indexes::no_statistics(table)),
            }
        }
    }
    Ok(())
}

fn could_be_partial(context: &Context<'_>, table: RelationWalker<'_>, index: &Index) -> bool {
    index.method.as_deref() == Some("btree")
        && !index.unique
        && index.predicate.is_none()
        && index.valid.value() == Some(&true)
        && !indexes::is_needed(context, table, index)
}

fn fix(context: &Context<'_>, table: RelationWalker<'_>, index: &Index, column: &str) -> Option<Fix> {
    let drop = indexes::drop(context, table, index)?;
    let name = context.free_index_name(table, &[column], "not_null");
    let definition = indexes::renamed(context, index.definition.value()?, &name)?;
    let build = indexes::concurrently(context, &definition)?;
    let undo = drop.undo.as_deref()?;
    Some(
        Fix::new(format!("{build} WHERE ({} IS NOT NULL);\n{}", context.quote(column), drop.sql))
            .undo(format!("{undo}\nDROP INDEX CONCURRENTLY {};", context.path(table.schema(), &name)))
            .lock(Lock::ShareUpdateExclusive)
            .outside_transactions(),
    )
}
