//! Relations, their columns and triggers.

use std::collections::HashMap;

use ::catalog::{
    Catalog, Column, Enabled, Generated, Identity, Kind, Known, Relation, RelationKind, RowSecurity, Trigger,
};
use driver::Error;
use rusqlite::Row;

use super::{Reading, SIZED_BYTES, Table, file_bytes, rows};
use crate::{error, schema_text};

const RELATIONS: &str = include_str!("../queries/relations.sql");
const COLUMNS: &str = include_str!("../queries/columns.sql");
const TRIGGERS: &str = include_str!("../queries/triggers.sql");
const ESTIMATES: &str = include_str!("../queries/estimates.sql");
const SIZES: &str = include_str!("../queries/sizes.sql");
const SIZES_OF: &str = include_str!("../queries/sizes_of.sql");

/// A row of the columns query.
struct Found {
    relation: String,
    cid: i64,
    name: String,
    declared: String,
    not_null: bool,
    default: Option<String>,
    key: i64,
    hidden: i64,
}

impl Reading<'_> {
    pub(super) fn read_relations(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let text = self.query(RELATIONS);
        let found =
            rows(self.connection, &text, &[&self.schema, &self.scope.relation, &self.scope.include_system], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, bool>(2)?,
                    row.get::<_, bool>(3)?,
                    row.get::<_, Option<String>>(4)?,
                    row.get::<_, Option<i64>>(5)?,
                ))
            })?;
        let lean = !self.scope.wants(Kind::Relations);
        let estimates = if lean { None } else { self.estimates() };
        let sizes = if lean || !self.scope.sizes { None } else { self.sizes() };
        for (name, kind, without_rowid, strict, text, root) in found {
            let kind = match kind.as_str() {
                "view" => RelationKind::View,
                "virtual" => RelationKind::VirtualTable,
                _ => RelationKind::Table,
            };
            let mut relation = Relation::new(self.id, &name, kind);
            relation.definition = self.definition(text.as_deref());
            relation.row_security = Known::Unsupported::<RowSecurity>;
            relation.may_select = Known::Value(true);
            relation.rename_hint = root.and_then(|root| u64::try_from(root).ok()).filter(|root| *root > 0);
            if strict {
                relation.options.push("STRICT".to_owned());
            }
            if without_rowid && kind == RelationKind::Table {
                relation.options.push("WITHOUT ROWID".to_owned());
            }
            if kind == RelationKind::VirtualTable {
                let module = text.as_deref().and_then(schema_text::module);
                relation.options.extend(module.map(|module| format!("USING {module}")));
            }
            if kind == RelationKind::Table {
                if let Some(estimates) = &estimates {
                    relation.estimated_rows = Known::Value(estimates.get(&name).copied());
                }
            } else {
                relation.estimated_rows = Known::Unsupported;
                relation.bytes = Known::Unsupported;
            }
            let id = catalog.push_relation(relation);
            let parsed = text.as_deref().filter(|_| kind == RelationKind::Table).and_then(schema_text::table);
            self.relations.insert(
                name,
                Table { id, without_rowid, strict, text, parsed, primary_key: Vec::new(), key_indexed: false },
            );
        }
        if let Some(sizes) = sizes {
            self.put_sizes(catalog, &sizes)?;
        }
        Ok(())
    }

    /// What ANALYZE left, if it ever ran.
    fn estimates(&self) -> Option<HashMap<String, i64>> {
        let text = self.query(ESTIMATES);
        let read = rows(self.connection, &text, &[], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)));
        read.ok().map(|rows| rows.into_iter().collect())
    }

    /// Bytes by tree, of a file small enough to be read for it.
    fn sizes(&self) -> Option<HashMap<String, u64>> {
        let bytes = file_bytes(self.connection, self.schema).ok()?;
        if u64::try_from(bytes).is_ok_and(|bytes| bytes > SIZED_BYTES) {
            return None;
        }
        let size = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
        let read = match &self.scope.relation {
            Some(relation) => rows(self.connection, &self.query(SIZES_OF), &[&self.schema, relation], size),
            None => rows(self.connection, SIZES, &[&self.schema], size),
        };
        read.ok()
            .map(|rows| rows.into_iter().filter_map(|(name, bytes)| Some((name, u64::try_from(bytes).ok()?))).collect())
    }

    fn put_sizes(&self, catalog: &mut Catalog, sizes: &HashMap<String, u64>) -> Result<(), Error> {
        let text = self.query("SELECT name, tbl_name FROM {schema}.sqlite_schema WHERE rootpage > 0");
        let trees = rows(self.connection, &text, &[], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        for (tree, table) in trees {
            let relation = self.relations.get(&table).and_then(|table| catalog.relations.get_mut(table.id.0 as usize));
            if let (Some(relation), Some(bytes)) = (relation, sizes.get(&tree)) {
                let before = relation.bytes.value().copied().unwrap_or(0);
                relation.bytes = Known::Value(before + bytes);
            }
        }
        Ok(())
    }

    pub(super) fn read_columns(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let found = match self.found_columns(self.scope.relation.as_deref(), true) {
            Ok(found) => found,
            // One view whose table is gone fails them all: read the tables together and the views one by one.
            Err(_) => {
                let mut found = self.found_columns(self.scope.relation.as_deref(), false)?;
                let views: Vec<&String> = self
                    .relations
                    .iter()
                    .filter(|(_, table)| {
                        catalog.relations.get(table.id.0 as usize).is_some_and(|row| row.kind == RelationKind::View)
                    })
                    .map(|(name, _)| name)
                    .collect();
                for view in views {
                    found.extend(self.found_columns(Some(view), true).unwrap_or_default());
                }
                found
            }
        };
        for column in &found {
            if column.key > 0
                && let Some(table) = self.relations.get_mut(&column.relation)
            {
                let place = usize::try_from(column.key - 1).unwrap_or(0);
                if table.primary_key.len() <= place {
                    table.primary_key.resize(place + 1, String::new());
                }
                if let Some(slot) = table.primary_key.get_mut(place) {
                    slot.clone_from(&column.name);
                }
            }
        }
        if !self.scope.wants(Kind::Columns) {
            return Ok(());
        }
        let mut ordinals: HashMap<&str, u32> = HashMap::new();
        for column in &found {
            let Some(table) = self.relations.get(&column.relation) else { continue };
            let ordinal = ordinals.entry(&column.relation).or_insert(0);
            *ordinal = u32::try_from(column.cid.saturating_add(1)).unwrap_or(*ordinal + 1);
            catalog.columns.push(self.column(table, column, *ordinal));
        }
        Ok(())
    }

    fn found_columns(&self, relation: Option<&str>, views: bool) -> Result<Vec<Found>, Error> {
        rows(self.connection, COLUMNS, &[&self.schema, &relation, &views], |row| {
            Ok(Found {
                relation: row.get(0)?,
                cid: row.get(1)?,
                name: row.get(2)?,
                declared: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
                not_null: row.get(4)?,
                default: row.get(5)?,
                key: row.get(6)?,
                hidden: row.get(7)?,
            })
        })
    }

    fn column(&self, table: &Table, found: &Found, ordinal: u32) -> Column {
        let mut column = Column::new(table.id, ordinal, &found.name, &found.declared);
        let rowid_alias = found.key > 0 && table.primary_key.len() == 1 && !table.without_rowid && !table.key_indexed;
        let of_strict_key = found.key > 0 && (table.without_rowid || table.strict);
        column.nullable = Known::Value(!(found.not_null || rowid_alias || of_strict_key));
        column.default.clone_from(&found.default);
        column.identity = rowid_alias.then_some(Identity::ByDefault);
        let text = table
            .parsed
            .as_ref()
            .and_then(|parsed| parsed.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&found.name)));
        if matches!(found.hidden, 2 | 3) {
            let expression = text.and_then(|text| text.generated.clone());
            column.generated = Some(Generated { expression, stored: found.hidden == 3 });
        }
        column.collation = match (&table.parsed, &table.text) {
            (Some(_), _) => text.and_then(|text| text.collation.clone()),
            // The text was not understood: ask, column by column.
            (None, Some(_)) => self
                .connection
                .column_metadata(Some(self.schema), found.relation.as_str(), found.name.as_str())
                .ok()
                .and_then(|(_, collation, ..)| collation.map(|name| name.to_string_lossy().into_owned())),
            (None, None) => None,
        }
        .filter(|collation| !collation.eq_ignore_ascii_case("BINARY"));
        column
    }

    pub(super) fn read_triggers(&self, catalog: &mut Catalog) -> Result<(), Error> {
        let text = self.query(TRIGGERS);
        let found = rows(self.connection, &text, &[&self.scope.relation], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        for (name, relation, text) in found {
            let Some(table) = self.relations.get(&relation) else { continue };
            let head = schema_text::trigger(&text);
            catalog.triggers.push(Trigger {
                relation: table.id,
                name,
                timing: head.as_ref().map(|head| head.timing.to_owned()),
                events: head.iter().map(|head| head.event.to_owned()).collect(),
                for_each_row: true,
                enabled: Enabled::Origin,
                function: None,
                definition: self.definition(Some(&text)),
                comment: None,
            });
        }
        Ok(())
    }

    /// The primary key of a relation of this schema, loaded or not.
    pub(super) fn key_of(&self, relation: &str) -> Result<Vec<String>, Error> {
        if let Some((_, table)) = self.find(relation) {
            return Ok(table.primary_key.clone());
        }
        let text = "SELECT name FROM pragma_table_info(?1, ?2) WHERE pk > 0 ORDER BY pk";
        let read = || -> Result<Vec<String>, rusqlite::Error> {
            let mut statement = self.connection.prepare(text)?;
            statement.query_map([relation, self.schema], |row| row.get(0))?.collect()
        };
        read().map_err(|error| error::translate(error, text))
    }

    /// A relation by a name as written, which need not have its case.
    pub(super) fn find(&self, name: &str) -> Option<(&String, &Table)> {
        self.relations
            .get_key_value(name)
            .or_else(|| self.relations.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)))
    }
}
