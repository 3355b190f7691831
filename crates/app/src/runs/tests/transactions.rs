//! Transactions a person ends.

use super::{postgres::servers, *};
use crate::testing::servers::server;

fn manual(shop: &Shop, tab: &str, text: &str) -> RunRequest {
    RunRequest { manual_transactions: true, go_on: true, ..script(shop, tab, text) }
}

fn failed(outcome: &StatementOutcome) -> bool {
    matches!(outcome, StatementOutcome::Failed { .. })
}

fn notices(events: &[RunEvent]) -> Vec<String> {
    let of = |event: &RunEvent| match event {
        RunEvent::Notice { notice, .. } if notice.label == "ROWHOUSE" => Some(notice.message.clone()),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

async fn count(shop: &Shop, tab: &str, table: &str) -> String {
    let events = play(shop, script(shop, tab, &format!("select count(*) from {table}"))).await;
    let hold = heads(&events)[0].hold_id.clone();
    String::from_utf8(shop.app.hold_cell(&hold, 0, 0, 0, 20).await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_first_statement_opens_a_transaction_that_only_a_person_ends() {
    let mut shops = servers().await;
    shops.push(Shop::open().await);
    for shop in shops {
        play(
            &shop,
            script(&shop, "a", "create table if not exists mine (id int primary key); delete from mine where id > 0"),
        )
        .await;
        let events = play(&shop, manual(&shop, "t", "insert into mine values (1); insert into mine values (2)")).await;
        assert!(!outcomes(&events).iter().any(failed), "{events:?}");
        let session = shop.app.tab_session("t").unwrap();
        assert_eq!(session.transaction, "open");
        assert!(session.unused_since_ms.is_some_and(|since| since <= crate::store::now_ms()));
        assert_eq!(count(&shop, "a", "mine").await, "0", "nobody else sees it");
        shop.app.end_transaction("t", false).await.unwrap();
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "idle");
        play(&shop, manual(&shop, "t", "insert into mine values (3)")).await;
        shop.app.end_transaction("t", true).await.unwrap();
        assert_eq!(count(&shop, "a", "mine").await, "1");
        assert_eq!(shop.app.tab_session("t").unwrap().unused_since_ms, None);
        shop.app.end_transaction("t", true).await.unwrap();
        assert_eq!(shop.app.end_transaction("nobody", true).await.unwrap_err().code, ErrorCode::NotFound);
        let query =
            HistoryQuery { text: String::new(), profile_id: None, before: None, limit: 9, ..HistoryQuery::default() };
        let history = shop.app.history(query).await.unwrap();
        assert!(history.iter().any(|entry| entry.text == "COMMIT" && entry.outcome == "completed"), "{history:#?}");
        play(&shop, script(&shop, "a", "drop table mine")).await;
    }
}

#[tokio::test]
async fn a_statement_that_fails_undoes_itself_and_not_what_was_done_before() {
    let mut shops = servers().await;
    shops.push(Shop::open().await);
    for shop in shops {
        let text = "create table kept (id int primary key); insert into kept values (1); insert into kept values (1); \
                    insert into kept values (2)";
        let events = play(&shop, manual(&shop, "t", text)).await;
        assert_eq!(outcomes(&events).iter().map(failed).collect::<Vec<_>>(), [false, false, true, false]);
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "open");
        shop.app.end_transaction("t", true).await.unwrap();
        assert_eq!(count(&shop, "a", "kept").await, "2");
        play(&shop, script(&shop, "a", "drop table kept")).await;
    }
}

#[tokio::test]
async fn what_no_transaction_takes_is_sent_without_one_and_a_failed_one_is_not_committed() {
    for shop in servers().await {
        let events = play(&shop, manual(&shop, "t", "vacuum pg_catalog.pg_am")).await;
        assert!(!outcomes(&events).iter().any(failed), "{events:?}");
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "idle");
        // A transaction of the person's own, without savepoints of ours.
        play(&shop, script(&shop, "t", "begin; select 1/0")).await;
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "failed");
        let refused = shop.app.end_transaction("t", true).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        shop.app.end_transaction("t", false).await.unwrap();
        // What only shows at the end is told there.
        let text = "create temp table p (id int primary key); \
                    create temp table c (id int references p deferrable initially deferred); insert into c values (7)";
        let events = play(&shop, manual(&shop, "t", text)).await;
        assert!(!outcomes(&events).iter().any(failed), "{events:?}");
        let refused = shop.app.end_transaction("t", true).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::ConstraintViolated);
        assert_eq!(shop.app.tab_session("t").unwrap().transaction, "idle");
    }
}

#[tokio::test]
async fn a_server_that_commits_by_itself_is_told_of() {
    let Some(shop) = server("ROWHOUSE_TEST_MARIADB_URL").await else { return };
    let text =
        "create temporary table t (id int); insert into t values (1); create table if not exists told_of (id int)";
    let events = play(&shop, manual(&shop, "t", text)).await;
    assert!(!outcomes(&events).iter().any(failed), "{events:?}");
    assert_eq!(notices(&events), ["The server committed the transaction with this statement."]);
    play(&shop, script(&shop, "t", "drop table told_of")).await;
}

#[tokio::test]
async fn an_unused_transaction_is_rolled_back_after_its_time_and_kept_while_it_is_wanted() {
    let shop = Shop::open().await;
    play(&shop, script(&shop, "a", "create table idle (id int)")).await;
    play(&shop, manual(&shop, "t", "insert into idle values (1)")).await;
    let first = shop.app.tab_session("t").unwrap().unused_since_ms.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    shop.app.keep_transaction("t").await.unwrap();
    assert!(shop.app.tab_session("t").unwrap().unused_since_ms.unwrap() > first);
    let mut told = shop.app.events();
    shop.app.live.tabs.roll_back_idle(&shop.app, &shop.profile, Duration::from_secs(600));
    assert_eq!(shop.app.tab_session("t").unwrap().transaction, "open");
    shop.app.live.tabs.roll_back_idle(&shop.app, &shop.profile, Duration::ZERO);
    until(|| shop.app.tab_session("t").unwrap().transaction == "idle").await;
    assert_eq!(count(&shop, "a", "idle").await, "0");
    let mut said = false;
    while let Ok(event) = told.try_recv() {
        said |= matches!(event, AppEvent::Message { notice, .. } if notice.message.contains("rolled back"));
    }
    assert!(said);
}
