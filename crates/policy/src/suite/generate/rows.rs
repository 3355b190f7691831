//! Rows for tests: statements that add them, with what their table demands and what they refer to.

use catalog::{Catalog, Column, ConstraintKind, Known, RelationId, TypeKind};

use crate::name;

/// A row that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) relation: RelationId,
    /// Columns with their values as literals; the rest has defaults or is NULL.
    pub(super) values: Vec<(String, String)>,
    /// Statements that add what it refers to, in order.
    pub(super) before: Vec<String>,
    /// The statement that adds the row.
    pub(super) insert: String,
}

impl Row {
    pub(super) fn value(&self, column: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == column).map(|(_, value)| value.as_str())
    }

    /// Both, in order.
    pub(super) fn statements(&self) -> Vec<String> {
        let mut all = self.before.clone();
        all.push(self.insert.clone());
        all
    }

    /// A condition that this row alone fulfils, by these columns.
    pub(super) fn is(&self, columns: &[String]) -> String {
        let sides = columns.iter().map(|column| {
            let value = self.value(column).unwrap_or("NULL");
            format!("{} = {value}", name::quote(column))
        });
        sides.collect::<Vec<_>>().join(" AND ")
    }
}

/// Makes rows, each with values of its own.
pub(super) struct Rows<'a> {
    catalog: &'a Catalog,
    number: u32,
    /// Tables that rows are being made for: one that refers back to them has to do without.
    making: Vec<RelationId>,
    /// A table whose rows that are referred to are there already.
    pub(super) there: Option<RelationId>,
    /// What could not be found out, each once.
    pub(super) notes: Vec<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Rows { catalog, number: 0, making: Vec::new(), there: None, notes: Vec::new() }
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A row with these values, and values for `wanted` and for whatever else the table demands.
    pub(super) fn row(&mut self, relation: RelationId, given: &[(String, String)], wanted: &[String]) -> Row {
        let mut row = Row { relation, values: given.to_vec(), before: Vec::new(), insert: String::new() };
        let Some(walker) = self.catalog.relation(relation) else { return row };
        self.number += 1;
        let number = self.number;
        let table = name::qualified(walker.schema(), &walker.row().name);
        for column in walker.columns() {
            let demanded =
                column.nullable == Known::Value(false) && column.default.is_none() && column.identity.is_none();
            if row.value(&column.name).is_some()
                || column.generated.is_some()
                || !(demanded || wanted.contains(&column.name))
            {
                continue;
            }
            let value = self.literal(&column.native_type, number, 0).unwrap_or_else(|| {
                let note = format!("{table}: {} of type {} needs a value.", column.name, column.native_type);
                self.note(note);
                "NULL".to_owned()
            });
            row.values.push((column.name.clone(), value));
        }
        for check in walker.constraints().iter().filter(|constraint| constraint.kind == ConstraintKind::Check) {
            let made = |column: &String| row.value(column).is_some() && !given.iter().any(|(name, _)| name == column);
            if check.columns.iter().any(made) {
                let check = check.name.as_deref().unwrap_or("a CHECK");
                self.note(format!("{table}: {check} may refuse the values that were made up."));
            }
        }
        self.making.push(relation);
        let there = self.there;
        for key in walker.foreign_keys().iter().filter(|key| key.referenced.is_none() || key.referenced != there) {
            let values: Option<Vec<String>> =
                key.columns.iter().map(|column| row.value(column).map(str::to_owned)).collect();
            let Some(values) = values else { continue };
            let given: Vec<(String, String)> = key.referenced_columns.iter().cloned().zip(values).collect();
            match key.referenced.filter(|referenced| !self.making.contains(referenced)) {
                Some(referenced) => {
                    let parent = self.row(referenced, &given, &[]);
                    row.before.extend(parent.statements());
                }
                None => {
                    let (schema, referred) = &key.references;
                    let referred = name::qualified(schema, referred);
                    self.note(format!("{table} refers to {referred}, of which a row has to be there."));
                }
            }
        }
        self.making.pop();
        row.insert = insert(&table, walker.columns(), &row.values, !self.making.is_empty());
        row
    }

    /// A value of a type as a literal: another one for each number, where the type has as many.
    fn literal(&self, native: &str, number: u32, depth: u32) -> Option<String> {
        if native.ends_with(']') {
            return Some("'{}'".to_owned());
        }
        let (base, modifier) = match native.split_once('(') {
            Some((base, rest)) => (base.trim(), rest.split([',', ')']).next().and_then(|one| one.parse().ok())),
            None => (native, None),
        };
        let short = |text: String| match modifier {
            Some(most) if text.len() > most => number.to_string(),
            _ => text,
        };
        let text = match base {
            "smallint" | "integer" | "bigint" => (32_000 + number).to_string(),
            "numeric" | "real" | "double precision" | "money" | "oid" => number.to_string(),
            "uuid" => format!("00000000-0000-4000-8000-{number:012}"),
            "text" | "citext" | "name" | "bytea" | "character varying" | "character" => {
                short(format!("suite {number}"))
            }
            "boolean" => "false".to_owned(),
            "date" => "2020-01-01".to_owned(),
            "time without time zone" | "time with time zone" => "00:00".to_owned(),
            "interval" => "0".to_owned(),
            "json" | "jsonb" => "{}".to_owned(),
            "inet" | "cidr" => "127.0.0.1".to_owned(),
            "tsvector" | "hstore" => String::new(),
            base if base.starts_with("timestamp") => "2020-01-01 00:00".to_owned(),
            base if base.ends_with("range") => "empty".to_owned(),
            _ => return self.own_literal(base, number, depth),
        };
        Some(name::literal(&text))
    }

    /// A value of a type that somebody made.
    fn own_literal(&self, native: &str, number: u32, depth: u32) -> Option<String> {
        // Domains of domains.
        const MOST: u32 = 8;
        let found = self.catalog.types.iter().find(|known| {
            let qualified = name::qualified(self.catalog.schema_name(known.schema), &known.name);
            native == qualified || native == name::quote(&known.name)
        })?;
        match found.kind {
            TypeKind::Enum => found.labels.first().map(|label| name::literal(label)),
            TypeKind::Domain if depth < MOST => self.literal(found.base_type.as_deref()?, number, depth + 1),
            _ => None,
        }
    }
}

/// An INSERT; what a row refers to may be there already.
fn insert(table: &str, columns: &[Column], values: &[(String, String)], may_be_there: bool) -> String {
    let end = if may_be_there { " ON CONFLICT DO NOTHING" } else { "" };
    if values.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES{end}");
    }
    let chosen = |column: &Column| {
        column.identity == Some(catalog::Identity::Always) && values.iter().any(|(name, _)| *name == column.name)
    };
    let overriding = if columns.iter().any(chosen) { " OVERRIDING SYSTEM VALUE" } else { "" };
    let (names, literals): (Vec<String>, Vec<&str>) =
        values.iter().map(|(name, value)| (name::quote(name), value.as_str())).unzip();
    format!("INSERT INTO {table} ({}){overriding} VALUES ({}){end}", names.join(", "), literals.join(", "))
}
