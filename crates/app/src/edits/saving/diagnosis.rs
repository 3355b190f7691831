//! Why a row was not changed: what it is now tells.

use std::collections::{BTreeMap, HashMap, HashSet};

use driver::{CellValue, Error, NewValue, Original, RowKey, Violation, ViolationKind};
use results::Cells;

use super::runner::{Failure, Ran, Runner};
use crate::{
    api::{AppError, CellProblem, ErrorCode},
    edits::{
        binding::value,
        journal::SetHead,
        model::{Problem, Trouble},
        plan::{Doing, Piece},
        target::Target,
        words,
    },
};

/// What was found out about rows that could not be saved.
pub(super) struct Diagnosis {
    head: SetHead,
    violations: HashMap<u32, Violation>,
}

impl Diagnosis {
    pub(super) fn new(head: SetHead) -> Self {
        Diagnosis { head, violations: HashMap::new() }
    }

    /// The columns of a rule of this kind that refused a row.
    pub(super) fn clashes(&self, id: u32, kind: ViolationKind) -> Option<HashSet<&String>> {
        let violation = self.violations.get(&id).filter(|violation| violation.kind == kind)?;
        Some(violation.columns.iter().collect())
    }

    pub(super) fn forget(&mut self, id: u32) {
        self.violations.remove(&id);
    }

    pub(super) fn refused(&self, error: AppError) -> Problem {
        Problem { row: Some(Trouble::Refused(error)), ..Problem::default() }
    }

    /// What is wrong with a row.
    ///
    /// # Errors
    /// What is not about it.
    pub(super) async fn problem(
        &mut self,
        runner: &mut Runner,
        target: &Target,
        piece: &Piece,
        failure: Failure,
    ) -> Result<Problem, Error> {
        match failure {
            Failure::Server(error) => Ok(self.violated(target, piece, error)),
            Failure::Count(rows) if rows > 1 => Ok(trouble(Trouble::Several(rows))),
            Failure::Count(_) if piece.is_insert() => Ok(self.refused(
                AppError::new(ErrorCode::ConstraintViolated, "The server took the row and kept nothing of it.")
                    .with_hint("A trigger or a rule of the table may hold it back."),
            )),
            Failure::Count(_) => Ok(trouble(self.missed(runner, target, piece).await?)),
        }
    }

    /// A server's error as what is wrong with a row and its cells.
    pub(super) fn violated(&mut self, target: &Target, piece: &Piece, error: Error) -> Problem {
        let violation = target.edit().ok().and_then(|edit| edit.violation(&target.catalog, &target.relation, &error));
        let app_error = AppError::from(error);
        let Some(mut violation) = violation else { return self.refused(app_error) };
        // Of a value of the wrong kind a server may name every column of the type.
        if violation.columns.len() != 1
            && let Some(column) = quoted(piece, &violation, &app_error)
        {
            violation.columns = vec![column];
        }
        let told = words::violated(target, piece, &violation, &app_error);
        let number = |name: &String| {
            let at = self.head.columns.iter().position(|own| own == name)?;
            u32::try_from(at).ok()
        };
        let set: &[(String, _)] = match &piece.doing {
            Doing::Update(update) => &update.set,
            Doing::Insert(insert) => &insert.values,
            Doing::Delete(_) => &[],
        };
        // A rule about several columns stands at those that were given; a missing value stands at its column.
        let given =
            |name: &&String| violation.kind == ViolationKind::NotNull || set.iter().any(|(column, _)| column == *name);
        let cells = violation.columns.iter().filter(given).filter_map(number).map(|column| {
            let problem = CellProblem {
                message: told.clone(),
                constraint: violation.constraint.clone(),
                error: app_error.clone(),
            };
            (column, problem)
        });
        let cells = cells.collect();
        let error = AppError { message: told, ..app_error };
        self.violations.insert(piece.id, violation);
        Problem { row: Some(Trouble::Refused(error)), cells, fresh: None }
    }

