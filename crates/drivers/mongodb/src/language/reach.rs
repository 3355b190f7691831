//! What a command changes: told from its own document, because that is what the server reads.

use sql::Verb;

use super::node::{Field, Literal, Node, find};

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It reads.
    Read,
    /// It concerns the session only.
    Session,
    /// It changes documents: how, in which collection (of which database, where it is another), and whether in all of them.
    Write { verb: Verb, into: Option<(Option<String>, String)>, whole: bool },
    /// It changes what there is.
    Define,
    /// It destroys something: the kind of object, and its name.
    Destroy { kind: &'static str, name: Option<String> },
    /// It cannot be told.
    Unknown,
}

/// Commands that only read.
const READS: &[&str] = &[
    "ping",
    "hello",
    "isMaster",
    "ismaster",
    "buildInfo",
    "buildinfo",
    "listDatabases",
    "listCollections",
    "listIndexes",
    "dbStats",
    "dbstats",
    "collStats",
    "collstats",
    "serverStatus",
    "connectionStatus",
    "usersInfo",
    "rolesInfo",
    "getParameter",
    "getCmdLineOpts",
    "hostInfo",
    "explain",
    "getMore",
    "currentOp",
    "dataSize",
    "datasize",
    "listCommands",
    "replSetGetStatus",
    "replSetGetConfig",
    "top",
    "getLog",
    "features",
    "whatsmyuri",
    "dbHash",
    "dbhash",
    "getDefaultRWConcern",
    "listShards",
    "getShardMap",
    "balancerStatus",
    "getClusterParameter",
    "find",
    "count",
    "distinct",
    "privilegeInfo",
    "getDiagnosticData",
    "lockInfo",
    "isdbgrid",
    "shardConnPoolStats",
    "connPoolStats",
    "planCacheListFilters",
    "listSearchIndexes",
    "getAuditConfig",
    "profile",
];

/// Commands that change what there is.
const DEFINES: &[&str] = &[
    "create",
    "collMod",
    "createIndexes",
    "convertToCapped",
    "cloneCollectionAsCapped",
    "createUser",
    "updateUser",
    "grantRolesToUser",
    "revokeRolesFromUser",
    "createRole",
    "updateRole",
    "grantPrivilegesToRole",
    "revokePrivilegesFromRole",
    "grantRolesToRole",
    "revokeRolesFromRole",
    "createSearchIndexes",
    "updateSearchIndex",
    "setIndexCommitQuorum",
    "renameCollection",
    "shardCollection",
    "enableSharding",
    "refineCollectionShardKey",
    "reshardCollection",
];

/// Stages that only read.
const STAGES: &[&str] = &[
    "$addFields",
    "$bucket",
    "$bucketAuto",
    "$changeStream",
    "$changeStreamSplitLargeEvent",
    "$collStats",
    "$count",
    "$currentOp",
    "$densify",
    "$documents",
    "$facet",
    "$fill",
    "$geoNear",
    "$graphLookup",
    "$group",
    "$indexStats",
    "$limit",
    "$listLocalSessions",
    "$listSampledQueries",
    "$listSearchIndexes",
    "$listSessions",
    "$lookup",
    "$match",
    "$planCacheStats",
    "$project",
    "$queryStats",
    "$querySettings",
    "$rankFusion",
    "$redact",
    "$replaceRoot",
    "$replaceWith",
    "$sample",
    "$scoreFusion",
    "$search",
    "$searchMeta",
    "$set",
    "$setWindowFields",
    "$shardedDataDistribution",
    "$skip",
    "$sort",
    "$sortByCount",
    "$unionWith",
    "$unset",
    "$unwind",
    "$vectorSearch",
];

