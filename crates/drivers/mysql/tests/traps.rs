#![allow(clippy::unwrap_used, clippy::panic)]
//! What surprises in this server, as it arrives here.

mod common {
    pub mod server;
}

use std::time::Duration;

use common::server::{Finished, finish, run, server};
use driver::{Code, Event, Outcome, Session, Statement};

async fn all(session: &dyn Session, texts: &[&str]) {
    for text in texts {
        run(session, text).await.ok();
    }
}

fn texts(finished: &Finished) -> Vec<Vec<Option<String>>> {
    let text = |cell: &Option<Vec<u8>>| cell.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    finished.sets[0].1.iter().map(|row| row.iter().map(text).collect()).collect()
}

#[tokio::test]
async fn zero_dates_all_64_bits_and_the_greatest_number_arrive_whole() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    all(
        &*session,
        &[
            "set sql_mode = ''",
            "create temporary table t (i int, d date, dt datetime, ts timestamp null, b bit(64), b1 bit(1), n bigint unsigned)",
            "insert into t values (1, '0000-00-00', '0000-00-00', 0, ~0, b'0', ~0), (2, '2024-00-31', '2024-02-00 01:02:03', \
             null, 1, b'1', 0)",
        ],
    )
    .await;
    for prepared in [false, true] {
        let text = if prepared { "select * from t where '1' = ? order by i" } else { "select * from t order by i" };
        let statement = Statement::new(text).with_values([Some("1")].into_iter().take(usize::from(prepared)));
        let finished = finish(session.run(statement)).await;
        let rows = &finished.sets[0].1;
        let cell = |row: usize, column: usize| rows[row][column].clone().unwrap();
        assert_eq!(cell(0, 1), b"0000-00-00");
        assert_eq!(cell(0, 2), b"0000-00-00 00:00:00");
        assert_eq!(cell(0, 3), b"0000-00-00 00:00:00");
        assert_eq!((cell(0, 4), cell(0, 5)), (vec![0xff; 8], vec![0]));
        assert_eq!(cell(0, 6), b"18446744073709551615");
        assert_eq!((cell(1, 1), cell(1, 2)), (b"2024-00-31".to_vec(), b"2024-02-00 01:02:03".to_vec()));
        assert_eq!((cell(1, 4), cell(1, 5), &rows[1][3]), (vec![0, 0, 0, 0, 0, 0, 0, 1], vec![1], &None));
    }
}

#[tokio::test]
async fn latin1_arrives_as_what_it_says_whatever_the_connection_speaks() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    all(
        &*session,
        &[
            "use latin1",
            "create temporary table l (v varchar(9), b varbinary(9)) charset latin1",
            "insert into l values ('éÿ€', 'é')",
        ],
    )
    .await;
    let read = run(&*session, "select v, hex(v), b from l").await;
    assert_eq!(texts(&read), [[Some("éÿ€".to_owned()), Some("E9FF80".to_owned()), Some("é".to_owned())]]);
    // Results in another encoding are what was asked for: bytes, which nobody guesses about.
    all(&*session, &["set names latin1"]).await;
    let raw = run(&*session, "select v from l").await;
    assert_eq!(raw.sets[0].1[0][0].as_deref(), Some(&[0xe9, 0xff, 0x80][..]));
    all(&*session, &["set names utf8mb4"]).await;
    assert_eq!(run(&*session, "select v from l").await.first().unwrap(), "éÿ€");
}

