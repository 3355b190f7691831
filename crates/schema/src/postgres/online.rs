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

/// Partitions are detached beside readers and writers since this version.
const DETACHES_CONCURRENTLY: u32 = 140_000;

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
        if let Body::Table(table) = &object.body {
            return self.can_be_attached(key, table);
        }
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

    /// Takes a partition out of its table; where that is wanted beside readers and writers, before anything else
    /// (<https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION>).
    pub(super) fn detach(&mut self, key: &ObjectKey, parent: &ObjectKey, to: &Table) {
        let sql = format!("ALTER TABLE {} DETACH PARTITION {}", name(parent), name(key));
        let stays = self.after(parent).is_some() && !self.is(parent, &[Action::Create, Action::Replace, Action::Drop]);
        let beside_default = self.from.partitions(parent).any(|(_, bound)| bound.eq_ignore_ascii_case("DEFAULT"));
        let can =
            self.from.server.version >= DETACHES_CONCURRENTLY && stays && !beside_default && to.partition.is_none();
        if can && self.options.online.contains(key) {
            self.first.push(Step::new(key, Verb::Change, format!("{sql} CONCURRENTLY")).alone().online(true));
            return;
        }
        self.steps.push(Step { online: can.then_some(false), ..Step::new(key, Verb::Change, sql) });
    }

    /// Whether a partition can be made beside readers and writers: as a table like its parent, which is attached.
    pub(super) fn can_be_attached(&self, key: &ObjectKey, table: &Table) -> bool {
        self.is(key, &[Action::Create])
            && table.partition.as_ref().is_some_and(|(parent, _)| {
                self.before(parent).is_some() && !self.is(parent, &[Action::Create, Action::Replace])
            })
    }

    /// Makes it so where that is wanted
    /// (<https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE>).
    pub(super) fn attach_new(&mut self, key: &'a ObjectKey, table: &Table) -> Option<Vec<Step>> {
        let (parent, bound) = table.partition.as_ref()?;
        if !self.options.online.contains(key) || !self.can_be_attached(key, table) {
            return None;
        }
        let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
        let mut sql = format!(
            "CREATE {unlogged}TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)",
            name(key),
            name(parent)
        );
        if let TableKind::Partitioned { by } = &table.kind {
            sql.push_str(&format!("\nPARTITION BY {by}"));
        }
        if !table.options.is_empty() {
            sql.push_str(&format!("\nWITH ({})", table.options.join(", ")));
        }
        let attach = format!("ALTER TABLE {} ATTACH PARTITION {} {bound}", name(parent), name(key));
        Some(vec![Step::new(key, Verb::Create, sql).online(true), Step::new(key, Verb::Change, attach).online(true)])
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
