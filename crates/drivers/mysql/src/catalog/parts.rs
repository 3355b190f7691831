//! What belongs to one table: keys, checks, indexes, foreign keys, triggers.

use std::collections::HashMap;

use catalog::{
    Action, Constraint, ConstraintKind, Coverage, Enabled, ForeignKey, Index, IndexKey, Kind, Known, RelationId,
    Trigger,
};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

impl Reading<'_> {
    /// Indexes, and the keys that stand on unique ones: here a unique index and a unique constraint are the same thing.
    pub(super) async fn indexes(&mut self) -> Result<Coverage, Error> {
        let (hidden, expression) = match (self.facts.mariadb, self.facts.version_number) {
            (true, 100_600..) => ("IGNORED = 'YES'", "NULL"),
            (false, 80_013..) => ("IS_VISIBLE = 'NO'", "EXPRESSION"),
            (false, 80_000..) => ("IS_VISIBLE = 'NO'", "NULL"),
            _ => ("FALSE", "NULL"),
        };
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, \
             INDEX_COMMENT, {hidden}, {expression} FROM information_schema.STATISTICS WHERE {} \
             ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut indexes: Vec<Index> = Vec::new();
        for row in rows {
            let mut row = Row(row);
            let (schema, table, name) = (row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let unique = row.text() == "0";
            let (column, direction, prefix) = (row.some(), row.text(), row.number::<u32>());
            let (method, comment, hidden, expression) = (row.some(), row.some(), row.text() == "1", row.some());
            let key = match (column, prefix) {
                // A part of a column tells fewer rows apart than the column.
                (Some(column), Some(prefix)) => (format!("{}({prefix})", quote::name(&column)), true),
                (Some(column), None) => (column, false),
                (None, _) => (expression.unwrap_or_default(), true),
            };
            let key = IndexKey { text: key.0, expression: key.1, descending: direction == "D", nulls_first: None };
            match indexes.last_mut().filter(|last| last.relation == relation && last.name == name) {
                Some(last) => last.keys.push(key),
                None => indexes.push(Index {
                    relation,
                    unique,
                    primary: name == "PRIMARY",
                    name,
                    method: method.map(|method| method.to_ascii_lowercase()),
                    keys: vec![key],
                    included: Vec::new(),
                    predicate: None,
                    valid: Known::Value(!hidden),
                    scans: Known::NotLoaded,
                    bytes: Known::NotLoaded,
                    inherited: false,
                    definition: Known::NotLoaded,
                    comment,
                }),
            }
        }
        for index in &mut indexes {
            if self.scope.definitions {
                index.definition = Known::Value(definition(index));
            }
        }
        if self.wants(Kind::Constraints) {
            self.catalog.constraints.extend(indexes.iter().filter(|index| index.unique).map(key));
        }
        if self.wants(Kind::Indexes) {
            self.catalog.indexes.extend(indexes);
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn checks(&mut self) -> Result<Coverage, Error> {
        let text = match (self.facts.mariadb, self.facts.version_number) {
            (true, _) => format!(
                "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, 'YES' \
                 FROM information_schema.CHECK_CONSTRAINTS WHERE {}",
                self.within("CONSTRAINT_SCHEMA", Some("TABLE_NAME"))
            ),
            (false, 80_016..) => format!(
                "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED \
                 FROM information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c \
                 ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME \
                 WHERE t.CONSTRAINT_TYPE = 'CHECK' AND {}",
                self.within("t.TABLE_SCHEMA", Some("t.TABLE_NAME"))
            ),
            // Earlier versions read checks and forget them.
            _ => return Ok(Known::Value(())),
        };
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row(row);
            let (schema, table, name, clause, enforced) =
                (row.text(), row.text(), row.some(), row.text(), row.text() == "YES");
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let not = if enforced { "" } else { " NOT ENFORCED" };
            // One version puts the parentheses, another leaves them out.
            let clause = if clause.starts_with('(') && clause.ends_with(')') { clause } else { format!("({clause})") };
            self.catalog.constraints.push(Constraint {
                name,
                kind: ConstraintKind::Check,
                columns: Vec::new(),
                definition: Known::Value(format!("CHECK {clause}{not}")),
                validated: enforced,
                inherited: false,
                ..constraint(relation)
            });
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn foreign_keys(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE \
             FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE {}",
            self.within("CONSTRAINT_SCHEMA", Some("TABLE_NAME"))
        );
        let rules = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        // No rules need not mean no keys: who may only read is told of the keys and not of their rules.
        let mut actions = HashMap::new();
        for row in rules {
            let mut row = Row(row);
            let key = (row.text(), row.text(), row.text());
            actions.insert(key, (action(&row.text()), action(&row.text())));
        }
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, \
             REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE \
             WHERE {} AND REFERENCED_TABLE_NAME IS NOT NULL \
             ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let mut keys: Vec<ForeignKey> = Vec::new();
        for row in rows {
            let mut row = Row(row);
            let (schema, table, name, column) = (row.text(), row.text(), row.text(), row.text());
            let (to_schema, to_table, to_column) = (row.text(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            match keys.last_mut().filter(|last| last.relation == relation && last.name.as_ref() == Some(&name)) {
                Some(last) => {
                    last.columns.push(column);
                    last.referenced_columns.push(to_column);
                }
                None => {
                    let (on_delete, on_update) =
                        actions.get(&(schema, table, name.clone())).copied().unwrap_or_default();
                    keys.push(ForeignKey {
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
                        validated: true,
                        definition: Known::NotLoaded,
                        comment: None,
                    });
                }
            }
        }
        if self.scope.definitions {
            for key in &mut keys {
                key.definition = Known::Value(foreign_key(key));
            }
        }
        self.catalog.foreign_keys.extend(keys);
        Ok(Known::Value(()))
    }

    pub(super) async fn triggers(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, \
             ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE {}",
            self.within("EVENT_OBJECT_SCHEMA", Some("EVENT_OBJECT_TABLE"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row(row);
            let (schema, table, name) = (row.text(), row.text(), row.text());
            let (timing, event, body) = (row.some(), row.text(), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let definition = match self.scope.definitions {
                true => Known::Value(format!(
                    "CREATE TRIGGER {}.{} {} {event} ON {}.{} FOR EACH ROW {body}",
                    quote::name(&schema),
                    quote::name(&name),
                    timing.as_deref().unwrap_or_default(),
                    quote::name(&schema),
                    quote::name(&table)
                )),
                false => Known::NotLoaded,
            };
            self.catalog.triggers.push(Trigger {
                relation,
                name,
                timing,
                events: vec![event],
                for_each_row: true,
                enabled: Enabled::Origin,
                function: None,
                definition,
                comment: None,
            });
        }
        Ok(Known::Value(()))
    }
}

fn constraint(relation: RelationId) -> Constraint {
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

/// The constraint a unique index stands for. One over a part of a column or an expression names no columns.
fn key(index: &Index) -> Constraint {
    let whole = index.keys.iter().all(|key| !key.expression);
    let columns = match whole {
        true => index.keys.iter().map(|key| key.text.clone()).collect(),
        false => Vec::new(),
    };
    let word = if index.primary { "PRIMARY KEY" } else { "UNIQUE KEY" };
    Constraint {
        name: Some(index.name.clone()),
        kind: if index.primary { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique },
        columns,
        definition: Known::Value(format!("{word} ({})", keys(index))),
        ..constraint(index.relation)
    }
}

fn keys(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let text = match key.expression {
            // A part of a column is written as it is read, an expression in parentheses.
            true if key.text.starts_with('`') => key.text.clone(),
            true => format!("({})", key.text),
            false => quote::name(&key.text),
        };
        if key.descending { format!("{text} DESC") } else { text }
    });
    keys.collect::<Vec<_>>().join(", ")
}

/// An index as it stands in its table's definition.
fn definition(index: &Index) -> String {
    let word = match (index.primary, index.unique, index.method.as_deref()) {
        (true, ..) => return format!("PRIMARY KEY ({})", keys(index)),
        (_, true, _) => "UNIQUE KEY",
        (.., Some("fulltext")) => "FULLTEXT KEY",
        (.., Some("spatial" | "rtree")) => "SPATIAL KEY",
        _ => "KEY",
    };
    format!("{word} {} ({})", quote::name(&index.name), keys(index))
}

fn foreign_key(key: &ForeignKey) -> String {
    let list = |columns: &[String]| columns.iter().map(|name| quote::name(name)).collect::<Vec<_>>().join(", ");
    let rule = |word: &str, action: Action| match action {
        Action::NoAction => String::new(),
        Action::Restrict => format!(" ON {word} RESTRICT"),
        Action::Cascade => format!(" ON {word} CASCADE"),
        Action::SetNull => format!(" ON {word} SET NULL"),
        Action::SetDefault => format!(" ON {word} SET DEFAULT"),
    };
    format!(
        "FOREIGN KEY ({}) REFERENCES {}.{} ({}){}{}",
        list(&key.columns),
        quote::name(&key.references.0),
        quote::name(&key.references.1),
        list(&key.referenced_columns),
        rule("DELETE", key.on_delete),
        rule("UPDATE", key.on_update)
    )
}

fn action(rule: &str) -> Action {
    match rule {
        "RESTRICT" => Action::Restrict,
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
