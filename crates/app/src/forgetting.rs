//! Forgetting for good: what a person wants gone is gone from the files, not only from the lists.
//!
//! Rows are overwritten, the index of words is written anew, the file is written anew without its free pages and the
//! write-ahead log is emptied. What open windows still show they drop when they are told.

mod everything;

use std::sync::Arc;

use sqlx::{Sqlite, Transaction};

use crate::{
    App, Face,
    api::{AppError, ForgetRequest, KeptAmounts, Topic},
    explorer::blocking,
};

impl App {
    /// How much is kept, in all or of one connection. Tabs are counted where they belong to a connection; secrets and
    /// connections in all only.
    ///
    /// # Errors
    /// As the store says.
    pub async fn kept_amounts(&self, profile_id: Option<&str>) -> Result<KeptAmounts, AppError> {
        let store = self.store.read();
        let count = async |statement: &'static str| {
            sqlx::query_scalar::<_, i64>(statement).bind(profile_id).fetch_one(store).await
        };
        let (kept, of) = (Arc::clone(&self.kept), profile_id.map(str::to_owned));
        Ok(KeptAmounts {
            history: count("SELECT count(*) FROM history WHERE ?1 IS NULL OR profile_id = ?1").await?,
            audit: count("SELECT count(*) FROM audit WHERE of IS NULL AND (?1 IS NULL OR profile_id = ?1)").await?,
            catalogs: blocking(move || kept.count(of.as_deref())).await?,
            closed_tabs: count(
                "SELECT count(*) FROM tabs WHERE closed_ms IS NOT NULL AND (?1 IS NULL OR record ->> 'profile_id' = ?1)",
            )
            .await?,
            open_tabs: count(
                "SELECT count(*) FROM tabs WHERE closed_ms IS NULL AND (?1 IS NULL OR record ->> 'profile_id' = ?1)",
            )
            .await?,
            connections: count("SELECT count(*) FROM profiles WHERE ?1 IS NULL OR id = ?1").await?,
            secrets: count(
                "SELECT coalesce(sum(json_array_length(secret_fields)), 0) FROM profiles WHERE ?1 IS NULL OR id = ?1",
            )
            .await?,
        })
    }

    /// Forgets what is asked for and says how much went. Closed tabs belong to the window: a terminal leaves them.
    ///
    /// # Errors
    /// As the store says. `Conflict` when it is forgotten, but another program reads the file and its bytes could not be
    /// overwritten yet; doing it again does that.
    pub async fn forget(&self, request: ForgetRequest) -> Result<KeptAmounts, AppError> {
        let profile = request.profile_id.as_deref();
        let before = self.kept_amounts(profile).await?;
        let closed_tabs = request.closed_tabs && self.face() == Face::Window;
        if closed_tabs {
            self.forget_closed_tabs(profile).await?;
        }
        let mut change = self.store.write().await?;
        if request.history {
            forget_history(&mut change, profile).await?;
        }
        if request.audit {
            forget_trail(&mut change, profile).await?;
        }
        change.commit().await?;
        if request.history {
            self.used.forget(profile);
        }
        if request.catalogs {
            let (kept, profile) = (Arc::clone(&self.kept), request.profile_id.clone());
            blocking(move || match profile {
                Some(profile) => kept.forget(&profile),
                None => kept.forget_all(),
            })
            .await?
            .map_err(|error| AppError::file(&error, self.home(), "cleared of catalogs"))?;
        }
        if request.history || request.audit {
            self.events.changed(&[Topic::History], profile);
        }
        if request.history || request.audit || closed_tabs {
            self.store.scrub().await?;
        }
        let gone = |asked: bool, amount: i64| if asked { amount } else { 0 };
        Ok(KeptAmounts {
            history: gone(request.history, before.history),
            audit: gone(request.audit, before.audit),
            catalogs: gone(request.catalogs, before.catalogs),
            closed_tabs: gone(closed_tabs, before.closed_tabs),
            ..KeptAmounts::default()
        })
    }
}

/// Deletes statements and writes the index of words anew: what it deletes it only marks.
async fn forget_history(change: &mut Transaction<'static, Sqlite>, profile: Option<&str>) -> Result<(), AppError> {
    sqlx::query("DELETE FROM history WHERE ?1 IS NULL OR profile_id = ?1").bind(profile).execute(&mut **change).await?;
    for statement in [
        "INSERT INTO history_words (history_words) VALUES ('delete-all')",
        "INSERT INTO history_words (rowid, beginning) SELECT id, substr(text, 1, 20000) FROM history",
        // What parameters were last is part of what was run; of which connection is not kept, so all of them go.
        "DELETE FROM parameter_values",
    ] {
        sqlx::query(statement).execute(&mut **change).await?;
    }
    Ok(())
}

/// Deletes lines of the audit trail. That it was done, and up to where, stays.
async fn forget_trail(change: &mut Transaction<'static, Sqlite>, profile: Option<&str>) -> Result<(), AppError> {
    let statements: &[&str] = match profile {
        None => &[
            "UPDATE audit_forgotten SET until_ms = max(until_ms, (SELECT coalesce(max(at_ms), 0) + 1 FROM audit))",
            "DELETE FROM audit",
        ],
        Some(_) => &[
            "INSERT INTO audit_forgotten_of SELECT ?1, max(id) FROM audit WHERE true HAVING max(id) IS NOT NULL \
             ON CONFLICT (profile_id) DO UPDATE SET until_id = excluded.until_id",
            // Ends first: whose they are their beginnings say.
            "DELETE FROM audit WHERE of IN (SELECT id FROM audit WHERE profile_id = ?1)",
            "DELETE FROM audit WHERE profile_id = ?1",
        ],
    };
    for statement in statements {
        let query = sqlx::query(*statement);
        let query = if profile.is_some() { query.bind(profile) } else { query };
        query.execute(&mut **change).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
