//! Orders each layer to cross few lines: sweeps by the mean of neighbours, then exchanges of neighbours (Gansner, Koutsofios, North and
//! Vo, "A technique for drawing directed graphs", 1993, part 3); crossings are counted as by Barth, Jünger and Mutzel, "Simple and
//! efficient bilayer cross counting" (2002).

use super::mesh::{Mesh, Piece};

/// Sweeps to and fro.
const SWEEPS: usize = 24;
/// Sweeps without gain after which no more are made.
const PATIENCE: usize = 6;
/// Rounds of exchanges.
const ROUNDS: usize = 8;

/// Orders the layers of a mesh.
pub(super) fn arrange(mesh: &mut Mesh) {
    let sides = Sides::of(mesh);
    begin(mesh, &sides);
    let mut place = places(mesh);
    let mut best = (crossings(mesh, &place), mesh.layers.clone());
    let mut vain = 0;
    for sweep in 0..SWEEPS {
        let forth = sweep % 2 == 0;
        let depth = mesh.layers.len();
        for step in 1..depth {
            let layer = if forth { step } else { depth - 1 - step };
            by_mean(mesh, &sides, &mut place, layer, forth);
        }
        exchange(mesh, &sides, &mut place, 2);
        let found = crossings(mesh, &place);
        if found < best.0 {
            best = (found, mesh.layers.clone());
            vain = 0;
        } else {
            vain += 1;
        }
        if found == 0 || vain > PATIENCE {
            break;
        }
    }
    mesh.layers = best.1;
    let mut place = places(mesh);
    exchange(mesh, &sides, &mut place, ROUNDS);
    centre(mesh, &sides, &mut place);
}

/// How often lines cross.
pub(super) fn crossings(mesh: &Mesh, place: &[f64]) -> u64 {
    mesh.pieces.iter().map(|pieces| between(pieces, place)).sum()
}

/// Where each end of a piece lies: its vertex's place, and within it by the height.
fn ends(piece: &Piece, place: &[f64]) -> (f64, f64) {
    (at(place, piece.left), at(place, piece.right))
}

/// The place of a vertex in its layer and of a height in it, as one number; heights are below a million.
fn at(place: &[f64], (vertex, y): (usize, f64)) -> f64 {
    place[vertex] + y / 1e6
}

/// Crossings between two layers: pairs whose right ends are the other way around than their left ends.
fn between(pieces: &[Piece], place: &[f64]) -> u64 {
    let mut ends: Vec<(f64, f64)> = pieces.iter().map(|piece| ends(piece, place)).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut right: Vec<f64> = ends.iter().map(|(_, right)| *right).collect();
    right.sort_by(f64::total_cmp);
    right.dedup();
    let mut counted = vec![0u64; right.len() + 1];
    let (mut crossings, mut before, mut index) = (0, 0u64, 0);
    while index < ends.len() {
        // Lines that leave the same place do not cross each other.
        let same = ends[index..].iter().take_while(|end| end.0 == ends[index].0).count();
        for (_, end) in &ends[index..index + same] {
            let rank = right.partition_point(|one| one < end) + 1;
            let (mut below, mut step) = (0, rank);
            while step > 0 {
                below += counted[step];
                step &= step - 1;
            }
            crossings += before - below;
        }
        for (_, end) in &ends[index..index + same] {
            let mut step = right.partition_point(|one| one < end) + 1;
            while step < counted.len() {
                counted[step] += 1;
                step += step & step.wrapping_neg();
            }
            before += 1;
        }
        index += same;
    }
    crossings
}

/// Each vertex's pieces to its left and to its right: the other end, and the own height.
struct Sides {
    left: Vec<Vec<((usize, f64), f64)>>,
    right: Vec<Vec<((usize, f64), f64)>>,
}

impl Sides {
    fn of(mesh: &Mesh) -> Self {
        let mut sides =
            Sides { left: vec![Vec::new(); mesh.vertices.len()], right: vec![Vec::new(); mesh.vertices.len()] };
        for piece in mesh.pieces.iter().flatten() {
            sides.left[piece.right.0].push((piece.left, piece.right.1));
            sides.right[piece.left.0].push((piece.right, piece.left.1));
        }
        sides
    }
}

/// A first order: what is connected comes together, as a walk from the left meets it.
fn begin(mesh: &mut Mesh, sides: &Sides) {
    let mut met = vec![false; mesh.vertices.len()];
    let mut order = vec![Vec::new(); mesh.layers.len()];
    let starts: Vec<usize> = mesh.layers.iter().flatten().copied().collect();
    for start in starts {
        let mut stack = vec![start];
        while let Some(vertex) = stack.pop() {
            if std::mem::replace(&mut met[vertex], true) {
                continue;
            }
            order[mesh.vertices[vertex].layer].push(vertex);
            let others = sides.right[vertex].iter().chain(&sides.left[vertex]);
            stack.extend(others.map(|((other, _), _)| *other).filter(|other| !met[*other]));
        }
    }
    mesh.layers = order;
}

