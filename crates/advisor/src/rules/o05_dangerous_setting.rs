use crate::{
    Context, Fix, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

/// Settings that cost data or answers, with what they cost.
const DANGEROUS: [(&str, &str, Level, &str); 6] = [
    ("fsync", "off", Level::Error, "a crash of the machine can destroy the whole cluster"),
    ("full_page_writes", "off", Level::Error, "a crash in the middle of a write can destroy a page"),
    (
        "zero_damaged_pages",
        "on",
        Level::Error,
        "damaged pages are read as empty, and their rows are lost without a word",
    ),
    ("autovacuum", "off", Level::Error, "dead rows stay, and transaction numbers run out"),
    ("track_counts", "off", Level::Warning, "autovacuum cannot know what to do"),
    (
        "synchronous_commit",
        "off",
        Level::Info,
        "the last transactions before a crash may be lost, though they were confirmed",
    ),
];

crate::rule::rule! {
    /// A setting of the server is dangerous.
    ///
    /// **Why.** Some settings buy speed with the data: each finding says what is at stake.
    ///
    /// **How to fix it.** Set it back for the whole server. What the fix sets is read after a reload; in the configuration file itself the value
    /// stays as it is.
    ///
    /// **False positives.** A server whose data can be made again at any time, such as one for tests.
    ///
    /// ```sql,fires
    /// -- setting: fsync=off
    /// show fsync;
    /// ```
    "O-05" "dangerous_setting" Warning "Setting that costs data"
    on [Postgres] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let settings = told(&context.facts.settings, "settings")?;
    for (name, value, level, cost) in DANGEROUS {
        if settings.get(name).is_some_and(|set| set == value) {
            let other = if value == "off" { "on" } else { "off" };
            let alter = |to: &str| format!("ALTER SYSTEM SET {name} = {to};\nSELECT pg_reload_conf();");
            let fix = Fix::new(alter(other)).undo(alter(value)).outside_transactions();
            let finding = found.add(Object::alone(ObjectType::Setting, name), format!("{name} is {value}: {cost}."));
            finding.level(level).fix(fix);
        }
    }
    Ok(())
}
