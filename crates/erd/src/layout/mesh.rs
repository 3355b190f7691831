//! Boxes and waypoints in layers, with lines between neighbouring layers only.

use std::collections::{HashMap, HashSet};

use super::{Link, Size};

/// The height that a line takes where it passes a layer.
pub(super) const LANE: f64 = 10.0;

/// A box, or the place where lines pass a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vertex {
    /// Its layer.
    pub layer: usize,
    /// Its height.
    pub height: f64,
    /// Whether lines only pass here.
    pub waypoint: bool,
}

/// A piece of a line between neighbouring layers; lines that reach the same place share their pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The vertex in the left layer, and where it is reached from its top.
    pub left: (usize, f64),
    /// The vertex in the right layer, and where it is left from its top.
    pub right: (usize, f64),
}

/// What is ordered and placed.
pub(super) struct Mesh {
    /// The boxes, in their order, and the waypoints after them.
    pub vertices: Vec<Vertex>,
    /// The width of each layer.
    pub widths: Vec<f64>,
    /// Each layer's vertices, from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// The pieces between each layer and the next.
    pub pieces: Vec<Vec<Piece>>,
    /// Each link's waypoints, from its right end to its left.
    pub ways: Vec<Vec<usize>>,
    /// How many boxes there are.
    pub boxes: usize,
}

impl Mesh {
    pub fn new(sizes: &[Size], links: &[Link], of: &[usize]) -> Self {
        let depth = of.iter().max().map_or(0, |last| last + 1);
        let mut mesh = Mesh {
            vertices: sizes
                .iter()
                .zip(of)
                .map(|(size, layer)| Vertex { layer: *layer, height: size.height, waypoint: false })
                .collect(),
            widths: vec![0.0; depth],
            layers: vec![Vec::new(); depth],
            pieces: vec![Vec::new(); depth.saturating_sub(1)],
            ways: Vec::with_capacity(links.len()),
            boxes: sizes.len(),
        };
        for (size, layer) in sizes.iter().zip(of) {
            mesh.widths[*layer] = mesh.widths[*layer].max(size.width);
        }
        // Keyed by the place that is reached: the box and the very height.
        let mut waypoints: HashMap<(usize, u64, usize), usize> = HashMap::new();
        let mut pieces: HashSet<(usize, u64, usize, u64)> = HashSet::new();
        for link in links {
            let (start, end) = (of[link.to], of[link.from]);
            let mut left = (link.to, link.to_y);
            let mut way = Vec::new();
            for layer in start + 1..=end {
                let right = if layer == end {
                    (link.from, link.from_y)
                } else {
                    let new = mesh.vertices.len();
                    let waypoint = *waypoints.entry((link.to, link.to_y.to_bits(), layer)).or_insert(new);
                    if waypoint == new {
                        mesh.vertices.push(Vertex { layer, height: LANE, waypoint: true });
                    }
                    way.push(waypoint);
                    (waypoint, LANE / 2.0)
                };
                let key = (left.0, left.1.to_bits(), right.0, right.1.to_bits());
                if pieces.insert(key) {
                    mesh.pieces[layer - 1].push(Piece { left, right });
                }
                left = right;
            }
            way.reverse();
            mesh.ways.push(way);
        }
        for (index, vertex) in mesh.vertices.iter().enumerate() {
            mesh.layers[vertex.layer].push(index);
        }
        mesh
    }
}
