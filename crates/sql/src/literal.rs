//! What names and literals mean once their quotes and escapes are taken off.

use crate::{Dialect, Token, TokenKind};

/// The name a token stands for, folded as the server folds it. `escape` is the character of a `UESCAPE` that follows.
pub(crate) fn name(text: &str, token: Token, dialect: &Dialect, escape: Option<char>) -> Option<String> {
    let raw = token.span.of(text);
    match token.kind {
        TokenKind::Word => Some(dialect.fold(raw)),
        TokenKind::QuotedName => {
            let unicode = raw.len() > 2 && raw.get(1..2) == Some("&");
            let body = if unicode { raw.get(2..)? } else { raw };
            let open = body.chars().next()?;
            let quote = dialect.identifier_quotes.iter().find(|quote| quote.open == open)?;
            let inner = body.get(open.len_utf8()..)?;
            let inner = if token.terminated { inner.strip_suffix(quote.close).unwrap_or(inner) } else { inner };
            let plain = if quote.doubled { undouble(inner, quote.close) } else { inner.to_owned() };
            Some(if unicode { unicode_escapes(&plain, escape.unwrap_or('\\')) } else { plain })
        }
        _ => None,
    }
}

/// The text a string literal stands for; `None` for other tokens and for bits.
pub(crate) fn string(text: &str, token: Token, dialect: &Dialect, escape: Option<char>) -> Option<String> {
    let raw = token.span.of(text);
    match token.kind {
        TokenKind::DollarString => {
            let tag = raw.get(..=raw.get(1..)?.find('$')? + 1)?;
            let inner = raw.get(tag.len()..)?;
            Some(if token.terminated { inner.strip_suffix(tag).unwrap_or(inner) } else { inner }.to_owned())
        }
        TokenKind::String => Some(segments(raw)),
        TokenKind::EscapeString => Some(backslash_escapes(raw, dialect.escape_strings)),
        TokenKind::UnicodeString => {
            let plain = segments(raw);
            Some(unicode_escapes(&plain, escape.unwrap_or('\\')))
        }
        _ => None,
    }
}

fn undouble(text: &str, quote: char) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        plain.push(character);
        if character == quote && characters.peek() == Some(&quote) {
            characters.next();
        }
    }
    plain
}

/// The contents of a literal's segments joined, doubled quotes made single.
fn segments(raw: &str) -> String {
    let quote = if raw.starts_with('"') { '"' } else { '\'' };
    let mut plain = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    let mut inside = false;
    while let Some(character) = characters.next() {
        match (inside, character == quote) {
            (false, opens) => inside = opens,
            (true, false) => plain.push(character),
            (true, true) if characters.peek() == Some(&quote) => {
                characters.next();
                plain.push(quote);
            }
            (true, true) => inside = false,
        }
    }
    plain
}

/// With `numbered`, `\x41`, `\101` and `\u0041` are characters too.
fn backslash_escapes(raw: &str, numbered: bool) -> String {
    let quote = raw.chars().find(|character| matches!(character, '\'' | '"')).unwrap_or('\'');
    let mut plain = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    let mut inside = false;
    while let Some(character) = characters.next() {
        match (inside, character) {
            (false, character) => inside = character == quote,
            (true, character) if character == quote => {
                inside = characters.peek() == Some(&quote);
                if inside {
                    characters.next();
                    plain.push(quote);
                }
            }
            (true, '\\') => {
                let Some(escaped) = characters.next() else { break };
                let (radix, most, mut code) = match escaped {
                    'n' => {
                        plain.push('\n');
                        continue;
                    }
                    't' => {
                        plain.push('\t');
                        continue;
                    }
                    'r' => {
                        plain.push('\r');
                        continue;
                    }
                    'b' => {
                        plain.push('\u{8}');
                        continue;
                    }
                    '0' if !numbered => {
                        plain.push('\0');
                        continue;
                    }
                    'Z' if !numbered => {
                        plain.push('\u{1a}');
                        continue;
                    }
                    other if !numbered => {
                        plain.push(other);
                        continue;
                    }
                    'f' => {
                        plain.push('\u{c}');
                        continue;
                    }
                    'x' => (16, 2, 0),
                    'u' => (16, 4, 0),
                    'U' => (16, 8, 0),
                    '0'..='7' => (8, 2, escaped.to_digit(8).unwrap_or(0)),
                    other => {
                        plain.push(other);
                        continue;
                    }
                };
                for _ in 0..most {
                    let Some(digit) = characters.peek().and_then(|next| next.to_digit(radix)) else { break };
                    characters.next();
                    code = code.wrapping_mul(radix).wrapping_add(digit);
                }
                plain.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (true, other) => plain.push(other),
        }
    }
    plain
}

/// `\0041` and `\+000041`, with another character for the backslash where `UESCAPE` names one.
fn unicode_escapes(text: &str, escape: char) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or("");
        if character != escape {
            plain.push(character);
            rest = after;
            continue;
        }
        let (digits, skip) = if after.starts_with('+') { (after.get(1..7), 7) } else { (after.get(..4), 4) };
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
            Some(decoded) => {
                plain.push(decoded);
                rest = after.get(skip..).unwrap_or("");
            }
            None => {
                plain.push(escape);
                rest = after.strip_prefix(escape).unwrap_or(after);
            }
        }
    }
    plain
}
