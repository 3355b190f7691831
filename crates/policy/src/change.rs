//! Changes of row security: drafts over several tables, the statements that make them, and the way back.
//!
//! A [`ChangeSet`] is built change by change, or as the difference of two [`Listing`]s, and [`ChangeSet::render`] gives a
//! [`Plan`]: for each change its exact SQL, its lock, what waits for it, and its undo. ALTER POLICY is used where the server
//! can; it can change neither the command nor permissive and restrictive, nor take an expression away
//! (<https://www.postgresql.org/docs/current/sql-alterpolicy.html>), so that those are DROP, CREATE and COMMENT in one
//! transaction. Rendering asks nothing of a server, so what the server rewrites is not known here.

pub mod statements;

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, Known, PolicyCommand, RowSecurity};
use serde::{Deserialize, Serialize};

use crate::expression::{Expression, Problem, Unscoped};
use crate::listing::{Draft, Listing, Table, said};
use crate::name;
use statements::{alter_policy, comment_on, create_policy, drop_policy, rename_policy, row_security};

/// One change of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// A new policy.
    Create {
        /// Its table.
        on: Table,
        /// The policy.
        policy: Draft,
    },
    /// A policy that goes.
    Drop {
        /// Its table.
        on: Table,
        /// The policy as it is, for the way back.
        policy: Draft,
    },
    /// A policy that becomes another: its name, comment, roles, expressions, command or kind.
    Alter {
        /// Its table.
        on: Table,
        /// As it is.
        before: Draft,
        /// As it is to be.
        after: Draft,
    },
    /// Row security itself, turned on or off, forced or not.
    RowSecurity {
        /// The table.
        on: Table,
        /// As it is.
        before: RowSecurity,
        /// As it is to be.
        after: RowSecurity,
    },
}

/// A lock that a statement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// What reading takes: reading and writing go on. COMMENT ON POLICY takes no more.
    AccessShare,
    /// Conflicts with everything.
    AccessExclusive,
}

impl Lock {
    /// As the server's documentation calls it.
    pub fn words(self) -> &'static str {
        match self {
            Lock::AccessShare => "ACCESS SHARE",
            Lock::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

/// One change as it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The table.
    pub on: Table,
    /// What it does, in words.
    pub what: String,
    /// The statements, in order, without semicolons.
    pub sql: Vec<String>,
    /// The strongest lock that they take on the table.
    pub lock: Lock,
    /// What waits while the lock is wanted or held, in words.
    pub waits: String,
    /// The statements that take it back, in order.
    pub undo: Vec<String>,
}

/// A change set as it is made, all of it in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// How long a lock is waited for, in milliseconds.
    pub lock_timeout_ms: u32,
}

impl Plan {
    /// All statements in one transaction that waits for locks no longer than it may.
    pub fn transaction(&self) -> String {
        self.framed(self.up())
    }

    /// The way back in one transaction.
    pub fn undo_transaction(&self) -> String {
        self.framed(self.down())
    }

    /// For a migration: up and down, without BEGIN and COMMIT, which tools for migrations write themselves.
    pub fn migration(&self) -> (String, String) {
        let script = |statements: Vec<&str>| statements.iter().map(|one| format!("{one};\n")).collect();
        (script(self.up()), script(self.down()))
    }

    /// The statements in order.
    pub fn up(&self) -> Vec<&str> {
        self.steps.iter().flat_map(|step| &step.sql).map(String::as_str).collect()
    }

    /// The statements of the way back in order.
    pub fn down(&self) -> Vec<&str> {
        self.steps.iter().rev().flat_map(|step| &step.undo).map(String::as_str).collect()
    }

    fn framed(&self, statements: Vec<&str>) -> String {
        let mut text = format!("BEGIN;\nSET LOCAL lock_timeout = '{}ms';\n", self.lock_timeout_ms);
        for statement in statements {
            text.push_str(statement);
            text.push_str(";\n");
        }
        text.push_str("COMMIT;\n");
        text
    }
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A policy without a name.
    #[error("a policy of {on} has no name")]
    NoName {
        /// The table, in SQL.
        on: String,
    },
    /// Two policies of a table would have one name, as far as the server keeps names.
    #[error("{on} would have two policies called {name}")]
    Taken {
        /// The table, in SQL.
        on: String,
        /// The name as the server keeps it.
        name: String,
    },
    /// An expression that the command does not take.
    #[error("{policy}: {what} is not for {command:?} policies")]
    NotForCommand {
        /// The policy.
        policy: String,
        /// `USING` or `WITH CHECK`.
        what: &'static str,
        /// The command.
        command: PolicyCommand,
    },
    /// An expression cannot be read.
    #[error("{policy}: {what}: {problem}")]
    Expression {
        /// The policy.
        policy: String,
        /// `USING` or `WITH CHECK`.
        what: &'static str,
        /// Why.
        problem: Problem,
    },
}

