//! Rows are made up on every engine that is given: they go in, they fit, and the same number makes the same ones.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use driver::Statement;
use tokio::sync::mpsc;

use crate::{
    api::*,
    connections::tests::Shop,
    references::asks,
    runs::tests::{outcomes, play, script},
    testing::servers,
};

async fn run(shop: &Shop, text: &str) {
    for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
        assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}\n{text}");
    }
}

fn table(schema: &str, name: &str, rows: u64) -> GenerateTable {
    let table = ObjectRef {
        database: None,
        schema: Some(schema.to_owned()),
        kind: "relation".to_owned(),
        name: name.to_owned(),
        signature: None,
    };
    GenerateTable { table, rows }
}

fn request(shop: &Shop, tables: Vec<GenerateTable>, seed: u32) -> Generate {
    Generate { profile_id: shop.profile.clone(), tables, seed, dry_run: false, confirmed: None }
}

async fn ended(events: &mut mpsc::UnboundedReceiver<TransferEvent>) -> TransferEvent {
    loop {
        let event = tokio::time::timeout(Duration::from_secs(120), events.recv()).await.unwrap().unwrap();
        if !matches!(event, TransferEvent::Progress { .. }) {
            return event;
        }
    }
}

async fn generate(shop: &Shop, request: Generate) -> TransferEvent {
    let (sender, mut events) = mpsc::unbounded_channel();
    shop.app.generate(request, sender).await.unwrap();
    ended(&mut events).await
}

async fn made(shop: &Shop, request: Generate) -> u64 {
    match generate(shop, request).await {
        TransferEvent::Done { rows, .. } => rows,
        other => panic!("{other:#?}"),
    }
}

/// The answer's rows, a line each.
async fn asked(shop: &Shop, text: &str, columns: usize) -> Vec<String> {
    let object = table("", "", 0).table;
    let place = shop.app.place(&shop.profile, &object).await.unwrap();
    let rows = asks::run(&place, Statement::new(text), columns).await.unwrap();
    let line = |row: asks::Texts| row.into_iter().map(|value| value.unwrap_or("NULL".to_owned())).collect::<Vec<_>>();
    rows.into_iter().map(|row| line(row).join("|")).collect()
}

async fn one(shop: &Shop, text: &str) -> String {
    asked(shop, text, 1).await.join("\n")
}

/// A schema of a shop in the words of an engine; `$` stands for the schema.
struct Shelf {
    make: &'static str,
    again: &'static str,
    /// Inserts an order the way an application does, without saying its number.
    order: &'static str,
}

const POSTGRES: Shelf = Shelf {
    make: "CREATE SCHEMA $;
        CREATE TYPE $.mood AS ENUM ('sad', 'ok', 'it''s fine');
        CREATE DOMAIN $.price AS numeric(9,2) NOT NULL CHECK (VALUE > 0);
        CREATE TABLE $.customers (id serial PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, name text NOT NULL,
          mood $.mood, born date, vip boolean NOT NULL, seen timestamptz, tags text[], doc jsonb, photo bytea,
          address inet, code uuid UNIQUE, score double precision, odd tsvector, CHECK (length(name) <= 80));
        CREATE UNIQUE INDEX ON $.customers (lower(name)) WHERE vip;
        CREATE TABLE $.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          customer_id integer NOT NULL REFERENCES $.customers, parent_id bigint REFERENCES $.orders,
          status text NOT NULL CHECK (status IN ('new', 'paid', 'sent')), total $.price,
          twice numeric GENERATED ALWAYS AS (total * 2) STORED, placed_at timestamp NOT NULL DEFAULT now());
        CREATE TABLE $.lines (order_id bigint REFERENCES $.orders, line smallint, quantity integer NOT NULL
          CHECK (quantity BETWEEN 1 AND 20), PRIMARY KEY (order_id, line))",
    again: "DROP SCHEMA $ CASCADE",
    order: "INSERT INTO $.orders (customer_id, status, total) SELECT min(id), 'new', 1 FROM $.customers",
};

