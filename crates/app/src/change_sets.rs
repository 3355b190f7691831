//! The durable record of changes of schemas that are sent: on disk before anything of them is, so that after a crash or a lost link it
//! is found out what became of them, rather than sent again or forgotten. Their places in the history and in the audit trail, too.
//!
//! A set is `sent` from before its first statement. What the server calls its transaction is kept before COMMIT is sent: without
//! that nothing was committed; with it the server is asked, and where it does not remember, the catalog, which only who made the set
//! can read.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use driver::{
    Said,
    alter::{Alter, Fate, LockHolder, Witness},
};

use crate::{
    App, Face,
    advisor::database_of,
    api::*,
    audit,
    connections::lock,
    explorer::Place,
    store::{Store, now_ms},
};

/// Sets of a connection that are remembered.
const MOST: i64 = 200;
/// How often a transaction that has not ended is looked at, before it is said to be on its way.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Sets that this process waits for.
#[derive(Default)]
pub(crate) struct Sending(Mutex<Vec<i64>>);

/// A set that is sent next.
pub(crate) struct NewSet {
    /// What it changes: `policies`, `structure`.
    pub(crate) kind: &'static str,
    /// Stands for what the changed objects were before.
    pub(crate) base: String,
    /// JSON: its steps.
    pub(crate) steps: String,
    /// JSON: what is there once they are made.
    pub(crate) postcondition: String,
}

/// A set that was sent.
pub(crate) struct Sent<'a> {
    app: &'a App,
    pub(crate) id: i64,
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        lock(&self.app.sending.0).retain(|id| *id != self.id);
    }
}

impl<'a> Sent<'a> {
    /// Keeps a set that is sent next; `None` for a connection that is not saved, which keeps nothing.
    ///
    /// # Errors
    /// As the store says; then nothing may be sent.
    pub(crate) async fn begin(app: &'a App, place: &Place, set: NewSet) -> Result<Option<Self>, AppError> {
        let profile = &place.connected.profile.id;
        if profile.is_empty() {
            return Ok(None);
        }
        let mut change = app.store.write().await?;
        let added = sqlx::query(
            "INSERT INTO change_sets (profile_id, database, kind, at_ms, base, steps, postcondition, state, process) \
             VALUES (?, ?, ?, ?, ?, ?, ?, 'sent', ?)",
        )
        .bind(profile)
        .bind(database_of(place))
        .bind(set.kind)
        .bind(now_ms())
        .bind(set.base)
        .bind(set.steps)
        .bind(set.postcondition)
        .bind(app.process())
        .execute(&mut *change)
        .await?;
        let id = added.last_insert_rowid();
        sqlx::query("DELETE FROM change_sets WHERE profile_id = ? AND state IN ('done', 'failed') AND id <= ? - ?")
            .bind(profile)
            .bind(id)
            .bind(MOST)
            .execute(&mut *change)
            .await?;
        lock(&app.sending.0).push(id);
        change.commit().await?;
        Ok(Some(Sent { app, id }))
    }

    /// Notes how it ended, which the server said.
    pub(crate) async fn end(self, kept: bool) {
        let state = if kept { "done" } else { "failed" };
        if let Err(error) = note(&self.app.store, self.id, state, None).await {
            tracing::warn!(%error, "what became of a change of a schema is asked for again");
        }
    }

    /// Notes that nobody knows how it ended; what was never about to be committed was not.
    pub(crate) async fn lost(self) {
        let noted = async {
            let mut change = self.app.store.write().await?;
            sqlx::query(
                "UPDATE change_sets SET state = 'failed', process = NULL WHERE id = ? AND mark IS NULL AND began IS NULL",
            )
            .bind(self.id)
            .execute(&mut *change)
            .await?;
            change.commit().await.map_err(AppError::from)
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "what became of a change of a schema is asked for again");
        }
    }

    /// Hears what the server calls the transaction.
    pub(crate) fn witness(&self) -> Box<dyn Witness> {
        Box::new(Mark { store: self.app.store.clone(), id: self.id, steps: None })
    }

    /// Hears of the statements of a batch that are each kept when they have run: at these places of the set.
    pub(crate) fn witness_of(&self, steps: Vec<usize>) -> Box<dyn Witness> {
        Box::new(Mark { store: self.app.store.clone(), id: self.id, steps: Some(steps) })
    }

    /// Notes that so many steps are kept, and that a next batch begins.
    ///
    /// # Errors
    /// As the store says; then nothing more may be sent.
    pub(crate) async fn batch(&self, kept: usize) -> Result<(), AppError> {
        let mut change = self.app.store.write().await?;
        sqlx::query("UPDATE change_sets SET kept = ?, mark = NULL WHERE id = ?")
            .bind(i64::try_from(kept).unwrap_or(i64::MAX))
            .bind(self.id)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }
}

