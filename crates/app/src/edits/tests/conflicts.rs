//! Rows that others change meanwhile.

use super::*;

#[tokio::test]
async fn p61_a_colleagues_change_is_not_overwritten_but_shown() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(sets(vec![cell(0, 1, text("mine")), cell(1, 1, text("also mine"))])).await;
    sqlite(&shop).execute_batch("UPDATE customers SET name = 'theirs' WHERE id = 1").unwrap();
    let saved = grid.save().await;
    let SaveOutcome::Refused { message } = saved.outcome else { panic!("{:?}", saved.outcome) };
    assert_eq!(message, "Nothing was saved. Somebody else has changed a row since it was read.");
    assert_eq!(all(&shop, "SELECT name FROM customers WHERE id < 3"), ["theirs", "Grace 🚀"], "all or nothing");
    let view = grid.view().await;
    let row = &view.rows[0];
    let shown = |text: &str| ShownValue::Text { text: text.to_owned(), whole: None };
    let Some(RowProblem::Changed { cells, .. }) = &row.problem else { panic!("{:?}", row.problem) };
    assert_eq!((cells[0].column, &cells[0].original), (1, &shown("Ada")));
    assert_eq!((&cells[0].theirs, cells[0].yours.as_ref()), (&shown("theirs"), Some(&shown("mine"))));
    assert_eq!((view.rows[1].problem.as_ref(), view.counts.problems), (None, 1));
    shop.app.edits_resolve(&grid.hold, row.id, Keep::Yours).await.unwrap();
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT name FROM customers WHERE id < 3"), ["mine", "also mine"]);
}

#[tokio::test]
async fn theirs_can_be_kept_and_is_shown_then() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("mine"))).await;
    // Another column does not matter: only what was edited must be as it was.
    sqlite(&shop).execute_batch("UPDATE customers SET name = 'theirs', note = 'n' WHERE id = 1").unwrap();
    grid.save().await;
    let view = shop.app.edits_resolve(&grid.hold, 0, Keep::Theirs).await.unwrap();
    assert_eq!((view.rows[0].kind, view.counts.updates), (EditKind::Saved, 0));
    assert_eq!(grid.fresh(&view, &view.rows[0], 1).await, "theirs");
    assert_eq!(grid.fresh(&view, &view.rows[0], 2).await, "n");
}

#[tokio::test]
async fn a_change_of_another_column_does_not_conflict() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("mine"))).await;
    sqlite(&shop).execute_batch("UPDATE customers SET note = 'theirs' WHERE id = 1").unwrap();
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT name, note FROM customers WHERE id = 1"), ["mine|theirs"]);
}

#[tokio::test]
async fn a_row_that_is_gone_is_told_and_can_be_inserted_again() {
    let shop = Shop::open().await;
    sqlite(&shop).execute_batch("DELETE FROM orders").unwrap();
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("mine"))).await;
    grid.stage(delete(1, 1)).await;
    sqlite(&shop).execute_batch("DELETE FROM customers WHERE id < 3").unwrap();
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }));
    let view = grid.view().await;
    let gone = |row: &EditedRow| row.problem == Some(RowProblem::Gone);
    assert!(view.rows.iter().all(gone), "{:?}", view.rows);
    shop.app.edits_resolve(&grid.hold, view.rows[0].id, Keep::Yours).await.unwrap();
    shop.app.edits_resolve(&grid.hold, view.rows[1].id, Keep::Yours).await.unwrap();
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT * FROM customers"), ["1|mine|∅", "3|שלום|x"]);
}

#[tokio::test]
async fn a_refresh_shows_at_once_that_a_row_was_changed() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("mine"))).await;
    sqlite(&shop).execute_batch("UPDATE customers SET name = 'theirs' WHERE id = 1").unwrap();
    let (fresh, view) = Grid::open(&shop, shop.table("customers")).await;
    assert!(matches!(&view.rows[0].problem, Some(RowProblem::Changed { cells, .. }) if cells.len() == 1));
    sqlite(&shop).execute_batch("UPDATE customers SET name = 'Ada' WHERE id = 1").unwrap();
    let (again, _) = Grid::open(&shop, shop.table("customers")).await;
    assert_eq!(again.view().await.rows[0].problem, None, "it is again what it was");
    fresh.saved().await;
    assert_eq!(all(&shop, "SELECT name FROM customers WHERE id = 1"), ["mine"]);
}
