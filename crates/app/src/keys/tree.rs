//! The keys of a list in their order, as a tree of namespaces. Pure: where they come from is somebody else's.
//!
//! A level is what stands below one beginning: keys, and namespaces where the rest of several names goes on with a separator. A
//! namespace of one key is that key. Levels are reckoned when they are looked at and kept until the list changes.
//!
//! Sorting in what comes takes a tenth of a second where there are a million keys. So whoever reads a long list sorts beside the
//! tree ([`KeyTree::unsorted`], [`Unsorted::sort`], [`KeyTree::sorted_in`]), and what is seen meanwhile is as it was.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Keys, sorted by their bytes, each once.
#[derive(Debug, Default)]
pub(super) struct KeyTree {
    separator: Vec<u8>,
    sorted: Keys,
    /// What came since, in no order.
    fresh: Vec<Arc<[u8]>>,
    /// What is being sorted in beside the tree.
    aside: Keys,
    /// What went meanwhile.
    gone: BTreeSet<Vec<u8>>,
    bytes: usize,
    levels: HashMap<Vec<u8>, Arc<[Child]>>,
    version: u64,
}

/// Something on a level: the keys from `first` up to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Child {
    first: u32,
    end: u32,
    /// How many bytes the name of a namespace has, its separator with it; 0 for a key.
    prefix: u32,
}

/// One visible row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The whole key, or a namespace's beginning.
    pub(super) key: Vec<u8>,
    /// How many of its bytes the rows above say.
    pub(super) known: usize,
    /// How deep it is.
    pub(super) depth: u32,
    /// Keys in a namespace.
    pub(super) keys: Option<u64>,
}

/// Rows of one level, one after the other.
struct Segment {
    level: Arc<[Child]>,
    from: usize,
    to: usize,
    known: usize,
    depth: u32,
}

/// Keys that the tree and whoever sorts for it look at.
pub(super) type Keys = Arc<Vec<Arc<[u8]>>>;

/// Keys that are to be sorted in.
#[derive(Debug)]
pub(super) struct Unsorted {
    sorted: Keys,
    fresh: Keys,
}

impl Unsorted {
    /// All of the keys in their order.
    pub(super) fn sort(self) -> Keys {
        let mut fresh = self.fresh.to_vec();
        fresh.sort();
        let mut all = Vec::with_capacity(self.sorted.len() + fresh.len());
        let mut former = self.sorted.iter().peekable();
        for key in fresh {
            while let Some(before) = former.next_if(|before| **before <= key) {
                all.push(Arc::clone(before));
            }
            all.push(key);
        }
        all.extend(former.cloned());
        all.dedup();
        Arc::new(all)
    }
}

/// Deeper ones are shown flat: nobody names keys so.
const DEEPEST: u32 = 60;
/// As many keys are sorted in while somebody waits for it: that takes a few milliseconds.
const AT_ONCE: usize = 50_000;
/// As many single keys find their places in a list of any length.
const FEW: usize = 32;

impl KeyTree {
    pub(super) fn new(separator: &[u8]) -> Self {
        KeyTree { separator: separator.to_vec(), ..KeyTree::default() }
    }

    /// Adds keys; those that are there already are there once.
    pub(super) fn add(&mut self, keys: Vec<Vec<u8>>) {
        for key in keys {
            self.bytes += key.len();
            self.gone.remove(&key);
            self.fresh.push(key.into());
        }
    }

    /// Takes keys out.
    pub(super) fn remove(&mut self, keys: &BTreeSet<Vec<u8>>) {
        let stays = |key: &Arc<[u8]>| !keys.contains(&**key);
        self.fresh.retain(stays);
        if !self.aside.is_empty() {
            self.gone.extend(keys.iter().cloned());
        }
        Arc::make_mut(&mut self.sorted).retain(stays);
        self.changed();
    }

