#![allow(clippy::unwrap_used, clippy::panic)]
//! Sessions on real servers, beyond the contract's own cases.

mod common {
    pub mod server;
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use arrow_array::cast::AsArray;
use async_trait::async_trait;
use common::server::{Server, servers};
use driver::{
    Answer, Ask, Code, ConnectContext, Connection, CopyFeed, Driver, Error, Event, Message, Outcome, Parameter,
    Profile, Question, Role, Secret, Session, Statement, Transaction, arrow,
};
use driver_postgres::PostgresDriver;

fn profile(server: &Server, changes: &[(&str, &str)]) -> Profile {
    let port = server.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", &port), ("user", "postgres"), ("database", "postgres")];
    let values = values.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Profile { name: "test".into(), driver: "postgres".into(), values: values.collect() }
}

async fn connect(server: &Server, changes: &[(&str, &str)], read_only: bool) -> Result<Arc<dyn Connection>, Error> {
    let context =
        ConnectContext { read_only, ..ConnectContext::unattended(Some(Secret::new(server.password.clone()))) };
    PostgresDriver.connect(&profile(server, changes), context).await
}

async fn session(server: &Server, read_only: bool) -> (Arc<dyn Connection>, Arc<dyn Session>) {
    let connection = connect(server, &[], read_only).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    (connection, session)
}

async fn all(session: &dyn Session, statement: Statement) -> Result<Vec<Event>, Error> {
    let mut run = session.run(statement);
    let mut events = Vec::new();
    while let Some(event) = tokio::time::timeout(Duration::from_secs(20), run.next()).await.unwrap() {
        events.push(event?);
    }
    Ok(events)
}

async fn text(session: &dyn Session, statement: &str) -> String {
    let events = all(session, Statement::new(statement)).await.unwrap();
    let cell = events.iter().find_map(|event| match event {
        Event::Batch(batch) => {
            let column = batch.column(0);
            Some(match column.as_binary_opt::<i32>() {
                Some(bytes) => String::from_utf8_lossy(bytes.value(0)).into_owned(),
                None => format!("{column:?}"),
            })
        }
        _ => None,
    });
    cell.unwrap_or_else(|| panic!("{events:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_session_writes_nothing_by_any_way() {
    for server in servers() {
        let (_writing, writer) = session(&server, false).await;
        for setup in [
            "drop schema if exists guarded cascade",
            "create schema guarded",
            "create table guarded.t (v int)",
            "create function guarded.put() returns int language sql as 'insert into guarded.t values (1) returning v'",
            "create function guarded.loose() returns int language plpgsql as \
             $$ begin perform set_config('transaction_read_only', 'off', true); insert into guarded.t values (1); return 1; end $$",
            "create procedure guarded.call() language plpgsql as $$ begin insert into guarded.t values (1); commit; end $$",
        ] {
            all(&*writer, Statement::new(setup)).await.unwrap();
        }
        let (_reading, reader) = session(&server, true).await;
        for attempt in [
            "insert into guarded.t values (1)",
            "begin read write",
            "start transaction read write",
            "set transaction read write",
            "set transaction_read_only = off",
            "set default_transaction_read_only = off",
            "set session characteristics as transaction read write",
            "select set_config('transaction_read_only', 'off', false), guarded.put()",
            "select set_config('default_transaction_read_only', 'off', false)",
            "insert into guarded.t values (2)",
            "select guarded.put()",
            "select guarded.loose()",
            "with gone as (insert into guarded.t values (1) returning v) select * from gone",
            "select 1; insert into guarded.t values (1)",
            "commit; insert into guarded.t values (1)",
            "rollback; begin read write; insert into guarded.t values (1); commit",
            "do $$ begin insert into guarded.t values (1); end $$",
            "do $$ begin commit; set transaction read write; insert into guarded.t values (1); end $$",
            "call guarded.call()",
            "explain analyze insert into guarded.t values (1)",
            "explain (analyze) select guarded.put()",
            "create table guarded.more as select 1",
            "select 1 into guarded.more",
            "copy guarded.t from stdin",
            "copy (select 1) to program 'cat > /dev/null'",
            "copy (select 1) to '/tmp/rowhouse-must-not-exist'",
            "begin",
            "insert into guarded.t values (3)",
            "rollback and chain",
            "insert into guarded.t values (4)",
            "commit and chain",
            "select guarded.put()",
            "rollback",
            "select nextval('guarded.none')",
            "vacuum guarded.t",
        ] {
            // Some of them run, harmlessly; what counts is what is left.
            let _ = all(&*reader, Statement::new(attempt)).await;
            let after = all(&*reader, Statement::new("select guarded.put()")).await;
            assert!(after.is_err(), "after {attempt:?}");
            let left = text(&*writer, "select count(*)::text from guarded.t").await;
            assert_eq!(left, "0", "{attempt:?} wrote");
            if reader.state().borrow().transaction == Transaction::Failed {
                all(&*reader, Statement::new("rollback")).await.unwrap();
            }
        }
        assert!(!std::path::Path::new("/tmp/rowhouse-must-not-exist").exists());
        let tables = text(&*writer, "select count(*)::text from pg_tables where schemaname = 'guarded'").await;
        assert_eq!(tables, "1");
        let refused = all(&*reader, Statement::new("select guarded.put()")).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{refused:?}");
        assert_eq!(text(&*reader, "select 'reads'").await, "reads");
    }
}

#[tokio::test]
async fn a_transaction_of_the_users_stays_open_on_a_read_only_session() {
    for server in servers() {
        let (_connection, reader) = session(&server, true).await;
        all(&*reader, Statement::new("begin isolation level repeatable read")).await.unwrap();
        assert_eq!(reader.state().borrow().transaction, Transaction::Open);
        let first = text(&*reader, "select now()::text").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(text(&*reader, "select now()::text").await, first, "one transaction");
        assert_eq!(text(&*reader, "show transaction_read_only").await, "on");
        all(&*reader, Statement::new("commit")).await.unwrap();
        assert_eq!(reader.state().borrow().transaction, Transaction::Idle);
    }
}

#[tokio::test]
async fn files_are_copied_in_and_out_whole_or_not_at_all() {
    for server in servers() {
        let (_connection, session) = session(&server, false).await;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("in.tsv"), folder.path().join("out.tsv"));
        let rows: String = (0..50_000).map(|i| format!("{i}\trow {i}\n")).collect();
        std::fs::write(&from, &rows).unwrap();
        all(&*session, Statement::new("create temp table t (a int, b text)")).await.unwrap();
        let copy = |text: &str, copy: CopyFeed| Statement { copy, ..Statement::new(text) };
        let events = all(&*session, copy("copy t from stdin", CopyFeed::FromFile(from.clone()))).await.unwrap();
        assert!(matches!(&events[..], [Event::Done(done)] if done.affected_rows == Some(50_000)), "{events:?}");
        all(&*session, copy("copy t to stdout", CopyFeed::ToFile(to.clone()))).await.unwrap();
        assert_eq!(std::fs::read_to_string(&to).unwrap(), rows);
        // A copy that fails half-way leaves the file as it was.
        let half = "copy (select 1 / (3 - i) from generate_series(1, 9) i) to stdout";
        let error = all(&*session, copy(half, CopyFeed::ToFile(to.clone()))).await.unwrap_err();
        assert_eq!(error.native.unwrap().code, "22012");
        assert_eq!(std::fs::read_to_string(&to).unwrap(), rows);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no partial file is left");
        // Rows that nobody takes are a result set of raw chunks.
        let events = all(&*session, Statement::new("copy (select 7, null) to stdout")).await.unwrap();
        let Event::ResultSet(schema, _) = &events[0] else { panic!("{events:?}") };
        assert_eq!(schema.metadata()[arrow::RAW_COPY], "true");
        let Event::Batch(batch) = &events[1] else { panic!("{events:?}") };
        assert_eq!(batch.column(0).as_binary::<i32>().value(0), b"7\t\\N\n");
        // What cannot be read is our error, and the session goes on.
        for (feed, code) in [
            (CopyFeed::None, Code::InvalidStatement),
            (CopyFeed::FromFile(folder.path().join("none")), Code::NotFound),
            (CopyFeed::FromFile(folder.path().to_owned()), Code::Internal),
        ] {
            let error = all(&*session, copy("copy t from stdin", feed)).await.unwrap_err();
            assert_eq!(error.code, code, "{error:?}");
        }
        let wrong = CopyFeed::Bytes(format!("x\ty\n{rows}").into_bytes().into());
        let error = all(&*session, copy("copy t from stdin", wrong)).await.unwrap_err();
        assert_eq!(error.native.unwrap().code, "22P02");
        assert_eq!(text(&*session, "select count(*)::text from t").await, "50000");
    }
}

#[tokio::test]
async fn placeholders_must_be_given_one_by_one() {
    for server in servers() {
        let (_connection, session) = session(&server, false).await;
        let given = |names: &[&str]| Statement {
            parameters: names.iter().map(|name| Parameter { name: (*name).into(), value: None }).collect(),
            ..Statement::new("select $1::int, $2::int")
        };
        assert!(all(&*session, given(&["2", "1"])).await.is_ok());
        for wrong in [&["1", "1"][..], &["1", "3"], &["0", "1"], &["a", "b"]] {
            let error = all(&*session, given(wrong)).await.unwrap_err();
            assert_eq!(error.code, Code::InvalidStatement, "{wrong:?}");
        }
        assert!(all(&*session, given(&["1"])).await.is_err(), "the server counts too");
    }
}

#[tokio::test]
async fn types_of_ones_own_are_named_and_settings_are_followed() {
    for server in servers() {
        let (_connection, session) = session(&server, false).await;
        all(&*session, Statement::new("drop type if exists mood_of_session")).await.unwrap();
        all(&*session, Statement::new("create type mood_of_session as enum ('glad')")).await.unwrap();
        let events = all(&*session, Statement::new("select 'glad'::mood_of_session, 1::numeric(7,3)")).await.unwrap();
        let Event::ResultSet(schema, context) = &events[0] else { panic!("{events:?}") };
        assert!(arrow::native_type(schema.field(0)).ends_with("mood_of_session"), "{schema:?}");
        assert_eq!(arrow::native_type(schema.field(1)), "numeric(7,3)");
        assert_eq!((context.encoding.as_str(), context.bytea_output.as_str()), ("UTF8", "hex"));
        all(&*session, Statement::new("drop type mood_of_session")).await.unwrap();
        for change in ["set search_path = pg_temp, public", "set bytea_output = escape", "set datestyle = german"] {
            all(&*session, Statement::new(change)).await.unwrap();
        }
        assert_eq!(session.state().borrow().search_path.as_deref(), Some("pg_temp, public"));
        let events = all(&*session, Statement::new("select now()")).await.unwrap();
        let Event::ResultSet(_, context) = &events[0] else { panic!("{events:?}") };
        assert_eq!(context.bytea_output, "escape");
        assert!(context.date_style.starts_with("German"), "{context:?}");
        all(&*session, Statement::new("begin")).await.unwrap();
        all(&*session, Statement::new("set search_path = pg_catalog")).await.unwrap();
        all(&*session, Statement::new("rollback")).await.unwrap();
        assert_eq!(session.state().borrow().search_path.as_deref(), Some("pg_temp, public"));
    }
}

#[tokio::test]
async fn a_notice_while_idle_is_a_message() {
    for server in servers() {
        let (_connection, one) = session(&server, false).await;
        let (_other_connection, other) = session(&server, false).await;
        let mut messages = one.messages();
        let pid = one.state().borrow().server_id.clone().unwrap();
        all(&*other, Statement::new(format!("select pg_terminate_backend({pid})"))).await.unwrap();
        loop {
            let message = tokio::time::timeout(Duration::from_secs(5), messages.recv()).await.unwrap().unwrap();
            if let Message::Notice(notice) = message {
                assert_eq!((notice.code.as_deref(), notice.label.as_str()), (Some("57P01"), "FATAL"));
                break;
            }
        }
    }
}

/// Answers wrongly first, then rightly.
struct Forgetful {
    password: String,
    asked: AtomicUsize,
}

#[async_trait]
impl Ask for Forgetful {
    async fn ask(&self, question: Question) -> Answer {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        match question {
            Question::Password { retry, user, .. } => {
                assert_eq!((retry, user.as_str()), (turn > 0, "postgres"));
                Answer::Secret(Secret::new(if turn == 0 { "wrong".into() } else { self.password.clone() }))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_password_is_asked_for_until_it_is_right() {
    for server in servers() {
        let ask = Arc::new(Forgetful { password: server.password.clone(), asked: AtomicUsize::new(0) });
        let context = ConnectContext { ask: ask.clone(), ..ConnectContext::unattended(None) };
        let connection = PostgresDriver.connect(&profile(&server, &[]), context).await.unwrap();
        connection.open(Role::Browse).await.unwrap();
        assert_eq!(ask.asked.load(Ordering::SeqCst), 2);
        let unattended = ConnectContext::unattended(None);
        let error = PostgresDriver.connect(&profile(&server, &[]), unattended).await.map(drop).unwrap_err();
        assert_eq!(error.code, Code::Unauthenticated);
    }
}

#[tokio::test]
async fn encryption_is_what_was_asked_for() {
    for server in servers() {
        let ca = server.tls.join("ca.crt").display().to_string();
        for (changes, tls) in [
            (vec![], true),
            (vec![("user", "rowhouse_plain")], false),
            (vec![("sslmode", "disable")], false),
            (vec![("sslmode", "require")], true),
            (vec![("host", "localhost"), ("sslmode", "verify-full"), ("sslrootcert", ca.as_str())], true),
        ] {
            let connection = connect(&server, &changes, false).await.unwrap();
            let facts = &connection.control().server().facts;
            assert_eq!(facts.contains_key("tls"), tls, "{changes:?}: {facts:?}");
            assert!(!facts.contains_key("pooler"), "{facts:?}");
        }
        let error = connect(&server, &[("sslmode", "verify-full")], false).await.map(drop).unwrap_err();
        assert_eq!(error.code, Code::Unreachable, "an authority this computer does not know");
        let socket = server.socket.display().to_string();
        let connection = connect(&server, &[("host", &socket)], false).await.unwrap();
        assert_eq!(connection.control().server().version_number / 10_000, u32::from(server.major));
    }
}

#[tokio::test]
async fn a_dropped_run_stops_on_the_server_and_a_finished_one_is_left_alone() {
    for server in servers() {
        let (_connection, session) = session(&server, false).await;
        drop(session.run(Statement::new("select pg_sleep(60)")));
        assert_eq!(text(&*session, "select 'next'").await, "next");
        let events = all(&*session, Statement::new("select 1")).await.unwrap();
        assert!(matches!(events.last(), Some(Event::Done(done)) if done.outcome == Outcome::Completed));
        assert_eq!(session.state().borrow().running, None);
    }
}
