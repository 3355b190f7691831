//! Changes of definitions and of row security: statements that belong together, sent over a connection of their own.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sql::{Dialect, TransactionKind};

use crate::{Code, Error, Said};

/// Changing definitions.
#[async_trait]
pub trait Alter: Send + Sync {
    /// Runs statements on a connection of its own, with a limit for each lock. In a transaction they are kept together or not at
    /// all; without one each is kept when it has run, and those before a failed one stay. What is to be kept is committed after
    /// `witness` has heard what the server calls the transaction. A caller that goes away stops what runs.
    ///
    /// # Errors
    /// `InvalidStatement` for a statement that is not one, would end the transaction or change the session, found before anything
    /// is sent; `Unsupported` for a transaction where the engine has none for such statements, and for a trial without one; as the
    /// witness says, and then nothing was kept; `Unreachable`, and then nobody knows whether it was kept: [`Alter::fate`].
    async fn apply(&self, wanted: &Application, witness: &dyn Witness) -> Result<Applied, Error>;

    /// What became of a transaction that [`Witness::about_to_commit`] heard of.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn fate(&self, mark: &str) -> Result<Fate, Error>;
}

/// Statements that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Statements that run before the transaction begins.
    pub before: Vec<String>,
    /// The statements.
    pub statements: Vec<AlterStatement>,
    /// Whether they run in one transaction.
    pub transaction: bool,
    /// Keep what they did; otherwise it is only tried out, and rolled back.
    pub keep: bool,
    /// Longest time a lock is waited for.
    pub lock_timeout_ms: u32,
    /// They are a person's own script: it may hold blocks and change the session, which is closed afterwards. What would end the
    /// transaction is refused all the same; without one it may have transactions of its own, and ends each.
    pub script: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterStatement {
    /// Its text.
    pub sql: String,
    /// It only looks whether all is well: a row that it gives is a refusal.
    pub check: bool,
}

impl Application {
    /// Statements of one transaction, none of which only looks.
    pub fn together(statements: impl IntoIterator<Item = impl Into<String>>, keep: bool, lock_timeout_ms: u32) -> Self {
        let statements = statements.into_iter().map(|sql| AlterStatement { sql: sql.into(), check: false }).collect();
        Application { before: Vec::new(), statements, transaction: true, keep, lock_timeout_ms, script: false }
    }

    /// That the transaction they run in is left alone, and one that a script begins without it is ended by the script.
    ///
    /// # Errors
    /// `InvalidStatement`.
    pub fn leaves_transactions(&self, dialect: &Dialect) -> Result<(), Error> {
        let refusal = |message: &str, hint: &str| {
            let mut error = Error::new(Code::InvalidStatement, message);
            error.hint = Some(hint.to_owned());
            Err(error)
        };
        let mut open = false;
        for AlterStatement { sql, .. } in &self.statements {
            let Some(kind) = sql::classify(sql, dialect).effect.transaction else { continue };
            let inner =
                matches!(kind, TransactionKind::Savepoint | TransactionKind::Release | TransactionKind::RollbackTo);
            if inner && (self.transaction || open) {
                continue;
            }
            if self.transaction || !self.script {
                let hint = "Take BEGIN, COMMIT and their like out of it.";
                return refusal("A change may not begin or end a transaction: it runs in one as a whole.", hint);
            }
            open = match kind {
                TransactionKind::Begin => true,
                TransactionKind::Commit | TransactionKind::Rollback => false,
                _ => open,
            };
        }
        if open {
            return refusal("The script begins a transaction that it does not end.", "Put a COMMIT at its end.");
        }
        Ok(())
    }
}

/// Hears how far it is, and what the server calls a transaction, to keep it on disk: whoever finds it there later, because the answer
/// was lost or the program ended, can ask what became of it.
#[async_trait]
pub trait Witness: Send + Sync {
    /// This statement is sent next, counted from 0.
    ///
    /// # Errors
    /// Whatever keeps it from being written down; then it is not sent, and nothing of a transaction is kept.
    async fn began(&self, statement: usize) -> Result<(), Error> {
        let _ = statement;
        Ok(())
    }

    /// COMMIT is sent next. The mark is empty where the server has no name for a transaction.
    ///
    /// # Errors
    /// Whatever keeps it from being kept; then nothing is committed.
    async fn about_to_commit(&self, mark: &str) -> Result<(), Error>;
}

/// Keeps nothing.
#[async_trait]
impl Witness for () {
    async fn about_to_commit(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was committed.
    Committed,
    /// It was rolled back, or its session ended before COMMIT arrived.
    RolledBack,
    /// It has not ended.
    Running,
    /// The server does not remember it, or is another one.
    NotKnown,
}

/// What came of them. Nothing is kept of a transaction that did not come to its end; without one the statements before are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "applied")]
pub enum Applied {
    /// All of them ran.
    Done {
        /// Whether what they did was kept.
        kept: bool,
        /// How long it took, in microseconds.
        took_us: u64,
    },
    /// A lock was not to be had in time.
    Locked {
        /// The statement that waited, counted from 0.
        statement: usize,
        /// Who was in the way; empty where they were gone before they could be seen, or the engine does not tell.
        holders: Vec<LockHolder>,
        /// What the server said.
        said: Said,
    },
    /// The server refused one.
    Refused {
        /// Which, counted from 0; their number where it was the end of the transaction.
        statement: usize,
        /// What the server said.
        said: Said,
    },
}

/// A session or prepared transaction that is in the way of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The server's number for the session; `None` for a prepared transaction.
    pub session: Option<String>,
    /// Whose it is.
    pub user: Option<String>,
    /// How its client names itself.
    pub application: Option<String>,
    /// What it runs or ran last; `None` where this login may not see it.
    pub statement: Option<String>,
    /// How long its transaction has been open.
    pub age_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::Application;

    #[test]
    fn transactions_are_left_alone() {
        let of = |texts: &[&str], transaction: bool| {
            let wanted = Application::together(texts.iter().copied(), true, 1_000);
            Application { transaction, script: true, ..wanted }.leaves_transactions(sql::dialect::postgres()).is_ok()
        };
        let table = "create table t (id int)";
        assert!(of(&[table, "savepoint a", table, "rollback to savepoint a", "release savepoint a"], true));
        for ends in [
            "commit",
            "/* x */ END",
            "rollback",
            "abort",
            "begin",
            "start transaction",
            "commit and chain",
            "prepare transaction 'x'",
        ] {
            assert!(!of(&[table, ends, table], true), "{ends}");
        }
        assert!(of(&["begin", table, "savepoint a", "commit", table], false));
        assert!(of(&["begin", table, "rollback"], false));
        assert!(!of(&[table, "begin", table], false), "it is never ended");
        assert!(of(&["do $$ begin commit; end $$", "set search_path = x", "select 'commit'"], true));
    }
}
