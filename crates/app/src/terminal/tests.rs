#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use catalog::Scope;
use driver::{Event, NeverAsk};

use super::*;
use crate::{api::HistoryQuery, connections::tests::Shop};

fn opening(target: &str, read_only: bool) -> Opening {
    Opening {
        target: target.to_owned(),
        database: None,
        read_only,
        password: None,
        ask: Arc::new(NeverAsk),
        warn: |_| {},
    }
}

async fn rows(session: &TerminalSession<'_>, terminal: &Terminal, script: &str) -> Result<u64, AppError> {
    let (pieces, _) = terminal.split(script);
    let mut rows = 0;
    for piece in &pieces {
        let mut started = session.start(script, piece, &[], None).await?;
        let mut end = Err(driver::Error::lost("SQLite"));
        while let Some(event) = started.run.next().await {
            match event {
                Ok(Event::Batch(batch)) => rows += batch.num_rows() as u64,
                Ok(Event::Done(summary)) => end = Ok(summary),
                Ok(_) => {}
                Err(error) => end = Err(error),
            }
        }
        started.finish(end).await?;
    }
    Ok(rows)
}

#[tokio::test]
async fn a_target_is_a_name_a_path_or_the_sample() {
    let shop = Shop::open().await;
    let file = shop.home.path().join("shop.db");
    for target in ["shop", &shop.profile, file.to_str().unwrap(), &format!("sqlite:{}", file.display())] {
        let terminal = shop.app.open_target(opening(target, false)).await.unwrap();
        let session = terminal.session().await.unwrap();
        assert_eq!(rows(&session, &terminal, "select * from customers; select 1").await.unwrap(), 4, "{target}");
        assert_eq!(terminal.catalog(&Scope::default()).await.unwrap().relations.len(), 3);
    }
    let error = shop.app.open_target(opening("no such thing", false)).await.err().unwrap();
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(shop.app.connection_states().is_empty(), "the window's connections are its own");
}

#[tokio::test]
async fn the_terminals_statements_are_guarded_placed_and_recorded() {
    let shop = Shop::open().await;
    let terminal = shop.app.open_target(opening("Shop", true)).await.unwrap();
    let session = terminal.session().await.unwrap();
    let script = "select 1; delete from customers";
    let error = rows(&session, &terminal, script).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Forbidden);
    assert_eq!(error.range.unwrap().from, 10);
    let error = rows(&session, &terminal, "select 2; select nosuch from customers").await.unwrap_err();
    assert_eq!(error.range.unwrap().from, 17);
    let query = HistoryQuery {
        text: String::new(),
        profile_id: Some(shop.profile.clone()),
        before: None,
        limit: 9,
        ..HistoryQuery::default()
    };
    let outcomes: Vec<_> = shop.app.history(query).await.unwrap().into_iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, ["failed", "completed", "completed"], "what was refused was never sent");
}
