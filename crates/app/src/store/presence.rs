//! Which processes are alive: each holds a lock file of its own, and the system lets go of it when the process dies.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::Store;
use crate::{
    api::AppError,
    platform::{home::private_folder, lock::FileLock},
};

/// This process among those that share the store.
#[derive(Debug)]
pub(crate) struct Presence {
    name: String,
    lock: Option<FileLock>,
}

impl Presence {
    /// Signs on and settles what processes that died have left. The caller holds the home's start lock, so nobody takes
    /// a lock file that was made and not yet locked for that of a dead process.
    ///
    /// # Errors
    /// As the file system and the store say.
    pub(crate) async fn begin(home: &Path, store: &Store) -> Result<Presence, AppError> {
        let folder = home.join("processes");
        private_folder(&folder).map_err(|error| AppError::file(&error, &folder, "made"))?;
        let name = Uuid::new_v4().to_string();
        let lock = FileLock::try_take(&place(&folder, &name))?;
        settle(&folder, &name, store).await?;
        Ok(Presence { name, lock })
    }

    /// Whether a process that shares the store is still there.
    ///
    /// # Errors
    /// As the file system says.
    pub(crate) fn is_alive(home: &Path, name: &str) -> Result<bool, AppError> {
        if Uuid::parse_str(name).is_err() {
            return Ok(false);
        }
        Ok(match FileLock::try_take(&place(&home.join("processes"), name))? {
            Some(lock) => {
                lock.remove();
                false
            }
            None => true,
        })
    }

    /// Names this process in the store.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            lock.remove();
        }
    }
}

fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.lock"))
}

/// Runs of dead processes can have no end any more.
async fn settle(folder: &Path, own: &str, store: &Store) -> Result<(), AppError> {
    let names: Vec<String> = sqlx::query_scalar("SELECT DISTINCT process FROM history WHERE process IS NOT NULL")
        .fetch_all(store.read())
        .await?;
    let mut dead = Vec::new();
    for name in names.into_iter().filter(|name| name != own && Uuid::parse_str(name).is_ok()) {
        if let Some(lock) = FileLock::try_take(&place(folder, &name))? {
            lock.remove();
            dead.push(name);
        }
    }
    if !dead.is_empty() {
        let mut change = store.write().await?;
        for name in &dead {
            sqlx::query("UPDATE history SET outcome = 'lost', process = NULL WHERE process = ?")
                .bind(name)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
    }
    // Lock files of processes that died without an open run.
    let entries = std::fs::read_dir(folder).map_err(|error| AppError::file(&error, folder, "read"))?;
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| *path != place(folder, own)) {
        match FileLock::try_take(&path) {
            Ok(Some(lock)) => lock.remove(),
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "a lock file stays"),
        }
    }
    Ok(())
}
