use policy::name;

use crate::{
    Level,
    migration::{
        Work,
        action::{Kind, What},
        rule::Found,
        scene::Scene,
    },
};

crate::migration::rule::rule! {
    /// A column gets another type, or a table, view or column another name.
    ///
    /// **Why.** Another type mostly writes the table and its indexes anew while nobody can use it. After a rename, programs that still
    /// run with the old name fail.
    ///
    /// **How to fix it.** A new column of the new type, kept in step by a trigger, filled some thousand rows at a time, then
    /// swapped. A new name beside the old one (a view, a column kept in step) until nothing uses the old one.
    ///
    /// **False positives.** A longer `varchar`, `text` in its place, a wider `numeric` of the same scale: those values are stored the same,
    /// and with a catalog nothing is said of them.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// alter table orders alter column id type bigint;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, note varchar(20));
    /// -- migration
    /// alter table orders alter column note type varchar(40);
    /// ```
    "M-05" "type_change_or_rename" Warning "Another type or another name"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    for (index, statement, action) in scene.actions() {
        let place = action.place();
        let rows = scene.about_rows(action.on.as_ref());
        match &action.what {
            What::SetType { column, cost, unless } if *cost != Work::Nothing => {
                let does = if *cost == Work::Rewrite { "writes it anew" } else { "reads it through" };
                let but = unless.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                let message = format!(
                    "Another type for {} of {place}{rows} {does} while nobody can use it{but}. Fill a new column instead.",
                    name::quote(column)
                );
                found.add(index, statement, message);
            }
            What::Rename {
                kind: kind @ (Kind::Table | Kind::View | Kind::MaterializedView | Kind::Column),
                from,
                ..
            } => {
                let message = format!(
                    "Programs that still use the {} {} fail from that moment on. Keep the old name beside the new one until none does.",
                    kind.name(),
                    name::quote(from)
                );
                found.add(index, statement, message).level(Level::Warning);
            }
            _ => {}
        }
    }
}
