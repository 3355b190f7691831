//! Schemas of real servers that change under a diagram, each in a database of its own.

use super::*;
use crate::{
    runs::tests::{outcomes, play, script},
    testing::servers::{address, shop_at},
};

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

async fn altered(shop: &Shop, text: &str) {
    run(shop, text).await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
}

fn on(schema: &str, name: &str) -> DiagramTable {
    DiagramTable { schema: schema.to_owned(), name: name.to_owned() }
}

fn moved(schema: &str, name: &str, x: f64, y: f64) -> DiagramPlace {
    DiagramPlace { schema: schema.to_owned(), name: name.to_owned(), x, y }
}

#[tokio::test]
async fn in_postgres_a_table_that_is_renamed_moved_dropped_and_made_again_is_known() {
    let Some(url) = address("ROWHOUSE_TEST_POSTGRES_18_URL") else { return };
    let admin = shop_at(&url, Safety::Free).await;
    let name = format!("diagrams_{}", uuid::Uuid::new_v4().simple());
    run(&admin, &format!("CREATE DATABASE {name}")).await;
    let mut there = url::Url::parse(&url).unwrap();
    there.set_path(&name);
    let shop = shop_at(there.as_str(), Safety::Free).await;
    altered(
        &shop,
        "CREATE SCHEMA sales; CREATE SCHEMA old;
         CREATE TABLE public.users (id int PRIMARY KEY, name text);
         CREATE TABLE sales.orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES public.users);
         CREATE TABLE sales.lines (order_id int REFERENCES sales.orders, n int, PRIMARY KEY (order_id, n));",
    )
    .await;
    let drawing = shop.diagram(None).await;
    let titles: Vec<&str> = drawing.boxes.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["public.users", "sales.lines", "sales.orders"]);
    assert_eq!(drawing.schemas, ["old", "public", "sales"]);
    let named = shop.app.open_diagram(&shop.profile, Some(&name), None).await.unwrap();
    assert_eq!(named.id, drawing.id, "its database may be named");
    shop.app.place_tables(&drawing.id, vec![moved("sales", "orders", 500.0, 900.0)]).await.unwrap();
    shop.app.annotate_diagram(&drawing.id, Vec::new(), vec![(on("sales", "orders"), 1)], Vec::new()).await.unwrap();
    let hiding = DiagramScope { hidden: vec![on("sales", "lines")], ..DiagramScope::default() };
    shop.app.scope_diagram(&drawing.id, hiding).await.unwrap();
    altered(&shop, "ALTER TABLE sales.orders RENAME TO purchases; ALTER TABLE sales.lines SET SCHEMA old; ALTER TABLE sales.purchases ADD COLUMN total numeric").await;
    let after = shop.diagram(None).await;
    let told: Vec<(&str, &str, bool)> =
        after.renamed.iter().map(|one| (one.from.name.as_str(), one.to.schema.as_str(), one.certain)).collect();
    assert_eq!(told, [("lines", "old", true), ("orders", "sales", true)]);
    assert_eq!((after.added.len(), after.gone.len()), (0, 0));
    assert_eq!((at(&after, "purchases"), one(&after, "purchases").colour), ((500.0, 900.0), Some(1)));
    assert_eq!((names(&after), after.scope.hidden.as_slice()), (vec!["users", "purchases"], &[on("old", "lines")][..]));
    altered(&shop, "DROP TABLE sales.purchases CASCADE").await;
    assert_eq!(shop.diagram(None).await.gone, [on("sales", "purchases")]);
    altered(&shop, "CREATE TABLE sales.purchases (id int); CREATE TABLE sales.fresh (id int)").await;
    let back = shop.diagram(None).await;
    assert_eq!(back.added, [on("sales", "fresh"), on("sales", "purchases")]);
    assert_eq!((at(&back, "purchases"), one(&back, "purchases").colour), ((500.0, 900.0), Some(1)));
    let file = shop.home.path().join("sales.sql");
    shop.app.export_diagram(&drawing.id, DiagramFormat::Sql, false, Vec::new(), file.to_str().unwrap()).await.unwrap();
    let sql = std::fs::read_to_string(file).unwrap();
    assert!(sql.contains("CREATE TABLE public.users") && !sql.contains("is not known"), "{sql}");
    // Another database of the server has its own.
    let other = shop.app.open_diagram(&shop.profile, Some("postgres"), None).await.unwrap();
    assert_ne!(other.id, drawing.id);
    shop.app.disconnect(&shop.profile).await.unwrap();
    run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

