//! What a change set does: its statements, and who gets how far before and after it.

use std::collections::BTreeSet;

use catalog::{Catalog, RelationId};
use policy::{
    change::{Change, ChangeSet, Plan, Refusal},
    coverage::{CellChange, Matrix, roles_of},
    effect::{Command, Effects, Shape},
    listing::Table,
    recursion,
};

use super::{missing::Suspects, overview::unread, words};
use crate::{api::*, explorer::Place};

/// How long a lock is waited for where nobody says otherwise.
pub(super) const LOCK_TIMEOUT_MS: u32 = 200;
/// Longest wait for a lock: whoever comes meanwhile waits too.
const MOST_LOCK_TIMEOUT_MS: u32 = 60_000;
/// Roles for which a recursion is looked for.
const MOST_ROLES: usize = 50;

/// A change set and what it does.
pub(super) struct Planned {
    pub(super) set: ChangeSet,
    pub(super) plan: Result<Plan, Refusal>,
    pub(super) coverage: Vec<CellChange>,
    pub(super) warnings: Vec<String>,
    /// What is to be held against the server.
    suspects: Suspects,
    /// Names that are not there, once the server was asked.
    missing: Vec<PolicyMissing>,
}

impl Planned {
    /// Works a change set out on this catalog.
    pub(super) fn new(catalog: &Catalog, set: ChangeSet, lock_timeout_ms: Option<u32>) -> Self {
        let lock_timeout_ms = lock_timeout_ms.unwrap_or(LOCK_TIMEOUT_MS).clamp(1, MOST_LOCK_TIMEOUT_MS);
        let plan = set.render(lock_timeout_ms);
        let mut after = without_parts(catalog);
        let missing = set.apply_to(&mut after);
        let tables: BTreeSet<&Table> = set.changes.iter().map(words::changed).collect();
        let ids: Vec<RelationId> =
            tables.iter().filter_map(|on| catalog.find_relation(Some(&on.schema), &on.table)).collect();
        let (before_effects, after_effects) = (Effects::new(catalog), Effects::new(&after));
        let mut roles = vec!["PUBLIC".to_owned()];
        roles.extend(roles_of(before_effects.rights()));
        let before = Matrix::new(&before_effects, &ids, &roles);
        let coverage = before.difference(catalog, &Matrix::new(&after_effects, &ids, &roles), &after);
        let mut warnings: Vec<String> = missing.iter().map(|on| format!("{} is gone.", on.sql())).collect();
        let unread = unread(catalog);
        if !unread.is_empty() {
            warnings.push(format!("Not read in full: {}. Who gets how far may be otherwise.", unread.join(", ")));
        }
        warnings.extend(recursions(&after_effects, &ids, &roles));
        let suspects = Suspects::of(before_effects.rights().names(), &set);
        Planned { set, plan, coverage, warnings, suspects, missing: Vec::new() }
    }

    /// The same with the names in it held against the server.
    ///
    /// # Errors
    /// As connecting and as the server says.
    pub(super) async fn asked(mut self, place: &Place) -> Result<Self, AppError> {
        self.missing = std::mem::take(&mut self.suspects).asked(place).await?;
        Ok(self)
    }

    /// What the server would refuse, as far as that is certain.
    pub(super) fn refusal(&self) -> Option<String> {
        if let Err(refusal) = &self.plan {
            return Some(sentence(refusal));
        }
        let missing: Vec<&PolicyMissing> = self.missing.iter().filter(|missing| missing.certain).collect();
        match missing.as_slice() {
            [] => None,
            [only] => Some(only.words.clone()),
            [first, others @ ..] => {
                let rest = if others.len() == 1 {
                    "One more name is".to_owned()
                } else {
                    format!("{} more names are", others.len())
                };
                Some(format!("{} {rest} not there.", first.words))
            }
        }
    }

    /// Roles that lose something entirely, each once.
    pub(super) fn losing(&self) -> Vec<String> {
        let losing: BTreeSet<&String> =
            self.coverage.iter().filter(|change| change.loses_everything).map(|change| &change.role).collect();
        losing.into_iter().cloned().collect()
    }

    pub(super) fn told(&self) -> PolicyPlan {
        let coverage = self.coverage.iter().map(words::cell_change).collect();
        let (losing, warnings) = (self.losing(), self.warnings.clone());
        let (refusal, missing) = (self.refusal(), self.missing.clone());
        match &self.plan {
            Ok(plan) => {
                let (up, down) = plan.migration();
                PolicyPlan {
                    steps: plan.steps.iter().map(words::step).collect(),
                    refusal,
                    sql: plan.transaction(),
                    undo: plan.undo_transaction(),
                    up,
                    down,
                    lock_timeout_ms: plan.lock_timeout_ms,
                    coverage,
                    losing,
                    warnings,
                    missing,
                }
            }
            Err(_) => PolicyPlan {
                steps: Vec::new(),
                refusal,
                sql: String::new(),
                undo: String::new(),
                up: String::new(),
                down: String::new(),
                lock_timeout_ms: LOCK_TIMEOUT_MS,
                coverage,
                losing,
                warnings,
                missing,
            },
        }
    }

    /// The tables it is about, each once, in order.
    pub(super) fn tables(&self) -> Vec<Table> {
        tables(&self.set)
    }

    /// A table of which something is taken away: a policy, or row security itself.
    pub(super) fn takes_away(&self) -> Option<&Table> {
        self.set.changes.iter().find_map(|change| match change {
            Change::Drop { on, .. } => Some(on),
            Change::RowSecurity { on, before, after } if before.enabled && !after.enabled => Some(on),
            _ => None,
        })
    }
}

/// The tables that a set is about, each once, in order.
pub(super) fn tables(set: &ChangeSet) -> Vec<Table> {
    let tables: BTreeSet<&Table> = set.changes.iter().map(words::changed).collect();
    tables.into_iter().cloned().collect()
}

fn sentence(refusal: &Refusal) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// What coverage is made of: copies of everything else would be many and large.
pub(super) fn without_parts(catalog: &Catalog) -> Catalog {
    Catalog {
        database: catalog.database.clone(),
        search_path: catalog.search_path.clone(),
        as_of_ms: catalog.as_of_ms,
        coverage: catalog.coverage.clone(),
        databases: catalog.databases.clone(),
        schemas: catalog.schemas.clone(),
        relations: catalog.relations.clone(),
        columns: catalog.columns.clone(),
        policies: catalog.policies.clone(),
        roles: catalog.roles.clone(),
        grants: catalog.grants.clone(),
        ..Catalog::default()
    }
}

/// Tables whose policies would lead back to themselves, for the first role that meets it.
fn recursions(effects: &Effects<'_>, tables: &[RelationId], roles: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables {
        for role in roles.iter().take(MOST_ROLES) {
            let powers = effects.rights().powers(role);
            let Some(cycle) = recursion::of(effects, *table, &powers, Shape::usual(Command::Select)).cycle else {
                continue;
            };
            let way: Vec<String> = cycle.tables.iter().chain(cycle.tables.first()).map(Table::sql).collect();
            let own = words::named(effects.rights().catalog(), *table);
            found.push(format!(
                "{role} could not read {}: its policies lead back to themselves ({}), which the server refuses (42P17).",
                own.sql(),
                way.join(" → ")
            ));
            break;
        }
    }
    found
}
