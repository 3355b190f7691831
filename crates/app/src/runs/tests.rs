#![allow(clippy::unwrap_used, clippy::panic)]

mod asking;
mod batches;
mod copies;
mod disk;
mod explaining;
mod guarded;
mod paths;
mod places;
mod plan_modes;
mod postgres;
mod rereading;
mod transactions;

use std::time::Duration;

use tokio::sync::mpsc;

use crate::{
    api::*,
    connections::tests::{Shop, until},
};

pub(crate) fn script(shop: &Shop, tab: &str, text: &str) -> RunRequest {
    RunRequest {
        tab_id: tab.to_owned(),
        profile_id: shop.profile.clone(),
        database: None,
        text: text.to_owned(),
        parameters: Vec::new(),
        go_on: false,
        manual_transactions: false,
        confirmed: None,
        actor: None,
    }
}

pub(crate) async fn next(events: &mut mpsc::UnboundedReceiver<RunEvent>) -> RunEvent {
    tokio::time::timeout(Duration::from_secs(20), events.recv()).await.unwrap().unwrap()
}

/// Runs a script to its end.
pub(crate) async fn play(shop: &Shop, request: RunRequest) -> Vec<RunEvent> {
    let (sender, mut events) = mpsc::unbounded_channel();
    let answer = shop.app.run(request, sender).await.unwrap();
    assert!(answer.started().is_some(), "a person is asked");
    to_the_end(&mut events).await
}

/// Every event up to the last.
pub(crate) async fn to_the_end(events: &mut mpsc::UnboundedReceiver<RunEvent>) -> Vec<RunEvent> {
    let mut all = Vec::new();
    loop {
        let event = next(events).await;
        let last = matches!(event, RunEvent::Finished { .. });
        all.push(event);
        if last {
            return all;
        }
    }
}

pub(crate) fn outcomes(events: &[RunEvent]) -> Vec<StatementOutcome> {
    let done = |event: &RunEvent| match event {
        RunEvent::StatementDone { outcome, .. } => Some(outcome.clone()),
        _ => None,
    };
    events.iter().filter_map(done).collect()
}

pub(crate) fn heads(events: &[RunEvent]) -> Vec<ResultHead> {
    let head = |event: &RunEvent| match event {
        RunEvent::ResultSet { head, .. } => Some(head.clone()),
        _ => None,
    };
    events.iter().filter_map(head).collect()
}

pub(crate) fn last_progress(events: &[RunEvent], hold: &str) -> HoldProgress {
    let of = |event: &RunEvent| match event {
        RunEvent::Progress { progress } if progress.hold_id == hold => Some(progress.clone()),
        _ => None,
    };
    events.iter().rev().find_map(of).unwrap()
}

#[tokio::test]
async fn a_script_runs_statement_by_statement_and_its_rows_are_held() {
    let shop = Shop::open().await;
    let text =
        "-- Everyone\nselect id, name from customers order by id;\n\nselect o.id, o.customer_id, total from orders o";
    let events = play(&shop, script(&shop, "t", text)).await;
    let RunEvent::Started { statements, .. } = &events[0] else { panic!("{:?}", events[0]) };
    assert_eq!(statements.iter().map(|mark| mark.title.as_str()).collect::<Vec<_>>(), ["Everyone", "SELECT orders"]);
    assert_eq!(statements[0].range, TextRange { from: 12, to: 54 });
    let heads = heads(&events);
    assert_eq!(heads[0].columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "name"]);
    assert_eq!(heads[1].columns[1].native_type, "INTEGER");
    let progress = last_progress(&events, &heads[1].hold_id);
    assert_eq!((progress.rows, progress.state), (2500, HoldState::Complete));
    let window = shop.app.hold_window(&heads[0].hold_id, 1, 2, vec![1]).await.unwrap();
    let reader = String::from_utf8_lossy(&window).into_owned();
    assert!(reader.contains("Grace 🚀") && reader.contains("שלום") && !reader.contains("Ada"));
    let cell = shop.app.hold_cell(&heads[0].hold_id, 1, 1, 0, 5).await.unwrap();
    assert_eq!(cell, b"Grace");
    let copied = shop
        .app
        .copy(CopyRequest {
            hold_id: heads[0].hold_id.clone(),
            first_row: 0,
            rows: 2,
            columns: vec![1, 0],
            format: CopyFormat::Csv,
            header: true,
            options: None,
        })
        .await
        .unwrap();
    assert_eq!(copied.text, "name,id\nAda,1\nGrace 🚀,2\n");
    shop.app.hold_release(&heads[0].hold_id).await.unwrap();
    assert_eq!(shop.app.hold_window(&heads[0].hold_id, 0, 1, vec![0]).await.unwrap_err().code, ErrorCode::NotFound);
    let history = shop
        .app
        .history(HistoryQuery {
            text: String::new(),
            profile_id: None,
            before: None,
            limit: 9,
            ..HistoryQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(history.len(), 2);
    assert!(history.iter().all(|entry| entry.outcome == "completed"));
    assert_eq!(shop.app.tab_session("t").unwrap().link, "up");
    until(|| !shop.app.tab_session("t").unwrap().running).await;
}

#[tokio::test]
async fn an_error_is_placed_in_the_script_and_skips_the_rest() {
    let shop = Shop::open().await;
    let text = "select 1;\n/* 🚀 */ select nosuch from customers;\nselect 3";
    let events = play(&shop, script(&shop, "t", text)).await;
    let [StatementOutcome::Completed { .. }, StatementOutcome::Failed { error, .. }, StatementOutcome::Skipped] =
        &outcomes(&events)[..]
    else {
        panic!("{events:?}")
    };
    let range = error.range.unwrap();
    let units: Vec<u16> = text.encode_utf16().collect();
    assert_eq!(String::from_utf16(&units[range.from as usize..range.to as usize]).unwrap(), "nosuch");
    let mut request = script(&shop, "t", text);
    request.go_on = true;
    assert!(matches!(outcomes(&play(&shop, request).await)[2], StatementOutcome::Completed { .. }));
}
