use std::collections::BTreeMap;

use catalog::{Column, RelationWalker};

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Columns that are named as the same reference have different types.
    ///
    /// **Why.** `customer_id` that is a number here and a text there cannot be joined without a cast, and one of the two is a mistake.
    ///
    /// **How to fix it.** Give the fewer ones the type of the others.
    ///
    /// **False positives.** An identifier of another system that happens to have the name. Only names that end in `_id` are compared, within a
    /// schema; general ones such as `value` mean something else in every table.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, customer_id bigint);
    /// create table letters (id int primary key, customer_id bigint);
    /// create table visits (id int primary key, customer_id text);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, customer_id bigint, value int);
    /// create table visits (id int primary key, customer_id bigint, value text);
    /// ```
    "T-02" "same_name_other_type" Warning "Columns of one name and different types"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns, Types]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    type Of<'a> = BTreeMap<String, Vec<(RelationWalker<'a>, &'a Column)>>;
    let mut named: BTreeMap<(&str, String), Of<'_>> = BTreeMap::new();
    for table in context.tables() {
        for column in table.columns() {
            let lower = column.name.to_lowercase();
            if lower.ends_with("_id") && lower.len() > 3 {
                let types = named.entry((table.schema(), lower)).or_default();
                types.entry(context.base_type(column)).or_default().push((table, column));
            }
        }
    }
    for types in named.into_values().filter(|types| types.len() > 1) {
        let Some(usual) = types.iter().max_by_key(|(_, columns)| columns.len()).map(|(native, _)| native.clone())
        else {
            continue;
        };
        let example = types.get(&usual).and_then(|columns| columns.first()).map(|(table, _)| table.row().name.clone());
        for (native, columns) in types.iter().filter(|(native, _)| **native != usual) {
            for (table, column) in columns {
                let message = format!(
                    "{} is {native} here and {usual} in {}.",
                    column.name,
                    example.as_deref().unwrap_or("other tables")
                );
                found.add(Object::part(*table, ObjectType::Column, &column.name), message);
            }
        }
    }
    Ok(())
}
