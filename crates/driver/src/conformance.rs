//! The contract as executable cases.
//!
//! A driver's tests describe one server as a [`Subject`] and run [`suite`] against it. Every case ends
//! passed, absent (the server or driver has no such thing), unverifiable (it could not be looked at here)
//! or failed; [`Report`] prints one line per case and counts them.
//!
//! What every run must keep (heads before batches, batch limits, one last event, counted rows) is checked
//! wherever a run is read to its end, see [`bench`].

mod activity;
mod bench;
mod connecting;
mod editing;
mod explain;
mod facets;
mod interrupting;
mod report;
mod running;
mod sessions;
mod subject;
#[cfg(test)]
mod trial;
mod volume;

use std::{future::Future, pin::Pin, time::Duration};

pub use report::{Case, Report, Verdict};
pub use subject::{
    ErrorText, Gap, Listening, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, Transactions, ValueText,
    Writing,
};

use bench::Bench;

/// A case's code. An `Err` is why it did not pass.
type CaseFn = for<'a> fn(&'a Bench<'a>) -> Pin<Box<dyn Future<Output = Result<(), Verdict>> + Send + 'a>>;

/// Long enough for any ordinary case on a slow machine.
const ORDINARY: Duration = Duration::from_secs(60);
/// For cases that move much data.
const HEAVY: Duration = Duration::from_secs(240);

macro_rules! cases {
    ($($name:literal, $limit:ident, $run:path;)*) => {
        /// Every case: name, time limit, code.
        const CASES: &[(&str, Duration, CaseFn)] = &[$(($name, $limit, |bench| Box::pin($run(bench)))),*];
    };
}

cases! {
    "connect names the expected server", ORDINARY, connecting::connect;
    "connect reports its hops", ORDINARY, connecting::hops;
    "a wrong password is Unauthenticated and not repeated", ORDINARY, connecting::wrong_password;
    "an unknown host is Unreachable", ORDINARY, connecting::unknown_host;
    "a refused port is Unreachable", ORDINARY, connecting::refused_port;
    "an unknown database is NotFound", ORDINARY, connecting::unknown_database;
    "a URL that is not one is refused without its password", ORDINARY, connecting::bad_url;
    "a script runs statement by statement", ORDINARY, running::script;
    "several result sets arrive apart", ORDINARY, running::several_results;
    "an empty result keeps its headers", ORDINARY, running::empty_result;
    "a result without columns counts its rows", ORDINARY, running::no_columns;
    "every type arrives as the server prints it", ORDINARY, running::every_type;
    "NULL is not empty text", ORDINARY, running::nulls;
    "notices arrive with their run", ORDINARY, running::notices;
    "parameters reach the server untouched", ORDINARY, running::parameters;
    "an error in the text has code and span", ORDINARY, running::syntax_error;
    "a missing relation is NotFound", ORDINARY, running::missing_relation;
    "a unique violation is ConstraintViolated", ORDINARY, running::unique_violation;
    "a hint of the server is kept", ORDINARY, running::hint;
    "a second run waits for the first", ORDINARY, running::queue;
    "a run that takes longer than allowed is TimedOut", ORDINARY, running::timeout;
    "the transaction's state is told", ORDINARY, sessions::transaction;
    "a failed transaction is told apart", ORDINARY, sessions::failed_transaction;
    "notifications arrive while idle", ORDINARY, sessions::notifications;
    "a changed parameter is told", ORDINARY, sessions::parameter_status;
    "two sessions do not disturb each other", ORDINARY, sessions::two_sessions;
    "read-only refuses a write", ORDINARY, sessions::read_only;
    "closing is immediate", ORDINARY, sessions::close;
    "a ping answers", ORDINARY, sessions::ping;
    "a dead server is seen while idle", ORDINARY, interrupting::lost_while_idle;
    "a dead server is seen while running", ORDINARY, interrupting::lost_while_running;
    "a dead server is seen while paused", ORDINARY, interrupting::lost_while_paused;
    "a stream dropped half-read leaves nothing behind", ORDINARY, interrupting::dropped_half_read;
    "an early cancel stops the run", ORDINARY, interrupting::cancel_early;
    "a cancel stops a running statement on the server", ORDINARY, interrupting::cancel_running;
    "a cancel stops a paused run on the server", ORDINARY, interrupting::cancel_paused;
    "a late cancel leaves the next run alone", ORDINARY, interrupting::cancel_late;
    "the session and its tables survive a cancel", ORDINARY, interrupting::survive_cancel;
    "a reader that stops reading stops the server", ORDINARY, volume::back_pressure;
    "rows that trickle are handed over as they come", ORDINARY, volume::trickle;
    "the widest table arrives whole", HEAVY, volume::widest;
    "a large cell arrives whole", HEAVY, volume::large_cell;
    "a million rows stream in bounded memory", HEAVY, volume::million_rows;
    "the catalog can be read", ORDINARY, facets::catalog;
    "the scan facet pages every row once", ORDINARY, facets::scan;
    "the definition facet gives a text", ORDINARY, facets::ddl;
    "many definitions at once are the single ones", ORDINARY, facets::definitions;
    "the edit facet names a row by its key", ORDINARY, editing::target;
    "a row is updated only while it holds what it held", ORDINARY, editing::update;
    "a row is deleted only while it holds what it held", ORDINARY, editing::delete;
    "new rows tell NULL, default and empty text apart", ORDINARY, editing::insert;
    "a row is found again after its key has changed", ORDINARY, editing::moved;
    "a save that went wrong is undone", ORDINARY, editing::undone;
    "a refused change says which rule it was", ORDINARY, editing::violations;
    "the activity facet lists sessions, cancels one and ends it", ORDINARY, activity::activity;
    "the explain facet reads a plan and undoes what it ran", ORDINARY, explain::explain;
}

/// Runs every case against the subject, one after another.
pub async fn suite(subject: &dyn Subject) -> Report {
    run(subject, |_| true).await
}

/// Runs the cases whose name the predicate accepts.
pub async fn run(subject: &dyn Subject, accept: impl Fn(&str) -> bool) -> Report {
    let bench = Bench::new(subject);
    let mut report = Report::new(subject.driver().label(), subject.expected_version());
    report.version = match bench.connect().await {
        Ok(connection) => {
            let server = connection.control().server();
            let version = format!("{} {}", server.product, server.version);
            connection.close().await;
            version
        }
        Err(_) => String::new(),
    };
    for (name, limit, case) in CASES.iter().filter(|(name, ..)| accept(name)) {
        let began = std::time::Instant::now();
        let verdict = match tokio::time::timeout(*limit, case(&bench)).await {
            Ok(Ok(())) => Verdict::Passed,
            Ok(Err(verdict)) => verdict,
            Err(_) => Verdict::Failed(format!("not finished after {} s", limit.as_secs())),
        };
        report.cases.push(Case { name, verdict, elapsed: began.elapsed() });
    }
    report
}
