use super::*;
use crate::{Column, Constraint, Index, Options, plan};
use catalog::ObjectKind;

const PG: Server = Server { engine: Engine::Postgres, version: 180_000 };

fn table(name: &str) -> ObjectKey {
    ObjectKey::relation(None, Some("app"), name)
}

fn part(kind: ObjectKind, of: &ObjectKey, name: &str) -> ObjectKey {
    ObjectKey { kind, name: name.to_owned(), signature: Some(of.name.clone()), ..of.clone() }
}

fn columns(found: &mut Definition, of: &ObjectKey) {
    let not_null = Column { nullable: false, ordinal: 1, ..Column::new("date") };
    found.insert(ObjectKey::column(of, "at"), Body::Column(not_null));
    found.insert(ObjectKey::column(of, "what"), Body::Column(Column { ordinal: 2, ..Column::new("text") }));
}

fn index(of: &ObjectKey, name: &str) -> (ObjectKey, Body) {
    let text = format!("CREATE INDEX {name} ON app.{} USING btree (at)", of.name);
    let key = ObjectKey { kind: ObjectKind::Index, name: name.to_owned(), ..of.clone() };
    (key, Body::Index(Index { relation: of.clone(), unique: false, keys: vec!["at".into()], text }))
}

/// A partitioned table with a key and an index, and a table beside it that is made alike.
fn log() -> Definition {
    let mut found = Definition::new(PG);
    let (log, old) = (table("log"), table("old"));
    let by = TableKind::Partitioned { by: "RANGE (at)".into() };
    found.insert(log.clone(), Body::Table(Table { kind: by, ..Table::default() }));
    found.insert(old.clone(), Body::Table(Table::default()));
    for (of, key) in [(&log, "log_pkey"), (&old, "of_old")] {
        columns(&mut found, of);
        let body = Constraint {
            demands: ConstraintKind::PrimaryKey,
            columns: vec!["at".into()],
            text: "PRIMARY KEY (at)".into(),
        };
        found.insert(part(ObjectKind::Constraint, of, key), Body::Constraint(body));
        let (key, body) = index(of, &format!("{}_at", of.name));
        found.insert(key, body);
    }
    found
}

fn year() -> Bound {
    Bound::Range { from: vec!["2025-01-01".into()], to: vec!["2026-01-01".into()] }
}

#[test]
fn how_a_table_is_divided_is_read_and_written_alike() {
    for text in [
        "RANGE (at)",
        "LIST (\"Odd \"\"name\")",
        "HASH (a, b)",
        "RANGE (lower(a), ((b + 1)))",
        "LIST (((a ->> 'x'::text)))",
    ] {
        let form = Partitioning::of(PG, text).unwrap_or_else(|| panic!("{text}"));
        let written = PG.partitioned_by(&form);
        assert_eq!(Partitioning::of(PG, &written), Some(form.clone()), "{text} became {written}");
    }
    assert_eq!(PG.partitioned_by(&Partitioning::of(PG, "RANGE (lower(a), b)").unwrap()), "RANGE (lower(a), b)");
    // What has no field is not read.
    assert_eq!(Partitioning::of(PG, "RANGE (a text_pattern_ops)"), None);
    assert_eq!(Partitioning::of(PG, "RANGE ("), None);
    assert_eq!(Partitioning::of(PG, ""), None);
}

