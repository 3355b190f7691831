#![allow(clippy::unwrap_used, clippy::panic)]

mod saving;
mod servers;

use crate::{api::*, browse::tests::orders, connections::tests::Shop};

fn sort(keys: &[(u32, bool)]) -> Vec<LocalSort> {
    keys.iter().map(|(column, descending)| LocalSort { column: *column, descending: *descending }).collect()
}

fn where_(column: u32, operator: FilterOperator, value: &str) -> LocalCondition {
    LocalCondition { column, operator, values: vec![value.to_owned()] }
}

async fn texts(shop: &Shop, hold_id: &str, column: u32, rows: std::ops::Range<u64>) -> Vec<String> {
    let mut texts = Vec::new();
    for row in rows {
        let cell = shop.app.hold_cell(hold_id, row, column, 0, 100).await.unwrap();
        texts.push(String::from_utf8(cell).unwrap());
    }
    texts
}

async fn numbers(shop: &Shop, hold_id: &str) -> Vec<u32> {
    let bytes = shop.app.hold_view_rows(hold_id).await.unwrap();
    bytes.chunks(4).map(|part| u32::from_le_bytes(part.try_into().unwrap())).collect()
}

fn find(hold_id: &str, text: &str) -> FindRequest {
    FindRequest {
        hold_id: hold_id.to_owned(),
        text: text.to_owned(),
        columns: None,
        from: None,
        inclusive: false,
        backward: false,
        count: false,
    }
}

#[tokio::test]
async fn held_rows_are_filtered_and_sorted_by_several_columns_without_the_server() {
    let shop = Shop::open().await;
    let browsed = shop.app.browse(orders(&shop)).await.unwrap();
    let base = browsed.head.hold_id;
    // Customer descending, total ascending as a number: 2, 10 and 10.5 are no texts.
    let request = ViewRequest {
        conditions: vec![where_(0, FilterOperator::LessOrEqual, "30")],
        sort: sort(&[(1, true), (2, false)]),
        ..ViewRequest::default()
    };
    let view = shop.app.hold_view(&base, request).await.unwrap();
    assert_eq!((view.rows, view.of, view.complete), (30, 1000, false), "of the first page, which is not all");
    assert_eq!(texts(&shop, &view.hold_id, 1, 0..11).await.join(""), "33333333332");
    assert_eq!(texts(&shop, &view.hold_id, 0, 0..4).await, ["2", "5", "8", "11"]);
    let rows = numbers(&shop, &view.hold_id).await;
    assert_eq!((rows.len(), rows.get(..4)), (30, Some(&[1, 4, 7, 10][..])), "the numbers of the held rows");
    let copied = CopyRequest {
        hold_id: view.hold_id.clone(),
        first_row: 0,
        rows: 30,
        columns: vec![0],
        format: CopyFormat::Csv,
        header: false,
        options: None,
    };
    let copied = shop.app.copy(copied).await.unwrap();
    assert!(copied.text.starts_with("2\n5\n8\n11\n") || copied.text.starts_with("2\r\n5\r\n"), "{}", copied.text);
    assert_eq!(copied.cut.unwrap(), "These are the 30 rows found among the first 1,000, not all.");
    let offer = shop.app.export_offer(&view.hold_id).await.unwrap();
    assert_eq!(offer.rows, 30);
    assert!(offer.no_whole.unwrap().contains("filtered or sorted here"));
    assert!(shop.app.edits_open(&view.hold_id).await.unwrap().refused.is_some(), "edits go to the rows it is of");
    assert!(shop.app.edits_open(&base).await.unwrap().refused.is_none());
    let followed = shop.app.follow_reference(&view.hold_id, 0, 0).await.unwrap();
    assert_eq!(followed.filters.first().unwrap().values, ["3"], "of the row that is shown");
}

