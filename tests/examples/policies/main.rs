//! Measures row security over a large database: `policies URL ROLE RUNS` saves a connection in a home of its own and reads its catalog as the
//! explorer does. Then it times the overview's first look, all rules again, an overview of what is judged, a page of tables by role, and
//! what trying a statement as ROLE takes beyond the statement.
//!
//! Prints one JSON object; `tests/bench/policies.mjs` runs it.
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

use app::{
    App, Face, Options,
    api::{AdvisorChoice, AdvisorExposure, PolicyActor, PolicyAttempt, PolicyOutcome, PolicyTablesFilter},
};

/// Tables of a page, as the window asks for them.
const PAGE: u32 = 200;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, role, runs] = arguments.as_slice() else {
        eprintln!("usage: policies URL ROLE RUNS");
        std::process::exit(2);
    };
    let runs: usize = runs.parse().unwrap();
    let home = std::env::var_os("ROWHOUSE_HOME").map(PathBuf::from);
    assert!(home.is_some(), "ROWHOUSE_HOME names a home of the bench's own");
    let app = App::open(Options { home, face: Face::Window }).await.unwrap();
    let profile = connection::saved(&app, url).await;
    app.connect(&profile).await.unwrap();
    let begun = Instant::now();
    app.refresh_catalog(&profile, None).await.unwrap();
    let catalog = begun.elapsed();

    let (mut first, mut rules, mut overview, mut filtered) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut tables = 0;
    for run in 0..runs {
        // Another version of the explorer's catalog: what was made of the last one does not count.
        app.refresh_catalog(&profile, None).await.unwrap();
        let begun = Instant::now();
        tables = app.policy_overview(&profile, None).await.unwrap().counts.tables;
        first.push(begun.elapsed());

        // Another answer to what untrusted clients reach: everything is judged anew, nothing is read.
        let exposure = AdvisorExposure {
            schemas: vec!["public".to_owned()],
            anonymous: vec![],
            signed_in: vec![role.clone(), format!("nobody_{run}")],
            guessed_from: None,
        };
        let choice = AdvisorChoice { exposure: Some(exposure), ..AdvisorChoice::default() };
        app.keep_advisor_options(&profile, None, choice).await.unwrap();
        let begun = Instant::now();
        app.advise(&profile, None, false).await.unwrap();
        rules.push(begun.elapsed());

        let begun = Instant::now();
        app.policy_overview(&profile, None).await.unwrap();
        overview.push(begun.elapsed());

        let filter =
            PolicyTablesFilter { role: Some(role.clone()), worst_first: true, ..PolicyTablesFilter::default() };
        let begun = Instant::now();
        let page = app.policy_tables(&profile, None, filter, 0, PAGE).await.unwrap();
        assert_eq!(page.rows.len(), PAGE as usize);
        filtered.push(begun.elapsed());
    }

    let actor =
        PolicyActor { role: Some(role.clone()), claims: Some("{\"sub\": \"1\"}".to_owned()), ..PolicyActor::default() };
    let attempt = PolicyAttempt { actor, statement: "select * from t1".to_owned(), ..PolicyAttempt::default() };
    let mut beyond = Vec::new();
    for _ in 0..runs * 4 {
        let begun = Instant::now();
        let attempted = app.policy_attempt(&profile, None, attempt.clone()).await.unwrap();
        let all = begun.elapsed();
        assert!(matches!(attempted.outcome, PolicyOutcome::Done { .. }), "{attempted:?}");
        beyond.push(all.saturating_sub(Duration::from_micros(attempted.statement_us)));
    }
    app.close().await;
    println!(
        "{}",
        serde_json::json!({
            "tables": tables,
            "catalog_ms": milliseconds(catalog),
            "first_ms": median(first),
            "rules_ms": median(rules),
            "overview_ms": median(overview),
            "filtered_ms": median(filtered),
            "attempt_ms": median(beyond),
        })
    );
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn median(mut taken: Vec<Duration>) -> f64 {
    taken.sort();
    milliseconds(taken.get(taken.len() / 2).copied().unwrap_or_default())
}
