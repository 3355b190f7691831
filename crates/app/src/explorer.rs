//! What is there: the tree, search, a relation's page, definitions.

mod grants;
pub(crate) mod kept;
mod names;
pub(crate) mod object;
pub(crate) mod page;
mod quiet;
mod shelf;
mod splice;
#[cfg(test)]
mod tests;
mod thorough;
mod tree;
mod unschemed;

use std::sync::Arc;

use catalog::{ObjectKey, ObjectKind, RelationKind};
use driver::row_security::Actor;

use crate::{
    App,
    api::*,
    connections::{Connected, Opened},
};

pub(crate) use kept::{CatalogKey, Kept};
#[cfg(test)]
pub(crate) use names::search;
pub(crate) use page::action;
pub(crate) use shelf::{Shelf, Shelved, blocking};
pub(crate) use tree::grouped;

/// Most nodes of one page, and most hits of one search.
const MOST: u32 = 5_000;

/// A database's catalog as it can be had.
pub(crate) struct AtHand {
    pub(crate) connected: Arc<Connected>,
    pub(crate) shelved: Arc<Shelved>,
    /// Whether the server cannot be reached: the catalog comes from disk, or from before.
    pub(crate) offline: bool,
}

/// An open database that an object is in.
pub(crate) struct Place {
    pub(crate) connected: Arc<Connected>,
    pub(crate) opened: Arc<Opened>,
    /// As whom; `None` is the login.
    pub(crate) acting: Option<Arc<Actor>>,
}

impl App {
    /// The open database of an object; opened where it is not open.
    ///
    /// # Errors
    /// As connecting.
    pub(crate) async fn place(&self, profile_id: &str, object: &ObjectRef) -> Result<Place, AppError> {
        self.place_in(profile_id, object.database.as_deref()).await
    }

    /// An open database of this name; opened where it is not open.
    ///
    /// # Errors
    /// As connecting.
    pub(crate) async fn place_in(&self, profile_id: &str, database: Option<&str>) -> Result<Place, AppError> {
        let connected = self.connected(profile_id).await?;
        if database.is_some() && connected.has_databases() {
            // How the connection itself does is what people see; and what its own database is called, its catalog may tell.
            let main = connected.open(None).await?;
            if main.database().is_none() {
                main.shelf.get(&main, &connected).await?;
            }
        }
        let opened = connected.open(database).await?;
        Ok(Place { connected, opened, acting: None })
    }

    /// The catalog of a database; while the server cannot be reached, the one that was kept.
    ///
    /// # Errors
    /// As connecting, and nothing is kept.
    pub(crate) async fn catalog_at_hand(&self, profile_id: &str, database: Option<&str>) -> Result<AtHand, AppError> {
        if let Some((connected, shelved)) = self.kept_catalog(profile_id, database).await {
            return Ok(AtHand { connected, shelved, offline: true });
        }
        let read = async {
            let Place { connected, opened, .. } = self.place_in(profile_id, database).await?;
            let shelved = opened.shelf.get(&opened, &connected).await?;
            Ok(AtHand { connected, shelved, offline: false })
        };
        match read.await {
            Ok(at_hand) => Ok(at_hand),
            // It may have turned out only now that the server cannot be reached.
            Err(error) => match self.kept_catalog(profile_id, database).await {
                Some((connected, shelved)) => Ok(AtHand { connected, shelved, offline: true }),
                None => Err(error),
            },
        }
    }

    /// Children of a node; `None` is the connection itself. Opens another database's control connection when its node
    /// is asked for. Before the server has answered, and while it cannot be reached, they are those of the catalog that was
    /// kept on disk.
    ///
    /// # Errors
    /// As connecting; `NotFound` for a node that is gone.
    pub async fn tree(
        &self,
        profile_id: &str,
        parent: Option<&str>,
        offset: u32,
        limit: u32,
    ) -> Result<TreePage, AppError> {
        // One whose last attempt failed is asked as it is: only a person connects again.
        let connected = match self.live.find(profile_id) {
            Some(connected) => connected,
            None => self.connected(profile_id).await?,
        };
        tree::children(&connected, parent, offset, limit.min(MOST)).await
    }

