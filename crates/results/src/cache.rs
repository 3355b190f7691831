//! Decoded blocks of all holds of a store, the least recently used forgotten first.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arrow_array::RecordBatch;

/// A hold's id and the number of one of its blocks.
pub(crate) type BlockKey = (u64, usize);

struct Entry {
    key: BlockKey,
    batch: RecordBatch,
    bytes: usize,
}

/// The blocks, most recently used last, within a budget.
pub(crate) struct Cache {
    limit: usize,
    entries: Mutex<(VecDeque<Entry>, usize)>,
}

impl Cache {
    pub(crate) fn new(limit: usize) -> Self {
        Cache { limit, entries: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, (VecDeque<Entry>, usize)> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: BlockKey) -> Option<RecordBatch> {
        let (entries, _) = &mut *self.lock();
        let position = entries.iter().position(|entry| entry.key == key)?;
        let entry = entries.remove(position)?;
        let batch = entry.batch.clone();
        entries.push_back(entry);
        Some(batch)
    }

    /// Keeps a block. One that alone exceeds the budget is kept only until the next one comes.
    pub(crate) fn put(&self, key: BlockKey, batch: RecordBatch, bytes: usize) {
        let (entries, total) = &mut *self.lock();
        if entries.iter().any(|entry| entry.key == key) {
            return;
        }
        *total += bytes;
        entries.push_back(Entry { key, batch, bytes });
        while *total > self.limit && entries.len() > 1 {
            if let Some(entry) = entries.pop_front() {
                *total -= entry.bytes;
            }
        }
    }

    /// Forgets every block of a hold.
    pub(crate) fn forget(&self, hold: u64) {
        let (entries, total) = &mut *self.lock();
        entries.retain(|entry| entry.key.0 != hold);
        *total = entries.iter().map(|entry| entry.bytes).sum();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.lock().1
    }
}
