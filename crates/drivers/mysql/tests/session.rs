#![allow(clippy::unwrap_used, clippy::panic)]
//! What a session does beyond the contract's cases.

mod common {
    pub mod server;
}

use std::{io::Write, sync::Arc};

use common::server::{finish, run, server};
use driver::{Code, ConnectContext, CopyFeed, Role, Secret, Session, Statement, Transaction};

#[tokio::test]
async fn values_of_prepared_statements_print_as_those_of_plain_ones() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    for text in [
        "create temporary table v (i int primary key, t tinyint, tu tinyint unsigned, s smallint, m mediumint, \
         z mediumint(8) zerofill, b bigint unsigned, f float, f2 float(9,2), r double, r2 double(20,3), d decimal(65,30), \
         y year, da date, ti time, ti6 time(6), dt datetime, dt3 datetime(3), ts timestamp(6) null, bt bit(13), c char(5), \
         vb varbinary(9), tx text, e enum('a','b'), se set('x','y'), j json, u uuid, g geometry)",
        "set sql_mode = ''",
        "insert into v values (1, -1, 200, -300, -70000, 5, 18446744073709551615, 1.1, 3.14159, 0.1, 2.5, -0.5, 1999, \
         '2024-02-29', '-12:34:56', '838:59:58.123456', '2024-02-29 01:02:03', '2024-02-29 01:02:03.4', \
         '2024-02-29 01:02:03.000007', b'1000000000001', 'é', x'00ff', 'text', 'b', 'x,y', '{}', \
         '00000000-0000-0000-0000-000000000001', point(1,2))",
        "insert into v (i, f, r, da, dt, dt3, ti6) values (2, 1e-20, 1e-20, '0000-00-00', '0000-00-00', 0, 0)",
        "insert into v (i, f, r, f2) values (3, 3.402823466e38, 1.7976931348623157e308, 0.005)",
        "insert into v (i, f, r) values (4, 123456789, 123456789012345680), (5, 1e15, 1e15), (6, 0.000001, 1e14), \
         (7, -0.00012345678, 2.2250738585072014e-308), (8, 999999.5, 1e16), (9, 1e-15, 1e-14), (10, -0e0, -0e0), \
         (11, 16777217, 9007199254740993), (12, 0.1, 0.1), (13, 1e-16, 1e-15), (14, 12345.678, 4.9e-324)",
    ] {
        run(&*session, text).await.ok();
    }
    let plain = run(&*session, "select * from v order by i").await;
    let text = "select * from v where '1' = ? order by i";
    let prepared = finish(session.run(Statement::new(text).with_values([Some("1")]))).await;
    let (columns, rows) = &plain.sets[0];
    assert_eq!(&prepared.sets[0].0, columns);
    for (row, (one, other)) in rows.iter().zip(&prepared.sets[0].1).enumerate() {
        for ((name, ..), (one, other)) in columns.iter().zip(one.iter().zip(other)) {
            let text = |cell: &Option<Vec<u8>>| cell.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(text(one), text(other), "row {}, column {name}", row + 1);
        }
    }
    assert_eq!(rows.len(), prepared.sets[0].1.len());
    let wrong = finish(session.run(Statement::new("select ?, ?").with_values([Some("1")]))).await;
    assert_eq!(wrong.error().code, Code::InvalidStatement);
    assert!(wrong.error().message.contains("2 placeholders"), "{}", wrong.error());
    assert_eq!(run(&*session, "select 1").await.first().unwrap(), "1");
}

#[tokio::test]
async fn what_a_statement_did_is_told() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    run(&*session, "create temporary table w (id int auto_increment primary key, v tinyint)").await.ok();
    let inserted = run(&*session, "insert into w (v) values (1), (2), (3)").await;
    assert_eq!(inserted.ok().affected_rows, Some(3));
    assert!(inserted.notices.iter().any(|notice| notice.contains("Records: 3")), "{:?}", inserted.notices);
    assert!(inserted.notices.iter().any(|notice| notice.contains("Last insert id: 1")), "{:?}", inserted.notices);
    let updated = run(&*session, "update w set v = 1").await;
    assert_eq!(updated.ok().affected_rows, Some(2), "rows that changed, as the server counts");
    assert!(updated.notices.iter().any(|notice| notice.contains("Rows matched: 3")), "{:?}", updated.notices);
    run(&*session, "set sql_mode = ''").await.ok();
    let clipped = run(&*session, "insert into w (v) values (1000)").await;
    assert!(
        clipped.notices.iter().any(|notice| notice.starts_with("Warning 1264: Out of range")),
        "{:?}",
        clipped.notices
    );
    let again = run(&*session, "show warnings").await;
    assert_eq!(again.sets[0].1.len(), 1, "the server still has them");
    assert_eq!(run(&*session, "select last_insert_id()").await.first().unwrap(), "4");
}

