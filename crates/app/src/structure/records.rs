//! What is kept of definitions that are sent and applied: so that after a crash or a lost link it is found out how far they came, and
//! so that what was applied can be taken back: see [`crate::change_sets`].
//!
//! Where a set is one transaction, the server is asked what became of it. Where it is not, or the server does not remember, the
//! database is read again: what is staged is a difference, so that what arrived drops out of it, and what is left is planned anew.

use catalog::ObjectKey;
use driver::alter::Fate;
use schema::{Comparison, Definition, Edit, Object, Rename};
use serde::{Deserialize, Serialize};

use super::{
    arriving::{Came, Sent, same},
    editing::Editing,
    keeping,
    naming::words,
    reading::Defined,
    review::{self, Reviewed},
};
use crate::{
    App,
    advisor::{database_of, number},
    api::*,
    change_sets::{self, NewSet, Open},
    explorer::Place,
    store::Store,
};

/// What these sets change.
pub(super) const KIND: &str = "structure";
/// Applied sets that are offered for taking back.
const SHOWN: i64 = 20;

/// A step as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeptStep {
    pub(super) about: ObjectKey,
    pub(super) sql: String,
    /// What clears away what it leaves where it fails.
    pub(super) leftover: Option<String>,
    pub(super) loses: bool,
}

/// What a set changes, and how it was.
#[derive(Serialize, Deserialize)]
pub(super) struct Changed {
    /// What its groups are called.
    labels: Vec<String>,
    /// The groups, by id.
    groups: Vec<u32>,
    renames: Vec<Rename>,
    /// Objects that differ, by their new names.
    objects: Vec<ChangedObject>,
    /// The way back brings not everything back.
    lossy: bool,
    /// All of it is one transaction.
    #[serde(default)]
    whole: bool,
    /// `objects` says what was read afterwards.
    settled: bool,
}

#[derive(Serialize, Deserialize)]
struct ChangedObject {
    key: ObjectKey,
    before: Option<Object>,
    after: Option<Object>,
}

impl Changed {
    fn of(reviewed: &Reviewed) -> Self {
        let there = &reviewed.defined.definition;
        let wanted = &reviewed.wanted;
        let renamed = there.renamed(&wanted.renames).unwrap_or_else(|_| there.clone());
        let differences = Comparison::between(&renamed, &wanted.definition).differences;
        let objects = differences.into_iter().map(|one| ChangedObject {
            before: renamed.objects.get(&one.key).cloned(),
            after: wanted.definition.objects.get(&one.key).cloned(),
            key: one.key,
        });
        Changed {
            labels: reviewed.kept.groups().map(|kept| kept.group.label.clone()).collect(),
            groups: reviewed.kept.groups().map(|kept| kept.id).collect(),
            renames: wanted.renames.clone(),
            objects: objects.collect(),
            lossy: !review::lossy(&reviewed.plan, &reviewed.back).is_empty(),
            whole: matches!(reviewed.plan.batches().as_slice(), [batch] if batch.transaction),
            settled: false,
        }
    }

    /// How far it came.
    fn sent<'a>(steps: &'a [KeptStep], one: &Open) -> Sent<'a> {
        let place = |number: i64| usize::try_from(number).unwrap_or(0);
        let kept = place(one.kept);
        let unheard = match (one.began, &one.mark) {
            (Some(began), _) if one.began >= Some(one.kept) => place(began)..place(began) + 1,
            (_, Some(_)) => kept..steps.len(),
            _ => kept..kept,
        };
        // Of those that are kept at once, the next one begins when the one before it is kept.
        Sent { about: steps.iter().map(|step| &step.about).collect(), kept: kept.max(unheard.start), unheard }
    }

    /// How much of an object has arrived.
    fn came(&self, sent: &Sent<'_>, now: &Definition, key: &ObjectKey) -> Came {
        let Some(own) = self.objects.iter().find(|one| one.key == *key) else { return Came::Nothing };
        sent.came(key, own.before.as_ref(), own.after.as_ref(), now.objects.get(key))
    }

    /// Whether everything, or nothing, of the set is there.
    fn seen(&self, sent: &Sent<'_>, now: &Definition) -> Seen {
        let renames = self.renames.iter().map(|one| if is_renamed(now, one) { Came::All } else { Came::Nothing });
        let objects = self.objects.iter().map(|one| self.came(sent, now, &one.key));
        let all: Vec<Came> = renames.chain(objects).collect();
        if all.iter().all(|came| *came == Came::Nothing) {
            Seen::Nothing
        } else if all.iter().all(|came| *came == Came::All) {
            Seen::All
        } else {
            Seen::Some
        }
    }
}

