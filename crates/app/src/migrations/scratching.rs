//! Migrations that are tried: in a transaction that is rolled back, or in a database that was made for it.

use std::{path::Path, time::Instant};

use driver::alter::Applied;
use migration::{Folder, State, reaches_outside};
use schema::{Comparison, Engine, What};

use super::{
    files,
    reading::{Standing, ask, engine_of, names},
    running::{self, Ended, Stopped},
    steps::{self, Sending, Step},
};
use crate::{
    App,
    advisor::number,
    api::*,
    compare::{dotted, kind_words},
    explorer::{Place, blocking},
    profiles::dial::elapsed_ms,
    scratch::PREFIX,
    structure::{alter, read_definition},
};

/// How long a lock is waited for where nobody else is.
const LOCK_TIMEOUT_MS: u32 = 30_000;

/// Why a request cannot be tried.
///
/// # Errors
/// As the server says.
pub(super) async fn untriable(place: &Place, standing: &Standing, steps: &[Step]) -> Result<Option<String>, AppError> {
    if place.connected.read_only {
        return Ok(Some("This connection is read-only.".to_owned()));
    }
    if steps.iter().all(|step| step.together) {
        return Ok(None);
    }
    let standing_now = applied(standing)?;
    Ok(outside(place, standing.engine, standing_now.iter().chain(steps))
        .await?
        .map(|words| format!("It would be tried in a scratch database, but {words}")))
}

