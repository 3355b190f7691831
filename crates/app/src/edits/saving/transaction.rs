//! The statements of a save within a transaction: straight on first, and, when something is wrong, row by row between
//! savepoints, so that every row's trouble is known at once. Nothing is committed here.

use std::collections::{BTreeMap, HashSet};

use driver::{Code, Error, Frame, NewValue, RowKey, RowUpdate, ViolationKind};

use super::{
    diagnosis::Diagnosis,
    runner::{Failure, Runner},
};
use crate::edits::{
    model::Problem,
    plan::{self, Doing, Piece, Planned},
    target::Target,
};

/// Rows with troubles that are told at once; looking for more would only take longer.
const MOST_PROBLEMS: usize = 100;
/// Statements between savepoints that one save looks for troubles with.
const MOST_ATTEMPTS: u64 = 50_000;

/// A row that was written.
#[derive(Clone)]
pub(in crate::edits) struct Written {
    pub(in crate::edits) id: u32,
    /// What names it now; none for one that went.
    pub(in crate::edits) key: Option<RowKey>,
    /// Its row among those that were read again; none for one that cannot be seen.
    pub(in crate::edits) fresh: Option<u64>,
}

/// How far the statements of a save came.
pub(super) enum Came {
    /// All of them did what they are for.
    Through(Vec<Written>),
    /// Some did not: to be rolled back.
    Troubled(BTreeMap<u32, Problem>),
}

/// An error that is not about one row.
pub(super) fn is_fatal(error: &Error) -> bool {
    matches!(error.code, Code::Unreachable | Code::Cancelled | Code::TimedOut | Code::Conflict | Code::Exhausted)
}

/// Runs every statement, each once and in order; `None` when one did not do what it is for.
///
/// # Errors
/// What is not about one row.
pub(super) async fn straight(
    runner: &mut Runner,
    planned: &[Planned],
    pieces: &[Piece],
) -> Result<Option<Vec<Written>>, Error> {
    let mut written = Vec::with_capacity(pieces.len());
    let mut at = 0;
    for one in planned {
        let here = pieces.get(at..at + one.rows).unwrap_or_default();
        at += one.rows;
        match runner.change(&one.change).await {
            Ok(keys) => written.extend(matched(here, keys)),
            Err(Failure::Server(error)) if is_fatal(&error) => return Err(error),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(written))
}

/// Rows and what names them now, in order.
pub(super) fn matched(pieces: &[Piece], keys: Vec<RowKey>) -> Vec<Written> {
    let mut keys = keys.into_iter();
    let one = |piece: &Piece| Written {
        id: piece.id,
        key: if matches!(piece.doing, Doing::Delete(_)) { None } else { keys.next() },
        fresh: None,
    };
    pieces.iter().map(one).collect()
}

/// A save that goes row by row.
pub(super) struct Careful<'a> {
    pub(super) runner: &'a mut Runner,
    pub(super) target: &'a Target,
    pub(super) savepoint: &'a [String; 3],
    pub(super) diagnosis: &'a mut Diagnosis,
    written: Vec<Written>,
    problems: BTreeMap<u32, Problem>,
    /// Rows whose statement changed another number of rows than it was for.
    miscounted: HashSet<u32>,
    attempts: u64,
}

/// What came of some rows between savepoints.
enum Tried {
    Written,
    Refused(Failure),
}

impl<'a> Careful<'a> {
    pub(super) fn new(
        runner: &'a mut Runner,
        target: &'a Target,
        savepoint: &'a [String; 3],
        diagnosis: &'a mut Diagnosis,
    ) -> Self {
        Careful {
            runner,
            target,
            savepoint,
            diagnosis,
            written: Vec::new(),
            problems: BTreeMap::new(),
            miscounted: HashSet::new(),
            attempts: 0,
        }
    }

    /// Rows whose statement changed another number of rows: those that others of the same save reach too.
    pub(super) fn miscounted(&self) -> &HashSet<u32> {
        &self.miscounted
    }

    /// Does what can be done. What fails for the sake of a row that is still to come is tried again after it.
    ///
    /// # Errors
    /// What is not about one row.
    pub(super) async fn run(&mut self, pieces: &[Piece]) -> Result<Came, Error> {
        let mut waiting: Vec<Piece> = pieces.to_vec();
        loop {
            let before = waiting.len();
            let mut aside = Vec::new();
            let mut rest = waiting.as_slice();
            while !rest.is_empty() && aside.len() < MOST_PROBLEMS {
                let taken = self.some(rest, &mut aside).await?;
                rest = rest.get(taken..).unwrap_or_default();
            }
            if aside.is_empty() {
                return Ok(Came::Through(std::mem::take(&mut self.written)));
            }
            if !rest.is_empty() || self.attempts > MOST_ATTEMPTS {
                return Ok(self.troubled());
            }
            waiting = aside;
            if waiting.len() == before && !self.part(&mut waiting).await? {
                return Ok(self.troubled());
            }
        }
    }

    fn troubled(&mut self) -> Came {
        Came::Troubled(std::mem::take(&mut self.problems))
    }

