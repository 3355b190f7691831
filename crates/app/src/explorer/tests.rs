#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{api::*, connections::tests::Shop};

#[tokio::test]
async fn a_file_with_one_schema_shows_its_kinds_at_once() {
    let shop = Shop::open().await;
    let root = shop.app.tree(&shop.profile, None, 0, 100).await.unwrap();
    let labels: Vec<_> = root.nodes.iter().map(|node| (node.label.as_str(), node.detail.as_deref())).collect();
    assert_eq!(labels, [("Tables", Some("2")), ("Views", Some("1"))]);
    let tables = shop.app.tree(&shop.profile, Some(&root.nodes[0].id), 1, 100).await.unwrap();
    assert_eq!((tables.total, tables.nodes.len()), (2, 1), "a page of two");
    let orders = &tables.nodes[0];
    assert_eq!(orders.label, "orders");
    assert!(orders.browsable);
    let columns = shop.app.tree(&shop.profile, Some(&orders.id), 0, 100).await.unwrap();
    assert_eq!(columns.nodes[1].icon, ObjectIcon::ForeignKey);
    assert!(columns.nodes[1].detail_title.as_deref().unwrap().contains("to customers.id"));
    assert_eq!(shop.app.tree(&shop.profile, Some("nonsense"), 0, 1).await.unwrap_err().code, ErrorCode::NotFound);
}
