//! Rows from real servers, byte for byte.

use crate::harness::{Home, servers};

const EVERY_TYPE: &str = r#"
CREATE TYPE rh_cli_formats.mood AS ENUM ('sad', 'o,k', 'ha"ppy');
CREATE TYPE rh_cli_formats.pair AS (a int, b text);
CREATE DOMAIN rh_cli_formats.positive AS int CHECK (VALUE > 0);
CREATE TABLE rh_cli_formats.t (
  id int PRIMARY KEY, small smallint, big bigint, num numeric, num2 numeric(30,10), r real, d double precision,
  flag boolean, c char(5), v varchar(20), t text, n name, b bytea, dt date, tm time(3), tmz timetz, ts timestamp,
  tsz timestamptz, iv interval, u uuid, j json, jb jsonb, x xml, m money, i inet, ci cidr, mac macaddr, mac8 macaddr8,
  p point, l line, ls lseg, bx box, pa path, po polygon, ce circle, bt bit(8), vb varbit, tsv tsvector, tsq tsquery,
  ir int4range, nr numrange, tr tstzrange, imr int4multirange, ia int[], ta text[], taa text[][], e rh_cli_formats.mood,
  ea rh_cli_formats.mood[], co rh_cli_formats.pair, po2 rh_cli_formats.positive, o oid, rc regclass, lsn pg_lsn, q "char");
INSERT INTO rh_cli_formats.t SELECT 1, -32768, 9223372036854775807, 'NaN', 12345678901234567890.0123456789, 'Infinity', 0.1,
  true, 'ab', 'comma,', E'line\nbreak "quoted" \\ back', 'name', '\xdeadbeef', '2026-02-28', '12:34:56.789', '01:02:03+04',
  '2026-02-28 12:00:00.123456', '2026-02-28 12:00:00+05', '1 year 2 mons -3 days 04:05:06.7',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1,  "a": 2}', '{"b": 1, "a": 1.50}', '<a>x</a>', 1234.5, '10.0.0.1/8',
  '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '(1,2)', '{1,2,3}', '[(0,0),(1,1)]', '(1,1),(0,0)',
  '[(0,0),(1,1)]', '((0,0),(1,1),(1,0))', '<(0,0),1>', '10101010', '101', 'a b:3A', 'a & b', '[1,5)', '[1.5,2]',
  '[2026-01-01,infinity)', '{[1,2),[5,7)}', '{1,NULL,3}', '{"a,b","c\"d",NULL,""}', '{{a,b},{c,d}}', 'o,k',
  '{sad,"ha\"ppy"}', '(1,"x, y")', 5, 4294967295, 'pg_class', '16/B374D848', 'q';
INSERT INTO rh_cli_formats.t (id) VALUES (2);
INSERT INTO rh_cli_formats.t (id, t, v, c, r, d, num, ts, dt, flag, b) VALUES
  (3, '', '', '', '-Infinity', 1e300, 1e-20, 'infinity', '-infinity', false, '\x'),
  (4, E'\r', E'\t', ' ', 1.17549435e-38, -0.0, 100000000000000000000, '0044-03-15 BC', '9999-12-31', NULL, '\x00'),
  (5, '\.', 'ünïcødé 🚀', 'שלום', 0, 'NaN', 0.00, 'epoch', 'epoch', true, '\xff');
"#;

#[test]
fn csv_is_byte_for_byte_what_copy_writes() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_formats");
        server.psql(EVERY_TYPE);
        for query in [
            "SELECT * FROM rh_cli_formats.t ORDER BY id",
            "SELECT t FROM rh_cli_formats.t ORDER BY id",
            "SELECT 1 AS \"a,b\", 2 AS \"say \"\"hi\"\"\", 3 AS \"\u{1f680}\"",
            "SELECT * FROM rh_cli_formats.t WHERE false",
            "SELECT",
            "SELECT '\\.' AS a",
            "SELECT i, i::text, NULL FROM generate_series(1, 30000) i",
        ] {
            let ours = home.run(["query", &server.url, "-c", query, "--format", "csv"]).expect(0);
            let copied = server.psql(&format!("COPY ({query}) TO STDOUT CSV HEADER"));
            assert!(
                ours.stdout == copied,
                "PostgreSQL {}: {query}\nours: {}\ntheirs: {}",
                server.major,
                String::from_utf8_lossy(&ours.stdout),
                String::from_utf8_lossy(&copied)
            );
        }
        server.drop_schema("rh_cli_formats");
    }
}

