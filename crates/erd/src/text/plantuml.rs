//! PlantUML's information engineering diagrams: <https://plantuml.com/ie-diagram>.

use std::fmt::Write;

use super::line;
use crate::{Cardinality, Diagram, Origin, Row};

/// The diagram as PlantUML draws it.
pub fn plantuml(diagram: &Diagram) -> String {
    let mut text = String::from("@startuml\nhide circle\nhide empty members\nskinparam linetype ortho\n");
    for (place, entity) in diagram.entities.iter().enumerate() {
        let _ = writeln!(text, "entity \"{}\" as e{place} {{", quoted(&diagram.title(entity)));
        let (key, others): (Vec<&Row>, Vec<&Row>) = entity.rows.iter().partition(|row| row.primary);
        for row in &key {
            let _ = writeln!(text, "  {}", attribute(row));
        }
        if !key.is_empty() {
            text.push_str("  --\n");
        }
        for row in others {
            let _ = writeln!(text, "  {}", attribute(row));
        }
        text.push_str("}\n");
    }
    for one in &diagram.relationships {
        let label = one.name.clone().unwrap_or_else(|| one.from.columns.join(", "));
        let _ = writeln!(
            text,
            "e{} {}{}{} e{} : {}",
            one.to.entity,
            match one.to.cardinality {
                Cardinality::One => "||",
                Cardinality::ZeroOrOne | Cardinality::AtMostOne => "|o",
                Cardinality::ZeroOrMany => "}o",
            },
            if one.origin == Origin::Declared { "--" } else { ".." },
            match one.from.cardinality {
                Cardinality::One => "||",
                Cardinality::ZeroOrOne | Cardinality::AtMostOne => "o|",
                Cardinality::ZeroOrMany => "o{",
            },
            one.from.entity,
            line(&label)
        );
    }
    text.push_str("@enduml\n");
    text
}

/// A star is what PlantUML writes for a column that is never NULL.
fn attribute(row: &Row) -> String {
    let mut text = String::new();
    if row.nullable == Some(false) || row.primary {
        text.push_str("* ");
    }
    let _ = write!(text, "{} : {}", line(&row.name), line(&row.native_type));
    for (holds, word) in [(row.primary, "PK"), (row.foreign, "FK"), (row.unique && !row.primary, "unique")] {
        if holds {
            let _ = write!(text, " <<{word}>>");
        }
    }
    text
}

/// Within double quotes, of which PlantUML knows no escape but the character's number.
fn quoted(text: &str) -> String {
    line(text).replace('"', "<U+0022>")
}
