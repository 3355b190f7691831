//! Held rows and the server say the same of a column, on every engine that is given.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use crate::{
    api::*,
    connections::tests::{Shop, draft},
    runs::tests::{heads, outcomes, play, script},
    testing::{self, servers},
};

/// How far the two agree on a column.
#[derive(Clone, Copy, PartialEq)]
enum Agreed {
    /// In all they both say.
    Wholly,
    /// Not in what is least and greatest, which a server orders in its own way.
    ButForOrder,
    /// Not in which texts are frequent either: the server prints them otherwise.
    InCounts,
}

use Agreed::{ButForOrder, InCounts, Wholly};

async fn server(variable: &str) -> Option<Shop> {
    let shop = servers::server(variable).await?;
    shop.app.connect(&shop.profile).await.unwrap();
    Some(shop)
}

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

fn request(shop: &Shop, schema: &str, name: &str, filters: Vec<BrowseFilter>) -> BrowseRequest {
    let object = ObjectRef { schema: Some(schema.to_owned()), ..shop.table(name) };
    let filters = filters.into_iter().map(BrowseCondition::from).collect();
    BrowseRequest { profile_id: shop.profile.clone(), object, filters, sort: Vec::new(), actor: None }
}

/// Asks both about every column.
async fn compare(shop: &Shop, schema: &str, columns: &[(&str, Agreed)], filters: Vec<BrowseFilter>) {
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let request = request(shop, schema, "seen", filters);
    let browsed = shop.app.browse(request.clone()).await.unwrap();
    assert_eq!(browsed.progress.state, HoldState::Complete);
    let all = (0..u32::try_from(browsed.head.columns.len()).unwrap()).collect();
    let held = shop.app.column_statistics("held", &browsed.head.hold_id, all).await.unwrap();
    let names: Vec<&str> = browsed.head.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, columns.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for ((name, agreed), held) in columns.iter().zip(held) {
        let asked = shop.app.column_statistics_on_server("asked", request.clone(), name).await.unwrap();
        assert!(asked.on_server && !held.on_server && held.partial.is_none());
        let counts = |one: &ColumnStatistics| (one.rows, one.nulls, one.distinct, one.unique);
        assert_eq!(counts(&held), counts(&asked), "{name}");
        if *agreed == Wholly {
            assert_eq!((&held.least, &held.greatest), (&asked.least, &asked.greatest), "{name}");
        }
        // Which of those that are as frequent are named is left to chance.
        if *agreed != InCounts && held.distinct <= 10 {
            let sorted = |one: &ColumnStatistics| {
                let mut top = one.top.clone();
                top.sort_by(|a, b| a.text.cmp(&b.text));
                top
            };
            assert_eq!(sorted(&held), sorted(&asked), "{name}");
        }
        assert!(asked.top.windows(2).all(|pair| pair[0].count >= pair[1].count), "{name}");
        if let (Some(mean), Some(other)) = (&held.mean, &asked.mean) {
            let number = |text: &str| text.replace(['$', ','], "").parse::<f64>().unwrap();
            let (mean, other) = (number(mean), number(other));
            // The server's mean of a column with NaN is NaN; the held rows leave it out and say so.
            let near = (mean - other).abs() <= 1e-4 + mean.abs() * 1e-6;
            assert!(near || other.is_nan() && held.not_finite > 0, "{name}: {mean} {other}");
        }
    }
}

fn filter(column: &str, operator: FilterOperator, value: &str) -> BrowseFilter {
    BrowseFilter { column: column.to_owned(), operator, values: vec![value.to_owned()] }
}

