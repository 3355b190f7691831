//! The types of columns: a handful for thousands of columns, asked for once each.

use std::collections::{HashMap, HashSet};

use catalog::{Kind, Known};

use super::{
    Reading,
    rows::{array, oids},
};
use crate::control::Failure;

/// What a column's row says of its type.
#[derive(Debug, Clone, Copy)]
pub(super) struct TypeOfColumn {
    pub(super) oid: u32,
    pub(super) modifier: i64,
    pub(super) collation: u32,
}

/// What the server says of a type with a modifier.
struct Described {
    text: String,
    /// A domain that takes no NULL.
    not_null: bool,
    collation: u32,
}

impl Reading<'_> {
    /// Fills in types, collations and what domains say of NULL.
    ///
    /// # Errors
    /// As the server says. Where the login may not read types, columns count as not readable.
    pub(super) async fn types_of_columns(&mut self) -> Result<(), Failure> {
        if self.column_types.is_empty() {
            return Ok(());
        }
        let pairs: HashSet<(u32, i64)> = self.column_types.iter().map(|one| (one.oid, one.modifier)).collect();
        let pairs: Vec<(u32, i64)> = pairs.into_iter().collect();
        let types = oids(pairs.iter().map(|(oid, _)| *oid));
        let modifiers = array(pairs.iter().map(|(_, modifier)| modifier.to_string()));
        let text = include_str!("../queries/column_types.sql");
        let Some(rows) = self.ask(Kind::Columns, text, &[Some(&types), Some(&modifiers)]).await? else {
            self.catalog.columns.clear();
            return Ok(());
        };
        let mut described = HashMap::with_capacity(rows.len());
        for row in rows.iter() {
            let key = (row.oid(0), row.int(1).unwrap_or(-1));
            described.insert(key, Described { text: row.name(2), not_null: row.flag(3), collation: row.oid(4) });
        }
        let mut own_collations = Vec::new();
        for (place, (column, its)) in self.catalog.columns.iter_mut().zip(&self.column_types).enumerate() {
            let Some(found) = described.get(&(its.oid, its.modifier)) else { continue };
            column.native_type.clone_from(&found.text);
            if found.not_null && column.nullable == Known::Value(true) {
                column.nullable = Known::Value(false);
            }
            if its.collation != 0 && its.collation != found.collation {
                own_collations.push((place, its.collation));
            }
        }
        self.collations_of_columns(&own_collations).await
    }

    /// Names the collations of columns that have another than their type's, by place in the catalog.
    async fn collations_of_columns(&mut self, own: &[(usize, u32)]) -> Result<(), Failure> {
        if own.is_empty() {
            return Ok(());
        }
        let numbers: HashSet<u32> = own.iter().map(|(_, collation)| *collation).collect();
        let text = include_str!("../queries/collations.sql");
        let Some(rows) = self.ask(Kind::Columns, text, &[Some(&oids(numbers))]).await? else { return Ok(()) };
        let names: HashMap<u32, Option<String>> = rows.iter().map(|row| (row.oid(0), row.string(1))).collect();
        for (place, collation) in own {
            if let Some(column) = self.catalog.columns.get_mut(*place) {
                column.collation = names.get(collation).cloned().flatten();
            }
        }
        Ok(())
    }
}
