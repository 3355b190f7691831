//! MySQL's and MariaDB's statements.
//!
//! Every statement commits by itself (<https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>), so a table's changes are
//! one ALTER TABLE, which is all or nothing. Foreign keys go first and come last.

mod access;
mod partitions;
pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::{ObjectKey, ObjectKind, RoutineKind};

use crate::{
    compare::{Facet, aligned, facets},
    definition::*,
    needs::Needs,
    order::ordered,
    plan::{Loss, Step, Verb},
    rename::Rename,
    widening::widens,
};

pub(crate) use access::forgotten;

fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// The statement that gives an object its new name. Columns keep their definitions: CHANGE writes it again, and older servers know no
/// other way.
pub(crate) fn rename(renamed: &Definition, rename: &Rename) -> Step {
    let (from, to) = (&rename.from, &rename.to);
    let sql = match (from.kind, renamed.objects.get(to).map(|object| &object.body)) {
        (ObjectKind::Column, Some(Body::Column(column))) => {
            let table = quote(from.signature.as_deref().unwrap_or_default());
            let text = column.text.as_deref().unwrap_or_default();
            format!("ALTER TABLE {table} CHANGE COLUMN {} {} {text}", quote(&from.name), quote(&to.name))
        }
        _ => format!("RENAME TABLE {} TO {}", quote(&from.name), quote(&to.name)),
    };
    Step::new(to, Verb::Rename, sql)
}

type Parts<'a> = HashMap<ObjectKey, Vec<(&'a ObjectKey, &'a Object)>>;

struct Planner<'a> {
    from: &'a Definition,
    to: &'a Definition,
    parts_from: Parts<'a>,
    parts_to: Parts<'a>,
    /// What differs, by itself, in anything but its privileges.
    differs: BTreeSet<&'a ObjectKey>,
    online: &'a BTreeSet<ObjectKey>,
    steps: Vec<Step>,
}

pub(crate) fn statements(from: &Definition, to: &Definition, online: &BTreeSet<ObjectKey>) -> Vec<Step> {
    let mut differs: BTreeSet<&ObjectKey> = aligned(from, to)
        .filter(|(_, before, after)| {
            !before.zip(*after).is_some_and(|(before, after)| facets(before, after).iter().all(of_access))
        })
        .map(|(key, ..)| key)
        .collect();
    // A column takes no other type while a foreign key holds it.
    let retyped = |key: &ObjectKey| {
        let column = |side: &'_ Definition| match side.objects.get(key).map(|object| &object.body) {
            Some(Body::Column(column)) => Some((column.native_type.clone(), column.collation.clone())),
            _ => None,
        };
        differs.contains(key) && column(from).zip(column(to)).is_some_and(|(before, after)| before != after)
    };
    let held = from.objects.iter().filter(|(key, object)| match &object.body {
        Body::ForeignKey(one) if to.objects.contains_key(*key) => {
            let own = relation_of(key).into_iter().flat_map(|table| {
                one.columns.iter().map(move |column| ObjectKey::column(&table, column)).collect::<Vec<_>>()
            });
            let others = one.referenced_columns.iter().map(|column| ObjectKey::column(&one.references, column));
            own.chain(others).any(|column| retyped(&column))
        }
        _ => false,
    });
    let held: Vec<&ObjectKey> = held.map(|(key, _)| key).collect();
    differs.extend(held);
    let (parts_from, parts_to) = (from.parts(), to.parts());
    let mut planner = Planner { from, to, parts_from, parts_to, differs, online, steps: Vec::new() };
    planner.revoke();
    planner.drop_first();
    planner.sequences();
    planner.tables();
    planner.make();
    planner.drop_sequences();
    planner.grant();
    planner.steps
}

/// What nothing is made anew for.
fn of_access(facet: &Facet) -> bool {
    facet.name == "privileges"
}

fn constraint(key: &ObjectKey, one: &Constraint) -> String {
    match key.name.starts_with(text::PERIOD) {
        true => format!("{} {}", key.name, one.text),
        false => format!("CONSTRAINT {} {}", quote(&key.name), one.text),
    }
}

/// How an option is set back, where a table can be without it
/// (<https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-options>).
fn usual(option: &str) -> Option<String> {
    let value = match option {
        "COMMENT" => "''",
        "ROW_FORMAT" | "PACK_KEYS" | "STATS_PERSISTENT" | "STATS_AUTO_RECALC" | "STATS_SAMPLE_PAGES" => "DEFAULT",
        "KEY_BLOCK_SIZE" | "CHECKSUM" | "DELAY_KEY_WRITE" | "MAX_ROWS" | "MIN_ROWS" | "AVG_ROW_LENGTH" => "0",
        _ => return None,
    };
    Some(format!("{option}={value}"))
}

