use catalog::RelationKind;

use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// An index is invalid: queries cannot use it, and every write keeps it up.
    ///
    /// **Why.** Building or rebuilding it beside writers failed half way. A unique one guards nothing that was there before.
    ///
    /// **How to fix it.** Build it again, after removing what made it fail, such as duplicates; or drop it.
    ///
    /// **False positives.** One that is being built right now. The head of an index over partitions that not all of them have yet has to be
    /// completed by attaching theirs, so no fix is offered for it.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, code int);
    /// create unique index code on orders (code);
    /// ```
    "I-04" "invalid_index" Error "Index that queries cannot use"
    on [Postgres] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for index in table.indexes() {
            match index.valid.value() {
                Some(true) => continue,
                Some(false) => {}
                None => {
                    found.unseen(Reason::NotLoaded("states of indexes".to_owned()));
                    continue;
                }
            }
            let message = format!("{} is invalid: no query can use it, and every write pays for it.", index.name);
            let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
            if table.row().kind != RelationKind::PartitionedTable && table.row().partition_key.is_none() {
                let sql = format!("REINDEX INDEX CONCURRENTLY {};", context.path(table.schema(), &index.name));
                finding.fix(Fix::new(sql).lock(Lock::ShareUpdateExclusive).outside_transactions());
            }
        }
    }
    Ok(())
}
