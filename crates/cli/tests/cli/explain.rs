//! `rowhouse explain`: what is printed, what is rolled back, what is refused.

use super::harness::{Home, servers};

#[test]
fn the_steps_of_a_statement_are_printed_as_text_and_as_json() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table t (id integer primary key, v text); create index by_v on t (v)");
    let text = home.run(["explain", &file, "-c", "select * from t where v = 'x' order by id"]).expect(0);
    assert!(text.out().contains("SEARCH t") && text.out().contains("by_v"), "{}", text.out());
    let json = home.run(["explain", &file, "--format", "json", "-c", "select * from t"]).expect(0);
    let plan: serde_json::Value = serde_json::from_str(json.out()).unwrap();
    assert_eq!(plan["plan"]["nodes"][0]["relation"], "t");
    assert_eq!(plan["statement"], "select * from t");
    home.run(["explain", &file, "-c", "select * from t", "-o", "plan.txt"]).expect(0);
    assert!(std::fs::read_to_string(home.path("plan.txt")).unwrap().contains("SCAN t"));
    // It writes, and is not run.
    home.run(["explain", &file, "--read-only", "-c", "delete from t"]).expect(0);
    home.run(["explain", &file, "--analyze", "-c", "select * from t"]).expect(2).says(&["does not measure"]);
    home.run(["explain", &file, "-c", "select 1; select 2"]).expect(2).says(&["one statement"]);
    home.run(["explain", &file, "-c", "select nope from t"]).expect(4).says(&["^^^^"]);
}

#[test]
fn a_write_is_measured_after_a_yes_and_rolled_back() {
    for server in servers() {
        let home = Home::new();
        server.schema("cli_explain");
        server.psql("create table cli_explain.t as select i from generate_series(1, 100) i");
        let text = "delete from cli_explain.t where i <= 40";
        let run = |more: &[&str]| {
            let base = ["explain", server.url.as_str(), "--analyze", "-c", text];
            home.run(base.iter().chain(more).copied())
        };
        run(&[]).expect(5).says(&["--yes"]);
        run(&["--read-only", "--yes"]).expect(5).says(&["read-only"]);
        let measured = run(&["--yes"]).expect(0).says(&["rolled back"]);
        assert!(measured.out().contains("Delete on t") && measured.out().contains("Execution"), "{}", measured.out());
        assert_eq!(server.value("select count(*) from cli_explain.t"), "100");
        let given =
            ["explain", server.url.as_str(), "-c", "select * from cli_explain.t where i = $1", "--param", "1=7"];
        assert!(home.run(given).expect(0).out().contains("(t.i = 7)"));
        let slow = ["explain", server.url.as_str(), "--analyze", "--timeout", "1", "-c", "select pg_sleep(60)"];
        home.run(slow).expect(6);
        server.drop_schema("cli_explain");
    }
}
