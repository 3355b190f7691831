//! Pictures of other kinds than SVG, made of the same SVG: pixels and pages.

use std::sync::{Arc, LazyLock};

use krilla::{
    Document,
    geom::{Size, Transform},
    metadata::Metadata,
    page::PageSettings,
};
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::{
    tiny_skia::{self, Pixmap},
    usvg::{Options, Tree, fontdb::Database},
};

use crate::{Drawing, Look, measure::Typeface, svg::picture};

/// Pixels of a PNG per unit of the drawing.
const SCALE: f64 = 2.0;
/// The most pixels of a PNG: 400 MB while it is drawn.
const PIXELS: f64 = 100_000_000.0;
/// Points per unit of the drawing: a unit is a CSS pixel, of which an inch has 96.
const POINTS: f64 = 0.75;
/// The longest side of a page, in points: PDF 1.7, annex C.2.
const PAGE: f64 = 14_400.0;

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It would have too many pixels.
    #[error(
        "The picture would be {width} x {height} pixels; at most {} million can be drawn.",
        PIXELS / 1e6
    )]
    TooLarge {
        /// Its width in pixels.
        width: u64,
        /// Its height.
        height: u64,
    },
    /// What draws it refused.
    #[error("The picture could not be drawn: {0}")]
    Refused(String),
}

/// The drawing as PNG, two pixels per unit.
///
/// # Errors
/// Larger than 100 million pixels: SVG and PDF have no such limit.
pub fn png(drawing: &Drawing<'_>, look: &Look) -> Result<Vec<u8>, PictureError> {
    let size = drawing.extent().size;
    let (width, height) = ((size.width * SCALE).ceil(), (size.height * SCALE).ceil());
    let too_large = PictureError::TooLarge { width: width as u64, height: height as u64 };
    if width * height > PIXELS {
        return Err(too_large);
    }
    let tree = tree(drawing, look)?;
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or(too_large)?;
    let transform = tiny_skia::Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PictureError::Refused(error.to_string()))
}

/// The drawing as a PDF of one page, lines as lines and texts as texts, its fonts embedded. What is longer than a page may be is drawn
/// smaller.
///
/// # Errors
/// Places that no page holds.
pub fn pdf(drawing: &Drawing<'_>, look: &Look) -> Result<Vec<u8>, PictureError> {
    let size = drawing.extent().size;
    let scale = f64::min(POINTS, PAGE / size.width.max(size.height));
    let (width, height) = ((size.width * scale) as f32, (size.height * scale) as f32);
    let refused = |reason: &str| PictureError::Refused(reason.to_owned());
    let tree = tree(drawing, look)?;
    let settings = PageSettings::from_wh(width, height).ok_or_else(|| refused("it has no size"))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().creator("Rowhouse".to_owned()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let whole = Size::from_wh(width, height).ok_or_else(|| refused("it has no size"))?;
    surface.push_transform(&Transform::identity());
    surface.draw_svg(&tree, whole, SvgSettings::default()).ok_or_else(|| refused("it is not a picture"))?;
    surface.pop();
    surface.finish();
    page.finish();
    document.finish().map_err(|error| PictureError::Refused(format!("{error:?}")))
}

fn tree(drawing: &Drawing<'_>, look: &Look) -> Result<Tree, PictureError> {
    let text = picture(drawing, look, false);
    let fontdb = if is_covered(&text) { Arc::clone(&OWN) } else { Arc::clone(&WIDE) };
    let options = Options { fontdb, ..Options::default() };
    Tree::from_str(&text, &options).map_err(|error| PictureError::Refused(error.to_string()))
}

/// The typefaces of diagrams.
static OWN: LazyLock<Arc<Database>> = LazyLock::new(|| Arc::new(own()));

/// The same, and for the scripts that they lack those of the computer.
static WIDE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = own();
    fonts.load_system_fonts();
    Arc::new(fonts)
});

fn own() -> Database {
    let mut fonts = Database::new();
    for face in [Typeface::Head, Typeface::Text, Typeface::Name] {
        fonts.load_font_data(face.file().to_vec());
    }
    fonts
}

fn is_covered(text: &str) -> bool {
    let faces = [Typeface::Head, Typeface::Text, Typeface::Name];
    text.chars().filter(|sign| !sign.is_ascii()).all(|sign| faces.iter().all(|face| face.has(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typefaces_are_found_by_the_names_that_pictures_use() {
        use resvg::usvg::fontdb::{Family, Query, Weight};
        let id = |name: &str, weight: u16| {
            let query = Query { families: &[Family::Name(name)], weight: Weight(weight), ..Query::default() };
            OWN.query(&query).and_then(|id| OWN.face(id)).map(|face| (face.families[0].0.clone(), face.weight.0))
        };
        for (name, weight) in [("Inter", 400), ("Inter", 600), ("JetBrains Mono", 400)] {
            assert_eq!(id(name, weight), Some((name.to_owned(), weight)));
        }
        assert!(is_covered("Größe Ελλάδα Москва …") && !is_covered("表") && !is_covered("🏠"));
    }
}
