use crate::{Context, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// An array column holds identifiers of other rows.
    ///
    /// **Why.** A foreign key cannot look into an array: identifiers of rows that are gone stay in it, and joins over it need `unnest`.
    ///
    /// **How to fix it.** A table of pairs with two foreign keys.
    ///
    /// **False positives.** A list that is only shown, or a copy that something else keeps right.
    ///
    /// ```sql,fires
    /// create table posts (id int primary key, tag_ids int[]);
    /// ```
    ///
    /// ```sql,silent
    /// create table posts (id int primary key, ratings int[], tags text[]);
    /// ```
    "K-11" "identifiers_in_array" Info "Array of identifiers without integrity"
    on [Postgres] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for column in table.columns() {
            let element = column.native_type.strip_suffix("[]");
            let is_key = element.is_some_and(|element| ["integer", "bigint", "uuid", "smallint"].contains(&element));
            if is_key && column.name.to_lowercase().ends_with("_ids") {
                let message = format!(
                    "{} holds identifiers, and nothing keeps them from naming rows that are gone.",
                    column.name
                );
                found.add(Object::part(table, ObjectType::Column, &column.name), message);
            }
        }
    }
    Ok(())
}
