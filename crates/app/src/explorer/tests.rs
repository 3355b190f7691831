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

#[tokio::test]
async fn the_way_to_where_work_is_is_marked() {
    let shop = Shop::open().await;
    let root = shop.app.tree(&shop.profile, None, 0, 100).await.unwrap();
    let marked: Vec<_> = root.nodes.iter().filter(|node| node.unfold).map(|node| node.label.as_str()).collect();
    assert_eq!(marked, ["Tables"]);
}

#[tokio::test]
async fn reading_one_object_anew_reads_its_schema_and_finds_what_is_new() {
    let shop = Shop::open().await;
    shop.app.tree(&shop.profile, None, 0, 100).await.unwrap();
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.execute_batch("create table fresh(id integer primary key, of integer references customers(id))").unwrap();
    shop.app.refresh_catalog(&shop.profile, Some(shop.table("orders"))).await.unwrap();
    let hits = shop.app.search_catalog(Some(&shop.profile), "fresh", 10).await.unwrap();
    assert_eq!(hits[0].label, "fresh");
    assert!(hits[0].browsable && !hits[0].denied);
    let page = shop.app.relation(&shop.profile, &shop.table("customers")).await.unwrap();
    assert_eq!(page.unread, None);
    let referring: Vec<_> = page.referenced_by.iter().map(|row| row.object.name.as_str()).collect();
    assert_eq!(referring, ["fresh", "orders"], "keys of the schema lead where they led");
}
