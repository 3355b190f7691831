//! Prints what a database contains.

mod definitions;
mod json;
mod text;

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use app::{App, api::AppError};
use catalog::{Catalog, Kind, Scope};

pub(crate) use definitions::write_relations;

use crate::{
    arguments::{Schema, SchemaFormat},
    failure::{Exit, Failure, Outcome},
    output::{self, Output},
    say, target,
};

/// What belongs to one relation.
const OF_ONE: [Kind; 9] = [
    Kind::Schemas,
    Kind::Relations,
    Kind::Columns,
    Kind::Constraints,
    Kind::ForeignKeys,
    Kind::Indexes,
    Kind::Triggers,
    Kind::Policies,
    Kind::Grants,
];

/// The schema and name of `SCHEMA.NAME`; a schema that was named beside it leaves the dots to the name.
pub(crate) fn split(table: &str, schemas: &[String]) -> (Option<String>, String) {
    match table.split_once('.') {
        Some((schema, name)) if schemas.is_empty() => (Some(schema.to_owned()), name.to_owned()),
        _ => (None, table.to_owned()),
    }
}

/// Prints a schema as it was asked for.
pub(crate) async fn run(app: &Arc<App>, schema: &Schema) -> Outcome {
    let source = target::source(app, &schema.target, schema.password).await?;
    match schema.format {
        SchemaFormat::Catalog => return taken(&source, schema).await,
        SchemaFormat::Sql => drop(source.live("prints definitions")?),
        SchemaFormat::Json | SchemaFormat::Text => {}
    }
    if schema.system {
        source.live("has its own schemas")?;
    }
    let one = schema.table.as_deref().map(|table| split(table, &schema.schemas));
    let named = one.as_ref().and_then(|(within, _)| within.clone());
    let schemas = named.map(|name| vec![name]).or_else(|| (!schema.schemas.is_empty()).then(|| schema.schemas.clone()));
    let mut kinds = if schema.lean { Kind::LEAN.to_vec() } else { Kind::ALL.to_vec() };
    if one.is_some() {
        kinds.retain(|kind| OF_ONE.contains(kind));
    }
    let anywhere = one.is_some() && schemas.is_none();
    let mut scope = Scope {
        kinds,
        schemas,
        relation: one.as_ref().map(|(_, name)| name.clone()),
        include_system: schema.system || one.is_some(),
        definitions: schema.format != SchemaFormat::Sql && !schema.lean,
        sizes: schema.format != SchemaFormat::Sql,
    };
    let mut catalog = source.catalog(&scope).await?;
    if anywhere && !catalog.relations.is_empty() {
        // Found by its name alone: the schemas that have none of this name have nothing to say.
        scope.schemas = Some(catalog.walk_relations().map(|relation| relation.schema().to_owned()).collect());
        catalog = source.catalog(&scope).await?;
    }
    require_schemas(&schema.schemas, &catalog)?;
    if let Some((_, name)) = one.filter(|_| catalog.relations.is_empty()) {
        return Err(no_table(&name));
    }
    let mut output = Output::open(schema.output.as_deref())?;
    match schema.format {
        SchemaFormat::Json => {
            let server = source.server();
            let document = json::Document::new(&server, &catalog);
            let mut buffered = BufWriter::with_capacity(1 << 16, &mut output);
            let written = serde_json::to_writer(&mut buffered, &document).map_err(io::Error::from);
            let written = written.and_then(|()| buffered.write_all(b"\n")).and_then(|()| buffered.flush());
            // What is left in the buffer must not be written again while it is dropped.
            drop(buffered.into_parts());
            written.map_err(|error| output.failure(&error))?;
        }
        SchemaFormat::Sql => {
            let terminal = source.live("prints definitions")?;
            definitions::write(terminal, &catalog, schema.schemas.is_empty(), &mut output).await?;
        }
        SchemaFormat::Text => text::write(&source, &catalog, schema.table.is_some(), &mut output)?,
        SchemaFormat::Catalog => {}
    }
    say_denied(&catalog);
    output.finish()
}

/// Writes a catalog file, of the whole database.
async fn taken(source: &target::Source, schema: &Schema) -> Outcome {
    if schema.table.is_some() || schema.system || schema.lean || !schema.schemas.is_empty() {
        return Err(Failure::usage(
            "A catalog file holds the whole database.",
            "Leave --table, --schema, --system and --lean to the commands that read it.",
        ));
    }
    let file = source.live("is read into one")?.catalog_file().await;
    let file = file.map_err(|error| Failure::statement(error, false))?;
    output::print(schema.output.as_deref(), &file.text().map_err(Failure::local)?)?;
    say_denied(&file.catalog(&Scope::complete()));
    Ok(())
}

/// What to say of a relation that was named and is not there.
pub(crate) fn no_table(name: &str) -> Failure {
    let error = AppError::new(app::api::ErrorCode::NotFound, format!("There is no table or view “{name}”."))
        .with_hint("Names are compared letter by letter; one with a dot in it wants --schema beside it.");
    Failure::new(Exit::Statement, error)
}

/// A schema that was named and is not there is an error, not an empty answer.
pub(crate) fn require_schemas(schemas: &[String], catalog: &Catalog) -> Outcome {
    for wanted in schemas {
        if !catalog.schemas.iter().any(|found| found.name == *wanted) {
            let error = AppError::new(app::api::ErrorCode::NotFound, format!("There is no schema “{wanted}”."))
                .with_hint("Names are compared letter by letter; system schemas want --system.");
            return Err(Failure::new(Exit::Statement, error));
        }
    }
    Ok(())
}

/// What a catalog lacks because the login may not read it.
pub(crate) fn say_denied(catalog: &Catalog) {
    for (kind, coverage) in &catalog.coverage {
        if *coverage == catalog::Known::Denied {
            let kind = serde_json::to_value(kind).ok();
            let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or("something").replace('_', " ");
            say::line(&format!("warning: the login may not read {kind}"));
        }
    }
}
