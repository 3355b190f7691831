//! Profiles in the store.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, SqlitePool};

use crate::{
    api::{AppError, Environment, PasswordCommand, PasswordPolicy, PolicyActor, Safety},
    passwords::{Purpose, digest},
    registry::PASSWORD,
    store::{Store, now_ms},
};

/// A profile as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) name_key: String,
    pub(super) folder: Option<String>,
    pub(super) colour: Option<String>,
    pub(super) environment: Environment,
    pub(super) safety: Safety,
    pub(super) driver: String,
    pub(super) values: BTreeMap<String, String>,
    pub(super) password: PasswordPolicy,
    pub(super) command: Option<PasswordCommand>,
    /// The digest a person has agreed to.
    pub(super) trusted: Option<String>,
    pub(super) favourite: bool,
    pub(super) schemas: Vec<String>,
    pub(super) recorded: bool,
    /// Whom its tabs act as at first.
    pub(super) actor: Option<PolicyActor>,
    /// Fields with an entry in the keychain.
    pub(super) secret_fields: Vec<String>,
    pub(super) created_ms: i64,
    pub(super) server: Option<String>,
    pub(super) last_used_ms: Option<i64>,
}

impl Row {
    /// The digest that waits for a person's consent, if one does.
    pub(super) fn untrusted(&self) -> Option<String> {
        let command = self.command.as_ref().filter(|_| self.password == PasswordPolicy::Command)?;
        let purpose = Purpose { name: &self.name, driver: &self.driver, values: &self.values };
        Some(digest(command, purpose)).filter(|digest| self.trusted.as_ref() != Some(digest))
    }
}

#[derive(FromRow)]
struct Stored {
    id: String,
    name: String,
    name_key: String,
    folder: Option<String>,
    colour: Option<String>,
    environment: String,
    safety: String,
    driver: String,
    field_values: String,
    password: String,
    password_command: Option<String>,
    trusted_command: Option<String>,
    secret_fields: String,
    created_ms: i64,
    favourite: Option<bool>,
    schemas: Option<String>,
    recorded: bool,
    actor: Option<String>,
    server: Option<String>,
    last_used_ms: Option<i64>,
}

impl From<Stored> for Row {
    fn from(stored: Stored) -> Self {
        Row {
            id: stored.id,
            name: stored.name,
            name_key: stored.name_key,
            folder: stored.folder,
            colour: stored.colour,
            // What a newer program wrote and this one does not know is taken for the careful choice.
            environment: word(&stored.environment).unwrap_or(Environment::Production),
            safety: word(&stored.safety).unwrap_or(Safety::ReadOnly),
            driver: stored.driver,
            values: serde_json::from_str(&stored.field_values).unwrap_or_default(),
            password: word(&stored.password).unwrap_or(PasswordPolicy::Ask),
            command: stored.password_command.and_then(|text| serde_json::from_str(&text).ok()),
            trusted: stored.trusted_command,
            favourite: stored.favourite.unwrap_or_default(),
            schemas: stored.schemas.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            recorded: stored.recorded,
            actor: stored.actor.and_then(|text| serde_json::from_str(&text).ok()),
            secret_fields: serde_json::from_str(&stored.secret_fields).unwrap_or_default(),
            created_ms: stored.created_ms,
            server: stored.server,
            last_used_ms: stored.last_used_ms,
        }
    }
}

/// An enum as its one word, as faces see it.
fn word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

fn text<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Ok(other.to_string()),
        Err(error) => Err(sqlx::Error::Encode(Box::new(error))),
    }
}

/// One profile with what stands beside it.
macro_rules! select {
    () => {
        "SELECT p.*, u.server, u.last_used_ms, m.favourite, m.schemas FROM profiles p \
         LEFT JOIN profile_uses u ON u.profile_id = p.id LEFT JOIN profile_marks m ON m.profile_id = p.id"
    };
}