#[test]
fn values_are_text_unless_they_say_otherwise() {
    assert_eq!(PG.bound(&year()), "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
    let values = ["a'b", "1.5", "-3", "NULL", "'q'", "date '2026-01-01'", "now()", "MAXVALUE", "inf"];
    assert_eq!(
        PG.bound(&Bound::List { values: values.iter().map(|one| (*one).to_owned()).collect() }),
        "FOR VALUES IN ('a''b', 1.5, -3, NULL, 'q', date '2026-01-01', now(), MAXVALUE, 'inf')"
    );
    assert_eq!(PG.bound(&Bound::Hash { modulus: 4, remainder: 3 }), "FOR VALUES WITH (modulus 4, remainder 3)");
    let maria = Server::mariadb(110_800);
    let end = Bound::Range { from: Vec::new(), to: vec!["maxvalue".into()] };
    assert_eq!(maria.values_of(&end).as_deref(), Some("VALUES LESS THAN MAXVALUE"));
    assert_eq!(maria.values_of(&Bound::Hash { modulus: 1, remainder: 0 }), None);
}

#[test]
fn bounds_are_those_of_the_way() {
    let there = log();
    let log = table("log");
    assert_eq!(there.takes_bound(&log, &year()), Ok(()));
    assert_eq!(there.takes_bound(&log, &Bound::Default), Ok(()));
    assert_eq!(there.takes_bound(&log, &Bound::List { values: vec!["1".into()] }), Err(Misfit::OtherWay));
    let two = Bound::Range { from: vec!["1".into(), "2".into()], to: vec!["3".into()] };
    assert_eq!(there.takes_bound(&log, &two), Err(Misfit::Values { wanted: 1 }));
    assert_eq!(there.takes_bound(&table("old"), &year()), Err(Misfit::NotDivided));
}

/// The definition with a table attached.
fn attached(there: &Definition) -> Definition {
    let (body, gone) = there.attached(&table("old"), &table("log"), &year()).unwrap();
    let mut found = there.clone();
    found.insert(table("old"), Body::Table(body));
    for key in gone {
        found.objects.remove(&key);
    }
    found
}

#[test]
fn attaching_gives_columns_keys_and_indexes_away_and_detaching_gives_them_back() {
    let there = log();
    let wanted = attached(&there);
    let sql = |from: &Definition, to: &Definition| -> Vec<String> {
        plan(from, to, &Options::default()).unwrap().steps.into_iter().map(|step| step.sql).collect()
    };
    assert_eq!(
        sql(&there, &wanted),
        ["ALTER TABLE app.log ATTACH PARTITION app.old FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"]
    );
    assert_eq!(sql(&wanted, &there), ["ALTER TABLE app.log DETACH PARTITION app.old"]);
}

#[test]
fn what_does_not_fit_is_told_before() {
    let own = ObjectKey::column(&table("old"), "what");
    let attach = |there: &Definition| there.attached(&table("old"), &table("log"), &year()).map(|_| ());
    let mut there = log();
    there.insert(own.clone(), Body::Column(Column::new("integer")));
    assert_eq!(attach(&there), Err(Misfit::Type("what".into())));
    there.objects.remove(&own);
    assert_eq!(attach(&there), Err(Misfit::Column("what".into())));
    let mut there = log();
    there.insert(ObjectKey::column(&table("old"), "more"), Body::Column(Column::new("text")));
    assert_eq!(attach(&there), Err(Misfit::More("more".into())));
    let mut there = log();
    there.insert(ObjectKey::column(&table("old"), "at"), Body::Column(Column::new("date")));
    assert_eq!(attach(&there), Err(Misfit::Null("at".into())));
    assert_eq!(log().attached(&table("log"), &table("log"), &year()).map(|_| ()), Err(Misfit::Itself));
}

#[test]
fn partitions_come_and_go_beside_others_where_the_server_can() {
    let there = attached(&log());
    let mut wanted = there.clone();
    let new = table("log_2026");
    wanted.insert(
        new.clone(),
        Body::Table(Table {
            partition: Some((table("log"), "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')".into())),
            ..Table::default()
        }),
    );
    let plain = plan(&there, &wanted, &Options::default()).unwrap();
    assert_eq!(plain.steps[0].online, Some(false));
    assert!(plain.steps[0].sql.starts_with("CREATE TABLE app.log_2026 PARTITION OF app.log"));
    let online = Options { online: BTreeSet::from([new]), ..Options::default() };
    let steps = plan(&there, &wanted, &online).unwrap().steps;
    assert_eq!(
        steps[0].sql,
        "CREATE TABLE app.log_2026 (LIKE app.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)"
    );
    assert!(steps[1].sql.starts_with("ALTER TABLE app.log ATTACH PARTITION app.log_2026 FOR VALUES"));
    let out = |server: Server, there: &Definition| {
        let (mut from, mut to) = (there.clone(), log());
        (from.server, to.server) = (server, server);
        let options = Options { online: BTreeSet::from([table("old")]), ..Options::default() };
        if let Some((key, object)) = there.objects.iter().find(|(key, _)| key.name == "rest") {
            to.objects.insert(key.clone(), object.clone());
        }
        plan(&from, &to, &options).unwrap().steps.remove(0)
    };
    let step = out(PG, &there);
    assert_eq!((step.sql.as_str(), step.alone), ("ALTER TABLE app.log DETACH PARTITION app.old CONCURRENTLY", true));
    assert_eq!(step.finalize().as_deref(), Some("ALTER TABLE app.log DETACH PARTITION app.old FINALIZE"));
    assert_eq!(out(Server::postgres(130_000), &there).online, None);
    assert_eq!(out(Server::postgres(130_000), &there).finalize(), None);
    // Not beside a default partition.
    let mut rest = there.clone();
    rest.insert(
        table("rest"),
        Body::Table(Table { partition: Some((table("log"), "DEFAULT".into())), ..Table::default() }),
    );
    assert_eq!(
        (out(PG, &rest).sql.as_str(), out(PG, &rest).online),
        ("ALTER TABLE app.log DETACH PARTITION app.old", None)
    );
}