/// What stands for itself and is dropped and made as a whole.
fn is_code(object: &Object) -> bool {
    matches!(object.body, Body::View(_) | Body::Routine(_) | Body::Trigger(_) | Body::Event(_))
}

fn word(object: &Object) -> &'static str {
    match &object.body {
        Body::View(_) => "VIEW",
        Body::Routine(one) if one.routine == RoutineKind::Procedure => "PROCEDURE",
        Body::Routine(_) => "FUNCTION",
        Body::Trigger(_) => "TRIGGER",
        Body::Event(_) => "EVENT",
        _ => "TABLE",
    }
}

impl<'a> Planner<'a> {
    fn push(&mut self, about: &ObjectKey, verb: Verb, sql: String) {
        self.steps.push(Step::new(about, verb, sql));
    }

    fn is_table(side: &Definition, key: &ObjectKey) -> bool {
        side.objects.get(key).is_some_and(|object| matches!(object.body, Body::Table(_)))
    }

    /// Code that goes or is another, then foreign keys that do, then tables that go.
    fn drop_first(&mut self) {
        let (from, to) = (self.from, self.to);
        let needs = Needs::new(from);
        let code: BTreeSet<&ObjectKey> =
            self.differs.iter().copied().filter(|key| from.objects.get(*key).is_some_and(is_code)).collect();
        let mut order = ordered(&code, |key| needs.of(key).into_iter().collect(), |_| 0);
        order.reverse();
        for key in order {
            if let Some(object) = from.objects.get(key) {
                self.push(key, Verb::Drop, format!("DROP {} {}", word(object), quote(&key.name)));
            }
        }
        let mut keys: BTreeMap<ObjectKey, Vec<&ObjectKey>> = BTreeMap::new();
        for key in self.differs.iter().copied() {
            if let Some(Body::ForeignKey(_)) = from.objects.get(key).map(|object| &object.body)
                && let Some(table) = relation_of(key)
            {
                keys.entry(table).or_default().push(key);
            }
        }
        for (table, keys) in keys {
            let clauses: Vec<String> =
                keys.iter().map(|key| format!("DROP FOREIGN KEY {}", quote(&key.name))).collect();
            self.push(&table, Verb::Change, format!("ALTER TABLE {} {}", quote(&table.name), clauses.join(", ")));
        }
        let gone: Vec<&ObjectKey> =
            from.objects.keys().filter(|key| Self::is_table(from, key) && !Self::is_table(to, key)).collect();
        for key in gone {
            let step = Step::new(key, Verb::Drop, format!("DROP TABLE {}", quote(&key.name)));
            self.steps.push(step.losing(Loss::Rows));
        }
    }

    fn tables(&mut self) {
        let (from, to) = (self.from, self.to);
        for (key, object) in &to.objects {
            let Body::Table(table) = &object.body else { continue };
            match from.objects.get(key).map(|object| &object.body) {
                Some(Body::Table(before)) => self.alter(key, before, table),
                _ => {
                    let sql = self.table(key, table);
                    self.push(key, Verb::Create, sql);
                }
            }
        }
        let mut keys: BTreeMap<ObjectKey, Vec<String>> = BTreeMap::new();
        for key in self.differs.iter().copied() {
            if let Some(Body::ForeignKey(one)) = to.objects.get(key).map(|object| &object.body)
                && let Some(table) = relation_of(key)
            {
                keys.entry(table).or_default().push(format!("ADD CONSTRAINT {} {}", quote(&key.name), one.text));
            }
        }
        for (table, clauses) in keys {
            self.push(
                &table,
                Verb::Change,
                format!("ALTER TABLE {}\n    {}", quote(&table.name), clauses.join(",\n    ")),
            );
        }
    }

