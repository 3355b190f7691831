//! Native codes and what becomes of them.

use driver::{Code, Span};

use crate::support::{fails, memory, works};

#[tokio::test]
async fn errors_carry_code_object_constraint_and_span() {
    let session = memory().await;
    works(&*session, "CREATE TABLE p(id INTEGER PRIMARY KEY)").await;
    works(
        &*session,
        "CREATE TABLE s(a TEXT NOT NULL, b INT CONSTRAINT positive CHECK (b > 0), c INT UNIQUE, p INT REFERENCES p, PRIMARY KEY (a)) STRICT",
    )
    .await;
    works(&*session, "CREATE UNIQUE INDEX lowered ON s(lower(a))").await;
    works(&*session, "INSERT INTO p VALUES (1)").await;
    works(&*session, "INSERT INTO s VALUES ('A', 1, 1, 1)").await;
    works(&*session, "CREATE TRIGGER no BEFORE DELETE ON s BEGIN SELECT raise(ABORT, 'kept for ever'); END").await;
    works(&*session, "PRAGMA foreign_keys = ON").await;
    let cases = [
        ("SELEC 1", Code::InvalidStatement, "SQLITE_ERROR", None, None, Some((0, 5))),
        ("SELECT * FROM nowhere", Code::NotFound, "SQLITE_ERROR", None, Some("nowhere"), Some((14, 21))),
        ("SELECT 'é', x FROM s", Code::NotFound, "SQLITE_ERROR", None, Some("x"), Some((13, 14))),
        ("SELECT nofunc(1)", Code::NotFound, "SQLITE_ERROR", None, Some("nofunc"), Some((7, 13))),
        ("CREATE TABLE s(a)", Code::AlreadyExists, "SQLITE_ERROR", None, Some("s"), Some((13, 14))),
        ("SELECT 1 +", Code::InvalidStatement, "SQLITE_ERROR", None, None, None),
        (
            "INSERT INTO s VALUES (NULL, 1, 2, 1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_NOTNULL",
            None,
            Some("s.a"),
            None,
        ),
        (
            "INSERT INTO s VALUES ('b', 0, 2, 1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_CHECK",
            Some("positive"),
            None,
            None,
        ),
        (
            "INSERT INTO s VALUES ('b', 1, 1, 1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_UNIQUE",
            None,
            Some("s.c"),
            None,
        ),
        (
            "INSERT INTO p VALUES (1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_PRIMARYKEY",
            None,
            Some("p.id"),
            None,
        ),
        (
            "INSERT INTO s VALUES ('a', 1, 2, 1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_UNIQUE",
            Some("lowered"),
            None,
            None,
        ),
        (
            "INSERT INTO s VALUES ('b', 1, 2, 7)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_FOREIGNKEY",
            None,
            None,
            None,
        ),
        (
            "INSERT INTO s VALUES ('b', 'x', 2, 1)",
            Code::ConstraintViolated,
            "SQLITE_CONSTRAINT_DATATYPE",
            None,
            Some("s.b"),
            None,
        ),
        ("DELETE FROM s", Code::ConstraintViolated, "SQLITE_CONSTRAINT_TRIGGER", None, None, None),
        ("SELECT zeroblob(2000000000)", Code::Exhausted, "SQLITE_TOOBIG", None, None, None),
        ("SELECT load_extension('x')", Code::Forbidden, "SQLITE_ERROR", None, None, None),
        ("INSERT INTO p VALUES ('x')", Code::InvalidStatement, "SQLITE_MISMATCH", None, None, None),
    ];
    for (text, code, native, constraint, object, span) in cases {
        let error = fails(&*session, text).await;
        let said = error.native.as_deref().unwrap();
        assert_eq!(
            (error.code, said.code.as_str(), said.constraint.as_deref(), said.object.as_deref()),
            (code, native, constraint, object),
            "{text}: {error:?}"
        );
        if let Some((start, end)) = span {
            assert_eq!(error.span, Some(Span { start, end }), "{text}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_damaged_page_is_told_as_corrupt() {
    let folder = crate::support::folder();
    let path = folder.path().join("d.db");
    crate::support::make(
        &path,
        "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) INSERT INTO t SELECT hex(i) || 'padding' FROM n",
    );
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096).take(4096) {
        *byte = 0xab;
    }
    std::fs::write(&path, bytes).unwrap();
    let connection = crate::support::connect(&path).await;
    let session = crate::support::session(&*connection).await;
    let error = fails(&*session, "SELECT * FROM t").await;
    assert_eq!(error.code, Code::Corrupt, "{error:?}");
    assert!(error.hint.is_some());
}

#[tokio::test]
async fn names_that_are_not_utf8_give_an_error_and_the_session_lives() {
    let folder = crate::support::folder();
    let path = folder.path().join("n.db");
    crate::support::make(&path, "CREATE TABLE ttt(columnzz); INSERT INTO ttt VALUES (1)");
    let bytes = std::fs::read(&path).unwrap();
    let needle = b"columnzz";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    let mut bytes = bytes;
    bytes[at + 3] = 0xff;
    std::fs::write(&path, bytes).unwrap();
    let connection = crate::support::connect(&path).await;
    let session = crate::support::session(&*connection).await;
    fails(&*session, "SELECT * FROM ttt").await;
    works(&*session, "SELECT 1").await;
    // The catalog of such a file fails as a whole, with an error and no panic.
    let _ = connection.control().catalog(&catalog::Scope::complete()).await;
    connection.control().ping().await.unwrap();
}
