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

    /// Reads what came back, cell by cell as text: the rows of the last result set, or of those that the question names.
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
    /// What makes the session answer with plans, where no word before the statement does. Without it the text is the statement
    /// itself, and would be run.
    pub mode: Option<ExplainMode>,
}

/// A mode of the session in which it answers with plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainMode {
    /// Sent before, alone.
    pub on: &'static str,
    /// Sent after, alone, whatever became of the rest. A session in which that fails is of no use to anybody.
    pub off: &'static str,
    /// The first column of the result sets that are plans: the statement's own come too where it is run.
    pub column: &'static str,
}

impl ExplainQuestion {
    /// The statement as it is, in a mode of the session.
    pub fn in_mode(mode: ExplainMode, statement: &str, words: impl Into<String>, options: ExplainOptions) -> Self {
        ExplainQuestion { mode: Some(mode), ..ExplainQuestion::new("", statement, words, options) }
    }

    /// Whether a result set with these columns is a part of the answer.
    pub fn answers(&self, schema: &arrow_schema::Schema) -> bool {
        self.mode.as_ref().is_none_or(|mode| schema.fields().first().is_some_and(|field| field.name() == mode.column))
    }

    /// A prefix before the statement.
    pub fn new(prefix: &str, statement: &str, words: impl Into<String>, options: ExplainOptions) -> Self {
        ExplainQuestion {
            text: format!("{prefix}{statement}").into(),
            shift: prefix.len(),
            words: words.into(),
            options,
            mode: None,
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
    /// T-SQL: the same, in its own words.
    pub fn transact(transaction: Transaction) -> Option<Undo> {
        match transaction {
            Transaction::Idle => Some(Undo {
                before: vec!["BEGIN TRANSACTION"],
                after: vec!["IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"],
                inside: false,
            }),
            Transaction::Open => Some(Undo {
                before: vec!["SAVE TRANSACTION rowhouse_explain"],
                after: vec!["ROLLBACK TRANSACTION rowhouse_explain"],
                inside: true,
            }),
            Transaction::Failed => None,
        }
    }

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
