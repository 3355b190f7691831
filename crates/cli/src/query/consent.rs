//! The yes of a person before a script changes the whole of something.

use app::{
    api::{AppError, ErrorCode, ParameterValue, RunConsent, SweepQuestion},
    terminal::TerminalSession,
};

use crate::{
    failure::{Exit, Failure, Outcome},
    prompt,
    say::{self, Script, clean},
};

/// Asks, unless there is nothing to ask or `--yes` has answered it.
pub(super) async fn obtain(
    session: &TerminalSession<'_>,
    script: &Script<'_>,
    parameters: &[ParameterValue],
    yes: bool,
) -> Outcome {
    let asked = |consent: Option<RunConsent>| async move {
        session.question(script.text, parameters, consent.as_ref()).await.map_err(refused)
    };
    let Some(question) = asked(None).await? else { return Ok(()) };
    let typed = match (yes, &question.typed) {
        (true, typed) => typed.clone(),
        (false, _) if !prompt::is_possible() => return Err(nobody(&question)),
        (false, Some(name)) => {
            tell(&question, script);
            let said = format!("Type {} to go on: ", clean(name));
            Some(prompt::value(&said).await.filter(|given| given.trim() == name).ok_or_else(declined)?)
        }
        (false, None) => {
            tell(&question, script);
            let answer = prompt::value("Go on? [y/N] ").await.unwrap_or_default();
            if !["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
                return Err(declined());
            }
            None
        }
    };
    match asked(Some(RunConsent { digest: question.digest.clone(), typed })).await? {
        None => Ok(()),
        Some(_) => Err(declined()),
    }
}

fn tell(question: &SweepQuestion, script: &Script<'_>) {
    say::line(&clean(&question.title));
    let connection = clean(&question.connection);
    let production = if question.production { ", which is production" } else { "" };
    say::line(&format!("  on {connection}{production}"));
    lines(question, script).iter().for_each(|line| say::line(line));
}

fn lines(question: &SweepQuestion, script: &Script<'_>) -> Vec<String> {
    let positions = app::Positions::new(script.text);
    let mut lines = Vec::new();
    for change in &question.changes {
        let before = script.text.get(..positions.byte(change.range.from as usize)).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let targets = change.targets.iter().map(|target| match &target.rows {
            Some(rows) => format!("{} ({rows})", clean(&target.name)),
            None => clean(&target.name).into_owned(),
        });
        let targets = targets.collect::<Vec<_>>().join(", ");
        lines.push(format!("  line {line}: {} {targets}", clean(&change.action)));
        lines.push(format!("    {}", clean(&change.way_back_words)));
    }
    if question.more > 0 {
        lines.push(format!("  … and {} more", say::grouped(question.more.into())));
    }
    lines
}

fn declined() -> Failure {
    let error = AppError::new(ErrorCode::Forbidden, "Nothing was run: it was not confirmed.");
    Failure::new(Exit::Refused, error)
}

fn nobody(question: &SweepQuestion) -> Failure {
    let what: Vec<String> = question
        .changes
        .iter()
        .take(5)
        .map(|change| {
            let names: Vec<&str> = change.targets.iter().map(|target| target.name.as_str()).collect();
            format!("{} of {}", change.action.trim_end_matches(" of every row"), names.join(", "))
        })
        .collect();
    let more = if question.changes.len() > 5 { ", …" } else { "" };
    let message = format!(
        "Nothing was run: a person says yes before a whole table is changed or something is dropped ({}{more}), and nobody \
         can be asked here.",
        what.join("; ")
    );
    Failure::new(Exit::Refused, AppError::new(ErrorCode::Forbidden, message).with_hint("Say it again with --yes."))
}

fn refused(error: AppError) -> Failure {
    match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Refused, error),
        _ => Failure::connecting(error),
    }
}
