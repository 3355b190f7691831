//! Puts the rows of a file into a table.

use std::{path::Path, sync::Arc};

use app::{
    App,
    api::{
        AppError, ColumnMapping, Environment, ErrorCode, FileContents, FileImport, FileLook, ObjectRef, SourceFile,
        TransferEvent,
    },
    terminal::{Filling, Terminal},
};

use crate::{
    arguments::Import,
    failure::{Exit, Failure, Outcome},
    interrupt::Interrupt,
    prompt,
    say::{self, ProgressLine, clean},
    target,
};

/// Imports what the arguments name.
pub(crate) async fn run(app: &Arc<App>, import: &Import, interrupt: &Interrupt) -> Outcome {
    let opening = target::open(app, &import.target, false, import.password);
    let terminal = tokio::select! {
        biased;
        () = interrupt.asked() => return Err(Failure::interrupted()),
        opened = opening => opened?,
    };
    let look = FileLook { profile_id: String::new(), table: table(import), file: file(import) };
    let needs_preview = import.preview || !import.mapping.is_empty();
    let preview = match needs_preview {
        true => Some(terminal.import_look(&look).await.map_err(failed)?),
        false => None,
    };
    if let Some(preview) = preview.as_ref().filter(|_| import.preview) {
        return show(import, preview);
    }
    let columns = match &preview {
        Some(preview) => mapping(import, preview)?,
        None => Vec::new(),
    };
    let confirmed = confirmed(import, &terminal, &look.table).await?;
    let request = FileImport {
        profile_id: String::new(),
        table: look.table,
        create: import.create,
        file: look.file,
        columns,
        dry_run: import.dry_run,
        batch: import.batch,
        rejects: import.rejects.as_deref().map(|path| path.to_string_lossy().into_owned()),
        confirmed,
        rows: preview.as_ref().map(|preview| preview.rows),
    };
    let importing = terminal.import(request);
    let done = if import.dry_run { "would be imported" } else { "imported" };
    follow(import.quiet, done, importing, interrupt).await
}

fn table(import: &Import) -> ObjectRef {
    let (schema, name) = match (&import.schema, import.into.split_once('.')) {
        (Some(schema), _) => (Some(schema.clone()), import.into.clone()),
        (None, Some((schema, name))) => (Some(schema.to_owned()), name.to_owned()),
        (None, None) => (None, import.into.clone()),
    };
    ObjectRef { database: None, schema, kind: "relation".to_owned(), name, signature: None }
}

fn file(import: &Import) -> SourceFile {
    SourceFile {
        path: import.path.to_string_lossy().into_owned(),
        kind: import.format,
        encoding: import.encoding.clone(),
        delimiter: import.delimiter.map(|byte| char::from(byte).to_string()),
        header: !import.no_header,
        null_text: import.null.clone(),
        sheet: import.sheet.clone(),
    }
}

fn mapping(import: &Import, preview: &FileContents) -> Outcome<Vec<ColumnMapping>> {
    let one = |(from, to): &(String, String)| {
        let at = preview.columns.iter().position(|column| column.name == *from).ok_or_else(|| {
            let known: Vec<&str> = preview.columns.iter().map(|column| column.name.as_str()).take(30).collect();
            Failure::usage(format!("The file has no column “{from}”."), &format!("It has: {}.", known.join(", ")))
        })?;
        Ok(ColumnMapping { source: u32::try_from(at).unwrap_or(u32::MAX), column: to.clone(), native_type: None })
    };
    import.mapping.iter().map(one).collect()
}

/// What production wants to hear.
async fn confirmed(import: &Import, terminal: &Terminal, table: &ObjectRef) -> Outcome<Option<String>> {
    if !terminal.import_asks() || import.dry_run || terminal.read_only() {
        return Ok(None);
    }
    let question = format!("Import {} into {}", import.path.display(), clean(&table.name));
    typed(import.yes, terminal, &table.name, &question, &[], "imported").await.map(Some)
}