enum Seen {
    All,
    Some,
    Nothing,
}

fn is_renamed(now: &Definition, one: &Rename) -> bool {
    !now.objects.contains_key(&one.from) && now.objects.contains_key(&one.to)
}

/// A set that is sent next.
///
/// # Errors
/// `Internal`.
pub(super) fn new_set(reviewed: &Reviewed) -> Result<NewSet, AppError> {
    let json = |error| AppError::internal(error);
    let steps: Vec<KeptStep> = reviewed.plan.steps.iter().map(kept_step).collect();
    Ok(NewSet {
        kind: KIND,
        base: reviewed.digest.clone(),
        steps: serde_json::to_string(&steps).map_err(json)?,
        postcondition: serde_json::to_string(&Changed::of(reviewed)).map_err(json)?,
    })
}

fn kept_step(step: &schema::Step) -> KeptStep {
    KeptStep { about: step.about.clone(), sql: step.sql.clone(), leftover: leftover(step), loses: step.loses.is_some() }
}

/// What clears away what a failed CREATE INDEX CONCURRENTLY leaves: an index that nobody uses and everybody keeps up
/// (<https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>); and what ends a detaching that
/// did not come to its end.
pub(super) fn leftover(step: &schema::Step) -> Option<String> {
    if let Some(finalize) = step.finalize() {
        return Some(finalize);
    }
    let makes = step.alone && step.verb == schema::Verb::Create && step.about.kind == catalog::ObjectKind::Index;
    makes.then(|| {
        let name = match &step.about.schema {
            Some(schema) => policy::name::qualified(schema, &step.about.name),
            None => policy::name::quote(&step.about.name),
        };
        format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")
    })
}

/// Leaves of what is staged what has not arrived; `sent` is `None` where everything has.
///
/// # Errors
/// As the store says.
pub(super) async fn rebase(
    store: &Store,
    profile_id: &str,
    database: &str,
    changed: &Changed,
    now: &Definition,
    sent: Option<&Sent<'_>>,
) -> Result<(), AppError> {
    keeping::update(store, profile_id, database, false, |kept| {
        let edits: Vec<Edit> = kept.groups().flat_map(|kept| kept.group.edits.iter().cloned()).collect();
        // A key as it is called at the end.
        let last = |place: usize, key: &ObjectKey| {
            let mut key = key.clone();
            for edit in edits.iter().skip(place + 1) {
                if let Edit::Rename(one) = edit {
                    keeping::follow(&mut key, &one.from, &one.to);
                }
            }
            key
        };
        let mut place = 0;
        kept.rebase(|group: u32, edit: &mut Edit| {
            let own = place;
            place += 1;
            if !changed.groups.contains(&group) {
                return true;
            }
            let Some(sent) = sent else { return false };
            match edit {
                Edit::Rename(one) => match changed.renames.contains(one) {
                    true => !is_renamed(now, one),
                    false => now.objects.contains_key(&one.from),
                },
                Edit::Remove { key, .. } => changed.came(sent, now, &last(own, key)) != Came::All,
                Edit::Put { key, before, .. } => {
                    let key = last(own, key);
                    let came = changed.came(sent, now, &key);
                    // What is left of it begins at what is there.
                    if came == Came::Part {
                        *before = now.objects.get(&key).cloned().map(Box::new);
                    }
                    came != Came::All
                }
            }
        });
        Ok(())
    })
    .await
    .map(drop)
}

