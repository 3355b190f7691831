//! Policies as the server's grammar reads them, and fixes that change them.

use catalog::{Policy, PolicyCommand, RelationWalker, RowSecurity};
use policy::{
    change::{Change, ChangeSet},
    expression::{Expression, Names, Problem, Reading},
    listing::Table,
};

use crate::{
    Fix, Lock,
    rule::{Found, Reason},
};

/// A policy's expressions.
pub(crate) struct ReadPolicy {
    pub(crate) using: Option<Expression>,
    pub(crate) with_check: Option<Expression>,
    unreadable: Option<Problem>,
}

impl ReadPolicy {
    pub(crate) fn of(policy: &Policy, names: &Names<'_>) -> Self {
        let mut unreadable = None;
        let mut read = |text: &Option<String>| match Expression::parse(text.as_deref()?, &names.of(policy.relation)) {
            Ok(expression) => Some(expression),
            Err(problem) => {
                unreadable = Some(problem);
                None
            }
        };
        let (using, with_check) = (read(&policy.using), read(&policy.with_check));
        ReadPolicy { using, with_check, unreadable }
    }

    /// What its expressions consist of. Says so where one could not be read.
    pub(crate) fn readings(&self, policy: &Policy, found: &mut Found) -> impl Iterator<Item = &Reading> {
        if let Some(problem) = &self.unreadable {
            found.unseen(Reason::Unready(format!(
                "an expression of the policy {} could not be read: {problem}",
                policy.name
            )));
        }
        self.using.iter().chain(&self.with_check).map(|expression| &expression.reading)
    }

    /// The expression that decides which rows may be written.
    pub(crate) fn check(&self) -> Option<&Expression> {
        self.with_check.as_ref().or(self.using.as_ref())
    }
}

/// A command of a policy, as SQL writes it.
pub(crate) fn command(command: PolicyCommand) -> &'static str {
    match command {
        PolicyCommand::All => "ALL",
        PolicyCommand::Select => "SELECT",
        PolicyCommand::Insert => "INSERT",
        PolicyCommand::Update => "UPDATE",
        PolicyCommand::Delete => "DELETE",
    }
}

/// Turns row security on, or forces it on the owner.
pub(crate) fn secured(relation: RelationWalker<'_>, before: RowSecurity, after: RowSecurity) -> Option<Fix> {
    changed(vec![Change::RowSecurity { on: table(relation), before, after }])
}

pub(crate) fn table(relation: RelationWalker<'_>) -> Table {
    Table::new(relation.schema(), &relation.row().name)
}

/// Statements for changes of policies; `None` where the server would refuse one.
pub(crate) fn changed(changes: Vec<Change>) -> Option<Fix> {
    let set = ChangeSet { changes };
    let (up, down) = set.render(200).ok()?.migration();
    let fix = Fix::new(up.trim_end()).undo(down.trim_end()).lock(Lock::AccessExclusive);
    Some(Fix { changes: set.changes, ..fix })
}
