//! Writes what a database contains as a data dictionary: one file of HTML, or a folder of Markdown.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::App;
use catalog::{Catalog, Kind, Scope};
use dictionary::{Book, Choice, File, MARK};
use erd::{Columns, Diagram, Drawing, Grouping, Groups, Look, Staged, text::Shown};

use crate::{
    arguments::{Docs, DocsFormat},
    failure::{Failure, Outcome},
    output, schema, target,
};

/// Above so many tables a diagram shows keys only.
const MANY: usize = 80;
/// More characters than that, and Mermaid refuses by its own setting (`maxTextSize`).
const MERMAID: usize = 50_000;

/// Writes what was asked for.
pub(crate) async fn run(app: &Arc<App>, asked: &Docs) -> Outcome {
    if asked.format == DocsFormat::Markdown {
        require_own(&asked.output)?;
    }
    let source = target::source(app, &asked.target, asked.password).await?;
    let mut scope = Scope { sizes: false, ..Scope::complete() };
    // Who may log in to the server is nothing of a database.
    scope.kinds.retain(|kind| *kind != Kind::Roles);
    let catalog = source.catalog(&scope).await?;
    schema::require_schemas(&asked.schemas, &catalog)?;
    let schemas = (!asked.schemas.is_empty()).then(|| asked.schemas.clone());
    let server = source.server();
    let title = asked.title.clone().or_else(|| catalog.database.clone()).unwrap_or_else(|| server.product.clone());
    let server = format!("{} {}", server.product, server.version);
    let book = Book::of(&catalog, &Choice { title, server, schemas: schemas.clone() });
    let diagram = (!asked.no_diagram).then(|| drawn(&catalog, schemas)).filter(|one| !one.entities.is_empty());
    match asked.format {
        DocsFormat::Html => {
            let pictures = diagram.as_ref().map(pictures);
            let pictures = pictures.as_ref().map(|(light, dark)| dictionary::Diagram { light, dark });
            output::print(Some(&asked.output), &dictionary::html(&book, pictures))?;
        }
        DocsFormat::Markdown => {
            let text = diagram.as_ref().map(mermaid).filter(|text| text.chars().count() <= MERMAID);
            if diagram.is_some() && text.is_none() {
                crate::say::line("warning: the diagram is left out: it is longer than Mermaid reads");
            }
            write_all(&asked.output, &dictionary::markdown(&book, text.as_deref()))?;
        }
    }
    schema::say_denied(&catalog);
    Ok(())
}

fn mermaid(diagram: &Diagram) -> String {
    erd::text::mermaid(&Shown::new(diagram, &Groups::default()))
}

fn drawn(catalog: &Catalog, schemas: Option<Vec<String>>) -> Diagram {
    let mut choice = erd::Choice {
        schemas,
        relations: None,
        hidden: Vec::new(),
        views: false,
        partitions: false,
        columns: Columns::None,
        inferred: false,
    };
    let count = Diagram::of(catalog, &choice).entities.len();
    choice.columns = if count > MANY { Columns::Keys } else { Columns::All };
    Diagram::of(catalog, &choice)
}

/// The diagram on light and on dark ground.
fn pictures(diagram: &Diagram) -> (String, String) {
    let schemas: HashSet<Option<&str>> = diagram.entities.iter().map(|entity| entity.key.schema.as_deref()).collect();
    let grouping = if schemas.len() > 1 { Grouping::Schema } else { Grouping::None };
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
    (erd::svg(&drawing, &Look::LIGHT), erd::svg(&drawing, &Look::DARK))
}

/// A folder is this command's own when it is not there, is empty, or was written by it.
fn require_own(folder: &Path) -> Outcome {
    let refused = |what: &str| {
        let message = format!("“{}” {what}.", folder.display());
        Err(Failure::usage(message, "Name a folder that is not there yet, or one that this command wrote."))
    };
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => refused("is a file, and markdown is a folder"),
        Err(error) => Err(Failure::file(&error, folder, "read")),
        Ok(mut entries) => {
            if entries.next().is_none() || is_own(&folder.join("README.md")) {
                Ok(())
            } else {
                refused("holds something else")
            }
        }
    }
}

/// Whether a file was written by this command.
fn is_own(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.starts_with(MARK))
}

/// Writes every file, and removes those of an earlier time whose objects are gone.
fn write_all(folder: &Path, files: &[File]) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| Failure::file(&error, folder, "made"))?;
    for file in files {
        output::print(Some(&folder.join(&file.name)), &file.text)?;
    }
    let kept: HashSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let entries = fs::read_dir(folder).map_err(|error| Failure::file(&error, folder, "read"))?;
    let old: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !kept.contains(name)))
        .filter(|path| is_own(path))
        .collect();
    for path in old {
        fs::remove_file(&path).map_err(|error| Failure::file(&error, &path, "removed"))?;
    }
    Ok(())
}
