//! An order in which what is needed comes first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

/// All of `nodes`, each after those of them that it needs. Where more than one could come next, the least by `rank` and by
/// itself does. A circle begins with the least of those that are left.
pub(crate) fn ordered<'a, K: Ord>(
    nodes: &BTreeSet<&'a K>,
    needs: impl Fn(&'a K) -> Vec<&'a K>,
    rank: impl Fn(&'a K) -> u8,
) -> Vec<&'a K> {
    let mut waiting: BTreeMap<&K, usize> = nodes.iter().map(|node| (*node, 0)).collect();
    let mut behind: BTreeMap<&K, Vec<&'a K>> = BTreeMap::new();
    for node in nodes {
        let before: BTreeSet<&K> = needs(node).into_iter().filter(|one| one != node && nodes.contains(one)).collect();
        waiting.insert(node, before.len());
        for one in before {
            behind.entry(one).or_default().push(node);
        }
    }
    let mut next: BinaryHeap<Reverse<(u8, &'a K)>> =
        nodes.iter().filter(|node| waiting.get(*node) == Some(&0)).map(|node| Reverse((rank(node), *node))).collect();
    let mut left: BTreeSet<(u8, &'a K)> = nodes.iter().map(|node| (rank(node), *node)).collect();
    let mut order = Vec::with_capacity(nodes.len());
    loop {
        let node = match next.pop() {
            Some(Reverse((_, node))) => node,
            None => match left.first() {
                Some((_, node)) => *node,
                None => return order,
            },
        };
        if !left.remove(&(rank(node), node)) {
            continue;
        }
        order.push(node);
        for one in behind.remove(node).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(one) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    next.push(Reverse((rank(one), one)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(edges: &[(u8, u8)], nodes: &[u8]) -> Vec<u8> {
        let set: BTreeSet<&u8> = nodes.iter().collect();
        let needs = |node: &'_ u8| -> Vec<&u8> {
            let of: Vec<u8> = edges.iter().filter(|(from, _)| from == node).map(|(_, to)| *to).collect();
            nodes.iter().filter(|one| of.contains(one)).collect()
        };
        ordered(&set, needs, |_| 0).into_iter().copied().collect()
    }

    #[test]
    fn what_is_needed_comes_first_and_else_the_least() {
        assert_eq!(order(&[(1, 3), (3, 2)], &[1, 2, 3, 4]), [2, 3, 1, 4]);
    }

    #[test]
    fn circles_are_broken_and_nothing_is_lost() {
        assert_eq!(order(&[(1, 2), (2, 1), (3, 1)], &[1, 2, 3]), [1, 2, 3]);
        assert_eq!(order(&[(1, 1)], &[1]), [1]);
    }
}
