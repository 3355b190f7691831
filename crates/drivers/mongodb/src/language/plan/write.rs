//! Methods that write documents.

use super::{
    Ack, Plan, Request, Shape, bare,
    build::{array, at_most, document, given, integer, named, node, optional, required, take, text, truth},
    single,
};
use crate::{
    bson::kind,
    language::{
        constructor::new_object_id,
        literal::Wrong,
        node::{Field, Literal, Node},
        statement::Step,
    },
};

/// Bytes of documents in one command: a command is hardly longer than a document may be.
const BATCH_BYTES: usize = 12 << 20;
/// Documents in one command, the least that any server takes.
const BATCH_COUNT: usize = 1000;

const UPDATE: &[(&str, &str)] = &[
    ("upsert", "upsert"),
    ("arrayFilters", "arrayFilters"),
    ("collation", "collation"),
    ("hint", "hint"),
    ("sort", "sort"),
    ("writeConcern", ""),
    ("let", ""),
    ("comment", ""),
    ("bypassDocumentValidation", ""),
];

const DELETE: &[(&str, &str)] =
    &[("collation", "collation"), ("hint", "hint"), ("writeConcern", ""), ("let", ""), ("comment", "")];

/// Options that belong to the command and not to one of its parts.
const WHOLE: &[&str] = &["writeConcern", "let", "comment", "bypassDocumentValidation"];

/// The plan of a method that writes; `None` where it is none of those.
pub(super) fn method(collection: &str, step: &Step) -> Result<Option<Plan>, Wrong> {
    let plan = match step.name.as_str() {
        "insertOne" => {
            at_most(step, 2)?;
            let one = required(step, 0, "a document")?;
            insert(collection, step, std::slice::from_ref(one), optional(step, 1)?, Ack::InsertOne)?
        }
        "insertMany" => {
            at_most(step, 2)?;
            let Some(documents) = step.argument(0).and_then(Node::items) else {
                return Err(Wrong::new(step.span, "insertMany wants an array of documents: [ { … } ]."));
            };
            insert(collection, step, documents, optional(step, 1)?, Ack::InsertMany)?
        }
        "updateOne" | "updateMany" | "replaceOne" => {
            at_most(step, 3)?;
            let part = update(step, step.argument(0), step.argument(1), optional(step, 2)?)?;
            let mut fields = vec![named("update", text(collection)), named("updates", array(vec![part]))];
            whole(optional(step, 2)?, &mut fields);
            single(step, fields, Shape::Written(Ack::Update))
        }
        "deleteOne" | "deleteMany" => {
            at_most(step, 2)?;
            required(step, 0, "a filter, { } for every document")?;
            let part = delete(&step.name, step.argument(0), optional(step, 1)?)?;
            let mut fields = vec![named("delete", text(collection)), named("deletes", array(vec![part]))];
            whole(optional(step, 1)?, &mut fields);
            single(step, fields, Shape::Written(Ack::Delete))
        }
        "findOneAndUpdate" | "findOneAndReplace" | "findOneAndDelete" | "findAndModify" => {
            single(step, find_and(collection, step)?, Shape::Found)
        }
        "bulkWrite" => bulk(collection, step)?,
        _ => return Ok(None),
    };
    Ok(Some(plan))
}

fn whole(options: Option<&Node>, fields: &mut Vec<Field>) {
    let options = options.and_then(Node::fields).unwrap_or_default();
    fields.extend(options.iter().filter(|field| WHOLE.contains(&field.name.as_str())).cloned());
}

/// The document with an `_id` in front where it has none, and that `_id`.
fn identified(document: &Node) -> Result<(Node, Node), Wrong> {
    let Some(fields) = document.fields() else {
        return Err(Wrong::new(document.span, "A document is expected here: { … }."));
    };
    if let Some(id) = document.get("_id") {
        return Ok((document.clone(), id.clone()));
    }
    let id = node(Literal::Scalar(kind::OBJECT_ID, new_object_id().to_vec()));
    let first = Field { name: "_id".to_owned(), at: document.span, node: id.clone() };
    let all = std::iter::once(first).chain(fields.iter().cloned()).collect();
    Ok((Node { value: Literal::Document(all), span: document.span }, id))
}

