//! What a person stages: changes of a definition, kept until they are applied.
//!
//! A [`Draft`] is a list of named groups of edits over the definition that is there. It says what would be ([`Draft::on`]), and
//! what somebody else has changed meanwhile ([`Draft::conflicts`]).

use catalog::ObjectKey;
use serde::{Deserialize, Serialize};

use crate::{
    definition::{Definition, Object},
    rename::{self, Rename},
};

/// One edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "edit")]
pub enum Edit {
    /// An object is added, or another in its place.
    Put {
        /// Which.
        key: ObjectKey,
        /// As it was when this was staged; `None` where it was not there.
        before: Option<Box<Object>>,
        /// As it is to be.
        after: Box<Object>,
    },
    /// An object goes, with all its parts.
    Remove {
        /// Which.
        key: ObjectKey,
        /// As it was when this was staged.
        before: Box<Object>,
    },
    /// An object gets another name.
    Rename(Rename),
}

/// Edits that a person made at once, and takes back at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What it does, for the list of what is staged.
    pub label: String,
    /// Its edits, in order.
    pub edits: Vec<Edit>,
}

/// All that is staged of a database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The groups, in the order in which they were made.
    pub groups: Vec<Group>,
}

/// An edit that does not fit what is there now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "conflict")]
pub enum Conflict {
    /// What is to be changed, dropped or renamed is gone.
    Gone {
        /// The object.
        key: ObjectKey,
    },
    /// What is to be added is there already.
    Taken {
        /// The object.
        key: ObjectKey,
    },
    /// What is to be changed or dropped is another by now.
    Changed {
        /// The object.
        key: ObjectKey,
        /// As it is now.
        now: Box<Object>,
    },
}

impl Draft {
    /// What would be, and which objects of what is there have another name then.
    pub fn on(&self, there: &Definition) -> (Definition, Vec<Rename>) {
        let mut found = there.clone();
        let mut renames: Vec<Rename> = Vec::new();
        for edit in self.edits() {
            match edit {
                Edit::Put { key, after, .. } => {
                    found.objects.insert(key.clone(), (**after).clone());
                }
                Edit::Remove { key, .. } => {
                    let parts = found.parts().remove(key).unwrap_or_default();
                    let parts: Vec<ObjectKey> = parts.into_iter().map(|(part, _)| part.clone()).collect();
                    for part in parts.iter().chain([key]) {
                        found.objects.remove(part);
                    }
                }
                Edit::Rename(one) => {
                    let added = self.is_added_before(edit, &one.from);
                    // What is only staged has no old name.
                    if rename::apply(&mut found, one).is_ok() && !added {
                        renames.push(one.clone());
                    }
                }
            }
        }
        (found, renames)
    }

    /// Edits that do not fit what is there.
    pub fn conflicts(&self, there: &Definition) -> Vec<Conflict> {
        let mut now = there.clone();
        let mut found = Vec::new();
        for edit in self.edits() {
            let (key, before) = match edit {
                Edit::Put { key, before, .. } => (key, before.as_deref()),
                Edit::Remove { key, before } => (key, Some(&**before)),
                Edit::Rename(one) => {
                    if !now.objects.contains_key(&one.from) {
                        found.push(Conflict::Gone { key: one.from.clone() });
                    } else if rename::apply(&mut now, one).is_err() {
                        found.push(Conflict::Taken { key: one.to.clone() });
                    }
                    continue;
                }
            };
            match (before, now.objects.get(key)) {
                (None, Some(_)) => found.push(Conflict::Taken { key: key.clone() }),
                (Some(_), None) => found.push(Conflict::Gone { key: key.clone() }),
                (Some(before), Some(own)) if !crate::compare::facets(before, own).is_empty() => {
                    found.push(Conflict::Changed { key: key.clone(), now: Box::new(own.clone()) });
                }
                _ => {}
            }
            let one = Draft { groups: vec![Group { label: String::new(), edits: vec![edit.clone()] }] };
            now = one.on(&now).0;
        }
        found
    }

    fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.groups.iter().flat_map(|group| &group.edits)
    }

    /// Whether an object is there only because an edit before this one added it.
    fn is_added_before(&self, edit: &Edit, key: &ObjectKey) -> bool {
        self.edits().take_while(|other| !std::ptr::eq(*other, edit)).fold(false, |added, other| match other {
            Edit::Put { key: own, before, .. } if own == key => before.is_none() || added,
            Edit::Remove { key: own, .. } if own == key => false,
            Edit::Rename(one) if one.to == *key => self.is_added_before(other, &one.from),
            _ => added,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Column, Options, Server, Table, plan};

    fn shop() -> (Definition, ObjectKey) {
        let mut there = Definition::new(Server::postgres(180_000));
        let orders = ObjectKey::relation(None, Some("public"), "orders");
        there.insert(orders.clone(), Body::Table(Table::default()));
        there.insert(ObjectKey::column(&orders, "id"), Body::Column(Column::new("bigint")));
        (there, orders)
    }

    fn put(there: &Definition, key: &ObjectKey, body: Body) -> Edit {
        let before = there.objects.get(key).cloned().map(Box::new);
        let mut scratch = there.clone();
        scratch.insert(key.clone(), body);
        Edit::Put { key: key.clone(), before, after: Box::new(scratch.objects[key].clone()) }
    }

    fn draft(edits: Vec<Edit>) -> Draft {
        Draft { groups: vec![Group { label: "test".to_owned(), edits }] }
    }

    fn script(there: &Definition, draft: &Draft) -> String {
        let (wanted, renames) = draft.on(there);
        plan(there, &wanted, &Options { renames, ..Options::default() }).unwrap().script()
    }

    #[test]
    fn what_is_staged_becomes_statements() {
        let (there, orders) = shop();
        let note = ObjectKey::column(&orders, "note");
        let staged = draft(vec![put(&there, &note, Body::Column(Column { ordinal: 9, ..Column::new("text") }))]);
        assert_eq!(script(&there, &staged), "BEGIN;\nALTER TABLE public.orders ADD COLUMN note text;\nCOMMIT;\n");
        assert_eq!(staged.conflicts(&there), []);
    }

    #[test]
    fn a_new_name_of_what_is_only_staged_is_no_rename() {
        let (there, orders) = shop();
        let (note, remark) = (ObjectKey::column(&orders, "note"), ObjectKey::column(&orders, "remark"));
        let (id, number) = (ObjectKey::column(&orders, "id"), ObjectKey::column(&orders, "number"));
        let staged = draft(vec![
            put(&there, &note, Body::Column(Column::new("text"))),
            Edit::Rename(Rename { from: note, to: remark }),
            Edit::Rename(Rename { from: id, to: number }),
        ]);
        let text = script(&there, &staged);
        assert!(text.contains("RENAME COLUMN id TO number") && text.contains("ADD COLUMN remark text"), "{text}");
        assert!(!text.contains("note"), "{text}");
    }

    #[test]
    fn what_goes_takes_its_parts_along() {
        let (there, orders) = shop();
        let before = Box::new(there.objects[&orders].clone());
        let staged = draft(vec![Edit::Remove { key: orders, before }]);
        assert!(staged.on(&there).0.objects.is_empty());
        assert_eq!(
            script(&there, &staged),
            "BEGIN;\n-- Loses the rows of the table.\nDROP TABLE public.orders;\nCOMMIT;\n"
        );
    }

    #[test]
    fn what_others_changed_meanwhile_is_told() {
        let (mut there, orders) = shop();
        let (id, note) = (ObjectKey::column(&orders, "id"), ObjectKey::column(&orders, "note"));
        let staged = draft(vec![
            put(&there, &id, Body::Column(Column::new("numeric"))),
            put(&there, &note, Body::Column(Column::new("text"))),
        ]);
        there.insert(id.clone(), Body::Column(Column::new("integer")));
        there.insert(note.clone(), Body::Column(Column::new("text")));
        let now = Box::new(there.objects[&id].clone());
        assert_eq!(
            staged.conflicts(&there),
            [Conflict::Changed { key: id.clone(), now }, Conflict::Taken { key: note }]
        );
        there.objects.remove(&id);
        assert!(staged.conflicts(&there).contains(&Conflict::Gone { key: id }));
    }
}
