//! `rowhouse import`: into existing and new tables, whole or not at all, refused rows by their lines.

use super::harness::{Home, Mariadb, servers};

fn count(home: &Home, target: &str, table: &str) -> String {
    let text = format!("select count(*) as n from {table}");
    let ended = home.run(["query", target, "--format", "csv", "-c", &text]).expect(0);
    ended.out().lines().nth(1).unwrap().to_owned()
}

fn put(home: &Home, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(home.path(name), text).unwrap();
}

#[test]
fn a_file_makes_a_table_whose_types_are_those_of_all_its_values() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table other (a)");
    put(&home, "people.csv", "id;name;since;score\n1;\"O'Brien; Bob\";2026-11-21;1,5\n2;;2026-11-22;\"\"\n");
    let preview = home.run(["import", &file, "people.csv", "--into", "people", "--preview"]).expect(0);
    for said in ["2 rows", "delimiter ;", "id: whole numbers", "since: dates", "1 NULL", "--create"] {
        assert!(preview.out().contains(said), "“{said}” is missing in: {}", preview.out());
    }
    home.run(["import", &file, "people.csv", "--into", "people"]).expect(4).says(&["no table “people”"]);
    home.run(["import", &file, "people.csv", "--into", "people", "--create", "--dry-run"])
        .expect(0)
        .says(&["would be imported"]);
    home.run(["query", &file, "-c", "select 1 from people"]).expect(4);
    home.run(["import", &file, "people.csv", "--into", "people", "--create"]).expect(0).says(&["2 rows imported"]);
    let rows = home.run(["query", &file, "--format", "csv", "-c", "select *, typeof(id) from people"]).expect(0);
    assert_eq!(
        rows.out().lines().skip(1).collect::<Vec<_>>(),
        ["1,O'Brien; Bob,2026-11-21,\"1,5\",integer", "2,,2026-11-22,\"\",integer"]
    );
    home.run(["import", &file, "people.csv", "--into", "people", "--create"]).expect(4).says(&["already"]);
    let trail = home.run(["audit", "--format", "csv"]).expect(0);
    assert!(trail.out().contains("people"), "{}", trail.out());
}

#[test]
fn everything_goes_in_or_nothing_and_the_error_names_the_line() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table t (id integer primary key, n integer check (n < 100))");
    put(&home, "t.csv", "id,n\n1,5\n2,\"6\"\n3,500\n4,7\n");
    home.run(["import", &file, "t.csv", "--into", "t"]).expect(4).says(&["ine"]);
    assert_eq!(count(&home, &file, "t"), "0");
    let batched = ["import", &file, "t.csv", "--into", "t", "--batch", "2", "--rejects", "refused.csv"];
    home.run(batched).expect(0).says(&["3 rows imported", "1 rows were refused", "refused.csv"]);
    assert_eq!(count(&home, &file, "t"), "3");
    let refused = std::fs::read_to_string(home.path("refused.csv")).unwrap();
    assert!(refused.lines().nth(1).unwrap().starts_with("4,"), "{refused}");
    put(&home, "ragged.csv", "id,n\n10,1\n11\n12,2\n");
    home.run(["import", &file, "ragged.csv", "--into", "t"]).expect(2).says(&["Line 3"]);
    put(&home, "other.csv", "id,unknown\n10,1\n");
    home.run(["import", &file, "other.csv", "--into", "t"]).expect(2).says(&["no column “unknown”"]);
    home.run(["import", &file, "other.csv", "--into", "t", "--map", "id=id", "--map", "unknown=n"]).expect(0);
    assert_eq!(count(&home, &file, "t"), "4");
    home.run(["import", &file, "nothing.csv", "--into", "t"]).expect(4).says(&["nothing.csv"]);
}

