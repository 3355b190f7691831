use crate::{
    Context, Fix, Object, ObjectType,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// An extension is in the schema `public`.
    ///
    /// **Why.** Its functions stand among what clients can name, and everything that looks a name up in `public` finds them.
    ///
    /// **How to fix it.** Move it to a schema of its own, and put that on the search path of who uses it. Some extensions cannot be moved: they
    /// have to be made again. Taking the fix back leaves the schema that it made, empty.
    ///
    /// **False positives.** A database without untrusted clients.
    ///
    /// ```sql,fires
    /// create extension citext;
    /// ```
    ///
    /// ```sql,silent
    /// create schema extensions;
    /// create extension citext schema extensions;
    /// ```
    "S-20" "extension_in_public" Warning "Extension in the schema public"
    on [Postgres] needs [Schemas, Extensions]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let states = told(&context.facts.extensions, "states of extensions")?;
    for extension in context.catalog.extensions.iter().filter(|one| one.schema.as_deref() == Some("public")) {
        let message = format!("{} is in public, where clients can name its functions.", extension.name);
        let movable = states.iter().any(|state| state.name == extension.name && state.relocatable);
        let there = context.catalog.schemas.iter().any(|schema| schema.name == "extensions");
        let alter = |to: &str| format!("ALTER EXTENSION {} SET SCHEMA {to};", context.quote(&extension.name));
        let make = if there {
            ""
        } else {
            "CREATE SCHEMA IF NOT EXISTS extensions;
"
        };
        let fix = Fix::new(format!("{make}{}", alter("extensions"))).undo(alter("public"));
        found.add(Object::alone(ObjectType::Extension, &extension.name), message).fix(movable.then_some(fix));
    }
    Ok(())
}