    fn alter(&mut self, key: &ObjectKey, from: &Table, to: &Table) {
        let parts = |side: &Parts<'a>| side.get(key).cloned().unwrap_or_default();
        let (before, after) = (parts(&self.parts_from), parts(&self.parts_to));
        let mut clauses = Vec::new();
        for (part, object) in before.iter().filter(|(part, _)| self.differs.contains(part)) {
            match &object.body {
                Body::Index(_) if part.name == "PRIMARY" => clauses.push("DROP PRIMARY KEY".to_owned()),
                Body::Index(_) => clauses.push(format!("DROP INDEX {}", quote(&part.name))),
                Body::Constraint(_) if part.name.starts_with(text::PERIOD) => {
                    clauses.push(format!("DROP {}", part.name))
                }
                Body::Constraint(_) => clauses.push(format!("DROP CONSTRAINT {}", quote(&part.name))),
                _ => {}
            }
        }
        let loses = self.columns(&before, &after, &mut clauses);
        for (part, object) in after.iter().filter(|(part, _)| self.differs.contains(part)) {
            match &object.body {
                Body::Index(one) => clauses.push(format!("ADD {}", one.text)),
                Body::Constraint(one) => clauses.push(format!("ADD {}", constraint(part, one))),
                _ => {}
            }
        }
        let versioned = |table: &Table| table.options.iter().any(|option| option == text::VERSIONED);
        match (versioned(from), versioned(to)) {
            (false, true) => clauses.push("ADD SYSTEM VERSIONING".to_owned()),
            // It comes first: what it leans on can go then.
            (true, false) => clauses.insert(0, "DROP SYSTEM VERSIONING".to_owned()),
            _ => {}
        }
        let loses = loses.or((versioned(from) && !versioned(to)).then_some(Loss::History));
        let options = to.options.iter().filter(|option| !from.options.contains(option) && *option != text::VERSIONED);
        clauses.extend(options.cloned());
        let name = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let gone = from.options.iter().map(name).filter(|own| !to.options.iter().any(|option| name(option) == *own));
        clauses.extend(gone.filter_map(|own| usual(&own)));
        if !clauses.is_empty() {
            // The server refuses what it cannot do so, and nothing is done then
            // (<https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html>).
            let online = self.online.contains(key);
            if online {
                clauses.push("ALGORITHM=INPLACE".to_owned());
                clauses.push("LOCK=NONE".to_owned());
            }
            // Columns of what the rows were go with it, which is refused otherwise
            // (<https://mariadb.com/docs/server/reference/sql-structure/temporal-tables/system-versioned-tables#system_versioning_alter_history>).
            let is_period = |(part, _): &(&ObjectKey, &Object)| part.name.starts_with(text::PERIOD);
            let unless = match versioned(from) && !versioned(to) && before.iter().any(is_period) {
                true => "SET STATEMENT system_versioning_alter_history = KEEP FOR ",
                false => "",
            };
            let sql = format!("{unless}ALTER TABLE {}\n    {}", quote(&key.name), clauses.join(",\n    "));
            self.steps.push(Step { loses, ..Step::new(key, Verb::Change, sql).online(online) });
        }
        match (&from.kind, &to.kind) {
            (one, other) if one == other => {}
            (from, TableKind::Partitioned { by }) => {
                let from = match from {
                    TableKind::Partitioned { by } => Some(by.as_str()),
                    TableKind::Ordinary => None,
                };
                for (clause, loses) in partitions::change(from, by, self.to.server) {
                    let sql = format!("ALTER TABLE {}\n{clause}", quote(&key.name));
                    self.steps.push(Step { loses, ..Step::new(key, Verb::Change, sql) });
                }
            }
            _ => self.push(key, Verb::Change, format!("ALTER TABLE {} REMOVE PARTITIONING", quote(&key.name))),
        }
    }

    /// Columns that go, come, change and move; what that loses.
    fn columns(
        &self,
        before: &[(&'a ObjectKey, &'a Object)],
        after: &[(&'a ObjectKey, &'a Object)],
        clauses: &mut Vec<String>,
    ) -> Option<Loss> {
        let (old, new) = (columns(before), columns(after));
        // What is computed otherwise is computed anew: MODIFY refuses it.
        let computed_anew = |(key, column): &(&ObjectKey, &Column)| {
            let other = |all: &[(&'a ObjectKey, &'a Column)]| {
                all.iter().find(|(other, _)| other == key).map(|(_, other)| *other)
            };
            let (one, other) = (other(&old), other(&new));
            one.zip(other).is_some_and(|(one, other)| {
                (one.generated.is_some() || other.generated.is_some())
                    && one.text != other.text
                    && column.text.is_some()
            })
        };
        let mut loses = None;
        let mut place: Vec<&ObjectKey> = Vec::new();
        for (key, column) in &old {
            if new.iter().any(|(other, _)| other == key) && !computed_anew(&(*key, *column)) {
                place.push(key);
            } else {
                clauses.push(format!("DROP COLUMN {}", quote(&key.name)));
                loses = loses.or(column.generated.is_none().then_some(Loss::Values));
            }
        }
        let mut last: Option<&ObjectKey> = None;
        for (at, (key, column)) in new.iter().enumerate() {
            let text = column.text.as_deref().unwrap_or_default();
            let known = old.iter().find(|(other, _)| other == key).filter(|old| !computed_anew(old));
            let stays = place.get(at) == Some(key);
            let behind = match last {
                _ if stays => String::new(),
                Some(last) => format!(" AFTER {}", quote(&last.name)),
                None => " FIRST".to_owned(),
            };
            match known {
                None => {
                    // At the end nothing needs to be said.
                    let behind = if at == place.len() { "" } else { behind.as_str() };
                    clauses.push(format!("ADD COLUMN {} {text}{behind}", quote(&key.name)));
                    place.insert(at.min(place.len()), key);
                }
                Some((_, before)) if before.text != column.text || !stays => {
                    clauses.push(format!("MODIFY COLUMN {} {text}{behind}", quote(&key.name)));
                    if !widens(&before.native_type, &column.native_type) {
                        loses = loses.or(Some(Loss::Precision));
                    }
                    if !stays {
                        place.retain(|other| other != key);
                        place.insert(at.min(place.len()), key);
                    }
                }
                Some(_) => {}
            }
            last = Some(key);
        }
        loses
    }