#[test]
fn read_only_connections_refuse_and_production_asks() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table t (id integer)");
    put(&home, "t.csv", "id\n1\n");
    home.run(["import", &format!("sqlite:{file}?mode=ro"), "t.csv", "--into", "t"]).expect(4);
    let add = ["connections", "add", "--name", "live", "--environment", "production", "--safety", "free"];
    home.run(add.into_iter().chain([file.as_str()])).expect(0);
    home.run(["import", "live", "t.csv", "--into", "t"]).expect(5).says(&["--yes"]);
    home.run(["import", "live", "t.csv", "--into", "t", "--dry-run"]).expect(0);
    assert_eq!(count(&home, &file, "t"), "0");
    home.run(["import", "live", "t.csv", "--into", "t", "--yes"]).expect(0);
    assert_eq!(count(&home, &file, "t"), "1");
    home.run(["connections", "edit", "live", "--safety", "read-only"]).expect(0);
    home.run(["import", "live", "t.csv", "--into", "t", "--yes"]).expect(5).says(&["read-only"]);
}

#[test]
fn postgresql_takes_what_psql_would_and_names_the_line_it_refuses() {
    for server in servers() {
        let home = Home::new();
        let schema = format!("import_{}_{}", server.major, std::process::id());
        server.schema(&schema);
        let into = format!("{schema}.people");
        let nasty = "id,t,n,at\n1,\"a\\b\tc\n\"\"d\"\"\",12.50,2026-11-21T10:00:00+01:00\n2,\\N,,\n3,\"\",-1,\n";
        put(&home, "people.csv", nasty);
        home.run(["import", &server.url, "people.csv", "--into", &into, "--create"]).expect(0).says(&["3 rows"]);
        let all = server.psql(&format!("copy (select * from {into} order by id) to stdout (format csv)"));
        assert_eq!(
            String::from_utf8(all).unwrap().replace("2026-11-21 09:00:00+00", "…"),
            "1,\"a\\b\tc\n\"\"d\"\"\",12.50,…\n2,\\N,,\n3,\"\",-1.00,\n"
        );
        let types = server.value(&format!(
            "select string_agg(format_type(atttypid, atttypmod), ',' order by attnum) from pg_attribute \
             where attrelid = '{into}'::regclass and attnum > 0"
        ));
        assert_eq!(types, "integer,text,\"numeric(4,2)\",timestamp with time zone".replace('"', ""));
        server.psql(&format!("create table {schema}.strict (id int primary key, n int not null check (n > 0))"));
        let strict = format!("{schema}.strict");
        put(&home, "strict.csv", "id,n\n1,5\n2,\n3,x\n1,7\n4,8\n");
        home.run(["import", &server.url, "strict.csv", "--into", &strict]).expect(4).says(&["Line 3"]);
        assert_eq!(server.value(&format!("select count(*) from {strict}")), "0");
        let batched = ["import", &server.url, "strict.csv", "--into", &strict, "--batch", "100", "--rejects", "no.csv"];
        home.run(batched).expect(0).says(&["2 rows imported"]);
        let refused = std::fs::read_to_string(home.path("no.csv")).unwrap();
        let mut lines: Vec<&str> = refused.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["3", "4", "5"], "{refused}");
        // Rows are on their way before the file's end was seen: what is wrong there undoes them.
        let many: String = (10..150_010).map(|id| format!("{id},{id}\n")).collect();
        put(&home, "late.csv", format!("id,n\n{many}1,2,3\n7\n200000,1\n"));
        home.run(["import", &server.url, "late.csv", "--into", &strict])
            .expect(2)
            .says(&["Line 150,002: It has 3 values; there are 2 columns. So do 1 more."]);
        put(&home, "open.csv", format!("id,n\n{many}1,\"2\n"));
        home.run(["import", &server.url, "open.csv", "--into", &strict])
            .expect(2)
            .says(&["Line 150,002: A quote that opens in line 150002 is never closed."]);
        assert_eq!(server.value(&format!("select count(*), max(id) from {strict}")), "2|4");
        put(&home, "header.csv", "id,n\n");
        home.run(["import", &server.url, "header.csv", "--into", &strict]).expect(0).says(&["0 rows"]);
        put(&home, "empty.csv", "");
        home.run(["import", &server.url, "empty.csv", "--into", &strict]).expect(2).says(&["no columns"]);
        put(&home, "rows.ndjson", "{\"id\": 8}\n{\"n\": 9, \"id\": 9}\n");
        home.run(["import", &server.url, "rows.ndjson", "--into", &strict]).expect(4).says(&["Line 1"]);
        put(&home, "late.csv", "id\n1\n");
        home.run(["import", &server.url, "late.csv", "--into", &format!("{schema}.new"), "--create", "--dry-run"])
            .expect(0);
        assert_eq!(server.value(&format!("select to_regclass('{schema}.new') is null")), "t");
        server.drop_schema(&schema);
    }
}

