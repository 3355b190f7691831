//! Read-only is read-only: nothing in the file, nothing beside it.

use std::{collections::BTreeMap, path::Path};

use driver::Code;

use crate::support::{fails, folder, make, profile, profile_with, run, session, try_connect, works};

/// Every file of a folder and its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

#[tokio::test]
async fn no_statement_leaves_anything_behind() {
    let folder = folder();
    let path = folder.path().join("shop.db");
    make(
        &path,
        "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE INDEX i ON t(a); CREATE VIEW v AS SELECT a FROM t;
         CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END;
         CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('hello');
         CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1); INSERT INTO boxes VALUES (1, 0, 1);
         CREATE TABLE tree_node(a); INSERT INTO tree_node VALUES (1)",
    );
    let before = contents(folder.path());
    let beside = folder.path().join("beside.db");
    let beside = beside.to_str().unwrap();
    let attach = [
        format!("ATTACH '{beside}' AS o"),
        format!("ATTACH 'file:{beside}?mode=rwc' AS o"),
        format!("VACUUM INTO '{beside}'"),
        "ATTACH ':memory:' AS o".to_owned(),
    ];
    let refused = [
        "INSERT INTO t VALUES (2)",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "UPDATE t SET a = 2",
        "REPLACE INTO t VALUES (2)",
        "INSERT INTO t VALUES (2) RETURNING a",
        "INSERT INTO v VALUES (2)",
        "INSERT INTO f(f) VALUES ('optimize')",
        "DELETE FROM f",
        "INSERT INTO boxes VALUES (2, 0, 1)",
        "INSERT INTO tree_node VALUES (2)",
        "UPDATE tree_node SET a = 2",
        "DELETE FROM tree_node",
        "CREATE TABLE u(a)",
        "CREATE TABLE u AS SELECT 1",
        "CREATE INDEX j ON t(a)",
        "CREATE VIEW w AS SELECT 1",
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE g USING fts5(x)",
        "CREATE VIRTUAL TABLE temp.g USING fts5(x)",
        "DROP TABLE t",
        "DROP VIEW v",
        "DROP INDEX i",
        "DROP TRIGGER r",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t ADD COLUMN b",
        "REINDEX",
        "ANALYZE",
        "VACUUM",
        "DETACH main",
        "PRAGMA query_only = OFF",
        "PRAGMA query_only(0)",
        "PRAGMA main.query_only = 0",
        "PRAGMA writable_schema = ON",
        "PRAGMA \"writable_schema\"=1",
        "PRAGMA WRITABLE_SCHEMA=RESET",
        "PRAGMA trusted_schema = ON",
        "PRAGMA journal_mode = WAL",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
        "PRAGMA schema_version = 7",
        "PRAGMA encoding = 'UTF-16'",
        "PRAGMA page_size = 512",
        "PRAGMA auto_vacuum = FULL",
        "PRAGMA incremental_vacuum",
        "PRAGMA wal_checkpoint",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA optimize",
        "PRAGMA shrink_memory",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA data_store_directory = '/tmp'",
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA nosuchpragma = 1",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple', x'00')",
        "SELECT * FROM pragma_user_version(5)",
        "EXPLAIN DROP TABLE t",
    ];
    for (how, profile, asked) in [
        ("asked by a safety level", profile(&path), true),
        ("by the profile", profile_with(&path, &[("mode", "read_only")]), false),
    ] {
        let connection = try_connect(&profile, asked).await.unwrap();
        let session = session(&*connection).await;
        assert!(session.state().borrow().read_only);
        for text in refused.iter().copied().chain(attach.iter().map(String::as_str)) {
            let found = run(&*session, text).await;
            let after = contents(folder.path());
            assert!(after == before, "{how}: {text} left something behind");
            match found.end {
                Err(error) if error.code == Code::Forbidden => assert!(error.hint.is_some(), "{text}: {error:?}"),
                // What does not exist cannot be misused.
                Err(error) if text.contains("pragma_user_version") => assert!(!error.message.is_empty()),
                other => panic!("{how}: {text}: {other:?}"),
            }
        }
        for text in
            ["BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)", "COMMIT", "BEGIN EXCLUSIVE", "DROP TABLE t", "ROLLBACK"]
        {
            let _ = run(&*session, text).await;
        }
        assert_eq!(works(&*session, "SELECT count(*) FROM t").await.one(), "1");
        assert_eq!(works(&*session, "SELECT count(*) FROM boxes").await.one(), "1");
        drop((session, connection));
        assert!(contents(folder.path()) == before, "{how}");
    }
}

#[tokio::test]
async fn reading_and_the_sessions_own_things_stay_allowed() {
    let folder = folder();
    let path = folder.path().join("shop.db");
    make(
        &path,
        "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT name FROM pragma_table_info('t')",
    );
    let before = contents(folder.path());
    let connection = try_connect(&profile(&path), true).await.unwrap();
    let session = session(&*connection).await;
    for text in [
        "SELECT * FROM v",
        // What explains a change changes nothing.
        "EXPLAIN DELETE FROM t",
        "EXPLAIN QUERY PLAN UPDATE t SET a = 2",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT i FROM n",
        "PRAGMA table_info(t)",
        "PRAGMA journal_mode",
        "PRAGMA user_version",
        "PRAGMA integrity_check",
        "PRAGMA foreign_key_check",
        "PRAGMA foreign_keys = OFF",
        "EXPLAIN QUERY PLAN SELECT * FROM t",
        "CREATE TEMP TABLE mine AS SELECT * FROM t",
        "INSERT INTO mine VALUES (2)",
        "CREATE INDEX temp.mine_a ON mine(a)",
        "ALTER TABLE mine ADD COLUMN b",
        "UPDATE mine SET b = 1",
        "DROP TABLE mine",
        "BEGIN",
        "SAVEPOINT s",
        "RELEASE s",
        "COMMIT",
        "SELECT json_extract('{\"a\":1}', '$.a'), datetime('now'), printf('%d', 1)",
    ] {
        works(&*session, text).await;
    }
    drop((session, connection));
    assert!(contents(folder.path()) == before);
}

#[tokio::test]
async fn a_database_in_memory_can_be_read_only_too() {
    let connection = try_connect(&profile(Path::new(":memory:")), true).await.unwrap();
    let session = session(&*connection).await;
    assert_eq!(fails(&*session, "CREATE TABLE t(a)").await.code, Code::Forbidden);
}