/// Which expressions a command's policies take: USING, WITH CHECK
/// (<https://www.postgresql.org/docs/current/sql-createpolicy.html>, 42601 otherwise).
pub fn takes(command: PolicyCommand) -> (bool, bool) {
    match command {
        PolicyCommand::All | PolicyCommand::Update => (true, true),
        PolicyCommand::Insert => (false, true),
        PolicyCommand::Select | PolicyCommand::Delete => (true, false),
    }
}

/// Changes that are made together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// The changes. [`ChangeSet::render`] puts those of one table into an order in which names do not clash.
    pub changes: Vec<Change>,
}

impl ChangeSet {
    /// What makes `after` of `before`. Tables that `after` does not name stay as they are; of those it names, policies it does
    /// not name go.
    pub fn between(before: &Listing, after: &Listing) -> Self {
        let known: BTreeMap<Table, _> = before.tables.iter().map(|table| (table.names(), table)).collect();
        let mut changes = Vec::new();
        for table in &after.tables {
            let on = table.names();
            let was = known.get(&on);
            let old = was.map_or(&[][..], |was| was.policies.as_slice());
            let flag = |was: Option<Option<bool>>| was.flatten().unwrap_or_default();
            let is =
                RowSecurity { enabled: flag(was.map(|was| was.row_security)), forced: flag(was.map(|was| was.forced)) };
            let wanted = RowSecurity {
                enabled: table.row_security.unwrap_or(is.enabled),
                forced: table.forced.unwrap_or(is.forced),
            };
            if is != wanted {
                changes.push(Change::RowSecurity { on: on.clone(), before: is, after: wanted });
            }
            let find = |drafts: &[Draft], name: &str| {
                drafts.iter().find(|draft| name::cut(&draft.name) == name::cut(name)).cloned()
            };
            for policy in old {
                match find(&table.policies, &policy.name) {
                    None => changes.push(Change::Drop { on: on.clone(), policy: policy.clone() }),
                    Some(after) if !policy.same(&after) => {
                        changes.push(Change::Alter { on: on.clone(), before: policy.clone(), after });
                    }
                    Some(_) => {}
                }
            }
            for policy in table.policies.iter().filter(|policy| find(old, &policy.name).is_none()) {
                changes.push(Change::Create { on: on.clone(), policy: policy.clone() });
            }
        }
        ChangeSet { changes }
    }

    /// The steps that make it so.
    ///
    /// # Errors
    /// The first [`Refusal`]: what the server would refuse, found before anything is sent. Only what is to be is looked at,
    /// not what is.
    pub fn render(&self, lock_timeout_ms: u32) -> Result<Plan, Refusal> {
        let changes = self.ordered();
        let mut names: BTreeSet<(&Table, &str)> = BTreeSet::new();
        for change in &changes {
            let (Change::Create { on, policy } | Change::Alter { on, after: policy, .. }) = change else { continue };
            check(on, policy)?;
            let name = name::cut(&policy.name);
            if !names.insert((on, name)) {
                return Err(Refusal::Taken { on: on.sql(), name: name.to_owned() });
            }
        }
        Ok(Plan { steps: changes.iter().map(|change| step(change, lock_timeout_ms)).collect(), lock_timeout_ms })
    }

    /// What the catalog would be after it, for coverage before and after. Answers with the tables it does not hold.
    pub fn apply_to(&self, catalog: &mut Catalog) -> Vec<Table> {
        let mut missing = Vec::new();
        for change in &self.changes {
            let (Change::Create { on, .. }
            | Change::Drop { on, .. }
            | Change::Alter { on, .. }
            | Change::RowSecurity { on, .. }) = change;
            let Some(relation) = catalog.find_relation(Some(&on.schema), &on.table) else {
                missing.push(on.clone());
                continue;
            };
            let mut put_away = |draft: &Draft| {
                let name = name::cut(&draft.name);
                catalog.policies.retain(|policy| policy.relation != relation || policy.name != name);
            };
            match change {
                Change::Create { policy, .. } => catalog.policies.push(policy.on(relation)),
                Change::Drop { policy, .. } => put_away(policy),
                Change::Alter { before, after, .. } => {
                    put_away(before);
                    catalog.policies.push(after.on(relation));
                }
                Change::RowSecurity { after, .. } => {
                    if let Some(row) = catalog.relations.get_mut(relation.0 as usize) {
                        row.row_security = Known::Value(*after);
                    }
                }
            }
        }
        catalog.seal();
        missing
    }

