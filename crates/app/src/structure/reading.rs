//! How a database is defined, read for comparing and for staging changes of it.

use std::{collections::HashMap, sync::Arc};

use catalog::{Catalog, ObjectKey, ObjectKind, Scope};
use driver::Control;
use schema::{Definition, Engine, Incomplete, Server};
use tokio::sync::Mutex;

use crate::{
    App,
    api::*,
    connections::{Connected, Opened},
    explorer::{Place, Shelved, blocking, to_key, to_ref},
    registry,
};

/// How many texts are asked for at a time: the control session is held for as long.
const AT_ONCE: usize = 200;

/// A database as it was read.
pub(crate) struct Defined {
    pub(crate) catalog: Catalog,
    pub(crate) definition: Definition,
}

/// What was read last of an open database, and of which version of the explorer's catalog.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<(Arc<Shelved>, Arc<Defined>)>>);

/// Reads a database, of these schemas only where some are named.
///
/// # Errors
/// `Unsupported` for engines whose definitions are not compared; `Forbidden` where the login may not read all that is compared, for
/// what is missing would look dropped; otherwise as the driver says.
pub(crate) async fn read(
    connected: &Connected,
    opened: &Opened,
    schemas: Option<Vec<String>>,
) -> Result<Defined, AppError> {
    let control = opened.connection.control();
    let server = control.server();
    let Some(engine) = registry::defines(connected.driver.as_ref(), &server.product) else {
        let message = format!("Definitions of {} databases are not compared yet.", server.product);
        return Err(AppError::new(ErrorCode::Unsupported, message));
    };
    let server = Server { engine, version: server.version_number };
    let scope = Scope { schemas, sizes: false, ..Scope::complete() };
    let catalog = opened.shelf.ask(opened.connection.as_ref(), &scope).await?;
    let texts = texts(control, &catalog, server).await?;
    blocking(move || {
        let definition = Definition::of_texts(&catalog, server, &texts).map_err(|why| incomplete(&why))?;
        Ok(Defined { catalog, definition })
    })
    .await?
}

/// The texts that the definitions of a catalog's objects want beside it.
///
/// # Errors
/// As the driver says.
pub(crate) async fn texts(
    control: &dyn Control,
    catalog: &Catalog,
    server: Server,
) -> Result<HashMap<ObjectKey, Arc<str>>, AppError> {
    let mut texts: HashMap<ObjectKey, Arc<str>> = HashMap::new();
    if let Some(ddl) = control.ddl() {
        for some in Definition::wanted_texts(catalog, server).chunks(AT_ONCE) {
            texts.extend(ddl.definitions(some).await?);
        }
    }
    Ok(texts)
}

fn incomplete(why: &Incomplete) -> AppError {
    AppError::new(ErrorCode::Forbidden, why.to_string())
        .with_hint("What cannot be read would look dropped. Ask for the right to read it, or for a login that has it.")
}

impl App {
    /// How a database is defined in the explorer's version of its catalog; `anew` reads it again.
    ///
    /// # Errors
    /// As [`read`].
    pub(super) async fn defined(&self, place: &Place, anew: bool) -> Result<Arc<Defined>, AppError> {
        let (connected, opened) = (&place.connected, &place.opened);
        let mut kept = opened.defined.0.lock().await;
        // A catalog that changes while this one is read makes it an old one.
        let version = opened.shelf.get(opened, connected).await?;
        if let Some((of, defined)) = kept.as_ref().filter(|_| !anew)
            && Arc::ptr_eq(of, &version)
        {
            return Ok(Arc::clone(defined));
        }
        let mut defined = read(connected, opened, None).await?;
        // They are the cluster's: staged here, and compared nowhere.
        if defined.engine() == Engine::Postgres {
            defined.definition = defined.definition.with_roles(&defined.catalog);
        }
        let defined = Arc::new(defined);
        *kept = Some((version, Arc::clone(&defined)));
        Ok(defined)
    }

    /// How a database was defined when it was read last.
    pub(super) async fn defined_last(&self, place: &Place) -> Option<Arc<Defined>> {
        place.opened.defined.0.lock().await.as_ref().map(|(_, defined)| Arc::clone(defined))
    }
}

impl Defined {
    /// The product.
    pub(super) fn engine(&self) -> Engine {
        self.definition.server.engine
    }

    /// An object as definitions name it: without what every object of the database shares.
    ///
    /// # Errors
    /// `InvalidStatement` for a kind nobody knows.
    pub(super) fn key(&self, object: &ObjectRef) -> Result<ObjectKey, AppError> {
        let key = to_key(object)?;
        Ok(ObjectKey { database: None, schema: self.schema(key.schema.as_deref(), key.kind), ..key })
    }

    /// A schema as definitions name it; the usual one where none is said.
    pub(super) fn schema(&self, asked: Option<&str>, kind: ObjectKind) -> Option<String> {
        match self.engine() {
            Engine::MySql | Engine::MariaDb => None,
            Engine::Sqlite => Some("main".to_owned()),
            Engine::Postgres if matches!(kind, ObjectKind::Schema | ObjectKind::Extension | ObjectKind::Role) => None,
            Engine::Postgres => asked
                .filter(|name| !name.is_empty())
                .or_else(|| self.definition.search_path.first().map(String::as_str))
                .or(Some("public"))
                .map(str::to_owned),
        }
    }

    /// An object as faces name it.
    pub(super) fn reference(&self, key: &ObjectKey) -> ObjectRef {
        let schema = match self.engine() {
            Engine::MySql | Engine::MariaDb => self.catalog.search_path.first().cloned(),
            Engine::Postgres | Engine::Sqlite => key.schema.clone(),
        };
        to_ref(ObjectKey { database: self.catalog.database.clone(), schema, ..key.clone() })
    }
}
