//! The tokens of a statement that mean something, with their parentheses paired: what every outline here walks over.

use serde::Serialize;

use crate::{Dialect, Lexer, Span, Token, TokenKind, literal};

/// A name and what qualifies it, outermost first, folded as the server folds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct QualifiedName {
    /// The parts: `["public", "orders"]`.
    pub parts: Vec<String>,
    /// Where it is written.
    pub span: Span,
}

impl QualifiedName {
    /// The last part: the object's own name.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// The part before the last.
    pub fn schema(&self) -> Option<&str> {
        self.parts.len().checked_sub(2).and_then(|at| self.parts.get(at)).map(String::as_str)
    }
}

/// The tokens of one text without spaces and comments. Positions past the end answer as nothing.
#[derive(Debug)]
pub(crate) struct Nodes<'a> {
    pub(crate) text: &'a str,
    pub(crate) dialect: &'a Dialect,
    tokens: Vec<Token>,
    /// For an opening parenthesis or bracket, where its partner is; the number of tokens when it has none.
    partners: Vec<usize>,
}

impl<'a> Nodes<'a> {
    pub(crate) fn new(text: &'a str, dialect: &'a Dialect) -> Self {
        Self::from_tokens(text, dialect, Lexer::new(text, dialect))
    }

    pub(crate) fn from_tokens(text: &'a str, dialect: &'a Dialect, tokens: impl IntoIterator<Item = Token>) -> Self {
        let tokens: Vec<Token> = tokens.into_iter().filter(|token| !token.kind.is_trivia()).collect();
        let mut partners = vec![tokens.len(); tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::OpenParen | TokenKind::OpenBracket => open.push(at),
                TokenKind::CloseParen | TokenKind::CloseBracket => {
                    if let Some(slot) = open.pop().and_then(|from| partners.get_mut(from)) {
                        *slot = at;
                    }
                }
                _ => {}
            }
        }
        Self { text, dialect, tokens, partners }
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    pub(crate) fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    pub(crate) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(crate) fn is_kind(&self, at: usize, kind: TokenKind) -> bool {
        self.kind(at) == Some(kind)
    }

    pub(crate) fn span(&self, at: usize) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.tokens.get(at).map_or(end, |token| token.span)
    }

    pub(crate) fn raw(&self, at: usize) -> &'a str {
        self.span(at).of(self.text)
    }

    /// The word at `at` as written, when it is one without quotes.
    pub(crate) fn word(&self, at: usize) -> Option<&'a str> {
        self.is_kind(at, TokenKind::Word).then(|| self.raw(at))
    }

    /// Whether the token is this keyword.
    pub(crate) fn is(&self, at: usize, keyword: &str) -> bool {
        self.word(at).is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    pub(crate) fn is_any(&self, at: usize, keywords: &[&str]) -> bool {
        self.word(at).is_some_and(|word| keywords.iter().any(|one| word.eq_ignore_ascii_case(one)))
    }

    pub(crate) fn is_operator(&self, at: usize, operator: &str) -> bool {
        self.is_kind(at, TokenKind::Operator) && self.raw(at) == operator
    }

    pub(crate) fn is_open(&self, at: usize) -> bool {
        self.is_kind(at, TokenKind::OpenParen)
    }

    /// Where the parenthesis opened at `at` closes, or the number of tokens.
    pub(crate) fn close(&self, at: usize) -> usize {
        self.partners.get(at).copied().unwrap_or(self.tokens.len())
    }

    /// The position after the token, or after the parentheses that it opens.
    pub(crate) fn after(&self, at: usize) -> usize {
        match self.kind(at) {
            Some(TokenKind::OpenParen | TokenKind::OpenBracket) => {
                self.close(at).saturating_add(1).min(self.len().max(at + 1))
            }
            _ => at + 1,
        }
    }

    /// The first position in `from..to`, outside the parentheses opened there, that satisfies `test`.
    pub(crate) fn find(&self, from: usize, to: usize, test: impl Fn(usize) -> bool) -> Option<usize> {
        let mut at = from;
        while at < to.min(self.len()) {
            if test(at) {
                return Some(at);
            }
            at = self.after(at);
        }
        None
    }

    /// The name at `at` and the position after it, past the `UESCAPE` it may have.
    pub(crate) fn name(&self, at: usize) -> Option<(String, usize)> {
        let token = self.token(at)?;
        let escape = self.escape_after(at, token);
        let name = literal::name(self.text, token, self.dialect, escape)?;
        Some((name, if escape.is_some() { at + 3 } else { at + 1 }))
    }

    /// The text of the string literal at `at` and the position after it.
    pub(crate) fn string(&self, at: usize) -> Option<(String, usize)> {
        let token = self.token(at)?;
        let escape = self.escape_after(at, token);
        let text = literal::string(self.text, token, self.dialect, escape)?;
        Some((text, if escape.is_some() { at + 3 } else { at + 1 }))
    }

    fn escape_after(&self, at: usize, token: Token) -> Option<char> {
        let raw = token.span.of(self.text).as_bytes();
        let unicode =
            matches!(token.kind, TokenKind::QuotedName | TokenKind::UnicodeString) && raw.get(1) == Some(&b'&');
        if !unicode || !self.is(at + 1, "UESCAPE") {
            return None;
        }
        let next = self.token(at + 2)?;
        literal::string(self.text, next, self.dialect, None)?.chars().next()
    }

    /// A name that is not a keyword the dialect reserves, and the position after it.
    pub(crate) fn free_name(&self, at: usize) -> Option<(String, usize)> {
        match self.word(at) {
            Some(word) if self.dialect.reserved.contains(word) => None,
            _ => self.name(at),
        }
    }

    /// The qualified name at `at` and the position after it. A dot with nothing after it ends the name.
    pub(crate) fn path(&self, at: usize) -> Option<(QualifiedName, usize)> {
        let (first, mut next) = self.name(at)?;
        let mut parts = vec![first];
        while self.is_kind(next, TokenKind::Dot) {
            let Some((part, after)) = self.name(next + 1) else { break };
            parts.push(part);
            next = after;
        }
        let span = self.span(at).to(self.span(next - 1));
        Some((QualifiedName { parts, span }, next))
    }

    /// The position after the words that stand at `at`, when all of them do, in this order.
    pub(crate) fn after_words(&self, at: usize, words: &[&str]) -> Option<usize> {
        let all = words.iter().enumerate().all(|(offset, word)| self.is(at + offset, word));
        all.then_some(at + words.len())
    }

    /// The position after any of the words that stand at `at`.
    pub(crate) fn skip_words(&self, mut at: usize, words: &[&str]) -> usize {
        while self.is_any(at, words) {
            at += 1;
        }
        at
    }
}
