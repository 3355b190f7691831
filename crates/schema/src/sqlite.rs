//! SQLite's statements.
//!
//! A table's definition is its text. What ALTER TABLE cannot do is done as the manual tells it
//! (<https://www.sqlite.org/lang_altertable.html#otheralter>): a new table takes the rows, and then the old one's name. Views and
//! triggers that name the table are made again around it, and at the end every foreign key is looked at.

pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use catalog::{ObjectKey, ObjectKind};

use crate::{
    compare::{aligned, facets},
    definition::*,
    needs::{Needs, mentioned},
    order::ordered,
    plan::{Loss, Stage, Step, Verb},
    rename::Rename,
};

/// What becomes of a table that is there before and after.
enum Way<'a> {
    /// Columns are added at its end.
    Add(Vec<&'a ObjectKey>),
    /// Columns that nothing speaks of are dropped.
    Drop(Vec<&'a ObjectKey>),
    /// It is made anew.
    Rebuild,
}

struct Planner<'a> {
    from: &'a Definition,
    to: &'a Definition,
    parts_from: HashMap<ObjectKey, Vec<(&'a ObjectKey, &'a Object)>>,
    parts_to: HashMap<ObjectKey, Vec<(&'a ObjectKey, &'a Object)>>,
    conversions: &'a BTreeMap<&'a ObjectKey, &'a str>,
    steps: Vec<Step>,
}

fn quote(name: &str) -> String {
    sql::dialect::sqlite().quote_identifier_if_needed(name)
}

/// The statement that gives an object its new name.
pub(crate) fn rename(rename: &Rename) -> Step {
    let (from, to) = (&rename.from, quote(&rename.to.name));
    let sql = match from.kind {
        ObjectKind::Column => {
            let table = quote(from.signature.as_deref().unwrap_or_default());
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {to}", quote(&from.name))
        }
        _ => format!("ALTER TABLE {} RENAME TO {to}", quote(&from.name)),
    };
    Step::new(&rename.to, Verb::Rename, sql)
}

pub(crate) fn statements(from: &Definition, to: &Definition, conversions: &BTreeMap<&ObjectKey, &str>) -> Vec<Step> {
    let mut planner =
        Planner { from, to, parts_from: from.parts(), parts_to: to.parts(), conversions, steps: Vec::new() };
    planner.all();
    planner.steps
}

fn is_table(object: &Object) -> bool {
    matches!(object.body, Body::Table(_))
}

impl<'a> Planner<'a> {
    fn push(&mut self, about: &ObjectKey, verb: Verb, sql: String) {
        self.steps.push(Step::new(about, verb, sql));
    }

