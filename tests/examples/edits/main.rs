//! Measures what a pasted block costs: `edits URL TABLE ROWS` opens the table's rows as the window does, stages so many new ones
//! in one step, journal and all, and saves them.
//!
//! Prints one JSON object; `tests/bench/edits.mjs` runs it beside the same INSERTs by the server's own client.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "for measuring: it ends where all is not well"
)]

#[path = "../bench/connection.rs"]
mod connection;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use app::{App, Face, Options, api::*};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, table, rows] = arguments.as_slice() else {
        eprintln!("usage: edits URL TABLE ROWS");
        std::process::exit(2);
    };
    let rows: u32 = rows.parse().unwrap();
    let home = std::env::var_os("ROWHOUSE_HOME").map(PathBuf::from);
    assert!(home.is_some(), "ROWHOUSE_HOME names a home of the bench's own");
    let app = App::open(Options { home, face: Face::Window }).await.unwrap();
    let profile = connection::saved(&app, url).await;
    app.connect(&profile).await.unwrap();
    app.refresh_catalog(&profile, None).await.unwrap();
    let found = app.search_catalog(Some(&profile), table, 10).await.unwrap();
    let object = found.into_iter().find(|hit| hit.object.name == *table).unwrap().object;
    let request = BrowseRequest { profile_id: profile, object, filters: Vec::new(), sort: Vec::new(), actor: None };
    let hold = app.browse(request).await.unwrap().head.hold_id;
    let opened = app.edits_open(&hold).await.unwrap();
    assert_eq!(opened.refused, None);

    let text = |text: String| EditValue::Text { text };
    let add = (0..rows).map(|row| RowAddition {
        after: None,
        cells: vec![
            (1, text(format!("pasted {row}"))),
            (2, text(format!("{row}.50"))),
            (3, text("2026-11-21 12:00:00+00".to_owned())),
            (4, if row % 3 == 0 { EditValue::Null } else { text("x".repeat(40)) }),
        ],
    });
    let step = EditStep { label: "Paste".to_owned(), add: add.collect(), ..EditStep::default() };
    let begun = Instant::now();
    let view = app.edits_stage(&hold, step).await.unwrap();
    let staged = begun.elapsed();
    assert_eq!(view.counts.inserts, rows);
    let begun = Instant::now();
    let outcome = match app.edits_save(&hold, None).await.unwrap() {
        EditsAnswer::Done { saved } => saved.outcome,
        EditsAnswer::Confirm { question } => panic!("{question:?}"),
    };
    let saved = begun.elapsed();
    assert!(matches!(&outcome, SaveOutcome::Saved { counts, .. } if counts.inserts == rows), "{outcome:?}");
    println!(
        "{}",
        serde_json::json!({ "rows": rows, "stage_ms": milliseconds(staged), "save_ms": milliseconds(saved) })
    );
    app.close().await;
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
