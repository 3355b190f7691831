//! The durable record of what is sent: on disk before anything of it is, so that after a crash or a lost link it is found out what
//! became of it, rather than sent again or forgotten.
//!
//! A set is `sent` from before its first statement. What the server calls its transaction is kept before COMMIT is sent: without
//! that nothing was committed; with it the server is asked, and where it does not remember, the catalog: see [`by_catalog`].

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use catalog::Catalog;
use driver::{
    Alter,
    alter::{Fate, Witness},
};
use policy::{
    change::{Change, ChangeSet},
    listing::Draft,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{applying, drafts, plan::Planned, words};
use crate::{
    App,
    advisor::database_of,
    api::*,
    connections::lock,
    explorer::Place,
    store::{Store, now_ms},
};

/// Sets of a database that are remembered.
const MOST: i64 = 200;
/// How often a transaction that has not ended is looked at, before it is said to be on its way.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Sets that this process waits for.
#[derive(Default)]
pub(crate) struct Sending(Mutex<Vec<i64>>);

/// A step as it is kept.
#[derive(Default, Serialize, Deserialize)]
struct KeptStep {
    sql: Vec<String>,
    inverse: Vec<String>,
    /// It takes rows or texts away that the inverse does not bring back.
    lossy: bool,
}

/// A set that was sent.
pub(super) struct Sent<'a> {
    app: &'a App,
    id: i64,
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
    pub(super) async fn begin(app: &'a App, place: &Place, planned: &Planned) -> Result<Option<Self>, AppError> {
        let profile = &place.connected.profile.id;
        let Ok(plan) = &planned.plan else { return Ok(None) };
        if profile.is_empty() {
            return Ok(None);
        }
        let step =
            |step: &policy::change::Step| KeptStep { sql: step.sql.clone(), inverse: step.undo.clone(), lossy: false };
        let steps: Vec<KeptStep> = plan.steps.iter().map(step).collect();
        let mut change = app.store.write().await?;
        let added = sqlx::query(
            "INSERT INTO change_sets (profile_id, database, kind, at_ms, base, steps, postcondition, state, process) \
             VALUES (?, ?, 'policies', ?, ?, ?, ?, 'sent', ?)",
        )
        .bind(profile)
        .bind(database_of(place))
        .bind(now_ms())
        .bind(base(&planned.set)?)
        .bind(serde_json::to_string(&steps).map_err(AppError::internal)?)
        .bind(serde_json::to_string(&planned.set.changes).map_err(AppError::internal)?)
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
    pub(super) async fn end(self, kept: bool) {
        let state = if kept { "done" } else { "failed" };
        if let Err(error) = note(&self.app.store, self.id, state, None).await {
            tracing::warn!(%error, "what became of a change of row security is asked for again");
        }
    }

    /// Notes that nobody knows how it ended; what was never about to be committed was not.
    pub(super) async fn lost(self) {
        let noted = async {
            let mut change = self.app.store.write().await?;
            sqlx::query("UPDATE change_sets SET state = 'failed', process = NULL WHERE id = ? AND mark IS NULL")
                .bind(self.id)
                .execute(&mut *change)
                .await?;
            change.commit().await.map_err(AppError::from)
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "what became of a change of row security is asked for again");
        }
    }

    /// Hears what the server calls the transaction.
    pub(super) fn witness(&self) -> Box<dyn Witness> {
        Box::new(Mark { store: self.app.store.clone(), id: self.id })
    }
}

