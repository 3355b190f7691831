//! Chance without chance: every number here follows from the seed by whole-number arithmetic alone, so that it is the
//! same on every machine and in every version of the standard library (whose own hashers promise no such thing).
//!
//! The mixing is the output function of SplitMix64 (Steele, Lea and Flood, 2014); names enter by FNV-1a.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64: a bijection of the 64-bit numbers that leaves no visible order.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A key made of a key and a number; the order of the two matters.
pub(crate) fn join(key: u64, number: u64) -> u64 {
    mix(key.rotate_left(23) ^ mix(number))
}

/// A key made of a key and a name.
pub(crate) fn named(key: u64, name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    join(key, hash)
}

/// A place in a list. A list never holds more things than a `usize` counts, so nothing is lost for places that exist.
pub(crate) fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// How many things a list holds.
pub(crate) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A sequence of drawn numbers that belongs to one key (a column, say) and one row.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(key: u64, row: u64) -> Self {
        Self(join(key, row))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 up to, without, `bound`; 0 when there is none.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        scale(self.next(), bound)
    }

    /// As [`Draw::below`], for wide ranges.
    pub(crate) fn wide(&mut self, bound: u128) -> u128 {
        if let Ok(narrow) = u64::try_from(bound) {
            return u128::from(self.below(narrow));
        }
        let number = (u128::from(self.next()) << 64) | u128::from(self.next());
        number % bound
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A number below `bound`, small ones far more often: the third power of an even draw. The first tenth of the
    /// range takes nearly half of the draws, and the last number still a third of its even share.
    pub(crate) fn skewed(&mut self, bound: u64) -> u64 {
        let even = self.next();
        scale(scale(scale(even, even), even), bound)
    }

    /// One thing of a list.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(place(self.below(count(list.len()))))
    }

    /// One word of a list.
    pub(crate) fn word(&mut self, list: &[&'static str]) -> &'static str {
        self.pick(list).copied().unwrap_or_default()
    }
}

/// `number` brought from the whole 64-bit range down to `0..bound`.
fn scale(number: u64, bound: u64) -> u64 {
    u64::try_from((u128::from(number) * u128::from(bound)) >> 64).unwrap_or(0)
}

/// A permutation of `0..size` that needs no memory: a small Feistel network over the next even power of two, walked on
/// until it falls inside the range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permutation {
    size: u64,
    half: u32,
    key: u64,
}

impl Permutation {
    const ROUNDS: u64 = 6;

    pub(crate) fn new(size: u64, key: u64) -> Self {
        let bits = u64::BITS - size.saturating_sub(1).leading_zeros();
        Self { size, half: bits.div_ceil(2).max(1), key }
    }

    /// Where `number` goes. Numbers outside the range wrap into it.
    pub(crate) fn at(&self, number: u64) -> u64 {
        if self.size < 2 {
            return 0;
        }
        let mut at = number % self.size;
        loop {
            at = self.network(at);
            if at < self.size {
                return at;
            }
        }
    }

    fn network(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.half) - 1;
        let (mut left, mut right) = (number >> self.half, number & mask);
        for round in 0..Self::ROUNDS {
            (left, right) = (right, left ^ (join(self.key.wrapping_add(round), right) & mask));
        }
        (left << self.half) | right
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_permutation_reaches_every_number_once() {
        for size in [1, 2, 3, 4, 5, 17, 256, 1000, 4097] {
            let permutation = Permutation::new(size, mix(size));
            let reached: BTreeSet<u64> = (0..size).map(|number| permutation.at(number)).collect();
            assert_eq!(count(reached.len()), size);
            assert_eq!(reached.last(), Some(&(size - 1)));
        }
    }

    #[test]
    fn a_permutation_of_everything_stays_apart() {
        let permutation = Permutation::new(u64::MAX, 7);
        let reached: BTreeSet<u64> = (0..10_000).map(|number| permutation.at(number)).collect();
        assert_eq!(reached.len(), 10_000);
    }

    #[test]
    fn a_skewed_draw_reaches_all_and_prefers_few() {
        let mut counts = [0_u64; 10];
        for row in 0..10_000 {
            let at = place(Draw::new(1, row).skewed(10));
            counts[at] += 1;
        }
        assert!(counts[0] > 4000, "{counts:?}");
        assert!(counts[9] > 200, "{counts:?}");
    }

    #[test]
    fn mixing_is_the_published_splitmix() {
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }
}
