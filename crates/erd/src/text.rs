//! A diagram as text that other programs draw or read.

mod dbml;
mod json;
mod mermaid;
mod plantuml;

pub use dbml::dbml;
pub use json::json;
pub use mermaid::mermaid;
pub use plantuml::plantuml;

/// On one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
