use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, StructureChange};

/// A relation as a diagram knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct DiagramTable {
    /// Its schema; empty where the engine has none.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// Which columns boxes show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiagramColumns {
    /// All of them.
    #[default]
    All,
    /// Those of keys, and those that refer or are referred to.
    Keys,
    /// None.
    None,
}

/// What is framed together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiagramGrouping {
    /// Nothing.
    #[default]
    None,
    /// Relations of a schema.
    Schema,
    /// Relations that are related with each other more than with others.
    Cluster,
}

/// What of a database a diagram shows, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramScope {
    /// Only relations of these schemas; of all but the server's own where there is no list.
    pub schemas: Option<Vec<String>>,
    /// Only these relations, whatever they are.
    pub only: Option<Vec<DiagramTable>>,
    /// Not these.
    pub hidden: Vec<DiagramTable>,
    /// Views and materialized views too.
    pub views: bool,
    /// Partitions too; else their parents stand for them.
    pub partitions: bool,
    /// Which columns.
    pub columns: DiagramColumns,
    /// Relationships too that no foreign key declares, but names and types speak for.
    pub inferred: bool,
    /// What is framed together.
    pub grouping: DiagramGrouping,
}

/// A diagram in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramSummary {
    /// Its id.
    pub id: String,
    /// Its name, which no other of its database has.
    pub name: String,
    /// When something of it was changed last, in ms since the epoch.
    #[specta(type = Count)]
    pub changed_ms: i64,
    /// What it shows.
    pub scope: DiagramScope,
}

/// A column of a box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramRow {
    /// Its name.
    pub name: String,
    /// Its type as the server prints it.
    pub native_type: String,
    /// Whether it may be NULL, where that is known.
    pub nullable: Option<bool>,
    /// Whether it belongs to the primary key.
    pub primary: bool,
    /// Whether it alone tells rows apart.
    pub unique: bool,
    /// Whether a foreign key begins here.
    pub foreign: bool,
    /// Its comment.
    pub comment: Option<String>,
    /// What becomes of it by what is staged; what goes is drawn still.
    pub staged: Option<StructureChange>,
}

/// A relation as it is drawn. All lengths of a diagram are CSS pixels at zoom 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramBox {
    /// Its schema; empty where the engine has none.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What its head says: with the schema where the diagram has more than one.
    pub title: String,
    /// What it is, in words (`table`, `materialized view`).
    pub kind: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Its left edge.
    #[specta(type = Count)]
    pub x: f64,
    /// Its top.
    #[specta(type = Count)]
    pub y: f64,
    /// From left to right.
    #[specta(type = Count)]
    pub width: f64,
    /// From top to bottom.
    #[specta(type = Count)]
    pub height: f64,
    /// The columns that are shown.
    pub rows: Vec<DiagramRow>,
    /// How many columns are not.
    pub folded: u32,
    /// How many foreign keys lead to or come from relations that are not drawn.
    pub outside: u32,
    /// The colour that a person gave it, from 0 to 7.
    pub colour: Option<u32>,
    /// What becomes of it, or of something it has, by what is staged.
    pub staged: Option<StructureChange>,
}

/// How many rows there are on one side of a line for one row of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiagramCardinality {
    /// One, always.
    One,
    /// At most one; whether there may be none is not known.
    AtMostOne,
    /// One or none.
    ZeroOrOne,
    /// Any number.
    ZeroOrMany,
}

/// One side of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramEnd {
    /// The box, by its place in the list of boxes.
    pub table: u32,
    /// Its columns, in the key's order.
    pub columns: Vec<String>,
    /// Where the line reaches the box, from its top.
    #[specta(type = Count)]
    pub y: f64,
    /// How many rows there are on this side.
    pub cardinality: DiagramCardinality,
}

/// A relationship as it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramLine {
    /// The foreign key's name.
    pub name: Option<String>,
    /// The side that refers.
    pub from: DiagramEnd,
    /// The side that is referred to.
    pub to: DiagramEnd,
    /// What becomes of referring rows when a referred one is deleted, in words.
    pub on_delete: String,
    /// What becomes of them when its key changes, in words.
    pub on_update: String,
    /// Whether names and types speak for it and no foreign key declares it.
    pub inferred: bool,
    /// Its corners, from `from` to `to`: x, y, x, y …
    #[specta(type = Vec<Count>)]
    pub corners: Vec<f64>,
    /// What becomes of it by what is staged.
    pub staged: Option<StructureChange>,
}

/// A frame around relations that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramFrame {
    /// What its head says.
    pub title: String,
    /// Its colour, from 0 to 7.
    pub colour: u32,
    /// Its boxes, by their places in the list of boxes.
    pub members: Vec<u32>,
    /// Its left edge.
    #[specta(type = Count)]
    pub x: f64,
    /// Its top.
    #[specta(type = Count)]
    pub y: f64,
    /// From left to right.
    #[specta(type = Count)]
    pub width: f64,
    /// From top to bottom.
    #[specta(type = Count)]
    pub height: f64,
}

/// What a person wrote beside the boxes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramNote {
    /// Its id, made by the window.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its left edge.
    #[specta(type = Count)]
    pub x: f64,
    /// Its top.
    #[specta(type = Count)]
    pub y: f64,
    /// From left to right.
    #[specta(type = Count)]
    pub width: f64,
    /// From top to bottom.
    #[specta(type = Count)]
    pub height: f64,
    /// Its colour, from 0 to 7.
    pub colour: u32,
}

