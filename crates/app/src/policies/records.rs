//! What is kept of changes that are sent, and what the catalog tells of them where nobody else knows: see [`crate::change_sets`].

use catalog::Catalog;
use driver::alter::Fate;
use policy::{
    change::{Change, ChangeSet},
    listing::Draft,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{applying, drafts, plan::Planned, words};
use crate::{
    App,
    api::*,
    change_sets::{self, NewSet, Open, Sent},
    explorer::Place,
};

/// What these sets change.
const KIND: &str = "policies";

/// A step as it is kept.
#[derive(Default, Serialize, Deserialize)]
struct KeptStep {
    sql: Vec<String>,
    inverse: Vec<String>,
    /// It takes rows or texts away that the inverse does not bring back.
    lossy: bool,
}

/// Keeps a set that is sent next; `None` for a connection that is not saved, which keeps nothing.
///
/// # Errors
/// As the store says; then nothing may be sent.
pub(super) async fn begin<'a>(app: &'a App, place: &Place, planned: &Planned) -> Result<Option<Sent<'a>>, AppError> {
    let Ok(plan) = &planned.plan else { return Ok(None) };
    let step =
        |step: &policy::change::Step| KeptStep { sql: step.sql.clone(), inverse: step.undo.clone(), lossy: false };
    let steps: Vec<KeptStep> = plan.steps.iter().map(step).collect();
    let set = NewSet {
        kind: KIND,
        base: base(&planned.set)?,
        steps: serde_json::to_string(&steps).map_err(AppError::internal)?,
        postcondition: serde_json::to_string(&planned.set.changes).map_err(AppError::internal)?,
    };
    Sent::begin(app, place, set).await
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

impl App {
    /// Finds out what became of sets whose answer nobody got, and says whether there were any. What arrived is staged no more;
    /// everything else is staged still.
    ///
    /// # Errors
    /// As the store and the server say.
    pub(super) async fn settle_sent(&self, place: &Place) -> Result<bool, AppError> {
        let open = self.abandoned_sets(place, KIND).await?;
        let settled = !open.is_empty();
        for one in open {
            self.settle_one(place, one).await?;
        }
        Ok(settled)
    }

    async fn settle_one(&self, place: &Place, one: Open) -> Result<(), AppError> {
        let changes: Vec<Change> = serde_json::from_str(&one.postcondition).map_err(AppError::internal)?;
        let set = ChangeSet { changes };
        let fate = match &one.mark {
            None => Fate::RolledBack,
            Some(mark) => change_sets::ended(super::alter(place)?, mark).await?,
        };
        let fate = match fate {
            // As it is now, not as it was when the set was made.
            Fate::NotKnown => by_catalog(&set, &self.judged(place, true).await?.examined.catalog),
            fate => fate,
        };
        match fate {
            Fate::Committed => {
                applying::settle(self, place, &set).await?;
                change_sets::note(&self.store, one.id, "done", Some("applied")).await?;
            }
            Fate::RolledBack => change_sets::note(&self.store, one.id, "failed", Some("not_applied")).await?,
            Fate::NotKnown => change_sets::note(&self.store, one.id, "unknown", Some("unknown")).await?,
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
        let Some(one) = self.untold_set(place, KIND).await? else { return Ok(None) };
        let steps: Vec<KeptStep> = serde_json::from_str(&one.steps).unwrap_or_default();
        let (state, words) = match (one.state.as_str(), one.untold.as_deref()) {
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
        let words = words.to_owned();
        Ok(Some(PolicyLastApply { id: one.id, at_ms: one.at_ms, state, words, statements }))
    }

    /// A person has read what became of a set.
    ///
    /// # Errors
    /// As the store says.
    pub async fn forget_policy_apply(&self, profile_id: &str, id: i64) -> Result<(), AppError> {
        self.set_is_told(profile_id, id).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }
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
