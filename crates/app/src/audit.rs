//! The audit trail: every statement that could change something, or take data out, and how it ended.
//!
//! It is judged by the statement's text, so a query that calls a function that writes is no line of it. Lines are added and never
//! changed; only whole days from its beginning are forgotten, and the store says until when.

mod export;

use sha2::{Digest as _, Sha256};
use sql::{Class, Classification, CopyDirection};
use sqlx::{QueryBuilder, Sqlite, Transaction};

use crate::{
    App, Face,
    api::{AppError, AuditEntry, AuditKind, AuditQuery, Topic},
    history::{Sending, pattern},
    store::now_ms,
};

pub use export::{HEADS, cells};

const MOST_LISTED: u32 = 10_000;
const DAY_MS: i64 = 86_400_000;

impl AuditKind {
    fn word(self) -> &'static str {
        match self {
            AuditKind::Write => "write",
            AuditKind::Schema => "schema",
            AuditKind::Access => "access",
            AuditKind::Export => "export",
            AuditKind::Unknown => "unknown",
        }
    }

    fn read(word: &str) -> AuditKind {
        [AuditKind::Write, AuditKind::Schema, AuditKind::Access, AuditKind::Export]
            .into_iter()
            .find(|kind| kind.word() == word)
            .unwrap_or(AuditKind::Unknown)
    }
}

/// What a statement is for the trail; `None` is nothing: it reads, or concerns the session alone.
fn kind_of(found: &Classification) -> Option<AuditKind> {
    let effect = &found.effect;
    let access = ["POLICY", "ROLE", "USER", "GRANT", "REVOKE", "PRIVILEGES", "OWNED"];
    if effect.explain.as_ref().is_some_and(|explain| !explain.runs) {
        return None;
    }
    match found.class {
        _ if effect.file.is_some() => Some(AuditKind::Export),
        _ if effect.copy.is_some_and(|copy| copy.direction == CopyDirection::To) => Some(AuditKind::Export),
        Class::Read | Class::Session | Class::Transaction => None,
        Class::Ddl | Class::Write if effect.command.split(' ').any(|word| access.contains(&word)) => {
            Some(AuditKind::Access)
        }
        Class::Write => Some(AuditKind::Write),
        Class::Ddl => Some(AuditKind::Schema),
        Class::Unknown => Some(AuditKind::Unknown),
    }
}

/// Adds the line of a statement that is about to be sent; `text` is what is recorded of it. `None` where it is no line.
pub(crate) async fn begin(
    change: &mut Transaction<'_, Sqlite>,
    sending: &Sending<'_>,
    text: &str,
    face: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let found = sending.language.classify(sending.text);
    let exported = sending.file.filter(|_| matches!(found.class, Class::Read)).map(|_| AuditKind::Export);
    let Some(kind) = kind_of(&found).or(exported) else { return Ok(None) };
    let named = found.effect.targets.iter().map(|target| target.parts.join("."));
    let targets: Vec<String> = named.chain(sending.file.map(str::to_owned)).collect();
    let added = sqlx::query(
        "INSERT INTO audit (at_ms, profile_id, profile_name, database, face, kind, command, targets, text, digest, acting) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(now_ms())
    .bind(sending.profile_id)
    .bind(sending.profile_name)
    .bind(sending.database)
    .bind(face)
    .bind(kind.word())
    .bind(&found.effect.command)
    .bind(serde_json::to_string(&targets).unwrap_or_else(|_| "[]".to_owned()))
    .bind(text)
    .bind(digest(text))
    .bind(sending.acting)
    .execute(&mut **change)
    .await?;
    Ok(Some(added.last_insert_rowid()))
}

/// Something a person did that is no statement of a script.
pub(crate) struct Deed<'a> {
    pub(crate) profile_id: Option<&'a str>,
    pub(crate) profile_name: &'a str,
    pub(crate) database: Option<&'a str>,
    pub(crate) kind: AuditKind,
    pub(crate) command: &'a str,
    /// What it is done to.
    pub(crate) target: &'a str,
    /// As whom, in words.
    pub(crate) acting: Option<&'a str>,
    /// What is sent for it; it holds no secret.
    pub(crate) text: &'a str,
}

/// How a statement of the trail ended.
pub(crate) struct End<'a> {
    pub(crate) outcome: &'a str,
    pub(crate) rows: Option<i64>,
    pub(crate) elapsed_ms: i64,
    pub(crate) error: Option<&'a str>,
}

