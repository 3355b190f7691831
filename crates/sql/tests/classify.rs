//! Classification and the read-only guard: tables of statements in the files of `cases/`.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{CopyDirection, CopyEndpoint, Dialect, TransactionKind, Verb, classify, dialect, read_only_verdict};

fn rows(file: &str, columns: usize) -> Vec<Vec<String>> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let restored = |text: &str| text.trim().replace('⏎', "\n").replace('␍', "\r");
            line.splitn(columns, '|').map(restored).collect()
        })
        .collect()
}

fn check_classes(file: &str, dialect: &Dialect) {
    let mut wrong = Vec::new();
    for row in rows(file, 3) {
        let [class, command, text] = row.as_slice() else { panic!("{row:?}") };
        for spelled in [text.clone(), format!("-- x\n  {text} ;\n/* y */")] {
            if spelled.contains('\\') && spelled.starts_with("--") {
                continue;
            }
            let answer = classify(&spelled, dialect);
            let found = (format!("{:?}", answer.class), answer.effect.command);
            if found != (class.clone(), command.clone()) {
                wrong.push(format!("{spelled}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_verdicts(file: &str, dialect: &Dialect) {
    let mut wrong = Vec::new();
    for row in rows(file, 2) {
        let [expected, text] = row.as_slice() else { panic!("{row:?}") };
        let verdict = read_only_verdict(text, dialect);
        if let Err(refusal) = &verdict {
            assert!(text.get(refusal.span.start..refusal.span.end).is_some(), "{text}: {refusal:?}");
            assert!(!refusal.span.is_empty(), "{text}: {refusal:?}");
        }
        let found = verdict.map_or_else(|refusal| format!("{:?}", refusal.reason), |()| "ok".to_owned());
        if found != *expected {
            wrong.push(format!("{text}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn postgresql_statements_have_their_class_and_command() {
    check_classes(include_str!("cases/classify.postgresql.txt"), dialect::postgres());
}

#[test]
fn sqlite_statements_have_their_class_and_command() {
    check_classes(include_str!("cases/classify.sqlite.txt"), dialect::sqlite());
}

#[test]
fn mysql_statements_have_their_class_and_command() {
    check_classes(include_str!("cases/classify.mysql.txt"), dialect::mysql());
}

#[test]
fn sql_server_batches_have_the_class_of_their_worst_statement() {
    check_classes(include_str!("cases/classify.tsql.txt"), dialect::tsql());
}

#[test]
fn a_read_only_sql_server_connection_refuses_what_writes_wherever_it_stands_in_a_batch() {
    check_verdicts(include_str!("cases/readonly.tsql.txt"), dialect::tsql());
}

#[test]
fn a_read_only_mysql_connection_refuses_what_writes_and_what_loosens_it() {
    check_verdicts(include_str!("cases/readonly.mysql.txt"), dialect::mysql());
}

#[test]
fn a_read_only_postgresql_connection_refuses_what_writes_and_what_loosens_it() {
    check_verdicts(include_str!("cases/readonly.postgresql.txt"), dialect::postgres());
}

#[test]
fn a_read_only_sqlite_connection_refuses_what_writes_and_what_loosens_it() {
    check_verdicts(include_str!("cases/readonly.sqlite.txt"), dialect::sqlite());
}

#[test]
fn a_nul_is_refused_because_servers_stop_reading_there() {
    for facts in [dialect::postgres(), dialect::sqlite(), dialect::mysql()] {
        assert!(read_only_verdict("SELECT 1 \0; DELETE FROM t", facts).is_err());
    }
}

#[test]
fn a_refusal_points_at_its_cause_in_the_whole_text() {
    let text = "SELECT 1;\n  WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d";
    let refusal = read_only_verdict(text, dialect::postgres()).unwrap_err();
    assert_eq!(refusal.span.of(text), "DELETE");
    assert_eq!(refusal.to_string(), "SELECT: this connection is read-only and the statement writes");
}

#[test]
fn writes_name_their_table_and_whether_they_touch_all_of_it() {
    let text = "WITH d AS (DELETE FROM a.b WHERE x RETURNING *) UPDATE \"C\" SET x = (SELECT 1 WHERE true)";
    let effect = classify(text, dialect::postgres()).effect;
    let writes: Vec<_> = effect
        .writes
        .iter()
        .map(|write| (write.verb, write.target.clone().unwrap().parts, write.whole_table))
        .collect();
    assert_eq!(
        writes,
        [(Verb::Update, vec!["C".to_owned()], true), (Verb::Delete, vec!["a".to_owned(), "b".to_owned()], false),]
    );
    assert_eq!(effect.whole_table_writes().next().unwrap().verb, Verb::Update);
}

#[test]
fn definitions_name_their_objects() {
    let targets = |text: &str| -> Vec<String> {
        let effect = classify(text, dialect::postgres()).effect;
        effect.targets.iter().map(|target| target.parts.join(".")).collect()
    };
    assert_eq!(targets("DROP TABLE IF EXISTS a, \"B\".c CASCADE"), ["a", "B.c"]);
    assert_eq!(targets("CREATE UNIQUE INDEX ON s.t (a)"), ["s.t"]);
    assert_eq!(targets("CREATE INDEX i ON ONLY t (a)"), ["i", "t"]);
    assert_eq!(targets("CREATE POLICY p ON t FOR SELECT"), ["p", "t"]);
    assert_eq!(targets("DROP FUNCTION f(int), g()"), ["f", "g"]);
    assert_eq!(targets("TRUNCATE a, ONLY b *, c"), ["a", "b", "c"]);
    assert_eq!(targets("CALL s.p(1)"), ["s.p"]);
}

#[test]
fn copies_and_transactions_are_told_apart() {
    let effect = |text: &str| classify(text, dialect::postgres()).effect;
    let copy = effect("COPY t TO PROGRAM 'x'").copy.unwrap();
    assert_eq!((copy.direction, copy.endpoint), (CopyDirection::To, CopyEndpoint::ServerProgram));
    let copy = effect("copy (select 1) to stdout").copy.unwrap();
    assert_eq!(copy.endpoint, CopyEndpoint::Connection);
    for (text, kind) in [
        ("ABORT", TransactionKind::Rollback),
        ("ROLLBACK TO a", TransactionKind::RollbackTo),
        ("RELEASE a", TransactionKind::Release),
        ("END", TransactionKind::Commit),
        ("COMMIT PREPARED 'x'", TransactionKind::CommitPrepared),
    ] {
        assert_eq!(effect(text).transaction, Some(kind), "{text}");
    }
    assert_eq!(effect("BEGIN READ ONLY").access_read_write, Some(false));
}

#[test]
fn functions_not_known_to_every_server_are_listed() {
    let effect = classify("SELECT count(*), s.f(1), \"G\"(2) FROM t WHERE a IN (1)", dialect::postgres()).effect;
    let calls: Vec<_> = effect.calls.iter().map(|call| call.parts.join(".")).collect();
    assert_eq!(calls, ["s.f", "G"]);
}
