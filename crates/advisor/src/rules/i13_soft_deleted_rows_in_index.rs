use crate::{Context, Object, ObjectType, rule::Found, rule::Reason, tokens, words};

crate::rule::rule! {
    /// A unique index of a table whose rows are marked as deleted takes in those rows too.
    ///
    /// **Why.** Who deletes an account and makes it anew is told that the address is taken, by a row that nobody sees any more. Reading passes over
    /// the deleted rows of the index each time.
    ///
    /// **How to fix it.** Index the living rows alone: `create unique index … where deleted_at is null`. A key that others refer to has to stay.
    ///
    /// **False positives.** Where a value is never to be used again. Primary keys and keys that foreign keys refer to are left alone, and so is an
    /// index that names the column.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, email text unique, deleted_at timestamptz);
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, email text, deleted_at timestamptz);
    /// create unique index on people (email) where deleted_at is null;
    /// ```
    "I-13" "soft_deleted_rows_in_index" Info "Unique index over rows that are marked as deleted"
    on [Postgres, Sqlite] needs [Schemas, Relations, Columns, Indexes, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    // Keys that others refer to, by table.
    let mut referred: std::collections::HashSet<(catalog::RelationId, &[String])> = std::collections::HashSet::new();
    for key in &context.catalog.foreign_keys {
        referred.extend(key.referenced.map(|id| (id, key.referenced_columns.as_slice())));
    }
    for table in context.tables() {
        let marks = table.columns().iter().find(|column| {
            words::marks_deleted(&column.name)
                && (column.nullable.value() == Some(&true) || context.base_type(column) == "boolean")
        });
        let Some(mark) = marks else { continue };
        for index in table.indexes().iter().filter(|index| index.unique && !index.primary) {
            let names = |text: &str| {
                let tokens = tokens::meaning(text, context.dialect());
                tokens
                    .iter()
                    .any(|(kind, text)| tokens::name(*kind, text, context.dialect()).as_deref() == Some(&mark.name))
            };
            let keys: Vec<String> = index.keys.iter().map(|key| key.text.clone()).collect();
            let named =
                index.keys.iter().any(|key| if key.expression { names(&key.text) } else { key.text == mark.name })
                    || index.predicate.as_deref().is_some_and(names);
            if named || referred.contains(&(table.id(), keys.as_slice())) {
                continue;
            }
            let message = format!(
                "A row of {} that {} marks as deleted keeps its {} from being used again.",
                table.row().name,
                mark.name,
                keys.join(", ")
            );
            found.add(Object::part(table, ObjectType::Index, &index.name), message);
        }
    }
    Ok(())
}
