//! From a person's statement to the one that asks for its plan; what is refused, and what is asked first.

use driver::{ExplainOptions, ExplainQuestion, Language, Transaction, Undo};
use sha2::{Digest as _, Sha256};
use sql::{Class, Classification, StatementKind};

use super::{Place, Wanted};
use crate::{
    api::*,
    runs::{Sent, prepare},
    text::Positions,
};

/// What comes before anything is sent.
pub(super) enum Asked {
    /// A person has to say yes.
    Question(PlanQuestion),
    /// It can be sent.
    Ready(Box<Ready>),
}

/// A statement that asks for a plan, ready to be sent.
pub(super) struct Ready {
    pub(super) sent: Sent,
    pub(super) question: ExplainQuestion,
    pub(super) undo: Option<Undo>,
    /// The explained statement.
    pub(super) statement: String,
    /// The byte of the person's text at which it begins.
    start: usize,
    /// What becomes of what it changes.
    pub(super) undone: Option<String>,
}

impl Ready {
    /// A byte of what was sent as a byte of the person's text.
    pub(super) fn place(&self, byte: usize) -> usize {
        place(self.start, self.question.shift, self.statement.len(), byte)
    }

    /// A driver's error, placed in the person's text.
    pub(super) fn located(&self, error: driver::Error, text: &str) -> AppError {
        let range = error.span.map(|span| Positions::new(text).range(self.place(span.start), self.place(span.end)));
        AppError { range, ..AppError::from(error) }
    }
}

fn place(start: usize, shift: usize, length: usize, byte: usize) -> usize {
    start.saturating_add(byte.saturating_sub(shift).min(length))
}

fn refused(message: impl Into<String>, hint: &str) -> AppError {
    AppError::new(ErrorCode::Unsupported, message).with_hint(hint)
}

/// The one statement of a text, what it would do, and where it begins; without an `EXPLAIN` in front of it.
fn explained(text: &str, language: &Language) -> Result<(String, Classification, usize), AppError> {
    let pieces = language.split(text);
    let piece = match pieces.as_slice() {
        [] => return Err(refused("There is no statement here.", "Put the caret into the statement to explain.")),
        [piece] => piece,
        several => {
            let message = format!("Only one statement can be explained at a time; these are {}.", several.len());
            return Err(refused(message, "Put the caret into one of them, or select one."));
        }
    };
    if piece.kind == StatementKind::ClientCommand {
        return Err(refused("A command of a terminal client has no plan.", "Explain a query, or a change of rows."));
    }
    let whole = piece.text(text);
    let answer = language.classify(whole);
    let inner = answer.effect.explain.map_or(0, |explain| explain.statement);
    let Some(statement) = whole.get(inner..).filter(|rest| !rest.trim().is_empty()) else {
        return Err(refused("There is no statement here.", "Put the caret into the statement to explain."));
    };
    let answer = if inner > 0 { language.classify(statement) } else { answer };
    Ok((statement.to_owned(), answer, piece.span.start + inner))
}

