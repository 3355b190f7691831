//! The layers with the shortest lines: the network simplex of Gansner, Koutsofios, North and Vo, "A technique for drawing directed
//! graphs" (1993), part 2.

/// A line from a layer on the left to one on the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The box on the left.
    pub left: usize,
    /// The box on the right.
    pub right: usize,
    /// How many lines that is.
    pub weight: i64,
}

/// The layer of each box such that every edge goes at least one to the right and all together are as short as can be, or nearly so
/// where more than `pivots` steps would be needed. The boxes are connected, and the edges close no circle.
pub(super) fn layers(count: usize, edges: &[Edge], pivots: usize) -> Vec<usize> {
    let mut simplex = Simplex::new(count, edges);
    simplex.grow_tree();
    if count > 0 {
        let post = simplex.number(0);
        simplex.weigh(&post);
    }
    let mut start = 0;
    for _ in 0..pivots {
        let Some(leaving) = simplex.leaving(&mut start) else { break };
        let Some(entering) = simplex.entering(leaving) else { break };
        simplex.exchange(leaving, entering);
    }
    let first = simplex.rank.iter().min().copied().unwrap_or(0);
    simplex.rank.iter().map(|rank| usize::try_from(rank - first).unwrap_or(0)).collect()
}

struct Simplex<'a> {
    edges: &'a [Edge],
    /// The edges of each box.
    of: Vec<Vec<usize>>,
    rank: Vec<i64>,
    in_tree: Vec<bool>,
    /// What removing a tree edge would gain, if it is negative.
    cut: Vec<i64>,
    /// The tree edge towards the root; the root has none.
    up: Vec<Option<usize>>,
    /// The boxes below each one are those whose `last` lies within `first..=last`.
    first: Vec<usize>,
    last: Vec<usize>,
}

impl<'a> Simplex<'a> {
    fn new(count: usize, edges: &'a [Edge]) -> Self {
        let mut of = vec![Vec::new(); count];
        for (index, edge) in edges.iter().enumerate() {
            of[edge.left].push(index);
            of[edge.right].push(index);
        }
        let rank = longest_ways(count, edges, &of);
        Simplex {
            edges,
            of,
            rank,
            in_tree: vec![false; edges.len()],
            cut: vec![0; edges.len()],
            up: vec![None; count],
            first: vec![0; count],
            last: vec![0; count],
        }
    }

    fn slack(&self, edge: usize) -> i64 {
        let Edge { left, right, .. } = self.edges[edge];
        self.rank[right] - self.rank[left] - 1
    }

    fn other(&self, edge: usize, end: usize) -> usize {
        let Edge { left, right, .. } = self.edges[edge];
        if left == end { right } else { left }
    }

    /// A tree of edges without slack that reaches every box, which moves boxes where it must.
    fn grow_tree(&mut self) {
        let count = self.rank.len();
        let mut reached = vec![false; count];
        let mut members = Vec::with_capacity(count);
        let mut stack = vec![0];
        if let Some(root) = reached.first_mut() {
            *root = true;
        }
        loop {
            while let Some(vertex) = stack.pop() {
                members.push(vertex);
                for index in 0..self.of[vertex].len() {
                    let edge = self.of[vertex][index];
                    let other = self.other(edge, vertex);
                    if !reached[other] && self.slack(edge) == 0 {
                        reached[other] = true;
                        self.in_tree[edge] = true;
                        stack.push(other);
                    }
                }
            }
            let leaving = (0..self.edges.len())
                .filter(|edge| reached[self.edges[*edge].left] != reached[self.edges[*edge].right])
                .min_by_key(|edge| self.slack(*edge));
            let Some(edge) = leaving else { break };
            let Edge { left, right, .. } = self.edges[edge];
            let slack = self.slack(edge);
            let shift = if reached[left] { slack } else { -slack };
            for member in &members {
                self.rank[*member] += shift;
            }
            // The members are in no stack: the new box is reached by this very edge.
            let new = if reached[left] { right } else { left };
            reached[new] = true;
            self.in_tree[edge] = true;
            stack.push(new);
        }
    }

    /// Numbers a box and all below it anew, in the room that they have; says in which order, all below a box before it.
    fn number(&mut self, root: usize) -> Vec<usize> {
        let mut post = Vec::new();
        let mut next = self.first[root];
        // A box, and the next of its edges.
        let mut stack = vec![(root, 0usize)];
        while let Some((vertex, at)) = stack.last_mut() {
            let vertex = *vertex;
            match self.of[vertex].get(*at).copied() {
                Some(edge) => {
                    *at += 1;
                    if self.in_tree[edge] && self.up[vertex] != Some(edge) {
                        let below = self.other(edge, vertex);
                        self.up[below] = Some(edge);
                        self.first[below] = next;
                        stack.push((below, 0));
                    }
                }
                None => {
                    self.last[vertex] = next;
                    next += 1;
                    post.push(vertex);
                    stack.pop();
                }
            }
        }
        post
    }

    /// Whether a box lies below another in the tree, or is it.
    fn is_below(&self, vertex: usize, top: usize) -> bool {
        (self.first[top]..=self.last[top]).contains(&self.last[vertex])
    }

