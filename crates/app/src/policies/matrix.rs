//! Who can do what to which rows, some tables at a time.

use std::path::Path;

use policy::{
    coverage::{Matrix, Ways},
    effect::{Command, Effects},
};

use super::{
    drafts::Staged,
    overview::{self, Overview},
    table, words,
};
use crate::{advisor as advice, api::*, platform::whole};

/// The roles of a filter: those that are named, or all.
fn roles(overview: &Overview, filter: &PolicyMatrixFilter) -> Vec<PolicyRole> {
    let wanted = |role: &str| filter.roles.is_empty() || filter.roles.iter().any(|name| name == role);
    overview::roles(overview.catalog(), overview.exposure(), wanted)
}

/// Some tables with their cells.
pub(super) fn page(
    overview: &Overview,
    staged: &Staged,
    filter: &PolicyMatrixFilter,
    offset: usize,
    limit: usize,
) -> PolicyMatrixPage {
    let catalog = table::drafted(overview.catalog(), staged, filter.drafted);
    let effects = Effects::new(&catalog);
    let roles = roles(overview, filter);
    let names: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    let found = overview.find(&filter.tables, staged);
    let total = advice::number(found.len());
    let shown: Vec<_> = found.into_iter().skip(offset).take(limit).collect();
    let ids: Vec<_> = shown.iter().map(|(id, _)| *id).collect();
    let matrix = Matrix::new(&effects, &ids, &names);
    let rows = shown.into_iter().enumerate().map(|(at, (_, row))| PolicyMatrixRow {
        on: row.on,
        state: row.state,
        cells: (0..names.len())
            .flat_map(|role| Command::ALL.map(|command| (role, command)))
            .filter_map(|(role, command)| matrix.cell(at, role, command).map(words::cell))
            .collect(),
    });
    PolicyMatrixPage {
        rows: rows.collect(),
        roles,
        total,
        unread: matrix.not_read.iter().map(|kind| kind.words().to_owned()).collect(),
        at_ms: overview.at_ms(),
    }
}

/// Writes all of it to a file.
///
/// # Errors
/// As the file system says.
pub(super) fn export(
    overview: &Overview,
    staged: &Staged,
    filter: &PolicyMatrixFilter,
    format: PolicyMatrixFormat,
    path: &Path,
) -> Result<(), AppError> {
    let catalog = table::drafted(overview.catalog(), staged, filter.drafted);
    let effects = Effects::new(&catalog);
    let names: Vec<String> = roles(overview, filter).into_iter().map(|role| role.name).collect();
    let ids: Vec<_> = overview.find(&filter.tables, staged).into_iter().map(|(id, _)| id).collect();
    let matrix = Matrix::new(&effects, &ids, &names);
    let text = printed(&matrix, &effects, format);
    whole::write_private(path, text.as_bytes()).map_err(|error| AppError::file(&error, path, "written"))
}

/// A matrix in a format, with the ways around.
pub(super) fn printed(matrix: &Matrix, effects: &Effects<'_>, format: PolicyMatrixFormat) -> String {
    let ways = Ways::new(effects);
    match format {
        PolicyMatrixFormat::Csv => matrix.to_csv(effects, &ways),
        PolicyMatrixFormat::Json => matrix.to_json(effects, &ways),
        PolicyMatrixFormat::Html => matrix.to_html(effects, &ways),
    }
}
