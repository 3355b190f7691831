//! PostgreSQL's statements.
//!
//! What must go first goes first, what depends on what is replaced is made again with all it had, and what others need is made
//! before them (<https://www.postgresql.org/docs/current/ddl-depend.html>).

mod access;
mod alter;
mod create;
mod decide;
mod online;
mod replace;
mod roles;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::{ObjectKey, ObjectKind};
use policy::name::{qualified, quote};

use crate::{
    definition::*,
    needs::Needs,
    order::ordered,
    plan::{Loss, Options, Step, Verb},
    rename::Rename,
};

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Create,
    Drop,
    Alter,
    /// Dropped and made again.
    Replace,
    /// A column whose default is taken away and given again, for what the default calls is replaced.
    Reset,
    /// A column that takes the type that came in the place of its own.
    Retype,
}

/// A range type brings the type of several ranges along since this version.
const MULTIRANGES: u32 = 140_000;

/// What belongs to each relation.
type Parts<'a> = HashMap<ObjectKey, Vec<(&'a ObjectKey, &'a Object)>>;

struct Planner<'a> {
    from: &'a Definition,
    to: &'a Definition,
    needs_from: Needs<'a>,
    needs_to: Needs<'a>,
    parts_from: Parts<'a>,
    parts_to: Parts<'a>,
    actions: BTreeMap<&'a ObjectKey, Action>,
    conversions: &'a BTreeMap<&'a ObjectKey, &'a str>,
    options: &'a Options,
    steps: Vec<Step>,
    /// What is kept by itself before everything else, and after it.
    first: Vec<Step>,
    last: Vec<Step>,
}

/// The name in SQL of an object that stands for itself.
fn name(key: &ObjectKey) -> String {
    let schema = key.schema.as_deref().unwrap_or_default();
    let full = if schema.is_empty() { quote(&key.name) } else { qualified(schema, &key.name) };
    match (key.kind, &key.signature) {
        (ObjectKind::Routine, Some(arguments)) => format!("{full}({arguments})"),
        _ => full,
    }
}

/// The name in SQL of the table that a part belongs to.
fn table_of(key: &ObjectKey) -> String {
    name(&relation_of(key).unwrap_or_else(|| key.clone()))
}

/// The statement that gives an object its new name; the definition already has it.
pub(crate) fn rename(renamed: &Definition, rename: &Rename) -> Step {
    let (from, to) = (&rename.from, quote(&rename.to.name));
    let body = renamed.objects.get(&rename.to).map(|object| &object.body);
    let sql = match (from.kind, body) {
        (ObjectKind::Column, _) => {
            format!("ALTER TABLE {} RENAME COLUMN {} TO {to}", table_of(from), quote(&from.name))
        }
        (ObjectKind::Constraint, _) => {
            format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {to}", table_of(from), quote(&from.name))
        }
        (ObjectKind::Trigger, _) => {
            format!("ALTER TRIGGER {} ON {} RENAME TO {to}", quote(&from.name), table_of(from))
        }
        (ObjectKind::Policy, _) => format!("ALTER POLICY {} ON {} RENAME TO {to}", quote(&from.name), table_of(from)),
        (_, body) => format!("ALTER {} {} RENAME TO {to}", word(body), name(from)),
    };
    Step::new(&rename.to, Verb::Rename, sql)
}

/// What an object is called in statements about it.
fn word(body: Option<&Body>) -> &'static str {
    match body {
        Some(Body::Schema) => "SCHEMA",
        Some(Body::Extension { .. }) => "EXTENSION",
        Some(Body::Type(TypeBody::Domain(_))) => "DOMAIN",
        Some(Body::Type(_)) => "TYPE",
        Some(Body::Sequence(_)) => "SEQUENCE",
        Some(Body::Role(_)) => "ROLE",
        Some(Body::Index(_)) => "INDEX",
        Some(Body::View(view)) if view.materialized => "MATERIALIZED VIEW",
        Some(Body::View(_)) => "VIEW",
        Some(Body::Routine(one)) if one.routine == catalog::RoutineKind::Procedure => "PROCEDURE",
        Some(Body::Routine(_)) => "FUNCTION",
        _ => "TABLE",
    }
}

/// Which of those that nothing orders comes first.
fn rank(body: Option<&Body>) -> u8 {
    match body {
        Some(Body::Schema | Body::Role(_)) => 0,
        Some(Body::Extension { .. }) => 1,
        Some(Body::Type(_)) => 2,
        Some(Body::Sequence(_)) => 3,
        Some(Body::Table(_)) | None => 4,
        Some(Body::Column(_)) => 5,
        Some(Body::Constraint(_)) => 6,
        Some(Body::Routine(_)) => 7,
        Some(Body::Index(_)) => 8,
        Some(Body::ForeignKey(_)) => 9,
        Some(Body::View(_)) => 10,
        Some(Body::Trigger(_)) => 11,
        Some(Body::Policy(_) | Body::Event(_)) => 12,
    }
}

