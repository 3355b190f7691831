//! Draws a database, and writes the drawing as a picture or a text.

use std::{
    collections::BTreeSet,
    io::{IsTerminal, Write},
    path::Path,
    sync::Arc,
};

use app::{
    App,
    api::{AppError, ErrorCode},
};
use catalog::{Catalog, Kind, ObjectKey, Scope};
use erd::{Choice, Columns, Diagram, Drawing, Grouping, Look, PictureError, Staged, text::Shown};

use crate::{
    arguments::{Erd, ErdColumns, ErdFormat, ErdGroup},
    failure::{Exit, Failure, Outcome},
    output::Output,
    schema, target,
};

/// What is drawn is made of these.
const KINDS: [Kind; 6] =
    [Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Constraints, Kind::ForeignKeys, Kind::Indexes];

/// Draws what was asked for.
pub(crate) async fn run(app: &Arc<App>, asked: &Erd) -> Outcome {
    let format = format(asked, std::io::stdout().is_terminal())?;
    let source = target::source(app, &asked.target, asked.password).await?;
    if format == ErdFormat::Sql {
        source.live("prints definitions")?;
    }
    // Of the whole database: a table's neighbours may be in any schema.
    let scope = Scope {
        kinds: KINDS.to_vec(),
        schemas: None,
        relation: None,
        include_system: false,
        definitions: false,
        sizes: false,
    };
    let catalog = source.catalog(&scope).await?;
    schema::require_schemas(&asked.schemas, &catalog)?;
    let diagram = drawn(asked, &catalog)?;
    let mut output = Output::open(asked.output.as_deref())?;
    if format == ErdFormat::Sql {
        let keys: Vec<ObjectKey> = diagram.entities.iter().map(|entity| entity.key.clone()).collect();
        schema::write_relations(source.live("prints definitions")?, &catalog, &keys, &mut output).await?;
    } else {
        let bytes = written(&diagram, asked, format)?;
        output.write_all(&bytes).map_err(|error| output.failure(&error))?;
    }
    schema::say_denied(&catalog);
    output.finish()
}

/// The format by its name, or by the file's.
fn format(asked: &Erd, on_terminal: bool) -> Outcome<ErdFormat> {
    let file = asked.output.as_deref().filter(|path| *path != Path::new("-"));
    let format = match (asked.format, file) {
        (Some(format), _) => format,
        (None, None) => ErdFormat::Mermaid,
        (None, Some(path)) => ErdFormat::of(path).ok_or_else(|| {
            let message = format!("“{}” does not say by its name what to write.", path.display());
            Failure::usage(message, "Name --format: svg, png, pdf, mermaid, dbml, plantuml, sql or json.")
        })?,
    };
    if file.is_none() && on_terminal && !format.is_text() {
        return Err(Failure::usage("A terminal cannot show that format.", "Name a file with -o."));
    }
    Ok(format)
}

/// The diagram of what was asked for.
fn drawn(asked: &Erd, catalog: &Catalog) -> Outcome<Diagram> {
    let mut choice = Choice {
        schemas: (!asked.schemas.is_empty()).then(|| asked.schemas.clone()),
        relations: None,
        hidden: Vec::new(),
        views: asked.views,
        partitions: asked.partitions,
        columns: match asked.columns {
            ErdColumns::All => Columns::All,
            ErdColumns::Keys => Columns::Keys,
            ErdColumns::None => Columns::None,
        },
        inferred: asked.inferred,
    };
    if asked.tables.is_empty() {
        choice.relations = asked.schemas.is_empty().then(|| of_named(catalog)).flatten();
        return Ok(Diagram::of(catalog, &choice));
    }
    let mut named = Vec::new();
    for table in &asked.tables {
        named.extend(keys_of(table, &asked.schemas, catalog)?);
    }
    if asked.neighbours > 0 {
        // A view that is named has neighbours too.
        let everything =
            Choice { schemas: None, columns: Columns::None, views: true, partitions: true, ..choice.clone() };
        let around = Diagram::of(catalog, &everything);
        let places: Vec<usize> = named.iter().filter_map(|key| around.find(key)).collect();
        let offered = Diagram::of(catalog, &choice);
        let near = around.neighbours(&places, usize::from(asked.neighbours)).into_iter();
        let near = near.map(|place| around.entities[place].key.clone());
        named.extend(near.filter(|key| offered.find(key).is_some()));
    }
    choice.relations = Some(named);
    Ok(Diagram::of(catalog, &choice))
}

