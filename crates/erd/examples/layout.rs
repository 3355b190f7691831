//! Lays made-up databases out, for `tests/bench/diagram.mjs`: `layout TABLES RUNS` prints one JSON object with the boxes, the links, the
//! lines that were found, and how long it took.
#![allow(clippy::print_stdout)]

use std::{error::Error, time::Instant};

use catalog::{Catalog, Column, Constraint, ConstraintKind, ForeignKey, Known, Relation, RelationKind, Schema};
use erd::{Choice, Diagram, Drawing, Grouping, Look, Staged};
use serde_json::json;

fn random(seed: &mut u64, below: u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed % below
}

/// Tables with 3 to 14 columns and 1.1 foreign keys each: a third of these to hubs (who is referred to much is referred to more), the
/// others to tables that were made shortly before.
fn database(tables: usize) -> Catalog {
    let seed = &mut 88_172_645_463_325_252;
    let mut catalog = Catalog { database: Some("bench".to_owned()), ..Catalog::default() };
    let schema = catalog.push_schema(Schema::named("public"));
    let names: Vec<String> = (0..tables).map(|index| format!("table_{index:05}")).collect();
    let mut ids = Vec::with_capacity(tables);
    let mut referred = vec![0];
    for (index, name) in names.iter().enumerate() {
        let id = catalog.push_relation(Relation::new(schema, name, RelationKind::Table));
        ids.push(id);
        let wanted = match random(seed, 10) {
            0..=2 => 0,
            3..=6 => 1,
            7..=8 => 2,
            _ => 3,
        };
        let keys = if index == 0 { 0 } else { wanted };
        let others = 2 + random(seed, 12) as usize;
        let columns =
            (0..keys).map(|key| format!("key_{key}")).chain((0..others).map(|other| format!("column_{other}")));
        for (place, column) in std::iter::once("id".to_owned()).chain(columns).enumerate() {
            let mut column = Column::new(id, place as u32 + 1, &column, if place % 3 == 0 { "bigint" } else { "text" });
            column.nullable = Known::Value(place % 4 == 3);
            catalog.columns.push(column);
        }
        catalog.constraints.push(Constraint {
            relation: id,
            name: None,
            kind: ConstraintKind::PrimaryKey,
            columns: vec!["id".to_owned()],
            definition: Known::NotLoaded,
            deferrable: false,
            initially_deferred: false,
            validated: true,
            inherited: false,
            comment: None,
        });
        for key in 0..keys {
            let to = if random(seed, 3) == 0 {
                referred[random(seed, referred.len() as u64) as usize]
            } else {
                index.saturating_sub(1 + random(seed, 40) as usize)
            };
            referred.push(to);
            catalog.foreign_keys.push(ForeignKey {
                relation: id,
                name: None,
                columns: vec![format!("key_{key}")],
                references: ("public".to_owned(), names[to].clone()),
                referenced: Some(ids[to]),
                referenced_columns: vec!["id".to_owned()],
                on_delete: catalog::Action::NoAction,
                on_update: catalog::Action::NoAction,
                deferrable: false,
                initially_deferred: false,
                validated: true,
                definition: Known::NotLoaded,
                comment: None,
            });
        }
    }
    catalog.seal();
    catalog
}

fn main() -> Result<(), Box<dyn Error>> {
    let number = |place: usize| -> Result<usize, Box<dyn Error>> {
        let text = std::env::args().nth(place).ok_or("layout TABLES RUNS")?;
        Ok(text.parse()?)
    };
    let (tables, runs) = (number(1)?, number(2)?.max(1));
    let catalog = database(tables);
    let diagram = Diagram::of(&catalog, &Choice::default());
    let (mut laid, mut written) = (Vec::new(), Vec::new());
    let mut found = diagram.arrange(Grouping::None);
    for _ in 0..runs {
        let begun = Instant::now();
        found = diagram.arrange(Grouping::None);
        laid.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let lines = diagram.lines(&found.places, &found.ways);
    let drawing = Drawing {
        diagram: &diagram,
        places: &found.places,
        lines: &lines,
        frames: &[],
        notes: &[],
        colours: &[],
        staged: Staged::NOTHING,
    };
    for _ in 0..runs {
        let begun = Instant::now();
        let picture = erd::svg(&drawing, &Look::LIGHT);
        written.push((begun.elapsed().as_secs_f64() * 1e3, picture.len()));
    }
    let sizes: Vec<[f64; 2]> = diagram.sizes().iter().map(|size| [size.width, size.height]).collect();
    let links = diagram.links();
    // Along what the layout has lines pass, as the others' are counted: not by the corners of their upright pieces.
    let passed = |index: usize| {
        let link = &links[index];
        let (from, to) = (found.places[link.from], found.places[link.to]);
        let (own, other) = (&sizes[link.from], &sizes[link.to]);
        let left = from.x >= to.x;
        let start = [from.x + if left { 0.0 } else { own[0] }, from.y + link.from_y];
        let end = [to.x + if left { other[0] } else { 0.0 }, to.y + link.to_y];
        let way = found.ways[index].iter().map(|at| [at.x, at.y]);
        std::iter::once(start).chain(way).chain(std::iter::once(end)).collect::<Vec<_>>()
    };
    let extent = drawing.extent().size;
    println!(
        "{}",
        json!({
            "boxes": sizes,
            "links": links.iter().map(|link| json!([link.from, link.from_y, link.to, link.to_y])).collect::<Vec<_>>(),
            "lines": (0..links.len()).map(passed).collect::<Vec<_>>(),
            "layout_ms": laid,
            "svg_ms": written.iter().map(|(taken, _)| taken).collect::<Vec<_>>(),
            "svg_bytes": written.first().map(|(_, length)| length),
            "size": [extent.width, extent.height],
        })
    );
    Ok(())
}
