//! What is staged of a database, on disk: it outlasts the program, and every step of it can be taken back and done again.

use catalog::ObjectKey;
use schema::{Draft, Edit, Group};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::{
    api::{AppError, ErrorCode},
    store::Store,
};

/// Steps that can be taken back.
const MOST_STEPS: usize = 200;

/// Edits that a person made at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptGroup {
    pub(super) id: u32,
    /// What it is about.
    pub(super) about: Vec<ObjectKey>,
    /// How values become those of another type.
    pub(super) conversions: Vec<(ObjectKey, String)>,
    #[serde(flatten)]
    pub(super) group: Group,
}

/// What was staged before or after a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    /// What the step did.
    label: String,
    /// The groups, by id.
    staged: Vec<u32>,
}

/// Everything that is kept of what is staged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The groups that are staged, were, or may be again.
    groups: Vec<KeptGroup>,
    /// Those that are, in order.
    staged: Vec<u32>,
    past: Vec<Step>,
    future: Vec<Step>,
}

impl Kept {
    /// The groups that are staged, in order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &KeptGroup> {
        self.staged.iter().filter_map(|id| self.groups.iter().find(|group| group.id == *id))
    }

    /// Whether nothing is staged.
    pub(super) fn is_empty(&self) -> bool {
        self.staged.is_empty()
    }

    /// What is staged, as changes of a definition.
    pub(super) fn draft(&self) -> Draft {
        Draft { groups: self.groups().map(|kept| kept.group.clone()).collect() }
    }

    /// How values become those of other types, by columns under their last names.
    pub(super) fn conversions(&self) -> Vec<(ObjectKey, String)> {
        let mut found: Vec<(ObjectKey, String)> = Vec::new();
        for kept in self.groups() {
            for edit in &kept.group.edits {
                if let Edit::Rename(one) = edit {
                    found.iter_mut().for_each(|(key, _)| follow(key, &one.from, &one.to));
                }
            }
            found.retain(|(key, _)| kept.conversions.iter().all(|(own, _)| own != key));
            found.extend(kept.conversions.iter().cloned());
        }
        found
    }

    /// Stages a group.
    pub(super) fn stage(&mut self, group: Group, about: Vec<ObjectKey>, conversions: Vec<(ObjectKey, String)>) {
        let id = self.groups.iter().map(|group| group.id).max().unwrap_or(0) + 1;
        self.step(group.label.clone());
        self.groups.push(KeptGroup { id, about, conversions, group });
        self.staged.push(id);
    }

    /// Remembers what is staged now, as before something.
    fn step(&mut self, label: String) {
        self.past.push(Step { label, staged: self.staged.clone() });
        self.future.clear();
        let beyond = self.past.len().saturating_sub(MOST_STEPS);
        self.past.drain(..beyond);
        let wanted = |id: u32| self.staged.contains(&id) || self.past.iter().any(|step| step.staged.contains(&id));
        let gone: Vec<u32> = self.groups.iter().map(|group| group.id).filter(|id| !wanted(*id)).collect();
        self.groups.retain(|group| !gone.contains(&group.id));
    }

    /// What Undo would take back.
    pub(super) fn undoes(&self) -> Option<&str> {
        self.past.last().map(|step| step.label.as_str())
    }

    /// What Redo would do again.
    pub(super) fn redoes(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// Takes the last step back.
    pub(super) fn undo(&mut self) {
        if let Some(Step { label, staged }) = self.past.pop() {
            let staged = std::mem::replace(&mut self.staged, staged);
            self.future.push(Step { label, staged });
        }
    }

    /// Does the step again that was taken back last.
    pub(super) fn redo(&mut self) {
        if let Some(Step { label, staged }) = self.future.pop() {
            let staged = std::mem::replace(&mut self.staged, staged);
            self.past.push(Step { label, staged });
        }
    }

    /// Takes one group out.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn discard(&mut self, id: u32) -> Result<(), AppError> {
        let label = self.groups().find(|group| group.id == id).map(|group| group.group.label.clone());
        let label = label.ok_or_else(|| AppError::new(ErrorCode::NotFound, "This change is not staged any more."))?;
        self.step(format!("Discard “{label}”"));
        self.staged.retain(|own| *own != id);
        Ok(())
    }

    /// Takes everything out.
    pub(super) fn discard_all(&mut self) {
        if !self.staged.is_empty() {
            self.step("Discard everything".to_owned());
            self.staged.clear();
        }
    }

    /// Leaves only what is not in the database yet. That cannot be undone: what was before is no difference of what is there any more.
    /// `left` is asked with each edit and its group's id.
    pub(super) fn rebase(&mut self, mut left: impl FnMut(u32, &mut Edit) -> bool) {
        let mut groups: Vec<KeptGroup> = self.groups().cloned().collect();
        for kept in &mut groups {
            let id = kept.id;
            kept.group.edits.retain_mut(|edit| left(id, edit));
        }
        groups.retain(|kept| !kept.group.edits.is_empty());
        *self = Kept { staged: groups.iter().map(|group| group.id).collect(), groups, ..Kept::default() };
    }
}

