//! One table's row security: its policies, how they combine for a role, and what leads around them.

use std::borrow::Cow;

use catalog::{Catalog, RelationId, RelationKind, RelationWalker};
use policy::{
    coverage::{Matrix, Ways, Why},
    effect::{self, Effect, Effects, Shape},
    expression::{Expression, Query, Unscoped},
    listing::Draft,
    name, recursion,
};

use super::{
    drafts::{Staged, gone},
    overview, plan,
    texts::{Part, Texts},
    words,
};
use crate::{advisor as advice, advisor::Judged, api::*};

/// The relation of a table.
///
/// # Errors
/// `NotFound`.
pub(super) fn relation(catalog: &Catalog, on: &PolicyOn) -> Result<RelationId, AppError> {
    let found = catalog.find_relation(Some(&on.schema), &on.table);
    found.ok_or_else(|| gone(&format!("table {}", words::table(on).sql())))
}

/// Everything about a table's row security.
///
/// # Errors
/// `NotFound`.
pub(super) fn page(judged: &Judged, on: &PolicyOn, staged: &Staged, texts: &Texts) -> Result<PolicyTable, AppError> {
    let catalog = &judged.examined.catalog;
    let id = relation(catalog, on)?;
    let effects = Effects::new(catalog);
    let table = words::named(catalog, id);
    let of_tables = staged.by_table();
    let with_staged =
        |row: PolicyTableRow| PolicyTableRow { staged: of_tables.get(&row.on).copied().unwrap_or(0), ..row };
    let row = overview::single(judged, &effects, id).map(with_staged);
    let (Some(row), Some(walker)) = (row, catalog.relation(id)) else {
        return Err(AppError::internal("a table of the catalog has no row"));
    };
    let names = effects.rights().names();
    let policies = walker
        .policies()
        .iter()
        .map(|policy| {
            let draft = Draft::of(policy);
            let (unreadable, remarks) = read(&draft, &names.of(id));
            PolicyCard {
                own_using: texts.typed(&table, &draft, Part::Using),
                own_check: texts.typed(&table, &draft, Part::WithCheck),
                policy: words::draft(&draft),
                unreadable,
                remarks,
            }
        })
        .collect();
    let rights = effects.rights();
    let concerned = |role: &str| {
        let powers = rights.powers(role);
        let held = rights.held(&powers, id).any();
        held != policy::rights::Privileges::default()
            || walker.policies().iter().any(|policy| policy.roles.iter().any(|named| named == role))
    };
    let findings = judged.report.findings.iter().filter(|found| advice::relation_of(found).as_ref() == Some(&table));
    Ok(PolicyTable {
        row,
        comment: walker.row().comment.clone(),
        columns: walker
            .columns()
            .iter()
            .map(|column| PolicyColumn { name: column.name.clone(), native_type: column.native_type.clone() })
            .collect(),
        policies,
        roles: overview::roles(catalog, judged.exposure.as_ref(), concerned),
        views: views(catalog, &effects, id),
        partitions: partitions(catalog, walker)
            .into_iter()
            .filter_map(|partition| overview::single(judged, &effects, partition))
            .map(with_staged)
            .collect(),
        findings: findings.map(|found| advice::told_finding(found, None)).collect(),
        staged: staged.told(catalog, Some(&table)),
        at_ms: judged.examined.at_ms,
    })
}

/// What of a policy cannot be read, and what is worth knowing of the rest.
fn read(draft: &Draft, scope: &dyn policy::expression::Scope) -> (Vec<PolicyUnreadable>, Vec<String>) {
    let (mut unreadable, mut remarks) = (Vec::new(), Vec::new());
    for (part, text) in [("USING", &draft.using), ("WITH CHECK", &draft.with_check)] {
        let Some(text) = text else { continue };
        match Expression::parse(text, scope) {
            Ok(expression) => remarks.extend(self::remarks(part, &expression)),
            Err(problem) => unreadable.push(PolicyUnreadable { part: part.to_owned(), message: problem.to_string() }),
        }
    }
    if draft.using.is_none() && draft.with_check.is_none() {
        remarks.push(match draft.permissive {
            true => "It has no expression: it lets nothing through.".to_owned(),
            false => "It has no expression: it restricts nothing.".to_owned(),
        });
    }
    (unreadable, remarks)
}

/// What is worth knowing of an expression that can be read.
pub(super) fn remarks(part: &str, expression: &Expression) -> Vec<String> {
    let mut remarks = Vec::new();
    let truth = expression.truth;
    if truth.is_always_true() {
        remarks.push(format!("{part} is always true."));
    } else if truth.is_never_true() {
        remarks.push(format!("{part} is never true."));
    } else if truth.is_true_unless_null() {
        remarks.push(format!("{part} is true wherever it is not null."));
    }
    if expression.reading.calls.iter().any(|call| call.name == "session_user") {
        remarks.push(format!(
            "{part} reads session_user, which stays the login's own name after SET ROLE: what is tried here differs from a \
             real login."
        ));
    }
    remarks
}

