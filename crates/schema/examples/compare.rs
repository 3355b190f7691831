//! Compares two made-up catalogs of 10,000 tables and writes the statements between them, for `tests/bench/compare.mjs`: `compare RUNS`
//! prints one JSON object with how long it took.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::time::Instant;

use catalog::{
    Action, Catalog, Column, Constraint, ConstraintKind, ForeignKey, Index, IndexKey, Kind, Known, Policy,
    PolicyCommand, Relation, RelationKind, RowSecurity, Schema,
};
use schema::{Comparison, Definition, Options, Server, plan};

const TABLES: u32 = 10_000;
const COLUMNS: u32 = 10;

fn main() {
    let runs = std::env::args().nth(1).and_then(|runs| runs.parse().ok()).unwrap_or(5);
    let (old, new) = (catalog(0), catalog(7));
    let server = Server::postgres(180_000);
    let (mut compared_ms, mut planned_ms, mut objects, mut differences, mut statements) = (vec![], vec![], 0, 0, 0);
    for _ in 0..runs {
        let begun = Instant::now();
        // Side by side, as the program does.
        let (from, to) = std::thread::scope(|scope| {
            let from = scope.spawn(|| Definition::of(&old, server).unwrap());
            let to = Definition::of(&new, server).unwrap();
            (from.join().unwrap(), to)
        });
        let comparison = Comparison::between(&from, &to);
        compared_ms.push(begun.elapsed().as_secs_f64() * 1e3);
        let found = plan(&from, &to, &Options::default()).unwrap();
        planned_ms.push(begun.elapsed().as_secs_f64() * 1e3);
        (objects, differences, statements) = (from.objects.len(), comparison.differences.len(), found.steps.len());
    }
    println!(
        "{{\"objects\":{objects},\"differences\":{differences},\"statements\":{statements},\"compared_ms\":{compared_ms:?},\"planned_ms\":{planned_ms:?}}}"
    );
}

/// Tables with keys, an index, a line to another and a policy; one in a hundred is another where `shift` is not 0.
fn catalog(shift: u32) -> Catalog {
    let mut catalog = Catalog { database: Some("bench".into()), ..Catalog::default() };
    catalog.coverage.extend(Kind::ALL.map(|kind| (kind, Known::Value(()))));
    let public = catalog.push_schema(Schema::named("public"));
    for number in 0..TABLES {
        let odd = shift > 0 && number % 100 == shift;
        let name = format!("table_{number}");
        let table = catalog.push_relation(Relation {
            row_security: Known::Value(RowSecurity { enabled: true, forced: odd }),
            definition: Known::Unsupported,
            ..Relation::new(public, &name, RelationKind::Table)
        });
        for place in 1..=COLUMNS {
            let of = if odd && place == 3 { "numeric(12,2)" } else { "text" };
            let of = if place < 3 { "bigint" } else { of };
            let mut column = Column::new(table, place, &format!("column_{place}"), of);
            column.nullable = Known::Value(place != 1);
            catalog.columns.push(column);
        }
        catalog.constraints.push(Constraint {
            relation: table,
            name: Some(format!("{name}_pkey")),
            kind: ConstraintKind::PrimaryKey,
            columns: vec!["column_1".into()],
            definition: Known::Value("PRIMARY KEY (column_1)".into()),
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
        let other = format!("table_{}", (number * 7 + 3) % TABLES);
        let action = if odd { "ON DELETE CASCADE" } else { "ON DELETE RESTRICT" };
        catalog.foreign_keys.push(ForeignKey {
            relation: table,
            name: Some(format!("{name}_fk")),
            columns: vec!["column_2".into()],
            references: ("public".into(), other.clone()),
            referenced: None,
            referenced_columns: vec!["column_1".into()],
            on_delete: Action::Restrict,
            on_update: Action::NoAction,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            definition: Known::Value(format!("FOREIGN KEY (column_2) REFERENCES public.{other}(column_1) {action}")),
            comment: None,
        });
        catalog.indexes.push(Index {
            relation: table,
            name: format!("{name}_index"),
            unique: false,
            primary: false,
            method: Some("btree".into()),
            keys: vec![IndexKey { text: "column_4".into(), expression: false, descending: false, nulls_first: None }],
            included: Vec::new(),
            predicate: None,
            valid: Known::Value(true),
            scans: Known::NotLoaded,
            bytes: Known::NotLoaded,
            definition: Known::Value(format!("CREATE INDEX {name}_index ON public.{name} USING btree (column_4)")),
            inherited: false,
            comment: None,
        });
        catalog.policies.push(Policy {
            relation: table,
            name: "own".into(),
            command: PolicyCommand::All,
            permissive: true,
            roles: vec!["PUBLIC".into()],
            using: Some(format!("(column_5 = CURRENT_USER){}", if odd { " IS TRUE" } else { "" })),
            with_check: None,
            comment: None,
        });
    }
    catalog.seal();
    catalog
}
