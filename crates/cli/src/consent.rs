//! The yes of a person before a change that the core asks about.

use app::api::{AppError, ErrorCode, RunConsent, SweepQuestion};

use crate::{
    failure::{Exit, Failure, Outcome},
    prompt,
    say::{self, clean},
};

/// Asks, unless `--yes` has answered it; `what` says what is asked about: `row security is changed`.
pub(crate) async fn obtain(question: &SweepQuestion, yes: bool, what: &str) -> Outcome<RunConsent> {
    let agreed = |typed: Option<String>| RunConsent { digest: question.digest.clone(), typed };
    if yes {
        return Ok(agreed(question.typed.clone()));
    }
    if !prompt::is_possible() {
        let message = format!(
            "Nothing was applied: a person says yes before {what} on this connection, and nobody can be asked here."
        );
        let error = AppError::new(ErrorCode::Forbidden, message).with_hint("Say it again with --yes.");
        return Err(Failure::new(Exit::Refused, error));
    }
    let production = if question.production { ", which is production" } else { "" };
    say::line(&clean(&question.title));
    say::line(&format!("  on {}{production}", clean(&question.connection)));
    match &question.typed {
        Some(name) => {
            let given = prompt::value(&format!("Type {} to go on: ", clean(name))).await.unwrap_or_default();
            if given.trim() == name { Ok(agreed(Some(given))) } else { Err(declined()) }
        }
        None => {
            let given = prompt::value("Go on? [y/N] ").await.unwrap_or_default();
            let is_yes = ["y", "yes"].contains(&given.trim().to_ascii_lowercase().as_str());
            if is_yes { Ok(agreed(None)) } else { Err(declined()) }
        }
    }
}

pub(crate) fn declined() -> Failure {
    Failure::new(Exit::Refused, AppError::new(ErrorCode::Forbidden, "Nothing was applied: it was not confirmed."))
}
