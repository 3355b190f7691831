//! Keys: distinct, and leading somewhere.

use std::collections::BTreeMap;

use generate::{BytesForm, Column, Foreign, Kind, Referred, Table, plan};

use super::declare::*;

const MANY: u64 = 100_000;

#[test]
fn a_hundred_thousand_unique_values_are_unique_for_every_kind() {
    let bytes = |max| Kind::Bytes { form: BytesForm::Zero, max };
    let kinds = [
        integer(),
        Kind::Integer { min: -50_000, max: 49_999 },
        Kind::Decimal { precision: Some(8), scale: 2 },
        Kind::Decimal { precision: None, scale: 6 },
        Kind::Float,
        Kind::Text { max: None, ascii: false },
        Kind::Text { max: None, ascii: true },
        text(4),
        text(8),
        text(255),
        Kind::Date,
        Kind::Timestamp,
        Kind::TimestampTz,
        Kind::Interval,
        Kind::Uuid,
        Kind::Json,
        bytes(None),
        bytes(Some(3)),
        Kind::Array(Box::new(integer())),
        Kind::Array(Box::new(text(20))),
    ];
    for kind in kinds {
        let plan = planned(&[unique(kind.clone(), "thing", MANY)]);
        assert_eq!(different(values(&plan, 0, 0)), 100_000, "{kind:?}");
    }
}

#[test]
fn unique_texts_are_unique_and_fit_whatever_they_are_about() {
    let names = [
        "first_name",
        "last_name",
        "full_name",
        "email",
        "phone",
        "username",
        "company",
        "city",
        "country",
        "country_code",
        "postcode",
        "street",
        "region",
        "url",
        "domain",
        "ip",
        "title",
        "description",
        "status",
        "category",
        "colour",
        "currency",
        "language",
        "sku",
        "other",
    ];
    for name in names {
        for (max, rows) in [(4, 20), (4, 2_000), (12, 2_000), (17, 5_000), (30, 100_000), (60, 2_000)] {
            let plan = planned(&[unique(text(max), name, rows)]);
            let values = values(&plan, 0, 0);
            for value in &values {
                assert!(value.chars().count() <= usize::try_from(max).unwrap(), "{name} {max}: {value}");
                assert_eq!(value.trim(), value, "{name}: a space at an end");
            }
            assert_eq!(u64::try_from(different(values)).unwrap(), rows, "{name} {max} {rows}");
        }
    }
}

#[test]
fn unique_texts_that_must_be_long_are_unique() {
    for name in ["email", "username", "sku", "title", "other"] {
        let table = Table { checks: vec!["length(it) >= 18".to_owned()], ..unique(text(40), name, 3_000) };
        let table = Table { checks: vec![table.checks[0].replace("it", name)], ..table };
        let plan = planned(&[table]);
        let values = values(&plan, 0, 0);
        assert!(values.iter().all(|value| (18..=40).contains(&value.chars().count())), "{name}: {:?}", values[0]);
        assert_eq!(different(values), 3_000, "{name}");
    }
}

#[test]
fn distinct_numbers_are_not_counted_up_unless_they_are_automatic() {
    let plan = planned(&[unique(integer(), "number", 100)]);
    let numbers: Vec<i64> = values(&plan, 0, 0).iter().map(|value| value.parse().unwrap()).collect();
    assert!(!numbers.is_sorted());
    let automatic = Table { columns: vec![id("id")], ..unique(integer(), "id", 3) };
    let mut from_nine = basis(7);
    from_nine.starts.insert((0, 0), 9);
    assert_eq!(values(&plan_with(&automatic, &from_nine), 0, 0), ["9", "10", "11"]);
}

fn plan_with(table: &Table, basis: &generate::Basis) -> generate::Plan {
    plan(std::slice::from_ref(table), basis).unwrap()
}

