//! Staged edits on disk: each step before its answer.
//!
//! They are a person's own unsaved work, as a tab's text is: kept in the store, which nobody else may read, also for a connection
//! whose statements are not recorded. What was saved, discarded for good or belonged to a removed connection goes.

use driver::{KeySource, ValueContext, row_security::Actor};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use super::{
    model::{EditSet, Step},
    record,
    saving::Seal,
};
use crate::{
    api::{AppError, EditCounts, ErrorCode, ObjectRef, PendingEdits},
    store::Store,
};

/// What edits of a relation are counted and compared by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SetHead {
    /// How rows are told apart.
    pub(super) source: KeySource,
    /// The identity's columns.
    pub(super) key: Vec<String>,
    /// Every column that was ever edited or shown, by its number. Names are added, never moved.
    pub(super) columns: Vec<String>,
    /// What values print by; none before anything was staged.
    pub(super) context: Option<ValueContext>,
    /// As whom something of it was staged, each once; `None` is the login.
    #[serde(default)]
    pub(super) actors: Vec<Option<Actor>>,
}

/// Which relation of which connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SetKey {
    pub(super) profile_id: String,
    /// A JSON array of database, schema and name.
    pub(super) relation: String,
}

/// An edit set read back.
pub(super) struct Kept {
    pub(super) head: SetHead,
    pub(super) set: EditSet,
    /// What tells whether a save arrived that was under way.
    pub(super) seal: Option<Seal>,
}

#[derive(sqlx::FromRow)]
struct SetRow {
    id: i64,
    head: String,
    position: i64,
    seal: Option<String>,
}

fn damaged() -> AppError {
    AppError::new(ErrorCode::Corrupt, "The staged edits of this relation cannot be read back from the store.")
        .with_hint("Discard them to edit the relation anew.")
}

/// What is kept of a relation's edits.
///
/// # Errors
/// As the store says; `Corrupt` for what is no edit set.
pub(super) async fn load(store: &Store, key: &SetKey) -> Result<Option<Kept>, AppError> {
    let row: Option<SetRow> =
        sqlx::query_as("SELECT id, head, position, seal FROM edit_sets WHERE profile_id = ? AND relation = ?")
            .bind(&key.profile_id)
            .bind(&key.relation)
            .fetch_optional(store.read())
            .await?;
    let Some(SetRow { id, head, position, seal }) = row else { return Ok(None) };
    let steps: Vec<String> = sqlx::query_scalar("SELECT step FROM edit_steps WHERE set_id = ? ORDER BY number")
        .bind(id)
        .fetch_all(store.read())
        .await?;
    let head: SetHead = serde_json::from_str(&head).map_err(|_| damaged())?;
    let set = tokio::task::spawn_blocking(move || {
        let steps = steps.iter().map(|step| record::read(step)).collect::<Option<Vec<_>>>()?;
        Some(EditSet::replay(steps, usize::try_from(position).unwrap_or(usize::MAX)))
    })
    .await
    .map_err(|_| AppError::internal("reading staged edits was interrupted"))?;
    // A seal that cannot be read tells nothing, which is not the same as none.
    let seal = seal.map(|seal| serde_json::from_str(&seal).unwrap_or_default());
    Ok(Some(Kept { head, set: set.ok_or_else(damaged)?, seal }))
}

/// What is written at once.
pub(super) struct Writing {
    pub(super) key: SetKey,
    pub(super) object: ObjectRef,
    pub(super) head: SetHead,
    /// How many steps are done.
    pub(super) position: usize,
    pub(super) counts: EditCounts,
}

/// A step's text as it is kept.
///
/// # Errors
/// `Internal`, in practice never.
pub(super) fn text(step: &Step) -> Result<String, AppError> {
    record::write(step).map_err(|error| AppError::internal(format!("a step cannot be written: {error}")))
}

/// Keeps the text of a step that was done, in place of those that were taken back before it.
///
/// # Errors
/// As the store says.
pub(super) async fn append(store: &Store, writing: &Writing, text: String) -> Result<(), AppError> {
    let mut change = store.write().await?;
    let number = put_set(&mut change, writing).await?;
    let at = i64::try_from(writing.position.saturating_sub(1)).unwrap_or(i64::MAX);
    sqlx::query("DELETE FROM edit_steps WHERE set_id = ? AND number >= ?")
        .bind(number)
        .bind(at)
        .execute(&mut *change)
        .await?;
    put_step(&mut change, number, at, text).await?;
    change.commit().await?;
    Ok(())
}

