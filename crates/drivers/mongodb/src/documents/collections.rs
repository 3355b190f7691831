//! Browsing and changing collections: the documents facet.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{Known, ObjectKey};
use driver::{
    Code, Error, Statement,
    documents::{Breaking, DocumentChange, DocumentPage, Documents, FieldSample, Rules, TextStyle},
};

use super::{corrupt, parse_document, print::print, sample};
use crate::{
    bson::{self, Element, Writer, kind},
    control::ControlSession,
    error::refused,
    language::{self, read_value},
    wire::Report,
};

/// The seen document and the new one go in one command, which a server takes up to this length.
const COMMAND_BYTES: usize = bson::DOCUMENT_BYTES;
/// Most documents of a sample.
const SAMPLE: u32 = 10_000;

/// Collections of one connection.
#[derive(Clone)]
pub(crate) struct Collections {
    session: Arc<ControlSession>,
    database: String,
    read_only: bool,
}

impl Collections {
    pub(crate) fn new(session: Arc<ControlSession>, database: String, read_only: bool) -> Self {
        Collections { session, database, read_only }
    }

    pub(super) fn session(&self) -> &ControlSession {
        &self.session
    }

    pub(super) fn read_only(&self) -> bool {
        self.read_only
    }

    pub(super) fn database<'a>(&'a self, key: &'a ObjectKey) -> &'a str {
        key.schema.as_deref().unwrap_or(&self.database)
    }

    /// `db.getSiblingDB("shop").getCollection("orders")`: right for any name.
    pub(super) fn spelled(&self, key: &ObjectKey) -> String {
        format!("db.getSiblingDB({}).getCollection({})", quoted(self.database(key)), quoted(&key.name))
    }

    async fn find(&self, key: &ObjectKey, id: &Element<'_>) -> Result<Option<Vec<u8>>, Error> {
        let command = bson::document(|writer| {
            writer.string("find", &key.name);
            writer.with("filter", |filter| _ = filter.with("_id", |is| _ = is.raw(id.kind, b"$eq", id.raw)));
            writer.int32("limit", 1).bool("singleBatch", true);
        });
        let found = self.session.all(self.database(key), &command).await?;
        Ok(found.first().map(|document| document.to_vec()))
    }

    /// Sends a write of one document; how many it hit.
    async fn write(&self, key: &ObjectKey, command: &[u8]) -> Result<i64, Error> {
        let reply = self.session.write(self.database(key), command).await?;
        let errors = bson::get(&reply, "writeErrors");
        let first = errors
            .as_ref()
            .and_then(Element::document)
            .and_then(|list| bson::elements(list).ok()?.next()?.ok()?.document());
        if let Some(error) = first {
            return Err(refused(&Report::read(error)));
        }
        Ok(bson::get(&reply, "n").and_then(|n| n.integer()).unwrap_or_default())
    }

    /// Why a change hit nothing: the document is gone, or another by now.
    async fn missed(&self, key: &ObjectKey, id: &Element<'_>) -> Error {
        match self.find(key, id).await {
            Ok(None) => Error::new(Code::Conflict, "The document is gone: somebody removed it meanwhile."),
            Ok(Some(_)) => {
                Error::new(Code::Conflict, "The document was changed by somebody meanwhile; nothing was saved.")
                    .with_hint("Read it again, and change it then.")
            }
            Err(error) => error,
        }
    }
}

/// A text as a literal of the shell.
pub(crate) fn quoted(text: &str) -> String {
    let raw = bson::document(|writer| _ = writer.string("", text));
    let value = bson::get(&raw, "").map(|element| element.raw.to_vec()).unwrap_or_default();
    print(kind::STRING, &value, TextStyle::Shell, false)
}

pub(super) fn spell(raw: &[u8]) -> String {
    print(kind::DOCUMENT, raw, TextStyle::Shell, false)
}

fn id(document: &[u8]) -> Result<Element<'_>, Error> {
    bson::elements(document).map_err(corrupt)?;
    bson::get(document, "_id")
        .ok_or_else(|| Error::new(Code::InvalidStatement, "The document has no _id, so it cannot be told from others."))
}

/// The document of this `_id`, as long as it is as it was seen. Sizes are compared too, because numbers of different types count
/// as equal.
fn condition(writer: &mut Writer, name: &str, id: &Element<'_>, seen: &[u8]) {
    writer.with(name, |filter| {
        filter.with("_id", |is| _ = is.raw(id.kind, b"$eq", id.raw));
        filter.with("$expr", |expression| {
            expression.open(kind::ARRAY, b"$eq").string("0", "$$ROOT");
            expression.with("1", |literal| _ = literal.document("$literal", seen)).close();
        });
    });
}

