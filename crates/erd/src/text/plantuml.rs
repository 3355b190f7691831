//! PlantUML's information engineering diagrams: <https://plantuml.com/ie-diagram>.

use std::fmt::Write;

use super::{Shown, colour, line};
use crate::{Cardinality, Origin, Row};

/// The diagram as PlantUML draws it, with its groups, notes and colours.
pub fn plantuml(shown: &Shown<'_>) -> String {
    let diagram = shown.diagram;
    let mut text = String::from("@startuml\nhide circle\nhide empty members\nskinparam linetype ortho\n");
    for (title, colour, members) in shown.grouped() {
        let _ = writeln!(text, "package \"{}\" #line:{} {{", quoted(title), bare(colour));
        members.iter().for_each(|place| entity(&mut text, shown, *place));
        text.push_str("}\n");
    }
    let alone = (0..diagram.entities.len()).filter(|place| shown.group_of(*place).is_none());
    alone.for_each(|place| entity(&mut text, shown, place));
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
    for (place, note) in shown.notes.iter().enumerate() {
        let _ = writeln!(text, "note as n{place} #line:{}\n{}\nend note", bare(colour(note.colour)), noted(&note.text));
    }
    text.push_str("@enduml\n");
    text
}

fn entity(text: &mut String, shown: &Shown<'_>, place: usize) {
    let Some(entity) = shown.diagram.entities.get(place) else { return };
    let colour = shown.colour_of(place).map(|colour| format!(" #line:{}", bare(colour))).unwrap_or_default();
    let _ = writeln!(text, "entity \"{}\" as e{place}{colour} {{", quoted(&shown.diagram.title(entity)));
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

/// The lines of a note, none of which ends it.
fn noted(text: &str) -> String {
    let row = |row: &str| if row.trim().eq_ignore_ascii_case("end note") { format!("{row}.") } else { row.to_owned() };
    text.lines().map(|one| row(&line(one))).collect::<Vec<_>>().join("\n")
}

/// A colour without its `#`, as PlantUML writes one after another sign.
fn bare(colour: &str) -> &str {
    colour.trim_start_matches('#')
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
