//! What changed since a text was written, and what of that breaks code that was compiled with it.

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use crate::{
    Language,
    description::{ColumnLine, Description, RelationLine, Undescribed},
    model::{Given, Model, Name, Scalar, Type},
    write,
};

/// What a change means for code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Code that was right no longer is: it reads what it does not expect, or writes what is refused.
    Breaking,
    /// Something is there that was not, or more is allowed.
    Addition,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The relation or enumeration.
    pub on: Name,
    /// The column or label, where it is about one.
    pub part: Option<String>,
    /// What it means.
    pub effect: Effect,
    /// What changed, and why it breaks, as a sentence without its end.
    pub what: String,
}

/// A text beside what would be written now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The same text would be written.
    pub up_to_date: bool,
    /// What changed, in order. Comments and keys alone make a text out of date without being told here.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Whether anything breaks.
    pub fn is_breaking(&self) -> bool {
        self.changes.iter().any(|one| one.effect == Effect::Breaking)
    }
}

/// Why a text was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Outdated {
    /// It does not say what it was written from.
    #[error(transparent)]
    Undescribed(#[from] Undescribed),
    /// It was written for another language.
    #[error("it was written for another language")]
    Language(Language),
    /// It was written from a database of another product.
    #[error("it was written from a database of another product")]
    Engine,
}

/// Compares a text that was written before with what a database is now.
///
/// # Errors
/// The text was not written for this language and this kind of database.
pub fn compare(text: &str, model: &Model, language: Language) -> Result<Comparison, Outdated> {
    let before = Description::read(text)?;
    if before.language != language {
        return Err(Outdated::Language(before.language));
    }
    if before.engine != model.engine {
        return Err(Outdated::Engine);
    }
    // What a checkout did to the ends of lines is nobody's change.
    let up_to_date = text.replace("\r\n", "\n") == write(model, language);
    let after = Description::of(model, language);
    let mut changes = Vec::new();
    relations(&before, &after, &mut changes);
    enumerations(&before, &after, &mut changes);
    changes.sort();
    Ok(Comparison { up_to_date, changes })
}

fn relations(before: &Description, after: &Description, changes: &mut Vec<Change>) {
    let new: BTreeMap<&Name, &RelationLine> = after.relations.iter().map(|one| (&one.relation, one)).collect();
    let old: BTreeMap<&Name, &RelationLine> = before.relations.iter().map(|one| (&one.relation, one)).collect();
    for (name, was) in &old {
        let mut tell = |part: Option<&str>, effect: Effect, what: String| {
            changes.push(Change { on: (*name).clone(), part: part.map(str::to_owned), effect, what });
        };
        let Some(is) = new.get(name) else {
            tell(None, Effect::Breaking, "is gone".to_owned());
            continue;
        };
        if was.writable && !is.writable {
            tell(None, Effect::Breaking, "is a view now: rows are not put in".to_owned());
        }
        if !was.writable && is.writable {
            tell(None, Effect::Addition, "is a table now: rows are put in".to_owned());
        }
        columns(was, is, &mut tell);
    }
    for name in new.keys().filter(|name| !old.contains_key(**name)) {
        changes.push(Change { on: (*name).clone(), part: None, effect: Effect::Addition, what: "is new".to_owned() });
    }
}

fn columns(was: &RelationLine, is: &RelationLine, tell: &mut impl FnMut(Option<&str>, Effect, String)) {
    for before in &was.columns {
        let name = Some(before.name.as_str());
        match is.columns.iter().find(|one| one.name == before.name) {
            None => tell(name, Effect::Breaking, "is gone".to_owned()),
            Some(after) => {
                retyped(before, after, name, tell);
                if was.writable && is.writable {
                    written(before, after, name, tell);
                }
                match (before.nullable, after.nullable) {
                    (false, true) => tell(name, Effect::Breaking, "may be NULL now when it is read".to_owned()),
                    (true, false) if was.writable && is.writable => {
                        tell(name, Effect::Breaking, "takes no NULL any more when it is written".to_owned());
                    }
                    (true, false) => tell(name, Effect::Addition, "is never NULL any more".to_owned()),
                    _ => {}
                }
            }
        }
    }
    for after in is.columns.iter().filter(|one| !was.columns.iter().any(|other| other.name == one.name)) {
        let name = Some(after.name.as_str());
        match (is.writable && was.writable, after.given) {
            (true, Given::Required) => tell(name, Effect::Breaking, "is new, and new rows must give it".to_owned()),
            _ => tell(name, Effect::Addition, "is new".to_owned()),
        }
    }
}

