//! Saved queries as a folder of `.sql` files, for a team's repository, and back.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{
    LARGEST, add, header,
    header::{Contents, file_name, same_text},
    one, place,
};
use crate::{
    App,
    api::{
        AppError, ErrorCode, SavedDetails, SavedExport, SavedFilter, SavedHead, SavedImport, SavedQuery, SavedSkipped,
    },
    platform::whole,
    profiles::name_key,
    store::now_ms,
};

const MOST_FILES: usize = 10_000;
const DEEPEST: usize = 16;

impl App {
    /// Writes saved queries as files: one folder for each of theirs. Files that say the same already are left alone, and
    /// none is removed.
    ///
    /// # Errors
    /// As the file system says, with the file it is about; what was written before it stays.
    pub async fn export_saved(&self, folder: Option<String>, to: &Path) -> Result<SavedExport, AppError> {
        let base = place::folder(folder.as_deref().unwrap_or_default())?;
        let list = self.saved_queries(SavedFilter { folder, ..SavedFilter::default() }).await?;
        let profiles = self.profiles().await?;
        let mut taken = HashSet::new();
        let mut files = Vec::with_capacity(list.queries.len());
        for head in list.queries {
            let SavedQuery { head, text } = self.saved_query(&head.id).await?;
            let connection = profiles.iter().find(|profile| Some(&profile.id) == head.profile_id.as_ref());
            let path = file_of(&head, &base, &mut taken);
            let contents = Contents {
                name: Some(head.name),
                tags: head.tags,
                engine: head.driver,
                connection: connection.map(|profile| profile.name.clone()),
                text,
            };
            files.push((path, contents));
        }
        let to = absolute(to)?;
        blocking(move || write_all(&to, &files)).await
    }

    /// Reads a folder of `.sql` files, and the folders in it. A query of the same folder and name is left as it is where it
    /// says something else, unless `replace`; nothing is removed.
    ///
    /// # Errors
    /// `NotFound` for a folder that is not there; `Unsupported` for what is no folder. A file that cannot be read is left
    /// out and named.
    pub async fn import_saved(
        &self,
        from: &Path,
        into: Option<String>,
        replace: bool,
    ) -> Result<SavedImport, AppError> {
        let base = place::folder(into.as_deref().unwrap_or_default())?;
        let from = absolute(from)?;
        let (files, skipped) = blocking(move || read_all(&from)).await?;
        let mut done = SavedImport { skipped, ..SavedImport::default() };
        let profiles = self.profiles().await?;
        let mut change = self.store.begin_write().await?;
        for (path, contents) in files {
            let parent = path.parent().map(|parent| parent.to_string_lossy().replace('\\', "/")).unwrap_or_default();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let profile = contents.connection.as_deref().map(name_key);
            let profile = profiles.iter().find(|known| Some(name_key(&known.name)) == profile);
            let made = details(&base, &parent, contents.name.as_deref().unwrap_or(&stem), &contents.tags).map(|made| {
                let driver = profile.map(|profile| profile.driver.clone());
                // An engine this program does not know is no engine.
                let driver = driver.or(contents.engine.filter(|engine| self.registry.get(engine).is_ok()));
                SavedDetails { profile_id: profile.map(|profile| profile.id.clone()), driver, ..made }
            });
            let made = match made {
                Ok(made) => made,
                Err(error) => {
                    let path = path.to_string_lossy().into_owned();
                    done.skipped.push(SavedSkipped { path, reason: error.message });
                    continue;
                }
            };
            let name = place::path(&made.folder, &made.name);
            let select = "SELECT id FROM saved_queries WHERE folder_key = ? AND name_key = ? AND removed_ms IS NULL";
            let known: Option<String> = sqlx::query_scalar(select)
                .bind(place::key(&made.folder))
                .bind(place::key(&made.name))
                .fetch_optional(&mut *change)
                .await?;
            let Some(known) = (match known {
                Some(id) => one(&mut change, &id).await?,
                None => None,
            }) else {
                add(&mut change, &Uuid::new_v4().to_string(), &made, &contents.text).await?;
                done.added.push(name);
                continue;
            };
            let same = same_text(&known.text, &contents.text);
            if same && known.head.tags == made.tags {
                done.unchanged += 1;
            } else if !replace {
                done.differing.push(name);
            } else {
                let text = if same { &known.text } else { &contents.text };
                sqlx::query(
                    "UPDATE saved_queries SET text = ?, tags = ?, version = version + ?, changed_ms = ?, \
                     profile_id = coalesce(?, profile_id), driver = coalesce(?, driver) WHERE id = ?",
                )
                .bind(text)
                .bind(super::listed(&made.tags))
                .bind(i64::from(!same))
                .bind(now_ms())
                .bind(&made.profile_id)
                .bind(&made.driver)
                .bind(&known.head.id)
                .execute(&mut *change)
                .await?;
                done.updated.push(name);
            }
        }
        change.commit().await?;
        self.saved_changed();
        Ok(done)
    }
}

