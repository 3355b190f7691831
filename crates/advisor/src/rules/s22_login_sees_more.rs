use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// Row security does not apply to the login that is connected, or not to all tables.
    ///
    /// **Why.** What is seen over this connection is not what users see: a policy that is wrong looks right.
    ///
    /// **How to fix it.** Look as one of the users: test as a role, or connect as one.
    ///
    /// **False positives.** Administration. Where no table has row security on, nothing is said.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key);
    /// alter table notes enable row level security;
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key);
    /// ```
    "S-22" "login_bypasses_row_security" Warning "Login that sees more than users"
    on [Postgres] needs [Schemas, Relations, Roles]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let login = told(&context.facts.login, "what it may do itself")?;
    let powers = context.effects().rights().powers(&login.name);
    let secured =
        context.relations().filter(|table| table.row().row_security.value().is_some_and(|security| security.enabled));
    let owned = |table: &catalog::RelationWalker<'_>| {
        let forced = table.row().row_security.value().is_some_and(|security| security.forced);
        !forced && context.effects().rights().owns(&powers, table.id())
    };
    let tables: Vec<_> = secured.collect();
    let why = match () {
        () if tables.is_empty() => return Ok(()),
        () if login.superuser => "is a superuser".to_owned(),
        () if login.bypass_row_security => "has BYPASSRLS".to_owned(),
        () => match tables.iter().filter(|table| owned(table)).count() {
            0 => return Ok(()),
            count => format!("owns {count} of the tables with row security, which is not forced on owners"),
        },
    };
    let message = format!("{} {why}: row security does not apply to what is seen here.", login.name);
    found.add(Object::alone(ObjectType::Role, &login.name), message);
    Ok(())
}
