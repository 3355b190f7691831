use crate::{Context, Object, rule::Found, rule::Reason};

/// More indexes than these.
const MOST: usize = 10;

crate::rule::rule! {
    /// A table has more than ten indexes.
    ///
    /// **Why.** Each row that is added is added to each of them, and a change of one indexed column writes to all.
    ///
    /// **How to fix it.** Look which of them are used, which begin with the columns of another, and which could be one. Rules I-01, I-02 and I-03 name
    /// those they can.
    ///
    /// **False positives.** A table that is mostly read, and by many things.
    ///
    /// ```sql,fires
    /// create table t (id int primary key, a int, b int, c int, d int);
    /// create index on t (a); create index on t (b); create index on t (c); create index on t (d);
    /// create index on t (a, b); create index on t (b, c); create index on t (c, d); create index on t (d, a);
    /// create index on t (a, c); create index on t (b, d);
    /// ```
    ///
    /// ```sql,silent
    /// create table t (id int primary key, a int, b int);
    /// create index on t (a); create index on t (b);
    /// ```
    "I-06" "many_indexes" Info "Table with very many indexes"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let count = table.indexes().len();
        if count <= MOST {
            continue;
        }
        let sizes: Vec<u64> = table.indexes().iter().filter_map(|index| index.bytes.value().copied()).collect();
        let message = format!("{} has {count} indexes: each row that is added is added to all.", table.row().name);
        let finding = found.add(Object::of(table), message);
        if sizes.len() == count {
            finding.evidence(format!("together {} bytes", sizes.iter().sum::<u64>()));
        }
    }
    Ok(())
}
