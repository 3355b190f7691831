//! A script that changes the whole of something: asked on a terminal, refused without one, let through by `--yes`.

use crate::{
    harness::{Home, servers},
    pseudo_terminal::{Streams, Terminal},
};

const ALL_ON_IT: Streams = Streams { stdout: true, stderr: true };
const SHOP: &str = "CREATE TABLE orders (id INTEGER PRIMARY KEY, total); INSERT INTO orders VALUES (1, 5), (2, 7);";

fn totals(home: &Home, file: &str) -> String {
    home.run(["query", file, "-c", "select group_concat(total) as t from orders", "--format", "csv"]).out().to_owned()
}

#[test]
fn without_a_terminal_nothing_of_the_script_runs_and_yes_is_named() {
    let home = Home::new();
    let file = home.sqlite("shop.db", SHOP);
    let script = "insert into orders values (3, 9); update orders set total = 0";
    home.run(["query", &file, "-c", script]).expect(5).says(&["Nothing was run", "UPDATE of orders", "--yes"]);
    assert_eq!(totals(&home, &file), "t\n\"5,7\"\n", "nor was the statement before it");
    home.run(["query", &file, "-c", script, "--yes"]).expect(0);
    assert_eq!(totals(&home, &file), "t\n\"0,0,0\"\n");
    for harmless in
        ["delete from orders where id = 1", "create table t (a)", "drop table t", "explain delete from orders"]
    {
        home.run(["query", &file, "-c", harmless]).expect(0);
    }
}

#[test]
fn a_yes_opens_no_read_only_connection() {
    let home = Home::new();
    let file = home.sqlite("shop.db", SHOP);
    home.run(["query", &file, "--read-only", "--yes", "-c", "delete from orders"]).expect(5).says(&["read-only"]);
    assert_eq!(totals(&home, &file), "t\n\"5,7\"\n");
}

#[test]
fn on_a_terminal_it_is_asked_and_only_a_yes_goes_on() {
    let home = Home::new();
    let file = home.sqlite("shop.db", SHOP);
    for (answer, status) in [("\n", 5), ("n\n", 5), ("yes please\n", 5), ("y\n", 0)] {
        let mut terminal = Terminal::run(home.command(["query", &file, "-c", "delete from orders"]), ALL_ON_IT);
        terminal.sees("Delete every row of orders?");
        terminal.sees("how many rows is unknown");
        terminal.sees("there is no way back");
        terminal.sees("[y/N]");
        terminal.types(answer);
        let (ended, text, _) = terminal.end_and_echo();
        ended.expect(status);
        assert_eq!(text.contains("Nothing was run"), status == 5, "{text}");
        let left = totals(&home, &file);
        assert_eq!(left == "t\n\"5,7\"\n", status == 5, "{left}");
    }
}

#[test]
fn on_production_the_name_is_typed_and_drop_is_asked_too() {
    let home = Home::new();
    let file = home.sqlite("shop.db", SHOP);
    let add = ["connections", "add", &file, "--name", "prod", "--environment", "production", "--safety", "free"];
    home.run(add).expect(0);
    home.run(["query", "prod", "-c", "drop table orders"]).expect(5).says(&["DROP TABLE of orders", "--yes"]);
    for (answer, status) in [("y\n", 5), ("orders\n", 0)] {
        let mut terminal = Terminal::run(home.command(["query", "prod", "-c", "delete from orders"]), ALL_ON_IT);
        terminal.sees("which is production");
        terminal.sees("Type orders to go on");
        terminal.types(answer);
        terminal.end_and_echo().0.expect(status);
    }
    assert_eq!(totals(&home, &file), "t\n\n");
    home.run(["query", "prod", "-c", "drop table orders", "--yes"]).expect(0);
}

#[test]
fn a_server_says_about_how_many_rows_there_are() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_sweep");
        server.psql("CREATE TABLE rh_cli_sweep.orders AS SELECT i AS id FROM generate_series(1, 2500) i");
        server.psql("ANALYZE rh_cli_sweep.orders");
        let script = "begin; delete from rh_cli_sweep.orders";
        let mut terminal = Terminal::run(home.command(["query", &server.url, "-c", script]), ALL_ON_IT);
        terminal.sees("about 2,500 rows, an estimate");
        terminal.sees("ROLLBACK brings it back");
        terminal.types("\n");
        terminal.end_and_echo().0.expect(5);
        home.run(["query", &server.url, "-c", "explain analyze delete from rh_cli_sweep.orders"]).expect(5);
        assert_eq!(server.value("SELECT count(*) FROM rh_cli_sweep.orders"), "2500");
        server.drop_schema("rh_cli_sweep");
    }
}
