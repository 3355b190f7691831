//! Changes that are staged: kept in the store with each edit, so that nothing of them is lost, and held against the catalog whenever
//! they are shown.

use std::collections::HashMap;

use catalog::{Catalog, Known, RowSecurity};
use policy::{
    change::{Change, ChangeSet},
    listing::{Draft, Table},
    name,
};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use super::{texts::Texts, words};
use crate::{
    api::*,
    store::{Store, now_ms},
};

/// Most changes of one set: more than anybody reads before applying them.
const MOST: usize = 10_000;
/// Sets that were applied and can be taken back.
const MOST_APPLIED: i64 = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Numbered {
    id: u32,
    change: Change,
}

/// What is staged for a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Staged(Vec<Numbered>);

impl Staged {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes, to be rendered.
    pub(super) fn set(&self) -> ChangeSet {
        ChangeSet { changes: self.0.iter().map(|one| one.change.clone()).collect() }
    }

    /// How many changes each table has.
    pub(super) fn by_table(&self) -> HashMap<PolicyOn, u32> {
        let mut of_tables = HashMap::new();
        for one in &self.0 {
            *of_tables.entry(words::on(words::changed(&one.change))).or_insert(0) += 1;
        }
        of_tables
    }

    /// The changes as faces show them, held against the catalog; of one table, where one is named.
    pub(super) fn told(&self, catalog: &Catalog, of: Option<&Table>) -> Vec<StagedPolicyChange> {
        let wanted = |one: &&Numbered| of.is_none_or(|table| words::changed(&one.change) == table);
        let told = |one: &Numbered| StagedPolicyChange {
            id: one.id,
            change: words::change(&one.change),
            conflict: conflict(&one.change, catalog, &self.0),
        };
        self.0.iter().filter(wanted).map(told).collect()
    }

    /// Does what a person did.
    fn edit(&mut self, edit: &PolicyEdit, catalog: &Catalog, texts: &Texts) -> Result<(), AppError> {
        match edit {
            PolicyEdit::Create { id, on, policy } => {
                let on = known(catalog, &words::table(on))?;
                let change = Change::Create { on, policy: words::to_draft(policy) };
                let at =
                    self.0.iter().position(|one| Some(one.id) == *id && matches!(one.change, Change::Create { .. }));
                self.put(at, Some(change));
            }
            PolicyEdit::Alter { on, name, policy } => {
                let on = known(catalog, &words::table(on))?;
                let before = existing(catalog, &on, name)?;
                let mut after = words::to_draft(policy);
                texts.back(&on, &before, &mut after);
                let is_change =
                    !before.same(&after) || before.using != after.using || before.with_check != after.with_check;
                let at = self.of_policy(&on, name);
                self.put(at, is_change.then_some(Change::Alter { on, before, after }));
            }
            PolicyEdit::Drop { on, name } => {
                let on = known(catalog, &words::table(on))?;
                let policy = existing(catalog, &on, name)?;
                let at = self.of_policy(&on, name);
                self.put(at, Some(Change::Drop { on, policy }));
            }
            PolicyEdit::RowSecurity { on, enabled, forced } => {
                let on = known(catalog, &words::table(on))?;
                let before = security(catalog, &on).ok_or_else(|| {
                    let message = format!("It was not read whether row security of {} is on.", on.sql());
                    AppError::new(ErrorCode::Forbidden, message)
                })?;
                let after = RowSecurity { enabled: *enabled, forced: *forced };
                let at = self
                    .0
                    .iter()
                    .position(|one| matches!(&one.change, Change::RowSecurity { on: table, .. } if *table == on));
                self.put(at, (before != after).then_some(Change::RowSecurity { on, before, after }));
            }
            PolicyEdit::Discard { id } => self.0.retain(|one| one.id != *id),
            PolicyEdit::DiscardAll => self.0.clear(),
            // The caller has made edits of it.
            PolicyEdit::Undo { .. } => {}
        }
        match self.0.len() > MOST {
            true => Err(AppError::new(ErrorCode::Exhausted, "Too many changes are staged.")
                .with_hint("Apply or discard some of them first.")),
            false => Ok(()),
        }
    }

