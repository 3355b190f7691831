//! Prints the plan of a statement; measures it where that is asked for and can be undone.

use std::sync::Arc;

use app::{
    App,
    api::{AppError, ErrorCode, ExplainedPlan, PlanAnswer, PlanQuestion},
};

use crate::{
    arguments::{Explain, PlanFormat},
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    output, prompt, query,
    say::{self, Script, clean},
    target,
};

/// Explains the statement a command names.
pub(crate) async fn run(app: &Arc<App>, explain: &Explain, interrupt: &Interrupt) -> Outcome {
    let opening = target::open(app, &explain.target, explain.read_only, explain.password);
    let terminal = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        opened = opening => opened?,
    };
    let (name, text) = query::script_text(explain.command.as_deref(), explain.file.as_deref()).await?;
    let secrets = terminal.secrets(&text);
    let script = Script { name: &name, text: &text, secrets: &secrets };
    let parameters = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        parameters = query::parameters(app, &explain.parameters, &terminal, &text) => parameters?,
    };
    let session = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        session = terminal.session() => session.map_err(Failure::connecting)?,
    };
    let ask = async |confirmed: Option<String>| {
        let asked = session.explain(
            &text,
            &parameters,
            explain.analyze,
            confirmed.as_deref(),
            explain.timeout,
            interrupt.asked(),
        );
        asked.await.map_err(|error| failed(error, terminal.read_only(), interrupt))
    };
    let mut answer = ask(None).await;
    if let Ok(PlanAnswer::Confirm { question }) = &answer {
        answer = match consent(question, explain.yes).await {
            Ok(()) => ask(Some(question.digest.clone())).await,
            Err(failure) => Err(failure),
        };
    }
    session.close().await;
    let done = match answer {
        Ok(PlanAnswer::Explained { plan }) => print(explain, &plan),
        // The transaction it stands in changed between the question and the yes.
        Ok(PlanAnswer::Confirm { .. }) => Err(declined()),
        Err(failure) => Err(failure),
    };
    query::told_in(done, &script)
}

fn failed(error: AppError, read_only: bool, interrupt: &Interrupt) -> Failure {
    match error.code {
        ErrorCode::Cancelled if interrupt.is_asked() => Failure::interrupted(),
        // Refused before anything was sent: what is asked for is not to be had.
        ErrorCode::Unsupported if error.native.is_none() => Failure::new(Exit::Usage, error),
        _ => Failure::statement(error, read_only),
    }
}

async fn consent(question: &PlanQuestion, yes: bool) -> Outcome {
    if yes {
        return Ok(());
    }
    if !prompt::is_possible() {
        let message = "Nothing was run: a person says yes before a statement that writes is run to be measured, and nobody \
                       can be asked here.";
        let error = AppError::new(ErrorCode::Forbidden, message).with_hint("Say it again with --yes.");
        return Err(Failure::new(Exit::Refused, error));
    }
    say::line(&clean(&question.title));
    let production = if question.production { ", which is production" } else { "" };
    say::line(&format!("  on {}{production}", clean(&question.connection)));
    say::line(&format!("  {}", clean(&question.description)));
    let answer = prompt::value("Go on? [y/N] ").await.unwrap_or_default();
    if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) { Ok(()) } else { Err(declined()) }
}

fn declined() -> Failure {
    Failure::new(Exit::Refused, AppError::new(ErrorCode::Forbidden, "Nothing was run: it was not confirmed."))
}

fn print(explain: &Explain, plan: &ExplainedPlan) -> Outcome {
    for notice in &plan.notices {
        say::line(&format!("{}: {}", clean(&notice.label), clean(&notice.message)));
    }
    for warning in &plan.warnings {
        say::line(&format!("warning: {}", clean(warning)));
    }
    if let Some(undone) = &plan.undone {
        say::line(&clean(undone));
    }
    let text = match explain.format {
        PlanFormat::Text => plan.outline.clone(),
        PlanFormat::Json => {
            // The outline is the other format; what is kept where is this computer's.
            let mut value = serde_json::to_value(plan).map_err(|_| {
                Failure::new(Exit::Local, AppError::new(ErrorCode::Internal, "The plan could not be written."))
            })?;
            if let Some(object) = value.as_object_mut() {
                for key in ["outline", "id", "not_kept", "digest", "notices", "profile_id"] {
                    object.remove(key);
                }
            }
            format!("{value:#}\n")
        }
    };
    output::print(explain.output.as_deref(), &text)
}