    /// The cut value of every tree edge, from the leaves up.
    fn weigh(&mut self, post: &[usize]) {
        for vertex in post.iter().copied() {
            let Some(up) = self.up[vertex] else { continue };
            // Seen from the box below: edges that go the same way as the tree edge count, those against it count against.
            let same_way = |edge: &Edge| (edge.left == vertex) == (self.edges[up].left == vertex);
            let mut cut = self.edges[up].weight;
            for edge in &self.of[vertex] {
                if *edge == up {
                    continue;
                }
                let sign = if same_way(&self.edges[*edge]) { 1 } else { -1 };
                let weight = self.edges[*edge].weight;
                // A tree edge below hands on what crosses it, less itself, which does not cross here.
                cut += sign * if self.in_tree[*edge] { weight - self.cut[*edge] } else { weight };
            }
            self.cut[up] = cut;
        }
    }

    /// A tree edge without which the lines would be shorter; the search goes on where it ended.
    fn leaving(&self, start: &mut usize) -> Option<usize> {
        let count = self.edges.len();
        let found =
            (0..count).map(|step| (*start + step) % count).find(|edge| self.in_tree[*edge] && self.cut[*edge] < 0)?;
        *start = found + 1;
        Some(found)
    }

    /// The edge with the least slack that connects the two parts the other way.
    fn entering(&self, leaving: usize) -> Option<usize> {
        let top = self.top_of(leaving);
        let left_is_below = top == self.edges[leaving].left;
        (0..self.edges.len())
            .filter(|edge| !self.in_tree[*edge])
            .filter(|edge| {
                let Edge { left, right, .. } = self.edges[*edge];
                // From the part on the right of the leaving edge to the one on its left.
                self.is_below(left, top) != left_is_below && self.is_below(right, top) == left_is_below
            })
            .min_by_key(|edge| self.slack(*edge))
    }

    fn exchange(&mut self, leaving: usize, entering: usize) {
        let top = self.top_of(leaving);
        let slack = self.slack(entering);
        // The part below moves so that the entering edge has no slack.
        let shift = if self.is_below(self.edges[entering].left, top) { slack } else { -slack };
        for index in 0..self.rank.len() {
            if self.is_below(index, top) {
                self.rank[index] += shift;
            }
        }
        let cut = self.cut[leaving];
        let Edge { left, right, .. } = self.edges[entering];
        let meeting = self.reweigh(left, right, cut);
        self.reweigh(right, left, -cut);
        self.cut[entering] = -cut;
        self.in_tree[leaving] = false;
        self.in_tree[entering] = true;
        // Only below the box where both ways up meet the tree has changed.
        self.number(meeting);
    }

    /// The box of a tree edge that lies below it.
    fn top_of(&self, edge: usize) -> usize {
        let Edge { left, right, .. } = self.edges[edge];
        if self.up[left] == Some(edge) { left } else { right }
    }

    /// Changes the cut values from a box up to the one that the other lies below too, which it returns: an edge that is passed towards
    /// its right end gains what one that is passed towards its left end loses.
    fn reweigh(&mut self, from: usize, other: usize, cut: i64) -> usize {
        let mut vertex = from;
        while !self.is_below(other, vertex) {
            let Some(edge) = self.up[vertex] else { break };
            self.cut[edge] += if self.edges[edge].left == vertex { cut } else { -cut };
            vertex = self.other(edge, vertex);
        }
        vertex
    }
}

/// As many layers to the right as the longest way from the left has edges.
fn longest_ways(count: usize, edges: &[Edge], of: &[Vec<usize>]) -> Vec<i64> {
    let mut waits = vec![0usize; count];
    for edge in edges {
        waits[edge.right] += 1;
    }
    let mut rank = vec![0i64; count];
    let mut ready: Vec<usize> = (0..count).filter(|index| waits[*index] == 0).collect();
    while let Some(vertex) = ready.pop() {
        for edge in of[vertex].iter().map(|edge| edges[*edge]).filter(|edge| edge.left == vertex) {
            rank[edge.right] = rank[edge.right].max(rank[vertex] + 1);
            waits[edge.right] -= 1;
            if waits[edge.right] == 0 {
                ready.push(edge.right);
            }
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(usize, usize)]) -> Vec<Edge> {
        pairs.iter().map(|(left, right)| Edge { left: *left, right: *right, weight: 1 }).collect()
    }

    fn length(layers: &[usize], edges: &[Edge]) -> usize {
        edges.iter().map(|edge| layers[edge.right] - layers[edge.left]).sum()
    }

    #[test]
    fn a_source_lies_beside_what_refers_to_it() {
        // 0 → 1 → 2 → 3, and 4 → 3: 4 belongs beside 2, not beside 0.
        let all = edges(&[(0, 1), (1, 2), (2, 3), (4, 3)]);
        assert_eq!(layers(5, &all, 100), [0, 1, 2, 3, 2]);
    }

    /// Small graphs: no assignment of layers is better than what is found.
    #[test]
    fn nothing_is_shorter() {
        let mut seed = 7u64;
        let mut random = move |below: usize| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) as usize % below
        };
        for _ in 0..300 {
            let count = 2 + random(5);
            let mut pairs: Vec<(usize, usize)> = (1..count).map(|right| (random(right), right)).collect();
            for _ in 0..random(5) {
                let right = 1 + random(count - 1);
                pairs.push((random(right), right));
            }
            let all = edges(&pairs);
            let found = layers(count, &all, 1000);
            assert!(all.iter().all(|edge| found[edge.right] > found[edge.left]), "{pairs:?} {found:?}");
            let mut best = usize::MAX;
            for code in 0..count.pow(count as u32) {
                let tried: Vec<usize> = (0..count).map(|index| code / count.pow(index as u32) % count).collect();
                if all.iter().all(|edge| tried[edge.right] > tried[edge.left]) {
                    best = best.min(length(&tried, &all));
                }
            }
            assert_eq!(length(&found, &all), best, "{pairs:?} {found:?}");
        }
    }
}
