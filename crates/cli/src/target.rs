//! Opening what a command names.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use app::{
    App,
    api::{AppError, ErrorCode, ObjectPage, RelationPage, ServerFacts},
    catalog_files::CatalogFile,
    terminal::{Opening, Terminal},
};
use catalog::{Catalog, Scope};

use crate::{
    arguments::PasswordInput,
    failure::{Exit, Failure, Outcome},
    prompt::{self, TerminalAsk},
    say,
};

/// Opens a target for reading, or for writing where its safety level allows it.
pub(crate) async fn open(app: &App, target: &str, read_only: bool, input: PasswordInput) -> Outcome<Terminal> {
    let password = prompt::given(input)?;
    let ask = Arc::new(TerminalAsk { given: password.is_some() });
    let warn = |warning: &str| say::line(&format!("warning: {}", say::clean(warning)));
    let opening = Opening { target: target.to_owned(), database: None, read_only, password, ask, warn };
    app.open_target(opening).await.map_err(Failure::connecting)
}

/// What a catalog is read from.
pub(crate) enum Source {
    /// A database.
    Live(Arc<Terminal>),
    /// What was kept of one.
    File(PathBuf, Box<CatalogFile>),
}

/// Opens a target for reading its catalog: a database, or a catalog file, for which no server is needed.
pub(crate) async fn source(app: &App, target: &str, input: PasswordInput) -> Outcome<Source> {
    match catalog_file(app, target).await? {
        Some((path, file)) => Ok(Source::File(path, Box::new(file))),
        None => Ok(Source::Live(Arc::new(open(app, target, true, input).await?))),
    }
}

/// The catalog file of this name; a saved connection of the same name comes before it.
async fn catalog_file(app: &App, target: &str) -> Outcome<Option<(PathBuf, CatalogFile)>> {
    let path = PathBuf::from(target.trim());
    if !path.is_file() || !CatalogFile::is_like(&path) || app.is_saved(target).await.map_err(Failure::local)? {
        return Ok(None);
    }
    let file = CatalogFile::read(&path).map_err(|error| Failure::new(Exit::Usage, error.of(&path)))?;
    Ok(Some((path, file)))
}

impl Source {
    /// The catalog, or this much of it.
    pub(crate) async fn catalog(&self, scope: &Scope) -> Outcome<Catalog> {
        match self {
            Source::Live(terminal) => terminal.catalog(scope).await.map_err(|error| Failure::statement(error, false)),
            Source::File(_, file) => Ok(file.catalog(scope)),
        }
    }

    /// The server.
    pub(crate) fn server(&self) -> ServerFacts {
        match self {
            Source::Live(terminal) => terminal.server(),
            Source::File(_, file) => file.server(),
        }
    }

    /// Whose types and definitions the catalog's are; `None` for engines that are not known that well.
    pub(crate) fn engine(&self) -> Option<::schema::Engine> {
        match self {
            Source::Live(terminal) => terminal.engine(),
            Source::File(_, file) => Some(file.engine()),
        }
    }

    /// A catalog of it in words.
    pub(crate) fn pages(&self, catalog: &Catalog) -> (Vec<RelationPage>, Vec<ObjectPage>) {
        match self {
            Source::Live(terminal) => terminal.pages(catalog),
            Source::File(_, file) => file.pages(catalog),
        }
    }

    /// The database itself, for what only a server can do (`prints definitions`).
    pub(crate) fn live(&self, what: &str) -> Outcome<&Terminal> {
        match self {
            Source::Live(terminal) => Ok(terminal),
            Source::File(path, _) => Err(no_server(path, what)),
        }
    }
}

fn no_server(path: &Path, what: &str) -> Failure {
    let message = format!("“{}” is a catalog file: only a server {what}.", path.display());
    let hint = "Name the database in its place.";
    Failure::new(Exit::Usage, AppError::new(ErrorCode::Unsupported, message).with_hint(hint))
}
