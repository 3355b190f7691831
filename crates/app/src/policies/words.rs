//! Between the model of policies and what faces are told.

use catalog::{Catalog, RelationId, RowSecurity};
use policy::{
    change::{Change, Step},
    coverage::{Cell, CellChange, Level, Way, Why},
    effect::{Asked, Bypass, Command, Condition, Part},
    listing::{Draft, Table},
};

use crate::api::*;

pub(super) fn on(table: &Table) -> PolicyOn {
    PolicyOn { schema: table.schema.clone(), table: table.table.clone() }
}

pub(super) fn table(on: &PolicyOn) -> Table {
    Table::new(&on.schema, &on.table)
}

/// A relation's names; empty for one of another catalog.
pub(super) fn named(catalog: &Catalog, relation: RelationId) -> Table {
    let walker = catalog.relation(relation);
    walker.map_or_else(|| Table::new("", ""), |walker| Table::new(walker.schema(), &walker.row().name))
}

pub(super) fn command(command: catalog::PolicyCommand) -> PolicyCommand {
    match command {
        catalog::PolicyCommand::All => PolicyCommand::All,
        catalog::PolicyCommand::Select => PolicyCommand::Select,
        catalog::PolicyCommand::Insert => PolicyCommand::Insert,
        catalog::PolicyCommand::Update => PolicyCommand::Update,
        catalog::PolicyCommand::Delete => PolicyCommand::Delete,
    }
}

pub(super) fn to_command(command: PolicyCommand) -> catalog::PolicyCommand {
    match command {
        PolicyCommand::All => catalog::PolicyCommand::All,
        PolicyCommand::Select => catalog::PolicyCommand::Select,
        PolicyCommand::Insert => catalog::PolicyCommand::Insert,
        PolicyCommand::Update => catalog::PolicyCommand::Update,
        PolicyCommand::Delete => catalog::PolicyCommand::Delete,
    }
}

/// A statement's command as policies name it.
pub(super) fn of_statement(command: Command) -> PolicyCommand {
    match command {
        Command::Select => PolicyCommand::Select,
        Command::Insert => PolicyCommand::Insert,
        Command::Update => PolicyCommand::Update,
        Command::Delete => PolicyCommand::Delete,
    }
}

pub(super) fn draft(draft: &Draft) -> PolicyDraft {
    PolicyDraft {
        name: draft.name.clone(),
        command: command(draft.command),
        permissive: draft.permissive,
        roles: draft.roles.clone(),
        using: draft.using.clone(),
        with_check: draft.with_check.clone(),
        comment: draft.comment.clone(),
    }
}

pub(super) fn to_draft(draft: &PolicyDraft) -> Draft {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Draft {
        name: draft.name.clone(),
        command: to_command(draft.command),
        permissive: draft.permissive,
        roles: draft.roles.clone(),
        using: said(&draft.using),
        with_check: said(&draft.with_check),
        comment: draft.comment.clone().filter(|comment| !comment.is_empty()),
    }
}

/// An expression as SQL names it.
pub(super) fn expression(part: PolicyExpression) -> &'static str {
    match part {
        PolicyExpression::Using => "USING",
        PolicyExpression::WithCheck => "WITH CHECK",
    }
}

fn flags(security: RowSecurity) -> PolicyFlags {
    PolicyFlags { enabled: security.enabled, forced: security.forced }
}

pub(super) fn change(change: &Change) -> PolicyChange {
    match change {
        Change::Create { on: table, policy } => PolicyChange::Create { on: on(table), policy: draft(policy) },
        Change::Drop { on: table, policy } => PolicyChange::Drop { on: on(table), policy: draft(policy) },
        Change::Alter { on: table, before, after } => {
            PolicyChange::Alter { on: on(table), before: draft(before), after: draft(after) }
        }
        Change::RowSecurity { on: table, before, after } => {
            PolicyChange::RowSecurity { on: on(table), before: flags(*before), after: flags(*after) }
        }
    }
}

/// The table that a change is of.
pub(super) fn changed(change: &Change) -> &Table {
    match change {
        Change::Create { on, .. }
        | Change::Drop { on, .. }
        | Change::Alter { on, .. }
        | Change::RowSecurity { on, .. } => on,
    }
}

