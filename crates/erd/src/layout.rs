//! Where the boxes of a diagram lie.
//!
//! Relations that refer to each other are laid out in layers from left to right, what is referred to left of what refers to it;
//! each connected part by itself, and the parts beside each other in about the shape of a screen. Everything here is plain geometry
//! in the diagram's own units (CSS pixels at zoom 1), and gives the same answer for the same input.
//!
//! The steps are those of Sugiyama, Tagawa and Toda ("Methods for visual understanding of hierarchical system structures", 1981):
//! circles are broken ([`acyclic`]), layers are found ([`layers`]), edges that span several layers get a waypoint in each ([`mesh`]),
//! layers are ordered to cross few edges ([`order`]), and boxes are placed with edges as straight as order allows ([`place`]). Boxes
//! that are kept together are laid out so by themselves, and then their frames as boxes ([`frames`]).

mod acyclic;
mod frames;
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

pub use frames::arrange_framed;
pub use route::Course;
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

/// A box in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Its upper left corner.
    pub at: Point,
    /// Its size.
    pub size: Size,
}

impl Rect {
    /// Its right edge.
    pub fn right(&self) -> f64 {
        self.at.x + self.size.width
    }

    /// Its lower edge.
    pub fn bottom(&self) -> f64 {
        self.at.y + self.size.height
    }

    /// The smallest that holds both.
    fn with(&self, other: &Rect) -> Rect {
        let at = Point { x: self.at.x.min(other.at.x), y: self.at.y.min(other.at.y) };
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Rect { at, size: Size { width: right - at.x, height: bottom - at.y } }
    }

    fn overlaps(&self, other: &Rect) -> bool {
        self.at.x < other.right()
            && other.at.x < self.right()
            && self.at.y < other.bottom()
            && other.at.y < self.bottom()
    }
}

/// Which boxes are kept together in frames, and what a frame keeps clear around them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Framing<'a> {
    /// The frame of each box, by number; none beyond the end.
    pub of: &'a [Option<usize>],
    /// On every side.
    pub pad: f64,
    /// Above, for a title, on top of that.
    pub head: f64,
}

impl Framing<'_> {
    fn of(&self, index: usize) -> Option<usize> {
        self.of.get(index).copied().flatten()
    }

    /// The frame around what lies there; `None` around nothing.
    pub fn around(&self, members: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        let inner = members.into_iter().reduce(|all, one| all.with(&one))?;
        Some(Rect {
            at: Point { x: inner.at.x - self.pad, y: inner.at.y - self.pad - self.head },
            size: Size {
                width: inner.size.width + 2.0 * self.pad,
                height: inner.size.height + 2.0 * self.pad + self.head,
            },
        })
    }
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

/// How lines get away from a box, past what lies beside it.
#[derive(Clone, Copy, Default)]
struct Berth {
    /// The edges of its layer.
    left: f64,
    right: f64,
    /// The room on both sides of its layer; endless where nothing lies there.
    before: f64,
    after: f64,
    /// The middles of the rooms above and below all that lies beside it.
    above: f64,
    below: f64,
}

/// What was laid out.
struct Laid {
    found: Arrangement,
    berths: Vec<Berth>,
    size: Size,
}

/// Nothing is wider, higher or further away: what comes from outside may be any number.
const LIMITS: (f64, f64, f64) = (1e4, 1e6, 1e7);

/// A length that can be reckoned with.
fn length(value: f64, limit: f64) -> f64 {
    if value.is_finite() { value.clamp(0.0, limit) } else { 0.0 }
}

fn lengths(boxes: &[Size]) -> Vec<Size> {
    boxes
        .iter()
        .map(|size| Size { width: length(size.width, LIMITS.0), height: length(size.height, LIMITS.1) })
        .collect()
}

fn heights(links: &[Link]) -> Vec<Link> {
    links
        .iter()
        .map(|link| Link { from_y: length(link.from_y, LIMITS.1), to_y: length(link.to_y, LIMITS.1), ..*link })
        .collect()
}

