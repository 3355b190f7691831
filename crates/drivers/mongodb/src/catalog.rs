//! The catalog: databases as schemas, collections as relations, indexes, and fields as columns.

mod access;
mod columns;
mod indexes;

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use catalog::{Catalog, Coverage, Kind, Known, Relation, RelationKind, Schema, SchemaId, Scope};
use driver::{Code, Error};

pub(crate) use indexes::read as read_index;

use crate::{
    bson::{self, Element},
    control::ControlSession,
    documents::{hex, print},
};
use driver::documents::TextStyle;

/// Databases that the server made for itself.
const SYSTEM: &[&str] = &["admin", "config", "local"];
/// Above this many collections sizes are left out: each is a command of its own.
const MOST_SIZES: usize = 500;

/// Reads what the scope asks for.
pub(crate) async fn read(session: &ControlSession, database: &str, scope: &Scope) -> Result<Catalog, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut catalog = Catalog {
        search_path: vec![database.to_owned()],
        as_of_ms: i64::try_from(now.as_millis()).unwrap_or_default(),
        ..Catalog::default()
    };
    for kind in &scope.kinds {
        catalog.coverage.insert(*kind, Known::Unsupported);
    }
    if scope.wants(Kind::Roles) {
        let coverage = access::read(session, &mut catalog).await?;
        catalog.coverage.insert(Kind::Roles, coverage);
    }
    let relations = [Kind::Relations, Kind::Columns, Kind::Indexes].into_iter().any(|kind| scope.wants(kind));
    if !relations && !scope.wants(Kind::Schemas) && !scope.wants(Kind::Databases) {
        return Ok(catalog);
    }
    let coverage = schemas(session, database, scope, &mut catalog).await?;
    for kind in [Kind::Schemas].into_iter().filter(|kind| scope.wants(*kind)) {
        catalog.coverage.insert(kind, coverage.clone());
    }
    if relations {
        let coverage = collections(session, scope, &mut catalog).await?;
        for kind in [Kind::Relations, Kind::Columns, Kind::Indexes].into_iter().filter(|kind| scope.wants(*kind)) {
            catalog.coverage.insert(kind, coverage.clone());
        }
    }
    catalog.seal();
    Ok(catalog)
}

/// What a refusal means for the coverage; other errors end the reading.
fn denied(error: Error) -> Result<Coverage, Error> {
    match error.code {
        Code::Forbidden => Ok(Known::Denied),
        _ => Err(error),
    }
}

async fn schemas(
    session: &ControlSession,
    database: &str,
    scope: &Scope,
    catalog: &mut Catalog,
) -> Result<Coverage, Error> {
    let command = bson::document(|writer| {
        writer.int32("listDatabases", 1).bool("nameOnly", true);
    });
    let (mut names, coverage) = match session.run("admin", &command).await {
        Ok(reply) => {
            let list = bson::get(&reply, "databases");
            let elements = list.as_ref().and_then(Element::document).and_then(|list| bson::elements(list).ok());
            let names = elements
                .into_iter()
                .flatten()
                .map_while(Result::ok)
                .filter_map(|element| bson::get(element.document()?, "name")?.text().map(|name| name.into_owned()));
            (names.collect(), Known::Value(()))
        }
        // Never nothing: the database of the profile is there to be looked at.
        Err(error) => (Vec::new(), denied(error)?),
    };
    // A database is there once something is in it; the one that was chosen is shown in any case.
    if !names.iter().any(|name| name == database) {
        names.push(database.to_owned());
    }
    names.sort_unstable();
    for name in names {
        let system = SYSTEM.contains(&name.as_str());
        let wanted = match &scope.schemas {
            Some(only) => only.contains(&name),
            None => scope.include_system || !system || name == database,
        };
        if wanted {
            catalog.push_schema(Schema { system, ..Schema::named(&name) });
        }
    }
    Ok(coverage)
}

async fn collections(session: &ControlSession, scope: &Scope, catalog: &mut Catalog) -> Result<Coverage, Error> {
    let names: Vec<String> = catalog.schemas.iter().map(|schema| schema.name.clone()).collect();
    let mut coverage = Known::Value(());
    for (place, database) in names.iter().enumerate() {
        let schema = SchemaId(u32::try_from(place).unwrap_or(u32::MAX));
        let found = match list(session, database, scope.relation.as_deref()).await {
            Ok(found) => found,
            Err(error) => {
                coverage = denied(error)?;
                continue;
            }
        };
        let sizes = scope.sizes && found.len() <= MOST_SIZES;
        for one in found {
            let name = text(&one, "name").unwrap_or_default();
            if name.starts_with("system.") && !scope.include_system && scope.relation.is_none() {
                continue;
            }
            relation(session, scope, catalog, schema, database, &name, &one, sizes).await?;
        }
    }
    Ok(coverage)
}