const MARIADB: Shelf = Shelf {
    make: "CREATE SCHEMA $ CHARACTER SET utf8mb4;
        CREATE TABLE $.customers (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE, name TEXT NOT NULL,
          mood ENUM('sad','ok','it''s fine'), born DATE, vip BOOLEAN NOT NULL, seen TIMESTAMP NULL, doc JSON,
          photo VARBINARY(20), code UUID UNIQUE, score DOUBLE, spot POINT, tags SET('a','b'), y YEAR,
          narrow VARCHAR(30) CHARACTER SET latin1);
        CREATE TABLE $.orders (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, parent_id BIGINT UNSIGNED,
          status VARCHAR(10) NOT NULL CHECK (status IN ('new', 'paid', 'sent')), total DECIMAL(9,2) NOT NULL CHECK (total > 0),
          twice DECIMAL(10,2) AS (total * 2) STORED, placed_at DATETIME NOT NULL DEFAULT now(),
          FOREIGN KEY (customer_id) REFERENCES $.customers (id), FOREIGN KEY (parent_id) REFERENCES $.orders (id));
        CREATE TABLE $.lines (order_id BIGINT UNSIGNED, line SMALLINT, quantity INT NOT NULL CHECK (quantity BETWEEN 1 AND 20),
          PRIMARY KEY (order_id, line), FOREIGN KEY (order_id) REFERENCES $.orders (id))",
    again: "DROP SCHEMA $",
    order: "INSERT INTO $.orders (customer_id, status, total) SELECT min(id), 'new', 1 FROM $.customers",
};

const SQLITE: Shelf = Shelf {
    make: "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE, name TEXT NOT NULL,
          mood TEXT CHECK (mood IN ('sad', 'ok', 'it''s fine')), born DATE, vip BOOLEAN NOT NULL, seen DATETIME, doc JSON,
          photo BLOB, code UUID UNIQUE, score REAL);
        CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL REFERENCES customers,
          parent_id INTEGER REFERENCES orders, status TEXT NOT NULL CHECK (status IN ('new', 'paid', 'sent')),
          total DECIMAL(9,2) NOT NULL CHECK (total > 0), twice AS (total * 2), placed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE lines (order_id INTEGER REFERENCES orders, line INTEGER, quantity INTEGER NOT NULL
          CHECK (quantity BETWEEN 1 AND 20), PRIMARY KEY (order_id, line)) WITHOUT ROWID",
    again: "DROP TABLE lines; DROP TABLE orders; DROP TABLE customers",
    order: "INSERT INTO orders (customer_id, status, total) SELECT min(id), 'new', 1 FROM customers",
};

/// Everything in the three tables, a line each.
async fn all(shop: &Shop, schema: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (name, order) in [("customers", "id"), ("orders", "id"), ("lines", "order_id, line")] {
        let columns = match name {
            "customers" => "id, email, name, mood, born, vip, seen, doc, photo, code, score",
            "orders" => "id, customer_id, parent_id, status, total, placed_at",
            _ => "order_id, line, quantity",
        };
        let count = columns.split(',').count();
        let text = format!("SELECT {columns} FROM {schema}.{name} ORDER BY {order}");
        all.extend(asked(shop, &text, count).await);
    }
    all
}

