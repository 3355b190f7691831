//! What MySQL and MariaDB read in ways of their own.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::dialect::{ConditionalRule, ConditionalServer};
use sql::{
    Dialect, Place, SettingScope, TokenKind, TransactionKind, Verb, classify, complete_context, dialect, outline,
    placeholders, read_only_verdict, split, statement_changes_catalog, tokenize,
};

fn tokens(text: &str, facts: &Dialect) -> Vec<String> {
    let tokens = tokenize(text, facts).into_iter().filter(|token| !token.kind.is_trivia());
    tokens.map(|token| token.span.of(text).to_owned()).collect()
}

#[test]
fn tokens_are_those_of_the_server() {
    for (text, expected) in [
        ("1e5 1e 1a 0xAf 0xAZ 0b01 0b2 2024_sales", "1e5 ¦1e ¦1a ¦0xAf ¦0xAZ ¦0b01 ¦0b2 ¦2024_sales"),
        ("t.1a.`2`.3e5 1.5 .5 1.INTO 1e5INTO", "t¦.¦1a¦.¦`2`¦.¦3e5 ¦1.5 ¦.5 ¦1.¦INTO ¦1e5¦INTO"),
        ("INTO@a @@global.x @'a b' @a.b c@d", "INTO¦@a ¦@@global¦.¦x ¦@'a b' ¦@a.b ¦c¦@d"),
        ("'u'@'h' `u`@`h` @`a``b` @@`x`", "'u'¦@'h' ¦`u`¦@`h` ¦@`a``b` ¦@@`x`"),
        ("a:=1||b&&c<=>d->>'$.e'", "a¦:=¦1¦||¦b¦&&¦c¦<=>¦d¦->>¦'$.e'"),
        ("$a a$b x'4D' b'01' N'é' _utf8mb4'x'", "$a ¦a$b ¦x'4D' ¦b'01' ¦N'é' ¦_utf8mb4¦'x'"),
        ("'a\\'b' \"c\\\"d\" `e\\` 'f''g' \"h\"\"i\"", "'a\\'b' ¦\"c\\\"d\" ¦`e\\` ¦'f''g' ¦\"h\"\"i\""),
        ("a--1 -- c\n# d\nb /* e */ #", "a¦-¦-¦1 ¦b "),
        ("/*!50000 a*/b/*M!100100 c */", "a¦b¦c "),
        ("/*! a /*! b */ c */", "a ¦b ¦c ¦*/"),
    ] {
        let expected = expected.split('¦').map(str::trim_end).filter(|one| !one.is_empty());
        let expected: Vec<_> = expected.map(str::to_owned).collect();
        assert_eq!(tokens(text, dialect::mysql()), expected, "{text}");
    }
}

#[test]
fn a_session_may_read_quotes_and_backslashes_otherwise() {
    let mysql = dialect::mysql();
    let ansi = mysql.with_ansi_quotes(true);
    let kind = |text: &str, facts: &Dialect| tokenize(text, facts)[0].kind;
    assert_eq!(kind("\"a\\\"b\"", mysql), TokenKind::EscapeString);
    assert_eq!(kind("\"a\"", &ansi), TokenKind::QuotedName);
    assert_eq!(kind("'a'", &mysql.with_backslash_escapes(false)), TokenKind::String);
    assert_eq!(tokens("'\\' a", &mysql.with_backslash_escapes(false)), ["'\\'", "a"]);
    assert_eq!(tokens("\"\\\" a", &ansi), ["\"\\\"", "a"]);
    assert_eq!(kind("\"a\"", &ansi.with_ansi_quotes(false)), TokenKind::EscapeString);
    assert_eq!(ansi.quote_identifier("a`b"), "`a``b`");
    assert!(!dialect::postgres().with_ansi_quotes(false).double_quoted_strings);
}

#[test]
fn what_a_conditional_comment_is_depends_on_the_server() {
    let server = |version, rule| dialect::mysql().with_conditional_server(Some(ConditionalServer { version, rule }));
    let text = "a /*!80000 b /* x */ c */ /*M!100100 d */ /*!50701 e */ f";
    for (facts, expected) in [
        (dialect::mysql().clone(), "a b c d e f"),
        (server(50_744, ConditionalRule::FiveDigits), "a e f"),
        (server(80_036, ConditionalRule::SixBeforeSpace), "a b c e f"),
        (server(101_106, ConditionalRule::MariaDb), "a b c d f"),
        (server(100_000, ConditionalRule::MariaDb), "a b c f"),
    ] {
        assert_eq!(tokens(text, &facts).join(" "), expected);
    }
    let six = "/*!800361 a */ /*!080036 b */";
    assert_eq!(tokens(six, &server(80_036, ConditionalRule::FiveDigits)).join(" "), "1 a 6 b");
}

#[test]
fn a_text_with_more_versions_than_can_be_read_is_refused() {
    let many: String = (0..20).map(|version| format!("/*!8{version:04} 1, */ ")).collect();
    assert!(read_only_verdict(&format!("SELECT {many} 2"), dialect::mysql()).is_err());
}

