//! Prints what a database contains.

mod definitions;
mod json;

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use app::{App, api::AppError};
use catalog::{Catalog, Kind, Scope};

use crate::{
    arguments::{Schema, SchemaFormat},
    failure::{Exit, Failure, Outcome},
    output::Output,
    say, target,
};

/// Prints a schema as it was asked for.
pub(crate) async fn run(app: &Arc<App>, schema: &Schema) -> Outcome {
    let terminal = target::open(app, &schema.target, true, schema.password).await?;
    let scope = Scope {
        kinds: if schema.lean { Kind::LEAN.to_vec() } else { Kind::ALL.to_vec() },
        schemas: (!schema.schemas.is_empty()).then(|| schema.schemas.clone()),
        relation: None,
        include_system: schema.system,
        definitions: schema.format == SchemaFormat::Json && !schema.lean,
    };
    let catalog = terminal.catalog(&scope).await.map_err(|error| Failure::statement(error, false))?;
    require_schemas(schema, &catalog)?;
    let mut output = Output::open(schema.output.as_deref())?;
    match schema.format {
        SchemaFormat::Json => {
            let server = terminal.server();
            let document = json::Document::new(&server, &catalog);
            let mut buffered = BufWriter::with_capacity(1 << 16, &mut output);
            let written = serde_json::to_writer(&mut buffered, &document).map_err(io::Error::from);
            let written = written.and_then(|()| buffered.write_all(b"\n")).and_then(|()| buffered.flush());
            // What is left in the buffer must not be written again while it is dropped.
            drop(buffered.into_parts());
            written.map_err(|error| output.failure(&error))?;
        }
        SchemaFormat::Sql => definitions::write(&terminal, &catalog, schema.schemas.is_empty(), &mut output).await?,
    }
    say_denied(&catalog);
    output.finish()
}

/// A schema that was named and is not there is an error, not an empty answer.
fn require_schemas(schema: &Schema, catalog: &Catalog) -> Outcome {
    for wanted in &schema.schemas {
        if !catalog.schemas.iter().any(|found| found.name == *wanted) {
            let error = AppError::new(app::api::ErrorCode::NotFound, format!("There is no schema “{wanted}”."))
                .with_hint("Names are compared letter by letter; system schemas want --system.");
            return Err(Failure::new(Exit::Statement, error));
        }
    }
    Ok(())
}

fn say_denied(catalog: &Catalog) {
    for (kind, coverage) in &catalog.coverage {
        if *coverage == catalog::Known::Denied {
            let kind = serde_json::to_value(kind).ok();
            let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or("something").replace('_', " ");
            say::line(&format!("warning: the login may not read {kind}"));
        }
    }
}