/// Stands for the changed objects as they were.
fn base(set: &ChangeSet) -> Result<String, AppError> {
    let mut digest = Sha256::new();
    for change in &set.changes {
        let before = match change {
            Change::Create { on, .. } => serde_json::to_string(&(on, ())),
            Change::Drop { on, policy } => serde_json::to_string(&(on, policy)),
            Change::Alter { on, before, .. } => serde_json::to_string(&(on, before)),
            Change::RowSecurity { on, before, .. } => serde_json::to_string(&(on, before)),
        };
        digest.update(before.map_err(AppError::internal)?);
        digest.update([0]);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Mark {
    store: Store,
    id: i64,
}

#[async_trait]
impl Witness for Mark {
    async fn about_to_commit(&self, mark: &str) -> Result<(), driver::Error> {
        let kept = async {
            let mut change = self.store.write().await?;
            sqlx::query("UPDATE change_sets SET mark = ? WHERE id = ?")
                .bind(mark)
                .bind(self.id)
                .execute(&mut *change)
                .await?;
            change.commit().await.map_err(AppError::from)
        };
        kept.await.map_err(|error: AppError| {
            let message = format!("Nothing was applied: that it is sent could not be written down. {}", error.message);
            driver::Error::new(driver::Code::Internal, message)
        })
    }
}

async fn note(store: &Store, id: i64, state: &str, untold: Option<&str>) -> Result<(), AppError> {
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

/// A set whose end is not known.
#[derive(sqlx::FromRow)]
struct Open {
    id: i64,
    postcondition: String,
    mark: Option<String>,
    process: Option<String>,
}

impl App {
    /// Finds out what became of sets whose answer nobody got, and says whether there were any. What arrived is staged no more;
    /// everything else is staged still.
    ///
    /// # Errors
    /// As the store and the server say.
    pub(super) async fn settle_sent(&self, place: &Place) -> Result<bool, AppError> {
        let open: Vec<Open> = sqlx::query_as(
            "SELECT id, postcondition, mark, process FROM change_sets \
             WHERE profile_id = ? AND database = ? AND kind = 'policies' AND state = 'sent' ORDER BY id",
        )
        .bind(&place.connected.profile.id)
        .bind(database_of(place))
        .fetch_all(self.store.read())
        .await?;
        let mut settled = false;
        for one in open {
            let waits = lock(&self.sending.0).contains(&one.id);
            let elsewhere = match one.process.as_deref() {
                Some(process) if process != self.process() => self.is_alive(process)?,
                _ => false,
            };
            if !waits && !elsewhere {
                self.settle_one(place, one).await?;
                settled = true;
            }
        }
        Ok(settled)
    }

    async fn settle_one(&self, place: &Place, one: Open) -> Result<(), AppError> {
        let changes: Vec<Change> = serde_json::from_str(&one.postcondition).map_err(AppError::internal)?;
        let set = ChangeSet { changes };
        let fate = match &one.mark {
            None => Fate::RolledBack,
            Some(mark) => ended(super::alter(place)?, mark).await?,
        };
        let fate = match fate {
            // As it is now, not as it was when the set was made.
            Fate::NotKnown => by_catalog(&set, &self.judged(place, true).await?.examined.catalog),
            fate => fate,
        };
        match fate {
            Fate::Committed => {
                applying::settle(self, place, &set).await?;
                note(&self.store, one.id, "done", Some("applied")).await?;
            }
            Fate::RolledBack => note(&self.store, one.id, "failed", Some("not_applied")).await?,
            Fate::NotKnown => note(&self.store, one.id, "unknown", Some("unknown")).await?,
            // It is asked for again.
            Fate::Running => {}
        }
        self.events.changed(&[Topic::Security], Some(&place.connected.profile.id));
        Ok(())
    }

    /// What a person has not read yet of a set whose answer nobody got.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn last_apply(&self, place: &Place) -> Result<Option<PolicyLastApply>, AppError> {
        let row: Option<(i64, i64, String, Option<String>, String)> = sqlx::query_as(
            "SELECT id, at_ms, state, untold, steps FROM change_sets WHERE profile_id = ? AND database = ? \
             AND kind = 'policies' AND (untold IS NOT NULL OR state = 'sent') ORDER BY id DESC LIMIT 1",
        )
        .bind(&place.connected.profile.id)
        .bind(database_of(place))
        .fetch_optional(self.store.read())
        .await?;
        let Some((id, at_ms, kept, untold, steps)) = row else { return Ok(None) };
        let steps: Vec<KeptStep> = serde_json::from_str(&steps).unwrap_or_default();
        let (state, words) = match (kept.as_str(), untold.as_deref()) {
            ("sent", _) => (
                PolicyFate::Unknown,
                "Changes of row security are still on their way: the server has not said yet what becomes of them.",
            ),
            (_, Some("applied")) => (
                PolicyFate::Applied,
                "The last changes of row security had arrived although their answer had not: they are in the database, and \
                 what was staged of them is staged no more.",
            ),
            (_, Some("not_applied")) => (
                PolicyFate::NotApplied,
                "The last changes of row security did not arrive: nothing was changed, and what was staged is staged still.",
            ),
            _ => (
                PolicyFate::Unknown,
                "It could not be found out whether the last changes of row security arrived: look at the tables before you \
                 apply them again.",
            ),
        };
        let statements = steps.into_iter().flat_map(|step| step.sql).collect();
        Ok(Some(PolicyLastApply { id, at_ms, state, words: words.to_owned(), statements }))
    }

    /// A person has read what became of a set.
    ///
    /// # Errors
    /// As the store says.
    pub async fn forget_policy_apply(&self, profile_id: &str, id: i64) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        sqlx::query("UPDATE change_sets SET untold = NULL WHERE profile_id = ? AND id = ?")
            .bind(profile_id)
            .bind(id)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }
}

/// What became of a transaction; one whose COMMIT is being carried out is given a moment.
async fn ended(facet: &dyn Alter, mark: &str) -> Result<Fate, AppError> {
    for _ in 0..LOOKS {
        match facet.fate(mark).await? {
            Fate::Running => tokio::time::sleep(BETWEEN_LOOKS).await,
            fate => return Ok(fate),
        }
    }
    Ok(Fate::Running)
}

/// What the catalog tells of a set: that it was applied where every change that leaves a trace has left it, that it was not where
/// everything is as it was before; otherwise nothing, as somebody else may have been there since.
fn by_catalog(set: &ChangeSet, catalog: &Catalog) -> Fate {
    let told: Vec<Fate> = set.changes.iter().map(|change| of_change(change, catalog)).collect();
    match (told.contains(&Fate::Committed), told.contains(&Fate::RolledBack)) {
        (true, false) if !told.contains(&Fate::NotKnown) => Fate::Committed,
        (false, true) if !told.contains(&Fate::NotKnown) => Fate::RolledBack,
        _ => Fate::NotKnown,
    }
}

/// Whether a policy of the catalog can be what was sent: its expressions the server writes in its own way.
fn alike(there: &Draft, sent: &Draft) -> bool {
    let everything = |draft: &Draft| {
        (draft.command, draft.permissive, draft.role_names(), draft.using.is_some(), draft.with_check.is_some())
    };
    everything(there) == everything(sent)
}

fn of_change(change: &Change, catalog: &Catalog) -> Fate {
    let on = words::changed(change);
    if catalog.find_relation(Some(&on.schema), &on.table).is_none() {
        return Fate::NotKnown;
    }
    let find = |name: &str| drafts::find(catalog, on, name);
    match change {
        Change::Create { policy, .. } => match find(&policy.name) {
            None => Fate::RolledBack,
            Some(there) if alike(&there, policy) => Fate::Committed,
            Some(_) => Fate::NotKnown,
        },
        Change::Drop { policy, .. } => match find(&policy.name) {
            None => Fate::Committed,
            Some(there) if there.same(policy) => Fate::RolledBack,
            Some(_) => Fate::NotKnown,
        },
        Change::Alter { before, after, .. } => {
            let as_after = find(&after.name).is_some_and(|there| alike(&there, after));
            let as_before =
                find(&before.name).is_some_and(|there| there.same(before) && there.comment == before.comment);
            match (as_after, as_before) {
                (true, false) => Fate::Committed,
                // Alike and as before: only an expression was to change, and has not.
                (_, true) => Fate::RolledBack,
                (false, false) => Fate::NotKnown,
            }
        }
        Change::RowSecurity { before, after, .. } => match drafts::security(catalog, on) {
            Some(there) if there == *after => Fate::Committed,
            Some(there) if there == *before => Fate::RolledBack,
            _ => Fate::NotKnown,
        },
    }
}