async fn a_graph_of_tables_is_filled(shop: &Shop, schema: &str, shelf: &Shelf) {
    let of = |text: &str| text.replace('$', schema);
    run(shop, &of(shelf.make)).await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    // Named in an order in which they cannot be filled.
    let tables = || vec![table(schema, "lines", 900), table(schema, "orders", 300), table(schema, "customers", 100)];
    let look = shop.app.generate_look(&request(shop, tables(), 7)).await.unwrap();
    let order: Vec<&str> = look.tables.iter().map(|table| table.table.name.as_str()).collect();
    assert_eq!(order, ["customers", "orders", "lines"]);
    assert_eq!(look.asks, None);
    let customers = &look.tables[0];
    assert_eq!((customers.rows, customers.existing, customers.sample.len()), (100, 0, 8));
    let words = |table: &GeneratedTable, column: &str| {
        table.columns.iter().find(|one| one.name == column).map(|one| one.words.clone()).unwrap()
    };
    assert!(words(customers, "email").contains("each once"), "{}", words(customers, "email"));
    assert!(words(&look.tables[1], "customer_id").starts_with("refers to customers"));
    assert_eq!(words(&look.tables[1], "twice"), "made by the server");
    assert_eq!(one(shop, &of("SELECT count(*) FROM $.customers")).await, "0", "a look changes nothing");

    let trial = Generate { dry_run: true, ..request(shop, tables(), 7) };
    assert_eq!(made(shop, trial).await, 1300);
    assert_eq!(one(shop, &of("SELECT count(*) FROM $.customers")).await, "0", "a trial is undone");
    assert_eq!(made(shop, request(shop, tables(), 7)).await, 1300);
    let first = all(shop, schema).await;
    assert_eq!(first.len(), 1300);
    let shown: Vec<String> = customers.sample[0].iter().take(3).map(|value| value.clone().unwrap()).collect();
    assert!(first[0].starts_with(&shown.join("|")), "what was shown is what went in: {} {shown:?}", first[0]);
    let several = of("SELECT count(DISTINCT customer_id) FROM $.orders");
    assert!(one(shop, &several).await.parse::<u32>().unwrap() > 50, "orders are spread over customers");
    // The next number is free.
    run(shop, &of(shelf.order)).await;
    run(shop, &of("DELETE FROM $.orders WHERE id = 301")).await;

    // A second helping goes in beside the first, and keys lead to what is there.
    assert_eq!(made(shop, request(shop, vec![table(schema, "customers", 50)], 7)).await, 50);
    assert_eq!(made(shop, request(shop, vec![table(schema, "orders", 20)], 7)).await, 20);
    assert_eq!(one(shop, &of("SELECT count(DISTINCT email) FROM $.customers")).await, "150");

    run(shop, &of(shelf.again)).await;
    run(shop, &of(shelf.make)).await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    assert_eq!(made(shop, request(shop, tables(), 7)).await, 1300);
    assert_eq!(all(shop, schema).await, first, "the same number makes the same rows");

    let refused = shop.app.generate_look(&request(shop, vec![table(schema, "nobody", 5)], 1)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    run(shop, &of(shelf.again)).await;
}

fn own_schema() -> String {
    format!("made_{}", uuid::Uuid::new_v4().simple())
}

#[tokio::test]
async fn a_graph_of_postgres_tables_is_filled() {
    for variable in ["ROWHOUSE_TEST_POSTGRES_15_URL", "ROWHOUSE_TEST_POSTGRES_18_URL"] {
        let Some(shop) = servers::server(variable).await else { continue };
        shop.app.connect(&shop.profile).await.unwrap();
        a_graph_of_tables_is_filled(&shop, &own_schema(), &POSTGRES).await;
    }
}

#[tokio::test]
async fn a_graph_of_mariadb_tables_is_filled() {
    let Some(shop) = servers::server("ROWHOUSE_TEST_MARIADB_URL").await else { return };
    shop.app.connect(&shop.profile).await.unwrap();
    a_graph_of_tables_is_filled(&shop, &own_schema(), &MARIADB).await;
}

#[tokio::test]
async fn a_graph_of_sqlite_tables_is_filled() {
    let shop = Shop::open().await;
    shop.app.connect(&shop.profile).await.unwrap();
    run(&shop, "DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS customers").await;
    a_graph_of_tables_is_filled(&shop, "main", &SQLITE).await;
}

#[tokio::test]
async fn what_is_stopped_or_refused_leaves_nothing() {
    let shop = Shop::open().await;
    run(
        &shop,
        "CREATE TABLE many (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE few (kind TEXT PRIMARY KEY CHECK (kind IN ('a', 'b')));
         CREATE TABLE child (id INTEGER PRIMARY KEY, few_kind TEXT NOT NULL REFERENCES few);
         CREATE VIEW shown AS SELECT * FROM many;
         CREATE TRIGGER no BEFORE INSERT ON many WHEN NEW.id = 25000 BEGIN SELECT raise(ABORT, 'not this one'); END",
    )
    .await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let look = async |tables| shop.app.generate_look(&request(&shop, tables, 1)).await.unwrap_err();

    let error = look(vec![table("main", "few", 3)]).await;
    assert_eq!(error.code, ErrorCode::InvalidStatement);
    assert!(error.message.contains("only 2"), "{}", error.message);
    let error = look(vec![table("main", "child", 3)]).await;
    assert!(error.message.contains("must refer to a row of few"), "{}", error.message);
    assert_eq!(look(vec![table("main", "shown", 3)]).await.code, ErrorCode::Unsupported);
    assert_eq!(look(vec![table("main", "many", 0)]).await.code, ErrorCode::InvalidStatement);
    assert_eq!(look(Vec::new()).await.code, ErrorCode::InvalidStatement);
    let twice = vec![table("main", "many", 1), table("main", "many", 1)];
    assert_eq!(look(twice).await.code, ErrorCode::InvalidStatement);

    let refused = generate(&shop, request(&shop, vec![table("main", "many", 30_000)], 1)).await;
    let TransferEvent::Failed { error } = refused else { panic!("{refused:#?}") };
    assert!(error.message.starts_with("many, among rows 20,001 to 30,000: "), "{}", error.message);
    assert!(error.message.contains("not this one"), "{}", error.message);
    assert_eq!(one(&shop, "SELECT count(*) FROM many").await, "0");

    run(&shop, "DROP TRIGGER no").await;
    let (sender, mut events) = mpsc::unbounded_channel();
    let endless = request(&shop, vec![table("main", "many", 50_000_000)], 1);
    let id = shop.app.generate(endless, sender).await.unwrap();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(60), events.recv()).await.unwrap().unwrap();
        match event {
            TransferEvent::Progress { rows, .. } if rows > 0 => break,
            TransferEvent::Progress { .. } => {}
            other => panic!("{other:#?}"),
        }
    }
    shop.app.stop_transfer(&id).await.unwrap();
    assert!(matches!(ended(&mut events).await, TransferEvent::Stopped));
    assert_eq!(one(&shop, "SELECT count(*) FROM many").await, "0");
    let rows = vec![table("main", "few", 2), table("main", "child", 3)];
    assert_eq!(made(&shop, request(&shop, rows, 1)).await, 5, "the connection goes on");
}

