//! Making it so: one migration after the other, each written down before it is sent.

use std::time::{Duration, Instant};

use driver::alter::{Alter, AlterStatement, Application, Applied, Witness};
use migration::State;
use serde::{Deserialize, Serialize};

use super::{
    reading::Standing,
    steps::{Sending, Step},
};
use crate::{
    App,
    advisor::{database_of, number},
    api::*,
    change_sets::{self, Deed, NewSet, Recorded, Sent, blocker, error_of},
    explorer::Place,
    profiles::dial::elapsed_ms,
    structure::alter,
};

/// What these sets are.
pub(super) const KIND: &str = "migrations";
/// Longest wait for a lock.
const LONGEST_MS: u32 = 10 * 60 * 1000;
/// Longest wait for the lock of sqlx.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN: Duration = Duration::from_millis(100);

/// What is kept of a migration that is sent.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) version: String,
    /// How many statements come before the migration's own.
    pub(super) before: usize,
    /// How many it has.
    pub(super) statements: usize,
    /// It is one transaction with its row in the history.
    pub(super) together: bool,
}

/// How far it came.
pub(super) struct Ended {
    pub(super) versions: Vec<String>,
    pub(super) stopped: Option<Box<Stopped>>,
}

pub(super) struct Stopped {
    pub(super) version: String,
    pub(super) file: String,
    pub(super) statement: usize,
    pub(super) sql: String,
    pub(super) kept: usize,
    pub(super) error: AppError,
    pub(super) blockers: Vec<PolicyBlocker>,
}

impl Ended {
    /// What a face is told.
    pub(super) fn told(self, elapsed_ms: u64) -> MigrationRan {
        match self.stopped {
            None => MigrationRan::Done { versions: self.versions, elapsed_ms },
            Some(stopped) => MigrationRan::Stopped {
                kept: self.versions,
                version: stopped.version,
                file: stopped.file,
                statement: number(stopped.statement),
                sql: stopped.sql,
                statements_kept: number(stopped.kept),
                error: stopped.error,
                blockers: stopped.blockers,
            },
        }
    }
}

/// Runs all, one after the other, until one does not come to its end.
///
/// # Errors
/// `Unreachable` when nobody knows whether the last one was kept; as the store says, and then nothing of it was sent.
pub(super) async fn all(
    app: &App,
    place: &Place,
    standing: &Standing,
    steps: &[Step],
    lock_timeout_ms: u32,
) -> Result<Ended, AppError> {
    let mut versions = Vec::new();
    for step in steps {
        if let Some(stopped) = one(app, place, standing, step, lock_timeout_ms).await? {
            return Ok(Ended { versions, stopped: Some(Box::new(stopped)) });
        }
        versions.push(step.migration.version.clone());
    }
    Ok(Ended { versions, stopped: None })
}

async fn one(
    app: &App,
    place: &Place,
    standing: &Standing,
    step: &Step,
    lock_timeout_ms: u32,
) -> Result<Option<Stopped>, AppError> {
    let facet = alter(place)?;
    let history = (&standing.history, standing.database.as_str());
    let sending = step.sending(Some(history), true, lock_timeout_ms.clamp(1, LONGEST_MS));
    let begun = Instant::now();
    let recorded = record(app, place, step).await;
    // On disk before anything is sent: without that, nothing is.
    let sent = Sent::begin(app, place, new_set(standing, step, &sending)?).await?;
    let witness: Option<Box<dyn Witness>> = sent.as_ref().map(|sent| match step.together {
        true => sent.witness(),
        false => sent.witness_of((0..sending.application.statements.len()).collect()),
    });
    let applied = patiently(facet, &sending.application, sending.is_lock(0), witness.as_deref().unwrap_or(&())).await;
    let ended = applied.map(|applied| stopped(applied, step, &sending, standing)).map_err(AppError::from);
    if let Some(recorded) = recorded {
        let outcome = match &ended {
            Ok(None) => ("completed", None),
            Ok(Some(stopped)) => ("failed", Some(stopped.error.message.as_str())),
            Err(error) if error.code == ErrorCode::Unreachable => ("lost", None),
            Err(error) => ("failed", Some(error.message.as_str())),
        };
        recorded.end(app, outcome, None, elapsed_ms(begun)).await;
    }
    match (&ended, sent) {
        (_, None) => {}
        (Ok(stopped), Some(sent)) => sent.end(stopped.is_none()).await,
        (Err(_), Some(sent)) => sent.lost().await,
    }
    ended
}

