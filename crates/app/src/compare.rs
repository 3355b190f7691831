//! What differs between two databases, each of them a live one, a catalog file, or a folder of migrations.
//!
//! A folder is what its migrations make: they are applied to a scratch database, which is read and removed. That is made on no server
//! that was not named for it; SQLite needs none.

mod history;
mod told;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use catalog::{ObjectKey, ObjectKind};
use driver::NeverAsk;
use schema::{Body, Comparison, Definition, Engine, LeftOut, Options, Plan, Rename, plan, proposed};
use tokio::sync::oneshot;

use crate::{
    App,
    api::*,
    catalog_files::CatalogFile,
    connections::lock,
    explorer::{Place, blocking},
    migrations::build,
    structure::read_definition,
    terminal::{Opening, Terminal},
};

/// What the window is comparing, by its own name for it.
#[derive(Default)]
pub(crate) struct Comparing(Mutex<HashMap<String, oneshot::Sender<()>>>);

/// One of two that are compared.
pub struct Side {
    title: String,
    of: Of,
    /// Kept open for as long as it is read.
    _terminal: Option<Arc<Terminal>>,
}

enum Of {
    Live(Place),
    File(Box<CatalogFile>),
    Folder { path: PathBuf, scratch: Option<Place> },
}

/// A side as it was read.
#[derive(Debug)]
pub struct ReadSide {
    /// What it is called.
    pub title: String,
    /// How it is defined.
    pub definition: Definition,
    /// What is worth knowing of how it was read, each a sentence.
    pub notes: Vec<String>,
}

/// What was found.
#[derive(Debug)]
pub struct Compared {
    /// What differs, after what has another name.
    pub comparison: Comparison,
    /// The statements that make the first side into the second.
    pub plan: Plan,
    /// What looks like another name.
    pub proposed: Vec<Rename>,
    /// What of either side is not compared.
    pub left_out: Vec<LeftOut>,
}

impl Side {
    /// A database that is open.
    pub fn live(terminal: Arc<Terminal>) -> Self {
        let place = terminal.whole();
        Side { title: title(&place), of: Of::Live(place), _terminal: Some(terminal) }
    }

    /// What a catalog file holds.
    pub fn file(path: &Path, file: CatalogFile) -> Self {
        let title = format!("{} ({})", name(path), file.taken_at());
        Side { title, of: Of::File(Box::new(file)), _terminal: None }
    }

    /// What the migrations of a folder make on the server of `scratch`; on none where it is SQLite's.
    pub fn folder(path: &Path, scratch: Option<Arc<Terminal>>) -> Self {
        let place = scratch.as_ref().map(|terminal| terminal.whole());
        let of = Of::Folder { path: path.to_owned(), scratch: place };
        Side { title: format!("{} (migrations)", name(path)), of, _terminal: scratch }
    }

    fn place(title: String, place: Place) -> Self {
        Side { title, of: Of::Live(place), _terminal: None }
    }

    /// Lends its server to a folder for which none was named.
    fn lends_to(&self, other: &mut Side) {
        let needed = self.engine() != Some(Engine::Sqlite);
        if let (Of::Live(place), Of::Folder { scratch: scratch @ None, .. }) = (&self.of, &mut other.of)
            && needed
        {
            let (connected, opened) = (Arc::clone(&place.connected), Arc::clone(&place.opened));
            *scratch = Some(Place { connected, opened, acting: None });
        }
    }

    /// Whether it is a folder for which no server was named.
    fn is_homeless(&self) -> bool {
        matches!(self.of, Of::Folder { scratch: None, .. })
    }

    fn is_folder(&self) -> bool {
        matches!(self.of, Of::Folder { .. })
    }

    /// The product, where that is known before it is read.
    fn engine(&self) -> Option<Engine> {
        match &self.of {
            Of::File(file) => Some(file.engine()),
            Of::Live(place) | Of::Folder { scratch: Some(place), .. } => {
                let product = &place.opened.connection.control().server().product;
                crate::registry::defines(place.connected.driver.as_ref(), product)
            }
            Of::Folder { scratch: None, .. } => None,
        }
    }

    async fn read(self, app: &App, schemas: Option<Vec<String>>) -> Result<ReadSide, AppError> {
        let (definition, notes) = match self.of {
            Of::Live(place) => {
                (read_definition(&place.connected, &place.opened, schemas).await?.definition, Vec::new())
            }
            Of::File(file) => (blocking(move || file.definition(schemas)).await??, Vec::new()),
            Of::Folder { path, scratch } => built(app, &path, scratch.as_ref(), schemas).await?,
        };
        Ok(ReadSide { title: self.title, definition, notes })
    }
}

