use crate::migration::{action::What, rule::Found, scene::Scene};

crate::migration::rule::rule! {
    /// `VACUUM FULL` or `CLUSTER`.
    ///
    /// **Why.** The table and its indexes are written anew while nobody can read or write them, and the disk has to hold both.
    ///
    /// **How to fix it.** Plain `VACUUM` makes room for new rows, which is mostly enough; `pg_repack` and `pg_squeeze` do the rest while others
    /// work. Indexes alone: `REINDEX CONCURRENTLY`.
    ///
    /// **False positives.** A time at which nobody works.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// vacuum full orders;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// -- migration
    /// vacuum (analyze) orders;
    /// ```
    "M-13" "full_vacuum" Warning "Table packed while nobody can use it"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    for (index, statement, action) in scene.actions() {
        if !matches!(action.what, What::VacuumFull | What::Cluster) {
            continue;
        }
        let place = action.on.as_ref().map_or_else(|| "every table".to_owned(), |on| on.sql());
        let message = format!(
            "{place}{} is written anew while nobody can use it. VACUUM makes room for new rows; pg_repack does it while others work.",
            scene.about_rows(action.on.as_ref())
        );
        found.add(index, statement, message);
    }
}
