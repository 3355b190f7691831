//! Safety levels, parameters, catalog changes, on a real file.

use super::*;
use crate::{browse::tests::orders, connections::tests::until};

#[tokio::test]
async fn on_a_read_only_connection_nothing_that_writes_is_sent() {
    let shop = Shop::open_as(Safety::ReadOnly).await;
    for text in [
        "delete from customers",
        "with gone as (select 1) delete from customers",
        "create table t (a)",
        "attach 'x.db' as x",
        "vacuum into 'copy.db'",
        "pragma query_only = off",
        "pragma writable_schema = on",
        "insert into customers values (9, 'x', 'y')",
    ] {
        let ended = outcomes(&play(&shop, script(&shop, "t", text)).await);
        let [StatementOutcome::Failed { error, .. }] = &ended[..] else { panic!("{text}: {ended:?}") };
        assert_eq!(error.code, ErrorCode::Forbidden, "{text}");
        assert!(error.message.contains("was not sent") && error.range.is_some(), "{error:?}");
    }
    assert!(shop.app.tab_session("t").is_none(), "no session was opened for them");
    let counted = play(&shop, script(&shop, "t", "select * from customers")).await;
    assert!(matches!(outcomes(&counted)[..], [StatementOutcome::Completed { rows: 3, .. }]));
    assert!(shop.app.tab_session("t").unwrap().read_only);
    assert_eq!(shop.app.browse(orders(&shop)).await.unwrap().progress.rows, 1000);
    assert!(shop.app.connection_states()[0].read_only.as_deref().unwrap().contains("enforced by SQLite"));
    assert!(!shop.home.path().join("copy.db").exists());
}

#[tokio::test]
async fn placeholders_take_their_values_and_only_those_a_statement_has() {
    let shop = Shop::open().await;
    let value =
        |name: &str, value: Option<&str>| ParameterValue { name: name.to_owned(), value: value.map(str::to_owned) };
    let mut request = script(
        &shop,
        "t",
        "select * from orders where id = ?; select name from customers where id > :low and note is :none",
    );
    request.parameters = vec![value("1", Some("7")), value("low", Some("0")), value("none", None)];
    let ended = outcomes(&play(&shop, request).await);
    let [StatementOutcome::Completed { rows: 1, .. }, StatementOutcome::Completed { rows: 1, .. }] = ended[..] else {
        panic!("{ended:?}")
    };
    let ended = outcomes(&play(&shop, script(&shop, "t", "select 1, :missing")).await);
    let [StatementOutcome::Failed { error, .. }] = &ended[..] else { panic!("{ended:?}") };
    assert_eq!((error.code, error.range), (ErrorCode::InvalidStatement, Some(TextRange { from: 10, to: 18 })));
    let outline = shop.app.outline("sqlite", "select :a, ?; select :a").unwrap();
    assert_eq!(outline.placeholders.iter().map(|mark| mark.name.as_str()).collect::<Vec<_>>(), ["a", "2"]);
}

#[tokio::test]
async fn what_a_script_makes_is_in_the_tree_and_in_completion() {
    let shop = Shop::open().await;
    shop.app.tree(&shop.profile, None, 0, 10).await.unwrap();
    let ended = outcomes(&play(&shop, script(&shop, "t", "begin; create table fresh_things (a, b); commit")).await);
    assert!(ended.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. })), "{ended:?}");
    let connected = shop.app.live.find(&shop.profile).unwrap();
    until(|| {
        connected.main().unwrap().shelf.latest().is_some_and(|shelved| shelved.relation(None, "fresh_things").is_some())
    })
    .await;
    let text = "select * from fres";
    let completions = shop
        .app
        .complete(CompletionRequest {
            tab_id: None,
            profile_id: Some(shop.profile.clone()),
            database: None,
            driver: "sqlite".to_owned(),
            text: text.to_owned(),
            caret: 18,
            explicit: false,
        })
        .await
        .unwrap();
    assert_eq!(completions.items[0].insert, "fresh_things");
    assert_eq!(completions.replace, TextRange { from: 14, to: 18 });
    let hits = shop.app.search_catalog(None, "things", 5).await.unwrap();
    assert_eq!((hits[0].label.as_str(), hits[0].matched[0].from), ("fresh_things", 6));
}

#[tokio::test]
async fn released_rows_free_their_disk() {
    let shop = Shop::open().await;
    let text = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) select i, hex(zeroblob(40)) from n";
    let events = play(&shop, script(&shop, "t", text)).await;
    let head = &heads(&events)[0];
    assert!(shop.app.live.results.disk_bytes() > 0);
    shop.app.hold_release(&head.hold_id).await.unwrap();
    assert_eq!(shop.app.live.results.disk_bytes(), 0);
}
