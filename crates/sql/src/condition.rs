//! Whether a text is one condition: what may stand behind WHERE, in parentheses, with other conditions beside it.
//!
//! Parentheses hold whatever is balanced within them. So the text must not close what it did not open, must leave nothing open
//! (a quote, a comment), must not separate statements, and must not take parameters: those belong to the statement around it.

use std::fmt;

use serde::Serialize;

use crate::nodes::Nodes;
use crate::{Class, Dialect, Span, TokenKind, classify, tokenize};

/// Why a text is no condition, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{reason}")]
pub struct NoCondition {
    /// The reason.
    pub reason: NoConditionReason,
    /// What in the text is the cause.
    pub span: Span,
}

/// The reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum NoConditionReason {
    /// There is nothing but spaces and comments.
    Empty,
    /// It holds a NUL, where servers stop reading.
    Nul,
    /// A quote or comment is not closed.
    Unterminated,
    /// A parenthesis or bracket without its partner.
    Unbalanced,
    /// A semicolon.
    Separator,
    /// A comma between two expressions.
    List,
    /// A clause of a whole statement: its first word.
    Clause(String),
    /// A parameter.
    Placeholder(String),
    /// Code that only some servers read (`/*!50000 … */`).
    Conditional,
    /// Something in it writes.
    Writes,
}

impl fmt::Display for NoConditionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("There is no condition."),
            Self::Nul => f.write_str("The condition holds a NUL character."),
            Self::Unterminated => f.write_str("A quote or a comment is not closed."),
            Self::Unbalanced => f.write_str("A parenthesis or bracket has no partner."),
            Self::Separator => f.write_str("A semicolon ends a statement; this is one condition."),
            Self::List => f.write_str("A comma makes a list; this is one condition. Join two by AND or OR."),
            Self::Clause(word) if word == "WHERE" => f.write_str("Leave out WHERE: only what comes behind it."),
            Self::Clause(word) => {
                write!(f, "{word} is no part of a condition. Sort by the heads of the columns; write a query for more.")
            }
            Self::Placeholder(name) => write!(f, "{name} would be a parameter, and there is none. Write the value."),
            Self::Conditional => f.write_str("Comments that hold code are not allowed in a condition."),
            Self::Writes => f.write_str("Something in this condition writes, and a condition only reads."),
        }
    }
}

/// Words that begin another clause. No server takes one of them, unquoted, for a name.
const CLAUSES: [&str; 5] = ["WHERE", "ORDER", "GROUP", "HAVING", "LIMIT"];

/// Whether `text` is exactly one condition that reads. What depends on a setting of the session (whether a backslash escapes,
/// whether `"x"` is a string) has to hold either way. Whether its names and types are right is for the server to say.
///
/// # Errors
/// Why it is not, with the span of the cause.
pub fn check_condition(text: &str, dialect: &Dialect) -> Result<(), NoCondition> {
    if let Some(at) = text.find('\0') {
        return refuse(NoConditionReason::Nul, Span::new(at, at + 1));
    }
    check(text, dialect)?;
    let mut readings = Vec::new();
    if dialect.backslash_escapes_vary && text.contains('\\') {
        readings.push(dialect.with_backslash_escapes(!dialect.backslash_escapes));
    }
    if dialect.double_quotes_vary && text.contains('"') {
        readings.push(dialect.with_ansi_quotes(dialect.double_quoted_strings));
        let others: Vec<Dialect> =
            readings.iter().map(|reading| reading.with_ansi_quotes(reading.double_quoted_strings)).collect();
        readings.extend(others);
    }
    readings.iter().try_for_each(|reading| check(text, reading))
}

