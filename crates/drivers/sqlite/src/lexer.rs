//! SQLite's tokens, as far as this crate reads text: where the first statement ends, what stands at an
//! error's offset, and the clauses of stored `CREATE` texts. Follows SQLite's own tokenizer.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space or a comment.
    Blank,
    /// A bare word: keyword or name.
    Word,
    /// A quoted name: `"a"`, `[a]`, `` `a` ``.
    Quoted,
    /// A string or blob literal.
    Literal,
    /// A number.
    Number,
    /// A placeholder.
    Placeholder,
    /// Anything else, one character.
    Mark,
}

/// A token and where it stands, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// Its text.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Whether it is this keyword.
    pub(crate) fn is_word(self, text: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.of(text).eq_ignore_ascii_case(word)
    }

    /// Whether it is this character.
    pub(crate) fn is_mark(self, text: &str, mark: &str) -> bool {
        self.kind == Kind::Mark && self.of(text) == mark
    }
}

/// All tokens of a text from `start` on, blanks included.
pub(crate) fn tokens(text: &str, start: usize) -> impl Iterator<Item = Token> + '_ {
    let mut at = start;
    std::iter::from_fn(move || {
        let token = token_at(text, at)?;
        at = token.end;
        Some(token)
    })
}

/// All tokens but blanks.
pub(crate) fn solid(text: &str) -> impl Iterator<Item = Token> + '_ {
    tokens(text, 0).filter(|token| token.kind != Kind::Blank)
}

/// The token that begins at this byte; `None` at the end.
pub(crate) fn token_at(text: &str, start: usize) -> Option<Token> {
    let bytes = text.as_bytes().get(start..)?;
    let (&first, rest) = bytes.split_first()?;
    let next = rest.first().copied();
    let (kind, length) = match first {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
            (Kind::Blank, run(bytes, 1, |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)))
        }
        b'-' if next == Some(b'-') => (Kind::Blank, run(bytes, 2, |byte| byte != b'\n')),
        b'/' if next == Some(b'*') => (Kind::Blank, comment(bytes)),
        0xef if bytes.starts_with("\u{feff}".as_bytes()) => (Kind::Blank, 3),
        b'\'' => (Kind::Literal, quoted(bytes, b'\'')),
        b'"' | b'`' => (Kind::Quoted, quoted(bytes, first)),
        b'[' => (Kind::Quoted, bytes.iter().position(|byte| *byte == b']').map_or(bytes.len(), |end| end + 1)),
        b'x' | b'X' if next == Some(b'\'') => (Kind::Literal, 1 + quoted(rest, b'\'')),
        b'0'..=b'9' => {
            (Kind::Number, run(bytes, 1, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_'))
        }
        b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => {
            (Kind::Number, run(bytes, 1, |byte| byte.is_ascii_alphanumeric()))
        }
        b'?' => (Kind::Placeholder, run(bytes, 1, |byte| byte.is_ascii_digit())),
        b':' | b'@' | b'$' | b'#' if next.is_some_and(is_name) => (Kind::Placeholder, run(bytes, 1, is_name)),
        _ if is_name(first) && first != b'$' => (Kind::Word, run(bytes, 1, is_name)),
        _ => (Kind::Mark, 1),
    };
    let mut end = start + length;
    while end < text.len() && !text.is_char_boundary(end) {
        end += 1;
    }
    Some(Token { kind, start, end })
}

/// The length of what begins with so many bytes and goes on as long as they are such.
fn run(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    let tail = bytes.get(from..).unwrap_or_default();
    from + tail.iter().position(|byte| !is(*byte)).unwrap_or(tail.len())
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn comment(bytes: &[u8]) -> usize {
    let inside = bytes.get(2..).unwrap_or(&[]);
    inside.windows(2).position(|pair| pair == b"*/").map_or(bytes.len(), |end| end + 4)
}

/// The length of a quoted run whose quote is doubled inside it; to the end when it is not closed.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(next) = bytes.get(at..).and_then(|tail| tail.iter().position(|byte| *byte == quote)) {
        at += next + 1;
        if bytes.get(at) != Some(&quote) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// A name without its quotes.
pub(crate) fn unquote(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), text.chars().next_back()) {
        (Some('['), Some(']')) if text.len() > 1 => text.get(1..text.len() - 1).unwrap_or("").to_owned(),
        (Some(quote @ ('"' | '`' | '\'')), Some(last)) if quote == last && text.len() > 1 => {
            let doubled: String = [quote, quote].iter().collect();
            text.get(1..text.len() - 1).unwrap_or("").replace(&doubled, &quote.to_string())
        }
        _ => text.to_owned(),
    }
}

/// The first token of whatever follows the first statement, if anything does.
///
/// SQLite would compile only the first statement and leave the rest, so the rest must be seen before.
/// The states are those of `sqlite3_complete`: a trigger's body holds semicolons of its own.
pub(crate) fn second_statement(text: &str) -> Option<Token> {
    let mut state = State::Start;
    let mut ended = false;
    for token in solid(text) {
        if token.is_mark(text, ";") {
            match state {
                State::Trigger | State::Semicolon => state = State::Semicolon,
                _ => ended = true,
            }
            continue;
        }
        if ended {
            return Some(token);
        }
        state = state.after(&token.of(text).to_ascii_lowercase());
    }
    None
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Normal,
    Explain,
    Create,
    Trigger,
    Semicolon,
    End,
}

impl State {
    fn after(self, word: &str) -> State {
        match (self, word) {
            (State::Start, "explain") => State::Explain,
            (State::Explain, "query" | "plan") => State::Explain,
            (State::Start | State::Explain, "create") => State::Create,
            (State::Create, "temp" | "temporary") => State::Create,
            (State::Create, "trigger") => State::Trigger,
            (State::Semicolon, "end") => State::End,
            (State::Trigger | State::Semicolon | State::End, _) => State::Trigger,
            _ => State::Normal,
        }
    }
}

/// The first word of a text, in lower case; empty when it begins with none.
pub(crate) fn first_word(text: &str) -> String {
    solid(text)
        .next()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.of(text).to_ascii_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_second_statement_is_seen_behind_strings_comments_and_trigger_bodies() {
        let second = |text: &'static str| second_statement(text).map(|token| token.of(text));
        assert_eq!(second("SELECT ';' /* ; */ -- ;\n;"), None);
        assert_eq!(second("SELECT 1; -- done\n ;;"), None);
        assert_eq!(second("SELECT 1; DROP TABLE t"), Some("DROP"));
        assert_eq!(second(";SELECT 1"), Some("SELECT"));
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x=1; SELECT 2; END";
        assert_eq!(second(trigger), None);
        assert_eq!(second_statement(&format!("{trigger}; SELECT 3")).unwrap().start, trigger.len() + 2);
        assert_eq!(second("EXPLAIN QUERY PLAN SELECT \"a;b\", [c;d], `e;f`"), None);
    }

    #[test]
    fn every_byte_of_any_text_belongs_to_exactly_one_token() {
        for text in ["é'", "x'", "/*", "\u{feff}SELECT $a::b @ü ?1 1e5 .5 . \u{0}", "[", "a\"b\"\"c", "--é"] {
            let mut at = 0;
            for token in tokens(text, 0) {
                assert_eq!(token.start, at, "{text}");
                assert!(token.end > at, "{text}");
                at = token.end;
            }
            assert_eq!(at, text.len(), "{text}");
        }
        assert_eq!(unquote("\"we\"\"ird\""), "we\"ird");
        assert_eq!(unquote("[a b]"), "a b");
        assert_eq!(unquote("\""), "\"");
    }
}