    /// Objects and columns whose names match, best first; `None` searches every connection that is open, or was to be:
    /// where the server has not answered, the catalog that was kept on disk is searched.
    ///
    /// # Errors
    /// None: what is not open is not searched.
    pub async fn search_catalog(
        &self,
        profile_id: Option<&str>,
        text: &str,
        limit: u32,
    ) -> Result<Vec<SearchHit>, AppError> {
        let all = match profile_id {
            Some(profile_id) => self.live.find(profile_id).into_iter().collect(),
            None => self.live.all(),
        };
        let mut shelves: Vec<(String, Arc<Shelved>)> = Vec::new();
        for connected in &all {
            let mut shown: Vec<_> = connected.opens().iter().filter_map(|opened| opened.shelf.latest()).collect();
            if shown.is_empty() {
                shown.extend(kept::of(connected, None).await);
            }
            shelves.extend(shown.into_iter().map(|one| (connected.profile.id.clone(), one)));
        }
        let (text, limit) = (text.to_owned(), limit.min(MOST) as usize);
        crate::holds::blocking(move || Ok(names::search(&shelves, &text, limit))).await
    }

    /// Reads the catalog anew: the schema of the object, the database where the object is one, or every open database.
    /// A schema is the least that drivers read together, so what hangs on one relation is read with its neighbours.
    ///
    /// # Errors
    /// As the driver says; the old one stays.
    pub async fn refresh_catalog(&self, profile_id: &str, object: Option<ObjectRef>) -> Result<(), AppError> {
        let connected = self.connected(profile_id).await?;
        let schema = object.as_ref().and_then(|object| match object.kind.as_str() {
            "schema" => Some(object.name.clone()),
            _ => object.schema.clone(),
        });
        if let (Some(object), Some(schema)) = (&object, schema) {
            let opened = connected.open(object.database.as_deref()).await?;
            return opened.shelf.refresh_schema(&opened, &connected, &schema).await;
        }
        let opens = match object {
            // A database's key names itself.
            Some(object) if object.kind == "database" => vec![connected.open(Some(&object.name)).await?],
            Some(object) => vec![connected.open(object.database.as_deref()).await?],
            None => match connected.opens() {
                opens if opens.is_empty() => vec![connected.open(None).await?],
                opens => opens,
            },
        };
        for opened in opens {
            opened.shelf.refresh(&opened, &connected).await?;
        }
        Ok(())
    }

    /// Everything about one relation but its rows; while the server cannot be reached, what was kept of it.
    ///
    /// # Errors
    /// As connecting; `NotFound` for a relation that is gone.
    pub async fn relation(&self, profile_id: &str, object: &ObjectRef) -> Result<RelationPage, AppError> {
        let key = to_key(object)?;
        if let Some(page) = self.kept_relation(profile_id, &key).await {
            return Ok(page);
        }
        let read = async { page::relation(&self.place(profile_id, object).await?, &key).await };
        match read.await {
            Ok(page) => Ok(page),
            // It may have turned out only now that the server cannot be reached.
            Err(error) => self.kept_relation(profile_id, &key).await.ok_or(error),
        }
    }

    /// The page of a relation from disk, where the server is not to be asked.
    async fn kept_relation(&self, profile_id: &str, key: &ObjectKey) -> Option<RelationPage> {
        let database = key.database.as_deref();
        let (connected, shown) = self.kept_catalog(profile_id, database).await?;
        if let Some(at) = kept::place(&connected, database).await
            && let Some(page) = thorough::page(&self.kept, &at, Arc::clone(&shown), key).await
        {
            return Some(page);
        }
        page::at_hand(&shown, key)
    }

    /// The catalog of a database from memory or disk, where the server is not to be asked.
    async fn kept_catalog(&self, profile_id: &str, database: Option<&str>) -> Option<(Arc<Connected>, Arc<Shelved>)> {
        let connected = self.away(profile_id)?;
        let latest = connected.opened(database).and_then(|opened| opened.shelf.latest());
        let shown = match latest {
            Some(latest) => latest,
            None => kept::of(&connected, database).await?,
        };
        Some((connected, shown))
    }

    /// A connection whose server could not be reached, and which nobody has tried again.
    fn away(&self, profile_id: &str) -> Option<Arc<Connected>> {
        self.live.find(profile_id).filter(|connected| !connected.may_try())
    }

