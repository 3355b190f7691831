use crate::{Context, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// A foreign key refers to a table or a column that is not there.
    ///
    /// **Why.** SQLite takes such a declaration. Where it checks foreign keys, every insert then fails; where it does not, nothing is
    /// checked, and nobody notices.
    ///
    /// **How to fix it.** Make what is missing, or make the table again without the key.
    ///
    /// **False positives.** None.
    ///
    /// ```sql,fires,sqlite
    /// create table orders (id integer primary key, customer_id integer references customers (id));
    /// create index orders_customer on orders (customer_id);
    /// ```
    ///
    /// ```sql,silent,sqlite
    /// create table customers (id integer primary key);
    /// create table orders (id integer primary key, customer_id integer references customers (id));
    /// ```
    "K-06" "foreign_key_to_nothing" Error "Foreign key to a table or column that is not there"
    on [Sqlite] needs [Schemas, Relations, Columns, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for key in table.foreign_keys() {
            let missing = match context.referenced(key) {
                None => Some(format!("the table {}", key.references.1)),
                Some(target) => key
                    .referenced_columns
                    .iter()
                    .find(|name| !target.columns().iter().any(|column| context.dialect().same_name(&column.name, name)))
                    .map(|name| format!("the column {name} of {}", key.references.1)),
            };
            let Some(missing) = missing else { continue };
            let columns = key.columns.join(", ");
            let message = format!("The foreign key over {columns} refers to {missing}, which is not there.");
            let name = key.name.as_deref().unwrap_or(&columns);
            found.add(Object::part(table, ObjectType::ForeignKey, name), message);
        }
    }
    Ok(())
}
