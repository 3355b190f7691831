//! What is staged, in a diagram that shows what is there and what would be beside each other.

use serde::Serialize;

use crate::{Diagram, End, Relationship};

/// What becomes of something that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It becomes another, or gets another name.
    Changed,
    /// It goes.
    Removed,
}

impl Change {
    /// The sign that stands beside its colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Change::Added => "+",
            Change::Changed => "~",
            Change::Removed => "−",
        }
    }
}

/// What is staged of a diagram, in the order of what it becomes of; beyond the ends nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staged {
    /// Of each entity.
    pub entities: Vec<Option<Change>>,
    /// Of the rows of each entity.
    pub rows: Vec<Vec<Option<Change>>>,
    /// Of each relationship.
    pub relationships: Vec<Option<Change>>,
    /// The name that an entity gets.
    pub names: Vec<Option<String>>,
}

impl Staged {
    /// Nothing is staged.
    pub const NOTHING: &'static Staged =
        &Staged { entities: Vec::new(), rows: Vec::new(), relationships: Vec::new(), names: Vec::new() };

    /// What becomes of an entity.
    pub fn entity(&self, place: usize) -> Option<Change> {
        self.entities.get(place).copied().flatten()
    }

    /// What becomes of a row of an entity.
    pub fn row(&self, entity: usize, row: usize) -> Option<Change> {
        self.rows.get(entity)?.get(row).copied().flatten()
    }

    /// What becomes of a relationship.
    pub fn relationship(&self, place: usize) -> Option<Change> {
        self.relationships.get(place).copied().flatten()
    }

    /// The name that an entity gets.
    pub fn name(&self, entity: usize) -> Option<&str> {
        self.names.get(entity)?.as_deref()
    }

    /// An entity's name as a person reads it ([`Diagram::title`]), its new one where it gets one.
    pub fn title(&self, diagram: &Diagram, place: usize) -> String {
        let Some(entity) = diagram.entities.get(place) else { return String::new() };
        let title = diagram.title(entity);
        match (self.name(place), title.strip_suffix(entity.name())) {
            (Some(new), Some(before)) => format!("{before}{new}"),
            _ => title,
        }
    }

    /// The diagram as it would be: without what goes, under new names. With it the places that its entities have in this one.
    pub fn applied(&self, diagram: &Diagram) -> (Diagram, Vec<usize>) {
        let stays = |change: Option<Change>| change != Some(Change::Removed);
        let kept: Vec<usize> = (0..diagram.entities.len()).filter(|place| stays(self.entity(*place))).collect();
        let mut now = vec![None; diagram.entities.len()];
        for (new, old) in kept.iter().enumerate() {
            now[*old] = Some(new);
        }
        let entities = kept.iter().map(|place| {
            let mut entity = diagram.entities[*place].clone();
            if let Some(name) = self.name(*place) {
                name.clone_into(&mut entity.key.name);
            }
            let rows = entity.rows.into_iter().enumerate().filter(|(row, _)| stays(self.row(*place, *row)));
            entity.rows = rows.map(|(_, row)| row).collect();
            entity
        });
        let end = |end: &End| Some(End { entity: now.get(end.entity).copied().flatten()?, ..end.clone() });
        let lines = diagram.relationships.iter().enumerate().filter(|(place, _)| stays(self.relationship(*place)));
        let relationships =
            lines.filter_map(|(_, one)| Some(Relationship { from: end(&one.from)?, to: end(&one.to)?, ..one.clone() }));
        (Diagram { entities: entities.collect(), relationships: relationships.collect() }, kept)
    }
}
