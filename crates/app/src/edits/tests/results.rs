//! Results of a query in a tab.

use super::*;
use crate::runs::tests::{heads, play, script};

async fn hold(shop: &Shop, text: &str) -> String {
    let events = play(shop, script(shop, "t", text)).await;
    heads(&events).pop().unwrap().hold_id
}

#[tokio::test]
async fn rows_of_a_query_over_one_table_are_edited_as_the_tables_own() {
    let shop = Shop::open().await;
    let hold = hold(&shop, "select * from customers c where id > 1 order by id desc").await;
    let view = shop.app.edits_open(&hold).await.unwrap();
    assert_eq!(view.refused, None);
    let grid = Grid { shop: &shop, hold };
    grid.stage(set(0, 1, text("mine"))).await;
    let table = Grid::of(&shop, "customers").await;
    assert_eq!(table.view().await.rows[0].at, Some(2), "the table's tab shows it too");
    let view = grid.saved().await;
    assert_eq!(grid.fresh(&view, &view.rows[0], 1).await, "mine");
    assert_eq!(all(&shop, "SELECT name FROM customers WHERE id = 3"), ["mine"]);
}

#[tokio::test]
async fn any_other_result_says_why_it_is_not_edited() {
    let shop = Shop::open().await;
    for (query, why) in [
        (
            "select c.*, o.* from orders o join customers c on c.id = o.customer_id limit 2",
            "This result joins orders and customers; edit the tables themselves.",
        ),
        ("select id, upper(name), note from customers", "“upper(name)” is computed; only plain columns can be edited."),
        (
            "select name, note from customers",
            "“id” is not among the result's columns and tells the rows of customers apart.",
        ),
        ("select * from big_orders", "“big_orders” is a view: its columns come from orders."),
        (
            "select distinct * from customers",
            "The query leaves out equal rows (DISTINCT): a row of it may stand for several.",
        ),
    ] {
        let hold = hold(&shop, query).await;
        let refused = shop.app.edits_open(&hold).await.unwrap().refused.unwrap();
        assert_eq!((refused.code, refused.message.as_str()), (ErrorCode::Unsupported, why), "{query}");
    }
}
