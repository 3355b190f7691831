//! Lists of keys that are being read, or were.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use driver::keys::{KeyKind, KeyListing};

use super::{escape, keys_of, tree::KeyTree};
use crate::{
    api::{AppError, KeyTreeRow, KeysProgress, KeysState, KeysWindow},
    connections::{Opened, lock},
};

/// Keys of a list before it asks whether to go on, and bytes of their names.
const MOST_KEYS: u64 = 2_000_000;
const MOST_BYTES: usize = 192 << 20;
/// Keys the server looks at for one answer: some milliseconds of its time.
const BUDGET: u64 = 10_000;
/// Lists that are kept at once; the oldest goes.
const MOST_LISTS: usize = 24;

/// The lists of a process, by their ids.
#[derive(Default)]
pub(crate) struct Listings {
    lists: Mutex<BTreeMap<String, Arc<Listing>>>,
    order: Mutex<Vec<String>>,
}

impl Listings {
    pub(super) fn keep(&self, listing: &Arc<Listing>) {
        let mut order = lock(&self.order);
        order.push(listing.id.clone());
        lock(&self.lists).insert(listing.id.clone(), Arc::clone(listing));
        while order.len() > MOST_LISTS {
            let oldest = order.remove(0);
            if let Some(listing) = lock(&self.lists).remove(&oldest) {
                listing.stop();
            }
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Listing>> {
        lock(&self.lists).get(id).cloned()
    }

    pub(super) fn forget(&self, id: &str) {
        lock(&self.order).retain(|one| one != id);
        if let Some(listing) = lock(&self.lists).remove(id) {
            listing.stop();
        }
    }
}

/// A list of keys.
pub(super) struct Listing {
    id: String,
    opened: Arc<Opened>,
    pattern: Option<Vec<u8>>,
    kind: Option<KeyKind>,
    of: Option<u64>,
    stopped: AtomicBool,
    inner: Mutex<Inner>,
}

struct Inner {
    tree: KeyTree,
    /// Where the server is asked on.
    from: Option<String>,
    state: KeysState,
    /// Keys that are added before it asks whether to go on.
    limit: u64,
}

impl Listing {
    pub(super) fn new(
        opened: Arc<Opened>,
        pattern: Option<Vec<u8>>,
        kind: Option<KeyKind>,
        separator: &[u8],
        of: Option<u64>,
    ) -> Arc<Self> {
        Arc::new(Listing {
            id: uuid::Uuid::new_v4().to_string(),
            opened,
            pattern,
            kind,
            of,
            stopped: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                tree: KeyTree::new(separator),
                from: None,
                state: KeysState::Reading,
                limit: MOST_KEYS,
            }),
        })
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    /// Reads on until the end, the limit or an error.
    pub(super) async fn read(self: Arc<Self>) {
        while !self.stopped.load(Ordering::Acquire) {
            let from = lock(&self.inner).from.clone();
            let listing = KeyListing { pattern: self.pattern.clone(), kind: self.kind.clone(), from, budget: BUDGET };
            let page = match keys_of(&self.opened) {
                Ok(keys) => keys.list(&listing).await.map_err(AppError::from),
                Err(error) => Err(error),
            };
            let end = {
                let mut inner = lock(&self.inner);
                match page {
                    Ok(page) => {
                        inner.tree.add(page.keys);
                        inner.from = page.next;
                        let full = inner.tree.len() >= inner.limit || inner.tree.bytes() >= MOST_BYTES;
                        let paused = full.then_some(KeysState::Paused);
                        if inner.from.is_none() { Some(KeysState::Complete) } else { paused }
                    }
                    Err(error) => Some(KeysState::Failed { error }),
                }
            };
            if let Err(error) = self.sort_in(end.is_none()).await {
                lock(&self.inner).state = KeysState::Failed { error };
                return;
            }
            if let Some(state) = end {
                lock(&self.inner).state = state;
                return;
            }
        }
    }

    /// Sorts in what came, while the tree can be looked at.
    async fn sort_in(&self, some: bool) -> Result<(), AppError> {
        let Some(unsorted) = lock(&self.inner).tree.unsorted(some) else { return Ok(()) };
        let sorted = tokio::task::spawn_blocking(|| unsorted.sort()).await.map_err(AppError::internal)?;
        let former = lock(&self.inner).tree.sorted_in(sorted);
        // A long list takes its time to go.
        tokio::task::spawn_blocking(|| drop(former));
        Ok(())
    }

    /// Makes a list that stopped ready to be read on; false where there is nothing to read, or somebody does.
    pub(super) fn go_on(&self) -> bool {
        let mut inner = lock(&self.inner);
        match inner.state {
            KeysState::Reading | KeysState::Complete => false,
            KeysState::Paused | KeysState::Failed { .. } => {
                inner.limit = inner.tree.len() + MOST_KEYS;
                inner.state = KeysState::Reading;
                true
            }
        }
    }

    pub(super) fn progress(&self) -> KeysProgress {
        self.progress_of(&lock(&self.inner))
    }

    fn progress_of(&self, inner: &Inner) -> KeysProgress {
        KeysProgress {
            id: self.id.clone(),
            keys: inner.tree.len(),
            of: self.of,
            state: inner.state.clone(),
            version: inner.tree.version(),
        }
    }

    /// Rows of the tree.
    pub(super) fn window(&self, expanded: &BTreeSet<Vec<u8>>, offset: usize, limit: usize) -> KeysWindow {
        let mut inner = lock(&self.inner);
        let (rows, total) = inner.tree.window(expanded, offset, limit);
        let row = |row: super::tree::Row| KeyTreeRow {
            label: escape::escaped(row.key.get(row.known..).unwrap_or_default()),
            key: escape::escaped(&row.key),
            depth: row.depth,
            keys: row.keys,
        };
        KeysWindow {
            rows: rows.into_iter().map(row).collect(),
            total: u32::try_from(total).unwrap_or(u32::MAX),
            progress: self.progress_of(&inner),
        }
    }

    /// The listed keys that begin so.
    pub(super) fn below(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        lock(&self.inner).tree.below(prefix)
    }

    /// Takes note of a key that came, or of keys that went.
    pub(super) fn note(&self, came: Option<Vec<u8>>, went: &BTreeSet<Vec<u8>>) {
        let mut inner = lock(&self.inner);
        if !went.is_empty() {
            inner.tree.remove(went);
        }
        if let Some(key) = came {
            inner.tree.add(vec![key]);
            inner.tree.settle();
        }
    }
}

impl Listings {
    /// Tells every list of these keys' database what came and went. A key that a list's pattern leaves out is listed all the same:
    /// a person made it just now.
    pub(super) fn note(&self, opened: &Arc<Opened>, came: Option<&[u8]>, went: &BTreeSet<Vec<u8>>) {
        let lists: Vec<_> = lock(&self.lists).values().cloned().collect();
        for list in lists.iter().filter(|list| Arc::ptr_eq(&list.opened, opened)) {
            list.note(came.map(<[u8]>::to_vec), went);
        }
    }
}
