//! Methods of a database, definitions of collections, and `show`.

use driver::Span;

use super::{
    Place, Plan, Shape,
    build::{array, at_most, document, given, integer, named, node, optional, required, string, take, text, truth},
    command, read, single,
};
use crate::{
    documents::hex,
    language::{
        literal::Wrong,
        node::{Field, Literal, Node},
        statement::{Step, UNDERSTOOD},
    },
};

const CREATE: &[&str] = &[
    "capped",
    "size",
    "max",
    "timeseries",
    "expireAfterSeconds",
    "clusteredIndex",
    "changeStreamPreAndPostImages",
    "validator",
    "validationLevel",
    "validationAction",
    "indexOptionDefaults",
    "storageEngine",
    "viewOn",
    "pipeline",
    "collation",
    "writeConcern",
    "encryptedFields",
    "comment",
];

/// Options of an index that belong to the command.
const OF_COMMAND: &[&str] = &["commitQuorum", "comment", "writeConcern", "maxTimeMS"];

fn same(names: &'static [&'static str]) -> Vec<(&'static str, &'static str)> {
    names.iter().map(|name| (*name, *name)).collect()
}

/// `show what`.
pub(super) fn show(what: &str, at: Span) -> Result<Plan, Wrong> {
    let (fields, shape, database) = match what {
        "dbs" | "databases" => (vec![named("listDatabases", integer(1))], Shape::Each("databases"), Some("admin")),
        "collections" | "tables" => {
            let fields = vec![
                named("listCollections", integer(1)),
                named("nameOnly", truth(true)),
                named("authorizedCollections", truth(true)),
            ];
            (fields, Shape::Cursor, None)
        }
        "users" => (vec![named("usersInfo", integer(1))], Shape::Each("users"), None),
        "roles" => {
            (vec![named("rolesInfo", integer(1)), named("showBuiltinRoles", truth(true))], Shape::Each("roles"), None)
        }
        "profile" => {
            let sort = document(vec![named("ts", integer(-1))]);
            (
                vec![named("find", text("system.profile")), named("sort", sort), named("limit", integer(5))],
                Shape::Cursor,
                None,
            )
        }
        _ => return Err(Wrong::new(at, "show takes dbs, collections, users, roles or profile.")),
    };
    let step = Step { name: "show".to_owned(), at, arguments: Vec::new(), span: at };
    Ok(Plan { method: format!("show {what}"), database: database.map(str::to_owned), ..single(&step, fields, shape) })
}

/// The methods of a database.
pub(super) fn on_database(steps: &[Step]) -> Result<Plan, Wrong> {
    let Some((step, rest)) = steps.split_first() else {
        return Err(Wrong::new(
            Span { start: 0, end: 2 },
            "A collection or a method of the database is expected after db.",
        ));
    };
    if let Some(after) = rest.iter().find(|step| !["pretty", "toArray"].contains(&step.name.as_str())) {
        return Err(Wrong::new(after.at, format!("{} cannot follow {}.", dial::url::brief(&after.name), step.name)));
    }
    let plain = |name: &str| single(step, vec![named(name, integer(1))], Shape::Answer);
    let admin = |plan: Plan| Plan { database: Some("admin".to_owned()), ..plan };
    Ok(match step.name.as_str() {
        "runCommand" | "adminCommand" => {
            let Some(node) = step.argument(0) else {
                return Err(Wrong::new(step.span, format!("{} wants a command: {{ … }}.", step.name)));
            };
            command(node, (step.name == "adminCommand").then_some("admin"))?
        }
        "createCollection" => {
            let mut fields = vec![named("create", text(string(step, 0, "the name of a collection")?))];
            take(optional(step, 1)?, &same(CREATE), &mut fields)?;
            single(step, fields, Shape::Answer)
        }
        "createView" => {
            let (name, source) = (string(step, 0, "the name of a view")?, string(step, 1, "the name of a collection")?);
            let stages = match step.argument(2).map(|node| (node, node.items())) {
                None => Vec::new(),
                Some((_, Some(stages))) => stages.to_vec(),
                Some((node, None)) => vec![node.clone()],
            };
            let mut fields =
                vec![named("create", text(name)), named("viewOn", text(source)), named("pipeline", array(stages))];
            take(optional(step, 3)?, &[("collation", "collation")], &mut fields)?;
            single(step, fields, Shape::Answer)
        }
        "dropDatabase" => plain("dropDatabase"),
        "stats" => {
            let mut fields = vec![named("dbStats", integer(1))];
            match step.argument(0) {
                Some(scale) if scale.fields().is_none() => fields.push(given("scale", scale)),
                options => take(options, &[("scale", "scale"), ("freeStorage", "freeStorage")], &mut fields)?,
            }
            single(step, fields, Shape::Answer)
        }
        "serverStatus" => {
            let mut fields = vec![named("serverStatus", integer(1))];
            fields.extend(optional(step, 0)?.and_then(Node::fields).unwrap_or_default().iter().cloned());
            single(step, fields, Shape::Answer)
        }
        "getCollectionNames" => {
            let fields = vec![
                named("listCollections", integer(1)),
                named("nameOnly", truth(true)),
                named("authorizedCollections", truth(true)),
            ];
            single(step, fields, Shape::Cursor)
        }
        "getCollectionInfos" => {
            let mut fields = vec![named("listCollections", integer(1))];
            fields.extend(optional(step, 0)?.map(|filter| given("filter", filter)));
            take(optional(step, 1)?, &same(&["nameOnly", "authorizedCollections"]), &mut fields)?;
            single(step, fields, Shape::Cursor)
        }
        "version" | "serverBuildInfo" | "buildInfo" => admin(plain("buildInfo")),
        "hello" | "isMaster" => plain("hello"),
        "hostInfo" => admin(plain("hostInfo")),
        "serverCmdLineOpts" => admin(plain("getCmdLineOpts")),
        "listCommands" => plain("listCommands"),
        "getProfilingStatus" => single(step, vec![named("profile", integer(-1))], Shape::Answer),
        "currentOp" => {
            let mut fields = vec![named("currentOp", integer(1))];
            match step.argument(0) {
                Some(all) if all.fields().is_none() => fields.push(named("$all", truth(all.truth()))),
                Some(filter) => fields.extend(filter.fields().unwrap_or_default().iter().cloned()),
                None => {}
            }
            admin(single(step, fields, Shape::Each("inprog")))
        }
        "killOp" => match step.argument(0) {
            Some(id) => admin(single(step, vec![named("killOp", integer(1)), given("op", id)], Shape::Answer)),
            None => return Err(Wrong::new(step.span, "killOp wants the id of an operation.")),
        },
        "aggregate" => read::aggregate(integer(1), step)?,
        "watch" => read::watch(integer(1), step)?,
        _ => match users(step)? {
            Some(plan) => plan,
            None => {
                let name = dial::url::brief(&step.name);
                return Err(Wrong::new(
                    step.at,
                    format!("{name} is no method of a database that is understood. {UNDERSTOOD}"),
                ));
            }
        },
    })
}