pub(super) fn level(level: Level) -> PolicyLevel {
    match level {
        Level::None => PolicyLevel::None,
        Level::Filtered => PolicyLevel::Filtered,
        Level::All => PolicyLevel::All,
        Level::Bypass => PolicyLevel::Bypass,
        Level::NotKnown => PolicyLevel::NotKnown,
    }
}

pub(super) fn access([select, insert, update, delete]: [Level; 4]) -> PolicyAccess {
    PolicyAccess { select: level(select), insert: level(insert), update: level(update), delete: level(delete) }
}

pub(super) fn step(step: &Step) -> PolicyStep {
    PolicyStep {
        on: on(&step.on),
        what: step.what.clone(),
        sql: step.sql.clone(),
        lock: step.lock.words().to_owned(),
        waits: step.waits.clone(),
        undo: step.undo.clone(),
    }
}

pub(super) fn cell_change(change: &CellChange) -> PolicyCellChange {
    PolicyCellChange {
        on: on(&change.table),
        role: change.role.clone(),
        command: of_statement(change.command),
        before: level(change.before),
        after: level(change.after),
        loses: change.loses_everything,
    }
}

pub(super) fn cell(cell: &Cell) -> PolicyCell {
    PolicyCell {
        level: level(cell.level),
        no_policy: cell.level == Level::None && matches!(cell.why, Why::NoPolicy | Why::Policies { .. }),
        some_columns: cell.some_columns,
    }
}

/// Why a role gets as far as it does, as a sentence.
pub(super) fn because(cell: &Cell, role: &str) -> String {
    let role = if role == "PUBLIC" { "Everyone" } else { role };
    match (&cell.why, cell.level) {
        (Why::Missing { privilege }, _) => format!("{role} lacks {privilege}: no policy is asked."),
        (Why::NoPolicy, _) => format!("No permissive policy is for {role} and this command: nothing passes."),
        (Why::Policies { .. }, Level::All) => "The policies are always true: every row.".to_owned(),
        (Why::Policies { .. }, Level::None) => "The policies are never true: nothing passes.".to_owned(),
        (Why::Policies { .. }, _) => "The rows that policies let through.".to_owned(),
        (Why::Off, _) => "Row security is off: every row.".to_owned(),
        (Why::Bypass { reason }, _) => format!("Row security does not apply: {role} {}.", bypass(*reason)),
        (Why::NotRead, _) => "It was not read whether row security is on.".to_owned(),
    }
}

pub(super) fn bypass(why: Bypass) -> &'static str {
    match why {
        Bypass::Superuser => "is a superuser",
        Bypass::BypassRowSecurity => "has BYPASSRLS",
        Bypass::Owner => "owns the table, and row security is not forced on the owner",
    }
}

fn part(part: &Part) -> PolicyPart {
    let truth = match part {
        Part { unreadable: true, .. } => Some("could not be read".to_owned()),
        Part { truth, .. } if truth.is_always_true() => Some("always true".to_owned()),
        Part { truth, .. } if truth.is_never_true() => Some("never true".to_owned()),
        Part { truth, .. } if truth.is_true_unless_null() => Some("true unless null".to_owned()),
        _ => None,
    };
    PolicyPart {
        policy: part.policy.clone(),
        expression: part.expression.clone(),
        using_as_check: part.using_as_check,
        truth: truth.filter(|_| part.expression.is_some()),
    }
}

pub(super) fn condition(condition: &Condition) -> PolicyCondition {
    PolicyCondition {
        asked: match condition.asked {
            Asked::Existing => "rows that are there",
            Asked::New => "rows as written",
            Asked::Conflicting => "the row that an INSERT met",
        }
        .to_owned(),
        command: of_statement(condition.command),
        permissive: condition.permissive.iter().map(part).collect(),
        restrictive: condition.restrictive.iter().map(part).collect(),
        text: condition.text(),
    }
}

pub(super) fn way(way: &Way) -> PolicyWay {
    PolicyWay {
        kind: way.kind.words().to_owned(),
        through: on(&way.through),
        rights_of: way.rights_of.clone(),
        reaches: level(way.reaches),
    }
}
