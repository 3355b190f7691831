use std::collections::HashMap;

use catalog::{Column, RelationKind, RelationWalker};

use crate::{Context, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// A column is named as if it referred to another table, has the type of that table's key, and no foreign key.
    ///
    /// **Why.** Nothing keeps it from referring to rows that are not there, and no tool can tell what it refers to.
    ///
    /// **How to fix it.** Add the foreign key. The fix adds it for new rows first, which is quick, and then checks the others without
    /// keeping writers out; it stops where a row refers to nothing.
    ///
    /// **False positives.** A column that refers to another system's rows, or to rows that may be gone, as in an audit log.
    ///
    /// ```sql,fires
    /// create table customers (id int primary key);
    /// create table orders (id int primary key, customer_id int);
    /// ```
    ///
    /// ```sql,silent
    /// create table customers (id int primary key);
    /// create table orders (id int primary key, customer_id text, supplier_id int);
    /// ```
    "K-05" "reference_without_foreign_key" Info "Column named like a reference, without a foreign key"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns, Constraints, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    // Of each schema, tables with a key of one column, by what one of their rows is called.
    let mut targets: HashMap<(&str, String), (RelationWalker<'_>, &Column)> = HashMap::new();
    for table in context.tables() {
        let Some([key]) = table.primary_key().map(|key| key.columns.as_slice()) else { continue };
        let Some(column) = table.columns().iter().find(|column| column.name == *key) else { continue };
        for name in singulars(&table.row().name.to_lowercase()) {
            targets.entry((table.schema(), name)).or_insert((table, column));
        }
    }
    for table in context.tables() {
        for column in table.columns() {
            let lower = column.name.to_lowercase();
            let Some(stem) = lower.strip_suffix("_id").filter(|stem| !stem.is_empty()) else { continue };
            let Some((target, key)) = targets.get(&(table.schema(), stem.to_owned())) else { continue };
            let refers = table.foreign_keys().iter().any(|key| key.columns.contains(&column.name));
            if refers || target.id() == table.id() || context.base_type(column) != context.base_type(key) {
                continue;
            }
            let message =
                format!("{} seems to refer to {}, but no foreign key says so.", column.name, target.row().name);
            let object = Object::part(table, ObjectType::Column, &column.name);
            found.add(object, message).fix(fix(context, table, column, *target, key));
        }
    }
    Ok(())
}

fn singulars(table: &str) -> Vec<String> {
    let mut names = vec![table.to_owned()];
    for (plural, singular) in [("ies", "y"), ("ses", "s"), ("xes", "x"), ("s", "")] {
        names
            .extend(table.strip_suffix(plural).filter(|stem| !stem.is_empty()).map(|stem| format!("{stem}{singular}")));
    }
    names
}

fn fix(
    context: &Context<'_>,
    table: RelationWalker<'_>,
    column: &Column,
    target: RelationWalker<'_>,
    key: &Column,
) -> Option<Fix> {
    if !context.is_postgres() || table.row().kind == RelationKind::PartitionedTable {
        return None;
    }
    let taken = |name: &str| table.foreign_keys().iter().any(|key| key.name.as_deref() == Some(name));
    let name = context.quote(&crate::names::free(&[&table.row().name, &column.name], "fkey", taken));
    let path = context.path_of(table);
    Some(
        Fix::new(format!(
            "ALTER TABLE {path} ADD CONSTRAINT {name} FOREIGN KEY ({}) REFERENCES {} ({}) NOT VALID;\n\
             ALTER TABLE {path} VALIDATE CONSTRAINT {name};",
            context.quote(&column.name),
            context.path_of(target),
            context.quote(&key.name)
        ))
        .undo(format!("ALTER TABLE {path} DROP CONSTRAINT {name};"))
        .lock(Lock::ShareRowExclusive),
    )
}
