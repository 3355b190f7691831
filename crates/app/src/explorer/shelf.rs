//! Catalogs in memory: immutable, one per open database, replaced as a whole.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use catalog::{Catalog, Kind, RelationId, Schema, Scope};
use driver::Connection;

use super::{
    kept::CatalogKey,
    names::{Names, fold},
    quiet::Quiet,
    splice::spliced,
    thorough,
};
use crate::{
    api::{AppError, Topic},
    connections::{Connected, Opened, lock},
};

/// A catalog and what is found in it often.
pub(crate) struct Shelved {
    pub(crate) catalog: Catalog,
    /// The server's own schemas, whose content is read when they are opened.
    pub(crate) systems: Vec<Schema>,
    /// By name in lower case.
    by_name: HashMap<String, Vec<RelationId>>,
    pub(crate) names: Names,
}

impl Shelved {
    pub(crate) fn new(catalog: Catalog, systems: Vec<Schema>) -> Self {
        let mut by_name: HashMap<String, Vec<RelationId>> = HashMap::with_capacity(catalog.relations.len());
        for relation in catalog.walk_relations() {
            by_name.entry(fold(&relation.row().name)).or_default().push(relation.id());
        }
        let names = Names::of(&catalog);
        Shelved { catalog, systems, by_name, names }
    }

    /// The relation of exactly this name; without a schema the first in the catalog's order.
    pub(crate) fn relation(&self, schema: Option<&str>, name: &str) -> Option<RelationId> {
        self.find(schema, name, |a, b| a == b)
    }

    /// The relation a name in a text means: without a schema that of the first on `path` that has it, or else the first.
    /// `same` tells whether two names are one.
    pub(crate) fn meant(
        &self,
        same: impl Fn(&str, &str) -> bool + Copy,
        path: &[String],
        schema: Option<&str>,
        name: &str,
    ) -> Option<RelationId> {
        let mut near = path.iter().filter(|_| schema.is_none());
        near.find_map(|usual| self.find(Some(usual), name, same)).or_else(|| self.find(schema, name, same))
    }

    fn find(&self, schema: Option<&str>, name: &str, same: impl Fn(&str, &str) -> bool) -> Option<RelationId> {
        self.by_name.get(&fold(name)).into_iter().flatten().copied().find(|id| {
            self.catalog.relations.get(id.0 as usize).is_some_and(|relation| {
                let own = self.catalog.schema_name(relation.schema);
                same(&relation.name, name) && schema.is_none_or(|schema| same(own, schema))
            })
        })
    }
}

/// The catalogs of one open database.
pub(crate) struct Shelf {
    database: Mutex<Option<String>>,
    latest: Mutex<Option<Arc<Shelved>>>,
    /// System schemas that were opened, by name.
    systems: Mutex<HashMap<String, Arc<Shelved>>>,
    turn: tokio::sync::Mutex<()>,
    wanted: AtomicU64,
    served: AtomicU64,
    reading: AtomicU32,
    /// Where its catalogs are kept, if they are.
    pub(super) kept: Option<CatalogKey>,
    pub(crate) quiet: Arc<Quiet>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.quiet.close();
    }
}

impl Shelf {
    pub(crate) fn new(database: Option<String>, kept: Option<CatalogKey>) -> Self {
        Shelf {
            kept,
            quiet: Arc::new(Quiet::new()),
            database: Mutex::new(database),
            latest: Mutex::default(),
            systems: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            wanted: AtomicU64::new(0),
            served: AtomicU64::new(0),
            reading: AtomicU32::new(0),
        }
    }

    pub(crate) fn database(&self) -> Option<String> {
        lock(&self.database).clone()
    }

    /// The catalog, if it was read.
    pub(crate) fn latest(&self) -> Option<Arc<Shelved>> {
        lock(&self.latest).clone()
    }

