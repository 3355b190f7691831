use super::*;

fn random(seed: &mut u64, below: u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed % below
}

/// A database of so many tables, with hubs, circles and tables alone.
fn database(count: usize, mut seed: u64) -> (Vec<Size>, Vec<Link>) {
    let seed = &mut seed;
    let boxes: Vec<Size> = (0..count)
        .map(|_| Size { width: 160.0 + random(seed, 80) as f64, height: 48.0 + 20.0 * random(seed, 14) as f64 })
        .collect();
    let mut links = Vec::new();
    for from in 1..count {
        for _ in 0..random(seed, 3) {
            let near = from.saturating_sub(1 + random(seed, 30) as usize);
            let to = match random(seed, 10) {
                0 => random(seed, count as u64) as usize,
                1..=3 => random(seed, 4) as usize,
                _ => near,
            };
            let from_y = 38.0 + random(seed, 3) as f64 * 20.0;
            links.push(Link { from, from_y, to: to.min(count - 1), to_y: 38.0 });
        }
    }
    (boxes, links)
}

fn overlap(places: &[Point], boxes: &[Size]) -> Option<(usize, usize)> {
    let pairs = (0..boxes.len()).flat_map(|a| (a + 1..boxes.len()).map(move |b| (a, b)));
    pairs.into_iter().find(|(a, b)| {
        let ((p, s), (q, t)) = ((places[*a], boxes[*a]), (places[*b], boxes[*b]));
        p.x < q.x + t.width && q.x < p.x + s.width && p.y < q.y + t.height && q.y < p.y + s.height
    })
}

fn course(link: &Link, boxes: &[Size], places: &[Point]) -> Course {
    let rect = |index: usize| Rect { at: places[index], size: boxes[index] };
    Course {
        from: rect(link.from),
        from_y: link.from_y,
        to: rect(link.to),
        to_y: link.to_y,
        own: link.from == link.to,
        lane: link.to,
    }
}

fn inside(point: Point, at: Point, size: Size) -> bool {
    at.x < point.x && point.x < at.x + size.width && at.y < point.y && point.y < at.y + size.height
}

#[test]
fn boxes_never_overlap_and_ways_keep_out_of_them() {
    for (count, seed) in [(1, 3), (2, 5), (30, 7), (120, 11), (400, 13)] {
        let (boxes, links) = database(count, seed);
        let found = arrange(&boxes, &links, &Spacing::default());
        assert_eq!(overlap(&found.places, &boxes), None, "{count}");
        assert!(found.places.iter().all(|at| at.x >= 0.0 && at.y >= 0.0 && at.x.is_finite() && at.y.is_finite()));
        assert_eq!(found.ways.len(), links.len());
        for (at, size) in found.places.iter().zip(&boxes) {
            for points in &found.ways {
                assert!(
                    points.iter().all(|point| !inside(*point, *at, *size)),
                    "{count}: {points:?} in {at:?} {size:?}"
                );
                // Behind a layer the line is level.
                for pair in points.chunks(2) {
                    let middle = Point { x: f64::midpoint(pair[0].x, pair[1].x), y: pair[0].y };
                    assert_eq!(pair[0].y, pair[1].y);
                    assert!(!inside(middle, *at, *size));
                }
            }
        }
        assert_eq!(found, arrange(&boxes, &links, &Spacing::default()), "the same answer for the same question");
    }
}

#[test]
fn what_is_referred_to_lies_left() {
    let boxes = vec![Size { width: 200.0, height: 100.0 }; 4];
    let link = |from, to| Link { from, from_y: 50.0, to, to_y: 30.0 };
    let found = arrange(&boxes, &[link(1, 0), link(2, 1), link(3, 2), link(3, 0)], &Spacing::default());
    assert!(found.places.windows(2).all(|pair| pair[0].x + 200.0 < pair[1].x));
    assert_eq!(found.ways[0], []);
    assert_eq!(found.ways[3].len(), 4, "the long line passes two layers");
    assert!(found.ways[3].windows(2).all(|pair| pair[0].x > pair[1].x), "from the right to the left");
}

