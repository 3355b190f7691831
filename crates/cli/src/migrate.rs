//! Migrations from the terminal: how they stand, applied, taken back, tried, written.

mod text;

use app::{
    App,
    api::{
        AppError, ErrorCode, MigrationChecked, MigrationDirection, MigrationRan, MigrationRequest, MigrationReview,
        MigrationSettled, MigrationState, MigrationStatus, NewMigration,
    },
    terminal::Terminal,
};
use serde::Serialize;

use crate::{
    advise::failed,
    arguments::{
        Migrate, MigrateCheck, MigrateCreate, MigrateFormat, MigrateHistory, MigrateRun, MigrateSettle, MigrateSettled,
        MigrateStatus,
    },
    consent,
    failure::{Exit, Failure, Outcome},
    input,
    output::print,
    say::{self, clean},
    target,
};

/// The version of the JSON.
const VERSION: u32 = 1;

/// How migrations stand, as JSON.
#[derive(Serialize)]
struct Document<'a> {
    rowhouse_migrations: u32,
    #[serde(flatten)]
    status: &'a MigrationStatus,
}

/// What a check found, as JSON.
#[derive(Serialize)]
struct CheckDocument<'a> {
    rowhouse_migrations_check: u32,
    versions: &'a [MigrationChecked],
}

/// Does what was asked for.
pub(crate) async fn run(app: &App, asked: &Migrate) -> Outcome {
    match asked {
        Migrate::Status(wanted) => status(app, wanted).await,
        Migrate::Up(wanted) => made(app, wanted, MigrationDirection::Up).await,
        Migrate::Down(wanted) => made(app, wanted, MigrationDirection::Down).await,
        Migrate::Check(wanted) => check(app, wanted).await,
        Migrate::Create(wanted) => create(app, wanted).await,
        Migrate::History(wanted) => history(app, wanted).await,
        Migrate::Settle(wanted) => settle(app, wanted).await,
    }
}

fn json(document: &impl Serialize) -> Outcome<String> {
    let text = serde_json::to_string(document);
    Ok(text.map_err(|error| Failure::local(AppError::new(ErrorCode::Internal, error.to_string())))? + "\n")
}

fn written(status: &MigrationStatus, format: MigrateFormat) -> Outcome<String> {
    match format {
        MigrateFormat::Text => Ok(text::status(status)),
        MigrateFormat::Json => json(&Document { rowhouse_migrations: VERSION, status }),
    }
}

fn say_problems(status: &MigrationStatus) {
    for problem in &status.problems {
        say::line(&format!("warning: {}", clean(problem)));
    }
}

fn unread(error: AppError) -> Failure {
    match error.code {
        // The folder is what may not be there.
        ErrorCode::NotFound | ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Local, error),
        _ => failed(error),
    }
}

async fn status(app: &App, asked: &MigrateStatus) -> Outcome {
    let terminal = target::open(app, &asked.target, true, asked.password).await?;
    let status = terminal.migrations_status(Some(&asked.folder)).await.map_err(unread)?;
    print(asked.output.as_deref(), &written(&status, asked.format)?)?;
    if asked.format == MigrateFormat::Text {
        say_problems(&status);
    }
    let settled = status.rows.iter().all(|row| row.state == MigrationState::Applied) && status.problems.is_empty();
    if asked.check && !settled { Err(Failure::silent(Exit::Found)) } else { Ok(()) }
}

async fn history(app: &App, asked: &MigrateHistory) -> Outcome {
    let terminal = target::open(app, &asked.target, true, asked.password).await?;
    let status = terminal.migrations_status(None).await.map_err(failed)?;
    print(asked.output.as_deref(), &written(&status, asked.format)?)
}

/// Applies, or takes back.
async fn made(app: &App, asked: &MigrateRun, direction: MigrationDirection) -> Outcome {
    let terminal = target::open(app, &asked.target, false, asked.password).await?;
    let status = terminal.migrations_status(Some(&asked.folder)).await.map_err(unread)?;
    say_problems(&status);
    if let Some(refusal) = &status.refusal {
        return Err(Failure::new(Exit::Usage, AppError::new(ErrorCode::Unsupported, refusal.clone())));
    }
    let request = MigrationRequest {
        folder: asked.folder.clone(),
        direction,
        to: asked.to.clone(),
        lock_timeout_ms: asked.lock_timeout,
        digest: status.digest,
    };
    let review = terminal.migrations_review(&request).await.map_err(failed)?;
    if review.steps.is_empty() {
        say::line(match direction {
            MigrationDirection::Up => "Nothing to do: everything is applied.",
            MigrationDirection::Down => "Nothing to do: nothing is applied.",
        });
        return Ok(());
    }
    for warning in &review.warnings {
        say::line(&format!("warning: {}", clean(warning)));
    }
    if asked.dry_run {
        return tried(&terminal, &request, &review).await;
    }
    say::line(text::planned(&review, false).trim_end());
    let refused = |error: AppError| match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Refused, error),
        ErrorCode::Unreachable => {
            failed(error.with_hint("rowhouse migrate status FOLDER TARGET says what of it was kept."))
        }
        _ => failed(error),
    };
    let mut ran = terminal.migrations_run(&request, None).await.map_err(refused)?;
    if let MigrationRan::Confirm { question } = &ran {
        let consent = consent::obtain(question, asked.yes, "migrations run").await?;
        ran = terminal.migrations_run(&request, Some(&consent)).await.map_err(refused)?;
    }
    match ran {
        MigrationRan::Done { versions, elapsed_ms } => {
            let done = match direction {
                MigrationDirection::Up => "Applied",
                MigrationDirection::Down => "Took back",
            };
            say::line(&format!("{done} {} in {elapsed_ms} ms.", text::counted(versions.len(), "migration")));
            Ok(())
        }
        other => ended(&terminal, other),
    }
}

