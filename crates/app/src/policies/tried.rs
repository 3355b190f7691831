//! Statements that were tried, kept so that they can be tried again in another tab.

use serde::{Deserialize, Serialize};

use crate::{
    App,
    advisor::database_of,
    api::*,
    explorer::Place,
    store::{Store, now_ms},
};

/// Statements of a database that are kept.
const MOST: i64 = 50;

/// One of them, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    actor: PolicyActor,
    second: Option<PolicyActor>,
    statement: String,
}

impl App {
    /// What was tried of late, the newest first, each once.
    ///
    /// # Errors
    /// As connecting, and as the store says.
    pub async fn policy_tried(&self, profile_id: &str, database: Option<&str>) -> Result<Vec<PolicyTried>, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT at_ms, tried FROM policy_tries WHERE profile_id = ? AND database = ? ORDER BY id DESC",
        )
        .bind(profile_id)
        .bind(database_of(&place))
        .fetch_all(self.store.read())
        .await?;
        let one = |(at_ms, tried): (i64, String)| {
            let Kept { actor, second, statement } = serde_json::from_str(&tried).ok()?;
            Some(PolicyTried { at_ms, actor, second, statement })
        };
        Ok(rows.into_iter().filter_map(one).collect())
    }

    /// Keeps what was tried, unless the connection is not recorded. Secrets in the statement are not kept.
    pub(super) async fn note_tried(&self, place: &Place, attempt: &PolicyAttempt, second: Option<&PolicyActor>) {
        let profile = &place.connected.profile.id;
        if let Err(error) = self.keep_tried(profile, place, attempt, second).await {
            tracing::warn!(%error, "a statement that was tried is not kept");
        }
    }

    async fn keep_tried(
        &self,
        profile: &str,
        place: &Place,
        attempt: &PolicyAttempt,
        second: Option<&PolicyActor>,
    ) -> Result<(), AppError> {
        let statement = place.opened.language.redact(attempt.statement.trim());
        if profile.is_empty() || statement.is_empty() || !self.is_recorded(profile).await? {
            return Ok(());
        }
        let kept = Kept { actor: attempt.actor.clone(), second: second.cloned(), statement };
        let text = serde_json::to_string(&kept).map_err(AppError::internal)?;
        put(&self.store, profile, &database_of(place), &text).await
    }
}

async fn put(store: &Store, profile: &str, database: &str, tried: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    // The same again is the newest now.
    sqlx::query("DELETE FROM policy_tries WHERE profile_id = ? AND database = ? AND tried = ?")
        .bind(profile)
        .bind(database)
        .bind(tried)
        .execute(&mut *change)
        .await?;
    sqlx::query("INSERT INTO policy_tries (profile_id, database, at_ms, tried) VALUES (?, ?, ?, ?)")
        .bind(profile)
        .bind(database)
        .bind(now_ms())
        .bind(tried)
        .execute(&mut *change)
        .await?;
    sqlx::query(
        "DELETE FROM policy_tries WHERE profile_id = ?1 AND database = ?2 AND id NOT IN (SELECT id FROM policy_tries \
         WHERE profile_id = ?1 AND database = ?2 ORDER BY id DESC LIMIT ?3)",
    )
    .bind(profile)
    .bind(database)
    .bind(MOST)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}
