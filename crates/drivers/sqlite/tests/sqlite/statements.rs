//! How runs go and end.

use std::time::{Duration, Instant};

use driver::{Code, Event, Link, Message, Outcome, Statement, Transaction, arrow};

use crate::support::{connect, fails, finish, folder, make, memory, profile, run, session, try_connect, works};

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
const SLEEP: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

#[tokio::test]
async fn texts_without_a_statement_end_well_and_second_statements_are_refused() {
    let session = memory().await;
    for text in ["", "  ", "-- only a comment", "/* a */ ;", ";"] {
        let finished = works(&*session, text).await;
        assert!(finished.schema.is_none(), "{text}");
    }
    let error = fails(&*session, "SELECT 1; SELECT 'é'").await;
    assert_eq!((error.code, error.span.unwrap().start), (Code::InvalidStatement, 10));
    works(&*session, "CREATE TABLE t(a)").await;
    works(&*session, "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; -- done").await;
    let nul = fails(&*session, "SELECT 1\0 FROM nowhere").await;
    assert_eq!((nul.code, nul.span.unwrap().start), (Code::InvalidStatement, 8));
    fails(&*session, "SELECT 'unterminated").await;
    fails(&*session, "SELECT \"a").await;
    let huge = format!("SELECT '{}'", "x".repeat(5 << 20));
    assert_eq!(works(&*session, &huge).await.rows()[0][0].1.len(), 5 << 20);
}

#[tokio::test]
async fn changed_rows_are_counted_only_for_changes() {
    let session = memory().await;
    let affected = async |text: &str| works(&*session, text).await.end.unwrap().affected_rows;
    assert_eq!(affected("CREATE TABLE t(a)").await, None);
    assert_eq!(affected("INSERT INTO t VALUES (1), (2), (3)").await, Some(3));
    assert_eq!(affected("SELECT * FROM t").await, None);
    assert_eq!(affected("WITH x AS (SELECT 1) DELETE FROM t WHERE a IN x").await, Some(1));
    assert_eq!(affected("UPDATE t SET a = 9 WHERE a = 77").await, Some(0));
    assert_eq!(affected("CREATE TABLE u AS SELECT * FROM t").await, None);
    let returned = works(&*session, "INSERT INTO t VALUES (4), (5) RETURNING a").await;
    assert_eq!(returned.texts().len(), 2);
    assert_eq!(returned.end.unwrap().affected_rows, Some(2));
}

