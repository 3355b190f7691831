//! Rows of SQLite tables, changed as a person does in a grid.

use super::*;
use crate::connections::tests::draft;

#[tokio::test]
async fn p16_null_default_and_the_empty_text_are_three_things() {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'd'); INSERT INTO t VALUES (1, 'x'), (2, 'x'), (3, 'x');")
        .unwrap();
    let grid = Grid::of(&shop, "t").await;
    let view =
        grid.stage(sets(vec![cell(0, 1, EditValue::Null), cell(1, 1, text("")), cell(2, 1, EditValue::Default)])).await;
    let shown: Vec<_> = view.rows.iter().map(|row| row.cells[0].value.clone()).collect();
    assert_eq!(shown, [ShownValue::Null, ShownValue::Text { text: String::new(), whole: None }, ShownValue::Default]);
    grid.stage(add(vec![vec![(1, EditValue::Null)], vec![(1, text(""))], vec![]])).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT * FROM t"), ["1|∅", "2|", "3|d", "4|∅", "5|", "6|d"]);
}

#[tokio::test]
async fn setting_the_value_a_cell_holds_takes_the_edit_back_and_nothing_is_written() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    assert!(grid.stage(set(0, 1, text("Ada"))).await.rows.is_empty(), "opened and saved without a change");
    assert_eq!(grid.view().await.undo, None);
    let view = grid.stage(set(0, 1, text("Eda"))).await;
    assert_eq!((view.rows[0].name.as_str(), view.counts.updates, view.undo.as_deref()), ("id 1", 1, Some("Edit")));
    let view = grid.stage(set(0, 1, text("Ada"))).await;
    assert_eq!((view.counts.updates, view.removed.as_slice()), (0, &[0][..]));
    assert_eq!(grid.shop.app.edits_save(&grid.hold, None).await.unwrap_err().code, ErrorCode::NotFound);
    let view = grid.shop.app.edits_undo(&grid.hold).await.unwrap();
    assert_eq!(view.rows[0].cells[0].value, ShownValue::Text { text: "Eda".to_owned(), whole: None });
}

#[tokio::test]
async fn a_save_changes_adds_and_deletes_and_shows_what_became_of_the_rows() {
    let shop = Shop::open().await;
    sqlite(&shop)
        .execute_batch(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, made TEXT DEFAULT 'now', twice TEXT AS (a || a) STORED);
             CREATE TRIGGER shout AFTER UPDATE OF a ON t BEGIN UPDATE t SET made = upper(new.a) WHERE id = new.id; END;
             INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y'), (3, 'z');",
        )
        .unwrap();
    let grid = Grid::of(&shop, "t").await;
    grid.stage(set(0, 1, text("b"))).await;
    grid.stage(delete(1, 1)).await;
    let after = EditStep {
        add: vec![RowAddition { after: Some(RowPlace::Held { row: 0 }), cells: vec![(1, text("n"))] }],
        ..EditStep::default()
    };
    let view = grid.stage(after).await;
    assert_eq!((view.counts.updates, view.counts.inserts, view.counts.deletes), (1, 1, 1));
    assert_eq!(view.rows[0].after, Some(0));
    assert!(view.columns[3].read_only.is_some() && view.columns[3].not_inserted.is_some());
    let review = grid.shop.app.edits_review(&grid.hold).await.unwrap();
    assert_eq!(review.consequences, ["The trigger shout runs after UPDATE."]);
    assert!(review.statements.iter().any(|one| one.text.starts_with("UPDATE") && one.rows == [0]), "{review:?}");
    let script = grid.shop.app.edits_review_script(&grid.hold).await.unwrap();
    let positions = ["DELETE", "UPDATE", "INSERT"].map(|word| script.find(word).unwrap());
    assert!(positions.is_sorted(), "{script}");
    let view = grid.saved().await;
    assert_eq!(all(&shop, "SELECT * FROM t"), ["1|b|B|bb", "3|z|now|zz", "4|n|now|nn"]);
    assert_eq!(view.counts, EditCounts::default());
    let kinds: Vec<_> = view.rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [EditKind::Saved, EditKind::Gone, EditKind::Saved]);
    assert_eq!((view.rows[0].at, view.rows[2].at, view.rows[2].after), (Some(0), None, Some(0)));
    assert_eq!(grid.fresh(&view, &view.rows[0], 2).await, "B", "what the trigger made of it");
    assert_eq!(grid.fresh(&view, &view.rows[2], 3).await, "nn", "what is generated");
    // A saved row is edited again upon what it became.
    let edit = CellEdit { row: RowPlace::Staged { id: 2 }, column: 1, value: text("m") };
    grid.stage(sets(vec![edit])).await;
    grid.stage(set(0, 1, text("c"))).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT a FROM t"), ["c", "z", "m"]);
    grid.stage(EditStep { delete_staged: vec![2], ..EditStep::default() }).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT id FROM t"), ["1", "3"]);
    // Rows that are read now need nothing over them.
    let (_, fresh) = Grid::open(&shop, shop.table("t")).await;
    assert!(fresh.rows.is_empty(), "{:?}", fresh.rows);
    assert!(shop.app.edits_pending().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_history_keeps_what_was_sent_and_what_takes_it_back() {
    let shop = Shop::open().await;
    let before = all(&shop, "SELECT * FROM customers");
    sqlite(&shop).execute_batch("DELETE FROM orders").unwrap();
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(sets(vec![cell(0, 1, text("O'Neil")), cell(0, 2, text(""))])).await;
    grid.stage(delete(1, 1)).await;
    grid.stage(add(vec![vec![(1, text("New"))]])).await;
    grid.saved().await;
    let history = shop.app.history(HistoryQuery { limit: 5, ..HistoryQuery::default() }).await.unwrap();
    assert_eq!((history[0].outcome.as_str(), history[0].rows), ("completed", Some(3)));
    assert!(history[0].text.contains("O''Neil"), "{}", history[0].text);
    let inverse = shop.app.history_inverse(history[0].id).await.unwrap().unwrap();
    sqlite(&shop).execute_batch(&inverse).unwrap();
    assert_eq!(all(&shop, "SELECT * FROM customers"), before, "{inverse}");
    let trail = shop.app.audit(AuditQuery { limit: 5, ..AuditQuery::default() }).await.unwrap();
    assert_eq!((trail[0].kind, trail[0].outcome.as_deref()), (AuditKind::Write, Some("completed")));
}

#[tokio::test]
async fn p60_an_edit_of_one_row_of_a_table_without_a_key_changes_one_row() {
    let shop = Shop::open().await;
    sqlite(&shop).execute_batch("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('x'), ('x');").unwrap();
    let (grid, view) = Grid::open(&shop, shop.table("t")).await;
    assert!(!view.warnings.is_empty(), "a person is told that there is no key");
    grid.stage(set(1, 0, text("y"))).await;
    grid.saved().await;
    assert_eq!(all(&shop, "SELECT a FROM t"), ["x", "y", "x"]);
    let (grid, _) = Grid::open(&shop, shop.table("t")).await;
    grid.stage(set(0, 0, text("z"))).await;
    // Whatever has the number now is not the row that was seen.
    sqlite(&shop)
        .execute_batch("DELETE FROM t WHERE rowid = 1; INSERT INTO t (rowid, a) VALUES (1, 'other');")
        .unwrap();
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }), "{:?}", saved.outcome);
    assert_eq!(all(&shop, "SELECT a FROM t"), ["other", "y", "x"]);
}

