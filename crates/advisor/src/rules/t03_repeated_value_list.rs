use std::collections::BTreeMap;

use catalog::{Constraint, ConstraintKind, RelationWalker};
use policy::expression::{Expression, Unscoped};

use crate::{Context, Object, ObjectType, rule::Found, rule::Reason};

/// Shorter lists are the same by chance: yes and no.
const FEWEST: usize = 3;

crate::rule::rule! {
    /// The same list of allowed values is written into several checks.
    ///
    /// **Why.** One day a value is added to one and not to the other.
    ///
    /// **How to fix it.** Say it once: a domain with the check, a type of its own (`create type … as enum`), or a table of the values that the
    /// columns refer to.
    ///
    /// **False positives.** Lists that are the same today and mean different things.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, state text check (state in ('new', 'paid', 'sent')));
    /// create table parcels (id int primary key, state text check (state in ('sent', 'new', 'paid')));
    /// ```
    ///
    /// ```sql,silent
    /// create domain state as text check (value in ('new', 'paid', 'sent'));
    /// create table orders (id int primary key, state state);
    /// create table parcels (id int primary key, state state);
    /// ```
    "T-03" "repeated_value_list" Info "List of values that is written down twice"
    on [Postgres] needs [Schemas, Relations, Columns, Constraints]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut lists: BTreeMap<Vec<String>, Vec<(RelationWalker<'_>, &Constraint)>> = BTreeMap::new();
    for table in context.tables() {
        for constraint in table.constraints().iter().filter(|one| one.kind == ConstraintKind::Check) {
            let Some(definition) = constraint.definition.value() else {
                found.unseen(Reason::NotLoaded("definitions of constraints".to_owned()));
                continue;
            };
            if let Some(values) = values(definition) {
                lists.entry(values).or_default().push((table, constraint));
            }
        }
    }
    for (values, places) in lists.iter().filter(|(_, places)| places.len() > 1) {
        let Some((table, constraint)) = places.first() else { continue };
        let message =
            format!("{} checks allow the same list of values: {}.", places.len(), crate::names::listed(values));
        let name = constraint.name.as_deref().unwrap_or_default();
        let finding = found.add(Object::part(*table, ObjectType::Constraint, name), message);
        for (table, constraint) in places {
            finding.evidence(format!(
                "{} of {}",
                constraint.name.as_deref().unwrap_or_default(),
                context.path_of(*table)
            ));
        }
    }
    Ok(())
}

/// The values of a check that is nothing but one column in a list of texts, sorted.
fn values(definition: &str) -> Option<Vec<String>> {
    // Reading costs something; what has fewer quotes than so many texts is none.
    if definition.bytes().filter(|byte| *byte == b'\'').count() < FEWEST * 2 {
        return None;
    }
    let inner = definition.strip_prefix("CHECK ")?;
    let inner = inner.strip_suffix(" NOT VALID").unwrap_or(inner);
    let reading = Expression::parse(inner.strip_suffix(" NO INHERIT").unwrap_or(inner), &Unscoped).ok()?.reading;
    let one = matches!(reading.comparisons.as_slice(), [one] if one.operator == "=") && reading.columns.len() == 1;
    let plain = reading.calls.is_empty() && reading.selects.is_empty() && reading.unread.is_empty();
    if !one || !plain || reading.constants.len() < FEWEST || !reading.constants.iter().all(|constant| constant.string) {
        return None;
    }
    let mut values: Vec<String> = reading.constants.into_iter().filter_map(|constant| constant.text).collect();
    values.sort();
    values.dedup();
    Some(values)
}
