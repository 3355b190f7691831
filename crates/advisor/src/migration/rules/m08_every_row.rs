use crate::migration::{action::What, rule::Found, scene::Scene};

crate::migration::rule::rule! {
    /// An `UPDATE` or `DELETE` without `WHERE`.
    ///
    /// **Why.** Every row is changed and stays locked until the transaction ends, the table grows by a copy of itself, and replicas fall
    /// behind.
    ///
    /// **How to fix it.** Some thousand rows at a time by a range of the key, each in a transaction of its own.
    ///
    /// **False positives.** A small table. One that is made in the same script is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, state text);
    /// -- migration
    /// update orders set state = 'new';
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, state text);
    /// -- migration
    /// update orders set state = 'new' where id between 1 and 5000;
    /// ```
    "M-08" "every_row" Warning "UPDATE or DELETE of every row"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    for (index, statement, action) in scene.actions() {
        let does = match action.what {
            What::Update { every_row: true } => "changed",
            What::Delete { every_row: true } => "deleted",
            _ => continue,
        };
        let rows = scene.about_rows(action.on.as_ref());
        let message = format!(
            "Every row of {}{rows} is {does} and stays locked until the transaction ends. Do it some thousand rows at a time.",
            action.place()
        );
        found.add(index, statement, message);
    }
}