#[tokio::test]
async fn the_session_is_left_as_the_server_set_it_and_followed() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    let own =
        run(&*session, "select @@session.sql_mode = @@global.sql_mode, @@session.time_zone = @@global.time_zone").await;
    assert_eq!(own.sets[0].1[0], vec![Some(b"1".to_vec()), Some(b"1".to_vec())]);
    assert_eq!(session.state().borrow().database.as_deref(), Some("rowhouse"));
    run(&*session, "use latin1").await.ok();
    assert_eq!(session.state().borrow().database.as_deref(), Some("latin1"));
    run(&*session, "set autocommit = 0").await.ok();
    let state = session.state().borrow().clone();
    assert_eq!((state.transaction, state.settings[0].value.as_str()), (Transaction::Idle, "OFF"));
    run(&*session, "create table if not exists latin1.t (v int)").await.ok();
    run(&*session, "select * from latin1.t").await.ok();
    assert_eq!(session.state().borrow().transaction, Transaction::Open);
    run(&*session, "rollback").await.ok();
    assert_eq!(session.state().borrow().transaction, Transaction::Idle);
}

async fn load(session: &dyn Session, feed: CopyFeed) -> common::server::Finished {
    let text = "load data local infile '/etc/passwd' into table l fields terminated by ','";
    finish(session.run(Statement { copy: feed, ..Statement::new(text) })).await
}

#[tokio::test]
async fn a_server_gets_the_file_that_was_chosen_and_no_other() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    run(&*session, "create temporary table l (a int, b varchar(20))").await.ok();
    let refused = load(&*session, CopyFeed::None).await;
    assert_eq!(refused.error().code, Code::Forbidden);
    assert!(refused.error().message.contains("/etc/passwd"), "{}", refused.error());
    assert_eq!(run(&*session, "select count(*) from l").await.first().unwrap(), "0");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for i in 0..100_000 {
        writeln!(file, "{i},row {i}").unwrap();
    }
    let loaded = load(&*session, CopyFeed::FromFile(file.path().to_owned())).await;
    assert_eq!(loaded.ok().affected_rows, Some(100_000));
    assert_eq!(load(&*session, CopyFeed::Bytes(Arc::from(&b"7,seven\n"[..]))).await.ok().affected_rows, Some(1));
    let gone = load(&*session, CopyFeed::FromFile("/no/such/file".into())).await;
    assert_eq!(gone.error().code, Code::NotFound);
    assert_eq!(run(&*session, "select count(*) from l").await.first().unwrap(), "100001");
}

#[tokio::test]
async fn a_read_only_session_writes_nothing_by_any_door() {
    let Some(server) = server() else { return };
    let (_connection, writer) = server.session().await;
    for text in [
        "create table if not exists ro (v int)",
        "truncate ro",
        "create or replace procedure ro_write() begin commit; set session transaction read write; insert into ro values (1); end",
        "create or replace function ro_count() returns int reads sql data return (select count(*) from ro)",
    ] {
        run(&*writer, text).await.ok();
    }
    let mut context = ConnectContext::unattended(Some(Secret::new(server.password.clone())));
    context.read_only = true;
    let guarded = server.connect_with(&[], context).await.unwrap();
    let reader = guarded.open(Role::Session).await.unwrap();
    for text in [
        "insert into ro values (1)",
        "/*!50000 insert into ro values (1) */",
        "/*M!100000 insert into ro values (1) */",
        "set session transaction read write",
        "set @@session.tx_read_only = 0",
        "start transaction read write",
        "call ro_write()",
        "drop table ro",
        "create table ro2 (v int)",
        "select 1 into outfile '/tmp/rowhouse-ro'",
        "select * from ro for update",
        "kill 1",
        "select 1; insert into ro values (1)",
        "prepare x from 'insert into ro values (1)'",
    ] {
        let error = run(&*reader, text).await;
        assert_eq!(error.error().code, Code::Forbidden, "{text}: {:?}", error.error());
    }
    assert_eq!(run(&*reader, "select count(*) from ro").await.first().unwrap(), "0");
    // Without the guard the server refuses too.
    let text = "insert into ro select 1 from dual where '1' = ?";
    let refused = finish(reader.run(Statement::new(text).with_values([Some("1")]))).await;
    assert_eq!(refused.error().code, Code::Forbidden);
    assert_eq!(run(&*writer, "select count(*) from ro").await.first().unwrap(), "0");
}

