use policy::name;

use crate::migration::{
    action::{ConstraintKind, What},
    rule::Found,
    scene::{Scene, same},
};

crate::migration::rule::rule! {
    /// A check or foreign key is added and checked against all rows at once: without `NOT VALID`, or validated in the transaction that
    /// adds it.
    ///
    /// **Why.** The table is read from end to end while nobody can write to it (a foreign key) or even read it (a check). A foreign
    /// key also keeps writers of the table it refers to waiting.
    ///
    /// **How to fix it.** Add it `NOT VALID`, which holds for new rows at once, and validate it in a transaction of its own: that
    /// lets everybody read and write.
    ///
    /// **False positives.** A small table. One that is made in the same script is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, total numeric);
    /// -- migration
    /// alter table orders add constraint paid check (total >= 0);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, total numeric);
    /// -- migration
    /// alter table orders add constraint paid check (total >= 0) not valid;
    /// alter table orders validate constraint paid;
    /// ```
    "M-03" "constraint_checked_at_once" Warning "Constraint checked while others wait"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    let Some(major) = scene.postgres() else { return };
    let mut added = Vec::new();
    for (index, statement, action) in scene.actions() {
        let Some(on) = &action.on else { continue };
        let rows = scene.about_rows(Some(on));
        match &action.what {
            What::AddConstraint(constraint) if constraint.unchecked => {
                added.push((on, &constraint.name, statement.transaction));
            }
            What::AddConstraint(constraint) => {
                let waits = match constraint.kind {
                    ConstraintKind::Check => "neither read nor write",
                    ConstraintKind::NotNull if major >= 18 => "neither read nor write",
                    ConstraintKind::Foreign => "not write",
                    _ => continue,
                };
                let message = format!(
                    "All rows of {}{rows} are checked at once, and others can {waits} meanwhile. Add the {} NOT VALID and \
                     validate it afterwards.",
                    on.sql(),
                    constraint.kind.name()
                );
                found.add(index, statement, message).done_online(action);
            }
            What::Validate { name: called, .. } => {
                let together = added.iter().any(|(table, name, transaction)| {
                    same(table, on)
                        && name.as_ref() == Some(called)
                        && transaction.is_some()
                        && *transaction == statement.transaction
                });
                if together {
                    let message = format!(
                        "{} is validated in the transaction that adds it: the lock of adding is held while all rows of {}{rows} \
                         are checked. Commit in between.",
                        name::quote(called),
                        on.sql()
                    );
                    found.add(index, statement, message);
                }
            }
            _ => {}
        }
    }
}
