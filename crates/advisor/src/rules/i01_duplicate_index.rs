use std::collections::HashMap;

use catalog::{Index, RelationWalker};

use crate::{
    Context, Object, ObjectType,
    indexes::{self, Shape},
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Two indexes of a table are the same.
    ///
    /// **Why.** Each costs room and slows every write; the planner uses one of them.
    ///
    /// **How to fix it.** Drop one. The fix keeps the one that a key or constraint needs, else a unique one, else the one that is used more.
    ///
    /// **False positives.** None: keys, their order and direction, operator classes, collations, carried columns, conditions and the treatment
    /// of NULL are all compared. Two constraints that say the same are for a person to look at, so no fix is offered for them.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, at date);
    /// create index one on orders (at);
    /// create index two on orders (at);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, note text);
    /// create index one on orders (note);
    /// create index two on orders (note text_pattern_ops);
    /// ```
    "I-01" "duplicate_index" Warning "Two indexes that are the same"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    indexes::told(context)?;
    for table in context.relations() {
        let mut alike: HashMap<(bool, Shape<'_>), Vec<&Index>> = HashMap::new();
        for index in table.indexes().iter().filter(|index| index.valid.value() != Some(&false)) {
            let Some(shape) = Shape::of(context, table, index) else { continue };
            alike.entry((index.unique, shape)).or_default().push(index);
        }
        let mut groups: Vec<Vec<&Index>> = alike.into_values().filter(|group| group.len() > 1).collect();
        groups.sort_by(|a, b| a[0].name.cmp(&b[0].name));
        for mut group in groups {
            group.sort_by_key(|index| rank(context, table, index));
            let Some((kept, others)) = group.split_first() else { continue };
            for index in others {
                let message = format!("{} is the same index as {}.", index.name, kept.name);
                let finding = found.add(Object::part(table, ObjectType::Index, &index.name), message);
                finding.evidence(indexes::words(index)).fix(indexes::drop(context, table, index));
            }
        }
    }
    Ok(())
}

/// What is kept comes first.
fn rank<'i>(
    context: &Context<'_>,
    table: RelationWalker<'_>,
    index: &'i Index,
) -> (bool, bool, std::cmp::Reverse<i64>, &'i str) {
    let state = context.index_state(table, index);
    let scans = state.and_then(|state| state.scans).unwrap_or(0);
    (!index.primary, !indexes::is_needed(context, table, index), std::cmp::Reverse(scans), index.name.as_str())
}