/// The first thing that reaches beyond a database.
async fn outside<'a>(
    place: &Place,
    engine: Engine,
    steps: impl Iterator<Item = &'a Step>,
) -> Result<Option<String>, AppError> {
    let databases: Vec<String> = match engine {
        Engine::MySql | Engine::MariaDb => {
            let rows = ask(place, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA".to_owned(), 1).await?;
            let shared = ["information_schema", "performance_schema", "sys"];
            let names = rows.into_iter().flatten().flatten();
            names.filter(|name| !shared.contains(&name.to_ascii_lowercase().as_str())).collect()
        }
        Engine::Postgres | Engine::Sqlite => Vec::new(),
    };
    for step in steps {
        for (at, statement) in step.statements.iter().enumerate() {
            if let Some(words) = reaches_outside(statement, engine, &databases) {
                return Ok(Some(format!("“{}”, statement {}: {words}.", step.file, at + 1)));
            }
        }
    }
    Ok(None)
}

/// What is applied already, up.
fn applied(standing: &Standing) -> Result<Vec<Step>, AppError> {
    let Some(folder) = &standing.folder else { return Ok(Vec::new()) };
    let rows = standing.rows.iter().filter(|row| row.state == State::Applied);
    rows.filter_map(|row| folder.migrations.get(row.migration?))
        .map(|one| Step::of(one, MigrationDirection::Up, standing.engine))
        .collect()
}

/// Runs what was asked for and keeps nothing.
///
/// # Errors
/// `Unsupported` for what cannot be tried; as the server says.
pub(super) async fn attempt(
    app: &App,
    place: &Place,
    standing: &Standing,
    steps: &[Step],
    lock_timeout_ms: u32,
) -> Result<MigrationRan, AppError> {
    if let Some(words) = untriable(place, standing, steps).await? {
        return Err(AppError::new(ErrorCode::Unsupported, words));
    }
    let begun = Instant::now();
    if steps.iter().all(|step| step.together) {
        let ended = rolled_back(place, standing, steps, lock_timeout_ms).await?;
        return Ok(ended.told(elapsed_ms(begun)));
    }
    let before = applied(standing)?;
    let scratch = app.scratch(place).await?;
    let tried = async {
        if let Some(stopped) = all(&scratch.place, standing.engine, &before).await?.stopped {
            let message = format!(
                "What is applied already does not run in a scratch database, so nothing was tried. “{}”: {}",
                stopped.file, stopped.error.message
            );
            return Err(AppError::new(ErrorCode::Unsupported, message));
        }
        all(&scratch.place, standing.engine, steps).await
    };
    let tried = tried.await;
    let removed = scratch.remove().await;
    let ended = tried?;
    removed?;
    let ended = Ended { stopped: ended.stopped.map(|one| Box::new(Stopped { kept: 0, ..*one })), ..ended };
    Ok(ended.told(elapsed_ms(begun)))
}

/// Everything in one transaction that is rolled back, with its rows in the history.
async fn rolled_back(
    place: &Place,
    standing: &Standing,
    steps: &[Step],
    lock_timeout_ms: u32,
) -> Result<Ended, AppError> {
    let history = (&standing.history, standing.database.as_str());
    let sendings: Vec<Sending> =
        steps.iter().map(|step| step.sending(Some(history), false, lock_timeout_ms.max(1))).collect();
    let mut sendings = sendings.into_iter();
    let Some(first) = sendings.next() else { return Ok(Ended { versions: Vec::new(), stopped: None }) };
    let mut application = first.application.clone();
    let locks = first.is_lock(0);
    let mut parts = vec![first];
    for sending in sendings {
        application.statements.extend(sending.application.statements.iter().cloned());
        parts.push(sending);
    }
    let versions = |count: usize| steps.iter().take(count).map(|step| step.migration.version.clone()).collect();
    let (statement, locked) = match running::patiently(alter(place)?, &application, locks, &()).await? {
        Applied::Done { .. } => return Ok(Ended { versions: versions(steps.len()), stopped: None }),
        Applied::Locked { statement, holders, said } => (statement, Err((holders, said))),
        Applied::Refused { statement, said } => (statement, Ok(said)),
    };
    let mut start = 0;
    let mut own = parts.len() - 1;
    for (place, part) in parts.iter().enumerate() {
        if statement < start + part.application.statements.len() {
            own = place;
            break;
        }
        start += if place + 1 < parts.len() { part.application.statements.len() } else { 0 };
    }
    let statement = statement - start;
    let again = match locked {
        Ok(said) => Applied::Refused { statement, said },
        Err((holders, said)) => Applied::Locked { statement, holders, said },
    };
    let stopped = match (steps.get(own), parts.get(own)) {
        (Some(step), Some(part)) => running::stopped(again, step, part, standing),
        _ => None,
    };
    // Nothing is kept, whatever ran.
    Ok(Ended { versions: Vec::new(), stopped: stopped.map(Box::new) })
}

/// That it really is a scratch database: nothing is tried anywhere else.
async fn is_scratch(place: &Place, engine: Engine) -> Result<(), AppError> {
    let (database, _) = names(place, engine).await?;
    match engine == Engine::Sqlite || database.starts_with(PREFIX) {
        true => Ok(()),
        false => Err(AppError::internal(format!("{database} is no scratch database"))),
    }
}

/// Runs steps in a scratch database, where nothing is recorded and no history is kept.
async fn all(place: &Place, engine: Engine, steps: &[Step]) -> Result<Ended, AppError> {
    is_scratch(place, engine).await?;
    let mut versions = Vec::new();
    for step in steps {
        if let Some(stopped) = one(place, engine, step).await? {
            return Ok(Ended { versions, stopped: Some(Box::new(stopped)) });
        }
        versions.push(step.migration.version.clone());
    }
    Ok(Ended { versions, stopped: None })
}

async fn one(place: &Place, engine: Engine, step: &Step) -> Result<Option<Stopped>, AppError> {
    let sending = step.sending(None, true, LOCK_TIMEOUT_MS);
    if sending.application.statements.is_empty() {
        return Ok(None);
    }
    let (statement, said) = match alter(place)?.apply(&sending.application, &()).await? {
        Applied::Done { .. } => return Ok(None),
        Applied::Locked { statement, said, .. } | Applied::Refused { statement, said } => (statement, said),
    };
    let sql = step.statements.get(statement).cloned().unwrap_or_default();
    Ok(Some(Stopped {
        version: step.migration.version.clone(),
        file: step.file.clone(),
        statement,
        kept: step.kept(statement, engine).0,
        error: crate::change_sets::error_of(said, Some(&sql)),
        sql,
        blockers: Vec::new(),
    }))
}

async fn read(folder: &Path) -> Result<Folder, AppError> {
    let path = folder.to_owned();
    Ok(blocking(move || files::read(&path)).await??.0)
}

/// Applies every migration of a folder to an empty database, whichever tool's they are; no history is kept there. Nobody is asked: it is
/// for scratch databases.
///
/// # Errors
/// As reading the folder; `Unsupported` for a statement that reaches beyond the database; `InvalidStatement` for one that fails, with
/// its file.
pub(crate) async fn build(_app: &App, place: &Place, folder: &Path) -> Result<(), AppError> {
    let engine = engine_of(place)?;
    let read = read(folder).await?;
    // What is made of none is nothing, and the way there drops everything.
    if read.migrations.is_empty() {
        let message = format!("There are no migrations in “{}”.", folder.display());
        return Err(
            AppError::new(ErrorCode::InvalidStatement, message).with_hint("Name the folder that has the files.")
        );
    }
    let steps = steps::whole(&read, engine)?;
    if let Some(words) = outside(place, engine, steps.iter()).await? {
        let message = format!("The folder is not applied to a scratch database: {words}");
        return Err(AppError::new(ErrorCode::Unsupported, message));
    }
    match all(place, engine, &steps).await?.stopped {
        None => Ok(()),
        Some(stopped) => {
            let Stopped { file, statement, mut error, .. } = *stopped;
            error.message = format!("“{file}”, statement {}: {}", statement + 1, error.message);
            // It is of the statement, and what was given is a folder.
            error.range = None;
            Err(error)
        }
    }
}

/// Every migration of a folder up, down and up again.
///
/// # Errors
/// As [`build`], but for statements that fail.
pub(super) async fn check(app: &App, place: &Place, folder: &Path) -> Result<MigrationCheck, AppError> {
    let engine = engine_of(place)?;
    let folder = read(folder).await?;
    let steps = steps::whole(&folder, engine)?;
    let mut back = Vec::new();
    for one in folder.migrations.iter().filter(|one| one.down.is_some()) {
        back.push(Step::of(one, MigrationDirection::Down, engine)?);
    }
    if let Some(words) = outside(place, engine, steps.iter().chain(&back)).await? {
        let message = format!("The folder is not applied to a scratch database: {words}");
        return Err(AppError::new(ErrorCode::Unsupported, message));
    }
    let versions = checked(app, place, engine, &steps, &back).await?;
    Ok(MigrationCheck { versions })
}

async fn checked(
    app: &App,
    base: &Place,
    engine: Engine,
    steps: &[Step],
    back: &[Step],
) -> Result<Vec<MigrationChecked>, AppError> {
    let mut scratch = app.scratch(base).await?;
    is_scratch(&scratch.place, engine).await?;
    let mut versions = Vec::new();
    for (ran, step) in steps.iter().enumerate() {
        let down = back.iter().find(|down| down.migration.version == step.migration.version);
        let (outcome, spoiled) = there_and_back(&scratch.place, engine, step, down).await?;
        let failed = matches!(outcome, MigrationCheckOutcome::Failed { .. });
        versions.push(MigrationChecked { version: step.migration.version.clone(), file: step.file.clone(), outcome });
        if failed {
            break;
        }
        if spoiled && ran + 1 < steps.len() {
            // What comes next is tried where this one was only applied.
            scratch.remove().await?;
            scratch = app.scratch(base).await?;
            if all(&scratch.place, engine, steps.get(..=ran).unwrap_or_default()).await?.stopped.is_some() {
                break;
            }
        }
    }
    scratch.remove().await?;
    Ok(versions)
}

/// What came of one, and whether it is not applied now, though its statements are right: its down left something in their way.
async fn there_and_back(
    place: &Place,
    engine: Engine,
    up: &Step,
    down: Option<&Step>,
) -> Result<(MigrationCheckOutcome, bool), AppError> {
    let failed = |direction, stopped: Stopped| MigrationCheckOutcome::Failed {
        direction,
        statement: number(stopped.statement),
        sql: stopped.sql,
        error: stopped.error,
    };
    let before = read_definition(&place.connected, &place.opened, None).await?.definition;
    if let Some(stopped) = one(place, engine, up).await? {
        return Ok((failed(MigrationDirection::Up, stopped), false));
    }
    let Some(down) = down else { return Ok((MigrationCheckOutcome::NoDown, false)) };
    if let Some(stopped) = one(place, engine, down).await? {
        return Ok((failed(MigrationDirection::Down, stopped), false));
    }
    let after = read_definition(&place.connected, &place.opened, None).await?.definition;
    let found = Comparison::between(&before, &after).differences;
    let again = one(place, engine, up).await?;
    if found.is_empty() {
        let outcome = again.map(|stopped| failed(MigrationDirection::Up, stopped));
        return Ok((outcome.unwrap_or(MigrationCheckOutcome::Fine), false));
    }
    let differences = found.iter().map(|one| {
        let body = after.objects.get(&one.key).or_else(|| before.objects.get(&one.key)).map(|object| &object.body);
        let what = match one.what {
            What::Added => "is left",
            What::Removed => "is gone",
            _ => "is another",
        };
        format!("{} {} {what}", kind_words(&one.key, body), dotted(&one.key))
    });
    Ok((MigrationCheckOutcome::Differs { differences: differences.collect() }, again.is_some()))
}