/// Countries, customers of them, orders of those, and lines of orders by a composite key.
fn graph() -> Vec<Table> {
    let number = |name: &str| column(name, integer());
    vec![
        Table {
            unique: vec![vec![0, 1]],
            foreign: vec![refer(&[0], 1, &[0]), refer(&[2], 3, &[0])],
            ..table("lines", 4_000, vec![number("order_id"), number("line_no"), number("product_id")])
        },
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 2, &[0])],
            ..table("orders", 1_500, vec![id("id"), nullable(number("customer_id"))])
        },
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 2, &[0])],
            ..table("customers", 40, vec![id("id"), nullable(number("referred_by"))])
        },
        Table { unique: vec![vec![0]], ..table("products", 25, vec![column("id", Kind::Uuid)]) },
    ]
}

#[test]
fn every_foreign_key_leads_to_a_row() {
    let tables = graph();
    let plan = planned(&tables);
    all_lead_somewhere(&tables, &plan);
    let customers = values(&plan, 1, 1);
    assert!(customers.len() < 1_400 && customers.len() > 1_200, "some are NULL: {}", customers.len());
    assert_eq!(different(&customers), 40, "every customer is reached");
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for customer in &customers {
        *counts.entry(customer).or_default() += 1;
    }
    assert!(*counts.values().max().unwrap() > 3 * customers.len() / 40, "a few have many: {counts:?}");
    assert!(plan.cell(2, 1, 0).is_none(), "the first row refers to none before it");
}

#[test]
fn lines_are_numbered_within_their_order_without_gaps() {
    let plan = planned(&graph());
    let rows = all(&plan, 0);
    assert_eq!(different(rows.iter().map(|row| (&row[0], &row[1]))), 4_000);
    let mut lines: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for row in rows {
        lines.entry(row[0].clone().unwrap()).or_default().push(row[1].clone().unwrap().parse().unwrap());
    }
    for (order, mut numbers) in lines {
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=u64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "order {order}");
    }
}

fn junction(rows: u64) -> Vec<Table> {
    vec![
        Table { unique: vec![vec![0]], ..table("students", 40, vec![id("id")]) },
        Table { unique: vec![vec![0]], ..table("courses", 25, vec![column("code", text(6))]) },
        Table {
            unique: vec![vec![0, 1]],
            foreign: vec![refer(&[0], 0, &[0]), refer(&[1], 1, &[0])],
            ..table("enrolments", rows, vec![column("student_id", integer()), column("course", text(6))])
        },
    ]
}

#[test]
fn a_junction_table_holds_distinct_pairs_down_to_the_last() {
    for rows in [1, 2, 300, 1000] {
        let tables = junction(rows);
        let plan = planned(&tables);
        all_lead_somewhere(&tables, &plan);
        assert_eq!(u64::try_from(different(all(&plan, 2))).unwrap(), rows);
    }
    assert_eq!(
        refused(&junction(1001)),
        "enrolments: 1001 rows are wanted, but student_id and course can have only 1000 different values"
    );
}

#[test]
fn a_unique_foreign_key_is_used_once() {
    let details = |rows, column: Column| {
        vec![
            Table { unique: vec![vec![0]], ..table("people", 50, vec![id("id")]) },
            Table {
                unique: vec![vec![0]],
                foreign: vec![refer(&[0], 0, &[0])],
                ..table("details", rows, vec![column])
            },
        ]
    };
    let number = || column("person_id", integer());
    let tables = details(50, number());
    let plan = planned(&tables);
    all_lead_somewhere(&tables, &plan);
    assert_eq!(different(values(&plan, 1, 0)), 50);
    assert!(refused(&details(51, number())).contains("only 50 different values"));
    let tables = details(80, nullable(number()));
    let taken = values(&planned(&tables), 1, 0);
    assert_eq!((taken.len(), different(taken)), (50, 50), "the others are NULL");
    assert_eq!(
        planned(&tables).notes(),
        ["details: person_id is NULL in 30 rows: each row it refers to is taken once"]
    );
}

