//! Short ways of declaring tables, and of looking at their rows.

use std::collections::{BTreeMap, BTreeSet};

use generate::{Basis, Column, Day, Foreign, Kind, Plan, Referred, Table, plan};

pub type Row = Vec<Option<String>>;

pub fn basis(seed: u64) -> Basis {
    Basis { seed, anchor: Day::new(2025, 6, 30).unwrap(), starts: BTreeMap::new() }
}

pub fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.to_owned(), kind, nullable: false, skipped: false, has_default: false, automatic: false }
}

pub fn nullable(column: Column) -> Column {
    Column { nullable: true, ..column }
}

pub fn id(name: &str) -> Column {
    Column { automatic: true, ..column(name, integer()) }
}

pub fn integer() -> Kind {
    Kind::Integer { min: i128::from(i32::MIN), max: i128::from(i32::MAX) }
}

pub fn text(max: u32) -> Kind {
    Kind::Text { max: Some(max), ascii: false }
}

pub fn boolean() -> Kind {
    Kind::Boolean { yes: "true".to_owned(), no: "false".to_owned() }
}

pub fn table(name: &str, rows: u64, columns: Vec<Column>) -> Table {
    Table {
        name: name.to_owned(),
        rows,
        existing: 0,
        columns,
        unique: Vec::new(),
        foreign: Vec::new(),
        checks: Vec::new(),
    }
}

/// A table with a column that must be unique by itself.
pub fn unique(kind: Kind, name: &str, rows: u64) -> Table {
    Table { unique: vec![vec![0]], ..table("things", rows, vec![column(name, kind)]) }
}

pub fn refer(columns: &[usize], table: usize, to: &[usize]) -> Foreign {
    Foreign { columns: columns.to_vec(), to: Referred::Table { table, columns: to.to_vec() } }
}

pub fn planned(tables: &[Table]) -> Plan {
    plan(tables, &basis(7)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

pub fn refused(tables: &[Table]) -> String {
    plan(tables, &basis(7)).unwrap_err().to_string()
}

pub fn all(plan: &Plan, table: usize) -> Vec<Row> {
    plan.rows(table, 0..u64::MAX).collect()
}

/// The values of one column, without the NULLs.
pub fn values(plan: &Plan, table: usize, column: usize) -> Vec<String> {
    (0..plan.count(table)).filter_map(|row| plan.cell(table, column, row)).collect()
}

pub fn different<T: Ord>(things: impl IntoIterator<Item = T>) -> usize {
    things.into_iter().collect::<BTreeSet<T>>().len()
}

/// Fails unless every foreign key of every table leads to a row, for own tables to one before or itself.
pub fn all_lead_somewhere(tables: &[Table], plan: &Plan) {
    for (place, table) in tables.iter().enumerate() {
        for foreign in &table.foreign {
            let Referred::Table { table: to, columns } = &foreign.to else { continue };
            let key = |of: usize, columns: &[usize], row: u64| -> Option<Vec<String>> {
                columns.iter().map(|column| plan.cell(of, *column, row)).collect()
            };
            let mut there = BTreeSet::new();
            if *to != place {
                there.extend((0..plan.count(*to)).filter_map(|row| key(*to, columns, row)));
                let at = |sought: usize| plan.order().iter().position(|place| *place == sought);
                let used = (0..plan.count(place)).any(|row| key(place, &foreign.columns, row).is_some());
                assert!(!used || at(*to) < at(place), "{} is filled before {}", table.name, tables[*to].name);
            }
            for row in 0..plan.count(place) {
                if *to == place {
                    there.extend(key(*to, columns, row));
                }
                if let Some(found) = key(place, &foreign.columns, row) {
                    assert!(there.contains(&found), "{} row {row}: {found:?}", table.name);
                }
            }
        }
    }
}