    /// Stages what a fix changes, all of it or, where another change of the same policies is staged, nothing: whether it is
    /// staged now.
    ///
    /// # Errors
    /// As [`Staged::edit`].
    fn mend(&mut self, changes: &[Change], catalog: &Catalog, texts: &Texts) -> Result<bool, AppError> {
        let edits: Vec<PolicyEdit> = changes.iter().filter_map(|change| self.fix(change)).collect();
        let met = |change: &Change| match change {
            Change::Alter { on, before: policy, .. } | Change::Drop { on, policy } => {
                let there = self.of_policy(on, &policy.name).and_then(|at| self.0.get(at));
                there.is_some_and(|there| there.change != *change)
            }
            Change::Create { on, policy } => self.0.iter().any(|one| match &one.change {
                Change::Create { on: table, policy: there } => {
                    table == on && there.name == policy.name && there != policy
                }
                _ => false,
            }),
            Change::RowSecurity { .. } => false,
        };
        if changes.iter().any(met) {
            return Ok(false);
        }
        for edit in &edits {
            self.edit(edit, catalog, texts)?;
        }
        Ok(true)
    }

    /// A change of a fix as a person would make it; `None` for a new policy that is staged already.
    fn fix(&self, change: &Change) -> Option<PolicyEdit> {
        let staged = |change: &Change| self.0.iter().any(|one| one.change == *change);
        Some(match change {
            Change::Create { .. } if staged(change) => return None,
            Change::Create { on, policy } => {
                PolicyEdit::Create { id: None, on: words::on(on), policy: words::draft(policy) }
            }
            Change::Drop { on, policy } => PolicyEdit::Drop { on: words::on(on), name: policy.name.clone() },
            Change::Alter { on, before, after } => {
                PolicyEdit::Alter { on: words::on(on), name: before.name.clone(), policy: words::draft(after) }
            }
            Change::RowSecurity { on, before, after } => {
                let there = self.0.iter().find_map(|one| match &one.change {
                    Change::RowSecurity { on: table, after, .. } if table == on => Some(*after),
                    _ => None,
                });
                // What is staged for the table stays, but for what the fix turns on or off.
                let merged =
                    |is: bool, was: bool, staged: Option<bool>| if is == was { staged.unwrap_or(is) } else { is };
                PolicyEdit::RowSecurity {
                    on: words::on(on),
                    enabled: merged(after.enabled, before.enabled, there.map(|there| there.enabled)),
                    forced: merged(after.forced, before.forced, there.map(|there| there.forced)),
                }
            }
        })
    }

    /// Where the change of a policy of the catalog stands.
    fn of_policy(&self, on: &Table, name: &str) -> Option<usize> {
        self.0.iter().position(|one| match &one.change {
            Change::Alter { on: table, before: policy, .. } | Change::Drop { on: table, policy } => {
                table == on && policy.name == name
            }
            _ => false,
        })
    }

    /// Puts a change in the place of another, with its number, or at the end; none takes the other away.
    fn put(&mut self, at: Option<usize>, change: Option<Change>) {
        match (at.and_then(|at| self.0.get_mut(at)), change) {
            (Some(slot), Some(change)) => slot.change = change,
            (None, Some(change)) => {
                let id = self.0.iter().map(|one| one.id).max().map_or(1, |most| most.saturating_add(1));
                self.0.push(Numbered { id, change });
            }
            (_, None) => {
                if let Some(at) = at.filter(|at| *at < self.0.len()) {
                    self.0.remove(at);
                }
            }
        }
    }
}

/// The table, where the catalog has it.
fn known(catalog: &Catalog, table: &Table) -> Result<Table, AppError> {
    match catalog.find_relation(Some(&table.schema), &table.table) {
        Some(_) => Ok(table.clone()),
        None => Err(gone(&format!("table {}", table.sql()))),
    }
}

/// What a person named and the catalog has no more.
pub(super) fn gone(what: &str) -> AppError {
    AppError::new(ErrorCode::NotFound, format!("There is no {what} any more."))
        .with_hint("Read the catalog again and look what became of it.")
}

fn existing(catalog: &Catalog, on: &Table, name: &str) -> Result<Draft, AppError> {
    find(catalog, on, name).ok_or_else(|| gone(&format!("policy “{name}” on {}", on.sql())))
}

/// A policy of the catalog, by its name as the server keeps it.
pub(super) fn find(catalog: &Catalog, on: &Table, wanted: &str) -> Option<Draft> {
    let id = catalog.find_relation(Some(&on.schema), &on.table)?;
    let policies = catalog.relation(id)?.policies();
    policies.iter().find(|policy| policy.name == name::cut(wanted)).map(Draft::of)
}