#[test]
fn circles_loops_and_links_to_nothing_are_no_trouble() {
    let boxes = vec![Size { width: 100.0, height: 60.0 }; 3];
    let link = |from, to| Link { from, from_y: 10.0, to, to_y: 10.0 };
    let links = [link(0, 1), link(1, 2), link(2, 0), link(1, 1), link(0, 7), link(9, 2), link(0, 1)];
    let found = arrange(&boxes, &links, &Spacing::default());
    assert_eq!(overlap(&found.places, &boxes), None);
    assert_eq!(arrange(&[], &[], &Spacing::default()), Arrangement::default());
    assert_eq!(arrange(&[], &[link(0, 1)], &Spacing::default()).ways, [vec![]]);
}

/// What five hundred tables refer to: no column of boxes as tall as a house.
#[test]
fn a_hub_is_no_tower() {
    let boxes = vec![Size { width: 180.0, height: 120.0 }; 501];
    let links: Vec<Link> = (1..501).map(|from| Link { from, from_y: 50.0, to: 0, to_y: 30.0 }).collect();
    let found = arrange(&boxes, &links, &Spacing::default());
    assert_eq!(overlap(&found.places, &boxes), None);
    let width = found.places.iter().map(|at| at.x + 180.0).fold(0.0, f64::max);
    let height = found.places.iter().map(|at| at.y + 120.0).fold(0.0, f64::max);
    assert!((0.4..4.0).contains(&(width / height)), "{width} x {height}");
}

#[test]
fn a_new_box_moves_no_other() {
    let (boxes, links) = database(200, 17);
    let old = arrange(&boxes[..190], &links, &Spacing::default()).places;
    let known: Vec<Option<Point>> = old.iter().copied().map(Some).chain(std::iter::repeat_n(None, 10)).collect();
    let found = settle(&known, &boxes, &links, &Framing::default(), &Spacing::default());
    assert_eq!(found[..190], old);
    assert_eq!(overlap(&found, &boxes), None);
    for link in links.iter().filter(|link| link.from >= 190 && link.to < 190) {
        let (from, to) = (found[link.from], found[link.to]);
        let far = ((from.x - to.x).powi(2) + (from.y - to.y).powi(2)).sqrt();
        assert!(far < 6000.0, "{link:?} is {far} long");
    }
}

#[test]
fn places_that_are_no_numbers_count_as_none() {
    let boxes = vec![Size { width: 100.0, height: 60.0 }; 3];
    let link = Link { from: 1, from_y: 10.0, to: 0, to_y: 10.0 };
    let known = [Some(Point { x: 40.0, y: 40.0 }), Some(Point { x: f64::NAN, y: 0.0 })];
    let found = settle(&known, &boxes, &[link], &Framing::default(), &Spacing::default());
    assert_eq!(found[0], Point { x: 40.0, y: 40.0 });
    assert_eq!(overlap(&found, &boxes), None);
    assert!(found[1].x > 140.0, "right of what it refers to: {found:?}");
    assert!(found[2].y > 100.0, "what nothing is linked with lies below: {found:?}");
    assert_eq!(
        settle(&[], &boxes, &[link], &Framing::default(), &Spacing::default()),
        arrange(&boxes, &[link], &Spacing::default()).places
    );
}

#[test]
fn lines_are_level_or_upright_and_end_at_their_boxes() {
    let (boxes, mut links) = database(150, 23);
    links.push(Link { from: 5, from_y: 60.0, to: 5, to_y: 38.0 });
    let found = arrange(&boxes, &links, &Spacing::default());
    // As arranged, and after somebody has moved every third box, above and below others too.
    let moved: Vec<Point> = found
        .places
        .iter()
        .enumerate()
        .map(|(index, at)| if index % 3 == 0 { Point { x: at.x / 3.0, y: at.y + 77.0 } } else { *at })
        .collect();
    let none = vec![Vec::new(); links.len()];
    for (places, ways) in [(&found.places, &found.ways), (&moved, &none)] {
        for (link, way) in links.iter().zip(ways) {
            let corners = course(link, &boxes, places).corners(way);
            assert!(corners.windows(2).all(|pair| pair[0].x == pair[1].x || pair[0].y == pair[1].y), "{corners:?}");
            for (end, next, of, y) in [
                (corners[0], corners[1], link.from, link.from_y),
                (corners[corners.len() - 1], corners[corners.len() - 2], link.to, link.to_y),
            ] {
                let (at, size) = (places[of], boxes[of]);
                assert_eq!(end.y, at.y + y);
                assert!(end.x == at.x && next.x < end.x || end.x == at.x + size.width && next.x > end.x, "{corners:?}");
            }
        }
    }
}

