//! Which tables are near one another.

use std::collections::VecDeque;

use catalog::{Known, RelationId, RelationKind, RelationWalker};

use super::forbidden;
use crate::{
    api::{AppError, ErrorCode, GenerateCandidate, GenerateOffer, ObjectRef},
    explorer::{Place, to_key, to_ref},
    transfers::meant,
};

/// Whether rows can be inserted into it as into a table of its own.
pub(super) fn takes_rows(relation: &RelationWalker<'_>) -> bool {
    matches!(relation.row().kind, RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition)
}

/// What was named, and the tables around it.
///
/// # Errors
/// `Unsupported` for a database without it and for what is no table; `NotFound`; as the driver says.
pub(crate) async fn offer(place: &Place, object: &ObjectRef) -> Result<GenerateOffer, AppError> {
    let Place { connected, opened, .. } = place;
    if opened.connection.control().generate().is_none() {
        return Err(AppError::new(ErrorCode::Unsupported, "No rows can be made up for this database."));
    }
    let shelved = opened.shelf.get(opened, connected).await?;
    let catalog = &shelved.catalog;
    let walk = |id: RelationId| catalog.relation(id);
    let mut notes = Vec::new();
    let asked: Vec<RelationId> = if object.kind == "relation" {
        let key = to_key(object)?;
        let found = meant(opened, catalog, &key).ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, format!("There is no table “{}”.", key.name))
                .with_hint("Refresh the explorer if it is new.")
        })?;
        if !takes_rows(&found) {
            return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is no table.", key.name))
                .with_hint("Rows can be made up for tables."));
        }
        vec![found.id()]
    } else {
        let schema = object.schema.as_deref().or((object.kind == "schema").then_some(object.name.as_str()));
        let inside = |relation: &RelationWalker<'_>| schema.is_none_or(|schema| relation.schema() == schema);
        // A partition's rows are made up for the table it is part of.
        let whole = |relation: &RelationWalker<'_>| takes_rows(relation) && relation.row().partition_of.is_none();
        let virtual_tables = catalog
            .walk_relations()
            .filter(|relation| inside(relation))
            .filter(|relation| matches!(relation.row().kind, RelationKind::ForeignTable | RelationKind::VirtualTable));
        notes.extend(
            virtual_tables.map(|relation| format!("{} is left out: its rows are elsewhere.", relation.row().name)),
        );
        catalog.walk_relations().filter(|relation| inside(relation) && whole(relation)).map(|one| one.id()).collect()
    };
    let mut all = asked.clone();
    let mut waiting: VecDeque<RelationId> = asked.iter().copied().collect();
    while let Some(relation) = waiting.pop_front().and_then(walk) {
        for parent in relation.foreign_keys().iter().filter_map(|key| key.referenced) {
            if !all.contains(&parent) && walk(parent).is_some_and(|parent| takes_rows(&parent)) {
                all.push(parent);
                waiting.push_back(parent);
            }
        }
    }
    for relation in asked.iter().copied().filter_map(walk) {
        for child in relation.referenced_by().map(|key| key.relation) {
            if !all.contains(&child) && walk(child).is_some_and(|child| takes_rows(&child)) {
                all.push(child);
            }
        }
    }
    let candidate = |relation: RelationWalker<'_>| {
        let mut refers_to: Vec<u32> = relation
            .foreign_keys()
            .iter()
            .filter_map(|key| key.referenced)
            .filter(|parent| *parent != relation.id())
            .filter_map(|parent| all.iter().position(|one| *one == parent))
            .filter_map(|place| u32::try_from(place).ok())
            .collect();
        refers_to.sort_unstable();
        refers_to.dedup();
        GenerateCandidate {
            // The main database goes without a name, as the explorer has it.
            table: ObjectRef { database: object.database.clone(), ..to_ref(relation.key()) },
            asked: asked.contains(&relation.id()),
            estimated_rows: match relation.row().estimated_rows {
                Known::Value(Some(rows)) => u64::try_from(rows).ok(),
                _ => None,
            },
            refers_to,
        }
    };
    Ok(GenerateOffer {
        candidates: all.iter().copied().filter_map(walk).map(candidate).collect(),
        notes,
        forbidden: forbidden(connected),
    })
}
