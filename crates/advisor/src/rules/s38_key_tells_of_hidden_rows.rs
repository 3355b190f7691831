use std::collections::BTreeSet;

use catalog::RelationWalker;
use policy::{
    effect::{Command, Effect, Shape},
    rights::{Powers, Privileges},
};

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A client can find out by a key whether a row is there that policies hide from it.
    ///
    /// **Why.** Keys are held over all rows, whoever asks: adding an address that somebody else has taken is refused as a duplicate, and a row
    /// that refers to a hidden one is accepted where one that refers to nothing is refused. For addresses, names and numbers that can be guessed
    /// that tells who is there.
    ///
    /// **How to fix it.** Put the tenant or the user into the key, so that only rows which one may see can clash. Where values have to differ over
    /// everybody, let a function add the row and answer the same either way.
    ///
    /// **False positives.** Where it is no secret which values are taken, such as for names that everybody sees. Keys that the server makes itself
    /// and keys with a column that policies compare with the user are left alone, and so are those of type uuid.
    ///
    /// ```sql,fires
    /// create table people (id uuid primary key default gen_random_uuid(), owner name, email text unique);
    /// alter table people enable row level security;
    /// create policy own on people using (owner = current_user);
    /// grant select, insert on people to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id uuid primary key default gen_random_uuid(), owner name, email text, unique (owner, email));
    /// alter table people enable row level security;
    /// create policy own on people using (owner = current_user);
    /// grant select, insert on people to web_user;
    /// ```
    "S-38" "key_tells_of_hidden_rows" Info "Key that tells of hidden rows"
    on [Postgres] needs [Schemas, Relations, Columns, Indexes, ForeignKeys, Policies, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    const WRITES: [Privileges; 2] = [Privileges::INSERT, Privileges::UPDATE];
    context.exposed()?;
    // What policies compare with the user, by table: nobody can write another's value there, nor clash over it.
    let mut pinned: BTreeSet<(catalog::RelationId, &str)> = BTreeSet::new();
    let policies: Vec<_> = context.policies().collect();
    for (relation, policy, read) in &policies {
        let _ = read.readings(policy, found).count();
        let Some(check) = read.check() else { continue };
        for comparison in check.reading.comparisons.iter().filter(|comparison| comparison.session) {
            if let Some(column) = check.reading.columns.get(comparison.column)
                && column.own == Some(true)
                && comparison.operator == "="
            {
                pinned.insert((relation.id(), column.name.as_str()));
            }
        }
    }
    for table in context.tables() {
        let writers = context.reaching(table, &WRITES)?;
        if writers.is_empty() {
            continue;
        }
        let guessed = |column: &str| {
            let known = table.columns().iter().find(|known| known.name == column);
            known.is_some_and(|known| {
                known.default.is_none() && known.identity.is_none() && context.base_type(known) != "uuid"
            })
        };
        let free = |columns: &[&str]| {
            columns.iter().any(|column| guessed(column))
                && !columns.iter().any(|column| pinned.contains(&(table.id(), *column)))
        };
        if writers.iter().any(|powers| hides(context, table, powers)) {
            for index in table.indexes().iter().filter(|index| index.unique) {
                let columns: Vec<&str> = index.keys.iter().map(|key| key.text.as_str()).collect();
                if index.keys.iter().any(|key| key.expression) || !free(&columns) {
                    continue;
                }
                let message = format!(
                    "Who may add to {} finds out by {} which values of {} are taken, by rows that policies hide.",
                    table.row().name,
                    index.name,
                    columns.join(", ")
                );
                found.add(Object::part(table, ObjectType::Index, &index.name), message);
            }
        }
        for key in table.foreign_keys() {
            let Some(referenced) = context.referenced(key).filter(|referenced| referenced.id() != table.id()) else {
                continue;
            };
            let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
            if !free(&columns) || !writers.iter().any(|powers| hides(context, referenced, powers)) {
                continue;
            }
            let name = key.name.as_deref().unwrap_or_default();
            let message = format!(
                "Who may add to {} finds out by {name} whether a row of {} is there, though policies hide it.",
                table.row().name,
                referenced.row().name
            );
            found.add(Object::part(table, ObjectType::ForeignKey, name), message);
        }
    }
    Ok(())
}

/// Whether policies keep some rows of the table from being seen.
fn hides(context: &Context<'_>, table: RelationWalker<'_>, powers: &Powers) -> bool {
    let effect = context.effects().without_rights(table.id(), powers, Shape::usual(Command::Select));
    match &effect {
        Effect::Decided { .. } => effect.truth().is_some_and(|truth| !truth.is_always_true()),
        _ => false,
    }
}
