use catalog::RelationKind;
use policy::{
    effect::{Command, Effect, Shape},
    rights::Privileges,
};

use crate::{
    Context, Object, privileges,
    rule::{Found, Reason},
    words,
};

crate::rule::rule! {
    /// Untrusted clients read columns that look secret, of rows that no policy guards.
    ///
    /// **Why.** Passwords, keys and numbers of people are what is looked for first.
    ///
    /// **How to fix it.** Take the privilege away, or grant it for the other columns only; or guard the rows by a policy.
    ///
    /// **False positives.** A column that is only called so: the name is all that is known. Columns that clients have no privilege on are left
    /// alone.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, password_hash text);
    /// grant select on people to web_user;
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, name text, password_hash text);
    /// grant select (id, name) on people to web_user;
    /// ```
    "S-17" "sensitive_columns_exposed" Error "Secret columns that clients read"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for relation in context.relations().filter(|relation| relation.row().kind != RelationKind::Partition) {
        let secret: Vec<&str> = relation
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| words::is_secret(name))
            .collect();
        if secret.is_empty() {
            // Asked nevertheless, so that nothing passes where nobody said what is exposed.
            context.exposed()?;
            continue;
        }
        let mut powers = context.reaching(relation, &[Privileges::SELECT])?;
        powers.retain(|powers| {
            let effect = context.effects().of(relation.id(), powers, Shape::usual(Command::Select));
            let open = effect.truth().is_some_and(|truth| truth.is_always_true() || truth.is_true_unless_null());
            matches!(effect, Effect::Off) || open
        });
        let grants = context.grants_to(relation, &powers, &["SELECT"]);
        let read: Vec<&str> = secret
            .into_iter()
            .filter(|name| grants.iter().any(|grant| grant.column.as_deref().is_none_or(|column| column == *name)))
            .collect();
        if read.is_empty() {
            continue;
        }
        let told: Vec<_> = grants
            .into_iter()
            .filter(|grant| grant.column.as_deref().is_none_or(|column| read.contains(&column)))
            .collect();
        let message = format!(
            "{} may read {} of every row of {}.",
            privileges::grantees(&told),
            crate::names::listed(&read),
            relation.row().name
        );
        let fix = privileges::revoked(context, &format!("TABLE {}", context.path_of(relation)), told);
        found.add(Object::of(relation), message).fix(fix);
    }
    Ok(())
}
