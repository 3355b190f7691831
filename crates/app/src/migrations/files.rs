//! The folder on disk, and which one goes with a database.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use migration::{File, Folder, NewFile};

use crate::{advisor::database_of, api::*, explorer::Place, store::Store};

/// Most files of a folder.
const MOST_FILES: usize = 20_000;
/// Largest file, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;
/// The folder in which Drizzle's journal is.
const META: &str = "meta";

/// Reads a folder: the SQL files in it and in folders directly within, and Drizzle's journal. `bytes` also tells what was read.
///
/// # Errors
/// `NotFound`, `Forbidden` as the disk says; `Exhausted` for more than is read.
pub(super) fn read(folder: &Path) -> Result<(Folder, Vec<File>), AppError> {
    let failed = |error: io::Error, path: &Path| AppError::file(&error, path, "read");
    let mut found = Vec::new();
    list(folder, &mut found).map_err(|error| failed(error, folder))?;
    let mut inner = Vec::new();
    for path in found.iter().filter(|path| path.is_dir()) {
        list(path, &mut inner).map_err(|error| failed(error, path))?;
    }
    found.append(&mut inner);
    let mut files = Vec::new();
    for path in found {
        let Ok(within) = path.strip_prefix(folder) else { continue };
        let parts: Vec<_> = within.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let journal = parts.first().is_some_and(|first| first == META) && parts.len() == 2;
        let wanted = within.extension().is_some_and(|end| end == "sql") || (journal && path.ends_with("_journal.json"));
        if !wanted || !path.is_file() {
            continue;
        }
        let size = fs::metadata(&path).map_err(|error| failed(error, &path))?.len();
        if size > LARGEST || files.len() == MOST_FILES {
            let message = format!("“{}” is more than is read of a folder of migrations.", path.display());
            return Err(AppError::new(ErrorCode::Exhausted, message));
        }
        let bytes = fs::read(&path).map_err(|error| failed(error, &path))?;
        files.push(File { path: parts.join("/"), bytes });
    }
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok((Folder::read(&whole.to_string_lossy(), &files), files))
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        found.push(entry?.path());
    }
    Ok(())
}

/// Writes files that are not there; all of them, or none.
///
/// # Errors
/// `AlreadyExists`, `Forbidden`, `Exhausted` as the disk says.
pub(super) fn write(folder: &Path, files: &[NewFile]) -> Result<Vec<String>, AppError> {
    fs::create_dir_all(folder).map_err(|error| AppError::file(&error, folder, "made"))?;
    let mut written: Vec<PathBuf> = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        if let Err(error) = put(&path, &file.text) {
            for path in written {
                // What was begun here is nobody else's.
                let _ = fs::remove_file(path);
            }
            return Err(AppError::file(&error, &path, "written"));
        }
        written.push(path);
    }
    Ok(written.into_iter().map(|path| path.to_string_lossy().into_owned()).collect())
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    use io::Write as _;
    let mut file = fs::File::create_new(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// The folder that was looked at last for a database.
///
/// # Errors
/// As the store says.
pub(super) async fn remembered(store: &Store, place: &Place) -> Result<Option<String>, AppError> {
    Ok(sqlx::query_scalar("SELECT folder FROM migration_folders WHERE profile_id = ? AND database = ?")
        .bind(&place.connected.profile.id)
        .bind(database_of(place))
        .fetch_optional(store.read())
        .await?)
}

/// Remembers a folder for a database.
///
/// # Errors
/// As the store says.
pub(super) async fn remember(store: &Store, place: &Place, folder: &str) -> Result<(), AppError> {
    if remembered(store, place).await?.as_deref() == Some(folder) {
        return Ok(());
    }
    let mut change = store.write().await?;
    sqlx::query(
        "INSERT INTO migration_folders VALUES (?, ?, ?) ON CONFLICT (profile_id, database) DO UPDATE SET folder = excluded.folder",
    )
    .bind(&place.connected.profile.id)
    .bind(database_of(place))
    .bind(folder)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

/// Forgets the folders of a connection.
///
/// # Errors
/// As the store says.
pub(super) async fn forget(store: &Store, profile_id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM migration_folders WHERE profile_id = ?").bind(profile_id).execute(&mut *change).await?;
    change.commit().await?;
    Ok(())
}