fn insert(collection: &str, step: &Step, documents: &[Node], options: Option<&Node>, ack: Ack) -> Result<Plan, Wrong> {
    if documents.is_empty() {
        return Err(Wrong::new(step.span, "There is nothing to insert."));
    }
    let mut rest = Vec::new();
    take(
        options,
        &[("ordered", ""), ("writeConcern", ""), ("comment", ""), ("bypassDocumentValidation", "")],
        &mut rest,
    )?;
    let ordered = options.and_then(|options| options.get("ordered")).is_none_or(Node::truth);
    let mut requests = Vec::new();
    let (mut batch, mut ids, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut finish = |batch: &mut Vec<Node>, ids: &mut Vec<Node>| {
        let mut fields = vec![
            named("insert", text(collection)),
            named("ordered", truth(ordered)),
            named("documents", array(std::mem::take(batch))),
        ];
        whole(options, &mut fields);
        requests.push(Request { fields, ids: std::mem::take(ids) });
    };
    for one in documents {
        let (one, id) = identified(one)?;
        let size = one.document().map_or(0, |document| document.len());
        if !batch.is_empty() && (bytes + size > BATCH_BYTES || batch.len() >= BATCH_COUNT) {
            finish(&mut batch, &mut ids);
            bytes = 0;
        }
        bytes += size;
        batch.push(one);
        ids.push(id);
    }
    finish(&mut batch, &mut ids);
    Ok(Plan { at: step.at, requests, ordered, shape: Shape::Written(ack), ..bare(&step.name) })
}

/// One part of an update command.
fn update(step: &Step, filter: Option<&Node>, change: Option<&Node>, options: Option<&Node>) -> Result<Node, Wrong> {
    let name = step.name.as_str();
    let Some(filter) = filter.filter(|filter| filter.fields().is_some()) else {
        return Err(Wrong::new(
            filter.map_or(step.span, |filter| filter.span),
            format!("{name} wants a filter: {{ … }}."),
        ));
    };
    let Some(change) = change else {
        return Err(Wrong::new(step.span, format!("{name} wants a filter and a change.")));
    };
    let operators = change.fields().map(|fields| fields.first().is_some_and(|field| field.name.starts_with('$')));
    match (name == "replaceOne", operators) {
        (false, Some(true)) => {}
        (false, None) if change.items().is_some() => {}
        (false, _) => {
            return Err(Wrong::new(
                change.span,
                format!("{name} wants operators, such as {{ $set: … }}; replaceOne takes a document."),
            ));
        }
        (true, Some(false)) => {}
        (true, _) => return Err(Wrong::new(change.span, "replaceOne wants a document without operators.")),
    }
    let mut fields = vec![given("q", filter), given("u", change), named("multi", truth(name == "updateMany"))];
    take(options, UPDATE, &mut fields)?;
    Ok(node(document(fields)))
}

/// One part of a delete command.
fn delete(name: &str, filter: Option<&Node>, options: Option<&Node>) -> Result<Node, Wrong> {
    let filter = match filter {
        Some(filter) => given("q", filter),
        None => named("q", document(Vec::new())),
    };
    let mut fields = vec![filter, named("limit", integer(i64::from(name == "deleteOne")))];
    take(options, DELETE, &mut fields)?;
    Ok(node(document(fields)))
}

fn find_and(collection: &str, step: &Step) -> Result<Vec<Field>, Wrong> {
    let mut fields = vec![named("findAndModify", text(collection))];
    if step.name == "findAndModify" {
        at_most(step, 1)?;
        let known = [
            "query",
            "sort",
            "remove",
            "update",
            "new",
            "fields",
            "upsert",
            "arrayFilters",
            "collation",
            "hint",
            "let",
            "writeConcern",
            "maxTimeMS",
            "comment",
            "bypassDocumentValidation",
        ]
        .map(|name| (name, name));
        take(Some(required(step, 0, "a document")?), &known, &mut fields)?;
        return Ok(fields);
    }
    fields.push(given("query", required(step, 0, "a filter")?));
    let deletes = step.name == "findOneAndDelete";
    let options = optional(step, if deletes { 1 } else { 2 })?;
    if deletes {
        fields.push(named("remove", truth(true)));
    } else {
        let Some(change) = step.argument(1) else {
            return Err(Wrong::new(step.span, format!("{} wants a filter and a change.", step.name)));
        };
        let operators = change.fields().and_then(<[Field]>::first).is_some_and(|field| field.name.starts_with('$'));
        let fits = match step.name.as_str() {
            "findOneAndReplace" => change.fields().is_some() && !operators,
            _ => operators || change.items().is_some(),
        };
        if !fits {
            return Err(Wrong::new(change.span, format!("This is no change for {}.", step.name)));
        }
        fields.push(given("update", change));
        let after = options.is_some_and(|options| {
            options.get("returnDocument").and_then(Node::text) == Some("after")
                || options.get("returnNewDocument").is_some_and(Node::truth)
                || options.get("returnOriginal").is_some_and(|original| !original.truth())
        });
        fields.push(named("new", truth(after)));
    }
    let known = [
        ("projection", "fields"),
        ("sort", "sort"),
        ("upsert", "upsert"),
        ("arrayFilters", "arrayFilters"),
        ("collation", "collation"),
        ("hint", "hint"),
        ("let", "let"),
        ("maxTimeMS", "maxTimeMS"),
        ("comment", "comment"),
        ("writeConcern", "writeConcern"),
        ("bypassDocumentValidation", "bypassDocumentValidation"),
        ("returnDocument", ""),
        ("returnNewDocument", ""),
        ("returnOriginal", ""),
    ];
    take(options, &known, &mut fields)?;
    Ok(fields)
}

/// Writes of one kind that follow one another go in one command.
fn bulk(collection: &str, step: &Step) -> Result<Plan, Wrong> {
    at_most(step, 2)?;
    let Some(writes) = step.argument(0).and_then(Node::items) else {
        return Err(Wrong::new(step.span, "bulkWrite wants an array of writes: [ { insertOne: … } ]."));
    };
    let options = optional(step, 1)?;
    take(
        options,
        &[("ordered", ""), ("writeConcern", ""), ("let", ""), ("comment", ""), ("bypassDocumentValidation", "")],
        &mut Vec::new(),
    )?;
    let ordered = options.and_then(|options| options.get("ordered")).is_none_or(Node::truth);
    let mut runs: Vec<(&str, Vec<Node>, Vec<Node>)> = Vec::new();
    for write in writes {
        let Some([field]) = write.fields() else {
            return Err(Wrong::new(write.span, "A write is a document with one field: { insertOne: … }."));
        };
        let (inner, name) = (&field.node, field.name.as_str());
        let get = |part: &str| inner.get(part);
        let named_step = Step { name: name.to_owned(), at: field.at, arguments: Vec::new(), span: write.span };
        let others = |taken: &[&str]| {
            let fields = inner.fields().unwrap_or_default().iter();
            node(document(fields.filter(|field| !taken.contains(&field.name.as_str())).cloned().collect()))
        };
        let (command, part, id) = match name {
            "insertOne" => {
                let Some(one) = get("document") else {
                    return Err(Wrong::new(inner.span, "insertOne wants a document: { document: { … } }."));
                };
                let (one, id) = identified(one)?;
                ("insert", one, Some(id))
            }
            "updateOne" | "updateMany" => {
                let part = update(&named_step, get("filter"), get("update"), Some(&others(&["filter", "update"])))?;
                ("update", part, None)
            }
            "replaceOne" => {
                let part =
                    update(&named_step, get("filter"), get("replacement"), Some(&others(&["filter", "replacement"])))?;
                ("update", part, None)
            }
            "deleteOne" | "deleteMany" => ("delete", delete(name, get("filter"), Some(&others(&["filter"])))?, None),
            _ => {
                let message = format!("{} is no write of bulkWrite.", dial::url::brief(name));
                return Err(Wrong::new(field.at, message));
            }
        };
        match runs.last_mut().filter(|(last, parts, _)| *last == command && parts.len() < BATCH_COUNT) {
            Some((_, parts, ids)) => {
                parts.push(part);
                ids.extend(id);
            }
            None => runs.push((command, vec![part], id.into_iter().collect())),
        }
    }
    if runs.is_empty() {
        return Err(Wrong::new(step.span, "There is nothing to write."));
    }
    let requests = runs.into_iter().map(|(command, parts, ids)| {
        let list = match command {
            "insert" => "documents",
            "update" => "updates",
            _ => "deletes",
        };
        let mut fields =
            vec![named(command, text(collection)), named("ordered", truth(ordered)), named(list, array(parts))];
        whole(options, &mut fields);
        Request { fields, ids }
    });
    Ok(Plan {
        at: step.at,
        requests: requests.collect(),
        ordered,
        shape: Shape::Written(Ack::Bulk),
        ..bare("bulkWrite")
    })
}