#[tokio::test]
async fn two_tabs_over_one_relation_share_their_edits_and_refreshed_rows_are_found_again() {
    let shop = Shop::open().await;
    let one = Grid::of(&shop, "orders").await;
    let two = Grid::of(&shop, "orders").await;
    let mut events = shop.app.events();
    one.stage(set(4, 2, text("99"))).await;
    let told = std::iter::from_fn(|| events.try_recv().ok());
    assert!(
        told.into_iter().any(|event| matches!(event, AppEvent::Changed { topics, .. } if topics == [Topic::Edits]))
    );
    let view = two.view().await;
    assert_eq!((view.rows[0].at, view.rows[0].name.as_str()), (Some(4), "id 5"));
    let view = two.stage(set(4, 2, text("100"))).await;
    assert_eq!((view.rows.len(), view.counts.updates), (1, 1), "it is the same row");
    // Sorted the other way round, the row is not among the first.
    let request = BrowseRequest {
        profile_id: shop.profile.clone(),
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: vec![BrowseSort { column: "id".to_owned(), descending: true }],
        actor: None,
    };
    let hold = shop.app.browse(request).await.unwrap().head.hold_id;
    let view = shop.app.edits_open(&hold).await.unwrap();
    assert_eq!((view.rows[0].at, view.counts.unseen), (None, 1));
    shop.app.browse_more(&hold).await.unwrap();
    shop.app.browse_more(&hold).await.unwrap();
    let view = shop.app.edits_open(&hold).await.unwrap();
    assert_eq!((view.rows[0].at, view.counts.unseen), (Some(2495), 0));
    shop.app.edits_discard(&hold).await.unwrap();
    assert_eq!(one.view().await.counts, EditCounts::default());
    let view = shop.app.edits_undo(&hold).await.unwrap();
    assert_eq!((view.counts.updates, view.redo.as_deref()), (1, Some("Discard")));
}

