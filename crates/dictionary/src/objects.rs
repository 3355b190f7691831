//! Pages of what is no relation: schemas, types, routines, sequences.

use catalog::{
    Catalog, Kind, Known, Routine, RoutineKind, Schema, SchemaId, Sequence, TypeKind, TypeObject, Volatility,
};

use crate::{
    book::{Block, Cell, Page, Span, code, codes, filled, text},
    links::Links,
};

/// What a schema's own page says: what is in it, with links.
pub(crate) fn schema(catalog: &Catalog, schema: &Schema, relations: &[Page]) -> Vec<Block> {
    let mut blocks: Vec<Block> = schema.comment.clone().map(Block::Comment).into_iter().collect();
    if let Some(owner) = &schema.owner {
        blocks.push(Block::Facts(vec![("Owner", code(owner))]));
    }
    let rows: Vec<Vec<Cell>> = relations
        .iter()
        .map(|page| {
            let comment = page.blocks.iter().find_map(|block| match block {
                Block::Comment(comment) => Some(comment.clone()),
                _ => None,
            });
            let link = vec![Span::Link { text: page.title.clone(), to: page.anchor.clone() }];
            vec![link, text(page.kind), text(comment.unwrap_or_default())]
        })
        .collect();
    let denied =
        catalog.coverage.get(&Kind::Relations) == Some(&Known::Denied) || schema.may_use == Known::Value(false);
    match rows.is_empty() {
        false => blocks.push(filled("Tables and views", &["Name", "Kind", "Comment"], rows)),
        true if denied => blocks.push(Block::Remark("The login may not read all of this schema.".to_owned())),
        true => blocks.push(Block::Remark("There are no tables or views.".to_owned())),
    }
    blocks
}

/// The types, routines and sequences of a schema.
pub(crate) fn pages(catalog: &Catalog, links: &Links, schema: SchemaId) -> Vec<Page> {
    let name = catalog.schema_name(schema);
    let mut pages = Vec::new();
    for (place, one) in catalog.types.iter().enumerate().filter(|(_, one)| one.schema == schema) {
        let Some(anchor) = links.type_at(place) else { continue };
        pages.push(page(anchor, kind(one.kind), name, &one.name, one.comment.as_ref(), type_blocks(links, one)));
    }
    for (place, one) in catalog.routines.iter().enumerate().filter(|(_, one)| one.schema == schema) {
        let Some(anchor) = links.routine_at(place) else { continue };
        let arguments = one.identity_arguments.as_deref().or(one.arguments.as_deref()).unwrap_or_default();
        let title = format!("{}({arguments})", one.name);
        pages.push(page(anchor, routine_kind(one.kind), name, &title, one.comment.as_ref(), routine_blocks(one)));
    }
    for (place, one) in catalog.sequences.iter().enumerate().filter(|(_, one)| one.schema == schema) {
        let Some(anchor) = links.sequence_at(place) else { continue };
        pages.push(page(anchor, "sequence", name, &one.name, one.comment.as_ref(), sequence_blocks(links, one, name)));
    }
    pages.sort_by(|a, b| (a.kind, &a.title, &a.anchor).cmp(&(b.kind, &b.title, &b.anchor)));
    pages
}

fn page(
    anchor: &str,
    kind: &'static str,
    schema: &str,
    title: &str,
    comment: Option<&String>,
    blocks: Vec<Block>,
) -> Page {
    let commented = comment.cloned().map(Block::Comment);
    Page {
        anchor: anchor.to_owned(),
        kind,
        schema: Some(schema.to_owned()),
        title: title.to_owned(),
        words: comment.cloned().into_iter().collect(),
        blocks: commented.into_iter().chain(blocks).collect(),
    }
}

fn kind(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Enum => "enum",
        TypeKind::Domain => "domain",
        TypeKind::Composite => "composite type",
        TypeKind::Range => "range type",
        TypeKind::Base => "base type",
    }
}

