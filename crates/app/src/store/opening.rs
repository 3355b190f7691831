//! Looking at the file before it is touched, making it, bringing it up to date.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteJournalMode};

use super::{APPLICATION_ID, MIGRATIONS, options};
use crate::{
    api::{AppError, ErrorCode},
    platform::home::{make_private, private_file},
};

/// Leaves an up-to-date store at `path`, or says why not and leaves what was there.
pub(super) async fn prepare(path: &Path) -> Result<(), AppError> {
    match fs::metadata(path) {
        Ok(found) => inspect(path, &found)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return create(path).await,
        Err(error) => return Err(AppError::file(&error, path, "opened")),
    }
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let version = version(path).await?;
    if version > newest {
        return Err(newer());
    }
    if version < newest {
        let mut store = options(path).connect().await?;
        let migrated = MIGRATIONS.run(&mut store).await;
        store.close().await?;
        migrated?;
    }
    make_private(path).map_err(|error| AppError::file(&error, path, "protected"))
}

/// What can be told without SQLite, which would take an empty file for a new one.
fn inspect(path: &Path, found: &fs::Metadata) -> Result<(), AppError> {
    if found.is_dir() {
        return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is a folder.", path.display()))
            .with_hint("Move it elsewhere: Rowhouse keeps its store in a file of that name."));
    }
    let mut head = Vec::with_capacity(16);
    fs::File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut head))
        .map_err(|error| AppError::file(&error, path, "opened"))?;
    if head.is_empty() {
        return Err(AppError::new(ErrorCode::Corrupt, format!("The store “{}” is an empty file.", path.display())).with_hint(
            "Something emptied it (a full disk, a failed copy). Restore it from a backup, or delete it to start anew.",
        ));
    }
    if head != *b"SQLite format 3\0" {
        return Err(AppError::new(ErrorCode::Corrupt, format!("“{}” is not a SQLite file.", path.display()))
            .with_hint("Restore it from a backup, or move it elsewhere to start anew."));
    }
    if found.permissions().readonly() {
        return Err(AppError::file(&io::ErrorKind::PermissionDenied.into(), path, "opened for writing"));
    }
    Ok(())
}

/// The newest migration in the file, read without writing to it.
async fn version(path: &Path) -> Result<i64, AppError> {
    let mut store = options(path).read_only(true).connect().await?;
    let found = read_version(&mut store).await;
    store.close().await?;
    found
}

async fn read_version(store: &mut SqliteConnection) -> Result<i64, AppError> {
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *store).await?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *store)
        .await?;
    if application != APPLICATION_ID || tables == 0 {
        return Err(AppError::new(ErrorCode::Corrupt, "The file rowhouse.db is a database, but not Rowhouse's store.")
            .with_hint("Move it elsewhere, or set ROWHOUSE_HOME to another folder."));
    }
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(store).await?;
    Ok(newest.unwrap_or(0))
}

/// Makes the store under another name first, so that a file of its own name is always whole.
async fn create(path: &Path) -> Result<(), AppError> {
    let failed = |error: &io::Error| AppError::file(error, path, "made");
    let made = beside(path, ".new");
    for leftover in [made.clone(), beside(&made, "-journal")] {
        match fs::remove_file(&leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
    }
    // The log of a file that is gone would be folded into the new one.
    for log in [beside(path, "-wal"), beside(path, "-shm")] {
        match fs::rename(&log, beside(&log, ".old")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
    }
    private_file().write(true).create_new(true).open(&made).map_err(|error| failed(&error))?;
    let mut store = options(&made).journal_mode(SqliteJournalMode::Delete).connect().await?;
    let migrated = MIGRATIONS.run(&mut store).await;
    store.close().await?;
    migrated?;
    fs::File::open(&made).and_then(|file| file.sync_all()).map_err(|error| failed(&error))?;
    fs::rename(&made, path).map_err(|error| failed(&error))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn newer() -> AppError {
    AppError::new(ErrorCode::Corrupt, "The store was written by a newer Rowhouse than this one.")
        .with_hint("Update Rowhouse, or set ROWHOUSE_HOME to another folder. The store was left as it is.")
}
