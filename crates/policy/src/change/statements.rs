//! The statements of row security, each as PostgreSQL reads it, without a semicolon.

use catalog::{PolicyCommand, RowSecurity};

use crate::listing::{Draft, Table, said};
use crate::name;

/// What makes a policy.
pub fn create_policy(on: &Table, policy: &Draft) -> String {
    let kind = if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
    let command = match policy.command {
        PolicyCommand::All => "ALL",
        PolicyCommand::Select => "SELECT",
        PolicyCommand::Insert => "INSERT",
        PolicyCommand::Update => "UPDATE",
        PolicyCommand::Delete => "DELETE",
    };
    let roles = roles(&policy.role_names());
    let mut text =
        format!("CREATE POLICY {} ON {}\n  AS {kind} FOR {command} TO {roles}", name::quote(&policy.name), on.sql());
    expressions(&mut text, policy.using.as_deref(), policy.with_check.as_deref());
    text
}

/// What gives a policy other roles or expressions; those that are `None` stay.
pub fn alter_policy(
    on: &Table,
    name: &str,
    to: Option<&[String]>,
    using: Option<&str>,
    with_check: Option<&str>,
) -> String {
    let mut text = format!("ALTER POLICY {} ON {}", name::quote(name), on.sql());
    if let Some(to) = to {
        text.push_str("\n  TO ");
        text.push_str(&roles(to));
    }
    expressions(&mut text, using, with_check);
    text
}

pub(crate) fn rename_policy(on: &Table, from: &str, to: &str) -> String {
    format!("ALTER POLICY {} ON {} RENAME TO {}", name::quote(from), on.sql(), name::quote(to))
}

pub(crate) fn drop_policy(on: &Table, policy: &str) -> String {
    format!("DROP POLICY {} ON {}", name::quote(policy), on.sql())
}

pub(crate) fn comment_on(on: &Table, policy: &Draft) -> String {
    let comment = said(&policy.comment).map_or_else(|| "NULL".to_owned(), name::literal);
    format!("COMMENT ON POLICY {} ON {} IS {comment}", name::quote(&policy.name), on.sql())
}

/// What turns one state of row security into the other; forced and enabled are two flags.
pub fn row_security(on: &Table, before: RowSecurity, after: RowSecurity) -> Vec<String> {
    let mut statements = Vec::new();
    if before.enabled != after.enabled {
        let word = if after.enabled { "ENABLE" } else { "DISABLE" };
        statements.push(format!("ALTER TABLE {} {word} ROW LEVEL SECURITY", on.sql()));
    }
    if before.forced != after.forced {
        let word = if after.forced { "FORCE" } else { "NO FORCE" };
        statements.push(format!("ALTER TABLE {} {word} ROW LEVEL SECURITY", on.sql()));
    }
    statements
}

fn roles(names: &[String]) -> String {
    names.iter().map(|role| name::role(role)).collect::<Vec<_>>().join(", ")
}

fn expressions(text: &mut String, using: Option<&str>, with_check: Option<&str>) {
    for (word, expression) in [("USING", using), ("WITH CHECK", with_check)] {
        let Some(expression) = expression else { continue };
        // A comment at its end would take the parenthesis along.
        let end = if expression.contains("--") { "\n)" } else { ")" };
        text.push_str(&format!("\n  {word} ({}{end}", expression.trim()));
    }
}