fn type_blocks(links: &Links, one: &TypeObject) -> Vec<Block> {
    let mut facts: Vec<(&'static str, Cell)> = Vec::new();
    if let Some(owner) = &one.owner {
        facts.push(("Owner", code(owner)));
    }
    if let Some(base) = &one.base_type {
        facts.push(("Over", vec![links.type_printed(base)]));
    }
    if let Some(default) = &one.default {
        facts.push(("Default", code(default)));
    }
    if !one.constraints.is_empty() {
        facts.push(("Holds", codes(one.constraints.iter().map(String::as_str))));
    }
    let mut blocks: Vec<Block> = crate::book::facts(facts).into_iter().collect();
    if !one.labels.is_empty() {
        let rows = one.labels.iter().map(|label| vec![code(label)]).collect();
        blocks.push(Block::Table { title: "Labels", head: vec!["Label"], rows });
    }
    if !one.attributes.is_empty() {
        let rows =
            one.attributes.iter().map(|(name, native)| vec![code(name), vec![links.type_printed(native)]]).collect();
        blocks.push(Block::Table { title: "Attributes", head: vec!["Name", "Type"], rows });
    }
    blocks
}

fn routine_kind(kind: RoutineKind) -> &'static str {
    match kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
        RoutineKind::Aggregate => "aggregate",
        RoutineKind::Window => "window function",
    }
}

fn routine_blocks(one: &Routine) -> Vec<Block> {
    let mut facts: Vec<(&'static str, Cell)> = Vec::new();
    let mut add = |name: &'static str, cell: Cell| {
        if !cell.is_empty() {
            facts.push((name, cell));
        }
    };
    add("Owner", code(one.owner.clone().unwrap_or_default()));
    add("Arguments", code(one.arguments.clone().unwrap_or_default()));
    add("Returns", code(one.returns.clone().unwrap_or_default()));
    add("Language", text(one.language.clone().unwrap_or_default()));
    let promise = one.volatility.map(|volatility| match volatility {
        Volatility::Immutable => "immutable",
        Volatility::Stable => "stable",
        Volatility::Volatile => "volatile",
    });
    add("Promises", text(promise.unwrap_or_default()));
    add("Runs", text(if one.security_definer { "with its owner's rights" } else { "with the caller's rights" }));
    add("Settings", codes(one.settings.iter().map(String::as_str)));
    let mut blocks: Vec<Block> = crate::book::facts(facts).into_iter().collect();
    if let Known::Value(definition) = &one.definition {
        blocks.push(Block::Code { title: "Definition".to_owned(), text: definition.clone() });
    }
    blocks
}

fn sequence_blocks(links: &Links, one: &Sequence, schema: &str) -> Vec<Block> {
    let mut facts: Vec<(&'static str, Cell)> = Vec::new();
    let mut add = |name: &'static str, cell: Cell| {
        if !cell.is_empty() {
            facts.push((name, cell));
        }
    };
    let number = |value: Option<i64>| text(value.map(|value| value.to_string()).unwrap_or_default());
    add("Owner", code(one.owner.clone().unwrap_or_default()));
    add("Type", code(one.data_type.clone().unwrap_or_default()));
    add("Starts at", number(one.start));
    add("Step", number(one.increment));
    add("Least", number(one.minimum));
    add("Greatest", number(one.maximum));
    add("At its end", text(if one.cycle { "starts over" } else { "stops" }));
    if let Some((owner_schema, relation, column)) = &one.owned_by {
        let mut cell = vec![links.relation_named(owner_schema, relation, schema), Span::Text(" ".to_owned())];
        cell.extend(code(column));
        add("Numbers", cell);
    }
    crate::book::facts(facts).into_iter().collect()
}

/// What is installed in the database.
pub(crate) fn extensions(catalog: &Catalog) -> Option<Block> {
    let mut rows: Vec<Vec<Cell>> = catalog
        .extensions
        .iter()
        .map(|one| {
            vec![
                code(&one.name),
                text(one.version.clone().unwrap_or_default()),
                code(one.schema.clone().unwrap_or_default()),
                text(one.comment.clone().unwrap_or_default()),
            ]
        })
        .collect();
    rows.sort_by_key(|row| format!("{row:?}"));
    let head = ["Name", "Version", "Schema", "Comment"];
    (!rows.is_empty()).then(|| filled("Extensions", &head, rows))
}
