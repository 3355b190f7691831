//! Partitions as a person fills them in: tables of their own, or elements of a clause of their table.

use catalog::{ObjectKey, ObjectKind, RowSecurity};
use schema::{Body, Bound, Engine, Object, PartitionKey, PartitionWay, Partitioning, Table, TableKind};

use super::{
    editing::{Editing, gone, new},
    naming,
};
use crate::api::*;

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

fn unsupported(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::Unsupported, message)
}

pub(super) fn make(editing: &mut Editing<'_>, edit: &StructureEdit) -> Result<(), AppError> {
    let are_tables = editing.engine() == Engine::Postgres;
    if editing.engine() == Engine::Sqlite {
        return Err(unsupported("SQLite does not divide tables."));
    }
    match edit {
        StructureEdit::CreatePartition { table, schema, name, bound, partition_by, row_security } => {
            let table = editing.table(table)?;
            let bound = bound_of(bound);
            match are_tables {
                true => create(editing, &table, schema.as_deref(), name, &bound, partition_by.as_ref(), *row_security),
                false if partition_by.is_some() => {
                    Err(unsupported("Partitions of partitions are written as a clause."))
                }
                false => add(editing, &table, name, &bound),
            }
        }
        StructureEdit::AttachPartition { table, partition, bound } if are_tables => {
            let (table, partition) = (editing.table(table)?, editing.table(partition)?);
            attach(editing, &table, &partition, &bound_of(bound))
        }
        StructureEdit::DetachPartition { partition } if are_tables => {
            let partition = editing.table(partition)?;
            detach(editing, &partition)
        }
        StructureEdit::DropPartition { table, name } if !are_tables => {
            let table = editing.table(table)?;
            let clause = clause_of(editing, &table)?;
            let without = editing.server().clause_without(&clause, name).ok_or_else(|| {
                AppError::new(ErrorCode::NotFound, format!("“{}” has no partition “{name}”.", table.name))
            })?;
            if editing
                .server()
                .clause_partitions(&without)
                .is_none_or(|left| left.iter().all(|(own, _)| own.is_empty()))
            {
                return Err(wrong(format!("“{name}” is the last partition: divide the table no more, or drop it.")));
            }
            editing.label(format!("Drop partition {name} of {}", table.name), &table);
            divide(editing, &table, Some(without))
        }
        StructureEdit::PartitionBy { table, clause } if !are_tables => {
            let table = editing.table(table)?;
            let clause = clause
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(|text| text.trim_end_matches(';').trim_end().to_owned());
            if clause.as_ref().is_some_and(|text| !text.to_ascii_uppercase().starts_with("PARTITION BY ")) {
                return Err(wrong("The clause begins with PARTITION BY."));
            }
            let verb = if clause.is_some() { "Divide" } else { "Divide no more" };
            editing.label(format!("{verb} {}", table.name), &table);
            divide(editing, &table, clause)
        }
        StructureEdit::PartitionBy { .. } => Err(unsupported("A table is divided from when it is made, or never.")
            .with_hint("Make a partitioned table, attach this one to it, or copy its rows.")),
        _ => Err(unsupported("Partitions are no tables here: they are parts of their table's clause.")),
    }
}

/// How a form divides a table.
pub(super) fn divided(
    editing: &Editing<'_>,
    table: &ObjectKey,
    form: &StructurePartitioning,
) -> Result<TableKind, AppError> {
    if editing.engine() != Engine::Postgres {
        return Err(unsupported("How a table is divided is a clause here, given once the table is there."));
    }
    if form.keys.is_empty() || form.keys.iter().any(|key| key.text.trim().is_empty()) {
        return Err(wrong("A partitioned table needs a column or an expression to be divided by."));
    }
    let key =
        |key: &StructurePartitionKey| PartitionKey { text: key.text.trim().to_owned(), expression: key.expression };
    let way = way_of(form.way);
    if way == PartitionWay::List && form.keys.len() > 1 {
        return Err(wrong(format!("“{}” can be divided by a list of one key only.", table.name)));
    }
    let form = Partitioning { way, keys: form.keys.iter().map(key).collect() };
    Ok(TableKind::Partitioned { by: editing.server().partitioned_by(&form) })
}