/// Users and roles.
fn users(step: &Step) -> Result<Option<Plan>, Wrong> {
    // A document whose first field becomes the name of the command.
    let made = |command: &str, key: &str| -> Result<Plan, Wrong> {
        let given_document = required(step, 0, "a document")?;
        let Some(name) = given_document.get(key).and_then(Node::text) else {
            return Err(Wrong::new(given_document.span, format!("The document wants {key}: a name in quotes.")));
        };
        let mut fields = vec![named(command, text(name))];
        let rest = given_document.fields().unwrap_or_default().iter().filter(|field| field.name != key);
        fields.extend(rest.cloned());
        Ok(single(step, fields, Shape::Answer))
    };
    let named_by_text =
        |command: &str| -> Result<Vec<Field>, Wrong> { Ok(vec![named(command, text(string(step, 0, "a name")?))]) };
    let with = |command: &str, list: &str| -> Result<Plan, Wrong> {
        let mut fields = named_by_text(command)?;
        let Some(values) = step.argument(1) else {
            return Err(Wrong::new(step.span, format!("{} wants a name and a list: [ … ].", step.name)));
        };
        fields.push(given(list, values));
        Ok(single(step, fields, Shape::Answer))
    };
    Ok(Some(match step.name.as_str() {
        "createUser" => made("createUser", "user")?,
        "createRole" => made("createRole", "role")?,
        "updateUser" | "updateRole" => {
            let mut fields = named_by_text(&step.name)?;
            fields.extend(required(step, 1, "a document")?.fields().unwrap_or_default().iter().cloned());
            single(step, fields, Shape::Answer)
        }
        "changeUserPassword" => {
            let mut fields = named_by_text("updateUser")?;
            fields.push(named("pwd", text(string(step, 1, "the password")?)));
            single(step, fields, Shape::Answer)
        }
        "dropUser" | "dropRole" => single(step, named_by_text(&step.name)?, Shape::Answer),
        "dropAllUsers" => single(step, vec![named("dropAllUsersFromDatabase", integer(1))], Shape::Answer),
        "dropAllRoles" => single(step, vec![named("dropAllRolesFromDatabase", integer(1))], Shape::Answer),
        "getUsers" => single(step, vec![named("usersInfo", integer(1))], Shape::Each("users")),
        "getUser" => single(step, named_by_text("usersInfo")?, Shape::Each("users")),
        "getRoles" => {
            let mut fields = vec![named("rolesInfo", integer(1))];
            fields.extend(optional(step, 0)?.and_then(Node::fields).unwrap_or_default().iter().cloned());
            single(step, fields, Shape::Each("roles"))
        }
        "getRole" => single(step, named_by_text("rolesInfo")?, Shape::Each("roles")),
        "grantRolesToUser" | "revokeRolesFromUser" | "grantRolesToRole" | "revokeRolesFromRole" => {
            with(&step.name, "roles")?
        }
        "grantPrivilegesToRole" | "revokePrivilegesFromRole" => with(&step.name, "privileges")?,
        _ => return Ok(None),
    }))
}

