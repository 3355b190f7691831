//! Staged edits outlive the process.

use super::*;
use crate::testing::crashed;

#[tokio::test]
async fn fifty_staged_edits_come_back_after_a_crash_with_undo_and_redo() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "orders").await;
    for row in 0..50 {
        grid.stage(set(row, 2, text(&format!("-{row}")))).await;
    }
    shop.app.edits_undo(&grid.hold).await.unwrap();
    let shop = crashed(shop).await;
    let pending = shop.app.edits_pending().await.unwrap();
    assert_eq!((pending.len(), pending[0].counts.updates, pending[0].object.name.as_str()), (1, 49, "orders"));
    let (grid, view) = Grid::open(&shop, shop.table("orders")).await;
    assert_eq!((view.counts.updates, view.undo.is_some(), view.redo.is_some()), (49, true, true));
    let view = shop.app.edits_redo(&grid.hold).await.unwrap();
    assert_eq!(view.counts.updates, 50);
    for _ in 0..50 {
        shop.app.edits_undo(&grid.hold).await.unwrap();
    }
    assert_eq!(grid.view().await.counts, EditCounts::default());
    for _ in 0..50 {
        shop.app.edits_redo(&grid.hold).await.unwrap();
    }
    let view = grid.saved().await;
    assert_eq!(view.rows.len(), 50);
    assert_eq!(all(&shop, "SELECT total FROM orders WHERE id IN (1, 50)"), ["0", "-49"]);
}

#[tokio::test]
async fn what_others_changed_while_the_program_was_away_is_told_when_the_rows_are_read() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("mine"))).await;
    shop.app.hold_release(&grid.hold).await.unwrap();
    sqlite(&shop).execute_batch("UPDATE customers SET name = 'theirs' WHERE id = 1").unwrap();
    let (_, view) = Grid::open(&shop, shop.table("customers")).await;
    assert!(matches!(view.rows[0].problem, Some(RowProblem::Changed { .. })), "{:?}", view.rows);
}

#[tokio::test]
async fn edits_leave_the_disk_when_they_are_saved_given_up_or_their_connection_goes() {
    let shop = Shop::open().await;
    let count = async || -> i64 {
        sqlx::query_scalar("SELECT (SELECT count(*) FROM edit_sets) + (SELECT count(*) FROM edit_steps)")
            .fetch_one(shop.app.store.read())
            .await
            .unwrap()
    };
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("a"))).await;
    assert_eq!(count().await, 2);
    grid.saved().await;
    assert_eq!(count().await, 0);
    grid.stage(set(0, 1, text("b"))).await;
    shop.app.edits_discard(&grid.hold).await.unwrap();
    assert!(count().await > 0, "a discard can be taken back until the tab is closed");
    shop.app.hold_release(&grid.hold).await.unwrap();
    assert_eq!(count().await, 0);
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("c"))).await;
    shop.app.hold_release(&grid.hold).await.unwrap();
    assert_eq!(count().await, 2, "a closed tab loses no edits");
    shop.app.remove_profile(&shop.profile).await.unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_step_that_cannot_be_kept_is_not_done_and_is_told_of_no_grid() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "orders").await;
    grid.stage(set(0, 2, text("-1"))).await;
    let execute = async |text: &'static str| {
        let mut change = shop.app.store.write().await.unwrap();
        sqlx::query(text).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
    };
    execute("CREATE TRIGGER full BEFORE INSERT ON edit_steps BEGIN SELECT RAISE(ABORT, 'full'); END").await;
    shop.app.edits_stage(&grid.hold, set(1, 2, text("-2"))).await.unwrap_err();
    execute("DROP TRIGGER full").await;
    let view = grid.stage(set(2, 2, text("-3"))).await;
    assert!(view.whole, "what was told with the step that failed reached nobody");
    assert_eq!(view.rows.iter().map(|row| row.at).collect::<Vec<_>>(), [Some(0), Some(2)]);
    assert_eq!((view.counts.updates, view.undo.is_some()), (2, true));
    let view = grid.saved().await;
    assert_eq!(view.counts, EditCounts::default());
    assert_eq!(all(&shop, "SELECT total FROM orders WHERE id IN (1, 3)"), ["-1", "-3"]);
}

#[tokio::test]
async fn edits_that_cannot_be_read_say_so_and_can_be_discarded() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "orders").await;
    grid.stage(delete(0, 1)).await;
    shop.app.hold_release(&grid.hold).await.unwrap();
    let mut change = shop.app.store.write().await.unwrap();
    sqlx::query("UPDATE edit_sets SET head = 'torn'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    let request = BrowseRequest {
        profile_id: shop.profile.clone(),
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: Vec::new(),
        actor: None,
    };
    let hold = shop.app.browse(request).await.unwrap().head.hold_id;
    let view = shop.app.edits_open(&hold).await.unwrap();
    assert_eq!(view.refused.unwrap().code, ErrorCode::Corrupt);
    let grid = Grid { shop: &shop, hold };
    let view = shop.app.edits_discard(&grid.hold).await.unwrap();
    assert!(view.refused.is_none() && view.rows.is_empty());
    grid.stage(delete(0, 1)).await;
}