/// What a folder's migrations make, read from a scratch database that goes again however this ends.
async fn built(
    app: &App,
    folder: &Path,
    server: Option<&Place>,
    schemas: Option<Vec<String>>,
) -> Result<(Definition, Vec<String>), AppError> {
    let scratch = match server {
        Some(place) => app.scratch(place).await?,
        None => app.scratch_file().await?,
    };
    let read = async {
        build(app, &scratch.place, folder).await?;
        read_definition(&scratch.place.connected, &scratch.place.opened, schemas).await
    };
    let read = read.await;
    let mut notes = scratch.notes.clone();
    let removed = scratch.remove().await;
    let defined = read?;
    if let Err(error) = removed {
        notes.push(format!("The scratch database is left: {}", error.message));
    }
    Ok((defined.definition, notes))
}

/// The connection's name, with the database's where the server has several.
fn title(place: &Place) -> String {
    let profile = &place.connected.profile;
    let database = place.opened.database().filter(|_| place.connected.has_databases());
    match database.filter(|database| !profile.name.contains(database.as_str())) {
        Some(database) => format!("{} · {database}", profile.name),
        None => profile.name.clone(),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Compares two definitions. Takes a while for very many objects.
///
/// # Errors
/// `InvalidStatement` for two products, for an engine whose statements are not written, and for a rename that cannot be.
pub fn compare(from: &Definition, to: &Definition, renames: Vec<Rename>) -> Result<Compared, AppError> {
    let refused = |refusal: schema::Refusal| AppError::new(ErrorCode::InvalidStatement, refusal.to_string());
    let options = Options { renames, ..Options::default() };
    let found = plan(from, to, &options).map_err(refused)?;
    // What has another name is compared under it.
    let renamed = from.renamed(&options.renames).map_err(refused)?;
    Ok(Compared {
        comparison: Comparison::between(&renamed, to),
        plan: found,
        proposed: proposed(&renamed, to),
        left_out: from.left_out.iter().chain(&to.left_out).cloned().collect(),
    })
}

/// An object by its names, as people write them.
pub fn dotted(key: &ObjectKey) -> String {
    let mut parts: Vec<&str> = key.schema.as_deref().into_iter().collect();
    if is_part(key) {
        parts.extend(key.signature.as_deref());
    }
    parts.push(&key.name);
    let name = parts.join(".");
    match (key.kind, &key.signature) {
        (ObjectKind::Routine, Some(arguments)) => format!("{name}({arguments})"),
        _ => name,
    }
}

/// Whether its signature names a relation that it goes with.
pub fn is_part(key: &ObjectKey) -> bool {
    matches!(key.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy)
}

/// What kind of object it is, in words, told by its body where that says more.
pub fn kind_words(key: &ObjectKey, body: Option<&Body>) -> &'static str {
    match (key.kind, body) {
        (_, Some(Body::Table(_))) => "table",
        (_, Some(Body::View(view))) if view.materialized => "materialized view",
        (_, Some(Body::View(_))) => "view",
        (_, Some(Body::ForeignKey(_))) => "foreign key",
        (_, Some(Body::Event(_))) => "event",
        (ObjectKind::Schema, _) => "schema",
        (ObjectKind::Relation, _) => "relation",
        (ObjectKind::Column, _) => "column",
        (ObjectKind::Index, _) => "index",
        (ObjectKind::Constraint, _) => "constraint",
        (ObjectKind::Trigger, _) => "trigger",
        (ObjectKind::Policy, _) => "policy",
        (ObjectKind::Routine, _) => "routine",
        (ObjectKind::Type, _) => "type",
        (ObjectKind::Sequence, _) => "sequence",
        (ObjectKind::Extension, _) => "extension",
        (ObjectKind::Role, _) => "role",
        (ObjectKind::Event, _) => "event",
        (ObjectKind::Database | ObjectKind::Publication | ObjectKind::EventTrigger, _) => "object",
    }
}

impl App {
    /// Reads both sides at once, or a folder's after the other where it takes its product from that. A caller that goes away stops
    /// both; a scratch database goes as well.
    ///
    /// # Errors
    /// As connecting and reading; `InvalidStatement` for a folder for which a server has to be named; as its migrations say.
    pub async fn read_sides(
        &self,
        from: Side,
        to: Side,
        schemas: &[String],
        no_access: bool,
    ) -> Result<[ReadSide; 2], AppError> {
        let schemas = (!schemas.is_empty()).then(|| schemas.to_owned());
        let named = schemas.clone();
        for (side, other) in [(&from, &to), (&to, &from)] {
            let known = other.engine();
            if side.is_homeless() && known.is_some_and(|engine| engine != Engine::Sqlite) {
                let message = "A folder of migrations needs a server where a scratch database may be made for it.";
                return Err(AppError::new(ErrorCode::InvalidStatement, message).with_hint("Name one for it."));
            }
        }
        let folders = from.is_folder() || to.is_folder();
        let (mut from, mut to) = tokio::try_join!(from.read(self, schemas.clone()), to.read(self, schemas))?;
        if let Some(schemas) = &named {
            let is_there = |name: &String| {
                let has = |side: &ReadSide| side.definition.has_schema(name);
                has(&from) || has(&to)
            };
            if let Some(name) = schemas.iter().find(|name| !is_there(name)) {
                let message = format!("Neither side has a schema “{name}”.");
                return Err(AppError::new(ErrorCode::InvalidStatement, message));
            }
        }
        for side in [&mut from, &mut to] {
            if folders {
                history::leave_out(&mut side.definition);
            }
            if no_access {
                let empty = Definition::new(side.definition.server);
                side.definition = std::mem::replace(&mut side.definition, empty).without_access();
            }
        }
        Ok([from, to])
    }

    /// Compares what was asked for; [`App::stop_comparing`] stops it by the same id.
    ///
    /// # Errors
    /// As [`App::read_sides`] and [`compare`]; `Cancelled`.
    pub async fn compare_databases(
        &self,
        request: CompareRequest,
        compare_id: &str,
    ) -> Result<CompareResult, AppError> {
        let (stop, stopped) = oneshot::channel();
        // Whoever asks again under the same name does not want the first answer.
        drop(lock(&self.comparing.0).insert(compare_id.to_owned(), stop));
        tokio::select! {
            biased;
            _ = stopped => Err(AppError::new(ErrorCode::Cancelled, "The comparison was stopped.")),
            done = self.compared(request) => {
                lock(&self.comparing.0).remove(compare_id);
                done
            }
        }
    }

    /// Stops a comparison; one that has ended is stopped already.
    pub fn stop_comparing(&self, compare_id: &str) {
        drop(lock(&self.comparing.0).remove(compare_id));
    }

    async fn compared(&self, request: CompareRequest) -> Result<CompareResult, AppError> {
        let renames: Vec<Rename> = request.renames.iter().map(told::rename).collect::<Result<_, AppError>>()?;
        let (mut from, mut to) = tokio::try_join!(self.side(&request.from), self.side(&request.to))?;
        from.lends_to(&mut to);
        to.lends_to(&mut from);
        let sides = self.read_sides(from, to, &request.schemas, request.no_access).await?;
        blocking(move || {
            let [from, to] = &sides;
            let renames = told::known(renames, &from.definition);
            let compared = compare(&from.definition, &to.definition, renames)?;
            Ok(told::told(&sides, &compared))
        })
        .await?
    }

    /// A side that the window names.
    async fn side(&self, asked: &CompareSide) -> Result<Side, AppError> {
        match asked {
            CompareSide::Database { profile_id, database } => {
                let place = self.place_in(profile_id, database.as_deref()).await?;
                if place.connected.has_databases() {
                    // Its name comes with its catalog.
                    place.opened.shelf.get(&place.opened, &place.connected).await?;
                }
                Ok(Side::place(title(&place), place))
            }
            CompareSide::File { path } => {
                let path =
                    std::path::absolute(path).map_err(|error| AppError::file(&error, Path::new(path), "read"))?;
                self.file_side(path).await
            }
            CompareSide::Folder { path, scratch_profile_id } => {
                let path = Path::new(path);
                let mut side = Side::folder(path, None);
                if let Some(profile_id) = scratch_profile_id {
                    let scratch = Some(self.place_in(profile_id, None).await?);
                    side.of = Of::Folder { path: path.to_owned(), scratch };
                }
                Ok(side)
            }
        }
    }

    async fn file_side(&self, path: PathBuf) -> Result<Side, AppError> {
        let looked = path.clone();
        let read = blocking(move || {
            CatalogFile::is_like(&looked)
                .then(|| CatalogFile::read(&looked).map_err(|error| error.of(&looked)))
                .transpose()
        });
        if let Some(file) = read.await?? {
            return Ok(Side::file(&path, file));
        }
        let target = path.to_string_lossy().into_owned();
        let opening =
            Opening { target, database: None, read_only: true, password: None, ask: Arc::new(NeverAsk), warn: |_| {} };
        let terminal = self.open_target(opening).await?;
        Ok(Side { title: name(&path), ..Side::live(Arc::new(terminal)) })
    }
}

#[cfg(test)]
mod tests;
