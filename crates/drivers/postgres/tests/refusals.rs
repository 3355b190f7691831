#![allow(clippy::unwrap_used, clippy::panic)]
//! What real servers refuse, and what is no server: each with its own code, and with what to do about it.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::{sync::Arc, time::Duration};

use common::{
    connecting::{all, connect, profile_of, session_of, text},
    server::{Server, run, servers},
};
use driver::{Code, ConnectContext, Driver, Error, Event, Session, Statement};
use driver_postgres::PostgresDriver;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

fn told(error: &Error, state: &str, code: Code) {
    let native = error.native.as_ref().unwrap_or_else(|| panic!("{error:?}"));
    assert_eq!((native.code.as_str(), error.code), (state, code), "{error:?}");
}

async fn refused(session: &dyn Session, statement: &str) -> Error {
    match all(session, Statement::new(statement)).await {
        Err(error) => error,
        Ok(events) => panic!("`{statement}` succeeded: {events:?}"),
    }
}

async fn not_connected(server: &Server, changes: &[(&str, &str)]) -> Error {
    match connect(server, changes, false).await {
        Err(error) => error,
        Ok(_) => panic!("connected with {changes:?}"),
    }
}

#[tokio::test]
async fn every_class_of_refusal_has_its_code() {
    for server in servers() {
        let (_connection, session) = session_of(&server, &[]).await;

        for setup in [
            "drop schema if exists refusals cascade",
            "create schema refusals",
            "create table refusals.t (id int primary key, n int not null check (n > 0), r int references refusals.t)",
            "insert into refusals.t values (1, 1, null)",
            "create view refusals.v as select * from refusals.t",
        ] {
            all(&*session, Statement::new(setup)).await.unwrap();
        }
        for (statement, state, code) in [
            ("select * from refusals.missing", "42P01", Code::NotFound),
            ("select missing from refusals.t", "42703", Code::NotFound),
            ("select missing(1)", "42883", Code::NotFound),
            ("select 1::missing", "42704", Code::NotFound),
            ("create table missing.t ()", "3F000", Code::NotFound),
            ("execute missing", "26000", Code::NotFound),
            ("create table refusals.t ()", "42P07", Code::AlreadyExists),
            ("create schema refusals", "42P06", Code::AlreadyExists),
            ("create role postgres", "42710", Code::AlreadyExists),
            ("insert into refusals.t values (1, 1, null)", "23505", Code::ConstraintViolated),
            ("insert into refusals.t values (2, null, null)", "23502", Code::ConstraintViolated),
            ("insert into refusals.t values (2, 0, null)", "23514", Code::ConstraintViolated),
            ("insert into refusals.t values (2, 1, 9)", "23503", Code::ConstraintViolated),
            ("select 'x'::int", "22P02", Code::InvalidStatement),
            ("select 1/0", "22012", Code::InvalidStatement),
            ("selec 1", "42601", Code::InvalidStatement),
            ("drop table refusals.t", "2BP01", Code::InvalidStatement),
            ("select 1 as a from (select 1 as b, 2 as b) x group by x.c", "42703", Code::NotFound),
            ("alter table refusals.v add column c int", "42809", Code::InvalidStatement),
            ("do $$ begin raise exception 'mine' using errcode = 'P0001'; end $$", "P0001", Code::InvalidStatement),
            ("do $$ begin raise sqlstate 'XX001'; end $$", "XX001", Code::Corrupt),
            ("do $$ begin raise sqlstate '53100'; end $$", "53100", Code::Exhausted),
            ("select pg_read_file('missing')", "58P01", Code::NotFound),
        ] {
            told(&refused(&*session, statement).await, state, code);
        }
        all(&*session, Statement::new("begin read only")).await.unwrap();
        told(&refused(&*session, "insert into refusals.t values (5, 1, null)").await, "25006", Code::Forbidden);
        told(&refused(&*session, "select 1").await, "25P02", Code::InvalidStatement);
        all(&*session, Statement::new("rollback")).await.unwrap();
        let (_other_connection, reader) = session_of(&server, &[("user", "rowhouse_reader")]).await;
        told(&refused(&*reader, "select * from refusals.t").await, "42501", Code::Forbidden);
        all(&*session, Statement::new("drop schema refusals cascade")).await.unwrap();
    }
}

