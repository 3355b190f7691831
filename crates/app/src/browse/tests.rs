#![allow(clippy::unwrap_used, clippy::panic)]

mod servers;

use crate::{api::*, connections::tests::Shop};

pub(crate) fn orders(shop: &Shop) -> BrowseRequest {
    BrowseRequest {
        profile_id: shop.profile.clone(),
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: Vec::new(),
        actor: None,
    }
}

#[tokio::test]
async fn a_relation_is_read_page_by_page_into_one_hold() {
    let shop = Shop::open().await;
    let browsed = shop.app.browse(orders(&shop)).await.unwrap();
    assert_eq!(browsed.progress.rows, 1000);
    assert_eq!(browsed.progress.state, HoldState::MorePages);
    assert_eq!((browsed.paging.as_str(), browsed.paging_warns), ("by primary key id", false));
    let columns = &browsed.head.columns;
    assert_eq!(columns.len(), 3);
    assert!(columns[0].primary_key && !columns[1].primary_key);
    assert_eq!(columns[1].references.as_deref(), Some("customers.id"));
    let hold = &browsed.head.hold_id;
    // Two at once share a page.
    let (one, two) = tokio::join!(shop.app.browse_more(hold), shop.app.browse_more(hold));
    assert_eq!((one.unwrap().rows, two.unwrap().rows), (2000, 2000));
    let last = shop.app.browse_more(hold).await.unwrap();
    assert_eq!((last.rows, last.state), (2500, HoldState::Complete));
    assert_eq!(shop.app.browse_more(hold).await.unwrap().rows, 2500);
    assert_eq!(shop.app.hold_cell(hold, 2499, 0, 0, 10).await.unwrap(), b"2500");
    let counted = shop.app.browse_count(orders(&shop)).await.unwrap();
    assert_eq!(counted.rows, 2500);
}

fn only(column: &str, operator: FilterOperator, values: &[&str]) -> BrowseCondition {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    BrowseFilter { column: column.to_owned(), operator, values }.into()
}

fn written(text: &str) -> BrowseCondition {
    BrowseCondition::Where { text: text.to_owned() }
}

#[tokio::test]
async fn conditions_hold_for_every_page_for_the_count_and_for_what_is_written() {
    let shop = Shop::open().await;
    let request = BrowseRequest {
        filters: vec![
            only("total", FilterOperator::GreaterOrEqual, &["100"]),
            BrowseCondition::Any {
                conditions: vec![
                    only("customer_id", FilterOperator::Equal, &["1"]),
                    only("customer_id", FilterOperator::In, &["2", "9"]),
                ],
            },
            // OR stays within it, and the comment ends with it.
            written("id % 2 = 0 or id = 201 -- and nothing else"),
        ],
        sort: vec![
            BrowseSort { column: "customer_id".to_owned(), descending: true },
            BrowseSort { column: "total".to_owned(), descending: false },
        ],
        ..orders(&shop)
    };
    let wanted: Vec<u64> = {
        let passes = |i: u64| i >= 200 && 1 + i % 3 != 3 && (i.is_multiple_of(2) || i == 201);
        let mut ids: Vec<u64> = (1..=2500).filter(|i| passes(*i)).collect();
        ids.sort_by_key(|i| (std::cmp::Reverse(1 + i % 3), *i));
        ids
    };
    let browsed = shop.app.browse(request.clone()).await.unwrap();
    let hold = &browsed.head.hold_id;
    while shop.app.browse_more(hold).await.unwrap().state == HoldState::MorePages {}
    let progress = shop.app.browse_more(hold).await.unwrap();
    assert_eq!((progress.rows, progress.state), (wanted.len() as u64, HoldState::Complete));
    for at in [0, 1, 400, wanted.len() - 1] {
        let id = shop.app.hold_cell(hold, at as u64, 0, 0, 10).await.unwrap();
        assert_eq!(String::from_utf8(id).unwrap(), wanted[at].to_string(), "row {at}");
    }
    assert_eq!(shop.app.browse_count(request.clone()).await.unwrap().rows, wanted.len() as u64);
    // The same as one text.
    let text = shop.app.browse_where(request).await.unwrap();
    let request = BrowseRequest { filters: vec![written(&text)], ..orders(&shop) };
    assert_eq!(shop.app.browse_count(request).await.unwrap().rows, wanted.len() as u64, "{text}");
    assert_eq!(shop.app.browse_where(orders(&shop)).await.unwrap(), "");
}

