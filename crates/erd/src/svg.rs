//! A diagram as a picture: SVG that needs nothing else, its fonts included.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    COLOURS, Cardinality, Change, Drawing, Frame, Note, Origin,
    layout::{Point, Rect, Size},
    measure::{FRAME_HEAD, FRAME_PAD, GAP, HEAD, MARK, NOTE_PAD, NOTE_ROW, PAD, ROW, SIZES, Typeface},
};

/// How round corners are.
const ROUND: f64 = 6.0;

/// The colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    ground: &'static str,
    fill: &'static str,
    head: &'static str,
    edge: &'static str,
    rule: &'static str,
    text: &'static str,
    meta: &'static str,
    key: &'static str,
    /// Of groups, and of what a person marked.
    marks: [&'static str; COLOURS],
    added: Tint,
    changed: Tint,
    removed: Tint,
}

/// The colours of something that is staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tint {
    edge: &'static str,
    /// Behind texts.
    wash: &'static str,
}

impl Look {
    /// Dark on light: for paper and for documents.
    pub const LIGHT: Look = Look {
        ground: "#FFFFFF",
        fill: "#FFFFFF",
        head: "#E9EBF0",
        edge: "#AEB5C1",
        rule: "#CDD2DA",
        text: "#191C22",
        meta: "#5F6674",
        key: "#C48A12",
        marks: ["#0069A8", "#C95300", "#00805F", "#AB4A86", "#8F6A00", "#2F8FC7", "#5B4BC4", "#6D737D"],
        added: Tint { edge: "#2C8655", wash: "#E6F4EB" },
        changed: Tint { edge: "#C48A12", wash: "#FDF0D2" },
        removed: Tint { edge: "#C81F45", wash: "#FBE6EA" },
    };
    /// Light on dark.
    pub const DARK: Look = Look {
        ground: "#1A1D22",
        fill: "#1A1D22",
        head: "#24282F",
        edge: "#525A67",
        rule: "#3A404B",
        text: "#E5E7EB",
        meta: "#939AA7",
        key: "#D2A03A",
        marks: ["#56B4E9", "#F0843C", "#2FBF98", "#E08BBD", "#E6C74A", "#6F8FF0", "#B79CF7", "#A3A9B3"],
        added: Tint { edge: "#4BAA78", wash: "#172C21" },
        changed: Tint { edge: "#D2A03A", wash: "#3A2F16" },
        removed: Tint { edge: "#EB5470", wash: "#391E25" },
    };
}

impl Look {
    /// The colour of that place, of [`COLOURS`].
    pub(crate) fn mark(&self, place: usize) -> &'static str {
        self.marks[place % COLOURS]
    }

    fn tint(&self, change: Change) -> Tint {
        match change {
            Change::Added => self.added,
            Change::Changed => self.changed,
            Change::Removed => self.removed,
        }
    }
}

/// The picture of a drawing.
pub fn svg(drawing: &Drawing<'_>, look: &Look) -> String {
    picture(drawing, look, true)
}

