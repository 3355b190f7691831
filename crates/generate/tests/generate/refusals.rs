//! What cannot be is refused in words, or said in a note.

use generate::{Column, Foreign, Kind, Referred, Table};

use super::declare::*;

#[test]
fn more_rows_than_values_are_refused() {
    let flags = |rows| [unique(boolean(), "flag", rows)];
    assert_eq!(values(&planned(&flags(2)), 0, 0).len(), 2);
    assert_eq!(refused(&flags(3)), "things: 3 rows are wanted, but flag can have only 2 different values");
    let small = |rows| {
        [Table {
            columns: vec![Column { automatic: true, ..column("id", Kind::Integer { min: 0, max: 255 }) }],
            ..unique(integer(), "id", rows)
        }]
    };
    assert_eq!(values(&planned(&small(255)), 0, 0).last().unwrap(), "255");
    assert!(refused(&small(256)).contains("only 255"));
    assert!(refused(&[unique(text(2), "code", 2000)]).contains("only 1296"));
}

#[test]
fn a_foreign_key_to_nothing_is_refused_or_left_null() {
    let to_none = |column: Column| {
        let to = Referred::Existing { name: "owners".to_owned(), keys: Vec::new() };
        [Table { foreign: vec![Foreign { columns: vec![0], to }], ..table("pets", 3, vec![column]) }]
    };
    assert_eq!(
        refused(&to_none(column("owner_id", integer()))),
        "pets: owner_id must refer to a row of owners, and there is none"
    );
    let plan = planned(&to_none(nullable(column("owner_id", integer()))));
    assert_eq!(plan.notes(), ["pets: owner_id is left NULL: owners has no rows to refer to"]);
    let empty = [
        table("owners", 0, vec![id("id")]),
        Table { foreign: vec![refer(&[0], 0, &[0])], ..table("pets", 1, vec![column("owner_id", integer())]) },
    ];
    assert!(refused(&empty).contains("there is none"));
}

#[test]
fn a_type_that_is_not_known_is_null_or_default_or_refused() {
    let of = |column: Column| [table("places", 2, vec![column, nullable(boolean_column())])];
    let shape = || column("shape", Kind::Other);
    assert!(refused(&of(shape())).starts_with("places: shape may not be NULL and has no default"));
    let plan = planned(&of(nullable(shape())));
    assert_eq!(plan.notes(), ["places: shape is left NULL: its type is not known"]);
    assert_eq!(plan.columns(0), [0, 1]);
    let plan = planned(&of(Column { has_default: true, ..shape() }));
    assert_eq!(plan.columns(0), [1]);
    assert_eq!(plan.origins(0)[0].words, "left to its default");
    let plan = planned(&of(Column { skipped: true, ..column("sum", integer()) }));
    assert_eq!((plan.columns(0), plan.rows(0, 0..1).next().unwrap().len()), (vec![1], 1));
}

fn boolean_column() -> Column {
    column("flag", boolean())
}

#[test]
fn a_ring_that_cannot_be_opened_is_refused_by_name() {
    let of = |name: &str, to| Table {
        unique: vec![vec![0]],
        foreign: vec![refer(&[1], to, &[0])],
        ..table(name, 3, vec![id("id"), column("other_id", integer())])
    };
    assert_eq!(
        refused(&[of("eggs", 1), of("hens", 0)]),
        "eggs → hens → eggs refer to one another in a ring, and none of these foreign keys may be NULL"
    );
}

#[test]
fn checks_that_leave_nothing_are_refused() {
    let table = Table { checks: vec!["a > 5 AND a < 6".to_owned()], ..table("t", 1, vec![column("a", integer())]) };
    assert_eq!(refused(&[table]), "t: the type and the CHECK constraints of a leave no value");
}

#[test]
fn input_that_contradicts_itself_is_refused() {
    let broken = [
        Table { unique: vec![vec![4]], ..table("t", 1, vec![id("id")]) },
        Table { foreign: vec![refer(&[0], 7, &[0])], ..table("t", 1, vec![id("id")]) },
        Table { foreign: vec![refer(&[0], 0, &[0, 0])], ..table("t", 1, vec![id("id")]) },
    ];
    for table in broken {
        assert!(refused(&[table]).contains("not there"));
    }
}

#[test]
fn keys_that_go_round_in_one_table_end() {
    let number = |name: &str| column(name, integer());
    // Each of two columns refers to the other; and a tenant's row refers within its tenant.
    let crossed = Table {
        foreign: vec![refer(&[0], 0, &[1]), refer(&[1], 0, &[0])],
        ..table("knot", 5, vec![nullable(number("a")), nullable(number("b"))])
    };
    assert_eq!(values(&planned(&[crossed]), 0, 0).len(), 0);
    let within = Table {
        unique: vec![vec![0, 1]],
        foreign: vec![refer(&[0, 2], 0, &[0, 1])],
        ..table("nodes", 50, vec![number("tenant"), id("id"), number("parent")])
    };
    let plan = planned(std::slice::from_ref(&within));
    all_lead_somewhere(&[within], &plan);
    assert_eq!(values(&plan, 0, 1), values(&plan, 0, 2));
}
