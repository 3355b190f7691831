//! Differences as a tree: schemas, in them tables and what else there is, and under tables their parts.

use std::{collections::BTreeMap, fmt::Write as _};

use app::compare::kind_words;
use catalog::{ObjectKey, ObjectKind};
use schema::{Comparison, Definition, Difference, Object, Rename, What};

use super::{sign, whole};
use crate::say::clean;

/// A line, and what stands under it.
#[derive(Default)]
struct Node {
    line: String,
    under: Vec<Node>,
}

impl Node {
    fn of(line: String) -> Self {
        Node { line, under: Vec::new() }
    }
}

/// What differs of one object of a schema, and of its parts.
#[derive(Default)]
struct Group<'a> {
    own: Option<&'a Difference>,
    parts: Vec<&'a Difference>,
}

/// Draws it; `sides` tell what kinds of objects they are.
pub(super) fn tree(comparison: &Comparison, renames: &[Rename], sides: [&Definition; 2]) -> String {
    let object =
        |key: &ObjectKey| -> Option<&Object> { sides[1].objects.get(key).or_else(|| sides[0].objects.get(key)) };
    let whole = whole(&comparison.differences);
    let mut schemas: BTreeMap<Option<&str>, BTreeMap<(bool, ObjectKey), Group<'_>>> = BTreeMap::new();
    let mut own: BTreeMap<&str, &Difference> = BTreeMap::new();
    for one in &comparison.differences {
        let key = &one.key;
        if key.kind == ObjectKind::Schema {
            own.insert(&key.name, one);
            schemas.entry(Some(&key.name)).or_default();
            continue;
        }
        let table = object(key).and_then(|object| object.relation(key));
        let within = schemas.entry(key.schema.as_deref()).or_default();
        match table {
            // A part of what is new or gone is part of that.
            Some(table) if whole.contains(&(table.schema.as_deref(), table.name.as_str())) => {}
            Some(table) => within.entry((false, table)).or_default().parts.push(one),
            None => {
                let place = (key.kind != ObjectKind::Relation, key.clone());
                within.entry(place).or_default().own = Some(one);
            }
        }
    }
    let renamed = |key: &ObjectKey| {
        let was = renames.iter().find(|one| one.to == *key)?;
        Some(format!(" (was {})", clean(&was.from.name)))
    };
    let told = |one: &Difference| {
        let mut node = Node::of(line(sign(&one.what), &one.key, object(&one.key), renamed(&one.key)));
        if let What::Changed { facets } = &one.what {
            for facet in facets {
                let side = |side: &Option<String>| side.as_deref().map_or_else(|| "–".to_owned(), short);
                node.under.push(Node::of(format!("{}: {} → {}", facet.name, side(&facet.before), side(&facet.after))));
            }
        }
        node
    };
    let mut roots = Vec::new();
    for (schema, groups) in schemas {
        let mut nodes = Vec::new();
        for ((_, key), group) in groups {
            let mut node = match group.own {
                Some(one) => told(one),
                None => Node::of(line(' ', &key, object(&key), renamed(&key))),
            };
            node.under.extend(group.parts.into_iter().map(told));
            nodes.push(node);
        }
        match schema {
            Some(name) => {
                let sign = own.get(name).map_or(' ', |one| sign(&one.what));
                let mut root = own.get(name).map_or_else(Node::default, |one| told(one));
                root.line = format!("{sign} schema {}", clean(name)).trim_start().to_owned();
                root.under.extend(nodes);
                roots.push(root);
            }
            None => roots.extend(nodes),
        }
    }
    let mut text = String::new();
    for root in &roots {
        let _ = writeln!(text, "{}", root.line.trim_start());
        draw(&mut text, &root.under, "");
    }
    if text.is_empty() { "Nothing differs.\n".to_owned() } else { text }
}

fn line(sign: char, key: &ObjectKey, object: Option<&Object>, more: Option<String>) -> String {
    let kind = kind_words(key, object.map(|object| &object.body));
    let arguments = key.signature.as_deref().filter(|_| key.kind == ObjectKind::Routine);
    let arguments = arguments.map(|text| format!("({text})")).unwrap_or_default();
    let name = clean(&format!("{}{arguments}", key.name)).replace('\n', " ");
    format!("{sign} {kind} {name}{}", more.unwrap_or_default()).trim_start().to_owned()
}

/// The first line of a text, which is what a tree has room for.
fn short(text: &str) -> String {
    let text = clean(text.trim());
    match text.split_once('\n') {
        Some((first, _)) => format!("{} …", first.trim_end()),
        None => text.into_owned(),
    }
}

fn draw(text: &mut String, nodes: &[Node], indent: &str) {
    for (place, node) in nodes.iter().enumerate() {
        let last = place + 1 == nodes.len();
        let (branch, below) = if last { ("└ ", "  ") } else { ("├ ", "│ ") };
        let _ = writeln!(text, "{indent}{branch}{}", node.line);
        draw(text, &node.under, &format!("{indent}{below}"));
    }
}

#[cfg(test)]
mod tests {
    use schema::{Body, Column, Server, Table};

    use super::*;

    fn table(definition: &mut Definition, schema: &str, name: &str, columns: &[(&str, &str)]) {
        let key = ObjectKey::relation(None, Some(schema), name);
        definition.insert(key.clone(), Body::Table(Table::default()));
        for (column, of) in columns {
            definition.insert(ObjectKey::column(&key, column), Body::Column(Column::new(of)));
        }
    }

    #[test]
    fn parts_stand_under_their_tables_and_those_of_new_ones_do_not() {
        let (mut from, mut to) =
            (Definition::new(Server::postgres(180_000)), Definition::new(Server::postgres(180_000)));
        table(&mut from, "app", "people", &[("id", "integer"), ("mail", "text")]);
        table(&mut from, "app", "gone", &[("id", "integer")]);
        table(&mut to, "app", "people", &[("id", "bigint"), ("born", "date"), ("mail", "text")]);
        table(&mut to, "log", "lines", &[("id", "integer")]);
        let drawn = tree(&Comparison::between(&from, &to), &[], [&from, &to]);
        assert_eq!(
            drawn,
            "schema app\n├ - table gone\n└ table people\n  ├ + column born\n  └ ~ column id\n    └ type: integer → bigint\n\
             schema log\n└ + table lines\n"
        );
        assert_eq!(tree(&Comparison::default(), &[], [&from, &to]), "Nothing differs.\n");
    }

    #[test]
    fn names_move_no_cursor_and_break_no_line() {
        let (from, mut to) = (Definition::new(Server::sqlite(3_050_000)), Definition::new(Server::sqlite(3_050_000)));
        table(&mut to, "main", "a\u{1b}[2J\nb", &[]);
        let drawn = tree(&Comparison::between(&from, &to), &[], [&from, &to]);
        assert_eq!(drawn, "schema main\n└ + table a\\u{1b}[2J b\n");
    }
}
