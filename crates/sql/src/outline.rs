//! What to call a statement, and whether what ran may have changed the catalog.

use serde::Serialize;

use crate::nodes::Nodes;
use crate::{Class, Dialect, QualifiedName, TokenKind, classify};

/// A statement in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// The command (`SELECT`, `CREATE TABLE`).
    pub command: String,
    /// The names it is about: what it changes, or else the relations it reads from, in order, without its own CTEs.
    pub targets: Vec<QualifiedName>,
    /// A title for a list of what ran: `SELECT orders`, `DROP TABLE a, b`. At most 80 characters.
    pub title: String,
}

/// The most characters of a title.
const TITLE_LENGTH: usize = 80;

/// Outlines the statement in `text`. A comment above it (see [`Statement::title`](crate::Statement::title)) makes a better
/// title where there is one.
pub fn outline(text: &str, dialect: &Dialect) -> Outline {
    let answer = classify(text, dialect);
    let nodes = Nodes::new(text, dialect);
    let mut targets = answer.effect.targets;
    if targets.is_empty() && matches!(answer.class, Class::Read | Class::Session) {
        targets = sources(&nodes);
    }
    targets.dedup_by(|a, b| a.parts == b.parts);
    let mut command = answer.effect.command;
    if command.is_empty() {
        command = nodes.raw(0).to_ascii_uppercase();
    }
    let names: Vec<String> =
        targets.iter().take(3).map(|target| dialect.quote_path(target.parts.iter().map(String::as_str))).collect();
    let more = if targets.len() > names.len() { ", …" } else { "" };
    let explain = if answer.effect.explain.is_some() && command != "EXPLAIN" { "EXPLAIN " } else { "" };
    let title = format!("{explain}{command} {}{more}", names.join(", "));
    let title = shorten(title.trim());
    Outline { command, targets, title }
}

pub(crate) fn shorten(title: &str) -> String {
    let clean: String = title.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    if clean.chars().count() <= TITLE_LENGTH {
        return clean;
    }
    let mut short: String = clean.chars().take(TITLE_LENGTH - 1).collect();
    short.push('…');
    short
}

/// The relations after `FROM` and `JOIN`, at any depth, that are not defined by the statement itself.
fn sources(nodes: &Nodes<'_>) -> Vec<QualifiedName> {
    let mut own: Vec<String> = Vec::new();
    for at in 0..nodes.len() {
        if own.len() < 256
            && nodes.is(at, "AS")
            && nodes.is_open(nodes.skip_words(at + 1, &["NOT", "MATERIALIZED"]))
            && let Some((name, _)) = at.checked_sub(1).and_then(|before| nodes.name(before))
        {
            own.push(name);
        }
    }
    let mut found: Vec<QualifiedName> = Vec::new();
    for at in 0..nodes.len() {
        let follows = nodes.is_any(at, &["FROM", "JOIN"])
            || (at == 0 && nodes.is_any(0, &["TABLE", "SHOW", "LISTEN"]))
            || (at == 0 && nodes.is_any(0, nodes.dialect.explain_words) && nodes.dialect.explain_words.len() > 1);
        if !follows {
            continue;
        }
        let next = nodes.skip_words(at + 1, &["ONLY", "LATERAL"]);
        let Some((path, after)) = nodes.free_name(next).and_then(|_| nodes.path(next)) else { continue };
        let own_name = path.parts.len() == 1 && own.iter().any(|one| nodes.dialect.same_name(one, path.name()));
        let known = found.iter().any(|one| one.parts == path.parts);
        // `extract(year FROM day)` and `trim(x FROM y)` have a FROM too; what stands there is followed by the parenthesis.
        let function = nodes.is_open(after) || inside_call(nodes, at);
        if !own_name && !known && !function {
            found.push(path);
        }
        if found.len() > 16 {
            break;
        }
    }
    found
}

/// Whether the `FROM` at `at` belongs to the arguments of a function rather than to a query.
fn inside_call(nodes: &Nodes<'_>, at: usize) -> bool {
    let mut before = at;
    let mut closed = 0usize;
    for _ in 0..64 {
        let Some(previous) = before.checked_sub(1) else { return false };
        before = previous;
        match nodes.kind(before) {
            Some(TokenKind::CloseParen) => closed += 1,
            Some(TokenKind::OpenParen) if closed == 0 => {
                let functions = ["EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION"];
                return before.checked_sub(1).is_some_and(|name| nodes.is_any(name, &functions));
            }
            Some(TokenKind::OpenParen) => closed -= 1,
            _ if closed == 0 && nodes.is_any(before, &["SELECT", "DELETE"]) => return false,
            _ => {}
        }
    }
    false
}

/// Whether a command tag of the server (`CREATE TABLE`, `INSERT 0 1`) says that the catalog may have changed.
pub fn command_tag_changes_catalog(tag: &str) -> bool {
    let mut words = tag.split_whitespace();
    let first = words.next().unwrap_or("").to_ascii_uppercase();
    match first.as_str() {
        "CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "REVOKE" | "SECURITY" | "REASSIGN" | "IMPORT" => true,
        // `SELECT INTO` and `CREATE TABLE AS` report the rows they stored and no more: `SELECT 5` may be either, and the
        // caller knows from the statement. TRUNCATE, REFRESH, CLUSTER, VACUUM and ANALYZE change sizes and estimates.
        "TRUNCATE" | "REFRESH" | "CLUSTER" | "VACUUM" | "ANALYZE" | "REINDEX" => true,
        // A routine or a block may run anything.
        "DO" | "CALL" => true,
        // What a transaction created is gone with it.
        "ROLLBACK" => true,
        "SELECT" | "SELECT INTO" => words.next().is_some_and(|word| word.eq_ignore_ascii_case("INTO")),
        _ => false,
    }
}

/// Whether the statement in `text` may have changed the catalog once it ran: what
/// [`command_tag_changes_catalog`] tells, where the server sends no command tags.
pub fn statement_changes_catalog(text: &str, dialect: &Dialect) -> bool {
    let answer = classify(text, dialect);
    match answer.class {
        Class::Ddl | Class::Unknown => true,
        Class::Read | Class::Session => answer.effect.select_into.is_some(),
        Class::Write | Class::Transaction => {
            command_tag_changes_catalog(&answer.effect.command)
                || ["OPTIMIZE", "REPAIR", "LOAD", "IMPORT", "INSTALL", "UNINSTALL", "EXECUTE"]
                    .contains(&answer.effect.command.as_str())
        }
    }
}
