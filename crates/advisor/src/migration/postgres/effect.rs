//! Locks and work of an action, by the manual and the server's version.
//!
//! <https://www.postgresql.org/docs/current/explicit-locking.html> and the page of each statement. Locks that only keep a relation from
//! being dropped meanwhile (ACCESS SHARE) are not listed.

mod types;

use std::collections::BTreeSet;

use catalog::{Known, RelationKind, RelationWalker, TypeKind};
use policy::statement::Named;

use super::tree;
use crate::{
    Lock,
    migration::{
        Locked, Migration, TableLock, Work,
        action::{Action, ConstraintKind, Filling, Kind, NewColumn, What},
    },
    tokens,
};

pub(super) use types::retyped;

/// Says of an action which locks it takes and what it does to rows.
pub(super) fn weigh(migration: &Migration<'_>, major: u16, action: &mut Action) {
    let Some(on) = action.on.clone() else {
        weigh_without_relation(migration, action);
        return;
    };
    let mut held = Held { migration, locks: Vec::new() };
    let mut unless = None;
    let work = match &action.what {
        What::AddColumn(column) => {
            held.with_children(&on, Lock::AccessExclusive);
            let references = column.constraints.iter().filter_map(|one| one.references.as_ref());
            references.for_each(|table| held.one(table, Lock::ShareRowExclusive));
            if let Filling::Unknown(function) = &column.filling {
                unless = Some(format!("unless {function}() is stable or immutable"));
            }
            filled(column, major)
        }
        What::DropColumn { column, cascade, .. } => {
            held.with_children(&on, Lock::AccessExclusive);
            held.keys_of_column(&on, column, *cascade);
            Work::Nothing
        }
        What::SetType { column, cost, unless: why } => {
            held.with_children(&on, Lock::AccessExclusive);
            held.keys_of_column(&on, column, true);
            unless.clone_from(why);
            *cost
        }
        What::SetNotNull { proven, .. } => {
            held.with_children(&on, Lock::AccessExclusive);
            if !proven && migration.catalog.is_none() && major >= 12 {
                unless = Some("unless a valid constraint says so already".to_owned());
            }
            if *proven { Work::Nothing } else { Work::Scan }
        }
        What::AddConstraint(constraint) => {
            let lock = match constraint.kind {
                ConstraintKind::Foreign => Lock::ShareRowExclusive,
                _ => Lock::AccessExclusive,
            };
            held.with_children(&on, lock);
            constraint.references.iter().for_each(|table| held.with_children(table, Lock::ShareRowExclusive));
            match constraint.kind {
                // A key makes its columns NOT NULL.
                ConstraintKind::Primary if constraint.using_index => {
                    unless = migration.catalog.is_none().then(|| "unless its columns are NOT NULL already".to_owned());
                    let columns = index_columns(migration, &on, constraint.name.as_deref());
                    let known = columns
                        .is_some_and(|columns| columns.iter().all(|column| never_null(migration, &on, column, major)));
                    if known { Work::Nothing } else { Work::Scan }
                }
                _ if constraint.unchecked || constraint.using_index => Work::Nothing,
                _ => Work::Scan,
            }
        }
        What::Validate { references, .. } => {
            held.with_children(&on, Lock::ShareUpdateExclusive);
            references.iter().for_each(|table| held.with_children(table, Lock::RowShare));
            Work::Scan
        }
        What::DropConstraint { references, .. } => {
            held.with_children(&on, Lock::AccessExclusive);
            references.iter().for_each(|table| held.with_children(table, Lock::AccessExclusive));
            Work::Nothing
        }
        What::Rename { kind, .. } => {
            // https://www.postgresql.org/docs/12/release-12.html: of an index it is less since 12.
            match kind {
                Kind::Index if major >= 12 => held.one(&on, Lock::ShareUpdateExclusive),
                Kind::Column => held.with_children(&on, Lock::AccessExclusive),
                _ => held.one(&on, Lock::AccessExclusive),
            }
            Work::Nothing
        }
        What::Attach { partition, default } => {
            // https://www.postgresql.org/docs/12/release-12.html
            held.one(&on, if major >= 12 { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive });
            held.with_children(partition, Lock::AccessExclusive);
            default.iter().for_each(|default| held.with_children(default, Lock::AccessExclusive));
            held.referenced_by(&on, Lock::ShareRowExclusive);
            unless = Some("unless a check of the partition says so already".to_owned());
            Work::Scan
        }
        What::Detach { partition, concurrently } => {
            held.one(&on, if *concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive });
            held.one(partition, Lock::AccessExclusive);
            let default = default_partition(migration, &on);
            default.iter().for_each(|default| held.one(default, Lock::AccessExclusive));
            Work::Nothing
        }
        What::SwitchTrigger { .. } => {
            held.with_children(&on, Lock::ShareRowExclusive);
            Work::Nothing
        }
        What::Alter { lock, cost } => {
            held.one(&on, *lock);
            *cost
        }
        What::CreateTable { references, partition_of, inherits, .. } => {
            references.iter().for_each(|table| held.one(table, Lock::ShareRowExclusive));
            inherits.iter().for_each(|parent| held.one(parent, Lock::ShareUpdateExclusive));
            if let Some(parent) = partition_of {
                held.one(parent, Lock::AccessExclusive);
                held.referenced_by(parent, Lock::ShareRowExclusive);
                let default = default_partition(migration, parent);
                default.iter().for_each(|default| held.one(default, Lock::AccessExclusive));
                if default.is_some() { Work::Scan } else { Work::Nothing }
            } else {
                Work::Nothing
            }
        }
        What::CreateIndex { concurrently, .. } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            held.with_children(&on, lock);
            Work::Scan
        }
        What::Reindex { concurrently, .. } => {
            let lock = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            match index_table(migration, &on) {
                Some(table) => {
                    held.one(&table, lock);
                    if !concurrently {
                        held.one(&on, Lock::AccessExclusive);
                    }
                }
                None => held.one(&on, lock),
            }
            Work::Scan
        }
        What::Refresh { concurrently, with_data } => {
            held.one(&on, if *concurrently { Lock::Exclusive } else { Lock::AccessExclusive });
            match (concurrently, with_data) {
                (true, _) => Work::Scan,
                (false, true) => Work::Rewrite,
                (false, false) => Work::Nothing,
            }
        }
        What::Drop { kind, cascade, concurrently, .. } => {
            held.dropped(*kind, &on, *cascade, *concurrently);
            Work::Nothing
        }
        What::Truncate { cascade } => {
            held.with_children(&on, Lock::AccessExclusive);
            if *cascade {
                held.referring(&on);
            }
            Work::Nothing
        }
        What::Update { every_row } | What::Delete { every_row } => {
            held.with_children(&on, Lock::RowExclusive);
            if *every_row { Work::Scan } else { Work::Nothing }
        }
        What::Write => {
            held.one(&on, Lock::RowExclusive);
            Work::Nothing
        }
        What::VacuumFull | What::Cluster => {
            held.one(&on, Lock::AccessExclusive);
            Work::Rewrite
        }
        What::Create { kind: Kind::View, may_exist: true, .. }
            if migration.relation(on.schema.as_deref(), &on.name).is_some() =>
        {
            held.one(&on, Lock::AccessExclusive);
            Work::Nothing
        }
        What::DropNotNull { .. } => {
            held.with_children(&on, Lock::AccessExclusive);
            Work::Nothing
        }
        What::DomainConstraint { .. } | What::ValidateDomain { .. } => {
            weigh_without_relation(migration, action);
            return;
        }
        _ => Work::Nothing,
    };
    (action.locks, action.work, action.unless) = (held.locks, work, unless);
}

