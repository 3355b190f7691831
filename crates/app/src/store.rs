//! The one SQLite file of a home: opened, migrated, refused when it is not ours.

mod opening;
mod presence;

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::api::{AppError, ErrorCode};

pub(crate) use presence::Presence;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// "Rows", as the first migration writes it.
const APPLICATION_ID: i64 = 0x526f_7773;
/// How long a writer waits for the writer of another process.
const BUSY: Duration = Duration::from_secs(5);

/// The store's file in a home.
pub(crate) fn file(home: &Path) -> PathBuf {
    home.join("rowhouse.db")
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX))
}

/// The open store. Clones share it.
///
/// One connection writes, the others read: within the process writers queue instead of polling, and a long read never
/// holds up what somebody types.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl Store {
    /// Opens the store of this home and brings it up to date. The caller holds the home's start lock.
    ///
    /// # Errors
    /// `Corrupt` for a file that is damaged, not ours or newer than the program, which stays as it is; `Conflict` when
    /// another program holds it; `Forbidden` when it cannot be written; `Exhausted` for a full disk.
    pub(crate) async fn open(home: &Path) -> Result<Store, AppError> {
        let path = file(home);
        opening::prepare(&path).await?;
        let options = options(&path)
            .journal_mode(SqliteJournalMode::Wal)
            // A process that dies loses nothing; only a power cut may lose the last moments.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("journal_size_limit", "67108864");
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY * 4);
        // What is deleted is overwritten, not only unlinked.
        let writer = pool(1).connect_with(options.clone().pragma("secure_delete", "on")).await?;
        let readers = pool(4).min_connections(0).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Store { readers, writer })
    }

    /// For statements that only read.
    pub(crate) fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// A transaction that holds the write lock from its start, so that it never fails half-way for another's write.
    /// Dropped without a commit it leaves nothing.
    ///
    /// # Errors
    /// `Conflict` when another program keeps the file locked.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, AppError> {
        Ok(self.begin_write().await?)
    }

    /// As [`Store::write`], for who tells constraints apart.
    pub(crate) async fn begin_write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Writes the file anew without its free pages and empties the write-ahead log, so that nothing deleted can be read from
    /// either.
    ///
    /// # Errors
    /// `Conflict` when another program reads the file and the log has to stay for it; `Exhausted` for a full disk.
    pub(crate) async fn scrub(&self) -> Result<(), AppError> {
        let mut writer = self.writer.acquire().await?;
        sqlx::query("VACUUM").execute(&mut *writer).await?;
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *writer).await?;
        match busy {
            0 => Ok(()),
            _ => Err(AppError::new(
                ErrorCode::Conflict,
                "It is forgotten, but its bytes are still in a file that is being read.",
            )
            .with_hint("Close other Rowhouse programs and forget it once more.")),
        }
    }

    /// Closes every connection; the last one folds the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).create_if_missing(false).foreign_keys(true).busy_timeout(BUSY)
}

impl From<MigrateError> for AppError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => cause.into(),
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => opening::newer(),
            other => {
                AppError::new(ErrorCode::Corrupt, format!("The store's layout is not what it claims to be: {other}."))
                    .with_hint("Close Rowhouse, move rowhouse.db elsewhere and start again.")
            }
        }
    }
}

#[cfg(test)]
mod tests;