/// What `listCollections` says, of one collection or of all.
pub(crate) async fn list(session: &ControlSession, database: &str, only: Option<&str>) -> Result<Vec<Bytes>, Error> {
    let command = |authorized: bool| {
        bson::document(|writer| {
            writer.int32("listCollections", 1);
            if let Some(name) = only {
                writer.with("filter", |filter| _ = filter.string("name", name));
            }
            if authorized {
                writer.bool("nameOnly", true).bool("authorizedCollections", true);
            }
        })
    };
    match session.all(database, &command(false)).await {
        // Names only, of what the login may read at all.
        Err(error) if error.code == Code::Forbidden => session.all(database, &command(true)).await,
        found => found,
    }
}

pub(crate) fn text(document: &[u8], name: &str) -> Option<String> {
    bson::get(document, name).and_then(|field| field.text().map(|text| text.into_owned()))
}

#[allow(clippy::too_many_arguments, reason = "one place calls it")]
async fn relation(
    session: &ControlSession,
    scope: &Scope,
    catalog: &mut Catalog,
    schema: SchemaId,
    database: &str,
    name: &str,
    info: &[u8],
    sizes: bool,
) -> Result<(), Error> {
    let kind = match text(info, "type").as_deref() {
        Some("view") => RelationKind::View,
        Some("timeseries") => RelationKind::TimeSeries,
        _ => RelationKind::Collection,
    };
    let mut relation = Relation::new(schema, name, kind);
    let options = bson::get(info, "options");
    let options = options.as_ref().and_then(Element::document).unwrap_or(&[5, 0, 0, 0, 0]);
    relation.options = bson::elements(options)
        .into_iter()
        .flatten()
        .map_while(Result::ok)
        .filter(|option| option.name != b"pipeline" && option.name != b"uuid")
        .map(|option| format!("{}: {}", option.name(), print(option.kind, option.raw, TextStyle::Shell, false)))
        .collect();
    if kind == RelationKind::View {
        relation.definition = match (scope.definitions, bson::get(options, "pipeline")) {
            (true, Some(pipeline)) => Known::Value(print(pipeline.kind, pipeline.raw, TextStyle::Shell, true)),
            _ => Known::NotLoaded,
        };
        relation.estimated_rows = Known::Unsupported;
        relation.bytes = Known::Unsupported;
    } else if sizes {
        let command = bson::document(|writer| _ = writer.string("collStats", name));
        match session.run(database, &command).await {
            Ok(stats) => {
                let number = |name: &str| bson::get(&stats, name).and_then(|field| field.integer());
                relation.estimated_rows = Known::Value(number("count"));
                let bytes = number("storageSize").unwrap_or(0) + number("totalIndexSize").unwrap_or(0);
                relation.bytes = u64::try_from(bytes).map_or(Known::Unsupported, Known::Value);
            }
            Err(error) if error.code == Code::Forbidden => {
                relation.estimated_rows = Known::Denied;
                relation.bytes = Known::Denied;
            }
            Err(error) if matches!(error.code, Code::Unreachable | Code::TimedOut) => return Err(error),
            // Some kinds have no statistics.
            Err(_) => {}
        }
    }
    relation.rename_hint = bson::get_path(info, &["info", "uuid"]).and_then(|uuid| match uuid.value() {
        Ok(bson::Value::Binary(_, bytes)) => u64::from_str_radix(hex(bytes).get(..16)?, 16).ok(),
        _ => None,
    });
    let id = catalog.push_relation(relation);
    if scope.wants(Kind::Columns) {
        let sampled = scope.relation.is_some();
        columns::read(session, catalog, id, database, name, kind, options, sampled).await?;
    }
    if scope.wants(Kind::Indexes) && kind != RelationKind::View {
        match indexes::all(session, database, name).await {
            Ok(all) => catalog.indexes.extend(all.into_iter().map(|one| one.index(id, name))),
            Err(error) if matches!(error.code, Code::Unreachable | Code::TimedOut) => return Err(error),
            // Gone meanwhile, or not to be seen.
            Err(_) => {}
        }
    }
    Ok(())
}