    /// What is to be sorted in beside the tree, and then given to [`KeyTree::sorted_in`]: all there is, or where `some` will do,
    /// nothing before it is worth the work, which stays within a constant of the list's length.
    pub(super) fn unsorted(&mut self, some: bool) -> Option<Unsorted> {
        let enough = if some { 4096.max(self.sorted.len() / 4) } else { 0 };
        if !self.aside.is_empty() || self.fresh.len() <= enough {
            return None;
        }
        self.aside = Arc::new(std::mem::take(&mut self.fresh));
        Some(Unsorted { sorted: Arc::clone(&self.sorted), fresh: Arc::clone(&self.aside) })
    }

    /// Takes what was sorted. What comes back is best dropped where nobody waits: it is as long as the list.
    pub(super) fn sorted_in(&mut self, sorted: Keys) -> Keys {
        self.aside = Keys::default();
        let former = std::mem::replace(&mut self.sorted, sorted);
        let gone = std::mem::take(&mut self.gone);
        if !gone.is_empty() {
            Arc::make_mut(&mut self.sorted).retain(|key| !gone.contains(&**key));
        }
        self.changed();
        former
    }

    /// Sorts in what came, where that is quick and nobody sorts beside the tree.
    pub(super) fn settle(&mut self) {
        if self.fresh.is_empty() || !self.aside.is_empty() {
            return;
        }
        if self.fresh.len() <= FEW {
            let sorted = Arc::make_mut(&mut self.sorted);
            for key in self.fresh.drain(..) {
                if let Err(place) = sorted.binary_search(&key) {
                    sorted.insert(place, key);
                }
            }
            self.changed();
        } else if self.sorted.len() + self.fresh.len() <= AT_ONCE
            && let Some(unsorted) = self.unsorted(false)
        {
            self.sorted_in(unsorted.sort());
        }
    }

    fn changed(&mut self) {
        self.levels.clear();
        self.version += 1;
    }

    /// Keys, those not sorted in yet too.
    pub(super) fn len(&self) -> u64 {
        (self.sorted.len() + self.aside.len() + self.fresh.len()) as u64
    }

    /// Bytes of the names, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The keys that begin so, in their order.
    pub(super) fn below(&mut self, prefix: &[u8]) -> Vec<Vec<u8>> {
        self.settle();
        let (first, end) = self.range(prefix);
        let sorted = self.sorted.get(first..end).unwrap_or_default();
        let others = self.aside.iter().chain(&self.fresh).filter(|key| key.starts_with(prefix));
        let mut below: Vec<Vec<u8>> = sorted.iter().chain(others).map(|key| key.to_vec()).collect();
        if below.len() > sorted.len() {
            below.sort();
            below.dedup();
            below.retain(|key| !self.gone.contains(key));
        }
        below
    }

    fn range(&self, prefix: &[u8]) -> (usize, usize) {
        let first = self.sorted.partition_point(|key| &**key < prefix);
        let rest = self.sorted.get(first..).unwrap_or_default();
        (first, first + rest.partition_point(|key| key.starts_with(prefix)))
    }

    fn level(&mut self, prefix: &[u8]) -> Arc<[Child]> {
        if let Some(known) = self.levels.get(prefix) {
            return Arc::clone(known);
        }
        let (mut at, end) = self.range(prefix);
        let mut children = Vec::new();
        while at < end {
            let key = &self.sorted[at];
            let place = find(key.get(prefix.len()..).unwrap_or_default(), &self.separator);
            let child = place.map(|place| prefix.len() + place + self.separator.len()).and_then(|length| {
                let own = key.get(..length)?;
                let count = self.sorted[at..end].partition_point(|other| other.starts_with(own));
                (count > 1).then(|| Child { first: index(at), end: index(at + count), prefix: index(length) })
            });
            let child = child.unwrap_or(Child { first: index(at), end: index(at + 1), prefix: 0 });
            at = child.end as usize;
            children.push(child);
        }
        let level: Arc<[Child]> = children.into();
        self.levels.insert(prefix.to_vec(), Arc::clone(&level));
        level
    }