/// What a file's place and name make of a query.
fn details(base: &str, parent: &str, name: &str, tags: &[String]) -> Result<SavedDetails, AppError> {
    let folder = place::folder(&format!("{base}/{parent}"))?;
    Ok(SavedDetails { name: place::name(name)?, folder, tags: place::tags(tags)?, ..SavedDetails::default() })
}

/// Where a query's file is, from the folder of the export; no other query's file has that name on any system.
fn file_of(head: &SavedHead, base: &str, taken: &mut HashSet<String>) -> PathBuf {
    let length = base.chars().count();
    let below: String = head.folder.chars().skip(length).collect();
    let folder: PathBuf = below.split('/').filter(|part| !part.is_empty()).map(file_name).collect();
    let stem = file_name(&head.name);
    let names = std::iter::once(stem.clone()).chain((2..).map(|number| format!("{stem}-{number}")));
    let mut paths = names.map(|name| folder.join(format!("{name}.sql")));
    let free = paths.find(|path| taken.insert(place::key(&path.to_string_lossy())));
    free.unwrap_or_else(|| folder.join(format!("{stem}.sql")))
}

fn write_all(to: &Path, files: &[(PathBuf, Contents)]) -> Result<SavedExport, AppError> {
    fs::create_dir_all(to).map_err(|error| AppError::file(&error, to, "made"))?;
    let mut done = SavedExport::default();
    for (path, contents) in files {
        let path = to.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| AppError::file(&error, folder, "made"))?;
        }
        // A checkout may have turned the line ends: that is no change.
        let known = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if known.is_some_and(|known| header::write(&header::read(&known)) == header::write(contents)) {
            done.unchanged += 1;
            continue;
        }
        whole::write(&path, header::write(contents).as_bytes())
            .map_err(|error| AppError::file(&error, &path, "written"))?;
        done.written += 1;
    }
    Ok(done)
}

type Read = (Vec<(PathBuf, Contents)>, Vec<SavedSkipped>);

/// The files below a folder, in the order of their names. Hidden folders and links are passed by.
fn read_all(from: &Path) -> Result<Read, AppError> {
    let found = fs::metadata(from).map_err(|error| AppError::file(&error, from, "read"))?;
    if !found.is_dir() {
        return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is no folder.", from.display()))
            .with_hint("Name the folder the .sql files are in."));
    }
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    let mut folders = vec![(from.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(AppError::file(&error, &folder, "read")),
            Err(error) => {
                skipped.push(skip(from, &folder, &AppError::file(&error, &folder, "read").message));
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(kind) = entry.file_type() else { continue };
            if hidden {
                continue;
            }
            if kind.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if kind.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sql")) {
                files.push(path);
                if files.len() > MOST_FILES {
                    let message = format!("There are more than {MOST_FILES} .sql files in “{}”.", from.display());
                    return Err(AppError::new(ErrorCode::Exhausted, message).with_hint("Name a folder with fewer."));
                }
            }
        }
    }
    files.sort();
    let mut read = Vec::with_capacity(files.len());
    for path in files {
        match contents(&path) {
            Ok(contents) => read.push((path.strip_prefix(from).unwrap_or(&path).to_owned(), contents)),
            Err(reason) => skipped.push(skip(from, &path, &reason)),
        }
    }
    Ok((read, skipped))
}

fn contents(path: &Path) -> Result<Contents, String> {
    let told = |error: &io::Error| AppError::file(error, path, "read").message;
    let length = fs::metadata(path).map_err(|error| told(&error))?.len();
    if length > LARGEST as u64 {
        return Err(format!("It has {} MB; a saved query has at most {} MB.", length >> 20, LARGEST >> 20));
    }
    let bytes = fs::read(path).map_err(|error| told(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| "It is not UTF-8 text.".to_owned())?;
    Ok(header::read(&text))
}

fn skip(from: &Path, path: &Path, reason: &str) -> SavedSkipped {
    let path = path.strip_prefix(from).unwrap_or(path).to_string_lossy().into_owned();
    SavedSkipped { path, reason: reason.to_owned() }
}

fn absolute(path: &Path) -> Result<PathBuf, AppError> {
    std::path::absolute(path).map_err(|error| AppError::file(&error, path, "found"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("work on files was interrupted"))?
}
