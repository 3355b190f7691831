#![allow(clippy::unwrap_used, clippy::panic)]
//! Definitions changed on a real server.

mod common {
    pub mod server;
}

use common::server::{run, server};
use driver::{
    Code, Role,
    alter::{AlterStatement, Application, Applied},
};

fn application(statements: &[&str]) -> Application {
    let statements = statements.iter().map(|sql| AlterStatement { sql: (*sql).to_owned(), check: false }).collect();
    Application {
        before: Vec::new(),
        statements,
        transaction: false,
        keep: true,
        lock_timeout_ms: 1_000,
        script: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ran_before_a_refusal_stays() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    run(&*session, "drop table if exists alter_half").await.ok();
    let alter = connection.control().alter().unwrap();
    let wanted = application(&[
        "create table alter_half (id int primary key, note varchar(20) default 'a\\'b')",
        "alter table alter_half add column id int",
        "drop table alter_half",
    ]);
    match alter.apply(&wanted, &()).await.unwrap() {
        Applied::Refused { statement: 1, said } => assert!(said.message.contains("id"), "{said:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(run(&*session, "select count(*) from alter_half").await.first().as_deref(), Some("0"));
    for (wanted, code) in [
        (Application { transaction: true, ..wanted.clone() }, Code::Unsupported),
        (Application { keep: false, ..wanted }, Code::Unsupported),
    ] {
        assert_eq!(alter.apply(&wanted, &()).await.unwrap_err().code, code);
    }
    let done = alter.apply(&application(&["drop table alter_half"]), &()).await.unwrap();
    assert!(matches!(done, Applied::Done { kept: true, .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_somebody_reads_is_waited_for_only_so_long() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    run(&*session, "create or replace table alter_read (id int primary key) engine=innodb").await.ok();
    let reader = connection.open(Role::Session).await.unwrap();
    run(&*reader, "begin").await.ok();
    run(&*reader, "select * from alter_read").await.ok();
    let alter = connection.control().alter().unwrap();
    let wanted = application(&["alter table alter_read add column note text"]);
    match alter.apply(&wanted, &()).await.unwrap() {
        Applied::Locked { statement: 0, holders, said } => {
            assert_eq!(said.code, Code::Conflict, "{said:?}");
            // Who holds it is told where performance_schema is on.
            let id = reader.state().borrow().server_id.clone();
            assert!(holders.iter().all(|holder| holder.session == id), "{holders:?}");
        }
        other => panic!("{other:?}"),
    }
    run(&*reader, "rollback").await.ok();
    assert!(matches!(alter.apply(&wanted, &()).await.unwrap(), Applied::Done { .. }));
    run(&*session, "drop table alter_read").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_has_its_own_transactions_and_the_sessions_mode() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    run(&*session, "drop table if exists alter_script").await.ok();
    let alter = connection.control().alter().unwrap();
    let wanted = Application {
        script: true,
        ..application(&[
            "create table alter_script (id int primary key, mode text)",
            "start transaction",
            "set @mode = @@sql_mode",
            "insert into alter_script values (1, @mode)",
            "commit",
        ])
    };
    assert!(matches!(alter.apply(&wanted, &()).await.unwrap(), Applied::Done { kept: true, .. }));
    let kept = run(&*session, "select mode = @@global.sql_mode from alter_script").await;
    assert_eq!(kept.first().as_deref(), Some("1"), "it runs under the server's own mode");
    let open = Application { script: true, ..application(&["start transaction", "delete from alter_script"]) };
    assert_eq!(alter.apply(&open, &()).await.unwrap_err().code, Code::InvalidStatement);
    let plain = application(&["delete from alter_script", "commit"]);
    assert_eq!(alter.apply(&plain, &()).await.unwrap_err().code, Code::InvalidStatement);
    assert_eq!(run(&*session, "select count(*) from alter_script").await.first().as_deref(), Some("1"));
    run(&*session, "drop table alter_script").await.ok();
}