impl Place<'_> {
    /// Looks at what is asked for.
    pub(super) async fn ready(&self, wanted: &Wanted<'_>) -> Result<Asked, AppError> {
        let language = &self.opened.language;
        let control = self.opened.connection.control();
        let Some(explain) = control.explain() else {
            return Err(refused("This server does not tell its plans.", "Its own client may know more."));
        };
        let (statement, answer, start) = explained(wanted.text, language)?;
        if answer.class == Class::Transaction {
            let message = format!("{} has no plan.", answer.effect.command);
            return Err(refused(message, "Explain a query, or a change of rows."));
        }
        let question = explain.ask(&statement, ExplainOptions { analyze: wanted.analyze })?;
        let ready = |byte: usize| place(start, question.shift, statement.len(), byte);
        if self.connected.read_only
            && let Err(refusal) = language.read_only_verdict(&question.text)
        {
            let hint = match wanted.analyze {
                true => "Explain it without running it: that only plans.",
                false => "Change the connection's safety level to allow writes.",
            };
            let what = if refusal.command.is_empty() { "The statement".to_owned() } else { refusal.command };
            let range = Positions::new(wanted.text).range(ready(refusal.span.start), ready(refusal.span.end));
            return Err(AppError {
                range: Some(range),
                ..AppError::new(ErrorCode::Forbidden, format!("{what} was not sent: {}.", refusal.reason))
                    .with_hint(hint)
            });
        }
        let transaction = self.session.state().borrow().transaction;
        if transaction == Transaction::Failed {
            return Err(AppError::new(
                ErrorCode::Conflict,
                "The open transaction has failed: nothing can be explained in it.",
            )
            .with_hint("Roll it back first."));
        }
        let quiet = answer.class == Class::Read && answer.effect.calls.is_empty() && answer.effect.locks_rows.is_none();
        let mut undo = None;
        let mut undone = None;
        if wanted.analyze && !quiet && !self.connected.read_only {
            undo = Some(self.undo(explain, &answer, transaction).await?);
            if answer.class.is_write() {
                let asked = self.question(&answer, explain.not_undone(), transaction, wanted);
                if wanted.confirmed != Some(asked.digest.as_str()) {
                    return Ok(Asked::Question(asked));
                }
            }
            let how = match transaction {
                Transaction::Idle => "It was run in a transaction of its own, which was rolled back.",
                _ => "It was run behind a savepoint and taken back; your transaction is still open.",
            };
            undone = Some(format!("{how} {}", explain.not_undone()));
        } else if transaction == Transaction::Open && self.connected.driver.limits().cancel_fails_transaction {
            // What goes wrong with a plan must not take the person's transaction with it.
            undo = explain.undo(transaction);
        }
        let pieces = language.split(&question.text);
        let [piece] = pieces.as_slice() else {
            return Err(refused("This statement cannot be explained.", "Explain a query, or a change of rows."));
        };
        let sent = prepare(&question.text, piece, language, wanted.parameters, wanted.timeout).map_err(|error| {
            let (asked, own) = (Positions::new(&question.text), Positions::new(wanted.text));
            let range = error
                .range
                .map(|range| own.range(ready(asked.byte(range.from as usize)), ready(asked.byte(range.to as usize))));
            AppError { range, ..error }
        })?;
        Ok(Asked::Ready(Box::new(Ready { sent, undo, undone, start, question, statement })))
    }

    fn question(
        &self,
        answer: &Classification,
        not_undone: &str,
        transaction: Transaction,
        wanted: &Wanted<'_>,
    ) -> PlanQuestion {
        let profile = &self.connected.profile;
        let command = match answer.effect.command.as_str() {
            "" => "statement",
            command => command,
        };
        let unknown = match answer.class {
            Class::Unknown => "What it does cannot be told from its text. ",
            _ => "",
        };
        let how = match transaction {
            Transaction::Idle => {
                "It is run in a transaction of its own that is rolled back at once: no row stays changed. Until then its \
                 locks hold and its triggers fire."
            }
            _ => {
                "It is run behind a savepoint of your open transaction and taken back: no row stays changed. Its triggers \
                 fire, and locks may stay until your transaction ends."
            }
        };
        PlanQuestion {
            digest: self.digest(wanted, transaction),
            title: format!("Run this {command} to measure it?"),
            description: format!("{unknown}{how} {not_undone}").trim_end().to_owned(),
            confirm: "Run and roll back".to_owned(),
            connection: profile.name.clone(),
            production: profile.environment == Environment::Production,
        }
    }

    fn digest(&self, wanted: &Wanted<'_>, transaction: Transaction) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        let profile = &self.connected.profile;
        add(&profile.id);
        add(&profile.target);
        add(self.session.state().borrow().database.as_deref().unwrap_or_default());
        add(if transaction == Transaction::Idle { "alone" } else { "inside" });
        add(wanted.text);
        for ParameterValue { name, value } in wanted.parameters {
            add(name);
            add(if value.is_some() { "value" } else { "null" });
            add(value.as_deref().unwrap_or_default());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
