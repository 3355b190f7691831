//! Breaks circles.

use petgraph::{algo::greedy_feedback_arc_set, graph::DiGraph, visit::EdgeRef};

use super::Link;

/// Turns a few links around, so that none closes a circle; says which.
pub(super) fn turn(count: usize, links: &mut [Link]) -> Vec<bool> {
    let mut graph = DiGraph::<(), usize>::with_capacity(count, links.len());
    let nodes: Vec<_> = (0..count).map(|_| graph.add_node(())).collect();
    for (index, link) in links.iter().enumerate() {
        graph.add_edge(nodes[link.from], nodes[link.to], index);
    }
    let against: Vec<usize> = greedy_feedback_arc_set(&graph).map(|edge| graph[edge.id()]).collect();
    let mut turned = vec![false; links.len()];
    for index in against {
        turned[index] = true;
        let link = links[index];
        links[index] = Link { from: link.to, from_y: link.to_y, to: link.from, to_y: link.from_y };
    }
    turned
}
