//! Whatever tables are declared: a plan that is made holds, and nothing panics.

use std::collections::BTreeSet;

use generate::{Column, Kind, Plan, Refusal, Table, plan};

use super::declare::*;

/// A stream of small numbers; any will do, as long as it is the same one every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn some_of(&mut self, from: usize, many: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        while chosen.len() < many {
            let place = self.below(from);
            if !chosen.contains(&place) {
                chosen.push(place);
            }
        }
        chosen
    }

    fn column(&mut self, place: usize) -> Column {
        let kinds = [
            integer(),
            integer(),
            boolean(),
            text(2),
            text(20),
            Kind::Uuid,
            Kind::Date,
            Kind::Choice(vec!["a".into(), "b".into(), "c".into()]),
            Kind::Other,
        ];
        let automatic = place == 0 && self.below(2) == 0;
        let kind = if automatic { integer() } else { kinds[self.below(kinds.len())].clone() };
        let names = ["email", "name", "position", "state", "code", "created_at"];
        Column {
            nullable: place > 1 && self.below(2) == 0,
            skipped: self.below(40) == 0,
            has_default: self.below(3) == 0,
            automatic,
            ..column(&format!("{}_{place}", names[self.below(names.len())]), kind)
        }
    }

    fn tables(&mut self) -> Vec<Table> {
        let many = self.below(4) + 1;
        let mut tables: Vec<Table> = (0..many)
            .map(|number| {
                let columns = (0..5).map(|place| self.column(place)).collect();
                let rows = u64::try_from(self.below(14)).unwrap();
                let key = if self.below(2) == 0 { vec![0] } else { vec![0, 1] };
                let mut unique = vec![key];
                if self.below(3) == 0 {
                    let many = self.below(3) + 1;
                    unique.push(self.some_of(5, many));
                }
                Table { unique, ..table(&format!("t{number}"), rows, columns) }
            })
            .collect();
        for place in 0..many {
            for _ in 0..self.below(4) {
                let to = self.below(many);
                let key = tables[to].unique[0].clone();
                let columns = self.some_of(5, key.len());
                tables[place].foreign.push(refer(&columns, to, &key));
            }
        }
        tables
    }
}

fn holds(tables: &[Table], plan: &Plan) {
    all_lead_somewhere(tables, plan);
    for (place, table) in tables.iter().enumerate() {
        let carried: BTreeSet<usize> = plan.columns(place).into_iter().collect();
        for (at, column) in table.columns.iter().enumerate() {
            let present = values(plan, place, at).len() == usize::try_from(table.rows).unwrap();
            assert!(present || column.nullable || !carried.contains(&at), "{} {}", table.name, column.name);
        }
        for unique in table.unique.iter().filter(|unique| unique.iter().all(|at| carried.contains(at))) {
            let key = |row| unique.iter().map(|at| plan.cell(place, *at, row)).collect::<Option<Vec<String>>>();
            let keys: Vec<Vec<String>> = (0..table.rows).filter_map(key).collect();
            assert_eq!(different(&keys), keys.len(), "{}: {unique:?} {keys:?}", table.name);
        }
    }
}

#[test]
fn whatever_plan_is_made_holds() {
    let mut dice = Dice(20_250_630);
    let (mut made, mut entangled) = (0, 0);
    for number in 0..6_000 {
        let tables = dice.tables();
        match plan(&tables, &basis(number)) {
            Ok(plan) => {
                made += 1;
                let held = std::panic::catch_unwind(|| holds(&tables, &plan));
                assert!(held.is_ok(), "{tables:#?} {:#?}", plan.notes());
            }
            Err(Refusal::Malformed { .. }) => panic!("{tables:#?}"),
            Err(Refusal::Entangled { .. }) => entangled += 1,
            Err(refusal) => assert!(!refusal.to_string().is_empty()),
        }
    }
    assert!(made > 1_500, "{made} made, {entangled} entangled");
}

#[test]
fn whatever_a_check_says_it_is_read_or_noted() {
    let words = [
        "a",
        "\"b\"",
        "`c`",
        "[d]",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "<",
        "<=",
        "<>",
        ">",
        "AND",
        "OR",
        "NOT",
        "IN",
        "IS",
        "NULL",
        "BETWEEN",
        "1",
        "-1",
        "99999999999999999999999999999999999999",
        "0.5",
        "'x'",
        "'2024-02-30'",
        "'é",
        "::text",
        "::numeric(3,2)[]",
        "ANY",
        "ARRAY[",
        "]",
        "length(",
        "CAST(",
        "AS",
        "||",
        "~*",
        "CHECK",
        "_utf8mb4\\'y\\'",
        ".",
        "::",
        "-",
        "LIKE",
    ];
    let mut dice = Dice(5);
    for _ in 0..4_000 {
        let check: Vec<&str> = (0..dice.below(14)).map(|_| words[dice.below(words.len())]).collect();
        let columns = vec![
            nullable(column("a", integer())),
            nullable(column("b", text(9))),
            nullable(column("c", Kind::Decimal { precision: Some(5), scale: 2 })),
            nullable(column("d", Kind::Date)),
        ];
        let table = Table { checks: vec![check.join(" ")], ..table("t", 3, columns) };
        assert_eq!(all(&planned(&[table]), 0).len(), 3);
    }
}
