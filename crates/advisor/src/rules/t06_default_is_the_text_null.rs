use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason},
    tokens,
};

crate::rule::rule! {
    /// The default of a column is the text `'NULL'`, not NULL.
    ///
    /// **Why.** Rows that leave the column out hold four letters, which no `IS NULL` finds.
    ///
    /// **How to fix it.** Drop the default, and look at the rows that hold the text.
    ///
    /// **False positives.** Somebody whose name is Null.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, note text default 'NULL');
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, note text default null, other text default 'none');
    /// ```
    "T-06" "default_is_the_text_null" Warning "Default that is the text NULL"
    on [Postgres, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for column in table.columns() {
            let Some(default) = column.default.as_deref() else { continue };
            if !tokens::only_string(default, context.dialect()).is_some_and(|text| text.eq_ignore_ascii_case("null")) {
                continue;
            }
            let message = format!("The default of {} is the text {default}, not NULL.", column.name);
            let alter = |what: &str| {
                format!("ALTER TABLE {} ALTER COLUMN {} {what};", context.path_of(table), context.quote(&column.name))
            };
            let fix = Fix::new(alter("DROP DEFAULT"))
                .undo(alter(&format!("SET DEFAULT {default}")))
                .lock(Lock::AccessExclusive);
            let object = Object::part(table, ObjectType::Column, &column.name);
            found.add(object, message).fix(context.is_postgres().then_some(fix));
        }
    }
    Ok(())
}