    fn table(&self, key: &ObjectKey, table: &Table) -> String {
        let parts = self.parts_to.get(key).cloned().unwrap_or_default();
        let mut lines: Vec<String> = columns(&parts)
            .into_iter()
            .map(|(key, column)| format!("{} {}", quote(&key.name), column.text.as_deref().unwrap_or_default()))
            .collect();
        for (part, object) in &parts {
            match &object.body {
                Body::Index(one) => lines.push(one.text.clone()),
                Body::Constraint(one) => lines.push(constraint(part, one)),
                _ => {}
            }
        }
        let mut text = format!("CREATE TABLE {} (\n    {}\n)", quote(&key.name), lines.join(",\n    "));
        for option in &table.options {
            text.push(' ');
            text.push_str(option);
        }
        if let TableKind::Partitioned { by } = &table.kind {
            text.push('\n');
            text.push_str(by);
        }
        text
    }

    /// Sequences come before the tables whose defaults ask them.
    fn sequences(&mut self) {
        let differs: Vec<&ObjectKey> = self.differs.iter().copied().collect();
        for key in differs {
            let of = |side: &'a Definition| match side.objects.get(key).map(|object| &object.body) {
                Some(Body::Sequence(one)) => Some(one),
                _ => None,
            };
            let Some(one) = of(self.to) else { continue };
            let before = of(self.from);
            let (verb, word) = if before.is_some() { (Verb::Change, "ALTER") } else { (Verb::Create, "CREATE") };
            let options = text::sequence(one, before);
            if verb == Verb::Create || !options.is_empty() {
                self.push(key, verb, format!("{word} SEQUENCE {}{options}", quote(&key.name)));
            }
        }
    }

    /// They go last: a table whose default asks one that is gone cannot be opened.
    fn drop_sequences(&mut self) {
        for (key, object) in &self.from.objects {
            if matches!(object.body, Body::Sequence(_)) && !self.to.objects.contains_key(key) {
                let step = Step::new(key, Verb::Drop, format!("DROP SEQUENCE {}", quote(&key.name)));
                self.steps.push(step.losing(Loss::Position));
            }
        }
    }

    fn make(&mut self) {
        let to = self.to;
        let needs = Needs::new(to);
        let code: BTreeSet<&ObjectKey> =
            self.differs.iter().copied().filter(|key| to.objects.get(*key).is_some_and(is_code)).collect();
        for key in ordered(&code, |key| needs.of(key).into_iter().collect(), |key| rank(to.objects.get(key))) {
            let sql = match to.objects.get(key).map(|object| &object.body) {
                Some(Body::View(view)) => view.query.clone(),
                Some(Body::Routine(one)) => one.text.clone(),
                Some(Body::Trigger(one)) => one.text.clone(),
                Some(Body::Event(text)) => text.clone(),
                _ => continue,
            };
            self.push(key, Verb::Create, sql);
        }
    }
}

/// Routines before views, views before triggers.
fn rank(object: Option<&Object>) -> u8 {
    match object.map(|object| &object.body) {
        Some(Body::Routine(_)) => 0,
        Some(Body::View(_)) => 1,
        _ => 2,
    }
}

/// A table's columns in their order.
fn columns<'a>(parts: &[(&'a ObjectKey, &'a Object)]) -> Vec<(&'a ObjectKey, &'a Column)> {
    let mut found: Vec<(&ObjectKey, &Column)> = parts
        .iter()
        .filter_map(|(key, object)| match &object.body {
            Body::Column(column) => Some((*key, column)),
            _ => None,
        })
        .collect();
    found.sort_by_key(|(_, column)| column.ordinal);
    found
}
