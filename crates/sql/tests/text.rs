//! Secrets, placeholders, outlines and quoting.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{
    Dialect, PlaceholderStyle, Words, command_tag_changes_catalog, dialect, outline, placeholders, redact, secret_spans,
};

fn named(name: &str) -> &'static Dialect {
    match name {
        "sqlite" => dialect::sqlite(),
        "mysql" => dialect::mysql(),
        _ => dialect::postgres(),
    }
}

#[test]
fn secrets_are_redacted_and_nothing_else() {
    let mut wrong = Vec::new();
    for line in include_str!("cases/redact.txt").lines().filter(|line| !line.starts_with('#')) {
        let (facts, rest) = line.split_once(" | ").unwrap();
        let (text, expected) = rest.split_once(" => ").unwrap();
        let expected = if expected == "=" { text } else { expected };
        let found = redact(text, named(facts));
        if found != expected {
            wrong.push(format!("{text}\n    {found}\n    {expected}"));
        }
        assert!(!found.contains("hunt") && !found.contains("ter2"), "{found}");
        assert_eq!(redact(&found, named(facts)), found, "redacting again changes nothing");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_spans_of_secrets_are_in_order_and_apart() {
    let text = "ALTER ROLE a PASSWORD 'p'; SET x.secret = 'host=h password=q'; -- postgres://u:p@h";
    let spans = secret_spans(text, dialect::postgres());
    assert_eq!(spans.len(), 3);
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
    assert_eq!(spans[0].of(text), "'p'");
}

fn found(text: &str, facts: &Dialect) -> Vec<(String, u32)> {
    placeholders(text, facts).into_iter().map(|one| (one.name, one.ordinal)).collect()
}

#[test]
fn only_the_server_s_own_placeholders_count() {
    let text = "SELECT $1::int, '$2', \"$3\", $$ $4 $$, a::text, j ? 'k', j ?| x, a[1:2], :x, @y, f(a := $2) -- $5";
    assert_eq!(found(text, dialect::postgres()), [("$1".into(), 1), ("$2".into(), 2)]);
    let text = "SELECT ?, ?5, ?, :a, @a, :a, $b::c(d), '?', \"?\", [?], `?`, x'00' /* ? */";
    let numbers: Vec<_> = found(text, dialect::sqlite()).into_iter().map(|one| one.1).collect();
    assert_eq!(numbers, [1, 5, 6, 7, 8, 7, 9]);
    let first = &placeholders("SELECT :a", dialect::sqlite())[0];
    assert_eq!((first.style, first.span.start, first.span.end), (PlaceholderStyle::Colon, 7, 9));
}

#[test]
fn parameters_that_belong_to_a_definition_are_not_asked_for() {
    for text in ["PREPARE p AS SELECT $1", "CREATE OR REPLACE FUNCTION f(int) RETURNS int BEGIN ATOMIC SELECT $1; END"]
    {
        assert_eq!(found(text, dialect::postgres()), []);
    }
    assert_eq!(found("SELECT $99999999999999999999", dialect::postgres())[0].1, u32::MAX);
}

#[test]
fn an_outline_names_what_the_statement_is_about() {
    for (text, title) in [
        ("select * from public.orders o join \"Customers\" c on true", "SELECT orders, \"Customers\""),
        ("WITH a AS (SELECT * FROM t) SELECT * FROM a", "SELECT t"),
        ("SELECT extract(year FROM day) FROM sales", "SELECT sales"),
        ("UPDATE t SET a = 1", "UPDATE t"),
        ("drop table if exists a, b", "DROP TABLE a, b"),
        ("DROP TABLE a, b, c, d", "DROP TABLE a, b, c, …"),
        ("EXPLAIN ANALYZE SELECT * FROM t", "EXPLAIN SELECT t"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i, t"),
        ("SELECT 1", "SELECT"),
        ("BEGIN", "BEGIN"),
        ("frobnicate 1", "FROBNICATE"),
        ("", ""),
    ] {
        let title = title.replace("orders, \"C", "public.orders, \"C");
        assert_eq!(outline(text, dialect::postgres()).title, title, "{text}");
    }
    let long = format!("SELECT * FROM {}", "x".repeat(500));
    assert_eq!(outline(&long, dialect::postgres()).title.chars().count(), 80);
}

#[test]
fn command_tags_say_whether_the_catalog_may_have_changed() {
    for tag in ["CREATE TABLE", "ALTER TABLE", "DROP VIEW", "DO", "CALL", "ROLLBACK", "GRANT", "TRUNCATE TABLE"] {
        assert!(command_tag_changes_catalog(tag), "{tag}");
    }
    for tag in ["SELECT 5", "INSERT 0 1", "UPDATE 3", "SET", "BEGIN", "COMMIT", "COPY 4", ""] {
        assert!(!command_tag_changes_catalog(tag), "{tag}");
    }
}

#[test]
fn identifiers_are_quoted_when_they_would_mean_something_else() {
    let (postgres, sqlite) = (dialect::postgres(), dialect::sqlite());
    assert_eq!(postgres.quote_identifier("we\"ird.name 🚀"), "\"we\"\"ird.name 🚀\"");
    for (name, in_postgres, in_sqlite) in [
        ("orders", "orders", "orders"),
        ("Orders", "\"Orders\"", "Orders"),
        ("order", "\"order\"", "\"order\""),
        ("name", "name", "name"),
        ("between", "\"between\"", "\"between\""),
        ("int", "\"int\"", "int"),
        ("1a", "\"1a\"", "\"1a\""),
        ("a-b", "\"a-b\"", "\"a-b\""),
        ("", "\"\"", "\"\""),
        ("ß", "\"ß\"", "\"ß\""),
        ("a]b", "\"a]b\"", "\"a]b\""),
    ] {
        assert_eq!(postgres.quote_identifier_if_needed(name), in_postgres);
        assert_eq!(sqlite.quote_identifier_if_needed(name), in_sqlite);
    }
    assert_eq!(postgres.quote_path(["a.b", "c"]), "\"a.b\".c");
    let mut brackets = sqlite.clone();
    brackets.identifier_quotes = &[
        dialect::IdentifierQuote { open: '[', close: ']', doubled: false },
        dialect::IdentifierQuote { open: '"', close: '"', doubled: true },
    ];
    assert_eq!(brackets.quote_identifier("a]b"), "\"a]b\"");
}

#[test]
fn literals_mean_the_same_whether_or_not_a_backslash_escapes() {
    let (postgres, sqlite) = (dialect::postgres(), dialect::sqlite());
    assert_eq!(postgres.quote_literal("it's"), "'it''s'");
    assert_eq!(postgres.quote_literal("a\\'b"), "E'a\\\\''b'");
    assert_eq!(sqlite.quote_literal("a\\'b"), "'a\\''b'");
    for text in ["", "'", "\\", "\\'", "''\\\\", "🚀\n"] {
        for facts in [postgres, &postgres.with_backslash_escapes(true), sqlite] {
            let sql = format!("SELECT {} , 2", facts.quote_literal(text));
            assert_eq!(sql::tokenize(&sql, facts).len(), 7, "{sql}");
        }
    }
}

#[test]
fn facts_serialize_and_word_lists_are_found_in_any_case() {
    let facts = serde_json::to_value(dialect::postgres()).unwrap();
    assert_eq!(facts["folding"], "Lower");
    assert!(facts["reserved"].as_array().unwrap().len() > 90);
    assert!(dialect::postgres().functions.contains("COUNT"));
    assert!(!dialect::sqlite().reserved.contains("key"));
    let words = Words::new("b a\nC");
    assert_eq!(words.iter().collect::<Vec<_>>(), ["a", "b", "C"]);
    assert!(words.contains("c") && !words.contains("ab") && !words.is_empty());
}
