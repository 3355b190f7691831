//! The parameters a statement takes: the server's own placeholders and nothing else.

use serde::Serialize;

use crate::nodes::Nodes;
use crate::{Dialect, Span, TokenKind};

/// How a placeholder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum PlaceholderStyle {
    /// `$1`.
    DollarNumber,
    /// `?`.
    Question,
    /// `?1`.
    QuestionNumber,
    /// `:name`.
    Colon,
    /// `@name`.
    At,
    /// `$name`.
    Dollar,
    /// `#name`.
    Hash,
}

/// One place where a statement takes a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placeholder {
    /// The placeholder as written (`$1`, `:day`), which is also its name for the server; for a bare `?` it is `?`.
    pub name: String,
    /// How it is written.
    pub style: PlaceholderStyle,
    /// Where.
    pub span: Span,
    /// The number of the parameter, from 1. Placeholders of the same number take the same value.
    pub ordinal: u32,
}

/// The placeholders of one statement, in the order they are written. None in a statement whose `$1` are its own: the body
/// of a routine and `PREPARE`.
pub fn placeholders(text: &str, dialect: &Dialect) -> Vec<Placeholder> {
    let nodes = Nodes::new(text, dialect);
    if owns_its_parameters(&nodes) {
        return Vec::new();
    }
    if dialect.batches {
        return undeclared(&nodes);
    }
    let mut found: Vec<Placeholder> = Vec::new();
    let mut named: std::collections::HashMap<&str, u32> = std::collections::HashMap::new();
    let mut highest = 0u32;
    for token in nodes.tokens().iter().filter(|token| token.kind == TokenKind::Placeholder) {
        let written = token.span.of(text);
        let digits = written.get(1..).unwrap_or("");
        let number = digits.parse::<u32>();
        let style = match written.chars().next() {
            Some('?') if digits.is_empty() => PlaceholderStyle::Question,
            Some('?') => PlaceholderStyle::QuestionNumber,
            Some('$') if dialect.dollar_number_placeholders => PlaceholderStyle::DollarNumber,
            Some('$') => PlaceholderStyle::Dollar,
            Some('@') => PlaceholderStyle::At,
            Some('#') => PlaceholderStyle::Hash,
            _ => PlaceholderStyle::Colon,
        };
        let ordinal = match style {
            PlaceholderStyle::DollarNumber | PlaceholderStyle::QuestionNumber => number.unwrap_or(u32::MAX),
            PlaceholderStyle::Question => highest.saturating_add(1),
            _ => *named.entry(written).or_insert_with(|| highest.saturating_add(1)),
        };
        highest = highest.max(ordinal);
        found.push(Placeholder { name: written.to_owned(), style, span: token.span, ordinal });
    }
    found
}

/// The variables that a batch uses and does not declare, nor names as arguments of a procedure.
fn undeclared(nodes: &Nodes<'_>) -> Vec<Placeholder> {
    let mut declared: std::collections::HashSet<String> = std::collections::HashSet::new();
    let mut used: Vec<(&str, Span)> = Vec::new();
    let (mut declares, mut executes) = (false, false);
    for at in 0..nodes.len() {
        if let Some(word) = nodes.word(at) {
            let verb = nodes.dialect.command_class(word).is_some();
            declares = nodes.is(at, "DECLARE") || (declares && !verb);
            executes = nodes.is_any(at, &["EXEC", "EXECUTE"]) || (executes && !verb);
        }
        if nodes.is_kind(at, TokenKind::Semicolon) {
            (declares, executes) = (false, false);
        }
        if !nodes.is_kind(at, TokenKind::Variable) {
            continue;
        }
        // `@x.value('…')` is a method of the variable.
        let span = nodes.span(at);
        let name = nodes.raw(at).split('.').next().unwrap_or_default();
        let before = at.wrapping_sub(1);
        if name.starts_with("@@") || (executes && nodes.is_operator(at + 1, "=")) {
            continue;
        }
        if declares && (nodes.is(before, "DECLARE") || nodes.is_kind(before, TokenKind::Comma)) {
            declared.insert(name.to_ascii_lowercase());
        } else {
            used.push((name, Span::new(span.start, span.start + name.len())));
        }
    }
    let mut found: Vec<Placeholder> = Vec::new();
    let mut ordinals: std::collections::HashMap<String, u32> = std::collections::HashMap::new();
    for (name, span) in used {
        let folded = name.to_ascii_lowercase();
        if declared.contains(&folded) {
            continue;
        }
        let next = u32::try_from(ordinals.len()).unwrap_or(u32::MAX).saturating_add(1);
        let ordinal = *ordinals.entry(folded).or_insert(next);
        found.push(Placeholder { name: name.to_owned(), style: PlaceholderStyle::At, span, ordinal });
    }
    found
}

fn owns_its_parameters(nodes: &Nodes<'_>) -> bool {
    if nodes.dialect.dollar_number_placeholders && nodes.is(0, "PREPARE") {
        return true;
    }
    let kind = nodes.skip_words(1, &["OR", "REPLACE", "ALTER"]);
    let alters = nodes.dialect.batches && nodes.is(0, "ALTER");
    (nodes.is(0, "CREATE") || alters) && nodes.is_any(kind, &["FUNCTION", "PROCEDURE", "PROC", "TRIGGER"])
}
