//! Where the boxes of a diagram lie.
//!
//! Relations that refer to each other are laid out in layers from left to right, what is referred to left of what refers to it;
//! each connected part by itself, and the parts beside each other in about the shape of a screen. Everything here is plain geometry
//! in the diagram's own units (CSS pixels at zoom 1), and gives the same answer for the same input.
//!
//! The steps are those of Sugiyama, Tagawa and Toda ("Methods for visual understanding of hierarchical system structures", 1981):
//! circles are broken ([`acyclic`]), layers are found ([`layers`]), edges that span several layers get a waypoint in each ([`mesh`]),
//! layers are ordered to cross few edges ([`order`]), and boxes are placed with edges as straight as order allows ([`place`]).

mod acyclic;
mod layers;
mod mesh;
mod order;
mod pack;
mod place;
mod route;
mod settle;
mod simplex;
#[cfg(test)]
mod tests;

pub use route::route;
pub use settle::settle;

use std::collections::HashMap;

use petgraph::unionfind::UnionFind;

/// A box: its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// The upper left corner of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A line between two boxes, by their places in the list of boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The box that refers.
    pub from: usize,
    /// Where it leaves that box, from its top.
    pub from_y: f64,
    /// The box that is referred to.
    pub to: usize,
    /// Where it reaches that box, from its top.
    pub to_y: f64,
}

/// Distances between boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    /// Between boxes above each other.
    pub rows: f64,
    /// Between layers, where lines run.
    pub layers: f64,
    /// Between parts that nothing connects.
    pub parts: f64,
    /// Width over height that the whole should have.
    pub aspect: f64,
}

impl Default for Spacing {
    fn default() -> Self {
        Spacing { rows: 24.0, layers: 96.0, parts: 64.0, aspect: 1.6 }
    }
}

/// Where everything lies; the whole begins at (0, 0).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// The upper left corner of each box, in their order.
    pub places: Vec<Point>,
    /// The points that each link passes on its way from `from` to `to`, in the order of the links: boxes leave room for the line
    /// there. A link without any goes straight.
    pub ways: Vec<Vec<Point>>,
}

/// Boxes that are moved together, and the links between them.
struct Block {
    boxes: Vec<usize>,
    links: Vec<usize>,
    size: Size,
}

/// Lays all boxes out. Links from a box to itself and links that name no box get no way.
pub fn arrange(boxes: &[Size], links: &[Link], spacing: &Spacing) -> Arrangement {
    let mut found = Arrangement { places: vec![Point::default(); boxes.len()], ways: vec![Vec::new(); links.len()] };
    let mut blocks = parts(boxes.len(), links);
    for block in blocks.iter_mut().filter(|block| block.boxes.len() > 1) {
        block.size = layered(block, boxes, links, spacing, &mut found);
    }
    let (mut blocks, alone): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(|block| block.boxes.len() > 1);
    if !alone.is_empty() {
        let mut alone: Vec<Block> =
            alone.into_iter().map(|block| Block { size: boxes[block.boxes[0]], ..block }).collect();
        let close = Spacing { parts: spacing.rows, ..*spacing };
        let size = pack::shelves(&mut alone, &close, &mut found);
        let boxes = alone.into_iter().flat_map(|block| block.boxes).collect();
        blocks.push(Block { boxes, links: Vec::new(), size });
    }
    pack::shelves(&mut blocks, spacing, &mut found);
    found
}

/// Lays a connected part out and says how large it is; it begins at (0, 0).
fn layered(block: &Block, boxes: &[Size], links: &[Link], spacing: &Spacing, found: &mut Arrangement) -> Size {
    let local: HashMap<usize, usize> = block.boxes.iter().enumerate().map(|(local, index)| (*index, local)).collect();
    let sizes: Vec<Size> = block.boxes.iter().map(|index| boxes[*index]).collect();
    let mut inner: Vec<Link> = block
        .links
        .iter()
        .map(|index| links[*index])
        .map(|link| Link { from: local[&link.from], to: local[&link.to], ..link })
        .collect();
    let turned = acyclic::turn(sizes.len(), &mut inner);
    let layers = layers::assign(&sizes, &inner, spacing);
    let mut mesh = mesh::Mesh::new(&sizes, &inner, &layers);
    order::arrange(&mut mesh);
    let placed = place::place(&mesh, spacing);
    for (index, place) in block.boxes.iter().zip(&placed.boxes) {
        found.places[*index] = *place;
    }
    for ((index, mut way), turned) in block.links.iter().zip(placed.ways).zip(turned) {
        if turned {
            way.reverse();
        }
        found.ways[*index] = way;
    }
    placed.size
}

/// The connected parts, largest first; each lists its boxes and links in their order.
fn parts(count: usize, links: &[Link]) -> Vec<Block> {
    let drawn = |link: &Link| link.from != link.to && link.from < count && link.to < count;
    let mut sets = UnionFind::<usize>::new(count);
    for link in links.iter().filter(|link| drawn(link)) {
        sets.union(link.from, link.to);
    }
    let nothing = Size { width: 0.0, height: 0.0 };
    let mut parts: Vec<Block> =
        (0..count).map(|_| Block { boxes: Vec::new(), links: Vec::new(), size: nothing }).collect();
    for index in 0..count {
        parts[sets.find(index)].boxes.push(index);
    }
    for (index, link) in links.iter().enumerate().filter(|(_, link)| drawn(link)) {
        parts[sets.find(link.from)].links.push(index);
    }
    parts.retain(|part| !part.boxes.is_empty());
    parts.sort_by_key(|part| (std::cmp::Reverse(part.boxes.len()), part.boxes[0]));
    parts
}
