use crate::{
    Context, Object, ObjectType, indexes,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A B-tree is over an array, or over nothing but a boolean.
    ///
    /// **Why.** A B-tree orders whole arrays: it cannot look for one that contains something. One over a boolean tells two halves apart, which
    /// hardly ever saves reading the table.
    ///
    /// **How to fix it.** For an array, a GIN index. For a boolean, an index over another column `WHERE` the boolean has the rarer value.
    ///
    /// **False positives.** Arrays that are compared as a whole; unique indexes are left alone for that. A boolean of which one value is very rare.
    ///
    /// ```sql,fires
    /// create table posts (id int primary key, tags text[]);
    /// create index on posts (tags);
    /// ```
    ///
    /// ```sql,silent
    /// create table posts (id int primary key, tags text[], draft bool, at date);
    /// create index on posts using gin (tags);
    /// create index on posts (at) where draft;
    /// ```
    "I-08" "unsuitable_index" Info "B-tree over an array or a boolean"
    on [Postgres] needs [Schemas, Relations, Columns, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for index in table.indexes().iter().filter(|index| !index.unique && index.method.as_deref() == Some("btree")) {
            let Some(first) = index.keys.first().filter(|key| !key.expression) else { continue };
            let Some(column) = table.columns().iter().find(|column| column.name == first.text) else { continue };
            let object = || Object::part(table, ObjectType::Index, &index.name);
            if column.native_type.ends_with("[]") {
                let message = format!(
                    "{} cannot look for arrays of {} that contain something: a GIN index can.",
                    index.name, column.name
                );
                found.add(object(), message).fix(indexes::as_gin(context, table, index, &column.name));
            } else if context.base_type(column) == "boolean" && index.keys.len() == 1 && index.predicate.is_none() {
                let message =
                    format!("{} tells only true from false: it hardly ever saves reading the table.", index.name);
                found.add(object(), message).fix(indexes::drop(context, table, index));
            }
        }
    }
    Ok(())
}
