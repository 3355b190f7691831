//! Finds the layer of each box.

use std::collections::BTreeMap;

use super::{Link, Size, Spacing, simplex};

/// Steps of the simplex per box: what is left to gain after them is little.
const PIVOTS: usize = 4;

/// The layer of each box, from 0 on the left: what a box refers to is in a layer before its own, and lines are short. Layers are no
/// taller than suits a drawing of the wanted shape, so that what refers to one table by the hundred fills several. The boxes are
/// connected, and `links` close no circle.
pub(super) fn assign(sizes: &[Size], links: &[Link], spacing: &Spacing) -> Vec<usize> {
    let mut weights: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for link in links {
        *weights.entry((link.to, link.from)).or_default() += 1;
    }
    let edges: Vec<simplex::Edge> =
        weights.into_iter().map(|((left, right), weight)| simplex::Edge { left, right, weight }).collect();
    let layers = simplex::layers(sizes.len(), &edges, sizes.len() * PIVOTS);
    wrapped(sizes, links, spacing, &layers)
}

/// Several layers for each that is too tall: what others refer to stays near them, on the right.
fn wrapped(sizes: &[Size], links: &[Link], spacing: &Spacing, layers: &[usize]) -> Vec<usize> {
    let limit = tallest(sizes, spacing);
    let mut referred = vec![0usize; sizes.len()];
    for link in links {
        referred[link.to] += 1;
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); layers.iter().max().map_or(0, |last| last + 1)];
    for (index, layer) in layers.iter().enumerate() {
        members[*layer].push(index);
    }
    let mut found = vec![0; sizes.len()];
    let mut next = 0;
    for mut layer in members.into_iter().filter(|layer| !layer.is_empty()) {
        let height: f64 = layer.iter().map(|index| sizes[*index].height + spacing.rows).sum();
        let columns = (height / limit).ceil().max(1.0);
        layer.sort_by_key(|index| referred[*index]);
        let mut taken = 0.0;
        for index in layer {
            // By the middle of the box, so that rounding makes no column more.
            let tall = sizes[index].height + spacing.rows;
            let column = ((taken + tall / 2.0) / height * columns).floor().min(columns - 1.0);
            found[index] = next + column as usize;
            taken += tall;
        }
        next += columns as usize;
    }
    found
}

/// How tall a layer may be for the whole to have the wanted shape.
fn tallest(sizes: &[Size], spacing: &Spacing) -> f64 {
    let area: f64 = sizes.iter().map(|size| (size.width + spacing.layers) * (size.height + spacing.rows)).sum();
    let highest = sizes.iter().map(|size| size.height + spacing.rows).fold(0.0, f64::max);
    (area / spacing.aspect).sqrt().max(highest) * ROOM
}

/// How much taller than a full layer one may be: few layers are full.
const ROOM: f64 = 1.5;
