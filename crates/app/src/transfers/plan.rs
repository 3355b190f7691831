//! What of a file goes where, decided before anything is sent.

use catalog::ObjectKey;
use driver::{ColumnKind, Load, LoadColumn, LoadForm, NewColumn};
use transfer::ColumnProfile;

use super::reading::Into;
use crate::api::{AppError, ColumnMapping, ErrorCode, FileImport};

/// An import that is about to begin.
pub(super) struct Plan {
    pub(super) table: ObjectKey,
    /// The file's columns by their places, in the order of `columns`.
    pub(super) sources: Vec<usize>,
    pub(super) columns: Vec<LoadColumn>,
    /// The columns of the table that is made; `None` where it is there.
    pub(super) create: Option<Vec<NewColumn>>,
}

fn wrong(message: impl std::convert::Into<String>, hint: &str) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message).with_hint(hint)
}

/// Maps columns and checks that they are there.
///
/// # Errors
/// `NotFound` for a table that is not there; `AlreadyExists` for one that is and would be made; `InvalidStatement` for a mapping that
/// names a column twice, not at all, or one that takes no values.
pub(super) fn plan(
    request: &FileImport,
    table: ObjectKey,
    file: &[ColumnProfile],
    into: Option<&Into>,
    load: &dyn Load,
) -> Result<Plan, AppError> {
    let mapping = match (request.columns.is_empty(), request.create, into) {
        (false, ..) => request.columns.clone(),
        (true, true, _) => everything(file),
        (true, false, Some(into)) => by_name(file, into)?,
        (true, false, None) => Vec::new(),
    };
    let mut sources = Vec::new();
    let mut columns: Vec<LoadColumn> = Vec::new();
    let mut new = Vec::new();
    for one in &mapping {
        let at = one.source as usize;
        let profile =
            file.get(at).ok_or_else(|| wrong(format!("The file has no column {}.", at + 1), "Read the file anew."))?;
        if one.column.is_empty() || columns.iter().any(|column| column.name == one.column) {
            return Err(wrong(format!("“{}” is named twice, or nothing.", one.column), "Name every column once."));
        }
        let kind = profile.kind();
        let form = if kind == ColumnKind::Boolean { LoadForm::Boolean } else { LoadForm::Text };
        columns.push(LoadColumn { name: one.column.clone(), form });
        sources.push(at);
        let native_type = one.native_type.clone().filter(|own| !own.trim().is_empty());
        new.push(NewColumn {
            name: one.column.clone(),
            native_type: native_type.unwrap_or_else(|| load.native_type(kind)),
        });
    }
    match (request.create, into) {
        (true, Some(_)) => {
            return Err(AppError::new(ErrorCode::AlreadyExists, format!("There is a table “{}” already.", table.name))
                .with_hint("Import into it, or choose another name."));
        }
        (false, None) => {
            return Err(AppError::new(ErrorCode::NotFound, format!("There is no table “{}”.", table.name))
                .with_hint("Names are compared letter by letter. A new table can be made of the file."));
        }
        (false, Some(into)) => check(&columns, into)?,
        (true, None) => {}
    }
    if columns.is_empty() {
        return Err(wrong("No column is mapped.", "Choose at least one column of the file and where it goes."));
    }
    let table = into.map_or(table, |into| into.key.clone());
    Ok(Plan { table, sources, columns, create: request.create.then_some(new) })
}

fn everything(file: &[ColumnProfile]) -> Vec<ColumnMapping> {
    let column = |(at, column): (usize, &ColumnProfile)| ColumnMapping {
        source: u32::try_from(at).unwrap_or(u32::MAX),
        column: column.name.clone(),
        native_type: None,
    };
    file.iter().enumerate().map(column).collect()
}

/// Every column of the file needs one of the table: what would be left out in silence is an error.
fn by_name(file: &[ColumnProfile], into: &Into) -> Result<Vec<ColumnMapping>, AppError> {
    let mut mapping = everything(file);
    for one in &mut mapping {
        let exact = into.columns.iter().find(|column| column.name == one.column);
        let found = exact.or_else(|| into.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&one.column)));
        match found {
            Some(column) => one.column.clone_from(&column.name),
            None => {
                let known: Vec<&str> = into.columns.iter().map(|column| column.name.as_str()).take(30).collect();
                return Err(wrong(
                    format!("The table has no column “{}”.", one.column),
                    &format!("Say which column of the file goes where. The table has: {}.", known.join(", ")),
                ));
            }
        }
    }
    Ok(mapping)
}

fn check(columns: &[LoadColumn], into: &Into) -> Result<(), AppError> {
    for column in columns {
        let found = into.columns.iter().find(|known| known.name == column.name).ok_or_else(|| {
            wrong(format!("The table has no column “{}”.", column.name), "Names are compared letter by letter.")
        })?;
        if found.generated {
            return Err(wrong(format!("“{}” is computed by the database.", column.name), "Leave it out."));
        }
    }
    let missing =
        into.columns.iter().find(|known| known.required && columns.iter().all(|column| column.name != known.name));
    match missing {
        Some(missing) => Err(wrong(
            format!("“{}” needs a value and the file has none for it.", missing.name),
            "Map a column of the file to it, or give it a default.",
        )),
        None => Ok(()),
    }
}
