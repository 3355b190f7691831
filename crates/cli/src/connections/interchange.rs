//! Connections to and from files: a team's repository, other tools.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use app::{
    App,
    api::{AppError, ErrorCode, FoundConnection, FoundStatus, ImportKind, ImportPreview, ImportRequest},
};

use super::named;
use crate::{
    arguments::ImportSource,
    failure::{Exit, Failure, Outcome},
    output::Output,
    prompt, say,
};

/// What to import, and how.
pub(super) struct Import {
    pub(super) file: Option<PathBuf>,
    pub(super) from: Option<ImportSource>,
    pub(super) dry_run: bool,
    pub(super) with_passwords: bool,
    pub(super) duplicates: bool,
    pub(super) group: Option<String>,
}

/// Writes saved connections, without secrets.
pub(super) async fn export(app: &App, names: &[String], to: Option<&Path>) -> Outcome {
    let folder = to
        .filter(|to| *to != Path::new("-"))
        .and_then(|to| std::path::absolute(to).ok())
        .and_then(|to| to.parent().map(Path::to_owned));
    let text = app.export_connections(names, folder.as_deref()).await.map_err(Failure::local)?;
    let mut output = Output::open(to)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    output.finish()
}

/// Reads a file, says what it holds, and saves it unless it was only to be looked at.
pub(super) async fn import(app: &App, import: Import) -> Outcome {
    let request = ImportRequest {
        file: import.file.as_deref().map(|file| file.to_string_lossy().into_owned()),
        kind: import.from.map(kind),
        with_passwords: import.with_passwords,
        group: import.group,
    };
    let preview = app.preview_import(request).await.map_err(Failure::local)?;
    describe(&preview)?;
    if import.dry_run {
        say::line("Nothing was saved: this was a dry run.");
        return Ok(());
    }
    let wanted = |one: &&FoundConnection| match one.status {
        FoundStatus::New | FoundStatus::Update { .. } => true,
        FoundStatus::Duplicate { .. } => import.duplicates,
        FoundStatus::Same { .. } | FoundStatus::Unsupported { .. } => false,
    };
    let chosen: Vec<u32> = preview.connections.iter().filter(wanted).map(|one| one.index).collect();
    let outcome = app.apply_import(&preview.reference, &chosen).await.map_err(Failure::local)?;
    say::line(&format!("{} added, {} updated.", outcome.added.len(), outcome.updated.len()));
    if outcome.failed.is_empty() {
        return Ok(());
    }
    let error = AppError::new(ErrorCode::Internal, outcome.failed.join("\n"));
    Err(Failure::new(Exit::Local, error))
}

/// One line for each connection, and what is to be known of it beneath.
fn describe(preview: &ImportPreview) -> Outcome {
    let mut text = String::new();
    for one in &preview.connections {
        let status = match &one.status {
            FoundStatus::New => "new".to_owned(),
            FoundStatus::Update { .. } => "changed".to_owned(),
            FoundStatus::Same { .. } => "the same".to_owned(),
            FoundStatus::Duplicate { of } => format!("already there as “{of}”"),
            FoundStatus::Unsupported { .. } => "not supported".to_owned(),
        };
        let group = one.group.as_ref().map(|group| format!("{group} / ")).unwrap_or_default();
        text.push_str(&format!("{group}{} ({}): {status}\n", one.name, one.target));
        match &one.status {
            FoundStatus::Update { differences, .. } => {
                for difference in differences {
                    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                    let (before, after) = (shown(&difference.before), shown(&difference.after));
                    text.push_str(&format!("    {}: {before} → {after}\n", difference.field));
                }
            }
            FoundStatus::Unsupported { reason } => text.push_str(&format!("    {reason}\n")),
            _ => {}
        }
        if one.has_password {
            text.push_str("    its password goes to the keychain\n");
        }
        for warning in &one.warnings {
            text.push_str(&format!("    {warning}\n"));
        }
    }
    for warning in &preview.warnings {
        say::line(&format!("warning: {}", say::clean(warning)));
    }
    crate::output::print(None, &say::clean(&text))
}

/// Shows the command a shared connection wants to run for its password, and notes that a person agrees.
pub(super) async fn trust(app: &App, name: &str, yes: bool) -> Outcome {
    let profile = named(app, name).await?;
    let shown = say::clean(&profile.name);
    let (Some(command), Some(digest)) = (&profile.password_command, &profile.untrusted_command) else {
        say::line(&format!("“{shown}” runs nothing that waits for your consent."));
        return Ok(());
    };
    let line = if command.shell { "through a shell" } else { "with these words" };
    say::line(&format!("“{shown}” runs this {line} and sends what it prints to {}:", say::clean(&profile.target)));
    for word in &command.argv {
        say::line(&format!("    {}", say::clean(word)));
    }
    if !yes {
        let answer = prompt::value("Run it from now on? (yes or no) ").await.unwrap_or_default();
        if !answer.trim().eq_ignore_ascii_case("yes") {
            return Err(Failure::usage(
                "Nothing was agreed to.",
                "Answer yes, or give --yes where there is no terminal.",
            ));
        }
    }
    app.trust_command(&profile.id, digest).await.map_err(Failure::local)?;
    say::line(&format!("“{shown}” may run it from now on. A change of it, or of where it leads, asks again."));
    Ok(())
}

fn kind(source: ImportSource) -> ImportKind {
    match source {
        ImportSource::Rowhouse => ImportKind::Rowhouse,
        ImportSource::Dbeaver => ImportKind::Dbeaver,
        ImportSource::Datagrip => ImportKind::Datagrip,
        ImportSource::Pgadmin => ImportKind::Pgadmin,
        ImportSource::Tableplus => ImportKind::Tableplus,
        ImportSource::Env => ImportKind::Env,
        ImportSource::Pgservice => ImportKind::Pgservice,
        ImportSource::Mycnf => ImportKind::Mycnf,
    }
}
