//! What people said of a database, what they accepted, and the scores before: in the store, by connection and database.

use advisor::{Baseline, Exposure, Level, Suppression};
use sqlx::{Sqlite, Transaction};

use super::examined::Judged;
use crate::{
    api::{AdvisorPoint, AdvisorSchedule, AppError},
    store::{Store, now_ms},
};

/// Scores of a database that are kept.
const MOST_SCORES: i64 = 500;
/// A score that is as the one before is kept again after this time.
const SAME_MS: i64 = 24 * 60 * 60 * 1000;

/// What a person said of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) exposure: Option<Exposure>,
    pub(super) schedule: AdvisorSchedule,
}

fn schedule_word(schedule: AdvisorSchedule) -> &'static str {
    match schedule {
        AdvisorSchedule::ByHand => "by_hand",
        AdvisorSchedule::OnChange => "on_change",
        AdvisorSchedule::Hourly => "hourly",
    }
}

pub(super) async fn options(store: &Store, profile_id: &str, database: &str) -> Result<Said, AppError> {
    let row: Option<(Option<String>, String)> =
        sqlx::query_as("SELECT exposure, schedule FROM advisor_options WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .fetch_optional(store.read())
            .await?;
    let Some((exposure, schedule)) = row else { return Ok(Said::default()) };
    let known = [AdvisorSchedule::ByHand, AdvisorSchedule::OnChange, AdvisorSchedule::Hourly];
    Ok(Said {
        // What cannot be read is as good as nothing: it is asked again.
        exposure: exposure.and_then(|text| serde_json::from_str(&text).ok()),
        schedule: known.into_iter().find(|one| schedule_word(*one) == schedule).unwrap_or_default(),
    })
}

pub(super) async fn keep_options(store: &Store, profile_id: &str, database: &str, said: &Said) -> Result<(), AppError> {
    let exposure = said.exposure.as_ref().map(serde_json::to_string).transpose().map_err(AppError::internal)?;
    let mut change = store.write().await?;
    sqlx::query(
        "INSERT INTO advisor_options VALUES (?, ?, ?, ?) ON CONFLICT (profile_id, database) DO UPDATE SET \
         exposure = excluded.exposure, schedule = excluded.schedule",
    )
    .bind(profile_id)
    .bind(database)
    .bind(exposure)
    .bind(schedule_word(said.schedule))
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

pub(super) async fn baseline(store: &Store, profile_id: &str, database: &str) -> Result<Baseline, AppError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT key, reason, author, date FROM advisor_suppressions WHERE profile_id = ? AND database = ? ORDER BY key",
    )
    .bind(profile_id)
    .bind(database)
    .fetch_all(store.read())
    .await?;
    let one = |(key, reason, author, date)| Suppression { key, reason, author, date };
    Ok(Baseline { suppressed: rows.into_iter().map(one).collect() })
}

/// Accepts findings; those that were accepted before take the new reason.
pub(super) async fn suppress(
    store: &Store,
    profile_id: &str,
    database: &str,
    suppressed: &[Suppression],
) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for one in suppressed {
        sqlx::query(
            "INSERT INTO advisor_suppressions VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (profile_id, database, key) \
             DO UPDATE SET reason = excluded.reason, author = excluded.author, date = excluded.date",
        )
        .bind(profile_id)
        .bind(database)
        .bind(&one.key)
        .bind(&one.reason)
        .bind(&one.author)
        .bind(&one.date)
        .execute(&mut *change)
        .await?;
    }
    change.commit().await?;
    Ok(())
}

pub(super) async fn unsuppress(
    store: &Store,
    profile_id: &str,
    database: &str,
    keys: &[String],
) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for key in keys {
        sqlx::query("DELETE FROM advisor_suppressions WHERE profile_id = ? AND database = ? AND key = ?")
            .bind(profile_id)
            .bind(database)
            .bind(key)
            .execute(&mut *change)
            .await?;
    }
    change.commit().await?;
    Ok(())
}

