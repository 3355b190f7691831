#![allow(clippy::unwrap_used, clippy::panic)]
//! PgBouncer in between: what is told, what is kept, what is warned of, and whom a cancel hits.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::{sync::Arc, time::Duration};

use common::{
    connecting::{all, connect, text},
    server::{Server, pooled, run},
};
use driver::{Code, Connection, Event, Outcome, Role, Statement};

const MODES: [&str; 2] = ["session", "transaction"];

/// Through the pooler, in a database of its own pools.
async fn through(server: &Server, port: u16, changes: &[(&str, &str)], read_only: bool) -> Arc<dyn Connection> {
    let port = port.to_string();
    let changes: Vec<_> = [("port", port.as_str())].iter().chain(changes).copied().collect();
    connect(server, &changes, read_only).await.unwrap()
}

#[tokio::test]
async fn the_kind_of_pooler_is_told_and_a_session_says_whether_it_is_shared() {
    for mode in MODES {
        let Some((server, port)) = pooled(mode) else { return };
        for database in ["postgres", "pool_of_one", "pool_of_two"] {
            if (mode, database) == ("session", "pool_of_one") {
                // The control connection alone fills that pool.
                continue;
            }
            let connection = through(&server, port, &[("database", database)], false).await;
            let facts = &connection.control().server().facts;
            assert_eq!(facts.get("pooler").map(String::as_str), Some(mode), "{database}");
            if (mode, database) == ("session", "pool_of_two") {
                continue;
            }
            let session = connection.open(Role::Session).await.unwrap();
            let state = session.state().borrow().clone();
            assert_eq!(state.pooled, mode == "transaction", "{state:?}");
            assert_eq!(state.server_id.is_none(), state.pooled, "{state:?}");
        }
    }
}

#[tokio::test]
async fn a_data_tab_shows_all_digits_whatever_the_login_is_set_to() {
    for mode in MODES {
        let Some((server, port)) = pooled(mode) else { return };
        let mut direct = server.client().await;
        let role = format!("rounding_{mode}");
        // Only logins of the pooler's own list may sign in: the database brings the setting.
        run(&mut direct, &format!("drop database if exists {role}")).await;
        run(&mut direct, &format!("create database {role}")).await;
        for setting in ["extra_float_digits = 0", "\"DateStyle\" = 'German'", "bytea_output = 'escape'"] {
            run(&mut direct, &format!("alter database {role} set {setting}")).await;
        }
        let connection = through(&server, port, &[("database", &role)], false).await;
        let browse = connection.open(Role::Browse).await.unwrap();
        for _ in 0..3 {
            assert_eq!(text(&*browse, "select 0.1::float8 + 0.2::float8").await, "0.30000000000000004", "{mode}");
            assert_eq!(text(&*browse, "select '2024-02-29'::date").await, "2024-02-29", "{mode}");
            assert_eq!(text(&*browse, "select '\\x00ff'::bytea").await, "\\x00ff", "{mode}");
        }
        let events = all(&*browse, Statement::new("select 1")).await.unwrap();
        let Some(Event::ResultSet(_, context)) = events.first() else { panic!("{events:?}") };
        assert_eq!((context.bytea_output.as_str(), context.date_style.as_str()), ("hex", "ISO, DMY"), "{mode}");
        assert_eq!(browse.state().borrow().settings, [], "{mode}: nothing is rounded");
        // What a person writes keeps the login's settings.
        let session = connection.open(Role::Session).await.unwrap();
        assert_eq!(text(&*session, "select 0.1::float8 + 0.2::float8").await, "0.3", "{mode}");
    }
}

#[tokio::test]
async fn what_a_shared_session_does_not_keep_is_warned_of_and_the_rest_is_not() {
    for mode in MODES {
        let Some((server, port)) = pooled(mode) else { return };
        let connection = through(&server, port, &[], false).await;
        let session = connection.open(Role::Session).await.unwrap();
        for (statement, warned) in [
            ("set application_name = 'x'", true),
            ("listen rowhouse_pooler", true),
            ("unlisten rowhouse_pooler", false),
            ("create temp table rowhouse_pooler_temporary (a int)", true),
            ("drop table if exists rowhouse_pooler_temporary", false),
            ("select 1", false),
        ] {
            let events = all(&*session, Statement::new(statement)).await.unwrap();
            let found = events.iter().any(|event| {
                matches!(event, Event::Notice(notice) if notice.detail.as_ref().is_some_and(|detail| detail.contains("pooler")))
            });
            assert_eq!(found, warned && mode == "transaction", "{mode}: {statement}");
        }
    }
}

