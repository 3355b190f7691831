use policy::name;

use crate::{
    Level,
    migration::{
        action::{Kind, What},
        rule::Found,
        scene::Scene,
    },
};

crate::migration::rule::rule! {
    /// Something is dropped or emptied: a database, schema, table, column, trigger or `NOT NULL`; `TRUNCATE`; `CASCADE`.
    ///
    /// **Why.** What was in it is gone but for a backup, programs that still use it fail, and `CASCADE` takes what nobody has named.
    ///
    /// **How to fix it.** First a release that does not use it, then drop it; without `CASCADE`, so that the server names what depends on
    /// it.
    ///
    /// **False positives.** It is meant, and nothing uses it any more. What is made in the same script is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, note text);
    /// -- migration
    /// alter table orders drop column note;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, note text);
    /// -- migration
    /// comment on column orders.note is 'Not used any more.';
    /// ```
    "M-07" "destroys" Warning "Something is dropped or emptied"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    for (index, statement, action) in scene.actions() {
        let rows = scene.about_rows(action.on.as_ref());
        let place = action.place();
        let (level, message) = match &action.what {
            What::Drop { kind, names, cascade, .. } => {
                let level = match kind {
                    Kind::Database | Kind::Schema => Level::Error,
                    Kind::Table
                    | Kind::MaterializedView
                    | Kind::Trigger
                    | Kind::Policy
                    | Kind::Sequence
                    | Kind::Type => Level::Warning,
                    _ if *cascade => Level::Warning,
                    Kind::View | Kind::ForeignTable | Kind::Function => Level::Info,
                    _ => continue,
                };
                let more = if *cascade { ", and with it all that depends on it, which nobody has named" } else { "" };
                (level, format!("The {} {}{rows} is gone{more}.", kind.name(), names.join(", ")))
            }
            What::DropColumn { column, cascade, .. } => {
                let more = if *cascade { ", and all that depends on it, which nobody has named" } else { "" };
                (
                    Level::Warning,
                    format!(
                        "What {} of {place}{rows} holds is gone{more}; programs that use it fail.",
                        name::quote(column)
                    ),
                )
            }
            What::DropNotNull { column } => (
                Level::Info,
                format!(
                    "{} of {place} may be NULL afterwards: programs that do not expect that fail.",
                    name::quote(column)
                ),
            ),
            What::DropConstraint { name: called, cascade: true, .. } => {
                (Level::Warning, format!("With {} go all foreign keys that refer to it.", name::quote(called)))
            }
            What::Truncate { cascade } => {
                let more = if *cascade { " and of all tables that refer to it, which nobody has named" } else { "" };
                (Level::Warning, format!("All rows of {place}{rows}{more} are gone."))
            }
            What::Change(change) if change.part == crate::migration::tokens::Part::DropColumn => {
                let column = change.name.as_deref().unwrap_or("the column");
                (Level::Warning, format!("What {column} of {place}{rows} holds is gone; programs that use it fail."))
            }
            _ => continue,
        };
        found.add(index, statement, message).level(level);
    }
}