#[tokio::test]
async fn a_postgres_server_says_of_a_column_what_its_held_rows_say() {
    let Some(shop) = server("ROWHOUSE_TEST_POSTGRES_18_URL").await else { return };
    let schema = format!("stat_{}", uuid::Uuid::new_v4().simple());
    run(
        &shop,
        &format!(
            "CREATE SCHEMA {schema}; CREATE TYPE {schema}.mood AS ENUM ('sad', 'ok', 'happy');
             CREATE DOMAIN {schema}.price AS numeric(10, 1);
             CREATE TABLE {schema}.seen (id integer PRIMARY KEY, amount numeric(12, 2), rate double precision, small real,
               name text, mood {schema}.mood, born date, at timestamptz, clock time, flag boolean, uid uuid, doc json,
               spot point, code char(5), pay money, span interval, bits bytea, nothing text, tags integer[],
               cost {schema}.price, whole jsonb, odd numeric);
             INSERT INTO {schema}.seen SELECT i, nullif(i % 7, 3) * 1.25, i * 0.5, i % 4 + 0.25, 'n' || i % 7,
               (ARRAY['sad', 'ok', 'happy'])[1 + i % 3]::{schema}.mood, date '0044-03-15 BC' + i * 100,
               timestamptz '2024-03-30 23:00+00' + i * interval '1 hour', time '08:00' + i % 5 * interval '1 minute',
               nullif(i % 3, 0) = 1, md5((i % 5)::text)::uuid, json_build_object('a', i % 4), point(i % 3, 1),
               'c' || i % 4, (i % 6)::numeric::money, i % 5 * interval '1 day', decode(lpad(to_hex(i % 9), 4, '0'), 'hex'),
               NULL, ARRAY[i % 2, 1], i % 8, jsonb_build_object('a', i % 2),
               CASE i % 50 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN repeat('9', 900)::numeric ELSE i END
             FROM generate_series(1, 200) AS i"
        ),
    )
    .await;
    let columns = [
        ("id", Wholly),
        ("amount", Wholly),
        ("rate", Wholly),
        ("small", Wholly),
        ("name", Wholly),
        ("mood", ButForOrder),
        ("born", Wholly),
        ("at", Wholly),
        ("clock", Wholly),
        ("flag", Wholly),
        ("uid", Wholly),
        ("doc", ButForOrder),
        ("spot", ButForOrder),
        ("code", Wholly),
        ("pay", Wholly),
        ("span", ButForOrder),
        ("bits", Wholly),
        ("nothing", Wholly),
        ("tags", ButForOrder),
        ("cost", Wholly),
        ("whole", ButForOrder),
        ("odd", ButForOrder),
    ];
    compare(&shop, &schema, &columns, Vec::new()).await;
    compare(
        &shop,
        &schema,
        &columns,
        vec![filter("id", FilterOperator::Less, "50"), filter("name", FilterOperator::Equal, "n3")],
    )
    .await;
    compare(&shop, &schema, &columns, vec![filter("id", FilterOperator::Less, "0")]).await;
    run(&shop, &format!("DROP SCHEMA {schema} CASCADE")).await;
}

#[tokio::test]
async fn a_mariadb_server_says_of_a_column_what_its_held_rows_say() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL").await else { return };
    let schema = format!("stat_{}", uuid::Uuid::new_v4().simple());
    run(
        &shop,
        &format!(
            "CREATE SCHEMA {schema} CHARACTER SET utf8mb4;
             CREATE TABLE {schema}.seen (id INT PRIMARY KEY, amount DECIMAL(12, 2), rate DOUBLE, small FLOAT,
               name VARCHAR(20), mood ENUM('sad', 'ok', 'happy'), born DATE, at DATETIME(3), clock TIME, flag BOOLEAN,
               bits VARBINARY(4), doc JSON, y YEAR, nothing TEXT, b BIT(3), spot POINT, large BIGINT UNSIGNED);
             INSERT INTO {schema}.seen SELECT seq, NULLIF(seq % 7, 3) * 1.25, seq * 0.5, seq % 4 + 0.25,
               CONCAT('n', seq % 7), ELT(1 + seq % 3, 'sad', 'ok', 'happy'), DATE '2024-01-01' + INTERVAL seq DAY,
               TIMESTAMP '2024-03-30 23:00:00' + INTERVAL seq HOUR, SEC_TO_TIME(seq % 5 * 3600), NULLIF(seq % 3, 0) = 1,
               UNHEX(LPAD(HEX(seq % 9), 4, '0')), JSON_OBJECT('a', seq % 4), 2000 + seq % 6, NULL, seq % 8,
               Point(seq % 3, 1), 18446744073709551615 - seq % 4
             FROM seq_1_to_200"
        ),
    )
    .await;
    let columns = [
        ("id", Wholly),
        ("amount", Wholly),
        ("rate", Wholly),
        ("small", Wholly),
        ("name", Wholly),
        ("mood", Wholly),
        ("born", Wholly),
        ("at", Wholly),
        ("clock", Wholly),
        ("flag", Wholly),
        ("bits", Wholly),
        ("doc", Wholly),
        ("y", Wholly),
        ("nothing", Wholly),
        ("b", InCounts),
        ("spot", InCounts),
        ("large", Wholly),
    ];
    for filters in
        [vec![], vec![filter("id", FilterOperator::Less, "50")], vec![filter("id", FilterOperator::Less, "0")]]
    {
        compare(&shop, &schema, &columns, filters).await;
    }
    run(&shop, &format!("DROP SCHEMA {schema}")).await;
}

