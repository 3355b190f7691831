use std::{sync::Arc, time::Duration};

use driver::{ConnectContext, Hop, HopOutcome};
use route::{Step, Trace};

/// A trace of one attempt that tells each hop of the way as it ends.
pub fn watched(context: &ConnectContext) -> Trace {
    let told = Arc::clone(&context.hops);
    Trace::watched(Arc::new(move |step: &Step| told(passed(step))))
}

/// A hop that ended.
pub fn hop(name: &str, detail: String, done: bool, took: Duration) -> Hop {
    let outcome = if done { HopOutcome::Done } else { HopOutcome::Failed };
    let elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Hop { name: name.to_owned(), detail, outcome, elapsed_ms }
}

/// A step of the way to the server, in words.
fn passed(step: &Step) -> Hop {
    let name = match step.hop {
        route::Hop::Dns => "Find host",
        route::Hop::Tcp => "TCP",
        route::Hop::Socket => "Socket",
        route::Hop::Tls => "TLS",
        // The others are named as people name them.
        other => return hop(&other.to_string(), format!("{}: {}", step.host, step.detail), step.ok, step.took),
    };
    hop(name, step.detail.clone(), step.ok, step.took)
}
