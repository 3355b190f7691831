use catalog::RelationKind;

use crate::{
    Context, Object,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A materialized view has no unique index over its columns.
    ///
    /// **Why.** It cannot be refreshed beside readers (`REFRESH MATERIALIZED VIEW CONCURRENTLY`): every refresh keeps them waiting.
    ///
    /// **How to fix it.** A unique index over the columns that tell its rows apart, without a condition. Which those are cannot be told from here.
    ///
    /// **False positives.** One that is never refreshed, or at night.
    ///
    /// ```sql,fires
    /// create materialized view totals as select 1 as day, 2 as total;
    /// ```
    ///
    /// ```sql,silent
    /// create materialized view totals as select 1 as day, 2 as total;
    /// create unique index on totals (day);
    /// ```
    "I-12" "materialized_view_without_key" Warning "Materialized view that cannot be refreshed beside readers"
    on [Postgres] needs [Schemas, Relations, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for view in context.relations().filter(|relation| relation.row().kind == RelationKind::MaterializedView) {
        let usable = view.indexes().iter().any(|index| {
            index.unique
                && index.predicate.is_none()
                && index.valid.value() != Some(&false)
                && index.keys.iter().all(|key| !key.expression)
        });
        if !usable {
            let message = format!("{} has no unique index: refreshing it keeps readers waiting.", view.row().name);
            found.add(Object::of(view), message);
        }
    }
    Ok(())
}