fn way_of(way: StructurePartitionWay) -> PartitionWay {
    match way {
        StructurePartitionWay::Range => PartitionWay::Range,
        StructurePartitionWay::List => PartitionWay::List,
        StructurePartitionWay::Hash => PartitionWay::Hash,
    }
}

/// How a table is divided, as a form.
pub(super) fn form_of(form: Partitioning) -> StructurePartitioning {
    StructurePartitioning {
        way: match form.way {
            PartitionWay::Range => StructurePartitionWay::Range,
            PartitionWay::List => StructurePartitionWay::List,
            PartitionWay::Hash => StructurePartitionWay::Hash,
        },
        keys: form
            .keys
            .into_iter()
            .map(|key| StructurePartitionKey { text: key.text, expression: key.expression })
            .collect(),
    }
}

fn bound_of(bound: &StructureBound) -> Bound {
    let said = |all: &[String]| {
        let all = all.iter().map(|text| text.trim().to_owned());
        all.filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    match bound {
        StructureBound::Range { from, to } => Bound::Range { from: said(from), to: said(to) },
        StructureBound::List { values } => Bound::List { values: said(values) },
        StructureBound::Hash { modulus, remainder } => Bound::Hash { modulus: *modulus, remainder: *remainder },
        StructureBound::Default => Bound::Default,
    }
}

fn create(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    schema: Option<&str>,
    name: &str,
    bound: &Bound,
    by: Option<&StructurePartitioning>,
    row_security: bool,
) -> Result<(), AppError> {
    let schema = schema.filter(|schema| !schema.is_empty()).or(table.schema.as_deref());
    let key = editing.named(ObjectKind::Relation, schema, name);
    editing.fresh(&key, "The partition")?;
    editing.in_schema(&key)?;
    fits(editing, table, &key, bound)?;
    let kind = match by {
        Some(form) => divided(editing, &key, form)?,
        None => TableKind::Ordinary,
    };
    let body = Table {
        kind,
        partition: Some((table.clone(), editing.server().bound(bound))),
        row_security: RowSecurity { enabled: row_security, forced: false },
        ..Table::default()
    };
    editing.put(&key, new(Body::Table(body)));
    editing.label(format!("Create partition {name} of {}", table.name), &key);
    editing.about(table);
    Ok(())
}

/// Whether a table takes a partition with this bound beside those that it has.
fn fits(editing: &Editing<'_>, table: &ObjectKey, key: &ObjectKey, bound: &Bound) -> Result<(), AppError> {
    editing.wanted.takes_bound(table, bound).map_err(|why| wrong(why.to_string()))?;
    if let Bound::Hash { modulus, remainder } = bound
        && remainder >= modulus
    {
        return Err(wrong(format!("What is left of a division by {modulus} is less than {modulus}.")));
    }
    let text = editing.server().bound(bound);
    match editing.wanted.partitions(table).find(|(own, other)| *own != key && *other == text) {
        Some((other, _)) => {
            let message = format!("“{}” is the partition of these rows already.", other.name);
            Err(AppError::new(ErrorCode::AlreadyExists, message))
        }
        None => Ok(()),
    }
}

fn attach(editing: &mut Editing<'_>, table: &ObjectKey, partition: &ObjectKey, bound: &Bound) -> Result<(), AppError> {
    fits(editing, table, partition, bound)?;
    let before = editing.get(partition)?.clone();
    let Body::Table(own) = &before.body else { return Err(gone(partition)) };
    if let Some((parent, _)) = &own.partition {
        if parent != table {
            let message = format!("“{}” is a partition of “{}”.", partition.name, parent.name);
            return Err(AppError::new(ErrorCode::Conflict, message).with_hint("Detach it first."));
        }
        let text = editing.server().bound(bound);
        let body = Table { partition: Some((table.clone(), text)), ..own.clone() };
        editing.label(format!("Give partition {} another bound", partition.name), partition);
        editing.put(partition, Object { body: Body::Table(body), ..before });
        return Ok(());
    }
    let (body, parts) = editing
        .wanted
        .attached(partition, table, bound)
        .map_err(|why| wrong(format!("“{}” cannot become a partition of “{}”. {why}", partition.name, table.name)))?;
    editing.label(format!("Attach {} to {}", partition.name, table.name), partition);
    editing.about(table);
    for part in &parts {
        editing.remove(part);
    }
    editing.put(partition, Object { body: Body::Table(body), ..before });
    Ok(())
}

fn detach(editing: &mut Editing<'_>, partition: &ObjectKey) -> Result<(), AppError> {
    let before = editing.get(partition)?.clone();
    let Body::Table(own) = &before.body else { return Err(gone(partition)) };
    let Some((parent, _)) = own.partition.clone() else {
        return Err(wrong(format!("“{}” is no partition.", partition.name)));
    };
    let there = editing.defined.definition.objects.get(partition).map(|object| &object.body);
    if !matches!(there, Some(Body::Table(table)) if table.partition.as_ref().is_some_and(|(own, _)| *own == parent)) {
        let message = format!("“{}” is a partition only once what is staged is applied.", partition.name);
        return Err(AppError::new(ErrorCode::Unsupported, message)
            .with_hint("Take back the change that makes it one, or apply it first."));
    }
    let kept = editing
        .defined
        .definition
        .kept_by(partition, &editing.defined.catalog)
        .map_err(|why| AppError::new(ErrorCode::Forbidden, why.to_string()))?;
    editing.label(format!("Detach {} from {}", partition.name, parent.name), partition);
    editing.about(&parent);
    editing.put(partition, Object { body: Body::Table(Table { partition: None, ..own.clone() }), ..before });
    for (key, object) in kept {
        editing.put(&key, object);
    }
    Ok(())
}

/// The clause that divides a table of MySQL or MariaDB.
fn clause_of(editing: &Editing<'_>, table: &ObjectKey) -> Result<String, AppError> {
    match &editing.get(table)?.body {
        Body::Table(Table { kind: TableKind::Partitioned { by }, .. }) => Ok(by.clone()),
        _ => Err(wrong(format!("“{}” is not partitioned.", table.name))),
    }
}

fn divide(editing: &mut Editing<'_>, table: &ObjectKey, clause: Option<String>) -> Result<(), AppError> {
    let before = editing.get(table)?.clone();
    let Body::Table(own) = &before.body else { return Err(gone(table)) };
    let kind = clause.map_or(TableKind::Ordinary, |by| TableKind::Partitioned { by });
    let body = Body::Table(Table { kind, ..own.clone() });
    editing.put(table, Object { body, ..before });
    Ok(())
}

fn add(editing: &mut Editing<'_>, table: &ObjectKey, name: &str, bound: &Bound) -> Result<(), AppError> {
    naming::check(editing.engine(), ObjectKind::Relation, "The partition", name)?;
    let clause = clause_of(editing, table)?;
    let there = editing.server().clause_partitions(&clause).unwrap_or_default();
    if there.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
        return Err(AppError::new(ErrorCode::AlreadyExists, format!("There is a partition “{name}” already.")));
    }
    let empty = match bound {
        Bound::Range { to, .. } => to.is_empty(),
        Bound::List { values } => values.is_empty(),
        Bound::Hash { .. } | Bound::Default => false,
    };
    if empty {
        return Err(wrong("A partition needs the values of its rows."));
    }
    let with = editing.server().clause_with(&clause, name, bound).ok_or_else(|| {
        unsupported(format!("“{}” lists no partitions that one could be added to so.", table.name))
            .with_hint("Write its clause as a whole.")
    })?;
    editing.label(format!("Create partition {name} of {}", table.name), table);
    divide(editing, table, Some(with))
}