/// What a command document does. Fails closed: what is not known is [`Reach::Unknown`].
pub(crate) fn of_command(fields: &[Field]) -> Reach {
    let Some(first) = fields.first() else { return Reach::Unknown };
    let collection = first.node.text().map(|name| (None, name.to_owned()));
    let name = first.node.text().map(str::to_owned);
    match first.name.as_str() {
        "aggregate" => of_pipeline(find(fields, "pipeline")),
        "explain" => first.node.fields().map_or(Reach::Unknown, |_| Reach::Read),
        "profile" if first.node.integer() != Some(-1) => Reach::Unknown,
        "validate" if find(fields, "repair").is_none_or(|repair| !repair.truth()) => Reach::Read,
        "killCursors" | "startSession" | "endSessions" | "refreshSessions" => Reach::Session,
        "insert" => Reach::Write { verb: Verb::Insert, into: collection, whole: false },
        "update" => {
            let whole = parts(fields, "updates")
                .any(|part| part.get("multi").is_some_and(Node::truth) && is_everything(part.get("q")));
            Reach::Write { verb: Verb::Update, into: collection, whole }
        }
        "delete" => {
            let whole = parts(fields, "deletes")
                .any(|part| part.get("limit").and_then(Node::integer) != Some(1) && is_everything(part.get("q")));
            Reach::Write { verb: Verb::Delete, into: collection, whole }
        }
        "findAndModify" | "findandmodify" => {
            let verb = if find(fields, "remove").is_some_and(Node::truth) { Verb::Delete } else { Verb::Update };
            Reach::Write { verb, into: collection, whole: false }
        }
        "bulkWrite" => Reach::Write { verb: Verb::Merge, into: None, whole: false },
        "drop" => Reach::Destroy { kind: "COLLECTION", name },
        "dropDatabase" => Reach::Destroy { kind: "DATABASE", name: None },
        "dropIndexes" | "deleteIndexes" => {
            Reach::Destroy { kind: "INDEX", name: find(fields, "index").and_then(Node::text).map(str::to_owned) }
        }
        "dropUser" => Reach::Destroy { kind: "USER", name },
        "dropRole" => Reach::Destroy { kind: "ROLE", name },
        "dropAllUsersFromDatabase" => Reach::Destroy { kind: "USER", name: None },
        "dropAllRolesFromDatabase" => Reach::Destroy { kind: "ROLE", name: None },
        "dropSearchIndex" => Reach::Destroy { kind: "INDEX", name: None },
        name if READS.contains(&name) => Reach::Read,
        name if DEFINES.contains(&name) => Reach::Define,
        _ => Reach::Unknown,
    }
}

fn parts<'a>(fields: &'a [Field], name: &str) -> impl Iterator<Item = &'a Node> {
    find(fields, name).and_then(Node::items).unwrap_or_default().iter()
}

/// Whether a filter holds nothing to anything: none, or an empty one, also inside `$and` and the like.
pub(crate) fn is_everything(filter: Option<&Node>) -> bool {
    let Some(filter) = filter else { return true };
    match &filter.value {
        Literal::Document(fields) => fields.iter().all(|field| match field.name.as_str() {
            "$and" => super::node::deep(|| {
                field.node.items().is_some_and(|all| all.iter().all(|one| is_everything(Some(one))))
            }),
            "$or" => super::node::deep(|| {
                field.node.items().is_some_and(|any| any.iter().any(|one| is_everything(Some(one))))
            }),
            "$comment" => true,
            "$expr" => matches!(field.node.scalar(), Some(crate::bson::Value::Bool(true))),
            "_id" => is_existence(&field.node),
            _ => false,
        }),
        _ => filter.is_nothing(),
    }
}

/// `{ _id: { $exists: true } }` and `{ _id: { $ne: null } }` are true of every document.
fn is_existence(node: &Node) -> bool {
    match node.fields() {
        Some([field]) if field.name == "$exists" => field.node.truth(),
        Some([field]) if field.name == "$ne" => field.node.is_nothing(),
        _ => false,
    }
}

/// What a pipeline does.
pub(crate) fn of_pipeline(pipeline: Option<&Node>) -> Reach {
    let Some(stages) = pipeline.and_then(Node::items) else { return Reach::Unknown };
    let mut reach = Reach::Read;
    for stage in stages {
        let Some([field]) = stage.fields() else { return Reach::Unknown };
        match field.name.as_str() {
            "$out" => reach = Reach::Write { verb: Verb::Replace, into: target(&field.node), whole: true },
            "$merge" => {
                let into = field.node.get("into").unwrap_or(&field.node);
                reach = Reach::Write { verb: Verb::Merge, into: target(into), whole: false };
            }
            name if !STAGES.contains(&name) => return Reach::Unknown,
            _ => {}
        }
    }
    reach
}

fn target(node: &Node) -> Option<(Option<String>, String)> {
    match node.text() {
        Some(name) => Some((None, name.to_owned())),
        None => {
            let database = node.get("db").and_then(Node::text).map(str::to_owned);
            Some((database, node.get("coll").and_then(Node::text)?.to_owned()))
        }
    }
}

/// Whether a stage writes.
pub(crate) fn writes(stage: &str) -> bool {
    matches!(stage, "$out" | "$merge")
}

/// Names of all that runs JavaScript on the server, which cannot write but may take long.
pub(crate) fn scripts(node: &Node) -> Vec<(String, driver::Span)> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        for field in node.fields().unwrap_or_default() {
            if matches!(field.name.as_str(), "$where" | "$function" | "$accumulator") {
                found.push((field.name.clone(), field.at));
            }
            open.push(&field.node);
        }
        open.extend(node.items().unwrap_or_default());
    }
    found
}

/// The stages there are, for completion.
pub(crate) fn stages() -> impl Iterator<Item = &'static str> {
    STAGES.iter().copied().chain(["$out", "$merge"])
}
