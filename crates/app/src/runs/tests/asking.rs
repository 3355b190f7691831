//! What is asked before a script changes the whole of something, on a real file.

use super::*;
use crate::{
    connections::tests::draft,
    testing::servers::{server, shop_at},
};

async fn asked(shop: &Shop, request: RunRequest) -> SweepQuestion {
    let (sender, mut events) = mpsc::unbounded_channel();
    match shop.app.run(request, sender).await.unwrap() {
        RunAnswer::Confirm { question } => {
            assert!(events.recv().await.is_none(), "nothing happened");
            question
        }
        RunAnswer::Started { .. } => panic!("nobody was asked"),
    }
}

fn yes(question: &SweepQuestion, typed: Option<&str>) -> Option<RunConsent> {
    Some(RunConsent { digest: question.digest.clone(), typed: typed.map(str::to_owned) })
}

/// What the file itself says, through no code of ours.
fn count(shop: &Shop, text: &str) -> i64 {
    let file = rusqlite::Connection::open(shop.home.path().join("shop.db")).unwrap();
    file.query_row(text, [], |row| row.get(0)).unwrap()
}

async fn another(shop: &Shop, environment: Environment, safety: Safety) -> Shop {
    let file = shop.home.path().join("shop.db");
    let mut draft = draft(&format!("{environment:?}"), &file, safety);
    draft.environment = environment;
    let profile = shop.app.save_profile(draft).await.unwrap().id;
    let home = crate::testing::home();
    std::fs::copy(&file, home.path().join("shop.db")).unwrap();
    Shop { app: std::sync::Arc::clone(&shop.app), profile, home }
}

