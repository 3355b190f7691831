use std::collections::BTreeMap;

use catalog::{Index, RelationId, RelationWalker};
use policy::expression::Reading;

use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason},
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
    // A column that several policies compare is found once.
    let mut wanted: BTreeMap<(RelationId, String), Vec<String>> = BTreeMap::new();
    for (relation, policy, read) in context.policies() {
        // A check looks at rows that are at hand: only what filters rows that are there is served by an index.
        let _ = read.readings(policy, found).count();
        let Some(using) = &read.using else { continue };
        for (id, columns) in compared(context, relation, &using.reading) {
            let Some(table) = context.catalog.relation(id).filter(|table| context.is_own(*table)) else { continue };
            let own = |name: &&String| table.columns().iter().any(|column| column.name == **name);
            let served = columns.iter().any(|column| table.indexes().iter().any(|index| begins(index, column)));
            if let (false, Some(column)) = (served, columns.iter().find(own)) {
                let of = format!("{} of {}", policy.name, relation.row().name);
                wanted.entry((id, column.clone())).or_default().push(of);
            }
        }
    }
    for ((id, column), by) in wanted {
        let Some(table) = context.catalog.relation(id) else { continue };
        let message =
            format!("{} compares {column}, and no index of {} begins with it.", by.join(" and "), table.row().name);
        let finding = found.add(Object::part(table, ObjectType::Column, &column), message);
        finding.fix(fix(context, table, &column));
    }
    Ok(())
}

fn begins(index: &Index, column: &str) -> bool {
    index.valid.value() != Some(&false)
        && index.predicate.is_none()
        && matches!(index.method.as_deref(), None | Some("btree" | "hash"))
        && index.keys.first().is_some_and(|key| !key.expression && key.text == column)
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
        let mut here = reading.relations.iter().filter(|read| Some(read.select) == column.select);
        let of = match column.qualifier.last() {
            Some(table) => here.find(|read| read.alias.as_deref().unwrap_or(&read.name) == table),
            // Without a table before it, it is clear only where one table is read.
            None => here.next().filter(|_| here.next().is_none()),
        };
        let id = of.and_then(|read| context.effects().rights().names().relation(read.schema.as_deref(), &read.name));
        if let Some(id) = id {
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

fn fix(context: &Context<'_>, table: RelationWalker<'_>, column: &str) -> Fix {
    let name = context.free_index_name(table, &[column], "idx");
    let on = format!("ON {} ({});", context.path_of(table), context.quote(column));
    let (quoted, qualified) = (context.quote(&name), context.path(table.schema(), &name));
    // An index of a partitioned table cannot be made beside writers.
    if table.row().partition_key.is_some() {
        Fix::new(format!("CREATE INDEX {quoted} {on}")).undo(format!("DROP INDEX {qualified};")).lock(Lock::Share)
    } else {
        Fix::new(format!("CREATE INDEX CONCURRENTLY {quoted} {on}"))
            .undo(format!("DROP INDEX CONCURRENTLY {qualified};"))
            .lock(Lock::ShareUpdateExclusive)
            .outside_transactions()
    }
}
