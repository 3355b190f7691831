//! Queries a person keeps: named, in folders, with tags, found by any of their words.
//!
//! Only a text has a version: two windows that edit the same one must not overwrite each other unseen. Names, folders and
//! tags are seen at once by everybody, so the last word counts. What is deleted can be brought back for a while.

mod exchange;
mod folders;
mod header;
mod parameters;
mod place;
#[cfg(test)]
mod tests;

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::{
    App,
    api::{
        AppError, ErrorCode, SavedDetails, SavedFilter, SavedHead, SavedList, SavedQuery, SavedRemoval, SavedTag, Topic,
    },
    history::pattern,
    store::now_ms,
};

/// As many characters of a text as its index of words covers; see the migration.
const INDEXED: i64 = 20_000;
const MOST_LISTED: i64 = 10_000;
/// The largest text that is kept, in bytes.
const LARGEST: usize = 16 << 20;
/// How long a deleted query can be brought back.
const KEPT_MS: i64 = 30 * 86_400_000;

macro_rules! heads {
    ($where:literal) => {
        concat!(
            "SELECT id, name, folder, tags, profile_id, driver, version, created_ms, changed_ms, ",
            "substr(text, 1, 600) AS beginning FROM saved_queries WHERE removed_ms IS NULL",
            $where
        )
    };
}

impl App {
    /// The saved queries that have the words and tags, and every folder and tag there is.
    ///
    /// # Errors
    /// As the store says; `InvalidStatement` for a folder that cannot be.
    pub async fn saved_queries(&self, filter: SavedFilter) -> Result<SavedList, AppError> {
        let mut select = sqlx::QueryBuilder::<sqlx::Sqlite>::new(heads!(""));
        if let Some(folder) = &filter.folder {
            let key = place::key(&place::folder(folder)?);
            if !key.is_empty() {
                select.push(" AND (folder_key = ").push_bind(key.clone());
                select.push(" OR substr(folder_key, 1, ").push_bind(key.chars().count() as i64 + 1);
                select.push(") = ").push_bind(format!("{key}/")).push(")");
            }
        }
        with_words(&mut select, &filter.text);
        select.push(" ORDER BY folder_key, name_key LIMIT ").push_bind(MOST_LISTED);
        // One moment of the store: a query must not be shown in a folder that is gone.
        let mut moment = self.store.read().begin().await?;
        let rows: Vec<Row> = select.build_query_as().fetch_all(&mut *moment).await?;
        let folders = sqlx::query_scalar("SELECT path FROM saved_folders ORDER BY path_key").fetch_all(&mut *moment);
        let folders: Vec<String> = folders.await?;
        let all: Vec<String> = sqlx::query_scalar("SELECT tags FROM saved_queries WHERE removed_ms IS NULL")
            .fetch_all(&mut *moment)
            .await?;
        moment.rollback().await?;
        let wanted: Vec<String> = filter.tags.iter().map(|tag| place::key(tag.trim())).collect();
        let queries = rows.into_iter().map(SavedHead::from).filter(|head| {
            wanted.iter().all(|tag| tag.is_empty() || head.tags.iter().any(|known| place::key(known) == *tag))
        });
        let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
        Ok(SavedList { queries: queries.collect(), folders, tags: counted(&all), total })
    }

    /// A saved query with its text.
    ///
    /// # Errors
    /// `NotFound` for one that is gone.
    pub async fn saved_query(&self, id: &str) -> Result<SavedQuery, AppError> {
        let mut store = self.store.read().acquire().await?;
        one(&mut store, id).await?.ok_or_else(gone)
    }

    /// A saved query by its path (`Sales/By day`), or by its name where only one has it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where several have the name, with their paths in the hint.
    pub async fn saved_named(&self, wanted: &str) -> Result<SavedQuery, AppError> {
        let key = place::key(wanted.trim().trim_matches('/'));
        let select = "SELECT id, folder, name FROM saved_queries WHERE removed_ms IS NULL AND (name_key = ?1 OR \
                      CASE folder_key WHEN '' THEN name_key ELSE folder_key || '/' || name_key END = ?1) \
                      ORDER BY folder_key, name_key";
        let found: Vec<(String, String, String)> =
            sqlx::query_as(select).bind(&key).fetch_all(self.store.read()).await?;
        let whole = found.iter().find(|(_, folder, name)| place::key(&place::path(folder, name)) == key);
        match (whole, found.as_slice()) {
            (Some((id, ..)), _) | (None, [(id, ..)]) => self.saved_query(id).await,
            (None, []) => {
                Err(AppError::new(ErrorCode::NotFound, format!("There is no saved query called “{}”.", wanted.trim()))
                    .with_hint("`rowhouse saved list` shows what there is."))
            }
            (None, several) => {
                let paths: Vec<String> =
                    several.iter().take(20).map(|(_, folder, name)| place::path(folder, name)).collect();
                let message = format!("{} saved queries are called “{}”.", several.len(), wanted.trim());
                Err(AppError::new(ErrorCode::Conflict, message).with_hint(format!("Say which: {}.", paths.join(", "))))
            }
        }
    }

