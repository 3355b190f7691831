//! Measures how the keys of a database are listed: `keys URL` saves a connection in a home of its own, lists every key through
//! the same calls as the window, and asks for a window of the tree all the while, as somebody who scrolls does.
//!
//! Prints one JSON object; `tests/bench/keys.mjs` runs it.
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
    api::{KeysOf, KeysState, KeysWanted, KeysWindowRequest},
};

/// Rows of a window.
const ROWS: u32 = 60;
/// Between two looks at the tree.
const LOOK: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url] = arguments.as_slice() else {
        eprintln!("usage: keys URL");
        std::process::exit(2);
    };
    let home = std::env::var_os("ROWHOUSE_HOME").map(PathBuf::from);
    assert!(home.is_some(), "ROWHOUSE_HOME names a home of the bench's own");
    let app = App::open(Options { home, face: Face::Window }).await.unwrap();
    let profile = connection::saved(&app, url).await;
    app.connect(&profile).await.unwrap();
    let of = KeysOf { profile_id: profile.clone(), database: None };
    let begun = Instant::now();
    let wanted = KeysWanted { of, pattern: None, kind: None, separator: ":".to_owned() };
    let list = app.keys_list(wanted).await.unwrap();
    let mut windows = Vec::new();
    let (keys, listed) = loop {
        let asked = Instant::now();
        let request = KeysWindowRequest { id: list.id.clone(), expanded: Vec::new(), offset: 0, limit: ROWS };
        let window = app.keys_window(request).await.unwrap();
        windows.push(milliseconds(asked.elapsed()));
        match window.progress.state {
            KeysState::Reading => tokio::time::sleep(LOOK).await,
            KeysState::Complete => break (window.progress.keys, begun.elapsed()),
            other => panic!("the list ended otherwise: {other:?}"),
        }
    };
    windows.sort_by(f64::total_cmp);
    println!(
        r#"{{"keys":{keys},"total_ms":{:.1},"window_ms":{:.2},"worst_window_ms":{:.2}}}"#,
        milliseconds(listed),
        windows.get(windows.len() / 2).copied().unwrap_or(f64::NAN),
        windows.last().copied().unwrap_or(f64::NAN)
    );
    app.remove_profile(&profile).await.unwrap();
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
