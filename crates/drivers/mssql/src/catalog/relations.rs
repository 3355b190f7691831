//! Tables, views and their columns.

use catalog::{Column, Coverage, Generated, Identity, Known, Relation, RelationKind, RowSecurity};
use driver::Error;

use super::{Reading, Row};

impl Reading<'_> {
    pub(super) async fn read_relations(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/relations.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            self.relation(&mut Row::new(row));
        }
        self.row_security().await?;
        Ok(Known::Value(()))
    }

    fn relation(&mut self, row: &mut Row) {
        let (schema, name, code) = (row.text(), row.text(), row.text());
        let Some(schema_id) = self.schemas.get(&schema).copied() else { return };
        let view = code.trim() == "V";
        let (owner, comment, rows, bytes) = (row.some(), row.some(), row.number(), row.number());
        let (number, may_select, function, columnstore) = (row.number(), row.text(), row.some(), row.flag());
        let kind = match (view, &function) {
            (true, _) => RelationKind::View,
            (false, Some(_)) => RelationKind::PartitionedTable,
            (false, None) => RelationKind::Table,
        };
        let mut relation = Relation::new(schema_id, &name, kind);
        (relation.owner, relation.comment, relation.rename_hint) = (owner, comment, number);
        relation.estimated_rows = if view { Known::Unsupported } else { Known::Value(rows) };
        relation.bytes = match (view, bytes) {
            (true, _) => Known::Unsupported,
            (false, Some(bytes)) => Known::Value(bytes),
            (false, None) => Known::Denied,
        };
        relation.may_select = if may_select.is_empty() { Known::NotLoaded } else { Known::Value(may_select == "1") };
        relation.partition_key = function;
        if columnstore {
            relation.options.push("CLUSTERED COLUMNSTORE".to_owned());
        }
        relation.definition = if view { self.text_of(&schema, &name) } else { Known::NotLoaded };
        let id = self.catalog.push_relation(relation);
        self.relations.insert((schema, name), id);
    }

    /// Which of them a security policy filters: all that read them, their owner too.
    async fn row_security(&mut self) -> Result<(), Error> {
        let found = self.ask(include_str!("../queries/security.sql")).await?;
        let known = match &found {
            Ok(_) => Known::Value(RowSecurity::default()),
            Err(coverage) => coverage.clone().map(|()| RowSecurity::default()),
        };
        for relation in &mut self.catalog.relations {
            relation.row_security = known.clone();
        }
        for row in found.unwrap_or_default() {
            let mut row = Row::new(row);
            let id = self.relation_of(&row.text(), &row.text());
            if let Some(relation) = id.and_then(|id| self.catalog.relations.get_mut(id.0 as usize)) {
                relation.row_security = Known::Value(RowSecurity { enabled: true, forced: true });
            }
        }
        Ok(())
    }

    pub(super) async fn columns(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/columns.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (schema, table) = (row.text(), row.text());
            let (ordinal, name) = (row.number().unwrap_or(0), row.text());
            let Some(relation) = self.relation_of(&schema, &table) else { continue };
            let native_type = row.native_type();
            let mut column = Column::new(relation, ordinal, &name, &native_type);
            column.nullable = Known::Value(row.flag());
            column.default = row.some();
            // A value is only taken while IDENTITY_INSERT is on.
            column.identity = row.flag().then_some(Identity::Always);
            let (expression, stored) = (row.some(), row.flag());
            column.generated = expression.map(|text| Generated { expression: Some(text), stored });
            column.collation = row.some();
            column.comment = row.some();
            self.catalog.columns.push(column);
        }
        Ok(Known::Value(()))
    }
}