#[tokio::test]
async fn nothing_of_a_script_is_sent_before_a_yes_to_what_it_does_to_every_row() {
    let shop = Shop::open().await;
    let text = "insert into customers values (9, 'Eve', null);\nupdate customers set note = 'gone'";
    let question = asked(&shop, script(&shop, "t", text)).await;
    assert_eq!(question.title, "Update every row of customers?");
    assert_eq!((question.confirm.as_str(), question.typed.as_deref()), ("Update every row", None));
    let [change] = &question.changes[..] else { panic!("{question:?}") };
    assert_eq!((change.action.as_str(), change.way_back), ("UPDATE of every row", WayBack::None));
    assert_eq!(change.range, TextRange { from: 47, to: 81 });
    assert_eq!(change.targets[0].estimated_rows, None);
    assert_eq!(change.targets[0].rows.as_deref(), Some("how many rows is unknown"), "never 0");
    assert!(shop.app.tab_session("t").is_none(), "no session was opened for it");
    assert_eq!(count(&shop, "select count(*) from customers"), 3, "nor was the statement before it sent");
    assert_eq!(count(&shop, "select count(*) from customers where note = 'gone'"), 0);

    // A yes to one text is none to another, nor on another connection, nor with other values.
    let other = RunRequest { confirmed: yes(&question, None), ..script(&shop, "t", "delete from customers") };
    assert_eq!(asked(&shop, other).await.title, "Delete every row of customers?");
    let values = vec![ParameterValue { name: "x".to_owned(), value: None }];
    let changed = RunRequest { parameters: values, confirmed: yes(&question, None), ..script(&shop, "t", text) };
    asked(&shop, changed).await;
    let elsewhere = another(&shop, Environment::Development, Safety::Free).await;
    asked(&elsewhere, RunRequest { confirmed: yes(&question, None), ..script(&elsewhere, "t", text) }).await;

    let same = RunRequest { confirmed: yes(&question, None), ..script(&shop, "t", text) };
    let ended = outcomes(&play(&shop, same).await);
    assert!(ended.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{ended:?}");
    assert_eq!(count(&shop, "select count(*) from customers where note = 'gone'"), 4);
    asked(&shop, script(&shop, "t", text)).await;
}

#[tokio::test]
async fn the_catalog_at_hand_says_about_how_many_rows() {
    let shop = Shop::open().await;
    play(&shop, script(&shop, "t", "analyze")).await;
    shop.app.tree(&shop.profile, None, 0, 10).await.unwrap();
    let connected = shop.app.live.find(&shop.profile).unwrap();
    until(|| {
        let latest = connected.main().unwrap().shelf.latest();
        latest.is_some_and(|shelved| {
            let id = shelved.relation(None, "orders").unwrap();
            shelved.catalog.relations[id.0 as usize].estimated_rows.value().copied().flatten().is_some()
        })
    })
    .await;
    let question = asked(&shop, script(&shop, "t", "delete from main.orders where 1 = 1")).await;
    let target = &question.changes[0].targets[0];
    assert_eq!((target.name.as_str(), target.estimated_rows), ("main.orders", Some(2500)));
    assert_eq!(target.rows.as_deref(), Some("about 2,500 rows, an estimate"));
}

#[tokio::test]
async fn on_production_the_name_is_typed() {
    let local = Shop::open().await;
    let shop = another(&local, Environment::Production, Safety::Free).await;
    let text = "delete from orders; update customers set note = ''";
    let question = asked(&shop, script(&shop, "t", text)).await;
    assert!(question.production);
    assert_eq!(question.title, "Run 2 changes of whole tables or objects?");
    assert_eq!(question.typed.as_deref(), Some("orders, customers"));
    for typed in [None, Some("orders"), Some("Orders, customers"), Some("")] {
        let request = RunRequest { confirmed: yes(&question, typed), ..script(&shop, "t", text) };
        let refused = shop.app.run(request, mpsc::unbounded_channel().0).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        assert!(refused.message.contains("Nothing was sent"), "{refused:?}");
    }
    assert_eq!(count(&local, "select count(*) from orders"), 2500);
    let request = RunRequest { confirmed: yes(&question, Some(" orders, customers ")), ..script(&shop, "t", text) };
    play(&shop, request).await;
    assert_eq!(count(&local, "select count(*) from orders"), 0);
    let many = "drop view a; drop view b; drop view c; drop view d";
    assert_eq!(asked(&shop, script(&shop, "t", many)).await.typed.as_deref(), Some("Production"));
}

#[tokio::test]
async fn where_it_is_asked_follows_the_environment_and_the_settings() {
    let local = Shop::open().await;
    let mut shops = vec![local];
    for environment in [Environment::Development, Environment::Staging, Environment::Production] {
        let shop = another(&shops[0], environment, Safety::Free).await;
        shops.push(shop);
    }
    let texts = ["update nosuch set a = 1", "drop table nosuch"];
    // For each setting: the environments that ask before an UPDATE, and before a DROP.
    for (ask_whole_table, ask_drops, updates, drops) in [
        (AskWhen::Always, false, [true, true, true, true], [false, false, true, true]),
        (AskWhen::Production, true, [false, false, true, true], [true, true, true, true]),
        (AskWhen::Never, false, [false, false, false, false], [false, false, true, true]),
    ] {
        let settings = Settings { ask_whole_table, ask_drops, ..Settings::default() };
        shops[0].app.save_settings(settings).await.unwrap();
        for (at, shop) in shops.iter().enumerate() {
            for (text, expected) in texts.into_iter().zip([updates[at], drops[at]]) {
                let (sender, mut events) = mpsc::unbounded_channel();
                let answer = shop.app.run(script(shop, &shop.profile, text), sender).await.unwrap();
                let is_asked = matches!(answer, RunAnswer::Confirm { .. });
                assert_eq!(is_asked, expected, "{text}, {ask_whole_table:?}, {ask_drops}, {at}");
                if !is_asked {
                    to_the_end(&mut events).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_read_only_connection_refuses_and_asks_nothing() {
    let shop = Shop::open_as(Safety::ReadOnly).await;
    let ended = outcomes(&play(&shop, script(&shop, "t", "delete from customers")).await);
    assert!(
        matches!(&ended[..], [StatementOutcome::Failed { error, .. }] if error.code == ErrorCode::Forbidden),
        "{ended:?}"
    );
}

#[tokio::test]
async fn the_way_back_is_what_the_transaction_around_it_leaves() {
    let shop = Shop::open().await;
    for (text, expected) in [
        ("delete from orders", vec![WayBack::None]),
        ("begin; delete from orders", vec![WayBack::Rollback]),
        ("begin; delete from orders; commit; delete from customers", vec![WayBack::Committed, WayBack::None]),
        ("begin; delete from orders; rollback; update orders set total = 1", vec![WayBack::Rollback, WayBack::None]),
        ("begin; delete from orders; rollback to x", vec![WayBack::Rollback]),
    ] {
        let question = asked(&shop, script(&shop, "t", text)).await;
        let ways: Vec<WayBack> = question.changes.iter().map(|change| change.way_back).collect();
        assert_eq!(ways, expected, "{text}");
    }
    play(&shop, script(&shop, "t", "begin")).await;
    let question = asked(&shop, script(&shop, "t", "delete from orders")).await;
    assert_eq!(question.changes[0].way_back, WayBack::Rollback, "the tab's own transaction is open");
    let elsewhere = asked(&shop, script(&shop, "another tab", "delete from orders")).await;
    assert_eq!(elsewhere.changes[0].way_back, WayBack::None);
    let request = RunRequest { confirmed: yes(&question, None), ..script(&shop, "t", "delete from orders") };
    play(&shop, request).await;
    play(&shop, script(&shop, "t", "rollback")).await;
    assert_eq!(count(&shop, "select count(*) from orders"), 2500, "it came back");
}

#[tokio::test]
async fn at_the_level_confirm_writes_every_change_waits_for_a_yes_and_reading_does_not() {
    let shop = Shop::open().await;
    let careful = another(&shop, Environment::Development, Safety::ConfirmWrites).await;
    let events = play(&careful, script(&careful, "t", "select * from customers; pragma table_info(customers)")).await;
    assert!(
        outcomes(&events).iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })),
        "{events:?}"
    );

    let text = "insert into customers values (9, 'Eve', null)";
    let question = asked(&careful, script(&careful, "t", text)).await;
    assert_eq!(question.title, "Run INSERT on customers?");
    assert_eq!((question.confirm.as_str(), question.typed.as_deref()), ("Run INSERT", None));
    assert_eq!(count(&shop, "select count(*) from customers where id = 9"), 0);
    play(&careful, RunRequest { confirmed: yes(&question, None), ..script(&careful, "t", text) }).await;
    assert_eq!(count(&shop, "select count(*) from customers where id = 9"), 1);

    let several = "create table notes (a); insert into notes values (1); select 1; drop table notes";
    let question = asked(&careful, script(&careful, "t", several)).await;
    assert_eq!(question.title, "Run 3 changes?");
    assert_eq!(
        question.changes.iter().map(|change| change.action.as_str()).collect::<Vec<_>>(),
        ["CREATE TABLE", "INSERT", "DROP TABLE"]
    );
    assert_eq!(question.typed.as_deref(), Some("notes"), "what is dropped is typed in every environment");
    let refused = careful.app.run(
        RunRequest { confirmed: yes(&question, Some("other")), ..script(&careful, "t", several) },
        mpsc::unbounded_channel().0,
    );
    assert_eq!(refused.await.unwrap_err().code, ErrorCode::Forbidden);

    let strange = asked(&careful, script(&careful, "t", "frobnicate the database")).await;
    assert_eq!(strange.changes.len(), 1, "what is not understood counts as a change");
}

#[tokio::test]
async fn a_change_of_some_rows_says_how_many_the_server_expects_where_its_plan_would_be_the_same() {
    for (variable, at_most) in [("ROWHOUSE_TEST_POSTGRES_18_URL", false), ("ROWHOUSE_TEST_MARIADB_URL", true)] {
        let Some(maker) = server(variable).await else { continue };
        let table = format!("expected_{}", uuid::Uuid::new_v4().simple());
        let rows = (1..=1000).map(|id| format!("({id}, 'n')")).collect::<Vec<_>>().join(", ");
        for text in [
            format!("create table {table} (id int primary key, name varchar(20))"),
            format!("insert into {table} values {rows}"),
            if at_most { format!("analyze table {table}") } else { format!("analyze {table}") },
        ] {
            play(&maker, script(&maker, "t", &text)).await;
        }
        let shop = shop_at(&std::env::var(variable).unwrap(), Safety::ConfirmWrites).await;
        shop.app.connect(&shop.profile).await.unwrap();
        let told = async |text: &str| {
            let question = asked(&shop, script(&shop, "t", text)).await;
            question.changes.iter().map(|change| change.targets[0].estimated_rows).collect::<Vec<_>>()
        };
        let of_some =
            told(&format!("update {table} set name = 'x' where id <= 100; delete from {table} where id = 7")).await;
        let near = if at_most { 50..=400 } else { 80..=120 };
        assert!(of_some[0].is_some_and(|rows| near.contains(&rows)), "{variable}: {of_some:?}");
        assert_eq!(of_some[1], Some(1), "{variable}");
        // Another session would plan another statement.
        let bound = format!("delete from {table} where id = $1");
        let values = vec![ParameterValue { name: "1".to_owned(), value: Some("7".to_owned()) }];
        if !at_most {
            let question = asked(&shop, RunRequest { parameters: values, ..script(&shop, "t", &bound) }).await;
            assert_eq!(question.changes[0].targets[0].estimated_rows, None);
            let moved = format!("set search_path = pg_catalog; delete from {table} where id = 7");
            assert_eq!(told(&moved).await, [None]);
        }
        assert_eq!(
            told("delete from nothing_is_called_so where id = 7").await,
            [None],
            "an error of the plan is no answer"
        );
        play(&maker, script(&maker, "t", &format!("drop table {table}"))).await;
    }
}