    /// Drops, then alters, then creates, so that a name is free when it is taken; where policies take each other's names,
    /// they are dropped and made anew.
    fn ordered(&self) -> Vec<Change> {
        let old_names: Vec<(&Table, &str)> = self
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Alter { on, before, .. } => Some((on, name::cut(&before.name))),
                _ => None,
            })
            .collect();
        let mut ordered: Vec<(u8, Change)> = Vec::with_capacity(self.changes.len());
        for change in &self.changes {
            match change {
                Change::RowSecurity { .. } => ordered.push((0, change.clone())),
                Change::Drop { .. } => ordered.push((1, change.clone())),
                Change::Alter { on, before, after } => {
                    let (old, new) = (name::cut(&before.name), name::cut(&after.name));
                    if old != new && old_names.contains(&(on, new)) {
                        ordered.push((1, Change::Drop { on: on.clone(), policy: before.clone() }));
                        ordered.push((3, Change::Create { on: on.clone(), policy: after.clone() }));
                    } else {
                        ordered.push((2, change.clone()));
                    }
                }
                Change::Create { .. } => ordered.push((3, change.clone())),
            }
        }
        ordered.sort_by_key(|(phase, _)| *phase);
        ordered.into_iter().map(|(_, change)| change).collect()
    }
}

fn check(on: &Table, policy: &Draft) -> Result<(), Refusal> {
    if policy.name.is_empty() {
        return Err(Refusal::NoName { on: on.sql() });
    }
    let (using, with_check) = takes(policy.command);
    for (what, text, taken) in [("USING", &policy.using, using), ("WITH CHECK", &policy.with_check, with_check)] {
        let Some(text) = text else { continue };
        let policy_name = policy.name.clone();
        if !taken {
            return Err(Refusal::NotForCommand { policy: policy_name, what, command: policy.command });
        }
        // What is too long or too deep to be read here may be fine with the server.
        if let Err(problem @ (Problem::Syntax { .. } | Problem::NotOne { .. })) = Expression::parse(text, &Unscoped) {
            return Err(Refusal::Expression { policy: policy_name, what, problem });
        }
    }
    Ok(())
}

fn step(change: &Change, lock_timeout_ms: u32) -> Step {
    let (on, what, sql, undo) = match change {
        Change::Create { on, policy } => {
            let sql = created(on, policy);
            (on, format!("create policy {}", policy.name), sql, vec![drop_policy(on, &policy.name)])
        }
        Change::Drop { on, policy } => {
            let undo = created(on, policy);
            (on, format!("drop policy {}", policy.name), vec![drop_policy(on, &policy.name)], undo)
        }
        Change::Alter { on, before, after } => {
            let what = format!("change policy {}", before.name);
            (on, what, altered(on, before, after), altered(on, after, before))
        }
        Change::RowSecurity { on, before, after } => {
            let word = match (before, after) {
                (before, after) if before.enabled != after.enabled => {
                    if after.enabled {
                        "enable row security"
                    } else {
                        "disable row security"
                    }
                }
                (_, after) if after.forced => "force row security on the owner too",
                _ => "spare the owner from row security",
            };
            (on, word.to_owned(), row_security(on, *before, *after), row_security(on, *after, *before))
        }
    };
    let only_comment = sql.iter().all(|statement| statement.starts_with("COMMENT"));
    let (lock, waits) = if only_comment {
        (Lock::AccessShare, format!("Reading and writing {} go on.", on.table))
    } else {
        let waits = format!(
            "Every query on {} queues while this waits, at most {lock_timeout_ms} ms, and until the transaction ends.",
            on.table
        );
        (Lock::AccessExclusive, waits)
    };
    Step { on: on.clone(), what, sql, lock, waits, undo }
}

fn created(on: &Table, policy: &Draft) -> Vec<String> {
    let mut statements = vec![create_policy(on, policy)];
    statements.extend(said(&policy.comment).map(|_| comment_on(on, policy)));
    statements
}

fn altered(on: &Table, before: &Draft, after: &Draft) -> Vec<String> {
    let removes = |before: &Option<String>, after: &Option<String>| before.is_some() && after.is_none();
    if before.command != after.command
        || before.permissive != after.permissive
        || removes(&before.using, &after.using)
        || removes(&before.with_check, &after.with_check)
    {
        let mut statements = vec![drop_policy(on, &before.name)];
        statements.extend(created(on, after));
        return statements;
    }
    let mut statements = Vec::new();
    if name::cut(&before.name) != name::cut(&after.name) {
        statements.push(rename_policy(on, &before.name, &after.name));
    }
    // An expression that is only written in another way is sent too: the user asked for this text.
    let text = |before: &Option<String>, after: &Option<String>| if before == after { None } else { after.clone() };
    let (using, with_check) = (text(&before.using, &after.using), text(&before.with_check, &after.with_check));
    let roles = (before.role_names() != after.role_names()).then(|| after.role_names());
    if roles.is_some() || using.is_some() || with_check.is_some() {
        statements.push(alter_policy(on, &after.name, roles.as_deref(), using.as_deref(), with_check.as_deref()));
    }
    if said(&before.comment) != said(&after.comment) {
        statements.push(comment_on(on, after));
    }
    statements
}

#[cfg(test)]
mod tests;
