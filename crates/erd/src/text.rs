//! A diagram as text that other programs draw or read.

mod dbml;
mod json;
mod mermaid;
mod plantuml;

pub use dbml::dbml;
pub use json::json;
pub use mermaid::mermaid;
pub use plantuml::plantuml;

use crate::{COLOURS, Diagram, Groups, Look, Note};

/// What a text shows. It knows no places, and holds what else a picture of it has.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What is drawn.
    pub diagram: &'a Diagram,
    /// How it is grouped; nothing stands in a group beyond the end.
    pub groups: &'a Groups,
    /// What somebody wrote beside.
    pub notes: &'a [Note],
    /// The colour that somebody gave an entity, in their order; none beyond the end.
    pub colours: &'a [Option<usize>],
}

impl<'a> Shown<'a> {
    /// In these groups, with nothing beside.
    pub fn new(diagram: &'a Diagram, groups: &'a Groups) -> Self {
        Shown { diagram, groups, notes: &[], colours: &[] }
    }

    /// The groups by their places: title, colour, the places of their entities.
    fn grouped(&self) -> impl Iterator<Item = (&'a str, &'static str, Vec<usize>)> {
        let of = &self.groups.of;
        let titles = self.groups.titles.iter().zip(&self.groups.colours);
        titles.enumerate().filter_map(move |(group, (title, place))| {
            let members: Vec<usize> = (0..of.len()).filter(|place| of[*place] == Some(group)).collect();
            (!members.is_empty()).then_some((title.as_str(), colour(*place), members))
        })
    }

    fn group_of(&self, entity: usize) -> Option<usize> {
        self.groups.of.get(entity).copied().flatten()
    }

    fn colour_of(&self, entity: usize) -> Option<&'static str> {
        self.colours.get(entity).copied().flatten().filter(|place| *place < COLOURS).map(colour)
    }

    fn colour_of_group(&self, entity: usize) -> Option<&'static str> {
        self.groups.colours.get(self.group_of(entity)?).copied().map(colour)
    }
}

/// Who reads the text draws on a ground of their own: light, as a rule.
fn colour(place: usize) -> &'static str {
    Look::LIGHT.mark(place)
}

/// On one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
