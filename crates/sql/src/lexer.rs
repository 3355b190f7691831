//! Text into tokens: every byte belongs to exactly one token, so the tokens' texts joined are the text.

mod scan;

use serde::Serialize;

use crate::{Dialect, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum TokenKind {
    /// Spaces, tabs and line breaks.
    Space,
    /// `-- …` up to, not including, the line break (`# …` where the dialect has it).
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// A name or keyword without quotes.
    Word,
    /// A name in quotes, including `U&"…"`.
    QuotedName,
    /// `'…'`, and `N'…'`; with its continuations where the dialect joins them.
    String,
    /// `E'…'`, or `'…'` where backslashes escape.
    EscapeString,
    /// `U&'…'`.
    UnicodeString,
    /// `$tag$…$tag$`.
    DollarString,
    /// `B'…'` or `X'…'`.
    BitString,
    /// A number.
    Number,
    /// A parameter of the statement.
    Placeholder,
    /// A variable of the session or the server, where the dialect has them: `@a`, `@'a b'`, `@@a` without what follows a dot.
    Variable,
    /// An operator.
    Operator,
    /// `::`.
    Cast,
    /// `:` or `:=`.
    Colon,
    /// `,`.
    Comma,
    /// `.`.
    Dot,
    /// `;`.
    Semicolon,
    /// `(`.
    OpenParen,
    /// `)`.
    CloseParen,
    /// `[`.
    OpenBracket,
    /// `]`.
    CloseBracket,
    /// `/*!50000` that opens code for some servers, and the `*/` that ends it.
    ConditionalMark,
    /// A character with no meaning in the dialect.
    Other,
}

impl TokenKind {
    /// Whether it separates tokens and means nothing itself.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::Space | Self::LineComment | Self::BlockComment | Self::ConditionalMark)
    }

    /// Whether it is a comment.
    pub const fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment)
    }

    /// Whether it is a literal in quotes.
    pub const fn is_string(self) -> bool {
        matches!(self, Self::String | Self::EscapeString | Self::UnicodeString | Self::DollarString | Self::BitString)
    }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
    /// Whether the quote or comment it opens is closed; true for everything else.
    pub terminated: bool,
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    dialect: &'a Dialect,
    position: usize,
    in_conditional: bool,
    operators: [bool; 128],
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `text`.
    pub fn new(text: &'a str, dialect: &'a Dialect) -> Self {
        let mut operators = [false; 128];
        for byte in dialect.operator_bytes.bytes() {
            if let Some(slot) = operators.get_mut(usize::from(byte)) {
                *slot = true;
            }
        }
        Self { text, bytes: text.as_bytes(), dialect, position: 0, in_conditional: false, operators }
    }

    /// Where the next token begins.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes on at `position`, moved up to the next character boundary, as if the text began there.
    pub fn seek(&mut self, position: usize) {
        let mut at = position.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        self.position = at;
    }

    fn at(&self, offset: usize) -> u8 {
        // 0 stands for the end: a NUL in a text is a character without a meaning, so the two never need telling apart.
        self.bytes.get(offset).copied().unwrap_or(0)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.position;
        if start >= self.bytes.len() {
            return None;
        }
        let (kind, end, terminated) = self.scan(start);
        // Never stand still and never stop inside a character, whatever a rule above says.
        let mut end = end.clamp(start + 1, self.bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.position = end;
        Some(Token { kind, span: Span::new(start, end), terminated })
    }
}

/// All tokens of `text`.
pub fn tokenize(text: &str, dialect: &Dialect) -> Vec<Token> {
    Lexer::new(text, dialect).collect()
}
