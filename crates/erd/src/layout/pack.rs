//! Puts blocks beside each other.

use super::{Arrangement, Block, Size, Spacing};

/// Moves blocks, each of which begins at (0, 0), to shelves that are filled from the left, tallest first; says how large that is.
pub(super) fn shelves(blocks: &mut [Block], spacing: &Spacing, found: &mut Arrangement) -> Size {
    let area: f64 =
        blocks.iter().map(|block| (block.size.width + spacing.parts) * (block.size.height + spacing.parts)).sum();
    let widest = blocks.iter().map(|block| block.size.width).fold(0.0, f64::max);
    let limit = (area * spacing.aspect).sqrt().max(widest);
    blocks.sort_by(|a, b| b.size.height.total_cmp(&a.size.height));
    let (mut x, mut y, mut shelf, mut whole) = (0.0, 0.0, 0.0, Size { width: 0.0, height: 0.0 });
    for block in blocks {
        if x > 0.0 && x + block.size.width > limit {
            x = 0.0;
            y += shelf + spacing.parts;
            shelf = 0.0;
        }
        for index in &block.links {
            for point in &mut found.ways[*index] {
                point.x += x;
                point.y += y;
            }
        }
        for index in &block.boxes {
            found.places[*index].x += x;
            found.places[*index].y += y;
        }
        x += block.size.width + spacing.parts;
        shelf = f64::max(shelf, block.size.height);
        whole.width = whole.width.max(x - spacing.parts);
        whole.height = whole.height.max(y + block.size.height);
    }
    whole
}