/// Adds the line that tells how it ended.
pub(crate) async fn end(change: &mut Transaction<'_, Sqlite>, id: i64, end: &End<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit (at_ms, of, profile_name, face, kind, command, targets, text, digest, outcome, rows, elapsed_ms, error) \
         SELECT ?, id, profile_name, face, kind, '', '[]', '', '', ?, ?, ?, ? FROM audit WHERE id = ?",
    )
    .bind(now_ms())
    .bind(end.outcome)
    .bind(end.rows)
    .bind(end.elapsed_ms)
    .bind(end.error)
    .bind(id)
    .execute(&mut **change)
    .await
    .map(drop)
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl App {
    /// Adds the line of a deed that is about to be done.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn audit_deed(&self, deed: &Deed<'_>) -> Result<i64, AppError> {
        let face = match self.face() {
            Face::Window => "window",
            Face::Cli => "cli",
        };
        let mut change = self.store.write().await?;
        let added = sqlx::query(
            "INSERT INTO audit (at_ms, profile_id, profile_name, database, face, kind, command, targets, text, digest, acting) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(now_ms())
        .bind(deed.profile_id)
        .bind(deed.profile_name)
        .bind(deed.database)
        .bind(face)
        .bind(deed.kind.word())
        .bind(deed.command)
        .bind(serde_json::to_string(&[deed.target]).unwrap_or_else(|_| "[]".to_owned()))
        .bind(deed.text)
        .bind(digest(deed.text))
        .bind(deed.acting)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(added.last_insert_rowid())
    }

    /// Adds the line that tells how a deed ended.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn audit_deed_end(&self, line: i64, how: &End<'_>) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        end(&mut change, line, how).await?;
        change.commit().await?;
        self.events.changed(&[Topic::History], None);
        Ok(())
    }

    /// The lines of the audit trail, newest first; a statement without an end was still running, or its process died.
    ///
    /// # Errors
    /// As the store says.
    pub async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, AppError> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "SELECT a.id, a.at_ms, a.profile_id, a.profile_name, a.database, a.face, a.kind, a.command, a.targets, a.text, \
             a.digest, a.acting, e.outcome, e.rows, e.elapsed_ms, e.error FROM audit a LEFT JOIN audit e ON e.of = a.id \
             WHERE a.of IS NULL",
        );
        if let Some(profile) = query.profile_id {
            select.push(" AND a.profile_id = ").push_bind(profile);
        }
        if let Some(kind) = query.kind {
            select.push(" AND a.kind = ").push_bind(kind.word());
        }
        if let Some(before) = query.before {
            select.push(" AND a.id < ").push_bind(before);
        }
        if let Some(since) = query.since_ms {
            select.push(" AND a.at_ms >= ").push_bind(since);
        }
        if let Some(until) = query.until_ms {
            select.push(" AND a.at_ms < ").push_bind(until);
        }
        for word in query.text.split_whitespace().take(32) {
            select.push(" AND (a.text LIKE ").push_bind(pattern(word)).push(" ESCAPE '\\' OR a.profile_name LIKE ");
            select.push_bind(pattern(word)).push(" ESCAPE '\\' OR a.targets LIKE ").push_bind(pattern(word));
            select.push(" ESCAPE '\\')");
        }
        select.push(" ORDER BY a.id DESC LIMIT ").push_bind(query.limit.clamp(1, MOST_LISTED));
        let rows: Vec<Row> = select.build_query_as().fetch_all(self.store.read()).await?;
        Ok(rows.into_iter().map(AuditEntry::from).collect())
    }

    /// Forgets what is older than the settings say.
    pub(crate) async fn forget_old_audit(&self) -> Result<(), AppError> {
        match i64::from(self.current_settings().audit_days) {
            0 => Ok(()),
            days => self.forget_audit(now_ms() - days * DAY_MS).await,
        }
    }

    /// Forgets the trail's beginning, up to a moment in ms since the epoch. Until when is itself recorded.
    ///
    /// # Errors
    /// As the store says.
    pub async fn forget_audit(&self, until_ms: i64) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        sqlx::query("UPDATE audit_forgotten SET until_ms = max(until_ms, ?)")
            .bind(until_ms)
            .execute(&mut *change)
            .await?;
        // An end that is later than its beginning stays a while longer; it is shown with it only.
        sqlx::query("DELETE FROM audit WHERE at_ms < ?").bind(until_ms).execute(&mut *change).await?;
        change.commit().await?;
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at_ms: i64,
    profile_id: Option<String>,
    profile_name: String,
    database: Option<String>,
    face: String,
    kind: String,
    command: String,
    targets: String,
    text: String,
    digest: String,
    acting: Option<String>,
    outcome: Option<String>,
    rows: Option<i64>,
    elapsed_ms: Option<i64>,
    error: Option<String>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        AuditEntry {
            id: row.id,
            at_ms: row.at_ms,
            profile_id: row.profile_id,
            profile_name: row.profile_name,
            database: row.database,
            acting: row.acting,
            face: row.face,
            kind: AuditKind::read(&row.kind),
            command: row.command,
            targets: serde_json::from_str(&row.targets).unwrap_or_default(),
            text: row.text,
            digest: row.digest,
            outcome: row.outcome,
            rows: row.rows,
            elapsed_ms: row.elapsed_ms,
            error: row.error,
        }
    }
}

#[cfg(test)]
mod tests;
