//! Pairs of columns that tell rows apart.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
};

use driver::{Cast, Error};

use crate::{
    Hold, View,
    gather::each_row,
    work::{Column, Stop, Subject, sort::ascending},
};

impl Hold {
    /// Most rows whose pairs of columns are tried.
    pub const PAIR_ROWS: u64 = 100_000;
    /// Most columns whose pairs are tried.
    pub const PAIR_COLUMNS: usize = 8;

    /// Pairs among these columns whose values together are different in every row and never NULL. Tried are the first
    /// [`Hold::PAIR_COLUMNS`] columns, and only where there are at most [`Hold::PAIR_ROWS`] rows: `None` beyond those.
    ///
    /// # Errors
    /// As [`Hold::statistics`].
    pub fn key_pairs(
        &self,
        over: Option<&View>,
        columns: &[usize],
        cast: &dyn Cast,
        stop: &Stop,
    ) -> Result<Option<Vec<(usize, usize)>>, Error> {
        let end = self.rows();
        if over.map_or(end, View::len) > Hold::PAIR_ROWS {
            return Ok(None);
        }
        let tried = columns.iter().take(Hold::PAIR_COLUMNS);
        let subjects: Vec<Subject<'_>> =
            tried.map(|index| Subject::of(self, Column { index: *index, cast })).collect::<Result<_, _>>()?;
        let hashed = RandomState::new();
        let mut hashes: Vec<Option<Vec<u64>>> = vec![Some(Vec::new()); subjects.len()];
        let only = over.map(ascending);
        let mut key = Vec::new();
        each_row(self, 0..end, only.as_deref(), stop, |batch, _, rows| {
            let cells = subjects.iter().map(|subject| subject.cells(batch)).collect::<Result<Vec<_>, _>>()?;
            for local in rows {
                for ((subject, cells), of_column) in subjects.iter().zip(&cells).zip(&mut hashes) {
                    key.clear();
                    if !subject.push_key(cells.get(local), &mut key) {
                        *of_column = None;
                    } else if let Some(hashes) = of_column {
                        hashes.push(hashed.hash_one(&key));
                    }
                }
            }
            Ok(true)
        })?;
        let mut pairs = Vec::new();
        for (at, first) in hashes.iter().enumerate() {
            for (next, second) in hashes.iter().enumerate().skip(at + 1) {
                stop.check()?;
                let (Some(first), Some(second)) = (first, second) else { continue };
                let mut seen = HashSet::with_capacity(first.len());
                if !first.is_empty() && first.iter().zip(second).all(|pair| seen.insert(pair)) {
                    let named = |place: usize| subjects.get(place).map_or(0, |subject| subject.index);
                    pairs.push((named(at), named(next)));
                }
            }
        }
        Ok(Some(pairs))
    }
}
