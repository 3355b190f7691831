#![allow(clippy::unwrap_used, clippy::panic)]

mod fake;
mod lost;
mod silent;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use tempfile::TempDir;

use crate::{App, api::*, testing};

/// A shop with a few rows, connected as the profile that is returned.
pub(crate) struct Shop {
    pub(crate) app: Arc<App>,
    pub(crate) profile: String,
    pub(crate) home: TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Shop {
        Shop::open_as(Safety::Free).await
    }

    pub(crate) async fn open_as(safety: Safety) -> Shop {
        let home = testing::home();
        let file = home.path().join("shop.db");
        stock(&file);
        let app = testing::open(&home).await;
        let profile = app.save_profile(draft("Shop", &file, safety)).await.unwrap();
        Shop { app, profile: profile.id, home }
    }

    pub(crate) fn table(&self, name: &str) -> ObjectRef {
        ObjectRef {
            database: None,
            schema: Some("main".to_owned()),
            kind: "relation".to_owned(),
            name: name.to_owned(),
            signature: None,
        }
    }
}

pub(crate) fn draft(name: &str, file: &Path, safety: Safety) -> ProfileDraft {
    ProfileDraft {
        id: None,
        name: name.to_owned(),
        group: None,
        colour: None,
        environment: Environment::Local,
        safety,
        driver: "sqlite".to_owned(),
        values: BTreeMap::from([("file".to_owned(), file.to_string_lossy().into_owned())]),
        password_policy: PasswordPolicy::None,
        password: DraftPassword::Keep,
        ..ProfileDraft::default()
    }
}

fn stock(file: &Path) {
    let shop = rusqlite::Connection::open(file).unwrap();
    shop.execute_batch(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), total NUMERIC);
         CREATE INDEX orders_customer ON orders (customer_id);
         CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100;
         INSERT INTO customers VALUES (1, 'Ada', NULL), (2, 'Grace 🚀', ''), (3, 'שלום', 'x');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO orders SELECT i, 1 + i % 3, i * 0.5 FROM n;",
    )
    .unwrap();
}

/// Waits until something is so.
pub(crate) async fn until(mut so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not become so within five seconds");
}

#[tokio::test]
async fn a_connection_opens_once_and_tells_where_it_stands() {
    let shop = Shop::open().await;
    let mut events = shop.app.events();
    assert!(shop.app.connection_states().is_empty());
    let (one, two) = tokio::join!(shop.app.connect(&shop.profile), shop.app.connect(&shop.profile));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.phase.clone(), two.phase), (ConnectionPhase::Open, ConnectionPhase::Open));
    assert_eq!((one.sessions, one.session_limit), (1, 6), "the control connection counts");
    assert!(one.can_browse && one.can_show_ddl);
    assert_eq!(one.server.unwrap().product, "SQLite");
    assert_eq!(shop.app.connection_states().len(), 1);
    let mut phases = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let AppEvent::Connection { state } = event {
            phases.push(state.phase);
        }
    }
    assert!(phases.contains(&ConnectionPhase::Connecting));
    shop.app.disconnect(&shop.profile).await.unwrap();
    assert!(shop.app.connection_states().is_empty());
    until(|| match events.try_recv() {
        Ok(AppEvent::Connection { state }) => state.phase == ConnectionPhase::Closed && state.sessions == 0,
        _ => false,
    })
    .await;
    assert_eq!(shop.app.connect(&shop.profile).await.unwrap().phase, ConnectionPhase::Open, "and opens again");
}

#[tokio::test]
async fn what_cannot_be_opened_says_why_and_can_be_tried_again() {
    let shop = Shop::open().await;
    let missing = shop.home.path().join("gone/none.db");
    let profile = shop.app.save_profile(draft("Gone", &missing, Safety::Free)).await.unwrap();
    let error = shop.app.connect(&profile.id).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    let state = shop.app.connection_states().pop().unwrap();
    assert!(matches!(state.phase, ConnectionPhase::Failed { .. }));
    assert_eq!(state.sessions, 0, "a failed attempt gives its place back");
    std::fs::create_dir(missing.parent().unwrap()).unwrap();
    stock(&missing);
    assert_eq!(shop.app.connect(&profile.id).await.unwrap().phase, ConnectionPhase::Open);
    assert_eq!(shop.app.connect("nobody").await.unwrap_err().code, ErrorCode::NotFound);
}