/// A domain's constraint is checked in every table that has a column of it.
fn weigh_without_relation(migration: &Migration<'_>, action: &mut Action) {
    action.work = match &action.what {
        What::DomainConstraint { domain, added: true, unchecked: false } | What::ValidateDomain { domain } => {
            let mut held = Held { migration, locks: Vec::new() };
            for relation in migration.catalog.into_iter().flat_map(catalog::Catalog::walk_relations) {
                let is_table = matches!(relation.row().kind, RelationKind::Table | RelationKind::Partition);
                if is_table && relation.columns().iter().any(|column| is_type(&column.native_type, domain)) {
                    held.one(&name_of(relation), Lock::Share);
                }
            }
            action.unless = migration.catalog.is_none().then(|| "unless no table has a column of it".to_owned());
            let used = !held.locks.is_empty() || migration.catalog.is_none();
            action.locks = held.locks;
            if used { Work::Scan } else { Work::Nothing }
        }
        What::VacuumFull | What::Cluster => Work::Rewrite,
        What::Reindex { .. } => Work::Scan,
        What::Alter { cost, .. } => *cost,
        _ => Work::Nothing,
    };
}

/// Whether a type that the catalog prints is that domain, which is written with or without its schema.
fn is_type(printed: &str, domain: &str) -> bool {
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]").to_owned();
    printed == domain || last(printed) == last(domain)
}

