use catalog::Index;

use crate::{
    Context, Object, ObjectType,
    indexes::{self, Shape},
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// An index is the beginning of another.
    ///
    /// **Why.** What can be looked up by `(a)` can be looked up by `(a, b)`; the shorter one costs room and slows every write.
    ///
    /// **How to fix it.** Drop the shorter one, unless it is much smaller and used much more.
    ///
    /// **False positives.** A narrow index beside a very wide one may be worth keeping for its size. Unique indexes and those of constraints
    /// say more than the longer one and are left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, customer int, at date);
    /// create index short on orders (customer);
    /// create index long on orders (customer, at);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, customer int, at date);
    /// create unique index short on orders (customer);
    /// create index long on orders (customer, at);
    /// ```
    "I-02" "redundant_index" Info "Index that another begins with"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    indexes::told(context)?;
    for table in context.relations() {
        let shapes: Vec<(&Index, Shape<'_>)> = table
            .indexes()
            .iter()
            .filter(|index| index.valid.value() != Some(&false))
            .filter_map(|index| Some((index, Shape::of(context, table, index)?)))
            .collect();
        for (index, shape) in &shapes {
            if index.unique || indexes::is_needed(context, table, index) {
                continue;
            }
            // The same keys: whichever is unique does the work of the other.
            let longer = shapes.iter().find(|(other, whole)| {
                other.name != index.name && (shape.begins(whole) || shape == whole && other.unique)
            });
            let Some((other, _)) = longer else { continue };
            let message = format!("{} is the beginning of {}, which does its work.", index.name, other.name);
            let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
            finding.evidence(indexes::words(index)).evidence(indexes::words(other));
            finding.fix(indexes::drop(context, table, index));
        }
    }
    Ok(())
}