/// The picture; without its fonts for who has them at hand.
pub(crate) fn picture(drawing: &Drawing<'_>, look: &Look, fonts: bool) -> String {
    let Rect { at: Point { x: left, y: top }, size: Size { width, height } } = drawing.extent();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">\n"
    );
    text.push_str("<style>");
    for (face, name, weight) in
        [(Typeface::Head, "Inter", 600), (Typeface::Text, "Inter", 400), (Typeface::Name, "JetBrains Mono", 400)]
            .into_iter()
            .filter(|_| fonts)
    {
        let _ = write!(
            text,
            "@font-face{{font-family:\"{name}\";font-weight:{weight};src:url(data:font/ttf;base64,{}) format(\"truetype\")}}",
            STANDARD.encode(face.file())
        );
    }
    let _ = writeln!(
        text,
        ".h{{font:600 {}px Inter,sans-serif;fill:{}}}.n{{font:{}px \"JetBrains Mono\",monospace;fill:{}}}\
         .t{{font:{}px Inter,sans-serif;fill:{};text-anchor:end}}.l{{fill:none;stroke:{};stroke-width:1.5}}\
         .i{{stroke-dasharray:5 4}}.r{{font:{}px Inter,sans-serif;fill:{}}}.b{{fill:{};stroke:{}}}.d{{fill:{}}}</style>",
        SIZES.0,
        look.text,
        SIZES.1,
        look.text,
        SIZES.2,
        look.meta,
        look.edge,
        SIZES.2,
        look.text,
        look.fill,
        look.edge,
        look.head
    );
    let _ = writeln!(
        text,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        look.ground
    );
    for frame in drawing.frames {
        framed(&mut text, frame, look);
    }
    let diagram = drawing.diagram;
    for (place, (one, corners)) in diagram.relationships.iter().zip(drawing.lines).enumerate() {
        let change = drawing.staged.relationship(place);
        let dashed = one.origin == Origin::Inferred || change == Some(Change::Removed);
        let class = if dashed { "l i" } else { "l" };
        // Said beside the class, which has the colour of all others.
        let style = change.map(|change| format!(" style=\"stroke:{}\"", look.tint(change).edge)).unwrap_or_default();
        let _ = writeln!(text, "<path class=\"{class}\"{style} d=\"{}\"/>", rounded(corners));
        if let [first, second, ..] = corners.as_slice() {
            let _ = writeln!(text, "<path class=\"l\"{style} d=\"{}\"/>", foot(*first, *second, one.from.cardinality));
        }
        if let [.., before, last] = corners.as_slice() {
            let _ = writeln!(text, "<path class=\"l\"{style} d=\"{}\"/>", foot(*last, *before, one.to.cardinality));
        }
    }
    let sizes = diagram.sizes();
    for (index, (at, size)) in drawing.places.iter().zip(&sizes).enumerate() {
        boxed(&mut text, drawing, index, Rect { at: *at, size: *size }, look);
    }
    for note in drawing.notes {
        noted(&mut text, note, look);
    }
    text.push_str("</svg>\n");
    text
}

fn framed(text: &mut String, frame: &Frame, look: &Look) {
    let Rect { at: Point { x, y }, size: Size { width, height } } = frame.rect;
    let colour = look.mark(frame.colour);
    let _ = writeln!(
        text,
        "<g class=\"f\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{colour}\" \
         fill-opacity=\"0.07\" stroke=\"{colour}\" stroke-opacity=\"0.45\"/>"
    );
    let title = Typeface::Head.fitted(&frame.title, SIZES.0, width - 2.0 * FRAME_PAD);
    let _ = writeln!(
        text,
        "<text class=\"h\" x=\"{}\" y=\"{}\">{}</text></g>",
        x + FRAME_PAD,
        y + FRAME_HEAD + 2.0,
        escaped(&title)
    );
}

fn noted(text: &mut String, note: &Note, look: &Look) {
    let Rect { at: Point { x, y }, size: Size { width, height } } = note.rect;
    let colour = look.mark(note.colour);
    let _ = writeln!(
        text,
        "<g class=\"m\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\" fill=\"{}\"/>\
         <rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\" fill=\"{colour}\" fill-opacity=\"0.16\" \
         stroke=\"{colour}\"/>",
        look.fill
    );
    let rows = note.rows();
    for (index, row) in rows.iter().enumerate() {
        let y = y + NOTE_PAD + NOTE_ROW * index as f64 + 12.0;
        let _ = writeln!(text, "<text class=\"r\" x=\"{}\" y=\"{y}\">{}</text>", x + NOTE_PAD, escaped(row));
    }
    text.push_str("</g>\n");
}