/// Has a name typed before rows go in, unless it was said beforehand. `done` is what is not done else, as a participle.
pub(crate) async fn typed(
    yes: bool,
    terminal: &Terminal,
    name: &str,
    question: &str,
    lines: &[String],
    done: &str,
) -> Outcome<String> {
    if yes {
        return Ok(name.to_owned());
    }
    let profile = terminal.profile();
    let refused = |message: String, hint: &str| {
        Failure::new(Exit::Refused, AppError::new(ErrorCode::Forbidden, message).with_hint(hint))
    };
    if !prompt::is_possible() {
        let message = format!("Nothing was {done} into “{}”: nobody can be asked.", clean(&profile.name));
        return Err(refused(message, "Say yes with --yes."));
    }
    say::line(&format!("{question}?"));
    let production = if profile.environment == Environment::Production { ", which is production" } else { "" };
    say::line(&format!("  on {}{production}", clean(&profile.name)));
    lines.iter().for_each(|line| say::line(&format!("  {}", clean(line))));
    let given = prompt::value(&format!("Type {} to go on: ", clean(name))).await;
    match given.filter(|given| given.trim() == name.trim()) {
        Some(given) => Ok(given),
        None => Err(refused(format!("Nothing was {done}."), "Nobody said yes.")),
    }
}

/// Says how far it is, and how it ends. `what` has been done with the rows, in words.
pub(crate) async fn follow(quiet: bool, what: &str, mut filling: Filling, interrupt: &Interrupt) -> Outcome {
    let mut progress = ProgressLine::new(quiet, true);
    let mut asked = false;
    loop {
        let event = tokio::select! {
            biased;
            () = interrupt.asked(), if !asked => {
                asked = true;
                // What was sent is undone before this ends.
                filling.stop();
                continue;
            }
            event = filling.next() => event,
        };
        match event {
            Some(TransferEvent::Progress { rows, .. }) => progress.rows(rows),
            Some(TransferEvent::Done { rows, notes, .. }) => {
                progress.clear();
                if !quiet {
                    let one = if rows == 1 { "row" } else { "rows" };
                    say::line(&format!("{} {one} {what}", say::grouped(rows)));
                }
                notes.iter().for_each(|note| say::line(&clean(note)));
                return Ok(());
            }
            Some(TransferEvent::Stopped) | None => return Err(Failure::interrupted()),
            Some(TransferEvent::Failed { error }) => {
                progress.clear();
                return Err(failed(error));
            }
        }
    }
}

/// How a transfer failed, as an exit status.
pub(crate) fn failed(error: AppError) -> Failure {
    let exit = match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Exit::Refused,
        // The file and how it was to be read, or rows that cannot be.
        ErrorCode::InvalidStatement if error.native.is_none() => Exit::Usage,
        _ => return Failure::statement(error, false),
    };
    Failure::new(exit, error)
}

/// What the file holds, for people.
fn show(import: &Import, preview: &FileContents) -> Outcome {
    let mut output = crate::output::Output::open(None)?;
    let mut lines = Vec::new();
    let read = [
        preview.file.encoding.clone(),
        preview.file.delimiter.as_deref().map(|mark| format!("delimiter {}", if mark == "\t" { "tab" } else { mark })),
        preview.file.sheet.as_deref().map(|sheet| format!("sheet {sheet}")),
    ];
    let read: Vec<String> = read.into_iter().flatten().collect();
    let path: &Path = &import.path;
    lines.push(format!("{}: {} rows, {}", path.display(), say::grouped(preview.rows), read.join(", ")));
    for column in &preview.columns {
        let mut said = vec![column.words.clone(), column.native_type.clone()];
        if column.nulls > 0 {
            said.push(format!("{} NULL", say::grouped(column.nulls)));
        }
        if column.empty > 0 {
            said.push(format!("{} empty", say::grouped(column.empty)));
        }
        said.extend(column.odd.clone());
        lines.push(format!("  {}: {}", column.name, said.join(", ")));
    }
    if preview.bad > 0 {
        lines.push(format!("{} records cannot be read:", say::grouped(preview.bad)));
        lines.extend(preview.problems.iter().map(|problem| format!("  line {}: {}", problem.line, problem.reason)));
    }
    lines.push(match &preview.into {
        Some(into) => format!("“{}” has {} columns", import.into, into.len()),
        None => format!("there is no “{}” yet: --create makes it", import.into),
    });
    for line in lines {
        std::io::Write::write_all(&mut output, format!("{}\n", clean(&line)).as_bytes())
            .map_err(|error| output.failure(&error))?;
    }
    output.finish()
}
