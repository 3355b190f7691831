//! Numbers that look random and are the same in every run, on every machine.

/// SplitMix64: small, and good enough for a shop.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `count - 1`; 0 for an empty range.
    pub(super) fn below(&mut self, count: i64) -> i64 {
        let count = u64::try_from(count).unwrap_or(0).max(1);
        i64::try_from(self.bits() % count).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of these; the fallback of the type when there is none.
    pub(super) fn pick<T: Copy + Default>(&mut self, all: &[T]) -> T {
        let index = self.below(i64::try_from(all.len()).unwrap_or(1));
        usize::try_from(index).ok().and_then(|index| all.get(index)).copied().unwrap_or_default()
    }
}
