#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{api::*, connections::tests::Shop};

pub(crate) fn orders(shop: &Shop) -> BrowseRequest {
    BrowseRequest {
        profile_id: shop.profile.clone(),
        object: shop.table("orders"),
        filters: Vec::new(),
        sort: Vec::new(),
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
