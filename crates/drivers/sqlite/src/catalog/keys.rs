//! Indexes, constraints and foreign keys.

use std::collections::HashMap;

use ::catalog::{Action, Catalog, Constraint, ConstraintKind, ForeignKey, Index, IndexKey, Kind, Known};
use driver::Error;

use super::{Reading, Table, rows};
use crate::{quote, schema_text};

const INDEXES: &str = include_str!("../queries/indexes.sql");
const INDEX_TEXTS: &str = include_str!("../queries/index_texts.sql");
const FOREIGN_KEYS: &str = include_str!("../queries/foreign_keys.sql");

/// Position of an expression among an index's keys, as SQLite numbers it.
const EXPRESSION: i64 = -2;

/// An index as the pragmas tell it.
pub(super) struct FoundIndex {
    relation: String,
    name: String,
    unique: bool,
    origin: String,
    partial: bool,
    text: Option<String>,
    /// Column (none for an expression or the rowid), whether an expression, whether descending.
    keys: Vec<(Option<String>, bool, bool)>,
}

impl FoundIndex {
    fn columns(&self) -> Vec<String> {
        self.keys.iter().filter_map(|(column, ..)| column.clone()).collect()
    }
}

impl Reading<'_> {
    /// Reads the indexes and notes which primary keys have one.
    pub(super) fn read_indexes(&mut self) -> Result<Vec<FoundIndex>, Error> {
        let text = self.query(INDEXES);
        let texts = rows(self.connection, &self.query(INDEX_TEXTS), &[&self.scope.relation], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut texts: HashMap<String, String> = texts.into_iter().collect();
        let mut found: Vec<FoundIndex> = Vec::new();
        rows(self.connection, &text, &[&self.schema, &self.scope.relation], |row| {
            let (relation, name) = (row.get::<_, String>(0)?, row.get::<_, String>(1)?);
            let same = found.last().is_some_and(|last| last.name == name && last.relation == relation);
            if !same {
                found.push(FoundIndex {
                    relation,
                    text: texts.remove(&name),
                    name,
                    unique: row.get(2)?,
                    origin: row.get(3)?,
                    partial: row.get(4)?,
                    keys: Vec::new(),
                });
            }
            let key = (row.get(7)?, row.get::<_, i64>(6)? == EXPRESSION, row.get(8)?);
            if let Some(last) = found.last_mut() {
                last.keys.push(key);
            }
            Ok(())
        })?;
        for index in found.iter().filter(|index| index.origin == "pk") {
            if let Some(table) = self.relations.get_mut(&index.relation) {
                table.key_indexed = true;
            }
        }
        found.sort_by(|a, b| (&a.relation, &a.name).cmp(&(&b.relation, &b.name)));
        Ok(found)
    }

    pub(super) fn push_indexes(&self, catalog: &mut Catalog, found: &[FoundIndex]) {
        for index in found {
            let Some(table) = self.relations.get(&index.relation) else { continue };
            if self.scope.wants(Kind::Indexes) {
                catalog.indexes.push(self.index(table, index));
            }
            if self.scope.wants(Kind::Constraints) && index.origin == "u" {
                let columns = index.columns();
                let name = table.parsed.as_ref().and_then(|parsed| {
                    let same = |other: &[String]| {
                        other.len() == columns.len()
                            && other.iter().zip(&columns).all(|(a, b)| a.eq_ignore_ascii_case(b))
                    };
                    parsed.uniques.iter().find(|(_, columns)| same(columns)).and_then(|(name, _)| name.clone())
                });
                let definition = key_definition("UNIQUE", &columns);
                catalog.constraints.push(constraint(table, ConstraintKind::Unique, name, columns, definition));
            }
        }
    }

    fn index(&self, table: &Table, found: &FoundIndex) -> Index {
        let parsed = found.text.as_deref().and_then(schema_text::index);
        let texts = parsed.as_ref().map(|parsed| &parsed.keys).filter(|keys| keys.len() == found.keys.len());
        let keys = found
            .keys
            .iter()
            .enumerate()
            .map(|(place, (column, expression, descending))| IndexKey {
                text: match column {
                    Some(column) => column.clone(),
                    None if *expression => texts.and_then(|texts| texts.get(place)).cloned().unwrap_or_default(),
                    None => "rowid".to_owned(),
                },
                expression: *expression,
                descending: *descending,
                nulls_first: None,
            })
            .collect();
        Index {
            relation: table.id,
            name: found.name.clone(),
            unique: found.unique,
            primary: found.origin == "pk",
            method: Some("btree".to_owned()),
            keys,
            included: Vec::new(),
            predicate: parsed.and_then(|parsed| parsed.predicate).filter(|_| found.partial),
            valid: Known::Value(true),
            scans: Known::Unsupported,
            bytes: Known::NotLoaded,
            inherited: false,
            definition: match &found.text {
                // The index of a constraint has no text of its own.
                None => Known::Unsupported,
                text => self.definition(text.as_deref()),
            },
            comment: None,
        }
    }

    /// Primary keys and checks; unique constraints come with their indexes.
    pub(super) fn push_constraints(&self, catalog: &mut Catalog) {
        for table in self.relations.values() {
            let parsed = table.parsed.as_ref();
            if !table.primary_key.is_empty() {
                let name = parsed.and_then(|parsed| parsed.primary_key.clone());
                let columns = table.primary_key.clone();
                let definition = key_definition("PRIMARY KEY", &columns);
                catalog.constraints.push(constraint(table, ConstraintKind::PrimaryKey, name, columns, definition));
            }
            for check in parsed.map(|parsed| parsed.checks.as_slice()).unwrap_or_default() {
                let columns = check.column.clone().into_iter().collect();
                let definition = format!("CHECK ({})", check.expression);
                catalog.constraints.push(constraint(
                    table,
                    ConstraintKind::Check,
                    check.name.clone(),
                    columns,
                    definition,
                ));
            }
        }
    }

    pub(super) fn read_foreign_keys(&self, catalog: &mut Catalog) -> Result<(), Error> {
        let found = rows(self.connection, FOREIGN_KEYS, &[&self.schema, &self.scope.relation], |row| {
            Ok((
                (row.get::<_, String>(0)?, row.get::<_, i64>(1)?),
                row.get::<_, String>(3)?,
                row.get::<_, String>(4)?,
                row.get::<_, Option<String>>(5)?,
                (row.get::<_, String>(6)?, row.get::<_, String>(7)?),
            ))
        })?;
        let mut from = 0;
        while let Some((first, target, _, _, (on_update, on_delete))) = found.get(from) {
            let length = found.iter().skip(from).take_while(|row| row.0 == *first).count();
            let parts = found.get(from..from + length).unwrap_or_default();
            from += length;
            let Some(table) = self.relations.get(&first.0) else { continue };
            let columns: Vec<String> = parts.iter().map(|part| part.2.clone()).collect();
            let named: Option<Vec<String>> = parts.iter().map(|part| part.3.clone()).collect();
            let referenced_columns = match named {
                Some(named) => named,
                None => self.key_of(target)?,
            };
            let referenced = self.find(target);
            // SQLite numbers them from the last one written to the first.
            let texts = table.parsed.as_ref().map(|parsed| parsed.foreign_keys.as_slice()).unwrap_or_default();
            let text = usize::try_from(first.1)
                .ok()
                .and_then(|id| texts.len().checked_sub(id + 1))
                .and_then(|place| texts.get(place))
                .filter(|text| text.table.eq_ignore_ascii_case(target));
            let target = referenced.map_or(target.as_str(), |(name, _)| name.as_str());
            catalog.foreign_keys.push(ForeignKey {
                relation: table.id,
                name: text.and_then(|text| text.name.clone()),
                definition: Known::Value(foreign_key_definition(
                    &columns,
                    target,
                    &referenced_columns,
                    on_update,
                    on_delete,
                )),
                columns,
                references: (self.schema.to_owned(), target.to_owned()),
                referenced: referenced.map(|(_, table)| table.id),
                referenced_columns,
                on_delete: action(on_delete),
                on_update: action(on_update),
                deferrable: text.is_some_and(|text| text.deferrable),
                initially_deferred: text.is_some_and(|text| text.initially_deferred),
                validated: false,
                comment: None,
            });
        }
        Ok(())
    }
}

fn constraint(
    table: &Table,
    kind: ConstraintKind,
    name: Option<String>,
    columns: Vec<String>,
    definition: String,
) -> Constraint {
    Constraint {
        relation: table.id,
        name,
        kind,
        columns,
        definition: Known::Value(definition),
        deferrable: false,
        initially_deferred: false,
        validated: true,
        inherited: false,
        comment: None,
    }
}

fn list(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| quote::name(column)).collect();
    quoted.join(", ")
}

fn key_definition(words: &str, columns: &[String]) -> String {
    format!("{words} ({})", list(columns))
}

fn foreign_key_definition(
    columns: &[String],
    target: &str,
    referenced: &[String],
    on_update: &str,
    on_delete: &str,
) -> String {
    let mut text = format!("FOREIGN KEY ({}) REFERENCES {}", list(columns), quote::name(target));
    if !referenced.is_empty() {
        text.push_str(&format!(" ({})", list(referenced)));
    }
    for (words, action) in [(" ON UPDATE ", on_update), (" ON DELETE ", on_delete)] {
        if action != "NO ACTION" {
            text.push_str(words);
            text.push_str(action);
        }
    }
    text
}

fn action(text: &str) -> Action {
    match text {
        "RESTRICT" => Action::Restrict,
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