pub(super) async fn all(store: &SqlitePool) -> Result<Vec<Row>, AppError> {
    let rows: Vec<Stored> = sqlx::query_as(concat!(select!(), " ORDER BY name_key")).fetch_all(store).await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

pub(super) async fn one(store: &SqlitePool, id: &str) -> Result<Option<Row>, AppError> {
    let row: Option<Stored> =
        sqlx::query_as(concat!(select!(), " WHERE p.id = ?")).bind(id).fetch_optional(store).await?;
    Ok(row.map(Row::from))
}

/// Writes a profile, new or known. The caller tells a name that is taken from other errors.
pub(super) async fn put(store: &Store, row: &Row) -> Result<(), sqlx::Error> {
    let mut change = store.begin_write().await?;
    sqlx::query(
        "INSERT INTO profiles (id, name, name_key, folder, colour, environment, safety, driver, field_values, password, \
         secret_fields, created_ms, password_command, trusted_command, recorded, actor) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
         name = excluded.name, name_key = excluded.name_key, folder = excluded.folder, colour = excluded.colour, \
         environment = excluded.environment, safety = excluded.safety, driver = excluded.driver, \
         field_values = excluded.field_values, password = excluded.password, secret_fields = excluded.secret_fields, \
         password_command = excluded.password_command, trusted_command = excluded.trusted_command, \
         recorded = excluded.recorded, actor = excluded.actor",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.name_key)
    .bind(&row.folder)
    .bind(&row.colour)
    .bind(text(&row.environment)?)
    .bind(text(&row.safety)?)
    .bind(&row.driver)
    .bind(text(&row.values)?)
    .bind(text(&row.password)?)
    .bind(text(&row.secret_fields)?)
    .bind(row.created_ms)
    .bind(row.command.as_ref().map(text).transpose()?)
    .bind(&row.trusted)
    .bind(row.recorded)
    .bind(row.actor.as_ref().map(text).transpose()?)
    .execute(&mut *change)
    .await?;
    write_marks(&mut change, &row.id, row.favourite, &row.schemas).await?;
    change.commit().await
}

async fn write_marks(
    change: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    id: &str,
    favourite: bool,
    schemas: &[String],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO profile_marks (profile_id, favourite, schemas) VALUES (?, ?, ?) ON CONFLICT (profile_id) DO UPDATE \
         SET favourite = excluded.favourite, schemas = excluded.schemas",
    )
    .bind(id)
    .bind(favourite)
    .bind(text(&schemas)?)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// What a person marked a connection with: whether it is a favourite, and the schemas that are shown.
pub(super) async fn marks_of(store: &SqlitePool, id: &str) -> Result<(bool, Vec<String>), AppError> {
    let found: Option<(bool, String)> =
        sqlx::query_as("SELECT favourite, schemas FROM profile_marks WHERE profile_id = ?")
            .bind(id)
            .fetch_optional(store)
            .await?;
    Ok(found.map_or_else(Default::default, |(favourite, schemas)| {
        (favourite, serde_json::from_str(&schemas).unwrap_or_default())
    }))
}

/// Changes the marks that are given, in one step.
pub(super) async fn mark(
    store: &Store,
    id: &str,
    favourite: Option<bool>,
    schemas: Option<&[String]>,
) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query(
        "INSERT INTO profile_marks (profile_id, favourite, schemas) VALUES (?1, coalesce(?2, 0), coalesce(?3, '[]')) \
         ON CONFLICT (profile_id) DO UPDATE SET favourite = coalesce(?2, favourite), schemas = coalesce(?3, schemas)",
    )
    .bind(id)
    .bind(favourite)
    .bind(schemas.map(|schemas| text(&schemas)).transpose()?)
    .execute(&mut *change)
    .await?;
    Ok(change.commit().await?)
}

/// Notes that a person has agreed to the command of this digest.
pub(crate) async fn trust(store: &Store, id: &str, digest: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("UPDATE profiles SET trusted_command = ? WHERE id = ?")
        .bind(digest)
        .bind(id)
        .execute(&mut *change)
        .await?;
    Ok(change.commit().await?)
}

/// Whether a connection's statements are recorded; those of one that is not saved are.
pub(super) async fn recorded(store: &SqlitePool, id: &str) -> Result<bool, AppError> {
    let found: Option<bool> =
        sqlx::query_scalar("SELECT recorded FROM profiles WHERE id = ?").bind(id).fetch_optional(store).await?;
    Ok(found.unwrap_or(true))
}

/// The connections of which nothing is recorded.
pub(super) async fn unrecorded(store: &SqlitePool) -> Result<Vec<String>, AppError> {
    Ok(sqlx::query_scalar("SELECT id FROM profiles WHERE NOT recorded").fetch_all(store).await?)
}

pub(super) async fn remove(store: &Store, id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for statement in [
        "DELETE FROM profiles WHERE id = ?",
        "DELETE FROM profile_uses WHERE profile_id = ?",
        "DELETE FROM profile_marks WHERE profile_id = ?",
    ] {
        sqlx::query(statement).bind(id).execute(&mut *change).await?;
    }
    Ok(change.commit().await?)
}

/// Adds a field to those with an entry in the keychain.
pub(super) async fn note_secret(store: &Store, id: &str, field: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    let stored: Option<String> = sqlx::query_scalar("SELECT secret_fields FROM profiles WHERE id = ?")
        .bind(id)
        .fetch_optional(&mut *change)
        .await?;
    let mut fields: Vec<String> = stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default();
    if !fields.iter().any(|known| known == field) {
        fields.push(field.to_owned());
    }
    // Only the login's password has a place of its own choice.
    sqlx::query("UPDATE profiles SET secret_fields = ?, password = iif(?, 'keychain', password) WHERE id = ?")
        .bind(text(&fields)?)
        .bind(field == PASSWORD)
        .bind(id)
        .execute(&mut *change)
        .await?;
    Ok(change.commit().await?)
}

pub(super) async fn note_use(store: &Store, id: &str, server: Option<&str>) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query(
        "INSERT INTO profile_uses VALUES (?, ?, ?) ON CONFLICT (profile_id) DO UPDATE SET \
         server = coalesce(excluded.server, server), last_used_ms = excluded.last_used_ms",
    )
    .bind(id)
    .bind(server)
    .bind(now_ms())
    .execute(&mut *change)
    .await?;
    Ok(change.commit().await?)
}

pub(super) async fn use_of(store: &SqlitePool, id: &str) -> Result<Option<(Option<String>, i64)>, AppError> {
    Ok(sqlx::query_as("SELECT server, last_used_ms FROM profile_uses WHERE profile_id = ?")
        .bind(id)
        .fetch_optional(store)
        .await?)
}