#[tokio::test]
async fn real_errors_have_the_codes_of_the_table() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    for text in [
        "set sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY'",
        "create database if not exists errors",
        "use errors",
        "drop table if exists c, p",
        "create table p (id int primary key, v tinyint not null, s varchar(3), check (v < 100)) engine=innodb",
        "create table c (p int, constraint c_p foreign key (p) references p (id)) engine=innodb",
        "insert into p values (1, 1, 'a')",
        "insert into c values (1)",
    ] {
        run(&*session, text).await.ok();
    }
    for (text, number, code) in [
        ("selct 1", 1064, Code::InvalidStatement),
        ("select * from nowhere", 1146, Code::NotFound),
        ("select nope from p", 1054, Code::NotFound),
        ("select nope()", 1305, Code::NotFound),
        ("use nowhere", 1049, Code::NotFound),
        ("drop table nowhere", 1051, Code::NotFound),
        ("create table p (a int)", 1050, Code::AlreadyExists),
        ("create database errors", 1007, Code::AlreadyExists),
        ("insert into p values (1, 1, 'a')", 1062, Code::ConstraintViolated),
        ("insert into p (id, v) values (2, null)", 1048, Code::ConstraintViolated),
        ("insert into p (id) values (2)", 1364, Code::ConstraintViolated),
        ("insert into p values (2, 1000, 'a')", 1264, Code::ConstraintViolated),
        ("insert into p values (2, 1, 'abcd')", 1406, Code::ConstraintViolated),
        ("insert into p values (2, 101, 'a')", 4025, Code::ConstraintViolated),
        ("insert into p values ('x', 1, 'a')", 1366, Code::ConstraintViolated),
        ("insert into c values (9)", 1452, Code::ConstraintViolated),
        ("delete from p", 1451, Code::ConstraintViolated),
        ("select id, max(v) from p group by v", 1055, Code::InvalidStatement),
        ("select (select 1 union select 2)", 1242, Code::InvalidStatement),
        ("insert into p values (1)", 1136, Code::InvalidStatement),
        ("set nope = 1", 1193, Code::NotFound),
        ("signal sqlstate '45000' set message_text = 'no'", 1644, Code::InvalidStatement),
    ] {
        let failed = run(&*session, text).await;
        let error = failed.error();
        let native = error.native.clone().unwrap_or_default();
        assert_eq!(
            (native.code.split(' ').next().unwrap(), error.code),
            (number.to_string().as_str(), code),
            "{text}: {error}"
        );
    }
    let failed = run(&*session, "insert into c values (9)").await;
    assert_eq!(failed.error().native.as_ref().unwrap().constraint.as_deref(), Some("c_p"));
    // A statement's own limit of the server.
    let slow = run(&*session, "set statement max_statement_time = 0.2 for select sleep(5)").await;
    assert_eq!(slow.error().code, Code::TimedOut, "{:?}", slow.error());
}

#[tokio::test]
async fn a_statement_longer_than_the_server_takes_is_refused_here_and_the_session_lives() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    let text = format!("select length('{}')", "x".repeat(257 << 20));
    let refused = run(&*session, &text).await;
    assert_eq!(refused.error().code, Code::InvalidStatement);
    assert!(refused.error().message.contains("max_allowed_packet"), "{}", refused.error());
    let text = format!("select length('{}')", "x".repeat(33 << 20));
    assert_eq!(run(&*session, &text).await.first().unwrap(), (33 << 20).to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_the_server_gave_up_is_not_shown_as_open() {
    let Some(server) = server() else { return };
    let (_one, first) = server.session().await;
    let (_other, second) = server.session().await;
    for text in [
        "create table if not exists dead (id int primary key, v int) engine=innodb",
        "replace into dead values (1, 0), (2, 0)",
        "begin",
        "update dead set v = 1 where id = 1",
    ] {
        run(&*first, text).await.ok();
    }
    run(&*second, "begin").await.ok();
    run(&*second, "update dead set v = 2 where id = 2").await.ok();
    let waiting = tokio::spawn(finish(first.run(Statement::new("update dead set v = 1 where id = 2"))));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let other = run(&*second, "update dead set v = 2 where id = 1").await;
    let one = waiting.await.unwrap();
    let (loser, error) = match (&one.end, &other.end) {
        (Some(Err(error)), _) => (&first, error),
        (_, Some(Err(error))) => (&second, error),
        ends => panic!("no deadlock: {ends:?}"),
    };
    assert_eq!(error.code, Code::Conflict, "{error}");
    assert_eq!(loser.state().borrow().transaction, Transaction::Idle);
    assert!(one.end.unwrap().is_ok() || other.end.unwrap().is_ok());
}
