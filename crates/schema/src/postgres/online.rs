//! The same while others go on working: indexes that are built and dropped beside writers, keys and checks whose rows are looked at
//! under a weaker lock (<https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>,
//! <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES>).

use catalog::{ConstraintKind, ObjectKey};
use policy::name::quote;

use super::{Action, Planner, create, name, table_of};
use crate::{
    definition::*,
    plan::{Step, Verb},
};

impl<'a> Planner<'a> {
    /// Whether what is made can be made beside writers: on a table that is there and stays, and that holds its rows itself.
    pub(super) fn has_online_way(&self, key: &ObjectKey, object: &Object) -> bool {
        let stays = |relation: &ObjectKey| {
            !self.is(relation, &[Action::Create, Action::Replace]) && self.before(relation).is_some()
        };
        let whole = |relation: &ObjectKey| match self.after(relation).map(|one| &one.body) {
            Some(Body::Table(table)) => table.kind == TableKind::Ordinary,
            Some(Body::View(view)) => view.materialized,
            _ => false,
        };
        let Some(relation) = object.relation(key) else { return false };
        if !stays(&relation) || !whole(&relation) {
            return false;
        }
        match &object.body {
            // Nothing that is made in the transaction may need it.
            Body::Index(_) => {
                self.is(key, &[Action::Create])
                    && !self.actions.keys().any(|other| *other != key && self.needs_to.of(other).contains(key))
            }
            Body::ForeignKey(one) => self.is(key, &[Action::Create]) && !one.text.ends_with("NOT VALID"),
            Body::Constraint(one) => {
                self.is(key, &[Action::Create])
                    && one.demands == ConstraintKind::Check
                    && !one.text.ends_with("NOT VALID")
            }
            _ => false,
        }
    }

    /// Makes it so where that is wanted.
    pub(super) fn create_online(&mut self, key: &ObjectKey, object: &Object) -> bool {
        if !self.options.online.contains(key) || !self.has_online_way(key, object) {
            return false;
        }
        let comment = object.comment.is_some().then(|| Step::new(key, Verb::Change, create::comment(key, object)));
        match &object.body {
            Body::Index(one) => {
                let Some((start, rest)) = one.text.split_once("INDEX ") else { return false };
                let sql = format!("{start}INDEX CONCURRENTLY {rest}");
                self.last.push(Step::new(key, Verb::Create, sql).alone().online(true));
                self.last.extend(comment.map(Step::alone));
            }
            Body::Constraint(Constraint { text, .. }) | Body::ForeignKey(ForeignKey { text, .. }) => {
                let (table, own) = (table_of(key), quote(&key.name));
                let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {own} {text} NOT VALID");
                self.steps.push(Step::new(key, Verb::Create, sql).online(true));
                self.steps.extend(comment);
                let sql = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {own}");
                self.last.push(Step::new(key, Verb::Change, sql).alone().online(true));
            }
            _ => return false,
        }
        true
    }

    /// Whether an index can be dropped beside readers and writers.
    pub(super) fn can_go_online(&self, key: &ObjectKey, object: &Object) -> bool {
        let Body::Index(one) = &object.body else { return false };
        let whole = match self.before(&one.relation).map(|one| &one.body) {
            Some(Body::Table(table)) => table.kind == TableKind::Ordinary,
            Some(Body::View(view)) => view.materialized,
            _ => false,
        };
        // A foreign key may rest on it.
        whole
            && !one.unique
            && self.is(key, &[Action::Drop])
            && !self.is(&one.relation, &[Action::Drop, Action::Replace])
    }

    /// Drops it so where that is wanted: before anything else, while nothing of it has gone with a column.
    pub(super) fn drop_online(&mut self, key: &ObjectKey, object: &Object) -> bool {
        if !self.options.online.contains(key) || !self.can_go_online(key, object) {
            return false;
        }
        let sql = format!("DROP INDEX CONCURRENTLY {}", name(key));
        self.first.push(Step::new(key, Verb::Drop, sql).alone().online(true));
        true
    }
}
