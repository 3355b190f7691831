use catalog::{Known, ObjectKind, RoutineKind};

use crate::{
    Context, Fix, Level, Object, ObjectType,
    rule::{Found, Reason},
    tokens,
};

crate::rule::rule! {
    /// A function takes its search path from whoever calls it.
    ///
    /// **Why.** Names in its body mean what the caller's path finds first. Where it runs with its owner's rights, a caller who may make a table
    /// or a function of the right name makes it do anything: then this is a warning, else to be known.
    ///
    /// **How to fix it.** Set the path with the function. The fix names the function's own schema, and temporary objects last; where the body
    /// needs other schemas, name them too.
    ///
    /// **False positives.** A helper that is meant to work in the caller's schemas. Functions whose body is bound when they are made
    /// (`BEGIN ATOMIC`, `RETURN`), functions in C and those of extensions are left alone.
    ///
    /// ```sql,fires
    /// create function total() returns bigint language plpgsql security definer as $$ begin return 1; end $$;
    /// ```
    ///
    /// ```sql,silent
    /// create function total() returns bigint language plpgsql security definer set search_path = '' as
    ///   $$ begin return 1; end $$;
    /// ```
    "S-16" "function_search_path_mutable" Warning "Function without a search path of its own"
    on [Postgres] needs [Schemas, Routines]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for routine in &context.catalog.routines {
        let schema = context.catalog.schema_name(routine.schema);
        let arguments = routine.identity_arguments.as_deref().unwrap_or_default();
        let compiled = routine.language.as_deref().is_none_or(|language| ["c", "internal"].contains(&language));
        let callable = matches!(routine.kind, RoutineKind::Function | RoutineKind::Procedure);
        let fixed = routine.settings.iter().any(|setting| setting.starts_with("search_path="));
        if compiled || !callable || fixed || context.is_member(ObjectKind::Routine, schema, &routine.name, arguments) {
            continue;
        }
        if routine.language.as_deref() == Some("sql") {
            match &routine.definition {
                Known::Value(text) if is_bound(text, context) => continue,
                Known::Value(_) => {}
                _ => {
                    found.unseen(Reason::NotLoaded("definitions of functions".to_owned()));
                    continue;
                }
            }
        }
        let name = format!("{}({arguments})", routine.name);
        let message = format!("{name} finds names by the search path of whoever calls it.");
        let word = if routine.kind == RoutineKind::Procedure { "PROCEDURE" } else { "FUNCTION" };
        let alter = |what: &str| format!("ALTER {word} {}({arguments}) {what};", context.path(schema, &routine.name));
        let fix = Fix::new(alter(&format!("SET search_path = {}, pg_temp", context.quote(schema))))
            .undo(alter("RESET search_path"));
        let finding = found.add(Object::within(schema, ObjectType::Function, &name), message);
        if !routine.security_definer {
            finding.level(Level::Info);
        }
        finding.fix(fix);
    }
    Ok(())
}

/// Whether the body was read when the function was made: then no string follows AS.
fn is_bound(definition: &str, context: &Context<'_>) -> bool {
    let tokens = tokens::meaning(definition, context.dialect());
    !tokens.windows(2).any(|pair| pair[0].1.eq_ignore_ascii_case("as") && pair[1].0.is_string())
}
