//! What the parts of a plan are called.

use driver::json::Json;

/// Objects that say more about a part, and are no parts themselves.
const SAYING: &[&str] = &[
    "cost_info",
    "r_engine_stats",
    "r_partitions",
    "query_optimization",
    "rowid_filter",
    "index_merge",
    "range-checked-for-each-record",
    "join_condition",
    "ranges",
    "covering",
    "used_columns",
    "join_columns",
    "lookup_condition",
    "pushed_index_condition",
    "outer_ref_condition",
    "windows",
    "sort_fields",
    "hash_condition",
    "functions",
    "group_items",
    "condition",
    "lookup_references",
    "key_columns",
    "query_attributes",
];

/// Whether a value is a part of the plan: an object, or a list of objects.
pub(super) fn is_part(json: &Json, at: usize) -> bool {
    if SAYING.contains(&json.key(at)) {
        return false;
    }
    match json.value(at) {
        driver::json::JsonValue::Object => true,
        driver::json::JsonValue::Array => {
            let mut inside = json.children(at).peekable();
            inside.peek().is_some() && inside.all(|child| matches!(json.value(child), driver::json::JsonValue::Object))
        }
        _ => false,
    }
}

/// A part's name from its key: `temporary_table` is `Temporary table`.
pub(super) fn of_key(key: &str) -> String {
    let mut text = key.replace(['_', '-'], " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match key {
        "block-nl-join" => "Block nested loop join".to_owned(),
        "" => "Step".to_owned(),
        _ => text,
    }
}

/// What is done with a table, from its `access_type`.
pub(super) fn of_access(json: &Json, at: usize) -> String {
    let Some(access) = json.text(at, "access_type") else {
        return json.text(at, "message").unwrap_or("Table").to_owned();
    };
    let index_only = json.text(at, "using_index") == Some("true");
    match access.strip_prefix("hash_").unwrap_or(access) {
        "ALL" if json.text(at, "insert") == Some("true") => "Insert",
        "ALL" => "Table scan",
        "index" if index_only => "Index-only scan",
        "index" => "Index scan",
        "range" if index_only => "Index-only range scan",
        "range" => "Range scan",
        "ref" | "ref_or_null" => "Index lookup",
        "eq_ref" => "Unique lookup",
        "const" | "system" => "Single row",
        "index_merge" => "Index merge",
        "fulltext" => "Full-text search",
        "unique_subquery" | "index_subquery" => "Subquery lookup",
        other => other,
    }
    .to_owned()
}

/// Names of properties that are conditions or keys.
pub(super) fn is_condition(name: &str) -> bool {
    name.ends_with("condition")
        || name.ends_with("_key")
        || matches!(name, "ref" | "key" | "used_key_parts" | "index_condition_bka")
}