#[tokio::test]
async fn a_view_of_all_rows_says_so_and_goes_with_the_rows_it_is_of() {
    let shop = Shop::open().await;
    let base = shop.app.browse(orders(&shop)).await.unwrap().head.hold_id;
    let all = ViewRequest { sort: sort(&[(0, true)]), ..ViewRequest::default() };
    let first = shop.app.hold_view(&base, all.clone()).await.unwrap();
    assert!(!first.complete);
    shop.app.browse_more(&base).await.unwrap();
    assert_eq!(shop.app.browse_more(&base).await.unwrap().state, HoldState::Complete);
    // Of a view, the rows it was made of are taken: those that came meanwhile too.
    let second = shop.app.hold_view(&first.hold_id, all).await.unwrap();
    assert_eq!((second.rows, second.of, second.complete), (2500, 2500, true));
    assert_eq!(texts(&shop, &second.hold_id, 0, 0..1).await, ["2500"]);
    assert_eq!(texts(&shop, &first.hold_id, 0, 0..1).await, ["1000"], "the older one stays what it was");
    shop.app.hold_release(&first.hold_id).await.unwrap();
    assert_eq!(shop.app.hold_view_rows(&first.hold_id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(shop.app.hold_view_rows(&base).await.unwrap_err().code, ErrorCode::Unsupported);
    shop.app.hold_release(&base).await.unwrap();
    assert_eq!(shop.app.hold_view_rows(&second.hold_id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(shop.app.hold_view(&base, ViewRequest::default()).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_quick_filter_keeps_rows_with_the_text_in_a_column_on_show() {
    let shop = Shop::open().await;
    let request = BrowseRequest { object: shop.table("customers"), ..orders(&shop) };
    let base = shop.app.browse(request).await.unwrap().head.hold_id;
    let kept = |text: &str, columns: Option<Vec<u32>>| {
        let request = ViewRequest { contains: Some(text.to_owned()), columns, ..ViewRequest::default() };
        let (app, base) = (&shop.app, &base);
        async move { app.hold_view(base, request).await.unwrap() }
    };
    let found = kept("grace", None).await;
    assert_eq!((found.rows, found.of, found.complete), (1, 3, true));
    assert_eq!(texts(&shop, &found.hold_id, 0, 0..1).await, ["2"]);
    assert_eq!(kept("שלום", None).await.rows, 1);
    assert_eq!(kept("grace", Some(vec![0, 2])).await.rows, 0);
    assert_eq!(kept("", None).await.rows, 3);
    let gone = ViewRequest { contains: Some("x".into()), columns: Some(vec![9]), ..ViewRequest::default() };
    assert_eq!(shop.app.hold_view(&base, gone).await.unwrap_err().code, ErrorCode::NotFound);
    let wrong = ViewRequest { sort: sort(&[(9, false)]), ..ViewRequest::default() };
    assert_eq!(shop.app.hold_view(&base, wrong).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_text_is_found_cell_by_cell_round_the_end_in_rows_and_in_views_of_them() {
    let shop = Shop::open().await;
    let base = shop.app.browse(orders(&shop)).await.unwrap().head.hold_id;
    // Ids with 999, and totals: 499.5 is that of 999, of no other row here is 999 a total.
    let ask = |request: FindRequest| shop.app.hold_find(request);
    let first = ask(FindRequest { count: true, ..find(&base, "999") }).await.unwrap();
    assert_eq!(first.hit, Some(HeldCell { row: 998, column: 0 }));
    assert_eq!(first.hits, Some(FoundHits { cells: 1, all: true, nth: Some(1) }));
    let again = ask(FindRequest { from: first.hit, ..find(&base, "999") }).await.unwrap();
    assert_eq!((again.hit, again.wrapped, again.hits), (first.hit, true, None));
    let here = ask(FindRequest { from: first.hit, inclusive: true, ..find(&base, "999") }).await.unwrap();
    assert_eq!((here.hit, here.wrapped), (first.hit, false));
    let none = ask(FindRequest { count: true, ..find(&base, "nowhere") }).await.unwrap();
    assert_eq!((none.hit, none.hits.map(|hits| hits.cells)), (None, Some(0)));
    let newest = ViewRequest { sort: sort(&[(0, true)]), ..ViewRequest::default() };
    let view = shop.app.hold_view(&base, newest).await.unwrap().hold_id;
    let there = ask(find(&view, "999")).await.unwrap();
    assert_eq!(there.hit, Some(HeldCell { row: 1, column: 0 }), "by the view's own numbers");
    let back = ask(FindRequest { backward: true, ..find(&view, "999") }).await.unwrap();
    assert_eq!(back.hit, there.hit);
}

async fn ran(shop: &Shop, text: &str) -> (String, u64) {
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let request = RunRequest {
        tab_id: uuid::Uuid::new_v4().to_string(),
        profile_id: shop.profile.clone(),
        database: None,
        text: text.to_owned(),
        parameters: Vec::new(),
        go_on: false,
        manual_transactions: false,
        confirmed: None,
        actor: None,
    };
    shop.app.run(request, sender).await.unwrap();
    let (mut hold, mut rows) = (None, 0);
    while let Some(event) = events.recv().await {
        match event {
            RunEvent::ResultSet { head, .. } => hold = Some(head.hold_id),
            RunEvent::Progress { progress } => rows = progress.rows,
            RunEvent::StatementDone { outcome: StatementOutcome::Failed { error, .. }, .. } => {
                panic!("{error:?} in {text}")
            }
            RunEvent::Finished { .. } => break,
            _ => {}
        }
    }
    (hold.unwrap(), rows)
}

#[tokio::test]
async fn what_is_chosen_here_runs_on_the_server_as_a_query_around_the_query_and_says_why_not() {
    let shop = Shop::open().await;
    let (hold, _) = ran(&shop, "SELECT id, total FROM orders LIMIT 40").await;
    let chosen =
        ViewRequest { contains: Some("9".into()), sort: sort(&[(1, true), (0, false)]), ..ViewRequest::default() };
    let here = shop.app.hold_view(&hold, chosen.clone()).await.unwrap();
    let text = shop.app.hold_on_server(&here.hold_id, chosen.clone()).unwrap().text.unwrap();
    let (there, _) = ran(&shop, &text).await;
    let all = shop.app.hold_view(&there, ViewRequest::default()).await.unwrap();
    assert_eq!(all.rows, here.rows, "{text}");
    assert_eq!(
        texts(&shop, &there, 0, 0..all.rows).await,
        texts(&shop, &here.hold_id, 0, 0..here.rows).await,
        "in the same order"
    );
    let (twice, _) = ran(&shop, "SELECT id, id FROM orders LIMIT 4").await;
    let refused = shop.app.hold_on_server(&twice, chosen.clone()).unwrap().refused.unwrap();
    assert!(refused.contains("two of its columns are called id"), "{refused}");
    let base = shop.app.browse(orders(&shop)).await.unwrap().head.hold_id;
    assert!(shop.app.hold_on_server(&base, chosen).unwrap().refused.is_some());
}
