//! Statements that make objects.

use std::collections::BTreeMap;

use catalog::{Identity, ObjectKey, RowSecurity};
use policy::{
    change::statements::create_policy,
    name::{literal, qualified, quote},
};

use super::{Planner, alter, has_named_not_null, name, roles, table_of, word};
use crate::{
    definition::*,
    plan::{Step, Verb},
};

impl<'a> Planner<'a> {
    pub(super) fn create(&mut self, key: &'a ObjectKey, object: &'a Object) {
        if self.create_online(key, object) {
            return;
        }
        let mut rest = Vec::new();
        let sql = match &object.body {
            Body::Schema => format!("CREATE SCHEMA {}", name(key)),
            Body::Extension { schema, .. } => {
                let within = schema.as_ref().map(|schema| format!(" SCHEMA {}", quote(schema))).unwrap_or_default();
                format!("CREATE EXTENSION {}{within}", name(key))
            }
            Body::Type(body) => of_type(key, body),
            Body::Sequence(one) => format!("CREATE SEQUENCE {}{}", name(key), sequence(one, None)),
            Body::Table(table) => {
                rest = alter::row_security(key, RowSecurity::default(), table.row_security);
                self.table(key, table)
            }
            Body::Column(one) => format!(
                "ALTER TABLE {} ADD COLUMN {}",
                table_of(key),
                column(key, one, has_named_not_null(&self.parts_to, key))
            ),
            Body::Constraint(Constraint { text, .. }) | Body::ForeignKey(ForeignKey { text, .. }) => {
                format!("ALTER TABLE {} ADD CONSTRAINT {} {text}", table_of(key), quote(&key.name))
            }
            Body::Index(one) => one.text.clone(),
            Body::View(view) => {
                rest.extend(view.column_comments.iter().map(|(column, text)| {
                    format!("COMMENT ON COLUMN {}.{} IS {}", name(key), quote(column), literal(text))
                }));
                of_view(key, view, false)
            }
            Body::Routine(one) => one.text.clone(),
            Body::Trigger(one) => {
                rest.extend(alter::enabled(key, one.enabled));
                one.text.clone()
            }
            Body::Event(text) => text.clone(),
            Body::Role(role) => roles::of_role(key, role),
            Body::Policy(draft) => create_policy(&alter::policy_table(key), draft),
        };
        let online = self.has_online_way(key, object).then_some(false);
        let made = match &object.body {
            Body::Table(table) => self.attach_new(key, table),
            _ => None,
        };
        self.steps.extend(made.unwrap_or_else(|| vec![Step { online, ..Step::new(key, Verb::Create, sql) }]));
        rest.into_iter().for_each(|sql| self.push(key, Verb::Change, sql));
        self.comment_on_new(key, object);
        self.give_new(key, object);
        if let Body::Role(role) = &object.body {
            self.memberships(key, &BTreeMap::new(), &role.member_of);
        }
        if let Body::Table(_) = object.body {
            // What came with it is made by it, and is said the rest of.
            let parts = self.parts_to.get(key).into_iter().flatten().copied();
            let with_it: Vec<_> = parts.filter(|(part, _)| self.comes_with_its_table(part)).collect();
            for (part, object) in with_it {
                self.comment_on_new(part, object);
            }
        }
    }

    fn comment_on_new(&mut self, key: &ObjectKey, object: &Object) {
        if object.comment.is_some() {
            let sql = comment(key, object);
            self.push(key, Verb::Change, sql);
        }
    }

    fn table(&self, key: &ObjectKey, table: &Table) -> String {
        let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
        let mut text = format!("CREATE {unlogged}TABLE {}", name(key));
        match &table.partition {
            Some((parent, bound)) => text.push_str(&format!(" PARTITION OF {}\n    {bound}", name(parent))),
            None => {
                let mut lines = Vec::new();
                let parts = || self.parts_to.get(key).into_iter().flatten().copied();
                let mut columns: Vec<_> = parts()
                    .filter_map(|(part, object)| match &object.body {
                        Body::Column(one) => Some((one.ordinal, part, one)),
                        _ => None,
                    })
                    .collect();
                columns.sort_by_key(|(ordinal, ..)| *ordinal);
                lines.extend(
                    columns.iter().map(|(_, part, one)| column(part, one, has_named_not_null(&self.parts_to, part))),
                );
                let mut constraints: Vec<_> = parts()
                    .filter(|(part, _)| self.comes_with_its_table(part))
                    .filter_map(|(part, object)| match &object.body {
                        Body::Constraint(one) => Some((one.demands, part, one)),
                        _ => None,
                    })
                    .collect();
                constraints.sort_by_key(|(demands, ..)| *demands);
                lines.extend(
                    constraints.iter().map(|(_, part, one)| format!("CONSTRAINT {} {}", quote(&part.name), one.text)),
                );
                if lines.is_empty() {
                    text.push_str(" ()");
                } else {
                    text.push_str(&format!(" (\n    {}\n)", lines.join(",\n    ")));
                }
                if !table.parents.is_empty() {
                    let parents: Vec<String> = table.parents.iter().map(name).collect();
                    text.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
                }
            }
        }
        if let TableKind::Partitioned { by } = &table.kind {
            text.push_str(&format!("\nPARTITION BY {by}"));
        }
        if !table.options.is_empty() {
            text.push_str(&format!("\nWITH ({})", table.options.join(", ")));
        }
        text
    }
}

