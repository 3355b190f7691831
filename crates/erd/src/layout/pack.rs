//! Puts blocks beside each other.

use super::{Block, Laid, Size, Spacing};

/// Moves blocks, each of which begins at (0, 0), to shelves that are filled from the left, tallest first; says how large that is.
pub(super) fn shelves(blocks: &mut [Block], spacing: &Spacing, laid: &mut Laid) -> Size {
    let area: f64 =
        blocks.iter().map(|block| (block.size.width + spacing.parts) * (block.size.height + spacing.parts)).sum();
    let widest = blocks.iter().map(|block| block.size.width).fold(0.0, f64::max);
    let limit = (area * spacing.aspect).sqrt().max(widest);
    blocks.sort_by(|a, b| b.size.height.total_cmp(&a.size.height));
    let (mut y, mut whole) = (0.0, Size { width: 0.0, height: 0.0 });
    let mut rest: &[Block] = blocks;
    while let Some(first) = rest.first() {
        // The first is the tallest.
        let height = first.size.height;
        let (mut count, mut width) = (0, 0.0);
        for block in rest {
            if count > 0 && width + block.size.width > limit {
                break;
            }
            count += 1;
            width += block.size.width + spacing.parts;
        }
        let (shelf, others) = rest.split_at(count);
        let mut x = 0.0;
        for (index, block) in shelf.iter().enumerate() {
            shift(block, x, y, laid);
            for index_of_box in &block.boxes {
                let berth = &mut laid.berths[*index_of_box];
                let room = |known: f64, outermost: bool| if outermost { known } else { known.min(spacing.parts) };
                berth.before = room(berth.before, index == 0);
                berth.after = room(berth.after, index + 1 == count);
                berth.above = y - spacing.parts / 2.0;
                berth.below = y + height + spacing.parts / 2.0;
            }
            x += block.size.width + spacing.parts;
        }
        whole = Size { width: whole.width.max(x - spacing.parts), height: y + height };
        y += height + spacing.parts;
        rest = others;
    }
    whole
}

fn shift(block: &Block, x: f64, y: f64, laid: &mut Laid) {
    for index in &block.links {
        for point in &mut laid.found.ways[*index] {
            point.x += x;
            point.y += y;
        }
    }
    for index in &block.boxes {
        laid.found.places[*index].x += x;
        laid.found.places[*index].y += y;
        laid.berths[*index].left += x;
        laid.berths[*index].right += x;
    }
}
