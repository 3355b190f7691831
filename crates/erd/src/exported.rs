//! What leaves the program is what other programs read: texts are kept beside, where their own tools parse them
//! (`tests/diagrams`); pictures are opened here.

use std::{fs, path::Path};

use resvg::{tiny_skia::Pixmap, usvg};

use crate::{
    Change, Columns, Diagram, Drawing, Grouping, Look, Note, PictureError, Staged,
    layout::{Point, Rect, Size},
    pdf, png, svg,
    tests::Shop,
    text,
};

/// Names with quotes and of other scripts, keys of two columns, a line to itself, comments of several lines, a view.
fn odd() -> Diagram {
    let mut shop = Shop::new();
    let places = shop.table("места", &[("страна", "text", false), ("№", "integer", false), ("up", "integer", true)]);
    let odd = shop.table(
        "an \"odd\" 'name' \\ % 🏠",
        &[("the id", "character varying(20)", false), ("2nd", "bigint", true), ("страна", "text", true)],
    );
    let people = shop.table("people", &[("id", "bigint", false), ("boss_id", "bigint", true), ("note", "", true)]);
    shop.table("notes", &[("id", "bigint", false), ("people_id", "bigint", true)]);
    shop.relation("newest", catalog::RelationKind::View, &[("id", "bigint", true)]);
    shop.refer(odd, &["страна", "2nd"], places, &["страна", "№"]);
    shop.refer(odd, &["2nd"], people, &["id"]);
    shop.refer(people, &["boss_id"], people, &["id"]);
    shop.catalog.columns[4].comment = Some("it's \"second\"\nof two, \\ and more".to_owned());
    shop.drawn(&crate::Choice { views: true, inferred: true, columns: Columns::All, ..crate::Choice::default() })
}

struct Drawn {
    diagram: Diagram,
    places: Vec<Point>,
    lines: Vec<Vec<Point>>,
    frames: Vec<crate::Frame>,
    notes: Vec<Note>,
}

impl Drawn {
    fn new(diagram: Diagram) -> Self {
        let found = diagram.arrange(Grouping::Schema);
        let lines = diagram.lines(&found.places, &found.ways);
        let frames = diagram.frames(Grouping::Schema, &found.places);
        let rect = Rect { at: Point { x: 0.0, y: -200.0 }, size: Size { width: 200.0, height: 60.0 } };
        let notes = vec![Note { text: "A <note>".to_owned(), rect, colour: 2 }];
        Drawn { diagram, places: found.places, lines, frames, notes }
    }

    fn drawing(&self) -> Drawing<'_> {
        let Drawn { diagram, places, lines, frames, notes } = self;
        Drawing { diagram, places, lines, frames, notes, colours: &[Some(1)], staged: Staged::NOTHING }
    }
}

