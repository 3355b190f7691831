//! A statement as the commands that a server reads, and how their answers are shown.

mod admin;
mod build;
mod read;
mod write;

use driver::Span;

use super::{
    literal::Wrong,
    node::{Field, Literal, Node},
    reach::{self, Reach},
    statement::{self, Parsed, Step, UNDERSTOOD, Written},
};
pub(crate) use build::text;
use build::{document, integer, named};

/// How the answer to a command is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The documents of its cursor, one a row.
    Cursor,
    /// The same, and more as they come, until somebody stops it.
    Watch,
    /// The answer itself, one row.
    Answer,
    /// The values of an array of the answer; those that are no documents as `{ value: … }`.
    Each(&'static str),
    /// A number of the answer as `{ n: … }`.
    Count,
    /// The number in the first document of the cursor, 0 where there is none.
    Counted,
    /// The document that was found and changed, if one was.
    Found,
    /// How many were written, of all commands together.
    Written(Ack),
    /// No command: the session's database is another from now on.
    Use(String),
}

/// How a write is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ack {
    InsertOne,
    InsertMany,
    Update,
    Delete,
    Bulk,
}

/// One command to send.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The command, without what belongs to the session.
    pub fields: Vec<Field>,
    /// The `_id`s of what it inserts, by their place.
    pub ids: Vec<Node>,
}

impl Request {
    /// The size of batches that the statement asks for.
    pub(crate) fn batch_size(&self) -> Option<i64> {
        let of = |name: &str| super::node::find(&self.fields, name);
        let size = of("batchSize").or_else(|| of("cursor")?.get("batchSize"));
        size.and_then(Node::integer).filter(|size| *size > 0)
    }
}

/// What a statement comes down to.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The method or the command.
    pub method: String,
    /// Where that stands.
    pub at: Span,
    /// The database, where it is not the session's.
    pub database: Option<String>,
    pub collection: Option<String>,
    pub requests: Vec<Request>,
    /// Whether a command that fails leaves out those after it.
    pub ordered: bool,
    pub shape: Shape,
    pub explained: bool,
    /// How a member is chosen, where the statement says.
    pub read_preference: Option<String>,
}

impl Plan {
    /// What the statement does: of several commands the one that does most.
    pub(crate) fn reach(&self) -> Reach {
        if matches!(self.shape, Shape::Use(_)) {
            return Reach::Session;
        }
        let mut all = self.requests.iter().map(|request| reach::of_command(&request.fields));
        let Some(mut most) = all.next() else { return Reach::Unknown };
        for one in all {
            most = match (most, one) {
                (Reach::Write { verb, into, whole: false }, Reach::Write { whole: false, .. }) => {
                    Reach::Write { verb, into, whole: false }
                }
                (_, one @ Reach::Write { whole: true, .. }) => one,
                (most, _) => most,
            };
        }
        most
    }

    /// Documents whose scripts run on the server.
    pub(crate) fn scripts(&self) -> Vec<(String, Span)> {
        self.requests.iter().flat_map(|request| &request.fields).flat_map(|field| reach::scripts(&field.node)).collect()
    }
}

/// Plans one statement for a session in the database `current`.
///
/// # Errors
/// What is wrong and where.
pub(crate) fn plan(text: &str, current: &str) -> Result<Plan, Wrong> {
    let Parsed { written, explain } = statement::parse(text)?;
    let mut plan = match written {
        Written::Use(name) => Plan { shape: Shape::Use(name), ..bare("use") },
        Written::Show(what, at) => admin::show(&what, at)?,
        Written::Command(node) => command(&node, None)?,
        Written::Chain { database, collection, steps } => {
            let place = Place { current: database.as_deref().unwrap_or(current) };
            let mut plan = match &collection {
                Some((name, at)) => on_collection(&place, name, *at, &steps)?,
                None => admin::on_database(&steps)?,
            };
            plan.database = plan.database.or(database);
            plan
        }
    };
    if let Some(verbosity) = explain {
        explained(&mut plan, &verbosity)?;
    }
    Ok(plan)
}

/// Where names without a database are looked up.
struct Place<'a> {
    current: &'a str,
}

fn bare(method: &str) -> Plan {
    Plan {
        method: method.to_owned(),
        at: Span { start: 0, end: 0 },
        database: None,
        collection: None,
        requests: Vec::new(),
        ordered: true,
        shape: Shape::Answer,
        explained: false,
        read_preference: None,
    }
}

fn single(step: &Step, fields: Vec<Field>, shape: Shape) -> Plan {
    Plan { at: step.at, requests: vec![Request { fields, ids: Vec::new() }], shape, ..bare(&step.name) }
}

