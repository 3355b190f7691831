use crate::{
    Level,
    migration::{
        action::{ConstraintKind, What},
        rule::Found,
        scene::Scene,
    },
};

crate::migration::rule::rule! {
    /// An enum is made or gets a value, a domain a constraint, a table an exclusion constraint, or a trigger is switched.
    ///
    /// **Why.** A value of an enum is never dropped, and without `BEFORE` or `AFTER` it sorts last. A domain's constraint is checked in every
    /// table that uses it, under a lock on each. An exclusion constraint has no way to be built beside other work. While a
    /// trigger is off, what it guards is not guarded; for foreign keys too, where all are switched.
    ///
    /// **How to fix it.** A table of values or a check in place of the enum; a check in the table in place of the domain's, or `NOT VALID`
    /// first; the exclusion constraint when nobody writes; the trigger switched in one transaction with what it is off for.
    ///
    /// **False positives.** It is meant so.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key);
    /// -- migration
    /// alter table orders disable trigger all;
    /// ```
    ///
    /// ```sql,silent
    /// create type state as enum ('new', 'sent');
    /// -- migration
    /// alter type state add value 'paid' after 'new';
    /// ```
    "M-12" "hard_to_take_back" Info "Enum, domain, exclusion constraint or trigger"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    for (index, statement, action) in scene.actions() {
        let (level, message) = match &action.what {
            What::AddEnumValue { name, placed: false, .. } => (
                Level::Info,
                format!("Without BEFORE or AFTER the new value of {name} sorts last, and none is ever dropped again."),
            ),
            What::CreateEnum { name } => (
                Level::Info,
                format!("Values of {name} can be added but never dropped. A table of values, or a check, takes both."),
            ),
            What::DomainConstraint { domain, added: true, unchecked: false } => (
                Level::Warning,
                format!(
                    "Every table with a column of {domain} is read through, and nobody can write to it meanwhile. Add it NOT VALID and \
                     validate it later."
                ),
            ),
            What::DomainConstraint { domain, added: false, .. } => (
                Level::Info,
                format!("A constraint of {domain} that changes later is checked in every table that uses it at once."),
            ),
            What::AddConstraint(constraint) if constraint.kind == ConstraintKind::Exclusion => (
                Level::Warning,
                format!(
                    "The exclusion constraint builds its index while nobody can use {}{}, and there is no way around that.",
                    action.place(),
                    scene.about_rows(action.on.as_ref())
                ),
            ),
            What::SwitchTrigger { on: false, name: None } => (
                Level::Warning,
                format!("Nothing that triggers guard in {} holds meanwhile, foreign keys neither.", action.place()),
            ),
            What::SwitchTrigger { on: false, name: Some(name) } => (
                Level::Warning,
                format!(
                    "What {} guards in {} does not hold meanwhile, for anybody.",
                    policy::name::quote(name),
                    action.place()
                ),
            ),
            _ => continue,
        };
        found.add(index, statement, message).level(level);
    }
}
