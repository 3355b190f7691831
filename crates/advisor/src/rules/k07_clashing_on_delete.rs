use catalog::{Action, ForeignKey};

use crate::{Context, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// Two foreign keys of a table refer to the same rows, and one follows when such a row goes while the other refuses; or a tree says nothing of
    /// what becomes of the branches.
    ///
    /// **Why.** `on delete cascade` of one is of no use while the other keeps the row from being deleted. In a table that refers to itself, a row
    /// cannot be removed before all that hang from it are.
    ///
    /// **How to fix it.** Say the same for both, or `on delete set null` for the one that only tells who did something. What is meant cannot be
    /// guessed.
    ///
    /// **False positives.** A refusal may be what is meant: an order keeps its customer.
    ///
    /// ```sql,fires
    /// create table users (id int primary key);
    /// create table notes (id int primary key, owner_id int references users on delete cascade, editor_id int references users);
    /// ```
    ///
    /// ```sql,silent
    /// create table users (id int primary key);
    /// create table notes (id int primary key, owner_id int references users on delete cascade,
    ///   editor_id int references users on delete set null, parent_id int references notes on delete cascade);
    /// ```
    "K-07" "clashing_on_delete" Info "Foreign keys that do not agree on deletion"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, ForeignKeys]
}

fn refuses(key: &ForeignKey) -> bool {
    matches!(key.on_delete, Action::NoAction | Action::Restrict)
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for key in table.foreign_keys().iter().filter(|key| refuses(key)) {
            let columns = key.columns.join(", ");
            let referred = &key.references.1;
            let follows =
                table.foreign_keys().iter().find(|other| other.references == key.references && !refuses(other));
            let message = match follows {
                Some(other) => format!(
                    "A row of {referred} cannot be removed while {columns} names it, though {} would follow.",
                    other.columns.join(", ")
                ),
                None if key.referenced == Some(table.id()) => {
                    format!("A row of {referred} cannot be removed while {columns} of others names it.")
                }
                None => continue,
            };
            let name = key.name.as_deref().unwrap_or(&columns);
            found.add(Object::part(table, ObjectType::ForeignKey, name), message);
        }
    }
    Ok(())
}