/// A column as CREATE TABLE and ADD COLUMN write it.
fn column(key: &ObjectKey, column: &Column, named_not_null: bool) -> String {
    let mut text = format!("{} {}", quote(&key.name), column.native_type);
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {}", alter::collation(collation)));
    }
    if let Some(generated) = &column.generated {
        let kept = if generated.stored { "STORED" } else { "VIRTUAL" };
        let expression = generated.expression.as_deref().unwrap_or_default();
        text.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kept}"));
    } else if let Some(identity) = &column.identity {
        text.push_str(&format!(" GENERATED {} AS IDENTITY{}", when(identity.when), numbers(identity)));
    } else if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if !column.nullable && !named_not_null {
        text.push_str(" NOT NULL");
    }
    text
}

pub(super) fn when(when: Identity) -> &'static str {
    match when {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    }
}

/// What is not usual of an identity column's numbers, in parentheses.
pub(super) fn numbers(identity: &IdentityColumn) -> String {
    let mut parts = Vec::new();
    if identity.start != 1 {
        parts.push(format!("START WITH {}", identity.start));
    }
    if identity.increment != 1 {
        parts.push(format!("INCREMENT BY {}", identity.increment));
    }
    if let Some((least, greatest)) = identity.bounds {
        parts.push(format!("MINVALUE {least} MAXVALUE {greatest}"));
    }
    if identity.cache != 1 {
        parts.push(format!("CACHE {}", identity.cache));
    }
    if identity.cycle {
        parts.push("CYCLE".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) }
}

fn numbers_of(one: &Sequence) -> [(&'static str, Option<i64>); 5] {
    [
        ("INCREMENT BY", one.increment),
        ("MINVALUE", one.minimum),
        ("MAXVALUE", one.maximum),
        ("START WITH", one.start),
        ("CACHE", one.cache),
    ]
}

/// The options of a sequence; only those that differ from another's where there is one.
pub(super) fn sequence(one: &Sequence, before: Option<&Sequence>) -> String {
    let mut text = String::new();
    if let Some(data_type) =
        one.data_type.as_ref().filter(|own| before.and_then(|one| one.data_type.as_ref()) != Some(own))
    {
        text.push_str(&format!(" AS {data_type}"));
    }
    let before_numbers = before.map(numbers_of);
    for (place, (word, number)) in numbers_of(one).into_iter().enumerate() {
        let same = before_numbers.as_ref().is_some_and(|before| before[place].1 == number);
        if let Some(number) = number.filter(|_| !same) {
            text.push_str(&format!(" {word} {number}"));
        }
    }
    if one.cycle != before.is_some_and(|before| before.cycle) {
        text.push_str(if one.cycle { " CYCLE" } else { " NO CYCLE" });
    }
    text
}

fn of_type(key: &ObjectKey, body: &TypeBody) -> String {
    match body {
        TypeBody::Enum { labels } => {
            let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
            format!("CREATE TYPE {} AS ENUM ({})", name(key), labels.join(", "))
        }
        TypeBody::Domain(domain) => {
            let mut text = format!("CREATE DOMAIN {} AS {}", name(key), domain.base);
            if let Some(default) = &domain.default {
                text.push_str(&format!(" DEFAULT {default}"));
            }
            if domain.not_null {
                text.push_str(" NOT NULL");
            }
            for (name, check) in &domain.checks {
                text.push_str(&format!("\n    CONSTRAINT {} {check}", quote(name)));
            }
            text
        }
        TypeBody::Composite { attributes } => {
            let all: Vec<String> = attributes.iter().map(|(name, of)| format!("{} {of}", quote(name))).collect();
            format!("CREATE TYPE {} AS ({})", name(key), all.join(", "))
        }
        TypeBody::Range { subtype } => format!("CREATE TYPE {} AS RANGE (SUBTYPE = {subtype})", name(key)),
    }
}

pub(super) fn of_view(key: &ObjectKey, view: &View, replaces: bool) -> String {
    let replaces = if replaces { "OR REPLACE " } else { "" };
    let options = match view.options.as_slice() {
        [] => String::new(),
        options => format!(" WITH ({})", options.join(", ")),
    };
    let word = word(Some(&Body::View(view.clone())));
    // Its columns keep their names, whatever the query calls them.
    let columns: Vec<String> = view.columns.iter().map(|(name, _)| quote(name)).collect();
    let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    format!("CREATE {replaces}{word} {}{columns}{options} AS\n{}", name(key), view.query)
}

/// The statement that gives an object its comment, or takes it away.
pub(super) fn comment(key: &ObjectKey, object: &Object) -> String {
    let what = match &object.body {
        Body::Column(_) => {
            let column = format!("{}.{}", table_of(key), quote(&key.name));
            format!("COLUMN {column}")
        }
        Body::Constraint(_) | Body::ForeignKey(_) => format!("CONSTRAINT {} ON {}", quote(&key.name), table_of(key)),
        Body::Trigger(_) => format!("TRIGGER {} ON {}", quote(&key.name), table_of(key)),
        Body::Policy(_) => format!("POLICY {} ON {}", quote(&key.name), table_of(key)),
        Body::Index(_) => {
            format!("INDEX {}", qualified(key.schema.as_deref().unwrap_or_default(), &key.name))
        }
        body => format!("{} {}", word(Some(body)), name(key)),
    };
    let text = object.comment.as_ref().map_or_else(|| "NULL".to_owned(), |text| literal(text));
    format!("COMMENT ON {what} IS {text}")
}

impl Planner<'_> {
    pub(super) fn comment_if_another(&mut self, key: &ObjectKey, before: &Object, after: &Object) {
        if before.comment != after.comment {
            self.steps.push(Step::new(key, Verb::Change, comment(key, after)));
        }
    }
}