/// The first line of those that runs through a box.
fn through(boxes: &[Size], links: &[Link], found: &Arrangement) -> Option<(Link, usize, Point, Point)> {
    for (link, way) in links.iter().zip(&found.ways) {
        let corners = course(link, boxes, &found.places).corners(way);
        for pair in corners.windows(2) {
            let (left, right) = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
            let (top, bottom) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
            for (index, (at, size)) in found.places.iter().zip(boxes).enumerate() {
                let crosses = left < at.x + size.width && at.x < right && top < at.y + size.height && at.y < bottom
                    || left == right
                        && at.x < left
                        && left < at.x + size.width
                        && top < at.y + size.height
                        && at.y < bottom
                    || top == bottom
                        && at.y < top
                        && top < at.y + size.height
                        && left < at.x + size.width
                        && at.x < right;
                if crosses {
                    return Some((*link, index, pair[0], pair[1]));
                }
            }
        }
    }
    None
}

#[test]
fn lines_run_through_no_box() {
    for (count, seed) in [(30, 7), (120, 11), (400, 13)] {
        let (boxes, mut links) = database(count, seed);
        links.push(Link { from: 5, from_y: 60.0, to: 5, to_y: 38.0 });
        let found = arrange(&boxes, &links, &Spacing::default());
        assert_eq!(through(&boxes, &links, &found), None, "{count}");
    }
}

const FRAMING: Framing<'static> = Framing { of: &[], pad: 16.0, head: 20.0 };

/// The frame of each group.
fn frames(places: &[Point], boxes: &[Size], framing: &Framing<'_>) -> std::collections::BTreeMap<usize, Rect> {
    let mut members: std::collections::BTreeMap<usize, Vec<Rect>> = std::collections::BTreeMap::new();
    for (index, (at, size)) in places.iter().zip(boxes).enumerate() {
        if let Some(frame) = framing.of(index) {
            members.entry(frame).or_default().push(Rect { at: *at, size: *size });
        }
    }
    members.into_iter().map(|(frame, members)| (frame, framing.around(members).unwrap())).collect()
}

/// Two frames, or a frame and a box that is not its own, that lie over each other.
fn muddled(places: &[Point], boxes: &[Size], framing: &Framing<'_>) -> Option<(usize, usize)> {
    let frames = frames(places, boxes, framing);
    for (frame, rect) in &frames {
        if let Some((other, _)) = frames.iter().find(|(other, known)| *other != frame && known.overlaps(rect)) {
            return Some((*frame, *other));
        }
        let strangers = (0..boxes.len()).filter(|index| framing.of(*index) != Some(*frame));
        for index in strangers {
            if (Rect { at: places[index], size: boxes[index] }).overlaps(rect) {
                return Some((*frame, index));
            }
        }
    }
    None
}

/// Groups as a database has them: neighbours together, every seventh box alone.
fn grouped(count: usize) -> Vec<Option<usize>> {
    (0..count).map(|index| (index % 7 != 3).then_some(index / 25 % 9)).collect()
}

