use crate::{
    Context, Fix, Object, ObjectType,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// There are foreign keys, and this connection does not check them.
    ///
    /// **Why.** SQLite checks foreign keys only on connections that ask for it. Whoever writes over one that does not leaves rows behind that
    /// refer to nothing.
    ///
    /// **How to fix it.** Turn the setting `foreign_keys` of the connection on; in a program, say it after opening the file.
    /// `PRAGMA foreign_key_check` lists rows that refer to nothing already.
    ///
    /// **False positives.** A connection that only reads.
    ///
    /// ```sql,silent,sqlite
    /// create table customers (id integer primary key);
    /// ```
    "K-15" "foreign_keys_off" Warning "Foreign keys that are not checked"
    on [Sqlite] needs [Schemas, Relations, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    if context.catalog.foreign_keys.is_empty() {
        return Ok(());
    }
    let settings = told(&context.facts.settings, "settings")?;
    if settings.get("foreign_keys").is_some_and(|value| value == "off") {
        let message = format!(
            "This connection does not check foreign keys, of which there are {}.",
            context.catalog.foreign_keys.len()
        );
        let fix = Fix::new("PRAGMA foreign_keys = ON;").undo("PRAGMA foreign_keys = OFF;").outside_transactions();
        found.add(Object::alone(ObjectType::Setting, "foreign_keys"), message).fix(fix);
    }
    Ok(())
}