async fn file() -> Shop {
    let home = testing::home();
    let file = home.path().join("seen.db");
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch(
            "CREATE TABLE seen (id INTEGER PRIMARY KEY, amount NUMERIC, rate REAL, name TEXT, born DATE, mixed, none TEXT,
               \"odd \"\" name\" TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
             INSERT INTO seen SELECT i, nullif(i % 7, 3) * 1.25, i * 0.1, 'n' || i % 7, date('2024-01-01', i || ' days'),
               CASE i % 5 WHEN 0 THEN 5 WHEN 1 THEN '5' WHEN 2 THEN x'00ff' WHEN 3 THEN 2.5 END, NULL, 'x' FROM n;
             CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
               SELECT i FROM n WHERE i < 0;",
        )
        .unwrap();
    let app = testing::open(&home).await;
    let profile = app.save_profile(draft("Seen", &file, Safety::ReadOnly)).await.unwrap().id;
    Shop { app, profile, home }
}

#[tokio::test]
async fn a_file_says_of_a_column_what_its_held_rows_say_and_is_only_read() {
    let shop = file().await;
    let columns = [
        ("id", Wholly),
        ("amount", Wholly),
        ("rate", Wholly),
        ("name", Wholly),
        ("born", Wholly),
        ("mixed", Wholly),
        ("none", Wholly),
        ("odd \" name", Wholly),
    ];
    shop.app.connect(&shop.profile).await.unwrap();
    compare(&shop, "main", &columns, Vec::new()).await;
    compare(&shop, "main", &columns, vec![filter("name", FilterOperator::Equal, "n3")]).await;
    let request = request(&shop, "main", "seen", Vec::new());
    let error = shop.app.column_statistics_on_server("asked", request, "gone").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_question_to_the_server_can_be_stopped() {
    let shop = file().await;
    shop.app.connect(&shop.profile).await.unwrap();
    let asked = request(&shop, "main", "slow", Vec::new());
    let app = Arc::clone(&shop.app);
    let work = tokio::spawn(async move { app.column_statistics_on_server("slow", asked, "i").await });
    while !work.is_finished() {
        shop.app.stop_asking("slow");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(work.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
}

#[tokio::test]
async fn held_rows_that_are_not_all_say_so_and_pairs_of_columns_are_found() {
    let shop = Shop::open().await;
    let browsed = shop.app.browse(crate::browse::tests::orders(&shop)).await.unwrap();
    let hold = &browsed.head.hold_id;
    let [of_customers] = &shop.app.column_statistics("a", hold, vec![1]).await.unwrap()[..] else { panic!("one") };
    assert_eq!((of_customers.rows, of_customers.partial.as_deref()), (1000, Some("first 1,000 rows, not all")));
    assert_eq!((of_customers.distinct, of_customers.unique), (3, false));
    let all = shop.app.column_statistics("a", hold, vec![0, 2]).await.unwrap();
    assert!(all[0].unique && all[0].histogram.is_some() && all[0].quartiles.as_ref().unwrap().median == "500");
    let error = shop.app.column_statistics("a", hold, vec![7]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    let error = shop.app.column_statistics("a", "gone", vec![0]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);

    let text = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
                SELECT i / 10 AS tens, i % 10 AS ones, 1 AS one, NULL AS none FROM n";
    let head = heads(&play(&shop, script(&shop, "pairs", text)).await).pop().unwrap();
    let found = shop.app.key_pairs("b", &head.hold_id, vec![0, 1, 2, 3]).await.unwrap();
    assert_eq!((found.pairs, found.bound), (vec![(0, 1)], None));
    let view = shop.app.hold_release(&head.hold_id).await;
    assert!(view.is_ok());
}
