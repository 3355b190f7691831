use catalog::{Column, RelationWalker};

use crate::{Context, Engine, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason};

crate::rule::rule! {
    /// A column of a foreign key has another type than the column it refers to.
    ///
    /// **Why.** Values of the wider type cannot be referred to: the day the key outgrows `integer`, inserts that refer to it fail.
    /// Joins compare across types, which costs casts and sometimes the use of an index.
    ///
    /// **How to fix it.** Give the column the type it refers to. That rewrites the table and its indexes.
    ///
    /// **False positives.** None where the types differ in size or in kind. `text` and `varchar` are one type here, lengths are not
    /// compared, and a domain counts as what it is over.
    ///
    /// ```sql,fires
    /// create table customers (id bigint primary key);
    /// create table orders (id int primary key, customer_id int references customers);
    /// ```
    ///
    /// ```sql,silent
    /// create table customers (code varchar(20) primary key);
    /// create table orders (id int primary key, customer_code text references customers);
    /// ```
    "K-03" "foreign_key_type_mismatch" Error "Foreign key between different types"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns, ForeignKeys, Types]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        for key in table.foreign_keys() {
            let Some(referenced) = context.referenced(key) else { continue };
            for (from, to) in key.columns.iter().zip(&key.referenced_columns) {
                let (Some(from), Some(to)) = (column(table, from), column(referenced, to)) else { continue };
                if kind(context, from) == kind(context, to) {
                    continue;
                }
                let message = format!(
                    "{} is {}, but {}.{}, which it refers to, is {}: not every value there can be referred to.",
                    from.name,
                    from.native_type,
                    referenced.row().name,
                    to.name,
                    to.native_type
                );
                let finding = found.add(Object::part(table, ObjectType::Column, &from.name), message);
                finding.told_apart_by(&referenced.row().name).fix(fix(context, table, from, to));
            }
        }
    }
    Ok(())
}

fn column<'a>(relation: RelationWalker<'a>, name: &str) -> Option<&'a Column> {
    relation.columns().iter().find(|column| column.name == name)
}

/// What is compared: types that hold the same values are one.
fn kind(context: &Context<'_>, column: &Column) -> String {
    let base = context.base_type(column);
    match (context.facts.engine, base.as_str()) {
        (Engine::Postgres, "character varying" | "character") => "text".to_owned(),
        // https://www.sqlite.org/datatype3.html#determination_of_column_affinity: what a column takes follows from these.
        (Engine::Sqlite, declared) => affinity(declared).to_owned(),
        _ => base,
    }
}

fn affinity(declared: &str) -> &'static str {
    let has = |part: &str| declared.contains(part);
    match () {
        () if has("int") => "integer",
        () if has("char") || has("clob") || has("text") => "text",
        () if has("blob") || declared.is_empty() => "blob",
        () if has("real") || has("floa") || has("doub") => "real",
        () => "numeric",
    }
}

fn fix(context: &Context<'_>, table: RelationWalker<'_>, from: &Column, to: &Column) -> Option<Fix> {
    if !context.is_postgres() || from.identity.is_some() || from.generated.is_some() {
        return None;
    }
    let alter = |native: &str| {
        let (table, name) = (context.path_of(table), context.quote(&from.name));
        format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {native} USING {name}::{native};")
    };
    Some(Fix::new(alter(&to.native_type)).undo(alter(&from.native_type)).lock(Lock::AccessExclusive))
}
