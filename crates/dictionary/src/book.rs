//! Pages of blocks, before anything is escaped.

use catalog::{Catalog, Coverage, Kind, Known, RelationKind};

use crate::{links::Links, objects, relations};

/// What of a catalog is written, and what it is called.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The title.
    pub title: String,
    /// The product and its version, as people say it.
    pub server: String,
    /// Only these schemas.
    pub schemas: Option<Vec<String>>,
}

/// A dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Its title.
    pub title: String,
    /// What it says of the whole.
    pub overview: Vec<Block>,
    /// Its pages: schema by schema, and what belongs to no schema at the end.
    pub pages: Vec<Page>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What links to it are made of: letters and digits of ASCII, `-` and `.`; no two are alike but for case.
    pub anchor: String,
    /// What it is, in a word or two.
    pub kind: &'static str,
    /// Its schema.
    pub schema: Option<String>,
    /// Its name.
    pub title: String,
    /// What else it is found by.
    pub words: Vec<String>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A comment, in lines.
    Comment(String),
    /// A remark of this program.
    Remark(String),
    /// A few facts, each with its name.
    Facts(Vec<(&'static str, Cell)>),
    /// A table under a heading.
    Table {
        /// What its rows are.
        title: &'static str,
        /// Names of columns.
        head: Vec<&'static str>,
        /// As many cells as there are columns.
        rows: Vec<Vec<Cell>>,
    },
    /// A text in the database's language, under a heading.
    Code {
        /// What it is.
        title: String,
        /// The text.
        text: String,
    },
}

/// What stands in a cell: spans, one after the other.
pub type Cell = Vec<Span>;

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Text(String),
    /// A name, a type or an expression.
    Code(String),
    /// A name that leads to its page.
    Link {
        /// What is shown.
        text: String,
        /// The anchor of its page.
        to: String,
    },
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Vec::new() } else { vec![Span::Text(text)] }
}

pub(crate) fn code(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Vec::new() } else { vec![Span::Code(text)] }
}

/// Names in a row, with commas.
pub(crate) fn codes<'a>(some: impl IntoIterator<Item = &'a str>) -> Cell {
    let mut cell = Cell::new();
    for one in some {
        if !cell.is_empty() {
            cell.push(Span::Text(", ".to_owned()));
        }
        cell.push(Span::Code(one.to_owned()));
    }
    cell
}

/// A table without the columns that hold nothing in any row.
pub(crate) fn filled(title: &'static str, head: &[&'static str], rows: Vec<Vec<Cell>>) -> Block {
    let is_filled = |place: usize| rows.iter().any(|row| row.get(place).is_some_and(|cell| !cell.is_empty()));
    let kept: Vec<bool> = (0..head.len()).map(is_filled).collect();
    fn only<T>(some: impl IntoIterator<Item = T>, kept: &[bool]) -> Vec<T> {
        some.into_iter().zip(kept).filter_map(|(one, keep)| keep.then_some(one)).collect()
    }
    let head = only(head.iter().copied(), &kept);
    Block::Table { title, head, rows: rows.into_iter().map(|row| only(row, &kept)).collect() }
}

/// Facts, where there are any.
pub(crate) fn facts(facts: Vec<(&'static str, Cell)>) -> Option<Block> {
    (!facts.is_empty()).then_some(Block::Facts(facts))
}

/// A table of what was found, or what kept it from being found: what could not be read does not look empty.
pub(crate) fn table(
    catalog: &Catalog,
    kind: Kind,
    title: &'static str,
    head: &[&'static str],
    rows: Vec<Vec<Cell>>,
) -> Option<Block> {
    if !rows.is_empty() {
        return Some(filled(title, head, rows));
    }
    match catalog.coverage.get(&kind) {
        Some(Known::Denied) => Some(Block::Remark(format!("{title}: the login may not read them."))),
        _ => None,
    }
}

/// The number of a count, and what is counted.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

impl Book {
    /// Reads a catalog, which was read with its definitions.
    pub fn of(catalog: &Catalog, choice: &Choice) -> Self {
        let links = Links::of(catalog, choice);
        let mut pages = Vec::new();
        let mut schemas: Vec<Vec<Cell>> = Vec::new();
        for id in links.schemas() {
            let schema = &catalog.schemas[id.0 as usize];
            let before = pages.len();
            let own = relations::pages(catalog, &links, id);
            let is_view = |page: &Page| page.kind.contains("view");
            let views = own.iter().filter(|page| is_view(page)).count();
            let tables = own.iter().filter(|page| !is_view(page) && page.kind != "partition").count();
            pages.push(Page {
                anchor: links.schema(id),
                kind: "schema",
                schema: None,
                title: schema.name.clone(),
                words: schema.comment.clone().into_iter().collect(),
                blocks: objects::schema(catalog, schema, &own),
            });
            pages.extend(own);
            pages.extend(objects::pages(catalog, &links, id));
            let others = pages.len() - before - 1 - tables - views;
            schemas.push(vec![
                vec![Span::Link { text: schema.name.clone(), to: links.schema(id) }],
                text(tables.to_string()),
                text(views.to_string()),
                text(others.to_string()),
                text(schema.comment.clone().unwrap_or_default()),
            ]);
        }
        let mut overview = vec![Block::Facts(overview(catalog, choice))];
        overview.extend(unread(catalog));
        if let Some(comment) = catalog.databases.iter().find(|one| one.current).and_then(|one| one.comment.clone()) {
            overview.insert(0, Block::Comment(comment));
        }
        if !schemas.is_empty() {
            overview.push(filled("Schemas", &["Schema", "Tables", "Views", "Others", "Comment"], schemas));
        }
        overview.extend(objects::extensions(catalog));
        Book { title: choice.title.clone(), overview, pages }
    }
}

fn overview(catalog: &Catalog, choice: &Choice) -> Vec<(&'static str, Cell)> {
    let chosen = |schema: &str| choice.schemas.as_ref().is_none_or(|some| some.iter().any(|one| one == schema));
    let relations: Vec<_> = catalog.walk_relations().filter(|one| chosen(one.schema())).collect();
    let of = |some: &[RelationKind]| relations.iter().filter(|one| some.contains(&one.row().kind)).count();
    let views = of(&[RelationKind::View, RelationKind::MaterializedView]);
    let partitions = of(&[RelationKind::Partition]);
    let columns: usize = relations.iter().map(|one| one.columns().len()).sum();
    let keys: usize = relations.iter().map(|one| one.foreign_keys().len()).sum();
    let mut facts = vec![("Server", text(&choice.server))];
    if let Some(database) = &catalog.database {
        facts.insert(0, ("Database", code(database)));
    }
    let mut holds = vec![
        counted(relations.len() - views - partitions, "table", "tables"),
        counted(views, "view", "views"),
        counted(columns, "column", "columns"),
        counted(keys, "foreign key", "foreign keys"),
    ];
    if partitions > 0 {
        holds.insert(1, counted(partitions, "partition", "partitions"));
    }
    facts.push(("Holds", text(holds.join(", "))));
    facts
}

/// What the login may not read.
fn unread(catalog: &Catalog) -> Option<Block> {
    let denied = |(kind, coverage): (&Kind, &Coverage)| (*coverage == Known::Denied).then(|| kind.words());
    let kinds: Vec<&str> = catalog.coverage.iter().filter_map(denied).collect();
    (!kinds.is_empty()).then(|| Block::Remark(format!("The login may not read all: {}.", kinds.join(", "))))
}
