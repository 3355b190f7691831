//! What belongs to one table: keys, checks, indexes, foreign keys, triggers.

use catalog::{Action, Constraint, ConstraintKind, Coverage, Enabled, ForeignKey, Index, IndexKey, Known, Trigger};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

impl Reading<'_, '_> {
    pub(super) fn constraints(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/constraints.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut found: Vec<Constraint> = Vec::new();
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, code, condition) =
                (row.text(), row.text(), row.text(), row.text(), row.some().unwrap_or_default());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (enabled, validated) = (row.is("ENABLED"), row.is("VALIDATED"));
            let (deferrable, deferred) = (row.is("DEFERRABLE"), row.is("DEFERRED"));
            let (generated, column) = (row.is("GENERATED NAME"), row.some());
            if code == "C" && generated && condition.trim_end().ends_with("IS NOT NULL") {
                continue;
            }
            if let Some(last) =
                found.last_mut().filter(|last| last.relation == relation && last.name.as_ref() == Some(&name))
            {
                last.columns.extend(column);
                continue;
            }
            let kind = match code.as_str() {
                "P" => ConstraintKind::PrimaryKey,
                "U" => ConstraintKind::Unique,
                _ => ConstraintKind::Check,
            };
            found.push(Constraint {
                relation,
                name: Some(name),
                kind,
                columns: column.into_iter().collect(),
                definition: match kind {
                    ConstraintKind::Check => Known::Value(format!("CHECK ({})", condition.trim())),
                    _ => Known::NotLoaded,
                },
                deferrable,
                initially_deferred: deferred,
                validated: enabled && validated,
                inherited: false,
                comment: None,
            });
        }
        for key in found.iter_mut().filter(|key| key.definition == Known::NotLoaded) {
            let word = if key.kind == ConstraintKind::PrimaryKey { "PRIMARY KEY" } else { "UNIQUE" };
            key.definition = Known::Value(format!("{word} ({})", names(&key.columns)));
        }
        self.catalog.constraints.extend(found);
        Ok(Known::Value(()))
    }

    pub(super) fn foreign_keys(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/foreign_keys.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut keys: Vec<ForeignKey> = Vec::new();
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, column) = (row.text(), row.text(), row.text(), row.text());
            let (to_schema, to_table, to_column) = (row.text(), row.text(), row.text());
            let on_delete = match row.text().as_str() {
                "CASCADE" => Action::Cascade,
                "SET NULL" => Action::SetNull,
                _ => Action::NoAction,
            };
            let (deferrable, deferred, validated) = (row.is("DEFERRABLE"), row.is("DEFERRED"), row.is("VALIDATED"));
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            match keys.last_mut().filter(|last| last.relation == relation && last.name.as_ref() == Some(&name)) {
                Some(last) => {
                    last.columns.push(column);
                    last.referenced_columns.push(to_column);
                }
                None => keys.push(ForeignKey {
                    relation,
                    name: Some(name),
                    columns: vec![column],
                    referenced: self.relation_of(&to_schema, &to_table),
                    references: (to_schema, to_table),
                    referenced_columns: vec![to_column],
                    on_delete,
                    on_update: Action::NoAction,
                    deferrable,
                    initially_deferred: deferred,
                    validated,
                    definition: Known::NotLoaded,
                    comment: None,
                }),
            }
        }
        for key in &mut keys {
            let rule = match key.on_delete {
                Action::Cascade => " ON DELETE CASCADE",
                Action::SetNull => " ON DELETE SET NULL",
                _ => "",
            };
            key.definition = Known::Value(format!(
                "FOREIGN KEY ({}) REFERENCES {} ({}){rule}",
                names(&key.columns),
                quote::path(&key.references.0, &key.references.1),
                names(&key.referenced_columns)
            ));
        }
        self.catalog.foreign_keys.extend(keys);
        Ok(Known::Value(()))
    }

    pub(super) fn indexes(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/indexes.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, method) = (row.text(), row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (unique, status, column, descending) = (row.is("UNIQUE"), row.text(), row.text(), row.is("DESC"));
            let (expression, primary) = (row.some(), row.some().is_some());
            let key = IndexKey {
                // A descending column is kept as an expression of itself.
                expression: expression.as_ref().is_some_and(|text| text.trim_matches('"') != column && !descending),
                text: match expression {
                    Some(text) if descending => text.trim().trim_matches('"').to_owned(),
                    Some(text) => text.trim().to_owned(),
                    None => column,
                },
                descending,
                nulls_first: None,
            };
            let last = self.catalog.indexes.last_mut();
            if let Some(last) = last.filter(|last| last.relation == relation && last.name == name) {
                last.keys.push(key);
                continue;
            }
            self.catalog.indexes.push(Index {
                relation,
                name,
                unique,
                primary,
                method: Some(method.to_ascii_lowercase()),
                keys: vec![key],
                included: Vec::new(),
                predicate: None,
                // One in partitions has a status in each.
                valid: Known::Value(matches!(status.as_str(), "VALID" | "N/A")),
                scans: Known::NotLoaded,
                bytes: Known::NotLoaded,
                definition: Known::NotLoaded,
                inherited: false,
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }

    pub(super) fn triggers(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/triggers.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, kind, event) = (row.text(), row.text(), row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (enabled, description, body) = (row.is("ENABLED"), row.some(), row.some());
            let timing = ["BEFORE", "AFTER", "INSTEAD OF", "COMPOUND"].into_iter().find(|word| kind.starts_with(word));
            self.catalog.triggers.push(Trigger {
                relation,
                name,
                timing: timing.map(str::to_owned),
                events: event.split(" OR ").map(|word| word.trim().to_owned()).collect(),
                for_each_row: kind.ends_with("EACH ROW"),
                enabled: if enabled { Enabled::Origin } else { Enabled::Disabled },
                function: None,
                definition: match (description, body) {
                    _ if !self.scope.definitions => Known::NotLoaded,
                    (Some(head), Some(body)) => {
                        Known::Value(format!("CREATE OR REPLACE TRIGGER {}\n{body}", head.trim()))
                    }
                    _ => Known::Denied,
                },
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| quote::name(name)).collect::<Vec<_>>().join(", ")
}
