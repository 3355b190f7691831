//! Makes room for boxes that have grown since they were placed. Pure.

use erd::layout::{Point, Size};

/// Between a box and what moves out of its way.
const GAP: f64 = 24.0;

/// New places of the boxes that a grown one would cover: they move down, and what they would cover in turn. Boxes that lay over each
/// other before stay as they are. A box whose size before is not known counts as if it had the same.
pub(super) fn make(places: &[Point], before: &[Option<Size>], now: &[Size]) -> Vec<(usize, Point)> {
    let old = |index: usize| before.get(index).copied().flatten().unwrap_or(now[index]);
    let grown = |index: usize| now[index].width > old(index).width || now[index].height > old(index).height;
    if !(0..now.len()).any(grown) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..now.len().min(places.len())).collect();
    order.sort_by(|a, b| places[*a].y.total_cmp(&places[*b].y).then(a.cmp(b)));
    let mut found: Vec<Point> = places.to_vec();
    for (turn, index) in order.iter().copied().enumerate() {
        // Whoever is above has its place by now. Moving below one may bring it over the next.
        loop {
            let covering = order[..turn].iter().copied().filter(|above| {
                let changed = grown(*above) || grown(index) || found[*above] != places[*above];
                changed
                    && overlap((found[*above], now[*above]), (found[index], now[index]))
                    && !overlap((places[*above], old(*above)), (places[index], old(index)))
            });
            let below = covering.map(|above| found[above].y + now[above].height + GAP).fold(f64::MIN, f64::max);
            if below <= found[index].y {
                break;
            }
            found[index].y = below;
        }
    }
    (0..found.len()).filter(|index| found[*index] != places[*index]).map(|index| (index, found[index])).collect()
}

/// Whether two boxes share some ground.
pub(super) fn overlap(a: (Point, Size), b: (Point, Size)) -> bool {
    a.0.x < b.0.x + b.1.width && b.0.x < a.0.x + a.1.width && a.0.y < b.0.y + b.1.height && b.0.y < a.0.y + a.1.height
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size { width: 100.0, height: 30.0 };
    const LARGE: Size = Size { width: 100.0, height: 130.0 };

    fn at(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    #[test]
    fn what_a_grown_box_would_cover_moves_down_and_the_rest_stays() {
        let places = [at(0.0, 0.0), at(0.0, 50.0), at(50.0, 100.0), at(300.0, 50.0), at(0.0, 400.0)];
        let moved = make(
            &places,
            &[Some(SMALL), Some(SMALL), Some(SMALL), Some(SMALL), Some(SMALL)],
            &[LARGE, SMALL, SMALL, SMALL, SMALL],
        );
        assert_eq!(moved, [(1, at(0.0, 154.0)), (2, at(50.0, 208.0))]);
    }

    #[test]
    fn boxes_that_lay_over_each_other_or_did_not_grow_stay() {
        let places = [at(0.0, 0.0), at(0.0, 10.0)];
        assert_eq!(make(&places, &[Some(SMALL), Some(SMALL)], &[LARGE, LARGE]), []);
        assert_eq!(make(&places, &[Some(LARGE), None], &[SMALL, SMALL]), []);
        assert_eq!(make(&[], &[], &[]), []);
    }

    #[test]
    fn after_all_have_grown_none_covers_another() {
        let places: Vec<Point> = (0..60).map(|n| at(f64::from(n % 6) * 70.0, f64::from(n / 6) * 31.0)).collect();
        let apart: Vec<Point> = places.iter().map(|place| at(place.x * 2.0, place.y)).collect();
        let mut found = apart.clone();
        let moved = make(&apart, &vec![Some(SMALL); 60], &vec![LARGE; 60]);
        moved.iter().for_each(|(index, place)| found[*index] = *place);
        let pairs = (0..60).flat_map(|a| (a + 1..60).map(move |b| (a, b)));
        assert!(pairs.into_iter().all(|(a, b)| !overlap((found[a], LARGE), (found[b], LARGE))));
    }
}
