//! `rowhouse export`: every format, the file that is whole or not there, refusals.

use super::harness::{Home, servers};

const ODD: &str = "create table \"odd \"\"name\" (id integer primary key, \"a b\" text, n numeric, b blob, r real);
insert into \"odd \"\"name\" values (1, 'it''s', 9223372036854775807, x'00ff', 9e999), (2, null, 0.5, null, -0.0),
  (3, '', 'text in a number', x'', 1e20), (4, cast(x'610062' as text), null, null, 0.1);";

#[test]
fn statements_that_were_exported_make_the_same_rows_again() {
    let home = Home::new();
    let file = home.sqlite("odd.db", ODD);
    home.run(["export", &file, "--table", "odd \"name", "-o", "odd.sql"]).expect(0).says(&["4 rows written"]);
    let script = std::fs::read_to_string(home.path("odd.sql")).unwrap();
    assert!(script.starts_with("INSERT INTO \"odd \"\"name\" (id, \"a b\", n, b, r) VALUES (1, 'it''s', "), "{script}");
    let create = ODD.split(';').next().unwrap();
    let copy = home.sqlite("copy.db", &format!("{create}; {script}"));
    let dump = |file: &str| {
        let text = "select id, typeof(\"a b\"), quote(\"a b\"), length(cast(\"a b\" as blob)), typeof(n), quote(n), quote(b), \
                    typeof(r), quote(r) from \"odd \"\"name\" order by id";
        home.run(["query", file, "--format", "csv", "-c", text]).expect(0).out().to_owned()
    };
    assert_eq!(dump(&file), dump(&copy));
    home.run(["export", &file, "--table", "odd \"name", "--format", "sql-update", "-o", "up.sql"]).expect(0);
    let updates = std::fs::read_to_string(home.path("up.sql")).unwrap();
    assert!(updates.lines().all(|line| line.contains(" WHERE id = ")), "{updates}");
    home.run([
        "query",
        &copy,
        "-q",
        "-c",
        "update \"odd \"\"name\" set n = 7, \"a b\" = 'x', r = 1, b = null",
        "--yes",
    ])
    .expect(0);
    home.run(["query", &copy, "-q", "-f", "up.sql"]).expect(0);
    assert_eq!(dump(&file), dump(&copy));
}

#[test]
fn a_format_comes_from_the_files_end_and_options_shape_it() {
    let home = Home::new();
    let file =
        home.sqlite("shop.db", "create table t (a text, b text); insert into t values ('x;y', null), ('', 'NULL')");
    let semicolons = ["--delimiter", ";", "--null", "NULL", "--format", "csv", "--no-header"];
    let out = home.run(["export", &file, "--table", "t"].into_iter().chain(semicolons));
    assert_eq!(out.expect(0).out(), "\"x;y\";NULL\n\"\";\"NULL\"\n");
    for (name, start) in [
        ("t.json", &b"[\n{\"a\":"[..]),
        ("t.ndjson", b"{\"a\":"),
        ("t.md", b"| a | b |"),
        ("t.html", b"<meta charset"),
        ("t.parquet", b"PAR1"),
        ("t.xlsx", b"PK"),
    ] {
        home.run(["export", &file, "-c", "select * from t", "-q", "-o", name]).expect(0);
        assert!(std::fs::read(home.path(name)).unwrap().starts_with(start), "{name}");
    }
    let list = home.run(["export", &file, "-c", "select b from t", "--format", "in-list"]).expect(0);
    assert_eq!(list.out(), "('NULL')");
    list.says(&["NULL was left out (1 rows)"]);
    let first = home.run(["export", &file, "--table", "t", "--format", "csv", "--limit", "1"]).expect(0);
    assert_eq!(first.out().lines().count(), 2);
    first.says(&["first 1 rows, not all"]);
}