fn places(mesh: &Mesh) -> Vec<f64> {
    let mut place = vec![0.0; mesh.vertices.len()];
    for layer in &mesh.layers {
        number(layer, &mut place);
    }
    place
}

fn number(layer: &[usize], place: &mut [f64]) {
    for (index, vertex) in layer.iter().enumerate() {
        place[*vertex] = index as f64;
    }
}

/// Sorts a layer by the mean place of what its vertices are connected with on one side; those without stay where they are.
fn by_mean(mesh: &mut Mesh, sides: &Sides, place: &mut [f64], layer: usize, forth: bool) {
    let side = if forth { &sides.left } else { &sides.right };
    let order = &mut mesh.layers[layer];
    let mean = |vertex: usize| {
        let others = &side[vertex];
        let sum: f64 = others.iter().map(|(other, _)| at(place, *other)).sum();
        (!others.is_empty()).then(|| sum / others.len() as f64)
    };
    let mut sorted: Vec<(f64, usize)> =
        order.iter().filter_map(|vertex| mean(*vertex).map(|mean| (mean, *vertex))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sorted = sorted.into_iter();
    for slot in order.iter_mut() {
        if !side[*slot].is_empty()
            && let Some((_, vertex)) = sorted.next()
        {
            *slot = vertex;
        }
    }
    number(order, place);
}

/// Exchanges neighbours of a layer as long as that crosses fewer lines.
fn exchange(mesh: &mut Mesh, sides: &Sides, place: &mut [f64], rounds: usize) {
    let mut buffers = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let mut better = false;
        for layer in 0..mesh.layers.len() {
            for index in 1..mesh.layers[layer].len() {
                let (upper, lower) = (mesh.layers[layer][index - 1], mesh.layers[layer][index]);
                let mut gain = 0i64;
                for side in [&sides.left, &sides.right] {
                    gain += gained(&side[upper], &side[lower], place, &mut buffers);
                }
                if gain > 0 {
                    mesh.layers[layer].swap(index - 1, index);
                    place.swap(upper, lower);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// Moves lines that go on past boxes to the middle of those boxes which they reach as well, where that crosses no more lines: above or
/// below them it would be drawn away from its course, more with each layer.
fn centre(mesh: &mut Mesh, sides: &Sides, place: &mut [f64]) {
    let mut buffers = (Vec::new(), Vec::new());
    for layer in 0..mesh.layers.len() {
        let lines: Vec<usize> =
            mesh.layers[layer].iter().copied().filter(|vertex| mesh.vertices[*vertex].waypoint).collect();
        for line in lines {
            let Some(((from, _), _)) = sides.left[line].first().copied() else { continue };
            let sibling = |vertex: usize| sides.left[vertex].iter().any(|((other, _), _)| *other == from);
            let order = &mut mesh.layers[layer];
            let mut at = place[line] as usize;
            let above = order[..at].iter().rev().take_while(|vertex| sibling(**vertex)).count();
            let below = order[at + 1..].iter().take_while(|vertex| sibling(**vertex)).count();
            for _ in 0..above.abs_diff(below) / 2 {
                let other = if above > below { at - 1 } else { at + 1 };
                let (upper, lower) = (order[at.min(other)], order[at.max(other)]);
                let mut gain = 0;
                for side in [&sides.left, &sides.right] {
                    gain += gained(&side[upper], &side[lower], place, &mut buffers);
                }
                if gain < 0 {
                    break;
                }
                order.swap(at, other);
                place.swap(upper, lower);
                at = other;
            }
        }
    }
}

type Ends = Vec<((usize, f64), f64)>;

/// How many crossings fewer there are on one side when two neighbours change places.
fn gained(upper: &Ends, lower: &Ends, place: &[f64], (a, b): &mut (Vec<f64>, Vec<f64>)) -> i64 {
    if upper.is_empty() || lower.is_empty() {
        return 0;
    }
    a.clear();
    b.clear();
    a.extend(upper.iter().map(|(other, _)| at(place, *other)));
    b.extend(lower.iter().map(|(other, _)| at(place, *other)));
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    // Pairs whose upper end lies below the lower end cross now; pairs the other way around would.
    let pairs = |a: &[f64], b: &[f64]| {
        let (mut pairs, mut under) = (0i64, 0usize);
        for one in a {
            while under < b.len() && b[under] < *one {
                under += 1;
            }
            pairs += under as i64;
        }
        pairs
    };
    pairs(a, b) - pairs(b, a)
}