/// Applies it; where its first statement `locks` and another program has sqlx's lock, again for a moment: it may be one of ours whose
/// connection is not yet closed, or one that only looked.
pub(super) async fn patiently(
    facet: &dyn Alter,
    application: &Application,
    locks: bool,
    witness: &dyn Witness,
) -> Result<Applied, driver::Error> {
    let begun = Instant::now();
    loop {
        let applied = facet.apply(application, witness).await?;
        let locked = locks && matches!(&applied, Applied::Refused { statement: 0, .. });
        if !locked || begun.elapsed() > PATIENCE {
            return Ok(applied);
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// What stopped a step; nothing where it came to its end.
pub(super) fn stopped(applied: Applied, step: &Step, sending: &Sending, standing: &Standing) -> Option<Stopped> {
    let (statement, said, holders) = match applied {
        Applied::Done { .. } => return None,
        Applied::Locked { statement, holders, said } => (statement, said, holders),
        Applied::Refused { statement, said } => (statement, said, Vec::new()),
    };
    let text = sending.application.statements.get(statement).map(|one| one.sql.as_str());
    let own = statement.saturating_sub(sending.before);
    let error = match sending.checks.contains(&statement) {
        true if sending.is_lock(statement) => {
            AppError::new(ErrorCode::Conflict, "Another program is applying migrations to this database now.")
                .with_hint("Wait until it is done, then look at the status again.")
        }
        true => AppError::new(
            ErrorCode::Conflict,
            "The history is another now: somebody else applied migrations meanwhile.",
        )
        .with_hint("Look at the status again."),
        false => error_of(said, text),
    };
    let (kept, _) = match statement < sending.before {
        true => (0, false),
        false => step.kept(own, standing.engine),
    };
    Some(Stopped {
        version: step.migration.version.clone(),
        file: step.file.clone(),
        statement: own,
        sql: text.unwrap_or_default().to_owned(),
        kept,
        error,
        blockers: holders.into_iter().map(blocker).collect(),
    })
}

fn new_set(standing: &Standing, step: &Step, sending: &Sending) -> Result<NewSet, AppError> {
    let texts: Vec<&str> = sending.application.statements.iter().map(|one| one.sql.as_str()).collect();
    let kept = Kept {
        version: step.migration.version.clone(),
        before: sending.before,
        statements: step.statements.len(),
        together: step.together,
    };
    Ok(NewSet {
        kind: KIND,
        base: standing.digest.clone(),
        steps: serde_json::to_string(&texts).map_err(AppError::internal)?,
        postcondition: serde_json::to_string(&kept).map_err(AppError::internal)?,
    })
}

async fn record(app: &App, place: &Place, step: &Step) -> Option<Recorded> {
    let command = match step.direction {
        MigrationDirection::Up => "MIGRATE UP",
        MigrationDirection::Down => "MIGRATE DOWN",
    };
    let text: String = step.statements.iter().map(|sql| format!("{sql};\n")).collect();
    let deed = Deed { kind: AuditKind::Schema, command, target: &step.file, text: &text, history: "structure" };
    Recorded::begin(app, place, &deed).await
}

/// How far a migration came that did not come to its end, where that was written down here: statements that are kept for sure, how many
/// it has, and whether the next one may be kept.
///
/// # Errors
/// As the store says.
pub(super) async fn how_far(app: &App, place: &Place, version: &str) -> Result<Option<(u32, u32, bool)>, AppError> {
    let found: Option<(String, Option<i64>, String)> = sqlx::query_as(
        "SELECT state, began, postcondition FROM change_sets WHERE profile_id = ? AND database = ? AND kind = ? \
         AND json_extract(postcondition, '$.version') = ? ORDER BY id DESC LIMIT 1",
    )
    .bind(&place.connected.profile.id)
    .bind(database_of(place))
    .bind(KIND)
    .bind(version)
    .fetch_optional(app.store.read())
    .await?;
    let Some((state, began, kept)) = found else { return Ok(None) };
    let Ok(kept) = serde_json::from_str::<Kept>(&kept) else { return Ok(None) };
    let began = began.and_then(|began| usize::try_from(began).ok()).unwrap_or(0);
    let own = began.saturating_sub(kept.before).min(kept.statements);
    // What the server refused is not kept; of what nobody heard the end of, nobody knows.
    let uncertain = state == "sent" && began >= kept.before && own < kept.statements;
    Ok(Some((number(own), number(kept.statements), uncertain)))
}

/// Notes what became of migrations whose answer nobody got: of one that is a transaction with its row, the history says so.
///
/// # Errors
/// As the store says.
pub(super) async fn heard(app: &App, place: &Place, standing: &Standing) -> Result<(), AppError> {
    for open in app.abandoned_sets(place, KIND).await? {
        let Ok(kept) = serde_json::from_str::<Kept>(&open.postcondition) else { continue };
        let row = standing.rows.iter().find(|row| row.version == kept.version);
        let failed = row.is_some_and(|row| row.state == State::Failed);
        if kept.together || !failed {
            let applied = row.is_some_and(|row| row.applied.is_some());
            change_sets::note(&app.store, open.id, if applied { "done" } else { "failed" }, None).await?;
        }
    }
    Ok(())
}

/// Says of a migration that failed what a person has made of it.
///
/// # Errors
/// `NotFound` for one that did not fail; as the server says.
pub(super) async fn settle(
    app: &App,
    place: &Place,
    standing: &Standing,
    version: &str,
    settled: MigrationSettled,
) -> Result<(), AppError> {
    let failed = standing.rows.iter().any(|row| row.version == version && row.state == State::Failed);
    if !failed || standing.tool != Some(migration::Tool::Sqlx) {
        return Err(AppError::new(ErrorCode::NotFound, format!("{version} did not fail: there is nothing to settle.")));
    }
    let sql = match settled {
        MigrationSettled::Applied => standing.history.settle(version),
        MigrationSettled::Reverted => standing.history.remove(version),
    };
    let application = Application {
        before: Vec::new(),
        statements: vec![AlterStatement { sql: sql.clone(), check: false }],
        transaction: standing.history.is_transactional(),
        keep: true,
        lock_timeout_ms: 10_000,
        script: true,
    };
    let command = "MIGRATE SETTLE";
    let deed = Deed { kind: AuditKind::Schema, command, target: version, text: &sql, history: "structure" };
    let begun = Instant::now();
    let recorded = Recorded::begin(app, place, &deed).await;
    let ended = match alter(place)?.apply(&application, &()).await {
        Ok(Applied::Done { .. }) => Ok(()),
        Ok(Applied::Locked { said, .. } | Applied::Refused { said, .. }) => Err(error_of(said, Some(&sql))),
        Err(error) => Err(AppError::from(error)),
    };
    if let Some(recorded) = recorded {
        let outcome = match &ended {
            Ok(()) => ("completed", None),
            Err(error) => ("failed", Some(error.message.as_str())),
        };
        recorded.end(app, outcome, None, elapsed_ms(begun)).await;
    }
    ended?;
    for open in app.abandoned_sets(place, KIND).await? {
        if serde_json::from_str::<Kept>(&open.postcondition).is_ok_and(|kept| kept.version == version) {
            change_sets::note(&app.store, open.id, "failed", None).await?;
        }
    }
    Ok(())
}