#[tokio::test]
async fn batches_are_cut_by_rows_and_by_bytes() {
    let session = memory().await;
    let many = works(
        &*session,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT i FROM n",
    )
    .await;
    assert_eq!(many.rows().len(), 100_000);
    assert!(many.batches.iter().all(|batch| batch.num_rows() <= arrow::BATCH_ROWS));
    let heavy = works(
        &*session,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40) SELECT i, zeroblob(i * 100000) FROM n",
    )
    .await;
    let sizes: Vec<(usize, usize)> = heavy
        .batches
        .iter()
        .map(|batch| {
            let rows = crate::support::rows_of(batch);
            (rows.len(), rows.iter().flatten().map(|cell| cell.1.len()).sum())
        })
        .collect();
    assert!(sizes.iter().all(|(rows, bytes)| *bytes <= arrow::BATCH_BYTES || *rows == 1), "{sizes:?}");
    let numbers: Vec<String> = heavy.texts().iter().map(|row| row[0].clone().unwrap()).collect();
    assert_eq!(numbers, (1..=40).map(|i: i32| i.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn first_rows_come_while_the_statement_still_works() {
    let session = memory().await;
    let text = format!("SELECT 1 UNION ALL SELECT * FROM ({SLEEP})");
    let mut run = session.run(Statement::new(text.as_str()));
    let begun = Instant::now();
    assert!(matches!(run.next().await, Some(Ok(Event::ResultSet(..)))));
    assert!(matches!(run.next().await, Some(Ok(Event::Batch(batch))) if batch.num_rows() == 1));
    assert!(begun.elapsed() < Duration::from_secs(2));
    run.cancel.cancel().await.unwrap();
    assert_eq!(finish(run).await.end.unwrap().outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_reader_that_stops_reading_stops_the_statement() {
    let session = memory().await;
    let mut run = session.run(Statement::new(ENDLESS));
    run.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = cpu_time();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(cpu_time() - before < Duration::from_millis(250), "it goes on working for nobody");
    // Cancelled while it waits.
    run.cancel.cancel().await.unwrap();
    assert_eq!(finish(run).await.end.unwrap().outcome, Outcome::Cancelled);
    works(&*session, "SELECT 1").await;
}

/// This thread's process has other tests' threads only under `cargo test`; nextest gives each test its own.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

#[tokio::test]
async fn cancels_hit_their_own_run_early_running_and_late() {
    let session = memory().await;
    let first = session.run(Statement::new(SLEEP));
    let early = session.run(Statement::new(SLEEP));
    early.cancel.cancel().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let state = session.state();
    assert_eq!(state.borrow().running, Some(first.id));
    first.cancel.cancel().await.unwrap();
    assert_eq!(finish(first).await.end.unwrap().outcome, Outcome::Cancelled);
    assert_eq!(finish(early).await.end.unwrap().outcome, Outcome::Cancelled);
    let ended = session.run(Statement::new("SELECT 1"));
    let late = ended.cancel.clone();
    assert_eq!(finish(ended).await.end.unwrap().outcome, Outcome::Completed);
    late.cancel().await.unwrap();
    assert_eq!(works(&*session, "SELECT 2").await.one(), "2");
    assert_eq!(session.state().borrow().running, None);
}

#[tokio::test]
async fn a_dropped_run_ends_and_the_next_one_sees_nothing_of_it() {
    let session = memory().await;
    for text in [ENDLESS, SLEEP] {
        let mut run = session.run(Statement::new(text));
        run.next().await.unwrap().unwrap();
        drop(run);
        let begun = Instant::now();
        assert_eq!(works(&*session, "SELECT 'mine'").await.one(), "mine");
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_run_dropped_before_it_begins_changes_nothing() {
    let session = memory().await;
    works(&*session, "CREATE TABLE t(a)").await;
    let sleeping = session.run(Statement::new(SLEEP));
    drop(session.run(Statement::new("INSERT INTO t VALUES (1)")));
    sleeping.cancel.cancel().await.unwrap();
    finish(sleeping).await.end.unwrap();
    assert_eq!(works(&*session, "SELECT count(*) FROM t").await.one(), "0");
}

#[tokio::test]
async fn a_write_given_up_while_it_returns_rows_is_undone_or_told_to_stand() {
    let session = memory().await;
    works(&*session, "CREATE TABLE t(a)").await;
    let text = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000) SELECT i FROM n RETURNING a";
    let mut run = session.run(Statement::new(text));
    run.next().await.unwrap().unwrap();
    run.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    run.cancel.cancel().await.unwrap();
    let outcome = finish(run).await.end.unwrap().outcome;
    let count = works(&*session, "SELECT count(*) FROM t").await.one();
    match outcome {
        Outcome::Cancelled => assert_eq!(count, "0"),
        Outcome::Completed => assert_eq!(count, "200000"),
    }
    assert_eq!(outcome, Outcome::Cancelled, "it was half read");
}

#[tokio::test]
async fn a_time_limit_ends_a_run_that_works_or_waits() {
    let session = memory().await;
    let limit = Duration::from_millis(200);
    let working = finish(session.run(Statement::new(SLEEP).with_timeout(limit))).await;
    assert_eq!(working.end.unwrap_err().code, Code::TimedOut);
    let mut waiting = session.run(Statement::new(ENDLESS).with_timeout(limit));
    waiting.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(finish(waiting).await.end.unwrap_err().code, Code::TimedOut);
    works(&*session, "SELECT 1").await;
}

#[tokio::test]
async fn the_state_follows_transactions_and_foreign_keys() {
    let session = memory().await;
    let state = session.state();
    let setting = || state.borrow().settings[0].clone();
    assert_eq!(setting().name, "foreign_keys");
    let switch = setting().choices[0].1.clone();
    let before = setting().value;
    works(&*session, &switch).await;
    assert_ne!(setting().value, before);
    works(&*session, "BEGIN").await;
    assert_eq!(state.borrow().transaction, Transaction::Open);
    works(&*session, "CREATE TABLE t(a UNIQUE)").await;
    works(&*session, "INSERT INTO t VALUES (1)").await;
    fails(&*session, "INSERT INTO t VALUES (1)").await;
    assert_eq!(state.borrow().transaction, Transaction::Open, "SQLite keeps the transaction");
    let lost = run(&*session, "INSERT OR ROLLBACK INTO t VALUES (1)").await;
    assert_eq!(lost.end.unwrap_err().code, Code::ConstraintViolated);
    assert_eq!(lost.notices.len(), 1, "a transaction that is gone is told");
    assert_eq!(state.borrow().transaction, Transaction::Idle);
}

#[tokio::test]
async fn a_lock_of_another_program_is_waited_for_then_told_and_can_be_cancelled() {
    let folder = folder();
    let path = folder.path().join("shop.db");
    make(&path, "CREATE TABLE t(a)");
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let waiting = session.run(Statement::new("INSERT INTO t VALUES (1)"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    waiting.cancel.cancel().await.unwrap();
    assert_eq!(finish(waiting).await.end.unwrap().outcome, Outcome::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(1));
    let begun = Instant::now();
    let error = fails(&*session, "INSERT INTO t VALUES (1)").await;
    assert_eq!(error.code, Code::Conflict);
    assert!(error.hint.is_some());
    assert!(begun.elapsed() >= Duration::from_secs(4), "{:?}", begun.elapsed());
    other.execute_batch("COMMIT").unwrap();
    works(&*session, "INSERT INTO t VALUES (1)").await;
}

#[tokio::test]
async fn sessions_share_a_database_in_memory_and_connections_do_not() {
    let one = connect(std::path::Path::new(":memory:")).await;
    let other = connect(std::path::Path::new(":memory:")).await;
    let (first, second, stranger) = (session(&*one).await, session(&*one).await, session(&*other).await);
    works(&*first, "CREATE TABLE t(a)").await;
    works(&*second, "INSERT INTO t VALUES (1)").await;
    assert_eq!(works(&*first, "SELECT a FROM t").await.one(), "1");
    assert_eq!(fails(&*stranger, "SELECT a FROM t").await.code, Code::NotFound);
    works(&*first, "CREATE TEMP TABLE own(a)").await;
    assert_eq!(fails(&*second, "SELECT a FROM own").await.code, Code::NotFound);
}

#[tokio::test]
async fn a_closed_session_answers_nothing_any_more() {
    let session = memory().await;
    let running = session.run(Statement::new(SLEEP));
    session.close().await;
    assert_eq!(session.state().borrow().link, Link::Closed);
    assert!(matches!(finish(running).await.end.unwrap_err().code, Code::Cancelled | Code::Unreachable));
    assert_eq!(fails(&*session, "SELECT 1").await.code, Code::Unreachable);
    assert_eq!(session.ping().await.unwrap_err().code, Code::Unreachable);
}

#[tokio::test]
async fn a_notice_of_opening_waits_for_the_first_listener() {
    let folder = folder();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, b"").unwrap();
    let connection = try_connect(&profile(&path), false).await.unwrap();
    assert!(connection.control().server().facts["notice"].contains("0 bytes"));
    let session = session(&*connection).await;
    let message = session.messages().try_recv().unwrap();
    assert!(matches!(message, Message::Notice(notice) if notice.message.contains("0 bytes")));
}

#[tokio::test]
async fn a_paused_run_that_is_stopped_frees_its_lock_before_anybody_reads_on() {
    let folder = folder();
    let path = folder.path().join("shop.db");
    make(
        &path,
        "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000) INSERT INTO t SELECT i FROM n",
    );
    let connection = connect(&path).await;
    let session = session(&*connection).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.busy_timeout(Duration::from_secs(2)).unwrap();
    for limit in [None, Some(Duration::from_millis(500))] {
        let mut run = session.run(Statement { timeout: limit, ..Statement::new("SELECT a FROM t") });
        run.next().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        if limit.is_none() {
            run.cancel.cancel().await.unwrap();
        }
        other.execute_batch("BEGIN EXCLUSIVE; COMMIT").unwrap();
        let ended = finish(run).await.end;
        assert!(matches!(ended, Ok(summary) if summary.outcome == Outcome::Cancelled) || limit.is_some());
    }
}
