//! Runs a script and prints what comes back, as it comes.

mod consent;
mod script;
mod stream;

use std::{path::Path, sync::Arc, time::Duration};

use app::{
    App,
    api::{AppError, ErrorCode, ParameterValue, StatementMark},
    terminal::{Terminal, TerminalSession},
};
use driver::Transaction;

use crate::{
    arguments::{Query, RowFormat},
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    output::Output,
    prompt,
    say::{self, Script},
    target,
};
pub(crate) use script::read as script_text;
use stream::Stream;

/// How long a server is given to confirm that it stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs what a query command names.
pub(crate) async fn run(app: &Arc<App>, query: &Query, interrupt: &Interrupt) -> Outcome {
    // The password is the first line of standard input, the script may be the rest of it.
    let opening = target::open(app, &query.target, query.read_only, query.password);
    let terminal = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        opened = opening => opened?,
    };
    let (name, text) = script::read(query.command.as_deref(), query.file.as_deref()).await?;
    let secrets = terminal.secrets(&text);
    let script = Script { name: &name, text: &text, secrets: &secrets };
    let (pieces, marks) = terminal.split(&text);
    require_one_result(query, &script, &marks)?;
    let parameters = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        parameters = parameters(app, &query.parameters, &terminal, &text) => parameters?,
    };
    let session = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        session = terminal.session() => session.map_err(Failure::connecting)?,
    };
    let session = act_as(session, query.acting.as_deref()).await?;
    let role = session.acting().and_then(|actor| actor.role.clone());
    tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        agreed = consent::obtain(&session, &script, &parameters, query.yes) => agreed?,
    };
    let output = Output::open(query.output.as_deref())?;
    let file = query.output.as_deref().filter(|file| *file != Path::new("-"));
    let session = match file {
        Some(file) => session.writing_to(file),
        None => session,
    };
    let mut stream = Stream::new(query, &terminal, output).acting_as(role);
    let mut done = Ok(());
    // A batch with `GO 3` behind it is sent that often.
    let sent = pieces.iter().flat_map(|piece| std::iter::repeat_n(piece, piece.repeats as usize));
    for piece in sent {
        if interrupt.is_asked() {
            done = Err(Failure::interrupted());
            break;
        }
        let started = session.start(&text, piece, &parameters, query.timeout).await;
        done = match started {
            Ok(started) => stream.one(started, &script, interrupt, terminal.read_only()).await,
            Err(error) => Err(Failure::statement(error, terminal.read_only())),
        };
        if done.is_err() {
            break;
        }
    }
    say_open_transaction(&session, &done);
    session.close().await;
    let done = match done {
        Ok(()) => stream.finish(pieces.len()),
        Err(failure) => {
            drop(stream);
            Err(failure)
        }
    };
    told_in(done, &script)
}

/// Says how a script failed, with the place in it.
pub(crate) fn told_in(done: Outcome, script: &Script<'_>) -> Outcome {
    done.map_err(|failure| told(failure, script))
}

/// Says an error with its place in the script, which only this command knows.
fn told(failure: Failure, script: &Script<'_>) -> Failure {
    if let Some(error) = &failure.error {
        say::error(error, Some(script));
    }
    Failure::silent(failure.exit)
}

/// Lets the session act as somebody.
pub(crate) async fn act_as<'a>(session: TerminalSession<'a>, actor: Option<&str>) -> Outcome<TerminalSession<'a>> {
    session.acting_as(actor).await.map_err(|error| match error.code {
        ErrorCode::InvalidStatement | ErrorCode::Unsupported => Failure::new(Exit::Usage, error),
        _ => Failure::local(error),
    })
}

/// A script that leaves its transaction open loses it: that must not happen in silence.
fn say_open_transaction(session: &TerminalSession<'_>, done: &Outcome) {
    let open = session.state().transaction != Transaction::Idle;
    if open && done.is_ok() {
        say::line("warning: the script ended inside a transaction, which was rolled back; end it with COMMIT");
    }
}

/// CSV and JSON hold one result set: a script with several has to say which.
fn require_one_result(query: &Query, script: &Script<'_>, marks: &[StatementMark]) -> Outcome {
    let one = matches!(query.format, RowFormat::Csv | RowFormat::Json);
    if !one || query.result.is_some() {
        return Ok(());
    }
    let positions = app::Positions::new(script.text);
    let place =
        |mark: &StatementMark| (positions.byte(mark.range.from as usize), positions.byte(mark.range.to as usize));
    let gives: Vec<_> = marks
        .iter()
        .filter(|mark| {
            let (from, to) = place(mark);
            mark.class == "read" || has_word(script.text.get(from..to).unwrap_or(""), "returning")
        })
        .collect();
    if gives.len() < 2 {
        return Ok(());
    }
    let mut list = String::new();
    for (index, mark) in gives.iter().take(20).enumerate() {
        let line = script.text.get(..place(mark).0).unwrap_or("").matches('\n').count() + 1;
        list.push_str(&format!("\n  --result {}  line {line}  {}", index + 1, mark.title));
    }
    if gives.len() > 20 {
        list.push_str(&format!("\n  … and {} more", gives.len() - 20));
    }
    let message = format!("The script gives {} result sets, and {} holds one.", gives.len(), query.format.name());
    Err(Failure::usage(message, &format!("Choose one, or use --format ndjson or table. Nothing was run.{list}")))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found.eq_ignore_ascii_case(word))
}

/// The values of the placeholders: those that were given, and on a terminal the others are asked for.
pub(crate) async fn parameters(
    app: &App,
    given: &[(String, Option<String>)],
    terminal: &Terminal,
    text: &str,
) -> Outcome<Vec<ParameterValue>> {
    let outline = app.outline(&terminal.profile().driver, text).map_err(Failure::connecting)?;
    let mut values = Vec::with_capacity(outline.placeholders.len());
    for (name, value) in given {
        // A value for a placeholder the text does not have is a slip of the pen, and must not pass unseen.
        if !outline.placeholders.iter().any(|placeholder| placeholder.name == *name) {
            let names: Vec<_> = outline.placeholders.iter().map(|placeholder| placeholder.text.as_str()).collect();
            let hint = match names.is_empty() {
                true => "The text has no placeholders.".to_owned(),
                false => format!("The text has {}.", names.join(", ")),
            };
            return Err(Failure::usage(format!("There is no placeholder for --param {name}."), &hint));
        }
        values.push(ParameterValue { name: name.clone(), value: value.clone() });
    }
    for placeholder in &outline.placeholders {
        if values.iter().any(|given| given.name == placeholder.name) {
            continue;
        }
        // Where nobody can be asked, the statement that wants it says so, with its place.
        let Some(value) = prompt::value(&format!("Value of {}: ", placeholder.text)).await else { continue };
        values.push(ParameterValue { name: placeholder.name.clone(), value: Some(value) });
    }
    Ok(values)
}

/// The error for a result set that one output cannot hold.
fn second_result(format: RowFormat) -> Failure {
    let message = format!("A second result set came, and {} holds one; only the first was written.", format.name());
    let error = AppError::new(ErrorCode::Unsupported, message)
        .with_hint("Choose one with --result N, or use --format ndjson or table.");
    Failure::new(Exit::Usage, error)
}
