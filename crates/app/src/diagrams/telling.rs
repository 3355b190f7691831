//! What a face is told of a diagram that was drawn.

use catalog::ObjectKey;
use erd::{Cardinality, Origin, measure};

use super::{
    drawing::{self, Drawn, table_of},
    keeping::Kept,
};
use crate::{
    api::*,
    explorer::{Shelved, action, kind_words},
    structure::Sketched,
};

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn cardinality(cardinality: Cardinality) -> DiagramCardinality {
    match cardinality {
        Cardinality::One => DiagramCardinality::One,
        Cardinality::AtMostOne => DiagramCardinality::AtMostOne,
        Cardinality::ZeroOrOne => DiagramCardinality::ZeroOrOne,
        Cardinality::ZeroOrMany => DiagramCardinality::ZeroOrMany,
    }
}

fn metrics() -> DiagramMetrics {
    let (head_text, name_text, type_text) = measure::SIZES;
    DiagramMetrics {
        head: measure::HEAD,
        row: measure::ROW,
        foot: measure::FOOT,
        pad: measure::PAD,
        mark: measure::MARK,
        gap: measure::GAP,
        head_text,
        name_text,
        type_text,
        frame_pad: measure::FRAME_PAD,
        frame_head: measure::FRAME_HEAD,
        note_pad: measure::NOTE_PAD,
        note_row: measure::NOTE_ROW,
    }
}

pub(super) fn corners(points: &[erd::layout::Point]) -> Vec<f64> {
    points.iter().flat_map(|point| [point.x, point.y]).collect()
}

/// The schemas that one may choose, by name.
fn schemas(shelved: &Shelved) -> Vec<String> {
    let own = shelved.catalog.schemas.iter().filter(|schema| !schema.system);
    let mut names: Vec<String> = own.map(|schema| schema.name.clone()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

/// A title with the name that its relation gets.
fn titled(title: String, old: &str, new: Option<&str>) -> String {
    match (new, title.strip_suffix(old)) {
        (Some(new), Some(before)) => format!("{before}{new}"),
        _ => title,
    }
}

/// A drawing for faces. The colours of boxes are those that are kept.
pub(super) fn tell(
    shelved: &Shelved,
    kept: &Kept,
    drawn: Drawn,
    sketched: Option<&Sketched>,
    offline: bool,
) -> DiagramDrawing {
    let Drawn { diagram, sizes, links, places, lines, frames, layout_ms, renamed, added, gone } = drawn;
    let boxes = diagram.entities.iter().zip(&places).zip(&sizes).map(|((entity, at), size)| {
        let table = table_of(&entity.key);
        DiagramBox {
            title: titled(diagram.title(entity), &table.name, sketched.and_then(|one| one.name(&entity.key))),
            kind: kind_words(entity.kind).to_owned(),
            comment: entity.comment.clone(),
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
            rows: entity.rows.iter().map(|own| row(&entity.key, own, sketched)).collect(),
            folded: count(entity.folded),
            outside: count(entity.outside),
            colour: kept.tables.get(&table).and_then(|known| known.colour),
            staged: sketched.and_then(|one| one.relation(&entity.key)),
            schema: table.schema,
            name: table.name,
        }
    });
    let staged = |one: &erd::Relationship| {
        let from = diagram.entities.get(one.from.entity).filter(|_| one.origin != Origin::Inferred)?;
        sketched?.foreign_key(&from.key, one.name.as_deref(), &one.from.columns)
    };
    let told = diagram.relationships.iter().zip(&links).zip(&lines).map(|((one, link), line)| {
        let end = |end: &erd::End, y: f64| DiagramEnd {
            table: count(end.entity),
            columns: end.columns.clone(),
            y,
            cardinality: cardinality(end.cardinality),
        };
        DiagramLine {
            name: one.name.clone(),
            from: end(&one.from, link.from_y),
            to: end(&one.to, link.to_y),
            on_delete: action(one.on_delete).to_owned(),
            on_update: action(one.on_update).to_owned(),
            inferred: one.origin == Origin::Inferred,
            corners: corners(line),
            staged: staged(one),
        }
    });
    let frames = frames.into_iter().map(|frame| DiagramFrame {
        title: frame.title,
        colour: count(frame.colour),
        members: frame.members.into_iter().map(count).collect(),
        x: frame.rect.at.x,
        y: frame.rect.at.y,
        width: frame.rect.size.width,
        height: frame.rect.size.height,
    });
    DiagramDrawing {
        id: kept.id.clone(),
        name: kept.name.clone(),
        scope: kept.scope.clone(),
        as_of_ms: shelved.catalog.as_of_ms,
        offline,
        tables: count(drawing::count(&shelved.catalog, &kept.scope)),
        schemas: schemas(shelved),
        layout_ms,
        boxes: boxes.collect(),
        lines: told.collect(),
        frames: frames.collect(),
        notes: kept.notes.clone(),
        metrics: metrics(),
        renamed,
        added,
        gone,
    }
}

fn row(relation: &ObjectKey, row: &erd::Row, sketched: Option<&Sketched>) -> DiagramRow {
    DiagramRow {
        name: row.name.clone(),
        native_type: row.native_type.clone(),
        nullable: row.nullable,
        primary: row.primary,
        unique: row.unique,
        foreign: row.foreign,
        comment: row.comment.clone(),
        staged: sketched.and_then(|one| one.column(relation, &row.name)),
    }
}
