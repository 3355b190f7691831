//! The schema as SQL: the definition of every object, as the server prints it.

use std::{collections::HashSet, io::Write};

use app::{api::ErrorCode, terminal::Terminal};
use catalog::{Catalog, ObjectKey, ObjectKind, RelationKind};

use crate::{
    failure::{Failure, Outcome},
    output::Output,
    say,
};

/// Writes the definitions in an order in which most schemas can be made again: what others rest on first, and of one
/// kind in the order in which the server made them.
///
/// `whole` is whether every schema of the database was asked for.
pub(super) async fn write(terminal: &Terminal, catalog: &Catalog, whole: bool, output: &mut Output) -> Outcome {
    write_all(terminal, &keys(catalog, whole), output).await
}

/// Writes the definitions of these relations of a catalog, in the same order.
pub(crate) async fn write_relations(
    terminal: &Terminal,
    catalog: &Catalog,
    wanted: &[ObjectKey],
    output: &mut Output,
) -> Outcome {
    let wanted: HashSet<&ObjectKey> = wanted.iter().collect();
    let keys: Vec<ObjectKey> = relations(catalog).filter(|key| wanted.contains(key)).collect();
    write_all(terminal, &keys, output).await
}

async fn write_all(terminal: &Terminal, keys: &[ObjectKey], output: &mut Output) -> Outcome {
    let mut first = true;
    for key in keys {
        let definition = match terminal.definition(key).await {
            Ok(definition) => definition,
            // An object without a text of its own is part of another, or was dropped meanwhile.
            Err(error) if matches!(error.code, ErrorCode::Unsupported | ErrorCode::NotFound) => continue,
            Err(error) if error.code == ErrorCode::Forbidden => {
                say::line(&format!("warning: {}: {}", say::clean(&key.name), say::clean(&error.message)));
                continue;
            }
            Err(error) => return Err(Failure::statement(error, false)),
        };
        let text = format!("{}{}\n", if first { "" } else { "\n" }, definition.trim_end());
        first = false;
        output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    }
    Ok(())
}

fn keys(catalog: &Catalog, whole: bool) -> Vec<ObjectKey> {
    let database = catalog.database.as_deref();
    let key = |kind, schema: Option<&str>, name: &str, signature: Option<&str>| ObjectKey {
        database: database.map(str::to_owned),
        schema: schema.map(str::to_owned),
        kind,
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    };
    let mut keys = Vec::new();
    // An engine whose only schema is the database itself has nothing to make there.
    if catalog.schemas.len() > 1 || catalog.roles.iter().any(|role| !role.name.is_empty()) {
        keys.extend(catalog.schemas.iter().map(|schema| key(ObjectKind::Schema, None, &schema.name, None)));
    }
    keys.extend(catalog.extensions.iter().map(|extension| key(ObjectKind::Extension, None, &extension.name, None)));
    let name = |schema| Some(catalog.schema_name(schema));
    keys.extend(catalog.types.iter().map(|object| key(ObjectKind::Type, name(object.schema), &object.name, None)));
    // A sequence that a column owns comes with the column.
    let free = catalog.sequences.iter().filter(|sequence| sequence.owned_by.is_none());
    keys.extend(free.map(|sequence| key(ObjectKind::Sequence, name(sequence.schema), &sequence.name, None)));
    let routines = catalog.routines.iter();
    keys.extend(routines.map(|routine| {
        key(ObjectKind::Routine, name(routine.schema), &routine.name, routine.identity_arguments.as_deref())
    }));
    keys.extend(relations(catalog));
    keys.extend(catalog.events.iter().map(|event| key(ObjectKind::Event, name(event.schema), &event.name, None)));
    // Of some schemas only, the tables that a publication names need not be there. An event trigger comes last: it would see
    // what is made after it. Roles belong to the server and are made before any schema.
    if whole {
        let publications = catalog.publications.iter();
        keys.extend(publications.map(|publication| key(ObjectKind::Publication, None, &publication.name, None)));
        let triggers = catalog.event_triggers.iter();
        keys.extend(triggers.map(|trigger| key(ObjectKind::EventTrigger, None, &trigger.name, None)));
    }
    keys
}

fn relations(catalog: &Catalog) -> impl Iterator<Item = ObjectKey> {
    let mut relations: Vec<_> = catalog.walk_relations().collect();
    relations.sort_by_key(|walker| (rank(walker.row().kind), walker.row().rename_hint));
    relations.into_iter().map(|walker| walker.key())
}

fn rank(kind: RelationKind) -> u8 {
    match kind {
        RelationKind::Table
        | RelationKind::PartitionedTable
        | RelationKind::Partition
        | RelationKind::Collection
        | RelationKind::TimeSeries => 0,
        RelationKind::ForeignTable | RelationKind::VirtualTable => 1,
        RelationKind::View | RelationKind::MaterializedView => 2,
    }
}
