//! Methods that read: find with its cursor's methods, aggregate, counts, distinct, watch.

use super::{
    Plan, Shape,
    build::{array, at_most, document, given, integer, named, node, optional, required, string, take, text, truth},
    single,
};
use crate::language::{
    literal::Wrong,
    node::{Field, Node},
    statement::Step,
};

const FIND: &[(&str, &str)] = &[
    ("sort", "sort"),
    ("limit", "limit"),
    ("skip", "skip"),
    ("hint", "hint"),
    ("collation", "collation"),
    ("batchSize", "batchSize"),
    ("maxTimeMS", "maxTimeMS"),
    ("comment", "comment"),
    ("projection", "projection"),
    ("allowDiskUse", "allowDiskUse"),
    ("let", "let"),
    ("min", "min"),
    ("max", "max"),
    ("returnKey", "returnKey"),
    ("showRecordId", "showRecordId"),
    ("noCursorTimeout", "noCursorTimeout"),
    ("readConcern", "readConcern"),
    ("tailable", "tailable"),
    ("awaitData", "awaitData"),
];

const AGGREGATE: &[(&str, &str)] = &[
    ("allowDiskUse", "allowDiskUse"),
    ("maxTimeMS", "maxTimeMS"),
    ("bypassDocumentValidation", "bypassDocumentValidation"),
    ("readConcern", "readConcern"),
    ("collation", "collation"),
    ("hint", "hint"),
    ("comment", "comment"),
    ("writeConcern", "writeConcern"),
    ("let", "let"),
    ("cursor", "cursor"),
    ("batchSize", ""),
    ("explain", ""),
];

const WATCH: &[&str] = &[
    "fullDocument",
    "fullDocumentBeforeChange",
    "resumeAfter",
    "startAfter",
    "startAtOperationTime",
    "showExpandedEvents",
    "allChangesForCluster",
];

/// The plan of a method that reads; `None` where it is none of those.
pub(super) fn method(collection: &str, first: &Step, rest: &[Step]) -> Result<Option<Plan>, Wrong> {
    Ok(Some(match first.name.as_str() {
        "find" => find(collection, first, rest)?,
        "findOne" => {
            at_most(first, 3)?;
            let mut fields = found(collection, first)?;
            take(optional(first, 2)?, FIND, &mut fields)?;
            set(&mut fields, "limit", integer(1));
            set(&mut fields, "singleBatch", truth(true));
            single(first, fields, Shape::Cursor)
        }
        "aggregate" => aggregate(text(collection), first)?,
        "watch" => watch(text(collection), first)?,
        "distinct" => {
            at_most(first, 3)?;
            let key = string(first, 0, "the name of a field")?;
            let mut fields = vec![named("distinct", text(collection)), named("key", text(key))];
            fields.extend(optional(first, 1)?.map(|filter| given("query", filter)));
            let known =
                [("collation", "collation"), ("maxTimeMS", "maxTimeMS"), ("comment", "comment"), ("hint", "hint")];
            take(optional(first, 2)?, &known, &mut fields)?;
            single(first, fields, Shape::Each("values"))
        }
        "countDocuments" => counted(collection, first)?,
        "estimatedDocumentCount" => {
            let mut fields = vec![named("count", text(collection))];
            take(optional(first, 0)?, &[("maxTimeMS", "maxTimeMS"), ("comment", "comment")], &mut fields)?;
            single(first, fields, Shape::Count)
        }
        "count" => {
            let mut fields = vec![named("count", text(collection))];
            fields.extend(optional(first, 0)?.map(|filter| given("query", filter)));
            let known = [
                ("limit", "limit"),
                ("skip", "skip"),
                ("hint", "hint"),
                ("collation", "collation"),
                ("maxTimeMS", "maxTimeMS"),
            ];
            take(optional(first, 1)?, &known, &mut fields)?;
            single(first, fields, Shape::Count)
        }
        "getIndexes" | "getIndices" => single(first, vec![named("listIndexes", text(collection))], Shape::Cursor),
        "stats" => {
            let mut fields = vec![named("collStats", text(collection))];
            match first.argument(0) {
                Some(scale) if scale.fields().is_none() => fields.push(given("scale", scale)),
                _ => take(optional(first, 0)?, &[("scale", "scale"), ("indexDetails", "")], &mut fields)?,
            }
            single(first, fields, Shape::Answer)
        }
        "validate" => {
            let mut fields = vec![named("validate", text(collection))];
            match first.argument(0) {
                Some(full) if full.fields().is_none() => fields.push(given("full", full)),
                options => {
                    let known = [
                        ("full", "full"),
                        ("repair", "repair"),
                        ("metadata", "metadata"),
                        ("checkBSONConformance", "checkBSONConformance"),
                    ];
                    take(options, &known, &mut fields)?;
                }
            }
            single(first, fields, Shape::Answer)
        }
        _ => return Ok(None),
    }))
}

/// Sets a field, in the place of one of that name.
fn set(fields: &mut Vec<Field>, name: &str, value: crate::language::node::Literal) {
    fields.retain(|field| field.name != name);
    fields.push(named(name, value));
}

