//! Measures what is done at every key stroke over a large catalog: `names URL RUNS` saves a connection in a home of its
//! own, reads its catalog as the window does, and times search and completion through the same calls. Then it starts anew and
//! times the explorer's first look at the catalog that was kept.
//!
//! Prints one JSON object; `tests/bench/names.mjs` runs it.
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

use app::{App, Face, Options, api::CompletionRequest};

/// What is searched for: a beginning that fits many, one table, columns of it, letters in order only, and nothing.
const SEARCHED: [&str; 7] = ["t1", "t4321", "name", "t4321.pl", "placd", "e", "nothing_is_called_so"];
/// Where a completion is asked for, at the end of each text.
const COMPLETED: [&str; 5] = [
    "select * from t43",
    "select * from ",
    "select * from t4321 join t4320 on ",
    "select * from t4321 where pl",
    "select x::",
];
/// Hits that the window asks for.
const HITS: u32 = 100;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, runs] = arguments.as_slice() else {
        eprintln!("usage: names URL RUNS");
        std::process::exit(2);
    };
    let runs: usize = runs.parse().unwrap();
    let home = std::env::var_os("ROWHOUSE_HOME").map(PathBuf::from);
    assert!(home.is_some(), "ROWHOUSE_HOME names a home of the bench's own");
    let app = App::open(Options { home: home.clone(), face: Face::Window }).await.unwrap();
    let driver = app.parse_target(url).await.unwrap().driver;
    let profile = connection::saved(&app, url).await;
    app.connect(&profile).await.unwrap();
    let begun = Instant::now();
    app.refresh_catalog(&profile, None).await.unwrap();
    let catalog = begun.elapsed();

    let mut searches = Vec::new();
    for text in SEARCHED {
        let mut taken = Vec::new();
        let mut found = 0;
        for _ in 0..runs {
            let begun = Instant::now();
            found = app.search_catalog(Some(&profile), text, HITS).await.unwrap().len();
            taken.push(begun.elapsed());
        }
        searches.push(one(text, found, taken));
    }
    let mut completions = Vec::new();
    for text in COMPLETED {
        let mut taken = Vec::new();
        let mut found = 0;
        for _ in 0..runs {
            let request = CompletionRequest {
                profile_id: Some(profile.clone()),
                tab_id: None,
                database: None,
                driver: driver.clone(),
                text: text.to_owned(),
                caret: u32::try_from(text.len()).unwrap(),
                explicit: false,
            };
            let begun = Instant::now();
            found = app.complete(request).await.unwrap().items.len();
            taken.push(begun.elapsed());
        }
        completions.push(one(text, found, taken));
    }
    app.close().await;
    drop(app);
    let kept: Vec<Duration> = {
        let mut taken = Vec::new();
        for _ in 0..runs {
            taken.push(look_at_what_was_kept(&home, &profile).await);
        }
        taken
    };
    println!(
        "{}",
        serde_json::json!({
            "catalog_ms": milliseconds(catalog),
            "searches": searches,
            "completions": completions,
            "kept": one("the explorer's first pages", 3, kept),
        })
    );
}

/// Starts anew and unfolds the tree to its first tables.
async fn look_at_what_was_kept(home: &Option<PathBuf>, profile: &str) -> Duration {
    let app = App::open(Options { home: home.clone(), face: Face::Window }).await.unwrap();
    let begun = Instant::now();
    let mut parent: Option<String> = None;
    loop {
        let page = app.tree(profile, parent.as_deref(), 0, 200).await.unwrap();
        let next = page.nodes.iter().find(|node| node.unfold).map(|node| node.id.clone());
        if next.is_none() {
            assert_eq!(page.nodes.len(), 200, "the tables are unfolded");
            break;
        }
        parent = next;
    }
    let took = begun.elapsed();
    app.close().await;
    took
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn one(text: &str, found: usize, mut taken: Vec<Duration>) -> serde_json::Value {
    taken.sort();
    let median = taken.get(taken.len() / 2).copied().unwrap_or_default();
    let worst = taken.last().copied().unwrap_or_default();
    serde_json::json!({
        "text": text, "found": found, "median_ms": milliseconds(median), "worst_ms": milliseconds(worst),
    })
}