#[test]
fn frames_keep_off_each_other_and_lines_off_boxes() {
    for (count, seed) in [(12, 3), (120, 11), (400, 13), (700, 29)] {
        let (boxes, mut links) = database(count, seed);
        links.push(Link { from: 5, from_y: 60.0, to: 5, to_y: 38.0 });
        let of = grouped(count);
        let framing = Framing { of: &of, ..FRAMING };
        let found = arrange_framed(&boxes, &links, &framing, &Spacing::default());
        assert_eq!(overlap(&found.places, &boxes), None, "{count}");
        assert_eq!(muddled(&found.places, &boxes, &framing), None, "{count}");
        assert_eq!(through(&boxes, &links, &found), None, "{count}");
        assert_eq!(found, arrange_framed(&boxes, &links, &framing, &Spacing::default()));
    }
    let (boxes, links) = database(50, 3);
    let none = [None; 50];
    let found = arrange_framed(&boxes, &links, &Framing { of: &none, ..FRAMING }, &Spacing::default());
    assert_eq!(found, arrange(&boxes, &links, &Spacing::default()), "without groups it is as if there were no frames");
}

#[test]
fn a_new_box_comes_into_its_frame() {
    let (boxes, links) = database(200, 17);
    let of = grouped(200);
    let framing = Framing { of: &of, ..FRAMING };
    let spacing = Spacing::default();
    // As if five boxes had come to a diagram that was laid out without them.
    let before: Vec<Link> = links.iter().filter(|link| link.from < 195 && link.to < 195).copied().collect();
    let old = arrange_framed(&boxes[..195], &before, &framing, &spacing).places;
    let known: Vec<Option<Point>> = old.iter().copied().map(Some).collect();
    let found = settle(&known, &boxes, &links, &framing, &spacing);
    assert_eq!(found[..195], old, "nothing else moves");
    assert_eq!(overlap(&found, &boxes), None);
    for index in 195..200 {
        let rect = Rect { at: found[index], size: boxes[index] };
        for (frame, other) in frames(&old, &boxes, &framing) {
            assert!(of[index] == Some(frame) || !other.overlaps(&rect), "{index} lies in the frame of others");
        }
    }
    // With room around it a frame grows, and still overlaps nothing.
    let boxes = vec![Size { width: 100.0, height: 60.0 }; 4];
    let of = [Some(0), Some(1), Some(0), None];
    let framing = Framing { of: &of, ..FRAMING };
    let known = [Some(Point { x: 0.0, y: 0.0 }), Some(Point { x: 400.0, y: 0.0 })];
    let links = [Link { from: 2, from_y: 10.0, to: 1, to_y: 10.0 }, Link { from: 3, from_y: 10.0, to: 0, to_y: 10.0 }];
    let found = settle(&known, &boxes, &links, &framing, &spacing);
    assert_eq!(muddled(&found, &boxes, &framing), None, "{found:?}");
    assert!(found[2].x < 100.0 && found[2].y > 60.0 && found[2].y < 200.0, "at the foot of its frame: {found:?}");
}

#[test]
fn hostile_numbers_do_no_harm() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, f64::MAX, -0.0, 1e7];
    let boxes: Vec<Size> = odd.iter().map(|value| Size { width: *value, height: *value }).collect();
    let links: Vec<Link> = (0..8)
        .flat_map(|from| [(from, (from * 3 + 1) % 8), (from, from), (from, usize::MAX)])
        .map(|(from, to)| Link { from, from_y: odd[from], to, to_y: odd[7 - from] })
        .collect();
    let of = [Some(0), Some(usize::MAX), None, Some(0), Some(1), None, Some(1)];
    let framing = Framing { of: &of, ..FRAMING };
    let spacing = Spacing::default();
    let places: Vec<Option<Point>> = odd.iter().map(|value| Some(Point { x: *value, y: 1.0 })).collect();
    for found in [
        arrange(&boxes, &links, &spacing).places,
        arrange_framed(&boxes, &links, &framing, &spacing).places,
        settle(&places, &boxes, &links, &framing, &spacing),
        settle(&places[..2], &boxes, &links, &framing, &spacing),
    ] {
        assert_eq!(found.len(), 8);
        assert!(found.iter().all(|at| at.x.is_finite() && at.y.is_finite()), "{found:?}");
    }
    for value in odd {
        let rect = Rect { at: Point { x: value, y: value }, size: boxes[3] };
        let course = Course { from: rect, from_y: value, to: rect, to_y: 3.0, own: false, lane: usize::MAX };
        assert!(course.corners(&[rect.at, rect.at, rect.at]).len() >= 2);
    }
}