/// A command document as it was written.
fn command(node: &Node, database: Option<&str>) -> Result<Plan, Wrong> {
    let fields = match &node.value {
        Literal::Document(fields) => fields.clone(),
        Literal::Text(name) => vec![named(name, integer(1))],
        _ => return Err(Wrong::new(node.span, "A command is a document, such as { ping: 1 }.")),
    };
    let Some(first) = fields.first() else {
        return Err(Wrong::new(node.span, "A command document begins with the command's name."));
    };
    if let Some(own) =
        fields.iter().find(|field| matches!(field.name.as_str(), "lsid" | "txnNumber" | "$db" | "autocommit"))
    {
        return Err(Wrong::new(own.at, format!("{} belongs to the session, which sends it by itself.", own.name)));
    }
    let cursors = ["find", "aggregate", "listCollections", "listIndexes", "listSearchIndexes"];
    let shape = match cursors.contains(&first.name.as_str()) {
        true if is_watching(&fields) => Shape::Watch,
        true => Shape::Cursor,
        false => Shape::Answer,
    };
    let collection = first.node.text().map(str::to_owned);
    let (method, at, database) = (first.name.clone(), first.at, database.map(str::to_owned));
    Ok(Plan { at, collection, database, requests: vec![Request { fields, ids: Vec::new() }], shape, ..bare(&method) })
}

/// Whether a pipeline begins with a change stream, or a cursor waits for more.
fn is_watching(fields: &[Field]) -> bool {
    let of = |name: &str| super::node::find(fields, name);
    let stream = of("pipeline")
        .and_then(Node::items)
        .and_then(<[Node]>::first)
        .is_some_and(|stage| stage.get("$changeStream").is_some());
    stream || of("tailable").is_some_and(Node::truth)
}

/// The command asked for its plan instead of run.
fn explained(plan: &mut Plan, verbosity: &str) -> Result<(), Wrong> {
    if plan.explained {
        return Ok(());
    }
    let modes = ["queryPlanner", "executionStats", "allPlansExecution"];
    if !modes.contains(&verbosity) {
        return Err(Wrong::new(plan.at, "The verbosity is queryPlanner, executionStats or allPlansExecution."));
    }
    let known = ["find", "aggregate", "count", "distinct", "update", "delete", "findAndModify", "mapReduce"];
    let [request] = plan.requests.as_mut_slice() else {
        return Err(Wrong::new(plan.at, format!("{} cannot be explained.", plan.method)));
    };
    if !request.fields.first().is_some_and(|first| known.contains(&first.name.as_str())) {
        return Err(Wrong::new(plan.at, format!("{} cannot be explained.", plan.method)));
    }
    let fields = std::mem::take(&mut request.fields);
    request.fields = vec![named("explain", document(fields)), named("verbosity", text(verbosity))];
    (plan.shape, plan.explained) = (Shape::Answer, true);
    Ok(())
}

/// The verbosity that an argument of `explain` asks for.
fn verbosity(step: &Step) -> Result<String, Wrong> {
    match step.argument(0) {
        None => Ok("queryPlanner".to_owned()),
        Some(node) => match (&node.value, node.scalar()) {
            (Literal::Text(mode), _) => Ok(mode.clone()),
            (_, Some(crate::bson::Value::Bool(all))) => {
                Ok(if all { "allPlansExecution" } else { "queryPlanner" }.to_owned())
            }
            _ => Err(Wrong::new(node.span, "The verbosity is queryPlanner, executionStats or allPlansExecution.")),
        },
    }
}

fn on_collection(place: &Place<'_>, collection: &str, at: Span, steps: &[Step]) -> Result<Plan, Wrong> {
    let (first, rest) = match steps.split_first() {
        None => {
            let message =
                format!("A method of the collection {} is expected, such as .find().", dial::url::brief(collection));
            return Err(Wrong::new(at, message));
        }
        // db.orders.explain().find(…)
        Some((first, rest)) if first.name == "explain" => {
            let mode = verbosity(first)?;
            let mut plan = on_collection(place, collection, at, rest)?;
            explained(&mut plan, &mode)?;
            return Ok(plan);
        }
        Some(parts) => parts,
    };
    let found = match read::method(collection, first, rest)? {
        Some(plan) => Some(plan),
        None => match write::method(collection, first)? {
            Some(plan) => Some(plan),
            None => admin::on_collection(place, collection, first)?,
        },
    };
    let Some(mut plan) = found else {
        let name = dial::url::brief(&first.name);
        return Err(Wrong::new(
            first.at,
            format!("{name} is no method of a collection that is understood. {UNDERSTOOD}"),
        ));
    };
    plan.collection = Some(collection.to_owned());
    let is_cursor = matches!(first.name.as_str(), "find" | "aggregate");
    for step in rest {
        match step.name.as_str() {
            "pretty" => {}
            "toArray" if is_cursor => {}
            "explain" => explained(&mut plan, &verbosity(step)?)?,
            // The methods of a find were taken in already.
            _ if first.name == "find" => {}
            _ if first.name == "aggregate" => read::of_aggregate(&mut plan, step)?,
            _ => {
                return Err(Wrong::new(
                    step.at,
                    format!("{} cannot follow {}.", dial::url::brief(&step.name), first.name),
                ));
            }
        }
    }
    Ok(plan)
}

#[cfg(test)]
mod tests;
