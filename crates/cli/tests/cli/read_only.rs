//! Read-only is real: what is refused exits 5 and leaves nothing behind.

use crate::harness::{Ended, Home, servers};

#[test]
fn a_read_only_postgresql_refuses_every_way_to_write() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_ro");
        server.psql("CREATE TABLE rh_cli_ro.t (a int)");
        server.psql("INSERT INTO rh_cli_ro.t VALUES (1)");
        server.psql(
            "CREATE FUNCTION rh_cli_ro.writes() RETURNS int LANGUAGE sql AS 'INSERT INTO rh_cli_ro.t VALUES (2) RETURNING 1'",
        );
        server.psql("CREATE PROCEDURE rh_cli_ro.p() LANGUAGE sql AS 'INSERT INTO rh_cli_ro.t VALUES (3)'");
        let touched = home.text("touched");
        let program = format!("COPY (SELECT 1) TO PROGRAM 'touch {touched}'");
        let to_file = format!("COPY (SELECT 1) TO '{touched}'");
        for script in [
            "INSERT INTO rh_cli_ro.t VALUES (9)",
            "BEGIN READ WRITE; INSERT INTO rh_cli_ro.t VALUES (9); COMMIT",
            "START TRANSACTION READ WRITE",
            "BEGIN; SET TRANSACTION READ WRITE; INSERT INTO rh_cli_ro.t VALUES (9); COMMIT",
            "SET default_transaction_read_only = off; INSERT INTO rh_cli_ro.t VALUES (9)",
            "SET transaction_read_only = off; INSERT INTO rh_cli_ro.t VALUES (9)",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "RESET ALL; INSERT INTO rh_cli_ro.t VALUES (9)",
            "SELECT set_config('default_transaction_read_only', 'off', false)",
            "SELECT set_config('transaction_read_' || 'only', 'off', false); INSERT INTO rh_cli_ro.t VALUES (9)",
            "SELECT rh_cli_ro.writes()",
            "SELECT * FROM rh_cli_ro.writes() w",
            "WITH gone AS (DELETE FROM rh_cli_ro.t RETURNING *) SELECT * FROM gone",
            &program,
            &to_file,
            "DO $$ BEGIN INSERT INTO rh_cli_ro.t VALUES (9); END $$",
            "CALL rh_cli_ro.p()",
            "EXPLAIN ANALYZE INSERT INTO rh_cli_ro.t VALUES (9)",
            "EXPLAIN (ANALYZE) SELECT rh_cli_ro.writes()",
            "SELECT * INTO rh_cli_ro.u FROM rh_cli_ro.t",
            "CREATE TABLE rh_cli_ro.u AS SELECT 1",
            "CREATE TEMP TABLE u (a int)",
            "DROP TABLE rh_cli_ro.t",
            "TRUNCATE rh_cli_ro.t",
            "SELECT * FROM rh_cli_ro.t FOR UPDATE",
            "VACUUM rh_cli_ro.t",
        ] {
            let ended = home.run(["query", &server.url, "--read-only", "-c", script]);
            refused(ended, script);
        }
        assert!(!std::path::Path::new(&touched).exists());
        assert_eq!(server.value("SELECT string_agg(a::text, ',') FROM rh_cli_ro.t"), "1");
        assert_eq!(server.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'rh_cli_ro'::regnamespace"), "1");
        for script in [
            "SELECT a FROM rh_cli_ro.t",
            "EXPLAIN INSERT INTO rh_cli_ro.t VALUES (9)",
            "BEGIN; SELECT 1; COMMIT",
            "SHOW transaction_read_only",
        ] {
            home.run(["query", &server.url, "--read-only", "-c", script]).expect(0);
        }
        server.drop_schema("rh_cli_ro");
    }
}

#[test]
fn a_read_only_file_refuses_every_way_to_write() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a); insert into t values (1)");
    let before = std::fs::read(&file).unwrap();
    let (other, copy) = (home.text("other.db"), home.text("copy.db"));
    let attach = format!("attach '{other}' as o; create table o.x (a)");
    let vacuum = format!("vacuum into '{copy}'");
    for script in [
        "insert into t values (9)",
        "with x as (select 9 as a) delete from t where a in (select a from x)",
        "pragma query_only = off; insert into t values (9)",
        "pragma query_only(0)",
        "pragma writable_schema = on",
        "pragma writable_schema = on; update sqlite_schema set sql = ''",
        "pragma journal_mode = wal",
        "pragma user_version = 7",
        &attach,
        &vacuum,
        "vacuum",
        "create temp table u (a)",
        "create table u (a)",
        "drop table t",
        "begin immediate; delete from t; commit",
        "replace into t values (9)",
        "reindex",
    ] {
        let ended = home.run(["query", &file, "--read-only", "-c", script]);
        refused(ended, script);
    }
    assert_eq!(std::fs::read(&file).unwrap(), before);
    for path in [&other, &copy] {
        assert!(!std::path::Path::new(path).exists(), "{path}");
    }
    for script in ["select * from t", "pragma table_info(t)", "begin; select 1; commit"] {
        home.run(["query", &file, "--read-only", "-c", script]).expect(0);
    }
}

#[test]
fn a_saved_connection_for_production_confirms_every_change_by_itself() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a)");
    home.run(["connections", "add", &file, "--name", "Live", "--environment", "production"])
        .expect(0)
        .says(&["production, confirm-writes"]);
    home.run(["query", "live", "-c", "insert into t values (1)"]).expect(5);
    home.run(["query", "live", "-c", "create index i on t (a)"]).expect(5);
    home.run(["query", "live", "--yes", "-c", "insert into t values (7); delete from t where a = 7"]).expect(0);
    home.run(["query", "live", "-c", "select count(*) from t"]).expect(0);
    home.run(["connections", "edit", "live", "--safety", "read-only"]).expect(0);
    home.run(["query", "live", "--yes", "-c", "insert into t values (1)"]).expect(5);
    home.run(["connections", "edit", "live", "--safety", "free"]).expect(0);
    home.run(["query", "live", "-c", "insert into t values (1)"]).expect(0);
    home.run(["query", "live", "--read-only", "-c", "insert into t values (2)"]).expect(5);
    assert_eq!(home.run(["query", "live", "-c", "select a from t", "--format", "csv"]).out(), "a\n1\n");
}

#[track_caller]
fn refused(ended: Ended, script: &str) {
    assert_eq!(ended.code, Some(5), "{script}\n{}", ended.stderr);
    assert!(ended.stderr.contains("error: "), "{script}\n{}", ended.stderr);
}
