//! A script into its statements.

use driver::Span;
use sql::StatementKind;

use super::lexer::{self, Kind, Token};

/// The tokens of each statement, with the sign that ends it if there is one.
pub(crate) fn pieces(text: &str) -> Vec<(Vec<Token>, Option<Token>)> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    let mut words = false;
    for token in lexer::tokens(text) {
        if let Some(last) = piece.last()
            && token.newline
            && depth == 0
            && (words || !continues(last, &token))
        {
            pieces.push((std::mem::take(&mut piece), None));
        }
        if token.is(b';') && depth == 0 {
            if !piece.is_empty() {
                pieces.push((std::mem::take(&mut piece), Some(token)));
            }
            continue;
        }
        match token.kind {
            Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
            Kind::Sign(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if piece.is_empty() {
            // These take words to the end of the line.
            words = ["use", "show", "it"].iter().any(|word| token.is_word(text, word));
        }
        piece.push(token);
    }
    if !piece.is_empty() {
        pieces.push((piece, None));
    }
    pieces
}

/// Whether an expression goes on over the end of a line.
fn continues(last: &Token, next: &Token) -> bool {
    let open = matches!(last.kind, Kind::Sign(sign) if !b")]}".contains(&sign));
    let goes_on = matches!(next.kind, Kind::Sign(sign) if !b"{}])".contains(&sign));
    open || goes_on
}

/// The statements of a script.
pub(crate) fn split(text: &str) -> Vec<sql::Statement> {
    let mut before = 0;
    pieces(text)
        .into_iter()
        .filter_map(|(tokens, end)| {
            let (first, last) = (tokens.first()?, tokens.last()?);
            let span = sql::Span::new(first.span.start, last.span.end);
            let full = sql::Span::new(span.start, end.map_or(span.end, |end| end.span.end));
            let title = title_above(text, before, span.start);
            before = full.end;
            Some(sql::Statement {
                kind: StatementKind::Sql,
                span,
                full,
                command: command(text, &tokens),
                terminated: end.is_some(),
                reads_stdin: false,
                copy_data: None,
                repeats: 1,
                title,
            })
        })
        .collect()
}

/// The method or command of a statement, as far as the first tokens tell.
fn command(text: &str, tokens: &[Token]) -> String {
    let calls = tokens.windows(2).find(|two| {
        matches!(two, [word, paren] if word.kind == Kind::Word && paren.is(b'(')
            && !["getCollection", "getSiblingDB", "explain"].contains(&word.text(text)))
    });
    let word = calls.and_then(|two| two.first()).or_else(|| tokens.iter().find(|token| token.kind == Kind::Word));
    word.map_or_else(String::new, |word| word.text(text).to_owned())
}

/// A comment of one line right above.
fn title_above(text: &str, from: usize, start: usize) -> Option<sql::Span> {
    let above = text.get(from..start)?;
    let above = above.trim_end_matches([' ', '\t']);
    let above = above.strip_suffix('\n')?;
    let above = above.strip_suffix('\r').unwrap_or(above);
    let line_start = above.rfind('\n').map_or(0, |at| at + 1);
    let line = above.get(line_start..)?;
    let words = line.trim_start().strip_prefix("//")?.trim();
    if words.is_empty() {
        return None;
    }
    let at = from + line_start + line.find(words)?;
    Some(sql::Span::new(at, at + words.len()))
}

/// Where secrets stand: passwords and payloads of signing in, passwords in URLs.
pub(crate) fn secrets(text: &str) -> Vec<sql::Span> {
    let tokens = lexer::tokens(text);
    let mut spans = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let after = |by: usize| tokens.get(at + by);
        let key = token.text(text).trim_matches(['"', '\'', '`']);
        let named = matches!(token.kind, Kind::Word | Kind::Text) && after(1).is_some_and(|next| next.is(b':'));
        if named && ["pwd", "password", "payload"].contains(&key) {
            // All texts of the value, whatever stands around them.
            let mut depth = 0;
            for token in tokens.iter().skip(at + 2).take(64) {
                match token.kind {
                    Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
                    Kind::Sign(b')' | b']' | b'}' | b',') if depth == 0 => break,
                    Kind::Sign(b')' | b']' | b'}') => depth -= 1,
                    Kind::Text | Kind::Bad(_) => spans.push(token.span),
                    _ => {}
                }
            }
        }
        if token.kind == Kind::Word && ["changeUserPassword", "auth"].contains(&key) {
            let second = [1, 2, 3].iter().all(|by| after(*by).is_some()).then(|| after(4)).flatten();
            spans
                .extend(second.filter(|token| matches!(token.kind, Kind::Text | Kind::Bad(_))).map(|token| token.span));
        }
        if matches!(token.kind, Kind::Text | Kind::Bad(_))
            && let Some(url) = token.text(text).find("://").map(|at| token.span.start + at + 3)
            && let Some(rest) = text.get(url..token.span.end)
            && let Some(end) = rest.rfind('@')
            && let Some(colon) = rest.get(..end).and_then(|login| login.find(':'))
        {
            spans.push(Span { start: url + colon + 1, end: url + end });
        }
    }
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    spans.into_iter().map(|span| sql::Span::new(span.start, span.end)).collect()
}

/// The tokens that belong to the statement at the end of a text.
pub(crate) fn last_piece(text: &str, tokens: &[Token]) -> Vec<Token> {
    let Some((piece, end)) = pieces(text).pop() else { return Vec::new() };
    let Some(first) = piece.first().filter(|_| end.is_none()) else { return Vec::new() };
    tokens.iter().filter(|token| token.span.start >= first.span.start).copied().collect()
}
