use crate::{
    Context, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// Transactions at which the server stops taking writes, about.
const END: i64 = 2_147_483_647 - 3_000_000;

crate::rule::rule! {
    /// Old transaction numbers are not being cleaned up.
    ///
    /// **Why.** Numbers go round: before the oldest that is still in use would be reached, the server takes no more writes until it is cleaned up.
    /// Autovacuum should have done that at `autovacuum_freeze_max_age`; twice that says that something holds it back: a
    /// transaction that was never ended, a replication slot, a prepared transaction.
    ///
    /// **How to fix it.** End what holds it back, then `VACUUM (FREEZE)` the oldest tables.
    ///
    /// **False positives.** None.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// ```
    "O-01" "transaction_wraparound" Warning "Old transaction numbers"
    on [Postgres] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let age = *told(&context.facts.oldest_transaction, "the age of the oldest transaction")?;
    let settings = told(&context.facts.settings, "settings")?;
    let Some(limit) = settings.get("autovacuum_freeze_max_age").and_then(|value| value.parse::<i64>().ok()) else {
        return Err(Reason::Unsupported("autovacuum_freeze_max_age".to_owned()));
    };
    if age > limit.saturating_mul(2).min(END / 2) {
        let name = context.catalog.database.as_deref().unwrap_or("this database");
        let message = format!(
            "The oldest transaction number of {name} is {age} transactions old; at {END} the server stops taking writes."
        );
        let finding = found.add(Object::alone(ObjectType::Database, name), message);
        finding.evidence(format!("autovacuum_freeze_max_age is {limit}"));
        if age > END / 2 {
            finding.level(Level::Error);
        }
    }
    Ok(())
}