    /// Saves a text as a query.
    ///
    /// # Errors
    /// `AlreadyExists` for a name that its folder has; `InvalidStatement` for a name, folder or tag that cannot be;
    /// `Exhausted` for a text of more than 16 MB.
    pub async fn create_saved(&self, details: SavedDetails, text: String) -> Result<SavedQuery, AppError> {
        small_enough(&text)?;
        let made = self.checked(details).await?;
        let id = Uuid::new_v4().to_string();
        let mut change = self.store.begin_write().await?;
        add(&mut change, &id, &made, &text).await?;
        let saved = one(&mut change, &id).await?.ok_or_else(gone)?;
        change.commit().await?;
        self.saved_changed();
        Ok(saved)
    }

    /// Replaces a saved query's text. `version` is that of the text that was edited; `None` replaces whatever is there.
    ///
    /// # Errors
    /// `Conflict` when another window or process saved another text meanwhile, and then nothing was changed; `NotFound`
    /// when it was deleted; `Exhausted` for a text of more than 16 MB.
    pub async fn save_saved(&self, id: &str, version: Option<u32>, text: String) -> Result<SavedQuery, AppError> {
        small_enough(&text)?;
        let mut change = self.store.write().await?;
        let known = one(&mut change, id).await?.ok_or_else(gone)?;
        if known.text == text {
            return Ok(known);
        }
        if version.is_some_and(|version| version != known.head.version) {
            let message = format!("“{}” was saved with another text since it was opened.", known.head.name);
            return Err(AppError::new(ErrorCode::Conflict, message)
                .with_hint("Take the saved text, save yours over it, or save yours under another name."));
        }
        sqlx::query("UPDATE saved_queries SET text = ?, version = version + 1, changed_ms = ? WHERE id = ?")
            .bind(&text)
            .bind(now_ms())
            .bind(id)
            .execute(&mut *change)
            .await?;
        let saved = one(&mut change, id).await?.ok_or_else(gone)?;
        change.commit().await?;
        self.saved_changed();
        Ok(saved)
    }

    /// Renames, moves and tags a saved query; its text stays.
    ///
    /// # Errors
    /// As [`App::create_saved`]; `NotFound` when it was deleted.
    pub async fn change_saved(&self, id: &str, details: SavedDetails) -> Result<SavedHead, AppError> {
        let made = self.checked(details).await?;
        let mut change = self.store.begin_write().await?;
        folders::ensure(&mut change, &made.folder).await?;
        let done = sqlx::query(
            "UPDATE saved_queries SET name = ?, name_key = ?, folder = ?, folder_key = ?, tags = ?, profile_id = ?, \
             driver = ? WHERE id = ? AND removed_ms IS NULL",
        )
        .bind(&made.name)
        .bind(place::key(&made.name))
        .bind(&made.folder)
        .bind(place::key(&made.folder))
        .bind(listed(&made.tags))
        .bind(&made.profile_id)
        .bind(&made.driver)
        .bind(id)
        .execute(&mut *change)
        .await
        .map_err(|error| taken(error, &made.folder, &made.name))?;
        if done.rows_affected() == 0 {
            return Err(gone());
        }
        let saved = one(&mut change, id).await?.ok_or_else(gone)?;
        change.commit().await?;
        self.saved_changed();
        Ok(saved.head)
    }

