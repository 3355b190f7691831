//! Lays out what is kept together in frames: each frame's boxes by themselves, then the frames as boxes. Lines between frames leave a
//! frame through the rooms between its layers and shelves, so that they cross no box in it.

use super::{
    Arrangement, Berth, Framing, Laid, Link, Point, Size, Spacing, arrange, heights, lay, lengths, route, stub,
};

/// The room above and below a frame in which lines run that leave it through its upper or lower edge.
const GUTTER: f64 = 28.0;

/// What lies together: a frame with its boxes, or a box without a frame.
struct Group {
    boxes: Vec<usize>,
    framed: bool,
    laid: Laid,
    /// Where its boxes begin, from its own upper left corner.
    inset: Point,
    size: Size,
}

/// One end of a line between groups, from its group's corner.
struct End<'a> {
    group: usize,
    place: Point,
    size: Size,
    y: f64,
    berth: &'a Berth,
    inset: Point,
    /// The upper and the lower edge of the group's boxes.
    bounds: (f64, f64),
    framed: bool,
    lane: f64,
}

/// Lays all boxes out as [`arrange`] does, those of one frame together, so that frames overlap neither each other nor other boxes.
pub fn arrange_framed(boxes: &[Size], links: &[Link], framing: &Framing<'_>, spacing: &Spacing) -> Arrangement {
    if (0..boxes.len()).all(|index| framing.of(index).is_none()) {
        return arrange(boxes, links, spacing);
    }
    let (boxes, links) = (lengths(boxes), heights(links));
    let (of, local, members) = members(boxes.len(), framing);
    let drawn = |link: &Link| link.from < boxes.len() && link.to < boxes.len();
    let mut inner: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    let mut apart = vec![false; boxes.len()];
    let mut between = Vec::new();
    for (index, link) in links.iter().enumerate().filter(|(_, link)| drawn(link)) {
        if link.from == link.to || of[link.from] != of[link.to] {
            apart[link.from] = true;
            apart[link.to] = true;
        }
        if of[link.from] == of[link.to] {
            inner[of[link.from]].push(index);
        } else {
            between.push(index);
        }
    }
    let groups: Vec<Group> = members
        .into_iter()
        .zip(&inner)
        .map(|((boxes_of, framed), inner)| {
            let sizes: Vec<Size> = boxes_of.iter().map(|index| boxes[*index]).collect();
            let apart: Vec<bool> = boxes_of.iter().map(|index| apart[*index]).collect();
            let inner: Vec<Link> = inner
                .iter()
                .map(|index| Link { from: local[links[*index].from], to: local[links[*index].to], ..links[*index] })
                .collect();
            group(boxes_of, framed, lay(&sizes, &inner, &apart, spacing), framing)
        })
        .collect();
    let end = |index: usize, y: f64, to: usize| {
        let (group, local) = (&groups[of[index]], local[index]);
        End {
            group: of[index],
            place: group.laid.found.places[local],
            size: boxes[index],
            y,
            berth: &group.laid.berths[local],
            inset: group.inset,
            bounds: (0.0, group.laid.size.height),
            framed: group.framed,
            lane: route::lane(to),
        }
    };
    let ends: Vec<(End<'_>, End<'_>)> = between
        .iter()
        .map(|index| links[*index])
        .map(|link| (end(link.from, link.from_y, link.to), end(link.to, link.to_y, link.to)))
        .collect();
    // What refers is expected on the right of what it refers to.
    let outer: Vec<Link> = ends
        .iter()
        .map(|(from, to)| Link { from: from.group, from_y: from.edge(false), to: to.group, to_y: to.edge(true) })
        .collect();
    let sizes: Vec<Size> = groups.iter().map(|group| group.size).collect();
    let mut outer = lay(&sizes, &outer, &vec![false; sizes.len()], spacing);
    let mut found = Arrangement { places: vec![Point::default(); boxes.len()], ways: vec![Vec::new(); links.len()] };
    for ((group, inner), at) in groups.iter().zip(&inner).zip(&outer.found.places) {
        let shift = |point: &Point| Point { x: point.x + at.x + group.inset.x, y: point.y + at.y + group.inset.y };
        for (index, place) in group.boxes.iter().zip(&group.laid.found.places) {
            found.places[*index] = shift(place);
        }
        for (index, way) in inner.iter().zip(&group.laid.found.ways) {
            let link = links[*index];
            found.ways[*index] = stubbed(way, &link, &local, group, &boxes).iter().map(shift).collect();
        }
    }
    for ((index, (from, to)), way) in between.iter().zip(&ends).zip(&mut outer.found.ways) {
        let at = |end: &End<'_>| outer.found.places[end.group];
        let leftwards = at(to).x < at(from).x;
        let mut whole = from.way(at(from), &outer.berths[from.group], !leftwards);
        whole.append(way);
        whole.extend(to.way(at(to), &outer.berths[to.group], leftwards).into_iter().rev());
        found.ways[*index] = whole;
    }
    found
}