/// How large the parts of boxes, frames and notes are, so that the window draws them as pictures do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramMetrics {
    /// The height of a box's head.
    #[specta(type = Count)]
    pub head: f64,
    /// The height of a column's row.
    #[specta(type = Count)]
    pub row: f64,
    /// What is left below the last row.
    #[specta(type = Count)]
    pub foot: f64,
    /// Between a box's edge and its text.
    #[specta(type = Count)]
    pub pad: f64,
    /// The room of a key's mark before a column's name.
    #[specta(type = Count)]
    pub mark: f64,
    /// Between a column's name and its type, at least.
    #[specta(type = Count)]
    pub gap: f64,
    /// The size of a head's text.
    #[specta(type = Count)]
    pub head_text: f64,
    /// The size of a column's name.
    #[specta(type = Count)]
    pub name_text: f64,
    /// The size of a type.
    #[specta(type = Count)]
    pub type_text: f64,
    /// Between a frame's edge and its boxes.
    #[specta(type = Count)]
    pub frame_pad: f64,
    /// The height of a frame's head.
    #[specta(type = Count)]
    pub frame_head: f64,
    /// Between a note's edge and its text.
    #[specta(type = Count)]
    pub note_pad: f64,
    /// The height of a line of a note's text.
    #[specta(type = Count)]
    pub note_row: f64,
}

/// A relation that has another name since it was drawn last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramRenamed {
    /// What it was called.
    pub from: DiagramTable,
    /// What it is called.
    pub to: DiagramTable,
    /// Whether the server knows it for the same; else its columns are those of one that is gone, and of no other.
    pub certain: bool,
}

/// A diagram with everything that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramDrawing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub scope: DiagramScope,
    /// When the catalog was read, in ms since the epoch.
    #[specta(type = Count)]
    pub as_of_ms: i64,
    /// Whether the catalog comes from disk, or from before the server was lost.
    pub offline: bool,
    /// How many relations the database has, those of the server itself apart.
    pub tables: u32,
    /// The schemas that one may choose.
    pub schemas: Vec<String>,
    /// How long boxes were laid out; nothing where all places were kept.
    #[specta(type = Option<Count>)]
    pub layout_ms: Option<f64>,
    /// The relations, by schema and name.
    pub boxes: Vec<DiagramBox>,
    /// The relationships between them.
    pub lines: Vec<DiagramLine>,
    /// The frames around them.
    pub frames: Vec<DiagramFrame>,
    /// The notes beside them.
    pub notes: Vec<DiagramNote>,
    /// How large the parts are.
    pub metrics: DiagramMetrics,
    /// Relations that have another name since the diagram was opened last; their places and colours went with them.
    pub renamed: Vec<DiagramRenamed>,
    /// Relations that are drawn for the first time since then.
    pub added: Vec<DiagramTable>,
    /// Relations that the database has no more since then; their places are kept.
    pub gone: Vec<DiagramTable>,
}

/// Where a person put a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramPlace {
    /// Its schema; empty where the engine has none.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its left edge.
    #[specta(type = Count)]
    pub x: f64,
    /// Its top.
    #[specta(type = Count)]
    pub y: f64,
}

/// A place and a size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramRect {
    /// The left edge.
    #[specta(type = Count)]
    pub x: f64,
    /// The top.
    #[specta(type = Count)]
    pub y: f64,
    /// From left to right.
    #[specta(type = Count)]
    pub width: f64,
    /// From top to bottom.
    #[specta(type = Count)]
    pub height: f64,
}

/// A line whose way is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DiagramCourse {
    /// The box that refers.
    pub from: DiagramRect,
    /// Where the line leaves it, from its top.
    #[specta(type = Count)]
    pub from_y: f64,
    /// The box that is referred to.
    pub to: DiagramRect,
    /// Where the line reaches it, from its top.
    #[specta(type = Count)]
    pub to_y: f64,
    /// Whether it leads from a box to itself.
    pub own: bool,
    /// The place of `to` in the list of boxes: lines to the same box run together.
    pub lane: u32,
}

/// The corners of a line: x, y, x, y …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct DiagramCorners(
    /// The numbers.
    #[specta(type = Vec<Count>)]
    pub Vec<f64>,
);

/// What a diagram can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DiagramFormat {
    /// A picture that stays sharp, its fonts included.
    Svg,
    /// A picture of twice the size on the screen.
    Png,
    /// A page of the picture's size.
    Pdf,
    /// For documents in Markdown.
    Mermaid,
    /// For dbdiagram.io and its tools.
    Dbml,
    /// For PlantUML.
    Plantuml,
    /// The statements that would make the relations again, as the server prints them.
    Sql,
    /// Everything that is drawn, for programs.
    Json,
}

/// A relationship as one of its relations sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramRelation {
    /// The foreign key's name.
    pub name: Option<String>,
    /// Whether this relation refers to the other; else it is referred to.
    pub outgoing: bool,
    /// Its columns.
    pub columns: Vec<String>,
    /// How many of its rows there are for one of the other.
    pub cardinality: DiagramCardinality,
    /// The other relation.
    pub other: DiagramTable,
    /// The other's columns.
    pub other_columns: Vec<String>,
    /// How many of the other's rows there are for one of its own.
    pub other_cardinality: DiagramCardinality,
    /// What becomes of referring rows when a referred one is deleted, in words.
    pub on_delete: String,
    /// What becomes of them when its key changes, in words.
    pub on_update: String,
    /// What is staged of it.
    pub staged: Option<StructureChange>,
}

/// The relationships of one relation, over the whole database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DiagramRelations {
    /// Its foreign keys.
    pub refers_to: Vec<DiagramRelation>,
    /// Foreign keys of others, or its own, that refer to it.
    pub referenced_by: Vec<DiagramRelation>,
    /// Those that names and types speak for, in both directions.
    pub inferred: Vec<DiagramRelation>,
}
