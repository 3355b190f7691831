//! Objects under a new name: applied to a definition, and proposed where one is gone and another like it is new.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{ObjectKey, ObjectKind};
use serde::{Deserialize, Serialize};
use sql::{TokenKind, tokenize};

use crate::{
    compare::facets,
    definition::{Body, Definition, Object, Privilege, relation_of},
    plan::Refusal,
    role,
};

/// How much of two tables' columns must be alike for one to be proposed as the other (Dice's coefficient).
const ALIKE: f64 = 0.6;

/// A new name for an object. Schema and kind stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// As it is called.
    pub from: ObjectKey,
    /// As it is to be called.
    pub to: ObjectKey,
}

/// Gives an object its new name, in its own key, in those of its parts and in the texts that name it. Queries of views keep
/// theirs: the server keeps the names of their columns, which no text here can know.
///
/// # Errors
/// [`Refusal::Rename`] where the object is not there, its new name is taken, or more than the name is another.
pub(crate) fn apply(definition: &mut Definition, rename: &Rename) -> Result<(), Refusal> {
    let Rename { from, to } = rename;
    let same = ObjectKey { name: from.name.clone(), ..to.clone() } == *from;
    if !same || from == to || !definition.objects.contains_key(from) || definition.objects.contains_key(to) {
        return Err(Refusal::Rename { name: from.name.clone() });
    }
    let dialect = definition.server.dialect();
    let objects = std::mem::take(&mut definition.objects);
    let table = relation_of(from);
    definition.objects = objects
        .into_iter()
        .map(|(key, mut object)| {
            let relation = object.relation(&key);
            let of_renamed = relation.as_ref() == Some(from);
            let new = if key == *from {
                to.clone()
            } else if of_renamed && (key.kind != ObjectKind::Index || key.signature.is_some()) {
                ObjectKey { signature: Some(to.name.clone()), ..key }
            } else {
                key
            };
            match from.kind {
                ObjectKind::Column => {
                    if Some(&new) == table.as_ref() {
                        granted(&mut object, &from.name, &to.name);
                    }
                    if relation.is_some() && relation == table {
                        texts(&mut object.body, &|text| worded(text, &from.name, &to.name, dialect));
                        columns(&mut object.body, from, to);
                    } else if let Body::ForeignKey(key) = &mut object.body
                        && Some(&key.references) == table.as_ref()
                    {
                        key.text = worded(&key.text, &from.name, &to.name, dialect);
                        for name in key.referenced_columns.iter_mut().filter(|name| **name == from.name) {
                            name.clone_from(&to.name);
                        }
                    }
                    if let Body::Sequence(one) = &mut object.body
                        && one.owned_by.as_ref() == Some(from)
                    {
                        one.owned_by = Some(to.clone());
                    }
                }
                ObjectKind::Role => role::rename(&mut object, &from.name, &to.name),
                _ => {
                    texts(&mut object.body, &|text| worded(text, &from.name, &to.name, dialect));
                    references(&mut object.body, from, to);
                }
            }
            (new, object)
        })
        .collect();
    Ok(())
}

impl Definition {
    /// The same with some objects under new names, as the statements of a plan would leave it.
    ///
    /// # Errors
    /// [`Refusal::Rename`] for the first that cannot be renamed.
    pub fn renamed(&self, renames: &[Rename]) -> Result<Definition, Refusal> {
        let mut found = self.clone();
        renames.iter().try_for_each(|one| apply(&mut found, one))?;
        Ok(found)
    }
}

/// The lists of columns that a part of a renamed column's table carries.
fn columns(body: &mut Body, from: &ObjectKey, to: &ObjectKey) {
    let names = match body {
        Body::Constraint(one) => &mut one.columns,
        Body::ForeignKey(one) => &mut one.columns,
        Body::Index(one) => &mut one.keys,
        _ => return,
    };
    for name in names.iter_mut().filter(|name| **name == from.name) {
        name.clone_from(&to.name);
    }
}

/// The columns that privileges name.
fn granted(object: &mut Object, from: &str, to: &str) {
    if object.privileges.iter().any(|one| one.column.as_deref() == Some(from)) {
        let named = |mut one: Privilege| {
            one.column = one.column.map(|column| if column == from { to.to_owned() } else { column });
            one
        };
        object.privileges = std::mem::take(&mut object.privileges).into_iter().map(named).collect();
    }
}