/// Whether row security filters a table; `None` where that was not read.
pub(super) fn security(catalog: &Catalog, on: &Table) -> Option<RowSecurity> {
    let id = catalog.find_relation(Some(&on.schema), &on.table)?;
    match catalog.relations.get(id.0 as usize)?.row_security {
        Known::Value(security) => Some(security),
        _ => None,
    }
}

/// Why a change does not fit the catalog, which may have changed since it was staged.
fn conflict(change: &Change, catalog: &Catalog, all: &[Numbered]) -> Option<String> {
    let on = words::changed(change);
    if catalog.find_relation(Some(&on.schema), &on.table).is_none() {
        return Some(format!("{} is gone.", on.sql()));
    }
    match change {
        Change::Create { policy, .. } => {
            let there = find(catalog, on, &policy.name)?;
            // A name that another change of the same set gives up is free.
            let given_up = all.iter().any(|one| match &one.change {
                Change::Drop { on: table, policy } => table == on && policy.name == there.name,
                Change::Alter { on: table, before, after } => {
                    table == on && before.name == there.name && name::cut(&after.name) != there.name
                }
                _ => false,
            });
            match (given_up, there.same(policy)) {
                (true, _) => None,
                (false, true) => Some(format!("A policy that is the same as “{}” is there already.", policy.name)),
                (false, false) => Some(format!("There is another policy called “{}”.", policy.name)),
            }
        }
        Change::Drop { policy: before, .. } | Change::Alter { before, .. } => match find(catalog, on, &before.name) {
            None => Some(format!("The policy “{}” is gone.", before.name)),
            Some(there) if !there.same(before) => {
                Some(format!("Somebody else has changed the policy “{}” since.", before.name))
            }
            Some(_) => None,
        },
        Change::RowSecurity { before, after, .. } => match security(catalog, on) {
            Some(there) if there == *after => Some("Row security is like this already.".to_owned()),
            Some(there) if there != *before => Some("Somebody else has changed row security since.".to_owned()),
            _ => None,
        },
    }
}

/// What takes a change back, as a person would do it.
fn back(change: Change) -> PolicyEdit {
    match change {
        Change::Create { on, policy } => {
            PolicyEdit::Drop { on: words::on(&on), name: name::cut(&policy.name).to_owned() }
        }
        Change::Drop { on, policy } => {
            PolicyEdit::Create { id: None, on: words::on(&on), policy: words::draft(&policy) }
        }
        Change::Alter { on, before, after } => PolicyEdit::Alter {
            on: words::on(&on),
            name: name::cut(&after.name).to_owned(),
            policy: words::draft(&before),
        },
        Change::RowSecurity { on, before, .. } => {
            PolicyEdit::RowSecurity { on: words::on(&on), enabled: before.enabled, forced: before.forced }
        }
    }
}

/// What is staged for a database.
///
/// # Errors
/// As the store says.
pub(super) async fn load(store: &Store, profile_id: &str, database: &str) -> Result<Staged, AppError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT changes FROM policy_drafts WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .fetch_optional(store.read())
            .await?;
    read(text.as_deref())
}

fn read(text: Option<&str>) -> Result<Staged, AppError> {
    let Some(text) = text else { return Ok(Staged::default()) };
    serde_json::from_str(text).map_err(|error| {
        AppError::new(ErrorCode::Corrupt, format!("What was staged for this database cannot be read: {error}."))
    })
}

/// Does what a person did and keeps it before it answers.
///
/// # Errors
/// `NotFound` for a table, policy or applied set that is gone, and then nothing is staged; as the store says.
pub(super) async fn stage(
    store: &Store,
    profile_id: &str,
    database: &str,
    edits: Vec<PolicyEdit>,
    catalog: &Catalog,
    texts: &Texts,
) -> Result<Staged, AppError> {
    let mut change = store.write().await?;
    let text = kept(&mut change, profile_id, database).await?;
    let mut staged = match edits.as_slice() {
        // What cannot be read can still be given up.
        [PolicyEdit::DiscardAll] => Staged::default(),
        _ => read(text.as_deref())?,
    };
    for edit in edits {
        match edit {
            PolicyEdit::Undo { applied } => {
                let set = applied_set(&mut change, profile_id, database, applied).await?;
                for one in set.into_iter().rev() {
                    staged.edit(&back(one), catalog, texts)?;
                }
            }
            edit => staged.edit(&edit, catalog, texts)?,
        }
    }
    put(&mut change, profile_id, database, &staged).await?;
    change.commit().await?;
    Ok(staged)
}