#[test]
fn json_numbers_are_the_servers_own_digits() {
    for server in servers() {
        let home = Home::new();
        let query = "SELECT 9223372036854775807::bigint AS i, 12345678901234567890.1234567890::numeric AS n, 1.50::numeric AS m, \
                     0.1::float8 AS d, 1e300::float8 AS e, 'NaN'::float8 AS nan, 'Infinity'::numeric AS inf, true AS t, \
                     NULL::int AS x, '{\"a\": 1.50}'::jsonb AS j, ARRAY[1,2] AS a, E'q\"\\n\\\\' AS s";
        let ours = home.run(["query", &server.url, "-c", query, "--format", "json"]).expect(0);
        assert_eq!(
            ours.out(),
            "[\n{\"i\":9223372036854775807,\"n\":12345678901234567890.1234567890,\"m\":1.50,\"d\":0.1,\"e\":1e+300,\
             \"nan\":\"NaN\",\"inf\":\"Infinity\",\"t\":true,\"x\":null,\"j\":{\"a\": 1.50},\"a\":\"{1,2}\",\
             \"s\":\"q\\\"\\n\\\\\"}\n]\n"
        );
        let twice = home.run(["query", &server.url, "-c", "SELECT 1 AS a, 2 AS a", "--format", "json"]).expect(0);
        assert_eq!(twice.json(), serde_json::json!({"columns": ["a", "a"], "rows": [[1, 2]]}));
        let none = home.run(["query", &server.url, "-c", "SELECT 1 AS a WHERE false", "--format", "json"]).expect(0);
        assert_eq!(none.json(), serde_json::json!([]));
    }
}

#[test]
fn copy_to_stdout_is_passed_on_as_it_is() {
    for server in servers() {
        let home = Home::new();
        let copy = "COPY (SELECT i, NULL, E'a\\tb' FROM generate_series(1, 3) i) TO STDOUT";
        for format in ["table", "csv", "ndjson"] {
            let ours = home.run(["query", &server.url, "-c", copy, "--format", format]).expect(0);
            assert_eq!(ours.stdout, server.psql(copy));
        }
    }
}

#[test]
fn statements_run_in_order_in_one_session() {
    for server in servers() {
        let home = Home::new();
        let script = "CREATE TEMP TABLE x (a int);\nINSERT INTO x VALUES (1), (2);\n\
                      COPY x FROM STDIN;\n3\n4\n\\.\nDO $$ BEGIN RAISE NOTICE 'hello; there'; END $$;\n\
                      SELECT sum(a) AS s FROM x";
        let ours = home.fed(["query", &server.url, "--format", "csv"], script.as_bytes()).expect(0);
        assert_eq!(ours.out(), "s\n10\n");
        ours.says(&["CREATE TABLE", "INSERT 0 2", "COPY 2", "NOTICE: hello; there"]);
        let quiet = home.fed(["query", "-q", &server.url, "--format", "csv"], b"create temp table x (a int)").expect(0);
        assert_eq!((quiet.out(), quiet.stderr.as_str()), ("", ""));
    }
}

#[test]
fn a_failed_statement_says_everything_the_server_said() {
    for server in servers() {
        let home = Home::new();
        let script = "SELECT 1;\n\nSELECT ordr FROM (SELECT 1 AS order_id) o";
        std::fs::write(home.path("a.sql"), script).unwrap();
        let failed = home.run(["query", &server.url, "-f", &home.text("a.sql")]).expect(4);
        failed.says(&[
            "a.sql:3:8: error: Column \"ordr\" does not exist",
            " 3 | SELECT ordr FROM",
            "^",
            "SQLSTATE: 42703",
        ]);
        let failed = home.run(["query", &server.url, "-c", "SELECT 'über' || 🚀"]).expect(4);
        failed.says(&["1:18: error: "]);
        let failed = home.run([
            "query",
            &server.url,
            "-c",
            "DO $$ BEGIN RAISE 'no' USING DETAIL = 'because', HINT = 'try'; END $$",
        ]);
        failed.expect(4).says(&["detail: because", "hint: try", "context: PL/pgSQL", "SQLSTATE: P0001"]);
    }
}

#[test]
fn odd_names_and_encodings_come_through() {
    for server in servers() {
        let home = Home::new();
        server.psql("SET client_min_messages = error; DROP SCHEMA IF EXISTS \"rh.cli odd\" CASCADE");
        server.psql("CREATE SCHEMA \"rh.cli odd\"");
        server.psql("CREATE TABLE \"rh.cli odd\".\"we\"\"ird.name 🚀\" (\"a b\" int PRIMARY KEY, \"x\"\"y\" text)");
        server.psql("INSERT INTO \"rh.cli odd\".\"we\"\"ird.name 🚀\" VALUES (1, 'שלום')");
        let rows =
            home.run(["query", &server.url, "-c", "TABLE \"rh.cli odd\".\"we\"\"ird.name 🚀\"", "--format", "csv"]);
        assert_eq!(rows.expect(0).out(), "a b,\"x\"\"y\"\n1,שלום\n");
        let schema = home.run(["schema", &server.url, "--schema", "rh.cli odd"]).expect(0).json();
        assert_eq!(schema["relations"][0]["name"], "we\"ird.name 🚀");
        let sql = home.run(["schema", &server.url, "--schema", "rh.cli odd", "--format", "sql"]).expect(0);
        assert!(sql.out().contains("\"we\"\"ird.name 🚀\""), "{}", sql.out());
        server.psql("SET client_min_messages = error; DROP SCHEMA \"rh.cli odd\" CASCADE");
    }
}
