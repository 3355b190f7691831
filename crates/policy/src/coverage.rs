//! Who can do what to which rows: tables, roles and commands, and the ways around.
//!
//! A cell says the most that a statement of that command can reach: it is asked without WHERE and RETURNING, since who writes
//! `UPDATE t SET v = 1` is not stopped by the SELECT policies. Column grants count as grants. A condition that is always true
//! counts as all rows; what could not be read counts as a filter.

mod export;
mod ways;

use catalog::{Catalog, Kind, RelationId, RelationKind};
use serde::{Deserialize, Serialize};

use crate::effect::{Bypass, Command, Effect, Effects, Shape};
use crate::listing::Table;
use crate::rights::{Powers, Rights};

pub use ways::{Way, WayKind, Ways, body, is_invoker};

/// How far a role gets, from nothing to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No row: a privilege is missing, or no policy lets one through.
    None,
    /// The rows that policies let through.
    Filtered,
    /// Every row: row security is off, or always says yes.
    All,
    /// Every row, since row security does not apply to the role.
    Bypass,
    /// Whether row security is on was not read.
    NotKnown,
}

impl Level {
    /// Its word.
    pub fn words(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Filtered => "filtered",
            Level::All => "all",
            Level::Bypass => "bypass",
            Level::NotKnown => "not known",
        }
    }
}

/// Why a cell is as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Why {
    /// A privilege is missing.
    Missing {
        /// Which.
        privilege: String,
    },
    /// Row security is on, and no permissive policy is for this role and command.
    NoPolicy,
    /// Policies decide, by index into the catalog's: permissive ones, then restrictive.
    Policies {
        /// The indexes.
        indexes: Vec<u32>,
    },
    /// Row security is off.
    Off,
    /// It does not apply to the role.
    Bypass {
        /// Why.
        reason: Bypass,
    },
    /// It was not read.
    NotRead,
}

/// What one role can do to one table by one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// How far it gets.
    pub level: Level,
    /// Why.
    pub why: Why,
    /// The privilege is on some columns only.
    pub some_columns: bool,
}

/// Cells for tables, roles and commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The tables.
    pub tables: Vec<(RelationId, Table)>,
    /// The roles.
    pub roles: Vec<String>,
    /// By table, then role, then command in the order of [`Command::ALL`].
    pub cells: Vec<Cell>,
    /// What was not read in full, so that cells may be too low or too high.
    pub not_read: Vec<Kind>,
}

impl Matrix {
    /// The cells of these tables and roles.
    pub fn new(effects: &Effects<'_>, tables: &[RelationId], roles: &[String]) -> Self {
        let catalog = effects.rights().catalog();
        let powers: Vec<Powers> = roles.iter().map(|role| effects.rights().powers(role)).collect();
        let tables: Vec<(RelationId, Table)> = tables
            .iter()
            .filter_map(|id| {
                let walker = catalog.relation(*id)?;
                Some((*id, Table::new(walker.schema(), &walker.row().name)))
            })
            .collect();
        let mut cells = Vec::with_capacity(tables.len() * roles.len() * Command::ALL.len());
        for (id, _) in &tables {
            for powers in &powers {
                cells.extend(Command::ALL.map(|command| cell(effects, *id, powers, command)));
            }
        }
        let needed = [Kind::Relations, Kind::Policies, Kind::Roles, Kind::Grants];
        let not_read = needed.into_iter().filter(|kind| catalog.complete(&[*kind]).is_err()).collect();
        Matrix { tables, roles: roles.to_vec(), cells, not_read }
    }

    /// The cell of a table and a role, both by their place.
    pub fn cell(&self, table: usize, role: usize, command: Command) -> Option<&Cell> {
        if role >= self.roles.len() {
            return None;
        }
        let index = (table * self.roles.len() + role) * Command::ALL.len() + command as usize;
        self.cells.get(index)
    }

