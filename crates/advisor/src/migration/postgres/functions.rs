//! Whether a default gives all rows the same value.

use catalog::Volatility;
use policy::grammar::protobuf::Node;
use serde_json::Value;

use crate::migration::{Migration, action::Filling};

/// Functions of the server and its usual extensions that give another value each time.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Functions of the server that give the same value throughout a statement.
const STEADY: &[&str] = &[
    "array_fill",
    "concat",
    "current_database",
    "current_schema",
    "current_setting",
    "date_part",
    "date_trunc",
    "decode",
    "encode",
    "extract",
    "format",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "length",
    "lower",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "now",
    "overlay",
    "repeat",
    "replace",
    "round",
    "statement_timestamp",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "trim",
    "upper",
];

/// What a default fills the rows with that are there.
pub(super) fn filling(migration: &Migration<'_>, expression: &Node) -> Filling {
    let mut calls = Vec::new();
    collect(&serde_json::to_value(expression).unwrap_or_default(), &mut calls);
    let mut unknown = None;
    for (schema, name) in calls {
        let built_in = schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        if VOLATILE.contains(&name.as_str()) {
            return Filling::Each(name);
        }
        match of_catalog(migration, schema.as_deref(), &name) {
            Some(true) => return Filling::Each(name),
            Some(false) => {}
            None if built_in && STEADY.contains(&name.as_str()) => {}
            None => unknown = unknown.or(Some(name)),
        }
    }
    unknown.map_or(Filling::Same, Filling::Unknown)
}

/// Whether one of that name is volatile; `None` where the catalog has none of that name.
fn of_catalog(migration: &Migration<'_>, schema: Option<&str>, name: &str) -> Option<bool> {
    let catalog = migration.catalog?;
    let same = catalog.routines.iter().filter(|routine| {
        routine.name == name && schema.is_none_or(|schema| catalog.schema_name(routine.schema) == schema)
    });
    same.map(|routine| !matches!(routine.volatility, Some(Volatility::Immutable | Volatility::Stable)))
        .reduce(|one, other| one || other)
}

/// The functions that are called, whatever kinds of nodes are around them.
fn collect(tree: &Value, calls: &mut Vec<(Option<String>, String)>) {
    match tree {
        Value::Object(fields) => {
            if let Some(parts) = fields.get("funcname").and_then(Value::as_array) {
                let mut parts: Vec<&str> =
                    parts.iter().filter_map(|part| part.pointer("/node/String/sval")?.as_str()).collect();
                if let Some(name) = parts.pop() {
                    calls.push((parts.pop().map(str::to_owned), name.to_owned()));
                }
            }
            fields.values().for_each(|field| collect(field, calls));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, calls)),
        _ => {}
    }
}