struct Mark {
    store: Store,
    id: i64,
    steps: Option<Vec<usize>>,
}

impl Mark {
    async fn keep(&self, column: &'static str, value: impl Into<String>) -> Result<(), driver::Error> {
        let value = value.into();
        let kept = async {
            let mut change = self.store.write().await?;
            sqlx::query(column).bind(value).bind(self.id).execute(&mut *change).await?;
            change.commit().await.map_err(AppError::from)
        };
        kept.await.map_err(|error: AppError| {
            let message =
                format!("Nothing more was applied: that it is sent could not be written down. {}", error.message);
            driver::Error::new(driver::Code::Internal, message)
        })
    }
}

#[async_trait]
impl Witness for Mark {
    async fn began(&self, statement: usize) -> Result<(), driver::Error> {
        let Some(step) = self.steps.as_ref().and_then(|steps| steps.get(statement)) else { return Ok(()) };
        self.keep("UPDATE change_sets SET began = CAST(? AS INTEGER) WHERE id = ?", step.to_string()).await
    }

    async fn about_to_commit(&self, mark: &str) -> Result<(), driver::Error> {
        self.keep("UPDATE change_sets SET mark = ? WHERE id = ?", mark).await
    }
}

/// Notes how a set ended, and what a person has to be told of that.
///
/// # Errors
/// As the store says.
pub(crate) async fn note(store: &Store, id: i64, state: &str, untold: Option<&str>) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("UPDATE change_sets SET state = ?, untold = ?, process = NULL WHERE id = ?")
        .bind(state)
        .bind(untold)
        .bind(id)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

/// A set whose end is not known, or not told.
#[derive(sqlx::FromRow)]
pub(crate) struct Open {
    pub(crate) id: i64,
    pub(crate) at_ms: i64,
    pub(crate) state: String,
    pub(crate) steps: String,
    pub(crate) postcondition: String,
    pub(crate) mark: Option<String>,
    /// The step that was sent last, where each is kept when it has run.
    pub(crate) began: Option<i64>,
    /// How many steps are kept for sure.
    pub(crate) kept: i64,
    pub(crate) untold: Option<String>,
    process: Option<String>,
}

impl App {
    /// Sets of a database whose answer nobody got and nobody waits for.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn abandoned_sets(&self, place: &Place, kind: &str) -> Result<Vec<Open>, AppError> {
        let mut open: Vec<Open> = sqlx::query_as(
            "SELECT id, at_ms, state, steps, postcondition, mark, began, kept, untold, process FROM change_sets \
             WHERE profile_id = ? AND database = ? AND kind = ? AND state = 'sent' ORDER BY id",
        )
        .bind(&place.connected.profile.id)
        .bind(database_of(place))
        .bind(kind)
        .fetch_all(self.store.read())
        .await?;
        let mut found = Vec::new();
        for one in open.drain(..) {
            let waits = lock(&self.sending.0).contains(&one.id);
            let elsewhere = match one.process.as_deref() {
                Some(process) if process != self.process() => self.is_alive(process)?,
                _ => false,
            };
            if !waits && !elsewhere {
                found.push(one);
            }
        }
        Ok(found)
    }

    /// The last set whose end a person has not read, or that has none.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn untold_set(&self, place: &Place, kind: &str) -> Result<Option<Open>, AppError> {
        Ok(sqlx::query_as(
            "SELECT id, at_ms, state, steps, postcondition, mark, began, kept, untold, process FROM change_sets \
             WHERE profile_id = ? AND database = ? AND kind = ? AND (untold IS NOT NULL OR state = 'sent') \
             ORDER BY id DESC LIMIT 1",
        )
        .bind(&place.connected.profile.id)
        .bind(database_of(place))
        .bind(kind)
        .fetch_optional(self.store.read())
        .await?)
    }

    /// A person has read what became of a set.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn set_is_told(&self, profile_id: &str, id: i64) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        sqlx::query("UPDATE change_sets SET untold = NULL WHERE profile_id = ? AND id = ?")
            .bind(profile_id)
            .bind(id)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }
}