#[tokio::test]
async fn quotes_and_backslashes_are_read_as_the_session_has_them() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    for (mode, text, answer) in [
        ("''", r#"select "a\"b", 'c\'d'"#, [r#"a"b"#, "c'd"]),
        ("'NO_BACKSLASH_ESCAPES'", r"select 'a\', '\'", [r"a\", r"\"]),
        ("'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", r#"select "a" as x, '\' from (select 'q"' as "a") t"#, ["q\"", r"\"]),
    ] {
        all(&*session, &[&format!("set sql_mode = {mode}")]).await;
        let read = run(&*session, text).await;
        read.ok();
        assert_eq!(texts(&read)[0], answer.map(|cell| Some(cell.to_owned())), "{mode}");
    }
    // The guard of a read-only session reads as the session does: under ANSI_QUOTES a quoted name is no text.
    let mut context = driver::ConnectContext::unattended(Some(driver::Secret::new(server.password.clone())));
    context.read_only = true;
    let guarded = server.connect_with(&[], context).await.unwrap();
    let reader = guarded.open(driver::Role::Session).await.unwrap();
    assert_eq!(run(&*reader, "select 'it\\'s'").await.first().unwrap(), "it's");
    for text in
        ["/*!50000 drop table x */", "select 1 /*! into outfile '/tmp/rowhouse-trap' */", "/*M!100000 truncate x */"]
    {
        assert_eq!(run(&*reader, text).await.error().code, Code::Forbidden, "{text}");
    }
    drop(connection);
}

#[tokio::test]
async fn time_zone_and_mode_are_as_the_server_left_them_until_somebody_sets_them() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    let own = run(&*session, "select @@time_zone, @@sql_mode, @@global.time_zone, @@global.sql_mode").await;
    let row = &texts(&own)[0];
    assert_eq!((&row[0], &row[1]), (&row[2], &row[3]));
    all(&*session, &["set time_zone = '+05:30'"]).await;
    assert_eq!(run(&*session, "select from_unixtime(0)").await.first().unwrap(), "1970-01-01 05:30:00");
    let other = connection.open(driver::Role::Session).await.unwrap();
    assert_eq!(run(&*other, "select @@time_zone").await.first(), row[0].clone(), "a setting is its session's own");
}

#[tokio::test]
async fn a_call_gives_every_set_and_its_warnings_with_their_codes() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    all(
        &*session,
        &[
            "create or replace procedure traps_sets() begin select 1 as a; select 2 as b, 3 as c from dual where false; \
             create temporary table if not exists w (v tinyint); set sql_mode = ''; insert into w values (999); end",
        ],
    )
    .await;
    let called = run(&*session, "call traps_sets()").await;
    called.ok();
    let columns: Vec<_> = called.sets.iter().map(|(columns, rows)| (columns.len(), rows.len())).collect();
    assert_eq!(columns, [(1, 1), (2, 0)]);
    assert!(called.notices.iter().any(|notice| notice.starts_with("Warning 1264:")), "{:?}", called.notices);
    // An error behind the first set ends the run, and only that run.
    all(
        &*session,
        &["create or replace procedure traps_fail() begin select 1; select * from nowhere_at_all; select 2; end"],
    )
    .await;
    let failed = run(&*session, "call traps_fail()").await;
    assert_eq!((failed.sets.len(), failed.error().code), (1, Code::NotFound));
    assert_eq!(run(&*session, "select 'next'").await.first().unwrap(), "next");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_nobody_reads_is_killed_and_its_session_goes_on() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    all(&*session, &["create temporary table mine (v int)"]).await;
    let mut paused = session.run(Statement::new("select seq, repeat('x', 200) from seq_1_to_1000000000"));
    while !matches!(paused.next().await, Some(Ok(Event::Batch(_)))) {}
    tokio::time::sleep(Duration::from_millis(400)).await;
    paused.cancel.cancel().await.unwrap();
    let outcome = loop {
        if let Event::Done(summary) = paused.next().await.unwrap().unwrap() {
            break summary.outcome;
        }
    };
    assert_eq!(outcome, Outcome::Cancelled);
    assert_eq!(run(&*session, "select count(*) from mine").await.first().unwrap(), "0");
}

#[tokio::test]
async fn a_cell_of_64_mib_arrives_whole_and_one_behind_the_servers_limit_is_its_error() {
    let Some(server) = server() else { return };
    let (_connection, session) = server.session().await;
    let size = 64 << 20;
    let read = run(&*session, &format!("select concat('<', repeat('x', {}), '>')", size - 2)).await;
    let cell = read.sets[0].1[0][0].as_ref().unwrap();
    assert_eq!((cell.len(), cell[0], cell[size - 1]), (size, b'<', b'>'));
    // The server warns, and gives NULL for what is longer than it may send.
    let limit = run(&*session, "select @@max_allowed_packet").await.first().unwrap().parse::<u64>().unwrap();
    let longer = run(&*session, &format!("select repeat('x', {})", limit + 1)).await;
    assert_eq!(longer.sets[0].1[0][0], None);
    assert!(longer.notices.iter().any(|notice| notice.starts_with("Warning 1301:")), "{:?}", longer.notices);
}
