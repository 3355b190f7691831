use std::collections::{BTreeMap, HashSet};

use catalog::RelationId;

use crate::{Context, Object, ObjectType, rule::Found, rule::Reason};

/// Of fewer tables nothing can be said.
const FEWEST: usize = 4;

crate::rule::rule! {
    /// A table is tied to no other although most tables of its schema are, or a foreign key leaves the schema.
    ///
    /// **Why.** A table without a foreign key in either direction among tables that have them has mostly lost one, or holds something that belongs
    /// elsewhere. A key into another schema ties the two together: one cannot be restored, moved or dropped without the other.
    ///
    /// **How to fix it.** Declare the reference that is missing. A key to another schema may stay, if that is what is meant.
    ///
    /// **False positives.** Tables of settings, logs and jobs stand alone. Schemas of less than four tables are left alone, and so are those in
    /// which half of the tables or more are not tied.
    ///
    /// ```sql,fires
    /// create table users (id int primary key);
    /// create table notes (id int primary key, owner_id int references users);
    /// create table tags (id int primary key, note_id int references notes);
    /// create table visits (id int primary key, user_name text);
    /// ```
    ///
    /// ```sql,silent
    /// create table users (id int primary key);
    /// create table notes (id int primary key, owner_id int references users);
    /// create table visits (id int primary key, user_name text);
    /// ```
    "K-16" "loose_table" Info "Table tied to no other, or to another schema"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut tied: HashSet<RelationId> = HashSet::new();
    let mut schemas: BTreeMap<&str, Vec<RelationId>> = BTreeMap::new();
    for table in context.tables() {
        schemas.entry(table.schema()).or_default().push(table.id());
        for key in table.foreign_keys() {
            tied.insert(table.id());
            tied.extend(key.referenced);
            let (schema, name) = &key.references;
            if schema != table.schema() {
                let columns = key.columns.join(", ");
                let message = format!("{columns} refers to {name} in another schema, {schema}.");
                let key = key.name.as_deref().unwrap_or(&columns);
                found.add(Object::part(table, ObjectType::ForeignKey, key), message);
            }
        }
    }
    for (schema, tables) in schemas {
        let loose: Vec<RelationId> = tables.iter().copied().filter(|id| !tied.contains(id)).collect();
        if tables.len() < FEWEST || loose.len() * 2 >= tables.len() {
            continue;
        }
        for table in loose.into_iter().filter_map(|id| context.catalog.relation(id)) {
            let message = format!(
                "No foreign key ties {} to another table, as it does {} of {} in {schema}.",
                table.row().name,
                tables.iter().filter(|id| tied.contains(id)).count(),
                tables.len()
            );
            found.add(Object::of(table), message);
        }
    }
    Ok(())
}