/// The document with an `_id` in front where it has none.
fn identified(document: &[u8], other: Option<&Element<'_>>) -> Result<Vec<u8>, Error> {
    let elements = bson::elements(document).map_err(corrupt)?;
    if bson::get(document, "_id").is_some() {
        return Ok(document.to_vec());
    }
    let mut writer = Writer::new();
    match other {
        Some(id) => _ = writer.element(id),
        None => _ = writer.object_id("_id", language::new_object_id()),
    }
    for element in elements {
        writer.element(&element.map_err(corrupt)?);
    }
    Ok(writer.finish())
}

#[async_trait]
impl Documents for Collections {
    fn page(&self, page: &DocumentPage) -> Result<Statement, Error> {
        let given = |text: &Option<String>, what: &str| -> Result<Option<Vec<u8>>, Error> {
            Ok(text.as_deref().map(|text| parse_document(text, what)).transpose()?)
        };
        let (filter, sort) = (given(&page.filter, "a filter")?, given(&page.sort, "a sort order")?);
        let projection = given(&page.projection, "a projection")?;
        let filter = filter.filter(|filter| filter.len() > 5);
        let sort = sort.filter(|sort| sort.len() > 5);
        // By `_id` where nobody wants another order: what is inserted or removed meanwhile shifts nothing. Compared as an
        // expression, because a filter only finds values of the same type.
        let last = page.after.as_deref().filter(|_| sort.is_none()).and_then(|after| bson::get(after, "_id"));
        let by_offset = sort.is_some() || last.is_none();
        let after = last.map(|id| {
            bson::document(|writer| {
                writer.with("$expr", |expression| {
                    expression.open(kind::ARRAY, b"$gt").string("0", "$_id");
                    expression.with("1", |literal| _ = literal.raw(id.kind, b"$literal", id.raw)).close();
                });
            })
        });
        let condition = match (filter, after) {
            (None, None) => "{}".to_owned(),
            (Some(one), None) | (None, Some(one)) => spell(&one),
            (Some(filter), Some(after)) => {
                spell(&bson::document(|writer| _ = writer.documents("$and", [filter, after])))
            }
        };
        let projection = projection.map_or_else(String::new, |projection| format!(", {}", spell(&projection)));
        let order = sort.map_or_else(|| "{ _id: 1 }".to_owned(), |sort| spell(&sort));
        let skip = if by_offset && page.offset > 0 { format!(".skip({})", page.offset) } else { String::new() };
        let text = format!(
            "{}.find({condition}{projection}).sort({order}){skip}.limit({})",
            self.spelled(&page.collection),
            page.limit
        );
        Ok(Statement::new(text))
    }

    fn count(&self, collection: &ObjectKey, filter: Option<&str>) -> Result<Statement, Error> {
        let filter = filter.map(|text| parse_document(text, "a filter")).transpose()?;
        let filter = filter.map_or_else(|| "{}".to_owned(), |filter| spell(&filter));
        Ok(Statement::new(format!("{}.countDocuments({filter})", self.spelled(collection))))
    }

    async fn sample(&self, collection: &ObjectKey, documents: u32) -> Result<FieldSample, Error> {
        let found =
            read_sample(&self.session, self.database(collection), &collection.name, documents.min(SAMPLE)).await?;
        let of = estimate(&self.session, self.database(collection), &collection.name).await;
        let of = of.map_or(Known::Unsupported, Known::Value);
        Ok(sample::fields(found.iter().map(AsRef::as_ref), of))
    }