    /// The visible rows from `offset` on, where these namespaces are open, and how many there are in all.
    pub(super) fn window(&mut self, expanded: &BTreeSet<Vec<u8>>, offset: usize, limit: usize) -> (Vec<Row>, usize) {
        self.settle();
        let mut segments = Vec::new();
        self.segments(&[], 0, expanded, &mut segments);
        let (mut rows, mut before) = (Vec::new(), 0);
        for segment in &segments {
            let length = segment.to - segment.from;
            let from = offset.saturating_sub(before).min(length);
            let wanted = limit.saturating_sub(rows.len()).min(length - from);
            let begin = segment.from + from;
            let chosen = segment.level.get(begin..begin + wanted).unwrap_or_default();
            rows.extend(chosen.iter().map(|child| self.row(child, segment)));
            before += length;
        }
        (rows, before)
    }

    fn row(&self, child: &Child, segment: &Segment) -> Row {
        let key = self.sorted.get(child.first as usize).map_or(&[][..], |key| key);
        let (length, keys) = match child.prefix {
            0 => (key.len(), None),
            prefix => (prefix as usize, Some(u64::from(child.end - child.first))),
        };
        let key = key.get(..length).unwrap_or(key).to_vec();
        Row { known: segment.known.min(key.len()), key, depth: segment.depth, keys }
    }

    fn segments(&mut self, prefix: &[u8], depth: u32, expanded: &BTreeSet<Vec<u8>>, into: &mut Vec<Segment>) {
        let level = self.level(prefix);
        let mut from = 0;
        let segment = |from, to| Segment { level: Arc::clone(&level), from, to, known: prefix.len(), depth };
        let inside = expanded.range(prefix.to_vec()..).take_while(|open| open.starts_with(prefix));
        for open in inside.filter(|open| open.len() > prefix.len() && depth < DEEPEST) {
            let at = level.partition_point(|child| *self.sorted[child.first as usize] < open[..]);
            let own = level.get(at).filter(|child| child.prefix as usize == open.len());
            if own.is_none_or(|child| !self.sorted[child.first as usize].starts_with(open)) {
                continue;
            }
            into.push(segment(from, at + 1));
            from = at + 1;
            self.segments(open, depth + 1, expanded, into);
        }
        into.push(segment(from, level.len()));
    }
}

fn find(text: &[u8], separator: &[u8]) -> Option<usize> {
    if separator.is_empty() {
        return None;
    }
    text.windows(separator.len()).position(|window| window == separator)
}

