//! Gives boxes their places: layers side by side, and in each the heights at which lines are as straight as the order allows.

use super::{
    Point, Size, Spacing,
    mesh::{LANE, Mesh},
};

/// Sweeps to and fro.
const SWEEPS: usize = 16;
/// How much straighter lines between waypoints should be than others (Gansner and others, 1993, part 4).
const STRAIGHT: [f64; 3] = [1.0, 2.0, 8.0];

/// Where the boxes of a part lie; it begins at (0, 0).
pub(super) struct Placed {
    /// The upper left corner of each box.
    pub boxes: Vec<Point>,
    /// What each link passes, from its right end to its left.
    pub ways: Vec<Vec<Point>>,
    /// How large the whole is.
    pub size: Size,
}

/// Gives everything its place.
pub(super) fn place(mesh: &Mesh, spacing: &Spacing) -> Placed {
    let tops = heights(mesh, spacing);
    let mut lefts = Vec::with_capacity(mesh.layers.len());
    let mut x = 0.0;
    for width in &mesh.widths {
        lefts.push(x);
        x += width + spacing.layers;
    }
    let first = tops.iter().copied().fold(f64::INFINITY, f64::min);
    let last = mesh.vertices.iter().zip(&tops).map(|(vertex, top)| top + vertex.height).fold(first, f64::max);
    let boxes =
        (0..mesh.boxes).map(|index| Point { x: lefts[mesh.vertices[index].layer], y: (tops[index] - first).round() });
    let passed = |vertex: &usize| {
        let (layer, y) = (mesh.vertices[*vertex].layer, (tops[*vertex] - first + LANE / 2.0).round());
        // Straight behind the whole layer, which boxes leave free there.
        [Point { x: lefts[layer] + mesh.widths[layer], y }, Point { x: lefts[layer], y }]
    };
    Placed {
        boxes: boxes.collect(),
        ways: mesh.ways.iter().map(|way| way.iter().flat_map(passed).collect()).collect(),
        size: Size { width: x - spacing.layers, height: (last - first).ceil() },
    }
}

/// The upper edge of each vertex.
fn heights(mesh: &Mesh, spacing: &Spacing) -> Vec<f64> {
    let mut tops = vec![0.0; mesh.vertices.len()];
    for layer in &mesh.layers {
        let offsets = offsets(mesh, layer, spacing);
        for (vertex, offset) in layer.iter().zip(&offsets) {
            tops[*vertex] = *offset;
        }
    }
    // Per vertex: the other vertex, how much lower than it this one should begin, how much that matters, and whether it is on the left.
    let mut wishes: Vec<Vec<(usize, f64, f64, bool)>> = vec![Vec::new(); mesh.vertices.len()];
    for piece in mesh.pieces.iter().flatten() {
        let (left, right) = (piece.left, piece.right);
        let waypoints = [left.0, right.0].iter().filter(|vertex| mesh.vertices[**vertex].waypoint).count();
        let weight = STRAIGHT[waypoints];
        wishes[right.0].push((left.0, left.1 - right.1, weight, true));
        wishes[left.0].push((right.0, right.1 - left.1, weight, false));
    }
    for sweep in 0..SWEEPS {
        let forth = sweep % 2 == 0;
        // The last sweeps heed both sides.
        let both = sweep + 4 >= SWEEPS;
        let depth = mesh.layers.len();
        for step in 0..depth {
            let layer = &mesh.layers[if forth { step } else { depth - 1 - step }];
            let wanted: Vec<(f64, f64)> = layer
                .iter()
                .map(|vertex| {
                    let mut sum = (0.0, 0.0);
                    for (other, lower, weight, on_left) in &wishes[*vertex] {
                        if both || *on_left == forth {
                            sum = (sum.0 + weight * (tops[*other] + lower), sum.1 + weight);
                        }
                    }
                    // Whoever has no wish stays, but gives way to everybody.
                    if sum.1 == 0.0 { (tops[*vertex], 0.01) } else { (sum.0 / sum.1, sum.1) }
                })
                .collect();
            let offsets = offsets(mesh, layer, spacing);
            for (vertex, top) in layer.iter().zip(fitted(&wanted, &offsets)) {
                tops[*vertex] = top;
            }
        }
    }
    tops
}

/// How much lower than the layer's first each vertex begins at least.
fn offsets(mesh: &Mesh, layer: &[usize], spacing: &Spacing) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (index, vertex) in layer.iter().enumerate() {
        offsets.push(offset);
        let next = layer.get(index + 1).map(|next| mesh.vertices[*next]);
        let vertex = mesh.vertices[*vertex];
        // Lines may run close to each other, not close to boxes.
        let gap = match next {
            Some(next) if next.waypoint && vertex.waypoint => 0.0,
            Some(next) if next.waypoint || vertex.waypoint => spacing.rows / 2.0,
            _ => spacing.rows,
        };
        offset += vertex.height + gap;
    }
    offsets
}

/// The places nearest to the wanted ones (least squares) that keep the order and the distances: isotonic regression by pooling
/// adjacent violators, of places less their offsets.
fn fitted(wanted: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
    // Blocks that move together: mean, weight, count.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(wanted.len());
    for ((want, weight), offset) in wanted.iter().zip(offsets) {
        let mut block = (want - offset, *weight, 1);
        while let Some(last) = blocks.last().copied().filter(|last| last.0 > block.0) {
            blocks.pop();
            let weight = last.1 + block.1;
            block = ((last.0 * last.1 + block.0 * block.1) / weight, weight, last.2 + block.2);
        }
        blocks.push(block);
    }
    let shifts = blocks.iter().flat_map(|(mean, _, count)| std::iter::repeat_n(*mean, *count));
    shifts.zip(offsets).map(|(shift, offset)| shift + offset).collect()
}
