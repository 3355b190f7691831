//! What changes the whole of a table, or drops it: tables of statements in the files of `cases/`, and rules that hold for
//! all of them.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{Dialect, QualifiedName, Sweep, SweepKind, TokenKind, dialect, sweeps, tokenize};

const POSTGRES: &str = include_str!("cases/sweep.postgresql.txt");
const MYSQL: &str = include_str!("cases/sweep.mysql.txt");
const SQLITE: &str = include_str!("cases/sweep.sqlite.txt");

fn all() -> [(&'static str, &'static Dialect); 3] {
    [(POSTGRES, dialect::postgres()), (MYSQL, dialect::mysql()), (SQLITE, dialect::sqlite())]
}

fn rows(file: &str) -> impl Iterator<Item = (&str, String)> {
    let lines = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let (expected, text) = line.split_once(" | ").unwrap_or_else(|| panic!("{line}"));
        (expected.trim(), text.trim().replace('⏎', "\n"))
    })
}

fn shown(sweep: &Sweep) -> String {
    let names = |names: &[QualifiedName]| names.iter().map(|name| name.parts.join(".")).collect::<Vec<_>>().join(", ");
    let what = match sweep.kind {
        SweepKind::Update => "UPDATE".to_owned(),
        SweepKind::Delete => "DELETE".to_owned(),
        SweepKind::Empty => format!("EMPTY {}", sweep.object),
        SweepKind::Drop => format!("DROP {}", sweep.object),
        SweepKind::Other => sweep.object.clone(),
    };
    let of = sweep.of.iter().map(|of| format!(" of {}", of.parts.join("."))).collect::<String>();
    format!("{what} {}{of}", names(&sweep.names)).replace("  ", " ").trim().to_owned()
}

fn told(text: &str, facts: &Dialect) -> String {
    let found: Vec<String> = sweeps(text, facts).iter().map(shown).collect();
    if found.is_empty() { "-".to_owned() } else { found.join("; ") }
}