#[test]
fn what_is_not_read_whole_leaves_the_old_file() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table t (a integer); insert into t values (1), (2)");
    std::fs::write(home.path("out.csv"), "old").unwrap();
    let fails = "select a, case when a = 2 then json('{') end from t";
    home.run(["export", &file, "-c", fails, "-o", "out.csv"]).expect(4);
    home.run(["export", &file, "-c", "select a, a from t", "--format", "in-list", "-o", "out.csv"]).expect(2);
    home.run(["export", &file, "-c", "delete from t", "-o", "out.csv"]).expect(2).says(&["a statement that reads"]);
    home.run(["export", &file, "-c", "select 1; select 2", "-o", "out.csv"]).expect(2).says(&["one statement"]);
    home.run(["export", &file, "--table", "nothing", "-o", "out.csv"]).expect(4);
    home.run(["export", &file, "--table", "t", "-o", "out.xyz"]).expect(2).says(&[".xyz", "--format"]);
    home.run(["export", &file, "--table", "t", "--format", "sql-update", "-o", "out.csv"])
        .expect(4)
        .says(&["no primary key"]);
    home.run(["export", &file, "--format", "csv"]).expect(2);
    assert_eq!(std::fs::read(home.path("out.csv")).unwrap(), b"old");
    let left: Vec<_> = std::fs::read_dir(home.path("."))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let rows: usize = home
        .run(["query", &file, "--format", "csv", "-c", "select count(*) from t"])
        .expect(0)
        .out()
        .lines()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(rows, 2);
    let trail = home.run(["audit", "--kind", "export", "--format", "csv"]).expect(0);
    assert!(trail.out().contains("out.csv"), "{}", trail.out());
}

#[test]
fn the_full_device_is_told_as_a_full_disk() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a text); insert into t values ('x')");
    for format in ["csv", "parquet", "xlsx"] {
        home.run(["export", &file, "--table", "t", "--format", format, "-o", "/dev/full"])
            .expect(7)
            .says(&["No space left"]);
    }
}

#[test]
fn csv_of_a_table_is_what_copy_writes() {
    for server in servers() {
        let home = Home::new();
        let name = format!("export_{}_{}", server.major, std::process::id());
        let create = format!(
            "drop table if exists {name}; create table {name} (id bigint primary key, n numeric, f float8, t text, b bytea, \
             at timestamptz, j jsonb, a int[], flag boolean); \
             insert into {name} values (9223372036854775807, 'NaN', '-0', '', '\\x00ff', 'infinity', '{{\"a\": 1.50}}', '{{1,null}}', true), \
             (-9223372036854775808, 1e300, 'Infinity', e'a\\r\\n\"b\\\\', null, '0044-03-15 12:00 BC', null, null, null)"
        );
        server.psql(&create);
        let copied = server.psql(&format!("copy (select * from {name}) to stdout (format csv, header)"));
        let exported = home.run(["export", &server.url, "--table", &name, "--format", "csv"]).expect(0);
        assert_eq!(String::from_utf8_lossy(&exported.stdout), String::from_utf8_lossy(&copied), "{}", server.major);
        home.run(["export", &server.url, "--table", &name, "-o", "rows.sql", "-q"]).expect(0);
        server.psql(&format!("create table {name}_again (like {name})"));
        let script = std::fs::read_to_string(home.path("rows.sql")).unwrap().replace(&name, &format!("{name}_again"));
        server.psql(&script);
        let differ = server.psql(&format!(
            "select count(*) from (select {name}::text from {name} except select {name}_again::text from {name}_again) d"
        ));
        server.psql(&format!("drop table {name}, {name}_again"));
        assert_eq!(String::from_utf8_lossy(&differ).trim(), "0", "{script}");
    }
}

#[test]
fn a_table_of_1600_columns_leaves_in_every_file_format() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let name = format!("wide_{}", std::process::id());
        let columns: Vec<String> = (1..=1600).map(|at| format!("\"c {at}\" int")).collect();
        server.psql(&format!("create table {name} ({})", columns.join(", ")));
        server.psql(&format!("insert into {name} (\"c 1\", \"c 1600\") values (1, 1600), (2, null)"));
        let copied = server.psql(&format!("copy {name} to stdout (format csv, header)"));
        for format in ["csv", "parquet", "xlsx", "ndjson", "sql-insert"] {
            let file = format!("wide.{format}");
            home.run(["export", &server.url, "--table", &name, "--format", format, "-o", &file, "-q"]).expect(0);
        }
        assert_eq!(std::fs::read(home.path("wide.csv")).unwrap(), copied);
        let again = format!("{name}_again");
        home.run(["import", &server.url, "wide.xlsx", "--into", &again, "--create"]).expect(0);
        let differ = server.value(&format!("select count(*) from {again} where \"c 1600\" = '1600'"));
        server.psql(&format!("drop table {name}, {again}"));
        assert_eq!(differ, "1");
    }
}
