//! Which indexes are worth a trial on the planner: what rules miss, and what the statements that take longest search by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::{
    RelationId, RelationWalker, Routine,
    facts::{IndexTrial, MOST},
};
use policy::{
    expression::{ColumnUse, Query, Reading},
    rights::Privileges,
};

use crate::{
    Context,
    context::PUBLIC,
    indexes,
    rules::{k02_unindexed_foreign_keys as foreign_keys, s32_policy_without_index as policies},
};

/// Fewer rows are read whole as fast.
const ROWS: i64 = 1_000;

/// What a driver may be asked to try, the largest tables first, at most [`MOST`]; the answer belongs into `Facts::index_costs`.
///
/// Each is planned as who searches: of a policy the first role that it filters and that may read the table, of a foreign key the
/// owner of its table, of a statement who ran it.
pub fn index_trials(context: &Context<'_>) -> Vec<IndexTrial> {
    let mut trials: BTreeSet<(i64, IndexTrial)> = BTreeSet::new();
    let mut add = |table: RelationWalker<'_>, columns: &[String], compared: &[String], role: &str| {
        let rows = table.row().estimated_rows.value().copied().flatten().unwrap_or(0);
        if rows >= ROWS {
            // The largest come first.
            trials.insert((
                -rows,
                IndexTrial {
                    schema: table.schema().to_owned(),
                    table: table.row().name.clone(),
                    columns: columns.to_vec(),
                    role: role.to_owned(),
                    compared: compared.to_vec(),
                },
            ));
        }
    };
    let mut routines: HashMap<&str, Vec<&Routine>> = HashMap::new();
    for routine in &context.catalog.routines {
        routines.entry(routine.name.as_str()).or_default().push(routine);
    }
    for unserved in policies::unserved(context) {
        let (relation, id) = (unserved.relation, unserved.table);
        let Some(table) = context.catalog.relation(id).filter(|table| indexes::has_rows(*table, ROWS)) else {
            continue;
        };
        let column = [unserved.column.clone()];
        match who_is_filtered(context, &unserved, &routines) {
            Some(role) if id == relation.id() => add(table, &column, &[], &role),
            // What a sub-select looks up is looked up by the column.
            Some(role) => add(table, &column, &column, &role),
            None => {}
        }
    }
    for table in context.relations() {
        let Some(owner) = table.row().owner.as_deref() else { continue };
        for key in table.foreign_keys().iter().filter(|key| !foreign_keys::is_covered(context, table, key)) {
            add(table, &key.columns, &key.columns, owner);
        }
    }
    for (id, column, role) in searched(context) {
        if let Some(table) = context.catalog.relation(id).filter(|table| context.is_own(*table)) {
            let column = [column];
            add(table, &column, &column, &role);
        }
    }
    trials.into_iter().take(MOST).map(|(_, trial)| trial).collect()
}

/// A role that the policy filters and that may read the table; none where planning might run what somebody else wrote than the
/// table's owner.
fn who_is_filtered(
    context: &Context<'_>,
    unserved: &policies::Unserved<'_, '_>,
    routines: &HashMap<&str, Vec<&Routine>>,
) -> Option<String> {
    let (relation, policy) = (unserved.relation, unserved.policy);
    let owner = relation.row().owner.as_deref();
    let trusted = |name: Option<&str>| {
        name == owner || name.is_some_and(|name| context.role(name).is_some_and(|role| role.superuser))
    };
    let mut called =
        unserved.reading.calls.iter().flat_map(|call| routines.get(call.name.as_str()).into_iter().flatten());
    if !called.all(|routine| trusted(routine.owner.as_deref())) {
        return None;
    }
    let for_all = policy.roles.is_empty() || policy.roles.iter().any(|role| role == PUBLIC);
    let named: Vec<&str> = if for_all {
        let granted = context.grants_on(relation).iter().filter(|grant| grant.privilege == "SELECT");
        granted.map(|grant| grant.grantee.as_str()).collect()
    } else {
        policy.roles.iter().map(String::as_str).collect()
    };
    let rights = context.effects().rights();
    let filtered = named.into_iter().find(|name| {
        let Some(role) = context.role(name) else { return false };
        let powers = rights.powers(name);
        let may = rights.held(&powers, relation.id());
        !role.superuser
            && !role.bypass_row_security
            && !rights.owns(&powers, relation.id())
            && may.schema
            && may.any().has(Privileges::SELECT)
    });
    filtered.map(str::to_owned)
}

/// The columns without an index that the statements which took longest compare with a value: table, column, who ran it.
fn searched(context: &Context<'_>) -> Vec<(RelationId, String, String)> {
    let mut found: BTreeMap<(RelationId, String), String> = BTreeMap::new();
    let names = context.effects().rights().names();
    for statement in context.facts.statements.known().into_iter().flatten() {
        let Some(role) = &statement.role else { continue };
        // What only some servers print, what is cut, and what writes is not read.
        let Ok(query) = Query::parse(&statement.query, &names.of(RelationId(u32::MAX))) else { continue };
        let reading = &query.reading;
        for comparison in reading.comparisons.iter().filter(|comparison| comparison.operator == "=") {
            let Some(column) = reading.columns.get(comparison.column) else { continue };
            let Some(id) = relation_of(context, reading, column) else { continue };
            let Some(table) = context.catalog.relation(id) else { continue };
            let has = table.columns().iter().any(|known| known.name == column.name);
            if has && !indexes::begins(table, &column.name) {
                found.entry((id, column.name.clone())).or_insert_with(|| role.clone());
            }
        }
    }
    found.into_iter().map(|((id, column), role)| (id, column, role)).collect()
}

/// The relation of a sub-select that a column named in it is of; `None` where that is not clear.
pub(crate) fn relation_of(context: &Context<'_>, reading: &Reading, column: &ColumnUse) -> Option<RelationId> {
    let mut here = reading.relations.iter().filter(|read| Some(read.select) == column.select);
    let of = match column.qualifier.last() {
        Some(table) => here.find(|read| read.alias.as_deref().unwrap_or(&read.name) == table),
        // Without a table before it, it is clear only where one table is read.
        None => here.next().filter(|_| here.next().is_none()),
    };
    of.and_then(|read| context.effects().rights().names().relation(read.schema.as_deref(), &read.name))
}
