//! What belongs to one table: keys, checks, indexes, foreign keys, triggers.

use catalog::{
    Action, Constraint, ConstraintKind, Coverage, Enabled, ForeignKey, Index, IndexKey, Kind, Known, RelationId,
    Trigger,
};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

impl Reading<'_> {
    /// Indexes, and the keys that stand on them.
    pub(super) async fn indexes(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/indexes.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut indexes: Vec<(Index, bool)> = Vec::new();
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name) = (row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (method, unique, primary, constraint) = (row.text(), row.flag(), row.flag(), row.flag());
            let (disabled, predicate, column) = (row.flag(), row.some(), row.text());
            let (descending, included, comment) = (row.flag(), row.flag(), row.some());
            if !matches!(indexes.last(), Some((last, _)) if last.relation == relation && last.name == name) {
                let index = Index {
                    relation,
                    name,
                    unique,
                    primary,
                    method: Some(method.to_ascii_lowercase()),
                    keys: Vec::new(),
                    included: Vec::new(),
                    predicate,
                    valid: Known::Value(!disabled),
                    scans: Known::NotLoaded,
                    bytes: Known::NotLoaded,
                    definition: Known::NotLoaded,
                    inherited: false,
                    comment,
                };
                indexes.push((index, primary || constraint));
            }
            let Some((index, _)) = indexes.last_mut() else { continue };
            // A columnstore has all of its columns beside it, and no key.
            if included {
                index.included.push(column);
            } else {
                index.keys.push(IndexKey { text: column, expression: false, descending, nulls_first: None });
            }
        }
        for (index, constraint) in &mut indexes {
            let table = self.path_of(index.relation);
            let text = if *constraint { key_text(index) } else { index_text(index, &table) };
            index.definition = if self.scope.definitions { Known::Value(text) } else { Known::NotLoaded };
        }
        if self.wants(Kind::Constraints) {
            let keys = indexes.iter().filter(|(_, constraint)| *constraint).map(|(index, _)| Constraint {
                name: Some(index.name.clone()),
                kind: if index.primary { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique },
                columns: index.keys.iter().map(|key| key.text.clone()).collect(),
                definition: Known::Value(key_text(index)),
                ..constraint_of(index.relation)
            });
            self.catalog.constraints.extend(keys);
        }
        if self.wants(Kind::Indexes) {
            self.catalog.indexes.extend(indexes.into_iter().map(|(index, _)| index));
        }
        Ok(Known::Value(()))
    }

    fn path_of(&self, relation: RelationId) -> String {
        let found = self.catalog.relations.get(relation.0 as usize);
        found.map_or_else(String::new, |found| quote::path(self.catalog.schema_name(found.schema), &found.name))
    }

    pub(super) async fn checks(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/checks.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, text) = (row.text(), row.text(), row.some(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (disabled, untrusted) = (row.flag(), row.flag());
            self.catalog.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Check,
                definition: Known::Value(format!("CHECK {text}")),
                validated: !disabled && !untrusted,
                ..constraint_of(relation)
            });
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn foreign_keys(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/foreign_keys.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut keys: Vec<ForeignKey> = Vec::new();
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name, column) = (row.text(), row.text(), row.text(), row.text());
            let (to_schema, to_table, to_column) = (row.text(), row.text(), row.text());
            let (on_delete, on_update) = (action(&row.text()), action(&row.text()));
            let (disabled, untrusted) = (row.flag(), row.flag());
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
                    on_update,
                    deferrable: false,
                    initially_deferred: false,
                    validated: !disabled && !untrusted,
                    definition: Known::NotLoaded,
                    comment: None,
                }),
            }
        }
        if self.scope.definitions {
            for key in &mut keys {
                key.definition = Known::Value(foreign_key_text(key));
            }
        }
        self.catalog.foreign_keys.extend(keys);
        Ok(Known::Value(()))
    }

    pub(super) async fn triggers(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/triggers.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, name) = (row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let (disabled, instead, event, text) = (row.flag(), row.flag(), row.text(), row.some());
            let known = self.catalog.triggers.last_mut();
            if let Some(last) = known.filter(|last| last.relation == relation && last.name == name) {
                last.events.push(event);
                continue;
            }
            self.catalog.triggers.push(Trigger {
                relation,
                name,
                timing: Some(if instead { "INSTEAD OF" } else { "AFTER" }.to_owned()),
                events: vec![event],
                for_each_row: false,
                enabled: if disabled { Enabled::Disabled } else { Enabled::Origin },
                function: None,
                definition: match text {
                    _ if !self.scope.definitions => Known::NotLoaded,
                    Some(text) => Known::Value(text),
                    None => Known::Denied,
                },
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }
}

fn constraint_of(relation: RelationId) -> Constraint {
    Constraint {
        relation,
        name: None,
        kind: ConstraintKind::Unique,
        columns: Vec::new(),
        definition: Known::NotLoaded,
        deferrable: false,
        initially_deferred: false,
        validated: true,
        inherited: false,
        comment: None,
    }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| quote::name(name)).collect::<Vec<_>>().join(", ")
}

fn key_list(index: &Index) -> String {
    let keys =
        index.keys.iter().map(|key| format!("{}{}", quote::name(&key.text), if key.descending { " DESC" } else { "" }));
    keys.collect::<Vec<_>>().join(", ")
}

/// A key as it stands in its table's definition.
fn key_text(index: &Index) -> String {
    let word = if index.primary { "PRIMARY KEY" } else { "UNIQUE" };
    let method = index.method.as_deref().unwrap_or_default().to_ascii_uppercase();
    format!("{word} {method} ({})", key_list(index))
}

fn index_text(index: &Index, table: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let method = index.method.as_deref().unwrap_or_default().to_ascii_uppercase();
    let mut text = format!("CREATE {unique}{method} INDEX {} ON {table}", quote::name(&index.name));
    match (index.keys.is_empty(), index.included.is_empty()) {
        // A columnstore of some columns; a clustered one has all of them and names none.
        (true, _) if method.starts_with("CLUSTERED") => {}
        (true, _) => text.push_str(&format!(" ({})", names(&index.included))),
        (false, true) => text.push_str(&format!(" ({})", key_list(index))),
        (false, false) => text.push_str(&format!(" ({}) INCLUDE ({})", key_list(index), names(&index.included))),
    }
    if let Some(predicate) = &index.predicate {
        text.push_str(&format!(" WHERE {predicate}"));
    }
    text
}

fn foreign_key_text(key: &ForeignKey) -> String {
    let rule = |word: &str, action: Action| match action {
        Action::NoAction | Action::Restrict => String::new(),
        Action::Cascade => format!(" ON {word} CASCADE"),
        Action::SetNull => format!(" ON {word} SET NULL"),
        Action::SetDefault => format!(" ON {word} SET DEFAULT"),
    };
    format!(
        "FOREIGN KEY ({}) REFERENCES {} ({}){}{}",
        names(&key.columns),
        quote::path(&key.references.0, &key.references.1),
        names(&key.referenced_columns),
        rule("DELETE", key.on_delete),
        rule("UPDATE", key.on_update)
    )
}

fn action(word: &str) -> Action {
    match word {
        "CASCADE" => Action::Cascade,
        "SET_NULL" => Action::SetNull,
        "SET_DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