#[tokio::test]
async fn a_where_by_hand_is_one_condition_and_an_error_in_it_has_its_place() {
    let shop = Shop::open().await;
    let refused = async |text: &str| {
        let request = BrowseRequest { filters: vec![written(text)], ..orders(&shop) };
        let counted = shop.app.browse_count(request.clone()).await.unwrap_err();
        let error = shop.app.browse(request).await.unwrap_err();
        assert_eq!((&error.message, &error.range), (&counted.message, &counted.range), "{text}");
        assert!(matches!(error.code, ErrorCode::InvalidStatement | ErrorCode::NotFound), "{error:?}");
        error.range.map(|range| (range.from, range.to))
    };
    assert_eq!(refused("id = 1; delete from orders").await, Some((6, 7)));
    assert_eq!(refused("id = 1) or (1 = 1").await, Some((6, 7)));
    assert_eq!(refused("id = ?").await, Some((5, 6)));
    assert_eq!(refused("🚀 = 1 order by 1").await, Some((7, 12)));
    // What only the server knows.
    let told = refused("id = 1 and nothing_like_it = 2").await;
    assert!(told.is_none_or(|(from, _)| from == 11), "{told:?}");
    assert_eq!(shop.app.browse_count(orders(&shop)).await.unwrap().rows, 2500);
}

#[tokio::test]
async fn rows_are_read_again_with_what_changed_and_where_a_row_went() {
    let shop = Shop::open().await;
    let sort = vec![BrowseSort { column: "total".to_owned(), descending: true }];
    let browsed = shop.app.browse(BrowseRequest { sort, ..orders(&shop) }).await.unwrap();
    let hold = browsed.head.hold_id;
    shop.app.browse_more(&hold).await.unwrap();
    let same = shop.app.browse_again(&hold, Some(1500)).await.unwrap();
    assert_eq!((same.browsed.progress.rows, same.changed.len(), same.kept), (2000, 0, Some(1500)));
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.execute_batch(
        "UPDATE orders SET total = 9000 WHERE id = 1000; INSERT INTO orders VALUES (5000, 1, 8000);
         DELETE FROM orders WHERE id = 2499",
    )
    .unwrap();
    let again = shop.app.browse_again(&hold, Some(1500)).await.unwrap();
    // 1000, which stood at 1500, comes first now; 5000 is new.
    assert_eq!((again.changed.clone(), again.kept), (vec![0, 1], Some(0)));
    let next = shop.app.browse_more(&again.browsed.head.hold_id).await.unwrap();
    assert_eq!((next.rows, next.state), (2500, HoldState::Complete));
    // A row that is gone is nowhere; the former rows are as they were.
    file.execute("DELETE FROM orders WHERE id = 5000", []).unwrap();
    let gone = shop.app.browse_again(&again.browsed.head.hold_id, Some(1)).await.unwrap();
    assert_eq!((gone.changed.len(), gone.kept), (0, None));
    assert_eq!(shop.app.hold_cell(&hold, 0, 0, 0, 10).await.unwrap(), b"2500");
}

#[tokio::test]
async fn a_cell_gives_the_value_that_finds_its_row() {
    let shop = Shop::open().await;
    let object = shop.table("customers");
    let all = BrowseRequest { object: object.clone(), ..orders(&shop) };
    let hold = shop.app.browse(all.clone()).await.unwrap().head.hold_id;
    assert_eq!(shop.app.browse_value(&hold, 1, 1).await.unwrap().as_deref(), Some("Grace 🚀"));
    assert_eq!(shop.app.browse_value(&hold, 1, 2).await.unwrap().as_deref(), Some(""));
    assert_eq!(shop.app.browse_value(&hold, 0, 2).await.unwrap(), None);
    let facts = shop.app.browse_facts(&shop.profile, &object, None).await.unwrap();
    assert_eq!(facts, BrowseFacts { filtered_for_you: false, listens: false });
    let listening = shop.app.browse_listen("t", &shop.profile, &object, "news").await.unwrap_err();
    assert_eq!(listening.code, ErrorCode::Unsupported);
}
