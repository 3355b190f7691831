//! Gives new boxes a place among those that have one.

use std::collections::HashMap;

use super::{Link, Point, Size, Spacing, arrange};

/// How fine places are looked for.
const STEP: f64 = 32.0;
/// Rings of places around the wished one that are tried before a box goes below everything.
const RINGS: i64 = 60;
/// The cells by which boxes are found again.
const CELL: f64 = 256.0;

/// The place of every box: those that have one keep it, the others come near what they are linked with, or below everything where
/// that is nothing. A place that is no number counts as none.
pub fn settle(places: &[Option<Point>], boxes: &[Size], links: &[Link], spacing: &Spacing) -> Vec<Point> {
    let known = |index: usize| places.get(index).copied().flatten().filter(|at| at.x.is_finite() && at.y.is_finite());
    let mut taken = Taken::default();
    let mut found: Vec<Option<Point>> = (0..boxes.len()).map(known).collect();
    for (index, place) in found.iter().enumerate() {
        if let Some(place) = place {
            taken.add(index, *place, boxes[index]);
        }
    }
    if taken.cells.is_empty() {
        return arrange(boxes, links, spacing).places;
    }
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
            .filter(|(count, _)| *count > 0)
            .max_by_key(|(count, index)| (*count, std::cmp::Reverse(*index)));
        let Some((_, index)) = next else { break };
        let place = taken.near(wished(index, boxes, &beside[index], &found, spacing), boxes[index], boxes, spacing);
        taken.add(index, place, boxes[index]);
        found[index] = Some(place);
    }
    let rest: Vec<usize> = (0..boxes.len()).filter(|index| found[*index].is_none()).collect();
    let local: HashMap<usize, usize> = rest.iter().enumerate().map(|(local, index)| (*index, local)).collect();
    let inner: Vec<Link> = links
        .iter()
        .filter_map(|link| Some(Link { from: *local.get(&link.from)?, to: *local.get(&link.to)?, ..*link }))
        .collect();
    let sizes: Vec<Size> = rest.iter().map(|index| boxes[*index]).collect();
    let below = Point { x: taken.left, y: taken.bottom + spacing.parts };
    for (index, place) in rest.iter().zip(arrange(&sizes, &inner, spacing).places) {
        found[*index] = Some(Point { x: below.x + place.x, y: below.y + place.y });
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// Where lines to what has a place would be short and go the way that lines go: left of what refers, right of what is referred to.
fn wished(index: usize, boxes: &[Size], links: &[Link], found: &[Option<Point>], spacing: &Spacing) -> Point {
    let mut sum = (Point::default(), 0.0);
    for link in links {
        let refers = link.from == index;
        let (other, own_y, other_y) =
            if refers { (link.to, link.from_y, link.to_y) } else { (link.from, link.to_y, link.from_y) };
        let Some(at) = found[other] else { continue };
        let x = if refers {
            at.x + boxes[other].width + spacing.layers
        } else {
            at.x - spacing.layers - boxes[index].width
        };
        sum = (Point { x: sum.0.x + x, y: sum.0.y + at.y + other_y - own_y }, sum.1 + 1.0);
    }
    Point { x: sum.0.x / sum.1, y: sum.0.y / sum.1 }
}

/// Which boxes lie where.
#[derive(Default)]
struct Taken {
    cells: HashMap<(i64, i64), Vec<(usize, Point)>>,
    left: f64,
    bottom: f64,
}

impl Taken {
    fn add(&mut self, index: usize, at: Point, size: Size) {
        let first = self.cells.is_empty();
        self.left = if first { at.x } else { self.left.min(at.x) };
        self.bottom = if first { at.y + size.height } else { self.bottom.max(at.y + size.height) };
        for cell in cells(at, size, 0.0) {
            self.cells.entry(cell).or_default().push((index, at));
        }
    }

    fn is_free(&self, at: Point, size: Size, boxes: &[Size], gap: f64) -> bool {
        cells(at, size, gap).all(|cell| {
            self.cells.get(&cell).into_iter().flatten().all(|(other, place)| {
                let other = boxes[*other];
                at.x + size.width + gap <= place.x
                    || place.x + other.width + gap <= at.x
                    || at.y + size.height + gap <= place.y
                    || place.y + other.height + gap <= at.y
            })
        })
    }

    /// The free place nearest to the wished one.
    fn near(&self, wish: Point, size: Size, boxes: &[Size], spacing: &Spacing) -> Point {
        let wish = Point { x: wish.x.round(), y: wish.y.round() };
        for ring in 0..RINGS {
            let around = (-ring..=ring).flat_map(|x| (-ring..=ring).map(move |y| (x, y)));
            let free = around
                .filter(|(x, y)| x.abs().max(y.abs()) == ring)
                .map(|(x, y)| Point { x: wish.x + x as f64 * STEP, y: wish.y + y as f64 * STEP })
                .filter(|at| self.is_free(*at, size, boxes, spacing.rows))
                .min_by(|a, b| far(*a, wish).total_cmp(&far(*b, wish)));
            if let Some(at) = free {
                return at;
            }
        }
        Point { x: self.left, y: self.bottom + spacing.parts }
    }
}

fn far(a: Point, b: Point) -> f64 {
    (a.x - b.x).powi(2) + (a.y - b.y).powi(2)
}

fn cells(at: Point, size: Size, gap: f64) -> impl Iterator<Item = (i64, i64)> {
    let cell = |value: f64| (value / CELL).floor() as i64;
    let (left, right) = (cell(at.x - gap), cell(at.x + size.width + gap));
    let (top, bottom) = (cell(at.y - gap), cell(at.y + size.height + gap));
    (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x, y)))
}
