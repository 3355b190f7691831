//! What migration tools keep in a database for themselves: nothing of what their migrations make.

use std::collections::HashSet;

use catalog::{ObjectKey, ObjectKind};
use schema::{Body, Definition};

/// The tables of sqlx, Flyway, Liquibase, Prisma, Drizzle, Rails, Django and Supabase, as each calls them where nobody says otherwise.
const TABLES: [&str; 9] = [
    "_sqlx_migrations",
    "flyway_schema_history",
    "databasechangelog",
    "databasechangeloglock",
    "_prisma_migrations",
    "__drizzle_migrations",
    "schema_migrations",
    "ar_internal_metadata",
    "django_migrations",
];
/// Schemas that tools make for their tables.
const SCHEMAS: [&str; 2] = ["drizzle", "supabase_migrations"];

/// Leaves out the tables in which tools write down what they applied, with all that belongs to them.
pub(super) fn leave_out(definition: &mut Definition) {
    let tables: HashSet<ObjectKey> = definition
        .objects
        .iter()
        .filter(|(key, object)| matches!(object.body, Body::Table(_)) && is_history(key))
        .map(|(key, _)| key.clone())
        .collect();
    definition.objects.retain(|key, object| {
        let of = match &object.body {
            Body::Sequence(sequence) => sequence.owned_by.as_ref().map(table_of),
            _ => object.relation(key),
        };
        !tables.contains(key) && !of.is_some_and(|table| tables.contains(&table))
    });
    for schema in SCHEMAS {
        // Who keeps something of their own there has made it themselves, as far as anybody can tell.
        let emptied = tables.iter().any(|table| table.schema.as_deref() == Some(schema))
            && !definition.objects.keys().any(|key| key.schema.as_deref() == Some(schema));
        if emptied {
            definition.objects.retain(|key, _| key.kind != ObjectKind::Schema || key.name != schema);
        }
    }
}

fn is_history(key: &ObjectKey) -> bool {
    TABLES.iter().any(|name| key.name.eq_ignore_ascii_case(name))
}

/// The table of a column, as its key names it.
fn table_of(column: &ObjectKey) -> ObjectKey {
    ObjectKey::relation(None, column.schema.as_deref(), column.signature.as_deref().unwrap_or_default())
}
