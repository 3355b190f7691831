//! What to call the rows a statement returns: the relation a person reads them from.

use crate::nodes::Nodes;
use crate::outline::shorten;
use crate::{Dialect, classify};

/// The deepest nesting that is looked into.
const DEEPEST: usize = 32;
const QUERIES: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TABLE", "WITH"];

/// The name of what a statement's rows come from, without quotes and without its schema: the first relation of the main
/// query's `FROM`, or the function that stands there; what DML changes, where it returns rows. `EXPLAIN orders` for a plan.
/// `None` where nothing has a name: `SELECT 1`, `VALUES (1)`.
pub fn result_title(text: &str, dialect: &Dialect) -> Option<String> {
    let nodes = Nodes::new(text, dialect);
    if classify(text, dialect).effect.explain.is_some() || nodes.is(0, "EXPLAIN") {
        let inner = nodes.find(1, nodes.len(), |at| nodes.is_any(at, &QUERIES));
        let name = inner.and_then(|at| query(&nodes, at, nodes.len(), DEEPEST)).unwrap_or_default();
        return Some(shorten(format!("EXPLAIN {name}").trim()));
    }
    let name = query(&nodes, 0, nodes.len(), DEEPEST)?;
    Some(shorten(&name))
}

/// The comment above a statement as a title: `-- name: late orders` means `late orders`.
pub fn comment_title(comment: &str) -> &str {
    let words = comment.trim();
    let named = words.split_once(':').filter(|(word, _)| word.trim().eq_ignore_ascii_case("name"));
    named.map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty()).unwrap_or(words)
}

/// The query or command that begins at `at` and ends before `end`.
fn query(nodes: &Nodes<'_>, at: usize, end: usize, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if at >= end {
        return None;
    }
    if nodes.is_open(at) {
        return query(nodes, at + 1, nodes.close(at).min(end), depth);
    }
    let found = |keywords: &[&str]| nodes.find(at + 1, end, |here| nodes.is_any(here, keywords));
    let word = nodes.word(at)?.to_ascii_uppercase();
    match word.as_str() {
        "WITH" => {
            let main = found(&QUERIES).or_else(|| last_parenthesis(nodes, at + 1, end))?;
            query(nodes, main, end, depth)
        }
        "SELECT" => selected(nodes, at, end, depth),
        "INSERT" | "MERGE" | "REPLACE" => name(nodes, found(&["INTO"])? + 1),
        "DELETE" => name(nodes, found(&["FROM"])? + 1),
        "UPDATE" => {
            // SQLite: `UPDATE OR IGNORE t`.
            let target = if nodes.is(at + 1, "OR") { at + 3 } else { at + 1 };
            name(nodes, target)
        }
        "FETCH" => name(nodes, found(&["FROM", "IN"]).map_or(at + 1, |from| from + 1)),
        "TABLE" | "SHOW" | "CALL" | "EXECUTE" | "EXEC" | "PRAGMA" => name(nodes, at + 1),
        _ => None,
    }
}

fn selected(nodes: &Nodes<'_>, at: usize, end: usize, depth: usize) -> Option<String> {
    // `a IS DISTINCT FROM b` has a FROM too.
    let begins = |here: usize| nodes.is(here, "FROM") && !(nodes.is(here - 1, "DISTINCT") && here > at + 2);
    if let Some(from) = nodes.find(at + 1, end, begins) {
        return source(nodes, from + 1, end, depth);
    }
    // Only a call: `SELECT pg_sleep(1)`.
    let first = nodes.skip_words(at + 1, &["ALL", "DISTINCT"]);
    let (path, after) = nodes.free_name(first).and_then(|_| nodes.path(first))?;
    (nodes.is_open(after) && after < end).then(|| path.name().to_owned())
}

/// What stands first in a `FROM`.
fn source(nodes: &Nodes<'_>, at: usize, end: usize, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let at = nodes.skip_words(at, &["ONLY", "LATERAL", "ROWS", "FROM"]);
    if at >= end {
        return None;
    }
    if !nodes.is_open(at) {
        return name(nodes, at);
    }
    let close = nodes.close(at).min(end);
    let first = (at + 1..close).find(|inner| !nodes.is_open(*inner))?;
    let inner = if nodes.is_any(first, &["SELECT", "WITH", "VALUES", "TABLE"]) {
        query(nodes, at + 1, close, depth)
    } else {
        source(nodes, at + 1, close, depth)
    };
    // A derived table that reads no relation has a name of its own: `FROM (VALUES (1)) AS numbers`.
    inner.or_else(|| name(nodes, nodes.skip_words(close + 1, &["AS"])))
}

fn name(nodes: &Nodes<'_>, at: usize) -> Option<String> {
    let at = nodes.skip_words(at, &["ONLY"]);
    let (path, _) = nodes.path(at)?;
    Some(path.name().to_owned()).filter(|name| !name.is_empty())
}

/// The last parenthesis opened between two places, for `WITH a AS (…) (SELECT …)`.
fn last_parenthesis(nodes: &Nodes<'_>, from: usize, end: usize) -> Option<usize> {
    let (mut at, mut last) = (from, None);
    while at < end.min(nodes.len()) {
        if nodes.is_open(at) {
            last = Some(at);
        }
        at = nodes.after(at);
    }
    last
}

/// The schemas of a `search_path` as the server prints it, in order; `"$user"` is `user`. The server skips those that are
/// not there, and so must whoever asks.
pub fn search_path(text: &str, user: Option<&str>) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let mut characters = text.chars().peekable();
    let (mut part, mut inside) = (String::new(), false);
    loop {
        match characters.next() {
            Some('"') if inside && characters.peek() == Some(&'"') => {
                characters.next();
                part.push('"');
            }
            Some('"') => inside = !inside,
            Some(character) if inside => part.push(character),
            Some(character) if character.is_whitespace() => {}
            Some(character) if character != ',' => part.extend(character.to_lowercase()),
            end => {
                let whole = std::mem::take(&mut part);
                let schema = if whole == "$user" { user.map(str::to_owned) } else { Some(whole) };
                path.extend(schema.filter(|schema| !schema.is_empty() && !path.contains(schema)));
                if end.is_none() {
                    return path;
                }
            }
        }
    }
}