    fn all(&mut self) {
        let (from, to) = (self.from, self.to);
        let mut changed: BTreeSet<ObjectKey> = BTreeSet::new();
        let mut itself: BTreeSet<&ObjectKey> = BTreeSet::new();
        for (key, before, after) in aligned(from, to) {
            if before.zip(after).is_some_and(|(before, after)| facets(before, after).is_empty()) {
                continue;
            }
            itself.insert(key);
            if matches!(key.kind, ObjectKind::Column | ObjectKind::Constraint) {
                changed.extend(relation_of(key));
            } else if before.or(after).is_some_and(is_table) {
                changed.insert(key.clone());
            }
        }
        let tables =
            |side: &'a Definition| side.objects.iter().filter(|(_, object)| is_table(object)).map(|(key, _)| key);
        let new: Vec<&ObjectKey> = tables(to).filter(|key| !from.objects.get(*key).is_some_and(is_table)).collect();
        let gone: Vec<&ObjectKey> = tables(from).filter(|key| !to.objects.get(*key).is_some_and(is_table)).collect();
        let ways: Vec<(&ObjectKey, Way<'a>)> = tables(to)
            .filter(|key| changed.contains(*key) && from.objects.get(*key).is_some_and(is_table))
            .map(|key| (key, self.way(key)))
            .collect();
        let rebuilt: HashSet<&ObjectKey> = ways
            .iter()
            .filter(|(_, way)| matches!(way, Way::Rebuild | Way::Drop(_)))
            .map(|(key, _)| *key)
            .chain(gone.iter().copied())
            .collect();
        let around = self.around(&itself, &rebuilt);

        if let Some(first) =
            ways.iter().find(|(_, way)| matches!(way, Way::Rebuild)).map(|(key, _)| *key).or(gone.first().copied())
        {
            // A table that goes would take the rows along that refer to it. Within a transaction this does nothing.
            self.steps.push(Step {
                stage: Stage::Before,
                ..Step::new(first, Verb::Change, "PRAGMA foreign_keys = OFF".to_owned())
            });
            let check = Step::new(first, Verb::Check, "PRAGMA foreign_key_check".to_owned());
            self.around_tables(&around, &gone, &new, &ways);
            self.steps.push(check);
            self.steps.push(Step {
                stage: Stage::After,
                ..Step::new(first, Verb::Change, "PRAGMA foreign_keys = ON".to_owned())
            });
        } else {
            self.around_tables(&around, &gone, &new, &ways);
        }
    }

    /// Views, triggers and indexes go, tables change, and views, triggers and indexes come.
    fn around_tables(
        &mut self,
        around: &BTreeSet<&'a ObjectKey>,
        gone: &[&'a ObjectKey],
        new: &[&'a ObjectKey],
        ways: &[(&'a ObjectKey, Way<'a>)],
    ) {
        let needs = Needs::new(self.from);
        let there: BTreeSet<&ObjectKey> =
            around.iter().filter_map(|key| self.from.objects.get_key_value(*key)).map(|(key, _)| key).collect();
        let mut order =
            ordered(&there, |key| needs.of(key).into_iter().collect(), |key| rank(self.from.objects.get(key)));
        order.reverse();
        // An index goes with its table. So does a trigger, but by then another table may have gone that it names.
        let leaves = |table: &ObjectKey| {
            gone.contains(&table) || ways.iter().any(|(key, way)| *key == table && matches!(way, Way::Rebuild))
        };
        for key in order {
            let table = self.from.objects.get(key).and_then(|object| object.relation(key));
            if key.kind == ObjectKind::Index && table.is_some_and(|table| leaves(&table)) {
                continue;
            }
            let word = match key.kind {
                ObjectKind::Trigger => "TRIGGER",
                ObjectKind::Index => "INDEX",
                _ if matches!(self.from.objects.get(key).map(|object| &object.body), Some(Body::View(_))) => "VIEW",
                _ => continue,
            };
            self.push(key, Verb::Drop, format!("DROP {word} {}", quote(&key.name)));
        }
        for key in gone {
            let step = Step::new(key, Verb::Drop, format!("DROP TABLE {}", quote(&key.name)));
            self.steps.push(step.losing(Loss::Rows));
        }
        for (key, way) in ways {
            self.change(key, way);
        }
        for key in new {
            let sql = self.table(key, &key.name);
            self.push(key, Verb::Create, sql);
        }
        let needs = Needs::new(self.to);
        let wanted: BTreeSet<&ObjectKey> =
            around.iter().filter_map(|key| self.to.objects.get_key_value(*key)).map(|(key, _)| key).collect();
        for key in ordered(&wanted, |key| needs.of(key).into_iter().collect(), |key| rank(self.to.objects.get(key))) {
            let sql = match self.to.objects.get(key).map(|object| &object.body) {
                Some(Body::View(view)) => view.query.clone(),
                Some(Body::Trigger(trigger)) => trigger.text.clone(),
                Some(Body::Index(index)) => {
                    let unique = if index.unique { "UNIQUE " } else { "" };
                    format!(
                        "CREATE {unique}INDEX {} ON {} {}",
                        quote(&key.name),
                        quote(&index.relation.name),
                        index.text
                    )
                }
                _ => continue,
            };
            self.push(key, Verb::Create, sql);
        }
    }

    /// The views, triggers and indexes that differ, and those that are in the way of tables that are made anew or go.
    fn around(&self, itself: &BTreeSet<&'a ObjectKey>, rebuilt: &HashSet<&'a ObjectKey>) -> BTreeSet<&'a ObjectKey> {
        let own = |key: &&ObjectKey| {
            // A view may become a table, and a table a view.
            let sides = [self.from.objects.get(*key), self.to.objects.get(*key)];
            sides
                .into_iter()
                .flatten()
                .any(|object| matches!(object.body, Body::View(_) | Body::Trigger(_) | Body::Index(_)))
        };
        let mut found: BTreeSet<&ObjectKey> = itself.iter().copied().filter(own).collect();
        // What goes with its table is made again with it.
        let needs = Needs::new(self.from);
        loop {
            let before = found.len();
            for (key, object) in self.from.objects.iter().filter(|(key, _)| !found.contains(key)).collect::<Vec<_>>() {
                let concerned = match &object.body {
                    Body::Index(index) => rebuilt.contains(&index.relation),
                    Body::View(_) | Body::Trigger(_) => needs.of(key).into_iter().any(|needed| {
                        rebuilt.contains(needed) || found.contains(needed) && needed.kind == ObjectKind::Relation
                    }),
                    _ => false,
                };
                if concerned {
                    found.insert(key);
                }
            }
            if found.len() == before {
                break;
            }
        }
        found
    }

    /// How a table becomes what it is to be.
    fn way(&self, key: &ObjectKey) -> Way<'a> {
        let before = self.parts(&self.parts_from, key);
        let after = self.parts(&self.parts_to, key);
        let options = |side: &Definition| match side.objects.get(key).map(|object| &object.body) {
            Some(Body::Table(table)) => table.options.clone(),
            _ => Vec::new(),
        };
        let constraints = |parts: &[(&ObjectKey, &Object)]| {
            let mut all: Vec<String> = parts
                .iter()
                .filter_map(|(key, object)| match &object.body {
                    Body::Constraint(Constraint { text, .. }) | Body::ForeignKey(ForeignKey { text, .. }) => {
                        Some(format!("{} {text}", key.name))
                    }
                    _ => None,
                })
                .collect();
            all.sort();
            all
        };
        if options(self.from) != options(self.to) || constraints(&before) != constraints(&after) {
            return Way::Rebuild;
        }
        let (old, new) = (columns(&before), columns(&after));
        let said = |(key, column): &(&'a ObjectKey, &'a Column)| (key.name.clone(), column.text.clone());
        let kept = old.iter().zip(&new).take_while(|(one, other)| said(one) == said(other)).count();
        if kept == old.len() && new.iter().skip(kept).all(|(_, column)| can_be_added(column)) {
            return Way::Add(new.iter().skip(kept).map(|(key, _)| *key).collect());
        }
        // What is left is what there was, without some.
        let mut left = new.iter().map(said);
        let mut next = left.next();
        let mut dropped = Vec::new();
        for column in &old {
            if next.as_ref() == Some(&said(column)) {
                next = left.next();
            } else {
                dropped.push(*column);
            }
        }
        let plain = |(column, body): &(&'a ObjectKey, &'a Column)| {
            let text = body.text.as_deref().unwrap_or_default().to_ascii_uppercase();
            !["PRIMARY", "UNIQUE", "REFERENCES"].iter().any(|word| text.contains(word))
                && !self.is_spoken_of(key, column)
        };
        if next.is_none() && dropped.iter().all(plain) && dropped.len() < old.len() {
            return Way::Drop(dropped.into_iter().map(|(key, _)| key).collect());
        }
        Way::Rebuild
    }

    /// Whether anything that stays with the table names the column.
    fn is_spoken_of(&self, table: &ObjectKey, column: &ObjectKey) -> bool {
        let names = |text: &str| {
            mentioned(text, sql::dialect::sqlite()).iter().any(|(_, name)| name.eq_ignore_ascii_case(&column.name))
        };
        self.parts(&self.parts_from, table).iter().any(|(key, object)| match &object.body {
            Body::Column(other) => **key != *column && other.text.as_deref().is_some_and(names),
            Body::Constraint(Constraint { text, .. }) | Body::ForeignKey(ForeignKey { text, .. }) => names(text),
            _ => false,
        })
    }

    fn parts(
        &self,
        side: &HashMap<ObjectKey, Vec<(&'a ObjectKey, &'a Object)>>,
        key: &ObjectKey,
    ) -> Vec<(&'a ObjectKey, &'a Object)> {
        side.get(key).cloned().unwrap_or_default()
    }

    fn change(&mut self, key: &ObjectKey, way: &Way<'a>) {
        let table = quote(&key.name);
        match way {
            Way::Add(columns) => {
                for column in columns {
                    let text = match self.to.objects.get(*column).map(|object| &object.body) {
                        Some(Body::Column(one)) => one.text.clone().unwrap_or_default(),
                        _ => continue,
                    };
                    self.push(
                        column,
                        Verb::Create,
                        format!("ALTER TABLE {table} ADD COLUMN {} {text}", quote(&column.name)),
                    );
                }
            }
            Way::Drop(columns) => {
                for column in columns {
                    let sql = format!("ALTER TABLE {table} DROP COLUMN {}", quote(&column.name));
                    self.steps.push(Step::new(column, Verb::Drop, sql).losing(Loss::Values));
                }
            }
            Way::Rebuild => self.rebuild(key),
        }
    }

    fn rebuild(&mut self, key: &ObjectKey) {
        let (before, after) = (self.parts(&self.parts_from, key), self.parts(&self.parts_to, key));
        let (old, new) = (columns(&before), columns(&after));
        let mut aside = format!("{}__new", key.name);
        while self
            .from
            .objects
            .keys()
            .chain(self.to.objects.keys())
            .any(|other| other.name.eq_ignore_ascii_case(&aside))
        {
            aside.push('_');
        }
        let sql = self.table(key, &aside);
        self.push(key, Verb::Create, sql);
        let shared: Vec<(&ObjectKey, &Column)> = new
            .iter()
            .filter(|(name, column)| column.generated.is_none() && old.iter().any(|(other, _)| other == name))
            .copied()
            .collect();
        let mut into: Vec<String> = shared.iter().map(|(key, _)| quote(&key.name)).collect();
        let mut values: Vec<String> = shared
            .iter()
            .map(|(key, _)| self.conversions.get(*key).map_or_else(|| quote(&key.name), |text| (*text).to_owned()))
            .collect();
        // Rows keep their numbers where no column holds them.
        let numbered = |side: &Definition, columns: &[(&ObjectKey, &Column)]| {
            let without = match side.objects.get(key).map(|object| &object.body) {
                Some(Body::Table(table)) => table.options.iter().any(|option| option == "WITHOUT ROWID"),
                _ => true,
            };
            let named = |(key, column): &(&ObjectKey, &Column)| {
                column.identity.is_some()
                    || ["rowid", "oid", "_rowid_"].iter().any(|one| key.name.eq_ignore_ascii_case(one))
            };
            !without && !columns.iter().any(named)
        };
        if numbered(self.from, &old) && numbered(self.to, &new) {
            into.insert(0, "rowid".to_owned());
            values.insert(0, "rowid".to_owned());
        }
        let table = quote(&key.name);
        if !into.is_empty() {
            let sql = format!(
                "INSERT INTO {} ({})\nSELECT {} FROM {table}",
                quote(&aside),
                into.join(", "),
                values.join(", ")
            );
            let lost = old
                .iter()
                .any(|(one, column)| column.generated.is_none() && !new.iter().any(|(other, _)| other == one));
            let retyped = shared.iter().any(|(key, column)| {
                old.iter().any(|(other, before)| other == key && before.native_type != column.native_type)
            });
            let step = Step::new(key, Verb::Change, sql);
            self.steps.push(match (lost, retyped) {
                (true, _) => step.losing(Loss::Values),
                (_, true) => step.losing(Loss::Precision),
                _ => step,
            });
        }
        let counts = |columns: &[(&ObjectKey, &Column)]| {
            columns.iter().any(|(_, column)| {
                column.text.as_deref().is_some_and(|text| text.to_ascii_uppercase().contains("AUTOINCREMENT"))
            })
        };
        if counts(&old) && counts(&new) {
            // Numbers that were given out once are not given again.
            let name = |name: &str| format!("'{}'", name.replace('\'', "''"));
            let (own, other) = (name(&key.name), name(&aside));
            self.push(key, Verb::Change, format!("DELETE FROM sqlite_sequence WHERE name = {other}"));
            self.push(
                key,
                Verb::Change,
                format!("INSERT INTO sqlite_sequence (name, seq) SELECT {other}, seq FROM sqlite_sequence WHERE name = {own}"),
            );
        }
        self.push(key, Verb::Drop, format!("DROP TABLE {table}"));
        self.push(key, Verb::Rename, format!("ALTER TABLE {} RENAME TO {table}", quote(&aside)));
    }

    /// The text of a table under a name.
    fn table(&self, key: &ObjectKey, name: &str) -> String {
        let parts = self.parts(&self.parts_to, key);
        let mut lines: Vec<String> = columns(&parts)
            .into_iter()
            .map(|(key, column)| {
                let text = column.text.as_deref().unwrap_or_default();
                format!("{} {text}", quote(&key.name)).trim_end().to_owned()
            })
            .collect();
        let mut constraints: Vec<(u8, &ObjectKey, &String)> = parts
            .iter()
            .filter_map(|(key, object)| match &object.body {
                Body::Constraint(one) => Some((one.demands as u8, *key, &one.text)),
                Body::ForeignKey(one) => Some((u8::MAX, *key, &one.text)),
                _ => None,
            })
            .collect();
        constraints.sort();
        lines.extend(constraints.into_iter().map(|(_, key, text)| match key.name == *text {
            true => text.clone(),
            false => format!("CONSTRAINT {} {text}", quote(&key.name)),
        }));
        let options = match self.to.objects.get(key).map(|object| &object.body) {
            Some(Body::Table(table)) if !table.options.is_empty() => format!(" {}", table.options.join(", ")),
            _ => String::new(),
        };
        format!("CREATE TABLE {} (\n    {}\n){options}", quote(name), lines.join(",\n    "))
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

/// Whether ADD COLUMN takes it (<https://www.sqlite.org/lang_altertable.html#alter_table_add_column>). What it takes only at times
/// is left to a new table.
fn can_be_added(column: &Column) -> bool {
    let text = column.text.as_deref().unwrap_or_default().to_ascii_uppercase();
    let has = |word: &str| text.contains(word);
    let refused = has("PRIMARY") || has("UNIQUE") || has("STORED") || has("CHECK");
    let filled = column.default.as_deref().is_some_and(|text| {
        !text.starts_with('(')
            && !text.to_ascii_uppercase().starts_with("CURRENT_")
            && !text.eq_ignore_ascii_case("null")
    });
    // Earlier rows get its default: nothing that changes, and nothing that is refused.
    !refused
        && (column.nullable || filled)
        && (column.default.is_none() || filled)
        && !(has("REFERENCES") && column.default.is_some())
        && (column.generated.is_none() || column.nullable)
}

/// Indexes before views, views before triggers.
fn rank(object: Option<&Object>) -> u8 {
    match object.map(|object| &object.body) {
        Some(Body::Index(_)) => 0,
        Some(Body::View(_)) => 1,
        _ => 2,
    }
}