/// What became of a transaction; one whose COMMIT is being carried out is given a moment.
///
/// # Errors
/// As [`Alter::fate`].
pub(crate) async fn ended(alter: &dyn Alter, mark: &str) -> Result<Fate, AppError> {
    for _ in 0..LOOKS {
        match alter.fate(mark).await? {
            Fate::Running => tokio::time::sleep(BETWEEN_LOOKS).await,
            fate => return Ok(fate),
        }
    }
    Ok(Fate::Running)
}

/// Who was in the way of a lock.
pub(crate) fn blocker(holder: LockHolder) -> PolicyBlocker {
    PolicyBlocker {
        session: holder.session,
        user: holder.user,
        application: holder.application,
        statement: holder.statement,
        age_ms: holder.age_ms,
    }
}

/// What the server said of a text.
pub(crate) fn error_of(said: Said, text: Option<&str>) -> AppError {
    let Said { code, message, hint, span, native } = said;
    let mut error = driver::Error::new(code, message);
    error.hint = hint;
    error.span = span;
    error.native = Some(native);
    match text {
        Some(text) => AppError::located(error, &crate::text::Positions::new(text), 0),
        None => error.into(),
    }
}

/// What is recorded of a set.
pub(crate) struct Deed<'a> {
    pub(crate) kind: AuditKind,
    /// What it does: `ROW SECURITY`.
    pub(crate) command: &'a str,
    /// To what.
    pub(crate) target: &'a str,
    /// Its statements.
    pub(crate) text: &'a str,
    /// What it is in the history.
    pub(crate) history: &'static str,
}

/// Its places in the history and in the audit trail.
#[derive(Clone, Copy)]
pub(crate) struct Recorded {
    history: i64,
    audit: i64,
}

impl Recorded {
    /// Records a set before anything of it is sent, unless the connection is not recorded.
    pub(crate) async fn begin(app: &App, place: &Place, deed: &Deed<'_>) -> Option<Self> {
        match Recorded::keep(app, place, deed).await {
            Ok(recorded) => recorded,
            Err(error) => {
                tracing::warn!(%error, "a change of a schema is missing in the history");
                None
            }
        }
    }

    async fn keep(app: &App, place: &Place, deed: &Deed<'_>) -> Result<Option<Self>, AppError> {
        let profile = &place.connected.profile;
        let id = Some(profile.id.as_str()).filter(|id| !id.is_empty());
        if let Some(id) = id
            && !app.is_recorded(id).await?
        {
            return Ok(None);
        }
        let text = place.opened.language.redact(deed.text);
        let database = place.opened.database();
        let audit = app
            .audit_deed(&audit::Deed {
                profile_id: id,
                profile_name: &profile.name,
                database: database.as_deref(),
                kind: deed.kind,
                command: deed.command,
                target: deed.target,
                acting: None,
                text: &text,
            })
            .await?;
        let face = match app.face() {
            Face::Window => "window",
            Face::Cli => "cli",
        };
        let mut change = app.store.write().await?;
        let done = sqlx::query(
            "INSERT INTO history (at_ms, profile_id, profile_name, database, text, outcome, face, process, kind) \
             VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)",
        )
        .bind(now_ms())
        .bind(id)
        .bind(&profile.name)
        .bind(&database)
        .bind(&text)
        .bind(face)
        .bind(app.process())
        .bind(deed.history)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(Some(Recorded { history: done.last_insert_rowid(), audit }))
    }

    /// Records how it ended, and what takes it back where it was kept.
    pub(crate) async fn end(
        self,
        app: &App,
        (outcome, error): (&str, Option<&str>),
        inverse: Option<String>,
        elapsed: u64,
    ) {
        let elapsed_ms = i64::try_from(elapsed).unwrap_or(i64::MAX);
        let kept = async {
            let end = audit::End { outcome, rows: None, elapsed_ms, error };
            app.audit_deed_end(self.audit, &end).await?;
            let mut change = app.store.write().await?;
            sqlx::query(
                "UPDATE history SET outcome = ?, elapsed_ms = ?, error = ?, inverse = ?, process = NULL WHERE id = ?",
            )
            .bind(outcome)
            .bind(elapsed_ms)
            .bind(error)
            .bind(inverse)
            .bind(self.history)
            .execute(&mut *change)
            .await?;
            change.commit().await.map_err(AppError::from)
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "the history does not say how a change of a schema ended");
        }
    }
}
