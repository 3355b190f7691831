//! Fields as columns: declared by a validator's `$jsonSchema`, or found in a sample where one collection is looked at.

use catalog::{Catalog, Column, Inferred, Known, RelationId, RelationKind};
use driver::{Code, Error};

use crate::{
    bson::{self, Element, kind},
    control::ControlSession,
    documents::{estimate, read_sample, sampled_fields},
};

/// Documents of a sample.
const SAMPLE: u32 = 200;
/// Levels of a schema that are looked into.
const DEEPEST: usize = 12;

#[allow(clippy::too_many_arguments, reason = "one place calls it")]
pub(super) async fn read(
    session: &ControlSession,
    catalog: &mut Catalog,
    relation: RelationId,
    database: &str,
    collection: &str,
    of: RelationKind,
    options: &[u8],
    sampled: bool,
) -> Result<(), Error> {
    let mut columns: Vec<Column> = Vec::new();
    if let Some(schema) = bson::get_path(options, &["validator", "$jsonSchema"]).and_then(|schema| schema.document()) {
        declared(schema, relation, &mut columns);
    }
    if sampled {
        match read_sample(session, database, collection, SAMPLE).await {
            Ok(documents) => {
                let count = if of == RelationKind::View { None } else { estimate(session, database, collection).await };
                let sample = sampled_fields(documents.iter().map(AsRef::as_ref), Known::NotLoaded);
                let inferred = Inferred { sampled: sample.sampled, of: count };
                for field in sample.fields {
                    let name = field.path.join(".");
                    if columns.iter().any(|column| column.name == name) {
                        continue;
                    }
                    let types: Vec<&str> = field.types.iter().map(|(name, _)| name.as_str()).collect();
                    columns.push(Column {
                        inferred: Some(inferred),
                        comment: Some(format!("in {} of {} documents", field.present, sample.sampled)),
                        ..Column::new(relation, 0, &name, &types.join(" | "))
                    });
                }
            }
            Err(error) if matches!(error.code, Code::Unreachable | Code::TimedOut) => return Err(error),
            // What may not be read has no fields to tell.
            Err(_) => {}
        }
    }
    // Every document has one, whatever it is.
    if of == RelationKind::Collection && !columns.iter().any(|column| column.name == "_id") {
        columns.insert(0, Column { nullable: Known::Value(false), ..Column::new(relation, 0, "_id", "any") });
    }
    for (place, column) in columns.iter_mut().enumerate() {
        column.ordinal = u32::try_from(place + 1).unwrap_or(u32::MAX);
    }
    catalog.columns.extend(columns);
    Ok(())
}

/// The fields of a schema, those inside after what they are in.
fn declared(schema: &[u8], relation: RelationId, columns: &mut Vec<Column>) {
    let mut open: Vec<(String, &[u8], usize)> = vec![(String::new(), schema, 0)];
    while let Some((prefix, schema, depth)) = open.pop() {
        let required: Vec<String> = list(schema, "required");
        let properties = bson::get(schema, "properties").and_then(|properties| properties.document());
        let mut inner = Vec::new();
        for property in properties.and_then(|all| bson::elements(all).ok()).into_iter().flatten().map_while(Result::ok)
        {
            let Some(own) = property.document() else { continue };
            let name = property.name().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            let types = match list(own, "bsonType") {
                types if types.is_empty() => list(own, "type"),
                types => types,
            };
            let native = if types.is_empty() { "any".to_owned() } else { types.join(" | ") };
            let comment = bson::get(own, "description").and_then(|text| text.text().map(|text| text.into_owned()));
            let nullable = Known::Value(!required.contains(&name));
            columns.push(Column { nullable, comment, ..Column::new(relation, 0, &path, &native) });
            if depth < DEEPEST {
                inner.push((path, own, depth + 1));
            }
        }
        open.extend(inner.into_iter().rev());
    }
}

/// A text, or several.
fn list(schema: &[u8], name: &str) -> Vec<String> {
    let Some(field) = bson::get(schema, name) else { return Vec::new() };
    if let Some(text) = field.text() {
        return vec![text.into_owned()];
    }
    let elements = field.document().filter(|_| field.kind == kind::ARRAY).and_then(|list| bson::elements(list).ok());
    let text = |element: Element<'_>| element.text().map(|text| text.into_owned());
    elements.into_iter().flatten().map_while(Result::ok).filter_map(text).collect()
}
