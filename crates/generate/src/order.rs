//! The order in which the tables can be filled: those referred to first. Rings are opened where a foreign key may be
//! NULL.

use std::collections::BTreeSet;

use crate::refusal::Refusal;
use crate::schema::{Foreign, Referred, Table};

/// The order of filling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Order {
    /// Places of tables.
    pub(crate) tables: Vec<usize>,
    /// The foreign keys that are left NULL so that there is an order: places of table and foreign key.
    pub(crate) opened: BTreeSet<(usize, usize)>,
}

/// One foreign key from a table to another.
#[derive(Clone, Copy)]
struct Edge {
    from: usize,
    foreign: usize,
    to: usize,
    nullable: bool,
}

/// Whether a foreign key may be NULL: one of its columns may.
pub(crate) fn nullable(table: &Table, foreign: &Foreign) -> bool {
    foreign.columns.iter().any(|place| may_be_null(table, *place))
}

/// Whether a column may be NULL.
pub(crate) fn may_be_null(table: &Table, place: usize) -> bool {
    table.columns.get(place).is_some_and(|column| column.nullable && !column.skipped)
}

/// Orders the tables.
pub(crate) fn order(tables: &[Table]) -> Result<Order, Refusal> {
    let mut edges = edges(tables);
    let mut order = Order::default();
    let mut left: BTreeSet<usize> = (0..tables.len()).collect();
    while !left.is_empty() {
        let ready =
            left.iter().copied().find(|place| !edges.iter().any(|edge| edge.from == *place && left.contains(&edge.to)));
        if let Some(ready) = ready {
            left.remove(&ready);
            order.tables.push(ready);
            continue;
        }
        let ring = ring(&edges, &left);
        let Some(opened) = ring.iter().find(|edge| edge.nullable) else {
            let name = |edge: &Edge| tables.get(edge.from).map(|table| table.name.clone()).unwrap_or_default();
            return Err(Refusal::Cycle { tables: ring.iter().map(name).collect() });
        };
        order.opened.insert((opened.from, opened.foreign));
        edges.retain(|edge| (edge.from, edge.foreign) != (opened.from, opened.foreign));
    }
    Ok(order)
}

fn edges(tables: &[Table]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (from, table) in tables.iter().enumerate().filter(|(_, table)| table.rows > 0) {
        for (foreign, key) in table.foreign.iter().enumerate() {
            if let Referred::Table { table: to, .. } = key.to
                && to != from
            {
                edges.push(Edge { from, foreign, to, nullable: nullable(table, key) });
            }
        }
    }
    edges
}

/// A ring among tables each of which refers to another of them. Foreign keys that may not be NULL are followed first,
/// so that a ring found has as few as possible that may, and only rings that need it are opened.
fn ring(edges: &[Edge], left: &BTreeSet<usize>) -> Vec<Edge> {
    let mut path: Vec<Edge> = Vec::new();
    let mut at = left.first().copied();
    while let Some(place) = at {
        if let Some(start) = path.iter().position(|edge| edge.from == place) {
            return path.split_off(start);
        }
        let within = |edge: &&Edge| edge.from == place && left.contains(&edge.to);
        let next = edges.iter().filter(within).min_by_key(|edge| edge.nullable);
        path.extend(next);
        at = next.map(|edge| edge.to);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, Kind};

    fn table(name: &str, to: &[(usize, bool)]) -> Table {
        let column = |nullable| Column {
            name: "c".to_owned(),
            kind: Kind::Other,
            nullable,
            skipped: false,
            has_default: false,
            automatic: false,
        };
        Table {
            name: name.to_owned(),
            rows: 1,
            existing: 0,
            columns: to.iter().map(|(_, nullable)| column(*nullable)).collect(),
            unique: Vec::new(),
            foreign: to
                .iter()
                .enumerate()
                .map(|(place, (table, _))| Foreign {
                    columns: vec![place],
                    to: Referred::Table { table: *table, columns: vec![0] },
                })
                .collect(),
            checks: Vec::new(),
        }
    }

    #[test]
    fn tables_referred_to_come_first() {
        let tables = [table("lines", &[(1, false)]), table("orders", &[(2, false)]), table("customers", &[])];
        assert_eq!(order(&tables).unwrap().tables, [2, 1, 0]);
    }

    #[test]
    fn a_ring_is_opened_where_a_foreign_key_may_be_null() {
        let tables = [table("teams", &[(1, true)]), table("people", &[(0, false)]), table("notes", &[(1, true)])];
        let order = order(&tables).unwrap();
        assert_eq!(order.tables, [0, 1, 2]);
        assert_eq!(order.opened, BTreeSet::from([(0, 0)]));
    }

    #[test]
    fn a_ring_that_cannot_be_opened_is_named() {
        let tables = [table("a", &[(1, false)]), table("b", &[(2, false)]), table("c", &[(0, false)])];
        let refusal = order(&tables).unwrap_err();
        assert!(refusal.to_string().starts_with("a → b → c → a refer to one another"), "{refusal}");
    }
}