#[test]
fn changes_of_rows_name_their_tables_and_whether_they_touch_all_of_them() {
    let writes = |text: &str| -> Vec<(Verb, String, bool)> {
        let effect = classify(text, dialect::mysql()).effect;
        let named = |write: &sql::Write| write.target.as_ref().unwrap().parts.join(".");
        effect.writes.iter().map(|write| (write.verb, named(write), write.whole_table)).collect()
    };
    assert_eq!(writes("UPDATE LOW_PRIORITY IGNORE d.T SET a = 1"), [(Verb::Update, "d.T".into(), true)]);
    assert_eq!(writes("DELETE FROM `t` WHERE a = 1 LIMIT 5"), [(Verb::Delete, "t".into(), false)]);
    assert_eq!(
        writes("DELETE a, b.* FROM a JOIN b WHERE true"),
        [(Verb::Delete, "a".into(), true), (Verb::Delete, "b".into(), true)]
    );
    assert_eq!(writes("UPDATE a, b SET a.x = b.x"), [(Verb::Update, "a".into(), true)]);
    assert_eq!(writes("UPDATE a, b SET x = 1"), [(Verb::Update, "a".into(), true), (Verb::Update, "b".into(), true)]);
    assert_eq!(writes("INSERT HIGH_PRIORITY t VALUES (1)"), [(Verb::Insert, "t".into(), false)]);
    assert_eq!(writes("WITH c AS (SELECT 1) DELETE FROM t"), [(Verb::Delete, "t".into(), true)]);
    let targets = |text: &str| -> Vec<String> {
        let effect = classify(text, dialect::mysql()).effect;
        effect.targets.iter().map(|target| target.parts.join(".")).collect()
    };
    assert_eq!(targets("DROP TABLE IF EXISTS a, `b`.c"), ["a", "b.c"]);
    assert_eq!(
        targets("CREATE DEFINER=`r`@`%` TRIGGER d.t BEFORE INSERT ON x FOR EACH ROW SET NEW.a = 1"),
        ["d.t", "x"]
    );
    assert_eq!(targets("RENAME TABLE a TO b, c TO d"), ["a", "b", "c", "d"]);
    assert_eq!(targets("LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE d.t"), ["d.t"]);
    assert_eq!(targets("OPTIMIZE NO_WRITE_TO_BINLOG TABLE t"), ["t"]);
}

#[test]
fn settings_are_read_from_a_list_with_their_scope() {
    let effect = classify("SET GLOBAL a = 1, @@session.b := 'x', @c = 2, d = f(1)", dialect::mysql()).effect;
    let found: Vec<_> =
        effect.settings.iter().map(|one| (one.name.as_str(), one.scope, one.value.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("a", SettingScope::Server, Some("1")),
            ("b", SettingScope::Session, Some("x")),
            ("d", SettingScope::Session, None)
        ]
    );
    assert_eq!(
        classify("XA ROLLBACK 'x'", dialect::mysql()).effect.transaction,
        Some(TransactionKind::RollbackPrepared)
    );
}

#[test]
fn statements_that_commit_say_so() {
    let commits = |text: &str| classify(text, dialect::mysql()).effect.commits_implicitly;
    for text in [
        "CREATE TABLE t (a INT)",
        "DROP VIEW v",
        "TRUNCATE t",
        "BEGIN",
        "START TRANSACTION",
        "LOCK TABLES t READ",
        "UNLOCK TABLES",
        "SET autocommit = 1",
        "SET PASSWORD = 'x'",
        "ANALYZE TABLE t",
        "LOAD INDEX INTO CACHE t",
    ] {
        assert!(commits(text), "{text}");
    }
    for text in [
        "SELECT 1",
        "INSERT INTO t VALUES (1)",
        "CREATE TEMPORARY TABLE t (a INT)",
        "DROP TEMPORARY TABLE t",
        "SET autocommit = 0",
        "SET @a = 1",
        "LOAD DATA INFILE 'x' INTO TABLE t",
        "EXPLAIN SELECT 1",
        "SAVEPOINT a",
    ] {
        assert!(!commits(text), "{text}");
    }
    assert!(!classify("CREATE TABLE t (a int)", dialect::postgres()).effect.commits_implicitly);
}

#[test]
fn statements_tell_whether_the_catalog_may_have_changed() {
    let changes = |text: &str| statement_changes_catalog(text, dialect::mysql());
    for text in [
        "CREATE TABLE t (a INT)",
        "RENAME TABLE a TO b",
        "CALL p()",
        "TRUNCATE t",
        "GRANT SELECT ON a.* TO b",
        "EXECUTE s",
    ] {
        assert!(changes(text), "{text}");
    }
    for text in ["SELECT 1", "INSERT INTO t VALUES (1)", "SET @a = 1", "COMMIT", "SELECT 1 INTO @a"] {
        assert!(!changes(text), "{text}");
    }
}

