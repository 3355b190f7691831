//! A diagram as text that other programs draw or read.

mod dbml;
mod mermaid;
mod plantuml;

pub use dbml::dbml;
pub use mermaid::mermaid;
pub use plantuml::plantuml;

use crate::{Diagram, Entity};

/// An entity's name as a person reads it: with its schema where the diagram has more than one.
fn title(diagram: &Diagram, entity: &Entity) -> String {
    let several = diagram.entities.iter().any(|other| other.schema() != entity.schema());
    match entity.schema() {
        schema if several && !schema.is_empty() => format!("{schema}.{}", entity.name()),
        _ => entity.name().to_owned(),
    }
}

/// On one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
