//! What only Transact-SQL has: brackets, variables, batches.
#![allow(clippy::unwrap_used, clippy::panic)]

use sql::{
    NoWrap, TransactionKind, Wrapping, classify, dialect, placeholders, redact, stays_outside_transactions, sweeps,
    wrapped,
};

#[test]
fn names_are_quoted_in_brackets() {
    let tsql = dialect::tsql();
    assert_eq!(tsql.quote_identifier("a]b"), "[a]]b]");
    assert_eq!(tsql.quote_path(["dbo", "order", "x y", "plain"]), "dbo.[order].[x y].plain");
    assert_eq!(tsql.quote_literal("it's"), "'it''s'");
    assert!(!tsql.with_ansi_quotes(false).identifier_quotes.iter().any(|quote| quote.open == '"'));
    assert_eq!(tsql.with_ansi_quotes(false).with_ansi_quotes(true).identifier_quotes, tsql.identifier_quotes);
}

#[test]
fn a_batch_asks_for_the_variables_it_does_not_declare() {
    let names = |text: &str| -> Vec<(String, u32)> {
        placeholders(text, dialect::tsql()).into_iter().map(|one| (one.name, one.ordinal)).collect()
    };
    let one = |name: &str, ordinal| (name.to_owned(), ordinal);
    assert_eq!(names("SELECT @a, @b, @A, @@ROWCOUNT, '@c' -- @d"), [one("@a", 1), one("@b", 2), one("@A", 1)]);
    assert_eq!(names("DECLARE @a int = 1, @b decimal(5, 2) SELECT @a, @B, @c"), [one("@c", 1)]);
    assert_eq!(names("DECLARE @a int = @z; SELECT @1"), [one("@z", 1), one("@1", 2)]);
    assert_eq!(names("EXEC p @name = @value, @other = 2"), [one("@value", 1)]);
    assert_eq!(names("SELECT @x.value('(/a)[1]', 'int')"), [one("@x", 1)]);
    assert!(names("CREATE OR ALTER PROC p @a int AS SELECT @a").is_empty());
    assert!(names("ALTER FUNCTION f (@a int) RETURNS int AS BEGIN RETURN @a END").is_empty());
}

#[test]
fn whole_tables_are_seen_in_the_middle_of_a_batch() {
    let whole = |text: &str| -> Vec<String> {
        let effect = classify(text, dialect::tsql()).effect;
        effect.whole_table_writes().map(|one| one.target.clone().unwrap().name().to_owned()).collect()
    };
    assert_eq!(whole("SELECT 1 DELETE FROM a UPDATE b SET x = 1 WHERE i = 2 DELETE c"), ["a", "c"]);
    assert_eq!(whole("UPDATE a SET x = 1 IF 1 = 1 SELECT 2 WHERE 3 = 3"), ["a"]);
    assert!(whole("DELETE TOP (5) FROM a WHERE i = CASE WHEN 1 = 1 THEN 1 ELSE 2 END AND j = 3").is_empty());
    assert!(whole("MERGE a USING b ON a.i = b.i WHEN MATCHED THEN DELETE;").is_empty());
    assert_eq!(sweeps("SELECT 1\nGO\nDELETE FROM a\nGO", dialect::tsql()).len(), 1);
}

#[test]
fn transactions_are_told_by_their_own_words() {
    for (text, kind) in [
        ("BEGIN TRAN", TransactionKind::Begin),
        ("SAVE TRANSACTION p", TransactionKind::Savepoint),
        ("ROLLBACK TRANSACTION p", TransactionKind::RollbackTo),
        ("ROLLBACK TRANSACTION", TransactionKind::Rollback),
        ("ROLLBACK", TransactionKind::Rollback),
        ("COMMIT WORK", TransactionKind::Commit),
    ] {
        assert_eq!(classify(text, dialect::tsql()).effect.transaction, Some(kind), "{text}");
    }
    assert_eq!(classify("BEGIN SELECT 1 END", dialect::tsql()).effect.transaction, None);
    assert!(stays_outside_transactions("backup database d to disk = 'x'", dialect::tsql()));
}

#[test]
fn secrets_are_covered() {
    for text in
        ["CREATE LOGIN a WITH PASSWORD = N's3cret'", "ALTER LOGIN a WITH PASSWORD = 's3cret' OLD_PASSWORD = 's3cret'"]
    {
        assert!(!redact(text, dialect::tsql()).contains("s3cret"), "{text}");
    }
}

#[test]
fn only_a_query_alone_is_put_into_another_one() {
    let wanted = Wrapping { columns: vec!["a"], contains: Some(("5[", vec![0])), sort: vec![(0, true)] };
    let wrap = |text: &str| wrapped(text, dialect::tsql(), &wanted);
    assert_eq!(
        wrap("SELECT a FROM t;").unwrap(),
        "SELECT *\nFROM (\nSELECT a FROM t\n) AS q\nWHERE LOWER(CAST(q.[a] AS nvarchar(max))) LIKE LOWER('%5![%') ESCAPE '!'\n\
         ORDER BY CASE WHEN q.[a] IS NULL THEN 1 ELSE 0 END, q.[a] DESC;"
    );
    for text in [
        "SELECT 1 AS a; SELECT 2 AS b",
        "SELECT 1 AS a SELECT 2 AS b",
        "WITH c AS (SELECT 1 AS a) SELECT a FROM c",
        "SELECT a FROM t ORDER BY a",
        "SELECT a FROM t FOR XML AUTO",
        "DECLARE @a int SELECT @a AS a",
    ] {
        assert_eq!(wrap(text), Err(NoWrap::NoQuery), "{text}");
    }
}

#[test]
fn long_batches_are_read_to_their_end() {
    // What grew with the square of their length would not come back in a test's time.
    let many = |piece: &dyn Fn(usize) -> String| (0..40_000).map(piece).collect::<String>();
    for text in [
        many(&|at| format!("SELECT @v{at} ")),
        many(&|_| "GO ".to_owned()),
        many(&|_| "GO\n".to_owned()),
        many(&|_| "DELETE FROM t ".to_owned()),
        many(&|_| "CASE WHEN ".to_owned()),
        many(&|_| "IF (".to_owned()),
    ] {
        let _ = (
            sql::split(&text, dialect::tsql()),
            classify(&text, dialect::tsql()),
            placeholders(&text, dialect::tsql()),
        );
    }
}