/// Lays all boxes out. Links from a box to itself and links that name no box get no way.
pub fn arrange(boxes: &[Size], links: &[Link], spacing: &Spacing) -> Arrangement {
    let (boxes, links) = (lengths(boxes), heights(links));
    let mut apart = vec![false; boxes.len()];
    for link in links.iter().filter(|link| link.from == link.to && link.to < boxes.len()) {
        apart[link.to] = true;
    }
    let mut laid = lay(&boxes, &links, &apart, spacing);
    for (link, way) in links.iter().zip(&mut laid.found.ways).filter(|(link, _)| link.from != link.to) {
        let (Some(from), Some(to)) = (laid.found.places.get(link.from), laid.found.places.get(link.to)) else {
            continue;
        };
        let end = |index: usize, at: &Point, y: f64, other: &Point| {
            if other.x > at.x { stub(at, boxes[index], y, &laid.berths[index]) } else { None }
        };
        let (start, finish) = (end(link.from, from, link.from_y, to), end(link.to, to, link.to_y, from));
        way.splice(0..0, start.into_iter().flatten());
        way.extend(finish.into_iter().flat_map(|[out, edge]| [edge, out]));
    }
    laid.found
}

/// What a line passes behind a box that is narrower than its layer, where it leaves on the right: others there may be wider.
fn stub(at: &Point, size: Size, y: f64, berth: &Berth) -> Option<[Point; 2]> {
    let (x, y) = (at.x + size.width, at.y + y);
    (x < berth.right).then_some([Point { x, y }, Point { x: berth.right, y }])
}

/// Lays all boxes out. Those that are `apart` have lines beside them, though not to others of these boxes.
fn lay(boxes: &[Size], links: &[Link], apart: &[bool], spacing: &Spacing) -> Laid {
    let mut laid = Laid {
        found: Arrangement { places: vec![Point::default(); boxes.len()], ways: vec![Vec::new(); links.len()] },
        berths: vec![Berth::default(); boxes.len()],
        size: Size { width: 0.0, height: 0.0 },
    };
    let stands = |block: &Block| block.boxes.len() > 1 || block.boxes.iter().any(|index| apart[*index]);
    let mut blocks = parts(boxes.len(), links);
    for block in blocks.iter_mut().filter(|block| stands(block)) {
        block.size = layered(block, boxes, links, spacing, &mut laid);
    }
    let (mut blocks, alone): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(stands);
    if !alone.is_empty() {
        let mut alone: Vec<Block> =
            alone.into_iter().map(|block| Block { size: boxes[block.boxes[0]], ..block }).collect();
        let close = Spacing { parts: spacing.rows, ..*spacing };
        let size = pack::shelves(&mut alone, &close, &mut laid);
        let boxes = alone.into_iter().flat_map(|block| block.boxes).collect();
        blocks.push(Block { boxes, links: Vec::new(), size });
    }
    laid.size = pack::shelves(&mut blocks, spacing, &mut laid);
    laid
}

/// Lays a connected part out and says how large it is; it begins at (0, 0).
fn layered(block: &Block, boxes: &[Size], links: &[Link], spacing: &Spacing, laid: &mut Laid) -> Size {
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
    for ((index, place), layer) in block.boxes.iter().zip(&placed.boxes).zip(&layers) {
        laid.found.places[*index] = *place;
        let room = |outermost: bool| if outermost { f64::INFINITY } else { spacing.layers };
        laid.berths[*index] = Berth {
            left: place.x,
            right: place.x + mesh.widths[*layer],
            before: room(*layer == 0),
            after: room(*layer + 1 == mesh.layers.len()),
            ..Berth::default()
        };
    }
    for ((index, mut way), turned) in block.links.iter().zip(placed.ways).zip(turned) {
        if turned {
            way.reverse();
        }
        laid.found.ways[*index] = way;
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
