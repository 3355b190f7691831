//! From a piece of a script to what is sent.

use std::{sync::Arc, time::Duration};

use driver::{CopyFeed, Language, Parameter, Secret, Statement};
use sql::{Class, Classification, PlaceholderStyle, StatementKind};

use super::client_copy;
use crate::{
    api::{AppError, ErrorCode, ParameterValue},
    connections::dialect_of,
    text::Positions,
};

/// A statement ready to be sent, and how its positions become positions of the script.
pub(crate) struct Sent {
    pub(crate) statement: Statement,
    pub(crate) answer: Classification,
    /// Byte of the script at which the text begins.
    base: usize,
    /// Of a client's `\copy`: what was sent differs from what was written.
    shifts: Option<client_copy::Shifts>,
}

impl Sent {
    /// A driver's error, placed in the script.
    pub(crate) fn located(&self, error: driver::Error, positions: &Positions<'_>) -> AppError {
        let range = error.span.map(|span| positions.range(self.place(span.start), self.place(span.end)));
        AppError { range, ..AppError::from(error) }
    }

    /// The byte of the script for a byte of what was sent.
    pub(crate) fn place(&self, byte: usize) -> usize {
        self.base.saturating_add(self.shifts.as_ref().map_or(byte, |shifts| shifts.written(byte)))
    }
}

/// Prepares one statement of a script.
///
/// # Errors
/// `InvalidStatement` for a placeholder without a value or a `\copy` that cannot be read; `Unsupported` for other
/// commands of terminal clients.
pub(crate) fn prepare(
    script: &str,
    piece: &sql::Statement,
    language: &Language,
    values: &[ParameterValue],
    timeout: Option<Duration>,
) -> Result<Sent, AppError> {
    let text = piece.text(script);
    let answer = language.classify(text);
    let base = piece.span.start;
    if piece.kind == StatementKind::ClientCommand {
        let positions = Positions::new(script);
        let here =
            |error: AppError| AppError { range: Some(positions.range(piece.span.start, piece.span.end)), ..error };
        let copy = client_copy::read(text, dialect_of(language)?).map_err(here)?;
        let mut statement = Statement::new(copy.sent);
        statement.copy = copy.feed;
        statement.timeout = timeout;
        return Ok(Sent { statement, answer, base, shifts: Some(copy.shifts) });
    }
    let mut statement = Statement::new(Arc::<str>::from(text));
    if let Some(data) = piece.data(script) {
        statement.copy = CopyFeed::Bytes(data.as_bytes().into());
    }
    statement.timeout = timeout;
    for placeholder in language.placeholders(text) {
        let name = parameter_name(&placeholder);
        if statement.parameters.iter().any(|known| known.name == name) {
            continue;
        }
        let Some(given) = values.iter().find(|value| value.name == name) else {
            let span = placeholder.span.shifted(base);
            return Err(AppError {
                range: Some(Positions::new(script).range(span.start, span.end)),
                ..AppError::new(ErrorCode::InvalidStatement, format!("{} has no value.", placeholder.name))
                    .with_hint("Give a value for every placeholder, or NULL.")
            });
        };
        statement.parameters.push(Parameter { name, value: given.value.clone().map(Secret::new) });
    }
    Ok(Sent { statement, answer, base, shifts: None })
}

/// A placeholder's name as drivers and faces know it: without its sigil, counted where it has no name.
pub(crate) fn parameter_name(placeholder: &sql::Placeholder) -> String {
    match placeholder.style {
        PlaceholderStyle::Question | PlaceholderStyle::QuestionNumber | PlaceholderStyle::DollarNumber => {
            placeholder.ordinal.to_string()
        }
        _ => placeholder.name.chars().skip(1).collect(),
    }
}

/// Refuses a text a read-only connection must not send.
///
/// # Errors
/// `Forbidden`, with what refused and why. `base` is where the text begins in `positions`' text.
pub(crate) fn guard(text: &str, language: &Language, positions: &Positions<'_>, base: usize) -> Result<(), AppError> {
    let Err(refusal) = language.read_only_verdict(text) else { return Ok(()) };
    let what = if refusal.command.is_empty() { "The statement".to_owned() } else { refusal.command };
    let span = refusal.span.shifted(base);
    Err(AppError {
        range: Some(positions.range(span.start, span.end)),
        ..AppError::new(ErrorCode::Forbidden, format!("{what} was not sent: {}.", refusal.reason))
            .with_hint("Change the connection's safety level to allow writes.")
    })
}

/// The word for a class, as faces know it.
pub(crate) fn class_word(class: Class) -> &'static str {
    match class {
        Class::Read => "read",
        Class::Session => "session",
        Class::Transaction => "transaction",
        Class::Write => "write",
        Class::Ddl => "ddl",
        Class::Unknown => "unknown",
    }
}