/// The keys of other objects that a body carries.
fn references(body: &mut Body, from: &ObjectKey, to: &ObjectKey) {
    let swap = |key: &mut ObjectKey| {
        if key == from {
            *key = to.clone();
        }
    };
    match body {
        Body::ForeignKey(one) => swap(&mut one.references),
        Body::Index(one) => swap(&mut one.relation),
        Body::Table(table) => {
            table.parents.iter_mut().for_each(swap);
            table.partition.iter_mut().for_each(|(parent, _)| swap(parent));
        }
        Body::Sequence(one) => {
            if let Some(column) = &mut one.owned_by
                && relation_of(column).as_ref() == Some(from)
            {
                column.signature = Some(to.name.clone());
            }
        }
        _ => {}
    }
}

fn texts(body: &mut Body, change: &dyn Fn(&str) -> String) {
    let mut put = |text: &mut String| *text = change(text);
    match body {
        Body::Column(one) => {
            one.default.iter_mut().for_each(&mut put);
            put(&mut one.native_type);
            one.text.iter_mut().for_each(&mut put);
            if let Some(text) = one.generated.as_mut().and_then(|one| one.expression.as_mut()) {
                put(text);
            }
        }
        Body::Constraint(one) => put(&mut one.text),
        Body::ForeignKey(one) => put(&mut one.text),
        Body::Index(one) => put(&mut one.text),
        Body::Trigger(one) => put(&mut one.text),
        Body::Policy(draft) => {
            draft.using.iter_mut().for_each(&mut put);
            draft.with_check.iter_mut().for_each(put);
        }
        Body::Schema
        | Body::Extension { .. }
        | Body::Type(_)
        | Body::Sequence(_)
        | Body::Table(_)
        | Body::View(_)
        | Body::Event(_)
        | Body::Role(_)
        | Body::Routine(_) => {}
    }
}

/// The text with one name in place of another.
fn worded(text: &str, from: &str, to: &str, dialect: &sql::Dialect) -> String {
    let mut out = String::with_capacity(text.len());
    for token in tokenize(text, dialect) {
        let written = text.get(token.span.start..token.span.end).unwrap_or_default();
        let is_it = match token.kind {
            TokenKind::Word => dialect.fold(written) == from,
            TokenKind::QuotedName => written.len() > 1 && written == dialect.quote_identifier(from),
            _ => false,
        };
        if is_it {
            out.push_str(&dialect.quote_identifier_if_needed(to));
        } else {
            out.push_str(written);
        }
    }
    out
}

/// Objects that are gone and come back alike under another name: proposed to a person, never assumed.
pub fn proposed(from: &Definition, to: &Definition) -> Vec<Rename> {
    let gone: Vec<&ObjectKey> = from.objects.keys().filter(|key| !to.objects.contains_key(*key)).collect();
    let new: Vec<&ObjectKey> = to.objects.keys().filter(|key| !from.objects.contains_key(*key)).collect();
    let mut taken: BTreeSet<&ObjectKey> = BTreeSet::new();
    let mut found = Vec::new();
    let signature = |definition: &Definition| {
        let mut of: BTreeMap<ObjectKey, BTreeSet<(String, String)>> = BTreeMap::new();
        for (key, object) in &definition.objects {
            if let (Body::Column(column), Some(table)) = (&object.body, relation_of(key)) {
                of.entry(table).or_default().insert((key.name.clone(), column.native_type.clone()));
            }
        }
        of
    };
    let (before, after) = (signature(from), signature(to));
    for old in gone.iter().filter(|key| key.kind == ObjectKind::Relation) {
        let Some(own) = before.get(*old) else { continue };
        let best = new
            .iter()
            .filter(|key| key.kind == ObjectKind::Relation && key.schema == old.schema && !taken.contains(*key))
            .filter_map(|key| {
                let other = after.get(*key)?;
                let both = own.intersection(other).count() as f64;
                Some((2.0 * both / (own.len() + other.len()).max(1) as f64, *key))
            })
            .filter(|(alike, _)| *alike >= ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
        if let Some((_, key)) = best {
            taken.insert(key);
            found.push(Rename { from: (*old).clone(), to: key.clone() });
        }
    }
    for old in gone.iter().filter(|key| key.kind == ObjectKind::Column) {
        let Some(own) = from.objects.get(*old) else { continue };
        let same = |key: &&&ObjectKey| {
            key.kind == ObjectKind::Column
                && key.schema == old.schema
                && key.signature == old.signature
                && to.objects.get(**key).is_some_and(|other| facets(own, other).is_empty())
        };
        let mut alike = new.iter().filter(same).filter(|key| !taken.contains(**key));
        // One of several alike is nobody's guess.
        if let (Some(key), None) = (alike.next(), alike.next()) {
            taken.insert(key);
            found.push(Rename { from: (*old).clone(), to: (*key).clone() });
        }
    }
    found
}