    /// Moves saved queries into a folder, all or none.
    ///
    /// # Errors
    /// `AlreadyExists` for a name that the folder has; `InvalidStatement` for a folder that cannot be.
    pub async fn move_saved(&self, ids: &[String], folder: &str) -> Result<(), AppError> {
        let folder = place::folder(folder)?;
        let mut change = self.store.begin_write().await?;
        folders::ensure(&mut change, &folder).await?;
        for id in ids {
            let Some(known) = one(&mut change, id).await? else { continue };
            sqlx::query("UPDATE saved_queries SET folder = ?, folder_key = ? WHERE id = ?")
                .bind(&folder)
                .bind(place::key(&folder))
                .bind(id)
                .execute(&mut *change)
                .await
                .map_err(|error| taken(error, &folder, &known.head.name))?;
        }
        change.commit().await?;
        self.saved_changed();
        Ok(())
    }

    /// Deletes saved queries. [`App::restore_saved`] brings them back for 30 days.
    ///
    /// # Errors
    /// As the store says.
    pub async fn remove_saved(&self, ids: &[String]) -> Result<SavedRemoval, AppError> {
        let mut change = self.store.write().await?;
        let removed = remove(&mut change, ids).await?;
        change.commit().await?;
        self.saved_changed();
        Ok(SavedRemoval { ids: removed, folders: Vec::new() })
    }

    /// Brings back what was deleted; one whose name is taken by now gets a number.
    ///
    /// # Errors
    /// As the store says.
    pub async fn restore_saved(&self, removal: SavedRemoval) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        for folder in &removal.folders {
            folders::ensure(&mut change, &place::folder(folder)?).await?;
        }
        for id in &removal.ids {
            let select = "SELECT folder, name FROM saved_queries WHERE id = ? AND removed_ms IS NOT NULL";
            let found: Option<(String, String)> = sqlx::query_as(select).bind(id).fetch_optional(&mut *change).await?;
            let Some((folder, name)) = found else { continue };
            folders::ensure(&mut change, &folder).await?;
            let name = free_name(&mut change, &folder, &name).await?;
            sqlx::query("UPDATE saved_queries SET removed_ms = NULL, name = ?, name_key = ? WHERE id = ?")
                .bind(&name)
                .bind(place::key(&name))
                .bind(id)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        self.saved_changed();
        Ok(())
    }

    /// Forgets what was deleted long ago, and parameters nobody has used for as long.
    pub(crate) async fn forget_removed_saved(&self) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM saved_queries WHERE removed_ms < ?")
            .bind(now_ms() - KEPT_MS)
            .execute(&mut *change)
            .await?;
        parameters::forget_old(&mut change).await?;
        Ok(change.commit().await?)
    }

    fn saved_changed(&self) {
        self.events.changed(&[Topic::Saved], None);
    }

    /// Details that can be kept. A connection says which engine it is.
    async fn checked(&self, details: SavedDetails) -> Result<SavedDetails, AppError> {
        let SavedDetails { name, folder, tags, profile_id, driver } = details;
        let of_profile = match &profile_id {
            Some(id) => self.profiles().await?.into_iter().find(|profile| profile.id == *id).map(|found| found.driver),
            None => None,
        };
        let (name, folder, tags) = (place::name(&name)?, place::folder(&folder)?, place::tags(&tags)?);
        Ok(SavedDetails { name, folder, tags, profile_id, driver: of_profile.or(driver) })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    folder: String,
    tags: String,
    profile_id: Option<String>,
    driver: Option<String>,
    version: u32,
    created_ms: i64,
    changed_ms: i64,
    beginning: String,
}

impl From<Row> for SavedHead {
    fn from(row: Row) -> Self {
        let Row { id, name, folder, tags, profile_id, driver, version, created_ms, changed_ms, beginning } = row;
        let (tags, excerpt) = (read_tags(&tags), excerpt(&beginning));
        SavedHead { id, name, folder, tags, profile_id, driver, version, created_ms, changed_ms, excerpt }
    }
}

/// Narrows to texts that have every word, wherever it stands.
fn with_words(select: &mut sqlx::QueryBuilder<sqlx::Sqlite>, text: &str) {
    // Signs that cannot be seen are no part of a word, and a NUL would end the index's query.
    let apart = |character: char| character.is_whitespace() || character.is_control();
    let words: Vec<&str> = text.split(apart).filter(|word| !word.is_empty()).take(32).collect();
    // Three letters are the least the index knows.
    let (long, short): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.chars().count() >= 3);
    if !long.is_empty() {
        let quoted: Vec<String> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        select
            .push(" AND (number IN (SELECT rowid FROM saved_words WHERE saved_words MATCH ")
            .push_bind(quoted.join(" AND "))
            .push(") OR (length(text) > ")
            .push_bind(INDEXED);
        long.iter().for_each(|word| anywhere(select, word));
        select.push("))");
    }
    short.iter().for_each(|word| anywhere(select, word));
}

