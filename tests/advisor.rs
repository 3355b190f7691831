//! Every rule of the advisor on real servers: what its cases say must be found is found, what must not be is not, the fix mends it
//! and what takes the fix back brings it back. The examples of the rules' pages are run too.
//!
//! A case is a file `crates/advisor/cases/ID/{fires,silent,unseen}_*.sql`; `.sqlite.sql` and `.mariadb.sql` are for those engines,
//! all others for PostgreSQL. Its first lines may say, each after `-- `:
//!
//! | Line | Means |
//! |---|---|
//! | `server: >=16` | only on these major versions |
//! | `finds: 2` | so many findings; 1 where it is not said |
//! | `level: info` | the level of the findings, where it is not the rule's |
//! | `as: web_user` | who asks; else a superuser |
//! | `exposed: none` | nobody said what is exposed; else it is the schema `public` for `web_anon` and `web_user` |
//! | `setting: fsync=off` | the server says so of a setting |
//! | `emptied: host_rules` | the server says that there are none; of `weak_passwords` too |
//! | `fact: connections={…}` | the server says so of a fact, as JSON; a text is why it says nothing |
//! | `needs: hypopg` | this extension is made first; the case is left out where the server does not have it |
//! | `extension: pg_graphql` | the server says that it is installed |
//! | `counted: 60` | uses are counted since so many days |
//! | `fix: none`, `fix: not run` | there is no fix; it is not tried |
//! | `undo: none` | nothing takes the fix back |
//! | `errors: allowed` | statements of the case may fail |
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "advisor/case.rs"]
mod case;
#[path = "advisor/engines.rs"]
mod engines;
#[path = "advisor/trial.rs"]
mod trial;

use std::collections::BTreeSet;

use case::{Case, Expected, On};
use engines::Server;

macro_rules! groups {
    ($($name:ident: $letter:literal;)*) => {
        mod postgres_15 {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { hold_on_postgres($letter, 15).await; })*
        }
        mod postgres_18 {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { hold_on_postgres($letter, 18).await; })*
        }
    };
}

groups! {
    rules_on_keys_hold: 'K';
    rules_on_indexes_hold: 'I';
    rules_on_security_hold: 'S';
    rules_on_types_hold: 'T';
    rules_on_operations_hold: 'O';
}

async fn hold_on_postgres(group: char, major: u16) {
    let Some(server) = tests::servers::postgres(major) else { return };
    hold(&Server::postgres(&server).await, |case| case.on == On::Postgres && case.rule.group() == group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_hold_on_sqlite() {
    hold(&Server::sqlite(), |case| case.on == On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_hold_on_mariadb() {
    let Some(server) = Server::mariadb().await else { return };
    hold(&server, |case| case.on == On::MariaDb).await;
}

/// All of them are tried, so that one that fails does not hide the others.
async fn hold(server: &Server, which: impl Fn(&Case) -> bool) {
    // One rule alone, while it is being written.
    let only = std::env::var("ROWHOUSE_TEST_RULE").ok();
    let mut failures = Vec::new();
    for case in case::all().iter().filter(|case| which(case)) {
        let wanted = only.as_ref().is_none_or(|only| case.rule.id == only)
            && server.major.is_none_or(|major| case.is_for(major));
        if let Some(Err(failure)) = if wanted { Some(trial::hold(server, case).await) } else { None } {
            failures.push(format!("{}: {failure}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_cases_that_fire_and_that_are_silent_and_examples() {
    let cases = case::all();
    let mut missing = Vec::new();
    for rule in advisor::rules() {
        let has = |expected: Expected, example: bool| {
            cases.iter().any(|case| case.rule.id == rule.id && case.expected == expected && case.example == example)
        };
        for (expected, word) in [(Expected::Fires, "fires"), (Expected::Silent, "silent")] {
            if !has(expected, false) {
                missing.push(format!("{} {}: no case {word}_*.sql", rule.id, rule.name));
            }
        }
        if !has(Expected::Silent, true) && !has(Expected::Fires, true) {
            missing.push(format!("{} {}: its page has no example", rule.id, rule.name));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn ids_and_names_are_told_apart_and_in_order() {
    let rules = advisor::rules();
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(ids, sorted);
    assert_eq!(rules.iter().map(|rule| rule.id).collect::<BTreeSet<_>>().len(), rules.len());
    assert_eq!(rules.iter().map(|rule| rule.name).collect::<BTreeSet<_>>().len(), rules.len());
}
