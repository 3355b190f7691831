//! Definition texts: the shell's statements that would make a collection, a view or an index again.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{Code, Ddl, Error, documents::TextStyle};

use crate::{
    bson::{self, Element, kind},
    catalog::{list, read_index, text},
    control::ControlSession,
    documents::{print, quoted},
};

/// Texts of one connection's objects.
pub(crate) struct Definitions {
    session: Arc<ControlSession>,
    database: String,
}

impl Definitions {
    pub(crate) fn new(session: Arc<ControlSession>, database: String) -> Self {
        Definitions { session, database }
    }

    async fn collection(&self, database: &str, name: &str) -> Result<String, Error> {
        let found = list(&self.session, database, Some(name)).await?;
        let Some(info) = found.first() else {
            return Err(Error::new(Code::NotFound, format!("There is no collection {name} in {database}.")));
        };
        let options = bson::get(info, "options");
        let options = options.as_ref().and_then(Element::document).unwrap_or(&[5, 0, 0, 0, 0]);
        let place = format!("db.getSiblingDB({})", quoted(database));
        if text(info, "type").as_deref() == Some("view") {
            let source = text(options, "viewOn").unwrap_or_default();
            let pipeline = bson::get(options, "pipeline");
            let pipeline =
                pipeline.map_or_else(|| "[]".to_owned(), |all| print(all.kind, all.raw, TextStyle::Shell, true));
            let collation = bson::get(options, "collation")
                .map(|one| format!(", {{ collation: {} }}", print(one.kind, one.raw, TextStyle::Shell, false)));
            let collation = collation.unwrap_or_default();
            return Ok(format!("{place}.createView({}, {}, {pipeline}{collation});", quoted(name), quoted(&source)));
        }
        let kept = bson::document(|writer| {
            for option in bson::elements(options).into_iter().flatten().map_while(Result::ok) {
                if option.name != b"uuid" {
                    writer.element(&option);
                }
            }
        });
        let options = match kept.len() > 5 {
            true => format!(", {}", print(kind::DOCUMENT, &kept, TextStyle::Shell, true)),
            false => String::new(),
        };
        let mut texts = vec![format!("{place}.createCollection({}{options});", quoted(name))];
        for index in read_index(&self.session, database, name).await? {
            if index.name() != "_id_" {
                texts.push(format!("{place}.getCollection({}).createIndex({});", quoted(name), index.arguments()));
            }
        }
        Ok(texts.join("\n"))
    }
}

#[async_trait]
impl Ddl for Definitions {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        let database = key.schema.as_deref().unwrap_or(&self.database);
        match key.kind {
            ObjectKind::Relation => self.collection(database, &key.name).await.map(Into::into),
            ObjectKind::Index => {
                let Some(collection) = &key.signature else {
                    return Err(Error::new(Code::NotFound, "The collection of the index is not named."));
                };
                let all = read_index(&self.session, database, collection).await?;
                let found = all.into_iter().find(|index| index.name() == key.name);
                let found =
                    found.ok_or_else(|| Error::new(Code::NotFound, format!("There is no index {}.", key.name)))?;
                let place = format!("db.getSiblingDB({}).getCollection({})", quoted(database), quoted(collection));
                Ok(format!("{place}.createIndex({});", found.arguments()).into())
            }
            _ => Err(Error::new(Code::Unsupported, "Only collections, views and indexes have a definition.")),
        }
    }
}
