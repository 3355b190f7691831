//! The drawing as JSON, places included; `docs/diagrams.md` says what is in it. Change both together, and only by adding.

use catalog::{Action, RelationKind};
use serde::Serialize;

use crate::{
    Cardinality, Change, Drawing, End, Entity, Frame, Note, Origin, Relationship, Row,
    layout::{Point, Rect},
};

/// Of the shape; parts that are added leave it as it is.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    rowhouse_diagram: u32,
    #[serde(flatten)]
    extent: Place,
    tables: Vec<Table<'a>>,
    relationships: Vec<Line<'a>>,
    groups: Vec<Group<'a>>,
    notes: Vec<Remark<'a>>,
}

/// Lengths in CSS pixels; a number that is none is `null`.
#[derive(Serialize)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct Table<'a> {
    schema: Option<&'a str>,
    name: &'a str,
    kind: RelationKind,
    comment: Option<&'a str>,
    #[serde(flatten)]
    place: Place,
    colour: Option<usize>,
    columns: Vec<Column<'a>>,
    folded: usize,
    outside: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    staged: Option<Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_name: Option<&'a str>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    native_type: &'a str,
    nullable: Option<bool>,
    primary: bool,
    unique: bool,
    foreign: bool,
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staged: Option<Change>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: Option<&'a str>,
    from: Side<'a>,
    to: Side<'a>,
    on_delete: Action,
    on_update: Action,
    inferred: bool,
    line: Vec<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staged: Option<Change>,
}

#[derive(Serialize)]
struct Side<'a> {
    table: usize,
    columns: &'a [String],
    cardinality: &'static str,
}

#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    colour: usize,
    tables: &'a [usize],
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct Remark<'a> {
    text: &'a str,
    colour: usize,
    #[serde(flatten)]
    place: Place,
}

/// The drawing as one JSON object, ended by a line break.
pub fn json(drawing: &Drawing<'_>) -> String {
    let diagram = drawing.diagram;
    let sizes = diagram.sizes();
    let tables = diagram.entities.iter().enumerate().zip(drawing.places).zip(&sizes);
    let document = Document {
        rowhouse_diagram: VERSION,
        extent: place(&drawing.extent()),
        tables: tables
            .map(|(((index, entity), at), size)| table(drawing, (index, entity), Rect { at: *at, size: *size }))
            .collect(),
        relationships: diagram
            .relationships
            .iter()
            .zip(drawing.lines)
            .enumerate()
            .map(|(place, (one, line))| relationship(one, line, drawing.staged.relationship(place)))
            .collect(),
        groups: drawing.frames.iter().map(group).collect(),
        notes: drawing.notes.iter().map(remark).collect(),
    };
    // Of these parts none can fail to be written: no key is anything but a text.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn place(rect: &Rect) -> Place {
    Place { x: rect.at.x, y: rect.at.y, width: rect.size.width, height: rect.size.height }
}

fn table<'a>(drawing: &Drawing<'a>, (index, entity): (usize, &'a Entity), rect: Rect) -> Table<'a> {
    let staged = drawing.staged;
    Table {
        schema: entity.key.schema.as_deref(),
        name: entity.name(),
        kind: entity.kind,
        comment: entity.comment.as_deref(),
        place: place(&rect),
        colour: drawing.colours.get(index).copied().flatten(),
        columns: entity.rows.iter().enumerate().map(|(place, row)| column(row, staged.row(index, place))).collect(),
        folded: entity.folded,
        outside: entity.outside,
        staged: staged.entity(index),
        new_name: staged.name(index),
    }
}

fn column(row: &Row, staged: Option<Change>) -> Column<'_> {
    Column {
        name: &row.name,
        native_type: &row.native_type,
        nullable: row.nullable,
        primary: row.primary,
        unique: row.unique,
        foreign: row.foreign,
        comment: row.comment.as_deref(),
        staged,
    }
}

fn relationship<'a>(one: &'a Relationship, line: &[Point], staged: Option<Change>) -> Line<'a> {
    Line {
        name: one.name.as_deref(),
        from: side(&one.from),
        to: side(&one.to),
        on_delete: one.on_delete,
        on_update: one.on_update,
        inferred: one.origin == Origin::Inferred,
        line: line.iter().map(|at| [at.x, at.y]).collect(),
        staged,
    }
}

fn side(end: &End) -> Side<'_> {
    let cardinality = match end.cardinality {
        Cardinality::One => "one",
        Cardinality::ZeroOrOne => "zero_or_one",
        Cardinality::ZeroOrMany => "zero_or_many",
        Cardinality::AtMostOne => "at_most_one",
    };
    Side { table: end.entity, columns: &end.columns, cardinality }
}

fn group(frame: &Frame) -> Group<'_> {
    Group { title: &frame.title, colour: frame.colour, tables: &frame.members, place: place(&frame.rect) }
}

fn remark(note: &Note) -> Remark<'_> {
    Remark { text: &note.text, colour: note.colour, place: place(&note.rect) }
}
