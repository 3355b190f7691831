//! The same number gives the same rows for ever.

use generate::{BytesForm, Kind, Plan, Table, plan};

use super::declare::*;

fn shop() -> Vec<Table> {
    let money = || Kind::Decimal { precision: Some(10), scale: 2 };
    vec![
        Table {
            unique: vec![vec![0], vec![2]],
            ..table(
                "customers",
                20,
                vec![
                    id("id"),
                    column("full_name", text(60)),
                    column("email", text(60)),
                    nullable(column("phone", text(20))),
                    column("city", text(40)),
                    column("country_code", text(2)),
                    column("is_active", boolean()),
                    column("created_at", Kind::TimestampTz),
                    column("updated_at", Kind::TimestampTz),
                ],
            )
        },
        Table {
            unique: vec![vec![0]],
            foreign: vec![refer(&[1], 0, &[0])],
            ..table(
                "orders",
                50,
                vec![
                    id("id"),
                    column("customer_id", integer()),
                    column("status", Kind::Choice(vec!["open".to_owned(), "paid".to_owned(), "sent".to_owned()])),
                    column("total", money()),
                    column("ordered_on", Kind::Date),
                    nullable(column("notes", text(200))),
                ],
            )
        },
        table(
            "odds",
            10,
            vec![
                column("at", Kind::Time),
                column("span", Kind::Interval),
                column("key", Kind::Uuid),
                column("document", Kind::Json),
                column("picture", Kind::Bytes { form: BytesForm::Backslash, max: Some(4) }),
                column("numbers", Kind::Array(Box::new(integer()))),
                column("latitude", Kind::Float),
            ],
        ),
    ]
}

fn shown(plan: &Plan, table: usize, rows: std::ops::Range<u64>) -> Vec<String> {
    let cell = |cell: Option<String>| cell.unwrap_or_else(|| "NULL".to_owned());
    plan.rows(table, rows).map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join(" | ")).collect()
}

#[test]
fn a_seed_gives_the_rows_it_has_always_given() {
    let plan = planned(&shop());
    let mut rows = shown(&plan, 0, 0..4);
    rows.extend(shown(&plan, 1, 0..4));
    rows.extend(shown(&plan, 2, 0..2));
    let golden: Vec<&str> = include_str!("golden.txt").lines().collect();
    assert_eq!(rows, golden, "\n{}\n", rows.join("\n"));
}

#[test]
fn another_seed_gives_other_rows() {
    let other = plan(&shop(), &basis(8)).unwrap();
    assert_ne!(all(&other, 0), all(&planned(&shop()), 0));
}

#[test]
fn any_range_by_itself_agrees_with_the_whole() {
    let plan = planned(&shop());
    let whole = all(&plan, 1);
    let mut pieces: Vec<Row> = plan.rows(1, 30..90).collect();
    let first: Vec<Row> = plan.rows(1, 0..30).collect();
    pieces.splice(0..0, first);
    assert_eq!(pieces, whole);
    assert_eq!(whole.len(), 50);
    assert_eq!(plan.rows(1, 60..90).count(), 0);
    assert_eq!(plan.rows(9, 0..1).count(), 0);
}

#[test]
fn a_preview_says_in_words_how_every_column_comes_about() {
    let plan = planned(&shop());
    let words: Vec<String> = plan.origins(0).into_iter().map(|origin| origin.words).collect();
    assert_eq!(
        words[..7],
        [
            "numbers counted from 1",
            "full names",
            "e-mail addresses, each once",
            "phone numbers, now and then NULL",
            "cities",
            "country codes",
            "one of 2 values"
        ]
    );
    assert_eq!(plan.origins(1)[1].words, "refers to customers");
    assert_eq!(plan.origins(1)[2].words, "one of 3 values");
    assert_eq!(plan.order(), [0, 1, 2]);
    assert!(plan.notes().is_empty(), "{:?}", plan.notes());
}