fn check(text: &str, dialect: &Dialect) -> Result<(), NoCondition> {
    let whole = Span::new(0, text.len());
    for token in tokenize(text, dialect) {
        if !token.terminated {
            return refuse(NoConditionReason::Unterminated, token.span);
        }
        if token.kind == TokenKind::ConditionalMark || is_conditional(token.span.of(text), dialect) {
            return refuse(NoConditionReason::Conditional, token.span);
        }
    }
    let nodes = Nodes::new(text, dialect);
    if nodes.len() == 0 {
        return refuse(NoConditionReason::Empty, whole);
    }
    let mut open: Vec<(Span, TokenKind)> = Vec::new();
    for (at, token) in nodes.tokens().iter().enumerate() {
        let written = || token.span.of(text);
        match token.kind {
            TokenKind::Semicolon => return refuse(NoConditionReason::Separator, token.span),
            TokenKind::Placeholder => return refuse(NoConditionReason::Placeholder(written().to_owned()), token.span),
            TokenKind::OpenParen => open.push((token.span, TokenKind::CloseParen)),
            TokenKind::OpenBracket => open.push((token.span, TokenKind::CloseBracket)),
            TokenKind::CloseParen | TokenKind::CloseBracket
                if open.pop().is_none_or(|(_, wanted)| wanted != token.kind) =>
            {
                return refuse(NoConditionReason::Unbalanced, token.span);
            }
            TokenKind::Comma if open.is_empty() => return refuse(NoConditionReason::List, token.span),
            TokenKind::Word
                if open.is_empty()
                    && nodes.is_any(at, &CLAUSES)
                    && !at.checked_sub(1).is_some_and(|before| nodes.is_kind(before, TokenKind::Dot)) =>
            {
                return refuse(NoConditionReason::Clause(written().to_uppercase()), token.span);
            }
            _ => {}
        }
    }
    if let Some((span, _)) = open.pop() {
        return refuse(NoConditionReason::Unbalanced, span);
    }
    let statement = format!("SELECT 1 FROM t WHERE (\n{text}\n)");
    match classify(&statement, dialect).class {
        Class::Read => Ok(()),
        _ => refuse(NoConditionReason::Writes, whole),
    }
}

fn is_conditional(token: &str, dialect: &Dialect) -> bool {
    dialect.conditional_comments && (token.starts_with("/*!") || token.starts_with("/*M!"))
}

fn refuse(reason: NoConditionReason, span: Span) -> Result<(), NoCondition> {
    Err(NoCondition { reason, span })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dialect;

    #[test]
    fn one_condition_passes_with_everything_it_may_hold() {
        for text in [
            "total > 100 AND status <> 'draft'",
            "note IS DISTINCT FROM 'a;b' -- mine",
            "id IN (1, 2, 3)",
            "(a, b) = (1, 2)",
            "exists (select 1 from customers c where c.id = customer_id order by 1 limit 1)",
            "total > (select avg(total) from orders group by status limit 1)",
            "name = 'it''s' /* a ; b */",
            "o.limit > 1",
            "created_at > now() - interval '1 day'",
        ] {
            for dialect in [dialect::postgres(), dialect::mysql(), dialect::sqlite()] {
                assert_eq!(check_condition(text, dialect), Ok(()), "{text}");
            }
        }
        assert_eq!(check_condition("tags[1] = 'x' and data->>'a' = 'b'", dialect::postgres()), Ok(()));
    }

    #[test]
    fn whatever_is_more_or_less_than_one_condition_is_refused_with_its_place() {
        use NoConditionReason as R;
        let word = |word: &str| R::Clause(word.to_owned());
        for (text, reason, at) in [
            ("", R::Empty, 0),
            ("  -- nothing", R::Empty, 0),
            ("a = 1; delete from t", R::Separator, 5),
            ("a = 1) or (1 = 1", R::Unbalanced, 5),
            ("(a = 1", R::Unbalanced, 0),
            ("(a = 1]", R::Unbalanced, 6),
            ("a = 'x", R::Unterminated, 4),
            ("a = 1 /* and", R::Unterminated, 6),
            ("a = 1, b = 2", R::List, 5),
            ("where a = 1", word("WHERE"), 0),
            ("a = 1 order by b", word("ORDER"), 6),
            ("a = 1 limit 5", word("LIMIT"), 6),
            ("a = 1 \0", R::Nul, 6),
        ] {
            for dialect in [dialect::postgres(), dialect::mysql(), dialect::sqlite()] {
                let refused = check_condition(text, dialect).unwrap_err();
                assert_eq!((refused.reason, refused.span.start), (reason.clone(), at), "{text}");
            }
        }
        let refused = check_condition("a = $1", dialect::postgres()).unwrap_err();
        assert_eq!(refused.reason, R::Placeholder("$1".to_owned()));
        assert!(check_condition("a = ?", dialect::sqlite()).is_err());
        assert!(check_condition("a = 1 /*!50000 or 1 */", dialect::mysql()).is_err());
        let writing = "a in (with d as (delete from t returning 1) select * from d)";
        assert_eq!(check_condition(writing, dialect::postgres()).unwrap_err().reason, R::Writes);
    }

    #[test]
    fn a_quote_that_ends_elsewhere_under_another_setting_is_refused() {
        // With backslashes that escape, the first string ends behind the parenthesis, and without them before it.
        let text = r"a = '\' ) or (1 = 1 or '' = '\''";
        for dialect in [dialect::postgres(), dialect::mysql()] {
            assert!(check_condition(text, dialect).is_err(), "{text}");
        }
    }
}
