//! Pages of tables and views.

use std::collections::BTreeMap;

use catalog::{
    Action, Catalog, Column, ConstraintKind, Enabled, ForeignKey, Identity, Kind, Known, ObjectKind, PolicyCommand,
    RelationKind, RelationWalker, SchemaId,
};

use crate::{
    book::{Block, Cell, Page, Span, code, codes, table, text},
    links::Links,
};

/// The relations of a schema, by name.
pub(crate) fn pages(catalog: &Catalog, links: &Links, schema: SchemaId) -> Vec<Page> {
    let mut own: Vec<_> = catalog.walk_relations().filter(|one| one.row().schema == schema).collect();
    own.sort_by_key(|one| &one.row().name);
    own.into_iter().map(|one| page(catalog, links, one)).collect()
}

fn page(catalog: &Catalog, links: &Links, walker: RelationWalker<'_>) -> Page {
    let row = walker.row();
    let mut blocks: Vec<Block> = row.comment.clone().map(Block::Comment).into_iter().collect();
    blocks.extend(crate::book::facts(facts(links, walker)));
    blocks.extend(columns(catalog, links, walker));
    blocks.extend(constraints(catalog, walker));
    blocks.extend(references(catalog, links, walker));
    blocks.extend(indexes(catalog, walker));
    blocks.extend(triggers(catalog, walker));
    blocks.extend(policies(catalog, walker));
    blocks.extend(parts(catalog, links, walker));
    blocks.extend(privileges(catalog, walker));
    if let Known::Value(definition) = &row.definition {
        blocks.push(Block::Code { title: "Definition".to_owned(), text: definition.clone() });
    }
    for trigger in walker.triggers() {
        if let Known::Value(definition) = &trigger.definition {
            blocks.push(Block::Code { title: format!("Trigger {}", trigger.name), text: definition.clone() });
        }
    }
    let named = walker.columns().iter().map(|column| column.name.clone());
    Page {
        anchor: links.relation(walker.id()).cloned().unwrap_or_default(),
        kind: kind(row.kind),
        schema: Some(walker.schema().to_owned()),
        title: row.name.clone(),
        words: named.chain(row.comment.clone()).collect(),
        blocks,
    }
}

fn kind(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::PartitionedTable => "partitioned table",
        RelationKind::Partition => "partition",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::VirtualTable => "virtual table",
        RelationKind::Collection => "collection",
        RelationKind::TimeSeries => "time series",
    }
}

fn facts(links: &Links, walker: RelationWalker<'_>) -> Vec<(&'static str, Cell)> {
    let row = walker.row();
    let mut facts: Vec<(&'static str, Cell)> = Vec::new();
    let mut add = |name: &'static str, cell: Cell| {
        if !cell.is_empty() {
            facts.push((name, cell));
        }
    };
    add("Owner", code(row.owner.clone().unwrap_or_default()));
    if let Known::Value(Some(rows)) = row.estimated_rows {
        add("Rows, estimated", text(rows.to_string()));
    }
    match &row.row_security {
        Known::Value(one) if one.enabled && one.forced => add("Row security", text("on, for the owner too")),
        Known::Value(one) if one.enabled => add("Row security", text("on")),
        Known::Value(_) => add("Row security", text("off")),
        Known::Denied => add("Row security", text("the login may not read it")),
        Known::NotLoaded | Known::Unsupported => {}
    }
    if let Some((schema, name)) = &row.partition_of {
        add("Partition of", vec![links.relation_named(schema, name, walker.schema())]);
    }
    add("Holds", code(row.partition_bound.clone().unwrap_or_default()));
    add("Partitioned by", code(row.partition_key.clone().unwrap_or_default()));
    for (schema, name) in &row.parents {
        add("Inherits from", vec![links.relation_named(schema, name, walker.schema())]);
    }
    add("Options", codes(row.options.iter().map(String::as_str)));
    facts
}

fn columns(catalog: &Catalog, links: &Links, walker: RelationWalker<'_>) -> Option<Block> {
    let primary = walker.primary_key().map(|key| key.columns.as_slice()).unwrap_or_default();
    let rows = walker.columns().iter().map(|column| {
        let mut keys = Cell::new();
        if primary.contains(&column.name) {
            keys.push(Span::Text("primary".to_owned()));
        }
        for key in walker.foreign_keys().iter().filter(|key| key.columns.contains(&column.name)) {
            if !keys.is_empty() {
                keys.push(Span::Text(", ".to_owned()));
            }
            keys.push(Span::Text("→ ".to_owned()));
            keys.push(links.relation_named(&key.references.0, &key.references.1, walker.schema()));
        }
        let null = match column.nullable {
            Known::Value(true) => "NULL",
            Known::Value(false) => "not NULL",
            _ => "not known",
        };
        vec![
            code(&column.name),
            vec![links.type_printed(&column.native_type)],
            text(null),
            given(column),
            keys,
            text(column.comment.clone().unwrap_or_default()),
        ]
    });
    table(catalog, Kind::Columns, "Columns", &["Column", "Type", "NULL", "Default", "Keys", "Comment"], rows.collect())
}

