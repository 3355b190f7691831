use super::{heads, play, script};
use crate::{
    api::*,
    connections::tests::{Shop, until},
};

/// The hold of a script's only result.
async fn result(shop: &Shop, text: &str) -> String {
    heads(&play(shop, script(shop, "t", text)).await)[0].hold_id.clone()
}

#[tokio::test]
async fn a_result_is_read_again_in_its_tab_and_is_no_run_of_the_history() {
    let shop = Shop::open().await;
    let hold = result(&shop, "select id, name from customers order by id").await;
    let before = shop.app.live.holds.get(&hold).unwrap().hold.rows();
    play(&shop, script(&shop, "u", "insert into customers (name) values ('Newly come')")).await;
    let again = shop.app.hold_again(&hold, Some(0)).await.unwrap();
    assert_ne!(again.head.hold_id, hold);
    assert_eq!(again.progress.rows, before + 1);
    assert_eq!(again.progress.state, HoldState::Complete);
    assert_eq!(again.head.columns.len(), 2);
    // And those rows again, by their own id.
    let third = shop.app.hold_again(&again.head.hold_id, None).await.unwrap();
    assert_eq!(third.progress.rows, before + 1);
    let history = shop.app.history(HistoryQuery { limit: 50, ..HistoryQuery::default() }).await.unwrap();
    let listed = history.iter().filter(|entry| entry.text.contains("from customers")).count();
    assert_eq!(listed, 1, "the run by hand alone");
    let tab = shop.app.tab_session("t").unwrap();
    assert!(!tab.running);
    assert_eq!(tab.transaction, "idle");
}

#[tokio::test]
async fn what_does_more_than_read_and_what_a_transaction_holds_is_not_read_again() {
    let shop = Shop::open().await;
    let written = result(&shop, "insert into customers (name) values ('Once') returning id").await;
    let refused = shop.app.hold_again(&written, None).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unsupported);
    let hold = result(&shop, "select count(*) from customers").await;
    play(&shop, script(&shop, "t", "begin")).await;
    assert_eq!(shop.app.hold_again(&hold, None).await.unwrap_err().code, ErrorCode::Conflict);
    play(&shop, script(&shop, "t", "rollback")).await;
    shop.app.hold_again(&hold, None).await.unwrap();
    play(&shop, script(&shop, "t", "alter table customers rename to people")).await;
    let gone = shop.app.hold_again(&hold, None).await.unwrap_err();
    assert!(gone.message.contains("customers"), "{gone:?}");
    shop.app.close_session("t").await.unwrap();
    assert_eq!(shop.app.hold_again(&hold, None).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_reading_gives_way_to_what_is_begun_in_its_tab() {
    let shop = Shop::open().await;
    let slow = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select i from n";
    let hold = result(&shop, slow).await;
    // Now it takes for ever.
    let endless = slow.replace("i < 3", "i > 0");
    let held = shop.app.live.holds.get(&hold).unwrap();
    let mut again = held.again.get().unwrap().clone();
    again.statement.text = format!("select count(*) from ({endless})").into();
    let other = result(&shop, "select 1").await;
    drop(held);
    let other = shop.app.live.holds.get(&other).unwrap();
    let renamed = crate::holds::Held::new(
        other.hold.clone(),
        &other.driver,
        &other.language,
        1,
        crate::holds::Source::Run { controller: std::sync::Weak::new(), reads: true, fails_transaction: false },
    );
    renamed.again.get_or_init(|| again);
    shop.app.live.holds.keep(&renamed);
    let (app, id) = (shop.app.clone(), renamed.id.clone());
    let reading = tokio::spawn(async move { app.hold_again(&id, None).await });
    until(|| shop.app.tab_session("t").is_some_and(|tab| tab.running)).await;
    let done = play(&shop, script(&shop, "t", "select 2")).await;
    assert_eq!(heads(&done).len(), 1, "it ran");
    let stopped = reading.await.unwrap().unwrap_err();
    assert_eq!(stopped.code, ErrorCode::Cancelled);
}