#[tokio::test]
async fn the_guard_holds() {
    let shop = Shop::open_as(Safety::ReadOnly).await;
    let tables = shop.app.generate_offer(&shop.profile, &shop.table("orders")).await.unwrap();
    assert_eq!(tables.forbidden.as_deref(), Some("The connection is read-only."));
    let (sender, _events) = mpsc::unbounded_channel();
    let rows = request(&shop, vec![table("main", "orders", 1)], 1);
    assert_eq!(shop.app.generate(rows, sender).await.unwrap_err().code, ErrorCode::Forbidden);

    let shop = Shop::open_as(Safety::ConfirmWrites).await;
    run_nothing(&shop).await;
}

/// Where every change is confirmed, a word is typed first: the table's name, or of several the connection's.
async fn run_nothing(shop: &Shop) {
    let rows = request(shop, vec![table("main", "orders", 1)], 1);
    assert_eq!(shop.app.generate_look(&rows).await.unwrap().asks.as_deref(), Some("orders"));
    for typed in [None, Some("Orders".to_owned())] {
        let (sender, _events) = mpsc::unbounded_channel();
        let rows = Generate { confirmed: typed, ..rows.clone() };
        assert_eq!(shop.app.generate(rows, sender).await.unwrap_err().code, ErrorCode::Forbidden);
    }
    let said = Generate { confirmed: Some(" orders ".to_owned()), ..rows };
    assert_eq!(made(shop, said).await, 1);
}

#[tokio::test]
async fn an_offer_has_the_tables_around() {
    let shop = Shop::open().await;
    run(
        &shop,
        "CREATE TABLE countries (code TEXT PRIMARY KEY);
         CREATE TABLE cities (id INTEGER PRIMARY KEY, country TEXT NOT NULL REFERENCES countries, twin INTEGER REFERENCES cities);
         CREATE TABLE streets (id INTEGER PRIMARY KEY, city INTEGER NOT NULL REFERENCES cities);
         CREATE TABLE elsewhere (id INTEGER PRIMARY KEY);
         CREATE VIEW shown AS SELECT * FROM cities",
    )
    .await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    let offer = shop.app.generate_offer(&shop.profile, &shop.table("cities")).await.unwrap();
    let seen: Vec<(&str, bool, &[u32])> =
        offer.candidates.iter().map(|one| (one.table.name.as_str(), one.asked, one.refers_to.as_slice())).collect();
    assert_eq!(seen, [("cities", true, &[1][..]), ("countries", false, &[]), ("streets", false, &[0])]);
    let schema = ObjectRef { kind: "schema".to_owned(), schema: None, name: "main".to_owned(), ..shop.table("") };
    let offer = shop.app.generate_offer(&shop.profile, &schema).await.unwrap();
    assert!(offer.candidates.iter().all(|one| one.asked && one.table.name != "shown"));
    assert!(offer.candidates.iter().any(|one| one.table.name == "elsewhere"));
    let view = shop.app.generate_offer(&shop.profile, &shop.table("shown")).await.unwrap_err();
    assert_eq!(view.code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn numbers_go_on_where_there_is_room() {
    let shop = Shop::open().await;
    run(
        &shop,
        "CREATE TABLE goods (id INTEGER PRIMARY KEY, code BIGINT UNIQUE);
         INSERT INTO goods VALUES (7, 9223372036854775807), (8, 12)",
    )
    .await;
    shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
    assert_eq!(made(&shop, request(&shop, vec![table("main", "goods", 40)], 1)).await, 40);
    let made = one(&shop, "SELECT min(id) || ' ' || max(id) || ' ' || min(code) FROM goods WHERE id > 8").await;
    assert_eq!(made, "9 48 13");
}