fn given(column: &Column) -> Cell {
    let computed = |stored: bool| if stored { "stored: " } else { "computed: " };
    match (&column.generated, column.identity) {
        (Some(one), _) => {
            let mut cell = text(computed(one.stored));
            cell.extend(code(one.expression.clone().unwrap_or_default()));
            cell
        }
        (None, Some(Identity::Always)) => text("numbered, always"),
        (None, Some(Identity::ByDefault)) => text("numbered"),
        (None, None) => code(column.default.clone().unwrap_or_default()),
    }
}

fn constraints(catalog: &Catalog, walker: RelationWalker<'_>) -> Option<Block> {
    let rows = walker.constraints().iter().map(|one| {
        let kind = match one.kind {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique",
            ConstraintKind::Check => "check",
            ConstraintKind::Exclusion => "exclusion",
            ConstraintKind::NotNull => "not NULL",
        };
        let state = if one.validated { "" } else { ", not checked for old rows" };
        let columns = codes(one.columns.iter().map(String::as_str));
        let definition = code(one.definition.value().cloned().unwrap_or_default());
        vec![
            code(one.name.clone().unwrap_or_default()),
            text(format!("{kind}{state}")),
            columns,
            definition,
            text(one.comment.clone().unwrap_or_default()),
        ]
    });
    let head = ["Name", "Kind", "Columns", "Definition", "Comment"];
    table(catalog, Kind::Constraints, "Keys and checks", &head, rows.collect())
}

fn references(catalog: &Catalog, links: &Links, walker: RelationWalker<'_>) -> Vec<Block> {
    let out = walker.foreign_keys().iter().map(|key| {
        let mut to = vec![links.relation_named(&key.references.0, &key.references.1, walker.schema())];
        to.push(Span::Text(" ".to_owned()));
        to.extend(codes(key.referenced_columns.iter().map(String::as_str)));
        vec![
            code(key.name.clone().unwrap_or_default()),
            codes(key.columns.iter().map(String::as_str)),
            to,
            text(actions(key)),
            text(key.comment.clone().unwrap_or_default()),
        ]
    });
    let head = ["Name", "Columns", "Refers to", "Rules", "Comment"];
    let mut blocks: Vec<Block> =
        table(catalog, Kind::ForeignKeys, "Refers to", &head, out.collect()).into_iter().collect();
    let mut back: Vec<Vec<Cell>> = walker
        .referenced_by()
        .filter_map(|key| {
            let other = catalog.relation(key.relation)?;
            let mut from = vec![links.relation_named(other.schema(), &other.row().name, walker.schema())];
            from.push(Span::Text(" ".to_owned()));
            from.extend(codes(key.columns.iter().map(String::as_str)));
            let to = codes(key.referenced_columns.iter().map(String::as_str));
            Some(vec![from, to, code(key.name.clone().unwrap_or_default()), text(actions(key))])
        })
        .collect();
    back.sort_by_key(|row| format!("{row:?}"));
    if !back.is_empty() {
        let head = vec!["From", "To", "Name", "Rules"];
        blocks.push(Block::Table { title: "Referred to by", head, rows: back });
    }
    blocks
}

fn actions(key: &ForeignKey) -> String {
    let words = |action: Action| match action {
        Action::NoAction => None,
        Action::Restrict => Some("restrict"),
        Action::Cascade => Some("cascade"),
        Action::SetNull => Some("set NULL"),
        Action::SetDefault => Some("set default"),
    };
    let mut rules: Vec<String> = Vec::new();
    rules.extend(words(key.on_delete).map(|word| format!("on delete {word}")));
    rules.extend(words(key.on_update).map(|word| format!("on update {word}")));
    match (key.deferrable, key.initially_deferred) {
        (true, true) => rules.push("checked at commit".to_owned()),
        (true, false) => rules.push("deferrable".to_owned()),
        _ => {}
    }
    // SQLite never looks at old rows, and nobody said so of one key.
    if !key.validated && key.definition.value().is_some_and(|text| text.contains("NOT VALID")) {
        rules.push("not checked for old rows".to_owned());
    }
    rules.join(", ")
}

