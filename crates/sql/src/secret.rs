//! Which parts of a text are secrets, so that history and logs do not keep them.
//!
//! It takes too much rather than too little: a literal beside a word that says "password" is one, whatever the statement.

use std::collections::HashSet;

use crate::nodes::Nodes;
use crate::{Dialect, Lexer, Span, Token, TokenKind};

/// What stands for a secret.
const MASK: &str = "***";

/// How much of an address is looked at, in characters, and how much of a function's arguments, in tokens: a bound, so that
/// a text made to be slow is not.
const URL_LENGTH: usize = 2048;
const ARGUMENTS: usize = 256;

/// How deep a text within a literal within a literal is read.
const NESTING: usize = 4;

/// Parts of a name that say its value is a secret.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "credential",
    "apikey",
    "api_key",
    "access_key",
    "private_key",
    "secret_key",
    "encryption_key",
    "token",
    "sslkey",
    "pwd",
];

/// The word that sets them in statements about users.
const IDENTIFIED: &str = "identified";

/// Names that are secrets as a whole.
const WHOLE_SECRET_NAMES: &[&str] = &["key", "rekey", "hexkey", "hexrekey", "textkey", "textrekey", "pass"];

/// Where the literals are that set secrets, in order and apart from each other.
pub fn secret_spans(text: &str, dialect: &Dialect) -> Vec<Span> {
    let mut spans = Vec::new();
    collect(text, dialect, 0, NESTING, &mut spans);
    url_passwords(text, &mut spans);
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start < last.end => *last = last.to(span),
            _ => apart.push(span),
        }
    }
    apart
}

/// The text with every secret replaced.
pub fn redact(text: &str, dialect: &Dialect) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for span in secret_spans(text, dialect) {
        redacted.push_str(text.get(from..span.start).unwrap_or(""));
        let secret = span.of(text);
        let string = dialect.double_quoted_strings && secret.starts_with('"');
        if secret.ends_with('\'') || secret.starts_with('\'') || secret.starts_with('$') || string {
            redacted.push_str(&format!("'{MASK}'"));
        } else {
            redacted.push_str(MASK);
        }
        from = span.end;
    }
    redacted.push_str(text.get(from..).unwrap_or(""));
    redacted
}

/// The text with each of these parts replaced; they are in order and apart.
pub fn redact_spans(text: &str, spans: &[Span]) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        redacted.push_str(text.get(from..span.start).unwrap_or(""));
        redacted.push_str(MASK);
        from = span.end;
    }
    redacted.push_str(text.get(from..).unwrap_or(""));
    redacted
}

fn is_secret_name(name: &str) -> bool {
    WHOLE_SECRET_NAMES.iter().any(|whole| name.eq_ignore_ascii_case(whole)) || has_secret_name(name)
}

/// Whether `text` has one of the secret names in it, in whatever case of ASCII.
fn has_secret_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize, part: &str| {
        bytes.get(at..at + part.len()).is_some_and(|here| here.eq_ignore_ascii_case(part.as_bytes()))
    };
    let first = |byte: &u8| FIRST_BYTES.get(usize::from(*byte)).is_some_and(|first| *first);
    bytes.iter().enumerate().any(|(at, byte)| first(byte) && SECRET_NAMES.iter().any(|part| begins(at, part)))
}

