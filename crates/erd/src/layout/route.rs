//! The course of a line between two boxes: level pieces and upright ones.

use super::{Link, Point, Size};

/// How far a line runs straight out of a box.
const OUT: f64 = 20.0;
/// Upright pieces to different places keep apart by this.
const LANE: f64 = 6.0;
/// So many lanes there are beside each other.
const LANES: u64 = 7;

/// The corners of a line, from the box that refers to the one that is referred to: it leaves and enters level, and every piece is level
/// or upright. `way` is what the layout has it pass; pass nothing once one of the boxes was moved.
pub fn route(link: &Link, boxes: &[Size], places: &[Point], way: &[Point]) -> Vec<Point> {
    let (from, to) = (places[link.from], places[link.to]);
    let (own, other) = (boxes[link.from], boxes[link.to]);
    let (start_y, end_y) = (from.y + link.from_y, to.y + link.to_y);
    // Lines to the same place share a lane, so that they run together; others keep apart.
    let lane = (link.to as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let lane = ((lane % LANES) as f64 - (LANES / 2) as f64) * LANE;
    if link.from == link.to {
        let (x, out) = (from.x + own.width, from.x + own.width + OUT + lane.abs());
        return vec![
            Point { x, y: start_y },
            Point { x: out, y: start_y },
            Point { x: out, y: end_y },
            Point { x, y: end_y },
        ];
    }
    let (left, right) = (from.x, from.x + own.width);
    let (other_left, other_right) = (to.x, to.x + other.width);
    let (start_x, end_x, bend) = if other_right + 2.0 * OUT <= left {
        (left, other_right, None)
    } else if right + 2.0 * OUT <= other_left {
        (right, other_left, None)
    } else {
        // One above the other: around both, on the right.
        (right, other_right, Some(right.max(other_right) + OUT + LANE * (LANES / 2) as f64 + lane))
    };
    let mut corners = vec![Point { x: start_x, y: start_y }];
    let mut y = start_y;
    let mut go = |x: f64, to_y: f64, y: &mut f64| {
        if to_y != *y {
            corners.push(Point { x, y: *y });
            corners.push(Point { x, y: to_y });
        }
        *y = to_y;
    };
    match bend {
        Some(x) => {
            corners.push(Point { x, y: start_y });
            corners.push(Point { x, y: end_y });
        }
        None => {
            let mut x = start_x;
            // Each pair is one layer that is passed level; between layers the line goes up or down.
            for pair in way.chunks_exact(2) {
                go(f64::midpoint(x, pair[0].x) + lane, pair[0].y, &mut y);
                x = pair[1].x;
            }
            go(f64::midpoint(x, end_x) + lane, end_y, &mut y);
        }
    }
    corners.push(Point { x: end_x, y: end_y });
    corners
}
