use catalog::{ForeignKey, Index, RelationWalker};

use crate::{Context, Engine, Object, ObjectType, indexes, rule::Found, rule::Reason, tokens};

crate::rule::rule! {
    /// The columns of a foreign key have no index.
    ///
    /// **Why.** Whenever a row that is referred to is deleted or its key changes, the server looks for rows that refer to it:
    /// without an index it reads the whole table, once for each such row. Joins over the key read all of it too.
    ///
    /// **How to fix it.** Index the columns. An index whose first columns are the key's, in any order, is enough; so is one that
    /// leaves out only NULLs.
    ///
    /// **False positives.** A small table, or a key to rows that are never deleted and never joined. MySQL makes the index itself.
    ///
    /// ```sql,fires
    /// create table customers (id int primary key);
    /// create table orders (id int primary key, customer_id int references customers);
    /// ```
    ///
    /// ```sql,silent
    /// create table customers (id int primary key);
    /// create table orders (id int primary key, customer_id int references customers);
    /// create index on orders (customer_id);
    /// ```
    "K-02" "unindexed_foreign_keys" Info "Foreign key without an index"
    on [Postgres, Sqlite] needs [Schemas, Relations, Columns, ForeignKeys, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for key in table.foreign_keys().iter().filter(|key| !is_covered(context, table, key)) {
            let columns = key.columns.join(", ");
            let message = format!(
                "No index begins with {columns}: deleting from {} reads all of {} for every row.",
                key.references.1,
                table.row().name
            );
            let name = key.name.as_deref().unwrap_or(&columns);
            let finding = found.add(Object::part(table, ObjectType::ForeignKey, name), message);
            finding.evidence(format!("columns: {columns}")).fix(indexes::create(context, table, &key.columns));
        }
    }
    Ok(())
}

/// Whether an index serves the search for rows that refer to another.
pub(crate) fn is_covered(context: &Context<'_>, table: RelationWalker<'_>, key: &ForeignKey) -> bool {
    // SQLite: the column of the row's own number is the table itself.
    let rowid = context.facts.engine == Engine::Sqlite
        && matches!((key.columns.as_slice(), table.primary_key()), ([one], Some(primary)) if primary.columns == [one.as_str()]);
    rowid || table.indexes().iter().any(|index| covers(context, index, key))
}

fn covers(context: &Context<'_>, index: &Index, key: &ForeignKey) -> bool {
    let usable = index.valid.value() != Some(&false);
    let first = index.keys.get(..key.columns.len()).unwrap_or(&[]);
    let all = !first.is_empty()
        && first.iter().all(|part| !part.expression && key.columns.contains(&part.text))
        && key.columns.iter().all(|column| first.iter().any(|part| part.text == *column));
    let equality = match index.method.as_deref() {
        None | Some("btree") => true,
        Some("hash") => index.keys.len() == 1,
        Some(_) => false,
    };
    // A row that refers to another has no NULL there, so an index without NULLs has it.
    let whole = index.predicate.as_deref().is_none_or(|condition| {
        tokens::only_not_null(condition, context.dialect()).is_some_and(|column| key.columns.contains(&column))
    });
    usable && all && equality && whole
}