/// Keeps how many steps are done.
///
/// # Errors
/// As the store says.
pub(super) async fn position(store: &Store, writing: &Writing) -> Result<(), AppError> {
    let mut change = store.write().await?;
    put_set(&mut change, writing).await?;
    change.commit().await?;
    Ok(())
}

/// Keeps what tells whether the save that is sent next arrives; nothing once that is known.
///
/// # Errors
/// As the store says.
pub(super) async fn seal(store: &Store, key: &SetKey, seal: Option<&Seal>) -> Result<(), AppError> {
    let text = seal
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| AppError::internal(format!("a seal cannot be written: {error}")))?;
    let mut change = store.write().await?;
    sqlx::query("UPDATE edit_sets SET seal = ? WHERE profile_id = ? AND relation = ?")
        .bind(text)
        .bind(&key.profile_id)
        .bind(&key.relation)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

/// Keeps what is pending as the only step, and that nothing is under way.
///
/// # Errors
/// As the store says.
pub(super) async fn rewrite(store: &Store, writing: &Writing, step: &Step) -> Result<(), AppError> {
    let text = text(step)?;
    let mut change = store.write().await?;
    let number = put_set(&mut change, writing).await?;
    sqlx::query("UPDATE edit_sets SET seal = NULL WHERE id = ?").bind(number).execute(&mut *change).await?;
    sqlx::query("DELETE FROM edit_steps WHERE set_id = ?").bind(number).execute(&mut *change).await?;
    put_step(&mut change, number, 0, text).await?;
    change.commit().await?;
    Ok(())
}

/// Forgets a relation's edits.
///
/// # Errors
/// As the store says.
pub(super) async fn forget(store: &Store, key: &SetKey) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM edit_sets WHERE profile_id = ? AND relation = ?")
        .bind(&key.profile_id)
        .bind(&key.relation)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

async fn put_set(change: &mut Transaction<'static, Sqlite>, writing: &Writing) -> Result<i64, AppError> {
    let json = |error| AppError::internal(format!("an edit set cannot be written: {error}"));
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO edit_sets (profile_id, relation, object, head, position, updates, inserts, deletes) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (profile_id, relation) DO UPDATE SET head = excluded.head, \
         position = excluded.position, updates = excluded.updates, inserts = excluded.inserts, deletes = excluded.deletes \
         RETURNING id",
    )
    .bind(&writing.key.profile_id)
    .bind(&writing.key.relation)
    .bind(serde_json::to_string(&writing.object).map_err(json)?)
    .bind(serde_json::to_string(&writing.head).map_err(json)?)
    .bind(i64::try_from(writing.position).unwrap_or(i64::MAX))
    .bind(writing.counts.updates)
    .bind(writing.counts.inserts)
    .bind(writing.counts.deletes)
    .fetch_one(&mut **change)
    .await?;
    Ok(number)
}

async fn put_step(change: &mut Transaction<'static, Sqlite>, set: i64, at: i64, text: String) -> Result<(), AppError> {
    sqlx::query("INSERT INTO edit_steps (set_id, number, step) VALUES (?, ?, ?)")
        .bind(set)
        .bind(at)
        .bind(text)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Every relation that has staged edits.
///
/// # Errors
/// As the store says.
pub(super) async fn pending(store: &Store) -> Result<Vec<PendingEdits>, AppError> {
    let rows: Vec<(String, String, u32, u32, u32)> = sqlx::query_as(
        "SELECT profile_id, object, updates, inserts, deletes FROM edit_sets \
         WHERE updates + inserts + deletes > 0 ORDER BY id",
    )
    .fetch_all(store.read())
    .await?;
    let one = |(profile_id, object, updates, inserts, deletes): (String, String, u32, u32, u32)| {
        let counts = EditCounts { updates, inserts, deletes, ..EditCounts::default() };
        Some(PendingEdits { profile_id, object: serde_json::from_str(&object).ok()?, counts })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