    /// The first of these rows, and as many of the following as their statement covers. Returns how many were taken.
    async fn some(&mut self, pieces: &[Piece], aside: &mut Vec<Piece>) -> Result<usize, Error> {
        // Halves of what failed, the first on top.
        let Some(first) = pieces.first() else { return Ok(0) };
        let planned = match plan::next(self.target, pieces, false) {
            Ok(Some(planned)) => planned,
            Ok(None) => return Ok(pieces.len()),
            Err(error) => {
                self.problems.insert(first.id, self.diagnosis.refused(error));
                aside.push(first.clone());
                return Ok(1);
            }
        };
        let mut stack = vec![pieces.get(..planned.rows).unwrap_or(pieces)];
        while let Some(part) = stack.pop() {
            let failure = match self.attempt(part).await? {
                Tried::Written => continue,
                Tried::Refused(failure) => failure,
            };
            if part.len() > 1 {
                let (one, two) = part.split_at(part.len() / 2);
                stack.push(two);
                stack.push(one);
                continue;
            }
            let Some(piece) = part.first() else { continue };
            if matches!(failure, Failure::Count(_)) {
                self.miscounted.insert(piece.id);
            }
            let problem = self.diagnosis.problem(self.runner, self.target, piece, failure).await?;
            self.problems.insert(piece.id, problem);
            aside.push(piece.clone());
            if aside.len() >= MOST_PROBLEMS {
                break;
            }
        }
        Ok(planned.rows)
    }

    /// Changes these rows between savepoints.
    async fn attempt(&mut self, pieces: &[Piece]) -> Result<Tried, Error> {
        self.attempts += 1;
        let [set, forget, back] = self.savepoint;
        let planned = match plan::next(self.target, pieces, false) {
            Ok(Some(planned)) if planned.rows == pieces.len() => planned,
            // A part of what one statement covers is covered by one too.
            Ok(_) => return Ok(Tried::Refused(Failure::Count(0))),
            Err(error) => {
                return Ok(Tried::Refused(Failure::Server(Error::new(Code::InvalidStatement, error.message))));
            }
        };
        self.runner.run(set).await?;
        match self.runner.change(&planned.change).await {
            Ok(keys) => {
                self.runner.run(forget).await?;
                for written in matched(pieces, keys) {
                    self.problems.remove(&written.id);
                    self.written.push(written);
                }
                Ok(Tried::Written)
            }
            Err(Failure::Server(error)) if is_fatal(&error) => Err(error),
            Err(failure) => {
                self.runner.run(back).await?;
                self.runner.run(forget).await?;
                Ok(Tried::Refused(failure))
            }
        }
    }

    /// Rows that exchange values of a unique key stand in each other's way whatever the order: one of them gives its value up
    /// for a moment. Whether one did; its own change is then among those that wait.
    async fn part(&mut self, waiting: &mut [Piece]) -> Result<bool, Error> {
        let clashing = |piece: &Piece| {
            let Doing::Update(update) = &piece.doing else { return None };
            let columns = self.diagnosis.clashes(piece.id, ViolationKind::Unique)?;
            let column = update.set.iter().map(|(column, _)| column).find(|column| columns.contains(column))?;
            Some(column.clone())
        };
        let clashes: Vec<(usize, String)> =
            waiting.iter().enumerate().filter_map(|(at, piece)| Some((at, clashing(piece)?))).collect();
        if clashes.len() < 2 {
            return Ok(false);
        }
        for (at, column) in clashes {
            let Some(piece) = waiting.get(at).cloned() else { continue };
            let Doing::Update(mut update) = piece.doing.clone() else { continue };
            for value in self.stand_ins(&column, &update) {
                let moved = RowUpdate { set: vec![(column.clone(), value)], ..update.clone() };
                let parting = Piece { id: piece.id, doing: Doing::Update(moved) };
                let written = self.written.len();
                if let Tried::Written = self.attempt(std::slice::from_ref(&parting)).await? {
                    let key = self.written.split_off(written).pop().and_then(|written| written.key);
                    if let Some(key) = key {
                        update.key = key;
                    }
                    // Nobody else can have changed it since: the transaction holds the row.
                    update.originals.retain(|original| original.column != column);
                    self.diagnosis.forget(piece.id);
                    if let Some(slot) = waiting.get_mut(at) {
                        slot.doing = Doing::Update(update);
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Values that a unique column may take for a moment.
    fn stand_ins(&self, column: &str, update: &RowUpdate) -> Vec<NewValue> {
        let about = self.target.about.columns.iter().find(|about| about.name == column);
        let mut values = Vec::new();
        if about.is_some_and(|about| about.nullable) {
            values.push(NewValue::Null);
        }
        let original = update.originals.iter().find(|original| original.column == column);
        let text = original.and_then(|original| original.value.text()).unwrap_or_default();
        match text.parse::<i128>() {
            Ok(number) => {
                let near = [-number.abs() - 1, 32_767, 2_147_483_647];
                values.extend(near.into_iter().map(|number| NewValue::Text(number.to_string())));
            }
            Err(_) => {
                let mut other = uuid::Uuid::new_v4().to_string();
                values.push(NewValue::Text(other.clone()));
                other.truncate(text.len().max(1));
                values.push(NewValue::Text(other));
            }
        }
        values
    }
}

/// Puts rows that a statement of the same save reached before their own to the front; `None` where that changes nothing.
pub(super) fn reordered(pieces: &[Piece], first: &HashSet<u32>) -> Option<Vec<Piece>> {
    let (mut front, back): (Vec<Piece>, Vec<Piece>) =
        pieces.iter().cloned().partition(|piece| first.contains(&piece.id) && !piece.is_insert());
    // What was reached last is the furthest from what reached it.
    front.reverse();
    let order = |piece: &Piece| piece.id;
    let same = front.iter().chain(&back).map(order).eq(pieces.iter().map(order));
    (!same).then(|| front.into_iter().chain(back).collect())
}

/// The statements around those of a save, where it can be rolled back.
pub(super) fn savepoint(frame: &Frame) -> Option<&[String; 3]> {
    frame.savepoint.as_ref()
}
