use std::collections::BTreeMap;

use catalog::{Policy, RelationId, RelationWalker};
use policy::expression::Reading;

use crate::{
    Context, Object, ObjectType, indexes,
    rule::{Found, Reason},
    trials,
};

crate::rule::rule! {
    /// A policy compares a column with something of the user, and no index begins with the column.
    ///
    /// **Why.** Every statement of every user is filtered by it: without an index each reads the whole table to find a few rows. That holds for
    /// the column of a membership table too, which the policy of another table looks up.
    ///
    /// **How to fix it.** Index the column.
    ///
    /// **False positives.** A small table. A policy that compares several columns is left alone where an index begins with one of them, and so are
    /// comparisons with constants, which mostly leave too many rows for an index to help.
    ///
    /// ```sql,fires
    /// create table notes (id int primary key, owner name);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = current_user);
    /// ```
    ///
    /// ```sql,silent
    /// create table notes (id int primary key, owner name);
    /// create index on notes (owner);
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner = current_user);
    /// ```
    "S-32" "unindexed_policy_column" Warning "Policy that no index helps"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Indexes]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for (_, policy, read) in context.policies() {
        let _ = read.readings(policy, found).count();
    }
    // A column that several policies compare is found once.
    let mut wanted: BTreeMap<(RelationId, String), Vec<String>> = BTreeMap::new();
    for Unserved { relation, policy, table, column, .. } in unserved(context) {
        wanted.entry((table, column)).or_default().push(format!("{} of {}", policy.name, relation.row().name));
    }
    for ((id, column), by) in wanted {
        let Some(table) = context.catalog.relation(id) else { continue };
        let compare = if by.len() == 1 { "compares" } else { "compare" };
        let by = crate::names::listed(&by);
        let message = format!("{by} {compare} {column}, and no index of {} begins with it.", table.row().name);
        let finding = found.add(Object::part(table, ObjectType::Column, &column), message);
        finding.fix(indexes::create(context, table, std::slice::from_ref(&column)));
    }
    Ok(())
}

/// A column that a policy compares with something of who asks and that no index begins with.
pub(crate) struct Unserved<'c, 'a> {
    pub(crate) relation: RelationWalker<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) reading: &'c Reading,
    /// The column's relation: the policy's, or one that it looks up.
    pub(crate) table: RelationId,
    pub(crate) column: String,
}

/// Those of every policy.
pub(crate) fn unserved<'c, 'a: 'c>(context: &'c Context<'a>) -> impl Iterator<Item = Unserved<'c, 'a>> {
    context.policies().flat_map(move |(relation, policy, read)| {
        // A check looks at rows that are at hand: only what filters rows that are there is served by an index.
        let reading = read.using.as_ref().map(|using| &using.reading);
        reading.into_iter().flat_map(move |reading| {
            compared(context, relation, reading).into_iter().filter_map(move |(id, columns)| {
                let table = context.catalog.relation(id).filter(|table| context.is_own(*table))?;
                let own = |name: &&String| table.columns().iter().any(|column| column.name == **name);
                let served = columns.iter().any(|column| indexes::begins(table, column));
                let column = columns.iter().find(own).filter(|_| !served)?.clone();
                Some(Unserved { relation, policy, reading, table: id, column })
            })
        })
    })
}

/// The columns that are compared with something of who asks, by table: of the policy's own, and of tables in its sub-selects.
fn compared(context: &Context<'_>, relation: RelationWalker<'_>, reading: &Reading) -> Vec<(RelationId, Vec<String>)> {
    let mut own = Vec::new();
    let mut inner: BTreeMap<RelationId, Vec<String>> = BTreeMap::new();
    for comparison in reading.comparisons.iter().filter(|comparison| comparison.fixed && comparison.session) {
        let ranged = matches!(comparison.operator.as_str(), "=" | "<" | "<=" | ">" | ">=" | "between");
        let Some(column) = reading.columns.get(comparison.column).filter(|_| ranged) else { continue };
        if column.own == Some(true) {
            own.push(column.name.clone());
            continue;
        }
        if let Some(id) = trials::relation_of(context, reading, column) {
            inner.entry(id).or_default().push(column.name.clone());
        }
    }
    // What joins the sub-select to the row may be what an index serves.
    for (id, columns) in &mut inner {
        let Some(table) = context.catalog.relation(*id) else { continue };
        let joined = reading.comparisons.iter().filter(|comparison| comparison.operator == "=");
        let joined = joined.filter_map(|comparison| reading.columns.get(comparison.column));
        let inside = |name: &str| table.columns().iter().any(|column| column.name == name);
        columns.extend(
            joined.filter(|column| column.own == Some(false) && inside(&column.name)).map(|column| column.name.clone()),
        );
    }
    let own = (!own.is_empty()).then(|| (relation.id(), own));
    own.into_iter().chain(inner).collect()
}
