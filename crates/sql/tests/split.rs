//! Splitting: a table of scripts with the statements they hold, in the files of `cases/`.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{Dialect, StatementKind, dialect, split, statement_at};

/// Each case: a title, a script and what it splits into (⏎ for a line break, ⇐ before the data of a COPY).
fn cases(file: &str) -> Vec<(String, String, Vec<String>)> {
    let mut found = Vec::new();
    for block in file.split("=== ").skip(1) {
        let (title, rest) = block.split_once('\n').unwrap();
        let (script, expected): (Vec<&str>, Vec<&str>) = rest.lines().partition(|line| !line.starts_with("---"));
        let expected = expected.iter().map(|line| line.trim_start_matches("--- ").to_owned()).collect();
        found.push((title.to_owned(), script.join("\n").replace('␍', "\r"), expected));
    }
    found
}

fn check(file: &str, dialect: &Dialect) {
    for (title, script, expected) in cases(file) {
        for script in [script.clone(), script.replace('\n', "\r\n")] {
            let found: Vec<String> = split(&script, dialect)
                .iter()
                .map(|statement| {
                    let mut shown = statement.text(&script).to_owned();
                    if statement.reads_stdin {
                        let data = statement.data(&script);
                        shown.push_str(&data.map_or(" ⇐?".to_owned(), |data| format!(" ⇐ {data}")));
                    }
                    shown.replace("\r\n", "⏎").replace('\n', "⏎")
                })
                .collect();
            assert_eq!(found, expected, "{title}");
        }
    }
}

#[test]
fn postgresql_scripts_split_by_the_server_s_own_rules() {
    check(include_str!("cases/split.postgresql.sql"), dialect::postgres());
}

#[test]
fn sqlite_scripts_split_by_the_server_s_own_rules() {
    check(include_str!("cases/split.sqlite.sql"), dialect::sqlite());
}

#[test]
fn mysql_scripts_split_as_its_own_client_splits_them_and_bodies_stay_whole() {
    check(include_str!("cases/split.mysql.sql"), dialect::mysql());
}

#[test]
fn sql_server_scripts_split_into_batches_at_lines_of_their_own() {
    check(include_str!("cases/split.tsql.sql"), dialect::tsql());
}

#[test]
fn a_number_after_a_separator_says_how_often_its_batch_is_sent() {
    let script = "SELECT 1\nGO 3\nSELECT 2\ngo\nSELECT 3\nGO 0 -- never\nSELECT 4\nGO 99999999999\nSELECT 5";
    let found: Vec<_> =
        split(script, dialect::tsql()).iter().map(|one| (one.text(script).to_owned(), one.repeats)).collect();
    let wanted = [("SELECT 1", 3), ("SELECT 2", 1), ("SELECT 3", 0), ("SELECT 4\nGO 99999999999\nSELECT 5", 1)];
    assert_eq!(found, wanted.map(|(text, repeats)| (text.to_owned(), repeats)));
    assert_eq!(split(script, dialect::tsql())[0].full.of(script), "SELECT 1\nGO 3");
}

#[test]
fn spans_with_terminators_do_not_overlap_and_commands_are_upper_case() {
    let script = "-- Daily revenue\nselect 1 ;\n\n-- far\n\nwith a as (select 1) table a;\\copy t to 'x'\n(select 2)";
    let found = split(script, dialect::postgres());
    let commands: Vec<_> = found.iter().map(|one| one.command.as_str()).collect();
    assert_eq!(commands, ["SELECT", "WITH", "\\copy", "SELECT"]);
    assert_eq!(found[0].full.of(script), "select 1 ;");
    assert_eq!(found[0].title.unwrap().of(script), "Daily revenue");
    assert_eq!(found[1].title, None);
    assert_eq!(found[2].kind, StatementKind::ClientCommand);
    assert!(!found[3].terminated);
    assert!(found.windows(2).all(|pair| pair[0].full.end <= pair[1].full.start));
}

#[test]
fn the_statement_at_the_caret_is_the_one_it_touches() {
    let script = "SELECT 1;  \n\n  SELECT 2; SELECT 3;\n";
    let at = |offset| statement_at(script, offset, dialect::postgres()).unwrap().text(script).to_owned();
    let found: Vec<_> = [0, 8, 9, 11, 12, 13, 15, 24, 25, 35, 36].map(at).into_iter().collect();
    let one = |digit: char| found.iter().filter(|text| text.ends_with(digit)).count();
    assert_eq!((at(0), at(9), at(10)), ("SELECT 1".into(), "SELECT 1".into(), "SELECT 1".into()));
    assert_eq!((at(12), at(15), at(24)), ("SELECT 2".into(), "SELECT 2".into(), "SELECT 2".into()));
    assert_eq!(at(script.len()), "SELECT 3");
    assert_eq!(one('1') + one('2') + one('3'), found.len());
    assert_eq!(statement_at("-- only a comment", 3, dialect::postgres()), None);
    let touching = "SELECT 1;SELECT 2";
    let second = statement_at(touching, 9, dialect::sqlite()).unwrap();
    assert_eq!(second.text(touching), "SELECT 2");
}

/// Differences are data: a dialect nobody has written a driver for yet.
fn delimited() -> Dialect {
    let mut facts = dialect::sqlite().clone();
    facts.delimiter_command = true;
    facts.hash_comments = true;
    facts.dashes_need_space = true;
    facts.conditional_comments = true;
    facts.backslash_escapes = true;
    facts.double_quoted_strings = true;
    facts.named_placeholder_prefixes = "";
    facts
}

#[test]
fn delimiters_conditional_comments_and_hash_comments_come_from_the_facts() {
    let facts = delimited();
    let script = "SELECT 1--1; # a; b\n/*!40101 SET x = 1 */;\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT \"\\\";\"; END$$\nDELIMITER ;\nSELECT '\\';';";
    let found: Vec<_> = split(script, &facts).iter().map(|one| one.text(script).to_owned()).collect();
    assert_eq!(
        found,
        [
            "SELECT 1--1",
            "/*!40101 SET x = 1 */",
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT \"\\\";\"; END",
            "SELECT '\\';'"
        ]
    );
}

#[test]
fn a_separator_of_batches_stands_alone_on_its_line() {
    let mut facts = dialect::sqlite().clone();
    facts.batch_separator = Some("GO");
    let script = "SELECT 1;\nGO\nSELECT go FROM t;\ngo  \nSELECT 2";
    let found: Vec<_> = split(script, &facts).iter().map(|one| one.text(script).to_owned()).collect();
    assert_eq!(found, ["SELECT 1", "SELECT go FROM t", "SELECT 2"]);
}