/// A place in the list: it is far shorter than what a place can say, see the limits of a list.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(keys: &[&str]) -> KeyTree {
        let mut tree = KeyTree::new(b":");
        tree.add(keys.iter().map(|key| key.as_bytes().to_vec()).collect());
        tree
    }

    fn shown(tree: &mut KeyTree, expanded: &[&str], offset: usize, limit: usize) -> (Vec<String>, usize) {
        let expanded = expanded.iter().map(|open| open.as_bytes().to_vec()).collect();
        let (rows, total) = tree.window(&expanded, offset, limit);
        let line = |row: &Row| {
            let label = String::from_utf8_lossy(&row.key[row.known..]).into_owned();
            let count = row.keys.map(|keys| format!(" ({keys})")).unwrap_or_default();
            format!("{}{label}{count}", "  ".repeat(row.depth as usize))
        };
        (rows.iter().map(line).collect(), total)
    }

    const KEYS: &[&str] =
        &["user:2:name", "user:1:name", "user:1:mail", "a", "user:1", "z:only", "user:1:name", "user:"];

    #[test]
    fn names_that_go_on_alike_are_a_namespace() {
        let mut tree = tree(KEYS);
        assert_eq!(shown(&mut tree, &[], 0, 9), (vec!["a".into(), "user: (5)".into(), "z:only".into()], 3));
        let open = ["a", "user: (5)", "  ", "  1", "  1: (2)", "    mail", "    name", "  2:name", "z:only"];
        let expected: Vec<String> = open.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(shown(&mut tree, &["user:", "user:1:"], 0, 99), (expected.clone(), 9));
        for offset in 0..9 {
            for limit in 0..10 {
                let (rows, total) = shown(&mut tree, &["user:", "user:1:"], offset, limit);
                assert_eq!((rows.as_slice(), total), (&expected[offset..(offset + limit).min(9)], 9));
            }
        }
    }

    #[test]
    fn what_is_open_within_something_closed_is_not_shown() {
        let mut tree = tree(KEYS);
        assert_eq!(shown(&mut tree, &["user:1:"], 0, 9).1, 3);
        assert_eq!(shown(&mut tree, &["nobody:", "us", ""], 0, 9).1, 3);
    }

    #[test]
    fn keys_that_come_and_go_are_listed_once() {
        let mut tree = tree(KEYS);
        assert_eq!(shown(&mut tree, &["user:"], 0, 9).1, 7);
        tree.add(vec![b"user:1".to_vec(), b"b".to_vec()]);
        assert_eq!(shown(&mut tree, &["user:"], 0, 9).1, 8);
        let below = tree.below(b"user:").into_iter().collect();
        tree.remove(&below);
        assert_eq!(shown(&mut tree, &["user:"], 0, 9).0, ["a", "b", "z:only"]);
    }

    #[test]
    fn what_comes_and_goes_while_others_are_sorted_in_is_there_and_gone() {
        let mut tree = tree(&["a:1", "a:4"]);
        tree.settle();
        tree.add(vec![b"a:3".to_vec(), b"a:5".to_vec(), b"a:1".to_vec()]);
        let unsorted = tree.unsorted(false).unwrap();
        assert!(tree.unsorted(false).is_none(), "one sorts at a time");
        assert_eq!(tree.len(), 5);
        tree.add(vec![b"a:2".to_vec()]);
        tree.remove(&BTreeSet::from([b"a:4".to_vec(), b"a:5".to_vec()]));
        assert_eq!(shown(&mut tree, &["a:"], 0, 10).1, 1, "what is seen is as it was, without what went");
        assert_eq!(tree.below(b"a:"), [b"a:1".to_vec(), b"a:2".to_vec(), b"a:3".to_vec()]);
        drop(tree.sorted_in(unsorted.sort()));
        assert_eq!(tree.below(b"a:"), [b"a:1".to_vec(), b"a:2".to_vec(), b"a:3".to_vec()]);
        tree.add(vec![b"a:4".to_vec()]);
        assert_eq!(tree.below(b"a:").len(), 4, "what went may come again");
        assert_eq!(tree.len(), 4);
    }

    #[test]
    fn a_long_list_waits_for_whoever_sorts_beside_it() {
        let mut tree = KeyTree::new(b":");
        let numbers = |from: usize, to: usize| (from..to).map(|number| format!("{number:06}").into_bytes()).collect();
        tree.add(numbers(0, AT_ONCE + 1));
        assert!(shown(&mut tree, &[], 0, 10).0.is_empty());
        let unsorted = tree.unsorted(true).unwrap();
        tree.sorted_in(unsorted.sort());
        assert_eq!(tree.below(b"0").len(), AT_ONCE + 1);
        tree.add(numbers(AT_ONCE + 1, AT_ONCE + 5000));
        assert!(tree.unsorted(true).is_none(), "not worth the work yet");
        assert!(tree.unsorted(false).is_some());
    }

    #[test]
    fn without_a_separator_the_list_is_flat() {
        let mut tree = KeyTree::new(b"");
        tree.add(KEYS.iter().map(|key| key.as_bytes().to_vec()).collect());
        assert_eq!(shown(&mut tree, &[], 0, 99).1, 7);
    }
}
