//! Mermaid's entity relationship diagrams: <https://mermaid.js.org/syntax/entityRelationshipDiagram.html>.

use std::fmt::Write;

use super::{Shown, line};
use crate::{Cardinality, Origin, Relationship, Row};

/// The diagram as Mermaid draws it. Names that Mermaid cannot write stand in quotes, and of columns in the comment. It draws no frames and
/// no notes: a table has the edge of its own colour, or of its group's; notes stand in comments.
pub fn mermaid(shown: &Shown<'_>) -> String {
    let diagram = shown.diagram;
    let mut text = String::from("erDiagram\n");
    for (place, entity) in diagram.entities.iter().enumerate() {
        let _ = writeln!(text, "  e{place}[\"{}\"] {{", quoted(&diagram.title(entity)));
        for row in &entity.rows {
            let _ = writeln!(text, "    {}", attribute(row));
        }
        text.push_str("  }\n");
    }
    for one in &diagram.relationships {
        let _ = writeln!(
            text,
            "  e{} {}{}{} e{} : \"{}\"",
            one.to.entity,
            left(one.to.cardinality),
            // A line of dashes is one that a foreign key does not declare.
            if one.origin == Origin::Declared { "--" } else { ".." },
            right(one.from.cardinality),
            one.from.entity,
            quoted(&label(one))
        );
    }
    for place in 0..diagram.entities.len() {
        if let Some(colour) = shown.colour_of(place).or_else(|| shown.colour_of_group(place)) {
            let _ = writeln!(text, "  style e{place} stroke:{colour}");
        }
    }
    for row in shown.notes.iter().flat_map(|note| note.text.lines()) {
        let _ = writeln!(text, "  %% {}", line(row));
    }
    text
}

fn attribute(row: &Row) -> String {
    let (name, native_type) = (word(&row.name), word(&row.native_type));
    let keys: Vec<&str> = [(row.primary, "PK"), (row.foreign, "FK"), (row.unique && !row.primary, "UK")]
        .into_iter()
        .filter_map(|(holds, word)| holds.then_some(word))
        .collect();
    let mut text = format!("{native_type} {name}");
    if !keys.is_empty() {
        let _ = write!(text, " {}", keys.join(", "));
    }
    let own = (name != row.name).then(|| row.name.clone());
    let remarks: Vec<String> = own.into_iter().chain(row.comment.as_deref().map(line)).collect();
    if !remarks.is_empty() {
        let _ = write!(text, " \"{}\"", quoted(&remarks.join(": ")));
    }
    text
}

fn label(one: &Relationship) -> String {
    let label = one.name.clone().unwrap_or_else(|| one.from.columns.join(", "));
    if one.origin == Origin::Declared { label } else { format!("{label} (inferred)") }
}

/// Letters, digits and what else Mermaid takes in a type or a name; it begins with a letter or `_`.
fn word(text: &str) -> String {
    let word: String = text
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || "_-()[]".contains(sign) { sign } else { '_' })
        .collect();
    if word.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_') { word } else { format!("_{word}") }
}

/// Within double quotes. Mermaid knows no escapes there but the names and numbers of signs, and takes neither `\` nor `%` in a name.
fn quoted(text: &str) -> String {
    line(text).replace('#', "#35;").replace('"', "#quot;").replace('\\', "#92;").replace('%', "#37;")
}

fn left(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::One => "||",
        Cardinality::ZeroOrOne | Cardinality::AtMostOne => "|o",
        Cardinality::ZeroOrMany => "}o",
    }
}

fn right(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::One => "||",
        Cardinality::ZeroOrOne | Cardinality::AtMostOne => "o|",
        Cardinality::ZeroOrMany => "o{",
    }
}
