//! What PostgreSQL's own text form calls a node, and what tells it from others.

use driver::json::Json;

/// The node's name as the text form has it: `Parallel Seq Scan`, `Finalize HashAggregate`, `Hash Left Join`.
pub(super) fn kind(json: &Json, at: usize) -> String {
    let text = |key: &str| json.text(at, key).unwrap_or("");
    let node = text("Node Type");
    let strategy = text("Strategy");
    let mut kind = match node {
        "Aggregate" => match strategy {
            "Sorted" => "GroupAggregate",
            "Hashed" => "HashAggregate",
            "Mixed" => "MixedAggregate",
            _ => "Aggregate",
        }
        .to_owned(),
        "Nested Loop" | "Hash Join" | "Merge Join" => match text("Join Type") {
            "" | "Inner" => node.to_owned(),
            join => match node.strip_suffix(" Join") {
                Some(how) => format!("{how} {join} Join"),
                None => format!("{node} {join} Join"),
            },
        },
        "ModifyTable" => match text("Operation") {
            "" => node.to_owned(),
            operation => operation.to_owned(),
        },
        "SetOp" => match (strategy, text("Command")) {
            ("Hashed", command) => format!("HashSetOp {command}"),
            (_, command) => format!("SetOp {command}"),
        },
        "Foreign Scan" => match text("Operation") {
            "" | "Select" => node.to_owned(),
            operation => format!("Foreign {operation}"),
        },
        "Custom Scan" => match text("Custom Plan Provider") {
            "" => node.to_owned(),
            provider => format!("Custom Scan ({provider})"),
        },
        _ => node.to_owned(),
    };
    if text("Scan Direction") == "Backward" {
        kind.push_str(" Backward");
    }
    match text("Partial Mode") {
        "" | "Simple" => {}
        mode => kind = format!("{mode} {kind}"),
    }
    if text("Parallel Aware") == "true" {
        kind = format!("Parallel {kind}");
    }
    if text("Async Capable") == "true" {
        kind = format!("Async {kind}");
    }
    if kind.is_empty() { "Node".to_owned() } else { kind }
}

/// What tells it from others of its kind.
pub(super) fn summary(json: &Json, at: usize) -> Option<String> {
    let text = |key: &str| json.text(at, key);
    let list = |key: &str| json.get(at, key).map(|at| json.line(at));
    let first = |keys: &[&str]| keys.iter().find_map(|key| list(key));
    let mut parts: Vec<String> = Vec::new();
    match text("Node Type")? {
        "Sort" | "Incremental Sort" => {
            parts.extend(list("Sort Key").map(|key| format!("by {key}")));
            parts.extend(text("Sort Method").map(str::to_owned));
            parts.extend(text("Sort Space Used").map(|kb| {
                let on_disk = text("Sort Space Type") == Some("Disk");
                format!("{kb} kB{}", if on_disk { " on disk" } else { "" })
            }));
        }
        "Aggregate" | "Group" => parts.extend(list("Group Key").map(|key| format!("group by {key}"))),
        "Hash Join" | "Merge Join" | "Nested Loop" => {
            parts.extend(first(&["Hash Cond", "Merge Cond", "Join Filter"]).map(|condition| format!("on {condition}")));
        }
        "Gather" | "Gather Merge" => {
            parts.extend(text("Workers Planned").map(|count| format!("{count} workers planned")));
            parts.extend(text("Workers Launched").map(|count| format!("{count} launched")));
        }
        "Hash" => {
            parts.extend(
                text("Hash Batches").map(|count| format!("{count} {}", if count == "1" { "batch" } else { "batches" })),
            );
            parts.extend(text("Peak Memory Usage").map(|kb| format!("{kb} kB")));
        }
        "Memoize" => {
            parts.extend(list("Cache Key").map(|key| format!("by {key}")));
            parts.extend(text("Cache Hits").map(|hits| format!("{hits} hits")));
            parts.extend(text("Cache Misses").map(|misses| format!("{misses} misses")));
        }
        "Append" | "Merge Append" => {
            parts.extend(text("Subplans Removed").filter(|count| *count != "0").map(|count| format!("{count} pruned")));
        }
        "WindowAgg" => parts.extend(first(&["Window", "Run Condition"])),
        "Result" => parts.extend(list("One-Time Filter")),
        "ModifyTable" => {
            parts.extend(text("Conflict Resolution").map(|what| format!("on conflict {}", what.to_lowercase())))
        }
        _ => {
            parts.extend(text("Index Name").map(str::to_owned));
            parts.extend(first(&["Index Cond", "TID Cond", "Recheck Cond", "Filter", "Function Call"]));
        }
    }
    Some(parts.join(", ")).filter(|summary| !summary.is_empty())
}

/// Whether a property is a condition or a key.
pub(super) fn is_condition(name: &str) -> bool {
    let named = ["Cond", "Filter", "Key"].iter().any(|end| name.ends_with(end));
    (named && !name.starts_with("Rows ")) || matches!(name, "Order By" | "Run Condition" | "Function Call")
}

/// Whether the node above may have enough before its child comes to the end; `cut` is whether that is so of itself.
pub(super) fn cuts(json: &Json, above: usize, child: usize, cut: bool) -> bool {
    let text = |key: &str| json.text(above, key).unwrap_or("");
    let inner = json.text(child, "Parent Relationship") == Some("Inner");
    match text("Node Type") {
        "Limit" => true,
        // They read to the end before they give anything.
        "Sort" | "Hash" | "ModifyTable" | "Bitmap Heap Scan" | "BitmapAnd" | "BitmapOr" | "Recursive Union" => false,
        "Aggregate" | "SetOp" => cut && text("Strategy") == "Sorted",
        // The first match is enough.
        "Nested Loop" if inner => cut || matches!(text("Join Type"), "Semi" | "Anti") || text("Inner Unique") == "true",
        "Merge Join" => true,
        _ => cut,
    }
}
