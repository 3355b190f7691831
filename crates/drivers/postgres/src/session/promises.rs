//! What a session promises and a pooler that lends it for a transaction does not keep.

use driver::{Notice, Severity};
use sql::{Dialect, TokenKind};

/// A warning about a statement that counts on its session, where nobody keeps one for us.
pub(super) fn warning(text: &str, dialect: &Dialect) -> Option<Notice> {
    let message = broken(text, dialect)?;
    Some(Notice {
        severity: Severity::Warning,
        label: "WARNING".to_owned(),
        code: None,
        message: message.to_owned(),
        detail: Some("A pooler may give this session another server session for each transaction.".to_owned()),
        hint: Some("Do it and what needs it in one transaction, or connect without the pooler.".to_owned()),
        context: None,
        span: None,
    })
}

fn broken(text: &str, dialect: &Dialect) -> Option<&'static str> {
    let mut words = Vec::new();
    for token in sql::tokenize(text, dialect) {
        match token.kind {
            TokenKind::Word => words.push(token.span.of(text).to_ascii_uppercase()),
            // What is made is named; what is set has its words in front of it.
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment => {}
            _ => words.push(String::new()),
        }
    }
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match (word(0), word(1)) {
        ("SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS") => None,
        ("SET" | "RESET", _) => Some("This setting may be gone at the next statement, and may stay with others."),
        ("LISTEN", _) => Some("Notifications may not arrive: nobody listens between transactions."),
        ("CREATE", "TEMP" | "TEMPORARY") | ("CREATE", "LOCAL" | "GLOBAL") if is_temporary(&words) => {
            Some("The temporary table may be gone at the next statement, and may stay with others.")
        }
        ("PREPARE", second) if second != "TRANSACTION" => {
            Some("The prepared statement may be gone at the next statement.")
        }
        ("DECLARE", _) if has(&words, "HOLD") => Some("The cursor may be gone at the next statement."),
        ("LOAD", _) => Some("The library may not be there at the next statement."),
        _ if has(&words, "PG_ADVISORY_LOCK") || has(&words, "PG_TRY_ADVISORY_LOCK") => {
            Some("The lock may be held by a session that is somebody else's at the next statement.")
        }
        _ => None,
    }
}

fn is_temporary(words: &[String]) -> bool {
    words.iter().take(3).any(|word| matches!(word.as_str(), "TEMP" | "TEMPORARY"))
}

fn has(words: &[String], wanted: &str) -> bool {
    words.iter().any(|word| word == wanted)
}

#[cfg(test)]
mod tests {

    #[test]
    fn what_counts_on_its_session_is_told_from_what_does_not() {
        let broken = |text| super::broken(text, sql::dialect::postgres()).is_some();
        for text in [
            "set search_path = a",
            "/* why */ SET role x",
            "reset all",
            "listen news",
            "create temp table t (a int)",
            "create local temporary view v as select 1",
            "prepare p as select 1",
            "declare c cursor with hold for select 1",
            "select pg_advisory_lock(1)",
        ] {
            assert!(broken(text), "{text}");
        }
        for text in [
            "set local search_path = a",
            "set transaction read only",
            "create table temp (a int)",
            "select 'listen'",
            "prepare transaction 'x'",
            "declare c cursor for select 1",
            "select pg_advisory_xact_lock(1)",
            "notify news",
        ] {
            assert!(!broken(text), "{text}");
        }
    }
}
