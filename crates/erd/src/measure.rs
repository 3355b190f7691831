//! How large entities are drawn, in CSS pixels at zoom 1. The same measures hold for the screen and for every picture.

use std::sync::LazyLock;

use ttf_parser::Face;
use unicode_width::UnicodeWidthChar;

use crate::{Diagram, Entity, layout};

/// The height of an entity's head.
pub const HEAD: f64 = 28.0;
/// The height of a column's row.
pub const ROW: f64 = 20.0;
/// What is left below the last row.
pub const FOOT: f64 = 4.0;
/// Between a box's edge and its text.
pub const PAD: f64 = 10.0;
/// The room of a key's mark before a column's name.
pub const MARK: f64 = 14.0;
/// Between a column's name and its type, at least.
pub const GAP: f64 = 16.0;
/// Between a frame's edge and the boxes in it; above them its title's strip comes on top of that.
pub const FRAME_PAD: f64 = 16.0;
/// The height of the strip that holds a frame's title.
pub const FRAME_HEAD: f64 = 20.0;
/// Between a note's edge and its text.
pub const NOTE_PAD: f64 = 10.0;
/// The height of a line of a note.
pub const NOTE_ROW: f64 = 16.0;
/// The sizes of texts: of a head, of a column's name and of its type.
pub const SIZES: (f64, f64, f64) = (12.0, 11.0, 11.0);
/// No box is narrower or wider.
const WIDTHS: (f64, f64) = (140.0, 360.0);

/// A typeface of diagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typeface {
    /// Names of entities: Inter, semibold.
    Head,
    /// Names of columns: JetBrains Mono.
    Name,
    /// Types and labels: Inter.
    Text,
}

impl Typeface {
    /// Its file: TrueType, of the Latin, Greek and Cyrillic scripts. SIL Open Font License 1.1.
    pub fn file(self) -> &'static [u8] {
        match self {
            Typeface::Head => include_bytes!("../fonts/inter-600.ttf"),
            Typeface::Name => include_bytes!("../fonts/mono-400.ttf"),
            Typeface::Text => include_bytes!("../fonts/inter-400.ttf"),
        }
    }

    fn face(self) -> Option<&'static Face<'static>> {
        static FACES: LazyLock<[Option<Face<'static>>; 3]> = LazyLock::new(|| {
            [Typeface::Head, Typeface::Name, Typeface::Text].map(|face| Face::parse(face.file(), 0).ok())
        });
        FACES[self as usize].as_ref()
    }

    /// Whether it has a sign.
    pub fn has(self, sign: char) -> bool {
        self.face().is_some_and(|face| face.glyph_index(sign).is_some())
    }

    /// The width of a text in this typeface; signs that it lacks take the room that terminals give them.
    pub fn width(self, text: &str, size: f64) -> f64 {
        text.chars().map(|sign| self.advance(sign)).sum::<f64>() * size
    }

    /// The width of a sign at size 1. A diagram has a million of them, nearly all ASCII.
    fn advance(self, sign: char) -> f64 {
        static ASCII: LazyLock<[[f64; 128]; 3]> = LazyLock::new(|| {
            [Typeface::Head, Typeface::Name, Typeface::Text]
                .map(|typeface| std::array::from_fn(|code| typeface.looked_up(char::from(code as u8))))
        });
        match ASCII[self as usize].get(sign as usize) {
            Some(advance) => *advance,
            None => self.looked_up(sign),
        }
    }

    fn looked_up(self, sign: char) -> f64 {
        let known = self.face().and_then(|face| {
            let advance = face.glyph_hor_advance(face.glyph_index(sign)?)?;
            Some(f64::from(advance) / f64::from(face.units_per_em()))
        });
        known.unwrap_or_else(|| 0.6 * sign.width().unwrap_or(0) as f64)
    }

    /// The text as it fits into a width: its end gives way to `…`.
    pub fn fitted(self, text: &str, size: f64, width: f64) -> String {
        if self.width(text, size) <= width {
            return text.to_owned();
        }
        let (mut kept, mut taken) = (String::new(), self.width("…", size));
        for sign in text.chars() {
            taken += self.width(sign.encode_utf8(&mut [0; 4]), size);
            if taken > width {
                break;
            }
            kept.push(sign);
        }
        kept.push('…');
        kept
    }
}

/// How large an entity is drawn under a title.
pub fn size(title: &str, entity: &Entity) -> layout::Size {
    let row = |row: &crate::Row| {
        MARK + Typeface::Name.width(&row.name, SIZES.1) + GAP + Typeface::Text.width(&row.native_type, SIZES.2)
    };
    let widest = entity.rows.iter().map(row).fold(Typeface::Head.width(title, SIZES.0), f64::max);
    let foot = if entity.rows.is_empty() { 0.0 } else { FOOT };
    layout::Size {
        width: (widest + 2.0 * PAD).ceil().clamp(WIDTHS.0, WIDTHS.1),
        height: HEAD + ROW * entity.rows.len() as f64 + foot,
    }
}

/// Where a line reaches an entity, from its top: at the first of these columns, or at the head where they are folded away.
pub fn port(entity: &Entity, columns: &[String]) -> f64 {
    let row = columns.iter().find_map(|name| entity.rows.iter().position(|row| row.name == *name));
    row.map_or(HEAD / 2.0, |row| HEAD + ROW * (row as f64 + 0.5))
}

impl Diagram {
    /// The size of every entity, in their order.
    pub fn sizes(&self) -> Vec<layout::Size> {
        self.entities.iter().map(|entity| size(&self.title(entity), entity)).collect()
    }

    /// The links to lay out, in the order of the relationships.
    pub fn links(&self) -> Vec<layout::Link> {
        let link = |one: &crate::Relationship| layout::Link {
            from: one.from.entity,
            from_y: port(&self.entities[one.from.entity], &one.from.columns),
            to: one.to.entity,
            to_y: port(&self.entities[one.to.entity], &one.to.columns),
        };
        self.relationships.iter().map(link).collect()
    }
}
