//! What can be kept of a diagram. Pure.

use std::collections::HashSet;

use crate::api::{AppError, DiagramNote, DiagramPlace, DiagramRect, DiagramScope, ErrorCode};

/// Letters of a name.
const LONGEST: usize = 120;
/// No box or note is further away, wider or higher, in pixels: a database of 50,000 tables lies within.
const FAR: f64 = 1e6;
/// The longest list of relations.
const MOST: usize = 100_000;
const MOST_NOTES: usize = 2_000;
const LONGEST_NOTE: usize = 10_000;
/// Letters of what a window calls a note.
const LONGEST_ID: usize = 64;
const MOST_FRAMES: usize = 10_000;
/// Letters of a frame's title: of a relation's and its schema's name.
const LONGEST_TITLE: usize = 1_000;

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

fn too_many(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::Exhausted, message)
}

/// A diagram's name, trimmed.
///
/// # Errors
/// `InvalidStatement` for one that is empty, too long or has line ends in it.
pub(super) fn name(given: &str) -> Result<String, AppError> {
    let name = given.trim();
    if name.is_empty() {
        return Err(wrong("A diagram needs a name."));
    }
    if name.chars().count() > LONGEST {
        return Err(wrong(format!("A diagram's name has at most {LONGEST} letters.")));
    }
    if name.chars().any(char::is_control) {
        return Err(wrong("A diagram's name is one line of text."));
    }
    Ok(name.to_owned())
}

/// # Errors
/// `Exhausted`.
pub(super) fn amount(count: usize, what: &str) -> Result<(), AppError> {
    match count > MOST {
        true => Err(too_many(format!("A diagram has at most {MOST} {what}; these are {count}."))),
        false => Ok(()),
    }
}

/// # Errors
/// `Exhausted` for lists longer than any database.
pub(super) fn scope(scope: &DiagramScope) -> Result<(), AppError> {
    amount(scope.schemas.iter().flatten().count(), "schemas")?;
    amount(scope.only.iter().flatten().count(), "boxes")?;
    amount(scope.hidden.len(), "hidden boxes")
}

fn is_near(number: f64) -> bool {
    number.is_finite() && number.abs() <= FAR
}

fn is_length(number: f64) -> bool {
    is_near(number) && number >= 0.0
}

fn out_of_reach(what: &str) -> AppError {
    wrong(format!("There is no such place on a diagram: {what} lies out of reach."))
}

/// # Errors
/// `InvalidStatement` for places out of reach, `Exhausted` for too many.
pub(super) fn places(places: &[DiagramPlace]) -> Result<(), AppError> {
    amount(places.len(), "boxes")?;
    match places.iter().find(|place| !(is_near(place.x) && is_near(place.y))) {
        Some(place) => Err(out_of_reach(&format!("“{}”", place.name.chars().take(LONGEST).collect::<String>()))),
        None => Ok(()),
    }
}

/// # Errors
/// `InvalidStatement` for one out of reach.
pub(super) fn rect(rect: &DiagramRect) -> Result<(), AppError> {
    match is_near(rect.x) && is_near(rect.y) && is_length(rect.width) && is_length(rect.height) {
        true => Ok(()),
        false => Err(out_of_reach("a box")),
    }
}

/// # Errors
/// `InvalidStatement` for a height out of reach.
pub(super) fn height(number: f64) -> Result<(), AppError> {
    if is_near(number) { Ok(()) } else { Err(out_of_reach("the end of a line")) }
}

/// # Errors
/// `InvalidStatement`.
pub(super) fn colours(mut colours: impl Iterator<Item = u32>) -> Result<(), AppError> {
    match colours.find(|colour| *colour as usize >= erd::COLOURS) {
        Some(colour) => Err(wrong(format!("There is no colour {colour}; they go from 0 to {}.", erd::COLOURS - 1))),
        None => Ok(()),
    }
}

/// # Errors
/// `InvalidStatement` for places, ids and colours that there are not, `Exhausted` for more than a person writes.
pub(super) fn notes(notes: &[DiagramNote]) -> Result<(), AppError> {
    if notes.len() > MOST_NOTES {
        return Err(too_many(format!("A diagram has at most {MOST_NOTES} notes; these are {}.", notes.len())));
    }
    colours(notes.iter().map(|note| note.colour))?;
    let mut ids = HashSet::new();
    for note in notes {
        if note.text.chars().count() > LONGEST_NOTE {
            return Err(too_many(format!("A note has at most {LONGEST_NOTE} letters.")));
        }
        if note.id.is_empty() || note.id.len() > LONGEST_ID || !ids.insert(&note.id) {
            return Err(wrong("Each note needs an id of its own."));
        }
        if !(is_near(note.x) && is_near(note.y) && is_length(note.width) && is_length(note.height)) {
            return Err(out_of_reach("a note"));
        }
    }
    Ok(())
}

/// # Errors
/// `InvalidStatement` for colours that there are not, `Exhausted` for more than a diagram has.
pub(super) fn frames(frames: &[(String, u32)]) -> Result<(), AppError> {
    if frames.len() > MOST_FRAMES || frames.iter().any(|(title, _)| title.chars().count() > LONGEST_TITLE) {
        return Err(too_many("These are more colours of frames than a diagram has frames."));
    }
    colours(frames.iter().map(|(_, colour)| *colour))
}