fn check(file: &str, facts: &Dialect) {
    let mut wrong = Vec::new();
    for (expected, text) in rows(file) {
        let found = told(&text, facts);
        if found != expected {
            wrong.push(format!("{text}\n    {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn postgresql_statements_tell_what_they_change_the_whole_of() {
    check(POSTGRES, dialect::postgres());
}

#[test]
fn mysql_statements_tell_what_they_change_the_whole_of() {
    check(MYSQL, dialect::mysql());
}

#[test]
fn sqlite_statements_tell_what_they_change_the_whole_of() {
    check(SQLITE, dialect::sqlite());
}

#[test]
fn comments_line_breaks_and_the_case_of_keywords_change_nothing() {
    for (file, facts) in all() {
        for (expected, text) in rows(file) {
            // Comments of one line end where their line does, and what is conditional is no comment.
            if text.contains("--") || text.contains('#') || text.contains("/*") || text.contains('\\') {
                continue;
            }
            let tokens = tokenize(&text, facts);
            let spaced: String = tokens
                .iter()
                .map(|token| match token.kind {
                    TokenKind::Space => " /* where id = 1 */\n-- where id = 1; delete from x\n ".to_owned(),
                    TokenKind::Word => {
                        let word = token.span.of(&text);
                        // Names are compared as they are folded.
                        if facts.reserved.contains(word) { word.to_ascii_lowercase() } else { word.to_owned() }
                    }
                    _ => token.span.of(&text).to_owned(),
                })
                .collect();
            assert_eq!(told(&spaced, facts), expected, "{spaced}");
            assert_eq!(told(&format!(";; {text} ;"), facts), expected, "{text}");
        }
    }
}

#[test]
fn every_statement_of_a_script_is_told_with_its_place() {
    for (file, facts) in all() {
        for (expected, text) in rows(file) {
            if text.contains("--") || text.contains('#') || text.ends_with("WHERE") {
                continue;
            }
            let script = format!("SELECT 'é; DELETE FROM x';\n{text};\nSELECT 2");
            let found = sweeps(&script, facts);
            assert_eq!(told(&script, facts), expected, "{script}");
            for sweep in found {
                assert!(sweep.statement.start <= sweep.span.start && sweep.span.end <= sweep.statement.end, "{script}");
                assert!(sweep.statement.of(&script).len() <= text.len() + 1, "{script}");
                let verbs = ["UPDATE", "DELETE", "TRUNCATE", "DROP", "ALTER", "CREATE"];
                let verb = sweep.span.of(&script).to_ascii_uppercase();
                assert!(verbs.contains(&verb.as_str()) || verb.starts_with(['$', '\'']), "{verb} in {script}");
            }
        }
    }
}

#[test]
fn a_condition_that_names_a_column_holds_a_change_to_some_rows() {
    for (_, facts) in all() {
        for condition in [
            "id = 1",
            "NOT done",
            "id IN (1, 2)",
            "id BETWEEN 1 AND 2",
            "a IS NULL",
            "(a = 1 OR b = 2) AND true",
            "f(a)",
        ] {
            for text in [format!("DELETE FROM t WHERE {condition}"), format!("UPDATE t SET a = 1 WHERE ({condition})")]
            {
                assert_eq!(told(&text, facts), "-", "{text}");
            }
        }
    }
}

#[test]
fn a_long_list_of_conditions_and_deep_parentheses_take_no_time() {
    for (_, facts) in all() {
        let many = (0..20_000).map(|number| format!("id = {number}")).collect::<Vec<_>>().join(" OR ");
        assert_eq!(told(&format!("DELETE FROM t WHERE {many}"), facts), "-");
        assert_eq!(told(&format!("DELETE FROM t WHERE {many} OR true"), facts), "DELETE t");
        let deep = format!("DELETE FROM t WHERE {}true{}", "(".repeat(20_000), ")".repeat(20_000));
        assert_eq!(told(&deep, facts), "DELETE t");
    }
}

#[test]
fn what_hides_behind_more_changes_than_are_read_is_told_all_the_same() {
    let harmless: String = (0..1200).map(|number| format!("c{number} AS (DELETE FROM t WHERE id = 1), ")).collect();
    let text = format!("WITH {harmless} last AS (DELETE FROM orders RETURNING *) SELECT 1");
    assert!(!sweeps(&text, dialect::postgres()).is_empty());
}

#[test]
fn a_text_that_two_settings_read_differently_is_told_as_the_worse() {
    // With backslash escapes the string ends later, and what looks like a condition is data.
    let text = r"UPDATE t SET a = '\' WHERE id = 1; -- '";
    assert_eq!(told(text, dialect::postgres()), "UPDATE t");
    let known = dialect::ConditionalServer { version: 101_106, rule: dialect::ConditionalRule::MariaDb };
    let facts = dialect::mysql().with_conditional_server(Some(known));
    assert_eq!(told("DELETE FROM t /*!99999 WHERE id = 1 */", &facts), "-");
    assert_eq!(told("DELETE FROM t /*!999999 WHERE id = 1 */", &facts), "DELETE t");
}

#[test]
fn every_statement_that_changes_something_is_a_change_and_what_reads_is_none() {
    let told = |text: &str| -> Vec<String> {
        sql::changes(text, dialect::postgres()).iter().map(|one| format!("{:?} {}", one.kind, one.object)).collect()
    };
    assert_eq!(
        told("select 1; show all; begin; commit; set work_mem = '1MB'; explain delete from t"),
        Vec::<String>::new()
    );
    assert_eq!(
        told("insert into t values (1); update t set a = 1 where id = 1; delete from t; create index i on t (a)"),
        ["Other INSERT", "Other UPDATE", "Delete TABLE", "Other CREATE INDEX"]
    );
    assert_eq!(told("with gone as (delete from t where id = 1 returning 1) select * from gone").len(), 1);
    assert_eq!(told("explain analyze insert into t values (1)").len(), 1);
    assert_eq!(told("call work(); do $$ begin end $$; frobnicate").len(), 3);
}
