//! What a written text says of the database it was written from, in comments at its end: one line for each relation and each
//! enumeration, so that versions of a text differ line by line as the database did.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use catalog::facts::Engine;

use crate::{
    Language,
    model::{Given, Model, Name, Type},
    names::plain,
};

/// What a line of a description begins with.
const MARK: &str = "// rowhouse-types ";
/// The version of the lines.
const VERSION: u32 = 1;

/// What types were written from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What they were written for.
    pub language: Language,
    /// Whose types they are.
    pub engine: Engine,
    pub(crate) relations: Vec<RelationLine>,
    pub(crate) enumerations: Vec<EnumerationLine>,
}

/// Why a text cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Undescribed {
    /// It has no description.
    #[error("it was not written by rowhouse types, or its last lines are gone")]
    Missing,
    /// A line of its description says nothing.
    #[error("line {0} of it was changed by hand, or is of a later version of Rowhouse")]
    Unreadable(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RelationLine {
    pub(crate) relation: Name,
    pub(crate) writable: bool,
    pub(crate) columns: Vec<ColumnLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ColumnLine {
    pub(crate) name: String,
    pub(crate) native: String,
    pub(crate) r#type: Type,
    pub(crate) nullable: bool,
    pub(crate) given: Given,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnumerationLine {
    pub(crate) enumeration: Name,
    pub(crate) labels: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    language: Language,
    engine: Engine,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Head(Head),
    Relation(RelationLine),
    Enumeration(EnumerationLine),
}

impl Description {
    /// The description of a text in a language.
    pub fn of(model: &Model, language: Language) -> Self {
        let relations = model.relations.iter().map(|one| RelationLine {
            relation: one.name.clone(),
            writable: one.is_writable(),
            columns: one
                .columns
                .iter()
                .map(|column| ColumnLine {
                    name: column.name.clone(),
                    native: column.native.clone(),
                    r#type: column.r#type.clone(),
                    nullable: column.nullable,
                    given: column.given,
                })
                .collect(),
        });
        let enumerations = model
            .enumerations
            .iter()
            .map(|one| EnumerationLine { enumeration: one.name.clone(), labels: one.labels.clone() });
        Description {
            language,
            engine: model.engine,
            relations: relations.collect(),
            enumerations: enumerations.collect(),
        }
    }

    /// Its lines, as comments.
    pub fn lines(&self) -> String {
        let head = Line::Head(Head { version: VERSION, language: self.language, engine: self.engine });
        let lines = std::iter::once(head)
            .chain(self.enumerations.iter().cloned().map(Line::Enumeration))
            .chain(self.relations.iter().cloned().map(Line::Relation));
        // Plain data of names and texts: there is no value of it that JSON does not hold.
        lines
            .filter_map(|line| serde_json::to_string(&line).ok())
            .map(|line| format!("{MARK}{}\n", plain(&line)))
            .collect()
    }

    /// The description at the end of a text.
    ///
    /// # Errors
    /// The text has none, or one that cannot be read.
    pub fn read(text: &str) -> Result<Self, Undescribed> {
        let mut found: Option<Description> = None;
        for (place, line) in text.lines().enumerate() {
            let Some(line) = line.strip_prefix(MARK) else { continue };
            let line: Line = serde_json::from_str(line).map_err(|_| Undescribed::Unreadable(place + 1))?;
            match (line, &mut found) {
                (Line::Head(Head { version: VERSION, language, engine }), None) => {
                    found = Some(Description { language, engine, relations: Vec::new(), enumerations: Vec::new() });
                }
                (Line::Relation(one), Some(found)) => found.relations.push(one),
                (Line::Enumeration(one), Some(found)) => found.enumerations.push(one),
                _ => return Err(Undescribed::Unreadable(place + 1)),
            }
        }
        found.ok_or(Undescribed::Missing)
    }
}
