//! How a server is asked for the plan of a statement, and how its answer is read. Pure: who asks has the session.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Error, Plan, Transaction};

/// Explaining statements.
pub trait Explain: Send + Sync {
    /// Whether it can run a statement and measure it.
    fn measures(&self) -> bool;

    /// What is sent for the plan of a statement. The statement's own bytes are in it, unchanged and in one piece.
    ///
    /// # Errors
    /// `Unsupported` for options that this server does not have.
    fn ask(&self, statement: &str, options: ExplainOptions) -> Result<ExplainQuestion, Error>;

    /// Reads what came back: the rows of the last result set, cell by cell as text.
    ///
    /// # Errors
    /// `Corrupt` for an answer that is none.
    fn read(&self, question: &ExplainQuestion, rows: &[Vec<Option<String>>]) -> Result<Plan, Error>;

    /// What is sent before and after, so that nothing of a measured statement stays; `transaction` is what the session is in.
    /// `None` where it cannot be undone, or there is nothing that is run.
    fn undo(&self, transaction: Transaction) -> Option<Undo>;

    /// What is not brought back when the statement's transaction is: a sentence for a person.
    fn not_undone(&self) -> &'static str;

    /// How many rows the server expects the statement of this plan to change; `None` where it does not say.
    fn changes(&self, _plan: &Plan) -> Option<ExpectedRows> {
        None
    }
}

/// Rows that a server expects, not more than an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedRows {
    /// About so many.
    About(u64),
    /// So many are looked at; those that pass the statement's conditions are fewer.
    AtMost(u64),
}

/// How a plan is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainOptions {
    /// Run the statement and measure it.
    pub analyze: bool,
}

/// A statement that asks for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainQuestion {
    /// The text to send.
    pub text: Arc<str>,
    /// How many bytes stand before the explained statement.
    pub shift: usize,
    /// Its options, for a person (`ANALYZE, BUFFERS`).
    pub words: String,
    /// What was asked for.
    pub options: ExplainOptions,
}

impl ExplainQuestion {
    /// A prefix before the statement.
    pub fn new(prefix: &str, statement: &str, words: impl Into<String>, options: ExplainOptions) -> Self {
        ExplainQuestion {
            text: format!("{prefix}{statement}").into(),
            shift: prefix.len(),
            words: words.into(),
            options,
        }
    }
}

/// Statements around one whose changes must not stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Sent before.
    pub before: Vec<&'static str>,
    /// Sent after, whatever became of it.
    pub after: Vec<&'static str>,
    /// Whether it is a part of a transaction that goes on.
    pub inside: bool,
}

impl Undo {
    /// Standard SQL: a transaction of its own, or a savepoint in an open one.
    pub fn standard(transaction: Transaction) -> Option<Undo> {
        match transaction {
            Transaction::Idle => {
                Some(Undo { before: vec!["START TRANSACTION"], after: vec!["ROLLBACK"], inside: false })
            }
            Transaction::Open => Some(Undo {
                before: vec!["SAVEPOINT rowhouse_explain"],
                after: vec!["ROLLBACK TO SAVEPOINT rowhouse_explain", "RELEASE SAVEPOINT rowhouse_explain"],
                inside: true,
            }),
            Transaction::Failed => None,
        }
    }
}
