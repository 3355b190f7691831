//! Back to the first start.

use std::{fs, io, sync::Arc};

use sqlx::AssertSqlSafe;

use super::forget_trail;
use crate::{
    App, Face,
    api::{AppError, AppEvent, ErrorCode, Settings, Topic},
    explorer::blocking,
    platform::{instance, lock::FileLock},
    store::file,
};

/// What is the store's own and says nothing of a person.
const OWN: [&str; 3] = ["_sqlx_migrations", "audit", "audit_forgotten"];
/// What makes a saved connection.
const CONNECTIONS: [&str; 2] = ["profiles", "profile_marks"];
/// Files beside the store that are made anew when they are wanted.
const BESIDE: [&str; 6] =
    ["sample.db", "sample.db-wal", "sample.db-shm", "sample.db-journal", "sample.old.db", "sample.lock"];

impl App {
    /// Brings Rowhouse back to its first start: closes every connection, forgets tabs and their texts, settings, history, the
    /// audit trail, kept catalogs and the sample; with `connections` the saved connections and their secrets too. Windows are
    /// told and begin anew.
    ///
    /// # Errors
    /// `Conflict` from a terminal while a window is open, and when another program reads the store so that its bytes could
    /// not be overwritten; `KeychainUnavailable` when secrets cannot be removed, and then nothing is forgotten.
    pub async fn forget_everything(&self, connections: bool) -> Result<(), AppError> {
        let _alone = match self.face() {
            Face::Window => None,
            Face::Cli => Some(self.alone()?),
        };
        let profiles = self.profiles().await?;
        self.close_connections().await;
        if connections {
            for profile in &profiles {
                for field in &profile.stored_secrets {
                    self.keychain.delete(&profile.id, field).await?;
                }
                self.held.forget_all(&profile.id);
            }
        }
        // From here on what windows still send of their tabs is not kept.
        let documents = self.documents.start_over().await;
        self.empty_store(connections).await?;
        drop(documents);
        self.remember_settings(Settings::default());
        self.used.forget(None);
        self.edits.leave(None);
        let kept = Arc::clone(&self.kept);
        blocking(move || kept.forget_all())
            .await?
            .map_err(|error| AppError::file(&error, self.home(), "cleared of catalogs"))?;
        for name in BESIDE {
            let path = self.home().join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(AppError::file(&error, &path, "removed"));
                }
                _ => {}
            }
        }
        // Before windows ask anew: what they read would hold the log.
        let scrubbed = self.store.scrub().await;
        let topics = [Topic::Profiles, Topic::Connections, Topic::Catalog, Topic::History, Topic::Settings];
        self.events.changed(&topics, None);
        self.events.emit(AppEvent::StartedOver);
        scrubbed
    }

    /// Nobody else has tabs of this home.
    fn alone(&self) -> Result<FileLock, AppError> {
        FileLock::try_take(&instance::lock_path(self.home()))?.ok_or_else(|| {
            AppError::new(ErrorCode::Conflict, "A Rowhouse window is open; nothing was forgotten.")
                .with_hint("Close it first, or forget everything in its settings.")
        })
    }

    /// Empties every table, also those of features that came later.
    async fn empty_store(&self, connections: bool) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        // Each table in any order: what refers to another is gone in the end too.
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *change).await?;
        forget_trail(&mut change, None).await?;
        let tables: Vec<(String, String)> = sqlx::query_as(
            "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') \
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type",
        )
        .fetch_all(&mut *change)
        .await?;
        for (name, kind) in &tables {
            if OWN.contains(&name.as_str()) || (!connections && CONNECTIONS.contains(&name.as_str())) {
                continue;
            }
            let name = format!("\"{}\"", name.replace('"', "\"\""));
            if kind == "table" {
                sqlx::query(AssertSqlSafe(format!("DELETE FROM {name}"))).execute(&mut *change).await?;
                continue;
            }
            // An index of words beside its texts; one that holds texts itself knows no such command.
            let all = format!("INSERT INTO {name} ({name}) VALUES ('delete-all')");
            if sqlx::query(AssertSqlSafe(all)).execute(&mut *change).await.is_err() {
                sqlx::query(AssertSqlSafe(format!("DELETE FROM {name}"))).execute(&mut *change).await?;
                sqlx::query(AssertSqlSafe(format!("INSERT INTO {name} ({name}) VALUES ('optimize')")))
                    .execute(&mut *change)
                    .await?;
            }
        }
        if !connections {
            // Not to be read from a list of connections: when each was used, and what answered.
            sqlx::query("DELETE FROM profile_uses").execute(&mut *change).await?;
        }
        sqlx::query("UPDATE audit_forgotten SET until_ms = 0").execute(&mut *change).await?;
        change.commit().await?;
        tracing::info!(store = %file(self.home()).display(), connections, "everything was forgotten");
        Ok(())
    }
}
