//! A database of hundreds of tables.

use super::*;
use crate::testing::Dice;

/// Tables with a dozen columns; each refers to some before it, a third of them to a few that many refer to.
fn stock(count: usize) -> String {
    let mut dice = Dice::new(7);
    let mut text = String::from("BEGIN;");
    for table in 0..count {
        let mut columns = String::from("id INTEGER PRIMARY KEY");
        for column in 0..8 {
            columns.push_str(&format!(", column_{column} TEXT NOT NULL"));
        }
        for key in 0..dice.below(3).min(table) {
            let near = table - 1 - dice.below(30.min(table));
            let to = if dice.below(3) == 0 { dice.below(5.min(table)) } else { near };
            columns.push_str(&format!(", key_{key} INTEGER REFERENCES table_{to:04} (id)"));
        }
        text.push_str(&format!("CREATE TABLE table_{table:04} ({columns});"));
    }
    text + "COMMIT;"
}

#[tokio::test]
async fn a_diagram_of_hundreds_of_tables_is_the_same_every_time() {
    let shop = Shop::open().await;
    shop.altered(&stock(300)).await;
    let first = shop.diagram(None).await;
    assert_eq!(first.boxes.len(), 302);
    let again = shop.diagram(None).await;
    assert_eq!((again.boxes, again.lines), (first.boxes.clone(), first.lines.clone()), "places and ways were kept");
    let few = DiagramScope { only: Some(vec![named("table_0001")]), ..DiagramScope::default() };
    shop.app.scope_diagram(&first.id, few).await.unwrap();
    let whole = shop.app.scope_diagram(&first.id, DiagramScope::default()).await.unwrap();
    assert_eq!(whole.boxes, first.boxes);
    let one = shop.app.create_diagram(
        &shop.profile,
        None,
        "One",
        DiagramScope { only: Some(vec![named("table_0001")]), ..DiagramScope::default() },
    );
    let one = one.await.unwrap();
    let all = shop.app.scope_diagram(&one.id, DiagramScope::default()).await.unwrap();
    assert_eq!(all.boxes, first.boxes, "where hardly anything has a place all is laid out anew");
}
