use crate::migration::{
    action::{ConstraintKind, What},
    rule::Found,
    scene::Scene,
};

crate::migration::rule::rule! {
    /// A unique constraint or primary key is added to a table in use, and builds its index at once.
    ///
    /// **Why.** Nobody can read or write the table while the index is built.
    ///
    /// **How to fix it.** Build the unique index `CONCURRENTLY` first, then add the constraint `USING INDEX`, which takes a moment.
    ///
    /// **False positives.** A small table. One that is made in the same script is left alone. Partitioned tables have no such way.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, email text);
    /// -- migration
    /// alter table people add constraint people_email unique (email);
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, email text);
    /// -- migration
    /// create unique index concurrently people_email on people (email);
    /// alter table people add constraint people_email unique using index people_email;
    /// ```
    "M-06" "key_builds_index" Warning "Unique constraint that builds its index while nobody can use the table"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    for (index, statement, action) in scene.actions() {
        let keys = match &action.what {
            What::AddConstraint(constraint) => std::slice::from_ref(constraint),
            What::AddColumn(column) => column.constraints.as_slice(),
            _ => continue,
        };
        let built = keys
            .iter()
            .find(|one| matches!(one.kind, ConstraintKind::Unique | ConstraintKind::Primary) && !one.using_index);
        if let Some(key) = built {
            let rows = scene.about_rows(action.on.as_ref());
            let message = format!(
                "The {} builds its index while nobody can use {}{rows}. Build a unique index CONCURRENTLY first and make the \
                 constraint of it.",
                key.kind.name(),
                action.place()
            );
            let finding = found.add(index, statement, message);
            if matches!(action.what, What::AddConstraint(_)) {
                finding.done_online(action);
            }
        }
    }
}
