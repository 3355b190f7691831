//! A diagram with everything in its place: what every picture of it takes, and what the screen shows.

use crate::{
    Diagram, Frame, Staged,
    layout::{Point, Rect, Size},
    measure::{NOTE_PAD, NOTE_ROW, SIZES, Typeface},
};

/// Around a picture.
const MARGIN: f64 = 48.0;

/// A diagram in its places.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// What is drawn.
    pub diagram: &'a Diagram,
    /// The upper left corner of each entity, in their order.
    pub places: &'a [Point],
    /// The corners of each relationship's line, in their order: [`Diagram::lines`].
    pub lines: &'a [Vec<Point>],
    /// Around groups: [`Diagram::frames`].
    pub frames: &'a [Frame],
    /// What somebody wrote beside.
    pub notes: &'a [Note],
    /// The colour that somebody gave an entity, in their order; none beyond the end.
    pub colours: &'a [Option<usize>],
    /// What is staged of it.
    pub staged: &'a Staged,
}

/// A text beside the boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its text; lines are as they are written, and break where they are too long.
    pub text: String,
    /// Where it lies.
    pub rect: Rect,
    /// The place of its colour among a look's.
    pub colour: usize,
}

impl Note {
    /// Its lines, as they fit into it; the last that does ends in `…` where more follow.
    pub fn rows(&self) -> Vec<String> {
        let width = self.rect.size.width - 2.0 * NOTE_PAD;
        let room = ((self.rect.size.height - 2.0 * NOTE_PAD) / NOTE_ROW).floor().max(0.0) as usize;
        let mut rows: Vec<String> = Vec::new();
        for line in self.text.lines() {
            let mut row = String::new();
            for word in line.split_whitespace() {
                let longer = if row.is_empty() { word.to_owned() } else { format!("{row} {word}") };
                if row.is_empty() || Typeface::Text.width(&longer, SIZES.2) <= width {
                    row = longer;
                } else {
                    rows.push(std::mem::replace(&mut row, word.to_owned()));
                }
            }
            rows.push(row);
            if rows.len() > room {
                break;
            }
        }
        let more = rows.len() > room;
        rows.truncate(room);
        if let Some(last) = rows.last_mut().filter(|_| more) {
            last.push('…');
        }
        rows.iter().map(|row| Typeface::Text.fitted(row, SIZES.2, width)).collect()
    }
}

impl Drawing<'_> {
    /// What a picture of it holds: everything that is drawn, and a margin. What has no finite place is not there.
    pub fn extent(&self) -> Rect {
        let boxes = self.places.iter().zip(self.diagram.sizes()).map(|(at, size)| Rect { at: *at, size });
        let around =
            boxes.chain(self.frames.iter().map(|frame| frame.rect)).chain(self.notes.iter().map(|note| note.rect));
        let corners = around.flat_map(|rect| [rect.at, Point { x: rect.right(), y: rect.bottom() }]);
        let all = corners.chain(self.lines.iter().flatten().copied()).filter(|at| at.x.is_finite() && at.y.is_finite());
        let bounds = all.fold(None, |bounds: Option<(Point, Point)>, at| {
            let (least, most) = bounds.unwrap_or((at, at));
            let least = Point { x: least.x.min(at.x), y: least.y.min(at.y) };
            Some((least, Point { x: most.x.max(at.x), y: most.y.max(at.y) }))
        });
        let (least, most) = bounds.unwrap_or_default();
        Rect {
            at: Point { x: least.x - MARGIN, y: least.y - MARGIN },
            size: Size { width: most.x - least.x + 2.0 * MARGIN, height: most.y - least.y + 2.0 * MARGIN },
        }
    }
}
