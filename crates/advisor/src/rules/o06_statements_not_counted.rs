use crate::{
    Context, Fix, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Nobody counts which statements run how often and how long.
    ///
    /// **Why.** Without the extension `pg_stat_statements` nothing can be said of slow statements: that is not the same as there being none.
    ///
    /// **How to fix it.** Put it into `shared_preload_libraries`, restart the server, and make the extension. The fix does the last of these.
    ///
    /// **False positives.** A server whose statements are counted elsewhere.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// ```
    "O-06" "statements_not_counted" Info "Statements are not counted"
    on [Postgres] needs [Extensions]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    const NAME: &str = "pg_stat_statements";
    if !context.catalog.extensions.iter().any(|extension| extension.name == NAME) {
        let message = format!("{NAME} is not installed: nothing can be said of slow statements.");
        let fix = Fix::new(format!("CREATE EXTENSION {NAME};")).undo(format!("DROP EXTENSION {NAME};"));
        found.add(Object::alone(ObjectType::Extension, NAME), message).fix(fix);
    }
    Ok(())
}