#[test]
fn parameters_are_question_marks_outside_quotes_and_comments() {
    let text = "SELECT ?, '?', \"?\", `?`, @a, a ? b /* ? */ -- ?\n, /*!50000 ? */ # ?";
    let found: Vec<_> = placeholders(text, dialect::mysql()).into_iter().map(|one| one.ordinal).collect();
    assert_eq!(found, [1, 2, 3]);
}

#[test]
fn names_and_literals_are_quoted_as_the_session_reads_them() {
    let mysql = dialect::mysql();
    for (name, quoted) in [
        ("orders", "orders"),
        ("Orders", "Orders"),
        ("order", "`order`"),
        ("a`b", "`a``b`"),
        ("1a", "`1a`"),
        ("a$b", "`a$b`"),
        ("_utf8", "`_utf8`"),
        ("rank", "`rank`"),
        ("name", "name"),
    ] {
        assert_eq!(mysql.quote_identifier_if_needed(name), quoted);
    }
    assert_eq!(mysql.quote_path(["d", "t-1"]), "d.`t-1`");
    assert_eq!(mysql.quote_literal("it's \\ \"x\""), "'it''s \\\\ \"x\"'");
    assert_eq!(mysql.with_backslash_escapes(false).quote_literal("a\\"), "'a\\'");
    for facts in [mysql.clone(), mysql.with_backslash_escapes(false), mysql.with_ansi_quotes(true)] {
        for text in ["", "'", "\\", "\\'", "''\\\\", "🚀\n", "\"", "`"] {
            let sql = format!("SELECT {} , 2", facts.quote_literal(text));
            assert_eq!(tokenize(&sql, &facts).len(), 7, "{sql}");
        }
    }
    assert!(mysql.same_name("Id", "id") && !mysql.same_table_name("T", "t"));
    assert!(mysql.with_lower_case_table_names(1).same_table_name("T", "t"));
}

#[test]
fn the_caret_finds_tables_of_a_database_columns_and_schemas() {
    let at = |text: &str| {
        let caret = text.find('¦').unwrap();
        complete_context(&text.replace('¦', ""), caret, dialect::mysql())
    };
    assert_eq!(at("SELECT * FROM shop.¦").place, Place::Table { qualifier: vec!["shop".into()] });
    assert_eq!(at("SELECT o.¦ FROM `order lines` o").place, Place::Column { qualifier: Some(vec!["o".into()]) });
    let quoted = at("SELECT * FROM shop.`ord¦");
    assert_eq!((quoted.prefix.as_str(), quoted.quoted), ("ord", true));
    assert_eq!(at("USE ¦").place, Place::Schema);
    assert_eq!(at("DESC ¦").place, Place::Table { qualifier: vec![] });
    assert_eq!(at("SHOW CREATE TABLE ¦").place, Place::Table { qualifier: vec![] });
    assert_eq!(at("SELECT @a¦").place, Place::Nothing);
    assert_eq!(at("SELECT \"a¦\"").place, Place::Nothing);
    let updated = at("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE ¦").place;
    assert!(matches!(updated, Place::TargetColumn { .. }), "{updated:?}");
    assert!(matches!(at("SELECT * FROM a STRAIGHT_JOIN b ON ¦").place, Place::JoinCondition { .. }));
    assert_eq!(at("SELECT * FROM a WHERE x = @b ¦").place, Place::Keyword);
}

#[test]
fn outlines_name_what_is_described_and_changed() {
    for (text, title) in [
        ("select * from `order lines` l join shop.items i", "SELECT `order lines`, shop.items"),
        ("desc shop.items", "EXPLAIN shop.items"),
        ("create definer=`a`@`b` procedure p() begin select 1; end", "CREATE PROCEDURE p"),
        ("/*!50000 drop table t */", "DROP TABLE t"),
    ] {
        assert_eq!(outline(text, dialect::mysql()).title, title, "{text}");
    }
}

/// What stands between statements is nothing that a server would be sent: blanks, comments, terminators, client lines.
#[test]
fn statements_and_the_gaps_between_them_make_the_text_again() {
    let file = include_str!("cases/split.mysql.sql");
    for script in file.split("=== ").map(|block| block.lines().filter(|line| !line.starts_with("---"))) {
        let script: String = script.skip(1).map(|line| format!("{line}\n")).collect();
        let mut again = String::new();
        let mut from = 0;
        for statement in split(&script, dialect::mysql()) {
            let gap = &script[from..statement.full.start];
            let significant = tokenize(gap, dialect::mysql()).into_iter().filter(|token| !token.kind.is_trivia());
            let line = gap.to_ascii_lowercase();
            assert!(significant.count() == 0 || line.contains("delimiter") || line.contains(';'), "{gap}");
            again.push_str(gap);
            again.push_str(statement.full.of(&script));
            from = statement.full.end;
        }
        again.push_str(&script[from..]);
        assert_eq!(again, script);
    }
}

#[test]
fn a_long_script_on_one_line_takes_time_in_proportion_to_its_length() {
    let script = "SELECT 1; DELIMITER; ".repeat(20_000);
    let began = std::time::Instant::now();
    assert_eq!(split(&script, dialect::mysql()).len(), 20_000 * 2);
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}
