//! Tables, views and their columns.

use std::collections::{BTreeSet, HashMap};

use catalog::{Column, Coverage, Generated, Identity, Kind, Known, Relation, RelationId, RelationKind};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

/// The place of a table's collation among what is asked of it.
const COLLATION: usize = 7;

/// Since when MariaDB has collations that belong to several character sets (10.10.1).
const FULL_NAMES_SINCE: u32 = 101_001;

impl Reading<'_> {
    pub(super) async fn relations(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, ROW_FORMAT, TABLE_ROWS, \
             COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0), TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT, \
             DATA_LENGTH IS NULL \
             FROM information_schema.TABLES WHERE {} AND TABLE_TYPE <> 'SEQUENCE' ORDER BY TABLE_SCHEMA, TABLE_NAME",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let charsets = self.charsets(rows.iter().filter_map(|row| row.get(COLLATION)?.as_deref())).await?;
        for row in rows {
            self.relation(&mut Row(row), &charsets);
        }
        self.partitions().await?;
        if self.scope.definitions && self.wants(Kind::Relations) {
            self.views().await?;
        }
        Ok(Known::Value(()))
    }

    /// The character sets of these collations: their names need not say it.
    async fn charsets(&self, collations: impl Iterator<Item = &str>) -> Result<HashMap<String, String>, Error> {
        let names: BTreeSet<String> = collations.map(quote::text).collect();
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let names: Vec<String> = names.into_iter().collect();
        // One collation of MariaDB can be of several character sets; a table's is told by its full name.
        let full = self.facts.mariadb && self.facts.version_number >= FULL_NAMES_SINCE;
        let name = if full { "FULL_COLLATION_NAME" } else { "COLLATION_NAME" };
        let text = format!(
            "SELECT {name}, CHARACTER_SET_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY \
             WHERE {name} IN ({})",
            names.join(", ")
        );
        let Ok(rows) = self.ask(&text).await? else { return Ok(HashMap::new()) };
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let mut row = Row(row);
                Some((row.some()?, row.some()?))
            })
            .collect())
    }

    fn relation(&mut self, row: &mut Row, charsets: &HashMap<String, String>) {
        let (schema, name, kind) = (row.text(), row.text(), row.text());
        let Some(schema_id) = self.schemas.get(&schema).copied() else { return };
        let (engine, format, estimate, bytes) = (row.some(), row.some(), row.number::<i64>(), row.number::<u64>());
        let (collation, options, comment, unsized_) = (row.some(), row.text(), row.some(), row.text() == "1");
        let view = kind.ends_with("VIEW");
        let partitioned = options.split(' ').any(|option| option == "partitioned");
        let kind = match (view, partitioned) {
            (true, _) => RelationKind::View,
            (false, true) => RelationKind::PartitionedTable,
            (false, false) => RelationKind::Table,
        };
        let mut relation = Relation::new(schema_id, &name, kind);
        // What the server writes in place of a view's comment.
        relation.comment = comment.filter(|comment| !(view && comment == "VIEW"));
        if view {
            relation.estimated_rows = Known::Unsupported;
            relation.bytes = Known::Unsupported;
        } else {
            relation.estimated_rows = Known::Value(estimate);
            relation.bytes = if unsized_ { Known::Unsupported } else { Known::Value(bytes.unwrap_or(0)) };
        }
        relation.row_security = Known::Unsupported;
        let option = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}={value}"));
        let charset = collation.as_ref().and_then(|name| charsets.get(name)).cloned();
        relation.options.extend(option("ENGINE", &engine));
        relation.options.extend(option("CHARSET", &charset));
        relation.options.extend(option("COLLATE", &collation));
        relation.options.extend(option("ROW_FORMAT", &format));
        let others = options.split(' ').filter(|option| {
            !option.is_empty() && *option != "partitioned" && !option.to_ascii_lowercase().starts_with("row_format=")
        });
        relation.options.extend(others.map(str::to_owned));
        let id = self.catalog.push_relation(relation);
        self.collations.push(collation);
        self.relations.insert((schema, name), id);
    }

    /// How partitioned tables are divided, and into what.
    async fn partitions(&mut self) -> Result<(), Error> {
        if !self.catalog.relations.iter().any(|relation| relation.kind == RelationKind::PartitionedTable) {
            return Ok(());
        }
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, PARTITION_NAME, \
             PARTITION_DESCRIPTION, SUBPARTITION_METHOD, SUBPARTITION_EXPRESSION FROM information_schema.PARTITIONS WHERE {} AND PARTITION_NAME IS NOT NULL \
             ORDER BY TABLE_SCHEMA, TABLE_NAME, PARTITION_ORDINAL_POSITION",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let Ok(rows) = self.ask(&text).await? else { return Ok(()) };
        for row in rows {
            let mut row = Row(row);
            let (schema, name) = (row.text(), row.text());
            let (method, expression, partition, description) = (row.text(), row.text(), row.text(), row.some());
            let below = row.some().map(|method| format!(" SUBPARTITION BY {method} ({})", row.text()));
            let Some(relation) = self.relation_of(&schema, &name).and_then(|id| self.row_mut(id)) else { continue };
            relation.partition_key = Some(format!("{method} ({expression}){}", below.unwrap_or_default()));
            let bound = match (method.split(' ').next().unwrap_or_default(), description) {
                ("RANGE", Some(value)) if value == "MAXVALUE" => " VALUES LESS THAN MAXVALUE".to_owned(),
                ("RANGE", Some(value)) => format!(" VALUES LESS THAN ({value})"),
                ("LIST", Some(value)) => format!(" VALUES IN ({value})"),
                _ => String::new(),
            };
            let text = format!("PARTITION {}{bound}", quote::name(&partition));
            // Sub-partitions repeat their partition.
            if relation.options.last() != Some(&text) {
                relation.options.push(text);
            }
        }
        Ok(())
    }

    fn row_mut(&mut self, id: RelationId) -> Option<&mut Relation> {
        self.catalog.relations.get_mut(id.0 as usize)
    }

    async fn views(&mut self) -> Result<(), Error> {
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, DEFINER FROM information_schema.VIEWS WHERE {}",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let Ok(rows) = self.ask(&text).await? else { return Ok(()) };
        for row in rows {
            let mut row = Row(row);
            let (schema, name, definition, definer) = (row.text(), row.text(), row.some(), row.some());
            let Some(relation) = self.relation_of(&schema, &name).and_then(|id| self.row_mut(id)) else { continue };
            // Without SHOW VIEW the text is empty.
            relation.definition = definition.map_or(Known::Denied, Known::Value);
            relation.owner = definer;
        }
        Ok(())
    }

    pub(super) async fn columns(&mut self) -> Result<Coverage, Error> {
        let text = format!(
            "SELECT TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, \
             GENERATION_EXPRESSION, COLLATION_NAME, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE {}",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        // Rows of one table follow each other: the names are looked up once.
        let mut last: Option<((String, String), Option<RelationId>)> = None;
        self.catalog.columns.reserve(rows.len());
        for row in rows {
            let mut row = Row(row);
            let key = (row.text(), row.text());
            let relation = match &last {
                Some((known, relation)) if *known == key => *relation,
                _ => {
                    let relation = self.relations.get(&key).copied();
                    last = Some((key, relation));
                    relation
                }
            };
            if let Some(relation) = relation {
                let column = self.column(relation, &mut row);
                self.catalog.columns.push(column);
            }
        }
        Ok(Known::Value(()))
    }

    fn column(&self, relation: RelationId, row: &mut Row) -> Column {
        let (ordinal, name, native_type) = (row.number().unwrap_or(0), row.text(), row.text());
        let (nullable, default, extra) = (row.text() == "YES", row.next(), row.text());
        let (expression, collation, comment) = (row.some(), row.some(), row.some());
        let mut column = Column::new(relation, ordinal, &name, &native_type);
        column.nullable = Known::Value(nullable);
        let lower = extra.to_ascii_lowercase();
        if lower.contains("auto_increment") {
            column.identity = Some(Identity::ByDefault);
        }
        if lower.contains(" generated") || lower.contains("persistent") {
            column.generated = Some(Generated { expression, stored: !lower.contains("virtual") });
        } else {
            column.default = match self.facts.mariadb {
                true => default.filter(|text| text != "NULL"),
                false => default.map(|text| mysql_default(text, &native_type, &lower)),
            };
            if let Some(at) = lower.find("on update ") {
                let update = extra.get(at..).unwrap_or_default();
                column.default = Some(match column.default {
                    Some(default) => format!("{default} {update}"),
                    None => update.to_owned(),
                });
            }
        }
        let usual = self.collations.get(relation.0 as usize).cloned().flatten();
        column.collation = collation.filter(|own| Some(own) != usual.as_ref());
        column.comment = comment;
        column
    }
}

/// MySQL tells the value of a default and not its text.
fn mysql_default(value: String, native_type: &str, extra: &str) -> String {
    const AS_THEY_ARE: [&str; 11] =
        ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit", "binary"];
    let word = native_type.split(['(', ' ']).next().unwrap_or_default();
    let now = value.get(..17).is_some_and(|head| head.eq_ignore_ascii_case("current_timestamp"));
    if extra.contains("default_generated") || AS_THEY_ARE.contains(&word) || now {
        return value;
    }
    format!("'{}'", value.replace('\'', "''"))
}