/// A key after something got another name.
pub(super) fn follow(key: &mut ObjectKey, from: &ObjectKey, to: &ObjectKey) {
    if key == from {
        *key = to.clone();
    } else if from.kind == catalog::ObjectKind::Relation
        && key.schema == from.schema
        && key.signature.as_ref() == Some(&from.name)
    {
        key.signature = Some(to.name.clone());
    }
}

/// What is kept of what is staged of a database.
///
/// # Errors
/// As the store says.
pub(super) async fn load(store: &Store, profile_id: &str, database: &str) -> Result<Kept, AppError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT draft FROM structure_drafts WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .fetch_optional(store.read())
            .await?;
    read(text.as_deref())
}

fn read(text: Option<&str>) -> Result<Kept, AppError> {
    let Some(text) = text else { return Ok(Kept::default()) };
    serde_json::from_str(text).map_err(|error| {
        AppError::new(ErrorCode::Corrupt, format!("What was staged for this database cannot be read: {error}."))
            .with_hint("Discard everything that is staged to begin anew.")
    })
}

/// Changes what is kept in one go, and keeps it before it answers: of two windows the last word counts, and neither loses the other's.
///
/// # Errors
/// As `change` says, and then nothing is kept; as the store says.
pub(super) async fn update(
    store: &Store,
    profile_id: &str,
    database: &str,
    anew: bool,
    change: impl FnOnce(&mut Kept) -> Result<(), AppError>,
) -> Result<Kept, AppError> {
    let mut writing: Transaction<'static, Sqlite> = store.write().await?;
    let text: Option<String> =
        sqlx::query_scalar("SELECT draft FROM structure_drafts WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .fetch_optional(&mut *writing)
            .await?;
    // What cannot be read can still be given up.
    let mut kept = if anew { read(text.as_deref()).unwrap_or_default() } else { read(text.as_deref())? };
    change(&mut kept)?;
    if kept == Kept::default() {
        sqlx::query("DELETE FROM structure_drafts WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .execute(&mut *writing)
            .await?;
    } else {
        sqlx::query(
            "INSERT INTO structure_drafts VALUES (?, ?, ?) ON CONFLICT (profile_id, database) DO UPDATE SET draft = excluded.draft",
        )
        .bind(profile_id)
        .bind(database)
        .bind(serde_json::to_string(&kept).map_err(AppError::internal)?)
        .execute(&mut *writing)
        .await?;
    }
    writing.commit().await?;
    Ok(kept)
}

/// Forgets what is staged of a connection.
///
/// # Errors
/// As the store says.
pub(super) async fn forget(store: &Store, profile_id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM structure_drafts WHERE profile_id = ?").bind(profile_id).execute(&mut *change).await?;
    change.commit().await?;
    Ok(())
}
