//! What a session's own state changes for its editor: names in completion, what a pause costs.

use super::{postgres::servers, *};

async fn inserts(shop: &Shop, tab: Option<&str>, text: &str) -> Vec<String> {
    let request = CompletionRequest {
        tab_id: tab.map(str::to_owned),
        profile_id: Some(shop.profile.clone()),
        database: None,
        driver: "postgres".to_owned(),
        text: text.to_owned(),
        caret: u32::try_from(text.len()).unwrap(),
        explicit: false,
    };
    let found = shop.app.complete(request).await.unwrap();
    found.items.into_iter().take(1).map(|item| item.insert).collect()
}

#[tokio::test]
async fn completion_knows_the_search_path_of_the_tabs_session_and_else_of_a_new_one() {
    for shop in servers().await {
        let schema = format!("path_{}", std::process::id());
        let made = format!("create schema {schema}; create table {schema}.only_on_path (id int)");
        shop.app.connect(&shop.profile).await.unwrap();
        play(&shop, script(&shop, "t", &made)).await;
        let connected = shop.app.live.find(&shop.profile).unwrap();
        let shelf = &connected.main().unwrap().shelf;
        until(|| shelf.latest().is_some_and(|shelved| shelved.relation(None, "only_on_path").is_some())).await;
        let path = shelf.latest().unwrap().catalog.search_path.clone();
        assert_eq!(path.last().map(String::as_str), Some("public"), "as a new session has it: {path:?}");
        assert_eq!(path.len(), 2, "the login's own schema comes first: {path:?}");
        let text = "select * from only_on";
        assert_eq!(inserts(&shop, Some("t"), text).await, [format!("{schema}.only_on_path")]);
        play(&shop, script(&shop, "t", &format!("set search_path = {schema}"))).await;
        assert_eq!(inserts(&shop, Some("t"), text).await, ["only_on_path"]);
        assert_eq!(inserts(&shop, None, text).await, [format!("{schema}.only_on_path")]);
        play(&shop, script(&shop, "t", &format!("drop schema {schema} cascade"))).await;
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
}

async fn paused(shop: &Shop, events: &mut mpsc::UnboundedReceiver<RunEvent>) -> bool {
    loop {
        if let RunEvent::Progress { progress } = next(events).await
            && let HoldState::Paused { fails_transaction, .. } = progress.state
        {
            shop.app.hold_all(&progress.hold_id).await.unwrap();
            return fails_transaction;
        }
    }
}

#[tokio::test]
async fn a_pause_says_whether_its_end_fails_a_transaction() {
    const ROWS: &str = "select * from generate_series(1, 50000)";
    for shop in servers().await {
        let settings = shop.app.settings().await.unwrap();
        shop.app.save_settings(Settings { row_cap: 1_000, ..settings }).await.unwrap();
        for (text, fails) in [(ROWS.to_owned(), false), (format!("begin; {ROWS}; commit"), true)] {
            let (sender, mut events) = mpsc::unbounded_channel();
            shop.app.run(script(&shop, "t", &text), sender).await.unwrap();
            assert_eq!(paused(&shop, &mut events).await, fails, "{text}");
            let ended = outcomes(&to_the_end(&mut events).await);
            assert!(ended.iter().all(|one| matches!(one, StatementOutcome::Completed { .. })), "{ended:?}");
        }
        shop.app.disconnect(&shop.profile).await.unwrap();
    }
}

#[tokio::test]
async fn results_are_called_after_their_relation_the_comment_above_or_their_number() {
    let shop = Shop::open().await;
    let text = "select 1;\n-- name: answer\nselect 42;\nwith o as (select * from orders) select * from o;\nselect 2;\n\
                -- the best\nselect * from customers limit 1";
    let titles: Vec<String> =
        heads(&play(&shop, script(&shop, "t", text)).await).into_iter().map(|head| head.title).collect();
    assert_eq!(titles, ["Result 1", "answer", "o", "Result 2", "customers"]);
}
