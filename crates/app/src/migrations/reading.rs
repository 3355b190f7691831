//! A folder and the histories of a database, read.

use std::{path::PathBuf, time::Duration};

use driver::Statement;
use migration::{Applied, File, Folder, Found, History, Row, State, Tool, status};
use schema::Engine;
use sha2::{Digest as _, Sha256};

use super::files;
use crate::{
    api::*,
    explorer::{Place, blocking},
    references::asks,
    registry,
};

/// How long a history may take to read.
const LIMIT: Duration = Duration::from_secs(30);

/// How a database stands to a folder.
pub(super) struct Standing {
    pub(super) engine: Engine,
    /// As the server calls the database.
    pub(super) database: String,
    pub(super) path: Option<PathBuf>,
    pub(super) folder: Option<Folder>,
    pub(super) histories: Vec<(Found, Vec<Applied>)>,
    /// Whose rows these are.
    pub(super) tool: Option<Tool>,
    pub(super) rows: Vec<Row>,
    /// sqlx's, where statements find it or would make it.
    pub(super) history: History,
    pub(super) digest: String,
}

/// The product whose migrations these are.
///
/// # Errors
/// `Unsupported`.
pub(super) fn engine_of(place: &Place) -> Result<Engine, AppError> {
    let product = &place.opened.connection.control().server().product;
    registry::defines(place.connected.driver.as_ref(), product).ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, format!("Migrations of {product} databases are not applied yet."))
    })
}

impl Standing {
    /// Reads both; the folder alone where none is named is none.
    ///
    /// # Errors
    /// As the disk and the server say; `Unsupported`.
    pub(super) async fn of(place: &Place, folder: Option<&str>) -> Result<Self, AppError> {
        let engine = engine_of(place)?;
        let path = folder.map(PathBuf::from);
        let read = match path.clone() {
            Some(path) => Some(blocking(move || files::read(&path)).await??),
            None => None,
        };
        let (database, schema) = names(place, engine).await?;
        let looked = ask(place, Tool::looking(engine), 4).await?;
        let mut histories = Vec::new();
        for found in Tool::found(&looked) {
            let rows = ask(place, found.query(engine), 7).await?;
            histories.push((found, rows.iter().filter_map(|row| Applied::of_row(row)).collect::<Vec<_>>()));
        }
        let (folder, files) = match read {
            Some((folder, files)) => {
                let tools: Vec<Tool> = histories.iter().map(|(found, _)| found.tool).collect();
                (Some(folder.beside(&tools)), files)
            }
            None => (None, Vec::new()),
        };
        let tool = folder.as_ref().and_then(|folder| folder.tool).or_else(|| Some(histories.first()?.0.tool));
        // One of sqlx's that statements do not find is not the one that it would use here.
        let own =
            |found: &Found| Some(found.tool) == tool && (found.visible || found.tool != Tool::Sqlx || folder.is_none());
        let applied =
            histories.iter().find(|(found, _)| own(found)).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
        let rows = tool.map(|tool| status(folder.as_ref(), applied, tool)).unwrap_or_default();
        let visible = histories.iter().find(|(found, _)| found.tool == Tool::Sqlx && found.visible);
        let schema = visible.and_then(|(found, _)| found.schema.clone()).or(schema);
        let history = History::new(engine, schema.as_deref());
        let digest = digest(place, &database, &files, &histories);
        Ok(Standing { engine, database, path, folder, histories, tool, rows, history, digest })
    }

    /// Why nothing can be applied from here, or taken back.
    pub(super) fn refusal(&self) -> Option<String> {
        let folder = self.folder.as_ref()?;
        if let Some(tool) = folder.tool.filter(|tool| *tool != Tool::Sqlx) {
            return Some(format!("{}'s migrations are applied by {}.", tool.label(), tool.label()));
        }
        if let Some(obstacle) = folder.obstacle() {
            return Some(obstacle.to_owned());
        }
        let first = |wanted: fn(&State) -> bool| self.rows.iter().find(|row| wanted(&row.state));
        if let Some(row) = first(|state| *state == State::Failed) {
            return Some(format!(
                "{} was begun and not brought to its end: bring it there or take it back by hand, then settle it.",
                row.version
            ));
        }
        if let Some(row) = first(|state| matches!(state, State::Drifted { .. })) {
            return Some(format!(
                "{} is another file now than was applied: put back what was applied, and change things by a new migration.",
                row.version
            ));
        }
        first(|state| *state == State::Missing)
            .map(|row| format!("{} was applied, and its file is not in the folder: put it back.", row.version))
    }

    /// Rows that are not applied.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| matches!(row.state, State::Pending | State::Late))
    }
}

/// What the server calls the database, and on PostgreSQL the schema in which tables are made.
///
/// # Errors
/// As the server says; `InvalidStatement` where the connection is in none.
pub(super) async fn names(place: &Place, engine: Engine) -> Result<(String, Option<String>), AppError> {
    let query = match engine {
        Engine::Postgres => "SELECT pg_catalog.current_database(), pg_catalog.current_schema()",
        Engine::MySql | Engine::MariaDb => "SELECT DATABASE(), NULL",
        Engine::Sqlite => return Ok((String::new(), None)),
    };
    let rows = ask(place, query.to_owned(), 2).await?;
    let mut names = rows.into_iter().next().unwrap_or_default().into_iter();
    let database = names.next().flatten().ok_or_else(|| {
        AppError::new(ErrorCode::InvalidStatement, "Migrations are of one database, and the connection names none.")
            .with_hint("Name the database in the connection.")
    })?;
    Ok((database, names.next().flatten()))
}

/// Asks the server something of ours.
///
/// # Errors
/// As the server says.
pub(super) async fn ask(place: &Place, query: String, columns: usize) -> Result<Vec<asks::Texts>, AppError> {
    asks::run(place, Statement::new(query.as_str()).with_timeout(LIMIT), columns).await
}

fn digest(place: &Place, database: &str, files: &[File], histories: &[(Found, Vec<Applied>)]) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update(bytes.len().to_le_bytes());
        digest.update(bytes);
    };
    add(place.connected.profile.id.as_bytes());
    add(place.connected.profile.target.as_bytes());
    add(database.as_bytes());
    for file in files {
        add(file.path.as_bytes());
        add(&file.bytes);
    }
    for (found, rows) in histories {
        add(format!("{found:?}{rows:?}").as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