    /// Whether the control connection is busy with a catalog.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading.load(Ordering::Acquire) > 0
    }

    /// The catalog; reads it where it was not.
    ///
    /// # Errors
    /// As the driver says.
    pub(crate) async fn get(&self, opened: &Opened, connected: &Connected) -> Result<Arc<Shelved>, AppError> {
        if let Some(latest) = self.latest() {
            return Ok(latest);
        }
        let _turn = self.turn.lock().await;
        match self.latest() {
            Some(latest) => Ok(latest),
            None => self.read(opened, connected).await,
        }
    }

    /// Reads the catalog anew. Calls that wait for one another share one reading.
    ///
    /// # Errors
    /// As the driver says; the old catalog stays.
    pub(crate) async fn refresh(&self, opened: &Opened, connected: &Connected) -> Result<Arc<Shelved>, AppError> {
        let ticket = self.wanted.fetch_add(1, Ordering::AcqRel) + 1;
        let _turn = self.turn.lock().await;
        if self.served.load(Ordering::Acquire) >= ticket
            && let Some(latest) = self.latest()
        {
            return Ok(latest);
        }
        lock(&self.systems).clear();
        self.read(opened, connected).await
    }

    /// Reads one schema anew and leaves the others as they are; everything where there is no catalog yet, or where the
    /// schema has come or gone.
    ///
    /// # Errors
    /// As the driver says; the old catalog stays.
    pub(crate) async fn refresh_schema(
        &self,
        opened: &Opened,
        connected: &Connected,
        schema: &str,
    ) -> Result<(), AppError> {
        let turn = self.turn.lock().await;
        if let Some(latest) = self.latest() {
            if latest.systems.iter().any(|own| own.name == schema) {
                lock(&self.systems).remove(schema);
                tell(connected);
                return Ok(());
            }
            let mut kinds = Kind::LEAN.to_vec();
            kinds.retain(|kind| *kind != Kind::Databases);
            let scope = Scope { kinds, schemas: Some(vec![schema.to_owned()]), ..Scope::default() };
            let part = self.ask(opened.connection.as_ref(), &scope).await?;
            let touched = schema.to_owned();
            let (schema, systems) = (schema.to_owned(), latest.systems.clone());
            let joined = blocking(move || {
                spliced(&latest.catalog, part, &schema).map(|catalog| Arc::new(Shelved::new(catalog, systems)))
            });
            if let Some(shelved) = joined.await? {
                self.keep(connected, &shelved);
                *lock(&self.latest) = Some(shelved);
                self.quiet.news(Some(&touched));
                tell(connected);
                return Ok(());
            }
        }
        drop(turn);
        self.refresh(opened, connected).await.map(drop)
    }

    pub(crate) fn read_in_background(&self, opened: &Arc<Opened>, connected: &Arc<Connected>) {
        if self.kept.is_some() {
            thorough::keep_up(opened, connected);
        }
        let (opened, connected) = (Arc::clone(opened), Arc::clone(connected));
        tokio::spawn(async move {
            tokio::select! {
                () = connected.until_ended() => {}
                read = opened.shelf.refresh(&opened, &connected) => if let Err(error) = read {
                    tracing::warn!(%error, "the catalog could not be read");
                },
            }
        });
    }

    async fn read(&self, opened: &Opened, connected: &Connected) -> Result<Arc<Shelved>, AppError> {
        let serving = self.wanted.load(Ordering::Acquire);
        let catalog = self.ask(opened.connection.as_ref(), &Scope::default()).await?;
        let listed = Scope { kinds: vec![Kind::Schemas], include_system: true, ..Scope::default() };
        // Without them the rest is still worth showing.
        let systems = match self.ask(opened.connection.as_ref(), &listed).await {
            Ok(all) => all.schemas.into_iter().filter(|schema| schema.system).collect(),
            Err(_) => Vec::new(),
        };
        let database = catalog.database.clone();
        let shelved = index(catalog, systems).await?;
        self.keep(connected, &shelved);
        *lock(&self.latest) = Some(Arc::clone(&shelved));
        self.served.store(serving, Ordering::Release);
        let news = database.is_some() && *lock(&self.database) != database;
        if news {
            *lock(&self.database) = database;
            connected.emit();
        }
        self.quiet.news(None);
        tell(connected);
        Ok(shelved)
    }

    /// Puts the catalog on disk, for the next start and for when the server is away.
    fn keep(&self, connected: &Connected, shelved: &Arc<Shelved>) {
        if let (Some(key), Ok(app)) = (&self.kept, connected.app()) {
            app.kept.put(key.clone(), Arc::clone(shelved));
        }
    }

    /// The content of one of the server's own schemas.
    ///
    /// # Errors
    /// As the driver says.
    pub(crate) async fn system(&self, opened: &Opened, schema: &str) -> Result<Arc<Shelved>, AppError> {
        if let Some(shelved) = lock(&self.systems).get(schema) {
            return Ok(Arc::clone(shelved));
        }
        let scope = Scope { schemas: Some(vec![schema.to_owned()]), include_system: true, ..Scope::default() };
        let catalog = self.ask(opened.connection.as_ref(), &scope).await?;
        let shelved = index(catalog, Vec::new()).await?;
        lock(&self.systems).insert(schema.to_owned(), Arc::clone(&shelved));
        Ok(shelved)
    }

    /// Reads a part of the catalog that somebody waits for.
    ///
    /// # Errors
    /// As the driver says.
    pub(crate) async fn ask(&self, connection: &dyn Connection, scope: &Scope) -> Result<Catalog, AppError> {
        let _asking = self.quiet.asking();
        Ok(self.reading(connection.control().catalog(scope)).await?)
    }

    /// Lets a question to the server count as one while it lasts.
    pub(super) async fn reading<T>(&self, question: impl Future<Output = T>) -> T {
        self.reading.fetch_add(1, Ordering::AcqRel);
        let _reading = Reading(&self.reading);
        question.await
    }
}

struct Reading<'a>(&'a AtomicU32);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn tell(connected: &Connected) {
    if let Ok(app) = connected.app() {
        app.events.changed(&[Topic::Catalog], Some(&connected.profile.id));
    }
}

async fn index(catalog: Catalog, systems: Vec<Schema>) -> Result<Arc<Shelved>, AppError> {
    blocking(move || Arc::new(Shelved::new(catalog, systems))).await
}

pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal("a catalog could not be indexed"))
}