#[tokio::test]
async fn a_refused_login_says_which_kind_it_is() {
    for server in servers() {
        told(&not_connected(&server, &[("user", "nobody")]).await, "28P01", Code::Unauthenticated);
        told(&not_connected(&server, &[("database", "nowhere")]).await, "3D000", Code::NotFound);
        let tls_only = not_connected(&server, &[("user", "rowhouse_tls"), ("sslmode", "disable")]).await;
        told(&tls_only, "28000", Code::Unauthenticated);
        assert!(tls_only.hint.unwrap().contains("rules"), "the hint names pg_hba's rules");
        let mut client = server.client().await;
        run(&mut client, "drop role if exists lonely").await;
        run(&mut client, &format!("create role lonely login connection limit 1 password '{}'", server.password)).await;
        let (connection, _) = (connect(&server, &[("user", "lonely")], false).await.unwrap(), ());
        let full = not_connected(&server, &[("user", "lonely")]).await;
        told(&full, "53300", Code::Exhausted);
        assert!(full.hint.is_some(), "{full:?}");
        let refused = connection.open(driver::Role::Session).await.map(drop).unwrap_err();
        told(&refused, "53300", Code::Exhausted);
        connection.close().await;
        run(&mut client, "drop role lonely").await;
        run(&mut client, "drop database if exists closed").await;
        run(&mut client, "create database closed allow_connections false").await;
        told(&not_connected(&server, &[("database", "closed")]).await, "55000", Code::InvalidStatement);
        run(&mut client, "drop database closed").await;
        client.close().await;
    }
}

#[tokio::test]
async fn conflicts_between_transactions_are_conflicts() {
    for server in servers() {
        let (_one_connection, one) = session_of(&server, &[]).await;
        let (_two_connection, two) = session_of(&server, &[]).await;
        for setup in [
            "drop table if exists conflicts",
            "create table conflicts (id int)",
            "insert into conflicts values (1), (2)",
        ] {
            all(&*one, Statement::new(setup)).await.unwrap();
        }
        for session in [&one, &two] {
            all(&**session, Statement::new("begin isolation level repeatable read")).await.unwrap();
            all(&**session, Statement::new("select * from conflicts")).await.unwrap();
        }
        all(&*one, Statement::new("update conflicts set id = 5 where id = 1")).await.unwrap();
        all(&*one, Statement::new("commit")).await.unwrap();
        let error = refused(&*two, "update conflicts set id = 6 where id = 1").await;
        told(&error, "40001", Code::Conflict);
        assert!(error.hint.is_some());
        all(&*two, Statement::new("rollback")).await.unwrap();
        for (session, id) in [(&one, 5), (&two, 2)] {
            all(&**session, Statement::new("begin")).await.unwrap();
            let lock = format!("update conflicts set id = id where id = {id}");
            all(&**session, Statement::new(lock)).await.unwrap();
        }
        let (first, second) = tokio::join!(
            all(&*one, Statement::new("update conflicts set id = id where id = 2")),
            all(&*two, Statement::new("update conflicts set id = id where id = 5")),
        );
        let error = first.err().or(second.err()).unwrap();
        told(&error, "40P01", Code::Conflict);
        assert!(error.hint.is_some() && error.native.unwrap().detail.is_some());
        for session in [&one, &two] {
            all(&**session, Statement::new("rollback")).await.unwrap();
        }
        all(&*one, Statement::new("drop table conflicts")).await.unwrap();
    }
}

#[tokio::test]
async fn the_servers_own_limits_are_told_from_a_stop() {
    for server in servers() {
        let (_holder_connection, holder) = session_of(&server, &[]).await;
        let (_connection, session) = session_of(&server, &[]).await;
        for setup in ["drop table if exists limited", "create table limited ()", "begin", "lock table limited"] {
            all(&*holder, Statement::new(setup)).await.unwrap();
        }
        all(&*session, Statement::new("set lock_timeout = 100")).await.unwrap();
        let error = refused(&*session, "select * from limited").await;
        told(&error, "55P03", Code::Conflict);
        assert!(error.hint.as_ref().unwrap().contains("lock_timeout"), "{error:?}");
        let error = refused(&*session, "do $$ begin lock table limited nowait; end $$").await;
        told(&error, "55P03", Code::Conflict);
        assert!(!error.hint.as_ref().unwrap().contains("lock_timeout"), "{error:?}");
        all(&*session, Statement::new("set statement_timeout = 100")).await.unwrap();
        let error = refused(&*session, "select pg_sleep(30)").await;
        told(&error, "57014", Code::TimedOut);
        assert!(error.hint.as_ref().unwrap().contains("statement_timeout"), "{error:?}");
        all(&*session, Statement::new("set statement_timeout = 0")).await.unwrap();
        // Somebody else's cancel is no stop of ours, so it is an error and says so.
        let pid = session.state().borrow().server_id.clone().unwrap();
        let asleep = session.run(Statement::new("select pg_sleep(30)"));
        tokio::time::sleep(Duration::from_millis(300)).await;
        all(&*holder, Statement::new(format!("select pg_cancel_backend({pid})"))).await.unwrap();
        told(&last(asleep).await.unwrap_err(), "57014", Code::Cancelled);
        // And a session that is ended has lost its link.
        let asleep = session.run(Statement::new("select pg_sleep(30)"));
        tokio::time::sleep(Duration::from_millis(300)).await;
        all(&*holder, Statement::new(format!("select pg_terminate_backend({pid})"))).await.unwrap();
        let error = last(asleep).await.unwrap_err();
        assert_eq!(error.code, Code::Unreachable, "{error:?}");
        assert!(error.hint.is_some(), "{error:?}");
        all(&*holder, Statement::new("rollback")).await.unwrap();
        all(&*holder, Statement::new("drop table limited")).await.unwrap();
    }
}

