use crate::migration::{
    action::{Kind, What},
    rule::Found,
    scene::Scene,
};

crate::migration::rule::rule! {
    /// An index is made, dropped or rebuilt, a partition detached or a materialized view refreshed without `CONCURRENTLY`.
    ///
    /// **Why.** Writes wait until an index is built or rebuilt; reads too until one is dropped, a partition detached or a view
    /// refreshed. On a large table that is minutes.
    ///
    /// **How to fix it.** With `CONCURRENTLY`, outside a transaction. It takes longer, and one that fails leaves an invalid index that has
    /// to be dropped. A materialized view needs a unique index for it; partitions are detached so since PostgreSQL 14.
    ///
    /// **False positives.** A small table, or one that nobody uses yet. One that is made in the same script is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, customer int);
    /// -- migration
    /// create index orders_customer on orders (customer);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, customer int);
    /// -- migration
    /// create index concurrently orders_customer on orders (customer);
    /// ```
    "M-01" "not_concurrent" Warning "Index, partition or materialized view without CONCURRENTLY"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    let Some(major) = scene.postgres() else { return };
    for (index, statement, action) in scene.actions() {
        let rows = scene.about_rows(action.on.as_ref());
        let place = action.place();
        let message = match &action.what {
            What::CreateIndex { concurrently: false, .. } => {
                format!("Building the index keeps all writers of {place}{rows} waiting. Build it CONCURRENTLY.")
            }
            What::Drop { kind: Kind::Index, concurrently: false, names, .. } => {
                format!(
                    "Dropping {} waits for all who use its table and keeps everybody else waiting meanwhile. Drop it CONCURRENTLY.",
                    names.join(", ")
                )
            }
            What::Reindex { concurrently: false, .. } if major >= 12 => {
                format!(
                    "Rebuilding the index keeps writers waiting, and readers that would use it: {place}{rows}. Do it CONCURRENTLY."
                )
            }
            What::Detach { concurrently: false, .. } if major >= 14 => {
                format!("Detaching the partition keeps everybody out of {place}{rows}. Detach it CONCURRENTLY.")
            }
            What::Refresh { concurrently: false, with_data: true } => {
                format!(
                    "Nobody can read {place}{rows} while it is computed. Refresh it CONCURRENTLY, which needs a unique index."
                )
            }
            _ => continue,
        };
        found.add(index, statement, message).done_online(action);
    }
}
