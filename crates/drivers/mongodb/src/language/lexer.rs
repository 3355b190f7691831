//! A script into tokens, by JavaScript's lexical rules. Total and linear; what is no token is one of its own.

use driver::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a word of the language.
    Word,
    /// A number as written.
    Number,
    /// A text in quotes or backticks.
    Text,
    /// A regular expression with its flags.
    Regex,
    /// One sign.
    Sign(u8),
    /// Something that does not end, or that is no sign of the language.
    Bad(&'static str),
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub span: Span,
    /// A line ended between the token before and this one.
    pub newline: bool,
}

impl Token {
    pub(crate) fn is(&self, sign: u8) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(crate) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.start..self.span.end).unwrap_or_default()
    }

    pub(crate) fn is_word(&self, text: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(text) == word
    }
}

/// The tokens of a text, comments left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, newline: false };
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        lexer.skip();
        let start = lexer.at;
        let Some(first) = lexer.bytes.get(start).copied() else { return tokens };
        let kind = lexer.token(first, tokens.last().is_none_or(|last| !ends_value(last.kind)), text);
        let newline = std::mem::take(&mut lexer.newline);
        tokens.push(Token { kind, span: Span { start, end: lexer.at }, newline });
    }
}

/// Whether a value may end with such a token, so that a slash after it divides.
fn ends_value(kind: Kind) -> bool {
    matches!(kind, Kind::Word | Kind::Number | Kind::Text | Kind::Regex | Kind::Sign(b')' | b']' | b'}'))
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    newline: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Blanks and comments.
    fn skip(&mut self) {
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'\n' | b'\r', _) => {
                    self.newline = true;
                    self.at += 1;
                }
                (byte, _) if byte.is_ascii_whitespace() || byte == 0x0b => self.at += 1,
                (b'/', b'/') => self.at = self.find(|byte| byte == b'\n' || byte == b'\r'),
                (b'/', b'*') => {
                    let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
                    let length = rest.windows(2).position(|two| two == b"*/").map_or(rest.len(), |found| found + 2);
                    let comment = rest.get(..length).unwrap_or_default();
                    self.newline |= comment.contains(&b'\n');
                    self.at += 2 + length;
                }
                // A no-break space and a byte order mark are blanks of JavaScript.
                (0xc2, 0xa0) => self.at += 2,
                (0xef, 0xbb) if self.peek(2) == 0xbf => self.at += 3,
                _ => return,
            }
        }
    }

    fn find(&self, stop: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| stop(*byte)).map_or(self.bytes.len(), |found| self.at + found)
    }

    fn token(&mut self, first: u8, value: bool, text: &str) -> Kind {
        match first {
            b'"' | b'\'' | b'`' => self.quoted(first),
            b'/' if value => self.regex(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            byte if is_word(byte) => {
                self.at = self.find(|byte| !is_word(byte));
                Kind::Word
            }
            byte if byte.is_ascii() && !byte.is_ascii_control() => {
                self.at += 1;
                Kind::Sign(byte)
            }
            _ => {
                let length = text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                self.at += length;
                Kind::Bad("This sign means nothing here.")
            }
        }
    }

    fn quoted(&mut self, quote: u8) -> Kind {
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.at += 2,
                b'\n' if quote != b'`' => break,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Kind::Text;
                    }
                }
            }
        }
        self.at = self.at.min(self.bytes.len());
        // A backslash may have led into the middle of a character.
        while self.at < self.bytes.len() && self.peek(0) & 0xc0 == 0x80 {
            self.at += 1;
        }
        Kind::Bad("This text has no closing quote.")
    }

    fn regex(&mut self) -> Kind {
        self.at += 1;
        let mut class = false;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' if self.peek(1) != b'\n' => self.at += 2,
                b'\n' => break,
                b'[' => {
                    class = true;
                    self.at += 1;
                }
                b']' => {
                    class = false;
                    self.at += 1;
                }
                b'/' if !class => {
                    self.at += 1;
                    self.at = self.find(|byte| !byte.is_ascii_alphabetic());
                    return Kind::Regex;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        while self.at < self.bytes.len() && self.peek(0) & 0xc0 == 0x80 {
            self.at += 1;
        }
        Kind::Bad("This regular expression has no closing slash.")
    }

    fn number(&mut self) -> Kind {
        let prefixed = self.peek(0) == b'0' && matches!(self.peek(1) | 0x20, b'x' | b'o' | b'b');
        if prefixed {
            self.at = self.find(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
            return Kind::Number;
        }
        let digits = |byte: u8| !byte.is_ascii_digit() && byte != b'_';
        self.at = self.find(digits);
        if self.peek(0) == b'.' && !is_word_start(self.peek(1)) {
            self.at += 1;
            self.at = self.find(digits);
        }
        if self.peek(0) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.at = self.find(digits);
            }
        }
        // Letters right behind a number make it none: the reader of numbers says so.
        self.at = self.find(|byte| !is_word(byte));
        Kind::Number
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}
