//! Expressions as they were typed here, beside what the server made of them: its catalog keeps a tree, which it prints anew.

use std::collections::HashMap;

use catalog::Catalog;
use policy::{
    change::{Change, ChangeSet},
    listing::{Draft, Table},
    name,
};

use super::{drafts, words};
use crate::{api::AppError, store::Store};

/// Which expression of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Using,
    WithCheck,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::Using => "using",
            Part::WithCheck => "with_check",
        }
    }

    fn of(self, draft: &Draft) -> Option<&String> {
        match self {
            Part::Using => draft.using.as_ref(),
            Part::WithCheck => draft.with_check.as_ref(),
        }
    }

    fn of_mut(self, draft: &mut Draft) -> &mut Option<String> {
        match self {
            Part::Using => &mut draft.using,
            Part::WithCheck => &mut draft.with_check,
        }
    }
}

const PARTS: [Part; 2] = [Part::Using, Part::WithCheck];

#[derive(Clone, Debug)]
struct Text {
    typed: String,
    kept: String,
}

/// What was typed for a database's policies.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<(Table, String, Part), Text>);

impl Texts {
    /// The text that was typed for an expression, while the catalog has what the server made of it.
    pub(super) fn typed(&self, on: &Table, policy: &Draft, part: Part) -> Option<String> {
        let text = self.0.get(&(on.clone(), policy.name.clone(), part))?;
        let kept = part.of(policy)?;
        (*kept == text.kept && *kept != text.typed).then(|| text.typed.clone())
    }

    /// An expression that is left as it was typed is left as the catalog has it.
    pub(super) fn back(&self, on: &Table, before: &Draft, after: &mut Draft) {
        for part in PARTS {
            if self.typed(on, before, part).is_some_and(|typed| part.of(after) == Some(&typed)) {
                *part.of_mut(after) = part.of(before).cloned();
            }
        }
    }
}

/// What was typed for a database's policies.
///
/// # Errors
/// As the store says.
pub(super) async fn load(store: &Store, profile_id: &str, database: &str) -> Result<Texts, AppError> {
    let rows: Vec<(String, String, String, String, String, String)> = sqlx::query_as(
        "SELECT table_schema, table_name, policy, part, typed, kept FROM policy_texts WHERE profile_id = ? AND database = ?",
    )
    .bind(profile_id)
    .bind(database)
    .fetch_all(store.read())
    .await?;
    let one = |(schema, table, policy, part, typed, kept): (String, String, String, String, String, String)| {
        let part = PARTS.into_iter().find(|known| known.word() == part)?;
        Some(((Table::new(&schema, &table), policy, part), Text { typed, kept }))
    };
    Ok(Texts(rows.into_iter().filter_map(one).collect()))
}

/// Keeps what was typed for the policies of a set that was applied; `catalog` has what the server made of them.
///
/// # Errors
/// As the store says.
pub(super) async fn keep(
    store: &Store,
    profile_id: &str,
    database: &str,
    applied: &ChangeSet,
    catalog: &Catalog,
) -> Result<(), AppError> {
    let mut change = store.write().await?;
    for one in &applied.changes {
        let on = words::changed(one);
        let (gone, policy) = match one {
            Change::Create { policy, .. } => (None, Some(policy)),
            Change::Alter { before, after, .. } => (Some(before), Some(after)),
            Change::Drop { policy, .. } => (Some(policy), None),
            Change::RowSecurity { .. } => (None, None),
        };
        // Renamed or not: what was typed for the old one is typed anew, or as it was before.
        if let Some(gone) = gone.filter(|gone| policy.is_none_or(|policy| name::cut(&policy.name) != gone.name)) {
            sqlx::query(
                "DELETE FROM policy_texts WHERE profile_id = ? AND database = ? AND table_schema = ? AND table_name = ? \
                 AND policy = ?",
            )
            .bind(profile_id)
            .bind(database)
            .bind(&on.schema)
            .bind(&on.table)
            .bind(&gone.name)
            .execute(&mut *change)
            .await?;
        }
        let Some(policy) = policy else { continue };
        let Some(there) = drafts::find(catalog, on, &policy.name) else { continue };
        for part in PARTS {
            let (Some(typed), Some(kept)) = (part.of(policy), part.of(&there)) else { continue };
            // Left as the catalog had it: what was typed before still counts.
            if typed == kept {
                continue;
            }
            sqlx::query("INSERT OR REPLACE INTO policy_texts VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(profile_id)
                .bind(database)
                .bind(&on.schema)
                .bind(&on.table)
                .bind(&there.name)
                .bind(part.word())
                .bind(typed)
                .bind(kept)
                .execute(&mut *change)
                .await?;
        }
    }
    change.commit().await?;
    Ok(())
}
