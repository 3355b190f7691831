//! Short texts of the server, read token by token.

use sql::{Dialect, Token, TokenKind, tokenize};

/// The tokens that mean something, with their texts.
pub(crate) fn meaning<'t>(text: &'t str, dialect: &Dialect) -> Vec<(TokenKind, &'t str)> {
    let tokens = tokenize(text, dialect);
    tokens
        .iter()
        .filter(|token| !token.kind.is_trivia())
        .map(|token: &Token| (token.kind, token.span.of(text)))
        .collect()
}

/// Whether these keywords stand one after the other.
pub(crate) fn has_words(text: &str, words: &[&str], dialect: &Dialect) -> bool {
    let tokens = meaning(text, dialect);
    tokens.windows(words.len()).any(|window| {
        window
            .iter()
            .zip(words)
            .all(|((kind, token), word)| *kind == TokenKind::Word && token.eq_ignore_ascii_case(word))
    })
}

/// The column of which a condition says nothing but `IS NOT NULL`.
pub(crate) fn only_not_null(condition: &str, dialect: &Dialect) -> Option<String> {
    let tokens = meaning(condition, dialect);
    let bare: Vec<_> =
        tokens.iter().filter(|(kind, _)| !matches!(kind, TokenKind::OpenParen | TokenKind::CloseParen)).collect();
    let is = |at: usize, word: &str| {
        bare.get(at).is_some_and(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case(word))
    };
    if bare.len() != 4 || !(is(1, "is") && is(2, "not") && is(3, "null")) {
        return None;
    }
    bare.first().and_then(|(kind, text)| name(*kind, text, dialect))
}

/// The name that a token means.
pub(crate) fn name(kind: TokenKind, text: &str, dialect: &Dialect) -> Option<String> {
    match kind {
        TokenKind::Word => Some(dialect.fold(text)),
        TokenKind::QuotedName => {
            let mut signs = text.chars();
            let (open, close) = (signs.next()?, signs.next_back()?);
            let inner = signs.as_str();
            let doubled: String = [close, close].iter().collect();
            Some(if open == close { inner.replace(&doubled, &close.to_string()) } else { inner.to_owned() })
        }
        _ => None,
    }
}

/// The body of a routine, which its definition has as a string after AS; `None` where it was read when the routine was made.
pub(crate) fn body(definition: &str, dialect: &Dialect) -> Option<String> {
    let tokens = meaning(definition, dialect);
    let is_as = |(kind, text): &(TokenKind, &str)| *kind == TokenKind::Word && text.eq_ignore_ascii_case("as");
    let (_, text) = tokens.windows(2).find(|pair| is_as(&pair[0]) && pair[1].0.is_string())?[1];
    let dollars = text.strip_prefix('$').and_then(|rest| Some(rest.split_once('$')?.1.rsplit_once('$')?.0));
    match dollars {
        Some(inner) => Some(inner.rsplit_once('$').map_or(inner, |(body, _)| body).to_owned()),
        None => Some(text.trim_start_matches(['e', 'E']).strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'")),
    }
}

/// The text of a default that is nothing but a string literal, cast or not.
pub(crate) fn only_string(default: &str, dialect: &Dialect) -> Option<String> {
    let tokens = meaning(default, dialect);
    let ((TokenKind::String | TokenKind::EscapeString, literal), rest) = tokens.split_first()? else { return None };
    let cast = rest.is_empty() || matches!(rest.first(), Some((TokenKind::Cast, _)));
    let inner = literal.strip_prefix(['e', 'E']).unwrap_or(literal).strip_prefix('\'')?.strip_suffix('\'')?;
    cast.then(|| inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_defaults_are_read_by_tokens() {
        let postgres = sql::dialect::postgres();
        assert_eq!(only_not_null("((\"My Id\" IS NOT NULL))", postgres), Some("My Id".to_owned()));
        assert_eq!(only_not_null("(a IS NOT NULL)", postgres), Some("a".to_owned()));
        assert_eq!(only_not_null("(a IS NOT NULL) AND (b IS NOT NULL)", postgres), None);
        assert_eq!(only_not_null("('a' IS NOT NULL)", postgres), None);
        assert_eq!(only_string("'NULL'::character varying", postgres), Some("NULL".to_owned()));
        assert_eq!(only_string("NULL::text", postgres), None);
        assert_eq!(only_string("('a' || 'b')", postgres), None);
        assert!(has_words("FOREIGN KEY (a, b) REFERENCES t(a, b) MATCH FULL", &["match", "full"], postgres));
        assert!(!has_words("CHECK ((x = 'MATCH FULL'))", &["match", "full"], postgres));
    }
}
