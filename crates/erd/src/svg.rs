//! A diagram as a picture: SVG that needs nothing else, its fonts included.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Cardinality, Diagram, Entity, Origin,
    layout::{Arrangement, Point, Size, route},
    measure::{GAP, HEAD, MARK, PAD, ROW, SIZES, Typeface},
};

/// Around the whole.
const MARGIN: f64 = 24.0;
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
    };
}

/// The picture of a diagram whose entities lie at those places.
pub fn svg(diagram: &Diagram, found: &Arrangement, look: &Look) -> String {
    let sizes = diagram.sizes();
    let right = found.places.iter().zip(&sizes).map(|(at, size)| at.x + size.width);
    let bottom = found.places.iter().zip(&sizes).map(|(at, size)| at.y + size.height);
    let left = found.places.iter().map(|at| at.x).fold(f64::INFINITY, f64::min);
    let top = found.places.iter().map(|at| at.y).fold(f64::INFINITY, f64::min);
    let (left, top) = if left.is_finite() { (left - 2.0 * MARGIN, top - 2.0 * MARGIN) } else { (0.0, 0.0) };
    let (width, height) =
        (right.fold(left, f64::max) + 2.0 * MARGIN - left, bottom.fold(top, f64::max) + 2.0 * MARGIN - top);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">\n"
    );
    text.push_str("<style>");
    for (face, name, weight) in
        [(Typeface::Head, "Inter", 600), (Typeface::Text, "Inter", 400), (Typeface::Name, "JetBrains Mono", 400)]
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
         .i{{stroke-dasharray:5 4}}.b{{fill:{};stroke:{}}}.d{{fill:{}}}</style>",
        SIZES.0, look.text, SIZES.1, look.text, SIZES.2, look.meta, look.edge, look.fill, look.edge, look.head
    );
    let _ = writeln!(
        text,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        look.ground
    );
    let links = diagram.links();
    for ((one, link), way) in diagram.relationships.iter().zip(&links).zip(&found.ways) {
        let corners = route(link, &sizes, &found.places, way);
        let class = if one.origin == Origin::Inferred { "l i" } else { "l" };
        let _ = writeln!(text, "<path class=\"{class}\" d=\"{}\"/>", rounded(&corners));
        if let [first, second, ..] = corners.as_slice() {
            let _ = writeln!(text, "<path class=\"l\" d=\"{}\"/>", foot(*first, *second, one.from.cardinality));
        }
        if let [.., before, last] = corners.as_slice() {
            let _ = writeln!(text, "<path class=\"l\" d=\"{}\"/>", foot(*last, *before, one.to.cardinality));
        }
    }
    for ((entity, at), size) in diagram.entities.iter().zip(&found.places).zip(&sizes) {
        boxed(&mut text, diagram, entity, *at, *size, look);
    }
    text.push_str("</svg>\n");
    text
}

fn boxed(text: &mut String, diagram: &Diagram, entity: &Entity, at: Point, size: Size, look: &Look) {
    let Point { x, y } = at;
    let Size { width, height } = size;
    let title = diagram.title(entity);
    let _ = writeln!(text, "<g><rect class=\"b\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>");
    // The head: round above, straight below.
    let _ = writeln!(
        text,
        "<path class=\"d\" d=\"M{} {}h{}v-{}a4 4 0 0 0 -4 -4h-{}a4 4 0 0 0 -4 4z\"/>",
        x + 0.5,
        y + HEAD,
        width - 1.0,
        HEAD - 4.5,
        width - 9.0
    );
    if !entity.rows.is_empty() {
        let _ = writeln!(text, "<path d=\"M{x} {}h{width}\" stroke=\"{}\"/>", y + HEAD, look.rule);
    }
    let fitted = Typeface::Head.fitted(&title, SIZES.0, width - 2.0 * PAD);
    let _ = writeln!(text, "<text class=\"h\" x=\"{}\" y=\"{}\">{}</text>", x + PAD, y + 18.5, escaped(&fitted));
    for (index, row) in entity.rows.iter().enumerate() {
        let middle = y + HEAD + ROW * (index as f64 + 0.5);
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
    }
    text.push_str("</g>\n");
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