async fn last(mut run: driver::Run) -> Result<Event, Error> {
    let mut last = None;
    while let Some(event) = tokio::time::timeout(Duration::from_secs(20), run.next()).await.unwrap() {
        last = Some(event);
    }
    last.unwrap()
}

#[tokio::test]
async fn awkward_statements_and_cells_are_refused_or_run_whole() {
    for server in servers() {
        let (_connection, session) = session_of(&server, &[]).await;
        let error = refused(&*session, "select 'a\0b'").await;
        assert_eq!(error.code, Code::InvalidStatement);
        assert!(error.message.contains("NUL"), "{error:?}");
        let statement = Statement::new("select $1::text").with_values([Some("a\0b")]);
        assert_eq!(all(&*session, statement).await.unwrap_err().code, Code::InvalidStatement);
        let long = format!("select length('{}')::text", "é".repeat(5 << 19));
        assert!(long.len() > 5 << 20);
        assert_eq!(text(&*session, &long).await, (5 << 19).to_string());
        let at_the_end = format!("{}; selec 1", long.replace("::text", ""));
        let span = refused(&*session, &at_the_end).await.span.unwrap();
        assert_eq!(at_the_end.get(span.start..span.end), Some("selec"), "a place behind 5 MB");
        for unfinished in ["select 'open", "select \"open", "select $a$ open", "/* open"] {
            told(&refused(&*session, unfinished).await, "42601", Code::InvalidStatement);
        }
        assert_eq!(text(&*session, &format!("select repeat('y', {})", 64 << 20)).await.len(), 64 << 20);
        let error = refused(&*session, "select repeat('x', 1 << 30)").await;
        told(&error, "54000", Code::Unsupported);
        assert_eq!(text(&*session, "select 'whole'").await, "whole");
    }
}

/// A server of our own that talks to whoever comes.
async fn stranger<T>(talk: impl Fn(TcpStream) -> T + Send + 'static) -> u16
where
    T: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(talk(tcp));
        }
    });
    port
}

async fn dialled(port: u16, mode: &str) -> Error {
    let port = port.to_string();
    let profile = profile_of(&[("host", "127.0.0.1"), ("port", &port), ("user", "a"), ("sslmode", mode)]);
    let context = ConnectContext { timeout: Duration::from_millis(1500), ..ConnectContext::unattended(None) };
    match PostgresDriver.connect(&profile, context).await {
        Err(error) => error,
        Ok(_) => panic!("connected"),
    }
}

#[tokio::test]
async fn ports_of_something_else_are_told_apart() {
    let http = stranger(|mut tcp| async move {
        let _ = tcp.read(&mut [0; 256]).await;
        let _ = tcp.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
    });
    let ssh = stranger(|mut tcp| async move {
        let _ = tcp.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        let _ = tcp.read(&mut [0; 256]).await;
    });
    let silent = stranger(|tcp| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(tcp);
    });
    let closing = stranger(|tcp| async move { drop(tcp) });
    let (http, ssh, silent, closing) = tokio::join!(http, ssh, silent, closing);
    for mode in ["disable", "prefer", "require"] {
        for port in [http, ssh] {
            let error = dialled(port, mode).await;
            // The S that SSH begins with is also how a server agrees to TLS.
            let says = if port == ssh && mode != "disable" { "does not answer in TLS" } else { "no PostgreSQL" };
            assert_eq!((error.code, error.message.contains(says)), (Code::Unreachable, true), "{error:?}");
            assert!(error.hint.is_some());
        }
        let error = dialled(silent, mode).await;
        assert_eq!((error.code, error.hint.is_some()), (Code::TimedOut, true), "{error:?}");
        let error = dialled(closing, mode).await;
        assert_eq!((error.code, error.hint.is_some()), (Code::Unreachable, true), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_dies_amid_its_rows_keeps_what_came() {
    for server in servers() {
        let target = server.port;
        let cut = Arc::new(tokio::sync::Notify::new());
        let pulled = Arc::clone(&cut);
        let port = stranger(move |mut near| {
            let pulled = Arc::clone(&pulled);
            async move {
                let mut far = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    () = pulled.notified() => {}
                }
            }
        })
        .await;
        let port = port.to_string();
        let (_connection, session) = session_of(&server, &[("port", &port), ("sslmode", "disable")]).await;
        let mut run = session.run(Statement::new("select generate_series(1, 100000000), repeat('x', 100)"));
        let mut rows = 0;
        let error = loop {
            match tokio::time::timeout(Duration::from_secs(20), run.next()).await.unwrap().unwrap() {
                Ok(Event::Batch(batch)) => {
                    rows += batch.num_rows();
                    cut.notify_waiters();
                }
                Ok(Event::Done(done)) => panic!("{done:?}"),
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(rows > 0);
        assert_eq!((error.code, error.hint.is_some()), (Code::Unreachable, true), "{error:?}");
        assert!(matches!(session.state().borrow().link, driver::Link::Lost(_)));
        assert_eq!(refused(&*session, "select 1").await.code, Code::Unreachable);
    }
}
