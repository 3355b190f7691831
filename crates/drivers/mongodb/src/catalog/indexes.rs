//! Indexes.

use bytes::Bytes;
use catalog::{Index, IndexKey, Known, RelationId};
use driver::{Error, documents::TextStyle};

use super::text;
use crate::{
    bson::{self, Element, kind},
    control::ControlSession,
    documents::{print, quoted},
};

/// An index as the server describes it.
pub(crate) struct Definition(Bytes);

/// All indexes of a collection.
pub(super) async fn all(session: &ControlSession, database: &str, collection: &str) -> Result<Vec<Definition>, Error> {
    let command = bson::document(|writer| _ = writer.string("listIndexes", collection));
    Ok(session.all(database, &command).await?.into_iter().map(Definition).collect())
}

/// The indexes of a collection, for definition texts.
pub(crate) async fn read(session: &ControlSession, database: &str, collection: &str) -> Result<Vec<Definition>, Error> {
    all(session, database, collection).await
}

impl Definition {
    pub(crate) fn name(&self) -> String {
        text(&self.0, "name").unwrap_or_default()
    }

    fn options(&self) -> Vec<Element<'_>> {
        let elements = bson::elements(&self.0).into_iter().flatten().map_while(Result::ok);
        elements.filter(|field| !matches!(field.name, b"v" | b"key" | b"ns")).collect()
    }

    /// The arguments of `createIndex`.
    pub(crate) fn arguments(&self) -> String {
        let keys =
            bson::get(&self.0, "key").map(|key| print(key.kind, key.raw, TextStyle::Shell, false)).unwrap_or_default();
        let options = bson::document(|writer| {
            for option in self.options() {
                writer.element(&option);
            }
        });
        format!("{keys}, {}", print(kind::DOCUMENT, &options, TextStyle::Shell, false))
    }

    pub(super) fn index(&self, relation: RelationId, collection: &str) -> Index {
        let (mut keys, mut method) = (Vec::new(), None);
        let key = bson::get(&self.0, "key");
        let pairs = key.as_ref().and_then(Element::document).and_then(|key| bson::elements(key).ok());
        for pair in pairs.into_iter().flatten().map_while(Result::ok) {
            if let Some(kind) = pair.text() {
                method = Some(kind.into_owned());
            }
            let name = pair.name().into_owned();
            if name.contains("$**") {
                method.get_or_insert_with(|| "wildcard".to_owned());
            }
            let descending = pair.integer().is_some_and(|direction| direction < 0);
            keys.push(IndexKey { text: name, expression: false, descending, nulls_first: None });
        }
        let truth = |name: &str| bson::get(&self.0, name).is_some_and(|field| field.truth());
        let primary = self.name() == "_id_";
        let partial = bson::get(&self.0, "partialFilterExpression");
        let partial = partial.map(|filter| print(filter.kind, filter.raw, TextStyle::Shell, false));
        let mut remarks = Vec::new();
        if truth("sparse") {
            remarks.push("sparse".to_owned());
        }
        if truth("hidden") {
            remarks.push("hidden".to_owned());
        }
        if let Some(seconds) = bson::get(&self.0, "expireAfterSeconds").and_then(|field| field.integer()) {
            remarks.push(format!("removes documents after {seconds} s"));
        }
        Index {
            relation,
            name: self.name(),
            unique: primary || truth("unique"),
            primary,
            method: method.or_else(|| Some("btree".to_owned())),
            keys,
            included: Vec::new(),
            predicate: partial,
            valid: Known::Value(!truth("hidden")),
            scans: Known::NotLoaded,
            bytes: Known::NotLoaded,
            definition: Known::Value(format!(
                "db.getCollection({}).createIndex({})",
                quoted(collection),
                self.arguments()
            )),
            inherited: false,
            comment: (!remarks.is_empty()).then(|| remarks.join(", ")),
        }
    }
}