fn anywhere(select: &mut sqlx::QueryBuilder<sqlx::Sqlite>, word: &str) {
    let pattern = pattern(word);
    for (column, before) in [("name", " AND ("), ("folder", " OR "), ("tags", " OR "), ("text", " OR ")] {
        select.push(before).push(column).push(" LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
    }
    select.push(")");
}

/// A saved query that is not deleted.
async fn one(store: &mut SqliteConnection, id: &str) -> Result<Option<SavedQuery>, AppError> {
    let found: Option<Row> = sqlx::query_as(heads!(" AND id = ?")).bind(id).fetch_optional(&mut *store).await?;
    let Some(row) = found else { return Ok(None) };
    let text = sqlx::query_scalar("SELECT text FROM saved_queries WHERE id = ?").bind(id).fetch_one(store).await?;
    Ok(Some(SavedQuery { head: row.into(), text }))
}

/// Adds a query of details that were checked, and its folder.
async fn add(store: &mut SqliteConnection, id: &str, made: &SavedDetails, text: &str) -> Result<(), AppError> {
    folders::ensure(&mut *store, &made.folder).await?;
    let now = now_ms();
    sqlx::query(
        "INSERT INTO saved_queries (id, name, name_key, folder, folder_key, tags, text, profile_id, driver, version, \
         created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
    )
    .bind(id)
    .bind(&made.name)
    .bind(place::key(&made.name))
    .bind(&made.folder)
    .bind(place::key(&made.folder))
    .bind(listed(&made.tags))
    .bind(text)
    .bind(&made.profile_id)
    .bind(&made.driver)
    .bind(now)
    .bind(now)
    .execute(store)
    .await
    .map_err(|error| taken(error, &made.folder, &made.name))?;
    Ok(())
}

async fn remove(store: &mut SqliteConnection, ids: &[String]) -> Result<Vec<String>, AppError> {
    let mut removed = Vec::with_capacity(ids.len());
    for id in ids {
        let done = sqlx::query("UPDATE saved_queries SET removed_ms = ? WHERE id = ? AND removed_ms IS NULL")
            .bind(now_ms())
            .bind(id)
            .execute(&mut *store)
            .await?;
        if done.rows_affected() > 0 {
            removed.push(id.clone());
        }
    }
    Ok(removed)
}

/// The name, or with the first number that makes it free.
async fn free_name(store: &mut SqliteConnection, folder: &str, name: &str) -> Result<String, AppError> {
    let select = "SELECT name_key FROM saved_queries WHERE folder_key = ? AND removed_ms IS NULL";
    let used: Vec<String> = sqlx::query_scalar(select).bind(place::key(folder)).fetch_all(store).await?;
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    Ok(names.find(|name| !used.contains(&place::key(name))).unwrap_or_else(|| name.to_owned()))
}

fn small_enough(text: &str) -> Result<(), AppError> {
    if text.len() <= LARGEST {
        return Ok(());
    }
    let message = format!("The text has {} MB; a saved query has at most {} MB.", text.len() >> 20, LARGEST >> 20);
    Err(AppError::new(ErrorCode::Exhausted, message).with_hint("Save it as a file."))
}

fn taken(error: sqlx::Error, folder: &str, name: &str) -> AppError {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => {
            let place = if folder.is_empty() { String::new() } else { format!(" in “{folder}”") };
            let message = format!("There is already a saved query called “{name}”{place}.");
            AppError::new(ErrorCode::AlreadyExists, message).with_hint("Choose another name or another folder.")
        }
        _ => error.into(),
    }
}

fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "This saved query was deleted.")
        .with_hint("What was deleted can be brought back right after, with Undo.")
}

fn listed(tags: &[String]) -> String {
    serde_json::to_string(tags).unwrap_or_else(|_| "[]".to_owned())
}

fn read_tags(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// Every tag of these lists and how often it occurs, by name.
fn counted(all: &[String]) -> Vec<SavedTag> {
    let mut counts = std::collections::BTreeMap::<String, SavedTag>::new();
    for tag in all.iter().flat_map(|stored| read_tags(stored)) {
        counts.entry(place::key(&tag)).or_insert_with(|| SavedTag { name: tag, count: 0 }).count += 1;
    }
    counts.into_values().collect()
}

/// The beginning of a text on one line.
fn excerpt(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(160).collect()
}