fn views(catalog: &Catalog, effects: &Effects<'_>, table: RelationId) -> Vec<PolicyView> {
    let names = effects.rights().names();
    let mut views = Vec::new();
    for walker in catalog.walk_relations() {
        let row = walker.row();
        let materialized = row.kind == RelationKind::MaterializedView;
        if !materialized && row.kind != RelationKind::View {
            continue;
        }
        let Some(text) = row.definition.value() else { continue };
        let Ok(query) = Query::parse(policy::coverage::body(text), &Unscoped) else { continue };
        let reads = query.reading.relations.iter();
        let mut reads = reads.filter_map(|read| names.relation(read.schema.as_deref(), &read.name));
        if !reads.any(|read| read == table) {
            continue;
        }
        let invoker = policy::coverage::is_invoker(&row.options);
        let sql = name::qualified(walker.schema(), &row.name);
        views.push(PolicyView {
            view: PolicyOn { schema: walker.schema().to_owned(), table: row.name.clone() },
            materialized,
            invoker,
            owner: row.owner.clone(),
            fix: (!materialized && !invoker).then(|| format!("ALTER VIEW {sql} SET (security_invoker = true);")),
        });
    }
    views
}

/// Partitions of a table, theirs too.
fn partitions(catalog: &Catalog, of: RelationWalker<'_>) -> Vec<RelationId> {
    let mut found = Vec::new();
    let mut parents = vec![(of.schema().to_owned(), of.row().name.clone())];
    while let Some(parent) = parents.pop() {
        for walker in catalog.walk_relations().filter(|walker| walker.row().partition_of.as_ref() == Some(&parent)) {
            found.push(walker.id());
            if walker.row().partition_key.is_some() {
                parents.push((walker.schema().to_owned(), walker.row().name.clone()));
            }
        }
    }
    found
}

/// A catalog as it would be with what is staged.
pub(super) fn drafted<'c>(catalog: &'c Catalog, staged: &Staged, drafted: bool) -> Cow<'c, Catalog> {
    if !drafted || staged.is_empty() {
        return Cow::Borrowed(catalog);
    }
    let mut after = plan::without_parts(catalog);
    after.routines.clone_from(&catalog.routines);
    staged.set().apply_to(&mut after);
    Cow::Owned(after)
}

/// The privilege that a role lacks for a command, as a sentence; `None` where it has it.
///
/// # Errors
/// `NotFound`.
pub(super) fn lacks(
    catalog: &Catalog,
    on: &PolicyOn,
    role: &str,
    command: effect::Command,
) -> Result<Option<String>, AppError> {
    let id = relation(catalog, on)?;
    let matrix = Matrix::new(&Effects::new(catalog), &[id], &[role.to_owned()]);
    let missing = matrix.cell(0, 0, command).filter(|cell| matches!(cell.why, Why::Missing { .. }));
    Ok(missing.map(|cell| words::because(cell, role)))
}

/// What row security does to a role's command on a table.
///
/// # Errors
/// `NotFound`.
pub(super) fn effect(
    catalog: &Catalog,
    on: &PolicyOn,
    role: &str,
    command: effect::Command,
) -> Result<PolicyEffect, AppError> {
    let id = relation(catalog, on)?;
    let effects = Effects::new(catalog);
    let powers = effects.rights().powers(role);
    let matrix = Matrix::new(&effects, &[id], &[role.to_owned()]);
    let cell = matrix.cell(0, 0, command).cloned();
    let cell = cell.ok_or_else(|| AppError::internal("a matrix of one table has no cell"))?;
    // Statements mostly have a WHERE, and then the policies for reading are asked too.
    let conditions = match effects.without_rights(id, &powers, Shape::usual(command)) {
        Effect::Decided { conditions } => conditions,
        _ => Vec::new(),
    };
    let asked: Vec<&str> = conditions
        .iter()
        .flat_map(|condition| condition.permissive.iter().chain(&condition.restrictive))
        .map(|part| part.policy.as_str())
        .collect();
    let all = catalog.relation(id).map_or(&[][..], |walker| walker.policies());
    let unused = all.iter().filter(|policy| !asked.contains(&policy.name.as_str()));
    let unused = unused.map(|policy| policy.name.clone()).collect();
    let around = Ways::new(&effects).of(&effects, id, &powers);
    let cycle = recursion::of(&effects, id, &powers, Shape::usual(command)).cycle;
    Ok(PolicyEffect {
        level: words::level(cell.level),
        because: words::because(&cell, role),
        some_columns: cell.some_columns,
        conditions: conditions.iter().map(words::condition).collect(),
        unused,
        around: around.iter().map(words::way).collect(),
        recursion: cycle.map(|cycle| cycle.tables.iter().map(words::on).collect()),
    })
}