/// Notes what was read after a set had arrived, for taking it back.
///
/// # Errors
/// As the store says.
pub(super) async fn settled(store: &Store, id: i64, mut changed: Changed, now: &Definition) -> Result<(), AppError> {
    for one in &mut changed.objects {
        one.after = now.objects.get(&one.key).cloned();
    }
    changed.settled = true;
    let text = serde_json::to_string(&changed).map_err(AppError::internal)?;
    let mut change = store.write().await?;
    sqlx::query("UPDATE change_sets SET postcondition = ? WHERE id = ?")
        .bind(text)
        .bind(id)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

/// What a set changes.
///
/// # Errors
/// `NotFound` where it is kept no more.
pub(super) async fn changed(place: &Place, store: &Store, id: i64) -> Result<Changed, AppError> {
    let text: Option<String> = sqlx::query_scalar(
        "SELECT postcondition FROM change_sets WHERE id = ? AND profile_id = ? AND database = ? AND kind = 'structure'",
    )
    .bind(id)
    .bind(&place.connected.profile.id)
    .bind(database_of(place))
    .fetch_optional(store.read())
    .await?;
    let text = text.ok_or_else(|| {
        AppError::new(ErrorCode::NotFound, "What was applied is not kept any more.")
            .with_hint("The history has the statements that take it back.")
    })?;
    serde_json::from_str(&text).map_err(AppError::internal)
}

impl Changed {
    /// What the step that takes it back is called.
    pub(super) fn back_label(&self) -> String {
        match self.labels.as_slice() {
            [one] => format!("Take back: {one}"),
            all => format!("Take back {} changes", all.len()),
        }
    }

    /// Stages what makes everything as it was.
    ///
    /// # Errors
    /// `Conflict` where somebody else has changed it since.
    pub(super) fn take_back(self, editing: &mut Editing<'_>) -> Result<(), AppError> {
        for one in &self.objects {
            let now = editing.wanted.objects.get(&one.key);
            let part_of_gone = now.is_none() && one.after.is_some();
            if self.settled && (part_of_gone || !same(&one.key, one.after.as_ref(), now)) {
                let message =
                    format!("“{}” was changed since: what was applied cannot simply be taken back.", words(&one.key));
                return Err(AppError::new(ErrorCode::Conflict, message)
                    .with_hint("The history has the statements that take it back."));
            }
        }
        // Parts go before what they are parts of, and come after it.
        let is_part = |one: &&ChangedObject| {
            let object = one.before.as_ref().or(one.after.as_ref());
            object.is_some_and(|object| object.relation(&one.key).is_some())
        };
        let (parts, wholes): (Vec<_>, Vec<_>) = self.objects.iter().partition(is_part);
        for one in parts.iter().chain(&wholes).filter(|one| one.before.is_none()) {
            editing.remove(&one.key);
        }
        for one in wholes.iter().chain(&parts) {
            if let Some(before) = &one.before {
                editing.put(&one.key, before.clone());
            }
        }
        for one in self.renames.iter().rev() {
            if editing.wanted.objects.contains_key(&one.to) {
                editing.rename(&one.to, &one.from.name)?;
            }
        }
        for one in &self.objects {
            editing.about(&one.key);
        }
        Ok(())
    }
}

impl App {
    /// Finds out what became of sets whose answer nobody got. What arrived is staged no more; everything else is staged still.
    ///
    /// # Errors
    /// As the store and the server say.
    pub(super) async fn settle_structure(&self, place: &Place) -> Result<(), AppError> {
        for one in self.abandoned_sets(place, KIND).await? {
            self.settle_structure_set(place, one).await?;
        }
        Ok(())
    }

    async fn settle_structure_set(&self, place: &Place, one: Open) -> Result<(), AppError> {
        let set: Changed = serde_json::from_str(&one.postcondition).map_err(AppError::internal)?;
        let (profile, database) = (&place.connected.profile.id, database_of(place));
        let fate = match (&one.mark, one.began) {
            // Neither a COMMIT nor a statement that is kept at once was sent.
            (None, None) if one.kept == 0 => Fate::RolledBack,
            (Some(mark), _) if !mark.is_empty() => {
                let alter = super::applying::alter(place)?;
                change_sets::ended(alter, mark).await?
            }
            _ => Fate::NotKnown,
        };
        if fate == Fate::Running {
            return Ok(());
        }
        let now = self.defined(place, true).await?;
        let steps: Vec<KeptStep> = serde_json::from_str(&one.steps).unwrap_or_default();
        let mut sent = Changed::sent(&steps, &one);
        if fate == Fate::RolledBack {
            sent.unheard = sent.kept..sent.kept;
        }
        let seen = match (fate, one.kept) {
            (Fate::RolledBack, 0) => Seen::Nothing,
            (Fate::Committed, _) if set.whole => Seen::All,
            _ => set.seen(&sent, &now.definition),
        };
        let (state, untold) = match seen {
            Seen::All => ("done", "applied"),
            Seen::Some => ("failed", "partly"),
            Seen::Nothing => ("failed", "not_applied"),
        };
        let wholly = matches!(seen, Seen::All);
        if !matches!(seen, Seen::Nothing) {
            rebase(&self.store, profile, &database, &set, &now.definition, (!wholly).then_some(&sent)).await?;
            if wholly {
                settled(&self.store, one.id, set, &now.definition).await?;
            } else {
                self.note_steps(&one, &set, &steps, &now).await?;
            }
        }
        change_sets::note(&self.store, one.id, state, Some(untold)).await?;
        self.structure_changed(profile);
        Ok(())
    }

    /// Notes how many steps are kept, as far as the database tells of the one that nobody heard the end of.
    async fn note_steps(&self, one: &Open, set: &Changed, steps: &[KeptStep], now: &Defined) -> Result<(), AppError> {
        let sent = Changed::sent(steps, one);
        let mut kept = one.kept.max(one.began.unwrap_or(0));
        if let Some(began) = one.began
            && let Some(step) = usize::try_from(began).ok().and_then(|began| steps.get(began))
        {
            let about = |key: &ObjectKey| {
                *key == step.about
                    || key.schema == step.about.schema && key.signature.as_ref() == Some(&step.about.name)
            };
            let mut touched = set.objects.iter().filter(|one| about(&one.key));
            let renamed = set.renames.iter().any(|one| one.to == step.about && is_renamed(&now.definition, one));
            if renamed || touched.any(|own| set.came(&sent, &now.definition, &own.key) == Came::All) {
                kept = began + 1;
            }
        }
        let mut change = self.store.write().await?;
        sqlx::query("UPDATE change_sets SET kept = ? WHERE id = ?")
            .bind(kept)
            .bind(one.id)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }

    /// What a person has not read yet of a set whose answer nobody got.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn last_structure(&self, place: &Place) -> Result<Option<StructureLastApply>, AppError> {
        let Some(one) = self.untold_set(place, KIND).await? else { return Ok(None) };
        let steps: Vec<KeptStep> = serde_json::from_str(&one.steps).unwrap_or_default();
        let (state, words) = match (one.state.as_str(), one.untold.as_deref()) {
            ("sent", _) => (
                StructureFate::Unknown,
                "Changes of the schema are still on their way: the server has not said yet what becomes of them.",
            ),
            (_, Some("applied")) => (
                StructureFate::Applied,
                "The last changes of the schema had arrived although their answer had not: they are in the database, and nothing \
                 of them is staged any more.",
            ),
            (_, Some("partly")) => (
                StructureFate::Partly,
                "Only some of the last changes of the schema arrived: those are in the database, and the rest is staged still.",
            ),
            (_, Some("not_applied")) => (
                StructureFate::NotApplied,
                "The last changes of the schema did not arrive: nothing was changed, and everything is staged still.",
            ),
            _ => (
                StructureFate::Unknown,
                "It could not be found out whether the last changes of the schema arrived: look at the database before you apply \
                 them again.",
            ),
        };
        let known = |place: usize| match state {
            StructureFate::Applied => Some(true),
            StructureFate::NotApplied => Some(false),
            StructureFate::Partly => Some(i64::try_from(place).unwrap_or(i64::MAX) < one.kept),
            StructureFate::Unknown => None,
        };
        let failed = one.began.and_then(|began| usize::try_from(began).ok()).and_then(|began| steps.get(began));
        let leftover = failed.filter(|_| state != StructureFate::Applied).and_then(|step| step.leftover.clone());
        let statements = steps.into_iter().enumerate().map(|(place, step)| (step.sql, known(place))).collect();
        Ok(Some(StructureLastApply {
            id: one.id,
            at_ms: one.at_ms,
            state,
            words: words.to_owned(),
            statements,
            leftover,
        }))
    }

    /// What was applied here lately, the newest first.
    ///
    /// # Errors
    /// As [`App::structure_draft`].
    pub async fn structure_applied(
        &self,
        profile_id: &str,
        database: Option<&str>,
    ) -> Result<Vec<StructureAppliedSet>, AppError> {
        let place = self.structure_place(profile_id, database).await?;
        let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(
            "SELECT id, at_ms, steps, postcondition FROM change_sets WHERE profile_id = ? AND database = ? \
             AND kind = 'structure' AND state = 'done' ORDER BY id DESC LIMIT ?",
        )
        .bind(profile_id)
        .bind(database_of(&place))
        .bind(SHOWN)
        .fetch_all(self.store.read())
        .await?;
        let told = |(id, at_ms, steps, changed): (i64, i64, String, String)| {
            let steps: Vec<KeptStep> = serde_json::from_str(&steps).ok()?;
            let changed: Changed = serde_json::from_str(&changed).ok()?;
            let lossy = changed.lossy;
            Some(StructureAppliedSet { id, at_ms, what: changed.labels, statements: number(steps.len()), lossy })
        };
        Ok(rows.into_iter().filter_map(told).collect())
    }
}