    /// The statements that would make an object again; while the server cannot be reached, as they were kept.
    ///
    /// # Errors
    /// As connecting; `NotFound`, `Forbidden`; `Unsupported` for a kind or a server without definitions; `Unreachable` for
    /// one that was not kept.
    pub async fn definition(&self, profile_id: &str, object: &ObjectRef) -> Result<Definition, AppError> {
        let key = to_key(object)?;
        if let Some(connected) = self.away(profile_id) {
            return self.kept_definition(&connected, &key).await;
        }
        match self.asked_definition(profile_id, object, &key).await {
            Ok(text) => Ok(Definition { text, as_of_ms: None }),
            // It may have turned out only now that the server cannot be reached. Why tells more than that nothing was kept.
            Err(error) => match self.away(profile_id) {
                Some(connected) => self.kept_definition(&connected, &key).await.map_err(|_| error),
                None => Err(error),
            },
        }
    }

    async fn asked_definition(
        &self,
        profile_id: &str,
        object: &ObjectRef,
        key: &ObjectKey,
    ) -> Result<String, AppError> {
        let place = self.place(profile_id, object).await?;
        let ddl = place.opened.connection.control().ddl().ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "This server does not tell how its objects were made.")
        })?;
        let _asking = place.opened.shelf.quiet.asking();
        Ok(ddl.definition(key).await?.to_string())
    }

    async fn kept_definition(&self, connected: &Arc<Connected>, key: &ObjectKey) -> Result<Definition, AppError> {
        let at = kept::place(connected, key.database.as_deref()).await;
        match at {
            Some(at) => thorough::definition(&self.kept, &at, key).await,
            None => {
                Err(AppError::new(ErrorCode::Unreachable, "The server was not reached, and nothing is kept of it.")
                    .with_hint("Connect, and it is read from the server."))
            }
        }
    }
}

const KINDS: [(&str, ObjectKind); 16] = [
    ("database", ObjectKind::Database),
    ("schema", ObjectKind::Schema),
    ("relation", ObjectKind::Relation),
    ("column", ObjectKind::Column),
    ("index", ObjectKind::Index),
    ("constraint", ObjectKind::Constraint),
    ("trigger", ObjectKind::Trigger),
    ("policy", ObjectKind::Policy),
    ("routine", ObjectKind::Routine),
    ("type", ObjectKind::Type),
    ("sequence", ObjectKind::Sequence),
    ("role", ObjectKind::Role),
    ("extension", ObjectKind::Extension),
    ("event", ObjectKind::Event),
    ("publication", ObjectKind::Publication),
    ("event_trigger", ObjectKind::EventTrigger),
];

/// An object's identity, from what a face sent.
///
/// # Errors
/// `InvalidStatement` for a kind nobody knows.
pub(crate) fn to_key(object: &ObjectRef) -> Result<ObjectKey, AppError> {
    let kind = KINDS.iter().find(|(word, _)| *word == object.kind).map(|(_, kind)| *kind).ok_or_else(|| {
        AppError::new(ErrorCode::InvalidStatement, format!("There is no kind of object called “{}”.", object.kind))
    })?;
    Ok(ObjectKey {
        database: object.database.clone(),
        schema: object.schema.clone(),
        kind,
        name: object.name.clone(),
        signature: object.signature.clone(),
    })
}

/// An object's identity for faces.
pub(crate) fn to_ref(key: ObjectKey) -> ObjectRef {
    let kind = KINDS.iter().find(|(_, kind)| *kind == key.kind).map_or("relation", |(word, _)| *word);
    ObjectRef {
        database: key.database,
        schema: key.schema,
        kind: kind.to_owned(),
        name: key.name,
        signature: key.signature,
    }
}

/// The icon of a relation.
pub(crate) fn icon(kind: RelationKind) -> ObjectIcon {
    match kind {
        RelationKind::Table => ObjectIcon::Table,
        RelationKind::PartitionedTable => ObjectIcon::PartitionedTable,
        RelationKind::Partition => ObjectIcon::Partition,
        RelationKind::View => ObjectIcon::View,
        RelationKind::MaterializedView => ObjectIcon::MaterializedView,
        RelationKind::ForeignTable => ObjectIcon::ForeignTable,
        RelationKind::VirtualTable => ObjectIcon::VirtualTable,
        RelationKind::Collection | RelationKind::TimeSeries => ObjectIcon::Collection,
    }
}

/// A relation's kind in words.
pub(crate) fn kind_words(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::PartitionedTable => "partitioned table",
        RelationKind::Partition => "partition",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::VirtualTable => "virtual table",
        RelationKind::Collection => "collection",
        RelationKind::TimeSeries => "time series",
    }
}
