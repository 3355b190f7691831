//! Which row a foreign key leads to.

use crate::maker::Nulls;
use crate::mix::{Draw, Permutation};

/// A foreign key that gives its columns their values.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The places of its columns.
    pub(crate) columns: Vec<usize>,
    pub(crate) target: Target,
    /// The name of the table it refers to.
    pub(crate) name: String,
    /// How many rows there are to refer to.
    pub(crate) size: u64,
    pub(crate) pick: Pick,
    pub(crate) key: u64,
    pub(crate) nulls: Nulls,
}

/// Where the keys are.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// In a planned table; the columns are in the order of the foreign key's own.
    Table { table: usize, columns: Vec<usize> },
    /// There already.
    Keys(Vec<Vec<String>>),
}

/// How a row finds the one it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    /// A few are referred to by many.
    Skewed,
    /// Each at most once, among so many places, of which those past the last row are NULL.
    Once { among: u64 },
    /// As a combination says.
    Digit { combination: usize, place: usize },
    /// An earlier row of the same table; the first refers to itself, or to nothing where that may be.
    Earlier { root_is_null: bool },
    /// The row before; nothing for the first.
    Previous,
    /// The row itself.
    Same,
}

impl Reference {
    /// The row referred to, `None` for NULL.
    pub(crate) fn row(&self, row: u64, combinations: &[Combination]) -> Option<u64> {
        match self.pick {
            Pick::Skewed => Some(Permutation::new(self.size, self.key).at(Draw::new(self.key, row).skewed(self.size))),
            Pick::Once { among } => Some(Permutation::new(among, self.key).at(row)).filter(|at| *at < self.size),
            Pick::Digit { combination, place } => combinations.get(combination)?.digit(row, place),
            Pick::Earlier { root_is_null: true } if row == 0 => None,
            Pick::Earlier { .. } => Some(Draw::new(self.key, row).below(row)),
            Pick::Previous => row.checked_sub(1),
            Pick::Same => Some(row),
        }
    }

    /// Whether some row's key may be NULL.
    pub(crate) fn may_be_null(&self) -> bool {
        self.nulls != Nulls::Never
            || match self.pick {
                Pick::Earlier { root_is_null } => root_is_null,
                Pick::Once { among } => among > self.size,
                Pick::Previous => true,
                Pick::Skewed | Pick::Digit { .. } | Pick::Same => false,
            }
    }
}

/// Distinct combinations of rows referred to and of counted values, one for each row, by a bijection: never a draw that
/// must be thrown away.
#[derive(Debug, Clone)]
pub(crate) struct Combination {
    /// How many rows each foreign key can refer to.
    pub(crate) keys: Vec<u64>,
    /// How many values each counted column has.
    pub(crate) counted: Vec<u64>,
    pub(crate) key: u64,
}

impl Combination {
    /// What a digit of a row is: of a foreign key first, then of the counted columns.
    ///
    /// Every combination of keys gets its first counted value before any gets its second, so that lines of orders are
    /// numbered without gaps.
    fn digit(&self, row: u64, place: usize) -> Option<u64> {
        let keys = product(&self.keys);
        if let Some(size) = self.keys.get(place) {
            let chosen = Permutation::new(keys, self.key).at(row % keys.max(1));
            let below = product(self.keys.get(..place)?);
            return (chosen / below.max(1)).checked_rem(*size);
        }
        let place = place.checked_sub(self.keys.len())?;
        let at = if self.keys.is_empty() {
            Permutation::new(product(&self.counted), self.key).at(row)
        } else {
            row / keys.max(1)
        };
        (at / product(self.counted.get(..place)?).max(1)).checked_rem(*self.counted.get(place)?)
    }

    /// The value of a counted column.
    pub(crate) fn counted_at(&self, row: u64, place: usize) -> u64 {
        self.digit(row, place + self.keys.len()).unwrap_or(0)
    }
}

/// How many combinations there are, as far as 64 bits count.
pub(crate) fn product(sizes: &[u64]) -> u64 {
    sizes.iter().fold(1, |product: u64, size| product.saturating_mul(*size))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn combinations_are_exhausted_exactly() {
        for (keys, counted) in [(vec![7, 11, 3], vec![]), (vec![5, 2], vec![3, 4]), (vec![], vec![6, 9])] {
            let all = product(&keys) * product(&counted);
            let combination = Combination { keys, counted, key: 5 };
            let digits = combination.keys.len() + combination.counted.len();
            let seen: BTreeSet<Vec<u64>> =
                (0..all).map(|row| (0..digits).filter_map(|place| combination.digit(row, place)).collect()).collect();
            assert_eq!(u64::try_from(seen.len()).unwrap(), all);
        }
    }
}
