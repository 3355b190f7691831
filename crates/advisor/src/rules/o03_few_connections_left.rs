use crate::{
    Context, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// Of a hundred places.
const MANY: i64 = 80;
const NEARLY_ALL: i64 = 95;

crate::rule::rule! {
    /// Nearly all connections that the server allows are taken.
    ///
    /// **Why.** Who comes when none is left is refused, the program as well as who would look what is wrong. Each connection costs memory, so that
    /// raising `max_connections` helps for a while only.
    ///
    /// **How to fix it.** Find out who holds so many, mostly a program that opens a pool in each of its processes. Put a pooler in between, such as
    /// PgBouncer or MySQL Router, and give each program a small pool.
    ///
    /// **False positives.** A limit that was set low on purpose, and a moment of much work. What is seen is the moment of the scan.
    ///
    /// ```sql,silent
    /// create table orders (id int primary key);
    /// ```
    "O-03" "few_connections_left" Warning "Few connections left"
    on [Postgres, MySql] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let connections = told(&context.facts.connections, "connections")?;
    let (used, most) = (connections.used, connections.most);
    if most <= 0 {
        return Err(Reason::Unsupported("the limit of connections".to_owned()));
    }
    if used.saturating_mul(100) < most.saturating_mul(MANY) {
        return Ok(());
    }
    let message = format!("{used} of {most} connections are taken.");
    let finding = found.add(Object::alone(ObjectType::Setting, "max_connections"), message);
    finding.evidence(format!("{} of them do nothing, as far as this login sees", connections.idle));
    if used.saturating_mul(100) >= most.saturating_mul(NEARLY_ALL) {
        finding.level(Level::Error);
    }
    Ok(())
}