/// Which bytes a secret name may begin with, in either case.
const FIRST_BYTES: [bool; 256] = {
    let mut first = [false; 256];
    let mut at = 0;
    while at < SECRET_NAMES.len() {
        let byte = SECRET_NAMES[at].as_bytes()[0];
        first[byte as usize] = true;
        first[byte.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    first
};

/// Notes the secrets of `text`, which begins at `offset` of the whole.
fn collect(text: &str, dialect: &Dialect, offset: usize, nesting: usize, spans: &mut Vec<Span>) {
    let (comments, tokens): (Vec<Token>, Vec<Token>) =
        Lexer::new(text, dialect).partition(|token| token.kind.is_comment());
    let nodes = Nodes::from_tokens(text, dialect, tokens);
    // A long script says the same few names again and again.
    let mut harmless: HashSet<&str> = HashSet::new();
    for at in 0..nodes.len() {
        if spelled_alike(&nodes, at) && harmless.contains(nodes.raw(at)) {
            continue;
        }
        if let Some((name, next)) = nodes.name(at) {
            if concerns(&nodes, at, &name) {
                beside_name(&nodes, at, &name, next, offset, spans);
            } else if spelled_alike(&nodes, at) {
                harmless.insert(nodes.raw(at));
            }
        } else if nodes.kind(at).is_some_and(TokenKind::is_string) {
            inside_literal(&nodes, at, offset, nesting, spans);
        }
    }
    // What is commented out was typed all the same.
    if nesting == 0 {
        return;
    }
    for token in comments {
        let comment = token.span.of(text);
        let inner = comment.trim_start_matches(['-', '/', '*', '#']);
        let skipped = comment.len() - inner.len();
        let inner = inner.strip_suffix("*/").unwrap_or(inner);
        let start = token.span.start + skipped;
        if mentions_secret(inner) {
            collect(inner, dialect, offset + start, nesting - 1, spans);
        }
    }
}

/// Whether a name says the same wherever it is spelled so: all but those whose escapes are told behind them.
fn spelled_alike(nodes: &Nodes<'_>, at: usize) -> bool {
    match nodes.kind(at) {
        Some(TokenKind::Word) => true,
        Some(TokenKind::QuotedName) => nodes.raw(at).as_bytes().get(1) != Some(&b'&'),
        _ => false,
    }
}

/// Whether anything beside a name may be a secret.
fn concerns(nodes: &Nodes<'_>, at: usize, name: &str) -> bool {
    let function = nodes.dialect.set_function.is_some_and(|function| name.eq_ignore_ascii_case(function));
    function || nodes.is_any(at, &["IDENTIFIED", "REPLACE"]) || is_secret_name(name)
}

/// The literals after a name that says they are secret: `PASSWORD 'x'`, `password = 'x'`, `SET app.secret TO x`,
/// `IDENTIFIED BY 'x'`, `set_config('app.key', 'x', …)`.
fn beside_name(nodes: &Nodes<'_>, at: usize, name: &str, next: usize, offset: usize, spans: &mut Vec<Span>) {
    let call = nodes.dialect.set_function.is_some_and(|function| name.eq_ignore_ascii_case(function));
    if call && nodes.is_open(next) {
        let close = nodes.close(next).min(nodes.len()).min(next + ARGUMENTS);
        // Any argument may spell the name: as one literal, or joined from several.
        let named: String = (next..close).filter_map(|inner| nodes.string(inner)).map(|(text, _)| text).collect();
        let first_end = nodes.find(next + 1, close, |inner| nodes.is_kind(inner, TokenKind::Comma));
        if mentions_secret(&named) || named.to_ascii_lowercase().contains("key") {
            literals(nodes, first_end.unwrap_or(next), close, offset, spans);
        }
        return;
    }
    let identified = nodes.is(at, "IDENTIFIED");
    // `IDENTIFIED BY 'new' REPLACE 'old'`.
    let string_follows = nodes.kind(next).is_some_and(TokenKind::is_string);
    let replaced = nodes.is(at, "REPLACE") && nodes.dialect.set_assigns && string_follows;
    if !identified && !replaced && !is_secret_name(name) {
        return;
    }
    let mut value = next;
    if identified {
        let by = nodes.find(next, (next + 6).min(nodes.len()), |inner| nodes.is_any(inner, &["BY", "AS", "USING"]));
        value = by.map_or(next, |by| nodes.skip_words(by + 1, &["PASSWORD"]));
    } else if nodes.dialect.set_assigns && nodes.is(at, "PASSWORD") && nodes.is(next, "FOR") && nodes.is(0, "SET") {
        // `SET PASSWORD FOR 'bob'@'%' = 'x'`.
        let assigned = |inner: usize| nodes.is_operator(inner, "=") || nodes.is_kind(inner, TokenKind::Colon);
        value = nodes.find(next, (next + 6).min(nodes.len()), assigned).unwrap_or(next);
    }
    let setting = nodes.is(0, "SET") || nodes.is(0, "PRAGMA") || nodes.is(0, "ALTER");
    let before = value;
    while nodes.is_kind(value, TokenKind::Operator) && ["=", "=>", "==", ":="].contains(&nodes.raw(value))
        || nodes.is_kind(value, TokenKind::Colon)
        || (nodes.is_any(value, &["TO", "LIKE", "IS"]) && setting)
    {
        value += 1;
    }
    let assigned = value > before;
    let introduced = nodes.dialect.charset_introducers
        && nodes.word(value).is_some_and(|word| word.starts_with('_'))
        && nodes.kind(value + 1).is_some_and(TokenKind::is_string);
    value += usize::from(introduced);
    match nodes.kind(value) {
        Some(kind) if kind.is_string() => {
            let mut last = value;
            while nodes.dialect.adjacent_strings && nodes.kind(last + 1).is_some_and(TokenKind::is_string) {
                last += 1;
            }
            spans.push(nodes.span(value).to(nodes.span(last)).shifted(offset));
        }
        Some(TokenKind::QuotedName) if assigned => spans.push(nodes.span(value).shifted(offset)),
        Some(TokenKind::Word | TokenKind::Number) if assigned && setting && !nodes.is_open(value + 1) => {
            spans.push(nodes.span(value).shifted(offset));
        }
        Some(TokenKind::OpenParen) if setting => {
            spans.push(nodes.span(value + 1).shifted(offset));
        }
        Some(TokenKind::OpenParen) => literals(nodes, value, nodes.close(value), offset, spans),
        Some(TokenKind::Word | TokenKind::Cast) if nodes.is_open(value + 1) && assigned => {
            literals(nodes, value + 1, nodes.close(value + 1), offset, spans);
        }
        _ => {}
    }
}

/// Notes every literal between two tokens.
fn literals(nodes: &Nodes<'_>, from: usize, to: usize, offset: usize, spans: &mut Vec<Span>) {
    for at in from..to.min(nodes.len()).min(from + ARGUMENTS) {
        if nodes.kind(at).is_some_and(TokenKind::is_string) {
            spans.push(nodes.span(at).shifted(offset));
        }
    }
}

/// A literal may hold a connection string, or SQL that sets a secret.
fn inside_literal(nodes: &Nodes<'_>, at: usize, offset: usize, nesting: usize, spans: &mut Vec<Span>) {
    // Most literals stand for what is between their quotes, and mention nothing.
    let plain = nodes.is_kind(at, TokenKind::String).then(|| nodes.raw(at));
    let inner = plain.and_then(|raw| raw.strip_prefix('\'')?.strip_suffix('\''));
    if inner.is_some_and(|inner| !inner.contains('\'') && !mentions_secret(inner)) {
        return;
    }
    let Some((content, _)) = nodes.string(at) else { return };
    if !mentions_secret(&content) {
        return;
    }
    let span = nodes.span(at);
    let raw = span.of(nodes.text);
    if nodes.is_kind(at, TokenKind::DollarString) && nesting > 0 {
        // Its content stands in the text as it is, so the spans inside it are exact.
        let tag = raw.get(1..).and_then(|rest| rest.find('$')).map_or(0, |end| end + 2);
        let inner = raw.get(tag..raw.len().saturating_sub(tag).max(tag)).unwrap_or("");
        if !connection_password(inner) {
            collect(inner, nodes.dialect, offset + span.start + tag, nesting - 1, spans);
            return;
        }
    }
    let mut inner = Vec::new();
    if nesting > 0 {
        collect(&content, nodes.dialect, 0, nesting - 1, &mut inner);
    }
    if nesting == 0 || !inner.is_empty() || connection_password(&content) {
        spans.push(span.shifted(offset));
    }
}

fn mentions_secret(text: &str) -> bool {
    has_secret_name(text)
        || text.as_bytes().windows(IDENTIFIED.len()).any(|here| here.eq_ignore_ascii_case(IDENTIFIED.as_bytes()))
}

/// Whether the text has `password=x` the way connection strings do.
fn connection_password(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["password", "passwd", "pwd", "sslpassword", "secret", "token"].iter().any(|key| {
        lower.match_indices(key).any(|(at, _)| {
            let rest = lower.get(at + key.len()..).unwrap_or("").trim_start();
            let value = rest.strip_prefix('=').map(str::trim_start);
            value.is_some_and(|value| value.chars().next().is_some_and(|first| !first.is_whitespace() && first != '$'))
        })
    })
}

/// The passwords in `scheme://user:password@host`, wherever they stand.
fn url_passwords(text: &str, spans: &mut Vec<Span>) {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("://")) {
        let start = from + found + 3;
        let rest = text.get(start..).unwrap_or("");
        let end = rest
            .char_indices()
            .take(URL_LENGTH)
            .find(|(_, character)| character.is_whitespace() || "'\"`<>".contains(*character))
            .map_or_else(|| rest.char_indices().nth(URL_LENGTH).map_or(rest.len(), |(at, _)| at), |(at, _)| at);
        let address = rest.get(..end).unwrap_or("");
        // The last `@` before the path: a password may hold one.
        let authority = address.split(['/', '?']).next().unwrap_or("");
        let scope = if authority.contains('@') { authority } else { address };
        if let Some((login, _)) = scope.rsplit_once('@')
            && let Some((user, password)) = login.split_once(':')
            && !password.is_empty()
        {
            let at = start + user.len() + 1;
            spans.push(Span::new(at, at + password.len()));
        }
        from = start;
    }
}
