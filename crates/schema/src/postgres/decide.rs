//! What becomes of each object.

use std::collections::{BTreeSet, HashSet};

use catalog::{ObjectKey, ObjectKind};

use super::{Action, Parts, Planner, replace};
use crate::{
    compare::{aligned, facets},
    definition::{Body, Definition, Object, relation_of},
    needs::speaks_of,
    partitions,
};

/// Whether others can need it.
fn has_dependents(body: &Body) -> bool {
    !matches!(body, Body::ForeignKey(_) | Body::Trigger(_) | Body::Policy(_) | Body::Role(_))
}

impl<'a> Planner<'a> {
    /// What becomes of each object: of those that differ by themselves, then of those that depend on them.
    pub(super) fn decide(&mut self) {
        let (from, to) = (self.from, self.to);
        for (key, before, after) in aligned(from, to) {
            let action = match (before, after) {
                (_, None) => Action::Drop,
                (None, Some(_)) => Action::Create,
                (Some(before), Some(after)) if facets(before, after).is_empty() => continue,
                (Some(before), Some(after)) if replace::is_needed(before, after, from.server) => Action::Replace,
                _ => Action::Alter,
            };
            self.actions.insert(key, action);
        }
        self.follow_parents();
        let leads_on =
            |key: &&ObjectKey| self.before(key).is_some_and(|one| has_dependents(&one.body)) && self.breaks(key);
        let mut breaking: BTreeSet<&ObjectKey> = self.actions.keys().copied().filter(leads_on).collect();
        while !breaking.is_empty() {
            // A foreign key names the table whose key it leans on, not the key.
            let table = |key: &&'a ObjectKey| match &self.before(key)?.body {
                Body::Constraint(_) => key.signature.as_deref(),
                Body::Index(one) => Some(one.relation.name.as_str()),
                _ => None,
            };
            let names = breaking.iter().map(|key| key.name.as_str()).chain(breaking.iter().filter_map(table));
            let names: HashSet<&str> = names.collect();
            let mut next = BTreeSet::new();
            for (key, object) in from.objects.iter().filter(|(key, object)| speaks_of(key, object, &names)) {
                for needed in self.needs_from.of(key).into_iter().filter(|one| breaking.contains(one)) {
                    if let Some(action) = self.follows(needed, key) {
                        self.actions.insert(key, action);
                        if has_dependents(&object.body) {
                            next.insert(key);
                        }
                    }
                }
            }
            next.retain(|key| self.breaks(key));
            breaking = next;
        }
    }

    /// A table that becomes a partition gives its columns to its parent, and takes them back when it is none any more: they are
    /// neither dropped nor added.
    fn follow_parents(&mut self) {
        let shared = |key: &ObjectKey, side: &Definition| {
            let table = relation_of(key).and_then(|table| side.objects.get(&table)).map(|object| &object.body);
            let Some(Body::Table(table)) = table else { return false };
            let parents =
                table.partition.iter().map(|(parent, _)| side.root(parent)).chain(table.parents.iter().cloned());
            parents.into_iter().any(|parent| side.objects.contains_key(&ObjectKey::column(&parent, &key.name)))
        };
        let (from, to) = (self.from, self.to);
        let partition_of = |side: &'a Definition, key: &ObjectKey| match side.objects.get(key).map(|one| &one.body) {
            Some(Body::Table(table)) => Some(table.partition.as_ref().map(|(parent, _)| parent)),
            _ => None,
        };
        // A key, a foreign key or an index like one of the parent's becomes that, and is its own again afterwards.
        let joins =
            |key: &ObjectKey, own: Option<&Object>, side: &'a Definition, other: &'a Definition, parts: &Parts<'_>| {
                let (Some(own), Some(table)) = (own, own.and_then(|own| own.relation(key))) else { return false };
                let (Some(Some(parent)), Some(before)) = (partition_of(side, &table), partition_of(other, &table))
                else {
                    return false;
                };
                let like = |one: &ObjectKey| {
                    parts.get(one).into_iter().flatten().any(|(_, other)| partitions::alike(&own.body, &other.body))
                };
                before != Some(parent) && (like(parent) || like(&side.root(parent)))
            };
        let (parts_from, parts_to) = (&self.parts_from, &self.parts_to);
        self.actions.retain(|key, action| match action {
            Action::Drop if key.kind == ObjectKind::Column => !shared(key, to),
            Action::Create if key.kind == ObjectKind::Column => !shared(key, from),
            Action::Drop => !joins(key, from.objects.get(key), to, from, parts_to),
            Action::Create => !joins(key, to.objects.get(key), from, to, parts_from),
            _ => true,
        });
    }

    /// Whether what depends on it cannot stay as it is.
    fn breaks(&self, key: &ObjectKey) -> bool {
        match self.actions.get(key) {
            Some(Action::Drop | Action::Replace | Action::Retype) => true,
            Some(Action::Alter) => {
                match (self.before(key).map(|one| &one.body), self.after(key).map(|one| &one.body)) {
                    (Some(Body::Column(before)), Some(Body::Column(after))) => {
                        before.native_type != after.native_type || before.collation != after.collation
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// What becomes of an object that needs another which goes, is replaced or takes another type.
    fn follows(&self, needed: &ObjectKey, dependent: &ObjectKey) -> Option<Action> {
        let body = &self.before(dependent)?.body;
        self.after(dependent)?;
        if self.is(dependent, &[Action::Drop, Action::Replace, Action::Create]) {
            return None;
        }
        let other = &self.before(needed)?.body;
        let goes = self.is(needed, &[Action::Drop]);
        match (body, other) {
            // Parts go and come with their table.
            (_, Body::Table(_) | Body::View(_)) => Some(Action::Replace),
            (Body::Column(column), _) if column.generated.is_some() && !matches!(other, Body::Type(_)) => {
                Some(Action::Replace)
            }
            (Body::Column(_), Body::Type(_)) => {
                (!goes && !self.is(dependent, &[Action::Retype])).then_some(Action::Retype)
            }
            // What a default calls is dropped only when the default has changed.
            (Body::Column(_), Body::Routine(_)) => {
                (!goes && !self.is(dependent, &[Action::Alter, Action::Reset])).then_some(Action::Reset)
            }
            (Body::Column(_), _) => None,
            // The server makes these again by itself when a column takes another type.
            (Body::Index(_) | Body::Constraint(_) | Body::ForeignKey(_), Body::Column(_))
                if !self.is(needed, &[Action::Drop, Action::Replace]) =>
            {
                None
            }
            (Body::Sequence(_) | Body::Schema | Body::Extension { .. }, _) => None,
            (_, Body::Schema) => None,
            _ => Some(Action::Replace),
        }
    }

    /// Dropped only when nothing uses them any more. A function whose body the server knows goes before what that speaks of.
    pub(super) fn goes_last(&self, key: &ObjectKey, body: &Body) -> bool {
        match body {
            Body::Schema | Body::Extension { .. } | Body::Type(_) | Body::Sequence(_) | Body::Role(_) => true,
            Body::Routine(_) => !self.needs_from.of(key).into_iter().any(|one| {
                matches!(one.kind, ObjectKind::Relation | ObjectKind::Column | ObjectKind::Routine) && self.breaks(one)
                    || self.is_swapped(one)
            }),
            _ => false,
        }
    }

    /// Whether a column's default uses a function that is dropped before it is another.
    pub(super) fn default_is_in_the_way(&self, key: &ObjectKey) -> bool {
        let Some(Body::Column(column)) = self.before(key).map(|one| &one.body) else { return false };
        column.default.is_some()
            && self.is(key, &[Action::Reset, Action::Alter, Action::Retype])
            && self.needs_from.of(key).into_iter().any(|one| match self.before(one).map(|one| &one.body) {
                Some(body @ Body::Routine(_)) => {
                    self.is(one, &[Action::Replace]) || self.is(one, &[Action::Drop]) && !self.goes_last(one, body)
                }
                _ => false,
            })
    }
}