/// `ROWHOUSE_WRITE=1 cargo test -p erd exported` writes them anew.
#[test]
fn texts_are_those_that_their_tools_parse() {
    let drawn = Drawn::new(odd());
    let groups = drawn.diagram.groups(Grouping::Cluster);
    let shown = text::Shown { notes: &drawn.notes, colours: &[Some(1)], ..text::Shown::new(&drawn.diagram, &groups) };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/exported");
    for (name, text) in [
        ("odd.mmd", text::mermaid(&shown)),
        ("odd.dbml", text::dbml(&shown)),
        ("odd.puml", text::plantuml(&shown)),
        ("odd.json", text::json(&drawn.drawing())),
    ] {
        let path = folder.join(name);
        if std::env::var_os("ROWHOUSE_WRITE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "{name} is not what its tool parses");
    }
}

#[test]
fn every_picture_has_the_boxes_and_lines_of_the_screen() {
    let drawn = Drawn::new(odd());
    let document = svg(&drawn.drawing(), &Look::LIGHT);
    let parsed = usvg::roxmltree::Document::parse(&document).unwrap();
    let with = |name: &str, class: &str| {
        let wanted = |node: &usvg::roxmltree::Node<'_, '_>| {
            node.has_tag_name(name) && node.attribute("class").is_some_and(|found| found == class)
        };
        parsed.descendants().filter(wanted).collect::<Vec<_>>()
    };
    let number =
        |node: &usvg::roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let boxes: Vec<(Point, Size)> = with("rect", "b")
        .iter()
        .map(|node| {
            let at = Point { x: number(node, "x"), y: number(node, "y") };
            (at, Size { width: number(node, "width"), height: number(node, "height") })
        })
        .collect();
    let wanted: Vec<(Point, Size)> = drawn.places.iter().copied().zip(drawn.diagram.sizes()).collect();
    assert_eq!(boxes, wanted);
    let json: serde_json::Value = serde_json::from_str(&text::json(&drawn.drawing())).unwrap();
    let points: Vec<Vec<Point>> = json["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_array().unwrap().iter())
        .map(|line| line.map(|at| Point { x: at[0].as_f64().unwrap(), y: at[1].as_f64().unwrap() }).collect())
        .collect();
    assert_eq!(points, drawn.lines);
    // Each line begins where it leaves its box.
    for line in &drawn.lines {
        let start = format!("M{} {}L", line[0].x, line[0].y);
        assert!(parsed.descendants().any(|node| node.attribute("d").is_some_and(|d| d.starts_with(&start))), "{start}");
    }
}

#[test]
fn what_is_staged_is_marked_in_pictures_and_done_in_texts() {
    let drawn = Drawn::new(odd());
    let place = |name: &str| drawn.diagram.entities.iter().position(|entity| entity.name().contains(name)).unwrap();
    let (odd, people) = (place("odd"), place("people"));
    let mut staged = Staged { rows: vec![Vec::new(); odd + 1], names: vec![None; people + 1], ..Staged::default() };
    staged.rows[odd] = vec![Some(Change::Added), Some(Change::Removed)];
    staged.names[people] = Some("folk".to_owned());
    staged.relationships = vec![Some(Change::Removed); drawn.diagram.relationships.len()];
    staged.entities = vec![None; people + 1];
    staged.entities[people] = Some(Change::Changed);
    let drawing = Drawing { staged: &staged, ..drawn.drawing() };
    let picture = svg(&drawing, &Look::LIGHT);
    for text in [">folk</text>", ">+</text>", ">−</text>", ">~</text>", "stroke:#C81F45", "stroke:#C48A12"] {
        assert!(picture.contains(text), "{text}");
    }
    assert_eq!(picture.matches("<path class=\"s\"").count(), 1, "the row that goes is struck through");
    assert!(!svg(&drawn.drawing(), &Look::LIGHT).contains("style=\""));
    let json: serde_json::Value = serde_json::from_str(&text::json(&drawing)).unwrap();
    assert_eq!(json["tables"][people]["new_name"], "folk");
    assert_eq!(json["tables"][odd]["columns"][1]["staged"], "removed");
    let (applied, stays) = staged.applied(&drawn.diagram);
    assert_eq!(stays.len(), drawn.diagram.entities.len());
    assert!(applied.relationships.is_empty());
    assert_eq!(applied.entities[odd].rows.len(), drawn.diagram.entities[odd].rows.len() - 1);
    assert_eq!(applied.entities[people].name(), "folk");
    staged.entities[people] = Some(Change::Removed);
    staged.relationships.clear();
    let (applied, stays) = staged.applied(&drawn.diagram);
    assert!(!stays.contains(&people));
    assert!(applied.relationships.iter().all(|one| one.from.entity < stays.len() && one.to.entity < stays.len()));
}

#[test]
fn pixels_are_drawn_twice_as_large() {
    let drawn = Drawn::new(odd());
    for (look, ground) in [(Look::LIGHT, 0xFF), (Look::DARK, 0x1A)] {
        let pixels = Pixmap::decode_png(&png(&drawn.drawing(), &look).unwrap()).unwrap();
        let extent = drawn.drawing().extent();
        let doubled = |length: f64| (2.0 * length).ceil() as u32;
        assert_eq!((pixels.width(), pixels.height()), (doubled(extent.size.width), doubled(extent.size.height)));
        let pixel = |x: f64, y: f64| {
            let pixel = pixels.pixel(doubled(x - extent.at.x), doubled(y - extent.at.y)).unwrap().demultiply();
            (pixel.red(), pixel.green(), pixel.blue())
        };
        assert_eq!(pixel(extent.at.x + 4.0, extent.at.y + 4.0).0, ground);
        // Texts are drawn: where a head has its title not everything is one colour.
        for (entity, at) in drawn.diagram.entities.iter().zip(&drawn.places) {
            let strip = |from: f64| (0..60).map(move |step| from + f64::from(step));
            let colours: std::collections::HashSet<_> = strip(at.x + 10.0).map(|x| pixel(x, at.y + 15.0)).collect();
            assert!(colours.len() > 2, "{}", entity.name());
        }
    }
}

#[test]
fn a_picture_of_too_many_pixels_is_refused() {
    let drawn = Drawn::new(odd());
    let far: Vec<Point> = drawn.places.iter().map(|at| Point { x: at.x * 100.0, y: at.y * 100.0 }).collect();
    let lines = drawn.diagram.lines(&far, &[]);
    let drawing = Drawing { places: &far, lines: &lines, ..drawn.drawing() };
    let Err(error @ PictureError::TooLarge { width, height }) = png(&drawing, &Look::LIGHT) else {
        panic!("it is not")
    };
    assert!(width * height > 100_000_000);
    assert_eq!(
        error.to_string(),
        format!("The picture would be {width} x {height} pixels; at most 100 million can be drawn.")
    );
    for hostile in [f64::NAN, 1e300, f64::MAX, f64::NEG_INFINITY] {
        let places = vec![Point { x: hostile, y: hostile }; far.len()];
        let lines = drawn.diagram.lines(&places, &[]);
        let drawing = Drawing { places: &places, lines: &lines, ..drawn.drawing() };
        assert_eq!(png(&drawing, &Look::LIGHT).is_err(), hostile.is_finite(), "what has no place is left out");
        drop(pdf(&drawing, &Look::LIGHT));
    }
    assert!(pdf(&drawing, &Look::LIGHT).unwrap().starts_with(b"%PDF-"), "a page has no such limit");
}

#[test]
fn pages_hold_texts_and_lines() {
    let drawn = Drawn::new(odd());
    let bytes = pdf(&drawn.drawing(), &Look::LIGHT).unwrap();
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    assert_eq!(document.get_pages().len(), 1);
    // Every sign stands for itself there.
    let text: String = document.extract_text(&[1]).unwrap().split_whitespace().collect();
    for wanted in ["people", "boss_id", "страна", "charactervarying(20)", "A<note>", "public"] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    let (_, page) = document.get_pages().into_iter().next().unwrap();
    let media =
        document.get_object(page).unwrap().as_dict().unwrap().get(b"MediaBox").unwrap().as_array().unwrap().clone();
    let size = drawn.drawing().extent().size;
    let close = |index: usize, wanted: f64| (f64::from(media[index].as_float().unwrap()) - 0.75 * wanted).abs() < 0.01;
    assert!(close(2, size.width) && close(3, size.height), "{media:?} for {size:?}");
    let operations = lopdf::content::Content::decode(&document.get_page_content(page)).unwrap().operations;
    assert!(!operations.iter().any(|one| one.operator == "BI"), "nothing of it is pixels");
    assert!(!String::from_utf8_lossy(&bytes).contains("/Subtype/Image"), "nothing of it is pixels");
}