type Members = Vec<(Vec<usize>, bool)>;

/// The group of each box, its place in the group, and the groups: their boxes, and whether there is a frame around them.
fn members(count: usize, framing: &Framing<'_>) -> (Vec<usize>, Vec<usize>, Members) {
    let mut numbers = std::collections::HashMap::new();
    let (mut of, mut local, mut members) = (Vec::with_capacity(count), Vec::with_capacity(count), Members::new());
    for index in 0..count {
        let next = members.len();
        let group = framing.of(index).map_or(next, |frame| *numbers.entry(frame).or_insert(next));
        if group == next {
            members.push((Vec::new(), framing.of(index).is_some()));
        }
        of.push(group);
        local.push(members[group].0.len());
        members[group].0.push(index);
    }
    (of, local, members)
}

fn group(boxes: Vec<usize>, framed: bool, laid: Laid, framing: &Framing<'_>) -> Group {
    let (inset, size) = if framed {
        let (pad, inset) = (framing.pad, Point { x: framing.pad, y: framing.pad + framing.head + GUTTER });
        (inset, Size { width: laid.size.width + 2.0 * pad, height: laid.size.height + inset.y + pad + GUTTER })
    } else {
        (Point::default(), laid.size)
    };
    Group { boxes, framed, laid, inset, size }
}

/// The way of a line within a group, past wider boxes of its ends' layers.
fn stubbed(way: &[Point], link: &Link, local: &[usize], group: &Group, boxes: &[Size]) -> Vec<Point> {
    if link.from == link.to {
        return Vec::new();
    }
    let place = |index: usize| &group.laid.found.places[local[index]];
    let end = |index: usize, y: f64, other: usize| {
        let outwards = place(other).x > place(index).x;
        outwards.then(|| stub(place(index), boxes[index], y, &group.laid.berths[local[index]])).flatten()
    };
    let start = end(link.from, link.from_y, link.to).into_iter().flatten();
    let finish = end(link.to, link.to_y, link.from).into_iter().flat_map(|[out, edge]| [edge, out]);
    start.chain(way.iter().copied()).chain(finish).collect()
}

impl End<'_> {
    /// Whether nothing lies between the box and its group's edge on that side.
    fn is_open(&self, right: bool) -> bool {
        (if right { self.berth.after } else { self.berth.before }).is_infinite()
    }

    /// The height at which the line passes its group's edge on that side, from the group's corner.
    fn edge(&self, right: bool) -> f64 {
        let own = self.place.y + self.y;
        let y = if self.is_open(right) { own } else { self.room(own) };
        y + self.inset.y
    }

    /// The nearer of the rooms above and below what lies beside the box; the outermost are outside of the frame.
    fn room(&self, own: f64) -> f64 {
        let (top, bottom) = self.bounds;
        let berth = self.berth;
        let outside = route::fitted(self.lane, GUTTER);
        let above =
            if berth.above < top { top - self.inset.y + GUTTER / 2.0 + outside } else { berth.above + self.lane };
        let pad = self.inset.x;
        let below = if berth.below > bottom { bottom + pad + GUTTER / 2.0 + outside } else { berth.below + self.lane };
        if own - above <= below - own { above } else { below }
    }

    /// What the line passes from the box to the outer layer's edge on that side.
    fn way(&self, group: Point, outer: &Berth, right: bool) -> Vec<Point> {
        let corner = Point { x: group.x + self.inset.x, y: group.y + self.inset.y };
        let at = Point { x: corner.x + self.place.x, y: corner.y + self.place.y };
        let edge = if right { outer.right } else { outer.left };
        if !self.framed || self.is_open(right) {
            let (x, y) = (if right { at.x + self.size.width } else { at.x }, at.y + self.y);
            return vec![Point { x, y }, Point { x: edge, y }];
        }
        let y = corner.y + self.room(self.place.y + self.y);
        let beyond = if right { self.berth.right + self.berth.after } else { self.berth.left - self.berth.before };
        let mut way = Vec::new();
        if right {
            way.extend(stub(&self.place, self.size, self.y, self.berth).into_iter().flatten());
            way.iter_mut().for_each(|point| *point = Point { x: point.x + corner.x, y: point.y + corner.y });
        }
        way.extend([Point { x: corner.x + beyond, y }, Point { x: edge, y }]);
        way
    }
}
