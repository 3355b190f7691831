//! `rowhouse schema --format text`, for reading.

use crate::harness::{Home, servers};

#[test]
fn text_says_who_may_use_a_table_how_often_its_indexes_were_used_and_what_is_dangerous() {
    for server in servers() {
        let home = Home::new();
        server.psql("DROP SCHEMA IF EXISTS rh_cli_text CASCADE");
        server.psql(
            "CREATE SCHEMA rh_cli_text;
             CREATE TABLE rh_cli_text.orders (id integer PRIMARY KEY, note text COLLATE \"C\");
             CREATE INDEX by_note ON rh_cli_text.orders (lower(note)) WHERE note IS NOT NULL;
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'rh_cli_text.by_note'::regclass;
             GRANT SELECT (note) ON rh_cli_text.orders TO PUBLIC;
             CREATE FUNCTION rh_cli_text.bare() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        );
        let whole = home.run(["schema", &server.url, "--schema", "rh_cli_text", "--format", "text"]).expect(0);
        for words in
            ["table rh_cli_text.orders", "function rh_cli_text.bare()", "warning: It runs with its owner's rights"]
        {
            assert!(whole.out().contains(words), "{words}: {}", whole.out());
        }
        let one = home.run(["schema", &server.url, "--table", "rh_cli_text.orders", "--format", "text"]).expect(0);
        let line = |name: &str| one.out().lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
        assert!(line("by_note").contains("invalid") && line("by_note").contains("lower(note)"), "{}", one.out());
        assert!(line("orders_pkey").contains(" 0 "), "its scans: {}", one.out());
        assert!(line("PUBLIC").contains("SELECT") && line("PUBLIC").contains("note"), "{}", one.out());
        assert!(!one.out().contains("function "), "only the table: {}", one.out());
        let json = home.run(["schema", &server.url, "--table", "orders", "--schema", "rh_cli_text"]).expect(0).json();
        assert_eq!(json["relations"].as_array().unwrap().len(), 1);
        assert_eq!(json["relations"][0]["indexes"][0]["valid"], false);
        home.run(["schema", &server.url, "--table", "rh_cli_text.none"]).expect(4);
        server.psql("DROP SCHEMA rh_cli_text CASCADE");
    }
}

#[test]
fn text_of_a_file_has_no_privileges() {
    let home = Home::new();
    let text = home.run(["schema", "sample", "--format", "text"]).expect(0);
    assert!(text.out().contains("\n  Columns\n") && !text.out().contains("Privileges"), "{}", text.out());
}
