//! A `CREATE TABLE` text as its elements, each as it was written.

use sql::{Dialect, Token, TokenKind, tokenize};

/// What stands in the parentheses, by its commas, and what follows them. `None` where nothing does.
pub(crate) fn of_table(text: &str, dialect: &Dialect) -> Option<(Vec<String>, String)> {
    let tokens: Vec<Token> = solid(text, dialect);
    let open = tokens.iter().position(|token| token.kind == TokenKind::OpenParen)?;
    let mut items = Vec::new();
    let (mut depth, mut from) = (0_usize, open + 1);
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    items.push(written(text, tokens.get(from..place)?));
                    return items
                        .iter()
                        .all(|item| !item.is_empty())
                        .then(|| (items, written(text, tokens.get(place + 1..).unwrap_or_default())));
                }
            }
            TokenKind::Comma if depth == 1 => {
                items.push(written(text, tokens.get(from..place)?));
                from = place + 1;
            }
            _ => {}
        }
    }
    None
}

/// What a text refers to: its own columns where it lists them, the table, and the columns there where it lists those.
pub(crate) fn reference(text: &str, dialect: &Dialect) -> Option<(Vec<String>, String, Vec<String>)> {
    let tokens = solid(text, dialect);
    let is = |token: &Token, word: &str| token.kind == TokenKind::Word && of(text, token).eq_ignore_ascii_case(word);
    let at = tokens.iter().position(|token| is(token, "REFERENCES"))?;
    let listed = |tokens: &[Token]| -> Vec<String> {
        let inside = tokens.iter().skip_while(|token| token.kind != TokenKind::OpenParen).skip(1);
        let inside = inside.take_while(|token| token.kind != TokenKind::CloseParen);
        let names = inside.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName));
        names.map(|token| name(of(text, token))).collect()
    };
    let own = match tokens.first().is_some_and(|token| is(token, "FOREIGN")) {
        true => listed(tokens.get(..at)?),
        false => Vec::new(),
    };
    let table = name(of(text, tokens.get(at + 1)?));
    let behind = tokens.get(at + 2..).unwrap_or_default();
    let there = match behind.first().is_some_and(|token| token.kind == TokenKind::OpenParen) {
        true => listed(behind),
        false => Vec::new(),
    };
    Some((own, table, there))
}

/// The names in the first parentheses.
pub(crate) fn listed(text: &str, dialect: &Dialect) -> Vec<String> {
    let tokens = solid(text, dialect);
    let inside = tokens.iter().skip_while(|token| token.kind != TokenKind::OpenParen).skip(1);
    let inside = inside.take_while(|token| token.kind != TokenKind::CloseParen);
    let names = inside.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName));
    names.map(|token| name(of(text, token))).collect()
}

/// From the first parenthesis on.
pub(crate) fn from_parenthesis(text: &str, dialect: &Dialect) -> Option<String> {
    let tokens = solid(text, dialect);
    let open = tokens.iter().position(|token| token.kind == TokenKind::OpenParen)?;
    Some(written(text, tokens.get(open..)?))
}

/// The first words of an element, at most so many, each as it was written.
pub(crate) fn words<'a>(text: &'a str, dialect: &Dialect, most: usize) -> Vec<(TokenKind, &'a str)> {
    solid(text, dialect).iter().take(most).map(|token| (token.kind, of(text, token))).collect()
}

/// What follows the first words of an element.
pub(crate) fn behind<'a>(text: &'a str, dialect: &Dialect, words: usize) -> &'a str {
    let tokens = solid(text, dialect);
    let start = tokens.get(words).map_or(text.len(), |token| token.span.start);
    text.get(start..).unwrap_or_default()
}

fn solid(text: &str, dialect: &Dialect) -> Vec<Token> {
    tokenize(text, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect()
}

fn of<'a>(text: &'a str, token: &Token) -> &'a str {
    text.get(token.span.start..token.span.end).unwrap_or_default()
}

/// Tokens as they were written, with one space wherever there was any.
fn written(text: &str, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end != token.span.start) {
            out.push(' ');
        }
        out.push_str(of(text, token));
        end = Some(token.span.end);
    }
    out
}

/// A name as the database keeps it.
pub(crate) fn name(written: &str) -> String {
    let mut signs = written.chars();
    match (signs.next(), signs.next_back()) {
        (Some('['), Some(']')) => signs.as_str().to_owned(),
        (Some(quote @ ('"' | '`' | '\'')), Some(_)) => {
            signs.as_str().replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_kept_as_they_were_written() {
        let text = "CREATE TABLE \"t\" ( -- all of them\n  id integer, [odd name]  text\n DEFAULT 'a,b)' ,\
            price decimal(10, 2) /* net */ CHECK (price > 0)) STRICT, without rowid";
        let (items, tail) = of_table(text, sql::dialect::sqlite()).unwrap();
        assert_eq!(items, ["id integer", "[odd name] text DEFAULT 'a,b)'", "price decimal(10, 2) CHECK (price > 0)"]);
        assert_eq!(tail, "STRICT, without rowid");
        assert_eq!(behind(&items[1], sql::dialect::sqlite(), 1), "text DEFAULT 'a,b)'");
        assert_eq!(name("[odd name]"), "odd name");
        assert_eq!(name("\"a\"\"b\""), "a\"b");
    }

    #[test]
    fn references_are_found() {
        let dialect = sql::dialect::sqlite();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            reference("FOREIGN KEY (a, \"b c\") REFERENCES [other] (x, y) ON DELETE CASCADE", dialect),
            Some((names(&["a", "b c"]), "other".to_owned(), names(&["x", "y"])))
        );
        assert_eq!(
            reference("integer NOT NULL CHECK (a > 0) REFERENCES other DEFERRABLE", dialect),
            Some((names(&[]), "other".to_owned(), names(&[])))
        );
        assert_eq!(reference("text DEFAULT 'REFERENCES x'", dialect), None);
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in [
            "",
            "CREATE TABLE t",
            "CREATE TABLE t (",
            "CREATE TABLE t ()",
            "((((",
            "(a,,b)",
            "CREATE VIEW v AS SELECT 1",
        ] {
            assert_eq!(of_table(text, sql::dialect::sqlite()), None, "{text}");
        }
    }
}