/// Keys of what was found when somebody last looked; `None` where nobody has.
pub(super) async fn seen(store: &Store, profile_id: &str, database: &str) -> Result<Option<Vec<String>>, AppError> {
    let keys: Option<String> =
        sqlx::query_scalar("SELECT keys FROM advisor_seen WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .fetch_optional(store.read())
            .await?;
    // What cannot be read is news again.
    Ok(keys.map(|keys| serde_json::from_str(&keys).unwrap_or_default()))
}

pub(super) async fn keep_seen(
    store: &Store,
    profile_id: &str,
    database: &str,
    keys: &[String],
) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("INSERT OR REPLACE INTO advisor_seen VALUES (?, ?, ?)")
        .bind(profile_id)
        .bind(database)
        .bind(serde_json::to_string(keys).map_err(AppError::internal)?)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

/// A score as it is kept; what tells two apart.
type Score = (String, bool, i64, i64, i64, i64);

/// Keeps a score, unless it is as the one before and that is young.
pub(super) async fn note_score(
    store: &Store,
    profile_id: &str,
    database: &str,
    judged: &Judged,
) -> Result<(), AppError> {
    let count = |level| judged.report.findings.iter().filter(|finding| finding.level == level).count() as i64;
    let score = &judged.report.score;
    let now: Score = (
        format!("{:?}", score.grade),
        score.uncertain,
        score.secured as i64,
        score.tables as i64,
        count(Level::Error),
        count(Level::Warning),
    );
    let mut change = store.write().await?;
    if let Some((at, last)) = last(&mut change, profile_id, database).await?
        && last == now
        && now_ms().saturating_sub(at) < SAME_MS
    {
        return Ok(());
    }
    sqlx::query("INSERT OR REPLACE INTO advisor_scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(profile_id)
        .bind(database)
        .bind(judged.examined.at_ms)
        .bind(now.0)
        .bind(now.1)
        .bind(now.2)
        .bind(now.3)
        .bind(now.4)
        .bind(now.5)
        .execute(&mut *change)
        .await?;
    sqlx::query(
        "DELETE FROM advisor_scores WHERE profile_id = ?1 AND database = ?2 AND at_ms <= (SELECT at_ms FROM advisor_scores \
         WHERE profile_id = ?1 AND database = ?2 ORDER BY at_ms DESC LIMIT 1 OFFSET ?3)",
    )
    .bind(profile_id)
    .bind(database)
    .bind(MOST_SCORES)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

async fn last(
    change: &mut Transaction<'static, Sqlite>,
    profile_id: &str,
    database: &str,
) -> Result<Option<(i64, Score)>, AppError> {
    let row: Option<(i64, String, bool, i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT at_ms, grade, uncertain, secured, tables, errors, warnings FROM advisor_scores \
         WHERE profile_id = ? AND database = ? ORDER BY at_ms DESC LIMIT 1",
    )
    .bind(profile_id)
    .bind(database)
    .fetch_optional(&mut **change)
    .await?;
    Ok(row.map(|(at, grade, uncertain, secured, tables, errors, warnings)| {
        (at, (grade, uncertain, secured, tables, errors, warnings))
    }))
}

/// The scores that are kept, oldest first.
pub(super) async fn scores(store: &Store, profile_id: &str, database: &str) -> Result<Vec<AdvisorPoint>, AppError> {
    let rows: Vec<(i64, String, bool, u32, u32, u32, u32)> = sqlx::query_as(
        "SELECT at_ms, grade, uncertain, secured, tables, errors, warnings FROM advisor_scores \
         WHERE profile_id = ? AND database = ? ORDER BY at_ms",
    )
    .bind(profile_id)
    .bind(database)
    .fetch_all(store.read())
    .await?;
    let one = |(at_ms, grade, uncertain, secured, tables, errors, warnings)| AdvisorPoint {
        at_ms,
        grade,
        uncertain,
        secured,
        tables,
        errors,
        warnings,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Forgets everything of a connection.
pub(super) async fn forget(store: &Store, profile_id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for statement in [
        "DELETE FROM advisor_options WHERE profile_id = ?",
        "DELETE FROM advisor_suppressions WHERE profile_id = ?",
        "DELETE FROM advisor_scores WHERE profile_id = ?",
        "DELETE FROM advisor_seen WHERE profile_id = ?",
    ] {
        sqlx::query(statement).bind(profile_id).execute(&mut *change).await?;
    }
    change.commit().await?;
    Ok(())
}