#[test]
fn mariadb_changes_no_value_and_a_trial_leaves_no_table() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_import") else { return };
    let url = database.url.as_str();
    put(
        &home,
        "m.csv",
        "id,t,n,at,b\n1,\"it's \\ back\nnew\",12.50,2026-11-21 10:00:00.5,true\n2,,,,\n3,\"\",-1,2026-01-01T00:00:00,F\n",
    );
    home.run(["import", url, "m.csv", "--into", "m", "--create", "--dry-run"]).expect(0).says(&["3 rows would be"]);
    home.run(["query", url, "-c", "select 1 from m"]).expect(4);
    home.run(["import", url, "m.csv", "--into", "m", "--create"]).expect(0);
    let rows = home.run(["query", url, "--format", "csv", "-c", "select * from m order by id"]).expect(0);
    let expected = "id,t,n,at,b\n1,\"it's \\ back\nnew\",12.50,2026-11-21 10:00:00.500000,1\n2,,,,\n3,\"\",-1.00,2026-01-01 00:00:00.000000,0\n";
    assert_eq!(rows.out(), expected);
    // What is declared narrower would be cut without strict mode: it is refused by its line instead.
    home.run(["query", url, "-q", "-c", "create table strict (id int primary key, n int)"]).expect(0);
    put(&home, "bad.csv", "id,n\n5,1\n6,999999999999\n7,x\n8,2\n");
    home.run(["import", url, "bad.csv", "--into", "strict"]).expect(4).says(&["Line 3"]);
    assert_eq!(count(&home, url, "strict"), "0");
    home.run(["import", url, "bad.csv", "--into", "strict", "--batch", "50", "--rejects", "no.csv"]).expect(0);
    let refused = std::fs::read_to_string(home.path("no.csv")).unwrap();
    let lines: Vec<&str> = refused.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!((lines, count(&home, url, "strict")), (vec!["3", "4"], "2".to_owned()));
}

#[test]
fn statements_exported_from_mariadb_make_the_same_rows_again() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_export") else { return };
    let url = database.url.as_str();
    let create = "create table odd (id int primary key, b varbinary(10), bi bit(9), j json, y year, s set('a','b'), f float, d double, \
                  g point, t text character set latin1, z datetime, e enum('x','y''z'), bb blob, u bigint unsigned, n decimal(65,30));
        insert into odd values (1, x'00ff', b'100000001', '{\"a\": 1.50}', 2026, 'a,b', 1.1, 1e300, point(1,2), 'é\\\\''', \
        '2026-01-01', 'y''z', '', 18446744073709551615, 0.000000000000000000000000000001), \
        (2, null, null, null, null, '', null, null, null, '', null, null, null, 0, -1)";
    home.run(["query", url, "-q", "-c", create]).expect(0);
    home.run(["export", url, "--table", "odd", "-o", "odd.sql"]).expect(0);
    let script = std::fs::read_to_string(home.path("odd.sql")).unwrap().replace("INTO odd ", "INTO again ");
    put(&home, "again.sql", format!("create table again like odd;\n{script}"));
    home.run(["query", url, "-q", "-f", "again.sql"]).expect(0);
    let sums = home.run(["query", url, "--format", "csv", "-c", "checksum table odd, again"]).expect(0);
    let sums: Vec<&str> = sums.out().lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert!(sums[0] == sums[1] && !sums[0].is_empty(), "{sums:?}\n{script}");
    home.run(["export", url, "--table", "odd", "--format", "sql-update", "-o", "up.sql"]).expect(0);
    let updates = std::fs::read_to_string(home.path("up.sql")).unwrap().replace("UPDATE odd ", "UPDATE again ");
    put(&home, "up.sql", format!("update again set b = null, n = 0, u = 7, t = 'z';\n{updates}"));
    home.run(["query", url, "-q", "--yes", "-f", "up.sql"]).expect(0);
    let sums = home.run(["query", url, "--format", "csv", "-c", "checksum table odd, again"]).expect(0);
    let sums: Vec<&str> = sums.out().lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert!(sums[0] == sums[1], "{sums:?}\n{updates}");
}
