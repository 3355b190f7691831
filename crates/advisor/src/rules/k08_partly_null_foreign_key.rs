use catalog::{ForeignKey, RelationWalker};

use crate::{Context, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason, tokens};

crate::rule::rule! {
    /// A foreign key over several columns, two or more of which may be NULL, is not checked where one of them is.
    ///
    /// **Why.** Without `MATCH FULL` a single NULL turns the check off: a row may hold a country that is nowhere, as long as its region
    /// is NULL.
    ///
    /// **How to fix it.** Declare it `MATCH FULL`, which wants all of the columns NULL or none, or declare the columns NOT NULL. The fix
    /// stops where rows break that already.
    ///
    /// **False positives.** A key of which only one column may be NULL, such as a tenant's number beside an optional reference, is left
    /// alone: there `MATCH FULL` would be wrong.
    ///
    /// ```sql,fires
    /// create table regions (country text, region text, primary key (country, region));
    /// create table shops (id int primary key, country text, region text,
    ///   foreign key (country, region) references regions);
    /// ```
    ///
    /// ```sql,silent
    /// create table regions (country text, region text, primary key (country, region));
    /// create table shops (id int primary key, country text, region text,
    ///   foreign key (country, region) references regions match full);
    /// ```
    "K-08" "partly_null_foreign_key" Warning "Foreign key that a single NULL turns off"
    on [Postgres] needs [Schemas, Relations, Columns, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for key in table.foreign_keys().iter().filter(|key| key.columns.len() > 1) {
            let nullable = |name: &&String| {
                let column = table.columns().iter().find(|column| column.name == **name);
                column.is_some_and(|column| column.nullable.value() == Some(&true))
            };
            let optional: Vec<&String> = key.columns.iter().filter(nullable).collect();
            let Some(definition) = key.definition.value() else {
                found.unseen(Reason::NotLoaded("definitions of foreign keys".to_owned()));
                continue;
            };
            if optional.len() < 2 || tokens::has_words(definition, &["match", "full"], context.dialect()) {
                continue;
            }
            let name = key.name.as_deref().unwrap_or_default();
            let message = format!(
                "{name} is not checked in rows in which any of {} is NULL.",
                optional.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
            );
            let object = Object::part(table, ObjectType::ForeignKey, name);
            found.add(object, message).fix(fix(context, table, key, definition));
        }
    }
    Ok(())
}

fn fix(context: &Context<'_>, table: RelationWalker<'_>, key: &ForeignKey, definition: &str) -> Option<Fix> {
    let (path, name) = (context.path_of(table), context.quote(key.name.as_deref()?));
    // The referred columns end with the last parenthesis before any action.
    let tokens = sql::tokenize(definition, context.dialect());
    let close = tokens.iter().filter(|token| token.kind == sql::TokenKind::CloseParen).nth(1)?;
    let (head, tail) = definition.split_at(close.span.end);
    Some(
        Fix::new(format!(
            "ALTER TABLE {path} DROP CONSTRAINT {name};\nALTER TABLE {path} ADD CONSTRAINT {name} {head} MATCH FULL{tail};"
        ))
        .undo(format!(
            "ALTER TABLE {path} DROP CONSTRAINT {name};\nALTER TABLE {path} ADD CONSTRAINT {name} {definition};"
        ))
        .lock(Lock::AccessExclusive),
    )
}