/// What adding a column does to the rows that are there (<https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES>).
fn filled(column: &NewColumn, major: u16) -> Work {
    let each = matches!(column.filling, Filling::Each(_) | Filling::Unknown(_));
    // https://www.postgresql.org/docs/11/release-11.html: one value for all rows is no rewrite since 11.
    let same = column.filling == Filling::Same && major < 11;
    if column.stored == Some(true) || column.numbered || each || same || column.constrained_domain {
        return Work::Rewrite;
    }
    let empty = column.filling == Filling::Nothing;
    let checked = column.constraints.iter().any(|one| match one.kind {
        // Of a new column without a value there is nothing to look up.
        ConstraintKind::Foreign => !empty,
        ConstraintKind::Check | ConstraintKind::Unique | ConstraintKind::Primary | ConstraintKind::Exclusion => true,
        ConstraintKind::NotNull => false,
    });
    if checked || (column.not_null && empty) { Work::Scan } else { Work::Nothing }
}

struct Held<'m, 'a> {
    migration: &'m Migration<'a>,
    locks: Vec<Locked>,
}

impl<'a> Held<'_, 'a> {
    fn one(&mut self, on: &Named, lock: Lock) {
        let found = self.migration.relation(on.schema.as_deref(), &on.name);
        let schema = found.map(|relation| relation.schema().to_owned()).or_else(|| on.schema.clone());
        let lock = TableLock::Postgres { lock };
        match self.locks.iter_mut().find(|held| held.schema == schema && held.name == on.name) {
            Some(held) => held.lock = held.lock.max(lock),
            None => self.locks.push(Locked { schema, name: on.name.clone(), lock }),
        }
    }

    /// It and its partitions, however far down.
    fn with_children(&mut self, on: &Named, lock: Lock) {
        self.one(on, lock);
        let Some(root) = self.migration.relation(on.schema.as_deref(), &on.name) else { return };
        if root.row().kind != RelationKind::PartitionedTable && root.row().partition_key.is_none() {
            return;
        }
        let mut seen = BTreeSet::from([root.id()]);
        let mut next = vec![root];
        while let Some(parent) = next.pop() {
            for child in children(self.migration, parent).filter(|child| seen.insert(child.id())) {
                self.one(&name_of(child), lock);
                next.push(child);
            }
        }
    }

    fn relation(&self, on: &Named) -> Option<RelationWalker<'a>> {
        self.migration.relation(on.schema.as_deref(), &on.name)
    }

    /// The tables that a table's foreign keys refer to.
    fn referenced_by(&mut self, on: &Named, lock: Lock) {
        for key in self.relation(on).iter().flat_map(|table| table.foreign_keys()) {
            let (schema, name) = key.references.clone();
            self.one(&Named { schema: Some(schema), name }, lock);
        }
    }

    /// The tables whose foreign keys refer to a table.
    fn referring(&mut self, on: &Named) {
        let Some((catalog, table)) = self.migration.catalog.zip(self.relation(on)) else { return };
        for key in table.referenced_by() {
            if let Some(from) = catalog.relation(key.relation) {
                self.one(&name_of(from), Lock::AccessExclusive);
            }
        }
    }

    /// Tables at the other end of foreign keys that a column is part of: their triggers go, or are made anew.
    fn keys_of_column(&mut self, on: &Named, column: &String, referring: bool) {
        let Some((catalog, table)) = self.migration.catalog.zip(self.relation(on)) else { return };
        for key in table.foreign_keys().iter().filter(|key| key.columns.contains(column)) {
            let (schema, name) = key.references.clone();
            self.one(&Named { schema: Some(schema), name }, Lock::AccessExclusive);
        }
        for key in table.referenced_by().filter(|key| referring && key.referenced_columns.contains(column)) {
            if let Some(from) = catalog.relation(key.relation) {
                self.one(&name_of(from), Lock::AccessExclusive);
            }
        }
    }

    fn dropped(&mut self, kind: Kind, on: &Named, cascade: bool, concurrently: bool) {
        let lock = if concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
        match kind {
            Kind::Index => {
                if let Some(table) = index_table(self.migration, on) {
                    self.one(&table, lock);
                }
                self.one(on, lock);
            }
            Kind::Table => {
                self.with_children(on, lock);
                self.referenced_by(on, lock);
                let parent = self.relation(on).and_then(|table| table.row().partition_of.clone());
                if let Some((schema, name)) = parent {
                    let parent = Named { schema: Some(schema), name };
                    self.one(&parent, lock);
                    let default = default_partition(self.migration, &parent);
                    default.iter().for_each(|default| self.one(default, lock));
                }
                if cascade {
                    self.referring(on);
                }
            }
            _ => self.one(on, lock),
        }
    }
}