fn found(collection: &str, step: &Step) -> Result<Vec<Field>, Wrong> {
    let mut fields = vec![named("find", text(collection))];
    fields.extend(optional(step, 0)?.map(|filter| given("filter", filter)));
    fields.extend(optional(step, 1)?.map(|projection| given("projection", projection)));
    Ok(fields)
}

fn find(collection: &str, first: &Step, rest: &[Step]) -> Result<Plan, Wrong> {
    at_most(first, 3)?;
    let mut fields = found(collection, first)?;
    take(optional(first, 2)?, FIND, &mut fields)?;
    let (mut counts, mut preference, mut last) = (None, None, None);
    for step in rest {
        let value = step.argument(0);
        let name = match step.name.as_str() {
            "sort" | "hint" | "collation" | "min" | "max" | "comment" | "batchSize" | "maxTimeMS" | "limit"
            | "skip" => step.name.as_str(),
            "project" | "projection" => "projection",
            "allowDiskUse" | "returnKey" | "showRecordId" | "noCursorTimeout" => {
                set(&mut fields, &step.name, truth(value.is_none_or(Node::truth)));
                continue;
            }
            "readConcern" => {
                set(&mut fields, "readConcern", document(vec![named("level", text(string(step, 0, "a level")?))]));
                continue;
            }
            "readPref" => {
                preference = Some(string(step, 0, "a read preference")?.to_owned());
                continue;
            }
            "tailable" => {
                set(&mut fields, "tailable", truth(true));
                set(&mut fields, "awaitData", truth(true));
                continue;
            }
            "count" | "size" | "itcount" => {
                counts = Some(step);
                continue;
            }
            "next" => {
                set(&mut fields, "limit", integer(1));
                continue;
            }
            "pretty" | "toArray" | "explain" => {
                last = Some(step);
                continue;
            }
            _ => return Err(Wrong::new(step.at, format!("{} cannot follow find.", dial::url::brief(&step.name)))),
        };
        let Some(value) = value else {
            return Err(Wrong::new(step.span, format!("{} wants an argument.", step.name)));
        };
        if counts.is_some() || last.is_some_and(|last| last.name != "explain") && name != "comment" {
            return Err(Wrong::new(step.at, format!("{} cannot stand here: the result is complete.", step.name)));
        }
        fields.retain(|field| field.name != name);
        fields.push(given(name, value));
    }
    if let Some(limit) = super::super::node::find(&fields, "limit").and_then(Node::integer)
        && limit < 0
    {
        // A negative limit means as many in one batch.
        set(&mut fields, "limit", integer(limit.saturating_abs()));
        set(&mut fields, "singleBatch", truth(true));
    }
    let tailable = fields.iter().any(|field| field.name == "tailable");
    let mut plan = match counts {
        None if tailable => single(first, fields, Shape::Watch),
        None => single(first, fields, Shape::Cursor),
        Some(step) => single(first, counting(collection, &fields, step.name != "count"), Shape::Count),
    };
    plan.read_preference = preference;
    Ok(plan)
}

/// The count of what a find would give; `count()` leaves limit and skip out, as the shell does.
fn counting(collection: &str, find: &[Field], window: bool) -> Vec<Field> {
    let mut fields = vec![named("count", text(collection))];
    for field in find {
        match field.name.as_str() {
            "filter" => fields.push(Field { name: "query".to_owned(), ..field.clone() }),
            "limit" | "skip" if window => fields.push(field.clone()),
            "hint" | "collation" | "maxTimeMS" | "comment" | "readConcern" => fields.push(field.clone()),
            _ => {}
        }
    }
    fields
}

/// Stages as one array, or one by one, with options last.
fn pipeline(step: &Step) -> Result<(Vec<Node>, Option<&Node>), Wrong> {
    match step.argument(0) {
        None => Ok((Vec::new(), optional(step, 1)?)),
        Some(first) => match first.items() {
            Some(stages) => {
                at_most(step, 2)?;
                check(stages)?;
                Ok((stages.to_vec(), optional(step, 1)?))
            }
            None => {
                let stage = |node: &&Node| {
                    node.fields().and_then(<[Field]>::first).is_some_and(|field| field.name.starts_with('$'))
                };
                let count = step.arguments.iter().take_while(stage).count();
                let (stages, rest) = step.arguments.split_at(count);
                match rest {
                    [] => {}
                    [options] if options.fields().is_some() && count > 0 => {}
                    [wrong, ..] => return Err(Wrong::new(wrong.span, "A stage is expected here: { $match: … }.")),
                }
                check(stages)?;
                Ok((stages.to_vec(), rest.first()))
            }
        },
    }
}

fn check(stages: &[Node]) -> Result<(), Wrong> {
    for stage in stages {
        match stage.fields() {
            Some([field]) if field.name.starts_with('$') => {}
            Some([field, ..]) if !field.name.starts_with('$') => {
                return Err(Wrong::new(field.at, "The name of a stage begins with $."));
            }
            _ => return Err(Wrong::new(stage.span, "A stage is a document with one field: { $match: … }.")),
        }
    }
    Ok(())
}

