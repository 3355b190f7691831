//! Tables, views and their columns.

use std::collections::HashMap;

use catalog::{Column, Coverage, Generated, Identity, Known, Relation, RelationKind};
use driver::Error;

use super::{Reading, Row, spelled};

impl Reading<'_, '_> {
    pub(super) fn read_relations(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/relations.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let texts = if self.scope.definitions { self.texts()? } else { HashMap::new() };
        for row in rows {
            self.relation(&mut Row::new(row), &texts);
        }
        Ok(Known::Value(()))
    }

    /// Queries of views, by schema and name.
    fn texts(&mut self) -> Result<HashMap<(String, String), String>, Error> {
        let rows = self.ask(include_str!("../queries/views.sql"))?.unwrap_or_default();
        let text = |row| {
            let mut row = Row::new(row);
            ((row.text(), row.text()), row.text())
        };
        Ok(rows.into_iter().map(text).collect())
    }

    fn relation(&mut self, row: &mut Row, texts: &HashMap<(String, String), String>) {
        let (schema, name, kind) = (row.text(), row.text(), row.text());
        let Some(schema_id) = self.schemas.get(&schema).copied() else { return };
        let (rows, comment, number) = (row.number::<i64>(), row.some(), row.number());
        let (partitioned, temporary, organized) = (row.is("YES"), row.is("Y"), row.some());
        let kind = match kind.as_str() {
            "VIEW" => RelationKind::View,
            "MATERIALIZED VIEW" => RelationKind::MaterializedView,
            _ if partitioned => RelationKind::PartitionedTable,
            _ => RelationKind::Table,
        };
        let mut relation = Relation::new(schema_id, &name, kind);
        (relation.comment, relation.rename_hint, relation.owner) = (comment, number, Some(schema.clone()));
        let view = kind == RelationKind::View;
        relation.estimated_rows = if view { Known::Unsupported } else { Known::Value(rows) };
        relation.bytes = if view { Known::Unsupported } else { Known::NotLoaded };
        relation.row_security = Known::NotLoaded;
        if temporary {
            relation.options.push("GLOBAL TEMPORARY".to_owned());
        }
        if organized.is_some() {
            relation.options.push("ORGANIZATION INDEX".to_owned());
        }
        relation.definition = match texts.get(&(schema.clone(), name.clone())) {
            Some(text) => Known::Value(text.clone()),
            None => Known::NotLoaded,
        };
        let id = self.catalog.push_relation(relation);
        self.relations.insert((schema, name), id);
    }

    pub(super) fn columns(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/columns.sql"))? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table, ordinal, name) = (row.text(), row.text(), row.number().unwrap_or(0), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let native_type = spelled(&mut row);
            let (nullable, expression) = (row.is("Y"), row.some());
            let expression = expression.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let (generated, numbered, how, comment) = (row.is("YES"), row.is("YES"), row.text(), row.some());
            let mut column = Column::new(relation, ordinal, &name, &native_type);
            column.nullable = Known::Value(nullable);
            column.identity = numbered.then_some(if how == "ALWAYS" { Identity::Always } else { Identity::ByDefault });
            column.comment = comment;
            match (generated, numbered) {
                (true, _) => column.generated = Some(Generated { expression, stored: false }),
                // The default of a numbered one names a sequence that is its own.
                (false, true) => {}
                (false, false) => column.default = expression,
            }
            self.catalog.columns.push(column);
        }
        Ok(Known::Value(()))
    }
}
