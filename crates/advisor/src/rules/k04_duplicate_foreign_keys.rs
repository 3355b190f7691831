use catalog::{ForeignKey, RelationWalker};

use crate::{Context, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// Two foreign keys of a table say the same.
    ///
    /// **Why.** Every insert is checked twice, and two actions for one deleted row may contradict each other: which one happens first
    /// is a matter of their names.
    ///
    /// **How to fix it.** Drop one. Look at what each does on delete first: the fix keeps the one whose name comes first.
    ///
    /// **False positives.** None.
    ///
    /// ```sql,fires
    /// create table customers (id int primary key);
    /// create table orders (id int primary key, customer_id int references customers);
    /// alter table orders add foreign key (customer_id) references customers on delete cascade;
    /// ```
    ///
    /// ```sql,silent
    /// create table customers (id int primary key, code int unique);
    /// create table orders (id int primary key, customer_id int references customers, payer_id int references customers);
    /// ```
    "K-04" "duplicate_foreign_keys" Warning "Two foreign keys that say the same"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        let keys = table.foreign_keys();
        for (place, key) in keys.iter().enumerate() {
            let Some(first) = keys[..place].iter().find(|other| pairs(other) == pairs(key)) else { continue };
            let (name, kept) = (named(key), named(first));
            let message =
                format!("{name} says of {} what {kept} says: every row is checked twice.", key.columns.join(", "));
            let finding = found.add(Object::part(table, ObjectType::ForeignKey, &name), message);
            if key.on_delete != first.on_delete || key.on_update != first.on_update {
                finding.evidence(format!(
                    "they differ in what happens on delete or update: look at both, {kept} and {name}"
                ));
            }
            finding.fix(drop(context, table, key));
        }
    }
    Ok(())
}

/// What it says, without the order in which it says it.
fn pairs(key: &ForeignKey) -> (&(String, String), Vec<(&String, &String)>) {
    let mut pairs: Vec<_> = key.columns.iter().zip(&key.referenced_columns).collect();
    pairs.sort();
    (&key.references, pairs)
}

fn named(key: &ForeignKey) -> String {
    key.name.clone().unwrap_or_else(|| key.columns.join(", "))
}

fn drop(context: &Context<'_>, table: RelationWalker<'_>, key: &ForeignKey) -> Option<Fix> {
    if !context.is_postgres() {
        return None;
    }
    let (path, name) = (context.path_of(table), context.quote(key.name.as_deref()?));
    let definition = key.definition.value()?;
    Some(
        Fix::new(format!("ALTER TABLE {path} DROP CONSTRAINT {name};"))
            .undo(format!("ALTER TABLE {path} ADD CONSTRAINT {name} {definition};"))
            .lock(Lock::AccessExclusive),
    )
}
