//! DBML: <https://dbml.dbdiagram.io/docs/>.

use std::fmt::Write;

use catalog::{Action, RelationKind};

use super::Shown;
use crate::{Cardinality, Entity, Origin, Row};

/// The diagram as DBML, with its groups, notes and colours. What DBML has no words for (views, foreign tables, inferred relationships)
/// stands in notes and comments.
pub fn dbml(shown: &Shown<'_>) -> String {
    let diagram = shown.diagram;
    let mut text = String::new();
    for (place, entity) in diagram.entities.iter().enumerate() {
        let colour = shown.colour_of(place).map(|colour| format!(" [headercolor: {colour}]")).unwrap_or_default();
        let _ = writeln!(text, "Table {}{colour} {{", path(entity));
        let key: Vec<&Row> = entity.rows.iter().filter(|row| row.primary).collect();
        for row in &entity.rows {
            let _ = writeln!(text, "  {}", column(row, key.len() == 1));
        }
        if key.len() > 1 {
            let names: Vec<String> = key.iter().map(|row| name(&row.name)).collect();
            let _ = writeln!(text, "\n  indexes {{\n    ({}) [pk]\n  }}", names.join(", "));
        }
        let kind = match entity.kind {
            RelationKind::View => Some("view"),
            RelationKind::MaterializedView => Some("materialized view"),
            RelationKind::ForeignTable => Some("foreign table"),
            RelationKind::VirtualTable => Some("virtual table"),
            RelationKind::Collection => Some("collection"),
            RelationKind::TimeSeries => Some("time series"),
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition => None,
        };
        let notes: Vec<&str> = kind.into_iter().chain(entity.comment.as_deref()).collect();
        if !notes.is_empty() {
            let _ = writeln!(text, "\n  Note: {}", string(&notes.join(": ")));
        }
        text.push_str("}\n\n");
    }
    for one in &diagram.relationships {
        let (Some(from), Some(to)) = (diagram.entities.get(one.from.entity), diagram.entities.get(one.to.entity))
        else {
            continue;
        };
        if one.origin == Origin::Inferred {
            text.push_str("// inferred from names and types\n");
        }
        let label = one.name.as_deref().map(|label| format!(" {}", name(label))).unwrap_or_default();
        let sign = if one.from.cardinality == Cardinality::ZeroOrMany { ">" } else { "-" };
        let _ = write!(text, "Ref{label}: {} {sign} {}", end(from, &one.from.columns), end(to, &one.to.columns));
        let _ = writeln!(text, " [delete: {}, update: {}]", action(one.on_delete), action(one.on_update));
    }
    for (title, colour, members) in shown.grouped() {
        let _ = writeln!(text, "\nTableGroup {} [color: {colour}] {{", name(title));
        for entity in members.iter().filter_map(|place| diagram.entities.get(*place)) {
            let _ = writeln!(text, "  {}", path(entity));
        }
        text.push_str("}\n");
    }
    for (place, note) in shown.notes.iter().enumerate() {
        let _ = writeln!(text, "\nNote note_{} {{\n  {}\n}}", place + 1, string(&note.text));
    }
    text
}

fn column(row: &Row, single_key: bool) -> String {
    let mut settings: Vec<String> = Vec::new();
    if row.primary && single_key {
        settings.push("pk".to_owned());
    }
    if row.unique && !row.primary {
        settings.push("unique".to_owned());
    }
    match row.nullable {
        Some(true) => settings.push("null".to_owned()),
        Some(false) => settings.push("not null".to_owned()),
        None => {}
    }
    settings.extend(row.comment.as_deref().map(|comment| format!("note: {}", string(comment))));
    let settings = if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
    // A type may have spaces and brackets: in quotes it is taken as it is.
    let native_type = if row.native_type.is_empty() { "unknown" } else { &row.native_type };
    format!("{} {}{settings}", name(&row.name), name(native_type))
}

fn path(entity: &Entity) -> String {
    match entity.schema() {
        "" => name(entity.name()),
        schema => format!("{}.{}", name(schema), name(entity.name())),
    }
}

fn end(entity: &Entity, columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().map(|column| name(column)).collect();
    match names.as_slice() {
        [one] => format!("{}.{one}", path(entity)),
        several => format!("{}.({})", path(entity), several.join(", ")),
    }
}

/// Every name in quotes, in which only the quote itself needs an escape.
fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn string(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'");
    if text.contains('\n') { format!("'''{text}'''") } else { format!("'{text}'") }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::NoAction => "no action",
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
    }
}
