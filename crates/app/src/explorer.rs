//! What is there: the tree, search, a relation's page, definitions.

mod grants;
pub(crate) mod kept;
mod names;
pub(crate) mod object;
pub(crate) mod page;
mod shelf;
mod splice;
#[cfg(test)]
mod tests;
mod tree;
mod unschemed;

use std::sync::Arc;

use catalog::{ObjectKey, ObjectKind, RelationKind};

use crate::{
    App,
    api::*,
    connections::{Connected, Opened},
};

pub(crate) use kept::{CatalogKey, Kept};
#[cfg(test)]
pub(crate) use names::search;
pub(crate) use shelf::{Shelf, Shelved, blocking};

/// Most nodes of one page, and most hits of one search.
const MOST: u32 = 5_000;

/// An open database that an object is in.
pub(crate) struct Place {
    pub(crate) connected: Arc<Connected>,
    pub(crate) opened: Arc<Opened>,
}

impl App {
    /// The open database of an object; opened where it is not open.
    ///
    /// # Errors
    /// As connecting.
    pub(crate) async fn place(&self, profile_id: &str, object: &ObjectRef) -> Result<Place, AppError> {
        let connected = self.connected(profile_id).await?;
        let opened = connected.open(object.database.as_deref()).await?;
        Ok(Place { connected, opened })
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

    /// Everything about one relation but its rows; while the server cannot be reached, what its last catalog says.
    ///
    /// # Errors
    /// As connecting; `NotFound` for a relation that is gone.
    pub async fn relation(&self, profile_id: &str, object: &ObjectRef) -> Result<RelationPage, AppError> {
        if let Some(connected) = self.live.find(profile_id).filter(|connected| !connected.may_try()) {
            let database = object.database.as_deref();
            let latest = connected.opened(database).and_then(|opened| opened.shelf.latest());
            let shown = match latest {
                Some(latest) => Some(latest),
                None => kept::of(&connected, database).await,
            };
            let key = to_key(object)?;
            if let Some(page) = shown.and_then(|shown| page::at_hand(&shown, &key)) {
                return Ok(page);
            }
        }
        let place = self.place(profile_id, object).await?;
        page::relation(&place, &to_key(object)?).await
    }

    /// The statements that would make an object again.
    ///
    /// # Errors
    /// As connecting; `NotFound`, `Forbidden`; `Unsupported` for a kind or a server without definitions.
    pub async fn definition(&self, profile_id: &str, object: &ObjectRef) -> Result<String, AppError> {
        let place = self.place(profile_id, object).await?;
        let ddl = place.opened.connection.control().ddl().ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "This server does not tell how its objects were made.")
        })?;
        Ok(ddl.definition(&to_key(object)?).await?.to_string())
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
    }
}