/// Stages the changes of fixes, in their order, and says of each whether it is staged now.
///
/// # Errors
/// As [`stage`].
pub(super) async fn mend(
    store: &Store,
    profile_id: &str,
    database: &str,
    fixes: &[&[Change]],
    catalog: &Catalog,
    texts: &Texts,
) -> Result<(Staged, Vec<bool>), AppError> {
    let mut change = store.write().await?;
    let mut staged = read(kept(&mut change, profile_id, database).await?.as_deref())?;
    let mut mended = Vec::with_capacity(fixes.len());
    for fix in fixes {
        mended.push(staged.mend(fix, catalog, texts)?);
    }
    put(&mut change, profile_id, database, &staged).await?;
    change.commit().await?;
    Ok((staged, mended))
}

async fn kept(
    change: &mut Transaction<'static, Sqlite>,
    profile_id: &str,
    database: &str,
) -> Result<Option<String>, AppError> {
    let text = sqlx::query_scalar("SELECT changes FROM policy_drafts WHERE profile_id = ? AND database = ?")
        .bind(profile_id)
        .bind(database)
        .fetch_optional(&mut **change)
        .await?;
    Ok(text)
}

async fn put(
    change: &mut Transaction<'static, Sqlite>,
    profile_id: &str,
    database: &str,
    staged: &Staged,
) -> Result<(), AppError> {
    if staged.is_empty() {
        sqlx::query("DELETE FROM policy_drafts WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database)
            .execute(&mut **change)
            .await?;
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO policy_drafts VALUES (?, ?, ?) ON CONFLICT (profile_id, database) DO UPDATE SET changes = excluded.changes",
    )
    .bind(profile_id)
    .bind(database)
    .bind(serde_json::to_string(staged).map_err(AppError::internal)?)
    .execute(&mut **change)
    .await?;
    Ok(())
}

async fn applied_set(
    change: &mut Transaction<'static, Sqlite>,
    profile_id: &str,
    database: &str,
    applied: i64,
) -> Result<Vec<Change>, AppError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT changes FROM policy_applied WHERE id = ? AND profile_id = ? AND database = ?")
            .bind(applied)
            .bind(profile_id)
            .bind(database)
            .fetch_optional(&mut **change)
            .await?;
    let text = text.ok_or_else(|| {
        AppError::new(ErrorCode::NotFound, "What was applied is not kept any more.")
            .with_hint("The history has the statements that take it back.")
    })?;
    serde_json::from_str(&text).map_err(AppError::internal)
}

/// Keeps a set that was applied. What was staged meanwhile stays; what was applied is staged no more.
///
/// # Errors
/// As the store says.
pub(super) async fn settle(
    store: &Store,
    profile_id: &str,
    database: &str,
    applied: &ChangeSet,
) -> Result<i64, AppError> {
    let mut change = store.write().await?;
    let text = kept(&mut change, profile_id, database).await?;
    let mut staged = read(text.as_deref())?;
    staged.0.retain(|one| !applied.changes.contains(&one.change));
    put(&mut change, profile_id, database, &staged).await?;
    let added = sqlx::query("INSERT INTO policy_applied (profile_id, database, at_ms, changes) VALUES (?, ?, ?, ?)")
        .bind(profile_id)
        .bind(database)
        .bind(now_ms())
        .bind(serde_json::to_string(&applied.changes).map_err(AppError::internal)?)
        .execute(&mut *change)
        .await?;
    let id = added.last_insert_rowid();
    sqlx::query("DELETE FROM policy_applied WHERE profile_id = ? AND database = ? AND id <= ? - ?")
        .bind(profile_id)
        .bind(database)
        .bind(id)
        .bind(MOST_APPLIED)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(id)
}

/// Forgets everything of a connection.
///
/// # Errors
/// As the store says.
pub(super) async fn forget(store: &Store, profile_id: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for statement in [
        "DELETE FROM policy_drafts WHERE profile_id = ?",
        "DELETE FROM policy_applied WHERE profile_id = ?",
        "DELETE FROM policy_texts WHERE profile_id = ?",
        "DELETE FROM policy_actors WHERE profile_id = ?",
        "DELETE FROM policy_tries WHERE profile_id = ?",
        "DELETE FROM policy_user_mappings WHERE profile_id = ?",
        "DELETE FROM change_sets WHERE profile_id = ?",
    ] {
        sqlx::query(statement).bind(profile_id).execute(&mut *change).await?;
    }
    change.commit().await?;
    Ok(())
}
