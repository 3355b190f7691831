use catalog::{ObjectKind, RoutineKind};

use crate::{
    Context, Object, ObjectType, privileges,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Untrusted clients may call a function that runs with its owner's rights.
    ///
    /// **Why.** Row security and privileges are the owner's inside of it: it shows and does what its body lets through. Everybody may call a
    /// new function unless that is taken away.
    ///
    /// **How to fix it.** Take EXECUTE away from PUBLIC and from the exposed roles, or put the function into a schema that clients cannot name.
    ///
    /// **False positives.** A function that is the one door on purpose and looks at who is asking. Functions of triggers cannot be called and are
    /// left alone.
    ///
    /// ```sql,fires
    /// create function all_users() returns bigint language sql security definer return 1;
    /// ```
    ///
    /// ```sql,silent
    /// create function all_users() returns bigint language sql security definer return 1;
    /// revoke execute on function all_users() from public;
    /// create function mine() returns bigint language sql return 1;
    /// ```
    "S-15" "anon_security_definer_function_executable" Warning "Exposed function with its owner's rights"
    on [Postgres] needs [Schemas, Routines, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let exposure = context.exposed()?;
    let rights = context.effects().rights();
    for routine in context.catalog.routines.iter().filter(|routine| routine.security_definer) {
        let schema = context.catalog.schema_name(routine.schema);
        let arguments = routine.identity_arguments.as_deref().unwrap_or_default();
        let for_triggers =
            routine.returns.as_deref().is_some_and(|returns| ["trigger", "event_trigger"].contains(&returns));
        if for_triggers
            || !exposure.has_schema(schema)
            || context.is_member(ObjectKind::Routine, schema, &routine.name, arguments)
        {
            continue;
        }
        let callers: Vec<usize> = context
            .exposed_powers()?
            .iter()
            .enumerate()
            .filter(|(_, powers)| rights.runs(powers, routine))
            .map(|(place, _)| place)
            .collect();
        let Some(first) = callers.first() else { continue };
        let anonymous = *first < exposure.anonymous.len();
        let powers = context.exposed_powers()?;
        let grants: Vec<_> = context
            .grants_on_routine(schema, &routine.name, arguments)
            .into_iter()
            .filter(|grant| {
                callers
                    .iter()
                    .filter_map(|place| powers.get(*place))
                    .any(|powers| rights.is_or_has(powers, &grant.grantee))
            })
            .collect();
        let name = format!("{}({arguments})", routine.name);
        let owner = routine.owner.as_deref().unwrap_or("its owner");
        let message =
            format!("{} may call {name}, which runs with the rights of {owner}.", privileges::grantees(&grants));
        let word = if routine.kind == RoutineKind::Procedure { "PROCEDURE" } else { "FUNCTION" };
        let fix = privileges::revoked(
            context,
            &format!("{word} {}({arguments})", context.path(schema, &routine.name)),
            grants,
        );
        let finding = found.add(Object::within(schema, ObjectType::Function, &name), message);
        if !anonymous {
            finding.named("authenticated_security_definer_function_executable");
        }
        finding.fix(fix);
    }
    Ok(())
}
