//! Layout of SQL. The layouter knows less of SQL than our lexer, so what it gives is kept only when it means the same.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sql::{Dialect, TokenKind, tokenize};
use sqlformat::{FormatOptions, Indent, QueryParams};

use crate::api::{AppError, ErrorCode};

/// The longest text that is laid out, in bytes.
const LONGEST: usize = 4 << 20;

/// Lays a text out anew.
///
/// # Errors
/// `Exhausted` for a very long text; `Unsupported` where the meaning would change.
pub(super) fn lay_out(text: &str, dialect: &Dialect) -> Result<String, AppError> {
    if text.len() > LONGEST {
        return Err(AppError::new(ErrorCode::Exhausted, "The text is too long to be laid out.")
            .with_hint("Select a part of it."));
    }
    let wanted = meaning(text, dialect);
    // Where a line says what ends the statements behind it, lines cannot be moved.
    let statements = |text: &str| {
        let pieces = sql::split(text, dialect);
        pieces.iter().map(|piece| (piece.kind, meaning(piece.text(text), dialect).len())).collect::<Vec<_>>()
    };
    let counted = statements(text);
    // Its dialects differ in brackets and operators only; the usual one for ours comes first.
    let brackets = dialect.identifier_quotes.iter().any(|quote| quote.open == '[');
    let order = match (brackets, dialect.dollar_quotes) {
        (true, _) => [sqlformat::Dialect::SQLServer, sqlformat::Dialect::Generic, sqlformat::Dialect::PostgreSql],
        (_, true) => [sqlformat::Dialect::PostgreSql, sqlformat::Dialect::Generic, sqlformat::Dialect::SQLServer],
        // Variables are written as SQL Server's are.
        (false, false) => [sqlformat::Dialect::Generic, sqlformat::Dialect::SQLServer, sqlformat::Dialect::PostgreSql],
    };
    let laid_out = order.into_iter().find_map(|kind| {
        let options = FormatOptions {
            indent: Indent::Spaces(2),
            uppercase: Some(true),
            lines_between_queries: 2,
            max_inline_block: 60,
            max_inline_arguments: Some(60),
            max_inline_top_level: Some(60),
            joins_as_top_level: true,
            dialect: kind,
            ..FormatOptions::default()
        };
        // It is not ours: a text it stumbles over must not take the program down.
        let attempt = |options: &FormatOptions<'_>| {
            catch_unwind(AssertUnwindSafe(|| sqlformat::format(text, &QueryParams::None, options))).ok()
        };
        let same = |laid_out: &String| meaning(laid_out, dialect) == wanted && statements(laid_out) == counted;
        // A keyword may be a name; then its case is left alone.
        attempt(&options)
            .filter(same)
            .or_else(|| attempt(&FormatOptions { uppercase: None, ..options.clone() }).filter(same))
    });
    let mut laid_out = laid_out.ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, "This text cannot be laid out without changing what it means.")
            .with_hint("Nothing was changed. Select a single statement and try that.")
    })?;
    laid_out.truncate(laid_out.trim_end().len());
    if text.ends_with('\n') {
        laid_out.push('\n');
    }
    Ok(laid_out)
}

/// The tokens that mean something, words that are no names without their case.
fn meaning<'a>(text: &'a str, dialect: &Dialect) -> Vec<(TokenKind, std::borrow::Cow<'a, str>)> {
    let tokens = tokenize(text, dialect);
    let tokens = tokens.into_iter().filter(|token| token.kind != TokenKind::Space);
    tokens
        .map(|token| {
            let written = token.span.of(text);
            match token.kind {
                TokenKind::Word if is_keyword(written, dialect) => (token.kind, written.to_ascii_uppercase().into()),
                // Where a comment ends on its line is nothing of its meaning.
                TokenKind::LineComment | TokenKind::BlockComment => {
                    let lines: Vec<&str> = written.lines().map(str::trim).collect();
                    (token.kind, lines.join("\n").into())
                }
                _ => (token.kind, written.into()),
            }
        })
        .collect()
}

fn is_keyword(word: &str, dialect: &Dialect) -> bool {
    // The server folds an unquoted name, so its case means nothing there.
    dialect.folding != sql::dialect::Folding::AsWritten
        || dialect.reserved.contains(word)
        || dialect.keywords.contains(word)
        || dialect.names_ignore_case
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sql::dialect::{mysql, postgres, sqlite};

    #[test]
    fn a_query_is_laid_out_with_its_clauses_on_lines_of_their_own() {
        let text = "select a.id,count(*) n from orders a join customers c on c.id=a.customer_id where a.total>10 group by 1 order by n desc limit 5";
        let laid_out = lay_out(text, postgres()).unwrap();
        assert!(laid_out.contains("\nFROM"), "{laid_out}");
        assert!(laid_out.contains("\nJOIN customers c"), "{laid_out}");
        assert_eq!(meaning(text, postgres()), meaning(&laid_out, postgres()));
    }

    #[test]
    fn the_words_of_mysql_are_laid_out_and_its_ends_of_statements_left_alone() {
        let text = "select `a b`.id,a->>'$.x' from `a b` where name='it\\'s' and x=?&&y<=>null -- tail\nlimit 1,2";
        let laid_out = lay_out(text, mysql()).unwrap();
        assert!(laid_out.contains("\nFROM `a b`"), "{laid_out}");
        assert_eq!(meaning(text, mysql()), meaning(&laid_out, mysql()));
        assert!(lay_out("update t set a = @a,b=2 where id=1", mysql()).unwrap().contains("= @a"));
        let script = "delimiter //\ncreate procedure p() begin select 1; select 2; end//\ndelimiter ;\nselect 3";
        assert_eq!(lay_out(script, mysql()).unwrap_err().code, ErrorCode::Unsupported);
        for text in [
            "select 1 # a comment; with an end\n, 2; select /*!50000 3 */, x'00ff', b'01', _latin1'é'",
            "select 1\\G\nselect 2",
            "select @@session.sql_mode, @n := @n + 1, @`a b`, @'c'",
            "insert into t values (1, \"a\\\"b\") on duplicate key update a = values(a)",
            "load data local infile 'x' into table t fields terminated by ',' (@a, b) set a = @a",
        ] {
            if let Ok(laid_out) = lay_out(text, mysql()) {
                assert_eq!(meaning(text, mysql()), meaning(&laid_out, mysql()), "{text}");
            }
        }
    }

    #[test]
    fn what_it_would_damage_comes_back_as_an_error_or_unharmed() {
        for text in [
            "select E'it\\'s -- not a comment', $$a ; 'b$$, $tag$ x $$ y $tag$",
            "select a #>> '{b,c}', a->>'x', a @> b, a ?| array['x'], b::numeric(10,2), arr[1:2]",
            "select /* a /* nested */ b */ 1 -- tail\n, 2",
            "create function f() returns int language sql begin atomic select 1; select 2; end",
            "select 'open",
            "",
            "select \"we\"\"ird.name 🚀\" from \"s.x\".\"select\"",
            "select U&'d\\0061t', B'0101', X'1F', 1e10, .5, 1_000, 0x1F",
            "insert into t values (1,'a'),(2,'b') on conflict (id) do update set x=excluded.x returning *",
            "\\copy t from '/tmp/x y.csv'",
        ] {
            for dialect in [postgres(), sqlite(), mysql()] {
                if let Ok(laid_out) = lay_out(text, dialect) {
                    assert_eq!(meaning(text, dialect), meaning(&laid_out, dialect), "{text}");
                }
            }
        }
    }
}
