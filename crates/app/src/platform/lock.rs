//! Locks between processes. The system gives them up when their process dies, however it dies.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::home::private_file;
use crate::api::{AppError, ErrorCode};

/// A lock on one file, held while any clone lives.
#[derive(Clone, Debug)]
pub struct FileLock {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    file: File,
    path: PathBuf,
}

impl FileLock {
    /// Takes the lock, or says `None` when another process (or another open file of this one) has it.
    ///
    /// # Errors
    /// As the file system says.
    pub(crate) fn try_take(path: &Path) -> Result<Option<FileLock>, AppError> {
        let failed = |error: &io::Error| AppError::file(error, path, "locked");
        let mut file = private_file()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        // For people who wonder who holds it; the lock itself is the system's.
        let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
        if let Err(error) = noted {
            tracing::debug!(%error, path = %path.display(), "the holder could not be noted");
        }
        Ok(Some(FileLock { held: Arc::new(Held { file, path: path.to_owned() }) }))
    }

    /// Takes the lock, waiting for its holder.
    ///
    /// # Errors
    /// `Conflict` when it is not given up in time.
    pub(crate) fn take(path: &Path, patience: Duration) -> Result<FileLock, AppError> {
        let begun = Instant::now();
        loop {
            if let Some(lock) = FileLock::try_take(path)? {
                return Ok(lock);
            }
            if begun.elapsed() >= patience {
                return Err(AppError::new(
                    ErrorCode::Conflict,
                    format!("Another Rowhouse process{} is preparing the store and does not finish.", holder(path)),
                )
                .with_hint("End that process, then try again."));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// Deletes the file while it is still held, so that nobody can lock it in between.
    pub(crate) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.held.path) {
            tracing::debug!(%error, path = %self.held.path.display(), "a lock file stays");
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Closing the file would do it; a child process that inherited it must not keep the lock.
        let _ = self.file.unlock();
    }
}

/// Who holds a lock, as ` (process 123)`, or nothing when that is not known.
pub(crate) fn holder(path: &Path) -> String {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(32).read_to_string(&mut text));
    match (read, text.trim().parse::<u32>()) {
        (Ok(_), Ok(process)) => format!(" (process {process})"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lock_is_exclusive_until_its_last_clone_is_gone() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("lock");
        let first = FileLock::try_take(&path).unwrap().unwrap();
        let clone = first.clone();
        drop(first);
        assert!(FileLock::try_take(&path).unwrap().is_none());
        assert_eq!(holder(&path), format!(" (process {})", std::process::id()));
        let late = FileLock::take(&path, Duration::from_millis(60)).unwrap_err();
        assert_eq!(late.code, ErrorCode::Conflict);
        drop(clone);
        assert!(FileLock::try_take(&path).unwrap().is_some());
    }
}