    async fn change(&self, collection: &ObjectKey, change: &DocumentChange) -> Result<Option<Vec<u8>>, Error> {
        if self.read_only {
            return Err(Error::new(Code::Forbidden, "Refused: this connection only reads."));
        }
        match change {
            DocumentChange::Insert(new) => {
                let new = identified(new, None)?;
                let command = bson::document(|writer| {
                    writer.string("insert", &collection.name).documents("documents", [&new]);
                });
                self.write(collection, &command).await?;
                Ok(Some(new))
            }
            DocumentChange::Replace { seen, new } => {
                let id = id(seen)?;
                let new = identified(new, Some(&id))?;
                if bson::get(&new, "_id").is_none_or(|other| (other.kind, other.raw) != (id.kind, id.raw)) {
                    return Err(Error::new(
                        Code::InvalidStatement,
                        "A document keeps its _id for as long as it is there.",
                    )
                    .with_hint("Insert a new document, and delete the old one."));
                }
                let command = bson::document(|writer| {
                    writer.string("update", &collection.name).open(kind::ARRAY, b"updates");
                    writer.with("0", |part| {
                        condition(part, "q", &id, seen);
                        part.document("u", &new).bool("multi", false);
                    });
                    writer.close();
                });
                if command.len() > COMMAND_BYTES {
                    return Err(Error::new(
                        Code::Unsupported,
                        "The document is too long to be compared and replaced in one command.",
                    )
                    .with_hint("Change single fields by updateOne with $set."));
                }
                match self.write(collection, &command).await? {
                    0 => Err(self.missed(collection, &id).await),
                    _ => Ok(Some(new)),
                }
            }
            DocumentChange::Delete(seen) => {
                let id = id(seen)?;
                let command = bson::document(|writer| {
                    writer.string("delete", &collection.name).open(kind::ARRAY, b"deletes");
                    writer.with("0", |part| {
                        condition(part, "q", &id, seen);
                        part.int32("limit", 1);
                    });
                    writer.close();
                });
                match self.write(collection, &command).await? {
                    0 => Err(self.missed(collection, &id).await),
                    _ => Ok(None),
                }
            }
        }
    }

    fn describe(&self, collection: &ObjectKey, change: &DocumentChange) -> String {
        let place = self.spelled(collection);
        let by = |seen: &[u8]| match id(seen) {
            Ok(id) => {
                let mut writer = Writer::new();
                condition(&mut writer, "q", &id, seen);
                bson::get(&writer.finish(), "q").and_then(|q| q.document().map(spell)).unwrap_or_default()
            }
            Err(_) => "{}".to_owned(),
        };
        match change {
            DocumentChange::Insert(new) => format!("{place}.insertOne({})", spell(new)),
            DocumentChange::Replace { seen, new } => format!("{place}.replaceOne({}, {})", by(seen), spell(new)),
            DocumentChange::Delete(seen) => format!("{place}.deleteOne({})", by(seen)),
        }
    }

    fn preview(&self, collection: &ObjectKey, stages: &[String], limit: u32) -> Result<Statement, Error> {
        let mut pipeline = Vec::new();
        for text in stages {
            let node = read_value(text)?;
            let Some([field]) = node.fields() else {
                return Err(super::no_document(&node, "a stage, which is a document with one field").into());
            };
            if language::writes(&field.name) {
                break;
            }
            pipeline.push(node.document().as_deref().map(spell).unwrap_or_default());
        }
        pipeline.push(format!("{{ $limit: {limit} }}"));
        Ok(Statement::new(format!("{}.aggregate([ {} ])", self.spelled(collection), pipeline.join(", "))))
    }

    async fn rules(&self, collection: &ObjectKey) -> Result<Rules, Error> {
        self.read_rules(collection).await
    }

    async fn set_rules(&self, collection: &ObjectKey, seen: &Rules, new: &Rules) -> Result<(), Error> {
        self.write_rules(collection, seen, new).await
    }

    fn describe_rules(&self, collection: &ObjectKey, rules: &Rules) -> Result<String, Error> {
        let command = self.rules_command(collection, rules)?;
        let command = print(kind::DOCUMENT, &command, TextStyle::Shell, true);
        Ok(format!("db.getSiblingDB({}).runCommand({command})", quoted(self.database(collection))))
    }

    async fn breaking(&self, collection: &ObjectKey, validator: &str) -> Result<Breaking, Error> {
        self.find_breaking(collection, validator).await
    }
}

/// Some documents of a collection.
pub(crate) async fn read_sample(
    session: &ControlSession,
    database: &str,
    collection: &str,
    documents: u32,
) -> Result<Vec<bytes::Bytes>, Error> {
    let command = bson::document(|writer| {
        writer.string("aggregate", collection).open(kind::ARRAY, b"pipeline");
        writer.with("0", |stage| _ = stage.with("$sample", |sample| _ = sample.integer("size", i64::from(documents))));
        writer.close();
        writer.with("cursor", |_| {}).int32("maxTimeMS", 20_000);
    });
    session.all(database, &command).await
}

/// How many documents there are, as the server estimates.
pub(crate) async fn estimate(session: &ControlSession, database: &str, collection: &str) -> Option<u64> {
    let command = bson::document(|writer| {
        writer.string("count", collection).int32("maxTimeMS", 10_000);
    });
    let reply = session.run(database, &command).await.ok()?;
    u64::try_from(bson::get(&reply, "n")?.integer()?).ok()
}