    /// What a change made of it: the cells that differ. Both matrices have to be of the same tables and roles.
    ///
    /// Policies are compared by name and text, so that another order of them is no change.
    pub fn difference(&self, before: &Catalog, after_matrix: &Matrix, after: &Catalog) -> Vec<CellChange> {
        let mut changes = Vec::new();
        for (at, (_, table)) in self.tables.iter().enumerate() {
            let Some(other_at) = after_matrix.tables.iter().position(|(_, other)| other == table) else { continue };
            for (role_at, role) in self.roles.iter().enumerate() {
                let Some(other_role) = after_matrix.roles.iter().position(|other| other == role) else { continue };
                for command in Command::ALL {
                    let (Some(was), Some(is)) =
                        (self.cell(at, role_at, command), after_matrix.cell(other_at, other_role, command))
                    else {
                        continue;
                    };
                    if was.level == is.level && same_policies(&was.why, before, &is.why, after) {
                        continue;
                    }
                    changes.push(CellChange {
                        table: table.clone(),
                        role: role.clone(),
                        command,
                        before: was.level,
                        after: is.level,
                        loses_everything: was.level != Level::None && is.level == Level::None,
                    });
                }
            }
        }
        changes
    }
}

/// A cell before and after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The table.
    pub table: Table,
    /// The role.
    pub role: String,
    /// The command.
    pub command: Command,
    /// How far the role got.
    pub before: Level,
    /// How far it gets; the same as before where other policies filter.
    pub after: Level,
    /// It got somewhere and gets nowhere now: to be acknowledged by name.
    pub loses_everything: bool,
}

/// Tables of a catalog that hold rows: views are ways to them, not tables.
pub fn tables_of(catalog: &Catalog) -> Vec<RelationId> {
    let holds_rows = |kind| {
        matches!(
            kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition | RelationKind::ForeignTable
        )
    };
    catalog.walk_relations().filter(|walker| holds_rows(walker.row().kind)).map(|walker| walker.id()).collect()
}

fn cell(effects: &Effects<'_>, relation: RelationId, powers: &Powers, command: Command) -> Cell {
    let shape = Shape { reads: false, ..Shape::usual(command) };
    let (level, why) = match effects.of(relation, powers, shape) {
        Effect::Refused { missing } => (Level::None, Why::Missing { privilege: missing }),
        Effect::Off => (Level::All, Why::Off),
        Effect::Bypassed { why } => (Level::Bypass, Why::Bypass { reason: why }),
        Effect::NotKnown => (Level::NotKnown, Why::NotRead),
        effect @ Effect::Decided { .. } => {
            let truth = effect.truth().unwrap_or(crate::expression::Truth::ANY);
            let policies = &effects.rights().catalog().policies;
            let mut indexes: Vec<usize> = effects.applying(relation, powers, command).collect();
            let restrictive = |index: &usize| policies.get(*index).is_some_and(|policy| !policy.permissive);
            indexes.sort_by_key(|index| (restrictive(index), *index));
            let any = indexes.iter().any(|index| !restrictive(index));
            let why = if any {
                Why::Policies { indexes: indexes.into_iter().filter_map(|index| u32::try_from(index).ok()).collect() }
            } else {
                Why::NoPolicy
            };
            let level = if truth.is_never_true() {
                Level::None
            } else if truth.is_always_true() {
                Level::All
            } else {
                Level::Filtered
            };
            (level, why)
        }
    };
    let some_columns = level != Level::None
        && command != Command::Delete
        && !effects.rights().held(powers, relation).table.has(command.privilege());
    Cell { level, why, some_columns }
}

/// A policy's name, expressions, and whether it is permissive.
type Said<'c> = (&'c str, [Option<&'c str>; 2], bool);

fn same_policies(one: &Why, before: &Catalog, other: &Why, after: &Catalog) -> bool {
    fn said<'c>(why: &Why, catalog: &'c Catalog) -> Option<Vec<Said<'c>>> {
        let Why::Policies { indexes } = why else { return None };
        let policies = indexes.iter().filter_map(|index| catalog.policies.get(*index as usize));
        let mut all: Vec<_> = policies
            .map(|policy| {
                let texts = [policy.using.as_deref(), policy.with_check.as_deref()];
                (policy.name.as_str(), texts, policy.permissive)
            })
            .collect();
        all.sort_unstable();
        Some(all)
    }
    said(one, before) == said(other, after)
}

/// How far these rights get with a relation: a role's own, or those of an owner behind whom others come.
pub fn level_of(effects: &Effects<'_>, relation: RelationId, powers: &Powers, command: Command) -> Level {
    cell(effects, relation, powers, command).level
}

/// The roles of a catalog that can hold rights: without the server's own.
pub fn roles_of(rights: &Rights<'_>) -> Vec<String> {
    rights.catalog().roles.iter().map(|role| role.name.clone()).filter(|name| !name.starts_with("pg_")).collect()
}

#[cfg(test)]
mod tests;
