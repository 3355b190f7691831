//! Rules that refuse rows, and orders that keep them.

use super::*;

async fn shop() -> Shop {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, boss INTEGER REFERENCES people (id),
               age INTEGER CONSTRAINT grown CHECK (age > 17));
             INSERT INTO people VALUES (1, 'a', NULL, 20), (2, 'b', 1, 30), (3, 'c', 2, 40);",
        )
        .unwrap();
    shop
}

#[tokio::test]
async fn two_rows_exchange_values_of_a_unique_column() {
    let shop = shop().await;
    let grid = Grid::of(&shop, "people").await;
    grid.stage(sets(vec![cell(0, 1, text("b")), cell(1, 1, text("a"))])).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT id, email FROM people ORDER BY id"), ["1|b", "2|a", "3|c"]);
    // A chain only needs the other order.
    let grid = Grid::of(&shop, "people").await;
    grid.stage(sets(vec![cell(0, 1, text("a")), cell(1, 1, text("c")), cell(2, 1, text("d"))])).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT id, email FROM people ORDER BY id"), ["1|a", "2|c", "3|d"]);
}

#[tokio::test]
async fn rows_that_refer_to_each_other_are_added_and_deleted_in_any_order() {
    let shop = shop().await;
    let grid = Grid::of(&shop, "people").await;
    grid.stage(add(vec![
        vec![(0, text("11")), (1, text("child")), (2, text("10"))],
        vec![(0, text("10")), (1, text("parent"))],
    ]))
    .await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT id FROM people WHERE id > 9 AND (boss = 10 OR id = 10) ORDER BY id"), ["10", "11"]);
    // 1 is referred to by 2, and 2 by 3.
    let grid = Grid::of(&shop, "people").await;
    grid.stage(delete(0, 3)).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT id FROM people ORDER BY id"), ["10", "11"]);
}

#[tokio::test]
async fn a_row_that_a_deletion_of_the_same_save_takes_along_is_no_conflict() {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch(
            "CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id) ON DELETE CASCADE);
             INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2);",
        )
        .unwrap();
    let grid = Grid::of(&shop, "tree").await;
    grid.stage(delete(0, 3)).await;
    let review = shop.app.edits_review(&grid.hold).await.unwrap();
    assert!(review.consequences.iter().any(|line| line.contains("are deleted too")), "{:?}", review.consequences);
    grid.saved().await;
    assert!(all(&shop, "SELECT id FROM tree").is_empty());
}

#[tokio::test]
async fn every_rule_says_in_plain_words_at_its_cell_what_it_wants_and_all_at_once() {
    let shop = shop().await;
    let grid = Grid::of(&shop, "people").await;
    grid.stage(sets(vec![cell(0, 1, EditValue::Null), cell(1, 2, text("99")), cell(2, 3, text("7"))])).await;
    grid.stage(add(vec![vec![(1, text("good"))], vec![(1, text("a"))], vec![(1, text("fine"))]])).await;
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }), "{:?}", saved.outcome);
    let view = grid.view().await;
    let told: Vec<(u32, String)> = view
        .rows
        .iter()
        .filter_map(|row| match &row.problem {
            Some(RowProblem::Refused { error }) => Some((row.id, error.message.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(told.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 1, 2, 4], "{told:?}");
    assert_eq!(told[0].1, "email needs a value: it takes no NULL.");
    assert!(told[1].1.contains("people"), "{told:?}");
    assert!(told[2].1.contains("check") && told[2].1.contains("grown") || told[2].1.contains("age > 17"), "{told:?}");
    assert_eq!(told[3].1, "email a is already used by another row.");
    let problem = view.rows[0].cells[0].problem.as_ref().unwrap();
    assert_eq!(problem.message, told[0].1);
    assert!(view.rows[4].cells[0].problem.is_some());
    assert_eq!(all(&shop, "SELECT count(*), min(age) FROM people"), ["3|20"], "nothing was written");
    // What is mended is saved.
    grid.stage(sets(vec![cell(0, 1, text("z")), cell(1, 2, text("3")), cell(2, 3, text("70"))])).await;
    let mend = CellEdit { row: RowPlace::Staged { id: 4 }, column: 1, value: text("better") };
    grid.stage(sets(vec![mend])).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT count(*) FROM people"), ["6"]);
}

#[tokio::test]
async fn p59_a_save_that_changes_nothing_is_no_success() {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x');
             CREATE TRIGGER deaf BEFORE UPDATE ON t BEGIN SELECT RAISE(IGNORE); END;",
        )
        .unwrap();
    let grid = Grid::of(&shop, "t").await;
    grid.stage(set(0, 1, text("y"))).await;
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }), "{:?}", saved.outcome);
    assert!(matches!(grid.view().await.rows[0].problem, Some(RowProblem::NotPermitted { .. })));
}