async fn tried(terminal: &Terminal, request: &MigrationRequest, review: &MigrationReview) -> Outcome {
    print(None, &text::planned(review, true))?;
    if let Some(why) = &review.untriable {
        say::line(&format!("warning: it was not tried. {}", clean(why)));
        return Ok(());
    }
    match terminal.migrations_try(request).await.map_err(failed)? {
        MigrationRan::Done { elapsed_ms, .. } => {
            say::line(&format!("All of it ran in {elapsed_ms} ms; nothing was kept."));
            Ok(())
        }
        other => ended(terminal, other),
    }
}

/// What did not come to its end.
fn ended(terminal: &Terminal, ran: MigrationRan) -> Outcome {
    match ran {
        MigrationRan::Done { .. } => Ok(()),
        MigrationRan::Confirm { .. } => Err(consent::declined()),
        MigrationRan::Stale => {
            let message = "Nothing was run: the folder or the database changed meanwhile.";
            let error = AppError::new(ErrorCode::Conflict, message).with_hint("Run it again.");
            Err(Failure::new(Exit::Statement, error))
        }
        MigrationRan::Stopped { kept, version: _, file, statement, sql, statements_kept, error, blockers } => {
            if !kept.is_empty() {
                say::line(&format!("kept: {}", clean(&kept.join(", "))));
            }
            say::line(&format!(
                "{}: statement {} failed: {}",
                clean(&file),
                statement + 1,
                clean(text::first_line(&sql))
            ));
            say::line(&match statements_kept {
                0 => "  nothing of this migration is kept".to_owned(),
                1 => "  its first statement is kept".to_owned(),
                count => format!("  its first {count} statements are kept"),
            });
            blockers.iter().for_each(say::blocker);
            Err(Failure::statement(error, terminal.read_only()))
        }
    }
}

async fn check(app: &App, asked: &MigrateCheck) -> Outcome {
    let terminal = target::open(app, &asked.scratch, false, asked.password).await?;
    let found = terminal.migrations_check(&asked.folder).await.map_err(|error| match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Refused, error),
        _ => failed(error),
    })?;
    let text = match asked.format {
        MigrateFormat::Text => text::checked(&found.versions),
        MigrateFormat::Json => json(&CheckDocument { rowhouse_migrations_check: VERSION, versions: &found.versions })?,
    };
    print(None, &text)?;
    if found.versions.iter().all(text::is_fine) { Ok(()) } else { Err(Failure::silent(Exit::Found)) }
}

async fn create(app: &App, asked: &MigrateCreate) -> Outcome {
    let up = match &asked.up {
        Some(file) => Some(input::text(file).await?),
        None => None,
    };
    let down = match &asked.down {
        Some(file) => Some(input::text(file).await?),
        None => None,
    };
    let new = NewMigration { folder: asked.folder.clone(), name: asked.name.clone(), up, down };
    let files = match &asked.staged {
        None => app.migrations_write(&new).await.map_err(Failure::local)?,
        Some(named) => {
            let terminal = target::open(app, named, true, asked.password).await?;
            terminal.migrations_create(&new).await.map_err(Failure::local)?
        }
    };
    print(None, &files.iter().map(|file| format!("{}\n", clean(file))).collect::<String>())
}

async fn settle(app: &App, asked: &MigrateSettle) -> Outcome {
    let terminal = target::open(app, &asked.target, false, asked.password).await?;
    let settled = match asked.settled {
        MigrateSettled::Applied => MigrationSettled::Applied,
        MigrateSettled::Reverted => MigrationSettled::Reverted,
    };
    let settle = terminal.migrations_settle(&asked.folder, &asked.version, settled).await;
    settle.map_err(|error| match error.code {
        ErrorCode::Forbidden if error.native.is_none() => Failure::new(Exit::Refused, error),
        ErrorCode::NotFound | ErrorCode::Conflict if error.native.is_none() => Failure::new(Exit::Usage, error),
        _ => failed(error),
    })?;
    say::line(match asked.settled {
        MigrateSettled::Applied => "It counts as applied.",
        MigrateSettled::Reverted => "It counts as not applied.",
    });
    Ok(())
}