fn name_of(relation: RelationWalker<'_>) -> Named {
    Named { schema: Some(relation.schema().to_owned()), name: relation.row().name.clone() }
}

fn children<'a>(migration: &Migration<'a>, parent: RelationWalker<'a>) -> impl Iterator<Item = RelationWalker<'a>> {
    let (schema, name) = (parent.schema(), &parent.row().name);
    let all = migration.catalog.into_iter().flat_map(catalog::Catalog::walk_relations);
    all.filter(move |child| {
        child.row().partition_of.as_ref().is_some_and(|(of, called)| of == schema && called == name)
    })
}

/// The partition for what belongs to no other, by the catalog.
pub(super) fn default_partition(migration: &Migration<'_>, parent: &Named) -> Option<Named> {
    let parent = migration.relation(parent.schema.as_deref(), &parent.name)?;
    let is_default = |child: &RelationWalker<'_>| {
        child.row().partition_bound.as_deref().is_some_and(|bound| bound.eq_ignore_ascii_case("default"))
    };
    children(migration, parent).find(is_default).map(name_of)
}

pub(super) fn is_partitioned(migration: &Migration<'_>, on: &Named) -> bool {
    migration
        .relation(on.schema.as_deref(), &on.name)
        .is_some_and(|table| table.row().kind == RelationKind::PartitionedTable || table.row().partition_key.is_some())
}

/// Whether the catalog proves that a column is never NULL, as the server takes for a proof
/// (<https://www.postgresql.org/docs/12/release-12.html>: valid checks too since 12).
pub(super) fn never_null(migration: &Migration<'_>, on: &Named, column: &str, major: u16) -> bool {
    let Some(table) = migration.relation(on.schema.as_deref(), &on.name) else { return false };
    let declared = table.columns().iter().any(|one| one.name == column && one.nullable == Known::Value(false));
    let checked = table.constraints().iter().filter(|one| one.validated && major >= 12).any(|one| {
        let definition = one.definition.value().and_then(|definition| definition.strip_prefix("CHECK "));
        let said = definition.and_then(|text| tokens::only_not_null(text, sql::dialect::postgres()));
        said.as_deref() == Some(column)
    });
    declared || checked
}

fn index_columns(migration: &Migration<'_>, on: &Named, index: Option<&str>) -> Option<Vec<String>> {
    let table = migration.relation(on.schema.as_deref(), &on.name)?;
    let index = table.indexes().iter().find(|one| Some(one.name.as_str()) == index)?;
    Some(index.keys.iter().map(|key| key.text.clone()).collect())
}

/// The table of an index, by the catalog.
fn index_table(migration: &Migration<'_>, index: &Named) -> Option<Named> {
    let catalog = migration.catalog?;
    let found = catalog.indexes.iter().find(|one| {
        let of = catalog.relation(one.relation);
        one.name == index.name
            && index.schema.as_deref().is_none_or(|schema| of.is_some_and(|table| table.schema() == schema))
    })?;
    catalog.relation(found.relation).map(name_of)
}

/// Whether a type is a domain with constraints, by the catalog.
pub(super) fn constrained_domain(migration: &Migration<'_>, names: &[String]) -> bool {
    let Some((catalog, (own, schema))) = migration.catalog.zip(names.split_last()) else { return false };
    catalog.types.iter().any(|one| {
        one.kind == TypeKind::Domain
            && one.name == *own
            && !one.constraints.is_empty()
            && schema.last().is_none_or(|schema| catalog.schema_name(one.schema) == schema)
    })
}
