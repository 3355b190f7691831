//! What is read after the consistent part, in short statements of its own: each locks what it looks at until it ends.

use std::collections::HashMap;

use catalog::{Kind, Known, RelationKind};

use super::{RELATIONS_SIZED_AT_ONCE, Reading, rows::oids};
use crate::control::{Failure, query};

/// Views whose queries are read at a time: each locks the relations it reads from.
const VIEWS_AT_ONCE: usize = 200;
/// Sequences whose values are read at a time.
const SEQUENCES_AT_ONCE: usize = 200;
/// Relations whose sizes are read at a time.
const SIZES_AT_ONCE: usize = 2000;

impl Reading<'_> {
    pub(super) async fn later(&mut self) -> Result<(), Failure> {
        let few = self.relation_oids.len() <= RELATIONS_SIZED_AT_ONCE;
        if (self.scope.definitions || few) && self.scope.wants(Kind::Relations) {
            self.sizes().await?;
        }
        if self.scope.definitions && self.scope.wants(Kind::Relations) {
            self.view_definitions().await?;
        }
        if (self.scope.definitions || self.catalog.sequences.len() <= SEQUENCES_AT_ONCE)
            && self.scope.wants(Kind::Sequences)
        {
            self.sequence_values().await?;
        }
        Ok(())
    }

    async fn sizes(&mut self) -> Result<(), Failure> {
        let stored: Vec<u32> = self
            .catalog
            .relations
            .iter()
            .zip(&self.relation_oids)
            .filter(|(relation, _)| relation.bytes.is_not_loaded())
            .map(|(_, oid)| *oid)
            .collect();
        let mut bytes = HashMap::new();
        for some in stored.chunks(SIZES_AT_ONCE) {
            let some = oids(some.iter().copied());
            match query(self.client, include_str!("../queries/sizes.sql"), &[Some(&some), Some(&self.busy_text)]).await
            {
                Ok(rows) => {
                    bytes.extend(rows.iter().filter_map(|row| Some((row.oid(0), u64::try_from(row.int(1)?).ok()?))))
                }
                Err(failure) if passing(&failure) => {}
                Err(failure) => return Err(failure),
            }
        }
        for (relation, oid) in self.catalog.relations.iter_mut().zip(&self.relation_oids) {
            if let Some(bytes) = bytes.get(oid).filter(|_| relation.bytes.is_not_loaded()) {
                relation.bytes = Known::Value(*bytes);
            }
        }
        for (index, oid) in self.catalog.indexes.iter_mut().zip(&self.index_oids) {
            if let Some(bytes) = bytes.get(oid) {
                index.bytes = Known::Value(*bytes);
            }
        }
        self.sum_partitions();
        Ok(())
    }

    /// A partitioned table stores nothing itself: its size is that of what is below it, known only if all of it is.
    fn sum_partitions(&mut self) {
        let mut above: Vec<Option<usize>> = Vec::new();
        for parent in &self.parents {
            above.push(parent.and_then(|oid| self.relation_ids.get(&oid)).map(|id| id.0 as usize));
        }
        let mut totals = vec![Some(0u64); self.catalog.relations.len()];
        for (place, relation) in self.catalog.relations.iter().enumerate() {
            if relation.partition_key.is_some() {
                continue;
            }
            // Levels are few; the bound is against a loop that no honest server has.
            let (mut at, mut levels) = (above.get(place).copied().flatten(), 0);
            while let Some(parent) = at.filter(|_| levels < 64) {
                if let Some(total) = totals.get_mut(parent) {
                    *total = match (*total, &relation.bytes) {
                        (Some(sum), Known::Value(bytes)) => Some(sum.saturating_add(*bytes)),
                        // Of another server: nothing of it is stored here.
                        (sum, Known::Unsupported) => sum,
                        _ => None,
                    };
                }
                at = above.get(parent).copied().flatten();
                levels += 1;
            }
        }
        let whole = self.scope.schemas.is_none() && self.scope.relation.is_none();
        for (relation, total) in self.catalog.relations.iter_mut().zip(totals) {
            if relation.partition_key.is_some() {
                relation.bytes = total.filter(|_| whole).map_or(Known::NotLoaded, Known::Value);
            }
        }
    }

    async fn view_definitions(&mut self) -> Result<(), Failure> {
        let views: Vec<(usize, u32)> = self
            .catalog
            .relations
            .iter()
            .zip(&self.relation_oids)
            .enumerate()
            .filter(|(_, (relation, _))| matches!(relation.kind, RelationKind::View | RelationKind::MaterializedView))
            .map(|(place, (_, oid))| (place, *oid))
            .collect();
        for some in views.chunks(VIEWS_AT_ONCE) {
            let numbers = oids(some.iter().map(|(_, oid)| *oid));
            let rows =
                match query(self.client, include_str!("../queries/view_definitions.sql"), &[Some(&numbers)]).await {
                    Ok(rows) => rows,
                    Err(failure) if passing(&failure) => {
                        self.cover(Kind::Relations, Known::NotLoaded);
                        continue;
                    }
                    Err(failure) => return Err(failure),
                };
            let mut texts: HashMap<u32, String> =
                rows.iter().filter_map(|row| Some((row.oid(0), row.string(1)?))).collect();
            for (place, oid) in some {
                if let (Some(relation), Some(text)) = (self.catalog.relations.get_mut(*place), texts.remove(oid)) {
                    relation.definition = Known::Value(text);
                }
            }
        }
        Ok(())
    }

    /// A sequence is read like a table: the server's own function for it would take a lock that writers take.
    async fn sequence_values(&mut self) -> Result<(), Failure> {
        let readable: Vec<(usize, String)> = self
            .catalog
            .sequences
            .iter()
            .enumerate()
            .filter(|(_, sequence)| sequence.last_value.is_not_loaded())
            .map(|(place, sequence)| {
                let schema = crate::scan::quote(self.catalog.schema_name(sequence.schema));
                (place, format!("{schema}.{}", crate::scan::quote(&sequence.name)))
            })
            .collect();
        for some in readable.chunks(SEQUENCES_AT_ONCE) {
            let selects: Vec<String> = some
                .iter()
                .map(|(place, name)| format!("select {place}, case when is_called then last_value end from {name}"))
                .collect();
            let rows = match query(self.client, &selects.join(" union all "), &[]).await {
                Ok(rows) => rows,
                Err(failure) if passing(&failure) => continue,
                Err(failure) => return Err(failure),
            };
            for row in rows.iter() {
                let place = row.int(0).and_then(|place| usize::try_from(place).ok());
                if let Some(sequence) = place.and_then(|place| self.catalog.sequences.get_mut(place)) {
                    sequence.last_value = Known::Value(row.int(1));
                }
            }
        }
        Ok(())
    }
}

/// A failure that leaves these facts unread and the rest as it is: something vanished, is locked or may not be read.
fn passing(failure: &Failure) -> bool {
    matches!(failure.state(), "55P03" | "XX000" | "42P01" | "42501" | "40001" | "53200" | "55000")
}