fn indexes(catalog: &Catalog, walker: RelationWalker<'_>) -> Option<Block> {
    let rows = walker.indexes().iter().map(|one| {
        let direction = |descending: bool| if descending { " DESC" } else { "" };
        let keys: Vec<String> =
            one.keys.iter().map(|key| format!("{}{}", key.text, direction(key.descending))).collect();
        let mut cell = codes(keys.iter().map(String::as_str));
        if !one.included.is_empty() {
            cell.push(Span::Text(", with ".to_owned()));
            cell.extend(codes(one.included.iter().map(String::as_str)));
        }
        if let Some(predicate) = &one.predicate {
            cell.push(Span::Text(" where ".to_owned()));
            cell.push(Span::Code(predicate.clone()));
        }
        let mut kind: Vec<&str> = one.method.as_deref().into_iter().collect();
        if one.primary {
            kind.push("primary");
        } else if one.unique {
            kind.push("unique");
        }
        if one.valid == Known::Value(false) {
            kind.push("not valid");
        }
        vec![code(&one.name), text(kind.join(", ")), cell, text(one.comment.clone().unwrap_or_default())]
    });
    table(catalog, Kind::Indexes, "Indexes", &["Name", "Kind", "Keys", "Comment"], rows.collect())
}

fn triggers(catalog: &Catalog, walker: RelationWalker<'_>) -> Option<Block> {
    let rows = walker.triggers().iter().map(|one| {
        let row = if one.for_each_row { "for each row" } else { "for each statement" };
        let when = format!("{} {} {row}", one.timing.as_deref().unwrap_or_default(), one.events.join(" or "));
        let state = match one.enabled {
            Enabled::Origin => "",
            Enabled::Always => "always",
            Enabled::Replica => "on replicas only",
            Enabled::Disabled => "off",
        };
        vec![
            code(&one.name),
            text(when.trim()),
            code(one.function.clone().unwrap_or_default()),
            text(state),
            text(one.comment.clone().unwrap_or_default()),
        ]
    });
    table(catalog, Kind::Triggers, "Triggers", &["Name", "When", "Calls", "State", "Comment"], rows.collect())
}

fn policies(catalog: &Catalog, walker: RelationWalker<'_>) -> Option<Block> {
    let rows = walker.policies().iter().map(|one| {
        let command = match one.command {
            PolicyCommand::All => "all",
            PolicyCommand::Select => "select",
            PolicyCommand::Insert => "insert",
            PolicyCommand::Update => "update",
            PolicyCommand::Delete => "delete",
        };
        let kind = if one.permissive { "permissive" } else { "restrictive" };
        vec![
            code(&one.name),
            text(format!("{kind}, {command}")),
            codes(one.roles.iter().map(String::as_str)),
            code(one.using.clone().unwrap_or_default()),
            code(one.with_check.clone().unwrap_or_default()),
            text(one.comment.clone().unwrap_or_default()),
        ]
    });
    let head = ["Name", "Kind", "To", "Using", "With check", "Comment"];
    table(catalog, Kind::Policies, "Policies", &head, rows.collect())
}

/// Partitions, and tables that inherit.
fn parts(catalog: &Catalog, links: &Links, walker: RelationWalker<'_>) -> Option<Block> {
    let own = (walker.schema().to_owned(), walker.row().name.clone());
    let below =
        |one: &RelationWalker<'_>| one.row().partition_of.as_ref() == Some(&own) || one.row().parents.contains(&own);
    let mut rows: Vec<Vec<Cell>> = catalog
        .walk_relations()
        .filter(below)
        .map(|one| {
            let name = vec![links.relation_named(one.schema(), &one.row().name, walker.schema())];
            vec![name, code(one.row().partition_bound.clone().unwrap_or_default())]
        })
        .collect();
    rows.sort_by_key(|row| format!("{row:?}"));
    table(catalog, Kind::Relations, "Partitions and children", &["Name", "Holds"], rows)
}

fn privileges(catalog: &Catalog, walker: RelationWalker<'_>) -> Option<Block> {
    let row = walker.row();
    let mut found: BTreeMap<(&str, Option<&str>), Vec<String>> = BTreeMap::new();
    let on_this = catalog.grants.iter().filter(|grant| {
        grant.object.kind == ObjectKind::Relation
            && grant.object.schema.as_deref() == Some(walker.schema())
            && grant.object.name == row.name
    });
    for grant in on_this {
        let passed = if grant.grantable { " (may be passed on)" } else { "" };
        let to = found.entry((&grant.grantee, grant.column.as_deref())).or_default();
        to.push(format!("{}{passed}", grant.privilege));
    }
    let rows = found.into_iter().map(|((grantee, column), mut what)| {
        what.sort();
        what.dedup();
        vec![code(grantee), code(column.unwrap_or_default()), text(what.join(", "))]
    });
    table(catalog, Kind::Grants, "Privileges", &["To", "Column", "What"], rows.collect())
}