#[test]
fn composite_keys_stay_whole_and_a_tenant_is_the_tenant_of_the_customer() {
    let number = |name: &str| column(name, integer());
    let tables = vec![
        Table { unique: vec![vec![0]], ..table("tenants", 5, vec![id("id")]) },
        Table {
            unique: vec![vec![0, 1]],
            foreign: vec![refer(&[0], 0, &[0])],
            ..table("customers", 60, vec![number("tenant_id"), number("id")])
        },
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 0, &[0]), refer(&[1, 2], 1, &[0, 1])],
            ..table("orders", 200, vec![id("id"), number("tenant_id"), nullable(number("customer_id"))])
        },
    ];
    let plan = planned(&tables);
    all_lead_somewhere(&tables, &plan);
    let nulls = all(&plan, 2).iter().filter(|row| row[2].is_none()).count();
    assert!((5..60).contains(&nulls), "{nulls}");
    assert_eq!(values(&plan, 2, 1).len(), 200);
}

#[test]
fn keys_that_are_there_already_are_used_whole() {
    let keys: Vec<Vec<String>> = (0..9).map(|n| vec![format!("a{n}"), format!("b{n}")]).collect();
    let foreign = Foreign { columns: vec![1, 0], to: Referred::Existing { name: "old".to_owned(), keys } };
    let tables =
        [Table { foreign: vec![foreign], ..table("new", 200, vec![column("b", text(9)), column("a", text(9))]) }];
    let rows = all(&planned(&tables), 0);
    assert!(rows.iter().all(|row| row[0].as_ref().unwrap()[1..] == row[1].as_ref().unwrap()[1..]));
    assert_eq!(different(rows), 9);
}

#[test]
fn rows_of_a_table_refer_to_earlier_ones_and_the_first_to_itself_where_it_must() {
    let tables = [Table {
        unique: vec![vec![0]],
        foreign: vec![refer(&[1], 0, &[0])],
        ..table("parts", 100, vec![id("id"), column("within", integer())])
    }];
    let plan = planned(&tables);
    all_lead_somewhere(&tables, &plan);
    assert_eq!(plan.cell(0, 1, 0).as_deref(), Some("1"));
    let chain = [Table {
        unique: vec![vec![0], vec![1]],
        columns: vec![id("id"), nullable(column("next", integer()))],
        ..tables[0].clone()
    }];
    let plan = planned(&chain);
    all_lead_somewhere(&chain, &plan);
    assert_eq!(different(values(&plan, 0, 1)), 99);
}

#[test]
fn a_ring_of_tables_is_opened_where_it_may_be_and_that_is_said() {
    let number = |name: &str| column(name, integer());
    let tables = vec![
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 1, &[0])],
            ..table("teams", 5, vec![id("id"), nullable(number("leader_id"))])
        },
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 0, &[0])],
            ..table("people", 30, vec![id("id"), number("team_id")])
        },
    ];
    let plan = planned(&tables);
    all_lead_somewhere(&tables, &plan);
    assert_eq!(plan.order(), [0, 1]);
    assert!(values(&plan, 0, 1).is_empty());
    assert_eq!(plan.notes(), ["teams: leader_id is left NULL: teams and people refer to one another"]);
}

#[test]
fn a_key_of_several_plain_columns_is_exhausted_exactly() {
    let letters = || vec![column("row", text(1)), column("seat", Kind::Integer { min: 1, max: 10 })];
    let seats = |rows| [Table { unique: vec![vec![0, 1]], ..table("seats", rows, letters()) }];
    assert_eq!(different(all(&planned(&seats(360)), 0)), 360);
    assert!(refused(&seats(361)).contains("row and seat can have only 360 different values"));
}

#[test]
fn a_second_run_goes_on_where_the_first_ended() {
    for (name, kind) in [("email", text(40)), ("title", text(40)), ("key", Kind::Uuid)] {
        let first = unique(kind, name, 1_000);
        let second = Table { existing: 1_000, ..first.clone() };
        let mut both = values(&planned(&[first]), 0, 0);
        both.extend(values(&planned(&[second]), 0, 0));
        assert_eq!(different(both), 2_000, "{name}");
    }
    assert!(refused(&[Table { existing: 1, ..unique(boolean(), "flag", 2) }]).contains("only 1 different"));
}
