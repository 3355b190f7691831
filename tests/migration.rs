//! What the library says of migrations, held against real servers: locks, rewrites and scans of every statement in
//! `migration/statements.sql`, how others go on working meanwhile, and the cases and examples of the rules.
//!
//! A case is a file `crates/advisor/cases/M-…/{fires,silent}_*.sql`; `.mariadb.sql` and `.sqlite.sql` are for those engines, all others
//! for PostgreSQL. What stands before the line `-- migration` makes the database. Its first lines may say, each after `-- `:
//!
//! | Line | Means |
//! |---|---|
//! | `server: >=16` | only on these major versions |
//! | `finds: 2` | so many findings; 1 where it is not said |
//! | `level: info` | the level of the findings, where it is not the rule's |
//! | `transaction: tool` | the migration's tool runs it in one transaction |
//! | `refused: yes` | the server refuses it |
//! | `run: no` | it is not run here |
//! | `fix: none` | no finding has a fix |
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "migration/cases.rs"]
mod cases;
#[path = "advisor/engines.rs"]
mod engines;
#[path = "migration/innodb.rs"]
mod innodb;
#[path = "migration/locks.rs"]
mod locks;

use engines::Server;

async fn on_postgres(major: u16) -> Option<Server> {
    Some(Server::postgres(&tests::servers::postgres(major)?).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_and_work_are_what_postgres_15_does() {
    let Some(server) = on_postgres(15).await else { return };
    locks::hold(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_and_work_are_what_postgres_18_does() {
    let Some(server) = on_postgres(18).await else { return };
    locks::hold(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_hold_on_postgres_15() {
    let Some(server) = on_postgres(15).await else { return };
    cases::hold(&server, cases::On::Postgres(15)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_hold_on_postgres_18() {
    let Some(server) = on_postgres(18).await else { return };
    cases::hold(&server, cases::On::Postgres(18)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_hold_on_sqlite() {
    cases::hold(&Server::sqlite(), cases::On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_hold_on_mariadb() {
    let Some(server) = Server::mariadb().await else { return };
    cases::hold(&server, cases::On::MariaDb).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn algorithms_are_what_mariadb_takes_and_refuses() {
    let Some(server) = Server::mariadb().await else { return };
    innodb::hold(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_that_give_each_row_its_own_value_are_told_from_others() {
    for major in [15, 18] {
        let Some(server) = on_postgres(major).await else { return };
        locks::hold_functions(&server).await;
    }
}

#[test]
fn every_rule_has_cases_that_fire_and_that_are_silent() {
    let cases = cases::all();
    let mut missing = Vec::new();
    for rule in advisor::migration::rules() {
        for (fires, word) in [(true, "fires"), (false, "silent")] {
            for (example, what) in [(true, "example"), (false, "case")] {
                let has =
                    cases.iter().any(|case| case.rule == rule.id && case.fires == fires && case.example == example);
                if !has {
                    missing.push(format!("{} {}: no {what} that {word}", rule.id, rule.name));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