fn boxed(text: &mut String, drawing: &Drawing<'_>, index: usize, rect: Rect, look: &Look) {
    let Rect { at: Point { x, y }, size: Size { width, height } } = rect;
    let Some(entity) = drawing.diagram.entities.get(index) else { return };
    let staged = drawing.staged;
    let mark = drawing.colours.get(index).copied().flatten().and_then(|colour| look.marks.get(colour));
    let change = staged.entity(index).map(|change| (change, look.tint(change)));
    let (edge, wash) = match change {
        Some((_, Tint { edge, wash })) => (format!(" style=\"stroke:{edge}\""), format!(" style=\"fill:{wash}\"")),
        None => (String::new(), String::new()),
    };
    let _ = writeln!(
        text,
        "<g><rect class=\"b\"{edge} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
    );
    // The head: round above, straight below.
    let _ = writeln!(
        text,
        "<path class=\"d\"{wash} d=\"M{} {}h{}v-{}a4 4 0 0 0 -4 -4h-{}a4 4 0 0 0 -4 4z\"/>",
        x + 0.5,
        y + HEAD,
        width - 1.0,
        HEAD - 4.5,
        width - 9.0
    );
    if let Some(mark) = mark {
        let _ = writeln!(
            text,
            "<path class=\"k\" fill=\"{mark}\" d=\"M{} {}v-{}a4 4 0 0 1 4 -4h{}a4 4 0 0 1 4 4z\"/>",
            x + 0.5,
            y + 4.5,
            0.0,
            width - 9.0
        );
    }
    if !entity.rows.is_empty() {
        let _ = writeln!(text, "<path d=\"M{x} {}h{width}\" stroke=\"{}\"/>", y + HEAD, look.rule);
    }
    let fitted = Typeface::Head.fitted(&staged.title(drawing.diagram, index), SIZES.0, width - 2.0 * PAD);
    let _ = writeln!(text, "<text class=\"h\" x=\"{}\" y=\"{}\">{}</text>", x + PAD, y + 18.5, escaped(&fitted));
    if let Some((change, tint)) = change {
        let (right, middle) = (x + width - PAD, y + HEAD / 2.0 + 0.5);
        let _ = writeln!(
            text,
            "<text class=\"h\" style=\"fill:{};text-anchor:end\" x=\"{right}\" y=\"{}\">{}</text>",
            tint.edge,
            y + 18.5,
            change.sign()
        );
        if change == Change::Removed {
            struck(text, x + PAD, right - PAD, middle, tint);
        }
    }
    for (place, row) in entity.rows.iter().enumerate() {
        let middle = y + HEAD + ROW * (place as f64 + 0.5);
        let change = staged.row(index, place).map(|change| (change, look.tint(change)));
        if let Some((_, tint)) = change {
            let _ = writeln!(
                text,
                "<rect class=\"w\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{ROW}\" fill=\"{}\"/>",
                x + 1.0,
                middle - ROW / 2.0,
                width - 2.0,
                tint.wash
            );
        }
        let mark = x + PAD + 3.0;
        if row.primary {
            let _ = writeln!(
                text,
                "<path d=\"M{mark} {}l3.5 3.5l-3.5 3.5l-3.5 -3.5z\" fill=\"{}\"/>",
                middle - 3.5,
                look.key
            );
        } else if row.foreign {
            let _ = writeln!(
                text,
                "<circle cx=\"{mark}\" cy=\"{middle}\" r=\"2.75\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.25\"/>",
                look.meta
            );
        }
        let room = width - 2.0 * PAD - MARK;
        let name = Typeface::Name.fitted(&row.name, SIZES.1, room);
        let left = room - Typeface::Name.width(&name, SIZES.1) - GAP;
        let _ = writeln!(
            text,
            "<text class=\"n\" x=\"{}\" y=\"{}\">{}</text>",
            x + PAD + MARK,
            middle + 4.0,
            escaped(&name)
        );
        // A name that takes the whole row leaves its type none.
        if left >= GAP {
            let native_type = Typeface::Text.fitted(&row.native_type, SIZES.2, left);
            let _ = writeln!(
                text,
                "<text class=\"t\" x=\"{}\" y=\"{}\">{}</text>",
                x + width - PAD,
                middle + 4.0,
                escaped(&native_type)
            );
        }
        if let Some((change, tint)) = change {
            let _ = writeln!(
                text,
                "<text class=\"h\" style=\"fill:{}\" x=\"{}\" y=\"{}\">{}</text>",
                tint.edge,
                x + 2.0,
                middle + 4.0,
                change.sign()
            );
            if change == Change::Removed {
                struck(text, x + PAD + MARK, x + width - PAD, middle, tint);
            }
        }
    }
    text.push_str("</g>\n");
}

