//! Measures how a result comes into a hold, and what can be done with it there: `hold read URL SQL` reads one to its end,
//! `hold first URL SQL RUNS` times the way from the first row on the wire to the first window, `hold local URL SQL RUNS` times
//! sorting, filtering and looking over rows that are held. Documents are read by a statement of the shell.
//!
//! Prints one JSON object; `tests/bench/hold.mjs`, `local.mjs` and `documents.mjs` run it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "for measuring: it ends where all is not well"
)]

mod local;
mod tap;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{ConnectContext, Connection, Driver, Profile, Role, Session, Statement};
use driver_mongodb::MongoDb;
use driver_postgres::PostgresDriver;
use results::{Hold, HoldState, Limits, ReadPolicy, RunEvent, Store, drive};
use tap::Tap;

/// What a grid asks for first.
const WINDOW_ROWS: usize = 128;
const WINDOW_COLUMNS: usize = 16;
const CELL_BYTES: usize = 1024;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["read", url, sql] => read(url, sql).await,
        ["first", url, sql, runs] => first(url, sql, runs.parse().unwrap()).await,
        ["local", url, sql, runs] => local::measure(url, sql, runs.parse().unwrap()).await,
        _ => {
            eprintln!("usage: hold read URL SQL | hold first URL SQL RUNS | hold local URL SQL RUNS");
            std::process::exit(2);
        }
    }
}

async fn open(url: &str, tap: Option<&Tap>) -> (Arc<dyn Connection>, Arc<dyn Session>) {
    let driver: &dyn Driver = if url.starts_with("mongodb:") { &MongoDb } else { &PostgresDriver };
    let parsed = driver.parse_url(url).unwrap();
    let mut values = parsed.values;
    if let Some(tap) = tap {
        values.insert("port".to_owned(), tap.port().to_string());
    }
    let profile = Profile { name: "bench".to_owned(), driver: driver.id().to_owned(), values };
    let connection = driver.connect(&profile, ConnectContext::unattended(parsed.secret)).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    (connection, session)
}

/// Holds go to a real folder: the system's temporary one may be memory.
fn store() -> Store {
    let folder = std::env::var_os("ROWHOUSE_BENCH_SCRATCH").map(|folder| PathBuf::from(folder).join("holds"));
    Store::new(Limits { folder, ..Limits::default() }).unwrap()
}

async fn read(url: &str, sql: &str) {
    let begun = Instant::now();
    let store = store();
    let (_connection, session) = open(url, None).await;
    let connected = begun.elapsed();
    let holds = whole(&*session, &store, sql).await;
    let took = begun.elapsed();
    let rows: u64 = holds.iter().map(Hold::rows).sum();
    println!(
        r#"{{"rows":{rows},"disk_bytes":{},"connect_ms":{:.1},"total_ms":{:.1}}}"#,
        store.disk_bytes(),
        milliseconds(connected),
        milliseconds(took)
    );
}

/// Every result of a statement, read to its end.
async fn whole(session: &dyn Session, store: &Store, sql: &str) -> Vec<Hold> {
    let (_controller, mut events) = drive(session.run(Statement::new(sql)), store, ReadPolicy::unlimited());
    let mut holds: Vec<Hold> = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            RunEvent::ResultSet(hold) => holds.push(hold),
            RunEvent::Notice(_) => {}
            RunEvent::Done(_) => break,
            RunEvent::Failed(error) => panic!("{error}"),
        }
    }
    assert!(holds.iter().all(|hold| matches!(hold.progress().borrow().state, HoldState::Complete)));
    holds
}

/// The server is reached through a tap on the wire that notes when the first row passes it: a little before the client has
/// read it, so that what is measured is never too good.
async fn first(url: &str, sql: &str, runs: usize) {
    let address = PostgresDriver.parse_url(url).unwrap().values;
    let host = address.get("host").map_or("127.0.0.1", String::as_str);
    let port = address.get("port").map_or("5432", String::as_str);
    let tap = Tap::open(format!("{host}:{port}")).unwrap();
    let store = store();
    let (_connection, session) = open(url, Some(&tap)).await;
    let mut times = Vec::with_capacity(runs);
    let mut waits = Vec::with_capacity(runs);
    for _ in 0..runs {
        tap.arm();
        let begun = Instant::now();
        let (controller, mut events) = drive(session.run(Statement::new(sql)), &store, ReadPolicy::unlimited());
        let hold = match events.recv().await {
            Some(RunEvent::ResultSet(hold)) => hold,
            other => panic!("no result: {other:?}"),
        };
        let mut progress = hold.progress();
        progress.wait_for(|progress| progress.rows > 0).await.unwrap();
        let columns: Vec<usize> = (0..hold.visible_columns().min(WINDOW_COLUMNS)).collect();
        let reader = hold.clone();
        let window = tokio::task::spawn_blocking(move || {
            reader.window(0, WINDOW_ROWS, &columns, CELL_BYTES, PostgresDriver.cast())
        });
        let window = window.await.unwrap().unwrap();
        let answered = Instant::now();
        assert!(!window.is_empty());
        let passed = tap.first_row().unwrap();
        times.push(milliseconds(answered.saturating_duration_since(passed)));
        waits.push(milliseconds(passed.saturating_duration_since(begun)));
        controller.stop();
        while let Some(event) = events.recv().await {
            if matches!(event, RunEvent::Done(_) | RunEvent::Failed(_)) {
                break;
            }
        }
    }
    let initial = times.first().copied().unwrap_or_default();
    println!(
        r#"{{"runs":{runs},"median_ms":{:.2},"worst_ms":{:.2},"initial_ms":{initial:.2},"server_ms":{:.1}}}"#,
        median(&times),
        times.iter().copied().fold(0.0, f64::max),
        median(&waits)
    );
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
