//! The course of a line between two boxes: level pieces and upright ones.

use super::{Point, Rect};

/// How far a line runs straight out of a box.
const OUT: f64 = 20.0;
/// Upright pieces to different places keep apart by this.
const LANE: f64 = 6.0;
/// So many lanes there are beside each other.
const LANES: u64 = 7;

/// What a line's course hangs on: its ends, and nothing else of the diagram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// The box that refers.
    pub from: Rect,
    /// Where the line leaves it, from its top.
    pub from_y: f64,
    /// The box that is referred to.
    pub to: Rect,
    /// Where the line reaches it, from its top.
    pub to_y: f64,
    /// Whether both are the same box.
    pub own: bool,
    /// The place of the box that is referred to: lines to one box run together, others apart.
    pub lane: usize,
}

impl Course {
    /// The corners of the line, from the box that refers to the one that is referred to: it leaves and enters level, and every piece
    /// is level or upright. `way` is what the layout has it pass; pass nothing once one of the boxes was moved.
    pub fn corners(&self, way: &[Point]) -> Vec<Point> {
        let (from, to) = (&self.from, &self.to);
        let (start_y, end_y) = (from.at.y + self.from_y, to.at.y + self.to_y);
        let lane = lane(self.lane);
        if self.own {
            let (x, out) = (from.right(), from.right() + OUT + lane.abs());
            return vec![
                Point { x, y: start_y },
                Point { x: out, y: start_y },
                Point { x: out, y: end_y },
                Point { x, y: end_y },
            ];
        }
        let (start_x, end_x) = if to.right() + 2.0 * OUT <= from.at.x {
            (from.at.x, to.right())
        } else if from.right() + 2.0 * OUT <= to.at.x {
            (from.right(), to.at.x)
        } else {
            // One above the other: around both, on the right.
            let bend = from.right().max(to.right()) + OUT + LANE * (LANES / 2) as f64 + lane;
            return vec![
                Point { x: from.right(), y: start_y },
                Point { x: bend, y: start_y },
                Point { x: bend, y: end_y },
                Point { x: to.right(), y: end_y },
            ];
        };
        let mut corners = vec![Point { x: start_x, y: start_y }];
        let mut y = start_y;
        let mut go = |x: f64, next: f64, to_y: f64, y: &mut f64| {
            if to_y != *y {
                let x = f64::midpoint(x, next) + fitted(lane, (next - x).abs());
                corners.push(Point { x, y: *y });
                corners.push(Point { x, y: to_y });
            }
            *y = to_y;
        };
        let mut x = start_x;
        // Each pair is passed level; between pairs the line goes up or down.
        for pair in way.chunks_exact(2) {
            go(x, pair[0].x, pair[0].y, &mut y);
            x = pair[1].x;
        }
        go(x, end_x, end_y, &mut y);
        corners.push(Point { x: end_x, y: end_y });
        corners
    }
}

/// How far from the middle of a room lines to that box run.
pub(super) fn lane(to: usize) -> f64 {
    let spread = (to as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    ((spread % LANES) as f64 - (LANES / 2) as f64) * LANE
}

/// The same in a room that may be too narrow for it.
pub(super) fn fitted(lane: f64, room: f64) -> f64 {
    lane * (room / (2.0 * OUT)).min(1.0)
}