    /// Why a statement changed no row: the row is not what it was, is gone, or may not be changed.
    async fn missed(&mut self, runner: &mut Runner, target: &Target, piece: &Piece) -> Result<Trouble, Error> {
        let Some(key) = piece.key() else { return Ok(Trouble::Gone) };
        let text =
            target.edit().map_err(internal)?.reread(&target.catalog, &target.relation, std::slice::from_ref(key))?;
        let ran = runner.run(&text).await?;
        let Some(now) = columns_of(&ran, target, key)? else { return Ok(Trouble::Gone) };
        Ok(self.compared(target, piece.originals(), &now))
    }

    /// What a row's columns tell, that a statement about it did not change.
    pub(super) fn compared(
        &self,
        target: &Target,
        originals: &[Original],
        now: &BTreeMap<String, CellValue>,
    ) -> Trouble {
        let mut theirs = BTreeMap::new();
        for (number, name) in self.head.columns.iter().enumerate() {
            let Some(original) = originals.iter().find(|original| original.column == *name) else { continue };
            if let Some(value) = now.get(name).filter(|value| **value != original.value)
                && let Ok(number) = u32::try_from(number)
            {
                theirs.insert(number, value.clone());
            }
        }
        match theirs.is_empty() {
            true => Trouble::NotPermitted(words::not_permitted(target)),
            false => Trouble::Changed(theirs),
        }
    }
}

/// The column whose value an error quotes, where a server does not say which it is about.
fn quoted(piece: &Piece, violation: &Violation, error: &AppError) -> Option<String> {
    use ViolationKind::{NotOfType, OutOfRange, TooLong};
    if !matches!(violation.kind, NotOfType | OutOfRange | TooLong) {
        return None;
    }
    let set = match &piece.doing {
        Doing::Update(update) => &update.set,
        Doing::Insert(insert) => &insert.values,
        Doing::Delete(_) => return None,
    };
    if let [(only, _)] = set.as_slice() {
        return Some(only.clone());
    }
    let said = error.native.as_ref().map_or(error.message.as_str(), |native| native.message.as_str());
    let mut found = set.iter().filter(|(_, value)| match value {
        NewValue::Text(text) | NewValue::Number(text) => {
            !text.is_empty() && (said.contains(&format!("\"{text}\"")) || said.contains(&format!("'{text}'")))
        }
        _ => false,
    });
    match (found.next(), found.next()) {
        (Some((column, _)), None) => Some(column.clone()),
        _ => None,
    }
}

fn trouble(trouble: Trouble) -> Problem {
    Problem { row: Some(trouble), ..Problem::default() }
}

pub(super) fn internal(error: AppError) -> Error {
    Error::new(driver::Code::Internal, error.message)
}

/// A re-read row's columns by name; none when it is not there.
pub(super) fn columns_of(
    ran: &Ran,
    target: &Target,
    key: &RowKey,
) -> Result<Option<BTreeMap<String, CellValue>>, Error> {
    Ok(rows_of(ran, target)?.remove(key))
}

/// Re-read rows' columns by name.
pub(super) fn rows_of(ran: &Ran, target: &Target) -> Result<HashMap<RowKey, BTreeMap<String, CellValue>>, Error> {
    let about = &target.about;
    let mut keys = ran.keys(about.columns.len(), about.key.len())?.into_iter();
    let mut rows = HashMap::new();
    for batch in &ran.batches {
        let cells = (0..about.columns.len()).map(|at| Cells::of(batch, at)).collect::<Result<Vec<_>, Error>>()?;
        for row in 0..batch.num_rows() {
            let columns = about.columns.iter().zip(&cells);
            let columns = columns.map(|(column, cells)| (column.name.clone(), value(cells.get(row)))).collect();
            rows.extend(keys.next().map(|key| (key, columns)));
        }
    }
    Ok(rows)
}