fn retyped(
    before: &ColumnLine,
    after: &ColumnLine,
    name: Option<&str>,
    tell: &mut impl FnMut(Option<&str>, Effect, String),
) {
    if before.native == after.native && before.r#type == after.r#type {
        return;
    }
    let change = format!("was {}, is {}", before.native, after.native);
    match widened(&before.r#type, &after.r#type) {
        Some(Width::Same) => {}
        Some(Width::More) => tell(name, Effect::Addition, format!("takes more: {change}")),
        Some(Width::Less) => tell(name, Effect::Breaking, format!("takes less: {change}")),
        None => tell(name, Effect::Breaking, format!("has another type: {change}")),
    }
}

fn written(
    before: &ColumnLine,
    after: &ColumnLine,
    name: Option<&str>,
    tell: &mut impl FnMut(Option<&str>, Effect, String),
) {
    let (effect, what) = match (before.given, after.given) {
        (Given::Required | Given::Optional, Given::Never) => (Effect::Breaking, "takes no value any more"),
        (Given::Optional, Given::Required) => (Effect::Breaking, "must be given for new rows"),
        (Given::Never, Given::Required) => (Effect::Breaking, "must be given for new rows"),
        (Given::Never, Given::Optional) => (Effect::Addition, "takes a value"),
        (Given::Required, Given::Optional) => (Effect::Addition, "may be left out of new rows"),
        _ => return,
    };
    tell(name, effect, what.to_owned());
}

/// How much a type takes beside what it took, where code does not tell the two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Same,
    More,
    Less,
}

fn widened(before: &Type, after: &Type) -> Option<Width> {
    let most = |before: Option<u32>, after: Option<u32>| match (before, after) {
        (before, after) if before == after => Width::Same,
        (Some(before), Some(after)) if before > after => Width::Less,
        (None, Some(_)) => Width::Less,
        _ => Width::More,
    };
    match (before, after) {
        (Type::Array(before), Type::Array(after)) => widened(before, after),
        (Type::Scalar(Scalar::Text { most: before }), Type::Scalar(Scalar::Text { most: after }))
        | (Type::Scalar(Scalar::Bytes { most: before }), Type::Scalar(Scalar::Bytes { most: after })) => {
            Some(most(*before, *after))
        }
        (
            Type::Scalar(Scalar::Decimal { precision: before, scale: fine }),
            Type::Scalar(Scalar::Decimal { precision: after, scale: finer }),
        ) => {
            // Without a scale there is none that would round; with a precision alone it is 0.
            let scale = |precision: &Option<u32>, scale: &Option<i32>| precision.map(|_| scale.unwrap_or(0));
            let (fine, finer) = (scale(before, fine), scale(after, finer));
            let whole = |precision: &Option<u32>, scale: Option<i32>| {
                precision.map(|digits| i64::from(digits) - i64::from(scale.unwrap_or(0)))
            };
            let fits = |before: Option<i64>, after: Option<i64>| match (before, after) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(before), Some(after)) => before <= after,
            };
            let grows =
                fits(fine.map(i64::from), finer.map(i64::from)) && fits(whole(before, fine), whole(after, finer));
            Some(match (before == after && fine == finer, grows) {
                (true, _) => Width::Same,
                (false, true) => Width::More,
                (false, false) => Width::Less,
            })
        }
        (before, after) if before == after => Some(Width::Same),
        _ => None,
    }
}

fn enumerations(before: &Description, after: &Description, changes: &mut Vec<Change>) {
    for was in &before.enumerations {
        let Some(is) = after.enumerations.iter().find(|one| one.enumeration == was.enumeration) else {
            let what = "is gone".to_owned();
            changes.push(Change { on: was.enumeration.clone(), part: None, effect: Effect::Breaking, what });
            continue;
        };
        let gone = was.labels.iter().filter(|label| !is.labels.contains(label)).map(|label| (label, "is gone"));
        let new = is.labels.iter().filter(|label| !was.labels.contains(label));
        let new = new.map(|label| (label, "is new: what is read may be a label that code does not know"));
        for (label, what) in gone.chain(new) {
            let (part, what) = (Some(label.clone()), what.to_owned());
            changes.push(Change { on: was.enumeration.clone(), part, effect: Effect::Breaking, what });
        }
    }
    for is in &after.enumerations {
        if !before.enumerations.iter().any(|one| one.enumeration == is.enumeration) {
            let what = "is new".to_owned();
            changes.push(Change { on: is.enumeration.clone(), part: None, effect: Effect::Addition, what });
        }
    }
}
