use crate::{
    Context, Engine, Object, ObjectType,
    rule::{Found, Reason},
    words,
};

crate::rule::rule! {
    /// A text column is called as if it held passwords as they are typed.
    ///
    /// **Why.** Whoever gets a copy of the table gets into every account, and into others where the same password was used.
    ///
    /// **How to fix it.** Store a salted hash that is slow to compute, and say so in the name.
    ///
    /// **False positives.** A column that does hold hashes and is only named shortly.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, password text);
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, password_hash text, password_changed_at timestamptz);
    /// ```
    "S-37" "plain_password" Warning "Column that looks like passwords as typed"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for column in table.columns() {
            let native = context.base_type(column);
            let text = native.contains("char")
                || native.contains("text")
                || context.facts.engine == Engine::Sqlite && native.is_empty();
            if text && words::is_plain_password(&column.name) {
                let message = format!("{} looks like passwords as they are typed.", column.name);
                found.add(Object::part(table, ObjectType::Column, &column.name), message);
            }
        }
    }
    Ok(())
}
