//! `rowhouse import`: into existing and new tables, whole or not at all, refused rows by their lines.

use super::harness::{Home, servers};

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
    home.run(["import", &file, "people.csv", "--into", "people", "--create", "--dry-run"]).expect(0).says(&["would be imported"]);
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
        put(&home, "late.csv", "id\n1\n");
        home.run(["import", &server.url, "late.csv", "--into", &format!("{schema}.new"), "--create", "--dry-run"]).expect(0);
        assert_eq!(server.value(&format!("select to_regclass('{schema}.new') is null")), "t");
        server.drop_schema(&schema);
    }
}