/// `of` is a collection, or 1 for the database.
pub(super) fn aggregate(of: crate::language::node::Literal, step: &Step) -> Result<Plan, Wrong> {
    let (stages, options) = pipeline(step)?;
    let mut fields = vec![named("aggregate", of), named("pipeline", array(stages))];
    take(options, AGGREGATE, &mut fields)?;
    if !fields.iter().any(|field| field.name == "cursor") {
        let size = options.and_then(|options| options.get("batchSize"));
        fields.push(named("cursor", document(size.map(|size| given("batchSize", size)).into_iter().collect())));
    }
    let explain = options.and_then(|options| options.get("explain")).is_some_and(Node::truth);
    let shape = if super::is_watching(&fields) { Shape::Watch } else { Shape::Cursor };
    let mut plan = single(step, fields, shape);
    if explain {
        super::explained(&mut plan, "queryPlanner")?;
    }
    Ok(plan)
}

/// What may follow an aggregate.
pub(super) fn of_aggregate(plan: &mut Plan, step: &Step) -> Result<(), Wrong> {
    let Some(request) = plan.requests.first_mut() else { return Ok(()) };
    match step.name.as_str() {
        "allowDiskUse" => set(&mut request.fields, "allowDiskUse", truth(step.argument(0).is_none_or(Node::truth))),
        "maxTimeMS" | "hint" | "collation" | "comment" => {
            let Some(value) = step.argument(0) else {
                return Err(Wrong::new(step.span, format!("{} wants an argument.", step.name)));
            };
            request.fields.retain(|field| field.name != step.name);
            request.fields.push(given(&step.name, value));
        }
        "batchSize" => {
            let size = step.argument(0).map(|size| given("batchSize", size));
            set(&mut request.fields, "cursor", document(size.into_iter().collect()));
        }
        "itcount" => {
            for field in &mut request.fields {
                if field.name == "pipeline"
                    && let crate::language::node::Literal::Array(stages) = &mut field.node.value
                {
                    stages.push(node(document(vec![named("$count", text("n"))])));
                }
            }
            plan.shape = Shape::Counted;
        }
        _ => return Err(Wrong::new(step.at, format!("{} cannot follow aggregate.", dial::url::brief(&step.name)))),
    }
    Ok(())
}

/// A change stream: what comes is read until somebody stops it.
pub(super) fn watch(of: crate::language::node::Literal, step: &Step) -> Result<Plan, Wrong> {
    at_most(step, 2)?;
    let stages = match step.argument(0) {
        None => &[],
        Some(node) => match node.items() {
            Some(stages) => stages,
            None => return Err(Wrong::new(node.span, "A pipeline is expected here: [ … ].")),
        },
    };
    check(stages)?;
    let options = optional(step, 1)?;
    let (mut stream, mut rest, mut cursor) = (Vec::new(), Vec::new(), Vec::new());
    for field in options.and_then(Node::fields).unwrap_or_default() {
        match field.name.as_str() {
            name if WATCH.contains(&name) => stream.push(field.clone()),
            "batchSize" => cursor.push(field.clone()),
            "collation" | "comment" => rest.push(field.clone()),
            "maxAwaitTimeMS" => {}
            _ => return Err(Wrong::new(field.at, format!("{} is no option of watch.", dial::url::brief(&field.name)))),
        }
    }
    let first = node(document(vec![named("$changeStream", document(stream))]));
    let all = std::iter::once(first).chain(stages.iter().cloned()).collect();
    let mut fields = vec![named("aggregate", of), named("pipeline", array(all)), named("cursor", document(cursor))];
    fields.extend(rest);
    Ok(single(step, fields, Shape::Watch))
}

/// An exact count is an aggregation, as in every driver.
fn counted(collection: &str, step: &Step) -> Result<Plan, Wrong> {
    at_most(step, 2)?;
    let options = optional(step, 1)?;
    let stage = |field: Field| node(document(vec![field]));
    let filter = match step.argument(0) {
        Some(_) => given("$match", required(step, 0, "a filter")?),
        None => named("$match", document(Vec::new())),
    };
    let mut stages = vec![stage(filter)];
    for (name, of) in [("skip", "$skip"), ("limit", "$limit")] {
        stages.extend(options.and_then(|options| options.get(name)).map(|value| stage(given(of, value))));
    }
    let group = vec![named("_id", integer(1)), named("n", document(vec![named("$sum", integer(1))]))];
    stages.push(stage(named("$group", document(group))));
    let mut fields = vec![
        named("aggregate", text(collection)),
        named("pipeline", array(stages)),
        named("cursor", document(Vec::new())),
    ];
    let known = [
        ("skip", ""),
        ("limit", ""),
        ("hint", "hint"),
        ("collation", "collation"),
        ("maxTimeMS", "maxTimeMS"),
        ("comment", "comment"),
    ];
    take(options, &known, &mut fields)?;
    Ok(single(step, fields, Shape::Counted))
}
