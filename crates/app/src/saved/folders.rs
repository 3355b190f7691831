//! Folders of saved queries, also empty ones.

use sqlx::SqliteConnection;

use super::{place, remove, taken};
use crate::{
    App,
    api::{AppError, ErrorCode, SavedRemoval},
};

/// Makes a folder and those it is in, where they are not there. A folder that differs only by case is the same one.
pub(super) async fn ensure(store: &mut SqliteConnection, folder: &str) -> Result<(), AppError> {
    for path in place::with_parents(folder) {
        sqlx::query("INSERT INTO saved_folders (path_key, path) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(place::key(path))
            .bind(path)
            .execute(&mut *store)
            .await?;
    }
    Ok(())
}

impl App {
    /// Makes a folder, and those it is in.
    ///
    /// # Errors
    /// `AlreadyExists`; `InvalidStatement` for a name that cannot be.
    pub async fn create_saved_folder(&self, path: &str) -> Result<String, AppError> {
        let path = named(path)?;
        let mut change = self.store.write().await?;
        if known(&mut change, &path).await? {
            return Err(exists(&path));
        }
        ensure(&mut change, &path).await?;
        change.commit().await?;
        self.saved_changed();
        Ok(path)
    }

    /// Renames or moves a folder with everything in it.
    ///
    /// # Errors
    /// `AlreadyExists` for a folder of that name; `NotFound`; `InvalidStatement` for a name that cannot be, or a place in
    /// itself.
    pub async fn move_saved_folder(&self, from: &str, to: &str) -> Result<String, AppError> {
        let (from, to) = (named(from)?, named(to)?);
        let (from_key, to_key) = (place::key(&from), place::key(&to));
        if to_key.starts_with(&format!("{from_key}/")) {
            return Err(AppError::new(ErrorCode::InvalidStatement, "A folder cannot be moved into itself."));
        }
        let mut change = self.store.begin_write().await?;
        if !known(&mut change, &from).await? {
            return Err(AppError::new(ErrorCode::NotFound, format!("There is no folder “{from}” any more.")));
        }
        if from_key != to_key && known(&mut change, &to).await? {
            return Err(exists(&to));
        }
        let folders: Vec<String> = inside(&mut change, &from_key).await?;
        // What is below keeps its own name; letters are counted, because folding may change how many bytes they take.
        let length = from.chars().count();
        let moved = |path: &str| format!("{to}{}", path.chars().skip(length).collect::<String>());
        sqlx::query("DELETE FROM saved_folders WHERE path_key = ?1 OR substr(path_key, 1, length(?1) + 1) = ?1 || '/'")
            .bind(&from_key)
            .execute(&mut *change)
            .await?;
        for folder in &folders {
            ensure(&mut change, &moved(folder)).await?;
        }
        ensure(&mut change, &to).await?;
        let queries: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT id, folder, name FROM saved_queries \
             WHERE folder_key = ?1 OR substr(folder_key, 1, length(?1) + 1) = ?1 || '/'",
        )
        .bind(&from_key)
        .fetch_all(&mut *change)
        .await?;
        for (id, folder, name) in queries {
            let folder = moved(&folder);
            sqlx::query("UPDATE saved_queries SET folder = ?, folder_key = ? WHERE id = ?")
                .bind(&folder)
                .bind(place::key(&folder))
                .bind(id)
                .execute(&mut *change)
                .await
                .map_err(|error| taken(error, &folder, &name))?;
        }
        change.commit().await?;
        self.saved_changed();
        Ok(to)
    }

    /// Deletes a folder with everything in it. [`App::restore_saved`] brings it back.
    ///
    /// # Errors
    /// As the store says.
    pub async fn remove_saved_folder(&self, path: &str) -> Result<SavedRemoval, AppError> {
        let path = named(path)?;
        let key = place::key(&path);
        let mut change = self.store.write().await?;
        let folders = inside(&mut change, &key).await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM saved_queries WHERE removed_ms IS NULL \
             AND (folder_key = ?1 OR substr(folder_key, 1, length(?1) + 1) = ?1 || '/')",
        )
        .bind(&key)
        .fetch_all(&mut *change)
        .await?;
        let ids = remove(&mut change, &ids).await?;
        sqlx::query("DELETE FROM saved_folders WHERE path_key = ?1 OR substr(path_key, 1, length(?1) + 1) = ?1 || '/'")
            .bind(&key)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.saved_changed();
        Ok(SavedRemoval { ids, folders })
    }
}

/// The folder itself and those in it.
async fn inside(store: &mut SqliteConnection, key: &str) -> Result<Vec<String>, AppError> {
    let select = "SELECT path FROM saved_folders \
                  WHERE path_key = ?1 OR substr(path_key, 1, length(?1) + 1) = ?1 || '/' ORDER BY path_key";
    Ok(sqlx::query_scalar(select).bind(key).fetch_all(store).await?)
}

async fn known(store: &mut SqliteConnection, path: &str) -> Result<bool, AppError> {
    let select = "SELECT count(*) FROM saved_folders WHERE path_key = ?";
    let found: i64 = sqlx::query_scalar(select).bind(place::key(path)).fetch_one(store).await?;
    Ok(found > 0)
}

/// A folder's path that is not the top.
fn named(path: &str) -> Result<String, AppError> {
    let path = place::folder(path)?;
    if path.is_empty() {
        return Err(AppError::new(ErrorCode::InvalidStatement, "A folder needs a name."));
    }
    Ok(path)
}

fn exists(path: &str) -> AppError {
    AppError::new(ErrorCode::AlreadyExists, format!("There is already a folder “{path}”."))
        .with_hint("Choose another name.")
}
