#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use schema::{Sequence, Server, Table};

use super::*;
use crate::{
    connections::tests::Shop,
    runs::tests::{outcomes, play, script},
    testing::servers::shop_at,
};

fn request(from: CompareSide, to: CompareSide) -> CompareRequest {
    CompareRequest { from, to, schemas: Vec::new(), no_access: false, renames: Vec::new() }
}

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

#[tokio::test]
async fn a_database_is_compared_with_what_was_kept_of_it_and_with_a_file() {
    let shop = Shop::open().await;
    let path = |name: &str| shop.home.path().join(name).to_string_lossy().into_owned();
    let opening = Opening {
        target: path("shop.db"),
        database: None,
        read_only: true,
        password: None,
        ask: Arc::new(NeverAsk),
        warn: |_| {},
    };
    let kept = shop.app.open_target(opening).await.unwrap().catalog_file().await.unwrap();
    std::fs::write(path("shop.catalog.json"), kept.text().unwrap()).unwrap();
    std::fs::copy(path("shop.db"), path("copy.db")).unwrap();
    let here = CompareSide::Database { profile_id: shop.profile.clone(), database: None };
    let before = CompareSide::File { path: path("shop.catalog.json") };
    let copy = CompareSide::File { path: path("copy.db") };

    for side in [&before, &copy] {
        let same = shop.app.compare_databases(request(here.clone(), side.clone()), "a").await.unwrap();
        assert_eq!((same.differences, same.statements, same.script.as_str()), (Vec::new(), Vec::new(), ""));
        assert_eq!(same.titles[0], "Shop");
    }
    run(&shop, "ALTER TABLE orders ADD COLUMN seen integer; CREATE TABLE extra (id integer)").await;
    let found = shop.app.compare_databases(request(before.clone(), here.clone()), "a").await.unwrap();
    let told: Vec<(&str, &str, StructureChange)> =
        found.differences.iter().map(|one| (one.kind.as_str(), one.object.name.as_str(), one.change)).collect();
    assert_eq!(
        told,
        [
            ("table", "extra", StructureChange::Added),
            ("column", "id", StructureChange::Added),
            ("column", "seen", StructureChange::Added)
        ]
    );
    // A column that comes with its table is of that table's statement.
    assert_eq!(found.differences[0].statements, found.differences[1].statements);
    for one in &found.differences {
        assert!(!one.statements.is_empty(), "{one:?}");
    }
    assert!(found.statements.iter().any(|one| one.sql.contains("extra")) && found.script.contains("seen"));
    assert!(found.titles[0].starts_with("shop.catalog.json (20"), "{:?}", found.titles);
    // The other way around, with what that loses.
    let back = shop.app.compare_databases(request(here, copy), "a").await.unwrap();
    assert!(back.statements.iter().any(|one| one.loses.as_deref() == Some("the rows of the table")), "{back:#?}");
}

#[tokio::test]
async fn files_that_are_none_and_names_that_are_not_there_are_told() {
    let shop = Shop::open().await;
    let here = CompareSide::Database { profile_id: shop.profile.clone(), database: None };
    let file = |name: &str, text: &str| {
        let path = shop.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        CompareSide::File { path: path.to_string_lossy().into_owned() }
    };
    for (side, code) in [
        (file("some.json", "{}"), ErrorCode::Unsupported),
        (file("half.json", "{\"rowhouse_catalog\": 1, "), ErrorCode::Corrupt),
        (CompareSide::File { path: "/nowhere/at/all.db".to_owned() }, ErrorCode::NotFound),
    ] {
        let error = shop.app.compare_databases(request(here.clone(), side), "a").await.unwrap_err();
        assert_eq!(error.code, code, "{error:?}");
    }
}

#[tokio::test]
async fn a_comparison_that_is_stopped_waits_for_no_server() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("postgres://nobody:x@{}/none", silent.local_addr().unwrap());
    let shop = shop_at(&address, Safety::Free).await;
    let side = CompareSide::Database { profile_id: shop.profile.clone(), database: None };
    let app = Arc::clone(&shop.app);
    let asked = request(side.clone(), side);
    let comparing = tokio::spawn(async move { app.compare_databases(asked, "one").await });
    // The server is on its way to silence.
    let _held = silent.accept().await.unwrap();
    shop.app.stop_comparing("other");
    shop.app.stop_comparing("one");
    let ended = tokio::time::timeout(Duration::from_secs(2), comparing).await.unwrap().unwrap();
    assert_eq!(ended.unwrap_err().code, ErrorCode::Cancelled);
    assert!(lock(&shop.app.comparing.0).is_empty());
}

#[test]
fn what_tools_write_down_for_themselves_is_left_aside() {
    let mut definition = Definition::new(Server::postgres(180_000));
    let table = |definition: &mut Definition, schema: &str, name: &str| {
        let key = ObjectKey::relation(None, Some(schema), name);
        definition.insert(key.clone(), Body::Table(Table::default()));
        let column = ObjectKey::column(&key, "id");
        definition.insert(column.clone(), Body::Column(schema::Column::new("integer")));
        let sequence = Sequence {
            data_type: None,
            start: None,
            minimum: None,
            maximum: None,
            increment: None,
            cache: None,
            cycle: false,
            owned_by: Some(column),
        };
        let named = ObjectKey { kind: ObjectKind::Sequence, name: format!("{name}_id_seq"), ..key };
        definition.insert(named, Body::Sequence(sequence));
    };
    for (schema, name) in [("public", "_sqlx_migrations"), ("drizzle", "__drizzle_migrations"), ("public", "people")] {
        table(&mut definition, schema, name);
    }
    let own = ObjectKey { kind: ObjectKind::Schema, schema: None, ..ObjectKey::relation(None, None, "drizzle") };
    definition.insert(own, Body::Schema);
    history::leave_out(&mut definition);
    let left: Vec<String> = definition.objects.keys().map(dotted).collect();
    assert_eq!(left, ["public.people", "public.people.id", "public.people_id_seq"]);
}