pub(crate) fn statements(
    from: &Definition,
    to: &Definition,
    options: &Options,
    conversions: &BTreeMap<&ObjectKey, &str>,
) -> Vec<Step> {
    let mut planner = Planner {
        from,
        to,
        needs_from: Needs::new(from),
        needs_to: Needs::new(to),
        parts_from: from.parts(),
        parts_to: to.parts(),
        actions: BTreeMap::new(),
        conversions,
        options,
        steps: Vec::new(),
        first: Vec::new(),
        last: Vec::new(),
    };
    planner.decide();
    planner.prepare();
    planner.drop_first();
    planner.make();
    planner.drop_last();
    let Planner { first, mut steps, last, .. } = planner;
    steps.splice(0..0, first);
    steps.extend(last);
    steps
}

impl<'a> Planner<'a> {
    fn before(&self, key: &ObjectKey) -> Option<&'a Object> {
        self.from.objects.get(key)
    }

    fn after(&self, key: &ObjectKey) -> Option<&'a Object> {
        self.to.objects.get(key)
    }

    fn is(&self, key: &ObjectKey, actions: &[Action]) -> bool {
        self.actions.get(key).is_some_and(|action| actions.contains(action))
    }

    fn push(&mut self, about: &ObjectKey, verb: Verb, sql: String) {
        self.steps.push(Step::new(about, verb, sql));
    }

    /// What must be loosened before anything goes.
    fn prepare(&mut self) {
        let (from, to) = (self.from, self.to);
        for (key, object) in &from.objects {
            let (Body::Sequence(own), true) = (&object.body, to.objects.contains_key(key)) else { continue };
            let Some(column) = &own.owned_by else { continue };
            let table = relation_of(column);
            let goes = |key: &ObjectKey| self.is(key, &[Action::Drop, Action::Replace]);
            if goes(column) || table.as_ref().is_some_and(goes) {
                self.push(key, Verb::Change, format!("ALTER SEQUENCE {} OWNED BY NONE", name(key)));
            }
        }
        let resets: Vec<&ObjectKey> =
            self.actions.keys().copied().filter(|key| self.default_is_in_the_way(key)).collect();
        for key in resets {
            let sql = format!("ALTER TABLE {} ALTER COLUMN {} DROP DEFAULT", table_of(key), quote(&key.name));
            self.push(key, Verb::Change, sql);
        }
    }

    fn drop_first(&mut self) {
        let nodes: BTreeSet<&ObjectKey> = self
            .actions
            .iter()
            .filter(|(key, action)| {
                let Some(object) = self.before(key) else { return false };
                match action {
                    Action::Drop => !self.goes_last(key, &object.body),
                    Action::Replace => !matches!(object.body, Body::Type(_)),
                    _ => false,
                }
            })
            .map(|(key, _)| *key)
            .collect();
        for key in self.backwards(&nodes) {
            if !self.goes_with_its_table(key) {
                self.drop_object(key);
            }
        }
        let swapped: Vec<&ObjectKey> = self.actions.keys().copied().filter(|key| self.is_swapped(key)).collect();
        for key in swapped {
            let body = self.before(key).map(|one| &one.body);
            let sql = format!("ALTER {} {} RENAME TO {}", word(body), name(key), quote(&aside(key).name));
            self.push(key, Verb::Rename, sql);
            if let Some(Body::Type(TypeBody::Range { .. })) = body
                && self.from.server.version >= MULTIRANGES
            {
                // The type of several ranges goes with it, under the name that the server gave it.
                let several = ObjectKey { name: multirange(&key.name), ..key.clone() };
                let there = quote(&aside(&several).name);
                self.push(key, Verb::Rename, format!("ALTER TYPE {} RENAME TO {there}", name(&several)));
                // Its constructor without arguments would be the new one's too.
                self.push(key, Verb::Rename, format!("ALTER FUNCTION {}() RENAME TO {there}", name(&several)));
            }
        }
    }

    /// A type that is replaced: the old one steps aside until no column has it.
    fn is_swapped(&self, key: &ObjectKey) -> bool {
        self.is(key, &[Action::Replace]) && matches!(self.before(key).map(|one| &one.body), Some(Body::Type(_)))
    }

    fn backwards(&self, nodes: &BTreeSet<&'a ObjectKey>) -> Vec<&'a ObjectKey> {
        let needed = |key: &'a ObjectKey| self.needs_from.of(key).into_iter().collect();
        let mut order = ordered(nodes, needed, |key| rank(self.before(key).map(|one| &one.body)));
        order.reverse();
        order
    }

    /// A part of a table that goes as a whole. A foreign key from it to another that goes is dropped by itself, so that two
    /// tables that refer to each other can go.
    fn goes_with_its_table(&self, key: &ObjectKey) -> bool {
        let Some(object) = self.before(key) else { return true };
        let gone = |table: &ObjectKey| self.is(table, &[Action::Drop, Action::Replace]);
        let Some(table) = object.relation(key).filter(|table| gone(table)) else { return false };
        match &object.body {
            Body::ForeignKey(one) => one.references == table || !gone(&one.references),
            _ => true,
        }
    }

    /// Whether a divided table, or one it is a partition of, stays and is referred to.
    fn is_referred_to(&self, table: &ObjectKey) -> bool {
        let above = std::iter::successors(Some(table), |table| match self.before(table).map(|one| &one.body) {
            Some(Body::Table(Table { partition: Some((parent, _)), .. })) => Some(parent),
            _ => None,
        });
        let above: Vec<&ObjectKey> = above.filter(|table| !self.is(table, &[Action::Drop, Action::Replace])).collect();
        let refers = |one: &Object| matches!(&one.body, Body::ForeignKey(key) if above.contains(&&key.references));
        self.from.objects.values().any(refers)
    }

    fn drop_object(&mut self, key: &ObjectKey) {
        let Some(object) = self.before(key) else { return };
        if self.drop_online(key, object) {
            return;
        }
        if let Body::Table(Table { partition: Some((parent, _)), .. }) = &object.body
            && self.is_referred_to(parent)
        {
            // Foreign keys to its table depend on it until it is a table of its own, which it becomes where no row refers to its rows.
            self.push(key, Verb::Change, format!("ALTER TABLE {} DETACH PARTITION {}", name(parent), name(key)));
        }
        let (sql, loses) = match &object.body {
            Body::Column(column) => {
                let sql = format!("ALTER TABLE {} DROP COLUMN {}", table_of(key), quote(&key.name));
                (sql, column.generated.is_none().then_some(Loss::Values))
            }
            Body::Constraint(_) | Body::ForeignKey(_) => {
                (format!("ALTER TABLE {} DROP CONSTRAINT {}", table_of(key), quote(&key.name)), None)
            }
            Body::Trigger(_) => (format!("DROP TRIGGER {} ON {}", quote(&key.name), table_of(key)), None),
            Body::Policy(_) => (format!("DROP POLICY {} ON {}", quote(&key.name), table_of(key)), None),
            Body::Table(_) => (format!("DROP TABLE {}", name(key)), Some(Loss::Rows)),
            body => {
                let loses = matches!(body, Body::Sequence(_)).then_some(Loss::Position);
                (format!("DROP {} {}", word(Some(body)), name(key)), loses)
            }
        };
        let online = self.can_go_online(key, object).then_some(false);
        self.steps.push(Step { loses, online, ..Step::new(key, Verb::Drop, sql) });
    }

    fn make(&mut self) {
        let nodes: BTreeSet<&ObjectKey> = self
            .actions
            .iter()
            .filter(|(key, action)| **action != Action::Drop && !self.comes_with_its_table(key))
            .filter_map(|(key, _)| self.to.objects.get_key_value(*key).map(|(key, _)| key))
            .collect();
        // A new table is made with its columns and keys, so it needs what they need.
        let mut within: BTreeMap<&ObjectKey, BTreeSet<&'a ObjectKey>> = BTreeMap::new();
        for key in self.actions.keys().filter(|key| self.comes_with_its_table(key)) {
            if let Some(table) = relation_of(key)
                && let Some((table, _)) = self.to.objects.get_key_value(&table)
            {
                within.entry(table).or_default().extend(self.needs_to.of(key));
            }
        }
        let needed = |key: &'a ObjectKey| {
            let own = self.needs_to.of(key).into_iter();
            let all = own.chain(within.get(key).into_iter().flatten().copied());
            // A part stands for its table where it is made with it.
            all.map(|one| match self.comes_with_its_table(one) {
                true => {
                    relation_of(one).and_then(|table| self.to.objects.get_key_value(&table)).map_or(one, |(key, _)| key)
                }
                false => one,
            })
            .collect()
        };
        let order = ordered(&nodes, needed, |key| rank(self.after(key).map(|one| &one.body)));
        let is_routine =
            |key: &&ObjectKey| matches!(self.to.objects.get(*key).map(|one| &one.body), Some(Body::Routine(_)));
        let mut routines = order.iter().filter(|key| is_routine(key)).count();
        let mut unchecked = false;
        for key in order {
            // Bodies may speak of what comes after them. Each transaction is told so anew.
            unchecked &= !self.steps.last().is_some_and(|step| step.commits_before_next);
            if routines > 0 && !unchecked {
                self.push(key, Verb::Change, "SET LOCAL check_function_bodies = off".to_owned());
                unchecked = true;
            }
            routines -= usize::from(is_routine(&key));
            let Some(object) = self.after(key) else { continue };
            match self.actions.get(key) {
                Some(Action::Create | Action::Replace) => self.create(key, object),
                _ => {
                    if let Some(before) = self.before(key) {
                        self.alter(key, before, object);
                    }
                }
            }
        }
        self.hand_sequences_over();
    }

    /// A part that is written into its table's CREATE TABLE.
    fn comes_with_its_table(&self, key: &ObjectKey) -> bool {
        let Some(object) = self.after(key) else { return false };
        if !matches!(object.body, Body::Column(_) | Body::Constraint(_)) {
            return false;
        }
        let table = relation_of(key).filter(|table| self.is(table, &[Action::Create, Action::Replace]));
        let Some(Body::Table(table)) = table.and_then(|table| self.after(&table)).map(|one| &one.body) else {
            return false;
        };
        // A partition's own constraints, and those that no row has been checked for, are added to it.
        match &object.body {
            Body::Constraint(one) => table.partition.is_none() && !one.text.ends_with("NOT VALID"),
            _ => true,
        }
    }

    /// Sequences go with columns once those are there.
    fn hand_sequences_over(&mut self) {
        let (to, mut steps) = (self.to, Vec::new());
        for (key, object) in &to.objects {
            let Body::Sequence(own) = &object.body else { continue };
            let before = match self.before(key).map(|one| &one.body) {
                Some(Body::Sequence(before)) if !self.is(key, &[Action::Replace]) => before.owned_by.as_ref(),
                _ => None,
            };
            let loosened = self.steps.iter().any(|step| step.about == *key && step.sql.ends_with("OWNED BY NONE"));
            if before == own.owned_by.as_ref() && !loosened {
                continue;
            }
            let owner = match &own.owned_by {
                Some(column) => format!("{}.{}", table_of(column), quote(&column.name)),
                None => "NONE".to_owned(),
            };
            steps.push(Step::new(key, Verb::Change, format!("ALTER SEQUENCE {} OWNED BY {owner}", name(key))));
        }
        self.steps.extend(steps);
    }

    fn drop_last(&mut self) {
        let nodes: BTreeSet<&ObjectKey> = self
            .actions
            .iter()
            .filter(|(key, action)| {
                let goes = |one: &Object| **action == Action::Drop && self.goes_last(key, &one.body);
                self.is_swapped(key) || self.before(key).is_some_and(goes)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in self.backwards(&nodes) {
            if self.is_swapped(key) {
                let body = self.before(key).map(|one| &one.body);
                let sql = format!("DROP {} {}", word(body), name(&aside(key)));
                self.push(key, Verb::Drop, sql);
                continue;
            }
            // It went with its column.
            let owner = match self.before(key).map(|one| &one.body) {
                Some(Body::Sequence(one)) => one.owned_by.as_ref(),
                _ => None,
            };
            let gone = |key: &ObjectKey| self.is(key, &[Action::Drop, Action::Replace]);
            if owner.is_some_and(|column| gone(column) || relation_of(column).as_ref().is_some_and(gone)) {
                continue;
            }
            self.drop_object(key);
        }
    }
}

/// Whether a constraint with a name of its own refuses NULL in this column.
fn has_named_not_null(parts: &Parts<'_>, column: &ObjectKey) -> bool {
    let of_table = relation_of(column).and_then(|table| parts.get(&table));
    of_table.into_iter().flatten().any(|(_, part)| {
        matches!(&part.body, Body::Constraint(one)
            if one.demands == catalog::ConstraintKind::NotNull && one.columns.first() == Some(&column.name))
    })
}

/// How the server calls the type of several ranges
/// (<https://www.postgresql.org/docs/current/sql-createtype.html>, `multirange_type_name`).
fn multirange(range: &str) -> String {
    match range.find("range") {
        Some(_) => range.replacen("range", "multirange", 1),
        None => format!("{range}_multirange"),
    }
}

/// Where a type steps aside to.
fn aside(key: &ObjectKey) -> ObjectKey {
    let mut name = policy::name::cut(&key.name).to_owned();
    while name.len() > policy::name::MOST_NAME_BYTES - 6 {
        name.pop();
    }
    ObjectKey { name: format!("{name}__old"), ..key.clone() }
}