/// Definitions of a collection.
pub(super) fn on_collection(place: &Place<'_>, collection: &str, step: &Step) -> Result<Option<Plan>, Wrong> {
    let plan = match step.name.as_str() {
        "createIndex" => {
            at_most(step, 3)?;
            let keys = required(step, 0, "keys")?;
            indexes(collection, step, std::slice::from_ref(keys), optional(step, 1)?)?
        }
        "createIndexes" => {
            at_most(step, 3)?;
            let Some(keys) = step.argument(0).and_then(Node::items) else {
                return Err(Wrong::new(step.span, "createIndexes wants an array of keys: [ { field: 1 } ]."));
            };
            indexes(collection, step, keys, optional(step, 1)?)?
        }
        "dropIndex" | "dropIndexes" => {
            let index = match step.argument(0) {
                Some(index) => given("index", index),
                None if step.name == "dropIndexes" => named("index", text("*")),
                None => return Err(Wrong::new(step.span, "dropIndex wants the name or the keys of an index.")),
            };
            single(step, vec![named("dropIndexes", text(collection)), index], Shape::Answer)
        }
        "hideIndex" | "unhideIndex" => {
            let Some(index) = step.argument(0) else {
                return Err(Wrong::new(step.span, format!("{} wants the name or the keys of an index.", step.name)));
            };
            let which = if index.text().is_some() { "name" } else { "keyPattern" };
            let change = document(vec![given(which, index), named("hidden", truth(step.name == "hideIndex"))]);
            single(step, vec![named("collMod", text(collection)), named("index", change)], Shape::Answer)
        }
        "drop" => {
            let mut fields = vec![named("drop", text(collection))];
            take(optional(step, 0)?, &same(&["writeConcern", "comment"]), &mut fields)?;
            single(step, fields, Shape::Answer)
        }
        "renameCollection" => {
            let name = string(step, 0, "the new name")?;
            let full = |name: &str| text(&format!("{}.{name}", place.current));
            let drop_target = step.argument(1).is_some_and(Node::truth);
            let fields = vec![
                named("renameCollection", full(collection)),
                named("to", full(name)),
                named("dropTarget", truth(drop_target)),
            ];
            Plan { database: Some("admin".to_owned()), ..single(step, fields, Shape::Answer) }
        }
        "convertToCapped" => match step.argument(0) {
            Some(size) => {
                single(step, vec![named("convertToCapped", text(collection)), given("size", size)], Shape::Answer)
            }
            None => return Err(Wrong::new(step.span, "convertToCapped wants a size in bytes.")),
        },
        "runCommand" => {
            let Some(name) = step.argument(0).and_then(Node::text) else {
                return Err(Wrong::new(step.span, "runCommand on a collection wants the command's name in quotes."));
            };
            let mut fields = vec![named(name, text(collection))];
            fields.extend(optional(step, 1)?.and_then(Node::fields).unwrap_or_default().iter().cloned());
            command(&node(document(fields)), None)?
        }
        _ => return Ok(None),
    };
    Ok(Some(plan))
}

fn indexes(collection: &str, step: &Step, all: &[Node], options: Option<&Node>) -> Result<Plan, Wrong> {
    if all.is_empty() {
        return Err(Wrong::new(step.span, "There are no keys."));
    }
    let options = options.and_then(Node::fields).unwrap_or_default();
    let of_command = |field: &&Field| OF_COMMAND.contains(&field.name.as_str());
    let mut list = Vec::new();
    for keys in all {
        let Some(pairs) = keys.fields().filter(|pairs| !pairs.is_empty()) else {
            return Err(Wrong::new(keys.span, "The keys of an index are a document: { field: 1 }."));
        };
        let mut index = vec![given("key", keys)];
        if !options.iter().any(|field| field.name == "name") {
            index.push(named("name", text(&index_name(pairs))));
        }
        index.extend(options.iter().filter(|field| !of_command(field)).cloned());
        list.push(node(document(index)));
    }
    let mut fields = vec![named("createIndexes", text(collection)), named("indexes", array(list))];
    fields.extend(options.iter().filter(of_command).cloned());
    Ok(single(step, fields, Shape::Answer))
}

/// The name every client gives an index that was given none: `a_1_b_-1`.
fn index_name(pairs: &[Field]) -> String {
    let parts = pairs.iter().map(|field| {
        let kind = match (&field.node.value, field.node.integer()) {
            (Literal::Text(kind), _) => kind.clone(),
            (_, Some(direction)) => direction.to_string(),
            (Literal::Scalar(_, raw), None) => hex(raw),
            _ => String::new(),
        };
        format!("{}_{kind}", field.name)
    });
    parts.collect::<Vec<_>>().join("_")
}