/// Where the catalog has all databases of a server, as schemas: what is in the one that was named, and what of others it refers to.
fn of_named(catalog: &Catalog) -> Option<Vec<ObjectKey>> {
    let named = catalog.search_path.first().filter(|_| catalog.database.is_none())?;
    let mut found = BTreeSet::new();
    for relation in catalog.walk_relations().filter(|one| one.schema() == named) {
        found.insert(relation.key());
        let referred = relation.foreign_keys().iter().filter_map(|key| catalog.relation(key.referenced?));
        found.extend(referred.map(|one| one.key()));
    }
    Some(found.into_iter().collect())
}

/// The relations of a name; those of several schemas where none is named.
fn keys_of(table: &str, schemas: &[String], catalog: &Catalog) -> Outcome<Vec<ObjectKey>> {
    let (schema, name) = schema::split(table, schemas);
    let is_meant = |found: &str| match &schema {
        Some(schema) => schema == found,
        None => schemas.is_empty() || schemas.iter().any(|schema| schema == found),
    };
    let relations = catalog.walk_relations().filter(|one| one.row().name == name && is_meant(one.schema()));
    let keys: Vec<ObjectKey> = relations.map(|relation| relation.key()).collect();
    if keys.is_empty() {
        return Err(schema::no_table(&name));
    }
    Ok(keys)
}

fn written(diagram: &Diagram, asked: &Erd, format: ErdFormat) -> Outcome<Vec<u8>> {
    let grouping = match asked.group {
        ErdGroup::None => Grouping::None,
        ErdGroup::Schema => Grouping::Schema,
        ErdGroup::Cluster => Grouping::Cluster,
    };
    let groups = diagram.groups(grouping);
    let shown = Shown::new(diagram, &groups);
    match format {
        ErdFormat::Mermaid => return Ok(erd::text::mermaid(&shown).into_bytes()),
        ErdFormat::Dbml => return Ok(erd::text::dbml(&shown).into_bytes()),
        ErdFormat::Plantuml => return Ok(erd::text::plantuml(&shown).into_bytes()),
        ErdFormat::Svg | ErdFormat::Png | ErdFormat::Pdf | ErdFormat::Json | ErdFormat::Sql => {}
    }
    let found = diagram.arrange(grouping);
    let lines = diagram.lines(&found.places, &found.ways);
    let frames = diagram.frames(grouping, &found.places);
    let drawing = Drawing {
        diagram,
        places: &found.places,
        lines: &lines,
        frames: &frames,
        notes: &[],
        colours: &[],
        staged: Staged::NOTHING,
    };
    let look = if asked.dark { Look::DARK } else { Look::LIGHT };
    match format {
        ErdFormat::Png => erd::png(&drawing, &look).map_err(refused),
        ErdFormat::Pdf => erd::pdf(&drawing, &look).map_err(refused),
        ErdFormat::Json => Ok(erd::text::json(&drawing).into_bytes()),
        _ => Ok(erd::svg(&drawing, &look).into_bytes()),
    }
}

fn refused(error: PictureError) -> Failure {
    match error {
        PictureError::TooLarge { .. } => {
            Failure::usage(error.to_string(), "SVG and PDF have no such limit; or draw less of the database.")
        }
        PictureError::Refused(_) => Failure::new(Exit::Local, AppError::new(ErrorCode::Internal, error.to_string())),
    }
}