#[tokio::test]
async fn a_duplicate_takes_its_own_number_and_a_paste_is_one_step() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    let duplicate = EditStep { duplicate: vec![RowPlace::Held { row: 1 }], ..EditStep::default() };
    let view = grid.stage(duplicate).await;
    let columns: Vec<u32> = view.rows[0].cells.iter().map(|cell| cell.column).collect();
    assert_eq!((columns, view.rows[0].after), (vec![1, 2], Some(1)));
    let rows = (0..10_000).map(|number| vec![(1, text(&format!("p{number}")))]).collect();
    let view = grid.stage(add(rows)).await;
    assert_eq!(view.counts.inserts, 10_001);
    let review = grid.shop.app.edits_review(&grid.hold).await.unwrap();
    assert!(review.total < 200, "{} statements for 10,000 rows", review.total);
    let view = grid.saved().await;
    assert_eq!(view.rows.len(), 10_001);
    assert_eq!(all(&shop, "SELECT count(*), max(id) FROM customers"), ["10004|10004"]);
    assert_eq!(grid.fresh(&view, &view.rows[0], 1).await, "Grace 🚀");
    assert_eq!(grid.fresh(&view, view.rows.last().unwrap(), 0).await, "10004");
}

#[tokio::test]
async fn many_deletions_ask_first_and_a_read_only_connection_takes_none() {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "orders").await;
    grid.stage(delete(0, 150)).await;
    let EditsAnswer::Confirm { question } = shop.app.edits_save(&grid.hold, None).await.unwrap() else {
        panic!("nobody was asked")
    };
    assert_eq!((question.title.as_str(), question.typed), ("Delete 150 rows of orders?", None));
    assert_eq!(all(&shop, "SELECT count(*) FROM orders"), ["2500"]);
    let consent = RunConsent { digest: question.digest, typed: None };
    let EditsAnswer::Done { saved } = shop.app.edits_save(&grid.hold, Some(consent)).await.unwrap() else {
        panic!("asked twice")
    };
    assert!(matches!(saved.outcome, SaveOutcome::Saved { .. }));
    assert_eq!(all(&shop, "SELECT count(*) FROM orders"), ["2350"]);
    let guarded = shop.app.save_profile(draft("Guarded", &file(&shop), Safety::ReadOnly)).await.unwrap();
    let request = BrowseRequest {
        profile_id: guarded.id,
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: Vec::new(),
        actor: None,
    };
    let hold = shop.app.browse(request).await.unwrap().head.hold_id;
    let view = shop.app.edits_open(&hold).await.unwrap();
    assert_eq!(view.refused.unwrap().code, ErrorCode::Forbidden);
    assert_eq!(shop.app.edits_stage(&hold, set(0, 2, text("1"))).await.unwrap_err().code, ErrorCode::Forbidden);
    let view = Grid { shop: &shop, hold: browse_view(&shop).await };
    let refused = shop.app.edits_open(&view.hold).await.unwrap().refused.unwrap();
    assert_eq!(refused.code, ErrorCode::Unsupported, "a view says why");
}

async fn browse_view(shop: &Shop) -> String {
    let request = BrowseRequest {
        profile_id: shop.profile.clone(),
        object: shop.table("big_orders"),
        filters: Vec::new(),
        sort: Vec::new(),
        actor: None,
    };
    shop.app.browse(request).await.unwrap().head.hold_id
}

#[tokio::test]
async fn where_every_change_is_confirmed_a_save_waits_for_a_yes() {
    let shop = Shop::open().await;
    let mut draft = draft("Careful", &file(&shop), Safety::ConfirmWrites);
    draft.environment = Environment::Development;
    let careful = shop.app.save_profile(draft).await.unwrap();
    let request = BrowseRequest {
        profile_id: careful.id,
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: Vec::new(),
        actor: None,
    };
    let hold = shop.app.browse(request).await.unwrap().head.hold_id;
    shop.app.edits_stage(&hold, delete(0, 1)).await.unwrap();
    let EditsAnswer::Confirm { question } = shop.app.edits_save(&hold, None).await.unwrap() else {
        panic!("nobody was asked")
    };
    assert_eq!((question.title.as_str(), &question.typed), ("Save 1 changed row of orders?", &None));
    assert_eq!(all(&shop, "SELECT count(*) FROM orders"), ["2500"]);
    shop.app.edits_stage(&hold, delete(1, 1)).await.unwrap();
    let stale = RunConsent { digest: question.digest, typed: None };
    let EditsAnswer::Confirm { question } = shop.app.edits_save(&hold, Some(stale)).await.unwrap() else {
        panic!("a yes to one row was taken for two")
    };
    assert_eq!(question.changes[0].targets[0].rows.as_deref(), Some("2 rows, one by one"));
    let consent = RunConsent { digest: question.digest, typed: None };
    let EditsAnswer::Done { .. } = shop.app.edits_save(&hold, Some(consent)).await.unwrap() else {
        panic!("asked twice")
    };
    assert_eq!(all(&shop, "SELECT count(*) FROM orders"), ["2498"]);
}