#[tokio::test]
async fn in_mariadb_a_new_name_is_guessed_by_its_columns() {
    let Some(url) = address("ROWHOUSE_TEST_MARIADB_URL") else { return };
    let admin = shop_at(&url, Safety::Free).await;
    let name = format!("diagrams_{}", uuid::Uuid::new_v4().simple());
    run(&admin, &format!("CREATE DATABASE {name}")).await;
    let mut there = url::Url::parse(&url).unwrap();
    there.set_path(&name);
    let shop = shop_at(there.as_str(), Safety::Free).await;
    altered(
        &shop,
        "CREATE TABLE users (id int PRIMARY KEY, name text);
         CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id));",
    )
    .await;
    // A server's databases are schemas of one connection.
    let scope = DiagramScope { schemas: Some(vec![name.clone()]), ..DiagramScope::default() };
    let drawing = shop.app.create_diagram(&shop.profile, None, "Own", scope).await.unwrap();
    assert_eq!((names(&drawing), drawing.lines.len()), (vec!["orders", "users"], 1));
    shop.app.place_tables(&drawing.id, vec![moved(&name, "orders", 50.0, 90.0)]).await.unwrap();
    altered(&shop, "RENAME TABLE orders TO purchases").await;
    let after = shop.diagram(None).await;
    let expected = DiagramRenamed { from: on(&name, "orders"), to: on(&name, "purchases"), certain: false };
    assert_eq!((after.renamed.as_slice(), at(&after, "purchases")), (&[expected][..], (50.0, 90.0)));
    run(&admin, &format!("DROP DATABASE {name}")).await;
}

#[tokio::test]
async fn in_mariadb_a_database_is_drawn_with_what_it_refers_to_in_others() {
    let Some(url) = address("ROWHOUSE_TEST_MARIADB_URL") else { return };
    let admin = shop_at(&url, Safety::Free).await;
    let name = format!("diagrams_{}", uuid::Uuid::new_v4().simple());
    let other = format!("{name}_other");
    run(
        &admin,
        &format!(
            "CREATE DATABASE {name}; CREATE DATABASE {other};
             CREATE TABLE {other}.users (id int PRIMARY KEY); CREATE TABLE {other}.alone (id int PRIMARY KEY);
             CREATE TABLE {name}.orders (id int PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES {other}.users (id));
             CREATE VIEW {name}.seen AS SELECT id FROM {name}.orders"
        ),
    )
    .await;
    let mut there = url::Url::parse(&url).unwrap();
    there.set_path(&name);
    let shop = shop_at(there.as_str(), Safety::Free).await;
    let drawing = shop.diagram(None).await;
    assert_eq!((names(&drawing), drawing.lines.len(), drawing.tables), (vec!["orders", "users"], 1, 1));
    assert!(drawing.schemas.contains(&other), "one may choose the others: {:?}", drawing.schemas);
    let all = DiagramScope { schemas: Some(vec![name.clone(), other.clone()]), views: true, ..DiagramScope::default() };
    let wider = shop.app.scope_diagram(&drawing.id, all).await.unwrap();
    assert_eq!(names(&wider), ["orders", "seen", "alone", "users"]);
    let views = shop.app.scope_diagram(&drawing.id, DiagramScope { views: true, ..DiagramScope::default() }).await;
    assert_eq!((names(&views.unwrap())).len(), 3);
    run(&admin, &format!("DROP DATABASE {name}; DROP DATABASE {other}")).await;
}
