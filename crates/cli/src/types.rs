//! Writes a database as types for code, and says whether types that were written still hold.

use std::{fmt::Write as _, path::Path, sync::Arc};

use app::{
    App,
    api::{AppError, ErrorCode},
};
use catalog::{Catalog, Kind, Scope, facts::Engine};
use serde::Serialize;
use typegen::{Choice, Comparison, Effect, Language, Model, compare};

use crate::{
    arguments::{CheckFormat, TypeLanguage, Types},
    failure::{Exit, Failure, Outcome},
    output,
    say::{self, clean},
    schema, target,
};

/// The version of the JSON.
const VERSION: u32 = 1;

/// What types are made of.
const KINDS: [Kind; 7] =
    [Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes, Kind::Types];

/// What a check found, as JSON.
#[derive(Serialize)]
struct Document<'a> {
    rowhouse_types_check: u32,
    breaking: bool,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// Writes or checks what was asked for.
pub(crate) async fn run(app: &Arc<App>, asked: &Types) -> Outcome {
    let source = target::source(app, &asked.target, asked.password).await?;
    let engine = match source.engine() {
        Some(::schema::Engine::Postgres) => Engine::Postgres,
        Some(::schema::Engine::MySql | ::schema::Engine::MariaDb) => Engine::MySql,
        Some(::schema::Engine::Sqlite) => Engine::Sqlite,
        None => return Err(Failure::usage("The types of this product are not known.", "")),
    };
    // Of the whole database: what a key refers to and a type may be in any schema.
    let scope = Scope { kinds: KINDS.to_vec(), sizes: false, ..Scope::default() };
    let catalog = source.catalog(&scope).await?;
    require_whole(&catalog)?;
    schema::require_schemas(&asked.schemas, &catalog)?;
    let schemas = (!asked.schemas.is_empty()).then(|| asked.schemas.clone());
    let model = Model::of(&catalog, &Choice { engine, schemas });
    let language = match asked.language {
        TypeLanguage::Typescript => Language::TypeScript,
        TypeLanguage::Kysely => Language::Kysely,
        TypeLanguage::Drizzle => Language::Drizzle,
        TypeLanguage::Prisma => Language::Prisma,
        TypeLanguage::Zod => Language::Zod,
        TypeLanguage::Rust => Language::Rust,
    };
    match &asked.check {
        Some(file) => check(asked, file, &model, language),
        None => output::print(asked.output.as_deref(), &typegen::write(&model, language)),
    }
}

/// What the login may not read would look gone.
fn require_whole(catalog: &Catalog) -> Outcome {
    catalog.complete(&KINDS).map_err(|(kind, _)| {
        let error = AppError::new(ErrorCode::Forbidden, format!("The login may not read all {}.", kind.words()))
            .with_hint("Types of a part of them would look as if the rest were gone.");
        Failure::new(Exit::Statement, error)
    })
}

fn check(asked: &Types, file: &Path, model: &Model, language: Language) -> Outcome {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(&error, file, "read"))?;
    let found = compare(&text, model, language).map_err(|why| {
        let message = format!("“{}” cannot be compared: {why}.", clean(&file.display().to_string()));
        Failure::usage(message, "Write it anew with -o, and name with --for what it was written for.")
    })?;
    let written = match asked.format {
        CheckFormat::Text => listed(&found),
        CheckFormat::Json => {
            let breaking = found.is_breaking();
            let document = Document { rowhouse_types_check: VERSION, breaking, comparison: &found };
            let json = serde_json::to_string(&document);
            json.map_err(|error| Failure::local(AppError::new(ErrorCode::Internal, error.to_string())))? + "\n"
        }
    };
    output::print(asked.output.as_deref(), &written)?;
    if found.up_to_date { Ok(()) } else { Err(Failure::silent(Exit::Found)) }
}

fn listed(found: &Comparison) -> String {
    if found.up_to_date {
        return "Up to date.\n".to_owned();
    }
    let mut text = String::new();
    for one in &found.changes {
        let effect = match one.effect {
            Effect::Breaking => "breaking",
            Effect::Addition => "addition",
        };
        let part = one.part.as_deref().map(|part| format!(".{part}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{effect}  {}",
            say::clean(&format!("{}.{}{part} {}", one.on.schema, one.on.name, one.what))
        );
    }
    if text.is_empty() {
        text.push_str("Only keys, comments or what was changed by hand differ.\n");
    }
    text
}
