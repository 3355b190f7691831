//! Compares two databases, and writes what makes one into the other.

mod listed;
mod tree;

use std::{collections::HashSet, io::Write, path::Path, sync::Arc};

use app::{
    App,
    api::{AppError, ErrorCode},
    compare::{ReadSide, Side, compare, dotted},
    terminal::Terminal,
};
use catalog::{ObjectKey, ObjectKind};
use schema::{Definition, Difference, LeftOut, Rename, Step, What};
use serde::Serialize;

use crate::{
    arguments::{Diff, DiffFormat},
    failure::{Exit, Failure, Outcome},
    output::Output,
    say::{self, clean},
    target::{self, Source},
};

/// The version of the JSON.
const VERSION: u32 = 1;
/// The scratch database that needs no server.
const NO_SERVER: &str = "sqlite";

/// What a comparison found, as JSON.
#[derive(Serialize)]
struct Document<'a> {
    rowhouse_diff: u32,
    differences: &'a [Difference],
    steps: &'a [Step],
    renames_proposed: &'a [Rename],
    left_out: &'a [LeftOut],
}

/// Compares what was named.
pub(crate) async fn run(app: &Arc<App>, asked: &Diff) -> Outcome {
    let folders = [is_folder(app, &asked.from).await?, is_folder(app, &asked.to).await?];
    let scratch = scratch(app, asked, folders.contains(&true)).await?;
    // Whoever is asked for a password is asked for one after the other; both are read at once.
    let from = side(app, asked, &asked.from, folders[0], scratch.as_ref()).await?;
    let to = side(app, asked, &asked.to, folders[1], scratch.as_ref()).await?;
    drop(scratch);
    let [from, to] = app.read_sides(from, to, &asked.schemas, asked.no_access).await.map_err(refused)?;
    let renames = asked.renames.iter().map(|text| rename(text, &from.definition)).collect::<Outcome<Vec<Rename>>>()?;
    let found = compare(&from.definition, &to.definition, renames.clone()).map_err(refused)?;
    let mut output = Output::open(asked.output.as_deref())?;
    let text = match asked.format {
        DiffFormat::Text => listed::listed(&found.comparison, &renames),
        DiffFormat::Tree => tree::tree(&found.comparison, &renames, [&from.definition, &to.definition]),
        DiffFormat::Sql => found.plan.script(),
        DiffFormat::Json => {
            let document = Document {
                rowhouse_diff: VERSION,
                differences: &found.comparison.differences,
                steps: &found.plan.steps,
                renames_proposed: &found.proposed,
                left_out: &found.left_out,
            };
            let text = serde_json::to_string(&document)
                .map_err(|error| Failure::local(AppError::new(ErrorCode::Internal, error.to_string())))?;
            text + "\n"
        }
    };
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    for ReadSide { notes, .. } in [&from, &to] {
        notes.iter().for_each(|note| say::line(&clean(note)));
    }
    if asked.format != DiffFormat::Json {
        for one in &found.proposed {
            say::line(&format!(
                "looks like a new name: --rename {}={}",
                clean(&dotted(&one.from)),
                clean(&one.to.name)
            ));
        }
        for one in &found.left_out {
            say::line(&format!("not compared: {}: {}", clean(&dotted(&one.key)), one.why));
        }
    }
    output.finish()?;
    if asked.check && !found.plan.steps.is_empty() { Err(Failure::silent(Exit::Found)) } else { Ok(()) }
}

/// What was asked for cannot be, or a server said no.
fn refused(error: AppError) -> Failure {
    match error.code {
        ErrorCode::InvalidStatement if error.native.is_none() => Failure::new(Exit::Usage, error),
        _ => Failure::statement(error, false),
    }
}

/// Whether a target is a folder; a saved connection of the same name comes before it.
async fn is_folder(app: &App, target: &str) -> Outcome<bool> {
    Ok(Path::new(target.trim()).is_dir() && !app.is_saved(target).await.map_err(Failure::local)?)
}

/// The server on which folders become databases, where one was named.
async fn scratch(app: &App, asked: &Diff, folders: bool) -> Outcome<Option<Arc<Terminal>>> {
    match asked.scratch.as_deref() {
        Some(_) if !folders => Err(Failure::usage("Neither side is a folder of migrations.", "Leave --scratch out.")),
        None | Some(NO_SERVER) => Ok(None),
        Some(target) => Ok(Some(Arc::new(target::open(app, target, false, asked.password).await?))),
    }
}

async fn side(app: &App, asked: &Diff, target: &str, folder: bool, scratch: Option<&Arc<Terminal>>) -> Outcome<Side> {
    if folder {
        return Ok(Side::folder(Path::new(target.trim()), scratch.cloned()));
    }
    Ok(match target::source(app, target, asked.password).await? {
        Source::Live(terminal) => Side::live(terminal),
        Source::File(path, file) => Side::file(&path, *file),
    })
}

/// A relation by `SCHEMA.TABLE`, or a column by `SCHEMA.TABLE.COLUMN`; names with dots are found by what is there.
fn rename(text: &str, from: &Definition) -> Outcome<Rename> {
    let wrong = || {
        Failure::usage(
            format!("“{text}” names nothing to rename."),
            "Write SCHEMA.TABLE=NAME or SCHEMA.TABLE.COLUMN=NAME.",
        )
    };
    let (old, new) = text.split_once('=').filter(|(_, new)| !new.is_empty()).ok_or_else(wrong)?;
    let key = from
        .objects
        .keys()
        .find(|key| matches!(key.kind, ObjectKind::Relation | ObjectKind::Column) && dotted(key) == old);
    let key = key.ok_or_else(wrong)?.clone();
    Ok(Rename { to: ObjectKey { name: new.to_owned(), ..key.clone() }, from: key })
}

/// The relations that are new or gone as a whole: their parts come and go with them.
fn whole(differences: &[Difference]) -> HashSet<(Option<&str>, &str)> {
    differences
        .iter()
        .filter(|one| !matches!(one.what, What::Changed { .. }) && one.key.kind == ObjectKind::Relation)
        .map(|one| (one.key.schema.as_deref(), one.key.name.as_str()))
        .collect()
}

/// `+`, `-` or `~`.
fn sign(what: &What) -> char {
    match what {
        What::Added => '+',
        What::Removed => '-',
        What::Changed { .. } => '~',
    }
}
