//! Saved queries from the terminal: listed, shown, run, and kept in a folder of files.

use std::{io::Write, path::Path, sync::Arc};

use app::{
    App,
    api::{AppError, ErrorCode, SavedFilter, SavedHead, SavedQuery},
};

use crate::{
    arguments::{ListFormat, Query, Saved, SavedRun},
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    output::Output,
    query,
    say::{self, clean},
    table,
};

/// Does what a command about saved queries names.
pub(crate) async fn run(app: &Arc<App>, command: Saved, interrupt: &Interrupt) -> Outcome {
    let done = async {
        match command {
            Saved::List { words, folder, tags, format } => {
                let filter = SavedFilter { text: words.join(" "), folder, tags };
                list(app, filter, format).await
            }
            Saved::Show { name, format } => show(app, &name, format).await,
            Saved::Import { folder, into, replace } => import(app, &folder, into, replace).await,
            Saved::Export { folder, from } => export(app, &folder, from).await,
            // A run has its own way to stop: something may be running on a server.
            Saved::Run(saved) => return run_one(app, *saved, interrupt).await,
        }
    };
    done.await
}

async fn list(app: &App, filter: SavedFilter, format: ListFormat) -> Outcome {
    let found = app.saved_queries(filter).await.map_err(told)?.queries;
    let names = connections(app).await?;
    let mut output = Output::open(None)?;
    let text = match format {
        ListFormat::Json => {
            let mut json = serde_json::to_string_pretty(&found)
                .map_err(|error| Failure::new(Exit::Local, AppError::new(ErrorCode::Internal, error.to_string())))?;
            json.push('\n');
            json
        }
        ListFormat::Table => {
            let rows: Vec<Vec<String>> = found
                .iter()
                .map(|head| {
                    let connection = names.iter().find(|(id, _)| Some(id) == head.profile_id.as_ref());
                    let meant = connection.map(|(_, name)| name.clone()).or_else(|| head.driver.clone());
                    vec![path(head), head.tags.join(", "), meant.unwrap_or_default(), head.excerpt.clone()]
                })
                .collect();
            table::aligned(&["NAME", "TAGS", "FOR", "TEXT"], &rows)
        }
    };
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    output.finish()
}

async fn show(app: &App, name: &str, format: ListFormat) -> Outcome {
    let saved = app.saved_named(name).await.map_err(told)?;
    let mut output = Output::open(None)?;
    let text = match format {
        ListFormat::Json => {
            let mut json = serde_json::to_string_pretty(&saved)
                .map_err(|error| Failure::new(Exit::Local, AppError::new(ErrorCode::Internal, error.to_string())))?;
            json.push('\n');
            json
        }
        // The text as it is, so that it can be piped into another client.
        ListFormat::Table if saved.text.ends_with('\n') => saved.text,
        ListFormat::Table => format!("{}\n", saved.text),
    };
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    output.finish()
}

async fn run_one(app: &Arc<App>, run: SavedRun, interrupt: &Interrupt) -> Outcome {
    let SavedQuery { head, text } = app.saved_named(&run.name).await.map_err(told)?;
    let target = match &run.on {
        Some(target) => target.clone(),
        None => {
            let own = connections(app).await?.into_iter().find(|(id, _)| Some(id) == head.profile_id.as_ref());
            own.map(|(_, name)| name).ok_or_else(|| {
                Failure::usage(
                    format!("“{}” is for no saved connection.", path(&head)),
                    "Say where to run it: --on CONNECTION.",
                )
            })?
        }
    };
    // It may still be meant: the server will say what it does not understand.
    if let (Some(engine), Ok(found)) = (&head.driver, app.resolve_target(&target).await)
        && *engine != found.profile.driver
    {
        say::line(&format!(
            "warning: “{}” is written for {}, and this is {}",
            clean(&path(&head)),
            clean(engine),
            clean(&found.profile.driver_label)
        ));
    }
    let query = Query {
        target,
        command: Some(text),
        file: None,
        format: run.format,
        output: run.output,
        read_only: run.read_only,
        yes: run.yes,
        timeout: run.timeout,
        result: run.result,
        parameters: run.parameters,
        acting: None,
        quiet: run.quiet,
        password: run.password,
    };
    query::run(app, &query, interrupt).await
}

async fn import(app: &App, folder: &Path, into: Option<String>, replace: bool) -> Outcome {
    let done = app.import_saved(folder, into, replace).await.map_err(told)?;
    for (what, names) in [("added", &done.added), ("replaced", &done.updated), ("differs", &done.differing)] {
        for name in names {
            say::line(&format!("{what}: {}", clean(name)));
        }
    }
    for skipped in &done.skipped {
        say::line(&format!("left out: {}: {}", clean(&skipped.path), clean(&skipped.reason)));
    }
    let counts = [
        (done.added.len(), "added"),
        (done.updated.len(), "replaced"),
        (done.unchanged as usize, "unchanged"),
        (done.differing.len(), "kept though the file differs"),
        (done.skipped.len(), "left out"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    say::line(&if words.is_empty() { "There are no .sql files.".to_owned() } else { words.join(", ") });
    if done.differing.is_empty() {
        return Ok(());
    }
    let error = AppError::new(
        ErrorCode::Conflict,
        format!("{} saved queries say something else than their files, and were kept.", done.differing.len()),
    );
    Err(Failure::new(Exit::Local, error.with_hint("Import again with --replace to take the files' texts.")))
}

async fn export(app: &App, folder: &Path, from: Option<String>) -> Outcome {
    let done = app.export_saved(from, folder).await.map_err(told)?;
    say::line(&format!("{} written, {} unchanged", done.written, done.unchanged));
    Ok(())
}

/// The saved connections: id and name.
async fn connections(app: &App) -> Outcome<Vec<(String, String)>> {
    let profiles = app.profiles().await.map_err(Failure::local)?;
    Ok(profiles.into_iter().map(|profile| (profile.id, profile.name)).collect())
}

fn path(head: &SavedHead) -> String {
    if head.folder.is_empty() { head.name.clone() } else { format!("{}/{}", head.folder, head.name) }
}

/// What was named wrongly is wrong use; the rest is local.
fn told(error: AppError) -> Failure {
    match error.code {
        ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::InvalidStatement => Failure::new(Exit::Usage, error),
        _ => Failure::local(error),
    }
}
