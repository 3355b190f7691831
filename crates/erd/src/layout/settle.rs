//! Gives new boxes a place among those that have one.

use std::collections::{BTreeMap, HashMap};

use super::{Framing, LIMITS, Link, Point, Rect, Size, Spacing, arrange_framed, heights, lengths};

/// How fine places are looked for.
const STEP: f64 = 32.0;
/// Rings of places around the wished one that are tried before a box goes below everything.
const RINGS: i64 = 60;
/// The cells by which boxes are found again.
const CELL: f64 = 256.0;

/// The place of every box: those that have one keep it, the others come into their frame or near what they are linked with, and below
/// everything where there is neither. A place that is no number, or beyond all measure, counts as none.
pub fn settle(
    places: &[Option<Point>],
    boxes: &[Size],
    links: &[Link],
    framing: &Framing<'_>,
    spacing: &Spacing,
) -> Vec<Point> {
    let (boxes, links) = (&lengths(boxes), &heights(links));
    let is_sane = |at: &Point| at.x.abs() <= LIMITS.2 && at.y.abs() <= LIMITS.2;
    let known = |index: usize| places.get(index).copied().flatten().filter(is_sane);
    let mut taken = Taken {
        boxes,
        framing,
        spacing,
        cells: HashMap::new(),
        frames: BTreeMap::new(),
        strangers: Vec::new(),
        whole: None,
    };
    let mut found: Vec<Option<Point>> = (0..boxes.len()).map(known).collect();
    for (index, place) in found.iter().enumerate() {
        if let Some(place) = place {
            taken.add(index, *place);
        }
    }
    let Some(_) = taken.whole else { return arrange_framed(boxes, links, framing, spacing).places };
    let mut beside: Vec<Vec<Link>> = vec![Vec::new(); boxes.len()];
    for link in links.iter().filter(|link| link.from != link.to && link.from < boxes.len() && link.to < boxes.len()) {
        beside[link.from].push(*link);
        beside[link.to].push(*link);
    }
    // What is linked with most of what has a place comes first, and may draw others after it.
    loop {
        let placed = |index: usize, link: &Link| found[if link.from == index { link.to } else { link.from }].is_some();
        let next = (0..boxes.len())
            .filter(|index| found[*index].is_none())
            .map(|index| (beside[index].iter().filter(|link| placed(index, link)).count(), index))
            .filter(|(count, index)| *count > 0 || taken.frame(*index).is_some())
            .max_by_key(|(count, index)| (*count, std::cmp::Reverse(*index)));
        let Some((_, index)) = next else { break };
        let place = taken.near(taken.wished(index, &beside[index], &found), index);
        taken.add(index, place);
        found[index] = Some(place);
    }
    let rest: Vec<usize> = (0..boxes.len()).filter(|index| found[*index].is_none()).collect();
    let local: HashMap<usize, usize> = rest.iter().enumerate().map(|(local, index)| (*index, local)).collect();
    let inner: Vec<Link> = links
        .iter()
        .filter_map(|link| Some(Link { from: *local.get(&link.from)?, to: *local.get(&link.to)?, ..*link }))
        .collect();
    let sizes: Vec<Size> = rest.iter().map(|index| boxes[*index]).collect();
    let of: Vec<Option<usize>> = rest.iter().map(|index| framing.of(*index)).collect();
    let below = taken.below();
    for (index, place) in
        rest.iter().zip(arrange_framed(&sizes, &inner, &Framing { of: &of, ..*framing }, spacing).places)
    {
        found[*index] = Some(Point { x: below.x + place.x, y: below.y + place.y });
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// Which boxes and frames lie where.
struct Taken<'a> {
    boxes: &'a [Size],
    framing: &'a Framing<'a>,
    spacing: &'a Spacing,
    cells: HashMap<(i64, i64), Vec<(usize, Rect)>>,
    frames: BTreeMap<usize, Rect>,
    /// Boxes without a frame.
    strangers: Vec<Rect>,
    whole: Option<Rect>,
}

impl Taken<'_> {
    fn add(&mut self, index: usize, at: Point) {
        let rect = Rect { at, size: self.boxes[index] };
        let mut outer = rect;
        if let Some(frame) = self.framing.of(index) {
            outer = self.framing.around([rect]).unwrap_or(rect);
            self.frames.entry(frame).and_modify(|known| *known = known.with(&outer)).or_insert(outer);
        } else {
            self.strangers.push(rect);
        }
        self.whole = Some(self.whole.map_or(outer, |whole| whole.with(&outer)));
        for cell in cells(&rect, 0.0) {
            self.cells.entry(cell).or_default().push((index, rect));
        }
    }

    /// The frame that a box belongs to, if it is there already.
    fn frame(&self, index: usize) -> Option<&Rect> {
        self.frames.get(&self.framing.of(index)?)
    }

    /// Where lines to what has a place would be short and go the way that lines go: left of what refers, right of what is referred to.
    /// What its own frame holds counts more than what others hold; without any it is the foot of the frame.
    fn wished(&self, index: usize, links: &[Link], found: &[Option<Point>]) -> Point {
        let own = self.framing.of(index);
        let mut sums = [(Point::default(), 0.0); 2];
        for link in links {
            let refers = link.from == index;
            let (other, own_y, other_y) =
                if refers { (link.to, link.from_y, link.to_y) } else { (link.from, link.to_y, link.from_y) };
            let Some(at) = found[other] else { continue };
            let x = if refers {
                at.x + self.boxes[other].width + self.spacing.layers
            } else {
                at.x - self.spacing.layers - self.boxes[index].width
            };
            let sum = &mut sums[usize::from(self.framing.of(other) != own)];
            *sum = (Point { x: sum.0.x + x, y: sum.0.y + at.y + other_y - own_y }, sum.1 + 1.0);
        }
        let mean = |(sum, count): (Point, f64)| Point { x: sum.x / count, y: sum.y / count };
        match (sums, self.frame(index)) {
            ([near, _], _) if near.1 > 0.0 => mean(near),
            (_, Some(frame)) => {
                Point { x: frame.at.x + self.framing.pad, y: frame.bottom() - self.framing.pad + self.spacing.rows }
            }
            ([_, far], None) if far.1 > 0.0 => mean(far),
            (_, None) => self.below(),
        }
    }

    /// Below everything, on the left.
    fn below(&self) -> Point {
        let corner = |whole: Rect| Point { x: whole.at.x, y: whole.bottom() + self.spacing.parts };
        self.whole.map(corner).unwrap_or_default()
    }

    fn is_free(&self, rect: &Rect, gap: f64) -> bool {
        let wide = grown(rect, gap);
        cells(rect, gap).all(|cell| self.cells.get(&cell).into_iter().flatten().all(|(_, other)| !wide.overlaps(other)))
    }

    /// How well a box fits there: its frame, grown to hold it, keeps off all others (2); at least the box does (1).
    fn fit(&self, rect: &Rect, index: usize) -> u8 {
        let own = self.framing.of(index);
        let around = own.and_then(|_| self.framing.around([*rect])).unwrap_or(*rect);
        let off = |outer: &Rect| self.frames.iter().all(|(frame, other)| Some(*frame) == own || !other.overlaps(outer));
        if !off(&around) {
            return 0;
        }
        let frame = own.map(|frame| self.frames.get(&frame).map_or(around, |known| known.with(&around)));
        let clear = |frame: Rect| off(&frame) && !self.strangers.iter().any(|other| other.overlaps(&frame));
        if frame.is_none_or(clear) { 2 } else { 1 }
    }

    /// The free place nearest to the wished one, within a frame that overlaps no other if there is one.
    fn near(&self, wish: Point, index: usize) -> Point {
        let wish = Point { x: wish.x.round(), y: wish.y.round() };
        // The best so far: how well it fits, and where.
        let mut best: Option<(u8, Point)> = None;
        for ring in 0..RINGS {
            let around = (-ring..=ring).flat_map(|x| (-ring..=ring).map(move |y| (x, y)));
            let found = around
                .filter(|(x, y)| x.abs().max(y.abs()) == ring)
                .map(|(x, y)| Point { x: wish.x + x as f64 * STEP, y: wish.y + y as f64 * STEP })
                .filter_map(|at| {
                    let rect = Rect { at, size: self.boxes[index] };
                    self.is_free(&rect, self.spacing.rows).then(|| (self.fit(&rect, index), at))
                })
                .max_by(|a, b| a.0.cmp(&b.0).then(far(b.1, wish).total_cmp(&far(a.1, wish))));
            if let Some(found) = found
                && best.is_none_or(|best| best.0 < found.0)
            {
                best = Some(found);
            }
            if best.is_some_and(|best| best.0 == 2) {
                break;
            }
        }
        let below = self.below();
        let outside = Point { x: below.x + self.framing.pad, y: below.y + self.framing.pad + self.framing.head };
        best.map_or(outside, |(_, at)| at)
    }
}

fn far(a: Point, b: Point) -> f64 {
    (a.x - b.x).powi(2) + (a.y - b.y).powi(2)
}

fn grown(rect: &Rect, gap: f64) -> Rect {
    Rect {
        at: Point { x: rect.at.x - gap, y: rect.at.y - gap },
        size: Size { width: rect.size.width + 2.0 * gap, height: rect.size.height + 2.0 * gap },
    }
}

fn cells(rect: &Rect, gap: f64) -> impl Iterator<Item = (i64, i64)> + use<> {
    let wide = grown(rect, gap);
    let cell = |value: f64| (value / CELL).floor() as i64;
    let (left, right) = (cell(wide.at.x), cell(wide.right()));
    let (top, bottom) = (cell(wide.at.y), cell(wide.bottom()));
    (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x, y)))
}