/// A line through what goes.
fn struck(text: &mut String, from: f64, until: f64, middle: f64, tint: Tint) {
    let _ = writeln!(text, "<path class=\"s\" d=\"M{from} {middle}H{until}\" stroke=\"{}\"/>", tint.edge);
}

/// The course with round corners.
fn rounded(corners: &[Point]) -> String {
    let mut path = String::new();
    for (index, at) in corners.iter().enumerate() {
        let (before, after) = (index.checked_sub(1).and_then(|index| corners.get(index)), corners.get(index + 1));
        match (before, after) {
            (None, _) => {
                let _ = write!(path, "M{} {}", at.x, at.y);
            }
            (Some(_), None) => {
                let _ = write!(path, "L{} {}", at.x, at.y);
            }
            (Some(before), Some(after)) => {
                let (start, end) = (towards(*at, *before), towards(*at, *after));
                let _ = write!(path, "L{} {}Q{} {} {} {}", start.x, start.y, at.x, at.y, end.x, end.y);
            }
        }
    }
    path
}

/// The point from which a corner is round: no further than halfway to the next.
fn towards(corner: Point, next: Point) -> Point {
    let (x, y) = (next.x - corner.x, next.y - corner.y);
    let length = x.abs() + y.abs();
    let part = if length > 0.0 { ROUND.min(length / 2.0) / length } else { 0.0 };
    Point { x: corner.x + x * part, y: corner.y + y * part }
}

/// The crow's foot at the end of a line.
fn foot(end: Point, next: Point, cardinality: Cardinality) -> String {
    // Away from the box.
    let out = if next.x >= end.x { 1.0 } else { -1.0 };
    let bar = |far: f64| format!("M{} {}v10", end.x + out * far, end.y - 5.0);
    let ring = |far: f64| {
        let (x, y) = (end.x + out * far, end.y);
        format!("M{} {y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0", x - 3.5)
    };
    let many = format!("M{} {}L{} {}L{} {}", end.x, end.y - 5.0, end.x + out * 10.0, end.y, end.x, end.y + 5.0);
    match cardinality {
        Cardinality::One => bar(7.0) + &bar(11.0),
        Cardinality::AtMostOne => bar(7.0),
        Cardinality::ZeroOrOne => bar(7.0) + &ring(14.0),
        Cardinality::ZeroOrMany => many + &ring(14.0),
    }
}

fn escaped(text: &str) -> String {
    text.chars().filter(|sign| *sign == '\t' || !sign.is_control()).fold(
        String::with_capacity(text.len()),
        |mut text, sign| {
            match sign {
                '&' => text.push_str("&amp;"),
                '<' => text.push_str("&lt;"),
                '>' => text.push_str("&gt;"),
                sign => text.push(sign),
            }
            text
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_no_rounder_than_their_sides_allow() {
        let at = |x: f64, y: f64| Point { x, y };
        let path = rounded(&[at(0.0, 0.0), at(4.0, 0.0), at(4.0, 100.0)]);
        assert_eq!(path, "M0 0L2 0Q4 0 4 6L4 100");
    }

    #[test]
    fn texts_are_written_as_texts() {
        assert_eq!(escaped("a<b>&\u{7}c"), "a&lt;b&gt;&amp;c");
    }
}
