//! Ways through a diagram: neighbours, the shortest way between two entities, and clusters.

use std::collections::{HashMap, VecDeque};

use crate::Diagram;

/// Rounds in which entities join their neighbours' clusters.
const ROUNDS: usize = 20;

impl Diagram {
    /// The entities that can be reached from any of those over so many relationships, whichever way these go, those themselves
    /// included, by their places.
    pub fn neighbours(&self, entities: &[usize], steps: usize) -> Vec<usize> {
        let beside = self.beside();
        let mut far: HashMap<usize, usize> = entities.iter().map(|entity| (*entity, 0)).collect();
        let mut queue: VecDeque<usize> = entities.iter().copied().collect();
        while let Some(next) = queue.pop_front() {
            let steps_to = far.get(&next).copied().unwrap_or(0);
            if steps_to == steps {
                continue;
            }
            for (other, _) in beside.get(next).into_iter().flatten() {
                far.entry(*other).or_insert_with(|| {
                    queue.push_back(*other);
                    steps_to + 1
                });
            }
        }
        let mut found: Vec<usize> = far.into_keys().filter(|place| *place < self.entities.len()).collect();
        found.sort_unstable();
        found
    }

    /// The relationships of a shortest way between two entities, in its order, by their places; `None` where none leads there.
    pub fn path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let beside = self.beside();
        let mut came: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(next) = queue.pop_front() {
            if next == to {
                let mut path = Vec::new();
                let mut at = to;
                while at != from {
                    let (before, over) = came.get(&at).copied()?;
                    path.push(over);
                    at = before;
                }
                path.reverse();
                return Some(path);
            }
            for (other, over) in beside.get(next).into_iter().flatten() {
                if *other != from && !came.contains_key(other) {
                    came.insert(*other, (next, *over));
                    queue.push_back(*other);
                }
            }
        }
        None
    }

    /// The cluster of each entity, numbered from 0 by size: entities that are related with each other more than with others (label
    /// propagation: Raghavan, Albert and Kumara, "Near linear time algorithm to detect community structures", 2007). A relationship
    /// with a hub weighs little, so that a table of users does not pull everything together.
    pub fn clusters(&self) -> Vec<usize> {
        let beside = self.beside();
        let mut label: Vec<usize> = (0..self.entities.len()).collect();
        // The smallest first: who has few neighbours knows best where it belongs.
        let mut order: Vec<usize> = label.clone();
        order.sort_by_key(|place| (beside[*place].len(), *place));
        for _ in 0..ROUNDS {
            let mut changed = false;
            for place in &order {
                let mut votes: HashMap<usize, f64> = HashMap::new();
                for (other, _) in &beside[*place] {
                    let weight = 1.0 / (beside[*other].len().max(beside[*place].len()) as f64).sqrt();
                    *votes.entry(label[*other]).or_default() += weight;
                }
                let best = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                if let Some((best, weight)) = best
                    && weight > 0.0
                    && best != label[*place]
                {
                    label[*place] = best;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for one in &label {
            *sizes.entry(*one).or_default() += 1;
        }
        let mut labels: Vec<usize> = sizes.keys().copied().collect();
        labels.sort_by_key(|one| (std::cmp::Reverse(sizes[one]), *one));
        let numbers: HashMap<usize, usize> =
            labels.into_iter().enumerate().map(|(number, one)| (one, number)).collect();
        label.iter().map(|one| numbers[one]).collect()
    }

    /// Of each entity the others that it is related with, and over which relationship.
    fn beside(&self) -> Vec<Vec<(usize, usize)>> {
        let mut beside = vec![Vec::new(); self.entities.len()];
        for (place, one) in self.relationships.iter().enumerate().filter(|(_, one)| one.from.entity != one.to.entity) {
            beside[one.from.entity].push((one.to.entity, place));
            beside[one.to.entity].push((one.from.entity, place));
        }
        beside
    }
}
