//! What a face is told of a diagram that was drawn.

use erd::{Cardinality, Change, Diagram, Origin, Staged, measure};

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

/// What is staged of a diagram, where there is a sketch.
pub(super) fn staged(diagram: &Diagram, sketched: Option<&Sketched>) -> Staged {
    let Some(sketched) = sketched else { return Staged::default() };
    let entities = &diagram.entities;
    let rows = |entity: &erd::Entity| entity.rows.iter().map(|row| sketched.column(&entity.key, &row.name)).collect();
    Staged {
        entities: entities.iter().map(|entity| sketched.relation(&entity.key)).collect(),
        rows: entities.iter().map(rows).collect(),
        relationships: diagram.relationships.iter().map(|one| of_line(diagram, one, sketched)).collect(),
        names: entities.iter().map(|entity| sketched.name(&entity.key).map(str::to_owned)).collect(),
    }
}

/// What becomes of a foreign key.
pub(super) fn of_line(diagram: &Diagram, one: &erd::Relationship, sketched: &Sketched) -> Option<Change> {
    let from = diagram.entities.get(one.from.entity).filter(|_| one.origin == Origin::Declared)?;
    sketched.foreign_key(&from.key, one.name.as_deref(), &one.from.columns)
}

pub(super) fn change(change: Change) -> StructureChange {
    match change {
        Change::Added => StructureChange::Added,
        Change::Changed => StructureChange::Changed,
        Change::Removed => StructureChange::Removed,
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
    let staged = staged(&diagram, sketched);
    let boxes = diagram.entities.iter().enumerate().zip(&places).zip(&sizes).map(|(((index, entity), at), size)| {
        let table = table_of(&entity.key);
        DiagramBox {
            title: staged.title(&diagram, index),
            kind: kind_words(entity.kind).to_owned(),
            comment: entity.comment.clone(),
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
            rows: entity.rows.iter().enumerate().map(|(place, own)| row(own, staged.row(index, place))).collect(),
            folded: count(entity.folded),
            outside: count(entity.outside),
            colour: kept.tables.get(&table).and_then(|known| known.colour),
            staged: staged.entity(index).map(change),
            schema: table.schema,
            name: table.name,
        }
    });
    let told = diagram.relationships.iter().enumerate().zip(&links).zip(&lines).map(|(((place, one), link), line)| {
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
            staged: staged.relationship(place).map(change),
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

fn row(row: &erd::Row, staged: Option<Change>) -> DiagramRow {
    DiagramRow {
        name: row.name.clone(),
        native_type: row.native_type.clone(),
        nullable: row.nullable,
        primary: row.primary,
        unique: row.unique,
        foreign: row.foreign,
        comment: row.comment.clone(),
        staged: staged.map(change),
    }
}