#[tokio::test]
async fn read_only_holds_on_whatever_server_session_a_statement_meets() {
    for mode in MODES {
        let Some((server, port)) = pooled(mode) else { return };
        let connection = through(&server, port, &[], true).await;
        let session = connection.open(Role::Session).await.unwrap();
        for _ in 0..5 {
            let error = all(&*session, Statement::new("create table public.must_not_be (a int)")).await.unwrap_err();
            assert_eq!(error.code, Code::Forbidden, "{mode}: {error:?}");
            assert_eq!(text(&*session, "select current_setting('transaction_read_only')").await, "on", "{mode}");
        }
    }
}

#[tokio::test]
async fn start_up_settings_that_the_pooler_refuses_are_made_up_for_or_told() {
    let options = ("options", "-c search_path=pg_catalog,information_schema");
    let (Some((server, session_port)), Some((_, port))) = (pooled("session"), pooled("transaction")) else { return };
    let connection = through(&server, session_port, &[options], false).await;
    let session = connection.open(Role::Session).await.unwrap();
    assert_eq!(text(&*session, "show search_path").await, "pg_catalog,information_schema");
    let connection = through(&server, port, &[options], false).await;
    assert_eq!(connection.control().server().facts.get("options_ignored").map(String::as_str), Some(options.1));
    let browse = connection.open(Role::Browse).await.unwrap();
    assert_eq!(text(&*browse, "select current_setting('search_path')").await, "pg_catalog,information_schema");
    let session = connection.open(Role::Session).await.unwrap();
    assert_eq!(text(&*session, "select 'in'").await, "in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_hits_its_own_run_and_no_other() {
    for (mode, database) in [
        ("session", "postgres"),
        ("transaction", "postgres"),
        ("transaction", "pool_of_two"),
        ("transaction", "pool_of_one"),
    ] {
        let Some((server, port)) = pooled(mode) else { return };
        let connection = through(&server, port, &[("database", database)], false).await;
        let a = connection.open(Role::Session).await.unwrap();
        let b = connection.open(Role::Session).await.unwrap();
        for _ in 0..3 {
            let mut stopped = a.run(Statement::new("select pg_sleep(30)"));
            tokio::time::sleep(Duration::from_millis(200)).await;
            let left = b.run(Statement::new("select 'left alone' from pg_sleep(1)"));
            tokio::time::sleep(Duration::from_millis(200)).await;
            stopped.cancel.cancel().await.unwrap();
            let mut outcome = None;
            while let Some(event) = tokio::time::timeout(Duration::from_secs(10), stopped.next()).await.unwrap() {
                if let Event::Done(summary) = event.unwrap() {
                    outcome = Some(summary.outcome);
                }
            }
            assert_eq!(outcome, Some(Outcome::Cancelled), "{mode} {database}");
            let mut left = left;
            let mut rows = 0;
            while let Some(event) = tokio::time::timeout(Duration::from_secs(10), left.next()).await.unwrap() {
                match event.unwrap() {
                    Event::Done(summary) => assert_eq!(summary.outcome, Outcome::Completed, "{mode} {database}"),
                    Event::Batch(batch) => rows += batch.num_rows(),
                    _ => {}
                }
            }
            assert_eq!(rows, 1, "{mode} {database}");
            // A cancel that comes too late finds nothing to stop, whoever has the server session by now.
            let late = stopped.cancel.clone();
            let next = b.run(Statement::new("select 'left alone' from pg_sleep(0.5)"));
            late.cancel().await.unwrap();
            let mut next = next;
            while let Some(event) = tokio::time::timeout(Duration::from_secs(10), next.next()).await.unwrap() {
                event.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_pool_without_room_and_a_server_that_is_not_there_are_told_apart() {
    let Some((server, port)) = pooled("transaction") else { return };
    let connection = through(&server, port, &[("database", "pool_of_one")], false).await;
    let (holder, waiter) =
        (connection.open(Role::Session).await.unwrap(), connection.open(Role::Session).await.unwrap());
    all(&*holder, Statement::new("begin")).await.unwrap();
    let error = all(&*waiter, Statement::new("select 1")).await.unwrap_err();
    assert_eq!(error.code, Code::Exhausted, "{error:?}");
    assert!(error.hint.is_some());
    all(&*holder, Statement::new("rollback")).await.unwrap();
    let port = port.to_string();
    let error = connect(&server, &[("port", &port), ("database", "nobody_there")], false).await.err().unwrap();
    assert!(matches!(error.code, Code::Exhausted | Code::Unreachable), "{error:?}");
}
