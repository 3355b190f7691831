use crate::{
    Context, Fix, Object, ObjectType,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// An extension is older than what the server would install now.
    ///
    /// **Why.** The program is new, but the functions in the database are those of before: what was mended in them since is not.
    ///
    /// **How to fix it.** Update it. There is no way back to the older version, so read what changed first.
    ///
    /// **False positives.** A version that is kept on purpose.
    ///
    /// ```sql,fires
    /// create extension citext version '1.4';
    /// ```
    ///
    /// ```sql,silent
    /// create extension citext;
    /// ```
    "S-21" "extension_versions_outdated" Warning "Extension that is older than the server's"
    on [Postgres] needs [Extensions]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let states = told(&context.facts.extensions, "states of extensions")?;
    for extension in &context.catalog.extensions {
        let newest =
            states.iter().find(|state| state.name == extension.name).and_then(|state| state.default_version.as_ref());
        let (Some(newest), Some(version)) = (newest, &extension.version) else { continue };
        if newest != version {
            let message = format!("{} is of version {version}; the server has {newest}.", extension.name);
            let fix = Fix::new(format!("ALTER EXTENSION {} UPDATE;", context.quote(&extension.name)));
            found.add(Object::alone(ObjectType::Extension, &extension.name), message).fix(fix);
        }
    }
    Ok(())
}
